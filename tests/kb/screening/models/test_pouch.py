"""Pouch cells: the masses and energies of silver-coated polyimide, the swap identity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screening.models import (
    CATHODES,
    added_mass,
    cathode_mass,
    collector_swap_gain,
    electrolyte_mass,
    layer_mass,
    pouch_mass,
    pouch_specific_energy,
    sensitivity_table,
    specific_capacity,
    specific_energy,
)
from schema.errors import OutOfRange
from schema.units import registry

COPPER, SILVER, LITHIUM, POLYIMIDE = 8.9, 10.49, 0.534, 1.42  # g/cm^3
PARTS = {
    "capacity": st.floats(1, 10),
    "voltage": st.floats(2, 4.5),
    "cathode_specific_capacity": st.floats(100, 1000),
    "active_fraction": st.floats(0.5, 1),
    "cathode_collector": st.floats(0, 3),
    "separator": st.floats(0, 3),
    "electrolyte_per_capacity": st.floats(0, 10),
    "packaging_fraction": st.floats(0, 0.5),
}


def silver_on_polyimide() -> float:
    polyimide = layer_mass(8, POLYIMIDE)
    return (polyimide + added_mass(polyimide, 0.24)) / 2


def test_masses_of_anodes():
    assert layer_mass(9, COPPER, sides=2) == pytest.approx(4.005)
    assert layer_mass(20, LITHIUM) == pytest.approx(1.068)
    assert layer_mass(8, POLYIMIDE) == pytest.approx(1.136)
    assert added_mass(1.136, 0.24) == pytest.approx(0.359, abs=5e-4)
    assert silver_on_polyimide() == pytest.approx(0.747, abs=5e-4)


def test_a_micrometre_of_silver_of_that_mass_is_porous():
    silver = added_mass(layer_mass(8, POLYIMIDE), 0.24)
    dense = layer_mass(1, SILVER)
    assert dense == pytest.approx(1.049)
    assert [round(100 * silver / (faces * dense)) for faces in (1, 2)] == [34, 17]


def test_the_swap_needs_nothing_of_the_cathode():
    copper, lithium = layer_mass([8, 9, 10], COPPER, sides=2), layer_mass(20, LITHIUM)
    after = silver_on_polyimide() + lithium
    gain = collector_swap_gain(0.16, copper, after)
    assert 100 * gain == pytest.approx([8.5, 9.6, 10.5], abs=0.05)
    cell = copper[1] / 0.16
    assert (copper[1] + lithium) / (cell + lithium) == pytest.approx(0.194, abs=5e-4)
    assert copper[1] / (copper[1] + lithium) == pytest.approx(0.789, abs=5e-4)
    before = specific_energy(4, 3.53, cell)
    assert before == pytest.approx(564, abs=0.5)
    assert before * (1 + gain[1]) == pytest.approx(618, abs=0.5)
    assert specific_capacity(4, [after, copper[1] + lithium]) == pytest.approx([2204, 788], abs=0.6)


@given(**PARTS, before=st.floats(0.5, 10), after=st.floats(0.1, 10))
def test_the_swap_is_the_ratio_of_two_whole_cells(before, after, **parts):
    one, other = pouch_specific_energy(**parts, anode=[before, after])
    rest = (
        cathode_mass(parts["capacity"], parts["cathode_specific_capacity"], parts["active_fraction"])
        + electrolyte_mass(parts["capacity"], parts["electrolyte_per_capacity"])
        + parts["cathode_collector"]
        + parts["separator"]
    )
    # Tabs and pouch grow with the cell, so they cancel: the share of the anode is that without them.
    assert other / one - 1 == pytest.approx(collector_swap_gain(before / (rest + before), before, after), abs=1e-9)


@given(st.floats(0, 1), st.floats(0.5, 10))
def test_a_swap_for_the_same_gains_nothing_and_for_nothing_gains_all(share, mass):
    assert collector_swap_gain(share, mass, mass) == pytest.approx(0, abs=1e-12)
    if share < 0.99:
        assert collector_swap_gain(share, mass, 0) == pytest.approx(share / (1 - share))


def test_packaging_is_a_share_of_the_whole():
    assert pouch_mass(20, 1, 1, 10, 8, packaging_fraction=0.2) == pytest.approx(50)


def test_electrolyte_of_coin_and_pouch_cells():
    assert electrolyte_mass(4, 6) == pytest.approx(24)
    unit = registry()
    pouch = electrolyte_mass(unit.Quantity(4, "mAh/cm^2"), unit.Quantity(360, "mg") / unit.Quantity(0.36, "A*h"))
    assert pouch.to("mg/cm^2").magnitude == pytest.approx(4)


def test_a_pouch_cell_by_hand():
    material = CATHODES["NCM811"]
    energy = pouch_specific_energy(
        capacity=4,
        voltage=material.voltage,
        cathode_specific_capacity=material.specific_capacity,
        active_fraction=0.8,
        cathode_collector=1,
        separator=1,
        electrolyte_per_capacity=2,
        anode=5,
        packaging_fraction=0.2,
    )
    assert energy == pytest.approx(1000 * 4 * 3.8 / ((25 + 1 + 1 + 8 + 5) / 0.8))


def test_the_table_lists_what_matters_most_first():
    swap = {"anode_mass_fraction": 0.16, "mass_before": 4.005, "mass_after": 1.815}
    ranges = {"mass_after": (1.8, 1.83), "mass_before": (3.56, 4.45), "anode_mass_fraction": (0.1, 0.3)}
    table = sensitivity_table(collector_swap_gain, swap, ranges)
    assert [row.argument for row in table] == ["anode_mass_fraction", "mass_before", "mass_after"]
    assert table[1].result_low == collector_swap_gain(0.16, 3.56, 1.815)
    assert table[1].result_high == collector_swap_gain(0.16, 4.45, 1.815)
    assert swap["mass_before"] == 4.005


def test_the_table_takes_quantities_and_arrays_and_refuses_what_is_no_input():
    unit = registry()
    inputs = {"capacity": unit.Quantity(4, "mAh/cm^2"), "voltage": [3.5, 3.8], "mass": 25}
    voltage, mass = sensitivity_table(specific_energy, inputs, {"mass": (24, 26), "voltage": (3, 4)})
    assert (voltage.argument, mass.argument) == ("voltage", "mass")
    assert voltage.result_high.to("Wh/kg").magnitude == pytest.approx(640)
    with pytest.raises(OutOfRange, match="voltag has a range and is no input; did you mean 'voltage'"):
        sensitivity_table(specific_energy, inputs, {"voltag": (3, 4)})
