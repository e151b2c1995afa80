"""Butler-Volmer kinetics: worked values, the exact solution, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from kb.screening.models import (
    butler_volmer_current_density,
    butler_volmer_overpotential,
    charge_transfer_overpotential,
    charge_transfer_resistance,
    exchange_current_density,
    mixed_exchange_current_density,
)
from kb.screening.models.constants import THERMAL_VOLTAGE

DISC = math.pi * 0.75**2  # cm^2, of 15 mm
RATIO = st.floats(-6, 6).map(lambda exponent: 10.0**exponent)


def test_tafel_exchange_currents_of_cu3n():
    found = charge_transfer_overpotential(1, [0.112, 0.0017])
    assert (1e3 * found).round(1).tolist() == [113.1, 327.7]
    tafel = 2 * THERMAL_VOLTAGE * np.log(1 / np.array([0.112, 0.0017]))
    assert (1e3 * tafel).round(1).tolist() == [112.5, 327.7]
    assert pytest.approx(229, abs=0.5) == 1e3 * THERMAL_VOLTAGE / 0.112


def test_exchange_currents_of_the_same_cells_from_impedance_are_larger():
    assert pytest.approx(1.767, abs=5e-4) == DISC
    exchange = exchange_current_density(np.array([94.3, 48.8, 28.4, 5.98]) * DISC)
    assert exchange == pytest.approx([0.154, 0.298, 0.512, 2.43], rel=2e-3)
    assert 1e3 * charge_transfer_overpotential(1, exchange) == pytest.approx([97, 66, 44, 10.5], abs=0.5)
    assert exchange[1] / exchange[0] == pytest.approx(1.9, abs=0.05)
    assert pytest.approx(66, abs=0.5) == 0.112 / 0.0017


@given(st.floats(1e-3, 1e4), st.floats(250, 400))
def test_exchange_current_and_resistance_are_inverse(exchange, temperature):
    resistance = charge_transfer_resistance(exchange, temperature)
    assert exchange_current_density(resistance, temperature) == pytest.approx(exchange)


@given(RATIO, st.floats(250, 400))
def test_one_half_is_the_exact_solution(ratio, temperature):
    exact = charge_transfer_overpotential(ratio, 1, temperature)
    assert butler_volmer_overpotential(ratio, 1, 0.5, temperature) == pytest.approx(exact, rel=1e-13)


@given(RATIO, st.floats(0.1, 0.9))
def test_overpotential_and_current_are_inverse(ratio, coefficient):
    overpotential = butler_volmer_overpotential(ratio, 1, coefficient)
    assert butler_volmer_current_density(overpotential, 1, coefficient) == pytest.approx(ratio, rel=1e-12)


@pytest.mark.parametrize("coefficient", [0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9])
def test_five_steps_find_what_bisection_finds(coefficient):
    def excess(u, ratio):
        return math.expm1(coefficient * u) - math.expm1((coefficient - 1) * u) - ratio

    ratios = np.logspace(-6, 6, 25)
    roots = [brentq(excess, 0, 200, args=(ratio,), xtol=1e-25, rtol=1e-14, maxiter=500) for ratio in ratios]
    found = butler_volmer_overpotential(ratios, 1, coefficient) / THERMAL_VOLTAGE
    np.testing.assert_allclose(found, roots, rtol=1e-12)


@given(st.floats(1e-9, 1e-5), st.floats(0.1, 0.9))
def test_small_currents_see_a_resistance(ratio, coefficient):
    overpotential = butler_volmer_overpotential(ratio, 1, coefficient)
    assert overpotential == pytest.approx(1e-3 * ratio * charge_transfer_resistance(1), rel=1e-5)


@given(st.floats(1e4, 1e9), st.floats(0.3, 0.9))
def test_large_currents_follow_tafel(ratio, coefficient):
    tafel = THERMAL_VOLTAGE / coefficient * math.log(ratio)
    assert butler_volmer_overpotential(ratio, 1, coefficient) == pytest.approx(tafel, rel=1e-2)
    if coefficient >= 0.5:
        assert butler_volmer_overpotential(ratio, 1, coefficient) == pytest.approx(tafel, rel=1e-4)


@given(RATIO, st.floats(0.1, 0.9), st.floats(1.001, 10))
def test_more_current_costs_more(ratio, coefficient, more):
    low, high = butler_volmer_overpotential([ratio, ratio * more], 1, coefficient)
    assert low < high


def test_no_current_no_overpotential():
    assert charge_transfer_overpotential(0, 1) == butler_volmer_overpotential(0, 1, 0.3) == 0


def test_the_other_direction_swaps_the_coefficients():
    assert butler_volmer_current_density(-0.05, 1, 0.3) == pytest.approx(-butler_volmer_current_density(0.05, 1, 0.7))


def test_coverage_mixes():
    assert mixed_exchange_current_density([0, 1, 0.5], coated=2, bare=1).tolist() == [1, 2, 1.5]
