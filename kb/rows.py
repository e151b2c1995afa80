"""Writes the rows of one document inside the transaction that the store holds."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from kb.facts import Accepted, Fact, coating_of, experiment_row, sample_key, system_row, to_json
from kb.materials import describe
from schema.records import Coating, Document, Measurement, Passage, Rejection, Subject
from schema.statements import statement
from schema.vocabulary import Vocabulary

OF_MATERIALS = ("substrate", "product")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "passages": ("id", "document_id", "ordinal", "kind", "section", "page", "start_offset", "end_offset", "text"),
    "repairs": ("document_id", "passage_id", "start_offset", "end_offset", "before_text", "after_text", "rule"),
    "citations": ("id", "document_id", "ordinal", "marker", "authors", "title", "journal", "year", "doi", "text"),
    "rejections": ("document_id", "start_offset", "end_offset", "text", "reason"),
    "measurements": (
        "id", "document_id", "experiment_id", "ordinal", "fingerprint", "metric", "value", "value_max", "qualifier",
        "unit", "value_reported", "unit_reported", "subject", "components", "provenance", "confidence",
        "confidence_strict", "conditions_far", "flags", "sample",
    ),
    "evidence": ("measurement_id", "passage_id", "text", "start_offset", "end_offset", "section", "page"),
    "traits": (
        "coating_id", "kind", "ordinal", "name", "material_id", "mentions", "passage_id", "text", "start_offset",
        "end_offset",
    ),
    "coating_measurements": ("measurement_id", "coating_id"),
}  # fmt: skip


def one(db: sqlite3.Connection, name: str, /, **parameters: Any) -> sqlite3.Row | None:
    """Run a named statement; give its first row, or None."""
    row: sqlite3.Row | None = db.execute(statement(name), parameters).fetchone()
    return row


def insert(db: sqlite3.Connection, name: str, /, **parameters: Any) -> int:
    """Run a named INSERT; give the id of the new row."""
    return int(db.execute(statement(name), parameters).lastrowid or 0)


@lru_cache(maxsize=1024)
def _encoded(values: tuple[str, ...]) -> str:
    return to_json(values)


def _json(values: Iterable[str]) -> str:
    return _encoded(tuple(values)) if values else "[]"


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


@cache
def _insertion(table: str) -> str:
    columns = _COLUMNS[table]
    names, slots = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({slots})"  # noqa: S608 - names of this module


def _bulk(db: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, as tuples in the order of the table's columns in _COLUMNS."""
    db.executemany(_insertion(table), rows)


def write_passages(
    db: sqlite3.Connection, document: int, passages: Sequence[Passage], before: Before
) -> tuple[int, ...]:
    """Write the passages with their repairs; give the passages' ids."""
    numbers = _numbers(db, "passages", among_equals((p.kind, p.text) for p in passages), before.passages)
    _bulk(
        db,
        "passages",
        (
            (number, document, ordinal, p.kind, p.section, p.page, p.start, p.end, p.text)
            for ordinal, (number, p) in enumerate(zip(numbers, passages, strict=True))
        ),
    )
    _bulk(
        db,
        "repairs",
        (
            (document, number, r.start, r.end, r.before, r.after, r.rule)
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
            (
                number,
                document,
                ordinal,
                r.marker,
                r.authors,
                r.title,
                r.journal,
                r.year,
                r.doi.lower() if r.doi else None,
                r.text,
            )
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
        ((document, r.start, r.end, r.text, r.reason) for r in rejections),
    )


def write_facts(
    db: sqlite3.Connection,
    document: int,
    paper: int,
    facts: Sequence[Fact],
    passages: tuple[int, ...],
    before: Before,
    materials: Materials,
) -> list[int]:
    """Write measurements with their evidence, and the experiments, systems and materials they need; give their ids."""
    marks = [f.mark for f in facts]
    numbers = _numbers(db, "measurements", marks, before.measurements)
    experiments = _Experiments(db, paper, materials)
    rows, proofs = [], []
    for ordinal, (number, mark, fact) in enumerate(zip(numbers, marks, facts, strict=True)):
        m = fact.measurement
        at = m.evidence.passage
        passage = passages[at] if 0 <= at < len(passages) else None
        place = Place(number, document, paper, ordinal, mark, passage)
        rows.append(_row(m, place, experiments.of(m), fact.flags(numbers)))
        proofs.append(_proof(m, place))
    _bulk(db, "measurements", rows)
    _bulk(db, "evidence", proofs)
    return numbers


@dataclass(frozen=True)
class Place:
    """Where a fact stands in the tables: its id, document and paper, place in the document, fingerprint, passage."""

    id: int
    document: int
    paper: int
    ordinal: int
    mark: str
    passage: int | None


def rewrite_fact(db: sqlite3.Connection, measurement: Measurement, place: Place, materials: Materials) -> None:
    """Write one measurement under the id that it had; what stands there gives way, with what nothing else refers to."""
    drop_fact(db, place.id)
    _bulk(db, "measurements", [_row(measurement, place, _Experiments(db, place.paper, materials).of(measurement),
                                    measurement.flags)])  # fmt: skip
    _bulk(db, "evidence", [_proof(measurement, place)])
    told = db.execute(statement("coatings_of_document"), {"id": place.document}).fetchall()
    coatings = [Coating(c["name"], tuple(json.loads(c["components"])), cited_ref=c["cited_ref"]) for c in told]
    made_on = coating_of(measurement, coatings)
    if made_on is not None:
        _bulk(db, "coating_measurements", [(place.id, told[made_on]["id"])])


def drop_fact(db: sqlite3.Connection, number: int) -> None:
    """Take one measurement out of the tables, with what nothing else refers to then."""
    left = tuple(r[0] for r in db.execute(statement("experiment_of_measurement"), {"id": number}))
    db.execute(statement("drop_measurement"), {"id": number})
    Before({}, {}, {}, experiments=left).sweep(db)


class _Experiments:
    """Finds the experiments of measurements, and makes those that are new."""

    def __init__(self, db: sqlite3.Connection, paper: int, materials: Materials) -> None:
        self.db, self.paper, self.materials = db, paper, materials
        self.systems: dict[Subject, int] = {}
        self.known: dict[Hashable, int] = {}

    def of(self, m: Measurement) -> int:
        if m.subject not in self.systems:
            self.systems[m.subject] = _system(self.db, m.subject, self.materials)
        same = (self.systems[m.subject], m.conditions, m.is_control, m.cited_ref)
        if same not in self.known:
            row = experiment_row(m, self.paper, self.systems[m.subject])
            found = one(self.db, "experiment_id", key=row["key"])
            self.known[same] = found["id"] if found is not None else insert(self.db, "new_experiment", **row)
        return self.known[same]


def _row(m: Measurement, place: Place, experiment: int, flags: Sequence[str]) -> tuple[Any, ...]:
    return (
        place.id,
        place.document,
        experiment,
        place.ordinal,
        place.mark,
        m.metric,
        m.value,
        m.value_max,
        m.qualifier,
        m.unit,
        m.value_reported,
        m.unit_reported,
        m.subject.name,
        _json(m.subject.components),
        m.provenance,
        m.confidence,
        m.confidence_strict,
        _json(m.conditions.conditions_far),
        _json(flags),
        sample_key(m, place.paper, place.document, place.passage),
    )


def _proof(m: Measurement, place: Place) -> tuple[Any, ...]:
    at = m.evidence
    return (place.id, place.passage, at.text, at.start, at.end, at.section, at.page)


def write_coatings(
    db: sqlite3.Connection,
    document: int,
    accepted: Accepted,
    measurements: Sequence[int],
    passages: tuple[int, ...],
    materials: Materials,
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
                (
                    numbers[-1],
                    trait.kind,
                    places[trait.kind],
                    trait.name,
                    materials.id_of(trait.name) if trait.kind in OF_MATERIALS else None,
                    trait.mentions,
                    passages[at.passage] if 0 <= at.passage < len(passages) else None,
                    at.text,
                    at.start,
                    at.end,
                )
            )
            places[trait.kind] += 1
        _bulk(db, "traits", rows)
    found: dict[Hashable, int | None] = {}
    made_on = []
    for number, fact in zip(measurements, accepted.facts, strict=True):
        m = fact.measurement
        same = (m.subject, m.cited_ref, m.is_control)
        if same not in found:
            found[same] = coating_of(m, accepted.coatings)
        place = found[same]
        if place is not None:
            made_on.append((number, numbers[place]))
    _bulk(db, "coating_measurements", made_on)


def _system(db: sqlite3.Connection, subject: Subject, materials: Materials) -> int:
    row = system_row(subject)
    found = one(db, "system_id", key=row["key"])
    number = int(found["id"]) if found is not None else insert(db, "new_system", **row)
    parts = [(name, "component") for name in subject.components]
    if subject.substrate:
        parts.append((subject.substrate, "substrate"))
    for name, role in parts:
        part = {"system_id": number, "material_id": materials.id_of(name), "role": role}
        db.execute(statement("new_system_component"), part)
    return number


class Materials:
    """The materials that one document speaks of: each is written once, with what its name says of its chemistry."""

    def __init__(self, db: sqlite3.Connection, words: Vocabulary) -> None:
        self.db, self.words = db, words
        self._ids: dict[str, int] = {}

    def id_of(self, name: str) -> int:
        if name not in self._ids:
            chemistry = describe(name, self.words)
            row = {
                "name": name,
                "material_class": chemistry.material_class,
                "formula": chemistry.formula,
                "composition": to_json(dict(chemistry.composition)) if chemistry.composition else None,
                "elements": _json(chemistry.elements),
            }
            found = one(self.db, "material", name=name)
            if found is None or any(found[column] != value for column, value in row.items()):
                self.db.execute(statement("put_material"), row)
            kept = found or self.db.execute(statement("material"), {"name": name}).fetchone()
            self._ids[name] = int(kept["id"])
        return self._ids[name]
