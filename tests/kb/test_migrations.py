"""Bases that each version of the program made become bases of today, and nothing that goes wrong on the way costs one.

``tests/schema/versions`` has, as SQL, a base of each version, made by the code of that time from two documents.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import connection, migrations
from kb.cli import cli
from kb.connection import SCHEMA_VERSION, open_base
from kb.guard import check_schema
from kb.migrations import migrate
from kb.store import ingest_document
from kb.testing import coated, compose
from schema.errors import BadBase
from schema.statements import FOLDER

VERSIONS = Path(__file__).parent.parent / "schema" / "versions"
OLD = range(1, SCHEMA_VERSION)
NEXT = SCHEMA_VERSION + 1
TABLES = (FOLDER / "tables.sql").read_text("utf-8")
FACTS = """SELECT source, metric, value, value_max, qualifier, unit, value_reported, subject, components, is_control,
  current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, provenance, confidence, evidence, evidence_start, evidence_end
  FROM measurement_view ORDER BY source, evidence_start, metric, value"""


def made_by(version: int, path: Path) -> Path:
    """A base as the program of that version made it."""
    db = sqlite3.connect(path)
    db.executescript((VERSIONS / f"{version}.sql").read_text("utf-8"))
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    return path


def facts(path: Path) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute(FACTS).fetchall()
    finally:
        db.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return made_by(OLD[-1], tmp_path / "kb.sqlite")


def test_there_is_a_base_of_each_version() -> None:
    assert sorted(int(p.stem) for p in VERSIONS.glob("*.sql")) == list(range(1, SCHEMA_VERSION + 1)), (
        "a base of the version before goes with each new one: 1.sql shows how it looks"
    )


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_a_base_of_any_version_becomes_one_of_today(tmp_path: Path, version: int) -> None:
    path = made_by(version, tmp_path / "kb.sqlite")
    before, copies = facts(path), []
    db = open_base(path, read_only=False, on_migrated=copies.append)
    check_schema(db, path)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    said = compose(coated(provenance="imported"), coated("97.1"), source="b.txt")
    assert ingest_document(db, said, path="b.txt", extractor_version="1").measurements == 2
    assert db.execute("SELECT count(*) FROM passages_text WHERE passages_text MATCH 'electrode'").fetchone()[0] >= 2
    assert all(sample for (sample,) in db.execute("SELECT sample FROM measurements"))
    db.close()
    assert len(before) == 11
    assert [row for row in facts(path) if row[0] != "b.txt"] == before
    assert [c.name for c in copies] == [f"kb.sqlite.v{version}.bak"] * (version < SCHEMA_VERSION)
    for copy in copies:
        assert facts(copy) == before
    assert len(list(tmp_path.glob("*.bak*"))) == len(copies), "no copy where nothing is brought up, nothing half made"


def test_the_reader_says_how_an_older_base_is_brought_up(old: Path) -> None:
    with pytest.raises(BadBase, match=rf"older schema version {OLD[-1]}.*kb ingest"):
        open_base(old)


def test_the_command_says_where_the_copy_is(old: Path) -> None:
    paper = old.with_name("paper.txt")
    paper.write_text("The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles.", "utf-8")
    for told in (f"kb.sqlite.v{OLD[-1]}.bak", ""):
        done = CliRunner().invoke(cli, ["ingest", str(paper), "--db", str(old)], prog_name="kb")
        assert done.exit_code == 0
        assert told in done.stderr
        assert ("schema" in done.stderr) == bool(told)


def test_a_copy_never_takes_the_place_of_another(old: Path) -> None:
    kept = old.with_name(f"kb.sqlite.v{OLD[-1]}.bak")
    kept.write_text("of last year")
    open_base(old, read_only=False).close()
    assert kept.read_text() == "of last year"
    assert len(facts(old.with_name(f"kb.sqlite.v{OLD[-1]}.2.bak"))) == 11


def test_a_full_disk_is_said_before_anything_is_done(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(BadBase, match=r"takes .* MB and 0 MB are free; free some space"):
        open_base(old, read_only=False)
    assert not list(old.parent.glob("*.bak*"))
    assert len(facts(old)) == 11


# --- steps that go wrong ---


def laid(folder: Path, tables: str, **steps: str) -> Path:
    """A schema of the next version, with its migrations."""
    (folder / "migrations").mkdir(parents=True)
    (folder / "tables.sql").write_text(tables.replace(f"user_version = {SCHEMA_VERSION}", f"user_version = {NEXT}"))
    for name, text in steps.items():
        file = folder / "migrations" / f"{NEXT:04d}_{name}.sql"
        file.write_text(f"{text}\nPRAGMA user_version = {NEXT};\n")
    return folder


@pytest.fixture
def today(tmp_path: Path) -> Path:
    return made_by(SCHEMA_VERSION, tmp_path / "kb.sqlite")


def test_a_step_may_add_a_column(today: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = TABLES.replace("  doi TEXT UNIQUE, ", "  note TEXT DEFAULT 'a;b', -- [text]\n  doi TEXT UNIQUE, ", 1)
    folder = laid(tmp_path / "schema", tables, step="ALTER TABLE papers ADD COLUMN note TEXT DEFAULT 'a;b'; -- one")
    monkeypatch.setattr(connection, "FOLDER", folder)
    monkeypatch.setattr(connection, "SCHEMA_VERSION", NEXT)
    open_base(today, read_only=False).close()
    db = open_base(today)
    assert db.execute("SELECT note FROM papers").fetchone()[0] == "a;b"
    db.close()


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("CREATE TABLE half (a);\nALTER TABLE nowhere ADD COLUMN b;", "no such table"),
        ("DELETE FROM papers;", "broken references"),
        ("CREATE TABLE half (a);", "half"),
        ("DROP TABLE repairs;", "lacks: table 'repairs'"),
    ],
)
def test_a_step_that_fails_leaves_the_base_as_it_was(today: Path, tmp_path: Path, step: str, words: str) -> None:
    folder = laid(tmp_path / "schema", TABLES, step=step)
    before = facts(today)
    db = open_base(today, read_only=False)
    with pytest.raises((sqlite3.Error, BadBase), match=words):
        migrate(db, today, NEXT, folder / "migrations")
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    check_schema(db, today)
    db.close()
    assert facts(today) == before


def test_a_missing_step_is_named(today: Path, tmp_path: Path) -> None:
    folder = laid(tmp_path / "schema", TABLES)
    db = open_base(today, read_only=False)
    with pytest.raises(BadBase, match=f"no way leads to {NEXT}"):
        migrate(db, today, NEXT, folder / "migrations")
    db.close()


@pytest.mark.parametrize(
    "extra",
    ["TRIGGER other AFTER UPDATE ON measurements BEGIN DELETE FROM papers; END", "VIRTUAL TABLE other USING fts5 (a)"],
)
def test_an_older_base_with_something_that_acts_is_not_brought_up(old: Path, extra: str) -> None:
    db = sqlite3.connect(old)
    db.execute(f"CREATE {extra}")
    db.commit()
    db.close()
    with pytest.raises(BadBase, match=r"did not make: .*'other'"):
        open_base(old, read_only=False)
    assert len(facts(old)) == 11


DYING = """
import os, signal, sys
from pathlib import Path
from kb import connection, migrations

path, at = Path(sys.argv[1]), int(sys.argv[2])
seen = 0

def die(sql):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)

plain = connection.migrate
def watched(db, *rest):
    db.set_trace_callback(die)
    try:
        return plain(db, *rest)
    finally:
        db.set_trace_callback(None)

connection.migrate = watched
connection.open_base(path, read_only=False).close()
print(seen)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_killed_within_a_migration_the_old_base_stands(tmp_path: Path) -> None:
    def run(path: Path, at: int) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-c", DYING, str(path), str(at)]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    whole = run(made_by(1, tmp_path / "whole.sqlite"), 0)
    steps = int(whole.stdout)
    assert steps > 50
    for at in sorted({2, steps - 1, *random.Random(8).sample(range(2, steps), 4)}):
        path = made_by(1, tmp_path / f"{at}.sqlite")
        before = facts(path)
        assert run(path, at).returncode == -signal.SIGKILL
        db = sqlite3.connect(path)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        db.close()
        assert facts(path) == before
        open_base(path, read_only=False).close()
        assert facts(path) == before


def test_two_who_bring_a_base_up_at_once_do_it_once(old: Path) -> None:
    text = f"from kb.connection import open_base; open_base({str(old)!r}, read_only=False).close()"
    both = [subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE) for _ in range(2)]
    assert [(p.communicate()[1], p.returncode) for p in both] == [(b"", 0)] * 2
    assert len(list(old.parent.glob("*.bak"))) == 1
    assert len(facts(old)) == 11


def test_the_last_migration_is_the_version_of_the_program() -> None:
    assert max(migrations.migrations(FOLDER / "migrations")) == SCHEMA_VERSION
