"""The commands that look into a base: levels, named filters, words, the schema, Parquet, the graph, merges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli
from kb.store import ingest_document, open_base
from kb.testing import COATED, HALF_CELL, Said, bare, coated, compose, layer
from schema.records import Subject
from schema.tables import tables


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two papers: a coating with its control and a life; another name of one of its polymers."""
    path = tmp_path / "kb.sqlite"
    monkeypatch.setenv("KB_DB", str(path))
    monkeypatch.setenv("KB_QUERIES", str(tmp_path / "queries"))
    monkeypatch.setenv("COLUMNS", "140")
    db = open_base(path, read_only=False)
    life = Said("It runs for over 1400 h.", "1400", COATED, "cycling_hours", "h", HALF_CELL, {"qualifier": ">"})
    traits = (layer(("mechanism", "uniform deposition")),)
    front = {"doi": "10.1/a", "title": "A paper on a blend", "year": 2021}
    ingest_document(db, compose(coated(), bare(), life, coatings=traits, **front), path="a.txt", extractor_version="1")
    other = Subject("PVdF film", ("poly(vinylidene fluoride)",), "Cu")
    ingest_document(db, compose(Said("It keeps 97 %.", "97", other), source="b.txt", doi="10.1/b"), path="b.txt",
                    extractor_version="1")  # fmt: skip
    db.close()
    return str(path)


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def rows(*words: str) -> list[dict[str, object]]:
    result = kb(*words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("level", "number", "said"),
    [("experiments", 3, "PMMA/PVDF on Cu"), ("candidates", 3, "Cu"), ("papers", 2, "10.1/a")],
)
def test_find_lists_what_has_some_of_the_measurements(base: str, level: str, number: int, said: str) -> None:
    found = rows("find", "value > 0", "--as", level)
    assert len(found) == number
    assert sum(int(str(r["measurements"])) for r in found) == 4
    assert said in kb("find", "value > 0", "--as", level).stdout


def test_levels_are_sorted_and_paged_with_true_totals(base: str) -> None:
    result = kb("find", "value > 0", "--as", "papers", "--sort", "-measurements", "--limit", "1")
    assert "10.1/a" in result.stdout
    assert "10.1/b" not in result.stdout
    assert "1 to 1 of 2" in result.stderr
    assert "cannot sort by the list" in kb("find", "value > 0", "--sort", "mechanisms").stderr
    assert "unknown column" in kb("find", "value > 0", "--as", "papers", "--sort", "cell").stderr


def test_a_filter_is_saved_listed_and_used_again(base: str) -> None:
    saved = kb("find", "coulombic_efficiency >= 98", "--save", "good")
    assert "saved as @good" in saved.stderr
    assert [r["value"] for r in rows("find", "@good AND NOT is_control")] == [98.3]
    mine = next(r for r in rows("queries") if r["name"] == "good")
    assert (mine["own"], mine["asked"]) == (True, "kb find @good")
    assert "kb sql @coverage" in kb("queries").stdout
    refused = kb("find", "is_control", "--save", "demanding")
    assert (refused.exit_code, "of the project" in refused.stderr) == (2, True)


def test_search_marks_what_it_finds(base: str) -> None:
    result = kb("search", "coated electrodes")
    assert "The «coated» «electrode» keeps 98.3 %" in result.stdout
    assert "#1" in result.stdout
    (found,) = rows("search", "coated electrodes")
    text = str(found["text"])
    assert [text[start:end] for start, end in found["hits"]] == ["coated", "electrode"]  # type: ignore[attr-defined]
    assert kb("search", "nothing of the kind").exit_code == 1
    assert kb("search", "keeps OR falls", "--limit", "1").stderr.startswith("kb: 1 to 1 of 3; ")


def test_schema_tells_of_every_column() -> None:
    told = rows("schema")
    assert {str(r["table"]) for r in told} == set(tables())
    shown = kb("schema", "experiments").stdout
    assert "current_density_mA_cm2" in shown
    assert "→ papers" in shown
    assert kb("schema", "--format", "mermaid").stdout.startswith("erDiagram\n")
    assert "did you mean 'experiments'" in kb("schema", "experiment").stderr


def test_sql_writes_parquet_and_names_go_with_parameters(base: str, tmp_path: Path) -> None:
    import pyarrow.parquet

    target = tmp_path / "view.parquet"
    query = "SELECT id, value, doi FROM measurement_view ORDER BY id"
    assert kb("sql", query, "--format", "parquet", "--output", str(target)).exit_code == 0
    assert pyarrow.parquet.read_table(target).to_pydict()["value"] == [98.3, 91.2, 1400.0, 97.0]
    assert kb("sql", query, "--format", "parquet").exit_code == 2
    mixed = kb("sql", "SELECT 1 AS a UNION ALL SELECT 'x'", "--format", "parquet", "--output", str(target))
    assert "several types" in mixed.stderr
    assert [r["control"] for r in rows("sql", "@best_against_control")] == [91.2]
    assert kb("sql", "@best_against_control", "--param", "metric=overpotential").exit_code == 1


def test_sql_that_takes_too_long_gives_what_came_and_says_so(base: str) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i % 10000 = 0"
    result = kb("sql", endless, "--time-limit", "0.3", "--limit", "1000000", "--format", "jsonl")
    assert result.exit_code == 3
    assert "stopped after 0.3 s" in result.stderr
    assert json.loads(result.stdout.splitlines()[0]) == {"i": 10000}
    nothing = kb("sql", endless.replace("= 0", "= -1"), "--time-limit", "0.2")
    assert (nothing.exit_code, "with 0 rows" in nothing.stderr) == (3, True)


def test_resolve_shows_its_evidence_and_can_be_undone(base: str) -> None:
    assert "1 merges" in kb("resolve").stderr
    (merge,) = rows("resolve", "--list")
    assert (merge["kept"], merge["merged"], merge["rule"]) == ("PVDF", "poly(vinylidene fluoride)", "listed name")
    assert len(rows("find", "components HAS PVDF")) == 3
    assert kb("resolve", "--undo", str(merge["id"])).exit_code == 0
    assert len(rows("find", "components HAS PVDF")) == 2
    assert "undone" in kb("resolve", "--list").stdout
    assert kb("resolve", "--undo", "99").exit_code == 2


def test_graph_answers_and_is_exported(base: str, tmp_path: Path) -> None:
    target = tmp_path / "kb.graphml"
    assert kb("graph", "export", "--output", str(target), "--where", "is_control").exit_code == 0
    assert "measurement:2" in target.read_text("utf-8")
    assert 'measurement:1"' not in target.read_text("utf-8")
    assert json.loads(kb("graph", "export", "--format", "cytoscape").stdout)["elements"]["nodes"]
    assert kb("graph", "export", "--where", "year = 1").exit_code == 1
    replicated = rows("graph", "replication", "coulombic_efficiency")
    assert [r["chemistry"] for r in replicated] == ["PMMA/PVDF", "poly(vinylidene fluoride)"]
    assert "uniform deposition" in kb("graph", "paths", "PVDF", "dendrite growth").stdout
    assert kb("graph", "claims").exit_code == 1
    assert kb("graph", "never-met", "--mechanism", "uniform depositon").exit_code == 2
    assert rows("graph", "neighbours", "PMMA/PVDF on Cu")[0]["system"] == "Cu"
