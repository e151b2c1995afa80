"""Hours against efficiency, on the cells of the papers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    consistency_flag,
    cycles_before_fade,
    cycles_in_hours,
    excess_lithium,
    hours_of_cycles,
    hours_ratio,
    required_efficiency,
)


def test_pmma_pvdf_symmetric_cells_disagree_with_their_efficiency():
    spare = excess_lithium("symmetric", lithium=4, capacity=1).low
    assert spare == 7
    needed = required_efficiency(spare, 1, cycles_in_hours([1400, 400], 1, 1), electrodes=2)
    assert needed == pytest.approx([0.9950, 0.9825])
    cycles = cycles_before_fade(spare, 1, [0.983, 0.972], electrodes=2)
    assert cycles.round().tolist() == [206, 125]
    allowed = hours_of_cycles(cycles, 1, 1)
    assert allowed.round().tolist() == [412, 250]
    ratio = hours_ratio([1400, 400], allowed)
    assert ratio.round(1).tolist() == [3.4, 1.6]
    assert consistency_flag(ratio).tolist() == ["red", "amber"]


def test_hours_of_pi_ag_half_cells():
    assert cycles_in_hours([400, 1000], capacity=2, current_density=2).tolist() == [200, 500]


@given(st.floats(0, 1e4), st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 2))
def test_hours_and_cycles_are_inverse(cycles, capacity, current_density, rest):
    hours = hours_of_cycles(cycles, capacity, current_density, rest)
    assert cycles_in_hours(hours, capacity, current_density, rest) == pytest.approx(cycles)


def test_flags_at_their_borders():
    assert consistency_flag([0, 1.5, 1.51, 3, 3.01, math.inf, math.nan]).tolist() == [
        "green", "green", "amber", "amber", "red", "red", "unknown",
    ]  # fmt: skip
    assert consistency_flag(1.0) == "green"
    assert consistency_flag(hours_ratio(1, 0)) == "red"
