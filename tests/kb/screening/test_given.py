"""What stands for an input of all that is reported of it, and the distribution that it becomes."""

from __future__ import annotations

import math

import pytest

from kb.screening.given import CARRIED, Fact, Given, pooled
from kb.screening.priors import priors
from schema.errors import OutOfRange

THICKNESS = priors().inputs["thickness"]
LOSS = priors().inputs["loss"]


def drawn(*facts: Fact, of=THICKNESS):
    return Given(facts).distribution(of, of.prior, priors().carried_log_sd)


def test_a_value_is_narrow_about_wider_a_carried_one_widest():
    plain, about, carried = (
        drawn(Fact(2.0)),
        drawn(Fact(2.0, qualifier="~")),
        drawn(Fact(2.0, origin=CARRIED)),
    )
    assert plain.median == about.median == carried.median == pytest.approx(2.0)
    assert plain.second == pytest.approx(THICKNESS.spread)
    assert about.second == pytest.approx(2 * THICKNESS.spread)
    assert carried.second == pytest.approx(math.hypot(THICKNESS.spread, 0.5))


def test_values_that_disagree_are_spread_over():
    one = drawn(Fact(4.0), Fact(50.0))
    assert one.median == pytest.approx(math.sqrt(200.0))
    assert one.second > drawn(Fact(4.0), Fact(5.0)).second > THICKNESS.spread


@pytest.mark.parametrize(("qualifier", "low", "high"), [(">", 3.0, 1000.0), (">=", 3.0, 1000.0), ("<", 0.0, 3.0)])
def test_a_bound_cuts_the_prior(qualifier: str, low: float, high: float):
    one = drawn(Fact(3.0, qualifier=qualifier))
    assert float(one.at(0.0)) >= low
    assert float(one.at(1.0)) <= high
    assert (one.first, one.second) == (THICKNESS.prior.first, THICKNESS.prior.second)


def test_a_bound_without_a_prior_is_an_end():
    one = drawn(Fact(98.0, qualifier=">").as_loss(), of=LOSS)
    assert float(one.at(1.0)) == pytest.approx(0.02)
    assert 0.005 < one.median < 0.02


def test_an_efficiency_turns_into_a_loss_with_its_ends_and_bounds():
    assert Fact(98.0, 99.0, "range").as_loss().value == pytest.approx(0.01)
    assert Fact(98.0, 99.0, "range").as_loss().value_max == pytest.approx(0.02)
    assert Fact(98.0, qualifier="<=").as_loss().qualifier == ">="
    with pytest.raises(OutOfRange, match="above 100"):
        Fact(101.0).as_loss()


def test_the_sample_itself_its_conditions_and_values_come_first():
    other = Fact(0.01, origin=CARRIED, current=1.0, measurement=1)
    far = Fact(0.05, current=3.0, measurement=2)
    near = Fact(0.02, current=1.0, measurement=3)
    bound = Fact(0.03, qualifier="<", current=1.0, measurement=4)
    assert pooled([other, far, near, bound], 1.0, 1.0).measurements == (3,)
    assert pooled([other, far, near, bound], 3.0, 1.0).measurements == (2,)
    assert pooled([other, bound], 3.0, 1.0).measurements == (4,)
    assert pooled([], 1.0, 1.0) is None
