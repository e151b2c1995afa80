"""Draws come in blocks that are the same wherever and in whatever order they are made."""

from __future__ import annotations

import numpy as np
import pytest

from kb.screening.decision import Scale
from kb.screening.panel import BLOCK, POOLED, Job, Panel, joined


def panel(n: int = 6) -> Panel:
    rng = np.random.default_rng(0)
    y = rng.normal(0, 1, (n, 2))
    high = y.copy()
    high[0, 0] = np.inf
    low = y.copy()
    low[1, 1], high[1, 1] = -np.inf, np.inf
    return Panel(low, high, np.full((n, 2), 0.3), ("a", "b", "a", "a", "a", "b")[:n])


def test_blocks_are_joined_in_their_order_whatever_order_they_come_in() -> None:
    made = panel()
    job = Job(made, Scale.of(made.draws(1, 0), [1, 2]), 1, 0.2)
    one, other = joined(map(job, range(4))), joined(map(job, [3, 1, 0, 2]))
    assert one[0].shape == (4 * BLOCK, 6, 2)
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1].ranks, other[1].ranks)
    assert one[1].top(3).sum() == pytest.approx(3)


def test_seeds_and_blocks_differ() -> None:
    made = panel()
    assert not np.array_equal(made.draws(1, 0), made.draws(2, 0))
    assert not np.array_equal(made.draws(1, 0), made.draws(1, 1))


def test_a_class_with_too_few_effects_is_pooled() -> None:
    made = panel()
    assert made.groups(0) == ("a", POOLED, "a", "a", "a", POOLED)
    assert set(made.fits[0]) == {"a", POOLED}


def test_bounds_hold_in_draws_of_precise_effects() -> None:
    made = panel()
    precise = Panel(made.low, made.high, np.full((6, 2), 1e-6), made.classes)
    draws = precise.draws(0, 0)
    assert np.all(draws[:, 0, 0] >= made.low[0, 0] - 1e-4)
    assert np.allclose(draws[:, 2, 1], made.low[2, 1], atol=1e-4)
