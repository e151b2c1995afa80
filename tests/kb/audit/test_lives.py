"""Lives against efficiency and lithium, hours against cycles: with the numbers of physics.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.audit.lives import efficiency_against_life, hours_against_cycles
from kb.audit.told import Told

Make = Callable[..., Told]
TEST = {"current_density_mA_cm2": 1.0, "areal_capacity_mAh_cm2": 1.0}
SYMMETRIC = {**TEST, "cell": "Li|Li symmetric"}
LITHIUM = {"metric": "areal_capacity", "value": 4.0, "unit": "mAh/cm^2",
           "evidence": "4 mAh cm-2 of Li was pre-deposited."}  # fmt: skip
LIFE = {"metric": "cycling_hours", "value": 1400.0, "qualifier": ">", "unit": "h", **SYMMETRIC}


def efficiency(value: float, **more: Any) -> dict[str, Any]:
    return {"metric": "coulombic_efficiency", "value": value, "unit": "percent", "cell": "Li|Cu half", **TEST, **more}


def test_the_symmetric_cell_of_the_specification(told: Make) -> None:
    (found,) = efficiency_against_life(told(LIFE, efficiency(98.3), LITHIUM))
    assert (found.severity, found.measurements) == ("red", (1, 2, 3))
    assert found.ratio == pytest.approx(3.4, abs=0.01)
    assert found.said == (
        "2 x 4 - 1 = 7 mAh/cm² may be lost, at 98.3 % (#2) 2 x 1 x (1 - 0.983) = 0.034 mAh/cm² a cycle: 205.9 cycles; "
        "> 1400 h (#1) x 1 mA/cm² / (2 x 1 mAh/cm²) = 700 cycles: 3.4 times"
    )


def test_its_control_is_amber(told: Make) -> None:
    life = {**LIFE, "value": 400.0, "qualifier": "~", "is_control": 1}
    (found,) = efficiency_against_life(told(life, efficiency(97.2, is_control=1), LITHIUM))
    assert (found.severity, round(found.ratio or 0, 1)) == ("amber", 1.6)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({0: {"value": 400.0}}, "the lithium lasts for it"),
        ({0: {"qualifier": "<"}}, "at most so long"),
        ({0: {"is_control": 1}}, "another sample"),
        ({0: {"current_density_mA_cm2": 5.0}}, "another current"),
        ({0: {"areal_capacity_mAh_cm2": None}}, "no capacity"),
        ({1: {"qualifier": ">"}}, "the efficiency may be better"),
        ({1: {"value": 100.0, "value_reported": "100"}}, "no loss"),
        ({1: {"value": 103.0}}, "no efficiency"),
        ({1: {"cell": "full LFP"}}, "a full cell tells of its cathode"),
        ({1: {"at_cycle": 1.0}}, "the first cycle alone"),
        ({2: {"evidence": "After plating 4 mAh cm-2, the foil looks smooth."}}, "not given to the cell"),
        ({2: {"value": 0.5}}, "less than is cycled"),
    ],
)
def test_nothing_follows(told: Make, changed: dict[int, dict[str, Any]], why: str) -> None:
    rows = [dict(r) for r in (LIFE, efficiency(98.3), LITHIUM)]
    for at, more in changed.items():
        rows[at].update(more)
    assert not list(efficiency_against_life(told(*rows))), why


def test_rounding_speaks_for_the_paper(told: Make) -> None:
    # 99 % may be 99.5 %: 700 cycles at the most, as the cell ran.
    rows = (LIFE, efficiency(99.0, value_reported="99"), LITHIUM)
    assert not list(efficiency_against_life(told(*rows)))
    assert list(efficiency_against_life(told(LIFE, efficiency(99.0, value_reported="99.0"), LITHIUM)))


def test_a_full_cell_lives_on_what_its_cathode_does_not_bring(told: Make) -> None:
    life = {"metric": "cycle_count", "value": 500.0, "unit": "1", "cell": "full NCM811", "np_ratio": 5.0,
            "electrolyte_class": "carbonate", "qualifier": ">"}  # fmt: skip
    (found,) = efficiency_against_life(told(life, efficiency(94.6, electrolyte_class="carbonate")))
    assert (found.severity, round(found.ratio or 0, 1)) == ("red", 5.4)
    assert not list(efficiency_against_life(told({**life, "electrolyte_class": None}, efficiency(94.6))))


def test_hours_are_cycles_twice_capacity_by_current(told: Make) -> None:
    hours = {**LIFE, "value": 2500.0, "qualifier": "="}
    cycles = {"metric": "cycle_count", "value": 700.0, "unit": "1", **SYMMETRIC}
    (found,) = hours_against_cycles(told(hours, cycles))
    assert found.said == "700 cycles (#2) x 2 x 1 mAh/cm² / 1 mA/cm² = 1400 h; reported 2500 h (#1): 1.8 times"
    assert (found.severity, found.measurements) == ("amber", (1, 2))
    assert not list(hours_against_cycles(told({**hours, "value": 1600.0}, cycles))), "rests take time"
    (open_,) = hours_against_cycles(told(hours, {**cycles, "qualifier": ">"}))
    assert open_.severity == "note", "over 700 cycles may be 1250"
    assert not list(hours_against_cycles(told(hours, {**cycles, "cell": "Li|Cu half"})))


def test_cycles_may_stand_beside_the_hours(told: Make) -> None:
    (found,) = hours_against_cycles(told({**LIFE, "qualifier": "=", "cycles": 100.0}))
    assert (found.severity, found.measurements) == ("red", (1,))


def test_half_cycles_are_recognised(told: Make) -> None:
    cycles = {"metric": "cycle_count", "value": 1400.0, "unit": "1", **SYMMETRIC}
    (found,) = hours_against_cycles(told({**LIFE, "qualifier": "="}, cycles))
    assert "half-cycles" in found.repair
