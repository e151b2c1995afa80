"""The C core again in slow, obvious Python: the oracle its tests compare with.

Rows are lists of floats: bigger is better, NaN is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction


def _refuse_infinite(values: Sequence[Sequence[float]]) -> None:
    if any(math.isinf(v) for row in values for v in row):
        raise ValueError("values must not be infinite; write NaN for an unknown value")


def dominates(a: Sequence[float], b: Sequence[float], epsilon: Sequence[float] | None = None) -> bool:
    """Tell whether row ``a`` is nowhere worse than ``b`` and somewhere better by more than epsilon.

    Parameters
    ----------
    a, b : rows of the same length
        NaN is worse than any number and equal to NaN.
    epsilon : row of that length
        Not negative; zeros where not given.

    Examples
    --------
    >>> dominates([2.0, 1.0], [1.0, 1.0]), dominates([2.0, 0.0], [1.0, 1.0])
    (True, False)
    >>> dominates([1.0, 0.0], [1.0, math.nan])
    True
    >>> dominates([2.0, 1.0], [1.5, 1.0], [0.5, 0.5]), dominates([2.0, 1.0], [1.4, 1.0], [0.5, 0.5])
    (False, True)
    """
    x = [-math.inf if math.isnan(v) else v for v in a]
    y = [-math.inf if math.isnan(v) else v for v in b]
    margin = [0.0] * len(x) if epsilon is None else epsilon
    return all(p >= q for p, q in zip(x, y, strict=True)) and any(
        p > q and p - q > e for p, q, e in zip(x, y, margin, strict=True)
    )


def pareto_front(values: Sequence[Sequence[float]], epsilon: Sequence[float] | None = None) -> list[bool]:
    """Mark the rows that no other row dominates; of equal rows all stay or all go.

    Raises
    ------
    ValueError
        Where a value is infinite, or an epsilon negative or not finite.

    Examples
    --------
    >>> pareto_front([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0]])
    [True, True, False]
    >>> pareto_front([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0]], epsilon=[1.0, 1.0])
    [True, True, True]
    """
    _refuse_infinite(values)
    if epsilon is not None and not all(0 <= e < math.inf for e in epsilon):
        raise ValueError("epsilon must be finite and not negative")
    return [not any(dominates(other, row, epsilon) for other in values) for row in values]


def _refuse_weights(weights: Sequence[float]) -> None:
    if not all(w >= 0 for w in weights):
        raise ValueError("weights must not be negative or NaN")
    if weights and not 0 < sum(weights) < math.inf:
        raise ValueError("weights must have a positive finite sum")


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
    _refuse_weights(weights)
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


def topsis_score(values: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    """Score each row by TOPSIS: its distance to the worst point over the sum of that and the distance to the best.

    Columns are divided by their Euclidean norm and weighted.  An unknown value counts as the smallest known value of
    its column.  If no column tells rows apart, all scores are 1, or 0 where nothing is known.

    Raises
    ------
    ValueError
        Where a value is infinite, a weight negative or NaN, or the sum of weights not positive and finite.

    References
    ----------
    Hwang & Yoon, Multiple Attribute Decision Making, Springer 1981.

    Examples
    --------
    >>> topsis_score([[3.0, 0.0], [0.0, 4.0], [3.0, 4.0]], [3.0, 1.0])
    [0.75, 0.25, 1.0]
    """
    _refuse_infinite(values)
    _refuse_weights(weights)
    with localcontext(Context(prec=60)):  # no square of a float leaves the range of a Decimal
        columns = []
        for j, weight in enumerate(weights):
            known = [row[j] for row in values if not math.isnan(row[j])]
            column = [Decimal(min(known) if math.isnan(row[j]) else row[j]) for row in values] if known else []
            if column and min(column) < max(column):
                norm = sum((v * v for v in column), Decimal(0)).sqrt()
                columns.append([Decimal(weight) * v / norm for v in column])
        if not any(max(column) > min(column) for column in columns):
            something = any(not math.isnan(v) for row in values for v in row)
            return [1.0 if something else 0.0] * len(values)
        score = []
        for i in range(len(values)):
            to_best = sum(((max(c) - c[i]) ** 2 for c in columns), Decimal(0)).sqrt()
            to_worst = sum(((c[i] - min(c)) ** 2 for c in columns), Decimal(0)).sqrt()
            score.append(float(to_worst / (to_best + to_worst)))
    return score
