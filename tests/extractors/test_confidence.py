"""Confidence: clues are noted as a record is read, and weigh as the model says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import confidence, linking
from extractors.confidence import (
    AGAIN,
    ELSEWHERE,
    MODEL,
    PARTS,
    TWO_SAMPLES,
    Model,
    clues_of,
    model,
    rated,
    rated_again,
    read_model,
    shifted,
)
from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.errors import BadVocabulary
from schema.records import Conditions, Evidence, Measurement, Subject

FILM = Subject("PAN film", ("PAN",))


def read(text: str) -> list[Measurement]:
    return list(mine(read_text_string(text)).measurements)


def told(**changes: object) -> Measurement:
    plain = Measurement("porosity", 41.0, "percent", FILM, Evidence("41%", 0, 2))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_clues_tell_how_metric_and_sample_were_found() -> None:
    (found,) = read("The PVDF-coated Cu electrode has a Coulombic efficiency of 98.3% at 1 mA cm-2.")
    assert {"metric: named", "metric named: beside it", "results in the sentence: one"} <= set(found.clues)
    assert "link: nearest, in its clause" in found.clues
    assert "conditions: one of two" in clues_of(found)


def test_a_name_far_off_is_another_clue() -> None:
    gap = "measured after many long and careful days of work by all of us on this and that bench in the cellar was "
    (found,) = read(f"The Coulombic efficiency of the PVDF-coated Cu electrode {gap}98.3%.")
    assert "metric named: beside it" not in found.clues


def test_a_fact_said_again_elsewhere_is_noted() -> None:
    said = "The PVDF-coated Cu electrode has a Coulombic efficiency of 98.3%."
    (found,) = read(f"Abstract\n\n{said}\n\nConclusions\n\n{said}\n")
    assert AGAIN in found.clues
    assert (ELSEWHERE in found.clues) is ("no heading" not in " ".join(clues_of(found)))


def test_one_value_of_two_samples_is_noted() -> None:
    twice = rated([told(), told(subject=Subject("PVDF film", ("PVDF",))), told(value=3.0)])
    assert [TWO_SAMPLES in m.clues for m in twice] == [True, True, False]
    assert twice[0].confidence < rated([told()])[0].confidence


def test_carried_conditions_and_flags_are_clues() -> None:
    carried = Conditions(current_density_mA_cm2=1.0, conditions_far=("current_density_mA_cm2",))
    flags = ("glyph_repaired", "conflicts_with:3", "agreed")
    clues = clues_of(told(conditions=carried, flags=flags, is_control=True))
    assert {"flag: glyph_repaired", "control: yes", "conditions: told of no cell"} <= set(clues)
    assert not any("conflicts" in clue or "agreed" in clue for clue in clues)


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        (Conditions(), "neither"),
        (Conditions(current_density_mA_cm2=1.0), "one of two"),
        (Conditions(current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=1.0), "both, told with it"),
        (
            Conditions(
                current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=1.0, conditions_far=("areal_capacity_mAh_cm2",)
            ),
            "both, carried over",
        ),
    ],
)
def test_what_is_read_off_a_cell_has_conditions(conditions: Conditions, wanted: str) -> None:
    assert f"conditions: {wanted}" in clues_of(told(metric="coulombic_efficiency", conditions=conditions))
    assert "conditions: no cell" in clues_of(told())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The PVDF-coated Cu electrode has a Coulombic efficiency of 98.3%.", "nearest, in its clause"),
        (
            "The PVDF-coated Cu electrode, after a rest, has a Coulombic efficiency of 98.3%.",
            "nearest, in its sentence",
        ),
        ("A Coulombic efficiency of 98.3% was the result when we coated with PVDF.", "nearest, behind the value"),
        (
            "The Coulombic efficiencies of PVDF-coated Cu and PAN-coated Cu are 98.3% and 97.1%, respectively.",
            "by the wording",
        ),
        ("The PVDF-coated Cu electrode is smooth. Its Coulombic efficiency is 98.3%.", "carried over"),
    ],
)
def test_a_link_is_told_by_its_kind(text: str, wanted: str) -> None:
    assert f"link: {wanted}" in read(text)[0].clues


def test_every_rule_of_linking_has_a_kind_of_link() -> None:
    source = Path(linking.__file__).read_text("utf-8")
    rules = set(re.findall(r'(?:_done|_in_list|Link)\(.*, "([^"]+)"\)', source))
    assert len(rules) > 10
    assert rules - {"nearest in the sentence"} == set(confidence._LINKS)


def test_what_is_out_of_range_is_doubted() -> None:
    (bad,), (good,) = rated([told(flags=("out_of_range",))]), rated([told()])
    assert bad.confidence < good.confidence - 0.1


@given(st.lists(st.sampled_from(sorted({*(clue for part in PARTS for clue in model().weights[part]), "unheard of"}))))
def test_a_chance_is_one_and_no_record_is_surer_as_a_whole_than_in_its_value(clues: list[str]) -> None:
    (found,) = rated([told(clues=tuple(clues))])
    assert 0 < found.confidence <= 1
    assert found.confidence_strict is not None
    assert 0 < found.confidence_strict <= found.confidence


def test_weights_add_in_log_odds_and_the_unheard_of_weighs_nothing() -> None:
    learned = {"value": {"a": 2.0, "b": -2.0}, "sample": {"a": -2.0}, "conditions": {}}
    weights = Model(dict.fromkeys(PARTS, 0.0), learned, {"c": 1.0}, {})
    assert weights.chance([], "value") == weights.chance(["a", "b", "unheard of"], "value") == 0.5
    assert weights.chance(["a"], "value") == pytest.approx(0.8808, abs=1e-4)
    assert weights.chance(["c"], "value") > 0.5 == weights.chance(["c"], "sample")
    assert weights.chance_of_all(["a"]) == pytest.approx(0.8808 * 0.1192 * 0.5, abs=1e-4)
    assert weights.reasons(["a", "b"]) == "b (-2.0)"  # what speaks for the value speaks against the sample


@given(st.floats(0, 1), st.floats(-4, 4))
def test_a_shift_keeps_chances_chances_and_undoes_itself(chance: float, shift: float) -> None:
    moved = shifted(chance, shift)
    assert 0 <= moved <= 1
    assert (moved - chance) * shift >= -1e-12
    assert shifted(moved, -shift) == pytest.approx(chance, abs=1e-9)


def test_a_second_miner_moves_the_whole_as_it_moves_the_value() -> None:
    (before,) = rated([told()])
    agrees, does_not = rated_again(before, agrees=True), rated_again(before, agrees=False)
    assert does_not.confidence < before.confidence < agrees.confidence
    assert before.confidence_strict is not None
    for after in (agrees, does_not):
        assert after.confidence_strict == pytest.approx(
            before.confidence_strict * after.confidence / before.confidence, abs=2e-3
        )
        assert after.clues[-1].startswith("second miner: ")


def test_the_model_that_is_shipped_says_what_it_was_learned_from() -> None:
    shipped = read_model(MODEL)
    assert set(shipped.intercepts) == set(PARTS)
    assert shipped.provenance["records"] > 0
    assert len(shipped.provenance["papers"]) >= 3


def test_a_model_of_ones_own_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    assert model() is read_model(MODEL)
    own = "".join(f"[{part}]\nintercept = 0\n[{part}.weights]\n" for part in PARTS)
    (tmp_path / "confidence.toml").write_text(own, "utf-8")
    assert (rated([told()])[0].confidence, rated([told()])[0].confidence_strict) == (0.5, 0.125)
    bad = tmp_path / "bad.toml"
    for text in ("[value", "[value]\nintercept = 0\n[value.weights]\n"):
        bad.write_text(text, "utf-8")
        with pytest.raises(BadVocabulary, match=r"bad\.toml: is no model of confidence .*kb calibrate-confidence"):
            read_model(bad)
