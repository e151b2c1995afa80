"""Takes out of a copy of a base the text that may not be passed on; facts, places and names stay."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from kb.connection import transaction
from kb.snapshot.licences import Terms, terms_of
from schema.statements import split_statements, statement

# Columns that hold words of a document, by the statement withhold_text that empties them.  What is not among them says
# what was measured on what, or which work it is: facts and bibliography, which no licence keeps back.
TEXT_OF_DOCUMENTS = {
    "documents": ("original",),
    "passages": ("section", "text"),
    "passages_text": ("text",),  # made anew of passages
    "evidence": ("text", "section"),
    "traits": ("text",),
    "citations": ("text",),
    "rejections": ("text",),
    "repairs": ("before_text", "after_text"),
    "curated": ("fact",),  # of the record, the sentence
    "decisions": ("place",),  # the words around the number; the decision goes with them
}


@dataclass(frozen=True)
class Source:
    """A document of a base, with what its licence says.

    Attributes
    ----------
    id, file, paper : id, file name, id of its paper
    doi, title : of its paper; "" where not known
    licence : as the document states it; "" where it states none
    """

    id: int
    file: str
    paper: int
    doi: str
    title: str
    licence: str

    @property
    def terms(self) -> Terms:
        """What its licence says of passing it on."""
        return terms_of(self.licence)


def sources(db: sqlite3.Connection) -> list[Source]:
    """Give the documents of a base, in the order of their ids."""
    return [Source(*row) for row in db.execute(statement("sources"))]


def withhold(db: sqlite3.Connection) -> list[Source]:
    """Empty the text of each document whose licence does not let it be passed on; give these documents.

    The file keeps the text in free pages and in the full-text index's old segments until it is vacuumed.

    Parameters
    ----------
    db : a copy of a base, open for writing
    """
    kept_back = [source for source in sources(db) if not source.terms.allowed]
    with transaction(db):
        for source in kept_back:
            for text in split_statements(statement("withhold_text", "withholding")):
                db.execute(text, {"id": source.id})
        _withhold_words(db, {source.paper for source in kept_back})
        for text in split_statements(statement("index_text_anew", "withholding")):
            db.execute(text)
    return kept_back


def _withhold_words(db: sqlite3.Connection, papers: set[int]) -> None:
    names = [row[0] for paper in sorted(papers) for row in db.execute(statement("names_of_paper"), {"id": paper})]
    # In a base decisions never change, so their triggers step aside for as long as the copy is made.
    guards = db.execute(statement("guards_of_decisions", "withholding")).fetchall()
    for name, _ in guards:
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute(statement("withhold_words", "withholding"), {"papers": json.dumps(names)})
    for _, text in guards:
        db.execute(text)
