"""How much faster the C core is than its twin, both sides in one run: ``make bench``.

The twin compares each row with all others, so it judges 500 of the rows here and its time is scaled up to all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from kb.screening import twin
from kb.screening.rank import desirability_score, pareto_front

CRITERIA = 5
SAMPLE = 500


def seconds(repeats: int, call: Callable[..., object], *arguments: object) -> float:
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        call(*arguments)
        best = min(best, time.perf_counter() - begin)
    return best


def judge(rows: list[list[float]], sample: list[int]) -> list[bool]:
    return [not any(twin.dominates(other, rows[i]) for other in rows) for i in sample]


def line(n: int, what: str, fast: float, slow: float) -> None:
    sys.stdout.write(f"{n:>12,} {what:14} {fast * 1e3:>10.2f} {slow * 1e3:>12,.0f} {slow / fast:>8,.0f}x\n")


def main() -> None:
    sys.stdout.write(f"{'points x 5':>12} {'':14} {'C [ms]':>10} {'twin [ms]':>12} {'ratio':>9}\n")
    weights = [1.0] * CRITERIA
    for n in (1_000, 10_000, 100_000):
        values = np.random.default_rng(n).random((n, CRITERIA))
        rows = values.tolist()
        sample = list(range(0, n, max(1, n // SAMPLE)))
        assert judge(rows, sample) == pareto_front(values)[sample].tolist()
        slow = seconds(1, judge, rows, sample) * n / len(sample)
        line(n, "front", seconds(5, pareto_front, values), slow)
        slow = seconds(1, twin.desirability_score, rows, weights)
        line(n, "desirability", seconds(5, desirability_score, values, weights), slow)


if __name__ == "__main__":
    main()
