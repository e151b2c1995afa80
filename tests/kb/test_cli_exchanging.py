"""kb snapshot, kb verify, kb diff: what they print, and how they end."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.cli.doors import DONE, MISUSE, SOME_FAILED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bases")
    for name, files in (("a", ("pmma_pvdf_cu.md", "pi_ag_li.md", "zno_wood.txt")), ("b", ("pmma_pvdf_cu.md",))):
        with KnowledgeBase(made / f"{name}.sqlite", read_only=False) as base:
            base.ingest([ROOT / "corpus" / file for file in files])
    (made / "study.toml").write_text('by = ["coulombic_efficiency", "cycling_hours"]\nacross = true\ndraws = 400\n')
    return made


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def test_a_snapshot_is_made_and_checked() -> None:
    made = run("snapshot", "whole", "--db", "a.sqlite")
    assert made.exit_code == DONE
    assert re.fullmatch(r"whole: \d+ measurements of 3 papers; check it with: kb verify whole\n", made.stdout)
    assert made.stderr == ""
    checked = run("verify", "whole")
    assert (checked.exit_code, checked.stdout) == (DONE, "whole: all is as it was made\n")
    again = run("snapshot", "whole", "--db", "a.sqlite")
    assert again.exit_code == MISUSE
    assert "name a new folder" in again.stderr


def test_what_is_left_out_is_said() -> None:
    made = run("snapshot", "public", "--public", "--db", "a.sqlite")
    assert made.exit_code == DONE
    assert "the text of 2 of 3 documents is left out: " in made.stderr
    shown = run("show", "1", "--db", "public/kb.sqlite")
    assert shown.exit_code == DONE
    with KnowledgeBase("public/kb.sqlite") as base:
        hidden = next(row["id"] for row in base.find() if row["source"] == "zno_wood.txt")
    assert "left out" in run("show", str(hidden), "--db", "public/kb.sqlite").stdout


def test_what_is_wrong_is_named_with_its_file() -> None:
    run("snapshot", "changed", "--db", "b.sqlite")
    Path("changed", "references.bib").write_text("mine")
    found = run("verify", "changed")
    assert found.exit_code == SOME_FAILED
    assert found.stdout.startswith("references.bib: was changed")
    told = json.loads(run("verify", "changed", "--format", "json").stdout)
    assert not told["sound"]
    assert told["faults"][0]["file"] == "references.bib"
    assert run("verify", "nowhere").exit_code == MISUSE


def test_a_base_is_compared_with_another() -> None:
    table = run("diff", "a.sqlite", "b.sqlite", "--limit", "3")
    assert table.exit_code == DONE
    assert re.match(r"\d+ measurements, then \d+: \d+ gone\n", table.stdout)
    assert "more; --limit shows more" in table.stderr
    told = json.loads(run("diff", "a.sqlite", "b.sqlite", "--format", "json").stdout)
    lines = [json.loads(line) for line in run("diff", "a.sqlite", "b.sqlite", "--format", "jsonl").stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run("diff", "a.sqlite", "b.sqlite", "--format", "csv").stdout)))
    assert told["changes"] == lines
    assert told["counts"]["gone"] == len(lines) == len(rows) == sum(paper["gone"] for paper in told["papers"])
    assert run("diff", "a.sqlite", "a.sqlite").stdout.endswith(": no difference\n")
    same = run("diff", "a.sqlite", "a.sqlite", "--format", "csv").stdout
    assert same == "change,paper,source,before,after,metric,differs,was,now\n"


def test_a_ranking_is_compared_with_another() -> None:
    table = run("diff", "a.sqlite", "b.sqlite", "--study", "study.toml")
    assert table.exit_code == DONE, table.stderr
    assert "gone" in table.stdout
    told = json.loads(run("diff", "a.sqlite", "b.sqlite", "--study", "study.toml", "--format", "json").stdout)
    lines = run("diff", "a.sqlite", "b.sqlite", "--study", "study.toml", "--format", "jsonl").stdout.splitlines()
    assert told["ranking"] == [json.loads(line) for line in lines]
    assert {move["sample"] for move in told["ranking"]} >= {"PMMA/PVDF"}


def test_a_study_that_one_base_has_no_answer_to_names_it(folder: Path) -> None:
    (folder / "none.toml").write_text('by = ["contact_angle"]\n')
    failed = run("diff", "a.sqlite", "b.sqlite", "--study", "none.toml")
    assert failed.exit_code == MISUSE
    assert re.search(r"[ab]\.sqlite: ", failed.stderr)


def test_what_is_no_base_is_said() -> None:
    assert "folder without kb.sqlite" in run("diff", ".", "b.sqlite").stderr
    assert run("diff", "a.sqlite", "nowhere.sqlite").exit_code == MISUSE


def test_the_page_shows_python_that_runs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "snapshots.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "kb.sqlite").write_bytes((folder / "a.sqlite").read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "snapshots.md", "exec"), {})
    assert "'added': 0, 'gone': 0, 'changed': 0" in capsys.readouterr().out
