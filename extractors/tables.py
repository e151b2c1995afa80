"""Tables to measurements: metrics with their units in the head, a sample a row; or the other way round.

A unit may stand in the head, in the cell or after a factor (``10^-4 S cm^-1``); columns of conditions apply to
their row, what stands behind a number in its cell (``98.2 (200 cycles)``) to that number; a head may speak of two
numbers a cell (``Current density/capacity``); a row that cites a reference is second-hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from extractors import conditions as cond
from extractors.cast import Cast, Sample
from extractors.cues import find_cues, metrics_of_kind
from extractors.deadline import in_time
from extractors.kinds import AREAL, BARE, CONDUCTIVITY, CURRENT, CYCLES, LENGTH, OTHER, TIME, kind_of, suspect_unit
from extractors.linking import gathered
from extractors.metrics import only_metric
from extractors.quantities import Quantity, find_quantities
from extractors.samples import find_samples
from extractors.scope import own_conditions
from schema.errors import UnitMismatch
from schema.records import Evidence, Measurement, Passage, Rejection, Subject
from schema.units import convert
from schema.vocabulary import Metric, vocabulary

_UNIT_IN_HEAD = re.compile(r"[(\[]\s?([^()\[\]]*(?:\([^()]*\)[^()\[\]]*)?)\s?[)\]]|[,/]\s([^,|]+)$")
_FACTOR = re.compile(r"^(?:×|x)?\s?(10\s?\^\s?[-−]?\d+)\s+(.+)$")
_RULE = re.compile(r"^[\s|:+=–-]+$")
_CONTROL = re.compile(
    r"^\W*(?:bare|pristine|control|uncoated|blank|reference|unmodified|untreated|unprotected|none|"
    r"without|baseline|plain|conventional|commercial)\b",
    re.IGNORECASE,
)
_THIS_WORK = re.compile(r"\b(?:this work|our work|present work|this study)\b", re.IGNORECASE)
_FULL_CELL = frozenset({"capacity_retention", "capacity_retention_per_cycle", "specific_capacity", "specific_energy"})
_TWO = re.compile(
    r"\bmA\W{0,3}cm\W{0,3}2\W{1,6}mA\W{0,3}h\W{0,3}cm|\bcurrent\b[^|]{0,24}/[^|]{0,12}capacity\b", re.IGNORECASE
)
_AND_CYCLES = re.compile(r"(?:/|,|@|\bafter\b|\()\s?(?:number of )?cycles?\b|\bcycles?\)", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:life\w*|lasting|stab\w+|duration|cycling|operation|performance|hours)\b|^\W*time\W", re.IGNORECASE
)
_THICKNESS = (
    ("deposit_thickness", re.compile(r"\bdeposit", re.IGNORECASE)),
    ("membrane_thickness", re.compile(r"\b(?:membrane|separator|electrolyte|film and)\b", re.IGNORECASE)),
    ("coating_thickness", re.compile(r"\bthickness\b", re.IGNORECASE)),
)
_LABEL_HEAD = re.compile(
    r"\b(?:sample|electrode|anode|coating|material|system|strategy|electrolyte|separator|layer|cell|"
    r"substrate|additive|host|modification|name|entry|film)s?\b",
    re.IGNORECASE,
)


_UNITS = {cond.CURRENT_KEY: "mA/cm^2", cond.AREAL_KEY: "mAh/cm^2", "temperature_C": "degC"}


@dataclass(frozen=True)
class Cell:
    """One cell: clean offsets in the passage, and its characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Column:
    """What a head says of its column (or, of a table on its side, its row)."""

    metric: Metric | None = None
    condition: str | None = None
    unit: str = ""
    factor: float = 1.0
    second: str | None = None  # the condition that the second number of a cell gives


def mine_table(
    passage: Passage, number: int, who: Cast, caption: str = ""
) -> tuple[list[Measurement], list[Rejection]]:
    """Mine one table passage.

    Parameters
    ----------
    number : index of the passage in its document
    caption : text beside the table; conditions in it hold for every row
    """
    rows = [row for row in _rows(passage.text) if not _RULE.match("".join(c.text for c in row)) and len(row) > 1]
    if len(rows) < 2:
        return [], []
    head = [read_head(c.text) for c in rows[0]]
    side = [read_head(row[0].text) for row in rows]
    on_its_side = sum(c.metric is not None for c in side[1:]) >= 2 and not any(c.metric for c in head[1:])
    shared = cond.one_value(
        cond.find_conditions(caption, 0, len(caption), find_quantities(caption), set()),
        (cond.CURRENT_KEY, cond.AREAL_KEY),
    )
    found: list[Measurement] = []
    if on_its_side:
        for place in in_time(range(1, len(rows[0]))):
            line = [(side[i], row[place]) for i, row in enumerate(rows) if i and place < len(row)]
            found.extend(_line(passage, number, who, rows[0][place], line, shared, rows[0], caption))
        return found, []
    label = next(
        (
            i
            for i, cell in enumerate(rows[0])
            if head[i].metric is None and head[i].condition is None and _LABEL_HEAD.search(cell.text)
        ),
        0,
    )
    for row in in_time(rows[1:]):
        line = [(head[i], cell) for i, cell in enumerate(row) if i < len(head) and i != label]
        found.extend(_line(passage, number, who, row[min(label, len(row) - 1)], line, shared, row, caption))
    return found, []


def _rows(text: str) -> Iterator[list[Cell]]:
    position = 0
    for line in text.split("\n"):
        row = []
        start = position
        for part in line.split(" | "):
            row.append(Cell(start, start + len(part), part))
            start += len(part) + 3
        position += len(line) + 1
        yield row


def read_head(text: str) -> Column:
    """Read a column head.

    Examples
    --------
    >>> c = read_head("Ionic conductivity (10^-4 S cm^-1)")
    >>> c.metric.name, c.unit, c.factor
    ('ionic_conductivity', 'S cm^-1', 0.0001)
    >>> read_head("Current density (mA cm^-2)").condition
    'current_density_mA_cm2'
    """
    unit, factor = "", 1.0
    match = _UNIT_IN_HEAD.search(text)
    if match:
        inside = (match[1] or match[2]).strip()
        scaled = _FACTOR.match(inside)
        if scaled:
            factor = float("1e" + re.sub(r"[^\d-]", "", scaled[1].split("^")[1].replace("−", "-")))
            inside = scaled[2]
        shared = re.match(r"(%|h|mV)\s?[,/@]\s?", inside)  # "(%, cycles)": the unit of the first number
        inside = shared[1] if shared else inside
        if kind_of(inside) != OTHER:
            unit = inside
    if _TWO.search(text):
        return Column(condition=cond.CURRENT_KEY, unit="mA/cm^2", second=cond.AREAL_KEY)
    column = _column(text, unit, factor)
    if column.metric and column.metric.unit == "percent" and _AND_CYCLES.search(text):
        return replace(column, second="cycles")
    return column


def _column(text: str, unit: str, factor: float) -> Column:
    kind = kind_of(unit) if unit else BARE
    cues = find_cues(text, 0, len(text))
    if own := [c.metric for c in cues if c.metric in vocabulary().added & metrics_of_kind(kind)]:
        return Column(vocabulary().metrics[own[0]], unit=unit, factor=factor)
    if kind == CURRENT and not any(c.metric == "exchange_current_density" for c in cues):
        return Column(condition=cond.CURRENT_KEY, unit=unit, factor=factor)
    if kind == AREAL and not re.search(r"\b(?:pre-?|loading|excess|inventory)", text):
        return Column(condition=cond.AREAL_KEY, unit=unit, factor=factor)
    if re.search(r"\bC[- ]rate\b|^\W*[Rr]ate\b", text):
        return Column(condition="c_rate")
    bare = not unit and not _UNIT_IN_HEAD.search(text)  # units stand in the cells
    if bare and re.search(r"\bcurrent(?: density)?\b", text, re.IGNORECASE):
        return Column(condition=cond.CURRENT_KEY, unit="mA/cm^2")
    if bare and re.search(r"\bareal capacity\b", text, re.IGNORECASE):
        return Column(condition=cond.AREAL_KEY, unit="mAh/cm^2")
    if re.match(r"\W*(?:[Tt]emperature\b|T(?![\w+]))", text) and not cues[1:]:
        return Column(condition="temperature_C", unit=unit or "°C")
    names = [c.metric for c in cues]
    if (kind == TIME and (names or _LASTED.search(text))) or re.fullmatch(r"\W*hours\W*", text, re.IGNORECASE):
        return Column(vocabulary().metrics["cycling_hours"], unit=unit or "h")
    if kind == LENGTH:
        names += [name for name, noun in _THICKNESS if noun.search(text) and "thick" in text.lower()]
    elif kind == CONDUCTIVITY and not names:
        names = ["ionic_conductivity"]
    elif unit == "GPa" and not names and re.match(r"\W*E\b", text):
        names = ["elastic_modulus"]
    if (
        kind in (CYCLES, BARE)
        and (
            set(names) & {"cycle_count", "cycling_hours"}
            or re.search(r"\bcycl(?:es?|ing)\s(?:number|life)|\bno\. of cycles", text, re.IGNORECASE)
        )
        and "efficien" not in text
        and not re.search(r"%|\bCE\b", text)
    ):
        return Column(vocabulary().metrics["cycle_count"], unit="")
    if not unit:
        fitting = [n for n in names if vocabulary().metrics[n].unit in ("1", "percent")] or (names if bare else [])
        return Column(vocabulary().metrics[fitting[0]]) if fitting else Column()
    fitting = [n for n in names if n in metrics_of_kind(kind)]
    chosen = fitting[0] if fitting else only_metric(kind)
    return Column(vocabulary().metrics[chosen], unit=unit, factor=factor) if chosen else Column()


def _line(
    passage: Passage,
    number: int,
    who: Cast,
    label: Cell,
    line: Sequence[tuple[Column, Cell]],
    shared: dict[str, float],
    row: Sequence[Cell],
    caption: str,
) -> Iterator[Measurement]:
    conditions = dict(shared)
    for column, cell in line:
        conditions.update(_settings(passage.text, cell, column))
    sample, control = _sample(passage, label, who)
    marker = next((m for at, m in passage.markers if row[0].start <= at <= row[-1].end), None)
    cited = marker is not None and not _THIS_WORK.search(" ".join(c.text for c in row))
    text = " | ".join(c.text for c in row)
    cell_type = cond.cell_of(text) or cond.cell_of(caption)
    electrolyte, electrolyte_class = cond.electrolyte_of(text)
    tests = {column.metric.name for column, _ in line if column.metric}
    for column, cell in line:
        quantity = _first(passage.text, cell) if column.metric else None
        if quantity is None or column.metric is None:
            continue
        # Beside a life in a symmetric cell, a retention is that of a full cell: the current is not its own.
        other_cell = column.metric.name in _FULL_CELL and "cycling_hours" in tests
        own = {k: v for k, v in conditions.items() if not other_cell or k not in (cond.CURRENT_KEY, cond.AREAL_KEY)}
        if column.metric.name not in _FULL_CELL and "c_rate" in own and cond.CURRENT_KEY in own:
            del own["c_rate"]  # of the full cell in the next column
        own = own_conditions(column.metric.name, {**own, **_beside(passage.text, cell, column, quantity)})
        values = _values(quantity, column)
        if values is None:
            continue
        metric = column.metric
        start, end = passage.original_span(quantity.start, quantity.end)
        flags = () if metric.plausible[0] <= values[0] <= metric.plausible[1] else ("out_of_range",)
        yield Measurement(
            metric=metric.name,
            value=values[0],
            value_max=values[1],
            unit=metric.unit,
            qualifier=quantity.qualifier if values[1] is None else "range",
            value_reported=passage.text[quantity.start : quantity.end],
            unit_reported=quantity.unit or column.unit,
            subject=Subject(
                label.text,
                sample.components if sample else (),
                sample.substrate if sample else None,
                "other" if cited else who.strategy,
            ),
            is_control=control,
            conditions=cond.merge(
                {k: v for k, v in own.items() if k not in shared or own[k] != shared[k]},
                {k: v for k, v in shared.items() if own.get(k) == v},
                {"cell": cell_type, "electrolyte": electrolyte, "electrolyte_class": electrolyte_class},
            ),
            provenance="cited" if cited or (who.review and marker) else "measured",
            cited_ref=marker if cited else None,
            evidence=Evidence(text, start, end, passage.section, passage.page, number),
            confidence=0.9,
            flags=flags,
            steps=(
                f"metric {metric.name}: the head of its column or row",
                f"sample “{label.text}”{', the control' if control else ''}: the label beside it",
                *(
                    f"condition {k} = {v:g}: {'the caption' if shared.get(k) == v else 'its row, its cell or its head'}"
                    for k, v in own.items()
                ),
            ),
        )


def _first(text: str, cell: Cell) -> Quantity | None:
    found = find_quantities(text, cell.start, cell.end)
    return found[0] if found else None


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
    for key, quantity in zip((column.condition, column.second), found, strict=False):
        unit = column.unit if key == column.condition else _UNITS.get(key or "", "")
        if key:
            with suppress(UnitMismatch):  # a number of another kind in this column: a note
                out[key] = _plain(quantity.value, quantity.unit or unit, key)
    return out


def _beside(text: str, cell: Cell, column: Column, first: Quantity) -> dict[str, float]:
    """Read the conditions that stand behind a number in its own cell."""
    found = find_quantities(text, cell.start, cell.end)
    if column.second and len(found) > 1 and not found[1].unit:
        return {column.second: found[1].value}
    mentions = cond.find_conditions(text, cell.start, cell.end, found, {first.start})
    return cond.one_value(mentions, {m.key for m in mentions})


def _plain(value: float, unit: str, key: str) -> float:
    target = _UNITS.get(key)
    return convert(value, unit, target) if target and unit else value


def _values(q: Quantity, column: Column) -> tuple[float, float | None] | None:
    metric = column.metric
    if metric is None:
        return None
    unit = q.unit or column.unit
    target = metric.unit
    if not unit and target not in ("1", "percent"):
        return None  # neither the head nor the cell has a unit

    def norm(value: float) -> float:
        out = (
            convert(value * column.factor, suspect_unit(unit) or unit, target)
            if unit and unit != target
            else value * column.factor
        )
        return abs(float(f"{out:.12g}")) if metric.magnitude else float(f"{out:.12g}")

    try:
        low = norm(q.value)
        high = norm(q.value_max) if q.value_max is not None else None
    except UnitMismatch:
        return None  # a number of another kind in this column: a note, a reference
    return (low, high) if high is None or low <= high else (high, low)


def _sample(passage: Passage, label: Cell, who: Cast) -> tuple[Sample | None, bool]:
    samples = find_samples(passage.text, label.start, label.end, who)
    sample = next((s for s in samples if s.role), gathered(samples) if samples else None)
    control = bool(
        _CONTROL.match(label.text) or re.search(r"\b(?:control|reference)\b", label.text, re.IGNORECASE)
    ) or bool(sample and sample.role == "control")
    return sample, control
