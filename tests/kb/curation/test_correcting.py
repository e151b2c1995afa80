"""A set value passes the gates of a mined one; what does not is said with its remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.curation.correcting import FIELDS, as_told, corrected, differences, vouched
from kb.testing import COATED, HALF_CELL
from schema.errors import BadDecision, KBError, UnitMismatch, UnknownMetric, UnknownName
from schema.records import Evidence, Measurement

FOUND = Measurement(
    "overpotential", 20.0, "mV", COATED, Evidence("It is 20 mV.", 6, 8), value_reported="20", unit_reported="mV",
    conditions=HALF_CELL, confidence=0.9, confidence_strict=0.7, flags=("unit_suspect",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"value": "0.03", "unit": "V"}, "value", 30.0),
        ({"value": "0.03 V"}, "value", 30.0),
        ({"value": "30"}, "value", 30.0),
        ({"value": "-30"}, "value", 30.0),  # a magnitude
        ({"unit": "V"}, "value", 20000.0),
        ({"metric": "voltage_hysteresis"}, "value", 20.0),
        ({"metric": "resistance", "value": "3", "unit": "kohm"}, "value", 3000.0),
        ({"value": "50", "value_max": "20"}, "value_max", 50.0),
        ({"qualifier": "<"}, "qualifier", "<"),
        ({"provenance": "calculated"}, "provenance", "calculated"),
    ],
)
def test_a_result_is_set(changes: dict[str, str], column: str, value: object) -> None:
    assert getattr(corrected(FOUND, as_told(changes)), column) == value


def test_a_range_becomes_one_and_no_range_again() -> None:
    span = corrected(FOUND, {"value": "20", "value_max": "50"})
    assert (span.qualifier, span.value_max) == ("range", 50.0)
    single = corrected(span, {"value": "30"})
    assert (single.qualifier, single.value_max) == ("=", None)


def test_the_sample_and_its_test_are_set() -> None:
    told = as_told({"components": "PVDF, LiF", "substrate": "Li", "is_control": False, "sample": "the blend",
                    "strategy": "artificial SEI", "current_density": "10 A/m^2", "cycles": 100, "cell": "full LFP",
                    "areal_capacity": None, "electrolyte_class": "ether", "c_rate": "0.5 C"})  # fmt: skip
    now = corrected(FOUND, told)
    assert (now.subject.components, now.subject.substrate, now.subject.name) == (("PVDF", "LiF"), "Li", "the blend")
    assert now.conditions.known() == {
        "current_density_mA_cm2": 1.0, "cycles": 100.0, "c_rate": 0.5, "electrolyte_class": "ether", "cell": "full LFP",
    }  # fmt: skip
    assert differences(FOUND, now)["areal_capacity_mAh_cm2"] == 1.0
    assert "value" not in differences(FOUND, now)


def test_what_is_outside_the_plausible_range_is_flagged_as_a_mined_one() -> None:
    assert "out_of_range" in corrected(FOUND, {"value": "1e7"}).flags
    assert vouched(FOUND).flags == ()


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({}, BadDecision, "nothing is set"),
        ({"colour": "red"}, BadDecision, "'colour' cannot be set; these can"),
        ({"curent_density": "1"}, BadDecision, "did you mean 'current_density'"),
        ({"value": "many"}, BadDecision, "is no number; write it like"),
        ({"value": "1e999"}, BadDecision, "too large"),
        ({"value": "1", "unit": "mA"}, UnitMismatch, "'mA' is no unit"),
        ({"metric": "coulombic_efficency"}, UnknownMetric, "did you mean 'coulombic_efficiency'"),
        ({"metric": "coulombic_efficiency"}, UnitMismatch, "give value= and unit= too"),
        ({"qualifier": "about"}, UnknownName, "unknown qualifier"),
        ({"qualifier": "range"}, BadDecision, "a range has value= and value_max="),
        ({"strategy": "coating"}, UnknownName, "unknown strategy"),
        ({"cell": "Na|Na"}, UnknownName, "unknown cell"),
        ({"electrolyte_class": "water"}, UnknownName, "unknown electrolyte_class"),
        ({"is_control": "maybe"}, BadDecision, "true or false"),
        ({"sample": ""}, BadDecision, "a sample has a name"),
        ({"temperature": "1 V"}, UnitMismatch, "temperature"),
    ],
)
def test_what_cannot_be_set_is_said(changes: dict[str, str], error: type[KBError], said: str) -> None:
    with pytest.raises(error, match=said):
        corrected(FOUND, as_told(changes))


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12), min_size=1))
def test_anything_typed_is_set_or_refused_in_our_words(changes: dict[str, str]) -> None:
    try:
        now = corrected(FOUND, as_told(changes))
    except KBError as error:
        assert "\n" not in str(error)
    else:
        assert now.value_max is None or now.value_max >= now.value
