"""What ``tables.sql`` says of its tables and views, read from its comments: each column's type, unit and meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from schema.errors import UnknownName, did_you_mean
from schema.statements import FOLDER

_BLOCK = re.compile(
    r"(?P<above>(?:^-- [^\n]*\n)*)^CREATE (?P<kind>TABLE|VIEW|VIRTUAL TABLE) (?P<name>\w+)(?P<body>.*?);\n",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"^(?P<code>.*?)\s*-- \[(?P<unit>[^\]]+)\] (?P<meaning>.*)$")
_OF_VIEW = re.compile(r"^\s*(?:(?P<source>[a-z]\.\w+) AS (?P<name>\w+)|.*\) AS (?P<made>\w+)|(?P<listed>\w+)),?$")
_OF_TABLE = re.compile(r"^\s*(?P<name>[a-z]\w*)(?: (?P<type>TEXT|INTEGER|REAL|BLOB))?\b")
_REFERS = re.compile(r"REFERENCES (\w+)")


@dataclass(frozen=True)
class Column:
    """A column of a table or view.

    Attributes
    ----------
    type : TEXT, INTEGER, REAL or BLOB; "" in a view
    unit : as in the comment: "id", "text", "JSON", "1" (a pure number), "mA/cm^2", ...
    refers_to : the table whose row it names; "" where it names none
    source : of a column of measurement_view, the column it is: "m.value"; "" where it is computed
    """

    name: str
    type: str
    unit: str
    meaning: str
    refers_to: str = ""
    source: str = ""


@dataclass(frozen=True)
class Table:
    """A table or view with its columns, in their order; ``kind`` is "table" or "view"."""

    name: str
    kind: str
    meaning: str
    columns: tuple[Column, ...]


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """Give the tables and views of the newest schema, in the order of the file.

    Examples
    --------
    >>> tables()["experiments"].columns[6]
    Column(name='current_density_mA_cm2', type='REAL', unit='mA/cm^2', meaning='of plating or stripping', \
refers_to='', source='')
    >>> next(c.refers_to for c in tables()["measurements"].columns if c.name == "experiment_id")
    'experiments'
    """
    found = {}
    for block in _BLOCK.finditer((FOLDER / "tables.sql").read_text("utf-8")):
        kind = "view" if block["kind"] == "VIEW" else "table"
        columns = filter(None, (_column(line, kind) for line in block["body"].splitlines()))
        meaning = " ".join(line.removeprefix("-- ").strip() for line in block["above"].splitlines())
        found[block["name"]] = Table(block["name"], kind, meaning, tuple(columns))
    return found


def _column(line: str, kind: str) -> Column | None:
    comment = _COMMENT.match(line)
    if comment is None:
        return None
    if kind == "view":
        code = _OF_VIEW.match(comment["code"])
        if code is None:
            return None
        name = code["name"] or code["made"] or code["listed"]
        return Column(name, "", comment["unit"], comment["meaning"], source=code["source"] or "")
    code = _OF_TABLE.match(comment["code"])
    if code is None:
        return None
    refers = _REFERS.search(comment["code"])
    return Column(code["name"], code["type"] or "", comment["unit"], comment["meaning"], refers[1] if refers else "")


def chosen(name: str = "") -> tuple[Table, ...]:
    """Give the table of a name, all where none is given.

    Raises
    ------
    UnknownName
        Where there is none of that name.
    """
    if not name:
        return tuple(tables().values())
    if name not in tables():
        hint = did_you_mean(name, tables()) or f"; there are {', '.join(tables())}"
        raise UnknownName(f"no table {name!r}{hint}")
    return (tables()[name],)


def diagram(wanted: Iterable[Table]) -> str:
    """Draw the tables, with what refers to what, as a Mermaid entity-relationship diagram.

    Examples
    --------
    >>> print(diagram([tables()["evidence"]]).splitlines()[1])
      measurements ||--o{ evidence : "measurement_id"
    """
    drawn = [t for t in wanted if t.kind == "table"]
    lines = ["erDiagram"]
    for table in drawn:
        for column in table.columns:
            if column.refers_to:
                lines.append(f'  {column.refers_to} ||--o{{ {table.name} : "{column.name}"')
    for table in drawn:
        lines.append(f"  {table.name} {{")
        lines.extend(f'    {c.type or "TEXT"} {c.name} "{c.unit}"' for c in table.columns)
        lines.append("  }")
    return "\n".join(lines) + "\n"
