"""SQL of the operator's own, on a base opened for reading: parameters, limits of rows and time, errors in words."""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.named import SQL, named
from kb.tabular import ROWS_SHOWN, Tabular
from schema.errors import BadSQL, ReadOnly, did_you_mean

if TYPE_CHECKING:
    from rich.console import RenderableType

ONLY_READING = "write a SELECT; facts enter a base through kb ingest only"
_OPCODES_BETWEEN_LOOKS = 20_000
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Table(Tabular):
    """The answer to a query.

    Attributes
    ----------
    columns : their names, as SQLite gives them
    rows : one tuple a row
    cut : True where there are more rows than were asked for
    late : True where the time was over before all rows had come
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    cut: bool = False
    late: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns with equal names told apart: a, a_2."""
        out: list[str] = []
        for column in self.columns:
            number = 1
            name = column
            while name in out:
                number += 1
                name = f"{column}_{number}"
            out.append(name)
        return tuple(out)

    def records(self) -> list[dict[str, Any]]:
        """Give the rows as dicts by :attr:`names`."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def parts(self) -> Iterator[RenderableType]:
        """Give the first rows as a table."""
        from rich.text import Text

        from kb.printing import plain_table

        yield plain_table(self.columns, self.rows[:ROWS_SHOWN])
        if self.cut or self.late or len(self.rows) > ROWS_SHOWN:
            more = " and there are more" if self.cut or self.late else ""
            yield Text(f"The first {min(ROWS_SHOWN, len(self.rows))} of {len(self.rows)} rows{more}.", "dim")

    def _names(self) -> list[str]:
        return list(self.names)


def run(
    connection: sqlite3.Connection,
    text: str,
    parameters: Mapping[str, Any] | None = None,
    limit: int | None = None,
    seconds: float | None = None,
) -> Table:
    """Run one reading statement.

    Parameters
    ----------
    connection : opened for reading by :func:`kb.connection.open_base`, whose authorizer refuses what writes
    text : one statement, with parameters as ``:name``
    limit : rows at most; None for all
    seconds : time at most; the rows that came until then are given; None for no limit

    Raises
    ------
    ReadOnly
        Where the statement would write, or gives no rows by its nature.
    BadSQL
        Where SQLite does not take it: a syntax error, an unknown name, a missing parameter, several statements.

    Examples
    --------
    >>> run(sqlite3.connect(":memory:"), "SELECT :a + 1 AS b", {"a": 1})
    Table(columns=('b',), rows=[(2,)], cut=False, late=False)
    """
    end = None if seconds is None else time.monotonic() + seconds
    # Also lets Ctrl-C through during a long query: signals are handled when SQLite calls back.
    connection.set_progress_handler(lambda: int(end is not None and time.monotonic() > end), _OPCODES_BETWEEN_LOOKS)
    rows: list[tuple[Any, ...]] = []
    late = False
    try:
        cursor = _begun(connection, text, parameters)
        try:
            rows.extend(cursor if limit is None else itertools.islice(cursor, limit + 1))
        except sqlite3.OperationalError as error:
            late = _is_late(error, end)
            if not late:
                raise
    except _MISTAKES as error:
        if isinstance(error, sqlite3.OperationalError) and _is_late(error, end):
            return Table((), [], late=True)  # before the first row
        raise _explained(error, connection) from error
    finally:
        connection.set_progress_handler(None, 0)
    cut = limit is not None and len(rows) > limit
    return Table(_columns(cursor), rows[:limit] if cut else rows, cut, late)


class Result:
    """Rows of one reading statement, read only as far as they are wanted; any thread may ask, one at a time.

    Parameters
    ----------
    connection : as for :func:`run`; nobody else may use it until the result is read or let go
    text, parameters : as for :func:`run`

    Attributes
    ----------
    names : the columns, those with equal names told apart
    rows : those read so far
    whole : True where there are no more

    Raises
    ------
    ReadOnly, BadSQL
        As :func:`run` does.

    Examples
    --------
    >>> found = Result(sqlite3.connect(":memory:"), "VALUES (1), (2), (3)")
    >>> found.upto(2), found.whole, found.upto(9), found.whole
    ([(1,), (2,)], False, [(1,), (2,), (3,)], True)
    """

    def __init__(self, connection: sqlite3.Connection, text: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._db = connection
        self._lock = threading.Lock()
        try:
            self._cursor = _begun(connection, text, parameters)
        except _MISTAKES as error:
            raise _explained(error, connection) from error
        self.names = Table(_columns(self._cursor), []).names
        self.rows: list[tuple[Any, ...]] = []
        self.whole = False

    def upto(self, number: int) -> list[tuple[Any, ...]]:
        """Read until so many rows are there, or all; give those; KeyboardInterrupt where it was interrupted."""
        with self._lock:
            try:
                while not self.whole and len(self.rows) < number:
                    # In steps: what was read before an interruption stays.
                    step = list(itertools.islice(self._cursor, min(number - len(self.rows), _ROWS_AT_ONCE)))
                    self.rows.extend(step)
                    self.whole = not step
            except _MISTAKES as error:
                raise _explained(error, self._db) from error
            return self.rows[:number]

    def records(self) -> Iterator[dict[str, Any]]:
        """Give all rows as dicts by :attr:`names`, without keeping those that were not read before."""
        with self._lock:
            for row in itertools.chain(self.rows, self._cursor):
                yield dict(zip(self.names, row, strict=True))


_MISTAKES = (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError, OverflowError)


def _begun(connection: sqlite3.Connection, text: str, parameters: Mapping[str, Any] | None) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    cursor.execute(text, parameters or {})
    if cursor.description is None:
        if connection.in_transaction:
            connection.rollback()
        what = "gives no rows" if text.strip() else "is empty"
        raise ReadOnly(f"this SQL {what}: {ONLY_READING}")
    return cursor


def _columns(cursor: sqlite3.Cursor) -> tuple[str, ...]:
    return tuple(d[0] for d in cursor.description)


def _is_late(error: sqlite3.OperationalError, end: float | None) -> bool:
    return str(error) == "interrupted" and end is not None and time.monotonic() > end


def _explained(error: Exception, connection: sqlite3.Connection) -> BadSQL | ReadOnly | KeyboardInterrupt:
    reason = str(error)
    if reason == "interrupted":
        return KeyboardInterrupt()
    if re.search("not authorized|authorization denied|prohibited|readonly", reason):
        return ReadOnly(f"this SQL does more than read, so it is refused: {ONLY_READING}")
    if "one statement at a time" in reason:
        return BadSQL("several statements at once; give one, without a ; inside")
    if match := re.search(r"binding (?:parameter )?:?(\w+)", reason):
        return BadSQL(f"the parameter :{match[1]} has no value; give it with --param {match[1]}=VALUE")
    hint = ""
    if match := re.match(r"no such (table|column): (?:\w+\.)?(\w+)", reason):
        names = connection.execute(_NAMES[match[1]]).fetchall()
        hint = did_you_mean(match[2], {str(row[0]) for row in names}) or "; begin with: SELECT * FROM measurement_view"
    return BadSQL(f"SQLite does not take this: {reason}{hint}")


_NAMES = {
    "table": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')",
    "column": "SELECT c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c",
}


def named_or_plain(text: str) -> tuple[str, dict[str, Any]]:
    """Give the SQL behind ``@name`` with the defaults of its parameters; any other text as it is.

    Raises
    ------
    UnknownQuery
        Where nothing goes by that name.
    """
    if not text.startswith("@"):
        return text, {}
    found = named(text[1:].strip(), SQL)
    return found.text, {name: read_value(value) for name, value in found.defaults.items()}


def plain_text(text: str) -> str:
    """Give a statement without the semicolon at its end, and without comments there.

    Examples
    --------
    >>> plain_text("SELECT 1 ; -- all of it")
    'SELECT 1'
    """
    while True:
        shorter = re.sub(r"(?:;|--[^\n']*|/\*[^']*\*/)\Z", "", text.rstrip())
        if shorter == text:
            return text
        text = shorter


def read_value(text: str) -> int | float | str:
    """Give the value of a parameter: what reads as a number is one.

    Examples
    --------
    >>> read_value("98"), read_value("0.5"), read_value("PVDF")
    (98, 0.5, 'PVDF')
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
