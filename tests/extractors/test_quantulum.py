"""Sentences of a peer's tests (quantulum3, MIT): each number whose unit we know is read right or known to be missed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.quantities import find_quantities
from schema.errors import UnitMismatch
from schema.units import convert

SHARED = Path(os.environ.get("KB_SHARED") or Path(__file__).resolve().parents[3] / "shared")
FILE = SHARED / "ext" / "quantulum3_quantities.json"
# Its names of units that our papers use, and what they are here.
UNITS = {
    "metre": "m", "kilometre": "km", "nanometre": "nm", "picometre": "pm", "attometre": "am",
    "square kilometre": "km^2", "cubic centimetre": "cm^3", "cubic kilometre": "km^3", "litre": "L",
    "centilitre": "cL", "milligram": "mg", "kilogram": "kg", "hour": "hour", "day": "day", "week": "week",
    "month": "month", "year": "year", "inverse second": "s^-1", "percentage": "percent", "degree Celsius": "degC",
    "kelvin": "K", "electronvolt": "eV", "teraelectronvolt": "TeV", "watt hour": "W h", "megawatt hour": "MW h",
    "joule second": "J s", "gigahertz": "GHz", "volt": "V", "millivolt": "mV", "ampere": "A", "milliampere": "mA",
    "ohm": "ohm", "pascal": "Pa", "joule": "J", "gram": "g", "second": "s", "minute": "minute", "watt": "W",
}  # fmt: skip
# Place of the sentence in the file and the words there -> why we do not read it.
MISSES = {
    "68: absolute zero": "no number stands there",
    "94: 44 mg to 50 mg": "a change from one value to another is two values here, before and after",
}


def cases() -> list[dict[str, Any]]:
    if not FILE.is_file():
        pytest.skip(f"no file at {FILE}; KB_SHARED names the folder that has it")
    found: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return found


def wanted() -> Iterator[tuple[str, str, float, str]]:
    """Name, sentence, value and unit of each number whose unit we know."""
    for place, case in enumerate(cases()):
        for result in case["res"]:
            if result["unit"] in UNITS:
                yield f"{place}: {result['surface']}", case["req"], result["value"], UNITS[result["unit"]]


def values(sentence: str, unit: str) -> Iterator[float]:
    """Our numbers of a sentence in a unit; of a range its middle, as the peer gives it."""
    for q in find_quantities(sentence):
        try:
            low = convert(q.value, q.unit, unit)
            high = low if q.value_max is None else convert(q.value_max, q.max_unit or q.unit, unit)
        except UnitMismatch:
            continue
        yield (low + high) / 2


def test_what_is_missed_is_what_is_known_to_be_missed() -> None:
    missed = {
        name
        for name, sentence, value, unit in wanted()
        if not any(v == pytest.approx(value, rel=1e-9) for v in values(sentence, unit))
    }
    assert missed - set(MISSES) == set(), "read before, missed now"
    assert set(MISSES) - missed == set(), "read now: take them out of MISSES"


def test_fifty_eight_of_sixty_are_read() -> None:
    names = [name for name, *_ in wanted()]
    assert (len(names), len(MISSES)) == (60, 2)


def test_a_time_of_day_is_no_length() -> None:
    """ "At 2 pm" is none; "a size of 2.1 pm" is one."""
    for case in cases():
        if not case["res"]:
            assert {q.unit for q in find_quantities(case["req"])} <= {""}, case["req"]


@pytest.mark.parametrize("unit", ["mile", "inch", "dollar", "gallon"])
def test_a_unit_of_no_battery_paper_is_not_read_as_another(unit: str) -> None:
    """What we do not know stays without a unit, or with one of no metric; it is not taken for hours or metres."""
    for case in cases():
        if {r["unit"] for r in case["res"]} == {unit}:
            for q in find_quantities(case["req"]):
                assert q.unit in ("", "M"), (case["req"], q.unit)
