"""Calibration: known factors are recovered with honest intervals; scores are proper; baselines are fair."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.lives import simulated_life
from kb.screening.calibrate import (
    CONTROL_RATIO,
    FEWEST_LIVES,
    INVENTORY,
    LIFE_SD,
    SHIFTED,
    Life,
    calibrate,
    crps,
    log_likelihoods,
    particles,
    weighted_quantile,
    weights_of,
)
from kb.screening.draws import study

SEED = 11
TESTS = [
    Life("", 0, 0, current, capacity, is_control=control, lithium=6.0)
    for current, capacity, control in ((0.5, 1.0, True), (1.0, 1.0, True), (1.0, 1.0, False), (2.0, 2.0, False))
]


@pytest.fixture(scope="module")
def table() -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Particles, their cells under each test, and other cells of other particles: the truths."""
    shifts, of = particles(400, SEED), study(name="synthetic")
    truths = particles(200, SEED + 1)
    cells = [simulated_life(of, test, shifts, seed=1, cells=64) for test in TESTS]
    true = [simulated_life(of, test, truths, seed=2, cells=16) for test in TESTS]
    return shifts, cells, true


def synthetic(
    true: list[np.ndarray], base: int, random: np.random.Generator, each: int = 8
) -> tuple[list[Life], list[int]]:
    """Make the lives of one base under one truth; a third of the tests was stopped at 300 h."""
    lives, tests = [], []
    for k, test in enumerate(TESTS):
        for n, cell in enumerate(random.choice(16, each, replace=False)):
            life = float(true[k][base, cell] + LIFE_SD * random.standard_normal())
            stopped = math.log(300) if n % 3 == 0 else math.inf
            low, high = (life, life) if life < stopped else (stopped, math.inf)
            lives.append(replace(test, paper=f"p{n}", low=low, high=high))
            tests.append(k)
    return lives, tests


def test_known_factors_are_recovered_over_two_hundred_synthetic_bases(
    table: tuple[np.ndarray, list[np.ndarray], list[np.ndarray]],
) -> None:
    shifts, cells, true = table
    truths, random = particles(200, SEED + 1), np.random.default_rng(SEED)
    within = {0.5: [], 0.9: []}  # type: dict[float, list[bool]]
    errors, prior_errors = [], []
    for base in range(200):
        lives, tests = synthetic(true, base, random)
        weights = weights_of(log_likelihoods(lives, [cells[k] for k in tests]).sum(axis=0))
        for s in range(len(SHIFTED)):
            for share, inside in within.items():
                low, high = weighted_quantile(shifts[:, s], weights, (0.5 - share / 2, 0.5 + share / 2))
                inside.append(bool(low <= truths[base, s] <= high))
        errors.append(abs(weights @ shifts[:, 0] - truths[base, 0]))
        prior_errors.append(abs(truths[base, 0]))
    for share, inside in within.items():
        assert np.mean(inside) == pytest.approx(share, abs=0.05), share
    assert np.mean(errors) < 0.5 * np.mean(prior_errors)


def test_lives_that_were_held_out_are_covered_as_often_as_is_said(
    table: tuple[np.ndarray, list[np.ndarray], list[np.ndarray]],
) -> None:
    shifts, cells, true = table
    random, inside = np.random.default_rng(3), {0.5: [], 0.9: []}  # type: ignore[var-annotated]
    for base in range(12):
        tests = [k for k in range(len(TESTS)) for _ in range(8)]
        drawn = [float(random.choice(true[k][base]) + LIFE_SD * random.normal()) for k in tests]
        # None was stopped early, or the lives that ended would be the short ones.
        lives = [
            replace(TESTS[k], paper=f"p{i % 8}", low=v, high=v)
            for i, (k, v) in enumerate(zip(tests, drawn, strict=True))
        ]
        by = {id(life): k for life, k in zip(lives, tests, strict=True)}
        found = calibrate(lives, lambda life, _, by=by: cells[by[id(life)]], SEED, len(shifts))  # type: ignore[misc]
        assert found.simulator is not None
        for share, values in inside.items():
            values.append(found.simulator.coverage[share])
    for share, values in inside.items():
        assert np.mean(values) == pytest.approx(share, abs=0.06), share


def test_below_twenty_lives_there_is_no_coverage() -> None:
    lives = [Life(f"p{i}", 5.0, 5.0, 1.0, 1.0) for i in range(FEWEST_LIVES - 1)]
    found = calibrate(lives, lambda life, shifts: np.full((len(shifts), 4), 5.0), n=32)
    assert (found.lives, found.simulator, found.against, found.beats) == (FEWEST_LIVES - 1, None, {}, False)
    assert calibrate([], lambda life, shifts: np.zeros((len(shifts), 4)), n=32).lives == 0


def paired(n: int, ratio: float, noise: float) -> list[Life]:
    random = np.random.default_rng(0)
    lives: list[Life] = []
    for i in range(n):
        control = float(random.normal(5, 1))
        lives.append(Life(f"p{i}", control, control, 1.0, 1.0, is_control=True))
        treated = control + ratio + noise * float(random.normal())
        lives.append(Life(f"p{i}", treated, treated, 1.0, 1.0, control=2 * i, efficiency=0.98, name="x"))
    return lives


def test_a_simulator_that_knows_nothing_does_not_beat_the_control_s_ratio() -> None:
    found = calibrate(paired(15, 1.0, 0.1), lambda life, shifts: np.tile(np.linspace(3, 7, 32), (len(shifts), 1)), n=32)
    ours, theirs = found.against[CONTROL_RATIO]
    assert theirs.crps < ours.crps
    assert not found.beats
    assert INVENTORY in found.against


def test_a_simulator_that_knows_all_beats_both_baselines() -> None:
    lives = paired(15, 1.0, 0.6)
    known = lambda life, shifts: np.full((len(shifts), 8), life.low)  # noqa: E731
    found = calibrate(lives, known, n=32)
    assert found.beats
    assert found.correlation == pytest.approx(1.0, abs=0.15)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20), st.floats(-5, 5))
def test_the_score_is_that_of_its_definition(values: list[float], truth: float) -> None:
    x = np.array(values)
    w = np.full(len(x), 1 / len(x))
    defined = np.abs(x - truth).mean() - 0.5 * np.abs(x[:, None] - x[None, :]).mean()
    assert crps(x, w, truth) == pytest.approx(defined, abs=1e-9)


def test_a_bound_counts_by_the_chance_to_live_on() -> None:
    cells = np.array([[3.0] * 4, [6.0] * 4])
    over = log_likelihoods([Life("p", 5.0, math.inf, 1, 1)], [cells])[0]
    assert over[1] == pytest.approx(0.0, abs=1e-3)
    assert over[0] < -15
    under = log_likelihoods([Life("p", -math.inf, 5.0, 1, 1)], [cells])[0]
    assert under[0] == pytest.approx(0.0, abs=1e-3)
    between = log_likelihoods([Life("p", 2.0, 4.0, 1, 1)], [cells])[0]
    assert between[0] == pytest.approx(math.log(2 * 0.99957 - 1), abs=1e-2)
