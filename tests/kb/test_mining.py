"""Documents mined in several processes: the same base as from one, and what goes wrong stays with its document."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from extractors.testing import FORMS, long_table, short_document, thesis
from kb import mining
from kb.base import KnowledgeBase
from kb.mining import Here, Mined, Processes, Refusal, Task, Workers, in_order, mine_task

CORPUS = Path(__file__).parents[2] / "corpus"
KB = [sys.executable, "-c", "from kb.cli import main; main()"]


def heed_interrupts() -> None:
    """Let a child be interrupted also where these tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def contents(folder: Path, name: str, papers: Path, workers: Workers) -> tuple[list[tuple[str, str, str]], list[Any]]:
    with KnowledgeBase(folder / name, read_only=False) as base:
        report = base.ingest([papers], workers=workers)
        return [(d.source, d.outcome, d.message) for d in report.documents], list(base.export())


def test_two_processes_give_the_base_of_one(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for file in CORPUS.glob("*.md"):
        (papers / file.name).write_bytes(file.read_bytes())
    (papers / "copy.md").write_bytes((papers / "cu_nanowire.md").read_bytes())
    (papers / "miec_tubules_si.txt").write_text("The half cell kept a Coulombic efficiency of 97.5% over 100 cycles.\n")
    (papers / "empty.md").write_text("")
    alone = contents(tmp_path, "one.sqlite", papers, Here())
    with Processes(2) as two:
        assert contents(tmp_path, "two.sqlite", papers, two) == alone
        assert all(how != "new" for _, how, _ in contents(tmp_path, "two.sqlite", papers, two)[0])
    assert ("empty.md", "failed") in [said[:2] for said in alone[0]]
    assert any("same content" in message for *_, message in alone[0])


def ends_its_process(task: Task) -> Mined | Refusal:
    if task.path.name == "poison.txt":
        os._exit(9)
    return mine_task(task)


def test_a_document_that_ends_its_process_is_refused_and_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a.txt", "b.txt", "poison.txt", "c.txt", "d.txt"]
    for name in names:
        (tmp_path / name).write_text("The PVDF-coated Cu keeps a Coulombic efficiency of 98.3% over 260 cycles.\n")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import test_mining as importable  # by the name under which a started process finds it

    monkeypatch.setattr(mining, "mine_task", importable.ends_its_process)
    with Processes(2) as two:
        tasks = [Task(tmp_path / n, None, 60) for n in names]
        answers = {t.path.name: a for t, a in in_order(two, tasks)}
    assert list(answers) == names
    refused = answers.pop("poison.txt")
    assert isinstance(refused, Refusal)
    assert refused.message.startswith("poison.txt: ended the process that mined it, twice")
    assert all(isinstance(a, Mined) and a.measurements for a in answers.values()), answers


def test_a_time_limit_holds_in_other_processes(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text(thesis(40, "md"))
    with Processes(2) as two:
        answer = two.submit(Task(tmp_path / "long.md", None, 0.05))()
    assert isinstance(answer, Refusal)
    assert "takes longer than 0.05 s" in answer.message


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C goes to a console there")
def test_an_interrupt_leaves_whole_documents(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for number in range(300):
        (papers / f"{number:03}.md").write_text(short_document(number))
    line = [*KB, "ingest", "papers", "-j", "2"]
    with subprocess.Popen(
        line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("new")
        child.send_signal(signal.SIGINT)
        begin = time.monotonic()
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "run it again for the rest" in said
    assert "Traceback" not in said
    assert time.monotonic() - begin < 30
    with KnowledgeBase(tmp_path / "kb.sqlite") as base:
        documents = base.sql("SELECT count(*) FROM documents").rows[0][0]
        whole = base.sql("SELECT count(*) FROM run_documents").rows[0][0]
        assert 0 < documents == whole < 300


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_thesis_of_300_pages_is_mined_in_its_time(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"thesis.{form}"
    path.write_text(thesis(300, form))
    mined = mine_task(Task(path, None, 120))
    assert isinstance(mined, Mined)
    assert len(mined.measurements) > 5000


@pytest.mark.slow
def test_a_table_of_50_000_rows_is_mined_in_its_time(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text(long_table(50_000, "md"))
    mined = mine_task(Task(path, None, 120))
    assert isinstance(mined, Mined)
    assert len(mined.measurements) > 50_000
