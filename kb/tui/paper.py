"""Screen 4: the text of a paper by sections: what was mined highlighted by metric, what was not visible as well."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kb.tui.frame import Export, Frame
from kb.tui.text import Block, TextPane, marked_style
from kb.words import counted, flag, number, place_of, quantity
from schema.records import AGREED

Row = Mapping[str, Any]
_HINT = "choose a paper first: 1 lists the newest, p in 2 and 3 opens one"
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")
# Backgrounds that black letters are read on in both themes; metrics take them in the order of their frequency.
COLOURS = ("#8ecae6", "#ffb703", "#90be6d", "#f4978e", "#c8b6ff", "#76c8b1", "#e9c46a", "#d4a373")
NOT_TAKEN = Style(underline=True, italic=True)
NOT_LOOKED_AT = Style(underline=True, dim=True)


@dataclass
class Marked:
    """A text to be shown, with what its marks mean.

    Attributes
    ----------
    sections : name of a section, the index of its first block, how many numbers were mined in it
    meanings : of the marks, in their order: a row of a measurement, or of a number that was not taken
    mined : the marks of measurements
    """

    blocks: list[Block] = field(default_factory=list)
    sections: list[tuple[str, int, int]] = field(default_factory=list)
    meanings: list[Row] = field(default_factory=list)
    mined: list[int] = field(default_factory=list)


class Paper(Frame):
    """A paper; ``subject`` is (its id, the id of a measurement to begin at or None)."""

    KEY, NAME = "4", "Paper"
    FILTER = "words to find in the text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "Next number"),
        Binding("N", "next(-1)", "Previous number", show=False),
        Binding("u", "untaken(1)", "Next not taken"),
        Binding("o", "other", "Other document"),
        Binding("d", "doi", "Open DOI"),
        Binding("t", "sections", "Sections", show=False),
        Binding("enter", "candidate", "Candidate"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: Row = {}
        self._document = 0
        self._marked = Marked()
        self._colours: dict[str, str] = {}
        self._numbers: Sequence[Row] = ()

    def body(self) -> ComposeResult:
        """Lay out head, sections, text, and what the chosen number means."""
        yield Static(id="title")
        with Horizontal():
            with Vertical(classes="part", id="contents") as part:
                part.border_title = "Sections"
                yield OptionList(id="sections", compact=True)
                yield Static(id="legend")
            yield TextPane(id="text")
        yield Static(id="meaning")

    def read(self) -> None:
        """Ask for the paper."""
        if self.subject is None:
            self.query_one("#title", Static).update(_HINT)
            return
        paper, _ = self.subject
        self.ask(lambda base: base.browsing.paper(paper), self._show, "paper")

    def _show(self, found: Row) -> None:
        self._found = found
        if not found:
            self.query_one("#title", Static).update("this paper is no longer in the base; " + _HINT)
            return
        documents = found["documents"]
        if self._document not in [d["id"] for d in documents] and documents:
            self._document = max(documents, key=lambda d: (d["supplement_of"] is None, d["measurements"]))["id"]
        self._read_text()

    def _read_text(self) -> None:
        document = self._document
        self.query_one("#meaning", Static).update("reading …")
        wanted = self.subject[1]
        if wanted is None:
            self.ask(lambda base: (document, base.browsing.text(document)), self._show_text, "text")
            return

        def both(base: Any) -> tuple[int, Row]:
            # The number asked for may stand in another document of the paper.
            row = base.show(wanted)
            stands = row["document_id"] if row and row["paper_id"] == self.subject[0] else document
            return stands, base.browsing.text(stands)

        self.ask(both, self._show_text, "text")

    def _show_text(self, told: tuple[int, Row]) -> None:
        self._document, text = told
        self._numbers = text["numbers"]
        metrics = Counter(row["metric"] for row in text["numbers"])
        self._colours = {m: COLOURS[i % len(COLOURS)] for i, (m, _) in enumerate(metrics.most_common())}
        self._marked = marked(text, self._found, self._colours)
        self._show_head()
        self._show_contents(metrics)
        at = next((m for m in self._marked.mined if self._marked.meanings[m]["id"] == self.subject[1]), None)
        pane = self.query_one(TextPane)
        pane.show(self._marked.blocks, at)
        pane.focus()
        self._show_meaning(at)

    def _show_head(self) -> None:
        found = self._found
        said = (", ".join(found["authors"][:3]), found["journal"], found["year"] or "year not stated",
                found["doi"] or "DOI not stated", found["licence"] or "licence not stated")  # fmt: skip
        document = next(d for d in found["documents"] if d["id"] == self._document)
        kind = " (supporting information)" if document["supplement_of"] else ""
        more = len(found["documents"]) - 1
        others = f"; o shows {counted(more, 'other document')}" if more else ""
        head = Text.assemble((found["title"] or document["source"], "bold"), "\n")
        head.append(", ".join(str(x) for x in said if x), "dim")
        head.append(f"\n{document['source']}, {document['format']}{kind}{others}", "dim")
        self.query_one("#title", Static).update(head)

    def _show_contents(self, metrics: Counter[str]) -> None:
        listed = self.query_one("#sections", OptionList)
        listed.clear_options()
        for name, _, mined in self._marked.sections:
            listed.add_option(Option(Text.assemble(name, (f"  {mined}" if mined else "", "bold"))))
        listed.highlighted = 0
        legend = Text("\n").join(
            Text.assemble((f" {number} ", f"black on {self._colours[m]}"), " ", m.replace("_", " "))
            for m, number in metrics.most_common()
        )
        legend.append("\n" if legend else "").append("seen and not taken", NOT_TAKEN).append("\n")
        legend.append("no metric looked for", NOT_LOOKED_AT)
        self.query_one("#legend", Static).update(legend)

    # Going about -----------------------------------------------------------------------------------------------------

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the section."""
        if event.option_list.has_focus:
            self.query_one(TextPane).go_to_block(self._marked.sections[event.option_index][1])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go into the text of the section."""
        self.query_one(TextPane).go_to_block(self._marked.sections[event.option_index][1])
        self.query_one(TextPane).focus()

    def on_text_pane_marked(self, event: TextPane.Marked) -> None:
        """Say what the number means."""
        meaning = self._marked.meanings[event.mark]
        self.subject = (self.subject[0], meaning.get("id"))
        self._show_meaning(event.mark)

    def _show_meaning(self, mark: int | None) -> None:
        mined, all_marks = len(self._marked.mined), len(self._marked.meanings)
        if mark is None:
            said = f"{counted(mined, 'number')} mined, {all_marks - mined} seen and not taken; n goes to the next"
            if not mined and not all_marks:
                said = "nothing was mined in this document"
            self.query_one("#meaning", Static).update(Text(said, "dim"))
            return
        row = self._marked.meanings[mark]
        if "reason" in row:
            self.query_one("#meaning", Static).update(Text.assemble("not taken: ", row["reason"]))
            return
        value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
        control = " (control)" if row["is_control"] else ""
        text = Text.assemble((f" {row['metric'].replace('_', ' ')} ", f"black on {self._colours[row['metric']]}"), " ")
        text.append(value, "bold").append(f" of {row['subject']}{control}, confidence {number(row['confidence'])} ")
        text.append(f"#{row['id']}", "dim")
        careful = [flag(f) for f in json.loads(row["flags"]) if f != AGREED]
        self.query_one("#meaning", Static).update(text.append("; " + "; ".join(careful) if careful else ""))

    def action_next(self, by: int) -> None:
        """Go to the next number that was mined, or the one before."""
        self.query_one(TextPane).next(by, self._marked.mined)

    def action_untaken(self, by: int) -> None:
        """Go to the next number that was seen and not taken."""
        untaken = [m for m, row in enumerate(self._marked.meanings) if "reason" in row]
        if untaken:
            self.query_one(TextPane).next(by, untaken)
        else:
            self.tell("no number was seen and not taken")

    def action_other(self) -> None:
        """Show another document of the paper: another format, supporting information."""
        ids = [d["id"] for d in self._found.get("documents", ())]
        if len(ids) > 1:
            self._document = ids[(ids.index(self._document) + 1) % len(ids)]
            self.subject = (self.subject[0], None)
            self._read_text()
        else:
            self.tell("the base has one document of this paper")

    def action_doi(self) -> None:
        """Open the paper at its publisher, in the web browser."""
        if self._found.get("doi"):
            self.app.open_url(f"https://doi.org/{self._found['doi']}")
            self.tell(f"opening https://doi.org/{self._found['doi']}")
        else:
            self.tell("no DOI is stated for this paper")

    def action_sections(self) -> None:
        """Open the sections, or go back to the text."""
        contents, listed = self.query_one("#contents"), self.query_one("#sections", OptionList)
        if listed.has_focus:
            contents.remove_class("-open")
            self.query_one(TextPane).focus()
        else:
            contents.add_class("-open")
            listed.focus()

    def action_candidate(self) -> None:
        """Open the candidate that the chosen number is of."""
        mark = self.query_one(TextPane).mark
        row = self._marked.meanings[mark] if mark is not None else {}
        if "system_id" in row:
            self.browser.go("3", (row["paper_id"], row["system_id"], row["id"]))
        else:
            self.tell("n goes to a number first")

    def filtered(self, text: str) -> None:
        """Go to the next place with some words."""
        words = text.casefold().strip()
        hits = [i for i, block in enumerate(self._marked.blocks) if words and words in block.text.plain.casefold()]
        pane = self.query_one(TextPane)
        if hits:
            here = pane.first_block
            pane.go_to_block(next((i for i in hits if i > here), hits[0]))
            self.tell(f"{text}: in {counted(len(hits), 'paragraph')}")
        else:
            self.tell(f"{text}: nowhere in this document")

    def copied(self) -> str:
        """Copy the DOI, or the title."""
        return str(self._found.get("doi") or self._found.get("title") or "")

    def exported(self) -> Export | None:
        """Write the numbers of the document."""
        columns = ("id", "metric", "value", "value_max", "qualifier", "unit", "value_reported", "subject", "is_control",
                   "confidence", "start_offset", "end_offset")  # fmt: skip
        rows = [{name: row[name] for name in columns} for row in self._numbers]
        return Export("paper", columns, lambda _: rows) if rows else None


def marked(text: Row, paper: Row, colours: Mapping[str, str]) -> Marked:
    """Lay a document out in blocks, its numbers marked.

    Parameters
    ----------
    text, paper : from :class:`kb.browsing.Browsing`
    colours : metric -> background
    """
    out = Marked()
    by_passage: dict[int | None, list[Row]] = {}
    for row in (*text["numbers"], *text["rejections"]):
        by_passage.setdefault(row["passage_id"], []).append(row)
    section = None
    for passage in text["passages"] or ([_whole(text)] if text["original"] else []):
        mined = len(out.mined)
        block = _block(passage, by_passage.pop(passage["id"], ()), out, colours)
        if passage["section"] != section or not out.sections:
            section = passage["section"]
            out.sections.append((section or "Beginning", len(out.blocks), 0))
        name, first, number_of = out.sections[-1]
        out.sections[-1] = (name, first, number_of + len(out.mined) - mined)
        out.blocks.append(block)
    _add_elsewhere(by_passage, out, colours)
    # A reader that keeps the reference list as passages has shown it already.
    if text["citations"] and not any(passage["kind"] == "reference" for passage in text["passages"]):
        out.sections.append((f"References ({len(text['citations'])})", len(out.blocks), 0))
        out.blocks.append(Block(Text("References", "bold")))
        for cited in text["citations"]:
            out.blocks.append(Block(Text(f"[{cited['marker']}] {cited['text']}"), indent=2, gap=False))
        out.blocks.append(Block(Text()))
    out.sections.append(("Licence", len(out.blocks), 0))
    out.blocks.append(Block(Text.assemble(("Licence  ", "bold"), paper["licence"] or "not stated")))
    return out


def _whole(text: Row) -> Row:
    return {"id": None, "kind": "paragraph", "section": "", "page": None, "start_offset": 0, "text": text["original"]}


def _block(passage: Row, rows: Sequence[Row], out: Marked, colours: Mapping[str, str]) -> Block:
    kind = passage["kind"]
    shown = Text(passage["text"], {"title": "bold", "heading": "bold", "reference": "dim"}.get(kind, ""))
    taken: list[tuple[int, int]] = []
    for row in rows:
        spellings = (row.get("value_reported") or "", row["shown"], row.get("text") or "")
        if "value" in row:
            spellings = (row["value_reported"], row["shown"], number(row["value"]))
        place = place_of(spellings, passage["text"], row["before"])
        mark = _mean(row, out)
        if place is not None:
            style = _style(row, colours)
            shown.stylize(marked_style(style, mark), *place)
            taken.append(place)
    for found in _NUMBER.finditer(passage["text"]):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            shown.stylize(NOT_LOOKED_AT, *found.span())
    return Block(shown, indent=2 if kind in ("caption", "table", "list", "reference") else 0, gap=kind != "list")


def _style(row: Row, colours: Mapping[str, str]) -> Style:
    return NOT_TAKEN if "reason" in row else Style(color="black", bgcolor=colours[row["metric"]], bold=True)


def _mean(row: Row, out: Marked) -> int:
    out.meanings.append(row)
    if "reason" not in row:
        out.mined.append(len(out.meanings) - 1)
    return len(out.meanings) - 1


def _add_elsewhere(left: Mapping[int | None, Sequence[Row]], out: Marked, colours: Mapping[str, str]) -> None:
    """Name the numbers whose place is in no passage: they are part of the document all the same."""
    rows = [row for found in left.values() for row in found]
    if rows:
        out.sections.append(("Outside the passages", len(out.blocks), sum("reason" not in row for row in rows)))
        for row in rows:
            said = Text(row["shown"])
            said.stylize(marked_style(_style(row, colours), _mean(row, out)))
            out.blocks.append(Block(said, gap=False))
        out.blocks.append(Block(Text()))
