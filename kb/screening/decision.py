"""Decide among candidates whose effects are uncertain: ranks draw by draw, what would turn them, what to measure next.

Bigger is better throughout: effects come in with the sign of their criterion turned (``Effect.gain``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kb.screening.rank import pareto_front, topsis_score
from schema.errors import OutOfRange, UnknownParameter, did_you_mean

Floats = NDArray[np.float64]
Method = Literal["desirability", "topsis"]
METHODS = get_args(Method)

WEIGHT_STEPS = 50
OUTCOMES = 16  # of an experiment that was not done, at which its effect on the ranking is looked at
CLEAR_WINNER = 0.5  # probability of being first below which no winner is named
WIDE = 0.75  # share of all places that a 90 % interval of rank may span


@dataclass(frozen=True)
class Scale:
    """How draws become one score.

    Attributes
    ----------
    method : "desirability" or "topsis"
    weights : float64 array, shape (m,); sum 1
    low, high : float64 arrays, shape (m,)
        Effects at which desirability is 0 and 1 [ln units]; at ``low`` or below the whole is 0.
    """

    method: Method
    weights: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(
        cls,
        draws: Floats,
        weights: ArrayLike,
        method: str = "desirability",
        low: Sequence[float | None] | None = None,
        high: Sequence[float | None] | None = None,
    ) -> Scale:
        """Make one for draws of shape (d, n, m); limits that are not given enclose all draws but one in a thousand.

        Raises
        ------
        UnknownParameter
            Where there is no such method.
        OutOfRange
            Where the weights are not positive, or a limit ``low`` does not lie below its ``high``.
        """
        if method not in METHODS:
            raise UnknownParameter(
                f"unknown method {method!r}{did_you_mean(method, METHODS) or '; name ' + ' or '.join(METHODS)}"
            )
        weight = np.asarray(weights, np.float64)
        if weight.shape != draws.shape[2:] or not np.all(np.isfinite(weight) & (weight >= 0)) or weight.sum() <= 0:
            raise OutOfRange("weights must be one number for each criterion, none negative, not all 0")
        flat = draws.reshape(-1, draws.shape[-1])
        floor, ceiling = np.quantile(flat, [0.0005, 0.9995], axis=0)
        lows, highs = (list(given) if given is not None else [None] * len(floor) for given in (low, high))
        floor = np.array([f if given is None else given for f, given in zip(floor, lows, strict=True)])
        ceiling = np.array([c if given is None else given for c, given in zip(ceiling, highs, strict=True)])
        constant = (ceiling == floor) & np.array([given is None for given in highs])
        ceiling = np.where(constant, floor + 1.0, ceiling)
        if not np.all(floor < ceiling):
            raise OutOfRange("the lower limit of a criterion must lie below its upper one")
        return cls(method, weight / weight.sum(), floor, ceiling)  # type: ignore[arg-type]

    def score(self, effects: Floats, weights: Floats | None = None) -> Floats:
        """Score candidates.

        Parameters
        ----------
        effects : float64 array, shape (..., n, m)
        weights : float64 array, shape (..., m); the scale's own where None

        Returns
        -------
        float64 array, shape (..., n); 0 to 1

        References
        ----------
        Derringer & Suich, J. Qual. Technol. 12, 214 (1980), the geometric mean of desirabilities; Hwang & Yoon (1981),
        TOPSIS; physics.md section g5.
        """
        weight = self.weights if weights is None else weights
        weight = np.broadcast_to(weight, (*effects.shape[:-2], effects.shape[-1]))
        if self.method == "topsis":
            # Factors rather than logarithms: TOPSIS needs a scale with a zero.
            factors = np.exp(np.clip(effects, -50, 50)).reshape(-1, *effects.shape[-2:])
            each = [topsis_score(f, w) for f, w in zip(factors, weight.reshape(len(factors), -1), strict=True)]
            return np.array(each).reshape(effects.shape[:-1])
        desirability = np.clip((effects - self.low) / (self.high - self.low), 0.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.where(weight[..., None, :] > 0, weight[..., None, :] * np.log(desirability), 0.0)
        return np.exp(log.sum(axis=-1))


def ranks_of(scores: Floats) -> NDArray[np.int64]:
    """Rank candidates in each draw, 1 the best; of equal scores the candidate that comes first is the better.

    Parameters
    ----------
    scores : float64 array, shape (d, n)

    Returns
    -------
    int64 array, shape (d, n)

    Examples
    --------
    >>> ranks_of(np.array([[0.2, 0.9, 0.5]])).tolist()
    [[3, 1, 2]]
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return ranks


@dataclass(frozen=True)
class Places:
    """Where candidates come in many draws.

    Attributes
    ----------
    ranks : int64 array, shape (d, n)
    free : bool array, shape (d, n)
        Not dominated by another in that draw.
    """

    ranks: NDArray[np.int64]
    free: NDArray[np.bool_]

    def top(self, k: int) -> Floats:
        """Give the probability of being among the first k, shape (n,); they add up to k."""
        out: Floats = np.mean(self.ranks <= k, axis=0)
        return out

    def quantiles(self, *shares: float) -> NDArray[np.int64]:
        """Give quantiles of the rank, shape (len(shares), n); whole ranks, the interval rather too wide."""
        methods = ["lower" if share < 0.5 else "higher" if share > 0.5 else "median_unbiased" for share in shares]
        rows = [np.quantile(self.ranks, s, axis=0, method=m) for s, m in zip(shares, methods, strict=True)]  # type: ignore[call-overload]
        return np.array(rows).round().astype(np.int64)

    @property
    def undominated(self) -> Floats:
        """The probability that no other is better in everything, shape (n,)."""
        out: Floats = np.mean(self.free, axis=0)
        return out

    @property
    def mean(self) -> Floats:
        """The mean rank, shape (n,)."""
        out: Floats = np.mean(self.ranks, axis=0)
        return out


def places(draws: Floats, scale: Scale, random: np.random.Generator | None = None, spread: float = 0.0) -> Places:
    """Rank all candidates in each draw.

    Parameters
    ----------
    draws : float64 array, shape (d, n, m)
    scale : how a draw becomes a score
    random, spread : weights are drawn from a Dirichlet distribution around those of the scale, their concentration
        1 / spread^2; 0 leaves them
    """
    weights = None
    if spread > 0 and random is not None:
        weights = random.dirichlet(np.maximum(scale.weights, 1e-9) / spread**2, size=len(draws))
    free = np.array([pareto_front(d) for d in draws]).reshape(draws.shape[:2])
    return Places(ranks_of(scale.score(draws, weights)), free)


def noisy_front(draws: Floats) -> NDArray[np.bool_]:
    """Mark the candidates whose expected effects no other dominates by more than the noise.

    Noise is, for each criterion, the median over candidates of how far its draws spread.

    Parameters
    ----------
    draws : float64 array, shape (d, n, m)

    Returns
    -------
    bool array, shape (n,)
    """
    return pareto_front(draws.mean(axis=0), epsilon=np.median(draws.std(axis=0), axis=0))


def reversals(effects: Floats, scale: Scale) -> list[int]:
    """Find the candidates without which others would change their order, as they may with TOPSIS.

    Parameters
    ----------
    effects : float64 array, shape (n, m)
        Expected effects.

    References
    ----------
    Garcia-Cascales & Lamata, Math. Comput. Model. 56, 123 (2012), rank reversal in TOPSIS.
    """
    whole = np.argsort(-scale.score(effects), kind="stable")
    out = []
    for left in range(len(effects)):
        kept = np.array([i for i in range(len(effects)) if i != left])
        order = kept[np.argsort(-scale.score(effects[kept]), kind="stable")] if len(kept) else kept
        if not np.array_equal(order, whole[whole != left]):
            out.append(left)
    return out


@dataclass(frozen=True)
class Turn:
    """A weight at which another candidate becomes the first.

    Attributes
    ----------
    criterion : index of the criterion
    weight : its share of the whole at which the winner changes, the others keeping their proportions
    winner : index of who is first beyond it
    """

    criterion: int
    weight: float
    winner: int


def turns(effects: Floats, scale: Scale) -> list[Turn]:
    """Find, for each criterion and to either side, the weight nearest to the given one at which the winner changes.

    Parameters
    ----------
    effects : float64 array, shape (d, n, m), or (n, m) where they are certain
        Draws; the winner is who has the best mean rank.
    """
    effects = effects.reshape(-1, *effects.shape[-2:])
    out: list[Turn] = []
    m = len(scale.weights)
    if m < 2 or effects.shape[1] < 2:
        return out
    winner = _first(effects, scale, scale.weights)
    for k in range(m):
        others = np.where(np.arange(m) == k, 0.0, scale.weights)
        if others.sum() == 0:
            continue

        def first(share: float, k: int = k, others: Floats = others) -> int:
            weights = others / others.sum() * (1 - share)
            weights[k] = share
            return _first(effects, scale, weights)

        now = float(scale.weights[k])
        for end in (0.0, 1.0):
            path = np.linspace(now, end, WEIGHT_STEPS + 1)
            changed = next((i for i, share in enumerate(path) if first(share) != winner), None)
            if changed:
                kept, lost = path[changed - 1], path[changed]
                for _ in range(30):
                    middle = 0.5 * (kept + lost)
                    kept, lost = (middle, lost) if first(middle) == winner else (kept, middle)
                out.append(Turn(k, float(lost), first(float(lost))))
    return out


def _first(draws: Floats, scale: Scale, weights: Floats) -> int:
    return int(np.argmin(ranks_of(scale.score(draws, weights)).mean(axis=0)))


@dataclass(frozen=True)
class Experiment:
    """A measurement that was not made, and what it would do.

    Attributes
    ----------
    candidate, criterion : indexes
    change : expected sum, over all candidates, of how far their mean ranks would move
    """

    candidate: int
    criterion: int
    change: float


def experiments(draws: Floats, found: Places, sd: float) -> list[Experiment]:
    """Say what each further measurement, with a control beside it, would do to the ranking; the most telling first.

    Its outcomes are taken from the draws themselves; after each the draws are weighted by how well they agree with it.

    Parameters
    ----------
    draws : float64 array, shape (d, n, m)
    found : their places
    sd : standard deviation of such a measurement [ln units]

    References
    ----------
    Expected value of sample information by importance weighting of draws; Menzies, Med. Decis. Making 36, 308 (2016).
    """
    ranks = found.ranks.astype(np.float64)
    now = found.mean
    out = []
    shares = (np.arange(OUTCOMES) + 0.5) / OUTCOMES
    for j in range(draws.shape[1]):
        for k in range(draws.shape[2]):
            theta = draws[:, j, k]
            outcomes = np.quantile(theta, shares)
            weight = np.exp(-0.5 * ((outcomes[:, None] - theta[None, :]) / sd) ** 2)
            after = (weight / weight.sum(axis=1, keepdims=True)) @ ranks
            out.append(Experiment(j, k, float(np.abs(after - now).sum(axis=1).mean())))
    return sorted(out, key=lambda e: (-round(e.change, 6), e.candidate, e.criterion))


def undecided(found: Places, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the candidates of which too little is known to give them a place, shape (n,).

    Nothing is known of any of their effects, or their 90 % interval of rank spans more than ``WIDE`` of all places.

    Parameters
    ----------
    found : their places
    known : bool array, shape (n, m)
        Where anything is known of an effect.
    """
    low, high = found.quantiles(0.05, 0.95)
    n = found.ranks.shape[1]
    wide = (high - low) > WIDE * (n - 1) if n > 1 else np.zeros(n, np.bool_)
    out: NDArray[np.bool_] = wide | ~known.any(axis=1)
    return out
