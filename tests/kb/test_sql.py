"""SQL of the operator's own: it reads, is cut where asked, and never writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.connection import open_base
from kb.fields import COLUMNS
from kb.sql import run
from schema.errors import BadSQL, ReadOnly


@pytest.fixture
def base(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    open_base(tmp_path / "kb.sqlite", read_only=False).close()
    connection = open_base(tmp_path / "kb.sqlite")
    yield connection
    connection.close()


def test_it_answers_with_names_and_rows(base: sqlite3.Connection) -> None:
    table = run(base, "SELECT :a AS a, 'x' AS b, 2 AS a", {"a": 1.5})
    assert (table.columns, table.rows, table.cut) == (("a", "b", "a"), [(1.5, "x", 2)], False)
    assert table.records() == [{"a": 1.5, "b": "x", "a_2": 2}]


def test_the_view_has_the_columns_that_filters_know(base: sqlite3.Connection) -> None:
    assert run(base, "SELECT * FROM measurement_view").columns == COLUMNS


def test_it_says_when_it_cuts(base: sqlite3.Connection) -> None:
    query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"
    assert (len(run(base, query, limit=4).rows), run(base, query, limit=4).cut) == (4, True)
    assert (len(run(base, query, limit=5).rows), run(base, query, limit=5).cut) == (5, False)
    assert len(run(base, query).rows) == 5


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM papers",
        "INSERT INTO papers DEFAULT VALUES",
        "UPDATE papers SET title = 'x'",
        "DROP TABLE papers",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "ATTACH DATABASE 'other.sqlite' AS other",
        "PRAGMA user_version = 9",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "VACUUM INTO 'copy.sqlite'",
        "REINDEX",
        "BEGIN",
        "SELECT load_extension('x')",
        "-- nothing",
    ],
)
def test_what_does_more_than_read_is_refused(base: sqlite3.Connection, tmp_path: Path, text: str) -> None:
    before = (tmp_path / "kb.sqlite").read_bytes()
    with pytest.raises(ReadOnly, match="kb ingest"):
        run(base, text)
    assert not base.in_transaction
    assert (tmp_path / "kb.sqlite").read_bytes() == before
    assert not any(Path(name).exists() for name in ("copy.sqlite", "other.sqlite"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "one, without a ;"),
        ("SELECT valeu FROM measurement_view", "did you mean 'value"),
        ("SELECT * FROM measurments", "did you mean 'measurements'"),
        ("SELECT * FROM zzzz", "measurement_view"),
        ("SELECT :missing", "--param missing=VALUE"),
        ("SELECT '\udcff'", "does not take"),
    ],
)
def test_a_slip_is_told_in_words(base: sqlite3.Connection, text: str, message: str) -> None:
    with pytest.raises(BadSQL, match=message):
        run(base, text)
