"""Full text: words are looked for in the passages of a base, and marked where they are found."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from schema.statements import statement

_PART = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
_WORDS = re.compile(r"\w+")
BEGIN, END = "\ue000", "\ue001"  # private characters, which no clean text holds: marks that cannot be mistaken


def words_query(text: str) -> str:
    """Give the FTS5 query for a search as people write one; "" where it names no word.

    All words have to stand in the passage; ``"a phrase"`` as it is; ``OR`` between words; ``dendrit*`` for any end.

    Examples
    --------
    >>> words_query("artificial SEI"), words_query('"artificial SEI" OR coating*')
    ('"artificial" "SEI"', '"artificial SEI" OR "coating" *')
    >>> words_query("Li|Cu cells"), words_query("?")
    ('"Li Cu" "cells"', '')
    """
    parts: list[str] = []
    for match in _PART.finditer(text):
        if match["word"] == "OR":
            if parts and parts[-1] != "OR":
                parts.append("OR")
            continue
        # What is no letter or digit parts words in the index too: a word with such in it is a phrase there.
        words = _WORDS.findall(match["phrase"] if match["word"] is None else match["word"])
        if words:
            parts.append('"' + " ".join(words) + '"' + (" *" if match[0].endswith("*") else ""))
    return " ".join(parts[:-1] if parts and parts[-1] == "OR" else parts)


def search(
    db: sqlite3.Connection, text: str, limit: int | None = None, offset: int = 0, removed: bool = False
) -> list[dict[str, Any]]:
    """Find passages by their words, the best first.

    Parameters
    ----------
    text : as :func:`words_query` takes it; that it names a word is the caller's to see to
    removed : also those of papers that were removed (``kb remove``)

    Returns
    -------
    list of dict
        ``passage_id``, ``document_id``, ``source``, ``doi``, ``removed`` (whether its paper is), ``section``, ``page``,
        ``kind``, ``text``, ``hits`` (what was found in the text: pairs of start and end), ``measurements`` (ids of
        those that stand in it).
    """
    asked = {"query": words_query(text), "begin": BEGIN, "end": END, "limit": -1 if limit is None else limit,
             "removed": removed}  # fmt: skip
    if not asked["query"]:
        return []
    return [_read(dict(row)) for row in db.execute(statement("search"), {**asked, "offset": offset})]


def search_count(db: sqlite3.Connection, text: str, removed: bool = False) -> int:
    """Count the passages that :func:`search` finds; those of removed papers alone where asked for these."""
    asked = {"query": words_query(text), "removed": removed}
    return int(db.execute(statement("search_count"), asked).fetchone()[0]) if asked["query"] else 0


def _read(row: dict[str, Any]) -> dict[str, Any]:
    marked = row.pop("marked")
    hits, place = [], 0
    for part in re.findall(f"{BEGIN}[^{END}]*{END}|[^{BEGIN}]+", marked):
        length = len(part.strip(BEGIN + END))
        if part.startswith(BEGIN):
            hits.append((place, place + length))
        place += length
    ids = row.pop("ids")
    return {
        **row,
        "removed": bool(row["removed"]),
        "hits": hits,
        "measurements": [int(n) for n in ids.split(",")] if ids else [],
    }
