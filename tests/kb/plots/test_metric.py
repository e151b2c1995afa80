"""Marks of one value stand side by side, and never change places with those of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.plots.metric import side_by_side
from kb.plots.style import CONTROLS

VALUES = st.sampled_from([0.1, 0.25, 0.5, 1.0, 1.05, 2.0, 5.0, 10.0, 300.0])
GROUPS = st.sampled_from(["surface coating", "3D host", CONTROLS, "other"])


@given(st.dictionaries(st.integers(0, 40), st.tuples(VALUES, GROUPS), min_size=1), st.booleans())
def test_the_order_of_values_is_kept_and_groups_stand_apart(places, logarithmic) -> None:
    drawn = side_by_side(places, logarithmic)
    assert drawn.keys() == places.keys()
    for one, (x, group) in places.items():
        for two, (other, second) in places.items():
            if x < other:
                assert drawn[one] < drawn[two]
            elif x == other and group != second:
                assert drawn[one] != drawn[two]
            elif x == other:
                assert drawn[one] == drawn[two]


@given(st.lists(VALUES, min_size=1))
def test_one_group_stands_where_its_values_are(values) -> None:
    places = {i: (value, "other") for i, value in enumerate(values)}
    assert side_by_side(places) == dict(enumerate(values))


def test_controls_stand_left() -> None:
    drawn = side_by_side({1: (1.0, "3D host"), 2: (1.0, CONTROLS)})
    assert drawn[2] < drawn[1]
