"""Words that set and vary: units, ranges, lists, and what is wrong with them in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.settings import axis, quantity, settings
from schema.errors import KBError, OutOfRange, UnitMismatch, UnknownParameter


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("thickness", "1um", 1.0),
        ("thickness", "1 µm", 1.0),
        ("thickness", "250 nm", 0.25),
        ("modulus", "800MPa", 0.8),
        ("conductivity", "1e-5S/cm", 1e-5),
        ("conductivity", "1 mS/m", 1e-5),
        ("current", "1mA/cm^2", 1.0),
        ("current", "5 A m-2", 0.5),
        ("lithium", "4 mAh cm-2", 4.0),
        ("cutoff", "200 mV", 0.2),
        ("electrolyte", "0.02 g/cm^2", 20.0),
        ("loss", "1.7%", 0.017),
        ("dead_resistance", "3", 3.0),
    ],
)
def test_units_are_read_and_bare_numbers_are_battery_units(key: str, text: str, value: float):
    assert quantity(key, text) == pytest.approx(value)


def test_an_efficiency_is_set_as_its_loss():
    assert settings(["coulombic_efficiency=98.3"]).inputs["loss"] == pytest.approx(0.017)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("thickness=0.1..10um:log:3", (0.1, 1.0, 10.0)),
        ("thickness=100nm..10um:log:3", (0.1, 1.0, 10.0)),
        ("thickness=1..2:2", (1.0, 2.0)),
        ("thickness=2..1um:lin:3", (2.0, 1.5, 1.0)),
        ("current=0.5,1,2,4", (0.5, 1.0, 2.0, 4.0)),
        ("thickness=500,1000nm", (0.5, 1.0)),
        ("thickness=3", (3.0,)),
    ],
)
def test_ranges_and_lists(text: str, values: tuple[float, ...]):
    assert axis(text).values == pytest.approx(values)


def test_a_range_without_a_number_has_ten_points():
    assert len(axis("thickness=1..10um:log").values) == 10


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["thicknes=1um"], UnknownParameter, "did you mean 'thickness'"),
        (["electrolyte_clas=ether"], UnknownParameter, "electrolyte_class"),
        (["electrolyte_class=water"], UnknownParameter, "LHCE, carbonate, ether"),
        (["thickness=1V"], UnitMismatch, "thickness: 'V' is no unit"),
        (["thickness=1 furlongish"], UnitMismatch, "thickness: unknown unit"),
        (["thickness=thin"], OutOfRange, "write it like thickness=1um"),
        (["thickness=nan"], OutOfRange, "no number"),
        (["thickness=-1um"], OutOfRange, "outside its domain"),
        (["current=-1"], OutOfRange, "not above zero"),
        (["current=0"], OutOfRange, "not above zero"),
        (["coulombic_efficiency=101%"], OutOfRange, "to 100 %"),
        (["thickness="], OutOfRange, "sets nothing"),
        (["thickness=1", "thickness=2"], OutOfRange, "set twice"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said(words: list[str], error: type, said: str):
    with pytest.raises(error) as raised:
        settings(words)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thickness=0..1um:log:5", "has no logarithm"),
        ("thickness=1..2um:1", "2 to 10000"),
        ("thickness=1..2um:99999", "2 to 10000"),
        ("thickness=1..2..3", "cannot be read"),
        ("thickness=1..2um:cubic:3", "cannot be read"),
        ("thickness=", "cannot be read"),
        ("electrolyte_class=ether,LHCE", "cannot be varied"),
        ("coulombic_efficiency=98,99", "--vary loss"),
        ("current=1,-1", "not above zero"),
    ],
)
def test_what_is_wrong_with_a_grid_is_said(text: str, said: str):
    with pytest.raises(KBError) as raised:
        axis(text)
    assert said in str(raised.value)


@given(st.text(max_size=30), st.sampled_from(["", "thickness=", "current=1", "thickness=1..", "thickness=1,"]))
def test_garbage_is_refused_and_nothing_else_happens(text: str, before: str):
    for read in (lambda t: settings([t]), axis):
        try:
            read(before + text)
        except KBError as error:
            assert str(error)
