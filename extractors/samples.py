"""Sample mentions of one sentence: labels, names made of materials, generic names, controls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.cast import PLAIN_METAL, Cast, Sample, own_components
from extractors.gated import Gated
from extractors.labels import each_label
from extractors.materials import ELECTRODES, Name, find_names

_BARE = (
    r"bare|pristine|unmodified|non-modified|uncoated|non-coated|untreated|unprotected|naked|blank|"
    r"plain|planar|control|controlled|conventional|"
    r"commercial|traditional|routine|pure|neat|fresh|normal|ordinary|regular|raw|baseline|benchmark|"
    r"undecorated|unfilled|undoped|unseeded|original"
)
_NOUN = (
    r"(?:Cu|Li|Ni|Al|SS|copper|lithium|sodium|Na|Zn)(?![- ]ion)(?:\s?(?:metal|foils?|foam))*|foils?|"
    r"electrodes?|anodes?|samples?|cells?|separators?|substrates?|"
    r"current collectors?|collectors?|electrolytes?|membranes?|groups?|specimens?|ones?|batter(?:y|"
    r"ies)|counterparts?|systems?|surfaces?|films?|metal|LLZT?O|PEO|PP|PE|Celgard|"
    r"carbon (?:paper|cloth|felt|fib(?:er|re)s?)|foams?|mesh|scaffolds?|hosts?|fib(?:er|re)s?|mats?|garnet|pellets?"
)
_AT_A_WORD = r"\b(?=\w)"  # asked once, before any of the alternatives
_CONTROL = Gated(
    rf"{_AT_A_WORD}(?:(?:{_BARE})(?:\s|-)(?:\w+(?:\s|-)){{0,1}}?(?:{_NOUN})\b|(?:bare|"
    rf"pristine|unmodified|uncoated|untreated|unprotected)(?=[\s-][A-Za-z(])(?!\s(?:cathodes?|conductivity|values?|states?|structure|surface))|"
    r"\b(?:the|a|its|their) (?:control|reference|blank|baseline|counterpart)s?\b|\b(?:its|their|"
    r"the) (?:\w+ )?counterparts?\b|\b(?:control|bare|pristine|uncoated|reference)\b(?=\s?[:=,)])|"
    r"\bcontrol\b(?= (?:was|is|had|has|fail|decay|show|at|of|cell|only))|"
    r"\b(?:Cu|Li|copper|lithium)(?: metal)? foils?\b|\bbulk (?:Li|lithium)\b|"
    r"\bwithout (?:it|them)\b|\b(?:without|lacking|no|free of|in the absence of|absence of) (?:an?y? |the |such an? "
    r")?(?:[\w/@()-]+ ){0,3}?(?:coating|layer|protection|modification|treatment|additives?|"
    r"interlayer|film|filler|fillers|artificial SEI)\b)",
    re.IGNORECASE,
)
_TREATED = Gated(
    rf"{_AT_A_WORD}(?:(?:the )?(?:coated|modified|protected|treated|covered)"
    r"(?= (?:and|versus|vs\.?) (?:the )?(?:bare|uncoated|unmodified|pristine|untreated|unprotected))|"
    r"(?:the |our |this |these |as-(?:prepared|obtained|made|spun) )*(?:modified|"
    r"coated|protected|treated|decorated|engineered|functionali[sz]ed|hybrid|composite|integrated|"
    r"designed|laminated|"
    r"optimi[sz]ed|proposed|prepared|resulting|newly[- ]developed|novel|artificial|passivated|"
    r"armou?red|shielded|stabili[sz]ed|lithiated|prelithiated)(?:\s|-)(?:\w+\s){0,1}?"
    r"(?:Cu|Li|copper|lithium|electrodes?|anodes?|samples?|cells?|layers?|coatings?|films?|"
    r"membranes?|separators?|collectors?|electrolytes?|substrates?|SEI|foils?|ones?|batter(?:y|ies)|"
    r"interphase|surfaces?|LLZT?O|skin)\b|"
    r"\b(?:the|our|this|such an?|these) (?:(?:gel|polymer|protective|protection|hybrid|ceramic|thin|"
    r"conformal|ultrathin|dense|porous|electrospun|composite|artificial|blend|binary) ){0,2}"
    r"(?:coatings?|protective layers?|interlayers?|artificial SEI|ASEI|protection layers?|skin|"
    r"blend|scaffold|host|SPE|membrane|films?|interphase|mats?|sheet|skeleton|framework|fabric|cloth|aerogel|laminate|"
    r"sponge)\b)",
    re.IGNORECASE,
)
_STANDARD = Gated(
    r"(?:\bthan(?: (?:that|those) (?:of|for|in|with|on))?|\bcompared? (?:to|with)|\bcompar(?:ed|ing|"
    r"ison) (?:to|with)|\bin comparison (?:to|with)|\brelative to|\bversus|\bvs\.?|\bunlike|"
    r"\bagainst|"
    r"\bover (?:that|those) (?:of|for)|\boutperform\w*|\bsuperior to|\bin (?:stark |sharp |marked "
    r")?contrast to|\bas opposed to|\binstead of|\brather than|\btimes that of|\bhalf that of|"
    r"\bdouble that of|\bexceed\w* that of)"
    r"(?:\s(?:the|a|an|its|their|cells?|batteries|electrodes?|with|of|using|based on|in|for|anodes?|"
    r"symmetric|half|full|on|those|that|only|corresponding))*\s*$",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"[-–](?:coated|modified|protected|decorated|treated|covered|passivated|functionali[sz]ed)\b", re.IGNORECASE
)
_PLAIN_CELL = re.compile(r"(?:Li\s?\|{1,2}|Cu\s?\|{1,2}\s?Li)")
_COLLECTOR = re.compile(
    r"(?:bare |planar |plain |commercial )?(?:Cu|Li|copper|lithium)(?: metal)?(?: foils?| collectors?)?", re.IGNORECASE
)
_LAID_WITH = re.compile(
    r"\b(?:composit\w+|coat\w+|laminat\w+|integrat\w+|combin\w+|press\w+|roll\w+|grown|deposited|adhesion|adhered|cast)\s(?:\w+\s){0,2}?"
    r"(?:with|on|onto|to|into)\s(?:an?\s|the\s)?(?:\w+\s)?$"
)
_ON = re.compile(r"^\s(?:[a-z-]+\s){0,2}(?:on|onto)\s(?:(?:the|a|an|thin)\s)*$")
_BLEND_OF = re.compile(
    r"\b(?:films?|blends?|composites?|mixtures?|layers?|membranes?|coatings?|networks?|hybrids?|copolymers?|fib(?:er|re)s?)"
    r"\s(?:(?:made|composed|consisting|built)\s)?(?:of|from)\s(?:the\s)?$"
)
_ADDED = re.compile(
    r"\b(?:add\w*|incorporat\w*|introduc\w*|dispers\w*|embed\w*|blend\w*|mix\w*|fill\w*)\s(?:[^.;,]{0,24}\s(?:of\s)?)?$",
    re.IGNORECASE,
)
_TO = re.compile(r"\s(?:\w+\s)?(?:in|into|to|within|with)\s(?:(?:the|a|an)\s)?(?:pure\s|neat\s)?$")
_PLAIN_SEPARATORS = frozenset({"PP", "PE"})


def find_samples(text: str, start: int, end: int, cast: Cast, materials: Sequence[Name] | None = None) -> list[Sample]:
    """Find the sample mentions of one sentence, in order, without overlap.

    Parameters
    ----------
    materials : what ``find_names`` gives for it, where that is known already
    """
    found: list[Sample] = []
    for a, b, label in each_label(text, start, end, cast.labels):
        components = () if label.control else label.components or cast.protagonist
        role = "control" if label.control else "" if label.components else "treated"
        found.append(Sample(a, b, text[a:b], components, None, role, generic=not components))
    for match in _CONTROL.finditer(text, start, end):
        if _overlaps(found, match.start(), match.end()):
            continue
        if re.match(
            r"(?:pure|fresh|neat|raw|normal|regular|original|traditional|commercial) (?:Li|"
            r"lithium)\b(?! (?:foil|anode|electrode|cell))",
            match[0],
            re.IGNORECASE,
        ):
            continue  # the substance, no sample
        if re.fullmatch(
            r"(?:fresh|original|raw|normal) (?:cells?|batter(?:y|ies)|electrolytes?)", match[0], re.IGNORECASE
        ):
            continue  # uncycled, or of no special kind: no control
        if _COLLECTOR.fullmatch(match[0]) and _is_what_carries(text, start, match.start(), cast):
            continue
        names = find_names(text, match.start(), min(match.end() + 20, end), cast.defined)
        named = _control_components(text, match, names)
        stop = max([match.end(), *(n.end for n in names if n.start <= match.end())])
        found.append(Sample(match.start(), stop, text[match.start() : stop], named, None, "control", generic=not named))
    for match in _TREATED.finditer(text, start, end):
        if _overlaps(found, match.start(), match.end()):
            continue
        names = [
            n
            for n in find_names(text, max(match.start() - 40, start), match.end(), cast.defined)
            if own_components(n)
            and not _overlaps(found, n.start, n.end)
            and not re.search("[;,]", text[n.end : match.start()])
        ]
        near = [n for n in names if n.end >= match.start() - 2 and not set(own_components(n)) <= ELECTRODES]
        components = own_components(near[0]) if near else ()
        a = min([match.start(), *(n.start for n in near)])
        found.append(Sample(a, match.end(), text[a : match.end()], components, None, "treated", generic=not components))
    for name in find_names(text, start, end, cast.defined) if materials is None else materials:
        if _overlaps(found, name.start, name.end):
            continue
        components = own_components(name)
        if not components and name.lithium_ends and cast.plain_cells and _PLAIN_CELL.match(name.text):
            components = ("Li",)
        if not components and not name.cathode:
            continue
        if (
            components == ("Cu",)
            and name.lithium_ends
            and "|" not in name.text
            and re.match(r"\s(?:half|asymmetric|coin|cells?|batter)", text[name.end : name.end + 12])
        ):
            continue  # "Li/Cu half cells": the kind of cell, no sample
        if not cast.named_cells and re.fullmatch(r"Li\s?\|{1,2}\s?Cu|Cu\s?\|{1,2}\s?Li", name.text):
            continue
        if re.fullmatch(r"Li[/–-]Cu|Cu[/–-]Li", name.text) and re.match(
            r"\s(?:half|asymmetric|coin|cells?|batter)", text[name.end : name.end + 12]
        ):
            continue
        symmetric = name.lithium_ends == 2
        suffix = _MADE.match(text[name.end : name.end + 14])
        role = "treated" if suffix and components and not set(components) <= {"Li"} else ""
        stop = name.end + suffix.end() if suffix else name.end
        found.append(
            Sample(
                name.start, stop, text[name.start : stop], components, None, role, False, False, name.cathode, symmetric
            )
        )
    found = _made_of_both(text, start, _with_carriers(text, sorted(found, key=lambda s: s.start)))
    found = [_with_role(text, start, s, cast) for s in found]
    if cast.plain_cells and all(set(s.components) <= ELECTRODES and s.role != "treated" for s in found):
        found = [replace(s, role="control") if _PLAIN_CELL.match(s.text) else s for s in found]
    return found


def _with_carriers(text: str, found: list[Sample]) -> list[Sample]:
    """Take a carrier into the sample that names it: "the g-C3N4-modified nickel foam" is one."""
    out: list[Sample] = []
    for sample in found:
        last = out[-1] if out else None
        if (
            last
            and last.role == "treated"
            and _MADE.search(last.text)
            and text[last.end : sample.start] in (" ", "")
            and set(sample.components) <= ELECTRODES
            and sample.role != "control"
        ):
            out[-1] = replace(last, end=sample.end, text=text[last.start : sample.end])
        else:
            out.append(sample)
    return out


def _made_of_both(text: str, start: int, found: list[Sample]) -> list[Sample]:
    """Join two materials of one sample: "a film of PEO and PAN", "adding LLZTO to the PEO electrolyte"."""
    out: list[Sample] = []
    for sample in found:
        last = out[-1] if out else None
        if last and not last.role and sample.role != "control" and last.components and sample.components:
            before, gap = text[max(start, last.start - 40) : last.start], text[last.end : sample.start]
            if (_BLEND_OF.search(before) and gap in (" and ", " with ")) or (_ADDED.search(before) and _TO.match(gap)):
                both = tuple(dict.fromkeys((*last.components, *sample.components)))
                out[-1] = replace(sample, start=last.start, text=text[last.start : sample.end], components=both)
                continue
        out.append(sample)
    return out


def _control_components(text: str, match: re.Match[str], names: list[Name]) -> tuple[str, ...]:
    if re.match(r"(?:without|lacking|no|free|in the absence|absence)", match[0], re.IGNORECASE):
        return ()
    components: list[str] = []
    for name in names:
        if name.start < match.end() + 2:
            components.extend(c for c in name.components if c not in components)
    if len(components) > 1 and components[0] == "Cu" and "Li" in components:
        components.remove("Cu")
    if not components and any(name.lithium_ends for name in names):
        return ("Li",)  # "the bare Li||LFP cell"
    return tuple(components)


def _overlaps(found: list[Sample], start: int, end: int) -> bool:
    return any(s.start < end and start < s.end for s in found)


def _is_what_carries(text: str, start: int, at: int, cast: Cast) -> bool:
    """Say whether a foil only carries a film named right before it: "14 nm of Al2O3 on lithium foil"."""
    names = find_names(text, max(start, at - 60), at, cast.defined)
    if _LAID_WITH.search(text[max(start, at - 40) : at]):
        return True
    covers = [n for n in names if own_components(n) and not set(own_components(n)) <= ELECTRODES]
    return bool(covers) and bool(_ON.match(text[covers[-1].end : at]))


def _with_role(text: str, start: int, sample: Sample, cast: Cast) -> Sample:
    standard = bool(_STANDARD.search(text[max(start, sample.start - 70) : sample.start]))
    role = sample.role or _role(text, sample, cast)
    ours = role == "treated" and cast.protagonist and not cast.review
    if ours and sample.generic:
        return replace(sample, components=cast.protagonist, substrate=cast.substrate, role=role, standard=standard)
    if ours and set(sample.components) & set(cast.protagonist):
        return replace(sample, substrate=cast.substrate, role=role, standard=standard)
    same = role == sample.role and standard == sample.standard
    return sample if same else replace(sample, role=role, standard=standard)


def _role(text: str, sample: Sample, cast: Cast) -> str:
    """Tell from its materials what part a sample plays in the paper; "" where they do not tell."""
    mine = set(sample.components)
    if mine and mine <= _PLAIN_SEPARATORS and _is_baseline_separator(text, sample, cast):
        return "control"
    if not mine or cast.review or not cast.protagonist:
        return ""
    main = set(cast.protagonist)
    held = tuple(c for c in sample.components if c != "Li")
    if sample.components in cast.controls or held in cast.controls:
        return "control"
    if mine <= {"Li", "Cu"} and not mine >= main:
        plain = len(sample.text) > 2 and PLAIN_METAL.fullmatch(sample.text) and re.search("Cu|foil|copper", sample.text)
        return "control" if plain else ""
    if mine < main and re.match(r"\salone\b", text[sample.end : sample.end + 6]):
        return "control"
    if mine >= (main - ELECTRODES or main - {"Li"}):
        return "treated"
    # "20Li-Ag" beside "PI-Ag-20Li": a part of the system is left out.
    return "control" if len(mine) > 1 and mine < main else ""


def _is_baseline_separator(text: str, sample: Sample, cast: Cast) -> bool:
    """Say whether a polyolefin separator stands beside one of another material, and is not itself modified."""
    if not re.match(r"\s(?:separator|cell|counterpart|membrane)", text[sample.end : sample.end + 14]):
        return False
    if re.search(r"coat|modif|graft", text[max(0, sample.start - 60) : sample.end + 30]) or "separator" not in text:
        return False
    others = {c for n in find_names(text, 0, len(text), cast.defined) for c in n.components}
    return bool(others - _PLAIN_SEPARATORS - {"Li", "Cu"})
