"""Dimension classes of printed units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.cues import metrics_of_kind
from extractors.kinds import OTHER, kind_of, suspect_unit
from schema.units import factor
from schema.vocabulary import vocabulary

KINDS = {
    "percent": ["%", "wt%", "wt.%", "wt %", "vol%", "percent"],
    "mA/cm^2": ["mA cm−2", "mA/cm2", "A m−2", "µA cm-2", "mA·cm^-2", "mA cm"],
    "mAh/cm^2": ["mAh cm−2", "mA h cm-2", "mAh/cm2", "C cm-2", "mAh cm^-1"],
    "mV": ["mV", "V", "µV"],
    "ohm": ["Ω", "\u2126", "kΩ", "ohm", "MΩ"],
    "ohm cm^2": ["Ω cm2", "Ω·cm^2", "kΩ cm2", "Ω cm−2", "Ω cm^-2"],
    "S/cm": ["S cm−1", "S/cm", "mS cm^-1", "S m−1"],
    "GPa": ["GPa", "MPa", "kPa", "Pa"],
    "um": ["µm", "μm", "nm", "mm", "cm", "Å", "microns"],
    "mAh/g": ["mAh g−1", "mAh/g", "Ah kg-1"],
    "Wh/kg": ["Wh kg−1", "Wh/kg"],
    "mg/cm^2": ["mg cm−2", "mg/cm2"],
    "g/cm^3": ["g cm−3", "kg m-3"],
    "mJ/m^2": ["mJ m−2", "J/m2", "J m^-2"],
    "eV": ["eV", "meV", "kJ"],
    "kJ/g": ["kJ g−1", "J g−1", "J/g"],
    "m^2/g": ["m2 g−1", "cm2 g-1"],
    "h": ["h", "hours", "min", "s", "days", "weeks", "months"],
    "degC": ["°C", "° C", "℃", "K"],
    "deg": ["°"],
    "cycles": ["cycles", "cycle", "-cycle", "cycles kg-1"],
    "fold": ["fold", "times", "orders of magnitude", "order of magnitude"],
    "C": ["C"],
    "1": ["", " "],
    "other": ["M", "Hz", "rpm", "A g−1", "mol", "W", "mA", "Ah", "zz", "N", "F", "cm0"],
}


@pytest.mark.parametrize(("kind", "unit"), [(k, u) for k, us in KINDS.items() for u in us])
def test_kind(kind: str, unit: str) -> None:
    assert kind_of(unit) == kind


@pytest.mark.parametrize("metric", sorted(vocabulary().metrics))
def test_each_metric_is_of_the_kind_of_its_unit(metric: str) -> None:
    unit = vocabulary().metrics[metric].unit
    kinds = {kind_of(m.unit) for m in vocabulary().metrics.values()}
    (kind,) = [k for k in kinds if metric in metrics_of_kind(k)]
    if unit in ("deg", "degC", "1"):
        assert kind == unit
    else:
        assert kind_of(unit) == kind


@pytest.mark.parametrize(
    ("unit", "meant"),
    [("Ω cm−2", "ohm cm^2"), ("Ω cm^-2", "ohm cm^2"), ("kΩ cm-2", "kohm cm^2"), ("mAh cm", "mAh/cm^2"),
     ("mA h cm^-1", "mAh/cm^2"), ("mA cm", "mA/cm^2"), ("mA cm-1", "mA/cm^2"),
     ("Ω cm2", ""), ("mA cm-2", ""), ("mV", ""), ("S cm-1", ""), ("Ω", ""), ("", ""), ("?", "")],
)  # fmt: skip
def test_a_misprinted_unit_of_area(unit: str, meant: str) -> None:
    assert suspect_unit(unit) == meant
    if meant:
        factor(meant, kind_of(unit))


@given(st.text(max_size=12) | st.sampled_from([u for us in KINDS.values() for u in us]).map(lambda u: u + "-2"))
def test_any_text_has_a_kind(unit: str) -> None:
    kind = kind_of(unit)
    assert kind in KINDS
    if kind not in (OTHER, "percent", "cycles", "fold", "C", "1", "deg") and not suspect_unit(unit.strip()):
        factor(unit.strip(), kind)
