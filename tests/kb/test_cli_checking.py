"""kb check: what it prints, in which form, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.audit import RULES
from kb.base import KnowledgeBase
from kb.cli import cli
from kb.connection import open_base

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("check")
    shutil.copy(ROOT / "corpus" / "pmma_pvdf_cu.md", folder)
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as made:
        made.ingest([folder / "pmma_pvdf_cu.md"])
    return str(folder / "kb.sqlite")


def check(base: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["check", "--db", base, *words])


def test_the_arithmetic_and_the_counts_are_shown(base: str) -> None:
    done = check(base)
    assert done.exit_code == 3
    assert "700 cycles: 3.4 times" in " ".join(done.stdout.split())
    assert "see that both are of one cell" in done.stdout
    assert "rule                     red  amber  note  all" in done.stdout
    assert "kb: 1 as grave as red or graver" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--fail-on", "never"), 0), (("--fail-on", "amber"), 3), (("--rule", "duplicate"), 0),
        (("--rule", "tafel_against_impedance"), 0), (("--rule", "tafel_against_impedance", "--fail-on", "amber"), 3),
        (("--paper", "10.1039/d1ma00121c", "--severity", "red"), 3), (("--paper", "10.1000/none"), 2),
        (("--rule", "wrong"), 2), (("--severity", "bad"), 2),
    ],
)  # fmt: skip
def test_the_exit_code_tells(base: str, words: tuple[str, ...], code: int) -> None:
    assert check(base, *words).exit_code == code


def test_programs_get_rows(base: str) -> None:
    rows = json.loads(check(base, "--format", "json").stdout)
    assert rows == [json.loads(line) for line in check(base, "--format", "jsonl").stdout.splitlines()]
    assert {"rule", "severity", "measurements", "said", "repair", "ratio", "doi", "sources"} <= {*rows[0]}
    flat = list(csv.DictReader(io.StringIO(check(base, "--format", "csv").stdout)))
    assert [row["measurements"] for row in flat] == ["; ".join(map(str, row["measurements"])) for row in rows]
    counted = json.loads(check(base, "--format", "json", "--summary").stdout)
    assert counted[0] == {"rule": "ce_against_life", "red": 1, "amber": 1, "note": 0, "all": 2}
    assert check(base, "--rule", "outlier", "--format", "csv").stdout.startswith("rule,severity,paper,measurements")


def test_what_is_asked_for_and_not_there_is_told(base: str) -> None:
    done = check(base, "--rule", "outlier")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nothing found of what was asked for" in done.stderr


def test_a_base_that_can_be_written_keeps_what_is_found(base: str) -> None:
    db = open_base(base, read_only=False)
    db.execute("DELETE FROM findings")
    assert check(base, "--fail-on", "never").exit_code == 0
    assert db.execute("SELECT count(*) FROM findings").fetchone()[0] == 3
    db.close()


def test_no_base_is_made(tmp_path: Path) -> None:
    done = check(str(tmp_path / "none.sqlite"))
    assert done.exit_code == 2
    assert "no base at" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_card_a_table_and_a_ranking_show_it(base: str) -> None:
    with KnowledgeBase(base) as opened:
        (life,) = opened.find("cycling_hours > 1000")
    run = CliRunner(env={"COLUMNS": "160"}).invoke
    assert "red ce_against_life: 2 x 4 - 1" in run(cli, ["show", str(life["id"]), "--db", base]).stdout
    assert "red: ce_against_life" in run(cli, ["find", "cycling_hours > 1000", "--db", base]).stdout
    assert "findings" not in run(cli, ["find", "contact_angle > 0", "--db", base]).stdout
    ranked = run(cli, ["rank", "--by", "cycling_hours", "--db", base])
    assert "red: ce_against_life" in ranked.stdout
    as_csv = run(cli, ["find", "cycling_hours > 1000", "--db", base, "--format", "csv"]).stdout
    assert "ce_against_life:red" in as_csv


def test_help_names_the_page_and_every_rule_is_taken(base: str) -> None:
    assert "docs/audits.md" in CliRunner().invoke(cli, ["check", "--help"]).stdout
    for rule in RULES:
        assert check(base, "--rule", rule, "--fail-on", "never").exit_code == 0
