"""Efficiencies at the floor of the reservoir protocol."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.floors import METRIC, MOST_TURNS, floor_of
from kb.screening.models.efficiency import reservoir_efficiency, reservoir_efficiency_floor


def row(printed: str, **more: Any) -> dict[str, Any]:
    told = {"metric": METRIC, "value": float(printed), "value_reported": printed, "qualifier": "=",
            "cell": "Li|Cu half", "at_cycle": None, "cycles": None, "areal_capacity_mAh_cm2": None,
            "evidence": "By the Aurbach method the average CE came to that."}  # fmt: skip
    return told | more


@given(st.integers(1, MOST_TURNS), st.integers(1, 3))
def test_a_floor_in_use_is_suspected_to_the_last_digit_and_no_other_value_is(k: int, decimals: int) -> None:
    floor = 100 * k / (k + 1)
    assert floor_of(row(f"{floor:.{decimals}f}")).endswith(f"{k}/{k + 1}")
    assert not floor_of(row(f"{floor + 2 * 10.0**-decimals:.{decimals}f}"))


@given(st.integers(2, 50), st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from([2.0, 5.0, 10.0]), st.floats(0.05, 1.0))
def test_with_the_protocol_stated_only_its_own_floor_counts(n: int, q: float, reservoir: float, left: float) -> None:
    test = {"cycles": float(n), "areal_capacity_mAh_cm2": q}
    floor = 100 * float(reservoir_efficiency_floor(n, q, reservoir))
    above = 100 * float(reservoir_efficiency(left * reservoir, n, q, reservoir))
    assert floor_of(row(f"{floor:.3f}", **test), reservoir).startswith("floor of its reservoir protocol")
    assert bool(floor_of(row(f"{above:.3f}", **test), reservoir)) == (abs(above - floor) < 0.0006)


@pytest.mark.parametrize(
    ("printed", "more"),
    [
        ("83.3", {"evidence": "The CE of the 40th cycle was 83.3 %."}),  # no protocol, no average
        ("83.3", {"at_cycle": 40.0}),
        ("83.3", {"cell": "full LFP"}),
        ("83.3", {"qualifier": ">"}),
        ("83.3", {"metric": "capacity_retention"}),
        ("80", {}),  # whole numbers are printed of anything
        ("67", {"evidence": "The average Coulombic efficiency was 67%."}),
    ],
)
def test_what_is_no_floor_is_left_a_value(printed: str, more: dict[str, Any]) -> None:
    assert floor_of(row(printed, **more)) == ""


def test_a_standard_floor_in_whole_percent_is_one_where_the_protocol_is_named() -> None:
    assert floor_of(row("67")).endswith("2/3")
