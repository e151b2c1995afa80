"""The views of a base, and its lists of papers and documents, as CSV and Parquet, with type and unit of each column."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema.tables import Column, tables

if TYPE_CHECKING:
    import pyarrow

LISTS = ("papers", "documents")  # beside the views, which name their rows
LEFT_OUT = ("original",)  # whole texts are for the base alone
Rows = Sequence[tuple[Any, ...]]
ROWS_AT_ONCE = 10_000
# Of a column that a view takes over: what its table says; SQLite tells no type of what is computed.
_DECLARED = {"INTEGER": "integer", "REAL": "number", "TEXT": "string"}
_BY_UNIT = {"id": "integer", "year": "integer", "char": "integer", "0/1": "boolean", "text": "string"}


@dataclass(frozen=True)
class Field:
    """A column as the tables of a snapshot have it.

    Attributes
    ----------
    type : of Frictionless: integer, number, string, boolean, array, object
    unit, meaning : as ``schema/tables.sql`` says
    """

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Listing:
    """A table or view to be written: its name, what it is, its columns."""

    name: str
    meaning: str
    fields: tuple[Field, ...]

    @property
    def query(self) -> str:
        """The statement that reads it, in an order that is always the same."""
        names = ", ".join(field.name for field in self.fields)
        first = "id" if self.fields[0].name == "id" else names
        return f"SELECT {names} FROM {self.name} ORDER BY {first}"  # noqa: S608 - names of schema/tables.sql


def listings(db: sqlite3.Connection) -> list[Listing]:
    """Give what a snapshot writes as tables: the lists, then the views, as the newest schema has them."""
    out = []
    for table in tables().values():
        if table.kind != "view" and table.name not in LISTS:
            continue
        declared = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table.name})")}
        fields = (_field(c, declared.get(c.name, "")) for c in table.columns if c.name not in LEFT_OUT)
        out.append(Listing(table.name, table.meaning, tuple(fields)))
    return out


def _field(column: Column, declared: str) -> Field:
    kind = "array" if column.meaning.startswith("array") else "object"
    kind = kind if column.unit == "JSON" else _BY_UNIT.get(column.unit, "") if column.unit == "0/1" else ""
    kind = kind or _DECLARED.get(declared) or _BY_UNIT.get(column.unit, "string")
    return Field(column.name, kind, column.unit, column.meaning)


def batches(db: sqlite3.Connection, listing: Listing) -> Iterator[Rows]:
    """Give the rows of a listing as SQLite has them, some thousands at a time."""
    cursor = db.cursor()
    cursor.row_factory = None
    cursor.execute(listing.query)
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield rows


def write(db: sqlite3.Connection, listing: Listing, stem: Path, parquet: bool) -> None:
    """Write a listing as CSV, and as Parquet where asked for, in one reading.

    CSV is in UTF-8, with an empty cell for what is not known, and lists as JSON.  In Parquet lists are lists, and each
    column carries its unit and meaning as metadata.

    Parameters
    ----------
    stem : the path without its suffix
    """
    with ExitStack() as files:
        takers = [files.enter_context(_csv(stem.with_suffix(".csv"), listing.fields))]
        if parquet:
            takers.append(files.enter_context(_parquet(stem.with_suffix(".parquet"), listing.fields)))
        for rows in batches(db, listing):
            for take in takers:
                take(rows)


@contextmanager
def _csv(path: Path, fields: Sequence[Field]) -> Iterator[Callable[[Rows], Any]]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([field.name for field in fields])
        yield writer.writerows


@contextmanager
def _parquet(path: Path, fields: Sequence[Field]) -> Iterator[Callable[[Rows], Any]]:
    import pyarrow
    import pyarrow.parquet

    schema = _arrow_schema(fields)

    def take(rows: Rows) -> None:
        arrays = [
            pyarrow.array(_values(field, column), schema.field(field.name).type)
            for field, column in zip(fields, zip(*rows, strict=True), strict=True)
        ]
        writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))

    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield take


def _arrow_schema(fields: Sequence[Field]) -> pyarrow.Schema:
    import pyarrow

    kinds = {
        "integer": pyarrow.int64(), "number": pyarrow.float64(), "boolean": pyarrow.bool_(),
        "array": pyarrow.list_(pyarrow.string()),
    }  # fmt: skip
    return pyarrow.schema(
        pyarrow.field(f.name, kinds.get(f.type, pyarrow.string()), metadata={"unit": f.unit, "description": f.meaning})
        for f in fields
    )


def _values(field: Field, column: Sequence[Any]) -> Sequence[Any]:
    if field.type == "array":
        return [None if value is None else json.loads(value) for value in column]
    if field.type == "boolean":
        return [None if value is None else bool(value) for value in column]
    return column
