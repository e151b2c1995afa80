"""The factors that a calibration fits to the priors, and weighted samples of what they may be.

One sample of the prior is soon too thin for eight factors, so it is drawn in rounds, each about where the rounds before
put the weight (adaptive multiple importance sampling; Cornuet et al., Scand. J. Stat. 39, 798 (2012)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Classes of coating of which the dead share has a factor of its own; "other" is mixed, or not known.
COATINGS = ("polymer", "inorganic", "other")
#: What is fitted, in ln units: factors on the medians of priors (of the dead share: bare, and by class of coating),
#: and by how much more lithium is lost on copper than in other cells.
FACTORS = ("dead_bare", *(f"dead_{name}" for name in COATINGS), "damage_rate", "crack_growth", "exchange", "copper")
SHIFT_SD = 0.7  # ln units: how far the medians of the priors, which are judgement, may be off
CLASS_SD = 0.4  # ln units: how far classes of coating lie about the factor they share
COPPER_SD = 0.7  # ln units: cells of one paper lose up to three times as much on copper (physics.md A1)
ROUNDS = (512, *(256,) * 6)  # particles, at most
ENOUGH = 128  # particles as good as so many end the rounds
LEAST_EFFECTIVE = 1 / 8  # of the particles: of weights this even the next round's normal is made
WIDER = 1.5  # its variances over those of the weighted particles, lest it miss a tail


def prior_covariance() -> Floats:
    """Give the covariance of the factors before anything is seen; their mean is 0.

    The factor of a bare surface is the common one of all classes; each class of coating has its own about it, so that
    one that few data speak of stays near the others.

    Returns
    -------
    float64 array, shape (len(FACTORS), len(FACTORS)) [ln units squared]

    Examples
    --------
    >>> prior_covariance()[:2, :3].round(2).tolist()
    [[0.49, 0.49, 0.49], [0.49, 0.65, 0.49]]
    """
    dead = 1 + len(COATINGS)
    out = np.diag([SHIFT_SD**2] * len(FACTORS))
    out[:dead, :dead] = SHIFT_SD**2
    out[range(1, dead), range(1, dead)] += CLASS_SD**2
    out[-1, -1] = COPPER_SD**2
    return out


@dataclass(frozen=True)
class Normal:
    """A normal distribution of the factors.

    Attributes
    ----------
    mean : float64 array, shape (len(FACTORS),) [ln units]
    covariance : float64 array, shape (len(FACTORS), len(FACTORS))
    """

    mean: Floats
    covariance: Floats

    def draw(self, n: int, seed: Sequence[int]) -> Floats:
        """Draw n of them by a Latin hypercube; float64 array, shape (n, len(FACTORS))."""
        from scipy.special import ndtri
        from scipy.stats import qmc

        points = qmc.LatinHypercube(len(self.mean), rng=np.random.default_rng(list(seed))).random(n)
        out: Floats = self.mean + ndtri(points) @ np.linalg.cholesky(self.covariance).T
        return out

    def log_density(self, at: Floats) -> Floats:
        """Give the logarithm of the density at points of shape (n, len(FACTORS)); shape (n,)."""
        root = np.linalg.cholesky(self.covariance)
        z = np.linalg.solve(root, (at - self.mean).T)
        out: Floats = (
            -0.5 * np.sum(z**2, axis=0) - np.log(np.diag(root)).sum() - 0.5 * len(root) * math.log(2 * math.pi)
        )
        return out


def prior() -> Normal:
    """Give the distribution of the factors before anything is seen."""
    return Normal(np.zeros(len(FACTORS)), prior_covariance())


def weights_of(log: Floats) -> Floats:
    """Turn logarithms of weights, shape (k,), into weights that add up to 1."""
    weight = np.exp(log - log.max())
    out: Floats = weight / weight.sum()
    return out


def effective(weights: Floats) -> float:
    """Give the size of a sample as good as weighted particles.

    Examples
    --------
    >>> effective(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    return float(1.0 / np.sum(weights**2))


def moments(particles: Floats, weights: Floats) -> Normal:
    """Give the normal distribution with the mean and covariance of weighted particles."""
    mean = weights @ particles
    apart = particles - mean
    return Normal(mean, (weights[:, None] * apart).T @ apart)


def sample(
    log_likelihood: Callable[[Floats], Floats], seed: int = 0, rounds: Sequence[int] = ROUNDS
) -> tuple[Floats, Floats]:
    """Draw particles of the factors about where they are likely.

    Parameters
    ----------
    log_likelihood : of particles, shape (k, len(FACTORS)) -> shape (k,); called once a round
    seed : of the particles
    rounds : how many particles in each, until ``ENOUGH`` are had; the first are from the prior

    Returns
    -------
    float64 array, shape (k, len(FACTORS)) [ln units]
        Particles.
    float64 array, shape (k,)
        Logarithm of the prior's density over that which they were drawn from; with the logarithm of a likelihood added,
        that of their weight under it.
    """
    before = prior()
    proposals: list[Normal] = []
    parts: list[Floats] = []
    log = offset = np.empty(0)
    for number, n in enumerate(rounds):
        proposals.append(_proposal(np.concatenate(parts), log + offset) if parts else before)
        parts.append(proposals[-1].draw(n, (seed, number)))
        log = np.append(log, log_likelihood(parts[-1]))
        particles = np.concatenate(parts)
        shares = np.array(rounds[: number + 1]) / sum(rounds[: number + 1])
        mixed = np.array([np.log(s) + p.log_density(particles) for s, p in zip(shares, proposals, strict=True)])
        offset = before.log_density(particles) - np.logaddexp.reduce(mixed, axis=0)
        if number and effective(weights_of(log + offset)) >= ENOUGH:
            break
    return particles, offset


def _proposal(particles: Floats, log: Floats) -> Normal:
    """Give a normal about the weight, flattened first where it lies on a few particles."""
    from scipy.optimize import brentq

    wanted = LEAST_EFFECTIVE * len(log)

    def missing(power: float) -> float:
        return effective(weights_of(power * log)) - wanted

    power = 1.0 if missing(1.0) >= 0 else float(brentq(missing, 0.0, 1.0, xtol=1e-4))
    found = moments(particles, weights_of(power * log))
    return Normal(found.mean, WIDER * found.covariance + 1e-4 * prior_covariance())
