"""Values as cells of a table and lines of a text: with their sign, range and control, drawn on a bar."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from kb.screening.effects import OPEN_SIDE
from kb.words import quantity, symbol, unit
from schema.records import AGREED
from schema.vocabulary import vocabulary

NOT_STATED = "not stated"
NONE = "–"
WIDE_RATIO = 20.0  # ends further apart are drawn on a logarithmic scale
Row = Mapping[str, Any]


def stated(value: Any) -> Text:
    """Write a value that may be missing."""
    return Text(NOT_STATED, "dim italic") if value in (None, "") else Text(str(value))


def careful(row: Row) -> bool:
    """Say whether a flag speaks against a value."""
    flags = row["flags"]
    return any(flag != AGREED for flag in (json.loads(flags) if isinstance(flags, str) else flags))


def value_text(row: Row, with_unit: bool = True) -> Text:
    """Write a value with its sign; "!" after it where a flag speaks against it."""
    said = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"] if with_unit else "1")
    return Text(said, "bold").append(" !" if careful(row) else "")


def beside_control(row: Row, with_unit: bool = False) -> Text:
    """Write a value, and the control's beside it; after "vs*" that of a control under other conditions.

    Examples
    --------
    >>> control = {"value": 400.0, "value_max": None, "qualifier": "~", "unit": "h", "flags": ()}
    >>> treated = {**control, "value": 1400.0, "qualifier": ">", "control": control, "control_alike": True}
    >>> beside_control(treated).plain, beside_control({**treated, "control_alike": False}).plain
    ('> 1400 vs ~ 400', '> 1400 vs* ~ 400')
    """
    text = Text().append_text(value_text(row, with_unit))
    if row["control"] is not None:
        text.append(" vs " if row["control_alike"] else " vs* ", "dim")
        text.append(value_text(row["control"], with_unit).plain)
    return text


def bar(row: Row, extent: tuple[float, float] | None, width: int) -> Text:
    """Draw a value, range or bound between the ends of its metric in the base; far ends on a logarithmic scale.

    Examples
    --------
    >>> def drawn(value, value_max=None, qualifier="="):
    ...     return bar({"value": value, "value_max": value_max, "qualifier": qualifier}, (0.0, 10.0), 8).plain
    >>> drawn(5.0), drawn(2.0, 8.0, "range"), drawn(5.0, None, ">")
    ('────●───', '─━━━━━━─', '────●━━▶')
    """
    if extent is None or extent[1] <= extent[0] or width < 3:
        return Text(" " * width)
    low, high = extent
    logarithmic = low > 0 and high > WIDE_RATIO * low

    def at(value: float) -> int:
        linear = (value - low) / (high - low)
        share = math.log(max(value, low) / low) / math.log(high / low) if logarithmic else linear
        return round(max(0.0, min(share, 1.0)) * (width - 1))

    first, last = at(row["value"]), at(row["value"] if row["value_max"] is None else row["value_max"])
    cells = ["─"] * width
    side = OPEN_SIDE.get(row["qualifier"], 0)
    open_to = range(last, width) if side > 0 else range(first + 1) if side < 0 else range(first, last + 1)
    for place in open_to:
        cells[place] = "━"
    if side:
        cells[-1 if side > 0 else 0] = "▶" if side > 0 else "◀"
    if first == last:
        cells[first] = "●"
    text = Text("".join(cells), "dim")
    text.stylize("not dim", min(open_to), max(open_to) + 1)
    return text


def head(metric: str, width: int) -> str:
    """Write the head of a metric's column: its name where there is room, else its symbol; with the unit.

    Examples
    --------
    >>> head("coulombic_efficiency", 30), head("coulombic_efficiency", 10)
    ('coulombic efficiency [%]', 'CE [%]')
    """
    known = vocabulary().metrics.get(metric)
    if known is None:
        return metric
    shown = unit(known.unit)
    ending = f" [{shown}]" if shown else ""
    whole = metric.replace("_", " ") + ending
    return whole if len(whole) <= width else symbol(known.symbol) + ending
