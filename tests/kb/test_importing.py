"""Tables that people already have: what they say becomes records, what cannot be read is named by row and column."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.connection import open_base
from kb.importing import read_mapping, read_table
from schema.errors import BadTable

CELLS = (
    "sample,components,substrate,control,cell,current_density [A/m^2],areal_capacity [mAh/cm^2],"
    "coulombic_efficiency [percent],cycling_hours [h]\n"
    '"coated, first",PMMA/PVDF,Cu,no,Li|Cu half,10,1,98.3,> 1400\n'
    "bare,Cu,Cu,yes,Li|Cu half,10,1,97.2,~400\n"
    "\n"
    '"coated, second",PEO,Cu,no,Li|Cu half,10,1,,900\n'
)


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    path = tmp_path / "cells.csv"
    path.write_text(CELLS, encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "kb.sqlite"
    open_base(path, read_only=False).close()
    return str(path)


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def test_own_measurements_become_records_with_units_bounds_conditions_and_places(cells: Path) -> None:
    mined = read_table(cells)
    told = [(m.subject.name, m.metric, m.qualifier, m.value, m.is_control) for m in mined.measurements]
    assert told == [
        ("coated, first", "coulombic_efficiency", "=", 98.3, False),
        ("coated, first", "cycling_hours", ">", 1400, False),
        ("bare", "coulombic_efficiency", "=", 97.2, True),
        ("bare", "cycling_hours", "~", 400, True),
        ("coated, second", "cycling_hours", "=", 900, False),
    ]
    first = mined.measurements[0]
    assert (first.conditions.current_density_mA_cm2, first.conditions.areal_capacity_mAh_cm2) == (1.0, 1.0)
    assert (first.subject.components, first.provenance) == (("PMMA", "PVDF"), "imported")
    for m in mined.measurements:
        assert mined.document.original[m.evidence.start : m.evidence.end] == m.value_reported


def test_they_are_found_ranked_and_shown_as_any_other(base: str, cells: Path) -> None:
    result = kb("import-cells", str(cells), "--db", base)
    assert result.exit_code == 0, result.output
    assert "5 measurements imported" in result.stdout
    with KnowledgeBase(base) as opened:
        assert opened.count('provenance = "imported"') == 5
        (best, *_) = opened.rank(["cycling_hours"])
        assert (best.candidate.name, best.effects["cycling_hours"].text) == ("PMMA/PVDF", ">= x3.5 longer")
        assert opened.show(1)["shown"] == "98.3"


def test_the_same_file_again_takes_its_own_place(base: str, cells: Path) -> None:
    kb("import-cells", str(cells), "--db", base)
    assert kb("import-cells", str(cells), "--db", base).stdout.startswith("unchanged")
    cells.write_text(CELLS.replace("98.3", "98.4"))
    assert kb("import-cells", str(cells), "--db", base).stdout.startswith("changed")
    with KnowledgeBase(base) as opened:
        assert opened.count() == 5


def test_every_mistake_is_named_by_row_and_column_and_nothing_is_imported(base: str, cells: Path) -> None:
    cells.write_text(CELLS.replace("> 1400", "long").replace(",no,Li|Cu half,10,1,,900", ",maybe,Li|Cu half,x,1,,900"))
    result = kb("import-cells", str(cells), "--db", base)
    assert result.exit_code == 2
    assert "nothing was imported, 3 cells cannot be read:" in result.stderr
    assert "row 2, column 'cycling_hours [h]': 'long' is no number" in result.stderr
    assert "column 'control': 'maybe' is neither yes nor no" in result.stderr
    assert "column 'current_density [A/m^2]': 'x' is no number" in result.stderr
    with KnowledgeBase(base) as opened:
        assert opened.count() == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no results"),
        ("sample\nx\n", "no results"),
        ("coulombic_efficiency [percent]\n98\n", "what was measured"),
        ("sample,cycling_hour [h]\nx,1\n", "did you mean 'cycling_hours'"),
        ("sample,cycling_hours\nx,1\n", "says no unit; write cycling_hours \\[h\\]"),
        ("sample,cycling_hours [V]\nx,1\n", "row 2, column 'cycling_hours \\[V\\]'"),
        ("sample,cycling_hours [h]\n,1\n", "row 2, column 'sample'"),
        ("sample,cycling_hours [h]\nx,1e999\n", "too large"),
    ],
)
def test_what_is_no_table_of_results_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(BadTable, match=said):
        read_table(path)


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="No such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("sample,é\n".encode("latin-1"))
    with pytest.raises(BadTable, match="UTF-8"):
        read_table(tmp_path / "latin.csv")


MAPPING = """
title = "A reference set of conductors for tests"
delimiter = ";"
[columns]
"Reduced Composition" = "components"
"IC (S/m)" = { metric = "ionic_conductivity", unit = "S/m" }
"T / K" = { name = "temperature", unit = "K" }
[constant]
strategy = "other"
time = 2.0
"""


def test_a_table_made_elsewhere_is_read_by_its_mapping(tmp_path: Path, base: str) -> None:
    table, mapping = tmp_path / "set.csv", tmp_path / "set.toml"
    table.write_text("ID;Reduced Composition;IC (S/m);T / K\n1;Li3N;0.1;298.15\n2;LiF;<1E-8;298.15\n")
    mapping.write_text(MAPPING)
    result = kb("import-table", str(table), "--mapping", str(mapping), "--db", base)
    assert result.exit_code == 0, result.output
    with KnowledgeBase(base) as opened:
        rows = opened.find('metric = "ionic_conductivity"', sort=["id"])
        told = [(r["components"], r["value"], r["qualifier"], r["unit"], r["temperature_C"], r["time_h"]) for r in rows]
        title = rows[0]["title"]
    assert told == [(["Li3N"], 1e-3, "=", "S/cm", 25.0, 2.0), (["LiF"], 1e-10, "<", "S/cm", 25.0, 2.0)]
    assert title == "A reference set of conductors for tests"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no columns"),
        ("[columns]\nx = {metric = 'ionic_conductivty'}", "did you mean 'ionic_conductivity'"),
        ("[columns]\nx = 'samples'", "did you mean 'sample'"),
        ("[colums]\n", "did you mean 'columns'"),
        ("[columns]\nx = 'sample'\n[constant]\nfoo = 'x'", "constant.foo"),
        ("[columns]\nx = 'sample'\n[constant]\ntime = 'x'", "must be a number"),
        ("[columns", "not TOML"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(BadTable, match=said):
        read_mapping(path)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    str.strip
)


@given(st.lists(st.tuples(NAMES, st.floats(0.001, 1e6)), min_size=1, max_size=6))
def test_whatever_is_written_as_csv_is_read_back_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("sample", "cycling_hours [h]"), *((name, repr(v)) for name, v in rows)])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(buffer.getvalue().encode())
    mined = read_table(path)
    assert [(m.subject.name, m.value) for m in mined.measurements] == [(n.strip(), v) for n, v in rows]
    for m in mined.measurements:
        assert mined.document.original[m.evidence.start : m.evidence.end] == m.value_reported
