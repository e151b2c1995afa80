"""Limiting current, Sand's time, growth: worked values, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    coating_concentration_drop,
    diffusion_distance,
    limiting_current_density,
    local_current_density,
    ramified_growth_speed,
    sand_capacity,
    sand_time,
)
from schema.units import registry

SALT = {"concentration": 1, "diffusivity": 3e-6, "transference_number": 0.38}
CURRENT = st.floats(0.01, 1e3)


def test_limiting_currents_of_a_separator_and_of_a_gap():
    found = limiting_current_density(**SALT, distance=[25, 25, 500], porosity=[1, 0.4, 1])
    assert found == pytest.approx([373, 94, 18.7], abs=0.5)
    assert found[2] == pytest.approx(18.7, abs=0.05)


def test_sand_s_time_and_capacity():
    assert sand_time([1, 10], **SALT) == pytest.approx([57060, 571], rel=1e-3)
    assert sand_capacity([1, 10], **SALT) == pytest.approx([15.9, 1.59], abs=0.05)
    assert sand_capacity(10, **SALT) == pytest.approx(1.59, abs=5e-3)


def test_in_si_the_numbers_are_the_same():
    unit = registry()
    current = unit.Quantity(100, "A/m^2")
    salt = unit.Quantity(1000, "mol/m^3"), unit.Quantity(3e-10, "m^2/s"), 0.38
    assert sand_time(current, *salt).to("minute").magnitude == pytest.approx(571 / 60, rel=1e-3)
    limit = limiting_current_density(*salt, unit.Quantity(0.5, "mm"))
    assert limit.to("A/m^2").magnitude == pytest.approx(187, abs=0.5)
    speed = ramified_growth_speed(unit.Quantity(10, "A/m^2"), unit.Quantity(4e-10, "m^2/s"), unit.Quantity(1, "S/m"))
    assert speed.to("m/s").magnitude == pytest.approx(1.56e-7, abs=5e-10)
    assert speed.to("mm/h").magnitude == pytest.approx(0.56, abs=5e-3)


@given(CURRENT, CURRENT)
def test_sand_s_time_goes_with_the_inverse_square_of_the_current(one, other):
    times = sand_time([one, other], **SALT) * np.square([one, other])
    assert times[0] == pytest.approx(times[1])
    capacities = sand_capacity([one, other], **SALT) * [one, other]
    assert capacities[0] == pytest.approx(capacities[1])


def test_the_salt_runs_out_only_above_the_limiting_current():
    limit = limiting_current_density(**SALT, distance=500)
    times = sand_time([0.999 * limit, limit, 1.001 * limit], **SALT, limiting_current_density=limit)
    assert np.isinf(times).tolist() == [True, True, False]
    assert sand_capacity(0.5 * limit, **SALT, limiting_current_density=limit) == math.inf


def test_a_single_ion_conductor_never_runs_out():
    single = SALT | {"transference_number": 1}
    assert limiting_current_density(**single, distance=25) == math.inf
    assert sand_time(10, **single) == math.inf
    assert coating_concentration_drop(1, 10, 1e-8, 1) == 0


def test_dead_lithium_lengthens_the_way_and_lowers_the_limit():
    distances = diffusion_distance(25, dead_layer=[0, 50], dead_porosity=[0, 0.5])
    assert distances == pytest.approx([25, 25 + 50 / 0.5**1.5])
    limits = limiting_current_density(**SALT, distance=distances)
    assert limits[1] / limits[0] == pytest.approx(25 / distances[1])


def test_at_the_limiting_current_half_the_way_uses_up_the_salt():
    limit = limiting_current_density(**SALT, distance=500)
    assert coating_concentration_drop(limit, 250, 3e-6, 0.38) == pytest.approx(1)


def test_cracks_draw_current():
    assert local_current_density(2, hot_spot=3, integrity=[1, 0.5, 0]).tolist() == [2, 5, 8]
