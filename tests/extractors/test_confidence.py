"""Confidence: clues are noted as a record is read, and weigh as the model says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.confidence import (
    AGAIN,
    ELSEWHERE,
    MODEL,
    TARGETS,
    TWO_SAMPLES,
    Model,
    clues_of,
    model,
    rated,
    read_model,
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
    assert {"metric named", "metric named beside it", "results in the sentence: one"} <= set(found.clues)
    assert any(clue.startswith("sample ") for clue in found.clues)
    assert {"current density told with it", "areal capacity not told"} <= set(clues_of(found))


def test_a_name_far_off_is_another_clue() -> None:
    gap = "measured after many long and careful days of work by all of us on this and that bench in the cellar was "
    (found,) = read(f"The Coulombic efficiency of the PVDF-coated Cu electrode {gap}98.3%.")
    assert "metric named beside it" not in found.clues


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
    clues = clues_of(told(conditions=carried, flags=("glyph_repaired", "conflicts_with:3"), is_control=True))
    assert {"current density carried over", "flag glyph_repaired", "sample the control"} <= set(clues)
    assert not any("conflicts" in clue for clue in clues)


def test_what_is_out_of_range_is_doubted() -> None:
    (bad,), (good,) = rated([told(flags=("out_of_range",))]), rated([told()])
    assert bad.confidence < good.confidence - 0.1


@given(st.lists(st.sampled_from(sorted({*model().weights["value"], *model().weights["strict"], "unheard of"}))))
def test_a_chance_is_one_and_no_record_is_surer_as_a_whole_than_in_its_value(clues: list[str]) -> None:
    (found,) = rated([told(clues=tuple(clues))])
    assert 0 < found.confidence < 1
    assert found.confidence_strict is not None
    assert 0 < found.confidence_strict <= found.confidence


def test_weights_add_in_log_odds_and_the_unheard_of_weighs_nothing() -> None:
    weights = Model({"value": 0.0}, {"value": {"a": 2.0, "b": -2.0}}, {"c": 1.0}, {})
    assert weights.chance([], "value") == weights.chance(["a", "b", "unheard of"], "value") == 0.5
    assert weights.chance(["a"], "value") == pytest.approx(0.8808, abs=1e-4)
    assert weights.chance(["c"], "value") > 0.5


def test_the_model_that_is_shipped_says_what_it_was_learned_from() -> None:
    shipped = read_model(MODEL)
    assert set(shipped.intercepts) == set(TARGETS)
    assert shipped.provenance["records"] > 0
    assert len(shipped.provenance["papers"]) >= 3


def test_a_model_of_ones_own_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    assert model() is read_model(MODEL)
    own = "[value]\nintercept = 0\n[value.weights]\n[strict]\nintercept = -1\n[strict.weights]\n"
    (tmp_path / "confidence.toml").write_text(own, "utf-8")
    assert rated([told()])[0].confidence == 0.5
    bad = tmp_path / "bad.toml"
    for text in ("[value", "[value]\nintercept = 0\n"):
        bad.write_text(text, "utf-8")
        with pytest.raises(BadVocabulary, match=r"bad\.toml: is no model of confidence .*kb calibrate-confidence"):
            read_model(bad)
