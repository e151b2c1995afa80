"""The choice of a miner on the command line: into a base, with its costs told, its mistakes and its absence."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractors.llm.testing import FakeModel, Reply, completion
from kb.base import KnowledgeBase
from kb.cli import cli

PAPER = "The PVDF coated Cu electrode kept a Coulombic efficiency of 98.3% over 260 cycles.\n"
OTHER = "The PVDF coated Cu electrode kept a Coulombic efficiency of 97.1% over 100 cycles.\n"
KEY = "sk-not-to-be-seen-1234567890"


def says(question: dict[str, Any]) -> Reply:
    """Answer with the efficiency, and with one that is nowhere."""
    start = question["text"].index("%") - 4
    said = {"metric": "coulombic_efficiency", "unit_reported": "%", "sample": "PVDF coated Cu electrode"}
    place = {"start": start, "end": start + 4}
    found = {"value_reported": question["text"][start : start + 4], **place, **said}
    return completion({"records": [found, {**found, "value_reported": "99.9"}]})


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeModel]:
    with FakeModel() as server:
        server.say = says
        given = {"URL": server.url, "MODEL": "fake-1", "KEY": KEY}
        for name, value in given.items():
            monkeypatch.setenv(f"KB_LLM_{name}", value)
        monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.chdir(tmp_path)
        Path("paper.txt").write_text(PAPER)
        yield server


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def one_line(result: Result, code: int) -> str:
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("kb: ")
    assert result.stderr.count("\n") == 1
    assert KEY not in result.output
    return result.stderr


def test_a_paper_is_mined_by_the_model(fake: FakeModel) -> None:
    result = kb("mine", "paper.txt", "--miner", "llm")
    assert result.exit_code == 0, result.output
    (record,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (record["metric"], record["value"], record["flags"]) == ("coulombic_efficiency", 98.3, ["by_language_model"])
    assert fake.keys == [f"Bearer {KEY}"]


def test_explained_it_shows_what_was_rejected_and_why(fake: FakeModel) -> None:
    result = kb("mine", "paper.txt", "--miner", "llm", "--explain")
    assert "metric coulombic_efficiency: said by llm fake-1; number and unit stand there" in result.stdout
    assert "not taken 98.3: '99.9' is not printed at the offsets claimed, but '98.3'" in result.stdout


def test_a_base_holds_its_records_its_rejections_and_who_mined(fake: FakeModel) -> None:
    result = kb("ingest", "paper.txt", "--miner", "llm")
    assert result.exit_code == 0, result.output
    assert "new        paper.txt: 1 measurement, 1 rejected number" in result.stdout
    assert "unchanged" in kb("ingest", "paper.txt", "--miner", "llm").stdout
    with sqlite3.connect("kb.sqlite") as db:
        (version,) = db.execute("SELECT extractor_version FROM documents").fetchone()
        (reason,) = db.execute("SELECT reason FROM rejections").fetchone()
    assert version.endswith(" llm fake-1")
    assert reason.startswith("'99.9' is not printed")
    assert len(fake.bodies) == 1
    assert KEY.encode() not in Path("kb.sqlite").read_bytes()


def test_another_miner_takes_its_place(fake: FakeModel) -> None:
    kb("ingest", "paper.txt", "--miner", "llm")
    assert "changed" in kb("ingest", "paper.txt").stdout
    with KnowledgeBase("kb.sqlite") as base:
        assert not [row for row in base.find() if "by_language_model" in row["flags"]]


def test_the_budget_ends_a_run_and_the_next_goes_on(fake: FakeModel) -> None:
    Path("papers").mkdir()
    for name, text in (("a.txt", PAPER), ("b.txt", OTHER)):
        Path("papers", name).write_text(text)
    words = ("ingest", "papers", "--miner", "llm", "--llm-max-requests", "1")
    stopped = kb(*words)
    assert stopped.exit_code == 2
    assert "new        a.txt" in stopped.stdout
    assert "kb: the budget is spent (--llm-max-requests 1)" in stopped.stderr
    again = kb(*words)
    assert again.exit_code == 0, again.output
    assert "2 documents (1 new, 1 unchanged)" in again.stdout
    assert len(fake.bodies) == 2


def test_a_model_that_is_not_there_ends_it_in_one_line(fake: FakeModel) -> None:
    fake.say = lambda question: Reply([b"no"], 401)
    for command in ("mine", "ingest"):
        assert "it refuses the key (error 401); see to KB_LLM_KEY" in one_line(
            kb(command, "paper.txt", "--miner", "llm"), 2
        )


def test_what_is_missing_is_told_with_an_example(fake: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_LLM_URL")
    assert "KB_LLM_URL in the environment, such as" in one_line(kb("mine", "paper.txt", "--miner", "llm"), 2)
    assert "KB_LLM_URL in the environment" in one_line(kb("ingest", "paper.txt", "--miner", "llm"), 2)
    assert not Path("kb.sqlite").exists()


def test_without_the_extra_it_says_what_to_install(fake: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr("kb.miners.find_spec", lambda name: None if name == "httpx" else find_spec(name))
    for words in (("mine", "paper.txt", "--miner", "llm"), ("mine", "paper.txt", "--miner", "llm", "--dry-run")):
        assert "pip install 'lithium-anode-kb[llm]'" in one_line(kb(*words), 2)


def test_a_dry_run_tells_the_requests_and_sends_none(fake: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.txt").write_text(OTHER)
    words = ("ingest", "paper.txt", "other.txt", "--miner", "llm", "--dry-run")
    result = kb(*words, "--llm-max-requests", "1")
    assert result.exit_code == 0
    assert "paper.txt: requests: 1, tokens to send: about " in result.stdout
    assert "2 documents: requests: 2, tokens to send: about " in result.stdout
    assert "kb: more than --llm-max-requests 1" in result.stderr
    assert fake.bodies == []
    assert not Path("kb.sqlite").exists()
    kb("mine", "paper.txt", "--miner", "llm")
    assert (
        "paper.txt: requests: 0, tokens to send: about 0 (passages with numbers: 1, answered before: 1)"
        in kb(*words).stdout
    )
    monkeypatch.delenv("KB_LLM_URL")  # before anything is set up
    assert "2 documents: requests: 2" in kb(*words).stdout


def test_a_dry_run_passes_over_what_cannot_be_read(fake: FakeModel) -> None:
    Path("empty.txt").write_text("")
    result = kb("ingest", "empty.txt", "paper.txt", "--miner", "llm", "--dry-run")
    assert result.exit_code == 3
    assert result.stderr.startswith("kb: empty.txt: ")
    assert "paper.txt: requests: 1" in result.stdout


def test_a_dry_run_of_the_rules_is_a_slip(fake: FakeModel) -> None:
    result = kb("mine", "paper.txt", "--dry-run")
    assert result.exit_code == 2
    assert "add --miner llm" in result.stderr


def test_nothing_of_it_is_loaded_unless_it_is_asked_for() -> None:
    code = "import sys, kb.cli, extractors.pipeline; print([m for m in ('httpx', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
