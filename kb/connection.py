"""Opens the file of a base: makes it, checks that it is ours, brings it to the newest schema, guards reading."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schema.errors import BadBase
from schema.statements import FOLDER, split_statements

APPLICATION_ID = 0x4C694B42
SCHEMA_VERSION = 8
MAGIC = b"SQLite format 3\0"
BUSY_SECONDS = 30.0
CACHE_KIB = 64 * 1024
MAPPED = 2**31 - 1  # bytes of the file that may be read without a copy; SQLite takes what the system gives
_VIEW = re.compile(r"^CREATE VIEW\b", re.MULTILINE)

# PRAGMAs that only look, where they are given no value (or a table's name).
_LOOKING_PRAGMAS = frozenset(
    {"application_id", "data_version", "foreign_key_list", "index_info", "index_list", "integrity_check", "quick_check",
     "schema_version", "table_info", "table_list", "table_xinfo", "user_version"}
)  # fmt: skip
_TABLE_FUNCTIONS = (
    "SELECT 1 FROM json_each('[]')",
    "SELECT 1 FROM json_tree('[]')",
    "SELECT 1 FROM pragma_table_info('')",
    "SELECT 1 FROM pragma_table_xinfo('')",
    "SELECT 1 FROM pragma_index_list('')",
    "SELECT 1 FROM pragma_foreign_key_list('')",
    "SELECT 1 FROM passages_text WHERE passages_text MATCH 'lithium' LIMIT 1",
)
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
     sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT}
)  # fmt: skip


def open_base(path: str | Path, read_only: bool = True) -> sqlite3.Connection:
    """Open a base; for writing it is made where there is none, and migrated where it is of an older schema.

    Rows come as :class:`sqlite3.Row`.  A connection for reading cannot write: not this file, not another one.

    Parameters
    ----------
    path : the file
    read_only : open for reading only

    Raises
    ------
    BadBase
        Where there is no such file (reading) or folder (writing), or the file is no base of ours, is damaged, comes
        from a newer program, from an older one (reading), or is held by another writer for half a minute.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     open_base(Path(folder, "kb.sqlite"), read_only=False).close()
    ...     db = open_base(Path(folder, "kb.sqlite"))
    ...     db.execute("SELECT count(*) FROM measurements").fetchone()[0]
    ...     db.close()
    0
    """
    path = Path(path)
    _check_file(path, read_only)
    with explained(path):
        return _open_reading(path) if read_only else _open_writing(path)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's complaints about a file into ones that name the file and the remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise BadBase(f"{path} is held by another program that writes; run it again when that is done") from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise BadBase(f"{path} cannot be opened ({error}); check the rights on the file and its folder") from error
        if "full" in str(error) or "disk I/O" in str(error):
            message = f"{path}: {error}; free some space and run it again: what was done before stands"
            raise BadBase(message) from error
        raise
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise BadBase(f"{path} is damaged ({error}); restore a copy, or make it anew with kb ingest") from error
        raise


def _check_file(path: Path, read_only: bool) -> None:
    if path.is_dir():
        raise BadBase(f"{path} is a folder; name a file in it, such as {path / 'kb.sqlite'}")
    if not path.exists():
        if read_only:
            raise BadBase(f"no base at {path}; make one with: kb ingest FOLDER --db {path}")
        if not path.parent.is_dir():
            raise BadBase(f"no folder {path.parent} to make the base {path.name} in; create it first")
        return
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise BadBase(f"{path} cannot be read ({error.strerror}); check the rights on it") from error
    if not head and not read_only:
        return
    if head != MAGIC:
        what = "is not an SQLite file" if head else "is empty"
        raise BadBase(f"{path} {what}, so it is no base; name another, or make one: kb ingest FOLDER --db NEW")


def _check_version(db: sqlite3.Connection, path: Path) -> int:
    """Give the schema version of a file, after seeing that it is ours and not of a newer program."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise BadBase(f"{path} is an SQLite file of another program, not a base; name another file")
    if version > SCHEMA_VERSION:
        message = f"{path} has schema version {version}, this program knows up to {SCHEMA_VERSION}; update the program"
        raise BadBase(message)
    return version


def reading_uri(path: Path) -> str:
    """Give the address under which SQLite opens a file for reading only."""
    uri = path.resolve().as_uri() + "?mode=ro"
    if not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists():
        # Reading a WAL file takes a shared-memory file beside it; where none can be made, nobody can write either.
        uri += "&immutable=1"
    return uri


def _open_reading(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        reading_uri(path), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        version = _check_version(db, path)
        if version < SCHEMA_VERSION:
            message = f"{path} has the older schema version {version}; bring it up with: kb ingest FOLDER --db {path}"
            raise BadBase(f"{message} (a copy is laid beside it first)")
        db.execute("PRAGMA query_only = ON")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute(f"PRAGMA mmap_size = {MAPPED}")
    except BaseException:
        db.close()
        raise
    db.row_factory = sqlite3.Row
    # SQLite declares a table-valued function at its first use, which looks to the authorizer like writing.
    for first_use in _TABLE_FUNCTIONS:
        db.execute(first_use).fetchall()
    db.set_authorizer(_only_reading)
    return db


def _only_reading(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Let SQLite compile what reads.  mode=ro alone would still let ATTACH write to other files."""
    looks = action == sqlite3.SQLITE_PRAGMA and first in _LOOKING_PRAGMAS
    # Setting a version looks like reading a table's columns: both have an argument, so tell them apart by name.
    if looks and first in ("application_id", "schema_version", "user_version"):
        looks = second is None
    # Where a writer has changed the schema meanwhile, SQLite declares the table of the full text anew, which it reports
    # as this; the schema of a file that is open for reading cannot be changed anyway.
    declares = (action, first) == (sqlite3.SQLITE_UPDATE, "sqlite_master")
    return sqlite3.SQLITE_OK if looks or declares or action in _ALLOWED else sqlite3.SQLITE_DENY


def _open_writing(path: Path) -> sqlite3.Connection:
    # isolation_level None: the transactions are ours alone, never begun or ended behind our back.
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        if db.execute("PRAGMA schema_version").fetchone()[0] != 0:
            # Before anything is changed, so that a file of another program stays as it is.
            _check_version(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        _bring_up(db, path)
    except BaseException:
        db.close()
        raise
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing; the right to write is taken at the start, so no other writer comes in between.

    Inside another transaction it is a part of it that can fail alone.
    """
    inside = db.in_transaction
    db.execute("SAVEPOINT part" if inside else "BEGIN IMMEDIATE")
    try:
        yield
        db.execute("RELEASE part" if inside else "COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK TO part" if inside else "ROLLBACK")
        raise


@contextmanager
def bulk(db: sqlite3.Connection) -> Iterator[None]:
    """Do much of it or nothing, several times as fast: one transaction, indexes and full text made at its end.

    Only what is written by ``kb/rows.py`` belongs into it: the CHECKs of the tables, which ``kb/facts.py`` has made
    already, are passed over.  In a base that holds measurements it is a transaction like any other, since there the
    indexes would be made of everything anew.
    """
    if db.execute("SELECT EXISTS (SELECT 1 FROM measurements)").fetchone()[0]:
        with transaction(db):
            yield
        return
    db.execute("PRAGMA ignore_check_constraints = ON")
    try:
        with transaction(db):
            later = db.execute(_LATER).fetchall()
            for kind, name, _ in later:
                db.execute(f"DROP {kind} {name}")
            yield
            for _, _, text in later:
                db.execute(text)
            db.execute("INSERT INTO passages_text (passages_text) VALUES ('rebuild')")
    finally:
        db.execute("PRAGMA ignore_check_constraints = OFF")
    import sqlite_utils  # here, because it takes a second

    whole = sqlite_utils.Database(db, execute_plugins=False)
    whole.table("passages_text").optimize()
    whole.analyze()


# Indexes that no ingestion looks anything up by, and what keeps the full text.
_LATER = """SELECT type, name, sql FROM sqlite_master
  WHERE sql IS NOT NULL AND (type = 'trigger' OR type = 'index' AND tbl_name IN (
    'measurements', 'evidence', 'experiments', 'passages', 'traits', 'coating_measurements', 'citations'))
  ORDER BY type, name"""


def _bring_up(db: sqlite3.Connection, path: Path) -> None:
    """Lay the schema in a new file; run the migrations in an old one."""
    if db.execute("PRAGMA schema_version").fetchone()[0] == 0:
        with transaction(db):
            # Another program may have laid it while this one waited for its turn.
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for text in split_statements((FOLDER / "tables.sql").read_text("utf-8")):
                    db.execute(text)
    version = _check_version(db, path)
    if version < SCHEMA_VERSION:
        migrate(db, path, version, SCHEMA_VERSION, FOLDER / "migrations")


def migrations(folder: Path) -> dict[int, Path]:
    """Give the migration files of a folder by the schema version they lead to.

    Examples
    --------
    >>> migrations(FOLDER / "migrations")[1].name
    '0001_first.sql'
    """
    found = (re.match(r"(\d{4})_\w+\.sql$", p.name) and p for p in folder.iterdir())
    return {int(p.name[:4]): p for p in sorted(p for p in found if p)}


def migrate(db: sqlite3.Connection, path: Path, old: int, new: int, folder: Path) -> Path:
    """Bring a base from one schema version to a later one, after laying a copy beside it; views are laid anew.

    Views hold no data: they are laid anew as ``tables.sql``, beside the folder of the migrations, has them.

    Returns
    -------
    Path
        The copy: ``kb.sqlite.v1.bak`` for a base of version 1.

    Raises
    ------
    BadBase
        Where a step is missing.
    """
    steps = migrations(folder)
    missing = [n for n in range(old + 1, new + 1) if n not in steps]
    if missing:
        raise BadBase(f"{path} has schema version {old} and no way leads to {missing[0]}; make it anew with kb ingest")
    copy = path.with_name(f"{path.name}.v{old}.bak")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(copy) as other:
        db.backup(other)
    other.close()
    db.execute("PRAGMA foreign_keys = OFF")  # no effect inside a transaction, and tables may be remade in one
    try:
        with transaction(db):
            for (view,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
                db.execute(f"DROP VIEW {view}")
            for number in range(old + 1, new + 1):
                for text in split_statements(steps[number].read_text("utf-8")):
                    db.execute(text)
            for text in split_statements((FOLDER / "tables.sql").read_text("utf-8")):
                if _VIEW.search(text):
                    db.execute(text)
            _lay_views(db, folder.parent / "tables.sql")
            broken = len(db.execute("PRAGMA foreign_key_check").fetchall())
            reached = db.execute("PRAGMA user_version").fetchone()[0]
            if broken or reached != new:
                message = f"{path}: the migration to schema {new} reached {reached} with {broken} broken references"
                raise BadBase(f"{message}; the base is as it was, report this")
    finally:
        db.execute("PRAGMA foreign_keys = ON")
    return copy


def _lay_views(db: sqlite3.Connection, tables: Path) -> None:
    for text in split_statements(tables.read_text("utf-8")):
        if view := re.search(r"^CREATE VIEW (\w+)", text, re.MULTILINE):
            db.execute(f"DROP VIEW IF EXISTS {view[1]}")
            db.execute(text)
