"""What physics does not allow, what a slip of the unit would explain, what is not plausible."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.audit.gates import gated, gates
from kb.audit.slips import slipped
from kb.audit.told import Told
from schema.vocabulary import vocabulary

Make = Callable[..., Told]


@pytest.mark.parametrize(
    ("metric", "value", "rule"),
    [
        ("coulombic_efficiency", 98.3, None), ("coulombic_efficiency", 100.0, None),
        ("coulombic_efficiency", 103.0, "impossible"), ("coulombic_efficiency", 0.983, "unit_suspect"),
        ("overpotential", 20.0, None), ("overpotential", 0.02, "unit_suspect"),  # V printed as mV
        ("overpotential", 20000.0, "unit_suspect"), ("contact_angle", 190.0, "impossible"),
        ("ionic_conductivity", 0.5, "unit_suspect"),  # mS/cm taken for S/cm
        ("ionic_conductivity", 1e-15, "unit_suspect"), ("np_ratio", 800.0, "implausible"),
        ("cycling_hours", 84000.0, "unit_suspect"),  # minutes
        ("temperature", -300.0, "impossible"),
    ],
)  # fmt: skip
def test_a_value_goes_through_one_gate(told: Make, metric: str, value: float, rule: str | None) -> None:
    found = list(gated(told({"metric": metric, "value": value, "unit": vocabulary().metrics[metric].unit})))
    assert [f.rule for f in found] == ([rule] if rule else [])


def test_the_slip_is_shown(told: Make) -> None:
    (found,) = gated(told({"metric": "overpotential", "value": 0.02}))
    assert found.said == "0.02 mV (#1); usual is 1 to 1200 mV, and times 1000 it is 20 mV"
    assert found.ratio == pytest.approx(1000)


def test_the_larger_end_of_a_range_counts_too(told: Make) -> None:
    row = {"metric": "porosity", "value": 80.0, "value_max": 120.0, "unit": "percent", "qualifier": "range"}
    assert [f.rule for f in gated(told(row))] == ["impossible"]


def test_conditions_are_gated(told: Make) -> None:
    found = list(gated(told({"metric": "overpotential", "value": 20.0, "temperature_C": -300.0})))
    assert [(f.rule, f.severity) for f in found] == [("impossible", "red")]


def test_a_metric_in_two_units_is_let_through(told: Make) -> None:
    assert not list(gated(told({"metric": "improvement", "value": 1e7, "unit": "fold"})))


def test_what_is_usual_is_possible_and_known() -> None:
    known = vocabulary().metrics
    for metric, gate in gates()[0].items():
        assert gate.possible[0] <= gate.usual[0] < gate.usual[1] or gate.usual[0] == float("-inf"), metric
        assert metric in known or metric == "transference_number"  # which a vocabulary of one's own may have


@given(st.floats(1.0, 1200.0))
def test_what_is_usual_is_never_found(value: float) -> None:
    from kb.audit.told import CONDITIONS

    row = {"id": 1, "paper_id": 1, "metric": "overpotential", "value": value, "value_max": None, "unit": "mV",
           **dict.fromkeys(CONDITIONS)}  # fmt: skip
    assert not list(gated(Told([row])))


RCT = {"metric": "charge_transfer_resistance", "unit": "ohm", "cell": "Li|Li symmetric"}


def test_a_value_that_lies_a_slip_from_all_others_of_its_paper(told: Make) -> None:
    (found,) = slipped(told({**RCT, "value": 94.0}, {**RCT, "value": 28000.0}, {**RCT, "value": 31.0, "is_control": 1}))
    assert (found.rule, found.severity, found.measurements) == ("unit_suspect", "amber", (2, 1))
    assert found.said == "28000 Ω (#2), where the paper has 94 Ω (#1) too; divided by 1000 it is like that, 28 Ω"
    (lower,) = slipped(told({**RCT, "value": 0.6}, {**RCT, "value": 400.0}))
    assert lower.measurements == (1, 2), "of two the one further from the middle of what is usual"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"value": 94.0}, {"value": 9000.0}), ({"value": 94.0}, {"value": 28000.0, "cell": "full LFP"}),
        ({"value": 94.0}, {"value": 28000.0, "evidence": "sentence 1"}), ({"value": 94.0}, {"value": 200000.0}),
        ({"value": 94.0, "metric": "interfacial_resistance"}, {"value": 28000.0, "metric": "interfacial_resistance"}),
    ],
    ids=["no slip", "another test", "one sentence", "told by its gate", "not steady"],
)  # fmt: skip
def test_values_that_lie_apart_for_another_reason(
    told: Make, first: dict[str, object], second: dict[str, object]
) -> None:
    assert not list(slipped(told({**RCT, **first}, {**RCT, **second})))


def test_a_steady_metric_has_a_usual_range_and_one_slip() -> None:
    for gate in gates()[0].values():
        if gate.steady:
            assert gate.slips == (1000.0,)
            assert 0 < gate.usual[0] < gate.usual[1] < math.inf
