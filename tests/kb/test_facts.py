"""Which measurements may stand, and what makes two of them the same."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts import accept, experiment_row, fingerprint, shows, system_row
from kb.testing import coated, compose
from schema.records import Conditions, Subject


@pytest.mark.parametrize(
    ("original", "start", "end", "reported", "seen"),
    [
        ("CE of 98.3%", 6, 10, "98.3", True),
        ("CE of 98.3%", 6, 11, "98.3%", True),
        ("CE of 98.3%", 5, 9, "98.3", False),
        ("CE of 98.3%", 6, 6, "98.3", False),
        ("CE of 98.3%", 6, 99, "98.3", False),
        ("CE of 98.3%", -5, -1, "98.3", False),
        ("10^{-4} S/cm", 0, 7, "10-4", True),
        ("(\ufffd3.04 V)", 1, 6, "\ufffd3.04", True),
        ("1 400 h", 0, 5, "1 400", True),
        ("10⁻⁴ S", 0, 4, "10⁻⁴", True),
        ("is four times", 3, 7, "four", True),
        ("is Four times", 3, 7, "four", True),
        ("is four times", 0, 4, "four", False),
        ("no word of it", 0, 4, "", False),
        ("98 of it", 0, 2, "", True),
        ("x" * 500 + "98.3", 0, 504, "98.3", False),
    ],
)
def test_offsets_have_to_show_the_number(original: str, start: int, end: int, reported: str, seen: bool) -> None:
    assert shows(original, start, end, reported) is seen


@given(st.text(max_size=30), st.integers(-5, 40), st.integers(-5, 40), st.text(max_size=8))
def test_no_offsets_break_it(original: str, start: int, end: int, reported: str) -> None:
    assert shows(original, start, end, reported) in (True, False)


def test_a_fact_is_the_same_wherever_it_stands_and_however_sure_it_is() -> None:
    one = compose(coated()).measurements[0]
    other = compose(coated("91.0"), coated(confidence=0.9, flags=("glyph_repaired",))).measurements[1]
    assert fingerprint(one, 0) == fingerprint(other, 0)
    assert fingerprint(dataclasses.replace(one, value=98), 0) == fingerprint(dataclasses.replace(one, value=98.0), 0)


@pytest.mark.parametrize(
    "change",
    [{"metric": "porosity"}, {"value": 98.4}, {"value_max": 99.0}, {"qualifier": ">"}, {"unit": "1"},
     {"subject": Subject("bare Cu")}],
)  # fmt: skip
def test_what_is_said_makes_the_fact(change: dict[str, object]) -> None:
    one = compose(coated()).measurements[0]
    assert fingerprint(one, 0) != fingerprint(dataclasses.replace(one, **change), 0)  # type: ignore[arg-type]
    assert fingerprint(one, 0) != fingerprint(one, 1)


def test_a_system_is_what_it_is_made_of() -> None:
    one = system_row(Subject("PMMA/PVDF layer", ("PMMA", "PVDF"), "Cu"))
    assert system_row(Subject("coated Cu", ("PVDF", "PMMA", "PVDF"), "Cu")) == one
    assert system_row(Subject("PMMA/PVDF layer", ("PMMA", "PVDF"), "Li"))["key"] != one["key"]
    assert system_row(Subject("a"))["key"] != system_row(Subject("b"))["key"]
    assert system_row(Subject("PVDF"))["key"] != system_row(Subject("PVDF", ("PVDF",)))["key"]


def test_an_experiment_is_its_conditions() -> None:
    one = compose(coated(conditions=Conditions(cycles=260))).measurements[0]
    same = dataclasses.replace(one, value=1.0, conditions=Conditions(cycles=260.0, conditions_far=("cycles",)))
    assert experiment_row(one, 1, 1)["key"] == experiment_row(same, 1, 1)["key"]
    for other in (
        dataclasses.replace(one, is_control=True),
        dataclasses.replace(one, cited_ref="3"),
        dataclasses.replace(one, conditions=Conditions(cycles=260, cycle_range=(1, 260))),
    ):
        assert experiment_row(one, 1, 1)["key"] != experiment_row(other, 1, 1)["key"]


def test_conflicts_that_name_nothing_are_dropped() -> None:
    odd = ("conflicts_with:9", "conflicts_with:x", "out_of_range", "conflicts_with:1")
    facts = accept(compose(coated(flags=odd), coated("97.0"))).facts
    assert facts[0].flags([40, 41]) == ["out_of_range", "conflicts_with:41"]
