"""Whether the evidence of a base still shows its numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from kb.facts import shows
from schema.statements import statement


@dataclass(frozen=True)
class Broken:
    """A measurement whose offsets do not show its number."""

    id: int
    source: str
    start: int
    end: int
    value_reported: str

    def __str__(self) -> str:
        return f"#{self.id} {self.source}:{self.start}-{self.end} does not show {self.value_reported!r}"


def broken_evidence(db: sqlite3.Connection) -> Iterator[Broken]:
    """Give the measurements whose evidence does not show their number, by document.

    A document whose text was withheld (``kb snapshot --public``) has nothing that could show it, and is passed over.
    """
    for document, source, original in db.execute(statement("texts_of_documents")):
        for row in db.execute(statement("places_of_document"), {"id": document}):
            number, start, end, reported = row
            if not shows(original, start, end, reported):
                yield Broken(number, source, start, end, reported)
