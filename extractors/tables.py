"""Tables to measurements: metrics with their units in the head, a sample a row; or the other way round.

A unit may stand in the head, in the cell or after a factor (``10^-4 S cm^-1``); columns of conditions apply to
their row, what stands behind a number in its cell (``98.2 (200 cycles)``) to that number, what a caption, a row
across the table or a footnote says to all that it speaks of; a row that cites a reference is second-hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from extractors import conditions as cond
from extractors import confidence
from extractors.assembling import as_reported, normalised, repair_flags
from extractors.cast import Cast, Sample
from extractors.cues import find_cues, metrics_of_kind
from extractors.deadline import in_time
from extractors.grids import AGGREGATE, Cell, find_notes, grid_of, on_its_side, transposed, with_labels
from extractors.heads import STATED, Column, read_head
from extractors.kinds import kind_of
from extractors.linking import gathered
from extractors.metrics import only_metric
from extractors.quantities import Quantity, find_quantities
from extractors.samples import find_samples
from extractors.scope import CELL_METRICS, own_conditions
from schema.errors import UnitMismatch
from schema.records import Evidence, Measurement, Passage, Rejection, Subject
from schema.units import convert
from schema.vocabulary import vocabulary

_CONTROL = re.compile(
    r"^\W*(?:bare|pristine|control|uncoated|blank|reference|unmodified|untreated|unprotected|none|"
    r"without|baseline|plain|conventional|commercial)\b",
    re.IGNORECASE,
)
_COATING = re.compile(r"coating|modif|layer|additive", re.IGNORECASE)
_NO_COATING = re.compile(r"\W*(?:none|no|without|n/?a|nil|bare|uncoated|0)?\W*", re.IGNORECASE)
_THIS_WORK = re.compile(
    r"\b(?:this|our|present|current)\s(?:work|study|paper|report|research|article)\b|\bours\b", re.IGNORECASE
)
_FULL_CELL = frozenset({"capacity_retention", "capacity_retention_per_cycle", "specific_capacity", "specific_energy"})
_FULL_HEAD = re.compile(r"\bfull[- ]?cells?\b|\bcathodes?\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:sample|electrode|anode|coating|composition|(?<!active )material|system|strategy|electrolyte|separator|layer|"
    r"cell|substrate|additive|host|filler|modification|modifier|name|entry|film)s?\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:coating|composition|(?<!active )material|layer|additive|host|filler|matrix|polymer|modification|modifier|"
    r"interlayer)s?\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\W*(?:refs?|references?|sources?|literature|lit|citations?|doi)\b", re.IGNORECASE)
_RESULTS = re.compile(
    r"\b(?:performances?|propert(?:y|ies)|results?|cycling|efficienc\w+|capacit\w+|stability|lifespan|rate)\b",
    re.IGNORECASE,
)
_OTHER_MATTER = re.compile(
    r"\bcrystal(?:lograph|\s(?:data|structure))|\bRietveld|\brefine(?:ment|d)\b|\blattice (?:parameter|constant)|"
    r"\bspace group\b|\bWyckoff|\batomic (?:coordinate|position|ratio|percent|concentration)|\bunit cell\b|"
    r"\b(?:elemental|chemical) (?:analys|composition|content)|\b(?:EDS|EDX|XPS|ICP(?:-\w+)?|XRF)\b|\bat\.?\s?%|"
    r"\babbreviation|\bnomenclature|\b(?:model|simulation|input) parameters\b|\bauthors?\b|\bprice|\bcosts?\b",
    re.IGNORECASE,
)
_MISSING = re.compile(r"\W*(?:n/?a|none|unpublished)?\W*", re.IGNORECASE)
_CALCULATED = re.compile(r"\b(?:calculated|calc\.|theoretical|simulated|DFT|computed)", re.IGNORECASE)
_UNITS = {cond.CURRENT_KEY: "mA/cm^2", cond.AREAL_KEY: "mAh/cm^2", "temperature_C": "degC"}


@dataclass(frozen=True)
class Table:
    """A table laid out with a sample a row.

    Attributes
    ----------
    number : index of its passage in the document
    columns : what each head says
    label : the column that names the samples
    parts : other columns that say what they are made of
    source : the column of references, or -1
    compares : a row is "this work", so that the others are not
    """

    passage: Passage
    number: int
    who: Cast
    caption: str
    notes: Mapping[str, str]
    heads: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    columns: Sequence[Column]
    label: int
    parts: Sequence[int]
    source: int

    @cached_property
    def compares(self) -> bool:
        return any(_THIS_WORK.search(_text(row)) for row in self.rows)

    @cached_property
    def shared(self) -> dict[str, float]:
        """What the caption states for every row."""
        mentions = cond.find_conditions(self.caption, 0, len(self.caption), find_quantities(self.caption), set())
        one_moment = not find_cues(self.caption, 0, len(self.caption))  # else it may be that of one metric
        return cond.one_value(mentions, STATED if one_moment else STATED[:4])

    @cached_property
    def metrics(self) -> set[str]:
        return {column.metric.name for column in self.columns if column.metric}


def mine_table(
    passage: Passage, number: int, who: Cast, caption: str = "", notes: Sequence[str] = ()
) -> tuple[list[Measurement], list[Rejection]]:
    """Mine one table passage.

    Parameters
    ----------
    number : index of the passage in its document
    caption : text beside the table; conditions in it hold for every row
    notes : its footnotes, each beginning with its mark
    """
    noted = find_notes(notes)
    rows = grid_of(passage, noted)
    if len(rows) < 2:
        return [], []
    if on_its_side(rows):
        rows = transposed(rows)
    heads, *body = rows
    if _OTHER_MATTER.search(f"{caption} {_text(heads)}"):
        return [], []
    columns = _columns(heads, caption)
    source = next((i for i, head in enumerate(heads) if _SOURCE.match(head.text)), -1)
    free = [i for i, head in enumerate(heads) if not columns[i].tells and i != source]
    label = next((i for i in free if _LABEL.search(heads[i].text)), 0)
    parts = [i for i in free if i != label and _PART.search(heads[i].text)]
    body = list(with_labels(body, [label, *parts], source))
    table = Table(passage, number, who, caption, noted, heads, body, columns, label, parts, source)
    return [m for row in in_time(body) for m in _mine_row(table, row)], []


def _columns(heads: Sequence[Cell], caption: str) -> list[Column]:
    """Read the heads; where they name conditions alone, the metric is the caption's."""
    columns = [read_head(head.text) for head in heads]
    if not any(c.metric for c in columns) and sum(bool(c.stated) for c in columns) >= 2:
        told = read_head(caption)
        if told.metric:
            columns = [replace(told, stated=c.stated, second=None) if c.stated else c for c in columns]
    return columns


def _text(cells: Sequence[Cell]) -> str:
    return " | ".join(cell.text for cell in cells)


@dataclass(frozen=True)
class Row:
    """What holds for all results of a row.

    Attributes
    ----------
    cited, marker : whether it is another paper's, and the marker that credits it
    stated : conditions of its cells, of a row across the table above it, of its footnotes
    words, but_full : its text; the same but for columns of full cells and cathodes
    """

    name: str
    sample: Sample | None
    control: bool
    cited: bool
    marker: str | None
    stated: dict[str, float]
    words: str
    but_full: str


def _mine_row(table: Table, cells: Sequence[Cell]) -> Iterator[Measurement]:
    label = cells[min(table.label, len(cells) - 1)]
    if AGGREGATE.fullmatch(label.text):
        return
    row = _read_row(table, cells, label)
    for i, (cell, head, column) in enumerate(zip(cells, table.heads, table.columns, strict=False)):
        if i in (table.label, table.source) or (cell.above and label.above):
            continue
        for told, quantity in _results(table.passage.text, cell, head, column):
            measurement = _measurement(table, row, told, head, cell, quantity)
            if measurement is not None:
                yield measurement


def _read_row(table: Table, cells: Sequence[Cell], label: Cell) -> Row:
    text = table.passage.text
    group = find_quantities(label.group)
    stated = cond.one_value(cond.find_conditions(label.group, 0, len(label.group), group, set()), STATED)
    for cell, column in zip(cells, table.columns, strict=False):
        stated.update(_settings(text, cell, column))
    name, sample, control = _sample(table, cells, label)
    words = _text(cells)
    own = bool(_THIS_WORK.search(words))
    marker = None if own else _marker(table, cells)
    cited = not own and (marker is not None or table.compares or table.who.review)
    others = [c for c, head in zip(cells, table.heads, strict=False) if not _FULL_HEAD.search(head.text)]
    words, but_full = f"{label.group} | {words}", f"{label.group} | {_text(others)}"
    return Row(name, sample, control, cited, marker, {**stated, **_noted(table, label)}, words, but_full)


def _marker(table: Table, cells: Sequence[Cell]) -> str | None:
    """Give the reference that a row credits: a marker in it, or what its column of references says."""
    cites = [marker for cell in cells for marker in cell.cites]
    if cites:
        return cites[0]
    source = cells[table.source].text if 0 <= table.source < len(cells) else ""
    return source if re.search(r"\w", source) and not _MISSING.fullmatch(source) else None


def _noted(table: Table, *cells: Cell) -> dict[str, float]:
    """Read the conditions of the footnotes that cells point to."""
    said = " ".join(table.notes.get(mark, "") for cell in cells for mark in cell.marks)
    if not said:
        return {}
    return cond.one_value(cond.find_conditions(said, 0, len(said), find_quantities(said), set()), STATED)


def _results(text: str, cell: Cell, head: Cell, column: Column) -> Iterator[tuple[Column, Quantity]]:
    """Give the numbers of a cell that are results, each with what tells of it."""
    found = find_quantities(text, cell.start, cell.end)
    if column.metric:
        second = column.second if column.second and column.second.metric else None
        yield from zip([column, *([second] if second else [])], found, strict=False)
    elif not column.tells and _RESULTS.search(head.text):
        cues = find_cues(text, cell.start, cell.end)
        for quantity in found:
            kind = kind_of(quantity.unit)
            named = [cue.metric for cue in cues if cue.metric in metrics_of_kind(kind)]
            metric = named[0] if named else only_metric(kind)
            if metric and quantity.unit:
                yield Column(vocabulary().metrics[metric]), quantity


def _measurement(
    table: Table, row: Row, column: Column, head: Cell, cell: Cell, quantity: Quantity
) -> Measurement | None:
    metric, passage = column.metric, table.passage
    if metric is None or not (quantity.unit or column.unit or metric.unit in ("1", "percent")):
        return None  # neither the head nor the cell has a unit
    whole = quantity if quantity.unit else scaled(quantity, column)
    try:
        values, flags = normalised(whole, metric)
    except UnitMismatch:
        return None  # a number of another kind in this column: a note, a reference
    near = {**row.stated, **_noted(table, head, cell), **column.stated, **_beside(passage.text, cell, column, quantity)}
    near, far = _own(table, metric.name, near), _own(table, metric.name, table.shared)
    start, end = passage.original_span(quantity.start, quantity.end)
    return Measurement(
        metric=metric.name,
        value=values[0],
        value_max=values[1],
        unit=metric.unit,
        qualifier=quantity.qualifier if values[1] is None else "range",
        value_reported=as_reported(passage, quantity),
        unit_reported=whole.unit,
        subject=Subject(
            row.name,
            row.sample.components if row.sample else (),
            row.sample.substrate if row.sample else None,
            "other" if row.cited else table.who.strategy,
        ),
        is_control=row.control,
        conditions=cond.merge(near, far, _words(table, row, metric.name, head)),
        provenance=_provenance(table, row, head, cell),
        cited_ref=row.marker,
        evidence=Evidence(cell.line, start, end, passage.section, passage.page, table.number),
        flags=tuple(flags + repair_flags(passage, quantity, start, end) + _repaired_head(passage, quantity, head)),
        clues=confidence.IN_A_TABLE,
        steps=(
            f"metric {metric.name}: the head of its column or row",
            f"sample “{row.name}”{', the control' if row.control else ''}: the label beside it",
            *(f"condition {k} = {v:g}: its row, its cell, its head or a footnote" for k, v in near.items()),
            *(f"condition {k} = {v:g}: the caption" for k, v in far.items() if k not in near),
        ),
    )


def scaled(q: Quantity, column: Column) -> Quantity:
    """Read a number in the unit and by the factor of its head."""
    unit = "" if column.metric and column.unit == column.metric.unit else column.unit
    high = None if q.value_max is None else _rounded(q.value_max * column.factor)
    return replace(q, value=_rounded(q.value * column.factor), value_max=high, unit=unit or column.unit)


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")


def _own(table: Table, metric: str, stated: dict[str, float]) -> dict[str, float]:
    """Keep the conditions that can belong to a metric of this table."""
    # Beside a life in a symmetric cell, a retention is that of a full cell: the current is not its own.
    if metric in _FULL_CELL and "cycling_hours" in table.metrics:
        stated = {k: v for k, v in stated.items() if k not in (cond.CURRENT_KEY, cond.AREAL_KEY)}
    elif metric not in _FULL_CELL and cond.CURRENT_KEY in stated:
        stated = {k: v for k, v in stated.items() if k != "c_rate"}  # of the full cell in the next column
    return own_conditions(metric, stated)


def _words(table: Table, row: Row, metric: str, head: Cell) -> dict[str, object]:
    """Give the conditions that are words: those of the head or the row, else of the caption."""
    apart = "cycling_hours" in table.metrics
    if metric in _FULL_CELL or not apart:
        cell = cond.cell_of(head.text) or cond.cell_of(row.words) or (None if apart else cond.cell_of(table.caption))
    else:
        cell = cond.cell_of(head.text) or cond.cell_of(row.but_full) or cond.cell_of(table.caption)
    electrolyte, electrolyte_class = cond.electrolyte_of(row.words)
    if electrolyte is None and metric in CELL_METRICS:
        electrolyte, electrolyte_class = cond.electrolyte_of(table.caption)
    return {
        "cell": cell,
        "electrolyte": electrolyte,
        "electrolyte_class": electrolyte_class,
    }


def _provenance(table: Table, row: Row, head: Cell, cell: Cell) -> str:
    if row.cited:
        return "cited"
    said = " ".join([head.text, *(table.notes.get(mark, "") for c in (head, cell) for mark in c.marks)])
    return "calculated" if _CALCULATED.search(said) else "measured"


def _repaired_head(passage: Passage, quantity: Quantity, head: Cell) -> list[str]:
    if quantity.unit or not passage.repairs:
        return []
    places = set(passage.offsets[head.start : head.end])
    return ["unit_repaired"] if any(r.start in places for r in passage.repairs) else []


def _settings(text: str, cell: Cell, column: Column) -> dict[str, float]:
    """Read the conditions that a cell lays down for its row, by the head or by their units."""
    if column.metric:
        return {}
    found = find_quantities(text, cell.start, cell.end)
    if column.condition is None:
        return cond.one_value(
            cond.find_conditions(text, cell.start, cell.end, found, set()), (cond.CURRENT_KEY, cond.AREAL_KEY)
        )
    out: dict[str, float] = {}
    for told, quantity in zip([column, *([column.second] if column.second else [])], found, strict=False):
        if told.condition:
            with suppress(UnitMismatch):  # a number of another kind in this column: a note
                out[told.condition] = _plain(quantity.value * told.factor, quantity.unit or told.unit, told.condition)
    return out


def _beside(text: str, cell: Cell, column: Column, first: Quantity) -> dict[str, float]:
    """Read the conditions that stand behind a number in its own cell."""
    found = find_quantities(text, cell.start, cell.end)
    if column.second and column.second.condition and len(found) > 1 and not found[1].unit:
        return {column.second.condition: found[1].value}
    mentions = cond.find_conditions(text, cell.start, cell.end, found, {first.start})
    return cond.one_value(mentions, {m.key for m in mentions})


def _plain(value: float, unit: str, key: str) -> float:
    target = _UNITS.get(key)
    return convert(value, unit, target) if target and unit else value


def _sample(table: Table, cells: Sequence[Cell], label: Cell) -> tuple[str, Sample | None, bool]:
    """Give the name of a row's sample, the sample, and whether it is the control."""
    text, who = table.passage.text, table.who
    named = find_samples(text, label.start, label.end, who)
    parts = [cells[i] for i in table.parts if i < len(cells)]
    made_of = [s for part in parts for s in find_samples(text, part.start, part.end, who)]
    if made_of:  # what a label stands for is said beside it
        named = [s for s in named if not (s.generic or s.components == who.protagonist)]
    samples = [*named, *made_of]
    sample = next((s for s in samples if s.role and not made_of), gathered(samples) if samples else None)
    control = bool(
        _CONTROL.match(label.text) or re.search(r"\b(?:control|reference)\b", label.text, re.IGNORECASE)
    ) or bool(sample and sample.role == "control")
    bare = [i for i in table.parts if i < len(cells) and _COATING.search(table.heads[i].text)]
    control = control or any(_NO_COATING.fullmatch(cells[i].text) and cells[i].text for i in bare)
    told = [label, *parts] if _PART.search(table.heads[table.label].text) else [label]
    name = ", ".join(dict.fromkeys(cell.text for cell in told if re.search(r"\w", cell.text)))
    return name, sample, control
