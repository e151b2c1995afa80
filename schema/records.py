"""The records that go from reader to miner to base: frozen dataclasses, named as in the field.

A :class:`Measurement` is one value of one metric on one material system, as one document reports it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

QUALIFIERS = ("=", "~", ">", ">=", "<", "<=", "range")
PROVENANCES = ("measured", "calculated", "estimated", "stated", "cited", "imported")
IMPORTED = "imported"  # a number that somebody gave as such, in a table
AGREED, DISAGREED = "agreed", "disagreed"  # flags: what a second miner reads in the same place
TRAITS = ("process", "substrate", "product", "mechanism")
PASSAGE_KINDS = ("title", "heading", "paragraph", "caption", "table", "list", "reference")


@dataclass(frozen=True)
class Repair:
    """One damaged glyph made good.

    Attributes
    ----------
    start, end : character offsets of ``before`` in the document's original text
    before, after : the characters that stood there, and what they were read as
    rule : name of the rule that did it
    """

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True)
class Passage:
    """A stretch of a document in clean characters, each traceable to the original.

    Attributes
    ----------
    text : clean text (markup resolved, line breaks joined, glyphs repaired)
    offsets : array of unsigned ints, length ``len(text) + 1``
        ``offsets[i]`` is the original offset of clean character ``i``; the last entry ends the passage.
    kind : one of PASSAGE_KINDS
    section : heading the passage stands under ("" before the first heading)
    page : 1-based page, or None where the format has none
    markers : (clean offset, "26") for each citation marker that stood there; the markers are not in ``text``
    repairs : glyph repairs made inside the passage
    """

    text: str
    offsets: array[int]
    kind: str = "paragraph"
    section: str = ""
    page: int | None = None
    markers: tuple[tuple[int, str], ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def start(self) -> int:
        return self.offsets[0]

    @property
    def end(self) -> int:
        return self.offsets[-1]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Map a clean span to offsets in the original text."""
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


@dataclass(frozen=True)
class Reference:
    """One entry of a document's reference list, with what could be read of it."""

    marker: str
    text: str
    authors: str = ""
    title: str = ""
    journal: str = ""
    year: int | None = None
    doi: str | None = None


@dataclass(frozen=True)
class Document:
    """A paper in one file, read.

    Attributes
    ----------
    source : file name (not a path)
    original : the text as it stands in the file; every offset points into it
    format : "text", "markdown", ...
    pages : offsets in ``original`` at which its pages begin; empty where the format has none
    """

    source: str
    original: str
    format: str
    passages: tuple[Passage, ...] = ()
    references: tuple[Reference, ...] = ()
    title: str = ""
    doi: str | None = None
    year: int | None = None
    journal: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    pages: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Give the 1-based page an offset stands on, or None where there are no pages."""
        return bisect_right(self.pages, offset) if self.pages else None


@dataclass(frozen=True)
class Subject:
    """What was measured: the sample as the paper names it, what it is made of, how (``process``; not exported)."""

    name: str
    components: tuple[str, ...] = ()
    substrate: str | None = None
    strategy: str = "other"
    process: str | None = None


@dataclass(frozen=True)
class Conditions:
    """Test conditions of one result; None is "not stated for this result".

    Units are in the names; ``cycle_range`` is (first, last); ``conditions_far`` names the keys that were
    not stated in the evidence itself but carried over from elsewhere in the paper.
    """

    current_density_mA_cm2: float | None = None  # noqa: N815 - binding export name
    areal_capacity_mAh_cm2: float | None = None  # noqa: N815 - binding export name
    cycles: float | None = None
    cycle_range: tuple[int, int] | None = None
    at_cycle: float | None = None
    c_rate: float | None = None
    temperature_C: float | None = None  # noqa: N815 - binding export name
    time_h: float | None = None
    np_ratio: float | None = None
    electrolyte: str | None = None
    electrolyte_class: str | None = None
    cell: str | None = None
    conditions_far: tuple[str, ...] = ()

    def known(self) -> dict[str, Any]:
        """Return the stated conditions only, JSON-ready.

        Examples
        --------
        >>> Conditions(cycles=260, cell="Li|Cu half").known()
        {'cycles': 260, 'cell': 'Li|Cu half'}
        """
        out = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in out.items() if v not in (None, ())}


@dataclass(frozen=True)
class Evidence:
    """Where it stands: ``original[start:end]`` shows the number.

    Attributes
    ----------
    text : the sentence or table row, in clean characters
    start, end : offsets of the number in the document's original text
    passage : index of the passage in ``Document.passages``
    """

    text: str
    start: int
    end: int
    section: str = ""
    page: int | None = None
    passage: int = 0


@dataclass(frozen=True)
class Measurement:
    """One value of one metric of one subject.

    Attributes
    ----------
    metric : a controlled name of ``metrics.toml``
    value, value_max : in ``unit``; of a range the smaller and the larger end, else ``value_max`` is None
    qualifier : one of QUALIFIERS
    unit : the metric's controlled unit
    value_reported, unit_reported : the characters in the text, before any repair
    provenance : one of PROVENANCES
    cited_ref : marker of the reference credited for it, as printed
    confidence : 0 to 1, the chance that metric, number and unit are right
    confidence_strict : the chance that sample, current density and areal capacity are right as well; None where it was
        not rated.  Not exported
    clues : what tells of that chance, noted while it was read (``schema/confidence.toml``); not stored
    steps : how it got its metric, sample and conditions, a sentence each; no part of the fact, and not stored
    """

    metric: str
    value: float
    unit: str
    subject: Subject
    evidence: Evidence
    value_max: float | None = None
    qualifier: str = "="
    value_reported: str = ""
    unit_reported: str = ""
    is_control: bool = False
    conditions: Conditions = field(default_factory=Conditions)
    provenance: str = "measured"
    cited_ref: str | None = None
    confidence: float = 0.5
    flags: tuple[str, ...] = ()
    confidence_strict: float | None = field(default=None, compare=False)
    clues: tuple[str, ...] = field(default=(), compare=False, repr=False)
    steps: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Rejection:
    """A number that was seen and not taken, with the reason and the place."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True)
class Trait:
    """One thing a document says of a coating besides numbers.

    Attributes
    ----------
    kind : one of TRAITS: a step of how it is made, what it is laid on, what it turns into in the cell, how it works
    name : a process or mechanism of the vocabulary; the short name of a material where it is a substrate or product
    evidence : the first place that says so; its offsets show the words
    mentions : how many places of the document say so
    """

    kind: str
    name: str
    evidence: Evidence
    mentions: int = 1


@dataclass(frozen=True)
class Coating:
    """A protective layer as one document tells of it.

    Attributes
    ----------
    name, components : as of a :class:`Subject`
    traits : in the order of first mention, so that the processes are the steps of making it
    cited_ref : marker of the reference it is credited to; None where it is the paper's own
    """

    name: str
    components: tuple[str, ...]
    traits: tuple[Trait, ...] = ()
    cited_ref: str | None = None

    def named(self, kind: str) -> tuple[str, ...]:
        """Give the names of its traits of one kind, in the order of first mention."""
        return tuple(t.name for t in self.traits if t.kind == kind)


@dataclass(frozen=True)
class Mined:
    """What mining one document gives; ``notes`` is what an operator should know of it, a clause each."""

    document: Document
    measurements: tuple[Measurement, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    coatings: tuple[Coating, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        return tuple(r for p in self.document.passages for r in p.repairs)


def to_export(measurement: Measurement, *, id: int, source: str, doi: str | None) -> dict[str, Any]:
    """Give the export form of a record: the keys of the measurement record, JSON-ready."""
    m = measurement
    return {
        "id": id,
        "source": source,
        "doi": doi,
        "metric": m.metric,
        "value": m.value,
        "value_max": m.value_max,
        "qualifier": m.qualifier,
        "unit": m.unit,
        "value_reported": m.value_reported,
        "unit_reported": m.unit_reported,
        "subject": {
            "name": m.subject.name,
            "components": list(m.subject.components),
            "substrate": m.subject.substrate,
            "strategy": m.subject.strategy,
        },
        "is_control": m.is_control,
        "conditions": m.conditions.known(),
        "provenance": m.provenance,
        "cited_ref": m.cited_ref,
        "evidence": {
            "text": m.evidence.text,
            "start": m.evidence.start,
            "end": m.evidence.end,
            "section": m.evidence.section,
            "page": m.evidence.page,
        },
        "confidence": m.confidence,
        "flags": list(m.flags),
    }


def coating_record(coating: Coating, *, source: str, doi: str | None) -> dict[str, Any]:
    """Give a coating JSON-ready: each kind of trait a list in its order, each trait with its first place."""
    return {
        "source": source,
        "doi": doi,
        "name": coating.name,
        "components": list(coating.components),
        "cited_ref": coating.cited_ref,
        **{
            kind: [
                {"name": t.name, "mentions": t.mentions, "start": t.evidence.start, "end": t.evidence.end}
                for t in coating.traits
                if t.kind == kind
            ]
            for kind in TRAITS
        },
    }


def from_export(record: Mapping[str, Any]) -> Measurement:
    """Read a record back from its export form (inverse of :func:`to_export` but for id, source, doi)."""
    s, e, c = record["subject"], record["evidence"], dict(record["conditions"])
    for key in ("cycle_range", "conditions_far"):
        if key in c:
            c[key] = tuple(c[key])
    return Measurement(
        metric=record["metric"],
        value=record["value"],
        value_max=record["value_max"],
        qualifier=record["qualifier"],
        unit=record["unit"],
        value_reported=record["value_reported"],
        unit_reported=record["unit_reported"],
        subject=Subject(s["name"], tuple(s["components"]), s["substrate"], s["strategy"]),
        is_control=record["is_control"],
        conditions=Conditions(**c),
        provenance=record["provenance"],
        cited_ref=record["cited_ref"],
        evidence=Evidence(e["text"], e["start"], e["end"], e["section"], e["page"]),
        confidence=record["confidence"],
        flags=tuple(record["flags"]),
    )
