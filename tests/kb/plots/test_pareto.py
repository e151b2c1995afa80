"""The border of a front leads over every point of it, and encloses nothing that none of them dominates."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.plots.pareto import staircase
from kb.screening.rank import pareto_front

POINTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


@given(POINTS, st.sampled_from([1, -1]), st.sampled_from([1, -1]))
def test_the_border_leads_over_the_front_by_right_angles(points, sx, sy) -> None:
    on = pareto_front([[float(sx * x), float(sy * y)] for x, y in points])
    front = [(float(x), float(y)) for (x, y), is_on in zip(points, on, strict=True) if is_on]
    path = staircase(front, more_x=sx > 0)
    assert {*front} <= {*path}
    assert all(a == c or b == d for (a, b), (c, d) in pairwise(path))
    for corner in path:
        # A corner between two of the front is no better than either: it is dominated, or on the front itself.
        assert any(sx * corner[0] <= sx * x and sy * corner[1] <= sy * y for x, y in front)
