"""Fit what is only calibrated of the simulator to lives, whole papers held out, and compare it with two simple guesses.

What is fitted are factors on the priors of three inputs (``SHIFTED``).  Each is a particle of a sample from its prior,
weighted by how likely it makes the lives: the density of a life at which a cell failed, the probability to live on for
one that had not failed yet.  What differs from cell to cell is averaged out under each particle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Inputs of the simulator of which a factor is fitted (physics.md e: calibrated only).
SHIFTED = ("dead_bare", "damage_rate", "crack_growth")
SHIFT_SD = 0.7  # ln units: how far the medians of the priors, which are judgement, may be off
LIFE_SD = 0.3  # ln units between cells made alike (physics.md g3)
PARTICLES, CELLS = 512, 48
FEWEST_LIVES = 20
SHARES = (0.5, 0.9)


@dataclass(frozen=True)
class Life:
    """A life that a paper reports, with all that is needed to simulate it.

    Attributes
    ----------
    paper : it is held out with all others of its paper
    low, high : ends of ln hours; equal for a life that ended, ``high`` infinite for one that had not
    current, capacity : of the test [mA/cm^2, mAh/cm^2]
    control : index of the life of its control among the lives; None where there is none, and for a control
    is_control : it is one
    efficiency : the Coulombic efficiency its paper reports for the sample, 0 to 1; None where it does not
    lithium : spare on the anode at the start [mAh/cm^2]
    name, measurement : of the sample, in its base
    """

    paper: str
    low: float
    high: float
    current: float
    capacity: float
    control: int | None = None
    is_control: bool = False
    efficiency: float | None = None
    lithium: float = 4.0
    name: str = ""
    measurement: int | None = None

    @property
    def ended(self) -> bool:
        """Whether the life itself is known, not a bound."""
        return self.low == self.high


Forward = Callable[[Life, Floats], Floats]


def particles(n: int = PARTICLES, seed: int = 0) -> Floats:
    """Draw the factors from their prior.

    Returns
    -------
    float64 array, shape (n, len(SHIFTED)) [ln units]
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.LatinHypercube(len(SHIFTED), rng=np.random.default_rng(seed)).random(n)
    out: Floats = SHIFT_SD * ndtri(points)
    return out


def log_likelihoods(lives: Sequence[Life], simulated: Sequence[Floats]) -> Floats:
    """Say how likely each particle makes each life.

    Parameters
    ----------
    lives : n of them
    simulated : for each float64 array, shape (k, m)
        ln hours of m cells under each of k particles.

    Returns
    -------
    float64 array, shape (n, k)
    """
    from scipy.special import log_ndtr, logsumexp

    rows = []
    for life, cells in zip(lives, simulated, strict=True):
        if life.ended:
            z = (life.low - cells) / LIFE_SD
            each = -0.5 * z**2 - math.log(LIFE_SD * math.sqrt(2 * math.pi))
        else:
            # The difference of two normal tails, of which one may be 0 or 1.
            upper = log_ndtr((life.high - cells) / LIFE_SD)
            lower = log_ndtr((life.low - cells) / LIFE_SD)
            if math.isinf(life.high):
                each = log_ndtr((cells - life.low) / LIFE_SD)
            else:
                each = upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-12)))
        rows.append(logsumexp(each, axis=1) - math.log(cells.shape[1]))
    return np.array(rows) if rows else np.empty((0, 0))


def weights_of(log: Floats) -> Floats:
    """Turn the sum of log likelihoods of each particle, shape (k,), into weights that add up to 1."""
    weight = np.exp(log - log.max())
    out: Floats = weight / weight.sum()
    return out


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
    lives, ended, papers, controls : what it rests on
    factors : for each of ``SHIFTED`` its factor: 5, 50 and 95 % quantiles
    effective : size of a sample as good as the weighted particles
    simulator : score of the simulator on held-out papers; None below ``FEWEST_LIVES``
    against : baseline -> score of the simulator and of the baseline on the lives that both predict
    correlation : of simulated and observed ratios of treated to control (Spearman); None below three pairs
    """

    lives: int
    ended: int
    papers: int
    controls: int
    factors: Mapping[str, tuple[float, float, float]]
    effective: float
    simulator: Score | None = None
    against: Mapping[str, tuple[Score, Score]] = field(default_factory=dict)
    correlation: float | None = None

    @property
    def beats(self) -> bool:
        """Whether the simulator predicts better than every baseline that could be compared, and one could."""
        return bool(self.against) and all(ours.crps < theirs.crps for ours, theirs in self.against.values())


CONTROL_RATIO, INVENTORY = "the paper's control times the median ratio", "lithium inventory with the reported CE"
Prediction = tuple[Floats, Floats]  # values and weights


def calibrate(lives: Sequence[Life], forward: Forward, seed: int = 0, n: int = PARTICLES) -> Calibration:
    """Fit the factors to lives, and score the fit paper by paper left out.

    Parameters
    ----------
    lives : with known current and capacity
    forward : simulates the cells of a life: particles of shape (k, s) -> ln hours of shape (k, m)
    seed : of the particles
    n : how many particles
    """
    shifts = particles(n, seed)
    simulated = [forward(life, shifts) for life in lives]
    log = log_likelihoods(lives, simulated)
    weights = weights_of(log.sum(axis=0)) if len(lives) else np.full(n, 1 / n)
    quantiles = [np.exp(weighted_quantile(column, weights, (0.05, 0.5, 0.95))) for column in shifts.T]
    factors = {name: (float(q[0]), float(q[1]), float(q[2])) for name, q in zip(SHIFTED, quantiles, strict=True)}
    found = Calibration(
        len(lives), sum(life.ended for life in lives), len({life.paper for life in lives}),
        sum(life.is_control for life in lives), factors, float(1 / np.sum(weights**2)),
    )  # fmt: skip
    if len(lives) < FEWEST_LIVES:
        return found
    ours = _held_out(lives, simulated, log, seed)
    baselines = {CONTROL_RATIO: _control_ratio(lives), INVENTORY: _inventory(lives)}
    against = {
        name: (score(lives, {i: ours[i] for i in theirs}), score(lives, theirs))
        for name, theirs in baselines.items()
        if theirs
    }
    return Calibration(
        found.lives, found.ended, found.papers, found.controls, factors, found.effective,
        score(lives, ours), against, _ratio_correlation(lives, ours),
    )  # fmt: skip


def _held_out(lives: Sequence[Life], simulated: Sequence[Floats], log: Floats, seed: int) -> dict[int, Prediction]:
    """Predict the lives that ended from the papers other than their own."""
    random = np.random.default_rng([seed, 1])
    out: dict[int, Prediction] = {}
    for paper in sorted({life.paper for life in lives}):
        own = [i for i, life in enumerate(lives) if life.paper == paper]
        weights = weights_of(log.sum(axis=0) - log[own].sum(axis=0))
        for i in own:
            cells = simulated[i] + LIFE_SD * random.standard_normal(simulated[i].shape)
            out[i] = cells.ravel(), np.repeat(weights / cells.shape[1], cells.shape[1])
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
