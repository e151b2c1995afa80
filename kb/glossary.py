"""The glossary: what each metric is, from the vocabulary in force, its gates and floors, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from kb.audit.floors import FLOORS
from kb.audit.gates import ANYTHING, Gate, gates
from kb.words import number, symbol, unit
from schema.tables import tables
from schema.vocabulary import Metric, Term, vocabulary

_CONDITIONS_FROM = "current_density_mA_cm2"  # the first column of experiments that is a condition
_BETTER = {"higher": "higher", "lower": "lower", "none": "neither as such"}


def glossary() -> str:
    """Write the glossary of metrics, conditions and terms.

    Examples
    --------
    >>> "### `coulombic_efficiency`" in glossary()
    True
    """
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    words = vocabulary()
    yield "# Glossary"
    yield ""
    yield "<!-- Written by kb metrics --format markdown; a test compares. -->"
    yield ""
    yield (
        "What stands in the base, as `schema/metrics.toml` and its neighbours define it.  A value outside its\n"
        "plausible range is kept and flagged; what is impossible, or usual, is what `kb check` holds it against\n"
        "([audits.md](audits.md)).  Names are found in any case, up to four letters in the case that stands here."
    )
    yield ""
    yield "## Metrics"
    yield ""
    yield "| metric | symbol | unit | better | plausible |"
    yield "| --- | --- | --- | --- | --- |"
    for metric in words.metrics.values():
        name = f"[`{metric.name}`](#{metric.name})"
        plausible = " to ".join(map(number, metric.plausible))
        yield f"| {name} | {symbol(metric.symbol)} | {_unit(metric)} | {metric.better} | {plausible} |"
    for metric in words.metrics.values():
        yield ""
        yield f"### `{metric.name}`"
        yield ""
        yield from _entry(metric)
    yield ""
    yield "## Conditions"
    yield ""
    yield "What a result was had under: columns of `experiments`, and words of the filter language."
    yield ""
    yield "| condition | unit | what it is |"
    yield "| --- | --- | --- |"
    columns = tables()["experiments"].columns
    first = next(i for i, column in enumerate(columns) if column.name == _CONDITIONS_FROM)
    yield from (f"| `{c.name}` | {_cell(c.unit)} | {_cell(c.meaning)} |" for c in columns[first:])
    for title, terms in (("Cells", words.cells), ("Classes of electrolyte", words.electrolytes)):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| name | written as |"
        yield "| --- | --- |"
        yield from (f"| {_cell(term.name)} | {_cell(', '.join(term.synonyms))} |" for term in _of(terms.values()))


def _of(terms: Iterable[Term]) -> list[Term]:
    return sorted(terms, key=lambda term: term.name.casefold())


def _entry(metric: Metric) -> Iterator[str]:
    if metric.meaning:
        yield f"{metric.meaning[0].upper()}{metric.meaning[1:]}."
        yield ""
    sign = "; stored without its sign" if metric.magnitude else ""
    yield f"- unit: {_unit(metric)}{sign}"
    yield f"- better: {_BETTER[metric.better]}"
    yield f"- plausible: {_span(metric.plausible, metric)} ({metric.source})"
    gate = gates()[0].get(metric.name, Gate())
    for name, ends in (("possible", gate.possible), ("usual", gate.usual)):
        if ends != ANYTHING:
            yield f"- {name}: {_span(ends, metric)}"
    if floors := FLOORS.get(metric.name):
        told = ", ".join(f"{number(round(floor, 1))} at {ratio:g}" for ratio, floor in floors)
        yield f"- protocol floor [{_unit(metric)}]: {told} (n Q_c : Q_T of a reservoir protocol; there it is a bound)"
    if metric.of_material:
        yield "- of the material: how a cell is cycled cannot be stated of it"
    if metric.without:
        yield f"- cannot be stated of it: {', '.join(metric.without)}"
    yield f"- written as: {'; '.join(metric.synonyms)}"
    if metric.unlike:
        yield f"- not: {'; '.join(metric.unlike)}"


def _unit(metric: Metric) -> str:
    return "a number" if metric.unit == "1" else unit(metric.unit)


def _span(ends: tuple[float, float], metric: Metric) -> str:
    low, high = ends
    behind = f" {unit(metric.unit)}" if metric.unit != "1" else ""
    if math.isinf(high):
        return f"from {number(low)}{behind}"
    return f"{number(low)} to {number(high)}{behind}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
