"""Screen 7: what the audits found, as a queue that people decide on; every decision is logged, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from kb.base import KnowledgeBase
from kb.tui.curating import Curating
from kb.tui.findings import (
    DECISIONS,
    OPEN,
    REMOVED,
    VIEWS,
    Listed,
    decision_blocks,
    finding_blocks,
    paper_blocks,
    progress_text,
    read_decision,
    read_records,
)
from kb.tui.frame import Export
from kb.tui.table import PagedTable
from kb.tui.text import Block, TextPane

Row = Mapping[str, Any]
WIDE = 100  # characters: from here on the progress has a long bar


class Queue(PagedTable):
    """A table in the order of a queue."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sort by nothing else."""
        return action != "sort" and super().check_action(action, parameters)


class Audit(Curating):
    """Findings, decisions, removed papers; one fact of the chosen row is at hand, and is what a decision is of."""

    KEY, NAME = "7", "Audit"
    FILTER = "words of a finding, sample or paper"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "Next"),
        Binding("N", "next(-1)", "Fact before", show=False),
        Binding("v", "view(1)", "View"),
        Binding("V", "view(-1)", "View before", show=False),
        Binding("p", "paper", "Paper", show=False),
        Binding("d", "doi", "Open DOI", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view, self._words = OPEN, ""
        self._progress: Row = {}
        self._row: Row | None = None
        self._records: Sequence[Row] = ()
        self._about: tuple[Row, Sequence[Row]] | None = None  # decision and records that are shown
        self._at = 0  # which of the records is at hand
        self._return = 0  # where the cursor was before the queue was read anew

    def body(self) -> ComposeResult:
        """Lay out how far one is, the queue, and what it is about."""
        yield Static(id="progress")
        with Container(id="reviewing"):
            with Vertical(id="queue", classes="part"):
                yield Queue(id="rows", empty="nothing here")
            with Vertical(id="about", classes="part"):
                yield TextPane(id="finding")

    @property
    def table(self) -> PagedTable:
        """The queue."""
        return self.query_one("#rows", PagedTable)

    @property
    def pane(self) -> TextPane:
        """What stands beside it."""
        return self.query_one("#finding", TextPane)

    @property
    def record(self) -> Row | None:
        """The fact at hand; None where there is none."""
        return self._records[self._at] if self._at < len(self._records) else None

    @property
    def decision(self) -> str:
        """The id of the decision at hand; "" where there is none."""
        return str((self._row or {}).get("id") or "") if self._view == DECISIONS else ""

    @property
    def removed(self) -> bool:
        """Whether the paper at hand is removed."""
        return self._view == REMOVED

    def on_mount(self) -> None:
        """Begin at the queue."""
        super().on_mount()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())
        self.table.focus()

    def read(self) -> None:
        """Ask for the view, and how far one is."""
        self._return = self.table.cursor
        self._row = None
        self._show_view()

    def _show_view(self) -> None:
        self.ask(lambda base: base.review.progress(), self._show_progress, "progress")
        self.query_one("#queue").border_title = self._view[0].upper() + self._view[1:]
        asked = Listed(self._view, self._words)
        self.table.show(asked.columns(self._colours()), asked)

    def _colours(self) -> dict[str, str]:
        theme = self.app.current_theme
        return {"red": theme.error or "", "amber": theme.warning or "", "note": theme.secondary or ""}

    def _colour(self) -> None:
        self.table.columns = Listed(self._view, self._words).columns(self._colours())
        self._draw_progress()
        if self._row is not None and self._about is not None:
            self._show_records(self._row, *self._about)

    def _show_progress(self, told: Row) -> None:
        self._progress = told
        self._draw_progress()
        if self.table.total == 0:
            self._say_why_nothing()

    def _draw_progress(self) -> None:
        if self._progress:
            done = self.app.current_theme.success or ""
            text = progress_text(self._progress, 20 if self.size.width >= WIDE else 8, done, self._colours())
            if not self.browser.edit:
                text.append("  read-only: --edit to decide", "italic dim")
            self.query_one("#progress", Static).update(text)

    def on_resize(self) -> None:
        """Draw the progress for the width there is."""
        self._draw_progress()

    # What is shown ---------------------------------------------------------------------------------------------------

    def on_paged_table_counted(self, event: PagedTable.Counted) -> None:
        """Go back to where one was; say why there is nothing."""
        event.stop()
        if event.total:
            self.table.action_step(min(self._return, event.total - 1) - self.table.cursor)
        else:
            self._say_why_nothing()
        self._return = 0

    def _say_why_nothing(self) -> None:
        self._row, self._records = None, ()
        self.pane.show([Block(Text(self._why_nothing()))])

    def _why_nothing(self) -> str:
        if self._words:
            return f"nothing has the words {self._words!r}; / changes them"
        told = self._progress
        if self._view == DECISIONS:
            return "nobody has decided on anything yet"
        if self._view == REMOVED:
            return "no paper is removed; R removes that of a finding, as where it was retracted"
        if not told:
            return "reading …"
        if not told["papers"]:
            return f"the base is empty; fill it with: kb ingest FOLDER --db {self.browser.path.name}"
        if not told["audited"]:
            return f"this base has not been audited; do it with: kb check --db {self.browser.path.name}"
        if self._view == OPEN and told.get("decided"):
            return "all that was found has been looked at; v shows it"
        return "the audits find nothing that speaks against what stands here"

    def on_paged_table_moved(self, event: PagedTable.Moved) -> None:
        """Show what the row is about."""
        event.stop()
        row = event.row
        if row is None or row == self._row:
            return
        self._row, self._records, self._about, self._at = row, (), None, 0
        self._ask_about(row)

    def _ask_about(self, row: Row) -> None:
        if self._view == REMOVED:
            self.pane.show(list(paper_blocks(row)) if row["title"] is not None else [])
        elif self._view == DECISIONS and row["id"] is not None:
            self.ask(partial(read_decision, row["id"]), lambda told: self._show_records(row, *told), "about")
        elif row.get("measurements"):
            ids = row["measurements"]
            self.ask(lambda base: read_records(base, ids), lambda found: self._show_records(row, {}, found), "about")
        else:
            self.pane.show([Block(Text("this is no longer in the base; r reads it anew", "italic"))])

    def _show_records(self, row: Row, told: Row, records: Sequence[Row]) -> None:
        at = self._at if records is self._records else 0
        self._about, self._records = (told, records), records
        if self._view == DECISIONS:
            blocks = decision_blocks(told, records)
        else:
            blocks = finding_blocks(row, records, self._colours()[row["severity"]])
        self.pane.show(list(blocks))
        self._choose(at)

    def _choose(self, place: int) -> None:
        self._at = place
        part = self.query_one("#about")
        record = self.record
        paper = self.doi or (record or {}).get("source") or (self._row or {}).get("source")
        part.border_title = "" if record is None else f"At hand: #{record['id']}" + (f" · {paper}" if paper else "")
        part.border_subtitle = f"{place + 1} of {len(self._records)}" if len(self._records) > 1 else ""
        if place:
            self.pane.choose(place)
        else:
            self.pane.mark = 0  # the arithmetic above it stays in view
            self.pane.refresh()

    def on_text_pane_marked(self, event: TextPane.Marked) -> None:
        """Take a fact that was clicked."""
        event.stop()
        if event.mark != self._at:
            self._choose(event.mark)

    def on_paged_table_chosen(self, event: PagedTable.Chosen) -> None:
        """Open the paper at the number."""
        event.stop()
        self.action_paper()

    def filtering(self, text: str) -> None:
        """List what has some words."""
        if text != self._words:
            self._words = text
            self._show_view()

    # Going around ----------------------------------------------------------------------------------------------------

    def action_next(self, by: int) -> None:
        """Go to another fact of the finding."""
        if self._records:
            self._choose((self._at + by) % len(self._records))

    def action_view(self, by: int) -> None:
        """Go to another view."""
        self._view = VIEWS[(VIEWS.index(self._view) + by) % len(VIEWS)]
        self._row, self._records, self._return = None, (), 0
        self._choose(0)
        self.pane.show([])
        self._show_view()

    def action_paper(self) -> None:
        """Open the text of the paper, at the number."""
        record, row = self.record, self._row
        if record is not None and "paper_id" in record:
            self.browser.go("4", (record["paper_id"], record["id"]))
        elif row is not None and row.get("paper_id"):
            self.browser.go("4", (row["paper_id"], None))
        else:
            self.tell("there is no paper at hand")

    def action_doi(self) -> None:
        """Open the paper at its publisher, in the web browser."""
        doi = self.doi
        if doi:
            self.app.open_url(f"https://doi.org/{doi}")
        self.tell(f"opening https://doi.org/{doi}" if doi else "no DOI is stated for this paper")

    @property
    def doi(self) -> str:
        """The DOI of the paper at hand; "" where there is none."""
        row = self._row or {}
        decided_on = (row.get("paper") or "") if self._view == DECISIONS else ""
        of_decision = decided_on.removeprefix("doi:") if decided_on.startswith("doi:") else ""
        return str((self.record or {}).get("doi") or row.get("doi") or of_decision)

    def copied(self) -> str:
        """Copy the finding, decision or paper."""
        row = self._row or {}
        if self._view == REMOVED:
            return str(row.get("doi") or row.get("title") or "")
        if self._view == DECISIONS:
            return str(row.get("id") or "")
        return f"{row['severity']} {row['rule']}: {row['said']}, {self.doi or row['source']}" if row else ""

    def exported(self) -> Export | None:
        """Write the whole view."""
        if not self.table.total:
            return None
        asked = Listed(self._view, self._words)

        def rows(base: KnowledgeBase) -> Iterator[Row]:
            keys = asked.keys(base, lambda _: None)
            for start in range(0, len(keys), 500):
                yield from asked.page(base, keys[start : start + 500])

        return Export(self._view.replace(" ", "_"), (), rows)
