"""Screen 2: what a filter finds, as candidates beside their controls or as measurements; facets, columns, order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from kb.base import KnowledgeBase
from kb.completion import complete
from kb.fields import COLUMNS
from kb.listing import CANDIDATES, MEASUREMENTS, Listing, candidate_key
from kb.named import FILTER, all_named
from kb.tui import columns
from kb.tui.commands import Command
from kb.tui.facets import Facets, condition
from kb.tui.frame import Export, Frame
from kb.tui.querying import QueryLine, Suggestions, with_condition
from kb.tui.table import PAGE, PagedTable
from kb.words import counted, quantity
from schema.errors import KBError

WIDE = 120


class Candidates(Frame):
    """A table over the filter language; ``subject`` is a filter to begin with."""

    KEY, NAME = "2", "Candidates"
    FILTER = "filter, such as coulombic_efficiency >= 98 AT (current_density >= 1 mA/cm^2)"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "facets", "Facets"),
        Binding("c", "columns", "Columns"),
        Binding("v", "level", "Candidates or measurements", show=False),
        Binding("x", "controls", "Show or hide samples that are only controls", show=False),
        Binding("p", "paper", "Paper"),
        Binding("i", "simulate", "Simulate it"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing(sort="-measurements")
        self.metrics: tuple[str, ...] = columns.USUAL_METRICS
        self.others: tuple[str, ...] = columns.USUAL
        self._extents: columns.Extents = {}
        self._known: dict[str, int] = {}
        self._wide = False
        self._asked: list[str] = []
        self._asked_metrics: tuple[str, ...] = ()
        self._place = 0

    def line(self) -> Input:
        """Give the filter line."""
        return QueryLine(self.FILTER, id="filter")

    def body(self) -> ComposeResult:
        """Lay out what is suggested or wrong, what is listed, the facets, the table."""
        yield Suggestions(id="suggestions")
        yield Static(id="wrong")
        yield Static(id="listed")
        with Horizontal():
            with Vertical(id="sidebar", classes="part") as part:
                part.border_title = "Facets"
                yield Facets(id="facets")
            yield PagedTable(id="candidates", empty="nothing found; / changes the filter")

    def on_mount(self) -> None:
        """Show the columns that fit."""
        self._wide = self.size.width >= WIDE
        super().on_mount()
        self.query_one(PagedTable).focus()

    def on_resize(self) -> None:
        """Draw bars where there is room."""
        if self._wide is not (self.size.width >= WIDE):
            self._wide = not self._wide
            self._list()

    # Asking ----------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Ask for all of it."""
        if isinstance(self.subject, str) and self.subject != self.listing.filter_text:
            self.listing = replace(self.listing, filter_text=self.subject)
            self.query_one("#filter", Input).value = self.subject
        self.ask(_scales, self._scaled, "scales")
        self._list()

    def _scaled(self, found: tuple[dict[str, int], columns.Extents]) -> None:
        self._known, self._extents = found
        self.query_one(PagedTable).columns = self._columns()

    @property
    def shown_metrics(self) -> tuple[str, ...]:
        """The metrics that have columns: those of the filter, then those that were chosen."""
        return tuple(dict.fromkeys((*self._asked_metrics, *self.metrics)))

    def _columns(self) -> list[Any]:
        if self.listing.level == MEASUREMENTS:
            return columns.measurement_columns(self._extents, self._wide)
        return columns.candidate_columns(self.shown_metrics, self.others, self._extents, self._wide)

    def _list(self) -> None:
        # A filter that cannot be read leaves the columns; the table says what is wrong with it.
        with suppress(KBError):
            self._asked_metrics = self.listing.asked_metrics()
        listed = columns.Listed(self.listing, self.shown_metrics)
        self.query_one(PagedTable).show(self._columns(), listed, self.listing.sort)
        self._describe(None)
        if self._wide or self.query_one("#sidebar").has_class("-open"):
            self._count_facets()

    def _count_facets(self) -> None:
        listing = self.listing
        self.ask(lambda base: base.browsing.facets(listing), self._show_facets, "facets")

    def _show_facets(self, found: Mapping[str, Any]) -> None:
        chosen = set(self.listing.filter_text.split(" AND "))
        if self.listing.material_class:
            chosen.add(f"class = {self.listing.material_class}")
        self.query_one(Facets).show(found, chosen)

    def _describe(self, total: int | None) -> None:
        listing = self.listing
        name = listing.level.removesuffix("s")
        parts = [Text("counting …" if total is None else counted(total, name), "bold")]
        if listing.material_class:
            parts.append(Text(f"with a component of the class {listing.material_class}"))
        if listing.sort:
            column = listing.sort.removeprefix("-").replace("_", " ")
            parts.append(Text(f"by {column}, {'largest' if listing.sort.startswith('-') else 'smallest'} first"))
        if listing.level == CANDIDATES:
            parts.append(Text("vs: control, vs*: control under other conditions", "dim"))
            if not listing.controls and "is_control" not in listing.filter_text:
                parts.append(Text("mere controls hidden (x)", "dim"))
        shown = Text("; ").join(parts)
        shown.truncate(self.size.width - 2, overflow="ellipsis")
        self.query_one("#listed", Static).update(shown)

    def on_paged_table_counted(self, event: PagedTable.Counted) -> None:
        """Say how many there are."""
        self.query_one("#wrong", Static).remove_class("-open")
        self._describe(event.total)
        text = self.listing.filter_text
        if text and not event.total:
            self.ask(lambda base: "; ".join(base.explain(text)), self.tell, "notes")

    def failed(self, error: BaseException, topic: str = "") -> None:
        """Show what is wrong with a filter below it, with its caret; anything else in the status line."""
        if isinstance(error, KBError) and topic == "table candidates" and "\n" in str(error):
            wrong = self.query_one("#wrong", Static)
            message, shown, caret = [*str(error).splitlines(), "", ""][:3]
            # The caret of the message stands below the line itself, as long as that is not scrolled.
            fits = len(shown) < self.size.width - 2
            wrong.update(Text("\n".join((caret[2:], message) if fits else (shown[2:], caret[2:], message))))
            wrong.add_class("-open")
            self.query_one("#listed", Static).update(Text("the filter cannot be read; what it found before is shown"))
        else:
            super().failed(error, topic)

    # The filter line -------------------------------------------------------------------------------------------------

    def filtering(self, text: str) -> None:
        """Suggest what may come next."""
        line = self.query_one("#filter", Input)
        if line.has_focus:
            typed = text[: line.cursor_position] if line.cursor_position else text
            self.ask(lambda _: complete(typed), self._suggest, "completion")

    def _suggest(self, suggested: list[Any]) -> None:
        if self.query_one("#filter", Input).has_focus:
            self.query_one(Suggestions).show(suggested)

    def filtered(self, text: str) -> None:
        """List what another filter finds."""
        self.stop("completion")
        self.query_one(Suggestions).show(())
        self.query_one("#wrong", Static).remove_class("-open")
        if text.strip() and text not in self._asked:
            self._asked.append(text)
        self._place = len(self._asked)
        self._narrow(filter_text=text.strip())

    def _leave_filter(self) -> None:
        self.query_one(Suggestions).show(())
        self.set_focus(self.query_one(PagedTable))

    def on_query_line_take(self) -> None:
        """Put the marked suggestion in; without one, leave the line."""
        line, suggestions = self.query_one("#filter", Input), self.query_one(Suggestions)
        if suggestions.is_open:
            rest = line.value[line.cursor_position :]
            taken = suggestions.taken(line.value[: line.cursor_position])
            line.value = taken + rest.lstrip()
            line.cursor_position = len(taken)
        else:
            self._leave_filter()

    def on_query_line_mark(self, event: QueryLine.Mark) -> None:
        """Mark another suggestion, or show an earlier filter."""
        line, suggestions = self.query_one("#filter", Input), self.query_one(Suggestions)
        if suggestions.is_open:
            suggestions.mark(event.by)
        elif self._asked:
            self._place = max(0, min(self._place + event.by, len(self._asked) - 1))
            line.value = self._asked[self._place]
            line.cursor_position = len(line.value)
        elif event.by > 0:
            self._leave_filter()

    def _narrow(self, **changed: Any) -> None:
        self.listing = replace(self.listing, **changed)
        self.subject = self.listing.filter_text
        line = self.query_one("#filter", Input)
        if line.value.strip() != self.listing.filter_text:
            line.value = self.listing.filter_text
        self._list()

    # Facets, columns, order ------------------------------------------------------------------------------------------

    def on_facets_toggled(self, event: Facets.Toggled) -> None:
        """Narrow to a value, or take that back."""
        if event.facet == "class":
            wanted = "" if event.value is None or event.value == self.listing.material_class else str(event.value)
            self._narrow(material_class=wanted)
        else:
            self._narrow(filter_text=with_condition(self.listing.filter_text, condition(event.facet, event.value)))

    def on_paged_table_sort_wanted(self, event: PagedTable.SortWanted) -> None:
        """List in another order."""
        self._narrow(sort=event.column)

    def action_facets(self) -> None:
        """Open the facets, go to them, or close them."""
        sidebar, facets = self.query_one("#sidebar"), self.query_one(Facets)
        if facets.has_focus:
            self.query_one(PagedTable).focus()
            if not self._wide:
                sidebar.remove_class("-open")
        else:
            sidebar.add_class("-open")
            self._count_facets()
            facets.focus()

    def action_level(self) -> None:
        """List candidates, or measurements."""
        other = MEASUREMENTS if self.listing.level == CANDIDATES else CANDIDATES
        self._narrow(level=other, sort="-measurements" if other == CANDIDATES else "")

    def action_controls(self) -> None:
        """Show or hide what is only a control."""
        self._narrow(controls=not self.listing.controls)

    def action_columns(self) -> None:
        """Choose columns."""
        from kb.tui.dialogs import ChooseColumns

        if self.listing.level == MEASUREMENTS:
            self.tell("measurements have all their columns; v goes back to candidates")
            return

        def take(chosen: list[str] | None) -> None:
            if chosen is not None:
                self.metrics = tuple(name for name in chosen if name not in columns.OF_CANDIDATE)
                self.others = tuple(name for name in chosen if name in columns.OF_CANDIDATE)
                self._list()

        metrics = [*self.metrics, *(m for m in self._known if m not in self.metrics)]
        names = {
            **{m: f"{m.replace('_', ' ')}, {counted(self._known.get(m, 0), 'measurement')}" for m in metrics},
            **{name: name for name in columns.OF_CANDIDATE},
        }
        self.app.push_screen(ChooseColumns(names, (*self.metrics, *self.others)), take)

    # Rows ------------------------------------------------------------------------------------------------------------

    def on_paged_table_chosen(self, event: PagedTable.Chosen) -> None:
        """Open the candidate, at the first measurement that the filter found."""
        if event.row is None:
            return
        listing, paper, system = self.listing, event.row["paper_id"], event.row["system_id"]
        if listing.level == MEASUREMENTS or not listing.filter_text:
            self.browser.go("3", (paper, system, event.row.get("id")))
        else:

            def open_at(found: list[int]) -> None:
                self.browser.go("3", (paper, system, next(iter(found), None)))

            self.ask(lambda base: base.browsing.found(listing, paper, system), open_at, "candidate")

    def action_paper(self) -> None:
        """Open the paper of the row."""
        row = self.query_one(PagedTable).chosen
        if row is not None:
            self.browser.go("4", (row["paper_id"], row.get("id")))

    def action_simulate(self) -> None:
        """Simulate the candidate of the row."""
        row = self.query_one(PagedTable).chosen
        if row is None:
            return
        key = candidate_key(row["paper_id"], row["system_id"])

        def go(found: list[dict[str, Any]]) -> None:
            for candidate in found:
                self.browser.go("6", (candidate["system"], candidate["doi"] or candidate["source"]))

        self.ask(lambda base: base.browsing.candidates([key], ()), go, "candidate")

    def copied(self) -> str:
        """Copy the row: the sample, or the value with its id, and the paper."""
        row = self.query_one(PagedTable).chosen
        if row is None:
            return ""
        paper = row["doi"] or row["source"]
        if self.listing.level == CANDIDATES:
            return f"{row['system']}, {paper}"
        value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
        return f"#{row['id']} {row['metric']} {value}, {row['subject']}, {paper}"

    def exported(self) -> Export:
        """Write all rows that are listed, in their order."""
        listed = columns.Listed(self.listing, self.shown_metrics)
        names = COLUMNS if self.listing.level == MEASUREMENTS else columns.flat_columns(self.shown_metrics)
        return Export(self.listing.level, names, partial(_all, listed, names))

    def commands(self) -> Iterable[Command]:
        """Offer the filters that go by a name."""
        for named in all_named().values():
            if named.kind == FILTER:
                yield Command(
                    f"Filter @{named.name}", named.meaning or named.text, partial(self._ask_by_name, named.name)
                )

    def _ask_by_name(self, name: str) -> None:
        self._narrow(filter_text=f"@{name}")


def _scales(base: KnowledgeBase) -> tuple[dict[str, int], columns.Extents]:
    known = base.browsing.metrics()
    return known, base.browsing.extents(known)


def _all(listed: columns.Listed, names: Iterable[str], base: KnowledgeBase) -> Iterator[dict[str, Any]]:
    keys = listed.keys(base, lambda _: None)
    for start in range(0, len(keys), PAGE):
        for row in listed.page(base, keys[start : start + PAGE]):
            laid = columns.flat(row) if listed.listing.level == CANDIDATES else row
            yield {name: laid.get(name) for name in names}
