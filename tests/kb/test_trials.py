"""Coatings tried out: steps of round numbers, and where each number is from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.simulation import simulate_reported
from kb.trials import USUAL, Level, Trial, level, stepped
from schema.errors import OutOfRange, UnitMismatch

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("trials") / "kb.sqlite"
    with KnowledgeBase(path, read_only=False) as base:
        base.ingest([CORPUS])
        return base.trial("PMMA/PVDF on Cu", "10.1039/d1ma00121c").known


def levels(trial):
    found = trial.simulated(64, whole=False)
    return {key: level(found, key, trial.told) for key in USUAL}


def test_a_what_if_is_all_priors():
    found = levels(Trial())
    assert {found[key].origin for key in ("current", "capacity", "lithium")} == {"assumed"}
    assert found["thickness"].is_prior
    assert found["coulombic_efficiency"].origin == "follows"


def test_what_is_reported_names_its_measurement(known):
    found = levels(Trial(known))
    assert found["coulombic_efficiency"].origin.startswith("reported #")
    assert not found["coulombic_efficiency"].is_prior


def test_a_setting_takes_its_place_and_is_taken_back(known):
    trial = Trial(known).setting("thickness", "800 nm")
    one = levels(trial)["thickness"]
    assert (one.origin, one.words) == ("set", "0.8 µm")
    assert levels(trial.without("thickness"))["thickness"].origin == levels(Trial(known))["thickness"].origin


def test_the_ends_of_a_slider_stay():
    trial = Trial()
    before = levels(trial)["thickness"]
    after = levels(trial.setting("thickness", "1 um"))["thickness"]
    assert (before.least, before.most) == (after.least, after.most)


@pytest.mark.parametrize(("text", "error"), [("5 V", UnitMismatch), ("0", OutOfRange), ("thick", OutOfRange)])
def test_what_cannot_be_set_is_refused(text, error):
    with pytest.raises(error):
        Trial().setting("current", text)


@given(st.floats(1e-6, 1e6), st.sampled_from([1, -1]))
def test_steps_go_to_round_numbers_beyond(value, by):
    one = Level("thickness", "um", value, value, value, value / 30, value * 30, "set")
    number, unit = stepped(one, by).split()
    assert unit == "um"
    assert (float(number) > value) == (by > 0)
    assert 0.5 < float(number) / value < 2
    digits = float(number) / 10 ** math.floor(math.log10(float(number)) + 1e-9)
    assert round(digits, 3) == round(digits, 1)


@given(st.floats(50, 99.99), st.sampled_from([1, -1]))
def test_an_efficiency_steps_by_its_loss_and_never_reaches_all(value, by):
    one = Level("coulombic_efficiency", "percent", value, value, value, 50, 100, "set")
    number = float(stepped(one, by).split()[0])
    assert (number > value) == (by > 0)
    assert number < 100


def test_a_trial_comes_to_what_the_command_comes_to(known):
    from kb.screening.outcome import Run

    trial = Trial(known).setting("thickness", "1um").setting("current", "2")
    mine = trial.simulated(128, whole=True)
    theirs = simulate_reported(known, protocol={"current": 2}, settings={"thickness": "1um"}, run=Run(128))
    assert (mine.outcome.cycles == theirs.outcome.cycles).all()
    assert mine.efficiencies() == theirs.efficiencies()
    assert not any("Sobol" in text for text in mine.caveats)
