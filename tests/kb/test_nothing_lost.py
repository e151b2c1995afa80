"""Processes that ingest are killed, meet full disks and each other, and are read from all the while: nothing is lost.

What an interrupted ingestion leaves is compared with an undisturbed one in all tables, but for row numbers (an id that
was given in a transaction that was cut off may be given again, or not) and for the log of the runs, which tells of the
interruptions.  ``KB_KILLS`` is how many moments are tried.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.connection import open_base

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL, no RLIMIT_FSIZE")

ROOT = Path(__file__).parents[2]
KB = [sys.executable, "-c", "from kb.cli import main; main()"]
DOCUMENTS = 10
KILLS = int(os.environ.get("KB_KILLS", "8"))
IDS = {"id", "document_id", "paper_id", "experiment_id", "system_id", "material_id", "passage_id", "measurement_id",
       "coating_id"}  # fmt: skip
LOG = {"runs", "run_documents"}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Digests of the corpus, each once more with a sentence of its own."""
    folder = tmp_path_factory.mktemp("papers")
    for number, file in enumerate(sorted((ROOT / "corpus").glob("*.*"))[: DOCUMENTS // 2]):
        text = file.read_text("utf-8")
        (folder / file.name).write_text(text, "utf-8")
        more = f"\n\nThe PVDF-coated Cu keeps a Coulombic efficiency of 9{number}.3% over 260 cycles at 1 mA cm-2.\n"
        (folder / f"again_{file.name}").write_text(text.replace("10.", "11.", 1) + more, "utf-8")
    return folder


def start(*words: str | Path, **more: object) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [*KB, *map(str, words)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, **more)  # type: ignore[call-overload, no-any-return]


def told(process: subprocess.Popen[str], code: int = 0) -> str:
    """What a process said, on either stream, when it had ended as it should."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return err if code else out


def facts(path: Path) -> dict[str, list[str]]:
    """Every row of a base but the log, without row numbers, and which rows belong together by what they say."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    found = {}
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall():
        if name in LOG or name.startswith(("sqlite_", "passages_text", "graph_")):
            continue
        rows = [{k: row[k] for k in row.keys() if k not in IDS} for row in db.execute(f"SELECT * FROM {name}")]  # noqa: S608, SIM118
        for row in rows:
            if "sample" in row:  # begins with the id of the paper
                row["sample"] = (
                    row["sample"].partition("|")[2] if "[" in row["sample"] else row["sample"].split("|")[-1]
                )
            if name == "experiments":  # its key, too
                row["key"] = (
                    json.loads(row["key"])[2:] if row["key"].startswith("[") else sorted(json.loads(row["key"]))
                )
        found[name] = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
    db.close()
    return found


@pytest.fixture(scope="module")
def undisturbed(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], float, float]:
    """The facts of an ingestion nobody disturbed; when its base was there, and when it was done [s]."""
    # Beside the papers, as the paths of documents are relative to the base.
    path = papers.parent / "whole.sqlite"
    begun = time.monotonic()
    process = start("ingest", papers, "--db", path, "-j", "1")
    while not path.exists() and process.poll() is None:
        time.sleep(0.005)
    there = time.monotonic() - begun
    told(process)
    done = time.monotonic() - begun
    found = facts(path)
    assert len(found["documents"]) == DOCUMENTS
    assert len(found["measurements"]) > 30
    return found, there, done


def kill_at(moment: float, *words: str | Path) -> bool:
    """Kill an ingestion so many seconds after its start; say whether it was still at work."""
    process = start(*words)
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == -signal.SIGKILL


def whole_documents(path: Path) -> int:
    """Count the documents of a base after seeing that it is sound and has only whole ones."""
    db = open_base(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        cut = db.execute(
            "SELECT count(*) FROM documents AS d WHERE NOT EXISTS (SELECT 1 FROM passages WHERE document_id = d.id)"
        )
        assert cut.fetchone()[0] == 0
        lone = "SELECT count(*) FROM measurements WHERE id NOT IN (SELECT measurement_id FROM evidence)"
        assert db.execute(lone).fetchone()[0] == 0
        return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])
    finally:
        db.close()


def kill_often(papers: Path, undisturbed: tuple[dict[str, list[str]], float, float], kills: int, seed: int) -> None:
    """Kill an ingestion at random moments, going on with the same base until it is done, then with a new one."""
    want, there, done = undisturbed
    moments, tried, number, at_work = random.Random(seed), 0, 0, 0
    while tried < kills:
        number += 1
        path = papers.parent / f"killed{seed}_{number}.sqlite"
        before = 0
        while tried < kills:
            tried += 1
            killed = kill_at(moments.uniform(0.8 * there, done), "ingest", papers, "--db", path, "-j", "1")
            if path.exists() and path.stat().st_size:
                now = whole_documents(path) if _laid(path) else 0
                assert now >= before, "what was whole is not lost"
                at_work += killed and now < DOCUMENTS
                before = now
            if not killed:
                break
        told(start("ingest", papers, "--db", path, "-j", "1"))
        assert facts(path) == want
    assert at_work >= kills / 4, "the moments did not meet it at work"


def _laid(path: Path) -> bool:
    """Whether there is a schema already: laying it is one transaction, too."""
    db = sqlite3.connect(path)
    try:
        return bool(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def test_killed_at_random_moments(papers: Path, undisturbed: tuple[dict[str, list[str]], float, float]) -> None:
    kill_often(papers, undisturbed, KILLS, seed=1)


@pytest.mark.slow
def test_killed_at_fifty_moments(papers: Path, undisturbed: tuple[dict[str, list[str]], float, float]) -> None:
    kill_often(papers, undisturbed, 50, seed=2)


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes with ps as Linux has it")
def test_workers_end_with_the_process_that_is_killed(
    papers: Path, undisturbed: tuple[dict[str, list[str]], float, float]
) -> None:
    path = papers.parent / "workers.sqlite"
    process = start("ingest", papers, "--db", path, "-j", "2")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("new ")
    workers = children(process.pid)
    assert len(workers) >= 2
    process.kill()
    process.communicate()
    end = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert [pid for pid in workers if alive(pid)] == []
    assert 0 < whole_documents(path) < DOCUMENTS
    told(start("ingest", papers, "--db", path, "-j", "2"))
    assert facts(path) == undisturbed[0]


READER = """
import sys, time
from kb.base import KnowledgeBase

looks = 0
while True:
    # Anew now and then, as commands do; else the same connection.
    with KnowledgeBase(sys.argv[1]) as base:
        for _ in range(5):
            looks += 1
            # A document without passages, a fact without evidence, a coating without its document: part of a document.
            parts = base.sql('''SELECT
                (SELECT count(*) FROM documents WHERE id NOT IN (SELECT document_id FROM passages)),
                (SELECT count(*) FROM measurements WHERE id NOT IN (SELECT measurement_id FROM evidence)),
                (SELECT count(*) FROM measurements) - (SELECT count(*) FROM measurement_view),
                (SELECT count(*) FROM run_documents AS r WHERE r.measurements <>
                  (SELECT count(*) FROM measurements WHERE document_id = r.document_id)),
                (SELECT count(*) FROM documents) - (SELECT count(*) FROM run_documents),
                (SELECT count(*) FROM passages) - (SELECT count(*) FROM passages_text)
            ''').rows[0]
            assert not any(parts), parts
            seen = base.sql('SELECT count(*) FROM documents').rows[0][0]
            print(seen, flush=True)
            if seen == int(sys.argv[2]):
                sys.exit()
            time.sleep(0.01)
"""


def test_four_readers_see_whole_documents_only(papers: Path) -> None:
    path = papers.parent / "read.sqlite"
    open_base(path, read_only=False).close()
    line = [sys.executable, "-c", READER, str(path), str(DOCUMENTS)]
    readers = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told(start("ingest", papers, "--db", path, "-j", "1"))
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert reader.returncode == 0, err
        seen = [int(word) for word in out.split()]
        assert seen == sorted(seen)
        assert len(set(seen)) > 3, "they looked while it was written"


def test_two_ingestions_go_one_after_the_other(
    papers: Path, undisturbed: tuple[dict[str, list[str]], float, float]
) -> None:
    path = papers.parent / "two.sqlite"
    first = start("ingest", papers, "--db", path, "-j", "1")
    assert first.stdout is not None
    assert first.stdout.readline().startswith("new ")
    first.send_signal(signal.SIGSTOP)  # so that the others come while it is at work
    refused = told(start("ingest", papers, "--db", path, "-j", "1", "--wait", "0"), 2)
    assert f"held by process {first.pid} on " in refused
    assert "--wait" in refused
    assert refused.count("\n") == 1
    second = start("ingest", papers, "--db", path, "-j", "1", "--wait", "200")
    assert second.stderr is not None
    assert second.stderr.readline().startswith(f"kb: process {first.pid} on ")
    first.send_signal(signal.SIGCONT)
    told(first)
    assert f"{DOCUMENTS} unchanged" in told(second)
    assert facts(path) == undisturbed[0]
    assert not path.with_name("two.sqlite.holder").exists()


def test_a_holder_that_was_killed_holds_nothing(papers: Path) -> None:
    path = papers.parent / "gone.sqlite"
    first = start("ingest", papers, "--db", path, "-j", "1")
    assert first.stdout is not None
    assert first.stdout.readline().startswith("new ")
    first.kill()
    first.communicate()
    assert path.with_name("gone.sqlite.holder").exists()
    told(start("ingest", papers, "--db", path, "-j", "1", "--wait", "0"))


# --- full disks ---

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv[1:2] = []
from kb.cli import main
main()
"""


@pytest.mark.parametrize("size", [40_000, 300_000])
def test_no_file_may_grow_any_more(
    papers: Path, undisturbed: tuple[dict[str, list[str]], float, float], size: int
) -> None:
    """Wherever the limit is met (laying the tables, in a document), it is said, and the rest can be done."""
    path = papers.parent / f"limited{size}.sqlite"
    line = [sys.executable, "-c", LIMITED, str(size), "ingest", str(papers), "--db", str(path), "-j", "1"]
    done = subprocess.run(
        line, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("kb: ")
    assert done.stderr.count("\n") == 1
    assert "free some space" in done.stderr
    if path.stat().st_size and _laid(path):
        assert whole_documents(path) < DOCUMENTS
    told(start("ingest", papers, "--db", path, "-j", "1"))
    assert facts(path) == undisturbed[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    mounted = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted by root only")
    return tmp_path


def test_a_full_disk(papers: Path, small_disk: Path) -> None:
    path = small_disk / "kb.sqlite"
    try:
        message = told(start("ingest", papers, "--db", path, "-j", "1"), 2)
        assert "free some space" in message
        assert message.count("\n") == 1
        had = whole_documents(path)
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
        told(start("ingest", papers, "--db", path, "-j", "1"))
        assert whole_documents(path) == DOCUMENTS > had
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)
