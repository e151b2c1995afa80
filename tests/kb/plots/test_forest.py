"""The forest plot says what the study says: measured effects, and where shrinking moves them."""

from __future__ import annotations

import math

import pytest

from kb.plots.forest import Scale
from kb.screening.rank import parse_criterion


@pytest.fixture
def rows(base, tmp_path, table):
    return table(base.plot("forest", tmp_path / "f.svg", metric="coulombic_efficiency").table)


def test_the_measured_effect_is_the_ratio_of_losses(rows) -> None:
    (raw,) = (r for r in rows if r["drawn"] == "raw" and r["sample"] == "PMMA/PVDF")
    value, control = float(raw["value"]), float(raw["control_value"])
    assert float(raw["effect"]) == pytest.approx(math.log((100 - control) / (100 - value)))
    assert raw["against"] == "own control" and len(raw["measurements"].split("; ")) == 2


def test_shrinking_moves_exact_effects_towards_the_mean_and_narrows_them(rows) -> None:
    (mean,) = (float(r["effect"]) for r in rows if r["drawn"] == "mean")
    shrunk = {r["sample"]: r for r in rows if r["drawn"] == "shrunk"}
    exact = [r for r in rows if r["drawn"] == "raw" and r["effect"]]
    assert len(exact) >= 3
    for raw in exact:
        moved = shrunk[raw["sample"]]
        assert abs(float(moved["effect"]) - mean) <= abs(float(raw["effect"]) - mean) + 0.05
        assert float(moved["high"]) - float(moved["low"]) < 2 * 1.645 * float(raw["sd"]) + 0.05


@pytest.mark.parametrize(
    ("criterion", "against", "label", "at"),
    [
        ("cycling_hours", "own control", "Cycling hours: sample over control", 2.0),
        ("overpotential", "own control", "Overpotential: control over sample", 2.0),
        ("coulombic_efficiency", "own control", "Coulombic efficiency: loss of the control over that of the sample", 2),
        ("coulombic_efficiency", "value", "Coulombic efficiency: what is lost [%]", 0.5),
        ("overpotential", "value", "Overpotential, $\\eta$ [mV]", 0.5),
        ("elastic_modulus", "value", "Elastic modulus, $E$ [GPa]", 2.0),
    ],
)
def test_more_is_better_but_where_the_axis_is_that_of_the_metric(criterion, against, label, at) -> None:
    scale = Scale.of(parse_criterion(criterion), against)
    assert scale.label == label
    assert scale.at(math.log(2)) == pytest.approx(at)
