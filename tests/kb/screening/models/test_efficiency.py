"""Retentions, the reservoir protocol and its floor, plain means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    cycles_before_fade,
    is_at_reservoir_floor,
    least_efficiency_of_retention,
    mean_efficiency,
    reservoir_efficiency,
    reservoir_efficiency_floor,
    retained_capacity,
    retention_per_cycle,
)
from schema.errors import OutOfRange


def test_retention_of_pi_ag_full_cells():
    assert retained_capacity(0.9994, 170) == pytest.approx(0.9030, abs=5e-5)
    assert retention_per_cycle(0.8, 500) == pytest.approx(0.99955, abs=5e-6)
    assert least_efficiency_of_retention(0.9, 170, excess=1, cathode_capacity=1) == pytest.approx(0.9935, abs=5e-5)


@given(st.floats(0.01, 1), st.integers(1, 5000))
def test_retentions_are_inverse(retention, cycles):
    assert retained_capacity(retention_per_cycle(retention, cycles), cycles) == pytest.approx(retention, rel=1e-9)


@given(st.floats(0.01, 20), st.floats(0.5, 20), st.floats(0.5, 0.9999))
def test_without_fade_the_least_efficiency_is_that_of_the_life(excess, capacity, efficiency):
    cycles = cycles_before_fade(excess, capacity, efficiency)
    assert least_efficiency_of_retention(1, cycles, excess, capacity) == pytest.approx(efficiency, rel=1e-9)


def test_the_floor_of_the_reservoir_protocol():
    floors = reservoir_efficiency_floor([10, 100, 5], 1, [5, 1, 1])
    assert floors == pytest.approx([0.667, 0.990, 5 / 6], abs=5e-4)


def test_five_sixths_is_suspected_to_be_the_floor():
    assert is_at_reservoir_floor([0.833, 0.946, math.nan], cycles=5, capacity=1, reservoir=1).tolist() == [
        True,
        False,
        False,
    ]
    # A hundred cycles within a reservoir of one cycle cannot show either value: both stand below the floor.
    assert is_at_reservoir_floor([0.833, 0.946], cycles=100, capacity=1, reservoir=1).all()
    assert is_at_reservoir_floor(0.99, cycles=10, capacity=1, reservoir=5) is False


@given(st.floats(0, 1), st.integers(1, 100), st.floats(0.1, 5), st.floats(0.1, 10))
def test_the_reservoir_protocol_shows_floor_to_one(share, cycles, capacity, reservoir):
    efficiency = reservoir_efficiency(share * reservoir, cycles, capacity, reservoir)
    floor = reservoir_efficiency_floor(cycles, capacity, reservoir)
    assert floor * (1 - 1e-12) <= efficiency <= 1 + 1e-12
    assert reservoir_efficiency(0, cycles, capacity, reservoir) == floor
    assert reservoir_efficiency(reservoir, cycles, capacity, reservoir) == 1


def test_more_than_the_reservoir_cannot_be_stripped():
    with pytest.raises(OutOfRange, match="stripped is more than the reservoir"):
        reservoir_efficiency([4, 6], 10, 1, 5)


def test_initial_efficiencies_of_lfp_cells():
    assert mean_efficiency([[132.7], [143.5]], [[170.4], [162.5]]) == pytest.approx([0.7788, 0.8831], abs=5e-5)


def test_windows():
    stripped = np.array([0.5, 0.9, 0.8, math.nan])
    assert mean_efficiency(stripped, [1.0] * 4, first_cycle=2, last_cycle=3) == pytest.approx(0.85)
    assert math.isnan(mean_efficiency(stripped, [1.0] * 4))
    for window in ((0, 2), (3, 2), (1, 5)):
        with pytest.raises(OutOfRange, match="no window of cycles 1 to 4"):
            mean_efficiency(stripped, [1.0] * 4, *window)
    with pytest.raises(OutOfRange, match="no window"):
        mean_efficiency([], [])
