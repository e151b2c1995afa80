"""The one writer of a base: each document goes in as a whole, in one transaction, or not at all.

How its rows are written is in ``rows.py``; what may be stored, and when two facts are the same, in ``facts.py``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.connection import bulk, open_base, transaction
from kb.curation.applying import reapply
from kb.facts import Accepted, accept, paper_title_key
from kb.rows import (
    Before,
    Materials,
    insert,
    one,
    write_coatings,
    write_facts,
    write_passages,
    write_references,
    write_rejections,
)
from schema.records import Document, Mined
from schema.statements import statement
from schema.vocabulary import Vocabulary, vocabulary

__all__ = [
    "MainText",
    "Outcome",
    "bulk",
    "finish_run",
    "ingest_document",
    "known_content",
    "log_failure",
    "open_base",
    "standing",
    "start_run",
]

ROWS_TO_COUNT_BY = 1000  # of each index: exact enough, and no matter of how large the base is


@dataclass(frozen=True)
class Outcome:
    """What became of one document.

    Attributes
    ----------
    source : file name
    outcome : "new", "unchanged", "changed" or "failed"
    measurements : how many of it stand in the base
    rejections : how many numbers of it were seen and not taken
    message : why it failed, or what else is to be said; else ""
    document : its id in the base, or None where it failed
    """

    source: str
    outcome: str
    measurements: int = 0
    rejections: int = 0
    message: str = ""
    document: int | None = None


@dataclass(frozen=True)
class MainText:
    """The document that another one is the supporting information of.

    Attributes
    ----------
    path : relative to the folder of the base
    sha256 : hexadecimal digest of the file's bytes; None where the file is not at hand
    """

    path: str
    sha256: str | None = None


@dataclass(frozen=True)
class _Origin:
    """Where the text of a document came from, and what mined it."""

    path: str
    sha256: str
    extractor_version: str
    words: Vocabulary
    main: MainText | None = None

    def mined_like(self, row: sqlite3.Row) -> bool:
        return (row["extractor_version"], row["vocabulary"]) == (self.extractor_version, self.words.fingerprint)

    def supplements_like(self, row: sqlite3.Row) -> bool:
        if self.main is None:
            return row["supplement_of"] is None
        return row["supplement_of"] == self.main.path and self.main.sha256 in (None, row["mined_with"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# Runs -----------------------------------------------------------------------------------------------------------------


def start_run(db: sqlite3.Connection, extractor_version: str, words: Vocabulary | None = None) -> int:
    """Open an ingestion run; one that is never finished was cut short."""
    words = words or vocabulary()
    return insert(db, "new_run", started_at=_now(), extractor_version=extractor_version, vocabulary=words.fingerprint)


def finish_run(db: sqlite3.Connection, run: int) -> None:
    """Close an ingestion run; what it brought is counted, so that SQLite knows which index is worth it."""
    db.execute(statement("finish_run"), {"id": run, "finished_at": _now()})
    db.execute(f"PRAGMA analysis_limit = {ROWS_TO_COUNT_BY}")
    db.execute("ANALYZE")


def log_failure(db: sqlite3.Connection, run: int, path: str, message: str) -> Outcome:
    """Note that a document could not be mined; what the base holds of it from before stands."""
    outcome = Outcome(Path(path).name, "failed", message=message)
    _log(db, run, path, outcome)
    return outcome


def _log(db: sqlite3.Connection, run: int | None, path: str, outcome: Outcome) -> None:
    if run is not None:
        db.execute(
            statement("log_document"),
            {
                "run_id": run,
                "path": path,
                "source": outcome.source,
                "document_id": outcome.document,
                "outcome": outcome.outcome,
                "measurements": outcome.measurements,
                "rejections": outcome.rejections,
                "message": outcome.message,
            },
        )


# Documents ------------------------------------------------------------------------------------------------------------


def known_content(db: sqlite3.Connection, sha256: str, extractor_version: str, words: Vocabulary | None = None) -> bool:
    """Say whether a base holds this content, mined as it would be now, wherever it stands; nothing is noted."""
    row = one(db, "document_of_content", sha256=sha256)
    return row is not None and _Origin("", sha256, extractor_version, words or vocabulary()).mined_like(row)


def standing(
    db: sqlite3.Connection,
    *,
    path: str,
    sha256: str,
    extractor_version: str,
    words: Vocabulary | None = None,
    main: MainText | None = None,
    folder: Path | None = None,
    run: int | None = None,
) -> Outcome | None:
    """Say whether the base already holds this content, mined as it would be now; None where it has to be mined.

    Parameters
    ----------
    path : the file, relative to the folder of the base
    sha256 : hexadecimal digest of the file's bytes
    extractor_version : of the extractor that would mine it
    words : vocabulary it would be mined with; the one in force where None
    main : the main text where it is supporting information
    folder : folder of the base; where given, a file that was moved is known under its new path from now on
    run : where given, the outcome is noted in this run
    """
    origin = _Origin(path, sha256, extractor_version, words or vocabulary(), main)
    with transaction(db):
        outcome = _standing(db, origin, folder)
        if outcome is not None:
            _log(db, run, path, outcome)
    return outcome


def _standing(db: sqlite3.Connection, origin: _Origin, folder: Path | None = None) -> Outcome | None:
    row = one(db, "document_of_content", sha256=origin.sha256)
    if row is None:
        return None
    elsewhere = row["path"] != origin.path
    former = one(db, "document_at_path", path=origin.path) if elsewhere else None
    moved = elsewhere and former is None and folder is not None and not (folder / row["path"]).exists()
    if moved:
        _move(db, row, origin.path)
    # A copy is the supporting information of what its original is.
    if not origin.mined_like(row) or not (origin.supplements_like(row) or (elsewhere and not moved)):
        return None
    measurements, rejections = db.execute(statement("standing_counts"), {"id": row["id"]}).fetchone()
    outcome = Outcome(Path(origin.path).name, "unchanged", measurements, rejections, document=row["id"])
    if not elsewhere:
        return outcome
    if former is not None:
        # The file at this path now says what another one says: its own old facts have no source any more.
        _drop(db, former)
        return replace(outcome, outcome="changed", message=f"now the content of {row['path']}, which stands for it")
    told = f"moved here from {row['path']}" if moved else f"same content as {row['path']}, which stands for it"
    return replace(outcome, message=told)


def _move(db: sqlite3.Connection, row: sqlite3.Row, path: str) -> None:
    db.execute(statement("move_document"), {"id": row["id"], "path": path, "source": Path(path).name})
    db.execute(statement("move_main_text"), {"old": row["path"], "path": path})


def ingest_document(
    db: sqlite3.Connection,
    mined: Mined,
    *,
    path: str,
    extractor_version: str,
    sha256: str | None = None,
    words: Vocabulary | None = None,
    main: MainText | None = None,
    run: int | None = None,
) -> Outcome:
    """Put a mined document into the base, in one transaction.

    Content that the base already holds from the same extractor and vocabulary changes nothing.  Otherwise the facts of
    the document at this path are replaced: a fact that is stated as before keeps its id, wherever it now stands; what
    no document states any more leaves the base.  A measurement whose evidence does not show its number is not stored;
    it becomes a rejection.

    Parameters
    ----------
    db : a base open for writing
    path : the file, relative to the folder of the base; it identifies the document
    extractor_version : of the extractor that mined it
    sha256 : hexadecimal digest of the file's bytes; that of ``original`` where None
    words : vocabulary it was mined with; the one in force where None
    main : the main text where it is supporting information: its paper is that one's
    run : the run it belongs to, if any
    """
    digest = sha256 or hashlib.sha256(mined.document.original.encode()).hexdigest()
    origin = _Origin(path, digest, extractor_version, words or vocabulary(), main)
    accepted = accept(mined)
    with transaction(db):
        outcome = _standing(db, origin)
        if outcome is None:
            outcome = _replace(db, mined.document, accepted, origin)
            outcome = replace(outcome, message="; ".join(filter(None, (outcome.message, *mined.notes))))
        _log(db, run, path, outcome)
    return outcome


def _replace(db: sqlite3.Connection, document: Document, accepted: Accepted, origin: _Origin) -> Outcome:
    """Write a document that is new, or changed; the caller holds the transaction."""
    old = one(db, "document_at_path", path=origin.path)
    same = one(db, "document_of_content", sha256=origin.sha256)
    source, message = Path(origin.path).name, ""
    if same is not None and (old is None or same["id"] != old["id"]):
        # The same content stands under another path from an older extractor: that document is brought up.
        if old is not None:
            _drop(db, old)
        old = same
        origin = replace(origin, path=same["path"])
        message = f"same content as {same['path']}, which stands for it"
    before = Before.of(db, old)
    row = _document_row(document, origin)
    if message:
        row["source"] = Path(origin.path).name
    paper = _paper(db, row, old)
    number = old["id"] if old is not None else insert(db, "new_document", paper_id=paper, **row)
    if old is not None:
        db.execute(statement("change_document"), {**row, "id": number, "paper_id": paper})
        for kind in ("coatings", "measurements", "curated", "repairs", "passages", "citations", "rejections"):
            db.execute(statement(f"drop_{kind}"), {"id": number})
        if old["sha256"] != row["sha256"]:
            mine = {"paper_id": old["paper_id"], "doi": row["doi"], "old_doi": old["doi"]}
            db.execute(statement("drop_given_metadata"), mine)
        if old["paper_id"] != paper:
            db.execute(statement("carry_given_metadata"), {"paper_id": paper, "old": old["paper_id"]})
            db.execute(statement("refresh_paper"), {"id": old["paper_id"]})
    db.execute(statement("refresh_paper"), {"id": paper})
    passages = write_passages(db, number, document.passages, before)
    write_references(db, number, document, before)
    materials = Materials(db, origin.words)
    measurements = write_facts(db, number, paper, accepted.facts, passages, before, materials)
    write_coatings(db, number, accepted, measurements, passages, materials)
    write_rejections(db, number, accepted.rejections)
    for changed in {paper, old["paper_id"] if old is not None else paper}:
        _to_be_checked(db, changed)
    before.sweep(db)
    reapply(db, paper)
    if old is not None and old["paper_id"] != paper:
        reapply(db, old["paper_id"])
    what = "new" if old is None else "changed"
    return Outcome(source, what, len(accepted.facts), len(accepted.rejections), message, number)


def _document_row(document: Document, origin: _Origin) -> dict[str, Any]:
    return {
        "path": origin.path,
        "source": document.source,
        "format": document.format,
        "sha256": origin.sha256,
        "doi": document.doi.lower() if document.doi else None,
        "title": document.title,
        "title_key": paper_title_key(document.title),
        "year": document.year,
        "journal": document.journal,
        "authors": json.dumps(document.authors, ensure_ascii=False),
        "licence": document.licence,
        "extractor_version": origin.extractor_version,
        "vocabulary": origin.words.fingerprint,
        "original": document.original,
        "supplement_of": origin.main.path if origin.main else None,
        "mined_with": origin.main.sha256 if origin.main else None,
    }


def _paper(db: sqlite3.Connection, row: dict[str, Any], old: sqlite3.Row | None) -> int:
    """Find the paper of a document among those of the other documents: by DOI, else by title; else its own.

    Supporting information goes with its main text before all; a main text, after all, with what supplements it.
    """
    me = old["id"] if old is not None else None
    found = one(db, "paper_of_main_text", path=row["supplement_of"], id=me) if row["supplement_of"] else None
    if found is None and row["doi"]:
        found = one(db, "paper_of_doi", doi=row["doi"], id=me)
    if found is None and row["title_key"]:
        found = one(db, "paper_of_title", title_key=row["title_key"], doi=row["doi"], id=me)
    if found is None:
        found = one(db, "paper_of_supplements", path=row["path"], id=me)
    if found is not None:
        return int(found["paper_id"])
    if old is not None and one(db, "paper_has_others", paper_id=old["paper_id"], id=me) is None:
        return int(old["paper_id"])
    return insert(db, "new_paper")


def _drop(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    before = Before.of(db, row)
    db.execute(statement("drop_document"), {"id": row["id"]})
    db.execute(statement("refresh_paper"), {"id": row["paper_id"]})
    _to_be_checked(db, row["paper_id"])
    before.sweep(db)
    reapply(db, row["paper_id"])


def _to_be_checked(db: sqlite3.Connection, paper: int) -> None:
    """Forget what was found of a paper that has changed; ``kb/audit/keeping.py`` looks at it again."""
    for name in ("stale_paper", "drop_findings_of_paper"):
        db.execute(statement(name), {"id": paper})
