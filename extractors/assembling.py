"""A result, its sample and its conditions made into a measurement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors import conditions as cond
from extractors import confidence
from extractors.cast import Cast, Sample, strategy_of
from extractors.kinds import FOLD, kind_of, suspect_unit
from extractors.linking import gathered, is_strong, link, resolved
from extractors.provenance import provenance
from extractors.quantities import Quantity
from extractors.scope import CELL_METRICS, Context, inherited_conditions, own_conditions, repeated_conditions
from extractors.statements import Result, Statement
from schema.records import Evidence, Measurement, Passage, Rejection, Subject
from schema.units import convert
from schema.vocabulary import Metric

_LITHIUM = re.compile(r"\b(?:Li|[Ll]ithium)(?: metal)?\b")
_CLAUSE_END = re.compile(r";|,?\s(?:while|whereas|but)\s")
_FIRST_CYCLE = re.compile(
    r"\b(?:initial|first)[- ](?:cycle|charge|discharge|coulombic|CE\b|efficien\w+)|\bICEs?\b", re.IGNORECASE
)
_LISTED = re.compile(r"\brespectively\b|\b[Cc]orresponding\b|\bsame order\b")
_CONSTANT = (3855.0, 3865.0)  # mAh/g: what lithium itself holds
_SETTINGS = ("np_ratio", "voltage_window")


def assemble(
    result: Result,
    statement: Statement,
    mentions: Sequence[cond.Mention],
    results: Sequence[Quantity],
    inherited: dict[str, float],
    who: Cast,
    context: Context,
) -> Measurement:
    """Make the record of one result.

    Parameters
    ----------
    mentions : conditions of the sentence
    results : all results of the sentence
    inherited : conditions from outside the sentence (``Context.enter``)
    """
    q, metric = result.quantity, result.metric
    passage = statement.passage
    sample, control, rule = _owner(result, statement, who, context)
    near = own_conditions(metric.name, cond.assign(q, passage.text, statement.span, mentions, results))
    if (
        metric.name == "specific_capacity"
        and not {"at_cycle", "cycles"} & set(near)
        and _FIRST_CYCLE.search(statement.text)
    ):
        near["at_cycle"] = 1.0
    listed = _LISTED.search(statement.text) and q.size > 1
    if listed and (result.reason != "respectively" and (rule != "respectively" or "orresponding" in statement.text)):
        dealt = {k: v[q.index] for k, v in context.listed.items() if len(v) == q.size and k not in near}
        inherited = {**inherited, **dealt}
    if who.review:
        far = {k: v for k, v in own_conditions(metric.name, context.panel).items() if metric.name in CELL_METRICS}
    else:
        far = inherited_conditions(metric.name, near, inherited, context)
    far = {**repeated_conditions(metric.name, near, statement.text, sample, context), **far}
    values, flags = normalised(q, metric)
    start, end = passage.original_span(q.start, q.end)
    flags += repair_flags(passage, q, start, end)
    source, credited = provenance(q.start, statement, who.review, context.marker)
    if source == "cited" and not who.review and sample and sample.role != "control":
        control = False  # what others found of a material is no control of this paper
    return Measurement(
        metric=metric.name,
        value=values[0],
        value_max=values[1],
        unit="fold" if metric.name == "improvement" and kind_of(q.unit) == FOLD else metric.unit,
        qualifier=q.qualifier if values[1] is None else "range",
        value_reported=as_reported(passage, q),
        unit_reported=passage.text[q.unit_span[0] : q.unit_span[1]],
        subject=subject_of(sample, passage, who),
        is_control=control,
        conditions=cond.merge(
            near, far, _named_conditions(metric.name, statement.text, _clause(statement, q), context)
        ),
        provenance=source,
        cited_ref=credited,
        evidence=Evidence(statement.text, start, end, passage.section, passage.page, statement.number),
        flags=tuple(flags),
        clues=confidence.noted(result, statement, sample, rule, results),
        steps=_steps(result, sample, control, rule, near, far, inherited),
    )


def _steps(
    result: Result,
    sample: Sample | None,
    control: bool,
    rule: str,
    near: dict[str, float],
    far: dict[str, float],
    inherited: dict[str, float],
) -> tuple[str, ...]:
    """Say how a result got its metric, its sample and its conditions."""
    name = f"“{sample.text}”" if sample else "none"
    told = [f"condition {k} = {v:g}: stated in the sentence" for k, v in near.items()]
    for key, value in far.items():
        if key not in near:
            where = (
                "before it in the paragraph, or in the caption cited" if key in inherited else "the paper's protocol"
            )
            told.append(f"condition {key} = {value:g}: carried over from {where}")
    return (
        f"metric {result.metric.name}: {result.reason}",
        f"sample {name}{', the control' if control else ''}: {rule}",
        *told,
    )


def reject(passage: Passage, q: Quantity, reason: str) -> Rejection:
    """Make the record of a number that was seen and not taken."""
    behind = max(q.end, q.unit_span[1]) if 0 <= q.unit_span[0] - q.end < 3 else q.end
    start, end = passage.original_span(q.start, behind)
    return Rejection(start, end, passage.text[q.start : behind], reason)


def _owner(result: Result, statement: Statement, who: Cast, context: Context) -> tuple[Sample | None, bool, str]:
    """Find the sample of a result, whether it is the control, and by which rule."""
    q, metric = result.quantity, result.metric
    if metric.name in _SETTINGS and not who.review and who.protagonist:
        return who.as_sample(), False, "a setting of the paper's cells"
    if metric.name == "areal_capacity" and not who.review and who.protagonist and _compares(statement, who):
        return who.as_sample(), False, "lithium put down on all samples"
    of_cathode = metric.name == "areal_loading" or result.reason == "capacity of a loading"
    cathode = cond.cathode_of(statement.text) if of_cathode else None
    if cathode:
        return Sample(0, 0, f"{cathode} cathode", (cathode,)), False, "the cathode's loading"
    if metric.name == "specific_capacity" and _CONSTANT[0] <= q.value <= _CONSTANT[1]:
        return Sample(0, 0, "lithium metal", ("Li",)), False, "a constant of lithium"
    dealt = result.reason == "respectively"
    text, span = statement.passage.text, statement.span
    found = link(q, text, span, statement.samples, context.subject, who, dealt, context.row)
    if found.sample is None:
        return _lithium(statement), found.control, found.rule
    sample = resolved(found.sample, statement.samples, context.subject, who)
    control = found.control or (who.review and _is_reduced(sample, context.subject))
    if who.review and not sample.role and len(sample.components) == 1:
        behind = max(q.start, sample.end)
        plain = [
            s for s in statement.samples if is_strong(s) and not s.standard and s.role != "control" and s.end <= behind
        ]
        if len(plain) > 1:
            sample = replace(gathered(plain), role=sample.role)
    return sample, control, found.rule


def _compares(statement: Statement, who: Cast) -> bool:
    """Say whether a sentence tells both of the control and of the paper's own sample."""
    own = set(who.protagonist) - {"Li", "Cu"}
    treated = any(s.role == "treated" or own & set(s.components) for s in statement.samples)
    return treated and any(s.role == "control" or s.components == ("Cu",) for s in statement.samples)


def _lithium(statement: Statement) -> Sample | None:
    """Take lithium itself for the subject of a sentence that names nothing else."""
    match = _LITHIUM.search(statement.passage.text, *statement.span)
    return Sample(match.start(), match.end(), match[0], ("Li",)) if match else None


def _is_reduced(sample: Sample, subject: Sample | None) -> bool:
    """Say whether a cell is the one before it less a component: Li/PEO/LFP beside Li/PEO-LAGP/LFP."""
    if subject is None or sample.role == "treated" or sample.cathode is None or not sample.components:
        return False
    return len(subject.components) > 1 and set(sample.components) < set(subject.components)


def subject_of(sample: Sample | None, passage: Passage, who: Cast) -> Subject:
    """Say of a sample, named in a passage, what it is made of, on what and how."""
    if sample is None:
        return Subject("not named")
    if who.review:
        strategy = strategy_of(f"{passage.section} {passage.text}")
        return Subject(sample.text, sample.components, sample.substrate, strategy)
    if sample.role != "treated" and not set(sample.components) & (set(who.protagonist) - {"Li", "Cu"}):
        return Subject(sample.text, sample.components, sample.substrate)
    substrate = sample.substrate or (who.substrate if sample.role == "treated" else None)
    return Subject(sample.text, sample.components, substrate, who.strategy, who.process or None)


def _clause(statement: Statement, q: Quantity) -> str:
    """Give the clause of a sentence that a number stands in."""
    text, (start, end) = statement.passage.text, statement.span
    cuts = [m.start() for m in _CLAUSE_END.finditer(text, start, end)]
    first = max((c for c in cuts if c <= q.start), default=start)
    last = min((c for c in cuts if c > q.start), default=end)
    return text[first:last]


def _named_conditions(metric: str, text: str, clause: str, context: Context) -> dict[str, object]:
    """Give the conditions that are words: cell, electrolyte, the span of an average."""
    symmetric = context.cell == "Li|Li symmetric" and metric.endswith("coulombic_efficiency")
    in_cell = (
        (metric in CELL_METRICS and not symmetric) or "resistance" in metric or metric == "exchange_current_density"
    )
    electrolyte, electrolyte_class = cond.electrolyte_of(clause)
    if electrolyte is None:
        electrolyte, electrolyte_class = cond.electrolyte_of(text)
    return {
        "cell": context.cell if in_cell else None,
        "electrolyte": electrolyte,
        "electrolyte_class": electrolyte_class,
        "cycle_range": cond.cycle_range(text) if metric.endswith("efficiency") else None,
    }


def normalised(q: Quantity, metric: Metric) -> tuple[tuple[float, float | None], list[str]]:
    """Convert to the metric's unit; a misprinted unit is read as what it must mean, and flagged."""
    unit = suspect_unit(q.unit) or q.unit
    flags = ["unit_suspect"] if suspect_unit(q.unit) else []
    if metric.name == "improvement" and kind_of(unit) == FOLD:
        if unit.startswith("order"):
            return (10.0**q.value, None if q.value_max is None else 10.0**q.value_max), flags
        return (q.value, q.value_max), flags

    def norm(value: float, of: str) -> float:
        out = convert(value, of, metric.unit) if of else value
        return abs(out) if metric.magnitude else out

    low = norm(q.value, unit)
    high = None if q.value_max is None else norm(q.value_max, q.max_unit or unit)
    if high is not None and high < low:
        low, high = high, low
    if not metric.plausible[0] <= low <= metric.plausible[1]:
        flags.append("out_of_range")
    return (low, high), flags


def repair_flags(passage: Passage, q: Quantity, start: int, end: int) -> list[str]:
    """Flag a number and a unit that were read with the help of a repair."""
    spans = [(start, end, "glyph_repaired")]
    if q.unit_span[1] > q.unit_span[0]:
        spans.append((*passage.original_span(*q.unit_span), "unit_repaired"))
    return [flag for a, b, flag in spans if any(a <= r.start <= b for r in passage.repairs)]


def as_reported(passage: Passage, q: Quantity) -> str:
    """Give the characters of the number before any repair; of a number in markup, its clean characters."""
    start, end = passage.original_span(q.start, q.end)
    text = passage.text[q.start : q.end]
    for r in passage.repairs:
        if start <= r.start < end:
            text = text.replace(r.after, r.before, 1)
    return text
