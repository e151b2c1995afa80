"""The front and TOPSIS beside the libraries that also have them, all in one run: ``make bench``.

Times are of the processor, the best of a few calls, in one thread.  Every library's answer is compared with ours first.
The twin compares each row with all others, so it judges some of the rows here and its time is scaled up to all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from kb.screening import twin
from kb.screening.rank import desirability_score, pareto_front, topsis_score

CRITERIA = 5
SAMPLE = 30
WEIGHTS = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
LIMIT = 20.0  # seconds that a call may take to be repeated

Call = Callable[[], object]


def uniform(n: int) -> np.ndarray:
    return np.random.default_rng(n).random((n, CRITERIA))


def correlated(n: int) -> np.ndarray:
    random = np.random.default_rng(n)
    return random.normal(size=(n, 1)) + 0.3 * random.normal(size=(n, CRITERIA))


def anticorrelated(n: int) -> np.ndarray:
    """Scatter rows about a plane on which a gain in one column is a loss in others."""
    random = np.random.default_rng(n)
    values = random.exponential(size=(n, CRITERIA))
    return values / values.sum(axis=1, keepdims=True) * random.normal(1, 0.05, size=(n, 1))


def seconds(call: Call) -> float:
    best = spent = float("inf")
    for _ in range(5):
        begin = time.process_time()
        call()
        spent = time.process_time() - begin
        best = min(best, spent)
        if spent > LIMIT / 5:
            break
    return best


def installed(package: str) -> bool:
    found = find_spec(package) is not None
    if not found:
        sys.stdout.write(f"{package} is not installed; make bench installs it\n")
    return found


def fronts(values: np.ndarray, wide: bool) -> dict[str, Call]:
    calls: dict[str, Call] = {"C": lambda: pareto_front(values)}
    if installed("moocore"):
        import moocore

        calls["moocore"] = lambda: moocore.is_nondominated(values, maximise=True, keep_weakly=True)
    if not wide and installed("paretoset"):  # where half the rows stay it takes 200 times as long as C, at 10^5
        import paretoset

        calls["paretoset"] = lambda: paretoset.paretoset(values, sense=["max"] * CRITERIA, distinct=False)
    return calls


def numpy_topsis(values: np.ndarray) -> np.ndarray:
    weighted = values / np.sqrt((values**2).sum(axis=0)) * (WEIGHTS / WEIGHTS.sum())
    to_best = np.sqrt(((weighted - weighted.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    return to_worst / (to_best + to_worst)


def topses(values: np.ndarray) -> dict[str, Call]:
    calls: dict[str, Call] = {"C": lambda: topsis_score(values, WEIGHTS), "NumPy": lambda: numpy_topsis(values)}
    if installed("skcriteria"):
        import skcriteria
        from skcriteria.agg.topsis import TOPSIS
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing.scalers import SumScaler, VectorScaler

        matrix = skcriteria.mkdm(values, [max] * CRITERIA, weights=WEIGHTS)
        pipe = mkpipe(SumScaler(target="weights"), VectorScaler(target="matrix"), TOPSIS())
        calls["scikit-criteria"] = lambda: pipe.evaluate(matrix).e_.similarity
    return calls


def twin_front(values: np.ndarray) -> float:
    rows, stride = values.tolist(), max(1, len(values) // SAMPLE)
    sample = rows[::stride]
    begin = time.process_time()
    front = [not any(twin.dominates(other, row) for other in rows) for row in sample]
    spent = time.process_time() - begin
    assert front == pareto_front(values)[::stride].tolist()
    return spent * len(rows) / len(sample)


def table(n: int, what: str, calls: dict[str, Call], more: dict[str, float]) -> None:
    ours = np.asarray(calls["C"]())
    for name, call in calls.items():
        if not np.allclose(np.asarray(call()), ours, rtol=1e-9):  # the first call of numba also compiles
            raise SystemExit(f"{what}: {name} gives another answer")
    times = {name: seconds(call) for name, call in calls.items()} | more
    for name, spent in times.items():
        ratio = "" if name == "C" else f"{spent / times['C']:>8,.1f}x"
        sys.stdout.write(f"{n:>9,} {what:22} {name:16} {spent * 1e3:>13,.1f} {ratio}\n")


def main() -> None:
    sys.stdout.write(f"{'points':>9} {f'x {CRITERIA} criteria':22} {'':16} {'CPU time [ms]':>13} {'to C':>8}\n")
    for n in (100_000, 1_000_000):
        small = n == 100_000
        for kind in (uniform, correlated, anticorrelated):
            values = kind(n)
            more = {"twin (scaled up)": twin_front(values)} if kind is uniform and small else {}
            table(n, f"front, {kind.__name__}", fronts(values, wide=kind is anticorrelated), more)
        values = uniform(n)
        table(n, "desirability", {"C": lambda values=values: desirability_score(values, WEIGHTS)}, {})
        table(n, "TOPSIS", topses(values), {})


if __name__ == "__main__":
    main()
