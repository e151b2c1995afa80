"""The smaller rules, each with what it finds and what it lets be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.audit.controls import control_better
from kb.audit.evidence import broken
from kb.audit.floors import efficiency_at_floor
from kb.audit.formats import formats_disagree
from kb.audit.kinetics import tafel_against_impedance
from kb.audit.repeated import repeated
from kb.audit.told import Told

Make = Callable[..., Told]
HALF = {"cell": "Li|Cu half", "current_density_mA_cm2": 1.0, "areal_capacity_mAh_cm2": 1.0}
I0 = {"metric": "exchange_current_density", "value": 0.0017, "unit": "mA/cm^2", "evidence": "from the Tafel plot"}
RCT = {"metric": "charge_transfer_resistance", "value": 94.3, "unit": "ohm"}


def test_tafel_far_below_impedance(told: Make) -> None:
    (found,) = tafel_against_impedance(told(I0, RCT, {**RCT, "value": 28.4}))
    assert (found.severity, found.measurements) == ("amber", (1, 2, 3))
    assert found.ratio == pytest.approx(25.6926 / (94.3 * 2.0) / 0.0017, rel=1e-3)


@pytest.mark.parametrize(
    "changed",
    [{"value": 0.154}, {"evidence": "0.0017 from EIS"}, {"is_control": 1}, {"value": 0.0}],
    ids=["as impedance has it", "itself from impedance", "another sample", "nothing"],
)
def test_exchange_currents_that_are_let_be(told: Make, changed: dict[str, Any]) -> None:
    assert not list(tafel_against_impedance(told({**I0, **changed}, RCT)))


def test_an_areal_resistance_needs_no_area(told: Make) -> None:
    areal = {"metric": "interfacial_resistance", "value": 100.0, "unit": "ohm cm^2"}
    (found,) = tafel_against_impedance(told({**I0, "value": 2.56926}, areal))
    assert found.ratio == pytest.approx(10, rel=1e-3)
    assert "electrodes of" not in found.said


def test_an_efficiency_at_its_floor(told: Make) -> None:
    row = {"metric": "coulombic_efficiency", "value": 83.3, "unit": "percent", "cell": "Li|Cu half",
           "evidence": "The calculated average Coulombic efficiency is 83.3%."}  # fmt: skip
    (found,) = efficiency_at_floor(told(row))
    assert found.said == "n Q_c : Q_T of 5 has the floor 5 / 6 = 83.33 %; reported 83.3 % (#1)"
    for changed in ({"value": 83.4}, {"evidence": "At cycle 80 it is 83.3%."}, {"cycle_first": 20},
                    {"cell": "full LFP"}, {"value": 80.0, "value_reported": "80"}):  # fmt: skip
        assert not list(efficiency_at_floor(told({**row, **changed})))


CE = {"metric": "coulombic_efficiency", "value": 98.3, "unit": "percent", **HALF, "cycles": 260.0}


def test_what_is_said_twice(told: Make) -> None:
    assert [f.rule for f in repeated(told(CE, CE))] == ["duplicate"]
    (found,) = repeated(told(CE, {**CE, "value": 98.2, "cell": None}))
    assert (found.rule, found.measurements) == ("contradiction", (2, 1))
    assert found.said.endswith("under 1 mA/cm², 1 mAh/cm², over 260 cycles")


@pytest.mark.parametrize(
    "changed",
    [
        {"value": 98.0, "value_reported": "98"}, {"value": 97.0, "qualifier": ">"}, {"value": 98.2, "cycles": 100.0},
        {"value": 98.2, "evidence": "sentence 1"}, {"value": 98.2, "is_control": 1}, {"value": 98.2, "document_id": 2},
        {"value": 98.2, "current_density_mA_cm2": None, "areal_capacity_mAh_cm2": None, "cycles": None},
    ],
    ids=["rounded", "a bound", "other cycles", "one sentence", "another sample", "another file", "unknown test"],
)  # fmt: skip
def test_what_is_no_contradiction(told: Make, changed: dict[str, Any]) -> None:
    assert not list(repeated(told(CE, {**CE, **changed})))


def test_a_control_that_is_better(told: Make) -> None:
    eta = {"metric": "overpotential", "value": 94.0, **HALF}
    (found,) = control_better(told(eta, {**eta, "value": 32.0, "is_control": 1}))
    assert (found.severity, found.measurements) == ("amber", (1, 2))
    (lost,) = control_better(told({**CE, "value": 97.2}, {**CE, "is_control": 1}))
    assert "1.6 times worse in what is lost" in lost.said
    for control in ({"value": 95.0}, {"value": 32.0, "cell": "Li|Li symmetric"}, {"value": 32.0, "document_id": 2},
                    {"value": 92.0}, {"value": 32.0, "qualifier": ">"}):  # fmt: skip
        assert not list(control_better(told(eta, {**eta, "is_control": 1, **control})))


def test_formats_that_disagree(told: Make) -> None:
    one = {"metric": "overpotential", "value": 20.0, "components": '["PVDF"]'}
    other = {**one, "document_id": 2, "path": "a.pdf", "source": "a.pdf"}
    assert not list(formats_disagree(told(one, other)))
    (found,) = formats_disagree(told(one, {**other, "components": '["LiF"]'}))
    assert (found.severity, found.measurements) == ("amber", (1, 2))
    assert [f.severity for f in formats_disagree(told(one, {**other, "value": 30.0}))] == ["note", "note"]
    assert not list(formats_disagree(told(one, {**other, "value": 30.0, "supplement_of": "a.md"})))


def test_an_account_is_a_format_with_its_supplement(told: Make) -> None:
    rows = ({"path": "a.md"}, {"path": "a.pdf", "document_id": 2},
            {"path": "si.pdf", "document_id": 3, "supplement_of": "a.pdf"})  # fmt: skip
    whole = told(*({"metric": "density", "value": 1.0, **row} for row in rows))
    assert [[r["id"] for r in account.rows] for account in whole.accounts()] == [[1], [2, 3]]


def test_a_place_that_shows_something_else() -> None:
    original = "It keeps 98.3 % for long."
    assert not list(broken(1, "a.txt", original, {7: (9, 13, "98.3")}))
    (found,) = broken(1, "a.txt", original, {7: (12, 16, "98.3"), 8: (9, 13, "98.3")})
    assert (found.severity, found.measurements) == ("red", (7,))
    assert [f.measurements for f in broken(1, "a.txt", "", {7: (9, 13, "98.3")})] == [(7,)]
