"""Finds what is one thing under two names, across papers: materials in several spellings, preprints and articles.

Nothing is changed but the table ``merges``: filters, the graph and its questions take both names for one; ``undo``
takes a merge back, for good.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kb.connection import transaction
from kb.facts import paper_title_key, to_json
from kb.materials import FOLDED_FROM, describe
from schema.errors import UnknownMerge
from schema.statements import statement
from schema.vocabulary import Vocabulary, vocabulary

# DOIs of preprint servers: ChemRxiv, arXiv, Research Square, SSRN, bioRxiv, Preprints.org, Authorea.
PREPRINTS = ("10.26434", "10.48550", "10.21203", "10.2139", "10.1101", "10.20944", "10.22541")
TITLES_ALIKE = 90.0  # of 100; articles often change a word or two of their preprint's title
AUTHORS_ALIKE = 0.5  # share of the shorter list of family names
YEARS_APART = 2
SPELLING_FROM = 4  # shorter names that differ by case or signs alone may be two things: CO, Co


@dataclass(frozen=True)
class Merge:
    """Two names of one thing.

    Attributes
    ----------
    kind : "material" or "paper"
    kept, merged : names of materials; of papers DOIs, ``#id`` where there is none
    rule : why
    evidence : what the rule saw
    """

    kind: str
    kept: str
    merged: str
    rule: str
    evidence: dict[str, Any] = field(default_factory=dict)


def spelling(name: str) -> str:
    """Fold what spellings of one name differ in: case, subscripts, brackets, hyphens, blanks.

    Examples
    --------
    >>> spelling("Poly(vinylidene fluoride)") == spelling("polyvinylidene-fluoride"), spelling("Cu₃N")
    (True, 'cu3n')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def same_materials(rows: Sequence[sqlite3.Row], words: Vocabulary) -> Iterator[Merge]:
    """Give the merges of materials (rows ``name``, ``composition``, ``used``): listed names, spellings, formulas."""
    listed: dict[str, str] = {}
    for material in words.materials.values():
        for name in (material.name, *material.names):
            if len(name) >= FOLDED_FROM or name == material.name:
                listed.setdefault(spelling(name) if len(name) >= SPELLING_FROM else name, material.name)
    here = {row["name"] for row in rows}
    standing: dict[str, str] = {}  # spelling or formula -> the name that stands for it
    # What the vocabulary knows stands for the rest; then what is used most.
    for row in sorted(rows, key=lambda r: (r["name"] not in words.materials, -r["used"], r["id"])):
        name = row["name"]
        short = listed.get(spelling(name) if len(name) >= SPELLING_FROM else name)
        if short and short != name and short in here:
            yield Merge("material", short, name, "listed name", {"vocabulary": short})
            continue
        marks = {"spelling": spelling(name)} if len(name) >= SPELLING_FROM else {}
        # A formula that is read off the name itself: graphene and graphite are both C, and two things.
        chemistry = describe(name, words)
        if chemistry.formula and spelling(chemistry.formula) == spelling(name):
            atoms = sorted(chemistry.composition)
            marks["formula"] = " ".join(f"{element}{amount:g}" for element, amount in atoms)
        found = next((m for m in marks if f"{m} {marks[m]}" in standing), None)
        if found is not None:
            kept = standing[f"{found} {marks[found]}"]
            yield Merge("material", kept, name, f"same {found}", {found: marks[found]})
        for mark, value in marks.items():
            standing.setdefault(f"{mark} {value}", name)


def same_papers(rows: Iterable[sqlite3.Row]) -> Iterator[Merge]:
    """Give the merges of papers (rows ``key``, ``doi``, ``title``, ``year``, ``authors``): preprints and articles."""
    from rapidfuzz import fuzz, process

    told = [row for row in rows if paper_title_key(row["title"]) is not None]
    titles = [paper_title_key(row["title"]) or "" for row in told]
    preprints = [i for i, row in enumerate(told) if (row["doi"] or "").startswith(PREPRINTS)]
    for i in preprints:
        for _, score, j in process.extract(
            titles[i], titles, scorer=fuzz.token_sort_ratio, score_cutoff=TITLES_ALIKE, limit=None
        ):
            one, two = told[i], told[j]
            shared, share = _shared(one, two)
            if j in preprints or share < AUTHORS_ALIKE or not _near(one["year"], two["year"]):
                continue
            evidence = {"titles": [one["title"], two["title"]], "alike": round(score, 1), "authors": shared,
                        "years": [one["year"], two["year"]]}  # fmt: skip
            yield Merge("paper", two["key"], one["key"], "preprint of the article", evidence)
            break


def _shared(one: sqlite3.Row, two: sqlite3.Row) -> tuple[list[str], float]:
    first, second = (family_names(json.loads(row["authors"])) for row in (one, two))
    shared = first & second
    return sorted(shared), len(shared) / max(1, min(len(first), len(second)))


def family_names(authors: Iterable[str]) -> set[str]:
    """Give the family names of authors, however their names are printed.

    Examples
    --------
    >>> sorted(family_names(["Ada M. Berg", "Carl, D.", "E. F. Öst"]))
    ['berg', 'carl', 'ost']
    """
    names = set()
    for author in authors:
        family = author.split(",")[0] if "," in author else (author.split() or [""])[-1]
        plain = unicodedata.normalize("NFKD", family)
        names.add(re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c))).casefold())
    return names - {""}


def _near(one: int | None, two: int | None) -> bool:
    return one is None or two is None or abs(one - two) <= YEARS_APART


def find_merges(db: sqlite3.Connection, words: Vocabulary | None = None) -> list[Merge]:
    """Give what a base holds under two names; nothing is written."""
    materials = db.execute(statement("materials")).fetchall()
    papers = db.execute(statement("papers")).fetchall()
    return [*same_materials(materials, words or vocabulary()), *same_papers(papers)]


def resolve(db: sqlite3.Connection, words: Vocabulary | None = None) -> list[Merge]:
    """Find the merges anew and keep them; one that was undone stays undone."""
    merges = find_merges(db, words)
    now = _now()
    with transaction(db):
        db.execute(statement("merges_made"))
        for m in merges:
            row = {"kind": m.kind, "kept": m.kept, "merged": m.merged, "rule": m.rule}
            db.execute(statement("new_merge"), {**row, "evidence": to_json(m.evidence), "made_at": now})
    return merges


def undo(db: sqlite3.Connection, id: int) -> None:
    """Take a merge back; it is not made again.

    Raises
    ------
    UnknownMerge
        Where there is none of that id in force.
    """
    with transaction(db):
        if db.execute(statement("undo_merge"), {"id": id, "undone_at": _now()}).rowcount != 1:
            raise UnknownMerge(f"no merge #{id} is in force; kb resolve --list shows them")


def redo(db: sqlite3.Connection, id: int) -> None:
    """Put a merge that was undone in force again.

    Raises
    ------
    UnknownMerge
        Where none of that id was undone.
    """
    with transaction(db):
        if db.execute(statement("redo_merge"), {"id": id}).rowcount != 1:
            raise UnknownMerge(f"no merge #{id} was undone; kb resolve --list shows them")


def merges(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Give all merges, those that were undone too, with their evidence."""
    return [{**dict(row), "evidence": json.loads(row["evidence"])} for row in db.execute(statement("merges"))]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
