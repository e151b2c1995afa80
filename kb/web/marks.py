"""Passages with the numbers that were mined from them marked, as parts that a page puts together."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.words import number, place_of, quantity
from schema.statements import statement

_NUMBERED = re.compile(r"#(\d+)\b")


@dataclass(frozen=True)
class Part:
    """A piece of a text.

    Attributes
    ----------
    measurement : the id of what its number became; None of text between
    told : of a number, what it was read as
    """

    text: str
    measurement: int | None = None
    told: str = ""


def passage(db: sqlite3.Connection, id: int, measurement: int | None = None) -> dict[str, Any]:
    """Give a passage with its numbers; an empty dict where there is none of that id.

    Parameters
    ----------
    measurement : whose number comes first where two were read from the same characters

    Returns
    -------
    dict
        The columns of ``passages``, ``source``, ``paper_id``, ``doi``, ``title``; ``before_it`` and ``after_it`` (ids
        of its neighbours in the document, or None), ``parts``, and ``numbers`` (id, told, subject).
    """
    row = db.execute(statement("passage", "web"), {"id": id}).fetchone()
    if row is None:
        return {}
    numbers = [dict(n) for n in db.execute(statement("numbers_of_passage", "web"), {"id": id})]
    numbers.sort(key=lambda n: n["id"] != measurement)
    listed = [{**n, "told": said(n)} for n in sorted(numbers, key=lambda n: n["id"])]
    return {**dict(row), "parts": marked(row["text"], numbers), "numbers": listed}


def said(row: Mapping[str, Any]) -> str:
    """Say what was measured: metric and value."""
    return f"{row['metric']} {quantity(row['value'], row['value_max'], row['qualifier'], row['unit'])}"


def marked(text: str, numbers: Iterable[Mapping[str, Any]]) -> list[Part]:
    """Cut a text at its numbers; of two in the same characters the first is marked.

    Parameters
    ----------
    numbers : rows with ``id``, ``metric``, ``value``, ``value_max``, ``qualifier``, ``unit``, ``value_reported``,
        ``evidence`` (the sentence), ``shown`` and ``before`` (what stands before the number in the passage's original)

    Examples
    --------
    >>> row = {"id": 7, "metric": "coulombic_efficiency", "value": 98.3, "value_max": None, "qualifier": "=",
    ...        "unit": "percent", "value_reported": "98.3", "shown": "98.3", "before": "It is ",
    ...        "evidence": "It is 98.3%."}
    >>> marked("It is 98.3%.", [row])[1]
    Part(text='98.3', measurement=7, told='coulombic_efficiency 98.3 %')
    """
    places: list[tuple[int, int, Mapping[str, Any]]] = []
    for row in numbers:
        found = _place(text, row)
        if found is not None and all(found[1] <= start or end <= found[0] for start, end, _ in places):
            places.append((*found, row))
    parts, last = [], 0
    for start, end, row in sorted(places, key=lambda place: place[0]):
        parts += [Part(text[last:start]), Part(text[start:end], row["id"], said(row))]
        last = end
    return [part for part in (*parts, Part(text[last:])) if part.text]


def _place(text: str, row: Mapping[str, Any]) -> tuple[int, int] | None:
    """Find a number in its sentence where that stands in the text, else anywhere: markup before it may mislead."""
    sentence = row["evidence"] if row["evidence"] in text else ""
    start = text.find(sentence)
    spellings = row["value_reported"], row["shown"], number(row["value"])
    found = place_of(spellings, sentence or text, row["before"])
    return None if found is None else (start + found[0], start + found[1])


def hits(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text at what was searched for; each piece says whether it was.

    Examples
    --------
    >>> hits("an artificial SEI", [(3, 13)])
    [('an ', False), ('artificial', True), (' SEI', False)]
    """
    pieces, last = [], 0
    for start, end in places:
        pieces += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [piece for piece in (*pieces, (text[last:], False)) if piece[0]]


def numbered(text: str) -> Iterator[Part]:
    """Cut a text of ours at the measurements that it names as #7.

    Examples
    --------
    >>> [part.measurement for part in numbered("98.3 % (#13) is")]
    [None, 13, None]
    """
    last = 0
    for found in _NUMBERED.finditer(text):
        yield Part(text[last : found.start()])
        yield Part(found[0], int(found[1]))
        last = found.end()
    yield Part(text[last:])
