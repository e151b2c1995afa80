"""Opens the file of a base: makes it, checks that it is ours, brings it to the newest schema, guards reading."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.guard import UNTRUSTED_CELL, check_schema, check_untrusted, set_defensive, set_guards
from kb.migrations import migrate, schema_version
from kb.transactions import bulk, transaction
from schema.errors import BadBase
from schema.statements import FOLDER, split_statements

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "bulk", "explained", "open_base", "transaction"]

APPLICATION_ID = 0x4C694B42
SCHEMA_VERSION = 7
BUSY_SECONDS = 30.0
CACHE_KIB = 64 * 1024
MAPPED = 2**31 - 1  # bytes of the file that may be read without a copy; SQLite takes what the system gives

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


def open_base(
    path: str | Path,
    read_only: bool = True,
    untrusted: bool = False,
    on_migrated: Callable[[Path], None] | None = None,
) -> sqlite3.Connection:
    """Open a base; for writing it is made where there is none, and migrated where it is of an older schema.

    Rows come as :class:`sqlite3.Row`.  A connection for reading cannot write: not this file, not another one.

    Parameters
    ----------
    path : the file
    read_only : open for reading only
    untrusted : read the whole file first, whether it is sound (``kb/guard.py``)
    on_migrated : called where it was migrated, with the copy of what it was

    Raises
    ------
    BadBase
        Where there is no such file (reading) or folder (writing), or the file is no base of ours, is damaged, comes
        from a newer program, from an older one (reading), is held by another writer for half a minute, or holds tables,
        views or triggers that this program does not make.

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
        try:
            return _open_reading(path, untrusted) if read_only else _open_writing(path, untrusted, on_migrated)
        except UnicodeDecodeError as error:  # in what SQLite says of a schema that is no text
            raise sqlite3.DatabaseError("malformed schema") from error


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's complaints about a file into ones that name the file and the remedy."""
    remedy = f"restore a copy, save what can be read with kb recover {path} NEW, or make it anew with kb ingest"
    try:
        yield
    except sqlite3.OperationalError as error:
        if re.search("decode to UTF-8|unsupported file format", str(error)):
            raise BadBase(f"{path} is damaged (text or header is none); {remedy}") from error
        if "locked" in str(error) or "busy" in str(error):
            raise BadBase(f"{path} is held by another program that writes; run it again when that is done") from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise BadBase(f"{path} cannot be opened ({error}); check the rights on the file and its folder") from error
        if "full" in str(error) or "disk I/O" in str(error):
            message = f"{path}: {error}; free some space and run it again: what was done before stands"
            raise BadBase(message) from error
        raise
    except OSError as error:
        # A file beside the base, which may be what no more fits.
        if error.errno == errno.ENOSPC:
            message = f"{path}: {error.strerror}; free some space and run it again: what was done before stands"
            raise BadBase(message) from error
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            what = f"{path} is not an SQLite file, so it is no base"
            raise BadBase(f"{what}; name another, or make one: kb ingest FOLDER --db NEW") from error
        corrupt = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
        if corrupt or "malformed" in str(error) or "vtable constructor failed" in str(error):
            told = " ".join(str(error).split())  # what it cites may have lines
            raise BadBase(f"{path} is damaged ({told}); {remedy}") from error
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
    # Its bytes are left to SQLite: whoever opens and closes the file beside it gives up the locks that this process has
    # on it (POSIX), and another writer that ends would then take away the log that ours still writes to.
    if path.stat().st_size == 0 and read_only:
        raise BadBase(f"{path} is empty, so it is no base; name another, or make one: kb ingest FOLDER --db NEW")


def _check_version(db: sqlite3.Connection, path: Path) -> int:
    """Give the schema version of a file, after seeing that it is ours and not of a newer program."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = schema_version(db)
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


def _open_reading(path: Path, untrusted: bool) -> sqlite3.Connection:
    db = sqlite3.connect(
        reading_uri(path), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        version = _check_version(db, path)
        if version < SCHEMA_VERSION:
            message = f"{path} has the older schema version {version}; bring it up with: kb ingest FOLDER --db {path}"
            raise BadBase(f"{message} (a copy is laid beside it first)")
        set_guards(db)
        check_schema(db, path, FOLDER / "tables.sql")
        db.execute("PRAGMA query_only = ON")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute(f"PRAGMA mmap_size = {MAPPED}")
        if untrusted:
            check_untrusted(path)
            db.execute("PRAGMA mmap_size = 0")
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, UNTRUSTED_CELL)
    except BaseException:
        db.close()
        raise
    db.row_factory = sqlite3.Row
    # SQLite declares a table-valued function at its first use, which looks to the authorizer like writing.
    for first_use in _TABLE_FUNCTIONS:
        db.execute(first_use).fetchall()
    set_defensive(db)
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


def _open_writing(path: Path, untrusted: bool, on_migrated: Callable[[Path], None] | None) -> sqlite3.Connection:
    # isolation_level None: the transactions are ours alone, never begun or ended behind our back.
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        made = db.execute("PRAGMA schema_version").fetchone()[0] != 0
        # Before anything is changed, so that a file of another program stays as it is.
        if made and _check_version(db, path) == SCHEMA_VERSION:
            check_schema(db, path, FOLDER / "tables.sql")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if not made:
            _lay(db)
        if untrusted:
            check_untrusted(path)
        if _check_version(db, path) < SCHEMA_VERSION:
            copy = migrate(db, path, SCHEMA_VERSION, FOLDER / "migrations")
            if copy is not None and on_migrated is not None:
                on_migrated(copy)
        set_guards(db)
        set_defensive(db)
    except BaseException:
        db.close()
        raise
    db.row_factory = sqlite3.Row
    return db


def _lay(db: sqlite3.Connection) -> None:
    """Lay the schema in a new file."""
    with transaction(db):
        # Another program may have laid it while this one waited for its turn.
        if schema_version(db) == 0:
            for text in split_statements((FOLDER / "tables.sql").read_text("utf-8")):
                db.execute(text)
