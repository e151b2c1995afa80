"""Names of metrics in a text, and which of them a number belongs to."""

from __future__ import annotations

import pytest

from extractors.cues import Reading, find_cues, metrics_of_kind, nearest_cue, words_between
from extractors.kinds import kind_of
from extractors.quantities import find_quantities
from schema.vocabulary import vocabulary


def named(text: str) -> list[tuple[str, str]]:
    return [(text[c.start : c.end], c.metric) for c in find_cues(text, 0, len(text))]


def owner(text: str, number: str) -> str | None:
    """The metric whose name is nearest to a number, among those of its kind and of voltages."""
    found = find_quantities(text)
    q = next(q for q in found if text[q.start : q.end] == number)
    cue = nearest_cue(q, text, find_cues(text, 0, len(text)), found)
    return cue.metric if cue else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Coulombic efficiency", [("Coulombic efficiency", "coulombic_efficiency")]),
        ("the COULOMBIC  EFFICIENCY", [("COULOMBIC  EFFICIENCY", "coulombic_efficiency")]),
        ("the coulombic-efficiency", [("coulombic-efficiency", "coulombic_efficiency")]),
        ("a CE of", [("CE", "coulombic_efficiency")]),
        ("the ICE is", [("ICE", "initial_coulombic_efficiency")]),
        ("nucleation overpotential", [("nucleation overpotential", "nucleation_overpotential")]),
        ("mass-transfer overpotential", [("mass-transfer overpotential", "mass_transfer_overpotential")]),
        (
            "an overpotential and a hysteresis",
            [("overpotential", "overpotential"), ("hysteresis", "voltage_hysteresis")],
        ),
        ("ionic conductivity", [("ionic conductivity", "ionic_conductivity")]),
        ("electronic conductivity", [("electronic conductivity", "electronic_conductivity")]),
        ("Rct", [("Rct", "charge_transfer_resistance")]),
        ("N/P ratio", [("N/P ratio", "np_ratio")]),
        ("Young’s modulus", [("Young’s modulus", "elastic_modulus")]),
    ],
)
def test_names_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text", ["the ice melts", "once and CEO", "nothing", "", "an ACED test", "the ra of it", "pre-CE", "CEs2"]
)
def test_no_name_is_found(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize("name", sorted(vocabulary().metrics))
def test_a_metric_is_found_by_each_of_its_names(name: str) -> None:
    lives = {"cycle_count", "cycling_hours"}
    for synonym in (name.replace("_", " "), *vocabulary().metrics[name].synonyms):
        found = find_cues(f"its {synonym} was", 0, len(synonym) + 8)
        metrics = {c.metric for c in found if c.start == 4 and c.end == 4 + len(synonym)}
        assert metrics == {name} or metrics <= lives, synonym


def test_a_stretch_is_kept_to() -> None:
    text = "overpotential, hysteresis, overpotential"
    assert [c.start for c in find_cues(text, 3, 26)] == [15]


@pytest.mark.parametrize(
    ("text", "number", "metric"),
    [
        ("The overpotential was 40 mV.", "40", "overpotential"),
        ("A 40 mV overpotential was seen.", "40", "overpotential"),
        ("With an overpotential of 40 mV and a hysteresis of 60 mV.", "60", "voltage_hysteresis"),
        ("With an overpotential of 40 mV and a hysteresis of 60 mV.", "40", "overpotential"),
        ("The overpotential was 40 mV, while the hysteresis was 60 mV.", "40", "overpotential"),
        ("A hysteresis was seen; the cell showed 40 mV overpotential.", "40", "overpotential"),
        ("It was 40 mV.", "40", None),
    ],
)
def test_the_nearest_name_owns_a_number(text: str, number: str, metric: str | None) -> None:
    assert owner(text, number) == metric


def test_another_number_of_its_kind_stands_between() -> None:
    text = "The overpotential was 40 mV at first, then it fell with time and the hysteresis was 60 mV"
    assert owner(text, "60") == "voltage_hysteresis"


def reading(text: str, number: str) -> Reading:
    found = find_quantities(text)
    q = next(q for q in found if text[q.start : q.end] == number)
    return Reading(q, text, 0, len(text), find_cues(text, 0, len(text)), found, {})


def test_respectively_deals_a_list_out_over_metrics() -> None:
    text = "The overpotential and the hysteresis are 40 and 60 mV, respectively."
    for number, metric in (("40", "overpotential"), ("60", "voltage_hysteresis")):
        r = reading(text, number)
        assert r.dealt(r.of_kind("mV")) == metric


@pytest.mark.parametrize(
    "text",
    [
        "The overpotential and the hysteresis are 40 and 60 mV.",  # not said
        "The overpotentials of A and B are 40 and 60 mV, respectively.",  # one metric
        "The overpotential is one thing that was much discussed and measured in many labs, the hysteresis is another: "
        "40 and 60 mV, respectively.",  # not side by side
        "The overpotential and the hysteresis are 40, 50 and 60 mV, respectively.",  # not as many
    ],
)
def test_no_dealing_out(text: str) -> None:
    r = reading(text, "40")
    assert r.dealt(r.of_kind("mV")) is None


def test_a_reading_sees_no_further_than_its_sentence() -> None:
    text = "Before it. The overpotential was 40 mV then. After it."
    found = find_quantities(text)
    r = Reading(found[0], text, 11, 44, find_cues(text, 11, 44), found, {})
    assert r.sentence == "The overpotential was 40 mV then."
    assert r.before(500) == "The overpotential was "
    assert r.after(500) == " then."
    assert r.near(4, 3) == "was 40 mV th"
    assert [c.metric for c in r.named("overpotential", "porosity")] == ["overpotential"]
    assert r.named("porosity") == []


def test_every_metric_is_of_one_kind() -> None:
    kinds = {kind_of(m.unit) for m in vocabulary().metrics.values()}
    found = [m for kind in kinds for m in metrics_of_kind(kind)]
    assert sorted(found) == sorted(vocabulary().metrics)
    assert metrics_of_kind("other") == frozenset()


@pytest.mark.parametrize(("gap", "count"), [(" of the ", 2), ("", 0), (", about 3.5%, ", 2), ("Li-ion N/P", 2)])
def test_words_between(gap: str, count: int) -> None:
    assert words_between(gap, 0, len(gap)) == count
