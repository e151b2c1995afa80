"""Whether a paper measured, calculated, estimated or only cites a value, and whom it credits."""

from __future__ import annotations

import re

from extractors.gated import Gated
from extractors.sections import is_background
from extractors.statements import Statement

_CALCULATED = Gated(r"\b(?:calculat\w*|comput\w*|DFT|first-principles|simulat\w*|theoretical\w*)\b", re.IGNORECASE)
_ESTIMATED = Gated(r"\b(?:estimat\w*|project\w*|extrapolat\w*|predict\w*|expected)\b", re.IGNORECASE)
_REPORTED = Gated(r"\b(?:reported|previous\w*|literature|earlier|et al|[Rr]efs?\.?\s?\d)\b")
_CLAUSE = re.compile(r";|,\s|\s(?=(?:while|whereas|but)\s)")
_OURS = re.compile(r"\b(?:we|our|this work|here)\b", re.IGNORECASE)


def provenance(at: int, statement: Statement, review: bool, marker: str | None) -> tuple[str, str | None]:
    """Say where a value comes from, or whatever else is told at a place.

    Parameters
    ----------
    at : clean offset of it
    review : whether the paper is a review, all of whose facts are others'
    marker : reference last cited before this paragraph

    Returns
    -------
    one of schema.records.PROVENANCES, and the marker of the reference credited
    """
    if review:
        credited = _credited(at, statement) or marker
        return ("cited", credited) if credited else ("stated", None)
    if statement.markers and is_background(statement.passage.section) and not _OURS.search(statement.text):
        return "cited", statement.markers[0]
    text = statement.passage.text
    second_hand = _second_hand(at, statement)
    if second_hand:
        return "cited", second_hand
    near = text[max(statement.start, at - 80) : min(statement.end, at + 60)]
    if _ESTIMATED.search(near):
        return "estimated", None
    if _CALCULATED.search(near):
        return "calculated", None
    return "measured", None


def _second_hand(at: int, statement: Statement) -> str | None:
    """Give the reference where the clause of a number says that others reported it."""
    text, (start, end) = statement.passage.text, statement.span
    if not _REPORTED.search(text, start, end):
        return None
    cuts = [m.end() for m in _CLAUSE.finditer(text, start, end)]
    first = max((c for c in cuts if c <= at), default=start)
    last = min((c for c in cuts if c > at), default=end)
    clause = text[first:last]
    if not _REPORTED.search(clause) or _OURS.search(clause):
        return None
    named = re.search(r"\b[Rr]efs?\.?\s?(\d{1,3})\b", clause)
    cited = [m for place, m in statement.passage.markers if first <= place <= last]
    return named[1] if named else cited[0] if cited else None


def _credited(at: int, statement: Statement) -> str | None:
    """Pick the citation of a fact in its paragraph.

    The first after it in its sentence, else the last before it in its sentence, else the last before its
    sentence, else the first after its sentence.
    """
    markers = statement.passage.markers
    inside = [(place, m) for place, m in markers if statement.start <= place <= statement.end]
    for choice in (
        [m for place, m in inside if place >= at][:1],
        [m for _, m in inside][-1:],
        [m for place, m in markers if place < statement.start][-1:],
        [m for place, m in markers if place > statement.end][:1],
    ):
        if choice:
            return choice[0]
    return None
