"""Whole documents mined with ChemDataExtractor."""

from __future__ import annotations

from extractors.chemdata.library import library
from extractors.chemdata.models import grammars_of, kinds_of
from extractors.chemdata.sentences import Stretch, mine_sentence
from extractors.chemdata.tables import mine_table
from extractors.deadline import in_time
from extractors.merging import merge_repeats
from extractors.sections import tells_nothing
from extractors.sentences import sentences
from schema.records import Document, Measurement, Mined, Rejection
from schema.vocabulary import vocabulary


def mine(document: Document) -> Mined:
    """Mine a document with ChemDataExtractor alone; see :func:`find_measurements`."""
    found, rejected = find_measurements(document)
    tables = {n for n, p in enumerate(document.passages) if p.kind == "table"}
    return Mined(document, tuple(merge_repeats(found, tables)), tuple(rejected))


def find_measurements(document: Document) -> tuple[list[Measurement], list[Rejection]]:
    """Find every value that ChemDataExtractor reads in a document, also those that are said again.

    A value is one of the metric named nearest to it in its sentence, or by the heads of its column and row; its sample
    is the chemical named nearest, its conditions are the nearest in the sentence.

    Raises
    ------
    MissingPackage
        Where ChemDataExtractor is not installed.
    """
    words = vocabulary().fingerprint
    kinds, grammars = kinds_of(words), grammars_of(words)
    found: list[Measurement] = []
    rejected: list[Rejection] = []
    short = _abbreviations(document)
    for number, passage in in_time(enumerate(document.passages)):
        if passage.kind in ("heading", "reference", "title") or tells_nothing(passage.section):
            continue
        if passage.kind == "table":
            more, no = mine_table(passage, number, kinds)
            found.extend(more)
            rejected.extend(no)
            continue
        for start, end in in_time(sentences(passage.text)):
            found.extend(mine_sentence(Stretch(passage, number, start, end), kinds, grammars, short))
    return found, rejected


def _abbreviations(document: Document) -> dict[str, str]:
    """Give the short form of each name that the paper abbreviates."""
    cde = library()
    detector = cde.text.Text.abbreviation_detector
    told = (
        passage.text[start:end]
        for passage in document.passages
        if passage.kind == "paragraph"
        for start, end in in_time(sentences(passage.text))
        if "(" in passage.text[start:end]
    )
    pairs = (pair for text in told for pair in detector.detect([t.text for t in cde.text.Sentence(text).tokens]))
    return {" ".join(long): "".join(short) for short, long in pairs}
