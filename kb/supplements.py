"""Which documents are the supporting information of which: the operator says so, the base knows, or the file's name."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from kb.rows import one
from kb.store import MainText
from schema.errors import BadDOI, UnknownPaper
from schema.statements import statement

_DOI = re.compile(r"\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+?)\s*", re.IGNORECASE)


def main_text_of_doi(db: sqlite3.Connection, doi: str) -> str:
    """Give the path of the main text of a paper in the base.

    Raises
    ------
    BadDOI
        Where the text is no DOI.
    UnknownPaper
        Where no paper has it.
    """
    name = folded_doi(doi)
    found = one(db, "main_text_of_doi", doi=name)
    if found is None:
        raise UnknownPaper(name, [row["doi"] for row in db.execute(statement("dois"))])
    return str(found["path"])


def folded_doi(text: str) -> str:
    """Give a DOI as a base keeps it, whatever it is written as.

    Raises
    ------
    BadDOI
        Where the text is none.

    Examples
    --------
    >>> folded_doi("https://doi.org/10.1039/D1MA00121C")
    '10.1039/d1ma00121c'
    """
    named = _DOI.fullmatch(text)
    if named is None:
        raise BadDOI(text)
    return named[1].lower()


def path_of_main_text(db: sqlite3.Connection, path: str, folder: Path) -> str | None:
    """Give the path of the main text of a file: what the base knows, else what the file's name says.

    Parameters
    ----------
    path : the file, relative to the folder of the base; so is the answer
    folder : folder of the base

    Returns
    -------
    str, or None where the file is no supporting information
    """
    from extractors.readers import suffixes
    from extractors.readers.supplements import main_text_beside

    before = one(db, "document_at_path", path=path)
    known: str | None = before["supplement_of"] if before is not None else None
    if known and ((folder / known).exists() or one(db, "document_at_path", path=known) is not None):
        return known
    beside = main_text_beside(folder / path, suffixes())
    return relative_path(beside.resolve(), folder) if beside is not None else None


def main_text(path: str | None, folder: Path) -> MainText | None:
    """Give the main text at a path, with the digest of its file where that is at hand; None of None."""
    if path is None:
        return None
    file = folder / path
    return MainText(path, hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None)


def supplements_in_base(db: sqlite3.Connection, files: Sequence[Path], folder: Path) -> list[Path]:
    """Give the supporting information, among the documents of the base, of papers among some files.

    What was mined before its paper was at hand is found by its name.
    """
    papers = {relative_path(file, folder) for file in files}
    out = []
    for row in db.execute(statement("paths_of_documents")).fetchall():
        file = (folder / row["path"]).resolve()
        wanted = row["path"] not in papers and path_of_main_text(db, row["path"], folder) in papers
        if wanted and file.is_file():
            out.append(file)
    return out


def relative_path(file: Path, folder: Path) -> str:
    """Name a file from the folder of the base, so that both can be moved together."""
    try:
        return Path(os.path.relpath(file, folder.resolve())).as_posix()
    except ValueError:  # another drive
        return file.as_posix()
