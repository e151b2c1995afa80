"""Records: the export is what the contract says and can be read back; passages lead to the original."""

from __future__ import annotations

import json
from array import array
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.records import (
    PROVENANCES,
    QUALIFIERS,
    Conditions,
    Document,
    Evidence,
    Measurement,
    Mined,
    Passage,
    Repair,
    Subject,
    from_export,
    to_export,
)

RECORD = {
    "id", "source", "doi", "metric", "value", "value_max", "qualifier", "unit", "value_reported", "unit_reported",
    "subject", "is_control", "conditions", "provenance", "cited_ref", "evidence", "confidence", "flags",
}  # fmt: skip
CONDITIONS = {
    "current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "cycle_range", "at_cycle", "c_rate", "temperature_C",
    "time_h", "np_ratio", "electrolyte", "electrolyte_class", "cell", "conditions_far",
}  # fmt: skip

words = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(min_value=0, max_value=10**6)
maybe = st.none()
conditions = st.builds(
    Conditions,
    current_density_mA_cm2=maybe | numbers,
    areal_capacity_mAh_cm2=maybe | numbers,
    cycles=maybe | numbers,
    cycle_range=maybe | st.tuples(counts, counts),
    at_cycle=maybe | numbers,
    c_rate=maybe | numbers,
    temperature_C=maybe | numbers,
    time_h=maybe | numbers,
    np_ratio=maybe | numbers,
    electrolyte=maybe | words,
    electrolyte_class=maybe | words,
    cell=maybe | words,
    conditions_far=st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=3).map(tuple),
)
measurements = st.builds(
    Measurement,
    metric=words,
    value=numbers,
    value_max=maybe | numbers,
    unit=words,
    qualifier=st.sampled_from(QUALIFIERS),
    value_reported=words,
    unit_reported=words,
    subject=st.builds(Subject, words, st.lists(words, max_size=3).map(tuple), maybe | words, words),
    evidence=st.builds(Evidence, words, counts, counts, words, maybe | counts),
    is_control=st.booleans(),
    conditions=conditions,
    provenance=st.sampled_from(PROVENANCES),
    cited_ref=maybe | words,
    confidence=st.floats(0, 1),
    flags=st.lists(words, max_size=3).map(tuple),
)


def plain(**changes: Any) -> Measurement:
    found = Measurement("porosity", 41.0, "percent", Subject("PAN mat", ("PAN",)), Evidence("41%", 0, 2))
    return replace(found, **changes)


@given(measurements)
def test_a_record_comes_back_from_its_export(measurement: Measurement) -> None:
    exported = to_export(measurement, id=7, source="a.md", doi=None)
    assert from_export(exported) == measurement
    assert from_export(json.loads(json.dumps(exported))) == measurement


@given(measurements, counts, words, maybe | words)
def test_the_export_has_the_keys_of_the_record(measurement: Measurement, id: int, source: str, doi: str | None) -> None:
    exported = to_export(measurement, id=id, source=source, doi=doi)
    assert set(exported) == RECORD
    assert (exported["id"], exported["source"], exported["doi"]) == (id, source, doi)
    assert set(exported["subject"]) == {"name", "components", "substrate", "strategy"}
    assert set(exported["evidence"]) == {"text", "start", "end", "section", "page"}
    assert set(exported["conditions"]) <= CONDITIONS


@given(conditions)
def test_known_conditions_are_those_that_are_stated(stated: Conditions) -> None:
    known = stated.known()
    assert None not in known.values()
    for field in fields(Conditions):
        value = getattr(stated, field.name)
        assert (field.name in known) == (value not in (None, ()))
    assert known.get("cycle_range") == (None if stated.cycle_range is None else list(stated.cycle_range))


def test_conditions_are_those_of_the_record() -> None:
    assert {f.name for f in fields(Conditions)} == CONDITIONS


def test_zero_is_a_stated_condition() -> None:
    assert Conditions(temperature_C=0.0, c_rate=0).known() == {"temperature_C": 0.0, "c_rate": 0}


def test_nothing_is_known_of_no_conditions() -> None:
    assert Conditions().known() == {}
    assert to_export(plain(), id=1, source="a.md", doi=None)["conditions"] == {}


def test_the_process_and_the_passage_stay_inside() -> None:
    inside = plain(
        subject=Subject("PAN mat", ("PAN",), process="electrospinning"), evidence=Evidence("", 1, 2, passage=9)
    )
    exported = to_export(inside, id=1, source="a.md", doi=None)
    assert "process" not in exported["subject"]
    assert "passage" not in exported["evidence"]


def test_an_unknown_condition_is_refused() -> None:
    exported = to_export(plain(), id=1, source="a.md", doi=None)
    exported["conditions"]["humidity"] = 30
    with pytest.raises(TypeError, match="humidity"):
        from_export(exported)


@pytest.mark.parametrize("key", sorted(RECORD - {"id", "source", "doi"}))
def test_a_missing_key_is_refused(key: str) -> None:
    exported = to_export(plain(), id=1, source="a.md", doi=None)
    del exported[key]
    with pytest.raises(KeyError, match=key):
        from_export(exported)


def test_a_passage_leads_to_the_original() -> None:
    passage = Passage("10^-3 S", array("L", [40, 41, 42, 44, 45, 47, 48, 49]))
    assert (passage.start, passage.end) == (40, 49)
    assert passage.original_span(0, 5) == (40, 46)
    assert passage.original_span(6, 7) == (48, 49)
    assert passage.original_span(3, 3) == (44, 44)


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (99, 1), (100, 2), (249, 2), (250, 3), (9999, 3)])
def test_an_offset_stands_on_a_page(offset: int, page: int) -> None:
    assert Document("a.pdf", "", "pdf", pages=(0, 100, 250)).page_of(offset) == page


def test_a_document_without_pages_has_none() -> None:
    assert Document("a.md", "", "markdown").page_of(5) is None


def test_repairs_of_a_document_are_those_of_its_passages() -> None:
    one, two = (Repair(i, i + 1, "O", "Ω", "ohm_as_letter") for i in (3, 9))
    passages = tuple(Passage("a", array("L", [0, 1]), repairs=r) for r in ((one,), (), (two,)))
    assert Mined(Document("a.txt", "a", "text", passages)).repairs == (one, two)
