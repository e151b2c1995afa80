"""ChemDataExtractor on sentences, tables and whole files; without a network, model files and torch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.chemdata import find_measurements, mine, require, tables
from extractors.chemdata.models import COUNTS, in_unit, kinds_of, printed
from extractors.readers import SUFFIXES, read, read_markdown_string, read_text_string
from kb.facts import fault
from schema.errors import MissingPackage
from schema.vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
FILES = sorted(p for p in (ROOT / "corpus").iterdir() if p.suffix in SUFFIXES)


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        require()
    except MissingPackage as error:
        pytest.skip(str(error))


def facts(text: str) -> list[tuple[str, float, float | None, str]]:
    return [(m.metric, m.value, m.value_max, m.unit) for m in mine(read_text_string(text)).measurements]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It has an ionic conductivity of 4.6 × 10−4 S cm−1.", [("ionic_conductivity", 4.6e-4, None, "S/cm")]),
        ("Its Young's modulus is 6.7 MPa.", [("elastic_modulus", 6.7e-3, None, "GPa")]),
        ("The coating thickness is 200–500 nm.", [("coating_thickness", 0.2, 0.5, "um")]),
        (
            "Coulombic efficiencies of 97.8 and 95.6% were seen.",
            [("coulombic_efficiency", 97.8, None, "percent"), ("coulombic_efficiency", 95.6, None, "percent")],
        ),
        ("The contact angle on it is 32°.", [("contact_angle", 32.0, None, "deg")]),
        ("An overpotential of −170 mV was seen.", [("overpotential", 170.0, None, "mV")]),
        ("A specific energy of 350 Wh kg-1 was reached.", [("specific_energy", 350.0, None, "Wh/kg")]),
        ("An interfacial resistance of 1.5 Ω cm2 is low.", [("interfacial_resistance", 1.5, None, "ohm cm^2")]),
        ("The cycle life is 300 cycles.", [("cycle_count", 300.0, None, "1")]),
        ("An N/P ratio of 2.5 was chosen for 300 mV.", [("np_ratio", 2.5, None, "1")]),
        ("It was etched for 12 h and dried at 60 °C.", []),
        ("An overpotential was seen at 5 GPa.", []),
    ],
)
def test_a_value_is_of_the_metric_named_nearest(sentence: str, wanted: list[object]) -> None:
    assert facts(sentence) == wanted


def test_sample_control_and_conditions_are_the_nearest() -> None:
    text = "At 1 mA cm-2 and 2 mAh cm-2 the bare Cu has a Coulombic efficiency of 91.2%."
    (found,) = mine(read_text_string(text)).measurements
    assert (found.subject.components, found.is_control) == (("Cu",), True)
    assert (found.conditions.current_density_mA_cm2, found.conditions.areal_capacity_mAh_cm2) == (1.0, 2.0)


def test_a_name_is_its_abbreviation_where_the_paper_gives_one() -> None:
    text = "Poly(vinylidene difluoride) (PVDF) was taken. The PVDF film has a dielectric constant of 10."
    (found,) = mine(read_text_string(text)).measurements
    assert found.subject.components == ("PVDF",)


def test_a_table_is_read_by_its_heads() -> None:
    text = (
        "| Sample | Ionic conductivity (S cm^-1) | Coulombic efficiency | Note |\n| --- | --- | --- | --- |\n"
        "| Bare Cu | 1.2 × 10^-4 | 91.2% | 3 cells |\n| PVDF | 3.4 × 10^-4 | 98.3% | 5 cells |\n"
    )
    document = read_markdown_string(text)
    found = mine(document).measurements
    assert {(m.metric, m.value, m.subject.name, m.is_control) for m in found} >= {
        ("coulombic_efficiency", 91.2, "Bare Cu", True),
        ("coulombic_efficiency", 98.3, "PVDF", False),
    }
    assert not [m for m in found if fault(m, document.original)]


def test_what_cannot_be_laid_out_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise IndexError

    monkeypatch.setattr(tables, "_category_table", fails)
    _, (rejected,) = find_measurements(read_markdown_string("| A | CE |\n| --- | --- |\n| Cu | 91% |\n| Ag | 98% |\n"))
    assert rejected.reason == "a table that ChemDataExtractor cannot lay out"


def test_every_value_of_the_corpus_stands_where_it_says() -> None:
    number = 0
    for document in map(read, FILES):
        found, rejected = find_measurements(document)
        number += len(found)
        assert not rejected
        assert not [(m.metric, fault(m, document.original)) for m in found if fault(m, document.original)]
    assert number > 100


def test_every_metric_has_a_model_and_reads_its_own_unit() -> None:
    kinds = {kind.metric.name: kind for kind in kinds_of(vocabulary().fingerprint)}
    assert kinds.keys() == vocabulary().metrics.keys()
    for name, kind in kinds.items():
        spelt = printed("cycles" if name in COUNTS else kind.metric.unit)
        assert in_unit(kind, "42", spelt if kind.unit is not None else "") == [42.0], name


def test_a_metric_in_an_unknown_unit_is_left_to_the_other_miner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "metrics.toml").write_text(
        '[salt_concentration]\nunit = "mol/L"\nsymbol = "c"\nbetter = "none"\nplausible = [0, 10]\n'
        'synonyms = ["salt concentration"]\n'
    )
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    assert facts("A salt concentration of 1 mol/L and an overpotential of 20 mV.") == [
        ("overpotential", 20, None, "mV")
    ]


@given(st.floats(1, 999).map(lambda x: f"{x:.2f}"), st.sampled_from(["mV", "V", "μV"]))
@settings(max_examples=25)
def test_any_number_is_read_in_its_unit_and_shown_by_its_offsets(number: str, unit: str) -> None:
    document = read_text_string(f"Cells (Fig. 2a) have an overpotential of {number} {unit} after 50 h.")
    (found,) = mine(document).measurements
    assert found.value == pytest.approx(float(number) * {"mV": 1, "V": 1000, "μV": 1e-3}[unit])
    assert document.original[found.evidence.start : found.evidence.end] == number == found.value_reported


@given(st.lists(st.sampled_from([*"0123456789×^-–±~()/.,% ", "10", " mV", " and ", " to ", " cm-2", "Ω"]), max_size=12))
@settings(max_examples=60)
def test_no_text_is_too_odd(parts: list[str]) -> None:
    document = read_text_string(f"The overpotential and Coulombic efficiency are 1{''.join(parts)}.")
    found, _ = find_measurements(document)
    assert not [m for m in found if fault(m, document.original)]


def test_one_module_alone_imports_the_package() -> None:
    named = re.compile(
        r"^\s*(?:import|from) (?:chem|table)dataextractor|import_module\(f?\"(?:chem|table)data", re.MULTILINE
    )
    sources = (path for folder in ("schema", "extractors", "kb") for path in (ROOT / folder).rglob("*.py"))
    importers = [path.relative_to(ROOT).as_posix() for path in sources if named.search(path.read_text("utf-8"))]
    assert importers == ["extractors/chemdata/library.py"]


CHECK = """
import json, socket, sys
def forbidden(*_, **__):
    raise AssertionError("network")
socket.socket.connect = socket.getaddrinfo = forbidden
import extractors.miners
before = [n for n in sys.modules if n.startswith(("chemdataextractor", "nltk", "pandas"))]
from extractors.readers import read_markdown_string
from extractors.miners import miner_of
text = "An overpotential of 20 mV.\\n\\n| Sample | CE |\\n| --- | --- |\\n| Cu | 91% |\\n| Ag | 98% |\\n"
found = miner_of("chemdata")(read_markdown_string(text), None).measurements
loaded = {name.split(".")[0] for name in sys.modules}
heavy = sorted(loaded & {"torch", "stanza", "transformers", "tokenizers", "selenium", "django"})
print(json.dumps({"before": before, "found": len(found), "heavy": heavy}))
"""


def test_it_is_loaded_late_and_offline_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHECK], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"before": [], "found": 3, "heavy": []}
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
