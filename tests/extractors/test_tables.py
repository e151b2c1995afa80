"""Tables to records: by rows and by columns, units in heads and in cells, factors, conditions, citations, controls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.records import Measurement

HEAD = "# A PAN/SiO2 skin for lithium metal anodes\n\n## Results\n\n"
CURRENT, AREAL = "current_density_mA_cm2", "areal_capacity_mAh_cm2"


def table(*rows: str) -> str:
    first, *rest = rows
    return "\n".join([f"| {first} |", "|" + " --- |" * (first.count("|") + 1), *(f"| {r} |" for r in rest)])


def mined(*rows: str, before: str = "", after: str = "", head: str = HEAD) -> list[Measurement]:
    text = f"{head}{before}\n\n{table(*rows)}\n\n{after}\n"
    return list(mine(read_text_string(text, markdown=True)).measurements)


def brief(found: list[Measurement]) -> list[tuple[str, float, str]]:
    return [(m.metric, m.value, m.subject.name) for m in found]


# --- by rows


def test_a_row_is_a_sample() -> None:
    found = mined("Sample | CE (%) | Overpotential (mV)", "bare Cu | 91.2 | 64", "PAN/SiO2 | 98.4 | 18")
    assert brief(found) == [
        ("coulombic_efficiency", 91.2, "bare Cu"),
        ("overpotential", 64, "bare Cu"),
        ("coulombic_efficiency", 98.4, "PAN/SiO2"),
        ("overpotential", 18, "PAN/SiO2"),
    ]
    assert [m.is_control for m in found] == [True, True, False, False]
    assert found[0].subject.components == ("Cu",)
    assert found[2].subject.components == ("PAN", "SiO2")


def test_the_label_need_not_stand_first() -> None:
    found = mined("CE (%) | Coating | Overpotential (mV)", "91.2 | bare Cu | 64", "98.4 | PAN/SiO2 | 18")
    assert brief(found)[:2] == [("coulombic_efficiency", 91.2, "bare Cu"), ("overpotential", 64, "bare Cu")]


@pytest.mark.parametrize(
    "label",
    ["Bare Cu", "Pristine", "Control", "Uncoated", "Blank", "None", "Reference", "Unmodified Li", "PAN (control)"],
)
def test_a_control_by_its_label(label: str) -> None:
    found = mined("Sample | CE (%)", f"{label} | 91.2", "PAN/SiO2 | 98.4")
    assert [m.is_control for m in found] == [True, False]


def test_columns_that_say_nothing_are_left_out() -> None:
    assert brief(mined("Sample | Year | CE (%) | Notes", "PAN/SiO2 | 2020 | 98.4 | 5 of 7 ran")) == [
        ("coulombic_efficiency", 98.4, "PAN/SiO2")
    ]


def test_a_table_of_tabs_is_read_too() -> None:
    text = "Results\n\nSample\tCE (%)\nbare Cu\t91.2\nPAN/SiO2\t98.4\n"
    found = mine(read_text_string(text)).measurements
    assert [m.value for m in found] == [91.2, 98.4]


# --- by columns


def test_a_column_is_a_sample() -> None:
    found = mined("Property | bare Cu | PAN/SiO2", "CE (%) | 91.2 | 98.4", "Overpotential (mV) | 64 | 18")
    assert sorted(brief(found)) == [
        ("coulombic_efficiency", 91.2, "bare Cu"),
        ("coulombic_efficiency", 98.4, "PAN/SiO2"),
        ("overpotential", 18, "PAN/SiO2"),
        ("overpotential", 64, "bare Cu"),
    ]
    assert {m.is_control for m in found if m.subject.name == "bare Cu"} == {True}


def test_conditions_down_the_side_apply_to_each_column() -> None:
    found = mined(
        "Property | bare Cu | PAN/SiO2", "Current density (mA cm^-2) | 1 | 2", "CE (%) | 91.2 | 98.4",
        "Overpotential (mV) | 64 | 18",
    )  # fmt: skip
    assert {m.subject.name: m.conditions.current_density_mA_cm2 for m in found} == {"bare Cu": 1, "PAN/SiO2": 2}


# --- units and factors


@pytest.mark.parametrize(
    ("head", "cell", "metric", "value", "unit_reported"),
    [
        ("Ionic conductivity (mS cm^-1)", "0.3", "ionic_conductivity", 3e-4, "mS cm^-1"),
        ("Ionic conductivity (10^-4 S cm^-1)", "3.2", "ionic_conductivity", 3.2e-4, "S cm^-1"),
        ("Ionic conductivity (S cm^-1)", "3.2 × 10^-4", "ionic_conductivity", 3.2e-4, "S cm^-1"),
        ("Overpotential (V)", "0.018", "overpotential", 18, "V"),
        ("Overpotential (mV)", "0.018 V", "overpotential", 18, "V"),  # the cell's own unit wins
        ("Overpotential (mV)", "−18", "overpotential", 18, "mV"),
        ("CE", "98.4%", "coulombic_efficiency", 98.4, "%"),
        ("Thickness of the coating (nm)", "250", "coating_thickness", 0.25, "nm"),
        ("Lifespan (days)", "10", "cycling_hours", 240, "days"),
    ],
)
def test_a_unit_is_taken_from_the_cell_else_from_the_head(
    head: str, cell: str, metric: str, value: float, unit_reported: str
) -> None:
    (m,) = mined(f"Sample | {head}", f"PAN/SiO2 | {cell}")
    assert (m.metric, m.value, m.unit_reported) == (metric, pytest.approx(value), unit_reported)


def test_a_head_without_a_unit_needs_it_in_the_cell() -> None:
    assert [m.value for m in mined("Sample | Overpotential", "bare Cu | 61 mV", "PAN/SiO2 | 18")] == [61]


@pytest.mark.parametrize(
    ("cell", "value", "value_max", "qualifier"),
    [
        ("98.4", 98.4, None, "="),
        (">98.4", 98.4, None, ">"),
        ("~98.4", 98.4, None, "~"),
        ("97.1–98.4", 97.1, 98.4, "range"),
        ("98.4 ± 0.3", 98.4, None, "="),
    ],
)
def test_a_cell_may_hold_more_than_a_number(cell: str, value: float, value_max: float | None, qualifier: str) -> None:
    (m,) = mined("Sample | CE (%)", f"PAN/SiO2 | {cell}")
    assert (m.value, m.value_max, m.qualifier) == (value, value_max, qualifier)


@pytest.mark.parametrize("cell", ["", "-", "—", "n/a", "not measured", "64 mV", "ref. 5"])
def test_a_cell_without_such_a_number_gives_nothing(cell: str) -> None:
    assert mined("Sample | CE (%)", f"PAN/SiO2 | {cell}") == []


def test_an_implausible_value_is_flagged() -> None:
    (m,) = mined("Sample | CE (%)", "PAN/SiO2 | 984")
    assert m.flags == ("out_of_range",)


def test_the_number_is_shown_by_its_place() -> None:
    text = f"{HEAD}{table('Sample | CE (%)', 'PAN/SiO2 | $98.4$')}\n"
    (m,) = mine(read_text_string(text, markdown=True)).measurements
    assert text[m.evidence.start : m.evidence.end] == "98.4"
    assert m.evidence.text == "PAN/SiO2 | 98.4"
    assert m.evidence.section == "Results"


# --- conditions


def test_columns_of_conditions_apply_to_their_row() -> None:
    found = mined(
        "Sample | Current density (mA cm^-2) | Capacity (mAh cm^-2) | CE (%)", "bare Cu | 1 | 0.5 | 91.2",
        "PAN/SiO2 | 20 A m^-2 | 1 | 98.4",
    )  # fmt: skip
    assert [m.conditions.known() for m in found] == [{CURRENT: 1, AREAL: 0.5}, {CURRENT: 2, AREAL: 1}]


def test_a_moment_that_the_caption_gives_one_metric_is_not_shared() -> None:
    before = "**Table 1** Cells at 2 mA cm<sup>-2</sup>; overpotential after 50 cycles."
    (m,) = mined("Sample | CE (%)", "PAN/SiO2 | 98.4", before=before)
    assert (m.conditions.current_density_mA_cm2, m.conditions.at_cycle) == (2, None)


def test_a_full_cell_beside_a_life_is_that_of_the_retention() -> None:
    rows = ("Sample | Lifespan (h) | Full cell | Capacity retention (%)", "PAN/SiO2 | 900 | LFP | 91")
    found = mined(*rows, before="**Table 1** Lifetimes of symmetric cells, and full cells.")
    assert {m.metric: m.conditions.cell for m in found} == {
        "cycling_hours": "Li|Li symmetric",
        "capacity_retention": "full LFP",
    }


def test_a_condition_of_another_kind_is_left_out() -> None:
    found = mined("Sample | Current density (mA cm^-2) | CE (%)", "bare Cu | 5 mV | 91.2", "PAN/SiO2 | 2 | 98.4")
    assert [m.conditions.known() for m in found] == [{}, {CURRENT: 2}]


def test_a_temperature_in_kelvin() -> None:
    (m,) = mined("Sample | T (K) | Ionic conductivity (S cm^-1)", "PEO | 333.15 | 1e-4")
    assert m.conditions.temperature_C == pytest.approx(60)


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_caption_holds_for_every_row(place: str) -> None:
    caption: dict[str, Any] = {place: "**Table 1** Cells at 2 mA cm<sup>-2</sup> and 1 mAh cm<sup>-2</sup>."}
    found = mined("Sample | CE (%)", "bare Cu | 91.2", "PAN/SiO2 | 98.4", **caption)
    for m in found:
        assert m.conditions.known() == {CURRENT: 2, AREAL: 1, "conditions_far": [AREAL, CURRENT]}


def test_a_column_wins_over_the_caption() -> None:
    before = "**Table 1** Cells at 2 mA cm<sup>-2</sup>."
    found = mined("Sample | Current density (mA cm^-2) | CE (%)", "bare Cu | 5 | 91.2", before=before)
    assert [m.conditions.known() for m in found] == [{CURRENT: 5}]


def test_a_retention_beside_a_life_has_another_cell() -> None:
    found = mined(
        "Sample | Current density (mA cm^-2) | Lifespan (h) | Capacity retention (%)", "PAN/SiO2 | 2 | 900 | 91"
    )
    assert {m.metric: m.conditions.current_density_mA_cm2 for m in found} == {
        "cycling_hours": 2,
        "capacity_retention": None,
    }


def test_the_cell_and_the_electrolyte_of_a_row() -> None:
    (m,) = mined("Sample | Cell | Electrolyte | CE (%)", "PAN/SiO2 | Li\\|\\|Cu | 1 M LiTFSI in DOL/DME | 98.4")
    assert m.conditions.cell == "Li|Cu half"
    assert m.conditions.electrolyte_class == "ether"


# --- citations


def test_a_row_that_cites_is_second_hand() -> None:
    found = mined("Sample | CE (%)", "PMMA film [12] | 95.1", "PAN/SiO2 | 98.4", "PVDF film | 94.0 <sup>[13]</sup>")
    assert [(m.provenance, m.cited_ref) for m in found] == [("cited", "12"), ("measured", None), ("cited", "13")]


def test_a_column_of_references_cites() -> None:
    found = mined("Sample | CE (%) | Ref.", "PMMA film | 95.1 | [12]", "PAN/SiO2 | 98.4 | This work")
    assert [(m.provenance, m.cited_ref) for m in found] == [("cited", "12"), ("measured", None)]


def test_this_work_is_not_cited() -> None:
    (m,) = mined("Sample | CE (%)", "PAN/SiO2 (this work, see also [12]) | 98.4")
    assert (m.provenance, m.cited_ref) == ("measured", None)


def test_a_cited_row_has_not_the_papers_strategy() -> None:
    found = mined("Sample | CE (%)", "PMMA film [12] | 95.1", "PAN/SiO2 | 98.4", before="The skin is a coating on Cu.")
    assert [m.subject.strategy for m in found] == ["other", "surface coating"]


# --- what was repaired


def test_a_repaired_number_and_a_repaired_unit_are_flagged() -> None:
    rows = ("Sample | Overpotential (mV) | Thickness of the film (mm)", "PAN/SiO2 | \ufffd18 | 20")
    found = {m.metric: m for m in mined(*rows, before="Cells ran at 1 mA cm\ufffd2.")}
    assert found["overpotential"].flags == ("glyph_repaired",)
    assert (found["overpotential"].value, found["overpotential"].value_reported) == (18, "\ufffd18")
    thickness = next(m for name, m in found.items() if name.endswith("thickness"))
    assert (thickness.value, thickness.flags) == (20, ("unit_repaired",))


def test_a_clean_table_carries_no_flags() -> None:
    rows = ("Sample | Overpotential (mV) | Thickness of the film (µm)", "PAN/SiO2 | −18 | 20")
    assert [m.flags for m in mined(*rows)] == [(), ()]


# --- evidence


def test_the_evidence_of_a_table_on_its_side_is_the_printed_row() -> None:
    found = mined("Property | bare Cu | PAN/SiO2", "CE (%) | 91.2 | 98.4", "Overpotential (mV) | 64 | 18")
    assert {m.evidence.text for m in found if m.metric == "overpotential"} == {"Overpotential (mV) | 64 | 18"}


# --- what is no table of results


@pytest.mark.parametrize(
    "rows",
    [
        ("Sample | CE (%)",),
        ("Name | Year", "PAN | 2019", "PMMA | 2020"),
        ("a | b", "1 | 2"),
    ],
)
def test_tables_without_results(rows: tuple[str, ...]) -> None:
    assert mined(*rows) == []


CELLS = st.sampled_from(
    ["Sample", "CE (%)", "Overpotential (mV)", "98.4", "bare Cu", "PAN", "", "-", "5 mV", "Current density (mA cm^-2)",
     "T (K)", "[3]", "10^-4 S cm^-1", "(10^-4 S cm^-1)", "1–3", "cycles kg-1", "N/P ratio",
     "Ionic conductivity (10^-4 S cm^-1)", "|"]
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map(" | ".join), min_size=1, max_size=5))
def test_any_table_gives_sound_records(rows: list[str]) -> None:
    text = table(*rows)
    for m in mine(read_text_string(text, markdown=True)).measurements:
        assert any(c.isdigit() for c in text[m.evidence.start : m.evidence.end])
        assert m.value_max is None or m.value_max >= m.value
