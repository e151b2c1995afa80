"""Units and domains: bare numbers, pint quantities, refusals, what is loaded."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening import models
from kb.screening.models import (
    coating_resistance,
    cycles_before_fade,
    excess_lithium,
    lithium_thickness,
    mean_efficiency,
    shear_modulus,
)
from kb.screening.models.units import Argument, between, fraction, in_units, not_negative, number, positive
from schema.errors import KBError, OutOfRange, UnitMismatch
from schema.units import registry

UNIT = registry()
DECLARED = {n: f for n in models.__all__ if hasattr(f := getattr(models, n), "arguments")}
FLAGS = {"is_at_reservoir_floor", "consistency_flag"}


def ordinary(model) -> tuple[dict, dict]:
    """Give a value within the domain of each declared argument, and the choices that have no default."""
    numbers = {name: [0.5, 0.5] if a.series else 0.5 for name, a in model.arguments.items()}
    choices = {
        "excess_lithium": {"configuration": "li_free_cathode"},
        "overpotential_per_electrode": {"definition": "plateau"},
    }
    return numbers, choices.get(model.__name__, {})


def test_bare_numbers_are_in_the_documented_unit_and_quantities_are_converted():
    bare = coating_resistance(2, 1e-4)
    one = coating_resistance(UNIT.Quantity(2, "um"), UNIT.Quantity(0.01, "S/m"))
    assert bare == 2.0
    assert type(bare) is float
    assert isinstance(one, UNIT.Quantity)
    assert one.to("ohm m^2").magnitude == pytest.approx(2e-4)


def test_one_quantity_among_numbers_makes_the_result_a_quantity_also_without_dimension():
    cycles = cycles_before_fade(UNIT.Quantity([7.0, 14.0], "mAh/cm^2"), 3, UNIT.Quantity(90, "percent"))
    assert cycles.units == UNIT.dimensionless
    assert cycles.magnitude == pytest.approx([7 / 0.3, 14 / 0.3])


def test_each_field_of_a_tuple_is_a_quantity():
    low, high = excess_lithium("half_finite", UNIT.Quantity(14.4, "C/cm^2"), 2)
    assert low.to("mAh/cm^2").magnitude == pytest.approx(2)
    assert high.to("mAh/cm^2").magnitude == pytest.approx(4)


def test_quantities_of_another_registry_are_read_by_the_name_of_their_unit():
    other = pint.UnitRegistry()
    assert shear_modulus(other.Quantity(7800, "MPa"), 0.38).to("GPa").magnitude == pytest.approx(2.826, abs=1e-3)
    with pytest.raises(UnitMismatch, match="youngs_modulus"):
        other.define("smoot = 1.7018 m")
        shear_modulus(other.Quantity(1, "smoot"), 0.38)


def test_temperatures_may_be_in_degrees_celsius():
    warm = models.charge_transfer_resistance(1, UNIT.Quantity(25, "degC"))
    assert warm.magnitude == pytest.approx(25.6926, abs=1e-4)


@pytest.mark.parametrize("name", DECLARED)
def test_every_argument_refuses_a_wrong_dimension_by_its_name(name):
    """Called with one argument in candela (no model has any), the others within their domains."""
    model = DECLARED[name]
    known, choices = ordinary(model)
    assert model(**known, **choices) is not None
    for argument, declared in model.arguments.items():
        wrong = known | {argument: UNIT.Quantity(known[argument], "candela")}
        with pytest.raises(UnitMismatch, match=rf"^{argument} is in cd") as caught:
            model(**wrong, **choices)
        assert caught.value.expected == declared.unit


@pytest.mark.parametrize("name", DECLARED)
def test_every_domain_is_held_and_names_the_argument(name):
    model = DECLARED[name]
    known, choices = ordinary(model)
    for argument, declared in model.arguments.items():
        beyond = [-2.0] * (declared.least > -math.inf) + [0.0] * (declared.least == 0 and declared.strict)
        for value in beyond + [1.5] * (declared.most < 1.5):
            wrong = known | {argument: [0.5, value]}
            with pytest.raises(OutOfRange, match=rf"^{argument} = {value:g}") as caught:
                model(**wrong, **choices)
            assert isinstance(caught.value, KBError) and isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", sorted(DECLARED.keys() - FLAGS))
def test_unknown_stays_unknown(name):
    model = DECLARED[name]
    known, choices = ordinary(model)
    known |= {"limiting_current_density": 0.25} if name.startswith("sand") else {}  # below the current
    known |= {"ratio": 0.25} if name == "stiffness_score" else {}  # else one half, whatever the exponent
    for argument, declared in model.arguments.items():
        result = model(**known | {argument: [math.nan] * 2 if declared.series else math.nan}, **choices)
        # The capacity of the first cycle does not hang on what that loses.
        assert np.isnan(result[..., -1] if name == "capacity_by_cycle" else result).all(), argument


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("7 um", "is no number"),
        (None, "is no number"),
        (True, "is no number"),
        (1j, "is no number"),
        ([None, 1.0], "is no number"),
        ([[1.0], [1.0, 2.0]], "no array of numbers"),
    ],
)
def test_what_is_no_number_is_refused(value, told):
    with pytest.raises(OutOfRange, match=told) as caught:
        lithium_thickness(value)
    assert str(caught.value).startswith("capacity ")


def test_a_list_of_quantities_is_refused_and_not_stripped_of_its_units():
    with pytest.raises(UnitMismatch, match="one Quantity of an array"):
        lithium_thickness([UNIT.Quantity(1, "mAh/cm^2"), UNIT.Quantity(3.6, "C/cm^2")])


def test_what_a_mask_hides_is_unknown():
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    assert np.isnan(lithium_thickness(masked)).tolist() == [False, True]


def test_a_percentage_is_told_how_to_be_written():
    with pytest.raises(OutOfRange, match=r"coulombic_efficiency = 99 .*\(0 to 1\); 99 percent is 0.99"):
        cycles_before_fade(7, 3, 99)


def test_shapes_broadcast_or_are_refused():
    assert cycles_before_fade(np.ones((4, 1)), np.ones(3), 0.9).shape == (4, 3)
    with pytest.raises(OutOfRange, match=r"excess \(2,\), capacity \(3,\)"):
        cycles_before_fade([1, 1], [1, 1, 1], 0.9)
    with pytest.raises(OutOfRange, match=r"stripped \(2,\), plated \(3,\)"):
        mean_efficiency([1, 1], [1, 1, 1])
    with pytest.raises(OutOfRange, match="last axis"):
        mean_efficiency(1, 1)


def test_the_caller_s_arrays_are_not_changed_and_not_returned():
    lithium = np.array([4.0])
    low, high = excess_lithium("li_full_cathode", lithium, 1)
    low += 1
    assert (lithium[0], high[0]) == (4.0, 4.0)


def test_a_declaration_of_an_argument_that_is_not_there_is_a_mistake():
    with pytest.raises(TypeError, match="curent"):
        in_units("V", curent=positive())(lambda current: current)


def test_domains_in_words():
    arguments = number(), positive(), not_negative(), fraction(), between(0, 1, strict=True)
    assert [a.domain for a in arguments] == ["any", "positive", "not negative", "0 to 1", "0 to 1, ends excluded"]


@given(st.floats(allow_nan=True), st.floats(-10, 10), st.floats(-10, 10), st.booleans())
def test_a_domain_is_an_interval(value, least, most, strict):
    argument = Argument("1", min(least, most), max(least, most), strict)
    within = argument.least < value < argument.most or (not strict and value in (argument.least, argument.most))
    assert bool(argument.outside(np.float64(value))) is not (within or math.isnan(value))


def test_bare_numbers_do_not_load_pint():
    code = (
        "import sys\n"
        "from kb.screening.models import cycles_before_fade\n"
        "assert cycles_before_fade([7.0], 3, 0.9)[0] > 23\n"
        "print(sorted({'pint', 'scipy', 'pymatgen', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
