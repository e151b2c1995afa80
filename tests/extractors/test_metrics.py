"""Which metric a number is: by its unit, the words near it; why others are none.  Lives and lengths too."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.metrics import only_metric
from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string

HEAD = "# A PAN/SiO2 skin for lithium metal anodes\n\n## Results\n\n"


def metrics(sentence: str) -> list[tuple[str, Any]]:
    found = mine(read_text_string(f"{HEAD}{sentence}\n", markdown=True)).measurements
    return [(m.metric, pytest.approx(m.value)) for m in found]


def reasons(sentence: str) -> list[str]:
    found = mine(read_text_string(f"{HEAD}{sentence}\n", markdown=True))
    assert found.measurements == ()
    return [r.reason for r in found.rejections]


@pytest.mark.parametrize(
    ("sentence", "metric", "value"),
    [
        # percent
        ("The CE of the film is 98%.", "coulombic_efficiency", 98),
        ("The initial CE of the film is 91%.", "initial_coulombic_efficiency", 91),
        ("The first-cycle coulombic efficiency of the film is 91%.", "initial_coulombic_efficiency", 91),
        ("The film has a capacity retention of 85%.", "capacity_retention", 85),
        ("The cell retained 85% of its initial capacity.", "capacity_retention", 85),
        ("The film has a capacity retention of 99.9% per cycle.", "capacity_retention_per_cycle", 99.9),
        ("The film holds 20 wt% of silica.", "wt_fraction", 20),
        ("The porosity of the film is 60%.", "porosity", 60),
        ("The film has an electrolyte uptake of 300%.", "electrolyte_uptake", 300),
        ("The thermal shrinkage of the film is 2%.", "thermal_shrinkage", 2),
        ("The lifespan was increased by 40% over bare Cu.", "improvement", 40),
        # voltages
        ("The overpotential of the film is 20 mV.", "overpotential", 20),
        ("The nucleation overpotential of the film is 0.02 V.", "nucleation_overpotential", 20),
        ("The voltage hysteresis of the film is 40 mV.", "voltage_hysteresis", 40),
        ("The polarization voltage of the film is 40 mV.", "voltage_polarization", 40),
        ("The oxidation peak of the film is at 3.9 V.", "redox_peak_potential", 3.9),
        ("The film has a decomposition voltage of 4.9 V.", "decomposition_voltage", 4.9),
        ("The voltage window of the film is 2.8–4.3 V.", "voltage_window", 2.8),
        ("The standard electrode potential of Li is −3.04 V.", "potential", -3.04),
        # resistances and conductivities
        ("The charge transfer resistance of the film is 40 Ω.", "charge_transfer_resistance", 40),
        ("The SEI resistance of the film is 40 Ω.", "sei_resistance", 40),
        ("The bulk resistance of the film is 40 Ω.", "resistance", 40),
        ("The interfacial resistance of the film is 40 Ω.", "resistance", 40),
        ("The interfacial resistance of the film is 40 Ω cm2.", "interfacial_resistance", 40),
        ("It is 40 Ω cm2 with the film.", "interfacial_resistance", 40),
        ("The ionic conductivity of the film is 0.3 mS cm-1.", "ionic_conductivity", 3e-4),
        ("The electronic conductivity of the film is 3 S m-1.", "electronic_conductivity", 3),
        ("The conductivity of the film for electrons is 3 S m-1.", "electronic_conductivity", 3),
        ("The exchange current density of the film is 0.4 mA cm-2.", "exchange_current_density", 0.4),
        # mechanics, surfaces, energies
        ("The Young’s modulus of the film is 800 MPa.", "elastic_modulus", 0.8),
        ("The shear modulus of the film is 3 GPa.", "shear_modulus", 3),
        ("The tensile strength of the film is 30 MPa.", "mechanical_strength", 0.03),
        ("The contact angle of the film is 12°.", "contact_angle", 12),
        ("The surface energy of the film is 72 mJ m-2.", "surface_energy", 72),
        ("The adsorption energy of Li on the film is −2.1 eV.", "adsorption_energy", -2.1),
        ("The specific surface area of the film is 40 m2 g-1.", "specific_surface_area", 40),
        ("The density of the film is 1.2 g cm-3.", "density", 1.2),
        ("The dielectric constant of the film is 12.", "dielectric_constant", 12),
        ("The film has a dielectric constant of about 12.", "dielectric_constant", 12),
        # capacities and energies of cells
        ("The cell with the film gave 140 mAh g-1.", "specific_capacity", 140),
        ("The cell with the film gave 350 Wh kg-1.", "specific_energy", 350),
        ("The N/P ratio was 2.5.", "np_ratio", 2.5),
        ("The film, predeposited with 4 mAh cm-2 of lithium, was light.", "areal_capacity", 4),
        ("The cathode has an areal loading of 3 mAh cm-2.", "areal_capacity", 3),
        ("The total heat release of the cell was 2 kJ g-1.", "heat_release", 2),
        ("The onset temperature of the film was 210 °C.", "temperature_onset", 210),
        ("The lifespan is four times longer than that of bare Cu.", "improvement", 4),
        # lengths
        ("The thickness of the coating is 250 nm.", "coating_thickness", 0.25),
        ("A 5 µm thick coating was made.", "coating_thickness", 5),
        ("The separator is 25 µm thick.", "membrane_thickness", 25),
        ("The thickness of the deposited lithium is 20 µm.", "deposit_thickness", 20),
        ("The fibers have a diameter of 300 nm.", "fiber_diameter", 0.3),
        ("The pore size of the film is 80 nm.", "pore_size", 0.08),
        ("The particles of silica have a diameter of 80 nm.", "particle_size", 80),
        ("The roughness of the film is 30 nm.", "surface_roughness", 0.03),
        # lives
        ("The symmetric cell with the film ran for 900 h.", "cycling_hours", 900),
        ("The symmetric cell with the film cycled stably over 40 days.", "cycling_hours", 960),
        ("The cell with the film cycled stably for over 300 cycles.", "cycle_count", 300),
        ("The cell with the film has a cycle life of 300 cycles.", "cycle_count", 300),
        ("The cell with bare Cu failed after 60 cycles.", "failure_cycle", 60),
        ("The bare Cu cell short-circuited within 60 cycles.", "failure_cycle", 60),
        ("The bare Cu cell ran for the first 60 cycles and then failed.", "failure_cycle", 60),
        ("Even after 300 cycles, the voltage profile of the film is still stable.", "cycle_count", 300),
    ],
)
def test_a_number_is_a_metric(sentence: str, metric: str, value: float) -> None:
    assert metrics(sentence) == [(metric, value)]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("It is 40% of all.", "no metric named for percent"),
        ("The electrolyte with 2% LiNO3 was used.", "a share of the electrolyte"),
        ("The cell was charged to 4.2 V.", "no metric named for a voltage"),
        ("It takes 40 mV.", "no metric named for a voltage"),
        ("It has 40 Ω.", "no metric named for a resistance"),
        ("A rate of 1 C = 170 mAh g-1 is used.", "definition of the C-rate"),
        ("The foil was soaked for 3 h in the solution.", "time of a process"),
        ("The film was taken out after 3 h.", "a time without cycling words"),
        ("The cell rested for 10 min of cycling.", "too short a time to be a life"),
        ("The peak lies at an angle of 36°.", "an angle of diffraction or of geometry"),
        ("The XPS peak lies at a binding energy of 285 eV.", "an energy of an instrument or a spectrum"),
        ("The cell was 5 cm wide.", "a macroscopic size"),
        ("A lithium foil 50 µm thick was used.", "thickness of a foil"),
        ("The pore walls are 20 nm thick.", "thickness of a wall"),
        ("The image has a scale bar of 5 µm.", "a size, no thickness"),
        ("The film was dipped three times.", "times, no comparison"),
        ("Spectra after 60 cycles are shown.", "a cycle at which something was read"),
        ("After formation for 5 cycles it was light.", "protocol cycles, no life"),
        ("SEM images over 60 cycles are shown.", "cycles before an analysis"),
        ("The film was spun at 3000 rpm.", "a unit of no metric"),
    ],
)
def test_a_number_is_no_metric(sentence: str, reason: str) -> None:
    assert reason in reasons(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was run at 2 mA cm-2.",
        "It was run at 0.5 C.",
        "It was kept at 60 °C.",
        "It was cycled with 1 mAh cm-2.",
        "It has 7.",
    ],
)
def test_a_condition_is_neither_a_record_nor_a_rejection(sentence: str) -> None:
    assert reasons(sentence) == []


def test_an_elliptical_sentence_goes_on_with_the_metric_before() -> None:
    assert metrics("The overpotential of bare Cu is 60 mV. With the film, it is only 20 mV.") == [
        ("overpotential", 60),
        ("overpotential", 20),
    ]
    assert metrics("The Young’s modulus of PAN is 2 GPa. With silica, it is 3 GPa.")[1:] == [("elastic_modulus", 3)]
    assert metrics("The CE of bare Cu is 90%. With the film, it is 98%.")[1:] == [("coulombic_efficiency", 98)]


def test_respectively_deals_metrics_out() -> None:
    assert metrics("The CE and the porosity of the film are 98 and 60%, respectively.") == [
        ("coulombic_efficiency", 98),
        ("porosity", 60),
    ]
    assert metrics("The overpotential and the hysteresis of the film are 20 and 40 mV, respectively.") == [
        ("overpotential", 20),
        ("voltage_hysteresis", 40),
    ]


def test_a_potential_of_a_symmetric_cell_is_an_overpotential() -> None:
    assert metrics("The potential of the symmetric cell is 20 mV.") == [("overpotential", 20)]


@pytest.mark.parametrize(("kind", "metric"), [("Wh/kg", "specific_energy"), ("percent", None), ("other", None)])
def test_only_metric(kind: str, metric: str | None) -> None:
    assert only_metric(kind) == metric
