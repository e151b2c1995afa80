"""A base is made, checked, migrated and guarded; each wrong file is named with its remedy."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kb import connection
from kb.base import KnowledgeBase
from kb.connection import explained, open_base, transaction
from kb.store import ingest_document
from kb.testing import coated, compose
from schema.errors import BadBase


def make(path: Path) -> None:
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated()), path="a.txt", extractor_version="1")
    db.close()


def not_sqlite(path: Path) -> None:
    path.write_text("a paper, by mistake" * 100)


def empty(path: Path) -> None:
    path.touch()


def a_folder(path: Path) -> None:
    path.mkdir()


def of_another_program(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE mine (a)")
    db.commit()
    db.close()


def newer(path: Path) -> None:
    make(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def cut(path: Path) -> None:
    make(path)
    path.write_bytes(path.read_bytes()[:5000])


def missing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(missing, "no base at .*kb ingest FOLDER --db"), (not_sqlite, "not an SQLite file"), (empty, "is empty"),
     (a_folder, "is a folder"), (of_another_program, "of another program"), (newer, "99.*update the program"),
     (cut, "damaged.*kb ingest")],
)  # fmt: skip
def test_reading_a_wrong_file_names_the_remedy(base_path: Path, spoil: object, words: str) -> None:
    spoil(base_path)  # type: ignore[operator]
    with pytest.raises(BadBase, match=words):
        open_base(base_path).execute("SELECT count(*) FROM measurements").fetchall()
    assert base_path.exists() or spoil is missing


@pytest.mark.parametrize("spoil", [not_sqlite, a_folder, of_another_program, newer])
def test_a_wrong_file_is_not_written_to(base_path: Path, spoil: object) -> None:
    spoil(base_path)  # type: ignore[operator]
    before = base_path.read_bytes() if base_path.is_file() else b""
    with pytest.raises(BadBase):
        open_base(base_path, read_only=False)
    assert (base_path.read_bytes() if base_path.is_file() else b"") == before


def test_a_base_is_made_in_an_empty_file_and_not_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "kb.sqlite").touch()
    make(tmp_path / "kb.sqlite")
    with pytest.raises(BadBase, match="create it first"):
        make(tmp_path / "none" / "kb.sqlite")


def test_paths_with_signs_that_mean_something_in_a_uri(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=rwc&c#d%20.sqlite"
    make(path)
    db = open_base(path)
    assert db.execute("SELECT count(*) FROM measurements").fetchone()[0] == 1
    db.close()


@pytest.mark.parametrize(
    "text",
    ["DELETE FROM measurements", "UPDATE papers SET doi = 'x'", "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)",
     "DROP VIEW measurement_view", "PRAGMA user_version = 7", "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE",
     "ATTACH 'other.sqlite' AS other", "VACUUM INTO 'copy.sqlite'", "REINDEX"],
)  # fmt: skip
def test_a_connection_for_reading_cannot_write(base_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make(base_path)
    monkeypatch.chdir(base_path.parent)
    before = {p.name: p.read_bytes() for p in base_path.parent.iterdir() if p.suffix == ".sqlite"}
    db = open_base(base_path)
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|authorization denied|readonly"):
        db.execute(text)
    db.close()
    assert {p.name: p.read_bytes() for p in base_path.parent.iterdir() if p.suffix == ".sqlite"} == before


@pytest.mark.parametrize(
    "text",
    ["SELECT count(*) FROM measurement_view", "SELECT * FROM graph_edges", "PRAGMA user_version",
     "PRAGMA table_info(papers)", "SELECT j.value FROM measurements, json_each(components) AS j",
     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT i FROM n"],
)  # fmt: skip
def test_a_connection_for_reading_can_ask(base_path: Path, text: str) -> None:
    make(base_path)
    db = open_base(base_path)
    assert db.execute(text).fetchall()
    db.close()


def test_full_text_is_found_after_a_writer_changed_the_schema(base_path: Path) -> None:
    make(base_path)
    reader, writer = open_base(base_path), open_base(base_path, read_only=False)
    writer.execute("ANALYZE")
    assert reader.execute("SELECT count(*) FROM passages_text WHERE passages_text MATCH 'electrode'").fetchone()[0] == 1
    with pytest.raises(sqlite3.DatabaseError):
        reader.execute("UPDATE sqlite_master SET sql = ''")
    reader.close()
    writer.close()


def test_a_base_in_a_folder_without_write_access_can_be_read(base_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(base_path)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    before = sorted(p.name for p in base_path.parent.iterdir())
    db = open_base(base_path)
    assert db.execute("SELECT count(*) FROM measurements").fetchone()[0] == 1
    assert sorted(p.name for p in base_path.parent.iterdir()) == before, "nothing may be laid beside it"
    db.close()


def test_another_writer_is_named(base_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    first, second = open_base(base_path, read_only=False), open_base(base_path, read_only=False)
    with transaction(first), pytest.raises(BadBase, match="held by another program"), explained(base_path):
        ingest_document(second, compose(coated()), path="a.txt", extractor_version="1")
    first.close()
    second.close()


OTHER_WRITER = "from kb.base import KnowledgeBase; KnowledgeBase({!r}, read_only=False).close()"


def test_what_is_written_after_another_writer_ended_is_not_lost(base_path: Path) -> None:
    """Opening a base gives up none of the locks on it that this process has, so that nobody takes its log away."""
    with KnowledgeBase(base_path, read_only=False) as base:
        ingest_document(base._writing(), compose(coated()), path="a.txt", extractor_version="1")
        subprocess.run([sys.executable, "-c", OTHER_WRITER.format(str(base_path))], check=True)
        ingest_document(base._writing(), compose(coated("97.1")), path="b.txt", extractor_version="1")
        told = "from kb.base import KnowledgeBase; print(KnowledgeBase({!r}).sql('SELECT path FROM documents').rows)"
        seen = subprocess.run([sys.executable, "-c", told.format(str(base_path))], check=True, capture_output=True)
    assert seen.stdout == b"[('a.txt',), ('b.txt',)]\n"


def test_two_who_make_the_base_at_once_make_one(base_path: Path) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            open_base(base_path, read_only=False).close()
        except (sqlite3.Error, BadBase) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    open_base(base_path).close()


def test_a_transaction_is_undone_by_any_error(db: sqlite3.Connection) -> None:
    with pytest.raises(KeyboardInterrupt), transaction(db):
        db.execute("INSERT INTO papers DEFAULT VALUES")
        raise KeyboardInterrupt
    assert db.execute("SELECT count(*) FROM papers").fetchone()[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="no RLIMIT_FSIZE")
def test_a_full_disk_is_said_and_loses_nothing(base_path: Path) -> None:
    make(base_path)
    db = open_base(base_path, read_only=False)
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute("PRAGMA max_page_count = %d" % (pages + 2))  # noqa: UP031 - a number, as full as a disk can be
    big = compose(*(coated(f"{n}.5") for n in range(400)))
    with pytest.raises(BadBase, match=r"full.*free some space"), explained(base_path):
        ingest_document(db, big, path="big.txt", extractor_version="1")
    assert db.execute("SELECT path FROM documents").fetchall()[0][0] == "a.txt"
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
