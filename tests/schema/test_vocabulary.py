"""The vocabulary: all metrics of the record's table, sound entries, and a user's folder laid over it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

import schema.vocabulary as words
from extractors.formulas import is_formula
from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.errors import BadVocabulary, UnknownMetric
from schema.units import convert
from schema.vocabulary import BETTER, FILES, PACKAGED, vocabulary

# The table of the measurement record: unit -> its metrics.
TABLE = {
    "percent": "coulombic_efficiency initial_coulombic_efficiency capacity_retention capacity_retention_per_cycle "
    "wt_fraction porosity electrolyte_uptake thermal_shrinkage improvement",
    "1": "cycle_count failure_cycle np_ratio dielectric_constant",
    "h": "cycling_hours",
    "mV": "overpotential nucleation_overpotential mass_transfer_overpotential voltage_polarization voltage_hysteresis",
    "ohm": "charge_transfer_resistance sei_resistance resistance",
    "um": "coating_thickness deposit_thickness membrane_thickness fiber_diameter pore_size surface_roughness",
    "mAh/g": "specific_capacity",
    "mg/cm^2": "areal_loading",
    "Wh/kg": "specific_energy",
    "deg": "contact_angle",
    "eV": "binding_energy adsorption_energy",
    "kJ/g": "heat_release",
    "GPa": "elastic_modulus shear_modulus mechanical_strength",
    "S/cm": "ionic_conductivity",
    "S/m": "electronic_conductivity",
    "mA/cm^2": "exchange_current_density",
    "ohm cm^2": "interfacial_resistance",
    "nm": "particle_size",
    "mAh/cm^2": "areal_capacity lithium_excess",
    "g/cm^3": "density",
    "mJ/m^2": "surface_energy",
    "V": "redox_peak_potential decomposition_voltage voltage_window potential",
    "degC": "temperature temperature_onset",
    "m^2/g": "specific_surface_area",
}
WANTED = {name: unit for unit, names in TABLE.items() for name in names.split()}
STRATEGIES = {
    "surface coating", "artificial SEI", "alloy anode", "3D host", "current collector", "polymer electrolyte",
    "composite electrolyte", "hybrid electrolyte", "solid-electrolyte coating", "separator", "electrolyte additive",
}  # fmt: skip
METRIC = """
[{name}]
unit = "{unit}"
symbol = "t"
better = "higher"
plausible = [{low}, {high}]
source = "definition"
synonyms = {synonyms}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's vocabulary folder, in force."""
    path = tmp_path / "words"
    path.mkdir()
    monkeypatch.setenv("KB_VOCABULARY", str(path))
    return path


def metric(name: str, unit: str, synonyms: list[str], low: float = 0, high: float = 1) -> str:
    listed = "[" + ", ".join(f'"{s}"' for s in synonyms) + "]"
    return METRIC.format(name=name, unit=unit, low=low, high=high, synonyms=listed)


@pytest.mark.parametrize(("name", "unit"), WANTED.items())
def test_a_metric_of_the_record_is_there_with_its_unit(name: str, unit: str) -> None:
    assert vocabulary().metric(name).unit == unit


@pytest.mark.parametrize("name", vocabulary().metrics)
def test_an_entry_is_sound(name: str) -> None:
    entry = vocabulary().metric(name)
    low, high = entry.plausible
    assert low < high
    assert entry.better in BETTER
    assert entry.symbol
    assert entry.source
    assert entry.synonyms
    assert len(set(entry.synonyms)) == len(entry.synonyms)
    assert all(s == s.strip() for s in entry.synonyms)
    assert low >= 0 or not entry.magnitude, "a value stored without its sign is never below zero"


@pytest.mark.parametrize(
    ("better", "names"),
    [
        ("higher", "coulombic_efficiency cycle_count cycling_hours ionic_conductivity capacity_retention porosity"),
        ("lower", "overpotential interfacial_resistance charge_transfer_resistance voltage_hysteresis"),
        ("none", "coating_thickness np_ratio lithium_excess temperature"),
    ],
)
def test_what_is_better(better: str, names: str) -> None:
    found = {n: vocabulary().metric(n).better for n in names.split()}
    # A porous host may be good or bad: nobody is told that more is better.
    assert found == dict.fromkeys(names.split(), better) | ({"porosity": "none"} if "porosity" in names else {})


def test_overpotentials_polarisations_and_heats_are_magnitudes() -> None:
    signless = {n for n, m in vocabulary().metrics.items() if m.magnitude}
    assert signless == {
        "overpotential", "nucleation_overpotential", "mass_transfer_overpotential", "voltage_polarization",
        "voltage_hysteresis", "heat_release",
    }  # fmt: skip


def test_a_synonym_belongs_to_one_metric() -> None:
    """But for the words for a life, which the unit tells apart."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in vocabulary().metrics.values():
        for synonym in (entry.name.replace("_", " "), *entry.synonyms):
            owners[re.sub(r"[\s-]+", " ", synonym.lower() if len(synonym) > 4 else synonym)].add(entry.name)
    shared = {s: sorted(o) for s, o in owners.items() if len(o) > 1}
    lives = ("cycle life", "cycling life", "cycling lifespan", "lifespan")
    assert shared == {life: ["cycle_count", "cycling_hours"] for life in lives}


def test_plausible_ranges_hold_what_the_field_reports() -> None:
    for name, value in {
        "coulombic_efficiency": 99.2, "cycling_hours": 4000, "overpotential": 20, "ionic_conductivity": 1e-4,
        "electronic_conductivity": 1e7, "elastic_modulus": 6, "interfacial_resistance": 1, "coating_thickness": 0.01,
        "np_ratio": 1.1, "contact_angle": 0, "binding_energy": -3.5, "potential": -3.04, "electrolyte_uptake": 400,
    }.items():  # fmt: skip
        low, high = vocabulary().metric(name).plausible
        assert low <= value <= high, name


def test_an_unknown_metric_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownMetric, match="did you mean 'coulombic_efficiency'") as caught:
        vocabulary().metric("coulombic_eficiency")
    assert caught.value.name == "coulombic_eficiency"
    with pytest.raises(UnknownMetric, match="kb metrics lists them"):
        vocabulary().metric("qqqq")


def test_strategies_are_those_of_the_record() -> None:
    assert set(vocabulary().strategies) == STRATEGIES


def test_a_material_stands_in_one_class_and_its_formula_is_one() -> None:
    text = (PACKAGED / "materials.toml").read_text("utf-8")
    names = re.findall(r'^"?([^"=\n#\[]+?)"? = ', text, re.MULTILINE)
    assert len(names) == len(set(names)) == len(vocabulary().materials)
    for entry in vocabulary().materials.values():
        if entry.formula and re.search(r"\d|[a-z][A-Z]", entry.formula):
            assert is_formula(entry.formula), entry.name
    assert vocabulary().materials["Cu3N"].material_class == "ceramic"
    assert vocabulary().materials["PVDF-HFP"].material_class == "polymer"


@pytest.mark.parametrize("name", FILES)
def test_an_empty_folder_changes_nothing(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid = vocabulary()
    monkeypatch.delenv("KB_VOCABULARY")
    assert getattr(laid, name) == getattr(vocabulary(), name)
    assert laid.fingerprint == vocabulary().fingerprint


def test_an_added_metric_and_polymer_are_mined(folder: Path) -> None:
    (folder / "metrics.toml").write_text(
        metric("tortuosity", "1", ["tortuosity", "tortuosity factor"])
        + metric("work_function", "eV", ["work function"], 0.01, 5),
        "utf-8",
    )
    (folder / "materials.toml").write_text('[polymer]\nPXQE = ["poly(xylylene quartz ether)", "xylyquartz"]\n', "utf-8")
    text = "The tortuosity of the xylyquartz film is 2.61. The work function of the xylyquartz film is 4.34 eV."
    found = {m.metric: m for m in mine(read_text_string(text)).measurements}
    assert {k: (m.value, m.unit) for k, m in found.items()} == {
        "tortuosity": (2.61, "1"),
        "work_function": (4.34, "eV"),
    }
    assert {m.subject.components for m in found.values()} == {("PXQE",)}


def test_without_the_folder_the_same_text_says_less() -> None:
    text = "The xylyquartz film has a tortuosity of 2.61 (4.34 eV)."
    assert mine(read_text_string(text)).measurements == ()


def test_an_added_metric_is_read_from_a_table(folder: Path) -> None:
    (folder / "metrics.toml").write_text(metric("tortuosity", "1", ["tortuosity"]), "utf-8")
    text = "| Sample | Tortuosity |\n| --- | --- |\n| bare PEO | 0.21 |\n| PEO-LLZO | 0.48 |\n"
    found = mine(read_text_string(text, markdown=True)).measurements
    assert [(m.metric, m.value, m.is_control) for m in found] == [
        ("tortuosity", 0.21, True),
        ("tortuosity", 0.48, False),
    ]


OF_A_USER = (
    metric("nucleus_size", "µm", ["nucleus size", "nucleus radius"], 0, 100)
    + metric("shelf_life", "h", ["shelf life"], 0, 1e6)
    + metric("wetting_time", "min", ["wetting time"], 0, 1e4)
    + metric("glass_transition", "degC", ["glass transition temperature", "Tg"], -200, 300)
    + metric("permeability", "m^2", ["permeability"])
    + metric("tafel_slope", "mV/dec", ["Tafel slope"], 0, 500)
    + metric("activation_enthalpy", "kJ/mol", ["activation enthalpy"], 0, 500)
    + metric("irreversible_capacity", "mAh/g", ["irreversible capacity"], 0, 5000)
    + metric("limiting_current", "mA/cm^2", ["limiting current density"], 0, 100)
)


CLAIMED = [
    ("The nucleus size of the LiF-coated Cu is 0.8 µm at 1 mA cm−2.", [("nucleus_size", 0.8)]),
    ("The nucleus radius on bare Cu is 200 nm.", [("nucleus_size", 0.2)]),
    ("The shelf life of the LiF-coated Li is 2000 h.", [("shelf_life", 2000)]),
    ("The shelf life of the LiF-coated Li, dried for 12 h, is 900 h.", [("shelf_life", 900)]),
    ("The wetting time of the LiF-coated separator was 90 s.", [("wetting_time", 1.5)]),
    ("The glass transition temperature of the PEO film is −52 °C.", [("glass_transition", -52)]),
    ("The Tg of PEO, measured after drying at 60 °C, is −52 °C.", [("glass_transition", -52)]),
    ("The permeability of the PP film is 3.2 × 10−16 m2.", [("permeability", 3.2e-16)]),
    ("The Tafel slope of the LiF-coated Li is 120 mV dec−1.", [("tafel_slope", 120)]),
    ("The activation enthalpy of the PEO film is 42 kJ mol−1.", [("activation_enthalpy", 42)]),
    ("The limiting current density of the PEO film is 1.2 mA cm−2.", [("limiting_current", 1.2)]),
    (
        "Its irreversible capacity is 40 mAh g−1, and its specific capacity 150 mAh g−1.",
        [("irreversible_capacity", 40), ("specific_capacity", 150)],
    ),
    (
        "The thickness of the LiF coating is 3 µm, and the nucleus size is 8 µm.",
        [("coating_thickness", 3), ("nucleus_size", 8)],
    ),
    (
        "With a nucleus size of 3 µm the LiF coating of 20 nm thickness ran for 300 h in symmetric cells.",
        [("nucleus_size", 3), ("coating_thickness", 0.02), ("cycling_hours", 300)],
    ),
    ("The shelf life is long; the LiF-coated cell was cycled for 800 h.", [("cycling_hours", 800)]),
]


@pytest.mark.parametrize(("text", "expected"), CLAIMED)
def test_the_name_of_an_added_metric_claims_its_number(
    text: str, expected: list[tuple[str, float]], folder: Path
) -> None:
    """Whatever its unit: a time is then no life, a length no thickness, a temperature no setting."""
    (folder / "metrics.toml").write_text(OF_A_USER, "utf-8")
    found = [(m.metric, m.value) for m in mine(read_text_string(text)).measurements]
    assert found == [(name, pytest.approx(value)) for name, value in expected]


@pytest.mark.parametrize(("text", "expected"), [c for c in CLAIMED if "glass transition" not in c[0]])
def test_a_metric_of_the_package_that_no_rule_knows_claims_it_too(
    text: str, expected: list[tuple[str, float]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the one whose name is a name of another metric, where a user's comes first."""
    (folder / "metrics.toml").write_text(OF_A_USER, "utf-8")
    packaged = replace(vocabulary(), added=frozenset(), fingerprint="as if packaged")
    monkeypatch.setattr(words, "_load", lambda _: packaged)
    found = [(m.metric, m.value) for m in mine(read_text_string(text)).measurements]
    assert found == [(name, pytest.approx(value)) for name, value in expected]


def test_heads_of_a_table_name_added_metrics(folder: Path) -> None:
    (folder / "metrics.toml").write_text(OF_A_USER, "utf-8")
    text = (
        "| Sample | Shelf life (h) | Tg (°C) | Nucleus size (nm) |\n|---|---|---|---|\n| PEO-LLZO | 40 | -45 | 500 |\n"
    )
    found = mine(read_text_string(text, markdown=True)).measurements
    assert [(m.metric, m.value) for m in found] == [
        ("shelf_life", 40),
        ("glass_transition", -45),
        ("nucleus_size", 0.5),
    ]


def test_a_phrase_that_is_unlike_hides_the_name_in_it(folder: Path) -> None:
    (folder / "metrics.toml").write_text(
        metric("peel_force", "N", ["peel force"], 0, 100) + 'unlike = ["peel force ... label", "orange peel force"]\n'
    )
    told = "The peel force of the PVDF film is 3 N."
    assert [m.value for m in mine(read_text_string(told)).measurements] == [3]
    for other in ("The peel force of the paper label is 3 N.", "The orange peel force of the PVDF film is 3 N."):
        assert mine(read_text_string(other)).measurements == ()


def test_what_a_metric_goes_without_is_no_condition_of_it(folder: Path) -> None:
    (folder / "metrics.toml").write_text(
        metric("work_function", "eV", ["work function"], 0, 9) + "of_material = true\n", "utf-8"
    )
    assert vocabulary().metric("work_function").of_material
    told = "The {} of the LiPON film is 0.55 eV at 60 °C."
    for name, temperature in (("work function", 60), ("activation energy", None)):
        (found,) = mine(read_text_string(told.format(name))).measurements
        assert found.conditions.temperature_C == temperature


def test_only_the_folders_own_metrics_are_added(folder: Path) -> None:
    (folder / "metrics.toml").write_text(OF_A_USER + '[overpotential]\nsynonyms = ["IR-free loss"]\n', "utf-8")
    assert len(vocabulary().added) == 9
    assert "overpotential" not in vocabulary().added


def test_a_folder_extends_synonyms_and_lists(folder: Path) -> None:
    (folder / "metrics.toml").write_text('[coulombic_efficiency]\nsynonyms = ["lithium return ratio", "CE"]\n', "utf-8")
    (folder / "strategies.toml").write_text('"surface coating" = ["lacquer"]\n', "utf-8")
    (folder / "cells.toml").write_text('"Li|Na half" = ["Li|Na"]\n', "utf-8")
    laid = vocabulary()
    entry = laid.metric("coulombic_efficiency")
    assert entry.synonyms[-1] == "lithium return ratio"
    assert entry.synonyms.count("CE") == 1
    assert entry.unit == "percent"
    assert laid.strategies["surface coating"].synonyms[-1] == "lacquer"
    assert laid.cells["Li|Na half"].synonyms == ("Li|Na",)
    found = mine(read_text_string("The PVDF-coated Cu had a lithium return ratio of 97.1%.")).measurements
    assert [(m.metric, m.value) for m in found] == [("coulombic_efficiency", 97.1)]


def test_a_folder_replaces_a_plain_value(folder: Path) -> None:
    (folder / "metrics.toml").write_text("[overpotential]\nplausible = [1, 50]\n", "utf-8")
    assert vocabulary().metric("overpotential").plausible == (1.0, 50.0)
    (found,) = mine(read_text_string("The overpotential of bare Li is 80 mV.")).measurements
    assert "out_of_range" in found.flags


def test_the_fingerprint_tells_vocabularies_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = vocabulary().fingerprint
    other = tmp_path / "other"
    other.mkdir()
    (other / "materials.toml").write_text('[polymer]\nPXQE = ["xylyquartz"]\n', "utf-8")
    monkeypatch.setenv("KB_VOCABULARY", str(other))
    assert vocabulary().fingerprint != packaged
    assert "PXQE" in vocabulary().materials


def test_a_missing_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tmp_path / "gone"
    monkeypatch.setenv("KB_VOCABULARY", str(missing))
    with pytest.raises(BadVocabulary, match="create it or unset it") as caught:
        vocabulary()
    assert str(missing) in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_broken_toml_names_its_file(name: str, folder: Path) -> None:
    (folder / f"{name}.toml").write_text("[half\n", "utf-8")
    with pytest.raises(BadVocabulary, match=rf"{name}\.toml: not readable as TOML"):
        vocabulary()


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "materials.toml").write_bytes('[polymer]\n"Polyäther" = []\n'.encode("latin1"))
    with pytest.raises(BadVocabulary, match=r"materials\.toml: not readable as TOML"):
        vocabulary()


@pytest.mark.parametrize("key", ["unit", "symbol", "better", "plausible", "synonyms"])
def test_a_missing_key_is_named(key: str, folder: Path) -> None:
    text = metric("tortuosity", "1", ["tortuosity"])
    (folder / "metrics.toml").write_text(re.sub(rf"{key} = .*\n", "", text), "utf-8")
    with pytest.raises(BadVocabulary, match=rf"metrics\.toml: \[tortuosity\] is incomplete .*{key}"):
        vocabulary()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('better = "higher"', 'better = "more"'),
        ("plausible = [0, 1]", "plausible = [0]"),
        ("plausible = [0, 1]", 'plausible = "0 to 1"'),
        ("plausible = [0, 1]", 'plausible = ["low", "high"]'),
    ],
)
def test_a_wrong_value_names_file_and_entry(old: str, new: str, folder: Path) -> None:
    text = metric("tortuosity", "1", ["tortuosity"])
    assert old in text
    (folder / "metrics.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadVocabulary, match=r"metrics\.toml: \[tortuosity\]"):
        vocabulary()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("materials", "polymer = 3\n"),
        ("materials", "[polymer]\nPXQE = 3\n"),
        ("materials", '[polymer]\nPXQE = "xylyquartz"\n'),
        ("materials", "[polymer]\nPXQE = { names = [1] }\n"),
        ("strategies", 'lacquer = "lacquered"\n'),
        ("metrics", metric("tortuosity", "1", [""])),
        ("metrics", metric("tortuosity", "1", []).replace("[]", '"tortuous"')),
        ("cells", '"Li|Na half" = 3\n'),
        ("metrics", "tortuosity = 3\n"),
    ],
)
def test_an_entry_of_another_shape_is_a_bad_vocabulary(name: str, text: str, folder: Path) -> None:
    (folder / f"{name}.toml").write_text(text, "utf-8")
    with pytest.raises(BadVocabulary, match=name):
        vocabulary()


def test_units_of_metrics_convert_into_themselves() -> None:
    for entry in vocabulary().metrics.values():
        assert convert(1.0, entry.unit, entry.unit) == 1.0
