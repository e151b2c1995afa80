"""Evidence whose place does not show its number any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.audit.findings import Finding
from kb.facts import shows

SHOWN = 40  # characters


def broken(paper: int, source: str, original: str, places: Mapping[int, tuple[int, int, str]]) -> Iterator[Finding]:
    """Find the measurements of one document whose offsets do not show the number as it was reported.

    Parameters
    ----------
    paper : id of the paper
    source : file name of the document
    original : the document's text, that the offsets point into
    places : id of the measurement -> start, end, value as reported
    """
    for number, (start, end, reported) in places.items():
        if not shows(original, start, end, reported):
            there = original[start : min(end, start + SHOWN)] if 0 <= start < len(original) else ""
            said = f"characters {start} to {end} of {source} show {there!r}, not {reported!r} (#{number})"
            repair = "ingest the document again; a base that was changed by hand is to be restored from a copy"
            yield Finding("broken_evidence", "red", paper, (number,), said, repair)
