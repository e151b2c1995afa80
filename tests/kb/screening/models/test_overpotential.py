"""Resistances, concentration, nucleation, symmetric cells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    charge_transfer_overpotential,
    coating_resistance,
    concentration_overpotential,
    critical_radius,
    electrolyte_resistance,
    nucleation_overpotential,
    overpotential_per_electrode,
    symmetric_cell_voltage,
    total_overpotential,
)
from kb.screening.models.constants import THERMAL_VOLTAGE
from schema.errors import OutOfRange


def test_a_thin_film_of_a_good_conductor_is_invisible():
    assert coating_resistance(1, [1e-3, 1e-4, 1e-6]) == pytest.approx([0.1, 1, 100])
    assert 1e3 * total_overpotential(1, coating_resistance(1, 1e-6), 0) == pytest.approx(100)


def test_a_porous_coating_resists_more():
    assert coating_resistance(1, 1e-3, porosity=0.25, tortuosity=2) == pytest.approx(0.8)


def test_a_separator_has_one_ohm_and_more_as_it_dries():
    wet = electrolyte_resistance(25, 0.01, 0.4)
    assert wet == pytest.approx(1.0, abs=0.02)
    assert electrolyte_resistance(25, 0.01, 0.4, tortuosity=0.4**-0.5) == wet
    assert electrolyte_resistance(25, 0.01, 0.4, electrolyte_left=[1, 0.25, 0]).tolist() == [
        wet,
        pytest.approx(8 * wet),
        math.inf,
    ]


@given(st.floats(0.001, 0.998), st.floats(0, 0.99), st.floats(0.5, 4))
def test_concentration_is_the_logarithm_and_plain_at_one_half(share, transference_number, factor):
    found = concentration_overpotential(share, 1, transference_number, factor)
    assert found == pytest.approx(
        -2 * THERMAL_VOLTAGE * (1 - transference_number) * factor * math.log(1 - share), rel=1e-9
    )
    assert concentration_overpotential(share, 1, 0.5) == pytest.approx(-THERMAL_VOLTAGE * math.log(1 - share))


def test_concentration_is_clamped_at_the_limit_and_gone_for_one_ion():
    clamped = concentration_overpotential([0.9985, 0.999, 1, 5], 1, 0.5)
    assert clamped[0] < clamped[1] == clamped[2] == clamped[3]
    assert clamped[1] == pytest.approx(-THERMAL_VOLTAGE * math.log(0.001))
    assert concentration_overpotential(0.9, 1, 1) == 0
    assert concentration_overpotential(0.9, math.inf, 0.4) == 0


def test_nucleation_of_cu3n_and_bare_copper():
    eta = nucleation_overpotential(tip=[-0.170, 0.081], plateau=[-0.076, 0.049])
    assert eta == pytest.approx([0.094, 0.032])
    assert critical_radius(eta, surface_energy=0.5) == pytest.approx([1.43, 4.21], abs=5e-3)


@pytest.mark.parametrize(("definition", "times"), [("plateau", 2), ("hysteresis", 4), ("peak_to_peak", 4)])
def test_a_symmetric_cell_shows_two_or_four_overpotentials(definition, times):
    assert symmetric_cell_voltage(0.01, 0.01, definition) == pytest.approx(times * 0.01)
    assert overpotential_per_electrode(times * 0.01, definition) == pytest.approx(0.01)


def test_the_definition_is_one_of_three():
    with pytest.raises(OutOfRange, match="definition 'polarization' is unknown"):
        overpotential_per_electrode(0.02, "polarization")


def test_the_sum_of_a_coated_electrode():
    resistance = electrolyte_resistance(25, 0.01, 0.4) + coating_resistance(1, 1e-4)
    parts = charge_transfer_overpotential(1, 2.43), concentration_overpotential(1, 94, 0.38)
    total = total_overpotential(1, resistance, *parts, nucleation=[0, 0.03])
    assert total == pytest.approx(np.array([0, 0.03]) + 1e-3 * resistance + sum(parts))
