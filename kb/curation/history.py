"""What was decided, told with what is in force of it now and which facts it is of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from kb.curation.applying import State, read_state
from kb.curation.decisions import Decision, conflicts, in_force, in_order, of_row
from kb.curation.evidence import Place
from schema.statements import statement

WORDS_SHOWN = 4  # on each side of a number whose fact is not at hand


def told(state: State) -> list[dict[str, Any]]:
    """Tell the decisions on a paper.

    Returns
    -------
    list of dict
        Of each decision ``id``, ``made_at``, ``author``, ``action``, ``reason``, ``paper``, ``change``, ``undoes``;
        ``measurements`` (ids in the base now), ``found`` (its evidence is in the base), ``in_force``, ``words`` (the
        number with the words around it; "" of a paper), ``note`` (why it is not followed, else "").
    """
    of: dict[str, list[int]] = {d.id: [] for d in state.decisions}
    unfit: dict[str, str] = {}
    for id, outcome in state.outcomes.items():
        unfit |= outcome.unfit
        for decision in outcome.decisions:
            of[decision.id].append(id)
    missing = {d.id for d in state.unmatched}
    alive = _alive(state.decisions)
    return [
        _row(d, sorted(of[d.id]), d.id not in missing, d.id in alive and d.id not in missing, unfit.get(d.id, ""))
        for d in in_order(state.decisions)
    ]


def whole(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Tell every decision of a base, those without evidence in it too, the first first; as :func:`told` does."""
    rows = {row["id"]: row for state in _states(db) for row in told(state)}
    everything = [of_row(row) for row in db.execute(statement("decisions"))]
    return [rows.get(d.id) or _row(d, [], False, False, "") for d in everything]


def conflicting(
    db: sqlite3.Connection, of: Collection[str] | None = None, states: Iterable[State] | None = None
) -> list[dict[str, Any]]:
    """Tell what was decided differently on the same evidence, neither decision in knowledge of the other.

    Parameters
    ----------
    of : ids of decisions; only conflicts that one of them has a part in.  All where None
    states : of the papers that these are on, where they are at hand

    Returns
    -------
    list of dict
        ``measurements`` (ids; none where the evidence is not in the base), ``in_force`` and ``overruled`` (decisions
        as :func:`told` gives them); of two decisions the later one is in force.
    """
    seen: dict[tuple[str, str], list[int]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for state in _states(db) if states is None else states:
        rows |= {row["id"]: row for row in told(state)}
        for id, outcome in state.outcomes.items():
            for one, other in conflicts(outcome.decisions):
                seen.setdefault((one.id, other.id), []).append(id)
    # Where no fact stands on it, the fingerprint tells what is the same evidence.
    groups: dict[str, list[Decision]] = {}
    for decision in map(of_row, db.execute(statement("decisions"))):
        if decision.place is not None and not rows.get(decision.id, {}).get("measurements"):
            groups.setdefault(decision.evidence, []).append(decision)
    for group in groups.values():
        for one, other in conflicts(group):
            seen.setdefault((one.id, other.id), [])
            rows |= {d.id: rows.get(d.id) or _row(d, [], False, False, "") for d in (one, other)}
    return [
        {"measurements": sorted(ids), "in_force": rows[later], "overruled": rows[earlier]}
        for (earlier, later), ids in sorted(seen.items(), key=lambda pair: (pair[1], pair[0]))
        if of is None or {earlier, later} & {*of}
    ]


def _states(db: sqlite3.Connection) -> Iterator[State]:
    names = json.dumps(sorted({row["paper"] for row in db.execute(statement("decisions"))}))
    for row in db.execute(statement("papers_of_names"), {"names": names}).fetchall():
        yield read_state(db, row["id"])


def _alive(decisions: Collection[Decision]) -> set[str]:
    return {d.id for d in in_force(decisions)}


def _row(decision: Decision, ids: list[int], found: bool, in_force: bool, note: str) -> dict[str, Any]:
    return {
        "id": decision.id, "made_at": decision.made_at, "author": decision.author, "action": decision.action,
        "reason": decision.reason, "paper": decision.paper, "change": _change(decision.change),
        "undoes": decision.undoes, "measurements": ids, "found": found, "in_force": in_force and not note,
        "words": _words(decision.place),
        "note": note or ("" if found else "its evidence is not in the base now"),
    }  # fmt: skip


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    control = change.get("control")
    return {"control": _words(Place.of(control))} if isinstance(control, dict) else dict(change)


def _words(place: Place | None) -> str:
    if place is None:
        return ""
    return " ".join((*place.before[-WORDS_SHOWN:], f"«{place.number}»", *place.after[:WORDS_SHOWN]))
