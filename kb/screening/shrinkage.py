"""Effects of several papers shrunk to one another: a random-effects model with censoring.

theta_j ~ N(mu, tau^2), y_j ~ N(theta_j, s_j^2), all in ln units; of a censored y_j only an interval is known.  tau is
found by restricted maximum likelihood, which is the likelihood with mu integrated out; so it goes on holding where some
values are bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schema.errors import OutOfRange

Floats = NDArray[np.float64]

FEWEST = 3  # effects below which their spread says nothing
TAU_UNKNOWN = 0.5  # ln units where it cannot be found (judgement: papers differ by a factor of 1.6)
LARGEST_TAU = 5.0
GRID = 801
TAUS = 32
UNLIKELY = 6.0  # ln of the likelihood ratio beyond which a tau is left out


class Intervals(NamedTuple):
    """What is known of effects.

    Attributes
    ----------
    low, high : float64 arrays, shape (n,)
        Ends in ln units, equal where the value is known; an end may be infinite.  Both infinite: nothing is known.
    sd : float64 array, shape (n,)
        Standard deviation of the measurement, positive [ln units].
    """

    low: Floats
    high: Floats
    sd: Floats

    @classmethod
    def of(cls, low: ArrayLike, high: ArrayLike, sd: ArrayLike) -> Intervals:
        """Check and make them.

        Raises
        ------
        OutOfRange
            Where an interval is empty or NaN, or a deviation is not positive.
        """
        a, b, s = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (low, high, sd)))
        if not (np.all(a <= b) and np.all(np.isfinite(s) & (s > 0))):
            raise OutOfRange("an effect needs low <= high and a positive finite standard deviation")
        return cls(a.copy(), b.copy(), s.copy())

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Where the value itself is known, shape (n,)."""
        return (self.low == self.high) & np.isfinite(self.low)

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Where anything is known, shape (n,)."""
        return np.isfinite(self.low) | np.isfinite(self.high)

    def of_those(self, mask: NDArray[np.bool_]) -> Intervals:
        """Give some of them."""
        return Intervals(self.low[mask], self.high[mask], self.sd[mask])


@dataclass(frozen=True)
class Fit:
    """Where the effects of a class lie.

    Attributes
    ----------
    tau : standard deviation between papers, by restricted maximum likelihood [ln units]
    assumed : tau is ``TAU_UNKNOWN``, because too few effects are known to find it
    taus, mu : float64 arrays, shapes (t,) and (g,)
        Grids of tau and of the mean of the class [ln units].
    weight : float64 array, shape (t, g)
        Probability of each pair: the posterior, flat in mu, half-Cauchy in tau.
    """

    tau: float
    assumed: bool
    taus: Floats
    mu: Floats
    weight: Floats

    @property
    def mean(self) -> float:
        """Mean of the class [ln units]."""
        return float(self.weight.sum(axis=0) @ self.mu)

    @property
    def mean_sd(self) -> float:
        """Standard deviation of the mean of the class [ln units]."""
        return float(np.sqrt(np.maximum(self.weight.sum(axis=0) @ (self.mu - self.mean) ** 2, 0.0)))


def shrink(y: ArrayLike, sd: ArrayLike, mu: float, tau: float) -> tuple[Floats, Floats]:
    """Give mean and standard deviation of the true effects, the class mean being known.

    The mean is B y + (1 - B) mu with B = tau^2 / (tau^2 + s^2).

    Parameters
    ----------
    y, sd : float64 arrays, shape (n,); sd positive
    mu, tau : of the class; tau not negative, may be infinite

    Returns
    -------
    mean, sd : float64 arrays, shape (n,)

    References
    ----------
    physics.md section g3; Efron & Morris, J. Am. Stat. Assoc. 70, 311 (1975).

    Examples
    --------
    >>> shrink([1.0], [0.5], 0.0, 0.5)[0].tolist()
    [0.5]
    """
    value, s = np.asarray(y, np.float64), np.asarray(sd, np.float64)
    kept = np.ones_like(s) if np.isinf(tau) else tau**2 / (tau**2 + s**2)
    return kept * value + (1 - kept) * mu, np.sqrt(kept) * s


def _log_mass(known: Intervals, mu: Floats, tau: float) -> Floats:
    """Give ln p(data | mu, tau) on a grid of mu, shape (g,)."""
    from scipy.special import log_ndtr

    spread = np.sqrt(tau**2 + known.sd**2)
    exact = known.exact
    at = (known.low[exact, None] - mu) / spread[exact, None]
    total = -0.5 * np.sum(at**2, axis=0) - np.sum(np.log(spread[exact]))
    low, high = ((end[~exact, None] - mu) / spread[~exact, None] for end in (known.low, known.high))
    # On the side of the mean where both ends are small numbers, so that their difference keeps its digits.
    turned = low > 0
    low, high = np.where(turned, -high, low), np.where(turned, -low, high)
    upper, lower = log_ndtr(high), log_ndtr(low)
    with np.errstate(divide="ignore"):
        mass = upper + np.log1p(-np.exp(np.minimum(lower - upper, 0.0)))
    out: Floats = total + np.sum(np.maximum(mass, -745.0), axis=0)
    return out


def _grid(known: Intervals, tau: float) -> Floats:
    ends = np.concatenate([known.low[np.isfinite(known.low)], known.high[np.isfinite(known.high)]])
    room = 6.0 * float(np.sqrt(tau**2 + np.max(known.sd) ** 2))
    return np.linspace(ends.min() - room, ends.max() + room, GRID)


def _restricted(known: Intervals, tau: float) -> float:
    """Give the restricted log likelihood of tau, up to a constant."""
    mu = _grid(known, tau)
    log = _log_mass(known, mu, tau)
    top = float(log.max())
    return top + float(np.log(np.sum(np.exp(log - top)) * (mu[1] - mu[0])))


def fit(effects: Intervals, tau: float | None = None) -> Fit:
    """Find tau and the mean of a class of effects.

    Parameters
    ----------
    effects : of the class; those of which nothing is known do not count
    tau : in place of the one that is found

    Returns
    -------
    Fit
        Without one effect that is known, a wide one around 0 (no effect).

    References
    ----------
    Patterson & Thompson, Biometrika 58, 545 (1971), restricted maximum likelihood; physics.md section g3.

    Examples
    --------
    >>> found = fit(Intervals.of([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0], 0.1))
    >>> round(found.mean, 3), round(found.tau, 2)
    (1.5, 1.29)
    """
    known = effects.of_those(effects.informative)
    exact = int(known.exact.sum())
    if not len(known.sd):
        mu = np.linspace(-3 * TAU_UNKNOWN, 3 * TAU_UNKNOWN, GRID)
        weight = np.exp(-0.5 * (mu / TAU_UNKNOWN) ** 2)
        return Fit(TAU_UNKNOWN, True, np.array([TAU_UNKNOWN]), mu, (weight / weight.sum())[None, :])
    assumed = tau is None and exact < FEWEST
    if tau is None and not assumed:
        tau, taus = _restricted_maximum(known)
    else:
        tau = TAU_UNKNOWN if tau is None else float(tau)
        taus = np.array([tau])
    mu = _grid(known, float(taus.max()))
    log = np.array([_log_mass(known, mu, t) for t in taus]) - np.log1p((taus[:, None] / TAU_UNKNOWN) ** 2)
    if not exact:
        # Bounds that all lie on one side leave the mean open: it is then held near no effect.
        log -= 0.5 * (mu / (2 * TAU_UNKNOWN)) ** 2
    weight = np.exp(log - log.max())
    return Fit(tau, assumed, taus, mu, weight / weight.sum())


def _restricted_maximum(known: Intervals) -> tuple[float, Floats]:
    """Find the most likely tau, and a grid of all that are likely."""
    from scipy.optimize import minimize_scalar

    coarse = np.concatenate([[0.0], np.geomspace(1e-3, LARGEST_TAU, 40)])
    heights = np.array([_restricted(known, t) for t in coarse])
    best = int(np.argmax(heights))
    low, high = coarse[max(best - 1, 0)], coarse[min(best + 1, len(coarse) - 1)]
    found = minimize_scalar(lambda t: -_restricted(known, t), bounds=(low, high), method="bounded")
    tau = float(found.x) if -found.fun > heights[0] else 0.0
    likely = np.flatnonzero(heights > heights.max() - UNLIKELY)
    return tau, np.linspace(coarse[max(likely[0] - 1, 0)], coarse[min(likely[-1] + 1, len(coarse) - 1)], TAUS)


def draw(effects: Intervals, of: Fit, random: np.random.Generator, n: int) -> Floats:
    """Draw the true effects n times.

    A censored value is first drawn within its bounds; an effect of which nothing is known is one of its class.

    Returns
    -------
    float64 array, shape (n, len(effects.sd))
    """
    from scipy.special import ndtr, ndtri

    pair = random.choice(of.weight.size, size=n, p=of.weight.ravel())
    tau, mu = of.taus[pair // len(of.mu)][:, None], of.mu[pair % len(of.mu)][:, None]
    spread = np.sqrt(tau**2 + effects.sd**2)
    low, high = ndtr((effects.low - mu) / spread), ndtr((effects.high - mu) / spread)
    share = low + (high - low) * random.random((n, len(effects.sd)))
    drawn = mu + spread * ndtri(np.clip(share, 1e-12, 1 - 1e-12))
    y = np.clip(drawn, effects.low, effects.high)
    kept = tau**2 / spread**2
    theta: Floats = kept * y + (1 - kept) * mu + np.sqrt(kept) * effects.sd * random.standard_normal(y.shape)
    unknown = ~effects.informative
    theta[:, unknown] = (mu + tau * random.standard_normal(y.shape))[:, unknown]
    return theta
