"""What the keys of the screen of audits decide, on a base that is open for writing: each says what was done.

They run in threads and touch no widget; a fact is decided on only while it is the one that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.base import KnowledgeBase
from kb.curation.decisions import Decision
from kb.words import counted, quantity
from schema.errors import BadDecision

Row = Mapping[str, Any]
Done = tuple[str, Decision]
# By these a fact is known to be the one that was looked at when it was decided on.
_SAME = ("paper_id", "metric", "value", "value_max", "unit", "subject", "value_reported", "evidence_start", "status")


def _seen(base: KnowledgeBase, record: Row) -> int:
    """Give the id of a fact that is still the one that was looked at; somebody may have mined its paper anew."""
    now = base.show(record["id"])
    if not now or any(now[name] != record[name] for name in _SAME):
        raise BadDecision(f"#{record['id']} is no longer what is shown, so nothing was decided; r reads it anew")
    return int(record["id"])


def accept(record: Row, author: str | None, base: KnowledgeBase) -> Done:
    """Accept a fact."""
    return f"#{record['id']} is accepted", base.curation.accept(_seen(base, record), author=author)


def reject(record: Row, author: str | None, why: str, base: KnowledgeBase) -> Done:
    """Reject a fact."""
    return f"#{record['id']} is rejected", base.curation.reject(_seen(base, record), why, author)


def set_(record: Row, author: str | None, changes: Mapping[str, str], why: str, base: KnowledgeBase) -> Done:
    """Correct a fact."""
    made = base.curation.set(_seen(base, record), changes, why, author)
    row = base.places([record["id"]])[record["id"]]
    return f"#{record['id']} is {quantity(row['value'], row['value_max'], row['qualifier'], row['unit'])} now", made


def link(record: Row, author: str | None, control: int | None, base: KnowledgeBase) -> Done:
    """Name the control of a fact; None: the one that is looked for."""
    made = base.curation.link_control(_seen(base, record), control, author=author)
    said = "the control that is looked for" if control is None else f"#{control}"
    return f"#{record['id']} is compared with {said}", made


def undo(id: str, author: str | None, base: KnowledgeBase) -> Done:
    """Take a decision back, where it is the last in force on its fact, or the removal of a paper."""
    told = base.review.decision(id)
    if told and told["action"] == "remove":
        return restore(told["paper"].partition(":")[2], author, base)
    facts = told.get("measurements", ())
    if not facts or told["action"] == "undo":
        raise BadDecision("this decision cannot be taken back here: " + ("it is an undoing" if facts else "no fact"))
    if base.review.last_on(facts[0]) != id:
        raise BadDecision(f"another decision on #{facts[0]} is in force, or this one is not; take the last one back")
    return f"took back: {told['action']} of #{facts[0]}", base.curation.undo(facts[0], author=author)


def restore(doi: str, author: str | None, base: KnowledgeBase) -> Done:
    """Take the removal of a paper back."""
    return f"{doi} is in the views again", base.curation.restore(doi, author=author)


def remove(doi: str, author: str | None, why: str, base: KnowledgeBase) -> Done:
    """Take all facts of a paper out of the views."""
    made, rests = base.curation.remove(doi, why, author)
    return f"{doi} is removed, {counted(len(rests.measurements), 'fact')} left the views", made
