"""The differences of two bases for people: papers, facts, places in a ranking."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from kb.differences import GROUPS, Change, Differences
from kb.printing import console, print_table
from kb.ranking_differences import ANOTHER, Move, Reason
from kb.words import conditions, number, quantity, unit

_NOT_THERE = "–"


def summary(differences: Differences) -> str:
    """Say in a line how much differs."""
    counts = differences.counts
    told = (
        ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "gone", "changed") if counts[kind]) or "no difference"
    )
    return f"{counts['before']} measurements, then {counts['after']}: {told}"


def print_differences(differences: Differences, most: int) -> int:
    """Print the papers with what became of their facts, then the first facts; give how many facts are not printed."""
    papers = differences.papers
    if not papers:
        return 0
    rows = [
        (row["paper"], row["added"], row["gone"], row["changed"], ", ".join(g for g in GROUPS if row[g]))
        for row in papers[:most]
    ]
    print_table(("paper", "added", "gone", "changed", "in"), rows)
    print_table(
        ("fact", "paper", "metric", "was", "is now"),
        [_line(change) for change in itertools.islice(differences.changes(), most)],
    )
    total = sum(row["added"] + row["gone"] + row["changed"] for row in papers)
    return max(total - most, 0)


def _line(change: Change) -> tuple[str, ...]:
    ids = " → ".join(f"#{n}" for n in dict.fromkeys((change.before, change.after)) if n is not None)
    metric = (change.now or change.was)["metric"]
    return f"{change.kind} {ids}", change.paper, metric, _told(change, before=True), _told(change, before=False)


def _told(change: Change, before: bool) -> str:
    """Say what a fact says; of one that changed, what differs."""
    row = change.was if before else change.now
    if not row:
        return _NOT_THERE
    groups = change.groups or ("value", "sample", "conditions")
    words = {
        "metric": row["metric"],
        "value": quantity(row["value"], row["value_max"], row["qualifier"], row["unit"]),
        "sample": row["subject"] + (" (control)" if row["is_control"] else ""),
        "conditions": conditions(row) or "no conditions",
        "credit": " ".join(filter(None, (row["provenance"], row["cited_ref"]))),
        "confidence": f"confidence {number(row['confidence'])}",
        "flags": ", ".join(row["flags"]) or "no flags",
    }
    if groups == ("confidence",) and change.was["confidence"] == change.now["confidence"]:
        strict = row["confidence_strict"]
        return "strict confidence " + (_NOT_THERE if strict is None else number(strict))
    # What is read at a place first, whatever differs, so that the line is one of a fact.
    return ", ".join(words[group] for group in GROUPS if group in groups or (group == "value" and change.groups))


def print_moves(moves: Sequence[Move], strata: Sequence[Mapping[str, str]], most: int) -> None:
    """Print the places of the candidates in both rankings, with the facts that differ behind each.

    Parameters
    ----------
    strata : criteria that are compared within other conditions, as ``other_strata`` gives them
    """
    rows = [(m.sample, m.before or _NOT_THERE, m.after or _NOT_THERE, _moved(m), _because(m)) for m in moves[:most]]
    print_table(("candidate", "was", "is now", "moved", "because"), rows)
    for other in strata:
        metric = other["metric"].replace("_", " ")
        console().print(
            f"{metric}: compared within {unit(other['now'])}, before within {unit(other['was'])}.", markup=False
        )


def _moved(move: Move) -> str:
    if move.before is None:
        return "new"
    if move.after is None:
        return "gone"
    return f"{move.move:+d}" if move.move else "="


def _because(move: Move) -> str:
    told = []
    for reason in move.because:
        what = reason.metric + (" of the control" if reason.role == "control" else "")
        was = f"{reason.was} #{reason.before}" if reason.before is not None else _NOT_THERE
        now = f"{reason.now} #{reason.after}" if reason.after is not None else _NOT_THERE
        told.append(f"{what} {_became(reason)}: {was} → {now}")
    if not told and move.move:
        return "none of its own facts differs: others moved"
    return "\n".join(told)


def _became(reason: Reason) -> str:
    if reason.kind != ANOTHER:
        return reason.kind
    if reason.before is None:
        return "counts now"
    return "counts no more" if reason.after is None else "another one counts"
