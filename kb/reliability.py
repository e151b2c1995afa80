"""How far stated chances can be trusted: a reliability table, the expected calibration error and its interval.

References
----------
Guo et al., On calibration of modern neural networks, ICML 2017, for the table and the expected calibration error.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
RESAMPLINGS = 2000
SEED = 20170806
Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats, NDArray[np.intp]], float]


@dataclass(frozen=True)
class Reliability:
    """Stated chances beside what came of them.

    Attributes
    ----------
    said : float64 array, shape (n,)
        Chances, 0 to 1.
    right : float64 array, shape (n,)
        1 where the record was right, else 0.
    papers : of each record
    """

    said: Floats
    right: Floats
    papers: tuple[Hashable, ...]

    @classmethod
    def of(cls, said: ArrayLike, right: ArrayLike, papers: Sequence[Hashable]) -> Reliability:
        return cls(np.asarray(said, dtype=float), np.asarray(right, dtype=float), tuple(papers))

    def __len__(self) -> int:
        return len(self.said)

    def table(self) -> list[dict[str, Any]]:
        """Give a row for each range of chances that holds any: how many records, the mean said, the share right.

        Examples
        --------
        >>> r = Reliability.of([0.92, 0.94, 0.6], [1, 0, 1], ["a", "a", "b"])
        >>> [(row["from"], row["records"], round(row["said"], 2), row["right"]) for row in r.table()]
        [(0.5, 1, 0.6, 1.0), (0.9, 2, 0.93, 0.5)]
        """
        place = _ranges(self.said)
        rows = []
        for i, (low, high) in enumerate(pairwise(EDGES)):
            mine = place == i
            if mine.any():
                means = {"said": float(self.said[mine].mean()), "right": float(self.right[mine].mean())}
                rows.append({"from": low, "to": high, "records": int(mine.sum()), **means})
        return rows

    def error(self) -> float:
        """Give the expected calibration error: the mean gap of said and right over the ranges, weighted by records."""
        return expected_calibration_error(self.said, self.right)

    def interval(self, measure: Measure | None = None, share: float = 0.95) -> tuple[float, float]:
        """Give the interval of :meth:`error`, or of another measure, drawing papers, then records in them.

        Parameters
        ----------
        measure : of said, right and the number of the paper, each of shape (n,)
        """
        if not len(self):
            return 0.0, 0.0
        names = np.unique(list(map(str, self.papers)), return_inverse=True)[1]
        measure = measure or (lambda said, right, _: expected_calibration_error(said, right))
        found = [measure(self.said[rows], self.right[rows], names[rows]) for rows in draws_of_papers(self.papers)]
        low, high = np.nanquantile(found, [(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)

    def by_chance_alone(self) -> float:
        """Give the error to be expected of so many records if each chance were exactly right."""
        draws = np.random.default_rng(SEED)
        drawn = draws.random((RESAMPLINGS, len(self))) < self.said
        return float(np.mean([expected_calibration_error(self.said, right.astype(float)) for right in drawn]))


def draws_of_papers(papers: Sequence[Hashable]) -> Iterator[NDArray[np.intp]]:
    """Draw RESAMPLINGS times papers with replacement, then records in each; as indices of records, shape (m,)."""
    draws = np.random.default_rng(SEED)
    if not len(papers):
        return
    names, of_paper, sizes = np.unique(list(map(str, papers)), return_inverse=True, return_counts=True)
    by_paper, starts = np.argsort(of_paper, kind="stable"), np.cumsum(sizes) - sizes
    for _ in range(RESAMPLINGS):
        drawn = draws.integers(len(names), size=len(names))
        start, size = np.repeat(starts[drawn], sizes[drawn]), np.repeat(sizes[drawn], sizes[drawn])
        yield by_paper[start + draws.integers(size)]


def area_under_curve(said: Floats, right: Floats, papers: NDArray[np.intp] | None = None) -> float:
    """Give the share of pairs of a right and a wrong record in which the right one is the surer; ties count half.

    Parameters
    ----------
    said : float64 array, shape (n,)
    right : float64 array, shape (n,)
    papers : where given, only pairs of one paper count; shape (n,)

    Returns
    -------
    float
        The area under the receiver operating characteristic; NaN where there is no pair.

    Examples
    --------
    >>> area_under_curve(np.array([0.9, 0.8, 0.7]), np.array([1.0, 0.0, 1.0]))
    0.5
    """
    above = pairs = 0.0
    for paper in [None] if papers is None else np.unique(papers):
        mine = slice(None) if paper is None else papers == paper
        good, bad = said[mine][right[mine] > 0], np.sort(said[mine][right[mine] == 0])
        above += (np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")).sum() / 2
        pairs += len(good) * len(bad)
    return float(above / pairs) if pairs else float("nan")


def brier_skill(said: Floats, right: Floats) -> float:
    """Give by what share the squared error is less than if all records were given the share right; NaN if none is off.

    Examples
    --------
    >>> brier_skill(np.array([1.0, 0.5]), np.array([1.0, 0.0])), brier_skill(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    (0.5, 0.0)
    """
    spread = float(np.var(right)) if len(right) else 0.0
    return 1 - float(np.mean((said - right) ** 2)) / spread if spread else float("nan")


def expected_calibration_error(said: Floats, right: Floats) -> float:
    """Give the mean gap between the chance said and the share right, over the ranges of EDGES, weighted by records.

    Parameters
    ----------
    said : float64 array, shape (n,)
    right : float64 array, shape (n,)

    Examples
    --------
    >>> round(expected_calibration_error(np.array([0.9, 0.9]), np.array([1.0, 0.0])), 2)
    0.4
    """
    place = _ranges(said)
    ranges = len(EDGES) - 1
    gaps = np.bincount(place, said, ranges) - np.bincount(place, right, ranges)
    return float(np.abs(gaps).sum() / len(said)) if len(said) else 0.0


def _ranges(said: Floats) -> NDArray[np.intp]:
    return np.clip(np.searchsorted(EDGES, said, side="right") - 1, 0, len(EDGES) - 2)


def summary(reliability: Reliability) -> dict[str, Any]:
    """Give it JSON-ready; a measure that cannot be had of these records is null."""
    low, high = reliability.interval()
    apart = {
        "area_under_curve": area_under_curve(reliability.said, reliability.right),
        "brier_skill": brier_skill(reliability.said, reliability.right),
    }
    known = {name: None if np.isnan(value) else value for name, value in apart.items()}
    return {"error": reliability.error(), "interval": [low, high], **known, "table": reliability.table()}


def as_table(reliability: Reliability) -> str:
    """Lay a reliability table out in Markdown."""
    lines = ["| confidence | records | mean confidence | share right |", "| --- | --- | --- | --- |"]
    for row in reliability.table():
        lines.append(
            f"| {row['from']:g} to {row['to']:g} | {row['records']} | {row['said']:.2f} | {row['right']:.2f} |"
        )
    return "\n".join(lines)


def in_words(reliability: Reliability) -> str:
    """Say the expected calibration error with its interval, and what chance alone would give."""
    if not len(reliability):
        return "no records with a confidence"
    low, high = reliability.interval()
    return (
        f"{len(reliability)} records, mean confidence {reliability.said.mean():.3f}, "
        f"right {reliability.right.mean():.3f}; expected calibration error {reliability.error():.3f} "
        f"(95 % interval {low:.3f} to {high:.3f}; {reliability.by_chance_alone():.3f} by chance alone)"
    )


def told_apart(reliability: Reliability) -> str:
    """Say how well the chances tell right records from wrong ones, each figure with its interval."""
    if len(set(reliability.right)) < 2:
        return "nothing to tell apart, as all are right or none is"
    names = np.unique(list(map(str, reliability.papers)), return_inverse=True)[1]
    measures: dict[str, Measure] = {
        "area under the curve": lambda said, right, _: area_under_curve(said, right),
        "within papers": area_under_curve,
        "Brier skill": lambda said, right, _: brier_skill(said, right),
    }
    told = []
    for name, measure in measures.items():
        low, high = reliability.interval(measure)
        told.append(f"{name} {measure(reliability.said, reliability.right, names):.2f} ({low:.2f} to {high:.2f})")
    return ", ".join(told)
