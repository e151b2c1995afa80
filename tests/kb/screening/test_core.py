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
from kb.screening.rank import desirability_score, pareto_front, topsis_score

NAN = math.nan
# Few distinct values make ties, duplicates and dominance frequent; the wide ones reach the ends of the format.
FEW = st.sampled_from([NAN, -1.0, -0.0, 0.0, 1.0, 2.0])
WIDE = st.one_of(
    FEW, st.floats(allow_infinity=False, width=64), st.sampled_from([1.7e308, -1.7e308, 5e-324, -5e-324, 1.0 + 2**-52])
)


def matrices(values: st.SearchStrategy[float], rows: int = 12) -> st.SearchStrategy[list[list[float]]]:
    return st.integers(1, 5).flatmap(lambda m: st.lists(st.lists(values, min_size=m, max_size=m), max_size=rows))


EPSILONS = st.sampled_from([0.0, 0.5, 1.0, 1.5, 5e-324, 1e308])


def as_array(rows: list[list[float]], columns: int) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)


@given(st.one_of(matrices(FEW), matrices(WIDE)))
@settings(max_examples=300, deadline=None)
def test_front_is_that_of_the_twin(rows):
    columns = len(rows[0]) if rows else 3
    assert pareto_front(as_array(rows, columns)).tolist() == twin.pareto_front(rows)


@given(st.one_of(matrices(FEW), matrices(WIDE)), st.data())
@settings(max_examples=300, deadline=None)
def test_front_with_epsilon_is_that_of_the_twin_and_grows_with_it(rows, data):
    columns = len(rows[0]) if rows else 3
    epsilon = data.draw(st.lists(EPSILONS, min_size=columns, max_size=columns))
    values = as_array(rows, columns)
    front = pareto_front(values, epsilon)
    assert front.tolist() == twin.pareto_front(rows, epsilon)
    assert front.any() or not rows
    assert (front >= pareto_front(values)).all()
    assert (pareto_front(values, [1.5 * e for e in epsilon]) >= front).all()
    assert pareto_front(values, 0.0).tolist() == pareto_front(values).tolist()


@given(matrices(WIDE), st.data())
@settings(max_examples=300, deadline=None)
def test_score_is_that_of_the_twin(rows, data):
    columns = len(rows[0]) if rows else 3
    weights = data.draw(st.lists(st.floats(0.01, 100), min_size=columns, max_size=columns))
    score = desirability_score(as_array(rows, columns), weights)
    assert score.tolist() == pytest.approx(twin.desirability_score(rows, weights), rel=1e-9, abs=1e-12)
    assert ((score >= 0) & (score <= 1 + 1e-12)).all()


@given(st.one_of(matrices(FEW), matrices(WIDE)), st.data())
@settings(max_examples=300, deadline=None)
def test_topsis_is_that_of_the_twin(rows, data):
    columns = len(rows[0]) if rows else 3
    weighing = st.sampled_from([0.0, 5e-324, 0.1, 1.0, 3.0, 1e300])
    weights = data.draw(st.lists(weighing, min_size=columns, max_size=columns))
    weights[data.draw(st.integers(0, columns - 1))] = 2.0
    score = topsis_score(as_array(rows, columns), weights)
    assert score.tolist() == pytest.approx(twin.topsis_score(rows, weights), rel=1e-9, abs=1e-9)
    assert ((score >= 0) & (score <= 1)).all()


@given(st.integers(1, 300), st.integers(1, 6), st.integers(0, 2**32), st.integers(-900, 900))
@settings(deadline=None)
def test_topsis_knows_no_units_and_no_order(n, m, seed, exponent):
    random = np.random.default_rng(seed)
    values, weights = random.normal(size=(n, m)), random.random(m) + 0.01
    values[random.random((n, m)) < 0.1] = NAN
    score = topsis_score(values, weights)
    units = np.ldexp(1.0, np.where(random.random(m) < 0.5, exponent, 1))
    assert topsis_score(values * units, weights) == pytest.approx(score, rel=1e-9, abs=1e-12)
    rows, columns = random.permutation(n), random.permutation(m)
    assert topsis_score(values[rows][:, columns], weights[columns]) == pytest.approx(score[rows], rel=1e-9, abs=1e-12)
    assert topsis_score(values, 7 * weights) == pytest.approx(score, rel=1e-9, abs=1e-12)
    best, worst = np.nanmax(np.vstack([values, np.zeros(m)]), 0), np.nanmin(np.vstack([values, np.zeros(m)]), 0)
    ends = topsis_score(np.vstack([values, best, worst]), weights)[-2:].tolist()
    assert ends == ([1.0, 0.0] if (best > worst).any() else [1.0, 1.0])


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


@pytest.mark.parametrize(
    ("rows", "epsilon", "front"),
    [
        ([[98.0], [97.75], [97.5], [NAN]], [0.5], [True, True, True, False]),  # the bound itself is still noise
        ([[2.0, 0.0], [1.0, 0.0]], [1.0, 0.0], [True, True]),
        ([[2.0, 0.5], [1.0, 0.0]], [1.0, 0.0], [True, False]),  # clearly better in the other column
        ([[2.0, 0.0], [0.0, 0.1]], [1.0, 1.0], [True, True]),  # a gain within the noise is still a gain
        ([[1.0], [NAN]], [1e308], [True, False]),  # a known value is better than none by more than any epsilon
        # Each is better than the next by 1.6 somewhere and worse by no more than 0.8 anywhere: a circle.
        ([[0.0, 0.8, 1.6], [1.6, 0.0, 0.8], [0.8, 1.6, 0.0]], [1.0] * 3, [True] * 3),
    ],
)
def test_front_with_epsilon_of_small_cases(rows, epsilon, front):
    assert pareto_front(rows, epsilon).tolist() == front
    assert twin.pareto_front(rows, epsilon) == front


@pytest.mark.parametrize(
    ("rows", "weights", "score"),
    [
        ([[5.0, 1.0]], [1.0, 1.0], [1.0]),  # alone, a row is the best there is
        ([[5.0], [5.0]], [1.0], [1.0, 1.0]),
        ([[NAN, NAN]], [1.0, 1.0], [0.0]),  # and so is one of which nothing is known not
        ([[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]], [1.0, 1.0], [0.0, 1.0, 0.5]),  # a column of zeros
        ([[2.0, 1.0], [2.0, 3.0], [2.0, 2.0]], [9.0, 1.0], [0.0, 1.0, 0.5]),  # a constant column
        ([[1.0, 3.0], [2.0, NAN]], [1.0, 0.0], [0.0, 1.0]),  # a weight of zero does not count
        ([[3.0], [NAN], [1.0]], [1.0], [1.0, 0.0, 0.0]),  # unknown counts as the worst
        ([[1.7e308], [-1.7e308], [0.0]], [1.0], [1.0, 0.0, 0.5]),
        ([[5e-324], [1.5e-323], [1e-323]], [1.0], [0.0, 1.0, 0.5]),
        ([[3.0, 0.0], [0.0, 4.0], [3.0, 4.0]], [3.0, 1.0], [0.75, 0.25, 1.0]),
    ],
)
def test_topsis_of_small_cases(rows, weights, score):
    assert topsis_score(rows, weights).tolist() == pytest.approx(score, rel=1e-12)
    assert twin.topsis_score(rows, weights) == pytest.approx(score, rel=1e-12)


def test_topsis_is_that_of_pymcdm():
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import vector_normalization

    random = np.random.default_rng(3)
    values, weights = random.lognormal(size=(500, 5)), random.dirichlet(np.ones(5))
    better = np.array([1, 1, -1, 1, -1])  # pymcdm is told which columns are costs, ours get their sign turned
    theirs = TOPSIS(vector_normalization)(values, weights, better)
    assert topsis_score(values * better, weights) == pytest.approx(theirs, rel=1e-12)


def test_front_is_that_of_moocore():
    import moocore

    values = np.random.default_rng(5).integers(0, 40, size=(20_000, 5)).astype(np.float64)
    theirs = moocore.is_nondominated(values, maximise=True, keep_weakly=True)
    assert pareto_front(values).tolist() == theirs.tolist()


@given(matrices(st.sampled_from([-1.0, -0.0, 0.0, 1.0, 2.0, 1e300]), rows=40).filter(len))
@settings(max_examples=200, deadline=None)
def test_fronts_peeled_one_after_the_other_are_the_non_dominated_sort_of_pymoo(rows):
    from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

    values = np.array(rows, dtype=np.float64)
    left, peeled = np.arange(len(values)), []
    while len(left):
        front = pareto_front(values[left])
        peeled.append(left[front].tolist())
        left = left[~front]
    theirs = NonDominatedSorting().do(-values)  # pymoo minimises
    assert peeled == [sorted(front.tolist()) for front in theirs]


def test_empty_inputs():
    assert pareto_front(np.empty((0, 3))).tolist() == twin.pareto_front([]) == []
    assert desirability_score(np.empty((0, 3)), [1, 1, 1]).tolist() == []
    assert pareto_front(np.empty((2, 0))).tolist() == twin.pareto_front([[], []]) == [True, True]
    assert pareto_front(np.empty((0, 3)), 1.0).tolist() == []
    assert topsis_score(np.empty((0, 3)), [1, 1, 1]).tolist() == twin.topsis_score([], [1, 1, 1]) == []
    assert topsis_score(np.empty((2, 0)), []).tolist() == twin.topsis_score([[], []], []) == [0.0, 0.0]
    assert desirability_score(np.empty((2, 0)), []).tolist() == twin.desirability_score([[], []], []) == [0.0, 0.0]


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_infinities_are_refused_by_both(infinite):
    rows = [[1.0, 2.0], [3.0, infinite]]
    for call in (pareto_front, twin.pareto_front):
        with pytest.raises(ValueError, match="must not be infinite; write NaN"):
            call(rows)
    for score in (desirability_score, twin.desirability_score, topsis_score, twin.topsis_score):
        with pytest.raises(ValueError, match="must not be infinite; write NaN"):
            score(rows, [1.0, 1.0])


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_an_infinity_among_many_rows_is_found(infinite):
    values = np.random.default_rng(2).random((1000, 3))
    values[0] = 2.0  # dominates all others, which are then passed over
    values[997, 2] = infinite
    front = np.full(1000, 7, np.uint8)
    with pytest.raises(ValueError, match="must not be infinite"):
        _core.pareto_front(values, front)
    assert (front == 7).all()
    with pytest.raises(ValueError, match="must not be infinite"):
        topsis_score(values, np.ones(3))


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [NAN, 1.0], [0.0, 0.0], [math.inf, 1.0], [1e308, 1e308]])
def test_bad_weights_are_refused_by_both(weights):
    for score in (desirability_score, twin.desirability_score, topsis_score, twin.topsis_score):
        with pytest.raises(ValueError, match="weights must"):
            score([[1.0, 2.0]], weights)


@pytest.mark.parametrize("epsilon", [[-1.0, 2.0], [NAN, 1.0], [0.0, math.inf]])
def test_bad_epsilons_are_refused_by_both(epsilon):
    for front in (pareto_front, twin.pareto_front):
        with pytest.raises(ValueError, match="epsilon must be finite and not negative"):
            front([[1.0, 2.0]], epsilon)


def dominated_by_definition(values: np.ndarray, epsilon: np.ndarray | float = 0.0) -> np.ndarray:
    known = np.where(np.isnan(values), -np.inf, values)
    with np.errstate(invalid="ignore"):  # the difference of two unknowns
        return np.array([((known >= row).all(1) & (known - row > epsilon).any(1)).any() for row in known])


@pytest.mark.parametrize("m", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("epsilon", [0.0, 2.0])
def test_a_large_front_agrees_with_the_definition(m, epsilon):
    # Rows about a plane on which none dominates another: of five columns 2,700 rows stay, enough to merge trees twice.
    random = np.random.default_rng(m)
    values = random.exponential(size=(3000, m))
    values *= 100 / values.sum(axis=1, keepdims=True)
    values = np.round(values * random.normal(1, 0.03, size=(3000, 1)))
    values[random.random(values.shape) < 0.02] = NAN
    assert pareto_front(values, epsilon).tolist() == (~dominated_by_definition(values, epsilon)).tolist()


def test_equal_rows_take_no_time():
    values = np.ones((200_000, 4))
    begin = time.process_time()
    assert pareto_front(values).all()
    assert time.process_time() - begin < 1  # each compared with each other they would take minutes


def test_large_random_front_agrees_with_the_definition():
    values = np.random.default_rng(7).integers(0, 12, size=(3000, 4)).astype(np.float64)
    values[values == 11] = NAN
    assert pareto_front(values).tolist() == (~dominated_by_definition(values)).tolist()


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
    for call in (_core.desirability_score, _core.topsis_score):
        with pytest.raises(error, match=message):
            call(GOOD, weights, score)


@pytest.mark.parametrize(
    ("epsilon", "error", "message"),
    [
        (np.ones(3), ValueError, "epsilon must have length 2, not 3"),
        (np.ones((1, 2)), ValueError, "epsilon must have 1 dimension"),
        (np.ones(2, np.float32), TypeError, "epsilon must hold items of format 'd'"),
        (None, TypeError, "epsilon must offer the buffer protocol"),
    ],
)
def test_epsilon_front_checks_its_buffers(epsilon, error, message):
    with pytest.raises(error, match=message):
        _core.epsilon_front(GOOD, epsilon, np.zeros(4, bool))


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
