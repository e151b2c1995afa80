"""Heads of columns: metrics, conditions, units, factors, two numbers a cell, conditions of their own."""

from __future__ import annotations

import pytest

from extractors.heads import read_head

CURRENT, AREAL = "current_density_mA_cm2", "areal_capacity_mAh_cm2"


@pytest.mark.parametrize(
    ("text", "metric", "unit", "factor"),
    [
        ("CE (%)", "coulombic_efficiency", "%", 1),
        ("CE [%]", "coulombic_efficiency", "%", 1),
        ("CE / %", "coulombic_efficiency", "%", 1),
        ("CE, %", "coulombic_efficiency", "%", 1),
        ("Overpotential (mV)", "overpotential", "mV", 1),
        ("Young's modulus (GPa)", "elastic_modulus", "GPa", 1),
        ("Ionic conductivity (mS cm^-1)", "ionic_conductivity", "mS cm^-1", 1),
        ("Ionic conductivity (10^-4 S cm^-1)", "ionic_conductivity", "S cm^-1", 1e-4),
        ("Ionic conductivity (× 10^−4 S cm^-1)", "ionic_conductivity", "S cm^-1", 1e-4),
        ("Interfacial resistance (Ω cm2)", "interfacial_resistance", "Ω cm2", 1),
        ("Loading (mg cm^-2)", "areal_loading", "mg cm^-2", 1),
        ("Lifespan (h)", "cycling_hours", "h", 1),
        ("Cycle number", "cycle_count", "", 1),
        ("Cycle life (cycles)", "cycle_count", "", 1),
        ("Cycle life ()", "cycle_count", "", 1),
        ("N/P ratio", "np_ratio", "", 1),
        ("Porosity", "porosity", "", 1),
        ("Capacity retention (%)", "capacity_retention", "%", 1),
        ("Specific energy (Wh kg^-1)", "specific_energy", "Wh kg^-1", 1),
    ],
)
def test_a_head_of_a_metric(text: str, metric: str, unit: str, factor: float) -> None:
    column = read_head(text)
    assert column.metric is not None
    assert (column.metric.name, column.unit, column.factor) == (metric, unit, factor)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Current density (mA cm^-2)", CURRENT),
        ("J (mA cm^-2)", CURRENT),
        ("Capacity (mAh cm^-2)", AREAL),
        ("C-rate", "c_rate"),
        ("Temperature (°C)", "temperature_C"),
        ("T (K)", "temperature_C"),
    ],
)
def test_a_head_of_a_condition(text: str, condition: str) -> None:
    column = read_head(text)
    assert (column.metric, column.condition) == (None, condition)


@pytest.mark.parametrize("text", ["Sample", "Reference", "Year", "", "CE (mV)", "Notes (see below)"])
def test_a_head_of_neither(text: str) -> None:
    column = read_head(text)
    assert (column.metric, column.condition) == (None, None)


@pytest.mark.parametrize(
    ("text", "factor"),
    [("σ × 10^4 (S cm^-1)", 1e-4), ("σ (×10^-4 S cm^-1)", 1e-4), ("σ (10^-4 S cm^-1)", 1e-4), ("σ (S cm^-1)", 1)],
)
def test_a_factor_in_the_unit_multiplies_and_one_at_the_name_divides(text: str, factor: float) -> None:
    assert read_head(text).factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("CE at 3 mA cm^-2 (%)", {CURRENT: 3}),
        ("Specific capacity at 0.5 C (mAh g^-1)", {"c_rate": 0.5}),
        ("σ at 60 °C / S cm^-1", {"temperature_C": 60}),
        ("Capacity retention after 200 cycles (%)", {"at_cycle": 200}),
        ("CE (%)", {}),
        ("Ionic conductivity (10^-4 S cm^-1)", {}),
    ],
)
def test_a_head_may_state_conditions(text: str, stated: dict[str, float]) -> None:
    column = read_head(text)
    assert column.metric is not None
    assert column.stated == stated


@pytest.mark.parametrize(
    ("text", "metric", "condition"),
    [
        ("CE (%)/cycles", None, "cycles"),
        ("Capacity retention (%) / cycle number", None, "cycles"),
        ("Current density/capacity", None, AREAL),
        ("Overpotential (mV)/Lifespan (h)", "cycling_hours", None),
        ("CE / %", None, None),
        ("Charge/discharge capacity (mAh g^-1)", None, None),
    ],
)
def test_the_second_number_of_a_cell(text: str, metric: str | None, condition: str | None) -> None:
    second = read_head(text).second
    told = (second.metric.name if second.metric else None, second.condition) if second else (None, None)
    assert told == (metric, condition)


@pytest.mark.parametrize("text", ["Current density (mA g^-1)", "Current (A g^-1)"])
def test_a_current_per_mass_is_no_areal_one(text: str) -> None:
    assert not read_head(text).tells


@pytest.mark.parametrize(
    ("text", "metric"),
    [("E (GPa)", "elastic_modulus"), ("D (cm2 s-1)", "diffusion_coefficient"), ("Ea (kJ mol-1)", "activation_energy"),
     ("t+", "transference_number"), ("E (V)", "potential"), ("D (cm)", None)],
)  # fmt: skip
def test_a_symbol_alone_names_the_metric_of_its_unit(text: str, metric: str | None) -> None:
    found = read_head(text).metric
    assert (found.name if found else None) == metric
