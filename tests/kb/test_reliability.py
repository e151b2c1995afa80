"""Reliability: the error of stated chances, and how sure that error is."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reliability import (
    EDGES,
    Reliability,
    area_under_curve,
    as_table,
    brier_skill,
    expected_calibration_error,
    in_words,
    summary,
    told_apart,
)

chances = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def made(n: int = 400, shift: float = 0.0) -> Reliability:
    """Draw records that are right as often as said, less ``shift``."""
    draws = np.random.default_rng(7)
    said = draws.uniform(0.55, 0.99, n)
    right = draws.random(n) < said - shift
    return Reliability.of(said, right, [f"p{i % 8}" for i in range(n)])


@given(chances)
def test_the_error_is_that_of_its_table(pairs: list[tuple[float, bool]]) -> None:
    said, right = zip(*pairs, strict=True)
    reliability = Reliability.of(said, right, ["a"] * len(said))
    table = reliability.table()
    assert sum(row["records"] for row in table) == len(said)
    by_hand = sum(row["records"] * abs(row["said"] - row["right"]) for row in table) / len(said)
    assert reliability.error() == pytest.approx(by_hand)
    assert 0 <= reliability.error() <= 1
    assert all(low <= row["said"] <= high for row in table for low, high in [(row["from"], row["to"])])


def test_exact_chances_err_as_chance_does_and_boasts_more() -> None:
    exact, boasting = made(), made(shift=0.3)
    assert exact.error() < 2 * exact.by_chance_alone()
    assert boasting.error() == pytest.approx(0.3, abs=0.06)
    low, high = boasting.interval()
    assert low < boasting.error() < high
    assert low > exact.interval()[1]


def test_few_papers_widen_the_interval() -> None:
    draws = np.random.default_rng(3)
    said = np.full(200, 0.8)
    of_two = Reliability.of(said, [i < 100 for i in range(200)], ["a"] * 100 + ["b"] * 100)
    of_many = Reliability.of(said, draws.random(200) < 0.5, [f"p{i}" for i in range(200)])
    width = [high - low for low, high in (of_two.interval(), of_many.interval())]
    assert width[0] > 2 * width[1]


def test_the_interval_is_drawn_alike_each_time() -> None:
    assert made().interval() == made().interval()


def test_the_edges_of_ranges_belong_to_the_range_above_and_one_to_the_last() -> None:
    rows = Reliability.of([0.9, 1.0, 0.0], [1, 1, 0], ["a"] * 3).table()
    assert [(row["from"], row["to"]) for row in rows] == [(0.0, 0.5), (0.9, 0.95), (0.95, 1.0)]
    assert EDGES[0] == 0.0
    assert EDGES[-1] == 1.0


def test_nothing_has_no_error() -> None:
    nothing = Reliability.of([], [], [])
    assert expected_calibration_error(nothing.said, nothing.right) == 0.0
    unknown = {"area_under_curve": None, "brier_skill": None}
    assert summary(nothing) == {"error": 0.0, "interval": [0.0, 0.0], **unknown, "table": []}
    assert "all are right or none is" in told_apart(nothing)
    assert in_words(nothing) == "no records with a confidence"


def test_the_table_is_laid_out() -> None:
    assert as_table(Reliability.of([0.92], [1], ["a"])).splitlines()[2] == "| 0.9 to 0.95 | 1 | 0.92 | 1.00 |"


@given(chances)
def test_the_area_is_that_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    said, right = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    if len(set(right)) < 2:
        assert np.isnan(area_under_curve(said, right))
    else:
        assert area_under_curve(said, right) == pytest.approx(metrics.roc_auc_score(right, said))
        skill = 1 - metrics.brier_score_loss(right, said) / metrics.brier_score_loss(
            right, np.full_like(said, right.mean())
        )
        assert brier_skill(said, right) == pytest.approx(skill)


def test_within_papers_a_paper_that_is_better_as_a_whole_tells_nothing() -> None:
    said, right = np.array([0.9, 0.8, 0.3, 0.2]), np.array([0.0, 1.0, 0.0, 1.0])
    assert area_under_curve(said, right) == 0.25
    assert area_under_curve(said, right, np.array([0, 0, 1, 1])) == 0.0
    assert np.isnan(area_under_curve(said, np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1])))


def test_how_well_they_are_told_apart_is_said_with_intervals() -> None:
    told = told_apart(made())
    figure = r"-?0\.\d\d \(-?0\.\d\d to 0\.\d\d\)"
    assert re.fullmatch(f"area under the curve {figure}, within papers {figure}, Brier skill {figure}", told)
