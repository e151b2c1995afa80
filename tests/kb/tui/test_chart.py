"""Charts of text: what is drawn lies where it belongs, at any size, with any numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.tui.chart import Chart, Curve, Point, draw, share_bar, ticks

numbers = st.floats(-1e12, 1e12) | st.sampled_from([math.nan, math.inf, -math.inf])


def plain(chart: Chart, width: int, height: int, ascii: bool = False) -> list[str]:
    return ["".join(text for text, _, _ in line) for line in draw(chart, width, height, ascii)]


@given(
    st.lists(st.tuples(numbers, numbers), max_size=8),
    st.integers(1, 60),
    st.integers(1, 20),
    st.booleans(),
)
def test_it_fills_its_room_whatever_it_is_given(pairs, width, height, ascii):
    x, y = [p[0] for p in pairs], [p[1] for p in pairs]
    chart = Chart([Curve(x, y)], [Point(a, b, "o", words="here") for a, b in pairs], "x", "y")
    lines = plain(chart, width, height, ascii)
    assert len(lines) == height
    assert all(len(line) == width for line in lines)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 12))
def test_ticks_are_round_and_within(low, span, most):
    found = ticks(low, low + span, most)
    assert len(found) <= most + 2
    slack = 1e-6 * span + 4 * math.ulp(abs(low) + span)  # no number lies nearer to another than that
    assert all(low - slack <= tick <= low + span + slack for tick in found) or found == [low]


def test_a_point_stands_where_it_is():
    lines = plain(Chart(points=[Point(0, 0, "a"), Point(1, 1, "b")]), 30, 8)
    assert "b" in lines[0]
    assert lines[0].rstrip().endswith("b")
    assert "a" in lines[-2]
    assert "a" not in lines[0]


def test_words_stand_beside_a_point_and_do_not_cover_others():
    lines = plain(Chart(points=[Point(0, 0, "a", words="left"), Point(1, 0, "b", words="right")]), 40, 6)
    (line,) = [line for line in lines if "left" in line]
    assert "a left" in line
    assert "right b" in line


def test_steps_hold_a_value():
    lines = plain(Chart([Curve([0, 1], [1, 0], steps=True)]), 40, 10, ascii=True)
    assert lines[0].count("*") > 30


def test_ascii_is_ascii_but_for_what_the_terminal_turns():
    lines = plain(Chart([Curve([0, 1, 2], [0, 3, 1])], x_label="x"), 40, 10, ascii=True)
    assert not any("\u2800" <= sign <= "\u28ff" for line in lines for sign in line)


def test_a_gap_is_left_where_a_number_is_missing():
    whole = plain(Chart([Curve([0, 1, 2, 3], [1, 1, 1, 1])], y_ends=(0, 2)), 40, 6, ascii=True)
    gap = plain(Chart([Curve([0, 1, 2, 3], [1, math.nan, 1, 1])], y_ends=(0, 2)), 40, 6, ascii=True)
    assert sum(line.count("*") for line in gap) < sum(line.count("*") for line in whole)


@pytest.mark.parametrize("chart", [Chart(), Chart([Curve([], [])]), Chart(points=[Point(math.nan, 1, "o")])])
def test_nothing_to_draw_is_said(chart):
    assert any("nothing to draw" in line for line in plain(chart, 40, 8))


@given(st.floats(0, 1), st.integers(0, 30))
def test_a_bar_is_as_wide_as_it_is_told(share, width):
    assert len(share_bar(share, width)) == width
