"""Candidates ranked by several criteria: a score, the Pareto front.

Candidates come in as plain records (``kb/candidates.py`` reads them from a base); no database here.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from kb.screening.effects import Direction, Effect, Observation, effect
from schema.errors import BadCriterion, UnitMismatch, did_you_mean
from schema.units import convert
from schema.vocabulary import Metric, vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Candidate",
    "Criterion",
    "Observation",
    "Ranked",
    "desirability_score",
    "pareto_front",
    "parse_criterion",
    "rank",
    "topsis_score",
]

FORM = "write it like coulombic_efficiency, overpotential:min or cycling_hours:max:2"


@dataclass(frozen=True)
class Criterion:
    """What to rank by: a metric, which way is better, how much it counts.

    Raises
    ------
    BadCriterion
        Where the direction is not "max" or "min", or the weight not a positive finite number.
    """

    metric: str
    direction: Direction
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.direction not in ("max", "min"):
            hint = did_you_mean(str(self.direction), ("max", "min")) or f"; {FORM}"
            raise BadCriterion(f"{self.metric}: direction {self.direction!r} is neither max nor min{hint}")
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise BadCriterion(f"{self.metric}: weight {self.weight:g} is not a positive number; {FORM}")

    def __str__(self) -> str:
        return f"{self.metric}:{self.direction}" + (f":{self.weight:g}" if self.weight != 1 else "")


@dataclass(frozen=True)
class Candidate:
    """A protected anode of one paper, with what the paper reports on it.

    Attributes
    ----------
    name : the system as the paper names it
    paper : title, DOI or file name, for people
    key : identifies the system in its base
    observations : one for each metric; the best documented, where the paper gives several
    """

    name: str
    paper: str
    key: str | int
    observations: Mapping[str, Observation] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place.

    Attributes
    ----------
    position : 1 is the best
    score : 0 to 1, the weighted mean of desirabilities among the candidates ranked with it
    on_front : no other candidate is as good in all criteria and better in one
    known : number of criteria of which a value was known
    values : what was compared, by metric: the value in the metric's unit, or the gain in ln units where the ranking
        was relative; NaN where not known
    effects : the effect against the paper's control, for each criterion that was observed
    """

    candidate: Candidate
    position: int
    score: float
    on_front: bool
    known: int
    values: Mapping[str, float]
    effects: Mapping[str, Effect]


def parse_criterion(text: str) -> Criterion:
    """Read a criterion from ``metric``, ``metric:direction`` or ``metric:direction:weight``.

    Without a direction the better one of ``metrics.toml`` holds.

    Raises
    ------
    UnknownMetric
        With the nearest known names.
    BadCriterion
        Where the rest cannot be read, or the metric has no better direction and none is given.

    Examples
    --------
    >>> parse_criterion("overpotential:min:2")
    Criterion(metric='overpotential', direction='min', weight=2.0)
    >>> str(parse_criterion("coulombic_efficiency"))
    'coulombic_efficiency:max'
    """
    name, _, rest = text.partition(":")
    direction, _, weight = (part.strip() for part in rest.partition(":"))
    metric = vocabulary().metric(name.strip())
    if not direction:
        if metric.better == "none":
            raise BadCriterion(f"{metric.name} has no better direction; write {metric.name}:max or {metric.name}:min")
        direction = "max" if metric.better == "higher" else "min"
    try:
        return Criterion(metric.name, cast(Direction, direction), float(weight) if weight else 1.0)
    except ValueError as error:
        if isinstance(error, BadCriterion):
            raise
        raise BadCriterion(f"{metric.name}: weight {weight!r} is not a number; {FORM}") from error


def _matrix(values: ArrayLike) -> NDArray[np.float64]:
    import numpy as np

    matrix = np.ascontiguousarray(values, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"values must have shape (n, m), one row a candidate; this has shape {matrix.shape}")
    return matrix


def pareto_front(values: ArrayLike, epsilon: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Mark the rows that no other row dominates; of equal rows all stay or all go.

    A row dominates another if it is nowhere worse and somewhere better by more than epsilon.  So noise of the size of
    epsilon removes no row: one that is as good as another but for the noise stays, and the front only grows with
    epsilon.  Nor does epsilon excuse a loss: "clearly better somewhere, clearly worse nowhere" can run in a circle of
    three rows, which would all go.  This order has no circles, and something always stays.

    Parameters
    ----------
    values : float64 array, shape (n, m)
        Bigger is better; NaN is unknown, worse than any number by more than any epsilon.
    epsilon : float64 array, shape (m,), or a number for all columns
        Differences that count as noise, in the units of the columns; 0 if not given.  Where noise is a share of the
        value, pass logarithms of the values.

    Returns
    -------
    bool array, shape (n,)

    Raises
    ------
    ValueError
        Where the shape is not (n, m), a value is infinite, or an epsilon negative or not finite.

    References
    ----------
    An epsilon-efficient set in the sense of White, J. Optim. Theory Appl. 49, 319 (1986).

    Examples
    --------
    >>> pareto_front([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0]]).tolist()
    [True, True, False]
    >>> pareto_front([[98.0, 1400.0], [97.9, 1400.0], [97.5, 400.0]], epsilon=[0.2, 100.0]).tolist()
    [True, True, False]
    """
    import numpy as np

    from kb.screening import _core

    matrix = _matrix(values)
    front = np.zeros(matrix.shape[0], dtype=np.bool_)
    if epsilon is None:
        _core.pareto_front(matrix, front)
    else:
        margin = np.asarray(epsilon, dtype=np.float64)
        each = np.broadcast_to(margin, matrix.shape[1:]) if margin.ndim == 0 else margin
        _core.epsilon_front(matrix, np.ascontiguousarray(each), front)
    return front


def desirability_score(values: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Score each row by the weighted arithmetic mean of its desirabilities.

    The desirability of a value is its place between the smallest (0) and the largest (1) known value of its column;
    1 for all known values of a constant column; 0 for an unknown value.

    Parameters
    ----------
    values : float64 array, shape (n, m)
        Bigger is better; NaN is unknown.
    weights : float64 array, shape (m,)
        Not negative, with a positive finite sum.

    Returns
    -------
    float64 array, shape (n,)
        0 to 1.

    Raises
    ------
    ValueError
        Where the shapes do not fit, a value is infinite or the weights are not as said.

    Examples
    --------
    >>> desirability_score([[98.0, 10.0], [90.0, float("nan")], [94.0, 20.0]], [1, 1]).tolist()
    [0.5, 0.0, 0.75]
    """
    import numpy as np

    from kb.screening import _core

    matrix = _matrix(values)
    score = np.zeros(matrix.shape[0], dtype=np.float64)
    _core.desirability_score(matrix, np.ascontiguousarray(weights, dtype=np.float64), score)
    return score


def topsis_score(values: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Score each row by TOPSIS, its closeness to the best point: distance to the worst over the sum of both distances.

    Columns are divided by their Euclidean norm and weighted.  The best (worst) point holds the largest (smallest) value
    of each column.  An unknown value counts as the smallest known value of its column, in the norm too.  If no column
    tells rows apart, all scores are 1, or 0 where nothing is known.

    Scores hang on all rows: one more row may turn the order of two others (rank reversal).

    Parameters
    ----------
    values : float64 array, shape (n, m)
        Bigger is better (pass costs with their sign turned); NaN is unknown.  The unit of a column does not matter, its
        zero does.
    weights : float64 array, shape (m,)
        Not negative, with a positive finite sum.

    Returns
    -------
    float64 array, shape (n,)
        0 to 1.

    Raises
    ------
    ValueError
        Where the shapes do not fit, a value is infinite or the weights are not as said.

    References
    ----------
    Hwang & Yoon, Multiple Attribute Decision Making, Springer 1981.

    Examples
    --------
    >>> topsis_score([[3.0, 0.0], [0.0, 4.0], [3.0, 4.0]], [3, 1]).round(3).tolist()
    [0.75, 0.25, 1.0]
    """
    import numpy as np

    from kb.screening import _core

    matrix = _matrix(values)
    score = np.zeros(matrix.shape[0], dtype=np.float64)
    _core.topsis_score(matrix, np.ascontiguousarray(weights, dtype=np.float64), score)
    return score


def _in_unit(value: float, unit: str, metric: Metric) -> float:
    """Give a value in the metric's unit; an "x-fold" improvement is no percentage, so it counts as unknown."""
    if unit == metric.unit:
        return value
    if unit == "fold":
        return math.nan
    try:
        return convert(value, unit, metric.unit)
    except UnitMismatch as error:
        raise UnitMismatch(f"{metric.name}: {error}", unit=unit, expected=metric.unit) from error


def _compared(metric: Metric, criterion: Criterion, seen: Observation | None, found: Effect | None) -> float:
    """Give the number that is compared, bigger or smaller being better as the criterion says; NaN is unknown."""
    if found is not None:
        return found.gain(criterion.direction)
    if seen is None:
        return math.nan
    return _in_unit(seen.worse_end(criterion.direction), seen.unit, metric)


def _score(oriented: Sequence[float], n: int, weights: Sequence[float]) -> tuple[Sequence[float], Sequence[int]]:
    """Run the C core on plain arrays: a ranking of fifty candidates need not load NumPy."""
    from kb.screening import _core

    matrix = memoryview(array("d", oriented)).cast("B").cast("d", (n, len(weights)))
    score, front = array("d", bytes(8 * n)), bytearray(n)
    _core.pareto_front(matrix, front)
    _core.desirability_score(matrix, array("d", weights), score)
    return score, front


def rank(candidates: Sequence[Candidate], criteria: Sequence[Criterion], relative: bool = False) -> list[Ranked]:
    """Rank candidates by several criteria; every candidate comes back, also one of which nothing is known.

    Of a range the end that is worse for the direction counts (conservative).  An open value counts at its bound:
    "over 1400 h" as 1400 h, which is conservative where more is better, "below 20 mV" as 20 mV.

    Parameters
    ----------
    candidates : what to rank
    criteria : what to rank by, each metric once
    relative : compare the effects against each paper's own control instead of the raw values; a value without a
        control is then unknown

    Returns
    -------
    list of Ranked, best first: by score, then the better known, then by name, paper and key

    Raises
    ------
    BadCriterion
        Without a criterion, or where a metric comes twice.
    UnknownMetric
        With the nearest known names.
    UnitMismatch
        Where an observation has a unit of another dimension than its metric.

    Examples
    --------
    >>> treated = Candidate("PVDF@Cu", "a", 1, {"overpotential": Observation(20, "mV")})
    >>> bare = Candidate("Cu", "a", 2, {"overpotential": Observation(60, "mV")})
    >>> [(r.position, r.candidate.name, r.score) for r in rank([bare, treated], [parse_criterion("overpotential")])]
    [(1, 'PVDF@Cu', 1.0), (2, 'Cu', 0.0)]
    """
    if not criteria:
        raise BadCriterion(f"nothing to rank by; {FORM}")
    metrics = [vocabulary().metric(c.metric) for c in criteria]
    twice = sorted({c.metric for c in criteria if sum(c.metric == d.metric for d in criteria) > 1})
    if twice:
        raise BadCriterion(f"{twice[0]} is named twice; name it once with a weight: {twice[0]}:max:2")
    if not candidates:
        return []

    effects: list[dict[str, Effect]] = []
    values: list[dict[str, float]] = []
    oriented: list[float] = []
    for candidate in candidates:
        seen = {c.metric: candidate.observations[c.metric] for c in criteria if c.metric in candidate.observations}
        found = {c.metric: effect(c.metric, seen[c.metric], c.direction) for c in criteria if c.metric in seen}
        row: dict[str, float] = {}
        for metric, criterion in zip(metrics, criteria, strict=True):
            name = metric.name
            value = _compared(metric, criterion, seen.get(name), found.get(name) if relative else None)
            row[name] = value
            # A gain is already turned so that more is better.
            oriented.append(-value if criterion.direction == "min" and not relative else value)
        effects.append(found)
        values.append(row)

    score, front = _score(oriented, len(candidates), [c.weight for c in criteria])
    ranked = [
        Ranked(
            candidate=candidate,
            position=0,
            score=score[i],
            on_front=bool(front[i]),
            known=sum(not math.isnan(v) for v in values[i].values()),
            values=values[i],
            effects=effects[i],
        )
        for i, candidate in enumerate(candidates)
    ]
    return [replace(r, position=p) for p, r in enumerate(sorted(ranked, key=_place), start=1)]


def _place(ranked: Ranked) -> tuple[float, int, str, str, str]:
    candidate = ranked.candidate
    # Twelve digits: what differs by rounding alone is a tie, so that the order is the same on every machine.
    # The worst known value and an unknown one score the same; with the better known first, no candidate stands
    # below one that it dominates.
    return -round(ranked.score, 12), -ranked.known, candidate.name, candidate.paper, str(candidate.key)
