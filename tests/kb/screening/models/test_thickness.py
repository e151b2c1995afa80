"""The optimum thickness, against a search on a grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.screening.models import bare_fraction, coating_cost, conductivity_of_optimum, optimum_thickness

ROUGHNESS = 0.58  # um
CASES = {
    "bare_penalty": st.floats(0.01, 0.5),
    "conductivity": st.floats(-7, -3).map(lambda exponent: 10.0**exponent),
    "roughness": st.floats(0.05, 3),
    "current_density": st.floats(0.1, 10),
}


def test_bare_fraction_of_cu3n_layers():
    thin, best, thick = 100 * bare_fraction([0.4, 1, 2], ROUGHNESS)
    assert (round(thin, 1), round(best, 1), round(thick, 2)) == (24.5, 4.2, 0.03)
    assert bare_fraction(0, ROUGHNESS) == 0.5


def test_one_micrometre_is_best_at_a_conductivity_far_below_li3n():
    conductivity = conductivity_of_optimum(1, bare_penalty=0.1, roughness=ROUGHNESS, current_density=1)
    assert conductivity == pytest.approx(6.4e-6, abs=5e-8)
    assert 1e-3 / conductivity * 1e-4 == pytest.approx(15.6e-3, abs=5e-5)  # V/um
    assert optimum_thickness(0.1, conductivity, ROUGHNESS, 1) == pytest.approx(1)


def test_optima_of_two_conductivities():
    assert optimum_thickness(0.1, [1e-5, 3e-6], ROUGHNESS, 1).round(3).tolist() == [1.139, 0.698]


@given(**CASES)
def test_the_optimum_is_that_of_a_grid(bare_penalty, conductivity, roughness, current_density):
    case = bare_penalty, conductivity, roughness, current_density
    grid = np.arange(0, 20, 1e-3)
    best = grid[np.argmin(coating_cost(grid, *case))]
    assert optimum_thickness(*case) == pytest.approx(best, abs=1.5e-3)


@given(**CASES)
def test_there_is_an_optimum_only_where_a_coating_pays(bare_penalty, conductivity, roughness, current_density):
    volts = math.sqrt(2 * math.pi) * roughness * 1e-4 * current_density * 1e-3 / conductivity
    assume(abs(bare_penalty / volts - 1) > 1e-9)
    assert (optimum_thickness(bare_penalty, conductivity, roughness, current_density) > 0) == (bare_penalty > volts)


@given(st.floats(0.1, 10), st.floats(0.01, 0.5), st.floats(0.3, 3), st.floats(0.1, 10))
def test_the_conductivity_of_an_optimum_has_that_optimum(thickness, bare_penalty, roughness, current_density):
    assume(thickness < 20 * roughness)
    conductivity = conductivity_of_optimum(thickness, bare_penalty, roughness, current_density)
    found = optimum_thickness(bare_penalty, conductivity, roughness, current_density)
    assert found == pytest.approx(thickness, rel=1e-6)


@given(st.floats(0, 10), st.floats(0.001, 1), st.floats(0.1, 3))
def test_a_thicker_coating_leaves_less_bare(thickness, more, roughness):
    assert bare_fraction(thickness + more, roughness) <= bare_fraction(thickness, roughness) <= 0.5
