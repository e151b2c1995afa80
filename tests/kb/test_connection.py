"""A base is made, checked, migrated and guarded; each wrong file is named with its remedy."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import connection
from kb.connection import SCHEMA_VERSION, explained, migrate, open_base, transaction
from kb.store import ingest_document
from kb.testing import bare, coated, compose
from schema.errors import BadBase
from schema.statements import split_statements

NEXT = SCHEMA_VERSION + 1


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


def step(folder: Path, number: int, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder.parent / "tables.sql").touch()
    (folder / f"{number:04d}_step.sql").write_text(text + f"\nPRAGMA user_version = {number};\n")


def test_a_migration_keeps_the_facts_and_a_copy(base_path: Path, tmp_path: Path) -> None:
    make(base_path)
    step(tmp_path / "steps", NEXT, "ALTER TABLE papers ADD COLUMN note TEXT; -- one\nUPDATE papers SET note = 'a;b';")
    step(tmp_path / "steps", NEXT + 1, "ALTER TABLE papers RENAME COLUMN note TO remark;")
    db = open_base(base_path, read_only=False)
    copy = migrate(db, base_path, SCHEMA_VERSION, NEXT + 1, tmp_path / "steps")
    assert db.execute("PRAGMA user_version").fetchone()[0] == NEXT + 1
    assert db.execute("SELECT remark FROM papers").fetchone()[0] == "a;b"
    assert db.execute("SELECT count(*) FROM measurement_view").fetchone()[0] == 1
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    db.close()
    assert copy.name == f"kb.sqlite.v{SCHEMA_VERSION}.bak"
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert old.execute("SELECT count(*) FROM measurements").fetchone()[0] == 1
    old.close()


@pytest.mark.parametrize("text", ["CREATE TABLE half (a);\nALTER TABLE nowhere ADD COLUMN b;", "DELETE FROM papers;"])
def test_a_migration_that_fails_leaves_the_base_as_it_was(base_path: Path, tmp_path: Path, text: str) -> None:
    make(base_path)
    step(tmp_path / "steps", NEXT, text)
    db = open_base(base_path, read_only=False)
    with pytest.raises((sqlite3.Error, BadBase)):
        migrate(db, base_path, SCHEMA_VERSION, NEXT, tmp_path / "steps")
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()[0] == 0
    assert db.execute("SELECT count(*) FROM measurement_view").fetchone()[0] == 1
    db.close()


def test_a_missing_step_is_named(base_path: Path, tmp_path: Path) -> None:
    make(base_path)
    step(tmp_path / "steps", NEXT + 1, "")
    db = open_base(base_path, read_only=False)
    with pytest.raises(BadBase, match=f"no way leads to {NEXT}"):
        migrate(db, base_path, SCHEMA_VERSION, NEXT + 1, tmp_path / "steps")
    db.close()


def test_an_older_base_is_brought_up_by_the_writer_not_the_reader(
    base_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(base_path)
    step(tmp_path / "migrations", NEXT, "ALTER TABLE papers ADD COLUMN note TEXT;")
    (tmp_path / "tables.sql").write_text((connection.FOLDER / "tables.sql").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(connection, "FOLDER", tmp_path)
    monkeypatch.setattr(connection, "SCHEMA_VERSION", NEXT)
    with pytest.raises(BadBase, match=rf"older schema version {SCHEMA_VERSION}.*kb ingest"):
        open_base(base_path)
    open_base(base_path, read_only=False).close()
    db = open_base(base_path)
    assert db.execute("SELECT note FROM papers").fetchone()[0] is None
    db.close()


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


def columns(db: sqlite3.Connection) -> dict[str, set[str]]:
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    return {n: {r[0] for r in db.execute("SELECT name FROM pragma_table_info(?)", (n,))} for n in names}


VERSION_3 = Path(__file__).parent.parent / "schema" / "versions" / "3.sql"


def as_of_version_3(text: str) -> list[str]:
    return list(split_statements(text))


def as_of_version_2(text: str) -> list[str]:
    """It did not know how sure all of a record is."""
    return list(split_statements(re.sub(r"  (?:m\.)?confidence_strict .*\n", "", text)))


def as_of_version_1(text: str) -> list[str]:
    """It knew neither supporting information nor coatings."""
    later = re.compile(r"CREATE (?:VIEW|(?:TABLE|INDEX) (?:coating|traits|documents_by_main_text))")
    text = re.sub(r"(original TEXT NOT NULL), ( *--.*)\n  supplement_of .*\n  mined_with .*\n", r"\1\2\n", text)
    return [s for s in as_of_version_2(text) if not later.search(s)]


@pytest.mark.parametrize(("version", "laid"), [(1, as_of_version_1), (2, as_of_version_2), (3, as_of_version_3)])
def test_a_base_of_an_older_version_becomes_one_of_today(
    base_path: Path, db: sqlite3.Connection, version: int, laid: Callable[[str], list[str]]
) -> None:
    path = base_path.with_name("old.sqlite")
    old = sqlite3.connect(path)
    for statement in laid(re.sub(r"user_version = \d+", f"user_version = {version}", VERSION_3.read_text("utf-8"))):
        old.execute(statement)
    old.commit()
    old.close()
    brought = open_base(path, read_only=False)
    assert columns(brought) == columns(db)
    assert brought.execute("SELECT count(*) FROM measurement_view").fetchone()[0] == 0
    brought.close()


def test_what_version_4_computes_is_computed_for_what_stands(db: sqlite3.Connection, base_path: Path) -> None:
    cited = coated("97.1", provenance="cited", cited_ref="61")
    ingest_document(db, compose(coated(), bare(), cited, coated("96.5", provenance="cited")), path="a.txt",
                    extractor_version="1")  # fmt: skip
    path = base_path.with_name("old.sqlite")
    old = sqlite3.connect(path)
    for text in split_statements(VERSION_3.read_text("utf-8")):
        old.execute(text)
    old.commit()
    old.close()
    db.execute("ATTACH ? AS old", (str(path),))
    for (table,) in db.execute("SELECT name FROM old.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        names = ", ".join(r[0] for r in db.execute("SELECT name FROM pragma_table_info(?, 'old')", (table,)))
        db.execute(f"INSERT INTO old.{table} ({names}) SELECT {names} FROM main.{table}")  # noqa: S608 - our tables
    db.execute("DETACH old")
    brought = open_base(path, read_only=False)
    for text in (
        "SELECT id, sample FROM measurements",
        "SELECT rowid FROM passages_text WHERE passages_text MATCH 'copper'",
    ):
        answer = [tuple(r) for r in brought.execute(text)]
        assert answer
        assert answer == [tuple(r) for r in db.execute(text)]
    brought.close()


def test_a_base_of_version_3_takes_imported_numbers_afterwards(base_path: Path) -> None:
    path = base_path.with_name("old.sqlite")
    old = sqlite3.connect(path)
    for text in split_statements(VERSION_3.read_text("utf-8")):
        old.execute(text)
    old.commit()
    old.close()
    brought = open_base(path, read_only=False)
    said = compose(coated(provenance="imported"))
    assert ingest_document(brought, said, path="a.txt", extractor_version="1").measurements == 1
    assert brought.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    brought.close()
