"""Holds a base to the schema of this program: what else is in the file is refused by name before anything is asked.

A file from somebody else may hold views that are not ours under our names, triggers that delete, virtual tables.
SQLite's own guard, ``trusted_schema = OFF``, is not enough and not always to be had: before 3.41 it refuses the JSON
functions, which our own tables and views use.  So each table, index, view and trigger is compared with
``schema/tables.sql``, whatever SQLite there is, and the guard is set where it can be.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from schema.errors import BadBase
from schema.statements import FOLDER, split_statements

Definition = tuple[object, ...]
Named = tuple[str, str]  # kind and name

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\w+|\s+|.""", re.DOTALL)
_MOST_NAMED = 5
# Tables that SQLite lays by itself: statistics, counters, and behind a full-text table its words.
_OWN_OF_SQLITE = re.compile(r"sqlite_(?:stat\d|sequence|autoindex_\w+)$")
_BEHIND_FULL_TEXT = ("_data", "_idx", "_docsize", "_config", "_content")

# What no question of ours comes near, and a hostile one would like more of.
LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,  # [bytes]
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
UNTRUSTED_CELL = 256 * 2**20  # [bytes] of one value: five times the largest document that readers take


def definition(sql: str) -> Definition:
    """Give what a CREATE statement says, however it is laid out; the columns of a table in whatever order.

    A column that a migration added stands at the end, one of a new base where it belongs: the table is the same.

    Examples
    --------
    >>> new = definition("CREATE TABLE t (a, -- one\\n b TEXT, UNIQUE (a, b)) STRICT")
    >>> definition("CREATE TABLE t (a, UNIQUE (a, b), b  TEXT) STRICT") == new
    True
    >>> definition("CREATE TABLE t (a, b TEXT CHECK (load(b)), UNIQUE (a, b)) STRICT") == new
    False
    """
    tokens = [t for t in _TOKEN.findall(sql) if not t.isspace() and not t.startswith(("--", "/*"))]
    if [t.upper() for t in tokens[:2]] != ["CREATE", "TABLE"]:
        return tuple(tokens)
    outside: list[str] = []
    parts: list[tuple[str, ...]] = []
    part: list[str] = []
    depth = 0
    for token in tokens:
        depth -= token == ")"
        if depth == 0:
            outside.append(token)
        elif depth == 1 and token == ",":
            parts.append(tuple(part))
            part = []
        else:
            part.append(token)
        depth += token == "("
    return (tuple(outside), tuple(sorted([*parts, tuple(part)])))


def defined(db: sqlite3.Connection) -> Mapping[Named, Definition]:
    """Give the tables, indexes, views and triggers of a file by kind and name, without what SQLite lays by itself."""
    rows = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    virtual = [name for _, name, sql in rows if sql and re.match(r"\s*CREATE\s+VIRTUAL\b", sql, re.IGNORECASE)]
    own = {name + ending for name in virtual for ending in _BEHIND_FULL_TEXT}
    return {
        (kind, name): definition(sql or "")
        for kind, name, sql in rows
        if not _OWN_OF_SQLITE.match(name) and not (kind == "table" and name in own)
    }


@lru_cache(maxsize=4)
def _ours(tables: Path) -> Mapping[Named, Definition]:
    db = sqlite3.connect(":memory:")
    try:
        for text in split_statements(tables.read_text("utf-8")):
            db.execute(text)
        return defined(db)
    finally:
        db.close()


def check_schema(db: sqlite3.Connection, path: Path, tables: Path = FOLDER / "tables.sql") -> None:
    """Refuse a base that has more, less or other tables, indexes, views or triggers than this program makes.

    Parameters
    ----------
    db : a base of the newest schema; nothing of it is asked but its schema
    path : to name it by
    tables : the schema that it should have

    Raises
    ------
    BadBase
        With the names of what is not ours, or is missing.
    """
    ours, found = _ours(tables), defined(db)
    strange = [named for named, text in found.items() if ours.get(named) != text]
    if strange:
        raise _refused(path, "holds what this program did not make", strange)
    if missing := [named for named in ours if named not in found]:
        raise _refused(path, "lacks", missing)


def check_before_migration(db: sqlite3.Connection, path: Path, tables: Path = FOLDER / "tables.sql") -> None:
    """Refuse an older base with anything that would act of itself while it is brought up.

    Views are dropped before anything is read through them, and the whole is compared at the end.

    Raises
    ------
    BadBase
        With the names of triggers and virtual tables that are not ours.
    """
    ours, found = _ours(tables), defined(db)
    acting = [
        named
        for named, text in found.items()
        if (named[0] == "trigger" or text[1:2] == ("VIRTUAL",)) and ours.get(named) != text
    ]
    if acting:
        raise _refused(path, "holds what this program did not make", acting)


def _refused(path: Path, what: str, names: Iterable[Named]) -> BadBase:
    listed = [f"{kind} {name!r}" for kind, name in names]
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    told = f"{path} {what}: {', '.join(listed[:_MOST_NAMED])}{more}; it is not opened"
    return BadBase(f"{told}: kb recover {path} NEW takes over the papers and facts in it, and nothing else")


@lru_cache(maxsize=1)
def distrust_possible() -> bool:
    """Say whether this SQLite lets tables and views use the JSON functions with ``trusted_schema = OFF``."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("CREATE TABLE t (a TEXT CHECK (json_valid(a)))")
        db.execute("CREATE VIEW v AS SELECT json_group_array(j.value) AS a FROM t, json_each(t.a) AS j")
        db.execute("INSERT INTO t VALUES ('[1]')")
        return bool(db.execute("SELECT a FROM v").fetchall())
    except sqlite3.DatabaseError:  # unsafe use of json_valid()
        return False
    finally:
        db.close()


def set_guards(db: sqlite3.Connection) -> None:
    """Set what SQLite itself has against hostile files; a few pragmas and limits that cost nothing."""
    if distrust_possible():
        db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    for limit, number in LIMITS.items():
        db.setlimit(limit, number)


def set_defensive(db: sqlite3.Connection) -> None:
    """Keep statements from writing to the schema and to what is behind the full text (Python 3.12 and newer)."""
    if hasattr(db, "setconfig"):
        db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # type: ignore[attr-defined, unused-ignore]


def check_untrusted(path: Path) -> None:
    """Read the whole of a base from somebody else before anything is asked of it; nothing is written.

    Raises
    ------
    BadBase
        Where a page is damaged, a row breaks the rules of its table, or refers to what there is not.
    """
    # SQLite leaves the CHECKs of a file out that it opens for reading only.
    mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
    db = sqlite3.connect(path.resolve().as_uri() + f"?mode={mode}", uri=True)
    try:
        set_guards(db)
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA mmap_size = 0")  # who has the file could change it under a map
        told = db.execute("PRAGMA integrity_check(1)").fetchone()[0].splitlines()[-1]  # after the name of the file
        if told == "ok" and (broken := db.execute("PRAGMA foreign_key_check").fetchone()) is not None:
            told = f"a row of {broken[0]} refers to what is not in {broken[2]}"
    finally:
        db.close()
    if told != "ok":
        raise BadBase(f"{path} is damaged ({told}); kb recover {path} NEW saves what can be read")
