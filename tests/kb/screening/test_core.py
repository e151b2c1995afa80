"""The C core against its slow twin, and its refusals."""

import math
import threading
import time
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.screening import _core, twin
from kb.screening.rank import desirability_score, pareto_front

NAN = math.nan
# Few distinct values make ties, duplicates and dominance frequent; the wide ones reach the ends of the format.
FEW = st.sampled_from([NAN, -1.0, -0.0, 0.0, 1.0, 2.0])
WIDE = st.one_of(
    FEW, st.floats(allow_infinity=False, width=64), st.sampled_from([1.7e308, -1.7e308, 5e-324, -5e-324, 1.0 + 2**-52])
)


def matrices(values: st.SearchStrategy[float], rows: int = 12) -> st.SearchStrategy[list[list[float]]]:
    return st.integers(1, 5).flatmap(lambda m: st.lists(st.lists(values, min_size=m, max_size=m), max_size=rows))


def as_array(rows: list[list[float]], columns: int) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)


@given(st.one_of(matrices(FEW), matrices(WIDE)))
@settings(max_examples=300, deadline=None)
def test_front_is_that_of_the_twin(rows):
    columns = len(rows[0]) if rows else 3
    assert pareto_front(as_array(rows, columns)).tolist() == twin.pareto_front(rows)


@given(matrices(WIDE), st.data())
@settings(max_examples=300, deadline=None)
def test_score_is_that_of_the_twin(rows, data):
    columns = len(rows[0]) if rows else 3
    weights = data.draw(st.lists(st.floats(0.01, 100), min_size=columns, max_size=columns))
    score = desirability_score(as_array(rows, columns), weights)
    assert score.tolist() == pytest.approx(twin.desirability_score(rows, weights), rel=1e-9, abs=1e-12)
    assert ((score >= 0) & (score <= 1 + 1e-12)).all()


@given(matrices(FEW, rows=8), st.randoms())
@settings(deadline=None)
def test_front_does_not_depend_on_the_order_of_rows_or_columns(rows, random):
    columns = len(rows[0]) if rows else 3
    order, across = list(range(len(rows))), list(range(columns))
    random.shuffle(order)
    random.shuffle(across)
    shuffled = as_array([[rows[i][j] for j in across] for i in order], columns)
    assert pareto_front(shuffled).tolist() == [pareto_front(as_array(rows, columns)).tolist()[i] for i in order]


@pytest.mark.parametrize(
    ("rows", "front"),
    [
        ([[1.0, 1.0]], [True]),
        ([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]], [True, True, False]),  # equal rows stay together
        ([[NAN, NAN], [NAN, NAN]], [True, True]),  # nothing known: nothing better
        ([[NAN, 2.0], [-1e300, 2.0]], [False, True]),  # unknown is worse than any number
        ([[NAN, 3.0], [1.0, 2.0]], [True, True]),
        ([[1e308, -1e308], [-1e308, 1e308], [-1e308, -1e308]], [True, True, False]),
        ([[0.0], [-0.0]], [True, True]),
    ],
)
def test_front_of_small_cases(rows, front):
    assert pareto_front(rows).tolist() == front
    assert twin.pareto_front(rows) == front


@pytest.mark.parametrize(
    ("rows", "weights", "score"),
    [
        ([[5.0]], [1.0], [1.0]),  # a constant column gives 1 to the known
        ([[5.0], [NAN]], [1.0], [1.0, 0.0]),
        ([[1.0, 5.0], [3.0, NAN], [2.0, 5.0]], [3.0, 1.0], [0.25, 0.75, 0.625]),
        ([[-1.7e308], [0.0], [1.7e308]], [1.0], [0.0, 0.5, 1.0]),  # the span overflows, the score does not
        ([[NAN], [NAN]], [1.0], [0.0, 0.0]),
        ([[1.0, 9.0], [0.0, 10.0]], [1.0, 0.0], [1.0, 0.0]),  # a weight of zero does not count
    ],
)
def test_score_of_small_cases(rows, weights, score):
    assert desirability_score(rows, weights).tolist() == pytest.approx(score)
    assert twin.desirability_score(rows, weights) == pytest.approx(score)


def test_empty_inputs():
    assert pareto_front(np.empty((0, 3))).tolist() == twin.pareto_front([]) == []
    assert desirability_score(np.empty((0, 3)), [1, 1, 1]).tolist() == []
    assert pareto_front(np.empty((2, 0))).tolist() == twin.pareto_front([[], []]) == [True, True]
    assert desirability_score(np.empty((2, 0)), []).tolist() == twin.desirability_score([[], []], []) == [0.0, 0.0]


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_infinities_are_refused_by_both(infinite):
    rows = [[1.0, 2.0], [3.0, infinite]]
    for call in (pareto_front, twin.pareto_front):
        with pytest.raises(ValueError, match="must not be infinite; write NaN"):
            call(rows)
    for score in (desirability_score, twin.desirability_score):
        with pytest.raises(ValueError, match="must not be infinite; write NaN"):
            score(rows, [1.0, 1.0])


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [NAN, 1.0], [0.0, 0.0], [math.inf, 1.0], [1e308, 1e308]])
def test_bad_weights_are_refused_by_both(weights):
    for score in (desirability_score, twin.desirability_score):
        with pytest.raises(ValueError, match="weights must"):
            score([[1.0, 2.0]], weights)


def test_large_random_front_agrees_with_the_definition():
    values = np.random.default_rng(7).integers(0, 12, size=(3000, 4)).astype(np.float64)
    values[values == 11] = NAN
    known = np.where(np.isnan(values), -np.inf, values)
    dominated = [bool(((known >= row).all(axis=1) & (known > row).any(axis=1)).any()) for row in known]
    assert pareto_front(values).tolist() == [not d for d in dominated]


# --- what the door refuses: each would read or write out of bounds, or misread the bytes ---

GOOD = np.zeros((4, 2))


@pytest.mark.parametrize(
    ("values", "front", "error", "message"),
    [
        (GOOD, np.zeros(3, bool), ValueError, "front must have length 4, not 3"),
        (GOOD, np.zeros((4, 1), bool), ValueError, "front must have 1 dimension"),
        (GOOD, np.zeros(4), TypeError, "front must hold items of format 'B\\?', not 'd'"),
        (GOOD, bytes(4), ValueError, "front must be C-contiguous and writable"),
        (GOOD, np.zeros(8, bool)[::2], ValueError, "front must be C-contiguous"),
        (GOOD.astype(np.float32), np.zeros(4, bool), TypeError, "values must hold items of format 'd', not 'f'"),
        (GOOD.astype(">f8"), np.zeros(4, bool), TypeError, "values must hold items of format 'd', not '>d'"),
        (GOOD.T, np.zeros(2, bool), ValueError, "values must be C-contiguous"),
        (GOOD.ravel(), np.zeros(8, bool), ValueError, "values must have 2 dimension"),
        ([[1.0, 2.0]], np.zeros(1, bool), TypeError, "values must offer the buffer protocol"),
        (GOOD, None, TypeError, "front must offer the buffer protocol"),
    ],
)
def test_front_checks_its_buffers(values, front, error, message):
    with pytest.raises(error, match=message):
        _core.pareto_front(values, front)


@pytest.mark.parametrize(
    ("weights", "score", "error", "message"),
    [
        (np.ones(3), np.zeros(4), ValueError, "weights must have length 2, not 3"),
        (np.ones(2), np.zeros(5), ValueError, "score must have length 4, not 5"),
        (np.ones(2, dtype=np.int64), np.zeros(4), TypeError, "weights must hold items of format 'd'"),
        (np.ones(2), np.zeros(4, dtype=np.float32), TypeError, "score must hold items of format 'd'"),
        (np.ones((1, 2)), np.zeros(4), ValueError, "weights must have 1 dimension"),
    ],
)
def test_score_checks_its_buffers(weights, score, error, message):
    with pytest.raises(error, match=message):
        _core.desirability_score(GOOD, weights, score)


def test_output_must_not_lie_in_the_input():
    memory = np.zeros(8)
    with pytest.raises(ValueError, match="must not share memory"):
        _core.desirability_score(memory.reshape(4, 2), np.ones(2), memory[:4])
    with pytest.raises(ValueError, match="must not share memory"):
        _core.pareto_front(memory.reshape(4, 2), memory.view(np.uint8)[8:12])


def test_unaligned_values_are_refused():
    shifted = memoryview(bytearray(8 * 4 + 8))[1:33].cast("d", (2, 2))
    with pytest.raises(ValueError, match="values must be aligned"):
        _core.pareto_front(shifted, bytearray(2))


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match=r"pareto_front\(values, front\) takes 2 arguments, not 1"):
        _core.pareto_front(GOOD)


def test_buffers_without_numpy():
    values = memoryview(array("d", [1.0, 3.0, 2.0, 2.0, 1.0, 2.0])).cast("B").cast("d", (3, 2))
    front, score = bytearray(b"\7" * 3), array("d", [9.0] * 3)
    _core.pareto_front(values, front)
    _core.desirability_score(values, array("d", [1.0, 1.0]), score)
    assert list(front) == [1, 1, 0]
    assert score.tolist() == [0.5, 0.5, 0.0]


def test_a_refused_call_releases_its_buffers():
    front = bytearray(3)
    with pytest.raises(ValueError, match="length 4"):
        _core.pareto_front(GOOD, front)
    front.append(0)  # a buffer still held would raise BufferError
    _core.pareto_front(GOOD, front)
    assert list(front) == [1, 1, 1, 1]


def test_the_lock_is_released_while_c_runs():
    # Points on a sphere: every row stays on the front, which is the slowest case.
    values = np.abs(np.random.default_rng(1).normal(size=(12_000, 4)))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    front = np.zeros(len(values), bool)
    shares = []
    for _ in range(3):  # the best of three, because other programs on the machine also take time from this loop
        worker = threading.Thread(target=_core.pareto_front, args=(values, front))
        begin = last = time.perf_counter()
        longest = 0.0
        worker.start()
        while worker.is_alive():
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        shares.append(longest / (last - begin))
    assert front.all()
    # With the lock held, one gap between two steps of this loop would be as long as the whole call.
    assert min(shares) < 0.5
