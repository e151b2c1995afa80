"""How findings, decisions and removed papers are read and drawn: columns of the queue, text of one of them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.style import Style
from rich.text import Text

from kb.audit.findings import RULES
from kb.base import KnowledgeBase
from kb.candidates import MINED
from kb.tui.table import Begun, Column
from kb.tui.text import Block, marked_style
from kb.words import conditions, counted, decision, mined_value, number, place_of, quantity
from schema.errors import UnknownFact

Row = Mapping[str, Any]
AROUND = 350  # characters of a passage that are shown on each side of its number
GONE = "gone; r reads anew"
OPEN, ALL, DECISIONS, REMOVED = "open findings", "all findings", "decisions", "removed papers"
VIEWS = (OPEN, ALL, DECISIONS, REMOVED)


@dataclass(frozen=True)
class Listed:
    """The rows of a view.

    Attributes
    ----------
    words : all of them stand in each row
    """

    view: str
    words: str = ""

    def keys(self, base: KnowledgeBase, begun: Begun) -> array[int]:
        """Read their keys."""
        review = base.review
        if self.view in (OPEN, ALL):
            return review.findings(self.view == ALL, self.words, begun)
        return (review.decisions if self.view == DECISIONS else review.removed)(self.words, begun)

    def page(self, base: KnowledgeBase, keys: Sequence[int]) -> Sequence[Row]:
        """Read some of them."""
        review = base.review
        if self.view in (OPEN, ALL):
            return review.findings_page(keys)
        return (review.decisions_page if self.view == DECISIONS else review.removed_page)(keys)

    def columns(self, colours: Mapping[str, str]) -> Sequence[Column]:
        """Give the columns of the view."""
        if self.view == DECISIONS:
            return (
                Column("", "when", 16, lambda row: row["made_at"][:16].replace("T", " ") if row["id"] else GONE),
                Column("", "what", 7, _action),
                Column("", "of", 26, _decided_on),
                Column("", "who", 16, lambda row: (row["author"] or "").partition(" <")[0]),
                Column("", "why", 44, lambda row: row["reason"] or "–"),
            )
        if self.view == REMOVED:
            return (
                Column("", "paper", 30, lambda row: row["doi"] or row["title"] or GONE),
                Column("", "facts", 5, lambda row: str(row["facts"]), "right"),
                Column("", "when", 10, lambda row: row["by"]["made_at"][:10] if row["by"] else "–"),
                Column("", "why", 44, lambda row: row["by"]["reason"] if row["by"] else "–"),
            )
        return (
            Column("", "", 7, lambda row: _severity(row, colours)),
            Column("", "found", 23, lambda row: row["rule"].replace("_", " ") if row["rule"] else GONE),
            Column("", "value", 16, _value, "right"),
            Column("", "sample", 23, lambda row: row["subject"] or "–"),
            Column("", "paper", 30, lambda row: row["doi"] or row["source"] or "–"),
        )


def progress_text(told: Row, width: int, done: str, colours: Mapping[str, str]) -> Text:
    """Draw how far people are: facts decided on, of those and the findings that nobody has decided on.

    Parameters
    ----------
    told : of :meth:`kb.review.Review.progress`
    width : of the bar, in characters
    done, colours : the colour of what is done, those of the severities
    """
    whole = told["decided"] + sum(told["open"].values())
    share = round(width * told["decided"] / whole) if whole else 0
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append("━" * share, done).append("─" * (width - share), "dim")
    text.append(f" {told['decided']} of {whole} looked at", "bold")
    for severity, left in told["open"].items():
        if left:
            text.append("  ●", colours[severity]).append(f" {left} {severity}")
    if told["removed"]:
        text.append(f"  {counted(told['removed'], 'paper')} removed", "dim")
    return text


def _severity(row: Row, colours: Mapping[str, str]) -> Text:
    if row["severity"] is None:
        return Text("–")
    mark = "✓" if row["decided"] else "●"
    return Text.assemble((mark, colours.get(row["severity"], "")), f" {row['severity']}")


def _value(row: Row) -> Text:
    if row["metric"] is None:
        return Text("–")
    return Text(quantity(row["value"], row["value_max"], row["qualifier"], row["unit"]))


def _action(row: Row) -> Text:
    action = row["action"] or "–"
    return Text(action, "" if row["in_force"] or action in ("undo", "–") else "strike dim")


def _decided_on(row: Row) -> str:
    """Say what a decision is of, as it was mined when it was made."""
    if not row["place"]:
        return (row["paper"] or "–").partition(":")[2]
    place = json.loads(row["place"])
    return f"{place['metric'].replace('_', ' ')}, {place['sample']}".rstrip(", ")


# One of them ----------------------------------------------------------------------------------------------------------


def read_records(base: KnowledgeBase, ids: Iterable[int]) -> list[Row]:
    """Read measurements with their evidence and ``history``; one that is set aside or gone has no ``metric``."""
    out: list[Row] = []
    for id in ids:
        row = base.show(id)
        try:
            history = base.curation.history(id)
        except UnknownFact:
            history = []
        out.append({**(row or {"id": id, "aside": base.curation.aside(id)}), "history": history})
    return out


def read_decision(id: str, base: KnowledgeBase) -> tuple[Row, list[Row]]:
    """Read a decision, and the facts it is of."""
    told = base.review.decision(id)
    return told, read_records(base, told.get("measurements", ()))


def finding_blocks(row: Row, records: Sequence[Row], colour: str) -> Iterator[Block]:
    """Give a finding: its arithmetic, its repair, then each record with its passage; record i carries the mark i."""
    head = f"{row['severity']}: {row['rule'].replace('_', ' ')}"
    yield Block(Text.assemble((head, f"bold {colour}"), (f"  {RULES.get(row['rule'], '')}", "dim")), gap=False)
    yield Block(Text(row["said"], "bold"), gap=not row["repair"])
    if row["repair"]:
        yield Block(Text.assemble(("might mend it: ", "dim"), row["repair"]))
    yield from record_blocks(records)


def record_blocks(records: Sequence[Row]) -> Iterator[Block]:
    """Give records, each with the mark of its place."""
    for place, record in enumerate(records):
        yield from _record(record, place)


def _record(record: Row, mark: int) -> Iterator[Block]:
    number_style = marked_style(Style(bold=True, underline=True), mark)
    head = Text(f"#{record['id']}", marked_style(Style(bold=True), mark))
    if "metric" not in record:
        aside = record["aside"]
        what = f"{aside['metric'].replace('_', ' ')} {_said(aside)}, {aside['status']}" if aside else "not in the base"
        yield Block(Text.assemble(head, f"  {what}"), gap=False)
        if aside:
            text = Text(aside["evidence"]["text"])
            place = place_of((aside["value_reported"], number(aside["value"])), text.plain)
            text.stylize(number_style, *place or (0, 0))
            yield Block(text, indent=2)
        yield from _history(record)
        return
    text = Text.assemble(head, "  ", (record["metric"].replace("_", " "), "bold"), f" {_said(record)}")
    text.append(f", {record['subject']}" + (" (control)" if record["is_control"] else ""))
    is_mined = record["status"] == MINED
    text.append(f"  confidence {record['confidence']:.2f}" if is_mined else f"  {record['status']}", "dim italic")
    yield Block(text, gap=False)
    where = [record["source"], f"section “{record['section']}”" if record["section"] else ""]
    where.append(f"page {record['page']}" if record["page"] else "")
    known = {
        "": conditions({k: v for k, v in record.items() if k not in ("value", "value_max")}) or "conditions not stated",
        "read as": mined_value(record), "compared with": f"#{record['control_id']}" if record["control_id"] else "",
    }  # fmt: skip
    said = "; ".join(f"{name} {value}".strip() for name, value in known.items() if value)
    yield Block(Text(said, "dim"), indent=2, gap=False)
    yield Block(Text(", ".join(filter(None, where)), "dim"), indent=2, gap=False)
    yield Block(_passage(record, number_style), indent=2)
    yield from _history(record)


def _said(row: Row) -> str:
    return quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])


def _passage(record: Row, style: Style) -> Text:
    """Give the words around a number, which is marked."""
    passage = record["passage"] or record["evidence"]
    place = place_of((record["value_reported"], record["shown"], number(record["value"])), passage, record["before"])
    start, end = place or (0, 0)
    low, high = max(start - AROUND, 0), end + AROUND
    # Whole words; one that is longer than all that is shown is cut.
    low = passage.find(" ", low, start) + 1 if low else 0
    high = max(passage.rfind(" ", end, high), end) if high < len(passage) else high
    text = Text(passage)
    if place is not None:
        text.stylize(style, start, end)
    cut = text[low:high]
    return Text("… " if low else "").append_text(cut).append(" …" if high < len(passage) else "")


def _history(record: Row) -> Iterator[Block]:
    for told in record["history"]:
        state = "" if told["in_force"] or told["action"] == "undo" else f"  ({told['note'] or 'undone'})"
        yield Block(Text.assemble(("decided: ", "dim"), decision(told), (state, "dim")), indent=2, gap=False)
    if record["history"]:
        yield Block(Text(), gap=False)


def decision_blocks(told: Row, records: Sequence[Row]) -> Iterator[Block]:
    """Give a decision, and the facts it is of."""
    if not told:
        yield Block(Text("the paper of this decision is not in the base; the log keeps it", "italic"))
        return
    state = told["note"] or ("in force" if told["in_force"] else "" if told["action"] == "undo" else "undone")
    yield Block(Text.assemble((decision(told), "bold"), (f"  {state}", "italic")), gap=False)
    yield Block(Text(f"{told['author']}, {told['made_at'][:19].replace('T', ' ')} UTC", "dim"), gap=False)
    yield Block(Text(f"of {told['words'] or told['paper'].partition(':')[2]}", "dim"))
    yield from record_blocks(records)


def paper_blocks(row: Row) -> Iterator[Block]:
    """Give a paper that was removed."""
    title = ", ".join(str(x) for x in (row["title"], row["year"], row["doi"]) if x)
    yield Block(Text(title, "bold"), gap=False)
    by = row["by"]
    if by:
        yield Block(Text(f"removed by {by['author']}, {by['made_at'][:10]}: {by['reason']}"), gap=False)
    yield Block(Text(f"{counted(row['facts'], 'fact')} of it in no view, count or ranking; u brings them back", "dim"))
