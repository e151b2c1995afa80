"""The named statements of ``sql/`` and its like, read once: SQL reads as SQL, in files."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def _statements(file: str = "sql/*") -> dict[str, str]:
    found = {}
    for path in FOLDER.glob(f"{file}.sql"):
        _, *parts = _NAME.split(path.read_text("utf-8"))
        found.update({name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)})
    return found


def statement(name: str, file: str = "sql/*") -> str:
    """Give the SQL of one named statement.

    Parameters
    ----------
    file : those in ``sql`` are of a base, a file a topic; ``differences`` of two, ``withholding`` of a copy, some of
        several statements

    Raises
    ------
    KeyError
        Where there is none of that name.

    Examples
    --------
    >>> statement("drop_document")
    'DELETE FROM documents WHERE id = :id;'
    """
    return _statements(file)[name]


def split_statements(script: str) -> Iterator[str]:
    """Split a script into its statements, with the comments before each.

    Examples
    --------
    >>> list(split_statements("SELECT ';'; -- one\\nSELECT 2;"))
    ["SELECT ';'; -- one", 'SELECT 2;']
    """
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        text = "\n".join(lines)
        if sqlite3.complete_statement(text) and not text.isspace():
            yield text
            lines = []
