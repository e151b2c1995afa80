"""Numbers as papers print them: value, unit, qualifier, range, list; any notation is read back."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from extractors.quantities import Quantity, find_quantities, is_ordinal
from extractors.readers.inline import clean
from extractors.traced import Traced
from schema.records import QUALIFIERS

# text -> (value, unit, qualifier) of each number, in order
PLAIN = [
    # numbers
    ("98.1%", [(98.1, "%", "=")]),
    ("1,000 cycles", [(1000, "cycles", "=")]),
    ("12,345.6 h", [(12345.6, "h", "=")]),
    ("1710 h", [(1710, "h", "=")]),
    (".5 mA cm−2", [(0.5, "mA cm−2", "=")]),
    ("1.3 × 10^-4 S cm^-1", [(1.3e-4, "S cm^-1", "=")]),
    ("1.3x10^-4 S/cm", [(1.3e-4, "S/cm", "=")]),
    ("1.3 × 10−4 S cm−1", [(1.3e-4, "S cm−1", "=")]),
    ("4.6e-3 S/cm", [(4.6e-3, "S/cm", "=")]),
    ("4.6 × 10^7 S m−1", [(4.6e7, "S m−1", "=")]),
    ("10^-4 S cm^-1", [(1e-4, "S cm^-1", "=")]),
    ("10−4 S cm−1", [(1e-4, "S cm−1", "=")]),
    ("10^7 Pa", [(1e7, "Pa", "=")]),
    # signs
    ("−0.2 V", [(-0.2, "V", "=")]),
    ("-0.2 V", [(-0.2, "V", "=")]),
    ("at –0.2 V", [(-0.2, "V", "=")]),
    ("(−3.04 V)", [(-3.04, "V", "=")]),
    ("at − 60 mV", [(-60, "mV", "=")]),
    # units
    ("0.5 mA/cm2", [(0.5, "mA/cm2", "=")]),
    ("0.5 mA·cm^-2", [(0.5, "mA·cm^-2", "=")]),
    ("3 mA h cm−2", [(3, "mA h cm−2", "=")]),
    ("3 mAh cm-2", [(3, "mAh cm-2", "=")]),
    ("3 mAh per square centimeter", [(3, "mAh per square centimeter", "=")]),
    ("3860 mAh g−1", [(3860, "mAh g−1", "=")]),
    ("350 Wh kg−1", [(350, "Wh kg−1", "=")]),
    ("9.5 mg cm−2", [(9.5, "mg cm−2", "=")]),
    ("0.53 g cm−3", [(0.53, "g cm−3", "=")]),
    ("72 mJ m−2", [(72, "mJ m−2", "=")]),
    ("1200 m2 g−1", [(1200, "m2 g−1", "=")]),
    ("4 Ω cm2", [(4, "Ω cm2", "=")]),
    ("4 \u2126 cm^2", [(4, "\u2126 cm^2", "=")]),
    ("12 Ω and", [(12, "Ω", "=")]),
    ("7 GPa", [(7, "GPa", "=")]),
    ("2.5 eV", [(2.5, "eV", "=")]),
    ("25 °C", [(25, "°C", "=")]),
    ("60 ℃", [(60, "℃", "=")]),
    ("298 K", [(298, "K", "=")]),
    ("12°", [(12, "°", "=")]),
    ("5 wt%", [(5, "wt%", "=")]),
    ("5 wt.%", [(5, "wt.%", "=")]),
    ("1 M LiPF6", [(1, "M", "=")]),
    ("0.2C", [(0.2, "C", "=")]),
    ("0.5 C", [(0.5, "C", "=")]),
    ("at C/4", [(0.25, "C", "=")]),
    ("300-h", [(300, "h", "=")]),
    ("a 20-µm-thick film", [(20, "µm", "=")]),
    ("a 100-cycle test", [(100, "cycle", "=")]),
    ("2 weeks and 3 days", [(2, "weeks", "="), (3, "days", "=")]),
    ("an N/P ratio of 2.5", [(2.5, "", "=")]),
    # letters that only look like a unit
    ("2 N-doped films", [(2, "", "=")]),
    ("12 K-edge spectra", [(12, "", "=")]),
    ("of 5 Mxenes", [(5, "", "=")]),
    ("a 5F group", []),
    ("at 5 V-shaped cuts", [(5, "V", "=")]),
    # words
    ("ten cycles", [(10, "cycles", "=")]),
    ("twenty cycles", [(20, "cycles", "=")]),
    ("five times that", [(5, "times", "=")]),
    ("a two-fold rise", [(2, "fold", "=")]),
    ("a 2-fold rise", [(2, "fold", "=")]),
    ("three orders of magnitude", [(3, "orders of magnitude", "=")]),
    ("an order of magnitude", [(1, "order of magnitude", "=")]),
    ("five to ten cycles", [(5, "cycles", "range")]),
    ("twenty-one hours", [(21, "hours", "=")]),
    ("three hundred and twenty hours", [(320, "hours", "=")]),
    ("a thousand cycles", [(1000, "cycles", "=")]),
    ("1.2 million cycles", [(1.2e6, "cycles", "=")]),
    ("half an hour", [(0.5, "hour", "=")]),
    ("one and a half hours", [(1.5, "hours", "=")]),
    ("2 1/2 h", [(2.5, "h", "=")]),
    ("1½ h", [(1.5, "h", "=")]),
    ("several hundred hours", []),
    ("the third cycle", []),
    ("half cells", []),
    # how many times
    ("twice that", [(2, "times", "=")]),
    ("nearly double that of bare Li", [(2, "times", "~")]),
    ("less than half that of bare Li", [(0.5, "times", "<")]),
    ("a third of that", [(1 / 3, "times", "=")]),
    ("which doubled the life", [(2, "times", "=")]),
    ("a threefold rise", [(3, "fold", "=")]),
    ("3× higher", [(3, "×", "=")]),
    ("3 times higher", [(3, "times", "=")]),
    ("longer by a factor of 3.5", [(3.5, "times", "=")]),
    ("more than two orders of magnitude", [(2, "orders of magnitude", ">")]),
    ("a double layer at 20× magnification", [(20, "", "=")]),
    # digits in groups, decimal commas
    ("over 24\u202f000 h", [(24000, "h", ">")]),
    ("over 24 000 h", [(24000, "h", ">")]),
    ("1 000 000 Ω", [(1e6, "Ω", "=")]),
    ("NCM 811 200 mAh g−1", [(811, "", "="), (200, "mAh g−1", "=")]),
    ("in 2019\u00a0100 h", [(2019, "", "="), (100, "h", "=")]),
    ("at 0,5 mA cm−2", [(0.5, "mA cm−2", "=")]),
    ("97,85 %", [(97.85, "%", "=")]),
    ("1,500 h", [(1500, "h", "=")]),
    ("in 1,3-dioxolane", [(1, "", "=")]),
    # powers of ten
    ("4e14 s-1", [(4e14, "s-1", "=")]),
    ("3.2·10−4 S/cm", [(3.2e-4, "S/cm", "=")]),
    ("3 × 100 mm", [(3, "", "="), (100, "mm", "=")]),
    ("at 1/3 C", [(1 / 3, "C", "=")]),
    # qualifiers
    ("~40 mV", [(40, "mV", "~")]),
    ("≈ 40 mV", [(40, "mV", "~")]),
    ("about 40 mV", [(40, "mV", "~")]),
    ("ca. 40 mV", [(40, "mV", "~")]),
    ("nearly 40 mV", [(40, "mV", "~")]),
    ("over 900 h", [(900, "h", ">")]),
    ("more than 900 h", [(900, "h", ">")]),
    ("> 900 h", [(900, "h", ">")]),
    ("exceeding 900 h", [(900, "h", ">")]),
    ("≥900 h", [(900, "h", ">=")]),
    ("at least 900 h", [(900, "h", ">=")]),
    ("900 h or more", [(900, "h", ">=")]),
    ("up to 900 h", [(900, "h", "<=")]),
    ("≤ 40 mV", [(40, "mV", "<=")]),
    ("less than 40 mV", [(40, "mV", "<")]),
    ("below 40 mV", [(40, "mV", "<")]),
    ("<40 mV", [(40, "mV", "<")]),
    ("over 900 h at 1 mA cm−2", [(900, "h", ">"), (1, "mA cm−2", "=")]),
    # spread
    ("25 ± 2 µm", [(25, "µm", "=")]),
    ("25.1 ± 0.2 µm", [(25.1, "µm", "=")]),
    ("(98.3 ± 0.2)%", [(98.3, "%", "=")]),
    ("(10–20)%", [(10, "%", "range")]),
    ("3.2(4) × 10^-4 S/cm", [(3.2e-4, "S/cm", "=")]),
    # names, numbers of figures, ordinals: no quantities
    ("a 3D host", []),
    ("a Li2S film", []),
    ("the NCM811 cathode", []),
    ("PVDF-12", []),
    ("S 2p", []),
    ("Fig. 4", []),
    ("Table 2", []),
    ("ref. 12", []),
    ("the 500th time", []),
    ("at the 500th cycle", [(500, "cycle", "=")]),
    ("one electrode", []),
    ("no numbers here", []),
    ("", []),
]
RANGES = [
    ("0.5–2 mA cm−2", (0.5, 2, "mA cm−2")),
    ("0.5 to 2 mA cm−2", (0.5, 2, "mA cm−2")),
    ("0.01-3 V", (0.01, 3, "V")),
    ("10~20 nm", (10, 20, "nm")),
    ("10 - 20 nm", (10, 20, "nm")),
    ("10 nm – 20 nm", (10, 20, "nm")),
    ("2.0 V to 3.5 V", (2, 3.5, "V")),
    ("from 400 to 20 Ω", (20, 400, "Ω")),
    ("10^-4–10^-3 S cm^-1", (1e-4, 1e-3, "S cm^-1")),
    ("10−4–10−3 S cm−1", (1e-4, 1e-3, "S cm−1")),
    ("1.2 × 10^-4 to 3 × 10^-3 S/cm", (1.2e-4, 3e-3, "S/cm")),
    ("-5 to -3 V", (-5, -3, "V")),
    ("20 through 60 °C", (20, 60, "°C")),
    ("between 2.8 and 4.2 V", (2.8, 4.2, "V")),
    ("between 2.8 V and 4.2 V", (2.8, 4.2, "V")),
    ("between about 20 and 60 °C", (20, 60, "°C")),
    ("between 20 °C and about 60 °C", (20, 60, "°C")),
    ("8- to 16-µm", (8, 16, "µm")),
    ("10-to-20-h", (10, 20, "h")),
    ("2 mV-3 mV", (2, 3, "mV")),
    ("2 mV–3 mV", (2, 3, "mV")),
    ("2—3 mV", (2, 3, "mV")),
    ("2 mV up to 3 mV", (2, 3, "mV")),
    ("10-4-10-3 S cm-1", (1e-4, 1e-3, "S cm-1")),
    ("two to three orders of magnitude", (2, 3, "orders of magnitude")),
]
LISTS = [
    ("97.8 and 95.6%", "%", [(97.8, ""), (95.6, "list")]),
    ("1, 2, 3 and 4 mA cm−2", "mA cm−2", [(1, ""), (2, "list"), (3, "list"), (4, "list")]),
    ("1, 2, and 4 mA cm−2", "mA cm−2", [(1, ""), (2, "list"), (4, "list")]),
    ("1 or 2 mA cm−2", "mA cm−2", [(1, ""), (2, "list")]),
    ("told between them: 1 and 2 mA cm−2", "mA cm−2", [(1, ""), (2, "list")]),
    ("120 versus 40 mV", "mV", [(120, ""), (40, "pair")]),
    ("120 mV vs. 40 mV", "mV", [(120, ""), (40, "pair")]),
    ("120 mV compared to 40 mV", "mV", [(120, ""), (40, "pair")]),
    ("201.7/186.2 mAh g−1", "mAh g−1", [(201.7, ""), (186.2, "pair")]),
    ("reduced from 400 to 20 Ω", "Ω", [(400, ""), (20, "change")]),
    ("grew from 400 Ω to 520 Ω", "Ω", [(400, ""), (520, "change")]),
]


def brief(text: str) -> list[tuple[float, str, str]]:
    return [(q.value, q.unit, q.qualifier) for q in find_quantities(text)]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_numbers_and_units(text: str, expected: list[tuple[float, str, str]]) -> None:
    assert brief(text) == [(pytest.approx(value), unit, qualifier) for value, unit, qualifier in expected]


@pytest.mark.parametrize(("text", "expected"), RANGES)
def test_ranges(text: str, expected: tuple[float, float, str]) -> None:
    (q,) = find_quantities(text)
    assert (q.value, q.value_max, q.unit) == (pytest.approx(expected[0]), pytest.approx(expected[1]), expected[2])
    assert q.qualifier == "range"


@pytest.mark.parametrize(("text", "unit", "expected"), LISTS)
def test_lists_and_pairs(text: str, unit: str, expected: list[tuple[float, str]]) -> None:
    found = find_quantities(text)
    assert [(q.value, q.link) for q in found] == expected
    assert {q.unit for q in found} == {unit}
    assert {q.group for q in found} == {0}
    assert [(q.index, q.size) for q in found] == [(i, len(found)) for i in range(len(found))]


def test_a_range_in_two_units_keeps_both() -> None:
    (q,) = find_quantities("from 200 nm to 2 µm")
    assert (q.value, q.unit, q.value_max, q.max_unit) == (200, "nm", 2, "µm")


def test_a_comma_alone_joins_nothing() -> None:
    assert [q.size for q in find_quantities("at an N/P of 2.4, 0.5 C")] == [1, 1]


def test_numbers_of_two_kinds_are_no_list() -> None:
    found = find_quantities("98% and 40 mV")
    assert [(q.unit, q.size) for q in found] == [("%", 1), ("mV", 1)]
    assert found[0].group != found[1].group


def test_a_cycle_by_its_place_is_told_from_a_number_of_cycles() -> None:
    for text, nth in (
        ("the 60th cycle", True),
        ("the 3rd-cycle", True),
        ("60 cycles", False),
        ("a 60-cycle test", False),
    ):
        (q,) = find_quantities(text)
        assert is_ordinal(q, text) is nth


def test_only_the_stretch_asked_for_is_read() -> None:
    text = "At 1 mV. At 2 mV. At 3 mV."
    assert [q.value for q in find_quantities(text, 9, 17)] == [2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(3.2 ± 0.4) × 10^-4 S cm^-1", [(3.2e-4, None)]),
        ("3.2–4.1 × 10^-4 S cm^-1", [(3.2e-4, 4.1e-4)]),
        ("(3.2–4.1) × 10^-4 S cm^-1", [(3.2e-4, 4.1e-4)]),
        ("3.2 and 4.1 × 10^-4 S cm^-1", [(3.2e-4, None), (4.1e-4, None)]),
    ],
)
def test_a_shared_power_of_ten(text: str, expected: list[tuple[float, float | None]]) -> None:
    found = [(q.value, q.value_max) for q in find_quantities(text)]
    assert found == [(pytest.approx(a), b if b is None else pytest.approx(b)) for a, b in expected]


UNITS = st.sampled_from(
    ["%", "mV", "V", "h", "mA cm−2", "mA/cm2", "mAh g^-1", "mAh cm−2", "S cm^-1", "Ω", "Ω cm2", "µm", "nm", "GPa", "°C",
     "Wh kg−1", "wt%", "cycles", "mg cm−2", "eV", "g cm−3", "mJ m−2", "m2 g−1", "kΩ", "days", "fold"]
)  # fmt: skip
COUNTS = st.integers(0, 999_999)


def test_offsets_show_the_number() -> None:
    text = "It ran for over 1,400 h at −0.5 to 2 mA cm−2."
    shown = [(text[q.start : q.end], text[slice(*q.unit_span)]) for q in find_quantities(text)]
    assert shown == [("1,400", "h"), ("−0.5 to 2", "mA cm−2")]


@st.composite
def printed(draw: st.DrawFn) -> tuple[float, str]:
    """A number and one way of printing it."""
    notation = draw(st.sampled_from(["plain", "commas", "decimal", "power", "letter", "bare power"]))
    if notation in ("plain", "commas"):
        number = draw(COUNTS)
        return float(number), f"{number:,}" if notation == "commas" else str(number)
    if notation == "decimal":
        digits = draw(st.integers(1, 4))
        text = f"{draw(st.floats(0, 9999)):.{digits}f}"
        return float(text), text
    exponent = draw(st.integers(-12, 12))
    minus = draw(st.sampled_from("-−"))
    if notation == "bare power":
        assume(exponent not in (0, 1))
        return 10.0**exponent, f"10^{exponent}".replace("-", minus)
    mantissa = f"{draw(st.floats(1, 9.99)):.{draw(st.integers(0, 2))}f}"
    if notation == "letter":
        assume(exponent < 0)
        return float(f"{mantissa}e{exponent}"), f"{mantissa}e{minus}{-exponent}"
    times, caret = draw(st.sampled_from(["×", "x", " × "])), draw(st.sampled_from(["^", "", " ^"]))
    assume(caret or exponent < 0)
    return float(f"{mantissa}e{exponent}"), f"{mantissa}{times}10{caret}{exponent}".replace("-", minus)


@given(
    printed(), UNITS, st.sampled_from(["a value of ", "it is ", "(", "", "= "]), st.sampled_from([".", "", ")", " and"])
)
def test_any_notation_is_read_back(number: tuple[float, str], unit: str, before: str, after: str) -> None:
    value, text = number
    whole = f"{before}{text} {unit}{after}"
    (q,) = find_quantities(whole)
    assert q.value == pytest.approx(value, rel=1e-12)
    assert (q.unit, q.value_max) == (unit, None)
    assert whole[q.start : q.end] == text
    assert whole[slice(*q.unit_span)] == unit


QUALIFIERS_PRINTED = {
    "=": ["", "of ", "is ", "(", "= "],
    "~": ["~", "≈", "≃", "≅", "∼", "about ", "around ", "ca. ", "c. ", "nearly ", "almost ", "roughly ",
          "approximately ", "close to ", "on the order of "],
    ">": [">", "> ", "more than ", "over ", "well above ", "exceeding ", "beyond ", "in excess of ", "longer than "],
    ">=": ["≥", "⩾", "≥ ", ">= ", "at least ", "no less than ", "no fewer than ", "not below ", "a minimum of "],
    "<": ["<", "< ", "less than ", "below ", "under ", "fewer than ", "shorter than "],
    "<=": ["≤", "⩽", "<=", "up to ", "at most ", "as high as ", "as much as ", "no more than ", "not exceeding "],
}  # fmt: skip
SPREADS = ["", " ± 0.2", "±0.2", " +/- 0.2", " +/− 0.2", " (±0.2)", "(2)", " +0.2/−0.1", " (+0.2/−0.1)",
           " plus or minus 0.2"]  # fmt: skip
NAMES = st.sampled_from(
    ["percent", "milliamperes per square centimeter", "milliampere hours per gram", "mAh per gram", "hours", "ohms",
     "gigapascals", "degrees Celsius", "micrometers", "siemens per centimeter", "watt-hours per kilogram"]
)  # fmt: skip


@given(
    st.sampled_from([(q, p) for q, printed_as in QUALIFIERS_PRINTED.items() for p in printed_as]),
    st.decimals(0, 9999, places=1).map(str),
    st.sampled_from(SPREADS),
    UNITS | NAMES,
)
def test_qualifier_number_spread_and_unit_are_read_back(
    qualifier: tuple[str, str], number: str, spread: str, unit: str
) -> None:
    (q,) = find_quantities(f"It was {qualifier[1]}{number}{spread} {unit}, as told.")
    assert (q.qualifier, q.value, q.value_max, q.unit) == (qualifier[0], float(number), None, unit)


@given(
    st.integers(1, 999), st.lists(st.integers(0, 999), min_size=1, max_size=3), st.sampled_from("\u2009\u202f\u00a0")
)
def test_digits_grouped_by_narrow_spaces_are_one_number(first: int, more: list[int], space: str) -> None:
    groups = [str(first), *(f"{n:03}" for n in more)]
    text = clean(Traced.of(f"It ran for {space.join(groups)} h."))[0].text
    (q,) = find_quantities(text)
    assert (q.value, q.unit) == (int("".join(groups)), "h")
    assert text[q.start : q.end] == space.join(groups)


def written_alike(*numbers: str) -> bool:
    """Say whether all carry a power of ten of their own, or none does; else it is shared out (tested above)."""
    return len({bool(re.search("[×xX^]", number)) for number in numbers}) == 1


@given(printed(), printed(), UNITS, st.sampled_from(["–", " to ", " – ", "~", "‒", "∼", "…", " up to "]))
def test_a_range_is_the_smaller_and_the_larger(
    one: tuple[float, str], two: tuple[float, str], unit: str, joint: str
) -> None:
    assume(abs(one[0] - two[0]) > 1e-9 * (one[0] + two[0]))
    assume(written_alike(one[1], two[1]))
    (q,) = find_quantities(f"a span of {one[1]}{joint}{two[1]} {unit}")
    assert (q.value, q.value_max) == (pytest.approx(min(one[0], two[0])), pytest.approx(max(one[0], two[0])))
    assert (q.qualifier, q.unit) == ("range", unit)


@given(st.lists(printed(), min_size=2, max_size=5), UNITS)
def test_a_list_shares_its_unit(numbers: list[tuple[float, str]], unit: str) -> None:
    assume(written_alike(*(t for _, t in numbers)))
    text = ", ".join(t for _, t in numbers[:-1]) + f" and {numbers[-1][1]} {unit}, respectively"
    found = find_quantities(text)
    assert [q.value for q in found] == [pytest.approx(v) for v, _ in numbers]
    assert [(q.unit, q.size, q.index) for q in found] == [(unit, len(numbers), i) for i in range(len(numbers))]


SOUP = st.lists(
    st.sampled_from(
        ["1", "0", "98.1", "1,000", "10^", "-4", "−", "–", "×", "x", "10", "e-3", " ", "%", "mA", "cm", "h", "to",
         "and", ",", ".", "/", "(", ")", "±", "~", ">", "versus", "from", "increased", "ten", "twice", "times", "C",
         "C/3", "Fig.", "°", "orders of magnitude", "an", "V", "K", "cm0", "9" * 400, "⁴", "٣"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(SOUP | st.text(max_size=60))
@example("9" * 400 + " %")
def test_any_text_gives_sound_quantities(text: str) -> None:
    found = find_quantities(text)
    last = 0
    for q in found:
        sound(q, text)
        assert q.start >= last
        last = q.end
    for group in {q.group for q in found}:
        members = [q for q in found if q.group == group]
        assert [q.index for q in members] == list(range(members[0].size))


def sound(q: Quantity, text: str) -> None:
    assert 0 <= q.start < q.end <= len(text)
    assert 0 <= q.unit_span[0] <= q.unit_span[1] <= len(text)
    assert q.value == q.value
    assert abs(q.value) < float("inf")
    assert q.qualifier in QUALIFIERS
    assert q.value_max is None or q.max_unit or q.value < q.value_max
    shown = text[q.start : q.end]
    assert any(c.isnumeric() for c in shown) or re.fullmatch(r"[A-Za-z -]+", shown)
