"""Values that physics does not allow, that look like a slip of the unit, or that are not plausible."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import schema
from kb.audit.findings import Finding
from kb.audit.told import Row, Told, highest, in_words, measured
from schema.vocabulary import vocabulary

ANYTHING = (-math.inf, math.inf)


@dataclass(frozen=True)
class Gate:
    """What a value is held against; ``schema/audits.toml`` says where from.

    Attributes
    ----------
    possible, usual : (low, high)
    slips : factors by which a unit is misprinted
    steady : whether its values within a paper are near one another, with and without a protection
    """

    possible: tuple[float, float] = ANYTHING
    usual: tuple[float, float] = ANYTHING
    slips: tuple[float, ...] = ()
    steady: bool = False


@lru_cache(maxsize=1)
def gates() -> tuple[Mapping[str, Gate], Mapping[str, Gate]]:
    """Give the gates of the metrics, and those of the conditions.

    Examples
    --------
    >>> gates()[0]["coulombic_efficiency"].possible
    (0.0, 100.0)
    """
    told = tomllib.loads((Path(schema.__file__).parent / "audits.toml").read_text("utf-8"))
    conditions = told.pop("conditions")
    return _gates(told), _gates(conditions)


def _gates(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Gate]:
    def ends(of: Mapping[str, Any], name: str) -> tuple[float, float]:
        low, high = of.get(name, ANYTHING)
        return float(low), float(high)

    return {
        name: Gate(
            ends(of, "possible"), ends(of, "usual"), tuple(map(float, of.get("slips", ()))), of.get("steady", False)
        )
        for name, of in told.items()
    }


def gated(told: Told) -> Iterator[Finding]:
    """Find values that are impossible, suspect of their unit, or implausible; of each only the first of these."""
    of_metrics, of_conditions = gates()
    known = vocabulary().metrics
    for metric, rows in told.metrics():
        gate = of_metrics.get(metric, Gate())
        plausible = known[metric].plausible if metric in known else ANYTHING
        unit = known[metric].unit if metric in known else ""
        low = max(gate.possible[0], gate.usual[0], plausible[0])
        high = min(gate.possible[1], gate.usual[1], plausible[1])
        for row in rows:
            # "improvement" is in percent or fold, so its range does not hold for both.
            if not (low <= row["value"] and highest(row) <= high) and row["unit"] == unit:
                yield from _outside(row, gate, plausible)
    for name, gate in of_conditions.items():
        low, high = gate.possible
        for row in told.rows:
            if row[name] is not None and not low <= row[name] <= high:
                yield Finding(
                    "impossible", "red", told.paper, (row["id"],),
                    f"{name} is {measured(row[name], '')}; possible is {_between(gate.possible, '')}",
                    "look the condition up in the sentence and correct it",
                )  # fmt: skip


def _outside(row: Row, gate: Gate, plausible: tuple[float, float]) -> Iterator[Finding]:
    paper, ids, unit = row["paper_id"], (row["id"],), row["unit"]
    value = row["value"] if row["value"] < gate.usual[0] else highest(row)
    mended = _mended(value, gate)
    if not (gate.possible[0] <= row["value"] and highest(row) <= gate.possible[1]):
        said = f"{in_words(row)}; possible is {_between(gate.possible, unit)}"
        hint = f"; {mended[0]} it would be {measured(mended[1], unit)}" if mended else ""
        yield Finding(
            "impossible", "red", paper, ids, said + hint, "read the number and its unit in the sentence again"
        )
    elif mended:
        how, would = mended
        said = f"{in_words(row)}; usual is {_between(gate.usual, unit)}, and {how} it is {measured(would, unit)}"
        repair = f"see whether “{row['unit_reported'] or 'no unit'}” is a misprint or was misread"
        yield Finding("unit_suspect", "amber", paper, ids, said, repair, max(value / would, would / value))
    elif not (plausible[0] <= row["value"] and highest(row) <= plausible[1]):
        said = f"{in_words(row)}; plausible is {_between(plausible, unit)}"
        yield Finding("implausible", "amber", paper, ids, said, "see whether the number belongs to this metric")


def _mended(value: float, gate: Gate) -> tuple[str, float] | None:
    """Find the slip that makes an unusual value a usual one: how it is undone, and what the value then is."""
    low, high = gate.usual
    if value <= 0 or low <= value <= high:
        return None
    for slip in gate.slips:
        for how, would in ((f"divided by {slip:g}", value / slip), (f"times {slip:g}", value * slip)):
            if low <= would <= high:
                return how, would
    return None


def _between(ends: tuple[float, float], unit: str) -> str:
    low, high = ends
    if math.isinf(high):
        return f"{measured(low, unit)} or more"
    return f"{measured(low, '')} to {measured(high, unit)}"
