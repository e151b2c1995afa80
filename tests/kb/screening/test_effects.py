"""Effects against the control: numbers of physics.md g1, bounds, the cases that have no effect."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.effects import LIFE_METRICS, LOSS_METRICS, Observation, effect
from schema.vocabulary import vocabulary

NAN = math.nan


def seen(value, control, unit="h", qualifier="=", control_qualifier="=", value_max=None, control_max=None):
    return Observation(
        value, unit, value_max, qualifier, control=Observation(control, unit, control_max, control_qualifier)
    )


@pytest.mark.parametrize(
    ("metric", "value", "control", "unit", "log_ratio", "text"),
    [
        ("cycling_hours", 1400, 400, "h", 1.25, "x3.5 longer"),
        ("coulombic_efficiency", 98.3, 97.2, "percent", -0.50, "loss x0.61"),
        ("coulombic_efficiency", 94.6, 83.3, "percent", -1.13, "loss x0.32"),
        ("cycling_hours", 1000, 400, "h", 0.92, "x2.5 longer"),
        ("cycle_count", 90, 260, "1", -1.06, "x2.9 shorter"),
        ("overpotential", 30, 60, "mV", -0.69, "x2.0 lower"),
        ("exchange_current_density", 0.112, 0.0017, "mA/cm^2", 4.19, "x66 higher"),
        ("overpotential", 60, 60, "mV", 0.0, "unchanged"),
        ("overpotential", 62, 60, "mV", 0.03, "x1.03 higher"),
        ("ionic_conductivity", 1e-3, 1e-10, "S/cm", 16.12, "x1.0e+07 higher"),
    ],
)
def test_known_effects(metric, value, control, unit, log_ratio, text):
    found = effect(metric, seen(value, control, unit), "max")
    assert found.log_ratio == pytest.approx(log_ratio, abs=0.005)
    assert (found.text, found.bound, found.reason) == (text, "", "")
    assert found.signed == f"{log_ratio:+.2f}"


@pytest.mark.parametrize(
    ("qualifier", "control_qualifier", "bound"),
    [
        ("=", "=", ""),
        ("~", "~", ""),
        (">", "=", ">="),
        (">=", "~", ">="),
        ("<", "=", "<="),
        ("=", ">", "<="),
        ("=", "<", ">="),
        (">", "<", ">="),
        ("<", ">=", "<="),
    ],
)
def test_an_open_value_on_either_side_makes_a_bound(qualifier, control_qualifier, bound):
    life = effect("cycling_hours", seen(1000, 400, "h", qualifier, control_qualifier), "max")
    assert life.bound == bound
    assert life.signed == f"{bound} +0.92".strip()
    assert life.text == f"{bound} x2.5 longer".strip()
    # More efficiency is less loss, so the same signs bound the loss from the other side.
    loss = effect("coulombic_efficiency", seen(98.3, 97.2, "percent", qualifier, control_qualifier), "max")
    turned = {">=": "<=", "<=": ">=", "": ""}[bound]
    assert loss.bound == turned
    assert loss.text == " ".join(f"loss {turned} x0.61".split())


def test_the_bound_of_a_fall_is_said_of_the_inverse_factor():
    found = effect("overpotential", seen(20, 60, "mV", "<"), "min")
    assert (found.signed, found.text) == ("<= -1.10", ">= x3.0 lower")
    assert effect("overpotential", seen(60, 60, "mV", "<"), "min").text == "<= x1.00 higher"


@pytest.mark.parametrize("pair", [(">", ">"), ("<", "<="), (">=", ">")])
def test_bounds_that_pull_apart_are_no_effect(pair):
    found = effect("cycling_hours", seen(1000, 400, "h", *pair), "max")
    assert math.isnan(found.log_ratio)
    assert found.reason == "treated and control are bounds that pull apart"


@pytest.mark.parametrize(
    ("metric", "observation", "reason"),
    [
        ("cycling_hours", Observation(1000, "h"), "no control"),
        ("cycling_hours", Observation(60, "h", control=Observation(60, "min")), "another unit"),
        ("overpotential", seen(0, 60, "mV"), "above zero"),
        ("overpotential", seen(20, 0, "mV"), "above zero"),
        ("binding_energy", seen(-2.0, -1.0, "eV"), "above zero"),
        ("temperature_onset", seen(200, 150, "degC"), "no ratio"),
        ("decomposition_voltage", seen(4.8, 4.2, "V"), "no ratio"),
        ("coulombic_efficiency", seen(100, 97, "percent"), "no loss to compare"),
        ("coulombic_efficiency", seen(98, 100, "percent"), "no loss to compare"),
        ("coulombic_efficiency", seen(101, 97, "percent"), "outside 0 to 100"),
        ("coulombic_efficiency", seen(98, -3, "percent"), "outside 0 to 100"),
        ("cycling_hours", seen(NAN, 400), "not a finite number"),
        ("cycling_hours", seen(math.inf, 400), "not a finite number"),
    ],
)
def test_where_there_is_no_effect_the_reason_is_said(metric, observation, reason):
    found = effect(metric, observation, "max")
    assert reason in found.reason
    assert math.isnan(found.log_ratio) and math.isnan(found.gain("max"))
    assert (found.kind, found.text, found.signed, found.bound) == ("none", "", "", "")


def test_an_efficiency_of_zero_still_compares():
    assert effect("coulombic_efficiency", seen(50, 0, "percent"), "max").text == "loss x0.50"


@pytest.mark.parametrize(
    ("direction", "ratio"),
    [("max", 900 / 500), ("min", 1100 / 400)],  # treated at its worse end, the control at its better one
)
def test_ranges_understate_the_effect(direction, ratio):
    found = effect("cycling_hours", seen(900, 400, "h", "range", "range", 1100, 500), direction)
    assert found.log_ratio == pytest.approx(math.log(ratio))


def test_worse_end_of_a_range_whatever_the_order_of_its_ends():
    assert Observation(90, "percent", 95, "range").worse_end("max") == 90
    assert Observation(95, "percent", 90, "range").worse_end("max") == 90
    assert Observation(90, "percent", 95, "range").worse_end("min") == 95
    assert Observation(90, "percent").worse_end("min") == 90


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_swapping_treated_and_control_turns_the_sign(a, b):
    one, two = effect("cycling_hours", seen(a, b), "max"), effect("cycling_hours", seen(b, a), "max")
    assert one.log_ratio == -two.log_ratio
    assert one.text and two.text


@given(st.floats(0.01, 99.99), st.floats(0.01, 99.99), st.sampled_from(["coulombic_efficiency", "overpotential"]))
def test_gain_is_positive_where_the_treated_is_better(a, b, metric):
    unit = vocabulary().metric(metric).unit
    upward = effect(metric, seen(a, b, unit), "max").gain("max")
    downward = effect(metric, seen(a, b, unit), "min").gain("min")
    assert upward == -downward
    if abs(a - b) > 1e-9:  # nearer than that the logarithms may round to the same number
        assert (upward > 0) == (a > b)


def test_the_metrics_named_here_are_controlled_names():
    assert vocabulary().metrics.keys() >= LOSS_METRICS | LIFE_METRICS
    assert {vocabulary().metric(m).unit for m in LOSS_METRICS} == {"percent"}
