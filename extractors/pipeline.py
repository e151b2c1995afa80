"""The steps of mining, in their order: read, find, name, link, merge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from extractors import conditions as cond
from extractors.assembling import assemble, reject
from extractors.cast import Cast, cast
from extractors.coatings import Claim, find_claims, gather
from extractors.confidence import rated
from extractors.cues import Reading, kind_of_metric, metrics_of_kind
from extractors.deadline import in_time
from extractors.gated import Gated
from extractors.grids import find_notes
from extractors.kinds import kind_of
from extractors.linking import is_strong, next_subject
from extractors.merging import merge_repeats
from extractors.metrics import choose_metric
from extractors.quantities import Quantity
from extractors.readers import read
from extractors.scope import Context, protocols
from extractors.sections import is_methods, is_supplement, tells_nothing
from extractors.sentences import sentences
from extractors.statements import Result, Statement, read_statement
from extractors.tables import mine_table
from schema.errors import TooSlow, UnitMismatch, UnreadableDocument
from schema.records import Document, Measurement, Mined, Passage, Rejection
from schema.vocabulary import vocabulary

EXTRACTOR_VERSION = "0.1.0"
_HYPOTHETICAL = Gated(
    r"^\W*(?:if|assuming|suppose|supposing|provided that|imagine|consider a|let us)\b|"
    r"\b(?:would be|would have|would need|would require|(?:target|goal)s? (?:is|of|are|for)|"
    r"hypothetical\w*|must possess|should be (?:at least|above|higher|larger))\b",
    re.IGNORECASE,
)
_LIVES = ("cycle_count", "failure_cycle")
_ALSO_SETTINGS = (*_LIVES, "areal_capacity")  # of the sentences to come, or of another result
_NO_RESULT_OF = {  # where a metric is only a setting
    "caption": ("cycle_count", "areal_capacity"),
    "methods": (*_LIVES, "cycling_hours", "voltage_window"),
}
_WOULD = Gated(r"\bwould (?:\w+ly )?(?!expect)\w+|\baim(?:s|ing|ed)? (?:at|for|to)\b")
_DID = re.compile(
    r"\b(?:was|were|show(?:s|ed)|exhibit(?:s|ed)|deliver(?:s|ed)|retain(?:s|ed)|reach(?:es|ed)|obtained)\b"
)
_OTHER_BATTERY = Gated(
    r"\b(?:[Ll]ead[-–]acid|[Nn]ickel[-–]metal hydride|[Aa]lkaline) (?:cells?|batter\w+)|"
    r"\b(?:zinc|Zn|sodium|Na|potassium|K|alumini?um|Al|magnesium|Mg|calcium|Ca)"
    r"[-– ](?:ion|metal|symmetric|air|anode|S|sulfur)\b|"
    r"\b(?:Zn|Na|K|Mg|Al|Ca)\s?\|{1,2}\s?(?:Zn|Na|K|Mg|Al|Ca)\b"
)
_LITHIUM = re.compile(r"\bLi(?![a-z])|lithium", re.IGNORECASE)
_MODEL = Gated(r"\bphase[- ]field model|\bfinite[- ]element|\bsimulation (?:box|domain|cell)\b|\bsupercell\b")
_OF_TABLE = re.compile(r"\W*tab(?:le|\.)", re.IGNORECASE)
_OF_THE_PAPER = ("title", "doi", "year", "journal", "authors", "licence")
Found = tuple[list[Measurement], list[Rejection]]


class Miner(Protocol):
    """What mines a document in place of the rules, which are :func:`mine`.

    Attributes
    ----------
    name : told apart from others by it, in the version that a base notes
    seconds : what one document may take unless the operator says otherwise
    """

    @property
    def name(self) -> str: ...

    @property
    def seconds(self) -> float: ...

    def __call__(self, document: Document, main: Document | None = None) -> Mined: ...


def version_of(miner: Miner | None) -> str:
    """Give the extractor version of what a miner makes: of the same document, another one's is made anew."""
    return EXTRACTOR_VERSION if miner is None or miner.name == "rules" else f"{EXTRACTOR_VERSION} {miner.name}"


def mine_file(path: str | Path, main: str | Path | None = None, miner: Miner | None = None) -> Mined:
    """Read and mine one file.

    Parameters
    ----------
    main : the paper that the file is the supporting information of; one that cannot be read is noted, and done without
    miner : another miner than the rules

    Raises
    ------
    UnreadableDocument
        See ``extractors.readers.read``.
    """
    document = read(path)
    work = miner or mine
    if main is None:
        return work(document)
    try:
        return work(document, read(main))
    except TooSlow:
        raise
    except UnreadableDocument as error:
        note = f"mined without the paper it supplements ({error})"
        return replace(work(replace(document, doi=None)), notes=(note,))


def mine(document: Document, main: Document | None = None) -> Mined:
    """Mine one document.

    Parameters
    ----------
    main : the paper that it is the supporting information of: its abbreviations, samples and protocols hold here too,
        and its title and DOI are those of both

    Examples
    --------
    >>> from extractors.readers.plain.text import read_text_string
    >>> mined = mine(read_text_string("The ZnO-coated Li ran in a symmetric cell for over 900 h at 2 mA cm-2."))
    >>> [(m.metric, m.value, m.qualifier, m.conditions.current_density_mA_cm2) for m in mined.measurements]
    [('cycling_hours', 900.0, '>', 2.0)]
    """
    document, told = with_main_text(document, main)
    who = cast(told)
    settings = protocols(told)
    supplement = main is not None or is_supplement(document)
    captions = tuple(p.text for p in document.passages if p.kind == "caption")
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    claims: list[Claim] = []
    cell: str | None = None
    marker: str | None = None
    for number, passage in in_time(enumerate(document.passages)):
        if passage.kind == "heading":
            cell = cond.cell_of(passage.text)
        if passage.kind in ("heading", "reference", "title") or tells_nothing(passage.section, supplement):
            continue
        if passage.kind == "table":
            more, no = mine_table(passage, number, who, *_beside(document, number))
        else:
            context = Context(cell, marker, is_methods(passage.section), settings, captions)
            more, no = _mine_passage(passage, number, who, context, claims)
            marker = passage.markers[-1][1] if passage.markers and passage.kind == "paragraph" else marker
        found.extend(more)
        rejected.extend(no)
    tables = {i for i, p in enumerate(document.passages) if p.kind == "table"}
    measurements = [paged(m, document) for m in merge_repeats(found, tables)]
    return Mined(document, tuple(rated(measurements)), tuple(rejected), coatings=gather(claims))


def of_paper(document: Document, main: Document) -> Document:
    """Give supporting information the title, DOI and other front matter of its paper."""
    return replace(document, **{name: getattr(main, name) for name in _OF_THE_PAPER})


def with_main_text(document: Document, main: Document | None) -> tuple[Document, Document]:
    """Give a document as one of its paper, and with all that is told of it: a supplement with its main text."""
    if main is None:
        return document, document
    document = of_paper(document, main)
    return document, replace(document, passages=(*main.passages, *document.passages))


def paged(measurement: Measurement, document: Document) -> Measurement:
    """Name the page that a measurement stands on, where the format has pages."""
    evidence, page = measurement.evidence, document.page_of(measurement.evidence.start)
    return measurement if evidence.page == page else replace(measurement, evidence=replace(evidence, page=page))


def _beside(document: Document, number: int) -> tuple[str, list[str]]:
    """Give the caption of a table and the passages below it that are its footnotes."""
    before, below = document.passages[max(number - 1, 0) : number], document.passages[number + 1 : number + 9]
    notes = [p.text for p in takewhile(lambda p: p.kind not in ("table", "heading"), below) if find_notes([p.text])]
    captions = [p.text for p in (*before, *below[:1]) if p.kind == "caption" and p.text not in notes]
    return next((c for c in captions if _OF_TABLE.match(c)), captions[0] if captions else ""), notes


def _mine_passage(passage: Passage, number: int, who: Cast, context: Context, claims: list[Claim]) -> Found:
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    for start, end in in_time(sentences(passage.text)):
        statement = read_statement(passage, number, start, end, who)
        claims.extend(find_claims(statement, who, context.subject, context.marker))
        more, no = _mine_sentence(statement, who, context)
        found.extend(more)
        rejected.extend(no)
    return found, rejected


def _mine_sentence(statement: Statement, who: Cast, context: Context) -> Found:
    """Name the numbers of one sentence, find their conditions and samples, and note what later ones inherit."""
    inherited = context.enter(statement)
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    if statement.quantities:
        results, rejected = _results(statement, context)
        numbers = [r.quantity for r in results]
        taken = {r.quantity.start for r in results if r.metric.name not in _ALSO_SETTINGS}
        mentions = cond.find_conditions(
            statement.passage.text, statement.start, statement.end, statement.quantities, taken
        )
        for r in results:
            try:
                found.append(assemble(r, statement, mentions, numbers, inherited, who, context))
            except (UnitMismatch, OverflowError):  # "cycles kg-1"; "400 orders of magnitude"
                rejected.append(reject(statement.passage, r.quantity, "cannot be had in the metric's unit"))
        context.leave(results, mentions, inherited)
    context.told = {m.metric: m for m in found}
    context.subject = next_subject(statement.samples, context.subject, who, statement.start)
    named = who.review or not who.protagonist
    context.row = tuple(s for s in statement.samples if is_strong(s, named) and not s.standard)
    context.marker = statement.markers[-1] if statement.markers else context.marker
    return found, rejected


def _results(statement: Statement, context: Context) -> tuple[list[Result], list[Rejection]]:
    """Give each number of a sentence its metric, or the reason why it has none."""
    results: list[Result] = []
    rejected: list[Rejection] = []
    for q in statement.quantities:
        metric, reason = _metric(q, statement, context)
        if metric:
            results.append(Result(q, vocabulary().metric(metric), reason))
            context.metrics[kind_of(q.unit)] = metric
        elif q.unit and reason != "condition":
            rejected.append(reject(statement.passage, q, reason))
    context.dealt = _dealt(results)
    told = {kind_of(r.quantity.unit) for r in results}
    for cue in statement.cues:
        # "Coulombic efficiency at 1 mA cm-2.  SbF-Li: 98.8%": named now, counted in the next sentence.
        kind = kind_of_metric(cue.metric)
        if kind not in told:
            context.metrics[kind] = cue.metric
    return results, rejected


def _metric(q: Quantity, statement: Statement, context: Context) -> tuple[str | None, str]:
    text, kind = statement.passage.text, kind_of(q.unit)
    reading = Reading(q, text, statement.start, statement.end, statement.cues, statement.quantities, context.metrics)
    metric, reason = choose_metric(reading)
    # "A and B are 1 and 2 mV, respectively.  With the coating they are 3 and 4 mV, respectively."
    dealt = context.dealt.get(kind, [])
    if reason != "respectively" and len(dealt) == q.size and "respectively" in text[q.end : q.end + 60]:
        names = metrics_of_kind(kind)
        if not any(c.metric in names and c.end <= q.start for c in statement.cues):
            metric, reason = dealt[q.index], "respectively"
    if metric and (why := _tells_no_result(statement.text)):
        return None, why
    if metric in _NO_RESULT_OF.get(statement.passage.kind, ()):
        return None, "a caption's test setting"
    if context.in_methods and metric in _NO_RESULT_OF["methods"]:
        return None, "a protocol of the methods"
    return metric, reason


@lru_cache(maxsize=8)
def _tells_no_result(sentence: str) -> str:
    """Say why no number of a sentence is a result; "" where they may be."""
    if _HYPOTHETICAL.search(sentence) or (_WOULD.search(sentence) and not _DID.search(sentence)):
        return "hypothetical"
    if _OTHER_BATTERY.search(sentence) and not _LITHIUM.search(sentence):
        return "of another battery"
    if _MODEL.search(sentence) and re.search(r"\b(?:set to|set at|assumed|fixed)\b", sentence):
        return "a setting of a model"
    return ""


def _dealt(results: Sequence[Result]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for r in results:
        if r.reason == "respectively":
            out.setdefault(kind_of(r.quantity.unit), []).append(r.metric.name)
    return out
