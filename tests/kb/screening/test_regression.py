"""Regression of effects on conditions: against statsmodels, and known slopes found again, bounds among the values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.screening.regression import SLOPE_SD, regress
from kb.screening.shrinkage import Intervals, fit
from schema.errors import OutOfRange


def synthetic(random: np.random.Generator, n: int, slopes: np.ndarray, open_share: float = 0.0) -> tuple:
    x = np.column_stack([np.log(random.choice([0.5, 1.0, 2.0, 5.0], n)), np.log(random.choice([0.5, 1.0, 3.0], n))])
    x = np.column_stack([x, random.random(n) < 0.4])
    sd = random.uniform(0.3, 0.5, n)
    y = 0.8 + x @ slopes + random.normal(0, np.sqrt(0.4**2 + sd**2))
    # A test that is stopped shows less than would have come.
    stopped = random.random(n) < open_share
    low = np.where(stopped, y - random.exponential(0.5, n), y)
    return Intervals.of(low, np.where(stopped, np.inf, y), sd), x


def test_values_alone_give_what_weighted_least_squares_do() -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    effects, x = synthetic(np.random.default_rng(3), 40, np.array([-0.6, -0.3, 0.5]))
    found = regress(effects, x)
    variance = found.tau**2 + effects.sd**2
    # The ridge is a prior, and a prior is data: one more row for each slope.
    rows = np.vstack([np.column_stack([np.ones(len(x)), x]), np.eye(4)[1:]])
    weights = np.concatenate([1 / variance, np.full(3, SLOPE_SD**-2)])
    theirs = statsmodels.WLS(np.concatenate([effects.low, np.zeros(3)]), rows, weights=weights)
    theirs = theirs.fit(cov_type="fixed scale")
    assert found.coefficients == pytest.approx(theirs.params, abs=1e-6)
    assert found.covariance == pytest.approx(theirs.cov_params(), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_without_conditions_it_is_the_mean_of_a_class(seed: int) -> None:
    random = np.random.default_rng(seed)
    y = random.normal(0.5, 0.8, 12)
    effects = Intervals.of(y, np.where(random.random(12) < 0.2, np.inf, y), 0.3)
    found, whole = regress(effects, np.empty((12, 0))), fit(effects)
    assert found.coefficients[0] == pytest.approx(whole.mean, abs=0.15)
    assert found.tau == pytest.approx(whole.tau, abs=0.15)


@pytest.mark.parametrize("open_share", [0.0, 0.4])
def test_known_slopes_are_within_their_intervals_as_often_as_said(open_share: float) -> None:
    slopes, random, inside = np.array([-0.6, -0.3, 0.5]), np.random.default_rng(1), []
    for _ in range(200):
        found = regress(*synthetic(random, 50, slopes, open_share))
        inside.append(np.abs(found.coefficients[1:] - slopes) < 1.645 * np.sqrt(np.diag(found.covariance))[1:])
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)


def test_bounds_far_from_all_values_leave_numbers_finite() -> None:
    effects = Intervals.of([0.0, 0.1, 50.0, -np.inf], [0.0, 0.1, np.inf, -60.0], 0.1)
    found = regress(effects, np.array([[0.0], [0.1], [0.0], [0.1]]))
    assert np.all(np.isfinite(found.coefficients))
    assert np.all(np.isfinite(found.covariance))


def test_the_variance_of_a_shift_grows_with_how_far_it_goes() -> None:
    found = regress(*synthetic(np.random.default_rng(0), 50, np.array([-0.6, -0.3, 0.5])))
    shift, variance = found.shift(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]))
    assert shift[0] == variance[0] == 0.0
    assert variance[2] == pytest.approx(4 * variance[1])


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(OutOfRange, match="an end of each"):
        regress(Intervals.of([-np.inf], [np.inf], 0.1), np.zeros((1, 1)))
