"""Numbers as papers print them: digits, powers of ten, fractions, words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numerals import in_groups, ordinal, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,710", 1710), ("4.6 × 10^7", 4.6e7), ("10^-3", 1e-3), ("10−4", 1e-4), ("twice", 2), ("Ten", 10),
     ("1.5e-3", 1.5e-3), ("2 x 10^3", 2000), ("3×10−5", 3e-5), (".25", 0.25), ("1,234,567.8", 1234567.8), ("an", 1),
     ("24\u202f000", 24000), ("24 000", 24000), ("0,125", 0.125), ("1,5", 1.5), ("1.2 million", 1.2e6), ("4e14", 4e14),
     ("3.2(4) × 10^-4", 3.2e-4), ("98.3(2)", 98.3), ("3.2·10^-4", 3.2e-4), ("2 1/2", 2.5), ("1½", 1.5), ("½", 0.5),
     ("twenty-one", 21), ("three hundred and twenty", 320), ("a thousand", 1000), ("one billion", 1e9),
     ("two hundred and five thousand", 205_000), ("one and a half", 1.5), ("two-thirds", 2 / 3), ("a quarter", 0.25),
     ("tripled", 3), ("halved", 0.5), ("hundred", 100)],
)  # fmt: skip
def test_parse_number(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("first", 1), ("Tenth", 10), ("initial", 1), ("40th", 40), ("3rd", 3), ("1st", 1), ("later", None), ("40", None)],
)
def test_ordinal(text: str, value: int | None) -> None:
    assert ordinal(text) == value


ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """Spell a number out, in British manner."""
    if number < 20:
        return ONES[number - 1]
    if number < 100:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10 - 1]}" if number % 10 else "")
    scale, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = number % scale
    joint = " and " if rest and rest < 100 else " "
    return f"{in_words(number // scale)} {name}" + (joint + in_words(rest) if rest else "")


@given(st.integers(1, 999_999))
def test_a_number_in_words_is_read_back(number: int) -> None:
    assert parse_number(in_words(number)) == number
    assert parse_number(in_words(number).capitalize()) == number


@pytest.mark.parametrize(
    ("before", "one"),
    [("ran for ", True), ("over ", True), ("", True), ("(", True), ("NCM ", False), ("cell ", False), ("12 ", False),
     ("0.5, ", False)],
)  # fmt: skip
def test_digits_in_groups_stand_where_no_list_can(before: str, one: bool) -> None:
    assert in_groups(before) is one
