"""How effects change with the conditions of a test: a random-effects regression in which some values are bounds.

y_j ~ N(x_j . beta, tau^2 + s_j^2), all in ln units; of a censored y_j only an interval is known.  The slopes have a
weak prior (a ridge), so that a condition that hardly varies gives a wide slope and no wild one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.screening.shrinkage import LARGEST_TAU, Intervals
from schema.errors import OutOfRange

Floats = NDArray[np.float64]

SLOPE_SD = (
    1.0  # of the prior of a slope: a factor of e for e times the current, or between two kinds of cell (judgement)
)
STEPS = 100
CLOSE = 1e-10


@dataclass(frozen=True)
class Regression:
    """What a regression came to.

    Attributes
    ----------
    coefficients : float64 array, shape (p,)
        The constant first [ln units], then slopes.
    covariance : float64 array, shape (p, p)
    tau : standard deviation between effects beyond that of their measurement [ln units]
    n : effects it rests on
    """

    coefficients: Floats
    covariance: Floats
    tau: float
    n: int

    def shift(self, apart: Floats) -> tuple[Floats, Floats]:
        """Give what differing conditions make of effects, and its variance.

        Parameters
        ----------
        apart : float64 array, shape (n, p - 1)
            Conditions less those of the reference, in the order of the slopes.

        Returns
        -------
        shift [ln units], variance [ln units^2] : float64 arrays, shape (n,)
        """
        slopes, cov = self.coefficients[1:], self.covariance[1:, 1:]
        return apart @ slopes, np.einsum("ij,jk,ik->i", apart, cov, apart)


def regress(effects: Intervals, conditions: Floats) -> Regression:
    """Fit slopes by penalised likelihood, tau by restricted likelihood (Laplace's approximation).

    Parameters
    ----------
    effects : n; each with at least one finite end
    conditions : float64 array, shape (n, p - 1)

    Raises
    ------
    OutOfRange
        Where nothing is known of an effect, or shapes do not agree.

    References
    ----------
    Tobin, Econometrica 26, 24 (1958), censored regression; Thompson & Sharp, Stat. Med. 18, 2693 (1999),
    meta-regression; physics.md section g2.

    Examples
    --------
    >>> x = np.log([0.5, 1.0, 2.0, 4.0])
    >>> y = 1.0 - 0.5 * x
    >>> regress(Intervals.of(y, y, 0.01), x[:, None]).coefficients.round(2).tolist()
    [1.0, -0.5]
    """
    from scipy.optimize import minimize_scalar

    n = len(effects.sd)
    if conditions.shape[:1] != (n,) or conditions.ndim != 2 or not np.all(effects.informative):
        raise OutOfRange("a regression needs conditions for each effect, and an end of each")
    x = np.column_stack([np.ones(n), conditions])
    ridge = np.diag([0.0, *[SLOPE_SD**-2] * conditions.shape[1]])

    def heights(log_tau: float) -> float:
        _, information, log = _peak(effects, x, ridge, float(np.exp(log_tau)))
        return -(log - 0.5 * float(np.linalg.slogdet(information)[1]))

    found = minimize_scalar(heights, bounds=(np.log(1e-3), np.log(LARGEST_TAU)), method="bounded")
    tau = float(np.exp(found.x))
    beta, information, _ = _peak(effects, x, ridge, tau)
    return Regression(beta, np.asarray(np.linalg.inv(information), np.float64), tau, n)


def _peak(effects: Intervals, x: Floats, ridge: Floats, tau: float) -> tuple[Floats, Floats, float]:
    """Find the most likely coefficients by Newton's method (the likelihood has one peak), with their information."""
    ends = np.column_stack([effects.low, effects.high])
    middle = np.where(
        np.isfinite(ends).all(axis=1), ends.mean(axis=1), np.where(np.isfinite(ends), ends, 0).sum(axis=1)
    )
    spread = np.sqrt(tau**2 + effects.sd**2)
    start = x / spread[:, None]
    beta = np.linalg.solve(start.T @ start + ridge + 1e-9 * np.eye(x.shape[1]), start.T @ (middle / spread))
    log, slope, bend = _likelihood(effects, x @ beta, spread)
    height = log - 0.5 * beta @ ridge @ beta
    for _ in range(STEPS):
        information = x.T @ (bend[:, None] * x) + ridge
        step = np.linalg.solve(information + 1e-12 * np.eye(len(beta)), x.T @ slope - ridge @ beta)
        share = 1.0
        while True:
            tried = beta + share * step
            log, slope, bend = _likelihood(effects, x @ tried, spread)
            new = log - 0.5 * tried @ ridge @ tried
            if new >= height - CLOSE or share < 1e-6:
                break
            share /= 2
        beta, gained, height = tried, new - height, new
        if abs(gained) < CLOSE:
            break
    return beta, x.T @ (bend[:, None] * x) + ridge, float(height)


def _likelihood(effects: Intervals, mean: Floats, spread: Floats) -> tuple[float, Floats, Floats]:
    """Give the log likelihood, its first derivative by the mean, and minus its second, each effect for itself."""
    from scipy.special import log_ndtr

    exact = effects.exact
    at = np.where(exact, (np.where(exact, effects.low, 0.0) - mean) / spread, 0.0)
    low, high = (effects.low - mean) / spread, (effects.high - mean) / spread
    turned = low > 0  # on the side of the mean where both ends are small numbers, so that a difference keeps its digits
    near, far = np.where(turned, -low, high), np.where(turned, -high, low)

    def density(z: Floats) -> Floats:  # over the mass between the ends; at an infinite one it is nothing
        return np.where(np.isfinite(z), np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - mass), 0.0)

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        upper = log_ndtr(near)
        mass = upper + np.log1p(-np.exp(np.minimum(log_ndtr(far) - upper, 0.0)))
        at_low, at_high = density(low), density(high)
        pull = at_low - at_high
        moment = np.where(np.isfinite(low), low * at_low, 0.0) - np.where(np.isfinite(high), high * at_high, 0.0)
    log = np.where(exact, -0.5 * at**2 - np.log(spread), mass)
    slope = np.where(exact, at, pull) / spread
    bend = np.where(exact, 1.0, np.maximum(pull**2 - moment, 0.0)) / spread**2
    return float(np.sum(log)), slope, bend
