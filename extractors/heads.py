"""Heads of a table's columns: the metric or the condition told below, its unit, a factor, a second number a cell.

A head may speak of two numbers a cell (``Current density/capacity``, ``CE (%)/cycles``) and may lay down conditions
of its own (``CE at 3 mA cm^-2 (%)``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from extractors import conditions as cond
from extractors.cues import find_cues, metrics_of_kind
from extractors.kinds import AREAL, BARE, CONDUCTIVITY, CURRENT, CYCLES, LENGTH, OTHER, PERCENT, TIME, kind_of
from extractors.metrics import by_name_alone, only_metric
from extractors.quantities import find_quantities
from schema.vocabulary import Metric, vocabulary

STATED = (cond.CURRENT_KEY, cond.AREAL_KEY, "temperature_C", "c_rate", "at_cycle", "cycles")
_UNIT = re.compile(r"[(\[]\s?([^()\[\]]*(?:\([^()]*\)[^()\[\]]*)?)\s?[)\]]|[,/]\s([^,|]+)$")
_AGAINST = re.compile(r"\s?\(\s?(?:vs|versus)\b[^)]*\)")  # "(vs Li/Li+)"
_SHARED = re.compile(r"(%|h|mV)\s?[,/@]\s?")  # "(%, cycles)": the unit of the first number
_POWER = r"10(?:\s?\^\s?(?=[-−+\d])|(?=[-−–]\d))([-−–+]?\s?\d+)"
_FACTOR = re.compile(rf"^(?:×|x)?\s?{_POWER}\s+(.+)$")
_TIMES = re.compile(rf"(?:×|\bx|\*)\s?{_POWER}(?=\s*(?:[(\[/,]|$))")  # "σ × 10^4 (S cm^-1)" has been multiplied
_TWO = re.compile(
    r"\bmA\W{0,3}cm\W{0,3}2\W{1,6}mA\W{0,3}h\W{0,3}cm|\bcurrent\b[^|]{0,24}/[^|]{0,12}capacity\b", re.IGNORECASE
)
_SLASH = re.compile(r"\s?/\s?(?![^([]*[)\]])")  # not within brackets
_AND_CYCLES = re.compile(r"(?:/|,|@|\bafter\b|\()\s?(?:number of )?cycles?\b|\bcycles?\)", re.IGNORECASE)
_CYCLES = re.compile(r"\W*(?:number of )?cycles?(?: numbers?)?\W*", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:life\w*|lasting|stab\w+|duration|cycling|operation|performance|hours)\b|^\W*time\W", re.IGNORECASE
)
_THICKNESS = (
    ("deposit_thickness", re.compile(r"\bdeposit", re.IGNORECASE)),
    ("membrane_thickness", re.compile(r"\b(?:membrane|separator|electrolyte|film and)\b", re.IGNORECASE)),
    ("coating_thickness", re.compile(r"\bthickness\b", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Column:
    """What a head says of its column (or, of a table on its side, its row).

    Attributes
    ----------
    factor : what a number below is multiplied with to be had in ``unit``
    second : what the second number of a cell is
    stated : conditions that the head itself lays down
    """

    metric: Metric | None = None
    condition: str | None = None
    unit: str = ""
    factor: float = 1.0
    second: Column | None = None
    stated: dict[str, float] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether the numbers below are told of by the head."""
        return self.metric is not None or self.condition is not None


def read_head(text: str) -> Column:
    """Read a column head.

    Examples
    --------
    >>> c = read_head("Ionic conductivity (10^-4 S cm^-1)")
    >>> c.metric.name, c.unit, c.factor
    ('ionic_conductivity', 'S cm^-1', 0.0001)
    >>> read_head("Current density (mA cm^-2)").condition, read_head("CE at 3 mA cm^-2 (%)").stated
    ('current_density_mA_cm2', {'current_density_mA_cm2': 3.0})
    >>> read_head("Overpotential (mV)/Lifespan (h)").second.metric.name
    'cycling_hours'
    """
    if _TWO.search(text):
        capacity = Column(condition=cond.AREAL_KEY, unit="mAh/cm^2")
        return Column(condition=cond.CURRENT_KEY, unit="mA/cm^2", second=capacity)
    halves = _SLASH.split(text)
    if len(halves) == 2:
        first, second = (read_head(half) for half in halves)
        if first.tells and second.tells and (first.metric, first.condition) != (second.metric, second.condition):
            return replace(first, second=_cycles_of(first, second))
    unit, factor, rest = _unit_and_factor(text)
    stated = cond.one_value(cond.find_conditions(rest, 0, len(rest), find_quantities(rest), set()), STATED)
    column = replace(_column(text, unit, factor), stated=stated)
    if column.metric and column.metric.unit == PERCENT and _AND_CYCLES.search(text) and not stated:
        return replace(column, second=Column(condition="cycles"))
    return column


def _cycles_of(first: Column, second: Column) -> Column:
    """Beside a share of capacity or charge, cycles are those it was kept over."""
    of_share = first.metric is not None and first.metric.unit == PERCENT
    counts = second.metric is not None and second.metric.name == "cycle_count"
    return Column(condition="cycles") if of_share and counts else second


def _unit_and_factor(text: str) -> tuple[str, float, str]:
    """Give the unit of a head, the factor of the numbers below, and what the head says besides."""
    for match in _UNIT.finditer(text):
        inside = (match[1] or match[2] or "").strip()
        scaled = _FACTOR.match(inside)
        if scaled:
            inside = scaled[2]
        shared = _SHARED.match(inside)
        inside = shared[1] if shared else inside
        if kind_of(inside) != OTHER:
            times = _TIMES.search(text, 0, match.start() + 1)
            factor = _power(scaled[1]) if scaled else 1 / _power(times[1]) if times else 1.0
            return inside, factor, f"{text[: match.start()]} {text[match.end() :]}"
    return "", 1.0, text


def _power(exponent: str) -> float:
    return float("1e" + re.sub(r"[^\d-]", "", exponent.replace("−", "-").replace("–", "-")))


def _of_symbol(text: str, kind: str) -> list[str]:
    """Give the metrics of a dimension class whose symbol a head begins with: "E (GPa)", "D (cm2/s)"."""
    letters = re.match(r"\W*([A-Za-z]\w*)", text)
    symbol = letters[1].replace("_", "") if letters else ""
    known = vocabulary().metrics
    return [name for name in sorted(metrics_of_kind(kind)) if known[name].symbol.replace("_", "") == symbol]


def _column(text: str, unit: str, factor: float) -> Column:
    kind = kind_of(unit) if unit else BARE
    cues = find_cues(text, 0, len(text))
    if own := [
        c.metric for c in cues if c.metric in by_name_alone(kind) | (vocabulary().added & metrics_of_kind(kind))
    ]:
        return Column(vocabulary().metrics[own[0]], unit=unit, factor=factor)
    if kind == CURRENT and not any(c.metric == "exchange_current_density" for c in cues):
        return Column(condition=cond.CURRENT_KEY, unit=unit, factor=factor)
    if kind == AREAL and not re.search(r"\b(?:pre-?|loading|excess|inventory)", text):
        return Column(condition=cond.AREAL_KEY, unit=unit, factor=factor)
    if re.search(r"\bC[- ]rate\b|^\W*[Rr]ate\b", text):
        return Column(condition="c_rate")
    bare = not unit and not _UNIT.search(_AGAINST.sub("", text))  # units stand in the cells
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
    elif unit and not names:
        names = _of_symbol(text, kind)
    if (
        kind in (CYCLES, BARE)
        and (
            set(names) & {"cycle_count", "cycling_hours"}
            or re.search(r"\bcycl(?:es?|ing)\s(?:number|life)|\bno\. of cycles", text, re.IGNORECASE)
            or _CYCLES.fullmatch(text)
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
