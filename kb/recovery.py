"""Saves what can be read of a damaged base into a new one: row by row, over what is broken, and only what is sound.

Nothing is taken on trust: the schema is ours, each row has to keep the rules of its table, what it refers to has to be
there, and the number of a measurement has to stand where its evidence says.
"""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kb.connection import open_base
from kb.transactions import transaction
from schema.errors import BadBase, BadOutput
from schema.statements import statement

RECOVERED = "recovered"  # the extractor version of documents that are to be mined again
LAST_ROW = 2**48  # where a search for readable rows gives up: no base gives such numbers
_MAGIC = b"SQLite format 3\0"
_PAGE = 4096  # [bytes] SQLite's default, which every base of ours has
_INNER_PAGE = 5
_BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where the name of a column is
_PAGE_SIZES = frozenset(2**n for n in range(9, 16))

Row = tuple[Any, ...]


@dataclass
class Saved:
    """What was saved of one table.

    Attributes
    ----------
    table : its name
    rows : how many stand in the new base
    unreadable : ranges of row numbers, both ends included, in which nothing could be read; (None, None) where the whole
        table could not, or a part of one that has no row numbers
    left_out : rows that were read and not taken, by reason
    older : whether it lacks columns of today's schema
    """

    table: str
    rows: int = 0
    unreadable: list[tuple[int | None, int | None]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    older: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing of it was lost, or is missing."""
        return not (self.unreadable or self.left_out or self.older)


def recover(broken: str | Path, new: str | Path) -> list[Saved]:
    """Save what can be read of a base into a new one; the old one is not touched.

    Where anything is lost, the documents count as mined by another extractor, so that the next ingestion of their files
    mines them anew.

    Parameters
    ----------
    broken : the base; a log beside it (``-wal``) is read with it
    new : a file that is not there yet

    Returns
    -------
    list of Saved
        One for each table of the schema.

    Raises
    ------
    BadBase
        Where there is no such file, or it holds none of our tables.
    BadOutput
        Where the new file is there.

    Examples
    --------
    >>> with TemporaryDirectory() as folder:
    ...     open_base(folder + "/old.sqlite", read_only=False).close()
    ...     saved = recover(folder + "/old.sqlite", folder + "/new.sqlite")
    >>> all(table.whole for table in saved)
    True
    """
    broken, new = Path(broken), Path(new)
    if not broken.is_file():
        raise BadBase(f"no file {broken}; name the base to be recovered")
    if new.exists():
        raise BadOutput(f"{new} is there already; name a new file, so that nothing is overwritten")
    if not new.parent.is_dir():
        raise BadOutput(f"no folder {new.parent} to make {new.name} in; create it first")
    part = new.with_name(new.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with TemporaryDirectory(dir=new.parent, prefix=".kb-recover-") as folder:
            copy = _copied(broken, Path(folder, "copy.sqlite"))
            db = open_base(part, read_only=False)
            try:
                if not _has_schema(copy, _tables(db)):
                    _lay_schema(copy, db.serialize())
                with closing(_opened(copy)) as source:
                    saved = _recover(source, db, broken)
            finally:
                db.close()
        part.replace(new)
    finally:
        part.unlink(missing_ok=True)
    return saved


def _copied(broken: Path, copy: Path) -> Path:
    shutil.copyfile(broken, copy)
    log = broken.with_name(broken.name + "-wal")
    if log.exists():
        shutil.copyfile(log, copy.with_name(copy.name + "-wal"))
    _heal_header(copy, log.exists())
    return copy


def _opened(copy: Path) -> sqlite3.Connection:
    db = sqlite3.connect(copy, isolation_level=None)
    db.text_factory = bytes  # what is no text is met where it is decoded, a row at a time
    # Lets SQLite open what has a broken schema, or ends before its last page.
    db.execute("PRAGMA writable_schema = ON")
    return db


def _heal_header(copy: Path, log: bool) -> None:
    """Give the first hundred bytes the values that they have in every base of ours (SQLite file format, 1.3)."""
    size = copy.stat().st_size
    with copy.open("r+b") as file:
        head = bytearray(file.read(100).ljust(100, b"\0"))
        page = struct.unpack_from(">H", head, 16)[0]
        page = page if page in _PAGE_SIZES else _PAGE
        kind = 2 if log else 1
        struct.pack_into(">16sHBBBBBB", head, 0, _MAGIC, page, kind, kind, 0, 64, 32, 32)
        struct.pack_into(">III", head, 28, size // page, 0, 0)  # pages, none of them free
        struct.pack_into(">II", head, 44, 4, 0)  # schema format, cache size
        struct.pack_into(">II", head, 52, 0, 1)  # no auto-vacuum, UTF-8
        struct.pack_into(">I", head, 64, 0)
        head[92:96] = head[24:28]  # so that the number of pages holds
        file.seek(0)
        file.write(head)


def _has_schema(copy: Path, tables: Sequence[str]) -> bool:
    """Say whether the schema of a copy can be read, with all tables of ours."""
    with closing(_opened(copy)) as db:
        try:
            for table in tables:
                db.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - a table of ours
        except _BROKEN:
            return False
    return True


def _lay_schema(copy: Path, fresh: bytes) -> None:
    """Lay the pages of a new base's schema over those of a copy whose own cannot be read.

    A base that was made by this version, and never vacuumed, has its schema and the roots of its tables on the same
    pages as a new one.  Of another, nothing sound comes of it: rows of one table are none of another.
    """
    with copy.open("r+b") as file:
        head = file.read(100)
        if head[60:64] != fresh[60:64] or struct.unpack_from(">H", head, 16)[0] != _PAGE:
            return
        for page in schema_pages(fresh):
            file.seek((page - 1) * _PAGE)
            file.write(head + fresh[100:_PAGE] if page == 1 else fresh[(page - 1) * _PAGE : page * _PAGE])


def schema_pages(fresh: bytes) -> list[int]:
    """Give the pages of a file's schema: the first one and, where that is an inner page, those below (1.6)."""
    kind, _, cells, _, _, last = struct.unpack_from(">BHHHBI", fresh, 100)
    if kind != _INNER_PAGE:
        return [1]
    places = struct.unpack_from(f">{cells}H", fresh, 112)
    return [1, *(struct.unpack_from(">I", fresh, place)[0] for place in places), last]


def _recover(source: sqlite3.Connection, db: sqlite3.Connection, broken: Path) -> list[Saved]:
    found = {name: Saved(name) for name in _tables(db)}
    read = 0
    db.execute("PRAGMA foreign_keys = OFF")
    with transaction(db):
        for saved in found.values():
            read += _copy_table(source, db, saved)
        if not read and not all(saved.whole for saved in found.values()):
            raise BadBase(f"nothing of {broken} can be read as a base; restore a copy, or make it anew: kb ingest")
        _make_sound(db, found)
        for saved in found.values():
            saved.rows = _count(db, saved.table)
        if not all(saved.whole for saved in found.values()):
            db.execute("UPDATE documents SET extractor_version = ?", (RECOVERED,))
            db.execute("DELETE FROM audited")  # what was found rests on facts that may be lost
    db.execute("PRAGMA foreign_keys = ON")
    # One file, not to be taken for whole without its log.
    db.execute("PRAGMA journal_mode = DELETE")
    return list(found.values())


def _tables(db: sqlite3.Connection) -> list[str]:
    """Give the tables that hold rows of their own, as the schema lays them."""
    listed = db.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
    kinds = dict(listed.fetchall())
    laid = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in laid if kinds.get(name) == "table"]


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a table of ours


# Reading --------------------------------------------------------------------------------------------------------------


def _copy_table(source: sqlite3.Connection, db: sqlite3.Connection, saved: Saved) -> int:
    """Copy the rows of one table that can be read and that the new one takes; give how many were read."""
    table = saved.table
    laid = db.execute("SELECT name, pk, type FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    try:
        there = source.execute(f"PRAGMA table_xinfo({table})").fetchall()
    except _BROKEN:
        there = []
    # A column that computes is none of ours.
    known = {bytes(row[1]).decode("utf-8", "replace") for row in there if row[6] == 0}
    columns = [name for name, *_ in laid if name in known]
    if not columns:
        saved.unreadable.append((None, None))
        return 0
    saved.older = len(columns) < len(laid)
    numbered = not db.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (table,)).fetchone()[0]
    key = [name for name, place, _ in sorted(laid, key=lambda column: column[1]) if place]
    packed = [kind == "BLOB" for name, _, kind in laid if name in known]
    rows = _by_number(source, saved, columns) if numbered else _by_key(source, saved, columns, key)
    put = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    read = 0
    for row in rows:
        read += 1
        try:
            told = zip(row, packed, strict=True)
            db.execute(put, [v.decode("utf-8") if isinstance(v, bytes) and not as_is else v for v, as_is in told])
        except UnicodeDecodeError:
            saved.left_out["text that is none"] += 1
        except (sqlite3.IntegrityError, OverflowError) as error:
            saved.left_out[_in_words(error)] += 1
    return read


def _in_words(error: Exception) -> str:
    told = str(error)
    for begun, words in (("CHECK", "a value that cannot be"), ("NOT NULL", "a value that is missing"),
                         ("UNIQUE", "the same twice"), ("cannot store", "a value of the wrong kind")):  # fmt: skip
        if told.startswith(begun):
            return words
    return told


def _by_number(source: sqlite3.Connection, saved: Saved, columns: Sequence[str]) -> Iterator[Row]:
    """Read a table from its first row number to its last, over what cannot be read."""
    text = f"SELECT rowid, {', '.join(columns)} FROM {saved.table} WHERE rowid >= ? ORDER BY rowid"  # noqa: S608
    begin: int | None = -LAST_ROW
    while begin is not None:
        last = begin - 1
        try:
            for number, *row in source.execute(text, (begin,)):
                if not last < number < LAST_ROW:
                    raise sqlite3.DatabaseError("row numbers out of order")
                last = number
                yield tuple(row)
            return
        except _BROKEN:
            begin = _next_readable(source, text, last + 1)
            saved.unreadable.append((max(last + 1, 1), None if begin is None else begin - 1))


def _next_readable(source: sqlite3.Connection, text: str, broken: int) -> int | None:
    """Find the first row number after a broken one from which a row can be read: strides that double, then halves."""

    def first(number: int) -> int | None:
        """Give the row number that is read from there; None where nothing can be."""
        try:
            row = source.execute(text + " LIMIT 1", (number,)).fetchone()
        except _BROKEN:
            return None
        return row[0] if row is not None and number <= row[0] < LAST_ROW else None

    low, stride = max(broken, 0), 1
    while low + stride < LAST_ROW and first(low + stride) is None:
        stride *= 2
    high = low + stride
    if high >= LAST_ROW:
        return None
    low = low + stride // 2
    while high - low > 1:
        middle = (low + high) // 2
        if first(middle) is None:
            low = middle
        else:
            high = middle
    return first(high)


def _by_key(source: sqlite3.Connection, saved: Saved, columns: Sequence[str], key: Sequence[str]) -> Iterator[Row]:
    """Read a table without row numbers from both ends."""
    seen: set[Row] = set()
    for way in ("ASC", "DESC"):
        order = ", ".join(f"{name} {way}" for name in key)
        try:
            for row in source.execute(f"SELECT {', '.join(columns)} FROM {saved.table} ORDER BY {order}"):  # noqa: S608
                if row not in seen:
                    seen.add(row)
                    yield row
            return
        except _BROKEN:
            if way == "DESC":
                saved.unreadable.append((None, None))


# What is read has to be sound ----------------------------------------------------------------------------------------


def _make_sound(db: sqlite3.Connection, found: dict[str, Saved]) -> None:
    """Drop what refers to what is lost, and facts whose number their evidence does not show."""
    papers = [row[0] for row in db.execute(statement("papers_that_are_lost"))]
    for number in papers:
        db.execute("INSERT INTO papers (id) VALUES (?)", (number,))
        db.execute(statement("refresh_paper"), {"id": number})
    _note(found["papers"], "lost, and named anew by their documents", len(papers))
    unshown = db.execute(statement("drop_unshown")).rowcount
    _note(found["measurements"], "the evidence does not show the number", unshown)
    dropped = True
    while dropped:
        unproved = db.execute(statement("drop_unproved")).rowcount
        _note(found["measurements"], "the evidence is lost", unproved)
        dropped = _cascade(db, found) or unproved > 0
    for table in ("experiment", "system", "material", "paper"):
        for (number,) in db.execute(f"SELECT id FROM {table}s").fetchall():  # noqa: S608
            db.execute(statement(f"drop_orphan_{table}"), {"id": number})
    # What goes with those is no loss: nothing is said of it.
    _cascade(db, {name: Saved(name) for name in found})


def _cascade(db: sqlite3.Connection, found: dict[str, Saved]) -> bool:
    """Drop what refers to what is not there, or unset the reference where it may be; say whether there was any."""
    dropped = 0
    for saved in found.values():
        for child, parent, own, nullable in _references(db, saved.table):
            change = f"UPDATE {saved.table} SET {child} = NULL" if nullable else f"DELETE FROM {saved.table}"  # noqa: S608
            where = f"{child} IS NOT NULL AND {child} NOT IN (SELECT {own} FROM {parent})"  # noqa: S608
            number = db.execute(f"{change} WHERE {where}").rowcount
            _note(saved, f"what it belongs to in {parent} is lost", number)
            dropped += number
    return dropped > 0


def _note(saved: Saved, reason: str, number: int) -> None:
    if number > 0:
        saved.left_out[reason] += number


def _references(db: sqlite3.Connection, table: str) -> list[tuple[str, str, str, bool]]:
    """Give the columns of a table that refer to another one, that one, its column, and whether NULL may stand there."""
    required = {row[0] for row in db.execute('SELECT name FROM pragma_table_info(?) WHERE "notnull" OR pk', (table,))}
    listed = db.execute('SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?)', (table,))
    return [
        (child, parent, own or "id", child not in required and on_delete != "CASCADE")
        for child, parent, own, on_delete in listed
    ]
