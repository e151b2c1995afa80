"""Units: one spelling for all the ways papers print them, conversion there and back, errors that carry their facts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.errors import KBError, UnitMismatch
from schema.units import convert, factor, fold_unit
from schema.vocabulary import vocabulary

# One unit a row: the spelling pint gets, then the ways in which it stands in papers.
SPELLINGS = {
    "mA*cm**-2": [
        "mA cm-2", "mA cm−2", "mA cm–2", "mA cm‑2", "mA cm⁻²", "mA·cm⁻²", "mA∙cm−2", "mA⋅cm^-2", "mA•cm-2",
        "mA cm^{-2}", "mA/cm2", "mA/cm^2", "mA/cm²", "mA / cm2", "mA*cm**-2", "mA\u2009cm−2", "mA\u00a0cm−2",
        "mA\u202fcm⁻²", "mA per square centimeter", "milliampere per square centimeter",
        "milliamperes per square centimetre",
    ],
    "mA*hour*cm**-2": [
        "mAh cm-2", "mAh/cm2", "mA h cm−2", "mA·h·cm⁻²", "m Ah cm−2", "mAh per square centimeter", "mA hour/cm^2",
        "milliampere hour per square centimeter", "milliampere hours per square centimeters",
    ],
    "mA*hour*g**-1": ["mAh g-1", "mAh g−1", "mA h g⁻¹", "mA·h/g", "mAh/g", "mAh g^{-1}", "mAh per g", "m Ah g-1"],
    "ohm*cm**2": [
        "Ω cm2", "\u2126 cm2", "Ω·cm²", "Ω cm^2", "Ω cm^{2}", "ohm cm2", "ohms cm^2", "Ohm·cm²", "\u2126\u2009cm²",
        "Ω*cm**2",
    ],
    "ohm": ["Ω", "\u2126", "ohm", "ohms", "Ohm"],
    "percent": ["%", "percent", "wt%", "wt.%", "wt %", "wt. %", "vol%", "vol.%", "mol %", "at.%"],
    "S*cm**-1": ["S cm-1", "S cm−1", "S/cm", "S·cm⁻¹", "S cm^{-1}", "S per cm"],
    "uS*cm**-1": ["µS cm−1", "μS/cm", "uS cm-1"],
    "um": ["µm", "μm", "um"],
    "degC": ["°C", "° C", "℃", "degC"],
    "degree": ["°", "deg", "degrees"],
    "hour": ["h", "hr", "hrs", "hour", "hours"],
    "g*cm**-3": ["g cm-3", "g cm⁻³", "g/cm3", "g·cm^{-3}"],
    "m**2*g**-1": ["m2 g-1", "m² g⁻¹", "m^2/g", "m2/g"],
    "W*hour*kg**-1": ["Wh kg-1", "W h kg−1", "Wh/kg", "W·h·kg⁻¹"],
    "dimensionless": ["cycles", "cycle"],
}  # fmt: skip
# value, unit, in unit: arithmetic done by hand
CONVERSIONS = [
    (1, "A", "mA", 1000), (1, "A m-2", "mA/cm^2", 0.1), (200, "µA cm−2", "mA/cm^2", 0.2),
    (3.6, "C cm-2", "mAh/cm^2", 1), (1, "Ah/kg", "mAh/g", 1), (0.35, "V", "mV", 350), (1.2, "kΩ", "ohm", 1200),
    (2, "MΩ", "ohm", 2e6), (0.05, "Ω m2", "ohm cm^2", 500), (0.3, "mS cm−1", "S/cm", 3e-4), (5, "S/m", "S/cm", 0.05),
    (40, "S/cm", "S/m", 4000), (750, "MPa", "GPa", 0.75), (20, "nm", "um", 0.02), (12, "Å", "nm", 1.2),
    (3, "mm", "um", 3000), (5, "µm", "nm", 5000), (2, "days", "h", 48), (1, "week", "h", 168), (90, "min", "h", 1.5),
    (7200, "s", "h", 2), (1.5, "kg/m^2", "mg/cm^2", 150), (534, "kg m-3", "g/cm^3", 0.534),
    (72, "erg/cm^2", "mJ/m^2", 72), (350, "meV", "eV", 0.35), (900, "J g-1", "kJ/g", 0.9), (0.25, "1", "percent", 25),
    (50, "percent", "1", 0.5), (1, "kWh/kg", "Wh/kg", 1000), (30, "cm2 g-1", "m^2/g", 0.003),
    (100, "cycles", "1", 100), (math.pi, "rad", "deg", 180),
]  # fmt: skip
SCALED = ("A/m^2", "mA/cm^2", "µA cm−2", "C cm-2 h-1")
FAMILIES = (
    SCALED, ("mAh cm-2", "mAh/cm^2", "C cm-2", "Ah m−2"), ("mV", "V", "µV", "kV"), ("Ω cm2", "kΩ cm²", "ohm m^2"),
    ("S/cm", "mS cm−1", "S/m", "µS cm-1"), ("GPa", "MPa", "kPa", "Pa"), ("nm", "µm", "Å", "mm", "cm"),
    ("mAh/g", "Ah kg-1", "C/g"), ("percent", "wt%", "1"), ("h", "min", "s", "days"), ("degC", "K", "°C", "degF"),
)  # fmt: skip


@pytest.mark.parametrize(("folded", "printed"), [(k, v) for k, vs in SPELLINGS.items() for v in vs])
def test_a_spelling_folds_to_the_one_unit(folded: str, printed: str) -> None:
    assert fold_unit(printed) == folded


@pytest.mark.parametrize(("value", "unit", "target", "expected"), CONVERSIONS)
def test_conversion(value: float, unit: str, target: str, expected: float) -> None:
    assert convert(value, unit, target) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [(25, "degC", "K", 298.15), (298.15, "K", "degC", 25), (0, "K", "°C", -273.15), (333.15, "K", "℃", 60)],
)
def test_a_temperature_is_shifted(value: float, unit: str, target: str, expected: float) -> None:
    assert convert(value, unit, target) == pytest.approx(expected, abs=1e-9)
    assert factor(unit, target)[0] == pytest.approx(1)


def test_conversion_leaves_no_noise_of_its_own() -> None:
    assert convert(1e-4, "S/cm", "mS/cm") == 0.1
    assert convert(0.1, "mA/cm^2", "A/m^2") == 1.0
    assert convert(97.3, "percent", "percent") == 97.3


@given(
    st.floats(min_value=-1e9, max_value=1e9, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-6),
    st.sampled_from(FAMILIES).flatmap(lambda units: st.tuples(st.sampled_from(units), st.sampled_from(units))),
)
def test_there_and_back(value: float, units: tuple[str, str]) -> None:
    there = convert(value, units[0], units[1])
    # A shift of 273 or 460 degrees costs digits of a small number.
    assert convert(there, units[1], units[0]) == pytest.approx(value, rel=1e-9, abs=1e-7 if "K" in str(units) else 1e-8)


@given(st.floats(min_value=1e-3, max_value=1e6), st.sampled_from([u for u in FAMILIES if "K" not in u]))
def test_conversion_keeps_the_order_and_the_zero(value: float, units: tuple[str, ...]) -> None:
    for unit in units[1:]:
        assert convert(0.0, units[0], unit) == 0.0
        assert convert(2 * value, units[0], unit) > convert(value, units[0], unit) > 0


@pytest.mark.parametrize("metric", sorted(vocabulary().metrics))
def test_every_unit_of_a_metric_can_be_read(metric: str) -> None:
    unit = vocabulary().metrics[metric].unit
    assert factor(unit, unit) == (1.0, 0.0)
    other = "kg^7"
    with pytest.raises(UnitMismatch):
        factor(unit, other)


@pytest.mark.parametrize(
    ("unit", "target"),
    [("mV", "mA/cm^2"), ("mA cm-2", "mAh/cm^2"), ("Ω", "ohm cm^2"), ("Ω cm−2", "ohm cm^2"), ("h", "um"), ("K", "eV"),
     ("percent", "GPa"), ("fold", "percent"), ("mAh", "mAh/g"), ("°C", "h"), ("mA", "1")],
)  # fmt: skip
def test_a_unit_of_another_dimension_says_which(unit: str, target: str) -> None:
    with pytest.raises(UnitMismatch, match=r"dimensions .* and .* differ") as caught:
        convert(1.0, unit, target)
    assert (caught.value.unit, caught.value.expected) == (unit, target)
    assert repr(unit) in str(caught.value)
    assert repr(target) in str(caught.value)


@pytest.mark.parametrize("unit", ["furlongs per fortnigt", "zz", "mA ? cm", "[3]", "cm^0", "m" + "9" * 5000, "x"])
def test_an_unknown_unit_says_how_one_is_written(unit: str) -> None:
    with pytest.raises(UnitMismatch, match="write it like mA/cm") as caught:
        convert(1.0, unit, "GPa")
    assert caught.value.unit == unit
    assert isinstance(caught.value, KBError)
    assert isinstance(caught.value, ValueError)


def test_a_power_beyond_all_numbers_is_a_unit_mismatch() -> None:
    with pytest.raises(UnitMismatch):
        convert(1.0, "kPa^999", "Pa^999")


def test_what_cannot_be_folded_is_named() -> None:
    with pytest.raises(UnitMismatch, match="cannot be read") as caught:
        fold_unit("3 mA")
    assert caught.value.unit == "3 mA"


PIECES = st.sampled_from(
    ["mA", "cm", "^", "-2", "−", "2", "0", "/", "(", ")", "{", "}", "°", "C", "%", "wt", "h", "Ω", "*", "**", "degC",
     "K", "dB", "inf", "nan", "e", "pi", " ", "·", "Å", "99999", "per", "square", "delta_degC", "c", "1", "⁻²", "_",
     "\\"]
)  # fmt: skip


@given(st.text(max_size=15) | st.lists(PIECES, max_size=6).map("".join), st.sampled_from(["S/cm", "degC", "1"]))
def test_any_text_is_a_unit_or_a_unit_mismatch(unit: str, target: str) -> None:
    try:
        scale, shift = factor(unit, target)
    except UnitMismatch as error:
        assert error.unit == unit
    else:
        assert math.isfinite(scale)
        assert math.isfinite(shift)


def test_an_energy_of_a_mole_is_one_of_each_particle() -> None:
    assert convert(96.485332, "kJ/mol", "eV") == pytest.approx(1, rel=1e-6)
    assert convert(1, "eV", "kJ/mol") == pytest.approx(96.485332, rel=1e-6)
    assert convert(23.0605, "kcal mol-1", "eV") == pytest.approx(1, rel=1e-4)
    with pytest.raises(UnitMismatch):
        convert(1, "kJ/mol", "V")
