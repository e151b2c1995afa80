"""Which sample a value belongs to.

Rules of scope, strongest first: "respectively" deals a list out over as many samples; the two numbers of a
"versus" pair go to the sentence's subject and to what it is compared with; of "from A to B" the first is the
sample before its treatment; a number in brackets goes to the sample the bracket stands behind; any other number
to the last sample named before it in the sentence that is not merely compared with, else to the first after it,
else to the subject of the sentence before, else to the paper's protagonist.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.cast import Cast, Sample
from extractors.kinds import PERCENT, VOLTAGE, kind_of
from extractors.materials import ELECTRODES
from extractors.quantities import Quantity

_IN_TIME = re.compile(
    r"\b(?:before cycling|after (?:\w+\s){0,2}cycl\w*|upon cycling|with (?:increasing )?temperature|"
    r"over time|during cycling|(?:after|upon|during) (?:\w+\s){0,2}(?:exposure|storage|ag(?:e)?ing|resting|"
    r"immersion)|as the temperature|after (?:\w+ ){0,2}(?:hours|days|h)\b|from the "
    r"\w+ cycle|(?:after|over|within) (?:the )?[\w,]+ cycles?\b|\d(?:st|nd|rd|th) cycle)",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"^[\s,;/]*(?:(?:cells?|electrodes?|anodes?|samples?|batter\w+|foils?|alone|and|or|the|with|using|of|half|"
    r"full|symmetric|in)[\s,]*)*$"
)
_RIGHT_BEHIND = re.compile(r"^(?:\s(?!and\b|or\b)[\w|/@-]+){0,3}\s?[(\[]\s?(?:[^()\d]{0,24})[~≈<>≤≥−-]?\s?$")
_FOR_IT = re.compile(
    r"^\s(?:thick\s)?(?:(?:(?:was|were|is|are)\s)?(?:\w+ly\s)?(?:\w+ed|found|seen|read|left|kept|held)\s|that\s|"
    r"(?:was|were|is|are)\s(?:the|that|those)\s(?:\w+\s){0,3})?(?:for|in|with|on|of|using|by)\s(?:(?:the|a|an|cells?|batter\w+|half|"
    r"full|symmetric|electrodes?|with|using|of|based|on|those|that|case)\s)*$"
)
_DEALT = re.compile(
    r"^(?:,?\s?(?:and\s)?[~≈]?\d[\d.,]*\s?[^\s\d]{1,8}){0,4}"
    r"\s(?:(?:are|were|is|was)\s\w+\s)?(?:on|for|of|in|with|at|by)\s(?:(?:the|cells?|samples?|films?)\s)*$"
)
_NUMBER_BEFORE = re.compile(r"\d\s?[^\s\d()]{0,8}\s\($")
_CONTRASTED = re.compile(r"\b(?:against|than|contrast to|compared (?:to|with)|versus|vs\.?)\s[\d., and]*$")
_THAT_IT_SHOWED = re.compile(r"^\s(?:that|which)\s(?:the\s)?$")
_WITHOUT_BEHIND = re.compile(r"^\s$")
_NEW_START = re.compile(
    r"^\W*(?:An? |Finally|Moreover|Furthermore|In addition|Even|Under|Such|Our|We|Notably|Remarkably|Impressively|"
    r"As a result|Benefiting|Owing|Thanks|With)\b"
)
_VERSUS = re.compile(
    r"[^.;)]{0,12}\b(?:versus|vs\.?|compared (?:to|with)|against|rather than|instead of|as opposed to)\s[~≈−-]?\s?\d"
)
_FORMER = re.compile(r"\b[Tt]he (former|latter)\b")
_ITS_OWN = re.compile(r"\s?[,:=]?\s?[~≈<>]?\s?[−-]?\d")
_SET_IN_STEPS = re.compile(r"\d (?:and|to) \d[\d.]*\s?(?:mA\b|C\b|°C|K\b|cycles)")
_THAT_OF = re.compile(r"\b(?:that|those) (?:of|for|with|in) (?:the )?$")
_SAME_ORDER = re.compile(r"\brespectively\b|\bsame order\b|\bthe two\b")
_CLOSED = re.compile(r"(?:\s\w+)?\s?\)")
_WHOSE = re.compile(r"^,?\s(?:(?:cells?|foil|electrode|anode|sample)s?,?\s)?(?:whose|which|where|that)\b[^,;]*$")
_OF_IT = re.compile(r"^(?:\s\w+){0,2}\s(?:of|is|was|at|with)\s(?:only |about |just |around )?[~≈<>−-]?\s?$")


@dataclass(frozen=True)
class Link:
    """A sample for a value, and how it was found (for ``explain`` and for confidence)."""

    sample: Sample | None
    control: bool
    rule: str


def is_strong(sample: Sample, review: bool = True) -> bool:
    """A sample that can own a value: one with a role, or of more than plain lithium; a mere cell in a review only."""
    if sample.role or (sample.components and set(sample.components) != {"Li"}):
        return True
    return bool(sample.cathode) and review


def link(
    q: Quantity,
    text: str,
    span: tuple[int, int],
    samples: Sequence[Sample],
    subject: Sample | None,
    cast: Cast,
    metrics_dealt: bool,
    row: Sequence[Sample] = (),
) -> Link:
    """Find the sample of one quantity.

    Parameters
    ----------
    samples : sample mentions of the sentence
    subject : subject of the sentence before
    metrics_dealt : "respectively" has dealt the list out over metrics already
    row : samples of the sentence before, in order
    """
    strong = [s for s in samples if is_strong(s, cast.review or not cast.protagonist)]
    sentence = text[span[0] : span[1]]
    if "respectively" in sentence and q.size > 1 and not metrics_dealt:
        dealt = _coordinated(text, strong, q)
        if dealt:
            return _in_list(dealt[q.index], cast, "respectively")
    behind_unit = max(q.end, q.unit_span[1]) if q.index == q.size - 1 or q.unit_span[0] - q.end < 4 else q.end
    if q.size > 1 and q.link not in ("pair", "change") and not metrics_dealt:
        dealt = _coordinated(text, [s for s in strong if s.end <= q.start][-q.size :], q)
        if dealt and not _SET_IN_STEPS.search(sentence):
            return _in_list(dealt[q.index], cast, "as many samples as values")
    following = next((s for s in strong if s.start >= behind_unit), None)
    bracketed = following and re.fullmatch(r"\s?\(\s?", text[behind_unit : following.start])
    if following and bracketed and _CLOSED.match(text[following.end : following.end + 14]):
        return _in_list(following, cast, "in brackets behind the value")
    if q.size > 1 and not metrics_dealt:
        dealt = _listed_behind(text, strong, q)
        if dealt:
            return _in_list(dealt[q.index], cast, "respectively")
    unnamed = not any(s.end <= q.start and not s.standard for s in strong)
    if q.size > 1 and len(row) == q.size and not metrics_dealt and unnamed and _SAME_ORDER.search(sentence):
        return _done(row[q.index], "respectively")
    told = _former(q, text, span, strong, row)
    if told:
        return _done(told, "the former or the latter")
    main = _main(strong, q, text)
    if q.size == 2 and _is_versus(q, text, span):
        other = next((s for s in strong if s.standard), None)
        if q.index == 0:
            named = [s for s in strong if not s.standard and s.end <= q.start]
            treated = [s for s in named if s.role != "control"]
            first = (treated or named)[-1] if named else subject
            return _done(first or _protagonist(cast), "first of a versus pair")
        if other:
            return Link(other, True, "second of a versus pair")
        before = main or subject or _protagonist(cast)
        return Link(replace(before, role="control") if before else None, True, "second of a versus pair, unnamed")
    if q.size == 2 and _is_change(q, text, span):
        owner = main or subject or _protagonist(cast)
        if q.index == 0 and owner and owner.role != "control":
            return Link(replace(owner, role="control"), True, "before the treatment")
        return _done(owner, "after the treatment")
    behind = max((s for s in strong if s.end <= q.start), key=lambda s: s.end, default=None)
    if behind:
        gap = text[behind.end : q.start]
        if _RIGHT_BEHIND.match(gap) or (behind.standard and _OF_IT.match(gap)):
            control = behind.role == "control" or (behind.standard and behind.role != "treated")
            return Link(behind, control, "in brackets behind it")
    for sample in strong:
        if sample.start >= q.end:
            own_unit = 0 <= q.unit_span[0] - q.end < 4
            contrasted = q.size > 1 and _CONTRASTED.search(text[max(span[0], q.start - 60) : q.start])
            gap = text[max(q.end, q.unit_span[1] if own_unit or contrasted else q.end) : sample.start]
            if gap.startswith(" that of") and text[slice(*q.unit_span)].startswith(("times", "fold")):
                break  # "five times that of": the other is what it is measured by
            if (
                _FOR_IT.match(gap)
                or _THAT_IT_SHOWED.match(gap)
                or (_WITHOUT_BEHIND.match(gap) and sample.text.lower().startswith("without"))
            ):
                return _done(sample, "for the sample behind it")
            break
    for sample in strong:
        if sample.standard and sample.end <= q.start and _WHOSE.match(text[sample.end : q.start]):
            return Link(sample, True, "in a clause of the sample compared with")
    if main:
        return _done(main, "nearest in the sentence")
    if strong and all(s.standard for s in strong):
        owner = subject if subject and subject.role != "control" else _protagonist(cast)
        return _done(owner, "compared with another")
    if subject and not (subject.role == "control" and cast.protagonist and _NEW_START.match(sentence)):
        return _done(subject, "subject of the sentence before")
    return _done(_protagonist(cast), "the paper's protagonist")


def resolved(sample: Sample, samples: Sequence[Sample], subject: Sample | None, cast: Cast) -> Sample:
    """Fill a generic mention of a review ("the resulting electrolyte") with what its sentence or the last names."""
    if sample.components or not sample.generic or not cast.review or sample.role == "control":
        return sample
    plain = [
        s for s in samples if s.components and set(s.components) != {"Li"} and not s.standard and s.role != "control"
    ]
    if plain:
        return replace(sample, components=gathered(plain).components)
    return replace(sample, components=subject.components) if subject else sample


def _done(sample: Sample | None, rule: str) -> Link:
    return Link(sample, bool(sample and sample.role == "control"), rule)


def _in_list(sample: Sample, cast: Cast, rule: str) -> Link:
    """A plain metal that stands in a row with the paper's samples is their control."""
    plain = set(sample.components) <= ELECTRODES and bool(set(cast.protagonist) - ELECTRODES) and not cast.review
    return Link(sample, sample.role == "control" or (plain and sample.role != "treated"), rule)


def _former(
    q: Quantity, text: str, span: tuple[int, int], strong: Sequence[Sample], row: Sequence[Sample]
) -> Sample | None:
    """Resolve "the former" and "the latter" by the two samples named before."""
    words = [
        m
        for m in _FORMER.finditer(text, span[0], q.start)
        if not any(s.start > m.end() for s in strong if s.end <= q.start)
    ]
    if not words:
        return None
    named = [s for s in strong if s.end <= words[0].start()]
    pair = named if len(named) == 2 else row
    return (pair[0] if words[-1][1] == "former" else pair[-1]) if len(pair) == 2 else None


def _protagonist(cast: Cast) -> Sample | None:
    if cast.review or not cast.protagonist:
        return None
    return cast.as_sample()


def _main(strong: Sequence[Sample], q: Quantity, text: str) -> Sample | None:
    """The last sample before a number that is not only compared with, else the first after it."""
    before = [s for s in strong if s.end <= q.start and not s.standard]
    # "from 260 h (bare Li) to 1120 h": a sample in brackets owns the number before them, and no later one.
    outside = [
        s
        for s in before
        if not (_NUMBER_BEFORE.search(text[max(s.start - 16, 0) : s.start]) and text[s.end : s.end + 1] == ")")
    ]
    before = outside or before
    if before:
        last = before[-1]
        # A material named after the sample it makes up does not take its place: "the PX-coated cell, whose LiF ..."
        labelled = [s for s in before if s.role or len(s.components) > 1]
        if labelled and not last.role and len(last.components) < 2 and not _THAT_OF.search(text[: last.start][-20:]):
            return labelled[-1]
        return last
    after = [s for s in strong if s.start >= q.end and not s.standard]
    if after:
        gap = text[q.end : after[0].start]
        if gap.endswith("(") and _ITS_OWN.match(text[after[0].end :]):
            return None  # "0.63 GPa (PX, 0.29 GPa)": the bracket holds the other's number
        if not re.search(r"[.;]\s|\b(?:while|whereas|but)\b|\b(?:above|below|against|beyond) the\s[~≈]?\d", gap):
            return after[0]
    return None


def _coordinated(text: str, strong: Sequence[Sample], q: Quantity) -> list[Sample] | None:
    """Find as many samples in a row as the list has numbers."""
    ordered = [s for s in strong if not (s.generic and not s.role)]
    for shift in range(len(ordered) - q.size + 1):
        row = ordered[shift : shift + q.size]
        gaps = [text[a.end : b.start] for a, b in pairwise(row)]
        if all(_GAP.match(g) and len(g) < 60 for g in gaps) and re.search(r"\b(?:and|or)\b|/", gaps[-1]):
            return row
    return None


def _listed_behind(text: str, strong: Sequence[Sample], q: Quantity) -> list[Sample] | None:
    """Find as many samples right behind the unit of a list: "1, 2 and 3 mV on A, B and C"."""
    behind = [s for s in strong if s.start >= q.unit_span[1]][: q.size]
    if len(behind) < q.size or not _DEALT.match(text[q.unit_span[1] : behind[0].start]):
        return None
    gaps = [text[a.end : b.start] for a, b in pairwise(behind)]
    return behind if all(_GAP.match(g) and len(g) < 30 for g in gaps) else None


def _is_versus(q: Quantity, text: str, span: tuple[int, int]) -> bool:
    if q.link == "pair":
        between = text[max(span[0], q.start - 12) : q.start]
        return bool(re.search(r"\b(?:versus|vs\.?|compared|against|rather|instead|opposed)", between))
    if q.index == 0:
        after = text[max(q.end, q.unit_span[1] if q.unit_span[0] - q.end < 4 else q.end) : q.end + 24]
        return bool(_VERSUS.match(after))
    return False


_SETTING_FROM = re.compile(
    r"(?<!room )(?<!ambient )\b(?:current(?: density)?|C-rate|rate|temperature|pressure)\b[^,;.]{0,30}\bfrom\s[~≈]?\d"
)


_WORSE = {
    kind: re.compile(rf"\b(?:{verbs})\w*\s(?:\w+\s){{0,2}}(?:from\s)?[~≈\d.,%\sa-zA-ZΩ]*$")
    for kind, verbs in {
        VOLTAGE: "increas|ris|rose|grow|grew|climb|enlarg",
        "ohm": "increas|ris|rose|grow|grew|climb",
        "ohm cm^2": "increas|ris|rose|grow|grew|climb",
        PERCENT: "decreas|drop|fad|decay|fall|fell|declin",
        "mAh/g": "decreas|drop|fad|decay|fall|fell|declin",
    }.items()
}


def _is_change(q: Quantity, text: str, span: tuple[int, int]) -> bool:
    if q.link != "change" and not (
        q.index == 0 and re.search(r"\bfrom\s+[~≈]?\s?$", text[max(span[0], q.start - 10) : q.start])
    ):
        return False
    if _SETTING_FROM.search(text, span[0], span[1]) and not re.search(r"\bcritical\b", text[span[0] : span[1]]):
        return False  # both the setting and the result go from one value to another: one sample
    worse = _WORSE.get(kind_of(q.unit))
    if worse and worse.search(text[max(span[0], q.start - 40) : q.start]):
        return False  # a cell that ages: no coating raises its overpotential
    return not _IN_TIME.search(text[max(span[0], q.start - 60) : min(span[1], q.unit_span[1] + 60)])


def next_subject(samples: Sequence[Sample], previous: Sample | None, cast: Cast, start: int) -> Sample | None:
    """Give the subject a following sentence without a sample of its own speaks of.

    Parameters
    ----------
    start : clean offset of the sentence; a control of no name ("the bare foil") is its subject only at its head
    """
    strong = [s for s in samples if is_strong(s, cast.review or not cast.protagonist) and not s.standard]
    if not strong:
        return previous
    strong = [resolved(s, samples, previous, cast) for s in strong]
    roles = [s for s in strong if s.role and (s.components or (s.start < start + 25 and not cast.review))]
    if roles and not (cast.review and roles[0].role == "control" and previous):
        return roles[0]
    if cast.review:
        labels = [s for s in strong if len(s.components) > 1]
        if labels:
            return labels[-1]
        return gathered(strong)
    return previous


def gathered(samples: Sequence[Sample]) -> Sample:
    """Join plain materials of one sentence into one subject ("an Al2O3 sheet between PVDF-HFP membranes")."""
    components: list[str] = []
    for sample in samples:
        components.extend(c for c in sample.components if c not in components and c != "Li")
    # The metal that carries them is no part of them.
    components = [c for c in components if c not in ELECTRODES] or components
    first = samples[0]
    return replace(first, components=tuple(components[:4]), text=" + ".join(dict.fromkeys(s.text for s in samples[:4])))
