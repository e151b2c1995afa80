"""The descriptions of a snapshot, judged by the validators of those who made the standards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from schema.tables import tables

ROOT = Path(__file__).parents[3]
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


def test_frictionless_finds_the_package_valid(tmp_path: Path) -> None:
    import frictionless

    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([ROOT / "corpus"])
        base.snapshot(tmp_path / "out")
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert {task.name for task in report.tasks if task.type == "table"} >= {"tables-measurement-view-csv"}
    assert not [task for task in report.tasks if task.warnings]


def test_frictionless_reads_what_the_base_says(base: KnowledgeBase, tmp_path: Path) -> None:
    import frictionless

    base.snapshot(tmp_path / "out")
    package = frictionless.Package(str(tmp_path / "out" / "datapackage.json"))
    rows = package.get_resource("tables-measurement-view-csv").read_rows()
    wanted = base.find(sort=["id"])
    for row, of_base in zip(rows, wanted, strict=True):
        for name in ("id", "metric", "components", "is_control", "cycles", "flags", "evidence"):
            assert row[name] == of_base[name]
        assert float(row["value"]) == of_base["value"]


def test_each_column_has_the_unit_and_meaning_of_the_schema(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        if "schema" in resource:
            table = tables()[Path(resource["path"]).stem]
            said = {f["name"]: (f["unit"], f["description"]) for f in resource["schema"]["fields"]}
            assert said == {c.name: (c.unit, c.meaning) for c in table.columns if c.name != "original"}


def test_frictionless_finds_a_wrong_package(base: KnowledgeBase, tmp_path: Path) -> None:
    import frictionless

    base.snapshot(tmp_path / "out")
    path = tmp_path / "out" / "tables" / "papers.csv"
    path.write_text(path.read_text("utf-8").replace("1,", "one,", 1), "utf-8")
    assert not frictionless.validate(str(tmp_path / "out" / "datapackage.json")).valid


@pytest.mark.packaging
@pytest.mark.skipif(UV is None, reason="takes uv")
def test_the_validator_of_ro_crate_finds_no_fault(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out", public=True)
    assert judged(tmp_path / "out").returncode == 0
    described = tmp_path / "out" / "ro-crate-metadata.json"
    described.write_text(described.read_text("utf-8").replace('"datePublished"', '"neverPublished"'), "utf-8")
    wrong = judged(tmp_path / "out")
    assert wrong.returncode == 1
    assert "neverPublished" in wrong.stdout
    assert "datePublished" in wrong.stdout


def judged(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        UV or "",
        "run",
        "--quiet",
        "--no-project",
        "--with",
        "roc-validator==0.13.0",
        "--with",
        "rocrate==0.15.0",
    ]
    script = Path(__file__).with_name("validate_crate.py")
    return subprocess.run(
        [*command, "python", str(script), str(folder)], cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_the_crate_names_each_file_paper_and_licence(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out")
    graph = {
        e["@id"]: e for e in json.loads((tmp_path / "out" / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    }
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    assert parts == files - {"ro-crate-metadata.json", "SHA256SUMS"}
    assert parts <= graph.keys()
    free = graph["https://doi.org/10.1000/free"]
    assert free["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "license" not in graph["https://doi.org/10.1000/closed"]
    assert {c["@id"] for c in graph["./"]["citation"]} == {free["@id"], "https://doi.org/10.1000/closed"}
