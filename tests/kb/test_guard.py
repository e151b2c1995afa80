"""Files from somebody else: what is not ours is refused by name, what is damaged is named before it is asked."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import guard
from kb.base import KnowledgeBase
from kb.cli import cli
from kb.connection import open_base
from kb.guard import check_schema, definition, distrust_possible, set_guards
from kb.store import ingest_document
from kb.testing import bare, coated, compose
from schema.errors import BadBase
from schema.statements import FOLDER


@pytest.fixture
def made(base_path: Path) -> Path:
    db = open_base(base_path, read_only=False)
    ingest_document(db, compose(coated(), bare()), path="a.txt", extractor_version="1")
    db.close()
    return base_path


def spoil(path: Path, *texts: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    for text in texts:
        db.execute(text)
    db.close()


HOSTILE = {
    "a view under our name": ("view 'same_names'", "DROP VIEW same_names",
        "CREATE VIEW same_names (name, same) AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i, i FROM n"),
    "a trigger that deletes": ("trigger 'tidy'",
        "CREATE TRIGGER tidy AFTER INSERT ON documents BEGIN DELETE FROM measurements; END"),
    "a trigger of ours that does more": ("trigger 'passages_text_of_new'", "DROP TRIGGER passages_text_of_new",
        "CREATE TRIGGER passages_text_of_new AFTER INSERT ON passages BEGIN INSERT INTO passages_text (rowid, text)"
        " VALUES (new.id, new.text); DELETE FROM papers; END"),
    "a virtual table": ("table 'words'", "CREATE VIRTUAL TABLE words USING fts5 (a)"),
    "an index on an expression": ("index 'slow'", "CREATE INDEX slow ON papers (hex(zeroblob(length(title))))"),
    "a table more": ("table 'notes'", "CREATE TABLE notes (a)"),
    "a table named like those of SQLite": ("table 'passages_text_more'", "CREATE TABLE passages_text_more (a)"),
    "a column more": ("table 'papers'", "ALTER TABLE papers ADD COLUMN price TEXT"),
    "a column that computes": ("table 'papers'",
        "ALTER TABLE papers ADD COLUMN size INTEGER AS (length(title)) VIRTUAL"),
    "a table less": ("lacks: table 'repairs'", "DROP TABLE repairs"),
    "an index less": ("lacks: index 'evidence_by_passage'", "DROP INDEX evidence_by_passage"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_not_ours_is_refused_by_name(made: Path, case: str, read_only: bool) -> None:
    words, *texts = HOSTILE[case]
    spoil(made, *texts)
    before = made.read_bytes()
    with pytest.raises(BadBase, match=words) as refused:
        open_base(made, read_only)
    assert "kb recover" in str(refused.value)
    assert made.read_bytes() == before


def test_an_extra_check_in_the_text_of_the_schema_is_seen(made: Path) -> None:
    spoil(made, "PRAGMA writable_schema = ON",
          "UPDATE sqlite_master SET sql = replace(sql, 'year INTEGER,', 'year INTEGER CHECK (year < 3000),')"
          " WHERE name = 'papers'")  # fmt: skip
    with pytest.raises(BadBase, match="table 'papers'"):
        open_base(made)


def test_comments_blanks_and_the_order_of_columns_do_not_matter() -> None:
    text = (FOLDER / "tables.sql").read_text("utf-8")
    table = text[text.index("CREATE TABLE papers") : text.index("CREATE TABLE documents")].strip().rstrip(";")
    head, *columns, last = [line.split("--")[0] for line in table.splitlines()]
    turned = head + "\n" + "".join(reversed([c if c.rstrip().endswith(",") else c + "," for c in columns]))
    assert definition(table) == definition(turned.rstrip().rstrip(",") + last)
    assert definition(table) != definition(table.replace("'[]'", "'[ ]'")), "blanks inside a text are part of it"


def test_statistics_that_sqlite_lays_are_no_strangers(made: Path) -> None:
    spoil(made, "ANALYZE", "INSERT INTO passages_text (passages_text) VALUES ('optimize')")
    open_base(made).close()


def test_the_guard_of_sqlite_is_set_where_it_can_be(made: Path) -> None:
    """An older SQLite takes the JSON functions, which our tables use, for unsafe: the comparison stands alone then."""
    plain = sqlite3.connect(made)
    set_guards(plain)
    assert plain.execute("PRAGMA trusted_schema").fetchone()[0] == (not distrust_possible())
    plain.close()
    for db in (open_base(made), open_base(made, read_only=False)):
        assert db.getlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH) == 10
        assert db.execute("SELECT count(*) FROM measurement_view").fetchone()[0] == 2
        assert db.execute("SELECT count(*) FROM graph_nodes").fetchone()[0] > 5
        db.close()


DAMAGED = {
    "a value outside its check": "UPDATE measurements SET qualifier = 'about'",
    "a fact of no document": "UPDATE measurements SET document_id = 77",
    "JSON that is none": "UPDATE materials SET elements = '['",
}


@pytest.mark.parametrize("case", DAMAGED)
def test_an_untrusted_base_is_read_before_it_is_asked(made: Path, case: str) -> None:
    spoil(made, "PRAGMA ignore_check_constraints = ON", "PRAGMA foreign_keys = OFF", DAMAGED[case])
    for read_only in (True, False):
        with pytest.raises(BadBase, match=r"damaged.*kb recover"):
            open_base(made, read_only, untrusted=True)


def test_a_sound_untrusted_base_is_opened_with_narrow_limits(made: Path) -> None:
    db = open_base(made, untrusted=True)
    assert db.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == guard.UNTRUSTED_CELL
    with pytest.raises(sqlite3.Error):
        db.execute("SELECT length(zeroblob(300000000))").fetchall()
    db.close()
    with KnowledgeBase(made, untrusted=True) as base:
        assert base.count("") == 2


@pytest.mark.parametrize("words", [("find",), ("show", "1"), ("export",), ("sql", "SELECT 1"), ("resolve",)])
def test_each_command_takes_untrusted_bases(made: Path, words: tuple[str, ...]) -> None:
    if words[0] == "find":
        words = ("find", "is_control")
    done = CliRunner().invoke(cli, [*words, "--db", str(made), "--untrusted"], prog_name="kb")
    assert done.exit_code in (0, 1), done.output
    spoil(made, "PRAGMA foreign_keys = OFF", "UPDATE measurements SET document_id = 77")
    done = CliRunner().invoke(cli, [*words, "--db", str(made), "--untrusted"], prog_name="kb")
    assert done.exit_code == 2
    assert "damaged" in done.stderr


def test_a_base_may_be_compared_with_any_schema(made: Path, tmp_path: Path) -> None:
    (tmp_path / "tables.sql").write_text("CREATE TABLE other (a);", "utf-8")
    db = sqlite3.connect(made)
    with pytest.raises(BadBase, match=r"and \d+ more"):
        check_schema(db, made, tmp_path / "tables.sql")
    db.close()
