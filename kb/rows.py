"""Writes the rows of one document inside the transaction that the store holds.

Rows in bulk go through sqlite-utils, which is loaded here only: it takes more than a second where pandas is installed.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.facts import Accepted, Fact, coating_of, experiment_row, fingerprint, sample_key, system_row
from kb.materials import describe
from schema.records import Document, Passage, Rejection, Subject
from schema.statements import statement
from schema.vocabulary import Vocabulary

OF_MATERIALS = ("substrate", "product")


def one(db: sqlite3.Connection, name: str, /, **parameters: Any) -> sqlite3.Row | None:
    """Run a named statement; give its first row, or None."""
    row: sqlite3.Row | None = db.execute(statement(name), parameters).fetchone()
    return row


def insert(db: sqlite3.Connection, name: str, /, **parameters: Any) -> int:
    """Run a named INSERT; give the id of the new row."""
    return int(db.execute(statement(name), parameters).lastrowid or 0)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Before:
    """What a document had in the base before it is written anew: ids to keep, rows that may be left without use."""

    measurements: dict[Hashable, int]
    passages: dict[Hashable, int]
    citations: dict[Hashable, int]
    experiments: tuple[int, ...] = ()
    materials: tuple[int, ...] = ()
    paper: int | None = None

    @classmethod
    def of(cls, db: sqlite3.Connection, row: sqlite3.Row | None) -> Before:
        """Read what a document (a row of ``documents``) has; nothing for a new one."""
        if row is None:
            return cls({}, {}, {})
        mine = {"id": row["id"]}
        passages = db.execute(statement("passage_marks"), mine).fetchall()
        citations = db.execute(statement("citation_marks"), mine).fetchall()
        return cls(
            {row[0]: row[1] for row in db.execute(statement("measurement_ids"), mine)},
            dict(zip(among_equals((r[0], r[1]) for r in passages), (r[2] for r in passages), strict=True)),
            dict(zip(among_equals((r[0], r[1]) for r in citations), (r[2] for r in citations), strict=True)),
            tuple(r[0] for r in db.execute(statement("experiments_of_document"), mine)),
            tuple(r[0] for r in db.execute(statement("materials_of_traits"), mine)),
            row["paper_id"],
        )

    def sweep(self, db: sqlite3.Connection) -> None:
        """Remove the experiments, systems, materials and the paper that nothing refers to any more."""
        systems: set[int] = set()
        for number in self.experiments:
            systems.update(r[0] for r in db.execute(statement("system_of_experiment"), {"id": number}))
            db.execute(statement("drop_orphan_experiment"), {"id": number})
        materials = set(self.materials)
        for number in sorted(systems):
            materials.update(r[0] for r in db.execute(statement("materials_of_system"), {"id": number}))
            db.execute(statement("drop_orphan_system"), {"id": number})
        for number in sorted(materials):
            db.execute(statement("drop_orphan_material"), {"id": number})
        if self.paper is not None:
            db.execute(statement("drop_orphan_paper"), {"id": self.paper})


def among_equals(marks: Iterable[Hashable]) -> list[Hashable]:
    """Make marks unique by counting equal ones.

    Examples
    --------
    >>> among_equals(["a", "b", "a"])
    [('a', 0), ('b', 0), ('a', 1)]
    """
    seen: Counter[Hashable] = Counter()
    out: list[Hashable] = []
    for mark in marks:
        out.append((mark, seen[mark]))
        seen[mark] += 1
    return out


def _numbers(db: sqlite3.Connection, table: str, marks: Sequence[Hashable], kept: dict[Hashable, int]) -> list[int]:
    """Give each mark its id: the one it had, else one that was never given."""
    last = one(db, "last_number", name=table)
    free = (last[0] if last is not None else 0) + 1
    out = []
    for mark in marks:
        number = kept.get(mark)
        if number is None:
            number, free = free, free + 1
        out.append(number)
    return out


def _bulk(db: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    import sqlite_utils

    sqlite_utils.Database(db, execute_plugins=False).table(table).insert_all(rows)


def write_passages(
    db: sqlite3.Connection, document: int, passages: Sequence[Passage], before: Before
) -> tuple[int, ...]:
    """Write the passages with their repairs; give the passages' ids."""
    numbers = _numbers(db, "passages", among_equals((p.kind, p.text) for p in passages), before.passages)
    _bulk(
        db,
        "passages",
        (
            {
                "id": number,
                "document_id": document,
                "ordinal": ordinal,
                "kind": p.kind,
                "section": p.section,
                "page": p.page,
                "start_offset": p.start,
                "end_offset": p.end,
                "text": p.text,
            }
            for ordinal, (number, p) in enumerate(zip(numbers, passages, strict=True))
        ),
    )
    _bulk(
        db,
        "repairs",
        (
            {
                "document_id": document,
                "passage_id": number,
                "start_offset": r.start,
                "end_offset": r.end,
                "before_text": r.before,
                "after_text": r.after,
                "rule": r.rule,
            }
            for number, p in zip(numbers, passages, strict=True)
            for r in p.repairs
        ),
    )
    return tuple(numbers)


def write_references(db: sqlite3.Connection, document: int, read: Document, before: Before) -> None:
    """Write the reference list."""
    marks = among_equals((r.marker, r.text) for r in read.references)
    _bulk(
        db,
        "citations",
        (
            {
                "id": number,
                "document_id": document,
                "ordinal": ordinal,
                "marker": r.marker,
                "authors": r.authors,
                "title": r.title,
                "journal": r.journal,
                "year": r.year,
                "doi": r.doi.lower() if r.doi else None,
                "text": r.text,
            }
            for ordinal, (number, r) in enumerate(
                zip(_numbers(db, "citations", marks, before.citations), read.references, strict=True)
            )
        ),
    )


def write_rejections(db: sqlite3.Connection, document: int, rejections: Sequence[Rejection]) -> None:
    """Write what was seen and not taken."""
    _bulk(
        db,
        "rejections",
        (
            {"document_id": document, "start_offset": r.start, "end_offset": r.end, "text": r.text, "reason": r.reason}
            for r in rejections
        ),
    )


def write_facts(
    db: sqlite3.Connection,
    document: int,
    paper: int,
    facts: Sequence[Fact],
    passages: tuple[int, ...],
    before: Before,
    words: Vocabulary,
) -> list[int]:
    """Write measurements with their evidence, and the experiments, systems and materials they need; give their ids."""
    marks = [fingerprint(f.measurement, f.equal) for f in facts]
    numbers = _numbers(db, "measurements", marks, before.measurements)
    systems: dict[Subject, int] = {}
    experiments: dict[str, int] = {}
    rows, proofs = [], []
    for ordinal, (number, mark, fact) in enumerate(zip(numbers, marks, facts, strict=True)):
        m = fact.measurement
        if m.subject not in systems:
            systems[m.subject] = _system(db, m.subject, words)
        row = experiment_row(m, paper, systems[m.subject])
        if row["key"] not in experiments:
            found = one(db, "experiment_id", key=row["key"])
            experiments[row["key"]] = found["id"] if found is not None else insert(db, "new_experiment", **row)
        at = m.evidence.passage
        passage = passages[at] if 0 <= at < len(passages) else None
        rows.append(
            {
                "id": number,
                "document_id": document,
                "experiment_id": experiments[row["key"]],
                "ordinal": ordinal,
                "fingerprint": mark,
                "metric": m.metric,
                "value": m.value,
                "value_max": m.value_max,
                "qualifier": m.qualifier,
                "unit": m.unit,
                "value_reported": m.value_reported,
                "unit_reported": m.unit_reported,
                "subject": m.subject.name,
                "components": _json(m.subject.components),
                "provenance": m.provenance,
                "confidence": m.confidence,
                "confidence_strict": m.confidence_strict,
                "conditions_far": _json(m.conditions.conditions_far),
                "flags": _json(fact.flags(numbers)),
                "sample": sample_key(m, paper, document, passage),
            }
        )
        proofs.append(
            {
                "measurement_id": number,
                "passage_id": passage,
                "text": m.evidence.text,
                "start_offset": m.evidence.start,
                "end_offset": m.evidence.end,
                "section": m.evidence.section,
                "page": m.evidence.page,
            }
        )
    _bulk(db, "measurements", rows)
    _bulk(db, "evidence", proofs)
    return numbers


def write_coatings(
    db: sqlite3.Connection,
    document: int,
    accepted: Accepted,
    measurements: Sequence[int],
    passages: tuple[int, ...],
    words: Vocabulary,
) -> None:
    """Write the coatings with their traits, and which measurements were made on which."""
    numbers = []
    for ordinal, coating in enumerate(accepted.coatings):
        said = {"name": coating.name, "components": _json(coating.components), "cited_ref": coating.cited_ref}
        numbers.append(insert(db, "new_coating", document_id=document, ordinal=ordinal, **said))
        places: Counter[str] = Counter()
        rows = []
        for trait in coating.traits:
            at = trait.evidence
            rows.append(
                {
                    "coating_id": numbers[-1],
                    "kind": trait.kind,
                    "ordinal": places[trait.kind],
                    "name": trait.name,
                    "material_id": _material(db, trait.name, words) if trait.kind in OF_MATERIALS else None,
                    "mentions": trait.mentions,
                    "passage_id": passages[at.passage] if 0 <= at.passage < len(passages) else None,
                    "text": at.text,
                    "start_offset": at.start,
                    "end_offset": at.end,
                }
            )
            places[trait.kind] += 1
        _bulk(db, "traits", rows)
    made_on = (
        (n, coating_of(f.measurement, accepted.coatings)) for n, f in zip(measurements, accepted.facts, strict=True)
    )
    _bulk(
        db,
        "coating_measurements",
        ({"measurement_id": n, "coating_id": numbers[place]} for n, place in made_on if place is not None),
    )


def _system(db: sqlite3.Connection, subject: Subject, words: Vocabulary) -> int:
    row = system_row(subject)
    found = one(db, "system_id", key=row["key"])
    number = found["id"] if found is not None else insert(db, "new_system", **row)
    parts = [(name, "component") for name in subject.components]
    if subject.substrate:
        parts.append((subject.substrate, "substrate"))
    for name, role in parts:
        _material(db, name, words)
        db.execute(statement("new_system_component"), {"system_id": number, "name": name, "role": role})
    return number


def _material(db: sqlite3.Connection, name: str, words: Vocabulary) -> int:
    chemistry = describe(name, words)
    db.execute(
        statement("put_material"),
        {
            "name": name,
            "material_class": chemistry.material_class,
            "formula": chemistry.formula,
            "composition": _json(dict(chemistry.composition)) if chemistry.composition else None,
            "elements": _json(chemistry.elements),
        },
    )
    return int(db.execute(statement("material_id"), {"name": name}).fetchone()[0])
