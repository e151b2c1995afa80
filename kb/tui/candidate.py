"""Screen 3: one candidate: what it is made of, its experiments, each measurement with the passage it stands in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kb.fields import COLUMNS
from kb.printing import card
from kb.tui.cells import NOT_STATED, beside_control
from kb.tui.frame import Export, Frame
from kb.tui.text import Block, TextPane, marked_style
from kb.words import conditions, findings, flag, number, place_of, quantity
from schema.records import AGREED

Row = Mapping[str, Any]
THICKNESSES = ("coating_thickness", "membrane_thickness")
TALL = 36  # lines
_KINDS = {"process": "made by", "product": "turns into", "mechanism": "works by"}
_OF_THE_SAMPLE = ("made of", "strategy", "turns into", "works by", "paper")  # said above all measurements
_HINT = "choose a candidate first: 2 lists them, enter opens one"


class Candidate(Frame):
    """One candidate; ``subject`` is (id of the paper, of the system, of a measurement to begin with or None)."""

    KEY, NAME = "3", "Candidate"
    FILTER = "words of a metric, condition or sample"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "Next evidence"),
        Binding("N", "next(-1)", "Previous evidence", show=False),
        Binding("o", "other", "Other format"),
        Binding("d", "doi", "Open DOI"),
        Binding("p", "paper", "Paper"),
        Binding("i", "simulate", "Simulate it"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: Row = {}
        self._listed: list[Row | None] = []
        self._shown: Row = {}

    def body(self) -> ComposeResult:
        """Lay out the card, the measurements, the passage."""
        with Vertical(id="left"):
            yield Static(id="card")
            with Vertical(classes="part", id="measured") as part:
                part.border_title = "Measurements by experiment"
                yield OptionList(id="measurements", compact=True)
        with Vertical(classes="part", id="evidence") as part:
            part.border_title = "Evidence"
            yield TextPane(id="passage")

    def read(self) -> None:
        """Ask for the candidate."""
        if self.subject is None:
            self.query_one("#card", Static).update(_HINT)
            return
        paper, system, _ = self.subject
        self.ask(lambda base: base.browsing.candidate(paper, system), self._show, "candidate")

    def _show(self, found: Row) -> None:
        self._found = found
        if not found:
            self.query_one("#card", Static).update("this candidate is no longer in the base; " + _HINT)
            self.query_one(OptionList).clear_options()
            return
        self._draw_card()
        self._list("")
        self.query_one(OptionList).focus()

    def _draw_card(self) -> None:
        if self._found:
            self.query_one("#card", Static).update(_card(self._found, brief=self.size.height < TALL))

    def on_resize(self) -> None:
        """Write the card in a line or two where there is little room."""
        self._draw_card()

    # Measurements ----------------------------------------------------------------------------------------------------

    def _list(self, words: str) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        self._listed = []
        before = None
        several = len({row["source"] for row in self._found["measurements"]}) > 1  # formats, supporting information
        for row in sorted(self._found["measurements"], key=lambda row: not conditions(_tested(row))):
            head = _experiment(row)
            if words.casefold() not in f"{row['metric'].replace('_', ' ')} {head.plain} {row['subject']}".casefold():
                continue
            if row["experiment_id"] != before:
                before = row["experiment_id"]
                listed.add_option(Option(head, disabled=True))
                self._listed.append(None)
            listed.add_option(Option(_line(row).append(f"  {row['source']}" if several else "", "dim")))
            self._listed.append(row)
        wanted = self.subject[2]
        places = [i for i, row in enumerate(self._listed) if row is not None]
        at = [i for i in places if wanted is not None and self._listed[i]["id"] == wanted]  # type: ignore[index]
        if places:
            listed.highlighted = (at or places)[0]
            self.call_after_refresh(listed.scroll_to_highlight)  # how long the lines are is known only then
        else:
            self.query_one(TextPane).show([Block(Text("no measurement has these words", "dim"))])

    def filtering(self, text: str) -> None:
        """List the measurements that have some words."""
        if self._found:
            self._list(text)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the passage of the measurement."""
        row = self._listed[event.option_index] if event.option_index < len(self._listed) else None
        if row is not None:
            self.subject = (*self.subject[:2], row["id"])
            self._ask_evidence(row["id"])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the paper at the number."""
        self.action_paper()

    def _ask_evidence(self, id: int) -> None:
        self.ask(lambda base: base.show(id), self._show_evidence, "evidence")

    def _show_evidence(self, row: Row) -> None:
        self._shown = row
        if not row:
            self.query_one(TextPane).show([Block(Text("this measurement is no longer in the base", "dim"))])
            return
        self.query_one(TextPane).show(list(_evidence(row)), 0)

    def action_next(self, by: int) -> None:
        """Go to the next measurement, or the one before."""
        places = [i for i, row in enumerate(self._listed) if row is not None]
        listed = self.query_one(OptionList)
        if places:
            here = places.index(listed.highlighted) if listed.highlighted in places else -1
            listed.highlighted = places[(here + by) % len(places)]

    def action_other(self) -> None:
        """Show where another format of the paper has the number; again, the one after."""
        readings = [f["id"] for f in self._shown.get("formats", ()) if f["id"] is not None]
        if readings:
            self._ask_evidence(readings[0])
        elif self._shown.get("formats"):
            self.tell("no other format of the paper has this number")
        else:
            self.tell("the base has this paper in one format")

    def action_doi(self) -> None:
        """Open the paper at its publisher, in the web browser."""
        if self._found.get("doi"):
            self.app.open_url(f"https://doi.org/{self._found['doi']}")
            self.tell(f"opening https://doi.org/{self._found['doi']}")
        else:
            self.tell("no DOI is stated for this paper")

    def action_paper(self) -> None:
        """Open the text of the paper, at the number."""
        if self._found:
            self.browser.go("4", (self._found["paper_id"], self.subject[2]))

    def action_simulate(self) -> None:
        """Simulate the candidate."""
        if self._found:
            self.browser.go("6", (self._found["system"], self._found["doi"] or self._found["source"]))

    def copied(self) -> str:
        """Copy the measurement with its paper."""
        row = self._shown
        if not row:
            return ""
        value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
        return f"#{row['id']} {row['metric']} {value}, {row['subject']}, {row['doi'] or row['source']}"

    def exported(self) -> Export | None:
        """Write the measurements of the candidate."""
        rows = [row for row in self._listed if row is not None]
        columns = (*COLUMNS, "effect")
        return Export("candidate", columns, lambda _: [{c: r[c] for c in columns} for r in rows]) if rows else None


def _card(found: Row, brief: bool) -> Text:
    """Write what a candidate is: a line a fact, or all facts one after the other."""
    parts = [_part(part) for part in found["parts"] if part["role"] == "component"]
    thick = dict.fromkeys(
        quantity(r["value"], r["value_max"], r["qualifier"], r["unit"])
        for r in found["measurements"]
        if r["metric"] in THICKNESSES
    )
    lines = {
        "made of": ", ".join(parts),
        "laid on": found["substrate"],
        "strategy": found["strategy"],
        "thickness": ", ".join(thick),
        **{said: _traits(found, kind) for kind, said in _KINDS.items()},
    }
    lines["made by"] = lines["made by"] or found["process"]
    paper = ", ".join(str(x) for x in (found["title"], found["year"], found["doi"] or found["source"]) if x)
    text = Text.assemble((found["system"], "bold"), "  ", (paper, "dim"), "\n")
    facts = [
        Text.assemble((f"{name} " if brief else f"{name:<11}", "dim"), value or Text(NOT_STATED, "dim italic"))
        for name, value in lines.items()
    ]
    return text.append_text(Text("; " if brief else "\n").join(facts))


def _traits(found: Row, kind: str) -> str:
    return ", ".join(trait["name"] for trait in found["traits"] if trait["kind"] == kind)


def _part(part: Row) -> str:
    composition = json.loads(part["composition"]) if part["composition"] else {}
    atoms = " ".join(f"{element}{number(count) if count != 1 else ''}" for element, count in composition.items())
    said = [x for x in (part["material_class"], atoms if atoms.replace(" ", "") != part["name"] else "") if x]
    return part["name"] + (f" ({'; '.join(said)})" if said else "")


def _experiment(row: Row) -> Text:
    said = conditions(_tested(row))
    text = Text(said or "conditions not stated", "bold" if said else "italic")
    if row["is_control"]:
        text.append(" (control)")
    if row["cited_ref"]:
        text.append(f" (credited to reference {row['cited_ref']})")
    return text


def _tested(row: Row) -> dict[str, Any]:
    """Give what of a row tells of its conditions."""
    return {name: value for name, value in row.items() if name not in ("value", "value_max")}


def _line(row: Row) -> Text:
    text = Text.assemble(f"  {row['metric'].replace('_', ' ')}  ", beside_control(row, with_unit=True))
    if row["effect"]:
        text.append(f"  {row['effect']}", "italic")
    text.append(f"  {row['confidence']:.2f}", "dim")
    flags = json.loads(row["flags"])
    if flags:
        text.append("  " + "; ".join(flag(f) if f != AGREED else "read alike by a second miner" for f in flags), "dim")
    if found := findings(json.loads(row["findings"])):
        text.append(f"  {found}", "italic bold")
    return text


def _evidence(row: Row) -> Iterator[Block]:
    """Give the passage with the number marked, then what is to be known of it."""
    passage = row["passage"] or row["evidence"]
    text = Text(passage)
    place = place_of((row["value_reported"], row["shown"], number(row["value"])), passage, row["before"])
    if place is not None:
        text.stylize(marked_style(Style(bold=True), 0), *place)
    section = f"section “{row['section']}”" if row["section"] else ""
    page = f"page {row['page']}" if row["page"] else ""
    yield Block(Text(", ".join(x for x in (row["source"], section, page) if x), "dim"))
    yield Block(text)
    value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
    facts = {"measurement": f"#{row['id']} {row['metric'].replace('_', ' ')} {value}", **card(row)}
    for name, said in facts.items():
        if said and name not in _OF_THE_SAMPLE:
            yield Block(Text.assemble((f"{name}: ", "dim"), said), gap=False)
