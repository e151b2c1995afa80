"""Brings a base to the newest schema, after laying a copy beside it; ``schema/migrations`` has the steps."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

from kb.guard import check_before_migration, check_schema
from kb.transactions import transaction
from schema.errors import BadBase
from schema.statements import split_statements

_VIEW = re.compile(r"^CREATE VIEW\b", re.MULTILINE)


def migrations(folder: Path) -> dict[int, Path]:
    """Give the migration files of a folder by the schema version they lead to.

    Examples
    --------
    >>> from schema.statements import FOLDER
    >>> migrations(FOLDER / "migrations")[1].name
    '0001_first.sql'
    """
    found = (re.match(r"(\d{4})_\w+\.sql$", p.name) and p for p in folder.iterdir())
    return {int(p.name[:4]): p for p in sorted(p for p in found if p)}


def schema_version(db: sqlite3.Connection) -> int:
    """Give the version of the schema that a base has."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, path: Path, new: int, folder: Path) -> Path | None:
    """Bring a base to a later schema version, all of it or not at all.

    Views hold no data: they are laid anew as ``tables.sql``, beside the folder of the migrations, has them.

    Parameters
    ----------
    db : open for writing
    new : the version to reach
    folder : the migrations

    Returns
    -------
    Path or None
        The copy of the base as it was: ``kb.sqlite.v1.bak`` for one of version 1; it is kept, and never takes the place
        of another one.  None where the base has that version already.

    Raises
    ------
    BadBase
        Where a step is missing, there is no room for the copy, the base holds what is not ours, or a step fails; the
        base is as it was.
    """
    steps = migrations(folder)
    db.execute("PRAGMA foreign_keys = OFF")  # no effect inside a transaction, and tables may be remade in one
    try:
        # From here on nobody else writes: the copy is of what is brought up, and nobody brings it up a second time.
        with transaction(db):
            old = schema_version(db)
            missing = [n for n in range(old + 1, new + 1) if n not in steps]
            if missing:
                message = f"{path} has schema version {old} and no way leads to {missing[0]}"
                raise BadBase(f"{message}; make it anew with kb ingest")
            if old >= new:
                return None
            check_before_migration(db, path, folder.parent / "tables.sql")
            copy = _copy(path, old, new)
            _take_steps(db, [steps[n] for n in range(old + 1, new + 1)], folder.parent / "tables.sql")
            broken = len(db.execute("PRAGMA foreign_key_check").fetchall())
            if broken or schema_version(db) != new:
                reached = schema_version(db)
                message = f"{path}: the migration to schema {new} reached {reached} with {broken} broken references"
                raise BadBase(f"{message}; the base is as it was, report this")
            check_schema(db, path, folder.parent / "tables.sql")
    finally:
        db.execute("PRAGMA foreign_keys = ON")
    return copy


def _take_steps(db: sqlite3.Connection, steps: list[Path], tables: Path) -> None:
    for (view,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        db.execute('DROP VIEW "%s"' % view.replace('"', '""'))  # noqa: UP031 - a name cannot be a parameter
    for step in steps:
        for text in split_statements(step.read_text("utf-8")):
            db.execute(text)
    for text in split_statements(tables.read_text("utf-8")):
        if _VIEW.search(text):
            db.execute(text)


def _copy(path: Path, old: int, new: int) -> Path:
    """Lay a copy beside a base; it has its name only when it is whole."""
    with_log = path.with_name(path.name + "-wal")
    size = path.stat().st_size + (with_log.stat().st_size if with_log.exists() else 0)
    free = shutil.disk_usage(path.parent).free
    if free < 2 * size:  # as much again is written beside the base until the migration is done
        message = f"{path} is to be brought from schema {old} to {new}, a copy of it kept beside it"
        raise BadBase(
            f"{message}: that takes {2 * size / 1e6:.0f} MB and {free / 1e6:.0f} MB are free; free some space"
        )
    copy = path.with_name(f"{path.name}.v{old}.bak")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.v{old}.{number}.bak")
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    source = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
    target = sqlite3.connect(part)
    try:
        source.backup(target)
        # Without a log beside it the copy is one file, whole wherever it is moved.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()
        source.close()
    return part.replace(copy)
