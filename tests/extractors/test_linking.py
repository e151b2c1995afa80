"""Which sample a value belongs to: each rule of ``linking.py`` with a passage for it and one against it."""

from __future__ import annotations

import pytest

from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string

SKIN = ("PAN", "SiO2")
HEAD = "A PAN/SiO2 skin for lithium metal anodes\n\nResults\n\n"
REVIEW = "Skins for lithium metal anodes: a critical review\n\nResults\n\n"
Owner = tuple[float, str, bool]


def owners(text: str, head: str = HEAD) -> list[Owner]:
    """Value, components and control flag of each record."""
    found = mine(read_text_string(f"{head}{text}\n")).measurements
    return [(m.value, " ".join(m.subject.components), m.is_control) for m in found]


def skin(value: float) -> Owner:
    return value, "PAN SiO2", False


def bare(value: float, of: str = "Cu") -> Owner:
    return value, of, True


@pytest.mark.parametrize(
    "text",
    [
        "The overpotentials of bare Cu and PAN/SiO2-coated Cu are 61 and 18 mV, respectively.",
        "The overpotentials with bare Cu and with the coated electrode were found to be 61 and 18 mV, respectively.",
        "For bare Cu and the coated Cu, overpotentials of 61 and 18 mV, respectively, were found.",
        "Overpotentials of 61 and 18 mV were found on bare Cu and PAN/SiO2-coated Cu, respectively.",
        "The overpotential was 61 and 18 mV on bare Cu and PAN/SiO2-coated Cu.",
        "Bare Cu and the coated Cu were cycled. The overpotentials are 61 and 18 mV, respectively.",
    ],
)
def test_respectively_deals_values_out_over_samples(text: str) -> None:
    assert owners(text) == [bare(61), skin(18)]


def test_respectively_deals_three_out() -> None:
    text = "The overpotentials of bare Cu, PAN alone and PAN/SiO2-coated Cu are 61, 44 and 18 mV, respectively."
    assert owners(text) == [bare(61), bare(44, "PAN"), skin(18)]


def test_respectively_over_metrics_leaves_the_sample_alone() -> None:
    text = (
        "The overpotential and the hysteresis of the coated electrode, not of bare Cu, are 18 and 40 mV, respectively."
    )
    assert {o[0] for o in owners(text)} == {18, 40}
    text = "The overpotential and the hysteresis of the coated electrode are 18 and 40 mV, respectively."
    assert owners(text) == [skin(18), skin(40)]


def test_respectively_over_currents_leaves_the_sample_alone() -> None:
    text = "Unlike bare Cu, the coated Cu shows overpotentials of 18 and 30 mV at 1 and 2 mA cm−2, respectively."
    assert owners(text) == [skin(18), skin(30)]


def test_a_list_without_respectively() -> None:
    assert owners("The overpotentials of PAN/SiO2-coated Cu and bare Cu are 18 and 61 mV.") == [skin(18), bare(61)]


@pytest.mark.parametrize(
    "text",
    [
        "The PAN/SiO2-coated Cu has a lower overpotential than bare Cu (18 versus 61 mV).",
        "The PAN/SiO2-coated Cu has a lower overpotential than bare Cu (18 mV vs. 61 mV).",
        "The coated Cu has a lower overpotential than bare Cu, 18 mV compared to 61 mV.",
        "The coated Cu has a lower overpotential than bare Cu: 18 mV instead of 61 mV.",
    ],
)
def test_a_versus_pair_goes_to_the_subject_and_its_standard(text: str) -> None:
    assert owners(text) == [skin(18), bare(61)]


def test_an_unnamed_second_of_a_pair_is_a_control() -> None:
    assert [(v, c) for v, _, c in owners("The overpotential of the coated Cu was 18 mV compared to 61 mV.")] == [
        (18, False),
        (61, True),
    ]


def test_a_slash_is_no_versus() -> None:
    text = "The first charge/discharge capacity of the coated cell was 201/186 mAh g−1."
    assert owners(text) == [skin(201), skin(186)]


@pytest.mark.xfail(strict=True, reason="of a versus pair, a sample behind the second number is not taken for its owner")
def test_a_versus_pair_whose_second_is_named_behind_it() -> None:
    found = owners("The overpotential of the PAN/SiO2-coated Li was 18 versus 61 mV for PVDF-coated Li.")
    assert found[1][:2] == (61, "PVDF")


@pytest.mark.parametrize(
    "text",
    [
        "The interfacial resistance was reduced from 400 to 20 Ω cm2 by the coating.",
        "With the coating, the interfacial resistance dropped from 400 Ω cm2 to 20 Ω cm2.",
        "The coating lowered the interfacial resistance from 400 to 20 Ω cm2.",
    ],
)
def test_a_change_by_treatment_begins_at_the_control(text: str) -> None:
    assert owners(text) == [(400, "PAN SiO2", True), skin(20)]


@pytest.mark.parametrize(
    "text",
    [
        "The interfacial resistance of the coated cell grew from 20 to 40 Ω cm2 after 100 cycles.",
        "The interfacial resistance of the coated cell grew from 20 to 40 Ω cm2 over time.",
        "After 30 days the resistance of the coated cell grew from 20 to 40 Ω cm2.",
    ],
)
def test_a_change_in_time_is_of_one_sample(text: str) -> None:
    assert owners(text) == [skin(20), skin(40)]


def test_a_change_in_time_of_the_control_is_the_controls() -> None:
    text = "The interfacial resistance of bare Li grew from 20 to 40 Ω cm2 after 100 cycles."
    assert owners(text) == [bare(20, "Li"), bare(40, "Li")]


@pytest.mark.parametrize(
    "text",
    [
        "The overpotential of PAN/SiO2-coated Cu (18 mV) is below that of bare Cu (61 mV).",
        "Of PAN/SiO2-coated Cu (~18 mV) and bare Cu (only 61 mV), the overpotentials differ.",
        "The overpotential of the coated electrode [18 mV] beats bare Cu [61 mV].",
    ],
)
def test_a_bracket_belongs_to_the_sample_before_it(text: str) -> None:
    assert owners(text) == [skin(18), bare(61)]


def test_a_bracket_may_name_the_sample_itself() -> None:
    assert owners("An overpotential of 61 mV (bare Cu) was cut to 18 mV (PAN/SiO2-coated Cu).") == [bare(61), skin(18)]
    assert owners("The cells ran for 900 h (bare Cu: 210 h).") == [skin(900), bare(210)]


def test_a_bracket_behind_another_word_goes_to_the_sentence() -> None:
    text = "Compared with bare Cu and all that is known of it (Fig. 2), the coated Cu has an overpotential of 18 mV."
    assert owners(text) == [skin(18)]


@pytest.mark.parametrize(
    "text",
    [
        "An overpotential of 18 mV was obtained for the coated electrode, while 61 mV was seen for bare Cu.",
        "We found an overpotential of 18 mV with the coated electrode but of 61 mV with bare Cu.",
        "Overpotentials of 18 mV for the coated electrode and of 61 mV for bare Cu were found.",
    ],
)
def test_the_sample_right_behind_a_value_owns_it(text: str) -> None:
    assert owners(text) == [skin(18), bare(61)]


def test_a_clause_of_the_standard_is_the_standards() -> None:
    text = "Compared with bare Cu, whose overpotential is 61 mV, the coated Cu shows an overpotential of 18 mV."
    assert owners(text) == [bare(61), skin(18)]


def test_what_a_value_is_only_compared_with_does_not_own_it() -> None:
    assert owners("The overpotential of the coated Cu is 18 mV, lower than that of bare Cu.") == [skin(18)]
    assert owners("Compared with bare Cu, the overpotential is only 18 mV.") == [skin(18)]
    assert owners("The overpotential of the coated Cu is 18 mV, lower than that of bare Cu of 61 mV.") == [
        skin(18),
        bare(61),
    ]


def test_the_last_sample_before_a_value_owns_it() -> None:
    text = "While the bare Cu reached an overpotential of 61 mV, the coated Cu held an overpotential of 18 mV."
    assert owners(text) == [bare(61), skin(18)]


def test_a_material_inside_a_sample_does_not_take_its_place() -> None:
    assert owners("The PAN/SiO2-coated Cu, rich in LiF, has an overpotential of 18 mV.") == [skin(18)]


def test_the_first_sample_behind_a_value_owns_it_where_none_is_before() -> None:
    assert owners("An overpotential of 61 mV is all that bare Cu gives.") == [bare(61)]
    assert owners("At an overpotential of 18 mV it runs, while bare Cu dies.") == [skin(18)]


def test_without_it_is_the_control() -> None:
    text = "With the coating, the overpotential is 18 mV; without the coating, it is 61 mV."
    assert owners(text) == [skin(18), bare(61, "")]
    assert owners("An overpotential of 61 mV without the coating was seen.") == [bare(61, "")]


def test_a_sentence_without_a_sample_goes_on_with_the_last_subject() -> None:
    assert owners("The bare Cu failed early. The overpotential was 61 mV.") == [bare(61)]
    assert owners("The coated Cu, unlike bare Cu, ran on. The overpotential was 18 mV.") == [skin(18)]


def test_a_new_start_does_not_go_on_with_a_control() -> None:
    assert owners("The bare Cu failed early. Moreover, an overpotential of 18 mV was seen.") == [skin(18)]


def test_a_new_paragraph_has_no_last_subject() -> None:
    assert owners("The bare Cu failed early.\n\nThe overpotential was 18 mV.") == [skin(18)]


def test_the_former_and_the_latter() -> None:
    text = "Bare Cu and the coated Cu were cycled. The former has an overpotential of 61 mV and the latter of 18 mV."
    assert owners(text) == [bare(61), skin(18)]


def test_the_protagonist_owns_what_nobody_else_does() -> None:
    assert owners("The overpotential was 18 mV.") == [skin(18)]


def test_a_review_has_no_protagonist() -> None:
    assert owners("PAN is told of. PAN is soft.\n\nThe overpotential was 18 mV.", REVIEW) == [(18, "", False)]


def test_a_review_goes_on_with_the_materials_of_the_sentence_before() -> None:
    found = owners("A film of PMMA@ZnO was made. The resulting electrode had an overpotential of 18 mV.", REVIEW)
    assert found == [(18, "PMMA ZnO", False)]


def test_electrolytes_own_no_value() -> None:
    assert owners("The PAN/SiO2-coated Cu has a CE of 98% in DOL/DME.") == [skin(98)]
    assert owners("In 1 M LiPF6 in EC/DEC, a CE of 95% was found.") == [skin(95)]
