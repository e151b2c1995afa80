"""Deviations of values from spreads in print and from repeated statements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from kb.screening.replicates import _SAME, CELLS, PRIOR_FREEDOM, replicates

ASSUMED = 0.3


def row(value: float, evidence: str = "", metric: str = "overpotential", **more: Any) -> dict[str, Any]:
    told = {**dict.fromkeys(_SAME), "metric": metric, "value": value, "value_max": None, "qualifier": "=",
            "value_reported": f"{value:g}", "flags": "[]", "evidence": evidence, "current_density_mA_cm2": 1.0,
            "areal_capacity_mAh_cm2": 1.0}  # fmt: skip
    return told | more


def of(*rows: dict[str, Any], metric: str = "overpotential") -> tuple[float, int] | None:
    found = replicates(rows, ASSUMED).get(metric)
    return None if found is None else (found.sd, found.freedom)


def pooled(deviation: float, freedom: int) -> tuple[float, int]:
    held = PRIOR_FREEDOM * ASSUMED**2 + freedom * deviation**2
    return pytest.approx(math.sqrt(held / (PRIOR_FREEDOM + freedom))), freedom


@pytest.mark.parametrize(
    ("evidence", "freedom"),
    [
        ("It took 20 ± 3 mV.", CELLS - 1),
        ("It took 20 mV ± 3 mV (n = 6).", 5),
        ("It took 20 (±3) mV, a mean of four cells.", 3),
        ("It took 20 +/- 3 mV in 8 symmetric cells.", 7),
    ],
)
def test_a_spread_in_print_counts_with_its_cells(evidence: str, freedom: int) -> None:
    assert of(row(20.0, evidence)) == pooled(3 / 20, freedom)


def test_of_an_efficiency_the_loss_is_what_spreads() -> None:
    efficient = row(98.0, "It keeps 98 ± 0.5% for long.", metric="coulombic_efficiency")
    assert of(efficient, metric="coulombic_efficiency") == pooled(0.25, CELLS - 1)


def test_a_spread_in_a_reported_unit_is_taken_in_that_of_the_metric() -> None:
    assert of(row(20.0, "It took 0.02 ± 0.003 V.", value_reported="0.02")) == pooled(3 / 20, CELLS - 1)


def test_two_values_of_one_sample_in_one_test_are_replicates_and_one_value_twice_is_not() -> None:
    assert of(row(20.0), row(30.0)) == pooled(math.log(1.5) / math.sqrt(2), 1)
    assert of(row(20.0), row(20.0)) is None
    assert of(row(20.0), row(30.0, areal_capacity_mAh_cm2=2.0)) is None
    assert of(row(20.0, areal_capacity_mAh_cm2=None), row(30.0, areal_capacity_mAh_cm2=None)) is None
    assert of(row(20.0), row(30.0, qualifier=">")) is None
    assert of(row(20.0), row(30.0, flags='["out_of_range"]')) is None


def test_a_paper_in_two_formats_is_told_once() -> None:
    twice = [row(20.0, "It took 20 ± 3 mV."), row(20.0, "It took 20 ± 3 mV in all.")]
    assert of(*twice) == pooled(3 / 20, CELLS - 1)


@pytest.mark.parametrize("truth", [0.05, 0.3, 1.0])
def test_with_many_replicates_the_truth_is_found_and_few_are_held_to_the_assumed(truth: float) -> None:
    random = np.random.default_rng(0)
    cells = [row(float(20 * math.exp(truth * z)), subject=str(i // 4)) for i, z in enumerate(random.normal(0, 1, 1200))]
    (many, _), (few, _) = of(*cells) or (0, 0), of(*cells[:4]) or (0, 0)
    assert many == pytest.approx(truth, rel=0.1)
    assert abs(math.log(few / ASSUMED)) <= abs(math.log(truth / ASSUMED)) + 0.3
