"""Shrinkage: its two limits, REML against its closed form and statsmodels, censoring against what it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm, truncnorm

from kb.screening.shrinkage import TAU_UNKNOWN, Intervals, draw, fit, shrink
from schema.errors import OutOfRange

EFFECTS = st.lists(st.floats(-3, 3), min_size=1, max_size=8)


@given(EFFECTS, st.floats(-2, 2), st.floats(0.05, 1.0))
def test_without_spread_between_papers_all_are_the_mean_with_endless_spread_each_is_its_own(
    y: list[float], mu: float, sd: float
) -> None:
    mean, left = shrink(y, sd, mu, 0.0)
    assert np.allclose(mean, mu)
    assert np.allclose(left, 0.0)
    mean, left = shrink(y, np.full(len(y), sd), mu, np.inf)
    assert np.allclose(mean, y)
    assert np.allclose(left, sd)
    assert np.allclose(shrink(y, sd, mu, 1e-9)[0], mu)
    assert np.allclose(shrink(y, sd, mu, 1e6)[0], y, atol=1e-6)


def closed_form_reml(y: np.ndarray, sd: np.ndarray) -> float:
    """REML for a random-effects meta-analysis, written out (Viechtbauer, J. Educ. Behav. Stat. 30, 261 (2005))."""

    def negative(tau: float) -> float:
        w = 1 / (tau**2 + sd**2)
        mu = (w * y).sum() / w.sum()
        return float(0.5 * np.sum(np.log(tau**2 + sd**2)) + 0.5 * np.log(w.sum()) + 0.5 * np.sum(w * (y - mu) ** 2))

    return float(minimize_scalar(negative, bounds=(0, 5), method="bounded", options={"xatol": 1e-6}).x)


@pytest.mark.parametrize("seed", range(5))
def test_tau_is_that_of_restricted_maximum_likelihood(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sd = rng.uniform(0.1, 0.5, 12)
    y = rng.normal(0.8, 0.7, 12) + sd * rng.standard_normal(12)
    found = fit(Intervals.of(y, y, sd))
    tau = closed_form_reml(y, sd)
    w = 1 / (tau**2 + sd**2)
    assert found.tau == pytest.approx(tau, abs=2e-3)
    fixed = fit(Intervals.of(y, y, sd), tau=tau)
    assert fixed.mean == pytest.approx((w * y).sum() / w.sum(), abs=1e-4)
    assert fixed.mean_sd == pytest.approx(w.sum() ** -0.5, rel=0.01)


def test_tau_is_that_of_statsmodels_where_papers_have_equal_replicates() -> None:
    api = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    rng = np.random.default_rng(3)
    papers, cells = 15, 4
    raw = rng.normal(0, 0.8, papers)[:, None] + rng.normal(0, 0.4, (papers, cells))
    groups = np.repeat(np.arange(papers), cells)
    oracle = api.MixedLM(raw.ravel(), np.ones(papers * cells), groups).fit(reml=True)
    means, sd = raw.mean(axis=1), float(np.sqrt(oracle.scale / cells))
    assert fit(Intervals.of(means, means, sd)).tau == pytest.approx(float(oracle.cov_re[0, 0]) ** 0.5, rel=0.01)


def test_alike_papers_have_no_spread() -> None:
    assert fit(Intervals.of([1.0] * 5, [1.0] * 5, 0.4)).tau == 0.0


def test_too_few_effects_take_the_assumed_spread_and_say_so() -> None:
    found = fit(Intervals.of([1.0, 2.0], [1.0, 2.0], 0.3))
    assert (found.tau, found.assumed) == (TAU_UNKNOWN, True)
    nothing = fit(Intervals.of([], [], []))
    assert nothing.mean == pytest.approx(0.0, abs=1e-9)


def test_a_bound_moves_the_mean_its_way_but_is_no_value() -> None:
    values = [0.0, 0.2, -0.2, 0.1]
    plain = fit(Intervals.of(values, values, 0.3))
    bounded = fit(Intervals.of([*values, 1.0], [*values, np.inf], 0.3))
    as_value = fit(Intervals.of([*values, 1.0], [*values, 1.0], 0.3), tau=bounded.tau)
    assert bounded.mean > plain.mean
    theta = draw(Intervals.of([*values, 1.0], [*values, np.inf], 0.3), bounded, np.random.default_rng(0), 4000)
    assert theta[:, 4].mean() > as_value.mean


def test_a_censored_effect_is_drawn_from_the_truncated_class() -> None:
    effects = Intervals.of([1.0], [np.inf], [1e-6])
    known = fit(Intervals.of([-0.5, 0.0, 0.5] * 20, [-0.5, 0.0, 0.5] * 20, 0.1), tau=1.0)
    theta = draw(effects, known, np.random.default_rng(1), 20000)[:, 0]
    assert theta.min() > 0.999
    assert theta.mean() == pytest.approx(truncnorm(1.0, np.inf).mean(), abs=0.05)


def test_an_effect_of_which_nothing_is_known_is_one_of_its_class() -> None:
    values = np.random.default_rng(2).normal(1.0, 0.5, 30)
    found = fit(Intervals.of(values, values, 0.1))
    theta = draw(Intervals.of([-np.inf], [np.inf], [0.4]), found, np.random.default_rng(3), 20000)[:, 0]
    assert theta.mean() == pytest.approx(found.mean, abs=0.02)
    assert theta.std() == pytest.approx(np.hypot(found.tau, found.mean_sd), rel=0.06)


def test_true_effects_are_covered_as_often_as_is_said() -> None:
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(60):
        theta = rng.normal(0.5, 0.6, 15)
        y = theta + rng.normal(0, 0.4, 15)
        stopped = np.where(np.arange(15) % 3 == 0, 0.7, np.inf)  # every third test was stopped there
        low, high = np.minimum(y, stopped), np.where(y > stopped, np.inf, y)
        known = Intervals.of(low, high, 0.4)
        drawn = draw(known, fit(known), rng, 500)
        a, b = np.quantile(drawn, [0.05, 0.95], axis=0)
        inside.append(np.mean((a <= theta) & (theta <= b)))
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)


def test_the_mean_of_exact_effects_is_normal() -> None:
    y = np.array([0.1, 0.5, 0.9, 1.4])
    found = fit(Intervals.of(y, y, 0.3), tau=0.4)
    sd = 0.5 / 2
    expected = norm(y.mean(), sd).pdf(found.mu)
    assert np.allclose(found.weight[0], expected / expected.sum(), atol=1e-6)


@pytest.mark.parametrize(("low", "high", "sd"), [(1, 0, 1), (0, 0, 0), (np.nan, 1, 1), (0, 1, np.inf)])
def test_what_is_no_interval_is_refused(low: float, high: float, sd: float) -> None:
    with pytest.raises(OutOfRange):
        Intervals.of([low], [high], [sd])
