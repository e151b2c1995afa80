"""What a paper says of its coatings besides numbers: how made, on what, into what they turn, how they work.

Only a sentence that names the coating counts.  In a review that is the sample named beside the words, with the
reference credited; elsewhere the paper's own coating, by a material of it, a label, or "the modified electrode".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.cast import Cast, Sample
from extractors.gated import Gated
from extractors.making import LAYING_WORDS, find_steps, find_substrates
from extractors.materials import ELECTRODES
from extractors.phrases import Mention, find_terms
from extractors.products import FORMING_WORDS, find_products
from extractors.provenance import provenance
from extractors.sections import is_background, is_methods
from extractors.statements import Statement
from schema.records import TRAITS, Coating, Evidence, Trait

_SUPPOSED = Gated(
    r"^\W*(?:if|assuming|suppose|ideally|whether|to date|generally|in general|traditionally|how to)\b|"
    r"\b(?:ideal\w*|should|must|needs? to|required?|requires|requirements?|desirable|desired|would|aims? (?:to|at)|"
    r"challeng\w+|"
    r"it is hoped|future (?:work|studies)|remains? (?:unclear|unknown)|hypothesi[sz]ed?)\b",
    re.IGNORECASE,
)
_DENIED = Gated(
    r"\b(?:not(?! only)|no|never|nor|neither|without|lack\w*|cannot|can't|fail\w*|hardly|barely|absence of|"
    r"insufficient|"
    r"poor|rather than|instead of|unable|loses?|lost|limited|inferior|weak(?:ness\w*|en\w*)?|unlike|impair\w*|"
    r"hinder\w*|"
    r"imped\w*|deteriorat\w*)\s(?:[^\s,;]+\s){0,4}$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^(?:\s[^\s,;.]+){0,4}\s(?:is|are|was|were|remains?|becomes?)\s(?:not|poor|insufficient|low|lost|absent|limited|"
    r"weak)\b|"
    r"^\s(?:fail\w*|(?:can|does|do|did) ?not)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r";|,?\s\b(?:while|whereas|but|however|although|though|despite|in contrast|by contrast)\b|,\s(?:unlike|as for)\b"
)
_ANAPHOR = re.compile(
    r"^\W*(?:(?:as a (?:result|consequence)|in addition|besides|moreover|furthermore|meanwhile|therefore|thus|also|"
    r"here|consequently|simultaneously|in this way|afterwards?|subsequently|then|finally|last|first|next),?\s)?"
    r"(?:it|its|they|their|this|these|such|the (?:resulting|latter))\b",
    re.IGNORECASE,
)
_EXPERIMENT = re.compile(r"\b(?:preparation|synthesis|fabrication|modification|coating)\b", re.IGNORECASE)
_OTHER_OBJECT = re.compile(
    r"\b(?:cathodes?|electrolytes?|cells?|calculation|simulation|characteri[sz]ation|measurement)s?\b", re.IGNORECASE
)
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_INTRODUCTION = re.compile(r"\bintroduction\b", re.IGNORECASE)
_SUMMARY = re.compile(r"[\d.\s]*(?:abstract|introduction|discussion|conclusions?.*|summary.*|)", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|our|this work|herein|here)\b", re.IGNORECASE)
# Told in fewer places than this share of those for the most told of its kind, a carrier or a mechanism is a remark.
_REMARK = {"substrate": 0.34, "mechanism": 0.15}
LONGEST_SENTENCE = 3000  # characters; what is longer is a list or a damaged table


@dataclass(frozen=True)
class Claim:
    """One thing said of one coating at one place."""

    components: tuple[str, ...]
    name: str
    cited_ref: str | None
    trait: Trait


def find_claims(statement: Statement, who: Cast, subject: Sample | None, marker: str | None) -> Iterator[Claim]:
    """Find what one sentence says of coatings.

    Parameters
    ----------
    subject : what the sentence before spoke of
    marker : reference last cited before this paragraph
    """
    text, (start, end) = statement.passage.text, statement.span
    if end - start > LONGEST_SENTENCE or _SUPPOSED.search(text[start:end]):
        return
    for kind, mention in _told(statement, who):
        sample = _spoken_of(statement, mention, who, subject, kind)
        given = sample is not None and kind == "product" and mention.name in sample.components
        if sample is None or given or _is_denied(statement, mention):
            continue
        source, credited = provenance(mention.start, statement, who.review, marker)
        if not who.review and source == "cited":
            continue
        evidence = Evidence(
            text[start:end],
            *statement.passage.original_span(mention.start, mention.end),
            statement.passage.section,
            statement.passage.page,
            statement.number,
        )
        trait = Trait(kind, mention.name, evidence)
        if who.review:
            yield Claim(sample.components, sample.text, credited, trait)
        else:
            yield Claim(who.protagonist, who.protagonist_name, None, trait)


def _told(statement: Statement, who: Cast) -> Iterator[tuple[str, Mention]]:
    """Find what one sentence says of any coating, with the kind of trait."""
    text, (start, end) = statement.passage.text, statement.span
    makes = _makes(statement)
    named = any(_is_coating(s, who) for s in statement.samples) or (not who.review and _ANAPHOR.match(statement.text))
    if named or makes:
        yield from (("process", m) for m in find_steps(text, start, end, makes))
    if named:
        yield from (("mechanism", m) for m in find_terms("mechanisms", text, start, end))
        if LAYING_WORDS.search(text, start, end):
            yield from (("substrate", m) for m in find_substrates(text, start, end, statement.names))
    forming = FORMING_WORDS.search(text, start, end)
    if forming and (named or not _metals(who).isdisjoint(_SYMBOL.findall(text, start, end))):
        yield from (("product", m) for m in find_products(text, start, end, statement.names))


def gather(claims: Iterable[Claim]) -> tuple[Coating, ...]:
    """Gather a document's claims into its coatings: each trait once, at its first place, with how often it is said."""
    told: dict[tuple[frozenset[str], str | None], list[Claim]] = {}
    for claim in claims:
        told.setdefault((frozenset(claim.components), claim.cited_ref), []).append(claim)
    return tuple(Coating(same[0].name, same[0].components, _traits(same), same[0].cited_ref) for same in told.values())


def _traits(claims: Sequence[Claim]) -> tuple[Trait, ...]:
    """Give the traits of one coating, by kind; remarks are let go."""
    counts = Counter((c.trait.kind, c.trait.name) for c in claims)
    most = {kind: max((n for (k, _), n in counts.items() if k == kind), default=0) for kind in TRAITS}
    out = []
    for kind in TRAITS:
        mine = [c.trait for c in claims if c.trait.kind == kind]
        for name in _steps(mine) if kind == "process" else dict.fromkeys(t.name for t in mine):
            if counts[kind, name] >= _REMARK.get(kind, 0) * most[kind]:
                first = next(t for t in mine if t.name == name)
                out.append(replace(first, mentions=counts[kind, name]))
    return tuple(out)


def _steps(told: Sequence[Trait]) -> list[str]:
    """Order the steps of a process as the passage that tells most of them; abstract and conclusions only sum up."""
    passages: dict[tuple[bool, int], dict[str, None]] = {}
    for trait in told:
        place = bool(_SUMMARY.fullmatch(trait.evidence.section)), trait.evidence.passage
        passages.setdefault(place, {})[trait.name] = None
    fullest = max(passages, key=lambda place: (not place[0], len(passages[place])), default=None)
    return list(dict.fromkeys([*(passages[fullest] if fullest else ()), *(t.name for t in told)]))


def _makes(statement: Statement) -> bool:
    """Say whether a section is about making the coating."""
    section = statement.passage.section.rsplit(" > ", 1)[-1]
    return (
        statement.passage.kind == "paragraph"
        and is_methods(statement.passage.section)
        and bool(_EXPERIMENT.search(section))
        and not _OTHER_OBJECT.search(section)
    )


def _is_denied(statement: Statement, mention: Mention) -> bool:
    text = statement.passage.text
    before = text[max(statement.start, mention.start - 60) : mention.start]
    return bool(_DENIED.search(before) or _DENIED_AFTER.match(text[mention.end : min(statement.end, mention.end + 60)]))


def _spoken_of(statement: Statement, mention: Mention, who: Cast, subject: Sample | None, kind: str) -> Sample | None:
    """Give the coating a mention is about, or None where it is a control, another's, or nobody's."""
    text = statement.passage.text
    cuts = [m.start() for m in _CLAUSE.finditer(text, statement.start, statement.end)]
    first = max((c for c in cuts if c <= mention.start), default=statement.start)
    last = min((c for c in cuts if c > mention.start), default=statement.end)
    named = [s for s in statement.samples if not s.standard]
    if kind in ("product", "substrate") or not who.review:
        # "LiF" in "forms LiF" is no sample; a review's "lithiophilic ZnO" may be both.
        named = [s for s in named if s.start < mention.start or mention.end < s.end]
    clause = [s for s in named if first <= s.start < last]
    ours = [s for s in clause if _is_coating(s, who)]
    if who.review:
        return max(
            (s for s in ours if s.start <= mention.start), key=lambda s: s.end, default=ours[0] if ours else None
        )
    section = statement.passage.section
    if not who.protagonist or (_INTRODUCTION.search(section) and not _is_own(statement, named, who)):
        return None
    if ours:
        controls = [s for s in clause if s.role == "control"]
        near = min([*ours, *controls], key=lambda s: _distance(s, mention))
        return near if near in ours or kind in ("process", "substrate") else None
    if any(s.role == "control" for s in clause):
        return None
    if other := [s for s in named if _is_coating(s, who)]:
        return other[0]
    if kind == "process" and _makes(statement):
        return who.as_sample()
    if is_background(section):
        return None
    if kind == "product" and _shares_element(mention, who):
        return who.as_sample()
    return subject if subject and _is_coating(subject, who) and _ANAPHOR.match(statement.text) else None


def _is_own(statement: Statement, samples: Iterable[Sample], who: Cast) -> bool:
    """Say whether a sentence tells of "our" work, or names the paper's own sample as a whole, not a material of it."""
    main = set(who.protagonist) - {"Li"}
    whole = any(s.role == "treated" or (main and main <= set(s.components)) for s in samples)
    return whole or bool(_OURS.search(statement.text))


def _distance(sample: Sample, mention: Mention) -> int:
    return max(sample.start - mention.end, mention.start - sample.end, 0)


def _is_coating(sample: Sample, who: Cast) -> bool:
    """Say whether a sample is a coating of which this paper tells."""
    if sample.role == "control":
        return False
    own = set(sample.components) - ELECTRODES
    if who.review:
        return bool(own)
    return sample.role == "treated" or bool(set(sample.components) & (set(who.protagonist) - {"Li"}))


def _shares_element(product: Mention, who: Cast) -> bool:
    """Say whether a product holds a metal of the coating: Li7.5Ag on PI-Ag."""
    return not _metals(who).isdisjoint(_SYMBOL.findall(product.name))


def _metals(who: Cast) -> set[str]:
    formulas = [c for c in who.protagonist if not c.isupper()]
    return {symbol for c in formulas for symbol in _SYMBOL.findall(c)} - {"Li", "O", "C", "H"}
