"""Units behind a number: every unit of the vocabulary in every usual spelling, and letters that are none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractors.kinds import BARE, kind_of
from extractors.notation import alike, unit_at
from extractors.quantities import find_quantities
from extractors.readers.inline import clean
from extractors.traced import Traced
from schema.units import convert
from schema.vocabulary import vocabulary

# Symbol -> how it is printed, and its name spelt out.
SYMBOLS = {
    "mA": (["mA"], "milliamperes"), "mAh": (["mAh", "mA h", "mA·h"], "milliampere-hours"), "cm": (["cm"], "centimeter"),
    "m": (["m"], "metre"), "g": (["g"], "gram"), "kg": (["kg"], "kilogram"), "mg": (["mg"], "milligrams"),
    "S": (["S"], "siemens"), "ohm": (["Ω", "\u2126", "ohm", "Ohm"], "ohms"), "Wh": (["Wh", "W h"], "watt hours"),
    "kJ": (["kJ"], "kilojoules"), "mJ": (["mJ"], "millijoules"), "GPa": (["GPa"], "gigapascals"),
    "um": (["µm", "μm", "um", "microns"], "micrometers"), "nm": (["nm"], "nanometres"), "mV": (["mV"], "millivolts"),
    "V": (["V"], "volts"), "eV": (["eV"], "electronvolts"), "h": (["h", "hr", "hrs", "hours"], "hours"),
    "percent": (["%", "wt%", "wt.%", "wt %", "vol.%", "at%", "mol %", "mass%", "per cent"], "percent"),
    "degC": (["°C", "℃", "° C", "º C", "ºC", "˚C", "deg C"], "degrees Celsius"), "deg": (["°"], "degrees"),
    "s": (["s"], "second"),
}  # fmt: skip
POWERS = {2: ("square", ["2", "^2", "^{2}", "²"]), 3: ("cubic", ["3", "^3", "^{3}", "³"])}
MINUS = ("-", "−", "–", "^-", "^{-}", "⁻")


def factors(unit: str) -> list[tuple[str, int]]:
    """Take a unit of the vocabulary apart: "ohm cm^2" is ohm and cm squared, "mA/cm^2" mA and cm to the -2."""
    out = []
    for number, part in enumerate(unit.split("/")):
        for atom in part.split():
            symbol, _, power = atom.partition("^")
            out.append((symbol, int(power or 1) * (-1 if number else 1)))
    return out


def printed_and_name(symbol: str) -> tuple[list[str], str]:
    """Give how a symbol is printed, and its name; a unit that only a new metric has is printed as it is."""
    return SYMBOLS.get(symbol, ([symbol], symbol))


def spellings(unit: str) -> Iterator[str]:
    """Print a unit in the ways papers do."""
    (head, power), *rest = factors(unit)
    raised = POWERS[power][1] if power > 1 else [""]
    for symbol in printed_and_name(head)[0]:
        for first in (symbol + mark for mark in raised):
            if not rest:
                yield first
            for symbol_behind, below in rest:
                for second in printed_and_name(symbol_behind)[0]:
                    yield from (first + tail for tail in tails(second, below))
    name = f"{POWERS[power][0]} {printed_and_name(head)[1]}s" if power > 1 else printed_and_name(head)[1]
    for symbol, below in rest:
        behind = (
            f"{POWERS[abs(below)][0]} {printed_and_name(symbol)[1]}" if abs(below) > 1 else printed_and_name(symbol)[1]
        )
        name += f" per {behind}" if below < 0 else f" {behind}"
    yield name


def tails(symbol: str, power: int) -> Iterator[str]:
    """Print what stands behind the first factor."""
    gaps = (" ", "·", "∙", "⋅", "•", "\u2009", "\u00a0", " · ")
    if power > 0:
        yield from (f"{gap}{symbol}{mark}" for gap in gaps for mark in POWERS[power][1])
        return
    below = POWERS[-power][1] if power < -1 else [""]
    yield from (f"{slash}{symbol}{mark}" for slash in ("/", " / ", " per ") for mark in below)
    for minus in MINUS:
        mark = {"^{-}": f"^{{-{-power}}}", "⁻": "⁻" + "¹²³"[-power - 1]}.get(minus, f"{minus}{-power}")
        yield from (f"{gap}{symbol}{mark}" for gap in (*gaps, ".", "") if not (gap == "" and symbol == "m"))


ALL = [
    (unit, printed)
    for unit in sorted({m.unit for m in vocabulary().metrics.values()} - {"1"})
    for printed in dict.fromkeys(spellings(unit))
    if "^2g^" not in printed and "^2s^" not in printed  # Markdown: a raised "2g"
]


@pytest.mark.parametrize(("unit", "printed"), ALL)
def test_every_unit_of_the_vocabulary_in_every_spelling(unit: str, printed: str) -> None:
    text = clean(Traced.of(f"a value of 2.5 {printed}, and more"))[0].text
    (q,) = find_quantities(text)
    assert kind_of(q.unit) == kind_of(unit) != BARE
    assert convert(q.value, q.unit, unit) == pytest.approx(2.5)


def test_there_are_many_spellings() -> None:
    assert len(ALL) > 1400
    assert {"mA cm⁻²", "mA.cm−2", "mAcm-2", "mA cm^{-2}", "mA/cm2", "mA per cm2"} <= {p for u, p in ALL if "mA/" in u}


# text -> value in a unit
OTHERS = [
    ("2 mg/cm2", 2, "mg/cm^2"), ("5 g m-2", 0.5, "mg/cm^2"), ("20 µL mAh-1", 20, "uL/mAh"), ("3 g Ah-1", 3, "g/Ah"),
    ("120 mV dec-1", 120, "mV/dec"), ("120 mV/decade", 120, "mV/dec"), ("42 kJ/mol", 42, "kJ/mol"),
    ("9 kcal mol-1", 9, "kcal/mol"), ("5 µS cm–1", 5e-6, "S/cm"), ("5 uS/cm", 5e-6, "S/cm"), ("7 MPa", 7e-3, "GPa"),
    ("7 N mm-2", 7e-3, "GPa"), ("3 mWh", 3e-3, "W h"), ("7.3 MWh", 7.3, "MW h"), ("3 Ah/kg", 3, "mAh/g"),
    ("12 Å", 1.2, "nm"), ("12 ångströms", 1.2, "nm"), ("153 pm", 0.153, "nm"), ("2 weeks", 336, "h"),
    ("for 5 d", 120, "h"), ("30 mins", 0.5, "h"), ("90 sec", 0.025, "h"),
    ("250 ms", 0.25, "s"), ("3 months", 3, "month"),
    ("two-year", 2, "year"), ("10 ppm", 10, "ppm"), ("2.8 GHz", 2.8, "GHz"), ("100 cl", 1, "L"), ("45 Js", 45, "J s"),
    ("298 K", 298, "K"), ("298 kelvin", 298, "K"), ("25 oC", 25, "degC"), ("25 degrees centigrade", 25, "degC"),
    ("a 27-kilometer", 27, "km"), ("a 20-micron-thick", 20, "um"), ("4 km squared", 4, "km^2"),
    ("4 cubic kilometers", 4, "km^3"), ("ten milliamps per square centimetre", 10, "mA/cm^2"),
    ("5 Ω-cm2", 5, "ohm cm^2"),
    ("4.3 V vs. Li/Li+", 4.3, "V"), ("15 mM", 0.015, "M"), ("5 mA cm(-2)", 5, "mA/cm^2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "unit"), OTHERS)
def test_other_units_and_notations(text: str, value: float, unit: str) -> None:
    (q,) = find_quantities(text)
    assert convert(q.value, q.unit, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["at 2 pm", "at 10.30 am", "Ag 3 d states", "the 3d5 shell", "12 K-edge spectra", "5 V2O5", "9 Mxenes", "7 hosts",
     "3 catalysts", "5 Cm", "2 daily"],
)  # fmt: skip
def test_letters_that_are_no_unit(text: str) -> None:
    assert {q.unit for q in find_quantities(text)} <= {""}


@pytest.mark.parametrize(
    ("text", "units"),
    [("2 nm-3 nm", ["nm"]), ("100 mV–200 mV", ["mV"]), ("5 cm-2 s-1", ["cm-2 s-1"]), ("2 C-rates", ["C"])],
)
def test_a_power_is_told_from_a_number_behind_a_dash(text: str, units: list[str]) -> None:
    assert [q.unit for q in find_quantities(text)] == units


def test_a_unit_ends_where_its_stretch_ends() -> None:
    text = "2 mA cm-2"
    assert unit_at(text, (0, 1), 2, len(text))[0] == "mA cm-2"  # type: ignore[index]
    assert unit_at(text, (0, 1), 2, 4)[0] == "mA"  # type: ignore[index]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [("nm", "µm", True), ("kΩ", "Ω", True), ("metres", "km", True), ("h", "mV", False), ("%", "?", False)],
)
def test_units_that_differ_in_their_prefix_are_alike(one: str, two: str, same: bool) -> None:
    assert alike(one, two) is same
