"""What a paper itself calls its materials: abbreviations, names that it coins, additives of its electrolyte."""

from __future__ import annotations

import re
from collections import Counter

from extractors.formulas import NOT_MATERIAL, is_formula
from extractors.gated import Gated
from extractors.materials import (
    ELECTRODES,
    ELECTROLYTE_CLASSES,
    SPLIT,
    Lexicon,
    find_names,
    find_phrases,
    find_tokens,
    lexicon,
    resolve_label,
    resolve_piece,
)

_ELECTRODE_LABEL = re.compile(r"^[A-Z][A-Za-z]{1,5}[-@/](?:Li|Cu)$")
_COPOLYMER = re.compile(r"\S{3,}[-–](?:co|b|block|g|graft|alt|stat|random|r)[-–]\S{3,}(?: \S{1,20})?$")
_DEFINED = re.compile(
    r"(?<=\s)\(\s?((?:[A-Za-z0-9][\w.+-]*[-–/@])?[A-Z][A-Za-z0-9@/+–-]{1,14})(?:\s?[,;][^()]{1,30})?\s?\)"
)
_COINED = re.compile(
    r"(?=[A-Z])(?<![\w@.-])(?P<cell>(?:Li|LiIn|Li-In|Cu|SS)\s?(?:\|{1,2}|/)\s?)?"
    r"(?P<name>(?=[\w.@-]*[A-Z][\w.@-]*[A-Z])[A-Z](?:[\w@]|\.(?=\d)|-(?=[A-Z0-9])){1,19})(?<![a-z]{4})(?![\w@])"
    r"(?P<noun>\)?\s(?:(?:hybrid|artificial|solid|polymer|composite|glass|gel|modified|protected)\s)?(?:electrolytes?|electrodes?|anodes?|cells?|films?|"
    r"layers?|coatings?|membranes?|separators?|batter(?:y|ies)|samples?|interlayers?|interphases?|hosts?|"
    r"foils?)\b|[- ]coated\b)?"
)
_ON_ELECTRODE = re.compile(
    r"(?=[A-Z])(?:"
    r"(?<![\w@.-])([A-Z][\w-]{1,18}?)(?:@(?:Li|Cu)\b|-(?:stabili[sz]ed|modified|coated|protected|decorated)\s(?:Li|Cu)\b)|"
    r"\b(?:Li|Cu)@([A-Z][\w-]{1,18}))"
)
_A_CLASS = re.compile(
    r"(?:\b(?:solid|state|glass|glassy|composite|polymer|ceramic|sulfide|oxide|gel|hybrid|inorganic|organic|quasi|liquid)[\s-])+"
    r"electrolytes?$",
    re.IGNORECASE,
)
_ADDITIVE = re.compile(
    r"\b(?:additives?|diluents?|co-?solvents?|(?:surface|interfac\w+|molecular) regulators?|"
    r"introduc\w+ [^.;]{3,40} into (?:the|an?) (?:\w+ ){0,2}electrolytes?)\b",
    re.IGNORECASE,
)
_CHEMICAL = re.compile(  # names by the rules of chemistry: 3-fluoropyridine, (difluoromethyl)trimethylsilane
    r"(?<![\w(-])(?:(?:di|tri|bis|N|\d+(?:,\d+)*)[-‐–])*(?:\([a-z]{4,}\))?"
    r"(?=[A-Za-z]?[a-z]*(?i:fluoro|chloro|bromo|iodo|methyl|ethyl|propyl|butyl|phenyl|vinyl|allyl|cyano|nitro|silyl|silan|sulfo|pyrid|furan|"
    r"imidazol|thio|triazin|oxazol|borate|phosph|prop|meth|eth))"
    r"[A-Za-z][a-z]{4,}(?:ane|ene|ine|one|ole|ole|ate|ide|ether|amide|nitrile|furan|urea|phenone|idine)s?\b"
    r"(?:\s(?:carbonate|ether|borate|phosphate|phosphite|sulfate|nitrate|acetate|sulfone|bromide|chloride|iodide|fluoride))?"
)
_SHORT_AS = re.compile(
    r"\(\s?([A-Z][A-Za-z0-9-]{1,9})\s?\)\s(?:\w+\s){0,2}?as\s(?:an?\s|the\s)?(?:[\w-]+\s){0,2}(?:additive|diluent|co-?solvent|regulator)"
)
_NO_CHEMICAL = frozenset(
    [
        "sulfide",
        "sulfate",
        "phosphate",
        "polysulfide",
        "fluoride",
        "carbonate",
        "chloride",
        "interphase",
        "phosphide",
        "sulfonate",
        "silane",
        "silanes",
        "phosphonate",
        "acetate",
        "polyethylene",
        "polypropylene",
        "ethylene",
        "propylene",
        "acrylate",
        "methacrylate",
    ]
)
_NOTED_AS = re.compile(
    r"\b(?:(?:de)?noted|abbreviated|named|termed|labell?ed|"
    r"referred to)(?:\sas)?\s([A-Z][A-Za-z0-9@/-]*[A-Z0-9][A-Za-z0-9@/-]*)(?=\s?[),.;]|\s[a-z])"
)
_MATERIAL_NOUN = re.compile(
    r"(?:electrolyte|polymer|carbon|framework|layer|composite|coating|membrane|graphene|oxide|"
    r"nanotube|wire|host|sponge|conductors?|insulat\w+|fabric|cloth|film|foam|fib\w+|network|gel|skin|interlayer|separator|"
    r"array\w*)s?\W*$|arrays"
)
_IN_SHORT = re.compile(
    r"\(\s?([A-Z][\w@/+ –-]{2,40}?),\s(?:abbreviated|denoted|named|noted|hereafter|labell?ed)(?:\sas)?\s([A-Z]\w+)\s?\)"
)
_LONG_POLYMER = Gated(r"\bpoly\([^()]{60,140}\)\s*$")
_DEFINED_REVERSE = Gated(r"\b([A-Z][A-Za-z0-9-]{1,11})\s?\(\s?([a-z][\w ,()-]{3,60}?)\s?\)")


def abbreviations(text: str) -> dict[str, tuple[str, ...]]:
    """Collect the abbreviations a paper defines for materials and samples.

    Returns
    -------
    dict from the abbreviation to its components; one that resolves to no known material stands for itself

    Examples
    --------
    >>> abbreviations("a sulfide Li10GeP2S12 (LGPS) with a polymer/ceramic/polymer sandwich electrolyte (PCPSE)")
    {'LGPS': ('LGPS',), 'PCPSE': ('PCPSE',)}
    """
    known = lexicon()
    out: dict[str, tuple[str, ...]] = {}
    for match in _DEFINED.finditer(text):
        short = match[1]
        if (
            short in out
            or short in NOT_MATERIAL
            or known.classes.get(short) == "metal"
            or re.fullmatch(r"[A-Z]|[A-Z]\d?|Fig.*|Ref.*|Table.*|[IVX]+", short)
        ):
            continue
        before = text[max(match.start() - 80, 0) : match.start()].rstrip()
        if (whole := _LONG_POLYMER.search(text, max(match.start() - 180, 0), match.start())) and before.endswith(")"):
            before = whole[0].rstrip()
        if _is_class(short, before):
            continue
        named = [*find_phrases(known, before, 0, len(before)), *find_tokens(known, {}, before, 0, len(before))]
        last = max(named, key=lambda n: n.end, default=None)
        covers = [n for n in named if n.components and not set(n.components) <= {"Li", "Cu"}]
        if _ELECTRODE_LABEL.search(short) and covers and not known.find(short.rsplit(short[-3], 1)[0]):
            out[short] = covers[-1].components  # "lithium covered with a PVDF-HFP film (PH-Li)"
            continue
        if "-" in short and _COPOLYMER.search(before):
            out[short] = (known.find(short) or short,)  # one material, though its name is made of two
            continue
        if (
            re.search(r"[-–/@]", short)
            and (label := resolve_label(short, 0, out, known))
            and (len(label.components) > 1 or any(is_formula(c) for c in label.components))
        ):
            continue  # "(PEO-LAGP)" says itself what it is
        if known.find(short):
            out[short] = (known.find(short) or short,)
        elif last and last.end >= len(before) - 1 and not last.cathode:
            unknown = last.text.startswith("poly(") and not known.find(last.components[0])
            out[short] = out[last.text] = (short,) if unknown else last.components
        elif _initials_match(short, before):
            out[short] = out[short.rstrip("s")] = (short.rstrip("s"),)
    for match in _IN_SHORT.finditer(text):
        label = resolve_label(match[1].replace(" ", ""), 0, out, known)
        if match[2] not in out and label and set(label.components) - ELECTRODES:
            out[match[2]] = label.components
    for match in _DEFINED_REVERSE.finditer(text):
        if match[1] not in out and match[1] not in NOT_MATERIAL and (found := known.find(match[2])):
            out[match[1]] = (found,)
    return out


def coined(text: str, defined: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Collect the names that a paper gives its materials without saying what they stand for.

    Such a name is no word, no formula and none of the lexicon; it is used at least three times, and at least twice
    right before a noun of samples or within a cell's notation.

    Examples
    --------
    >>> coined("HE-QSB electrolytes are soft.  The HE-QSB cell and the Li|HE-QSB|Li cell ran; a CCD test.", {})
    {'HE-QSB': ('HE-QSB',)}
    """
    known = lexicon()
    told: Counter[str] = Counter()
    as_sample: Counter[str] = Counter()
    for match in _COINED.finditer(text):
        name = match["name"]
        if name not in defined and name not in NOT_MATERIAL and not known.find(name) and not is_formula(name):
            told[name] += 1
            as_sample[name] += bool(match["noun"] or match["cell"])
    shells = {m[1] or m[2] for m in _ON_ELECTRODE.finditer(text)}
    shells = {shell for shell in shells if sum(c.isupper() for c in shell) > 1}
    for shell in shells:
        if shell not in defined and shell not in NOT_MATERIAL and not known.find(shell) and not is_formula(shell):
            told[shell] = len(re.findall(rf"(?<![\w-]){re.escape(shell)}(?!\w)", text))
    new = [
        name
        for name in told
        if ((told[name] >= 3 and as_sample[name] >= 2) or (told[name] >= 2 and name in shells))
        and not _told_apart(name, defined, known)
        and not _is_spelt_out(name, text)
    ]
    for match in _NOTED_AS.finditer(text):
        name = match[1]
        if (
            name not in defined
            and name not in NOT_MATERIAL
            and not known.find(name)
            and not _told_apart(name, defined, known)
        ):
            new.append(name)
    return {name: (name,) for name in new}


def _is_class(short: str, before: str) -> bool:
    """Say whether letters stand for a class of electrolytes alone: "(CSE)" for any composite solid electrolyte."""
    match = _A_CLASS.search(before)
    words = re.findall(r"[A-Za-z]+", match[0]) if match else []
    return bool(words) and "".join(w[0] for w in words).lower() == short.rstrip("s").lower()


def _is_spelt_out(name: str, text: str) -> bool:
    """Say whether letters stand for a class or a property that the paper spells out: "all-solid-state (ASS)"."""
    short = name.rstrip("s")
    for match in re.finditer(rf"\(\s?{re.escape(short)}s?\s?[),;]", text):
        before = text[max(match.start() - 80, 0) : match.start()].rstrip()
        words = re.findall(r"[A-Za-z]+", before)[-len(short) :]
        initials = "".join(w[0] for w in words).lower() == short.lower()
        if _is_class(short, before) or (initials and not _MATERIAL_NOUN.search(before)):
            return True
    return False


def additives(text: str) -> tuple[str, ...]:
    """Find what is put into the electrolyte: the substances that an abstract calls additive, diluent or regulator.

    Examples
    --------
    >>> additives("Here 4-methylsulfolane and LiDFOB are used as dual additives in a carbonate electrolyte.")
    ('4-methylsulfolane', 'LiDFOB')
    >>> additives("No additive was needed.")
    ()
    """
    known = lexicon()
    out: list[str] = []
    for match in _ADDITIVE.finditer(text):
        start = max(text.rfind(". ", 0, match.start()) + 1, match.start() - 90, 0)
        end = text.find(". ", match.end())
        end = min(end if end >= 0 else len(text), match.end() + 60)
        found = [(m.start(), m[0]) for m in _CHEMICAL.finditer(text, start, end) if m[0] not in _NO_CHEMICAL]
        found += [(m.start(1), m[1]) for m in _SHORT_AS.finditer(text, start, end)]
        for name in find_names(text, start, end, {}):
            if (
                all(known.classes.get(c) in ELECTROLYTE_CLASSES | {"additive"} for c in name.components)
                and name.components
            ):
                found.append((name.start, name.components[0]))
        out.extend(name for _, name in sorted(found) if known.classes.get(known.find(name) or name) != "solvent")
    return tuple({name.lower(): name for name in reversed(out)}.values())[::-1][:3]


def _told_apart(name: str, defined: dict[str, tuple[str, ...]], known: Lexicon) -> bool:
    """Say whether a label can be taken apart into known materials."""
    parts = [p for p in SPLIT.split(name) if len(p) > 1]
    if "@" in name or "/" in name or {parts[0], parts[-1]} & ELECTRODES:
        return bool(resolve_label(name, 0, defined, known))
    return len(parts) > 1 and all(resolve_piece(p, defined, known) for p in parts)


def _initials_match(short: str, before: str) -> bool:
    """Check that the capitals of an abbreviation begin words just before it, and that a material noun is among them."""
    letters = [c.lower() for c in short if c.isalpha() and c.isupper()]
    words = re.findall(r"[A-Za-z]+", before)[-2 * len(letters) - 1 :]
    at = 0
    for word in words:
        if at < len(letters) and word[0].lower() == letters[at]:
            at += 1
    noun = _MATERIAL_NOUN.search(before)
    labelled = "-" in short and len(letters) >= 3  # "(NRA-CC)" is the name of a sample, whatever it stands for
    return len(letters) >= 2 and noun is not None and (labelled or at >= len(letters) - 1)
