"""Moduli and the graded index: worked values, limits, order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    bare_fraction,
    deposit_porosity,
    flexibility_score,
    lithium_thickness,
    shear_modulus,
    shear_modulus_ratio,
    stiffness_score,
    strain_demand,
    suppression_index,
    transference_score,
)
from schema.errors import OutOfRange

SHARE = st.floats(0, 1)
SCORES = st.tuples(SHARE, SHARE, SHARE, SHARE)


def test_moduli_of_lithium_and_of_coatings():
    assert shear_modulus([7.8, 4.9], 0.38) == pytest.approx([2.83, 1.8], abs=0.03)
    cu3n = shear_modulus([0.71, 0.81], 0.35)
    assert cu3n == pytest.approx([0.26, 0.30], abs=5e-3)
    assert shear_modulus_ratio(cu3n).round(2).tolist() == [0.08, 0.09]
    assert shear_modulus_ratio(0.0336) == pytest.approx(0.01, abs=5e-4)
    assert shear_modulus_ratio(6.8) == pytest.approx(2)


def test_where_the_stiffness_scores_one_half_is_what_is_uncertain():
    assert stiffness_score(shear_modulus_ratio([0.034, 6.8]), [0.01, 2]) == pytest.approx([0.5, 0.5])


@given(st.floats(0.01, 2), st.floats(0.1, 4))
def test_the_stiffness_score_runs_from_nothing_to_one(half, exponent):
    none, tiny, criterion, rigid = stiffness_score([0, 1e-9, 2, math.inf], half, exponent)
    assert (none, rigid) == (0, 1)
    assert 0 < tiny < 0.5 <= criterion + 1e-12


@given(st.floats(0, 100), st.floats(0.001, 100), st.floats(0.01, 2), st.floats(0.1, 4))
def test_stiffer_scores_no_lower(ratio, more, half, exponent):
    assert stiffness_score(ratio + more, half, exponent) >= stiffness_score(ratio, half, exponent)


def test_flexibility_between_brittle_and_unstrained():
    assert flexibility_score([0, 0.5, math.inf], 0.5).round(3).tolist() == [0, 0.632, 1]
    assert flexibility_score(0.1, 0) == 1


def test_transference_is_clipped():
    assert transference_score([0, 0.2, 0.6, 1]) == pytest.approx([0, 0, 0.5, 1])


@given(SCORES)
def test_the_index_lies_between_its_parts(scores):
    assert min(scores) - 1e-12 <= suppression_index(*scores) <= max(scores) + 1e-12


@given(SCORES, st.integers(0, 3), st.floats(0.01, 5))
def test_one_zero_kills_the_index(scores, position, weight):
    killed = [*scores[:position], 0.0, *scores[position + 1 :]]
    weights = [1.0] * 4
    weights[position] = weight
    assert suppression_index(*killed, *weights) == 0


@given(SCORES, st.integers(0, 3), SHARE)
def test_the_index_rises_with_each_part(scores, position, other):
    changed = list(scores)
    changed[position] = other
    low, high = (scores, changed) if scores[position] <= other else (changed, scores)
    assert suppression_index(*low) <= suppression_index(*high) + 1e-12


@given(SCORES, st.floats(0.1, 10))
def test_only_the_relation_of_weights_counts(scores, scale):
    weights = 1.0, 2.0, 0.5, 3.0
    scaled = [scale * weight for weight in weights]
    assert suppression_index(*scores, *scaled) == pytest.approx(suppression_index(*scores, *weights), abs=1e-9)


def test_a_part_without_weight_does_not_count_and_all_cannot_be():
    assert suppression_index(0.5, 0.5, 0.5, math.nan, transference_weight=0) == pytest.approx(0.5)
    assert math.isnan(suppression_index(0.5, 0.5, 0.5, math.nan))
    with pytest.raises(OutOfRange, match="all weights are zero"):
        suppression_index(1, 1, 1, 1, 0, 0, 0, 0)


def test_the_index_of_a_coating_is_put_together_from_its_parts():
    stiffness = stiffness_score(shear_modulus_ratio(0.28), half_ratio=0.1)
    flexibility = flexibility_score(0.3, strain_demand(lithium_thickness(1), lateral_length=20))
    parts = stiffness, flexibility, 1 - bare_fraction(1, 0.58), transference_score(0.38)
    assert suppression_index(*parts) == pytest.approx(math.prod(parts) ** 0.25)


def test_porosity_of_deposits():
    assert 100 * deposit_porosity([9, 13], 1) == pytest.approx([46, 63], abs=0.5)
    assert deposit_porosity(lithium_thickness(1), 1) == pytest.approx(0, abs=1e-12)


def test_strain_falls_with_length_and_area():
    displacement = lithium_thickness(1)
    assert displacement == pytest.approx(4.85, abs=5e-3)
    assert strain_demand(displacement, [10, 20], area_factor=[1, 2]) == pytest.approx([0.485, 0.121], abs=5e-4)
    assert strain_demand(displacement, 10, roughness_factor=0.5) == pytest.approx(0.243, abs=5e-4)
