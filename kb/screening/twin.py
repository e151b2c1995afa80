"""The C core again in slow, obvious Python: the oracle its tests compare with.

Rows are lists of floats: bigger is better, NaN is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def _refuse_infinite(values: Sequence[Sequence[float]]) -> None:
    if any(math.isinf(v) for row in values for v in row):
        raise ValueError("values must not be infinite; write NaN for an unknown value")


def dominates(a: Sequence[float], b: Sequence[float]) -> bool:
    """Tell whether row ``a`` is nowhere worse than ``b`` and somewhere better.

    Parameters
    ----------
    a, b : rows of the same length
        NaN is worse than any number and equal to NaN.

    Examples
    --------
    >>> dominates([2.0, 1.0], [1.0, 1.0]), dominates([2.0, 0.0], [1.0, 1.0])
    (True, False)
    >>> dominates([1.0, 0.0], [1.0, math.nan])
    True
    """
    x = [-math.inf if math.isnan(v) else v for v in a]
    y = [-math.inf if math.isnan(v) else v for v in b]
    return all(p >= q for p, q in zip(x, y, strict=True)) and any(p > q for p, q in zip(x, y, strict=True))


def pareto_front(values: Sequence[Sequence[float]]) -> list[bool]:
    """Mark the rows that no other row dominates; of equal rows all stay or all go.

    Raises
    ------
    ValueError
        Where a value is infinite.

    Examples
    --------
    >>> pareto_front([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0]])
    [True, True, False]
    """
    _refuse_infinite(values)
    return [not any(dominates(other, row) for other in values) for row in values]


def desirability_score(values: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    """Score each row by the weighted arithmetic mean of its desirabilities.

    The desirability of a value is its place between the smallest (0) and the largest (1) known value of its column;
    1 for all known values of a constant column; 0 for an unknown value.  Without columns the score is 0.

    Raises
    ------
    ValueError
        Where a value is infinite, a weight negative or NaN, or the sum of weights not positive and finite.

    Examples
    --------
    >>> desirability_score([[98.0, 10.0], [90.0, math.nan], [94.0, 20.0]], [1.0, 1.0])
    [0.5, 0.0, 0.75]
    """
    _refuse_infinite(values)
    if not all(w >= 0 for w in weights):
        raise ValueError("weights must not be negative or NaN")
    if weights and not 0 < sum(weights) < math.inf:
        raise ValueError("weights must have a positive finite sum")
    known = [[row[j] for row in values if not math.isnan(row[j])] for j in range(len(weights))]
    ends = [(min(column), max(column)) if column else (math.nan, math.nan) for column in known]
    score = []
    for row in values:
        places = []
        for value, (low, high) in zip(row, ends, strict=True):
            if math.isnan(value):
                places.append(0.0)
            elif low == high:
                places.append(1.0)
            else:  # exact, because the distance of two large numbers may be larger than any float
                places.append(float((Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))))
        score.append(sum(w * p for w, p in zip(weights, places, strict=True)) / sum(weights) if weights else 0.0)
    return score
