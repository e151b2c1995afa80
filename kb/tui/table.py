"""A table over any number of rows: their keys are read once, sorted by SQL; of the rows, the pages that are shown."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, cast

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kb.base import KnowledgeBase

if TYPE_CHECKING:
    from kb.tui.asking import Asking

PAGE = 100
PAGES_KEPT = 50
FIRST = 200  # keys that are shown before all are there
GAP = 2  # characters between columns
Row = Mapping[str, Any]
Begun = Callable[[Sequence[int]], None]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : what it is sorted by; "" where it cannot be
    title : its head
    width : in characters
    draw : gives the cell of a row
    """

    name: str
    title: str
    width: int
    draw: Callable[[Row], str | Text]
    align: Literal["left", "right"] = "left"


class Rows(Protocol):
    """Where the rows of a table come from; both methods run in threads."""

    def keys(self, base: KnowledgeBase, begun: Begun) -> array[int]:
        """Read the keys of all rows in their order; call ``begun`` with the first few as soon as they are there."""

    def page(self, base: KnowledgeBase, keys: Sequence[int]) -> Sequence[Row]:
        """Read the rows of some keys, in the same order."""


@dataclass
class _Held:
    """What has been read: the columns drawn, the keys known, the pages at hand, and where further ones come from."""

    rows: Rows | None = None
    columns: Sequence[Column] = ()
    keys: Sequence[int] = ()
    whole: bool = False
    pages: dict[int, Sequence[Row]] = field(default_factory=dict)


class PagedTable(ScrollView, can_focus=True):
    """A table that is as fast with a million rows as with ten.

    The first ``fixed`` columns do not scroll sideways.  ``s`` sorts by the column that left and right go to.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--column", "table--cursor", "table--quiet"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "leaf(-1)", "Page up", show=False),
        Binding("pagedown", "leaf(1)", "Page down", show=False),
        Binding("home,g", "end(False)", "First row", show=False),
        Binding("end,G", "end(True)", "Last row", show=False),
        Binding("left,h", "column(-1)", "Column to the left", show=False),
        Binding("right,l", "column(1)", "Column to the right", show=False),
        Binding("enter", "choose", "Open"),
        Binding("s", "sort", "Sort"),
    ]
    cursor = reactive(0)
    here = reactive(0)  # the column that s sorts by

    class Moved(Message):
        """The cursor is on another row, or its row has come; None where it has not yet."""

        def __init__(self, table: PagedTable, row: Row | None) -> None:
            super().__init__()
            self.table, self.row = table, row

        @property
        def control(self) -> PagedTable:
            """The table, for selectors."""
            return self.table

    class Chosen(Moved):
        """A row was chosen."""

    class Counted(Message):
        """All keys are there: ``total`` is how many rows there are."""

        def __init__(self, table: PagedTable, total: int) -> None:
            super().__init__()
            self.table, self.total = table, total

        @property
        def control(self) -> PagedTable:
            """The table, for selectors."""
            return self.table

    class SortWanted(Message):
        """Rows are wanted in the order of ``column``; "-" before it for the largest first, "" for none."""

        def __init__(self, table: PagedTable, column: str) -> None:
            super().__init__()
            self.table, self.column = table, column

        @property
        def control(self) -> PagedTable:
            """The table, for selectors."""
            return self.table

    class _Begun(Message):
        def __init__(self, rows: Rows, keys: Sequence[int]) -> None:
            super().__init__()
            self.rows, self.keys = rows, keys

    def __init__(self, id: str | None = None, empty: str = "nothing found", fixed: int = 1) -> None:
        super().__init__(id=id)
        self.sorted = ""
        self._wanted: tuple[Rows | None, Sequence[Column], str] = (None, (), "")
        self._held = _Held()
        self._empty, self._fixed = empty, fixed
        self._asked: set[int] = set()

    @property
    def total(self) -> int | None:
        """How many rows there are; None while that is not known."""
        return len(self._held.keys) if self._held.whole else None

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that are drawn."""
        return self._held.columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        self._wanted = (self._wanted[0], columns, self._wanted[2])
        if self._held.rows is self._wanted[0]:
            self._held.columns = columns
            self._measure()

    @property
    def asking(self) -> Asking:
        """The screen it stands on."""
        return cast("Asking", self.screen)

    def show(self, columns: Sequence[Column], rows: Rows, sorted: str = "") -> None:
        """Show other rows, from the top; what is shown stays until the first of them have come.

        Parameters
        ----------
        sorted : the column they come sorted by, "-" before it for the largest first
        """
        self._wanted = (rows, columns, sorted)
        self._held.whole = False

        def begun(keys: Sequence[int]) -> None:
            self.post_message(self._Begun(rows, keys))

        self.asking.ask(lambda base: rows.keys(base, begun), lambda keys: self._counted(rows, keys), self._topic)
        self.refresh()

    @property
    def _topic(self) -> str:
        return f"table {self.id}"

    def _forget(self, keys: Sequence[int], whole: bool) -> None:
        for start in self._asked:
            self.asking.stop(f"{self._topic} {start}")
        self._asked.clear()
        rows, columns, self.sorted = self._wanted
        self._held = _Held(rows, columns, keys, whole)
        self.here = min(self.here, max(len(columns) - 1, 0))
        self.cursor = 0
        self.scroll_to(y=0, animate=False)
        self._measure()
        self._moved()

    def on_paged_table__begun(self, event: _Begun) -> None:
        """Show the first rows."""
        event.stop()
        if event.rows is self._wanted[0] and not self._held.whole:
            self._forget(event.keys, False)

    def _counted(self, rows: Rows, keys: array[int]) -> None:
        if rows is not self._wanted[0]:
            return
        if self._held.rows is rows and list(keys[: len(self._held.keys)]) == list(self._held.keys):
            self._held.keys, self._held.whole = keys, True
            # A last page that was read when fewer keys were known is short.
            self._held.pages = {s: page for s, page in self._held.pages.items() if len(page) == PAGE}
            self._measure()
        else:
            self._forget(keys, True)
        self.post_message(self.Counted(self, len(keys)))

    def _measure(self) -> None:
        self.virtual_size = Size(sum(c.width + GAP for c in self.columns), len(self._held.keys) + 1)
        self.refresh()

    def row(self, index: int) -> Row | None:
        """Give a row; None where it is not there (yet): then it is asked for."""
        held = self._held
        if not 0 <= index < len(held.keys):
            return None
        start = index - index % PAGE
        page = held.pages.get(start)
        if page is None:
            self._ask_page(start)
            return None
        return page[index - start] if index - start < len(page) else None

    def _ask_page(self, start: int) -> None:
        held = self._held
        rows = held.rows
        if rows is None or start in self._asked:
            return
        self._asked.add(start)
        keys = list(held.keys[start : start + PAGE])

        def come(page: Sequence[Row]) -> None:
            self._asked.discard(start)
            if held is not self._held:
                return
            while len(held.pages) >= PAGES_KEPT:
                held.pages.pop(next(iter(held.pages)))
            held.pages[start] = page
            self.refresh()
            if start <= self.cursor < start + PAGE:
                self._moved()

        self.asking.ask(lambda base: rows.page(base, keys), come, f"{self._topic} {start}")

    @property
    def chosen(self) -> Row | None:
        """The row below the cursor; None where there is none (yet)."""
        return self.row(self.cursor)

    # Drawing ---------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw the heads in the first line, a row in each other."""
        width = self.size.width
        if y == 0:
            return self._line([self._head(i, c) for i, c in enumerate(self.columns)], width, self._style("table--head"))
        index = y - 1 + self.scroll_offset.y
        plain = self.rich_style
        if not self._held.keys:
            waiting = "reading …" if self._wanted[0] is not None else ""
            said = (self._empty if self._held.whole else waiting) if y == 1 else ""
            return Strip([Segment(f" {said}", self._style("table--quiet"))]).adjust_cell_length(width, plain)
        if index >= len(self._held.keys):
            return Strip.blank(width, plain)
        style = self._style("table--cursor") if index == self.cursor and self.has_focus else plain
        if index == self.cursor and not self.has_focus:
            style += Style(bold=True)
        row = self.row(index)
        if row is None:
            return Strip([Segment(" …", self._style("table--quiet"))]).adjust_cell_length(width, style)
        return self._line([self._cell(c, row, style) for c in self.columns], width, style)

    def _style(self, component: str) -> Style:
        return self.get_component_rich_style(component)

    def _line(self, cells: Sequence[Strip], width: int, style: Style) -> Strip:
        fixed = Strip.join(cells[: self._fixed])
        room = max(width - fixed.cell_length, 0)
        rest = Strip.join(cells[self._fixed :]).crop(self.scroll_offset.x, self.scroll_offset.x + room)
        return Strip.join([fixed, rest]).adjust_cell_length(width, style)

    def _head(self, index: int, column: Column) -> Strip:
        arrow = {column.name: " ▲", "-" + column.name: " ▼"}.get(self.sorted, "") if column.name else ""
        style = self._style("table--head")
        if index == self.here and self.has_focus:
            style += self._style("table--column")
        title = Text(column.title, no_wrap=True)
        title.truncate(column.width - len(arrow), overflow="ellipsis")
        title.append(arrow)
        title.align(column.align, column.width)
        return Strip([Segment(title.plain, style), Segment(" " * GAP, self._style("table--head"))])

    def _cell(self, column: Column, row: Row, style: Style) -> Strip:
        drawn = column.draw(row)
        text = drawn.copy() if isinstance(drawn, Text) else Text(drawn)
        text.truncate(column.width, overflow="ellipsis")
        text.align(column.align, column.width)
        console = self.app.console
        base = style + (console.get_style(text.style) if isinstance(text.style, str) else text.style)
        cell = [
            Segment(segment.text, base + segment.style if segment.style else base) for segment in text.render(console)
        ]
        return Strip([*cell, Segment(" " * GAP, style)])

    # Keys ------------------------------------------------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        """Go up or down."""
        self._go(self.cursor + by)

    def action_leaf(self, by: int) -> None:
        """Go a page up or down."""
        self._go(self.cursor + by * max(self.size.height - 2, 1))

    def action_end(self, last: bool) -> None:
        """Go to the first or the last row."""
        self._go(len(self._held.keys) - 1 if last else 0)

    def _go(self, index: int) -> None:
        self.cursor = max(0, min(index, len(self._held.keys) - 1))
        self.scroll_to_region(Region(self.scroll_offset.x, self.cursor, 1, 2), animate=False, force=True)
        self.refresh()
        self._moved()

    def _moved(self) -> None:
        self.post_message(self.Moved(self, self.row(self.cursor)))

    def action_column(self, by: int) -> None:
        """Go to the column to the left or right."""
        self.here = max(0, min(self.here + by, len(self.columns) - 1))
        fixed = sum(c.width + GAP for c in self.columns[: self._fixed])
        left = sum(c.width + GAP for c in self.columns[: self.here]) - fixed
        right = left + self.columns[self.here].width + GAP if self.columns else 0
        room = self.size.width - fixed
        if left < self.scroll_offset.x:
            self.scroll_to(x=max(left, 0), animate=False, force=True)
        elif right > self.scroll_offset.x + room:
            self.scroll_to(x=right - room, animate=False, force=True)
        self.refresh()

    def action_sort(self) -> None:
        """Sort by the column: the largest first, then the smallest, then not at all."""
        name = self.columns[self.here].name if self.columns else ""
        if name:
            wanted = {"-" + name: name, name: ""}.get(self.sorted, "-" + name)
            self.post_message(self.SortWanted(self, wanted))

    def action_choose(self) -> None:
        """Choose the row below the cursor."""
        row = self.chosen
        if row is not None:
            self.post_message(self.Chosen(self, row))

    def on_click(self, event: events.Click) -> None:
        """Go to the row, or sort by the column whose head it is; a second click chooses."""
        if event.y == 0:
            fixed = sum(c.width + GAP for c in self.columns[: self._fixed])
            x = event.x if event.x < fixed else event.x + self.scroll_offset.x
            for index, column in enumerate(self.columns):
                x -= column.width + GAP
                if x < 0:
                    self.here = index
                    self.action_sort()
                    return
            return
        index = event.y - 1 + self.scroll_offset.y
        if index < len(self._held.keys):
            self._go(index)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show the cursor faintly."""
        self.refresh()
