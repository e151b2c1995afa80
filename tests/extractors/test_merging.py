"""Facts told twice are one record; facts that differ stay two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.merging import merge_repeats
from schema.records import Conditions, Evidence, Measurement, Subject


def record(value: float = 98.0, components: tuple[str, ...] = ("PAN",), **changes: Any) -> Measurement:
    """A record with conditions among its keywords."""
    stated = {k: changes.pop(k) for k in list(changes) if k in Conditions.__dataclass_fields__}
    base = Measurement(
        metric="coulombic_efficiency",
        value=value,
        unit="percent",
        subject=Subject("+".join(components), components),
        evidence=Evidence("98%", 10, 12),
        conditions=Conditions(**stated),
    )
    return replace(base, **changes)


def test_one_fact_told_twice_is_one_record() -> None:
    one, two = record(current_density_mA_cm2=1.0), record(evidence=Evidence("again", 90, 92))
    assert merge_repeats([one, two]) == [one]
    (merged,) = merge_repeats([two, one])
    assert merged.conditions.current_density_mA_cm2 == 1.0


def test_the_statement_with_more_conditions_stands() -> None:
    poor = record(evidence=Evidence("abstract", 1, 3))
    rich = record(current_density_mA_cm2=1.0, cycles=200.0, evidence=Evidence("results", 90, 92))
    assert merge_repeats([poor, rich])[0].evidence.text == "results"


def test_conditions_are_filled_from_the_other_and_named_as_far() -> None:
    one = record(current_density_mA_cm2=1.0, cell="Li|Cu half")
    two = record(areal_capacity_mAh_cm2=0.5, evidence=Evidence("again", 90, 92))
    (merged,) = merge_repeats([one, two])
    assert merged.conditions.known() == {
        "current_density_mA_cm2": 1.0,
        "areal_capacity_mAh_cm2": 0.5,
        "cell": "Li|Cu half",
        "conditions_far": ["areal_capacity_mAh_cm2"],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"value": 97.0},
        {"metric": "initial_coulombic_efficiency"},
        {"value_max": 99.0},
        {"unit": "1"},
        {"is_control": True},
        {"subject": Subject("PMMA", ("PMMA",))},
        {"current_density_mA_cm2": 2.0},
        {"areal_capacity_mAh_cm2": 2.0},
        {"at_cycle": 9.0},
        {"cell": "full LFP"},
    ],
)
def test_what_differs_stays_two(change: dict[str, Any]) -> None:
    here = record(current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=0.5, at_cycle=1.0, cell="Li|Cu half")
    stated: dict[str, Any] = {
        "current_density_mA_cm2": 1.0,
        "areal_capacity_mAh_cm2": 0.5,
        "at_cycle": 1.0,
        "cell": "Li|Cu half",
    }
    assert len(merge_repeats([here, record(**{**stated, **change})])) == 2
    assert len(merge_repeats([here, record(**stated)])) == 1


@pytest.mark.parametrize("cells", [("full LFP", "full NCM811"), ("full", "full LFP"), ("Li|Cu half", None)])
def test_cells_of_one_kind_do_not_differ(cells: tuple[str, str | None]) -> None:
    assert len(merge_repeats([record(cell=cells[0]), record(cell=cells[1])])) == 1


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [
        (("PAN", "SiO2"), ("PAN", "SiO2"), 1),
        (("PAN", "SiO2"), ("SiO2", "PAN"), 1),
        (("PAN", "SiO2"), ("PAN",), 1),  # half of it is named
        (("PAN", "SiO2", "ZnO"), ("PAN",), 2),
        (("PAN",), ("PMMA",), 2),
        (("PAN",), (), 2),
        ((), (), 1),
    ],
)
def test_samples_are_one_where_they_overlap(one: tuple[str, ...], two: tuple[str, ...], count: int) -> None:
    assert len(merge_repeats([record(components=one), record(components=two)])) == count


def test_any_control_of_a_paper_is_the_control() -> None:
    bare, unnamed = record(components=("Cu",), is_control=True), record(components=(), is_control=True)
    other = record(components=("Li",), is_control=True)
    assert len(merge_repeats([bare, unnamed, other])) == 1


def test_controls_of_two_cited_papers_are_two() -> None:
    one = record(components=("Cu",), is_control=True, provenance="cited")
    two = record(components=("Li",), is_control=True, provenance="cited")
    assert len(merge_repeats([one, two])) == 2


def row(name: str, components: tuple[str, ...], passage: int = 3, **changes: Any) -> Measurement:
    """A record of a table."""
    evidence = Evidence(f"{name} | 98", 10, 12, passage=passage)
    return record(components=components, subject=Subject(name, components), evidence=evidence, **changes)


def test_two_rows_of_a_table_are_two_samples() -> None:
    one, two = row("S1", ("PAN",)), row("S2", ("PAN",))
    assert len(merge_repeats([one, two], {3})) == 2
    assert len(merge_repeats([one, one], {3})) == 1
    assert len(merge_repeats([one, two])) == 1, "in running text they may be names of one sample"


def test_the_text_joins_one_row_of_a_table_and_no_more() -> None:
    told = record(current_density_mA_cm2=1.0)
    merged = merge_repeats([told, row("S1", ("PAN",)), row("S2", ("PAN",))], {3})
    assert [m.conditions.current_density_mA_cm2 for m in merged] == [1.0, None]


def test_rows_of_two_references_are_two_even_under_one_name() -> None:
    one = row("green tea", (), provenance="cited", cited_ref="38")
    two = row("green tea", (), provenance="cited", cited_ref="61")
    assert len(merge_repeats([one, two], {3})) == 2


def test_a_setting_of_two_rows_is_two() -> None:
    one, two = (row(n, ("PAN",), metric="voltage_window", unit="V") for n in ("S1", "S2"))
    assert len(merge_repeats([one, two], {3})) == 2


def test_a_bound_is_kept() -> None:
    plain, bound = record(), record(qualifier=">")
    for pair in ([plain, bound], [bound, plain]):
        (merged,) = merge_repeats(pair)
        assert merged.qualifier == ">"


def test_a_setting_told_of_two_samples_is_one() -> None:
    one = record(2.5, metric="np_ratio", unit="1")
    two = record(2.5, ("PMMA",), metric="np_ratio", unit="1")
    assert len(merge_repeats([one, two])) == 1
    assert len(merge_repeats([one, replace(two, qualifier="<")])) == 2


def test_confidence_and_flags_are_joined() -> None:
    one = record(confidence=0.5, flags=("unit_suspect",))
    two = record(confidence=0.9, flags=("out_of_range", "unit_suspect"))
    (merged,) = merge_repeats([one, two])
    assert merged.confidence == 0.9
    assert merged.flags == ("unit_suspect", "out_of_range")


def test_nothing_merges_to_nothing() -> None:
    assert merge_repeats([]) == []


records = st.builds(
    record,
    value=st.sampled_from([97.0, 98.0]),
    components=st.sampled_from([("PAN",), ("PMMA",), ("PAN", "SiO2"), ()]),
    is_control=st.booleans(),
    current_density_mA_cm2=st.sampled_from([None, 1.0, 2.0]),
    cell=st.sampled_from([None, "Li|Cu half", "full LFP"]),
    qualifier=st.sampled_from(["=", ">"]),
)


@given(st.lists(records, max_size=8))
def test_merging_loses_no_value_and_invents_none(found: list[Measurement]) -> None:
    merged = merge_repeats(found)
    assert len(merged) <= len(found)
    assert {(m.value, m.is_control) for m in merged} == {(m.value, m.is_control) for m in found}
    stated = {m.conditions.current_density_mA_cm2 for m in found}
    assert {m.conditions.current_density_mA_cm2 for m in merged} <= stated


@given(st.lists(records, max_size=6))
def test_a_list_told_again_adds_nothing(found: list[Measurement]) -> None:
    assert len(merge_repeats([*merge_repeats(found), *merge_repeats(found)])) <= len(merge_repeats(found))


@given(records)
def test_one_record_stays_as_it_is(one: Measurement) -> None:
    assert merge_repeats([one]) == [one]
