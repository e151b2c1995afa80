"""Proposals held against the paper: what it does not print is rejected, with the reason.

A record's value, unit, qualifier and place are read from the paper where the proposal points; its sample must be named
by the paper, its conditions printed there.  What a model answers is never more than a choice among what the paper says.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from extractors import conditions as cond
from extractors.assembling import as_reported, normalised, repair_flags, subject_of
from extractors.cast import Cast, Sample
from extractors.cues import metrics_of_kind
from extractors.kinds import AREAL, BARE, CURRENT, CYCLES, FOLD, RATE, TEMPERATURE, TIME, kind_of, suspect_unit
from extractors.linking import gathered
from extractors.llm.numbers import Printed, printed_numbers
from extractors.llm.proposals import Proposal
from extractors.llm.questions import Question
from extractors.quantities import Quantity
from extractors.samples import find_samples
from schema.errors import UnitMismatch
from schema.records import Conditions, Document, Evidence, Measurement, Rejection
from schema.units import convert, fold_unit
from schema.vocabulary import vocabulary

FLAG = "by_language_model"
# A first guess at how sure, to be calibrated on gold.
_SURE, _UNRESOLVED, _OUT_OF_RANGE = 0.75, 0.85, 0.6
_KEYS: Mapping[str, tuple[str, ...]] = {
    CURRENT: (cond.CURRENT_KEY,),
    AREAL: (cond.AREAL_KEY,),
    RATE: ("c_rate",),
    TEMPERATURE: ("temperature_C",),
    TIME: ("time_h",),
    CYCLES: ("cycles", "at_cycle"),
    BARE: ("np_ratio",),
}
_COUNTED: Mapping[str, tuple[str, ...]] = {CYCLES: ("cycle_count", "failure_cycle"), FOLD: ("improvement",)}
_CUT_BEFORE, _CUT_BEHIND = re.compile(r"(?:\d|\d[.,])$"), re.compile(r"\d|[.,]\d")
_GAP = re.compile(r"[\s\-–—‐‑−]+")
Values = Mapping[str, frozenset[float]]


class Ungrounded(ValueError):
    """A proposal that the paper does not bear out; the message is the reason."""


@dataclass(frozen=True)
class Paper:
    """What proposals are held against.

    Attributes
    ----------
    text : all that the paper says, of supporting information also its main text
    printed : the values printed anywhere in it that can be a condition, by its key
    cells : the kinds of cell that it speaks of
    """

    who: Cast
    text: str
    printed: Values
    cells: frozenset[str]

    @classmethod
    def of(cls, document: Document, who: Cast) -> Paper:
        """Read what a paper prints.

        Parameters
        ----------
        document : of supporting information with the passages of its main text
        """
        told = [p for p in document.passages if p.kind != "reference"]
        numbers = [p for passage in told for p in printed_numbers(passage)]
        cells = {cond.cell_of(line) for line in {*(p.line for p in numbers), *(passage.text for passage in told)}}
        text = "\n".join((document.title, *(p.text for p in told)))
        return cls(who, text, printed_conditions(numbers), frozenset(c for c in cells if c))


def printed_conditions(numbers: Iterable[Printed]) -> Values:
    """Give the values of numbers that can be a condition, by its key, in its unit."""
    out: dict[str, set[float]] = defaultdict(set)
    for q in (p.quantity for p in numbers):
        kind = kind_of(q.unit)
        for value in (q.value, q.value_max):
            if value is None or kind not in _KEYS:
                continue
            if kind in (CURRENT, AREAL, TEMPERATURE, TIME):
                value = convert(value, suspect_unit(q.unit) or q.unit, kind)
            for key in _KEYS[kind]:
                out[key].add(value if key == "temperature_C" else abs(value))
    return {key: frozenset(values) for key, values in out.items()}


def find_name(name: str, text: str) -> str:
    """Give a name as a text prints it: whole words, in any case, with any blanks and dashes; "" where it does not.

    Examples
    --------
    >>> find_name("pmma/pvdf coated Cu", "On PMMA/PVDF-coated Cu it grows."), find_name("Cu", "a Current")
    ('PMMA/PVDF-coated Cu', '')
    """
    words = [re.escape(word) for word in _GAP.split(name.strip()) if word]
    if not words or not any(c.isalpha() for c in name):
        return ""
    found = re.search(rf"(?<!\w){_GAP.pattern.join(words)}(?!\w)", text, re.IGNORECASE)
    return found[0] if found else ""


def ground(proposal: Proposal, question: Question, paper: Paper, model: str) -> Measurement | Rejection:
    """Make the record that a proposal stands for, or the rejection that says why there is none."""
    try:
        return _measurement(proposal, question, paper, model)
    except Ungrounded as error:
        return _rejection(proposal, question, str(error))


def reject(question: Question, reason: str) -> Rejection:
    """Reject what was answered to a question as a whole."""
    start, end = question.passage.original_span(question.start, question.end)
    return Rejection(start, end, question.passage.text[question.start : question.end][:80], reason)


def _rejection(proposal: Proposal, question: Question, reason: str) -> Rejection:
    a, b = question.start + proposal.start, question.start + proposal.end
    if not question.start <= a < b <= question.end:
        return reject(question, reason)
    start, end = question.passage.original_span(a, b)
    return Rejection(start, end, question.passage.text[a:b][:80], reason)


def _measurement(proposal: Proposal, question: Question, paper: Paper, model: str) -> Measurement:
    metric = vocabulary().metrics.get(proposal.metric)
    if metric is None:
        raise Ungrounded(f"{_quoted(proposal.metric)} is no metric of the vocabulary")
    passage, who = question.passage, paper.who
    printed = _number(proposal, question)
    q = _with_unit(printed.quantity, proposal.unit_reported, printed, passage.text)
    if metric.name not in _COUNTED.get(kind_of(q.unit), metrics_of_kind(kind_of(q.unit))):
        printed_unit = f"unit {_quoted(q.unit)} is" if q.unit else "a number without a unit is"
        raise Ungrounded(f"{printed_unit} none of {metric.name}")
    try:
        values, flags = normalised(q, metric)
    except (UnitMismatch, OverflowError) as error:
        raise Ungrounded("cannot be had in the metric's unit") from error
    sample = _sample(proposal, (printed.line, passage.text, paper.text), who)
    conditions, dropped = _conditions(proposal, printed, question, paper)
    start, end = passage.original_span(q.start, q.end)
    flags += [*repair_flags(passage, q, start, end), FLAG]
    markers = {marker for _, marker in passage.markers}
    unresolved = 1.0 if sample.components else _UNRESOLVED
    role = ", the control" if proposal.is_control else ""
    return Measurement(
        metric=metric.name,
        value=values[0],
        value_max=values[1],
        unit=FOLD if metric.name == "improvement" and kind_of(q.unit) == FOLD else metric.unit,
        qualifier=q.qualifier if values[1] is None else "range",
        value_reported=as_reported(passage, q),
        unit_reported=q.unit,
        subject=subject_of(sample, passage, who),
        is_control=proposal.is_control,
        conditions=conditions,
        provenance=proposal.provenance,
        cited_ref=proposal.cited_ref if proposal.cited_ref in markers else None,
        evidence=Evidence(printed.line, start, end, passage.section, passage.page, question.number),
        confidence=round(_SURE * unresolved * (_OUT_OF_RANGE if "out_of_range" in flags else 1.0), 3),
        flags=tuple(flags),
        steps=(
            f"metric {metric.name}: said by {model}; number and unit stand there",
            f"sample “{sample.text}”{role}: said by {model}; the paper names it",
            *dropped,
        ),
    )


def _quoted(text: str) -> str:
    return repr(text[:60])


def _number(proposal: Proposal, question: Question) -> Printed:
    """Find the number that a proposal points at."""
    a, b = question.start + proposal.start, question.start + proposal.end
    text, claimed = question.passage.text, _quoted(proposal.value_reported)
    if not question.start <= a < b <= question.end:
        raise Ungrounded(f"{claimed} is claimed outside of the text")
    if text[a:b] != proposal.value_reported:
        raise Ungrounded(f"{claimed} is not printed at the offsets claimed, but {_quoted(text[a:b])}")
    if _CUT_BEFORE.search(text[max(a - 2, 0) : a]) or _CUT_BEHIND.match(text, b):
        raise Ungrounded(f"{claimed} is only a part of the number printed there")
    for printed in question.numbers if any(c.isalnum() for c in text[a:b]) else ():
        q = printed.quantity
        if (q.start <= a and b <= q.end) or (
            a <= q.start and q.end <= b and _digits(text[a:b]) == _digits(text[q.start : q.end])
        ):
            return printed
    raise Ungrounded(f"{claimed} is no number of a quantity there")


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _with_unit(q: Quantity, claimed: str, printed: Printed, text: str) -> Quantity:
    """Hold the unit that is claimed against the one printed; what is not read there must stand behind the number."""
    claimed = claimed.strip()
    if claimed in ("", q.unit, q.max_unit, text[slice(*q.unit_span)]):
        return q
    if q.unit:
        if not _same(claimed, q.unit):
            raise Ungrounded(f"unit {_quoted(claimed)} is not printed there, but {_quoted(q.unit)}")
        return q
    behind = re.compile(rf"(?<!\w){re.escape(claimed)}(?!\w)").search(text, q.end, printed.span[1])
    if behind is None:
        raise Ungrounded(f"unit {_quoted(claimed)} is not printed there")
    return replace(q, unit=claimed, unit_span=behind.span())


def _same(one: str, two: str) -> bool:
    try:
        return fold_unit(one) == fold_unit(two)
    except UnitMismatch:
        return False


def _sample(proposal: Proposal, texts: Iterable[str], who: Cast) -> Sample:
    """Find the sample that a proposal names in the first text that prints it, and what it is made of."""
    name = next(filter(None, (find_name(proposal.sample, text) for text in texts)), "")
    if not name:
        raise Ungrounded(f"sample {_quoted(proposal.sample)} is not named by the paper")
    role = "control" if proposal.is_control else ""
    found = find_samples(name, 0, len(name), who)
    if not found:
        return Sample(0, len(name), name, role=role)
    sample = gathered(found) if len(found) > 1 else found[0]
    return replace(sample, text=name, role=role or ("" if sample.role == "control" else sample.role))


def _conditions(proposal: Proposal, printed: Printed, question: Question, paper: Paper) -> tuple[Conditions, list[str]]:
    """Keep the conditions that the paper prints: in the sentence or row, or elsewhere; say which were dropped."""
    beside = printed_conditions(p for p in question.numbers if p.line == printed.line)
    worded = cond.find_conditions(printed.line, 0, len(printed.line), (), set())  # "in the first cycle"
    near: dict[str, float] = {}
    far: dict[str, float] = {}
    words: dict[str, object] = {}
    dropped: list[str] = []
    for key, value in proposal.conditions.model_dump(exclude_none=True).items():
        if key in ("cell", "electrolyte"):
            told = _cell(value, paper) if key == "cell" else find_name(value, paper.text)
            words[key] = told or None
            kept = bool(told)
        elif _stands(value, [*beside.get(key, ()), *(m.value for m in worded if m.key == key)]):
            near[key], kept = value, True
        else:
            kept = _stands(value, paper.printed.get(key, ()))
            far |= {key: value} if kept else {}
        if not kept:
            dropped.append(f"condition {key} = {str(value)[:60]!r}: left out, as the paper does not print it")
    if words.get("electrolyte"):
        words["electrolyte_class"] = cond.electrolyte_of(str(words["electrolyte"]))[1]
    return cond.merge(near, far, words), dropped


def _cell(claimed: str, paper: Paper) -> str | None:
    cell = claimed if claimed in paper.cells else cond.cell_of(claimed)
    return cell if cell in paper.cells else None


def _stands(value: float, among: Iterable[float]) -> bool:
    return any(math.isclose(value, other, rel_tol=1e-6) for other in among)
