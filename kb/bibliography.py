"""What a bibliography says of the papers of a base: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.connection import transaction
from kb.facts import paper_title_key
from schema.errors import BadTable, MissingExtra
from schema.statements import statement

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
FIELDS = ("doi", "title", "year", "journal", "authors")


@dataclass(frozen=True)
class Entry:
    """One entry; what it does not say is empty."""

    title: str = ""
    doi: str | None = None
    year: int | None = None
    journal: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What became of one entry: the paper it is of, None where the base has none, and which fields it changed."""

    entry: Entry
    paper: int | None
    changed: tuple[str, ...] = ()


def doi_of(text: str | None) -> str | None:
    """Find a DOI in a text, in lower case.

    Examples
    --------
    >>> doi_of("https://doi.org/10.1002/ADMA.201605531")
    '10.1002/adma.201605531'
    """
    found = _DOI.search(text or "")
    return found[0].rstrip(".,;}").lower() if found else None


def read_entries(path: Path) -> list[Entry]:
    """Read a bibliography by its suffix: ``.bib``, ``.ris``, ``.json``.

    Raises
    ------
    BadTable
        Where it cannot be read, or has another suffix.
    MissingExtra
        Where the library that reads it is not installed.
    """
    readers = {".bib": _bibtex, ".ris": _ris, ".json": _csl}
    if path.suffix.lower() not in readers:
        raise BadTable(f"{path}: no bibliography: name a file that ends in {', '.join(readers)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadTable(f"{path}: not UTF-8 (byte {error.start})") from error
    entries = list(readers[path.suffix.lower()](path, text))
    if not entries:
        raise BadTable(f"{path}: no entries in it")
    return entries


def _plain(text: str) -> str:
    # bibtexparser reads the escapes of all signs but this one.
    return " ".join(text.replace("{", "").replace("}", "").replace("\\$", "$").split())


def _year(text: Any) -> int | None:
    found = _YEAR.search(str(text or ""))
    return int(found[0]) if found else None


def _bibtex(path: Path, text: str) -> Iterable[Entry]:
    try:
        import bibtexparser
        from bibtexparser.bparser import BibTexParser
        from bibtexparser.customization import convert_to_unicode, splitname
    except ImportError as error:
        raise MissingExtra("a BibTeX file", "bibliography") from error
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False, customization=convert_to_unicode)
    for told in bibtexparser.loads(text, parser).entries:
        authors = []
        for name in re.split(r"\s+and\s+", " ".join(told.get("author", "").split())):
            if name:
                parts = splitname(name, strict_mode=False)
                authors.append(_plain(" ".join(w for k in ("first", "von", "last", "jr") for w in parts[k])))
        journal = told.get("journal") or told.get("journaltitle") or told.get("booktitle") or ""
        doi = doi_of(told.get("doi") or told.get("url"))
        year = _year(told.get("year") or told.get("date"))
        yield Entry(_plain(told.get("title", "")), doi, year, _plain(journal), tuple(authors))


def _ris(path: Path, text: str) -> Iterable[Entry]:
    try:
        import rispy
    except ImportError as error:
        raise MissingExtra("a RIS file", "bibliography") from error
    try:
        entries = rispy.loads(text)
    except (rispy.parser.ParseError, OSError, ValueError) as error:
        raise BadTable(f"{path}: not RIS: {error}") from error
    for told in entries:
        names = told.get("authors") or told.get("first_authors") or []
        title = told.get("title") or told.get("primary_title") or ""
        journal = told.get("journal_name") or told.get("secondary_title") or ""
        doi = doi_of(told.get("doi") or " ".join(told.get("urls", [])))
        yield Entry(title, doi, _year(told.get("year")), journal, tuple(map(_first_name_first, names)))


def _first_name_first(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else name.strip()


def _csl(path: Path, text: str) -> Iterable[Entry]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadTable(f"{path}: not JSON: {error}") from error
    entries = told if isinstance(told, list) else [told]
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise BadTable(f"{path}: entry {number} is no object of CSL-JSON")
        names = [
            a.get("literal") or f"{a.get('given', '')} {a.get('family', '')}".strip() for a in entry.get("author", [])
        ]
        parts = entry.get("issued", {}).get("date-parts", [[None]])
        yield Entry(
            str(entry.get("title", "")), doi_of(entry.get("DOI")), _year(parts[0][0] if parts and parts[0] else None),
            str(entry.get("container-title", "")), tuple(names),
        )  # fmt: skip


def give(db: sqlite3.Connection, entries: Iterable[Entry], replace: bool = False, source: str = "") -> list[Given]:
    """Give papers what their entries say: what they lack, or all of it.

    An entry is of the paper with its DOI, else of the one with its title and no other DOI.  What it gives is kept, and
    stands when a document of the paper is mined again, whatever that says of itself; the DOI a document states stands
    before one that was given.

    Parameters
    ----------
    db : a base open for writing
    replace : also what a paper has already, of its documents or of another bibliography
    source : name of the bibliography
    """
    out = []
    mark = {"source": source, "given_at": datetime.now(UTC).isoformat(timespec="seconds")}
    with transaction(db):
        papers = [dict(row) for row in db.execute(statement("papers_to_describe"))]
        by_doi = {paper["doi"]: paper for paper in papers if paper["doi"]}
        by_title = {key: paper for paper in papers if (key := paper_title_key(paper["title"]))}
        for entry in entries:
            paper = by_doi.get(entry.doi) if entry.doi else None
            if paper is None and (key := paper_title_key(entry.title)):
                named = by_title.get(key)
                paper = named if named and (named["doi"] is None or entry.doi is None) else None
            if paper is None:
                out.append(Given(entry, None))
                continue
            said = {
                "doi": entry.doi, "title": entry.title, "year": entry.year, "journal": entry.journal,
                "authors": json.dumps(entry.authors, ensure_ascii=False) if entry.authors else "",
            }  # fmt: skip
            lacks = {name for name in FIELDS if paper[name] in (None, "", "[]")}
            changed = tuple(
                name for name in FIELDS
                if said[name] and said[name] != paper[name] and (name in lacks or (replace and name != "doi"))
            )  # fmt: skip
            if changed:
                paper.update({name: said[name] for name in changed})
                db.execute(statement("describe_paper"), {name: paper[name] for name in ("id", *FIELDS)})
                if paper["doi"]:
                    by_doi[paper["doi"]] = paper
            # What the paper says alike is given too: the next extractor may read it otherwise.
            holds = {name: said[name] if said[name] and said[name] == paper[name] else None for name in FIELDS}
            if any(holds.values()):
                db.execute(statement("keep_given_metadata"), {"id": paper["id"], **holds, **mark})
            out.append(Given(entry, paper["id"], changed))
    return out
