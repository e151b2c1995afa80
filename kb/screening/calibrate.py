"""Fit what is only calibrated of the simulator to lives, efficiencies and overpotentials, whole papers held out.

What is fitted are factors on the priors of a few inputs (``posterior.FACTORS``), each set of them a particle, weighted
by how likely it makes what papers report.  How well lives of other papers are then predicted is compared with two
simple guesses, and with a fit to lives alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kb.screening.likelihood import LIFE_SD, Life, Reading, Record, log_likelihoods
from kb.screening.posterior import FACTORS, ROUNDS, Normal, effective, moments, sample, weights_of

Floats = NDArray[np.float64]

FEWEST_LIVES = 20
FEW_PARTICLES = 50  # as good as so many: quantiles of the factors are rough below
SHARES = (0.5, 0.9)
NEGLIGIBLE = 1e-4  # weight beside the heaviest particle's
Forward = Callable[[Record, Floats], Floats]


def weighted_quantile(values: Floats, weights: Floats, shares: Sequence[float]) -> Floats:
    """Give quantiles of weighted values.

    Examples
    --------
    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.2, 0.6]), [0.5]).tolist()
    [3.0]
    """
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[order])
    return values[order][np.minimum(np.searchsorted(summed, np.asarray(shares) * summed[-1]), len(values) - 1)]


def crps(values: Floats, weights: Floats, truth: float) -> float:
    """Score a predicted distribution by the continuous ranked probability score, in the unit of the values.

    References
    ----------
    Gneiting & Raftery, J. Am. Stat. Assoc. 102, 359 (2007).

    Examples
    --------
    >>> crps(np.array([0.0]), np.array([1.0]), 2.0)
    2.0
    """
    order = np.argsort(values, kind="stable")
    x, w = values[order], weights[order] / weights.sum()
    before = np.cumsum(w) - 0.5 * w
    # E|X - X'| / 2 = sum w_i x_i (2 F_i - 1), F at the middle of each step.
    return float(w @ np.abs(x - truth) - np.sum(w * x * (2 * before - 1)))


@dataclass(frozen=True)
class Score:
    """How good the predictions of lives are that were held out.

    Attributes
    ----------
    lives : how many that ended were predicted
    crps : mean, in ln hours
    coverage : for 50 and 90 %, the share of lives that lie within the interval
    """

    lives: int
    crps: float
    coverage: Mapping[float, float]


@dataclass(frozen=True)
class Calibration:
    """What a calibration came to.

    Attributes
    ----------
    lives, ended, papers, controls : the lives it rests on
    efficiencies, overpotentials : readings it rests on
    posterior : the normal nearest to what was fitted
    factors : for each of ``FACTORS`` its factor: 5, 50 and 95 % quantiles
    effective : size of a sample as good as the weighted particles
    simulator : score of the simulator on held-out papers; None below ``FEWEST_LIVES``
    lives_alone : the same, had it been fitted to lives alone; None without readings too
    against : baseline -> score of the simulator and of the baseline on the lives that both predict
    correlation : of simulated and observed ratios of treated to control (Spearman); None below three pairs
    """

    lives: int
    ended: int
    papers: int
    controls: int
    efficiencies: int
    overpotentials: int
    posterior: Normal
    factors: Mapping[str, tuple[float, float, float]]
    effective: float
    simulator: Score | None = None
    lives_alone: Score | None = None
    against: Mapping[str, tuple[Score, Score]] = field(default_factory=dict)
    correlation: float | None = None

    @property
    def beats(self) -> bool:
        """Whether the simulator predicts better than every baseline that could be compared, and one could."""
        return bool(self.against) and all(ours.crps < theirs.crps for ours, theirs in self.against.values())


CONTROL_RATIO, INVENTORY = "the paper's control times the median ratio", "lithium inventory with the reported CE"
Prediction = tuple[Floats, Floats]  # values and weights


def calibrate(
    lives: Sequence[Life],
    forward: Forward,
    seed: int = 0,
    readings: Sequence[Reading] = (),
    rounds: Sequence[int] = ROUNDS,
) -> Calibration:
    """Fit the factors, and score the fit paper by paper left out.

    Parameters
    ----------
    lives : with known current and capacity
    forward : simulates the cells of a record: particles of shape (k, len(FACTORS)) -> array of shape (k, m), in the
        unit of the record's ends
    seed : of the particles
    readings : efficiencies and overpotentials
    rounds : how many particles in each round
    """
    fit = _Fit(lives, readings, forward)
    particles, offset = sample(fit.log_likelihood, seed, rounds)
    of_lives, of_readings = fit.logs
    weights = weights_of(offset + of_lives.sum(axis=0) + of_readings.sum(axis=0))
    quantiles = [np.exp(weighted_quantile(column, weights, (0.05, 0.5, 0.95))) for column in particles.T]
    plateaus = sum(bool(reading.factors) for reading in readings)
    found = Calibration(
        len(lives), sum(life.ended for life in lives), len({life.paper for life in lives}),
        sum(life.is_control for life in lives), len(readings) - plateaus, plateaus, moments(particles, weights),
        {name: (float(q[0]), float(q[1]), float(q[2])) for name, q in zip(FACTORS, quantiles, strict=True)},
        effective(weights),
    )  # fmt: skip
    if len(lives) < FEWEST_LIVES:
        return found
    simulated = fit.simulated
    ours = _held_out(lives, simulated, offset, of_lives, (readings, of_readings), seed)
    alone = score(lives, _held_out(lives, simulated, offset, of_lives, None, seed)) if readings else None
    baselines = {CONTROL_RATIO: _control_ratio(lives), INVENTORY: _inventory(lives)}
    against = {
        name: (score(lives, {i: ours[i] for i in theirs}), score(lives, theirs))
        for name, theirs in baselines.items()
        if theirs
    }
    correlation = _ratio_correlation(lives, ours)
    return replace(found, simulator=score(lives, ours), lives_alone=alone, against=against, correlation=correlation)


class _Fit:
    """The cells of every record under the particles of each round, and how likely they make it."""

    def __init__(self, lives: Sequence[Life], readings: Sequence[Reading], forward: Forward) -> None:
        self._lives, self._readings, self._forward = lives, readings, forward
        self._cells: list[list[Floats]] = []
        self._logs: list[tuple[Floats, Floats]] = []

    def log_likelihood(self, particles: Floats) -> Floats:
        """Give the logarithm of the likelihood of all records under particles; shape (k,)."""
        k = len(particles)
        self._cells.append([self._forward(life, particles) for life in self._lives])
        young = [self._forward(reading, particles) for reading in self._readings]
        logs = log_likelihoods(self._lives, self._cells[-1], k), log_likelihoods(self._readings, young, k)
        self._logs.append(logs)
        out: Floats = logs[0].sum(axis=0) + logs[1].sum(axis=0)
        return out

    @property
    def logs(self) -> tuple[Floats, Floats]:
        """Log likelihoods of lives and of readings under all particles; shapes (n, k)."""
        of_lives, of_readings = zip(*self._logs, strict=True)
        return np.concatenate(of_lives, axis=1), np.concatenate(of_readings, axis=1)

    @property
    def simulated(self) -> list[Floats]:
        """For each life what its cells live under all particles, shape (k, m) [ln hours]."""
        return [np.concatenate(parts) for parts in zip(*self._cells, strict=True)]


def _held_out(
    lives: Sequence[Life],
    simulated: Sequence[Floats],
    offset: Floats,
    log: Floats,
    also: tuple[Sequence[Reading], Floats] | None,
    seed: int,
) -> dict[int, Prediction]:
    """Predict lives from the papers other than their own: from their lives, and where given also their readings."""
    random = np.random.default_rng([seed, 1])
    out: dict[int, Prediction] = {}
    for paper in sorted({life.paper for life in lives}):
        own = [i for i, life in enumerate(lives) if life.paper == paper]
        rest = offset + np.delete(log, own, axis=0).sum(axis=0)
        if also is not None:
            readings, of_readings = also
            rest = rest + of_readings[[reading.paper != paper for reading in readings]].sum(axis=0)
        weights = weights_of(rest)
        heavy = weights > NEGLIGIBLE * weights.max()
        for i in own:
            cells = simulated[i][heavy]
            values = (cells + LIFE_SD * random.standard_normal(cells.shape)).ravel()
            order = np.argsort(values)  # here, once: what scores them sorts them again, for nothing
            out[i] = values[order], np.repeat(weights[heavy] / cells.shape[1], cells.shape[1])[order]
    return out


def score(lives: Sequence[Life], predictions: Mapping[int, Prediction]) -> Score:
    """Score predictions of the lives that ended; a bound says too little of a distribution to score it."""
    scored = {i: p for i, p in predictions.items() if lives[i].ended}
    if not scored:
        return Score(0, math.nan, dict.fromkeys(SHARES, math.nan))
    coverage = {}
    for share in SHARES:
        ends = {i: weighted_quantile(*p, (0.5 - share / 2, 0.5 + share / 2)) for i, p in scored.items()}
        coverage[share] = float(np.mean([a <= lives[i].low <= b for i, (a, b) in ends.items()]))
    return Score(len(scored), float(np.mean([crps(*p, lives[i].low) for i, p in scored.items()])), coverage)


def _normal(centre: float, sd: float) -> Prediction:
    from scipy.special import ndtri

    shares = (np.arange(200) + 0.5) / 200
    return centre + sd * ndtri(shares), np.full(200, 1 / 200)


def _spread(residuals: Sequence[float]) -> float:
    return max(float(np.std(residuals, ddof=1)), 0.1) if len(residuals) > 2 else 0.8


def _control_ratio(lives: Sequence[Life]) -> dict[int, Prediction]:
    """Predict a treated life by that of its control times the median ratio in other papers."""
    pairs = {i: life.control for i, life in enumerate(lives) if life.control is not None and life.ended}
    pairs = {i: c for i, c in pairs.items() if lives[c].ended}
    out: dict[int, Prediction] = {}
    for i, c in pairs.items():
        others = [lives[j].low - lives[d].low for j, d in pairs.items() if lives[j].paper != lives[i].paper]
        if others:
            centre = float(np.median(others))
            out[i] = _normal(lives[c].low + centre, _spread([o - centre for o in others]))
    return out


def _inventory(lives: Sequence[Life]) -> dict[int, Prediction]:
    """Predict a life by the lithium that the reported efficiency leaves (physics.md a1)."""
    told: dict[int, float] = {}
    for i, life in enumerate(lives):
        spare = life.lithium - life.capacity
        if life.ended and life.efficiency is not None and life.efficiency < 1 and spare > 0:
            cycles = spare / (life.capacity * (1 - life.efficiency))
            told[i] = math.log(cycles * 2 * life.capacity / life.current)
    out: dict[int, Prediction] = {}
    for i, centre in told.items():
        residuals = [lives[j].low - c for j, c in told.items() if lives[j].paper != lives[i].paper]
        out[i] = _normal(centre, _spread(residuals))
    return out


def _ratio_correlation(lives: Sequence[Life], ours: Mapping[int, Prediction]) -> float | None:
    from scipy.stats import spearmanr

    pairs = [
        (i, c) for i, life in enumerate(lives) if (c := life.control) is not None and life.ended and lives[c].ended
    ]
    if len(pairs) < 3:
        return None
    middle = {i: float(weighted_quantile(*ours[i], (0.5,))[0]) for pair in pairs for i in pair}
    simulated = [middle[i] - middle[c] for i, c in pairs]
    observed = [lives[i].low - lives[c].low for i, c in pairs]
    if len({*simulated}) < 2 or len({*observed}) < 2:
        return None
    return float(spearmanr(simulated, observed).statistic)
