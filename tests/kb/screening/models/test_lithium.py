"""Lithium inventory: the counts of papers, balances, inverses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.screening.models import (
    CellConfiguration,
    capacity_after_fade,
    capacity_by_cycle,
    cycle_of_fade,
    cycles_before_fade,
    excess_lithium,
    lithium_capacity,
    lithium_thickness,
    relative_life_error,
    required_efficiency,
)
from kb.screening.models.constants import (
    FARADAY,
    LITHIUM_CAPACITY_PER_UM,
    LITHIUM_MOLAR_VOLUME,
    LITHIUM_SPECIFIC_CAPACITY,
    THERMAL_VOLTAGE,
)
from schema.errors import OutOfRange

CAPACITY = st.floats(0.1, 20)
EFFICIENCY = st.floats(0.1, 0.9999)


def test_constants():
    assert pytest.approx(FARADAY / 3.6 / 6.941, rel=5e-4) == LITHIUM_SPECIFIC_CAPACITY
    assert pytest.approx(0.20612, abs=5e-6) == LITHIUM_CAPACITY_PER_UM
    assert pytest.approx(4.851, abs=5e-4) == 1 / LITHIUM_CAPACITY_PER_UM
    assert pytest.approx(13.00, abs=5e-3) == LITHIUM_MOLAR_VOLUME
    assert pytest.approx(25.6926e-3, abs=5e-8) == THERMAL_VOLTAGE


def test_layers_of_lithium():
    assert lithium_thickness(3) == pytest.approx(14.55, abs=5e-3)
    assert lithium_capacity([50, 20]) == pytest.approx([10.31, 4.12], abs=5e-3)


@given(st.floats(0, 1e3), st.floats(0, 0.99))
def test_thickness_and_capacity_are_inverse(thickness, porosity):
    assert lithium_thickness(lithium_capacity(thickness, porosity), porosity) == pytest.approx(thickness)


@pytest.mark.parametrize(
    ("configuration", "lithium", "bounds"),
    [
        ("li_free_cathode", 10, (7, 7)),
        ("li_full_cathode", 10, (10, 10)),
        ("li_full_cathode", 0, (0, 0)),
        ("anode_free", 0, (0, 0)),
        ("symmetric", 4, (5, 5)),
        (CellConfiguration.HALF_FINITE, 4, (1, 4)),
    ],
)
def test_what_is_spare_hangs_on_where_the_lithium_starts(configuration, lithium, bounds):
    assert excess_lithium(configuration, lithium, 3) == bounds


def test_configurations_that_cannot_be():
    with pytest.raises(OutOfRange, match="did you mean 'anode_free'"):
        excess_lithium("anode-free", 0, 3)
    with pytest.raises(OutOfRange, match="lithium is above zero"):
        excess_lithium("anode_free", 1, 3)
    for configuration in ("li_free_cathode", "symmetric", "half_finite"):
        with pytest.raises(OutOfRange, match="lithium is less than the capacity"):
            excess_lithium(configuration, [4, 2], 3)


def test_cu3n_lto_cells():
    spare = excess_lithium("li_free_cathode", lithium=10, capacity=3).low
    cycles = cycles_before_fade(spare, 3, [0.9, 0.8, 0.7])
    assert cycles == pytest.approx([23.33, 11.67, 7.78], abs=5e-3)
    assert cycles.round().tolist() == [23, 12, 8]  # as the paper prints them
    assert np.floor(cycles).tolist() == [23, 11, 7]  # completed cycles
    needed = required_efficiency(spare, 3, [20, 8, 65, 90])
    assert (100 * needed).round(2).tolist() == [88.33, 70.83, 96.41, 97.41]


def test_cells_with_a_cathode_that_brings_the_lithium():
    assert required_efficiency(excess_lithium("li_full_cathode", 4, 4).low, 4, [100, 60]) == pytest.approx(
        [0.99, 0.983], abs=5e-4
    )


def test_half_cells_leave_bounds():
    high, low = (required_efficiency(x, 2, [200, 500]) for x in excess_lithium("half_finite", 4, 2))
    assert low == pytest.approx([0.990, 0.996])
    assert high == pytest.approx([0.995, 0.998])


def test_an_absolute_error_of_the_efficiency_is_ten_times_that_of_the_life():
    assert relative_life_error(0.99, 0.001) == pytest.approx(0.1)


@given(EFFICIENCY)
def test_the_error_of_a_life_is_its_derivative(efficiency):
    step = 1e-6 * (1 - efficiency)
    life, more = cycles_before_fade(7, 3, [efficiency, efficiency + step])
    assert (more - life) / life == pytest.approx(relative_life_error(efficiency, step), rel=1e-3)


@given(st.floats(0.01, 50), CAPACITY, EFFICIENCY, st.sampled_from([1, 2]))
def test_life_and_efficiency_are_inverse(excess, capacity, efficiency, electrodes):
    cycles = cycles_before_fade(excess, capacity, efficiency, electrodes)
    assert required_efficiency(excess, capacity, cycles, electrodes) == pytest.approx(efficiency, rel=1e-9)


@given(st.floats(0.01, 50), CAPACITY, EFFICIENCY, st.floats(1.001, 2))
def test_life_grows_with_lithium_and_efficiency_and_falls_with_capacity(excess, capacity, efficiency, more):
    life = cycles_before_fade(excess, capacity, efficiency)
    assert cycles_before_fade(excess * more, capacity, efficiency) > life
    assert cycles_before_fade(excess, capacity, 1 - (1 - efficiency) / more) > life
    assert cycles_before_fade(excess, capacity * more, efficiency) < life


def test_ends_of_the_domain():
    assert cycles_before_fade(7, 3, 1) == math.inf
    assert cycles_before_fade(0, 3, [0.9, 1]).tolist() == [0, math.inf]
    assert required_efficiency(7, 3, 1) == 0.0


@given(st.floats(0.01, 10), CAPACITY, st.floats(0.1, 0.99), st.sampled_from([1, 2]))
def test_a_constant_efficiency_fades_in_the_cycle_after_the_last_whole_one(excess, capacity, efficiency, electrodes):
    cycles = cycles_before_fade(excess, capacity, efficiency, electrodes)
    assume(abs(cycles - round(cycles)) > 1e-6)
    series = np.full(math.ceil(cycles) + 3, efficiency)
    assert cycle_of_fade(excess, capacity, series, electrodes) == math.ceil(cycles)


def test_the_cycle_of_fade_of_a_whole_number_of_cycles_is_the_last_of_them():
    assert cycle_of_fade(4, 4, np.full(200, 0.99)) == 100


def test_series_that_end_before_or_are_unknown():
    series = [[0.9, 0.9], [0.9, math.nan], [0.1, math.nan]]
    np.testing.assert_equal(cycle_of_fade(1, 1, series), [math.inf, math.nan, math.nan])
    np.testing.assert_equal(cycle_of_fade([0.5, 0, 0.5], 1, series), [math.inf, 0, 1])


@given(st.floats(0, 5), CAPACITY, st.lists(st.floats(0, 1), max_size=30), st.sampled_from([1, 2]))
def test_capacity_by_cycle_is_the_balance_of_lithium(excess, capacity, efficiencies, electrodes):
    found = capacity_by_cycle(excess, capacity, efficiencies, electrodes)
    left = excess + capacity
    for cycled, efficiency in zip(found, efficiencies, strict=True):
        assert cycled == pytest.approx(min(capacity, left), abs=1e-12)
        left = max(left - electrodes * (1 - efficiency) * cycled, 0)
    assert (np.diff(found) <= 1e-12).all()


@given(CAPACITY, st.floats(0.5, 0.999), st.integers(1, 30), st.integers(0, 20))
def test_after_the_fade_the_capacity_falls_by_the_efficiency(capacity, efficiency, whole, after):
    excess = whole * capacity * (1 - efficiency)
    series = capacity_by_cycle(excess, capacity, np.full(whole + after + 1, efficiency))
    assert series[whole + after] == pytest.approx(capacity_after_fade(capacity, efficiency, after), rel=1e-9)


def test_many_cells_at_once():
    efficiencies = np.array([[0.9] * 40, [0.8] * 40])
    assert cycle_of_fade([7, 7], 3, efficiencies).tolist() == [24, 12]
    assert capacity_by_cycle([7, 7], 3, efficiencies).shape == (2, 40)
    assert capacity_by_cycle(np.ones((3, 1)), 3, efficiencies).shape == (3, 2, 40)
