"""A small heat map: counts in rows and columns, shaded, with a cell that can be walked and chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

FAINTEST = 0.12  # of the shade of a cell that holds 1


@dataclass(frozen=True)
class Counts:
    """What is drawn.

    Attributes
    ----------
    rows, columns : names, in the order in which they are drawn
    heads : column -> the lines above it, each shorter than a cell
    cells : (row, column) -> count; pairs that do not occur are left out
    names : row -> what stands before it; its name where it is left out
    width : of a cell [characters]
    """

    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    width: int = 6

    @property
    def head_lines(self) -> int:
        """How many lines the heads take."""
        return max((len(lines) for lines in self.heads.values()), default=1)

    def head(self, column: str, line: int) -> str:
        """Give a line of a head; the last one stands on the table."""
        lines = self.heads.get(column, (column,))
        place = line - (self.head_lines - len(lines))
        return lines[place][: self.width - 1] if place >= 0 else ""


class HeatMap(ScrollView, can_focus=True):
    """Counts, darker where there are more; the number stands in each cell, so that no colour is needed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", "Up", show=False),
        Binding("down", "move(1, 0)", "Down", show=False),
        Binding("left", "move(0, -1)", "Left", show=False),
        Binding("right", "move(0, 1)", "Right", show=False),
        Binding("enter", "choose", "List them"),
    ]
    row = reactive(0)
    column = reactive(0)

    class Moved(Message):
        """Another cell is the chosen one."""

        def __init__(self, row: str, column: str) -> None:
            super().__init__()
            self.row, self.column = row, column

    class Chosen(Moved):
        """What stands behind a cell is wanted."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.counts = Counts()

    def show(self, counts: Counts) -> None:
        """Draw other counts."""
        self.counts = counts
        self.row = min(self.row, max(len(counts.rows) - 1, 0))
        self.column = min(self.column, max(len(counts.columns) - 1, 0))
        self.virtual_size = Size(
            self._names_width + counts.width * len(counts.columns), len(counts.rows) + counts.head_lines
        )
        self.refresh()
        self._told()

    @property
    def _names_width(self) -> int:
        return max((len(self.counts.names.get(row, row)) for row in self.counts.rows), default=0) + 2

    def render_line(self, y: int) -> Strip:
        """Draw the heads in the first lines, a row in each other; names and heads do not scroll away."""
        counts = self.counts
        left, width = self._names_width, self.size.width
        plain = self.rich_style
        if y < counts.head_lines:
            cells = [Segment(f"{counts.head(c, y):>{counts.width - 1}} ", plain) for c in counts.columns]
            name = Segment(" " * left, plain)
        else:
            index = y - counts.head_lines + self.scroll_offset.y
            if index >= len(counts.rows):
                return Strip.blank(width, plain)
            row = counts.rows[index]
            name = Segment(f"{counts.names.get(row, row):<{left}}", plain + Style(bold=index == self.row))
            cells = [self._cell(row, c, index == self.row and at == self.column) for at, c in enumerate(counts.columns)]
        moved = Strip(cells).crop(self.scroll_offset.x, self.scroll_offset.x + max(width - left, 0))
        return Strip.join([Strip([name]), moved]).adjust_cell_length(width, plain)

    def _cell(self, row: str, column: str, chosen: bool) -> Segment:
        number = self.counts.cells.get((row, column), 0)
        style = self.rich_style
        text = f"{_short(number) if number else '·':>{self.counts.width - 1}} "
        if number:
            most = max(self.counts.cells.values())
            share = FAINTEST + (1 - FAINTEST) * (number / most) ** 0.5
            _, background = self.background_colors
            shade = background.blend(Color.parse(self.app.theme_variables["primary"]), share * 0.85)
            style = Style.from_color(shade.get_contrast_text(0.95).rich_color, shade.rich_color)
        else:
            style += Style(dim=True)
        if chosen and self.has_focus:
            style = Style.from_color(self.rich_style.bgcolor, self.rich_style.color) + Style(bold=True)
        return Segment(text, style)

    def action_move(self, rows: int, columns: int) -> None:
        """Go to another cell."""
        counts = self.counts
        self.row = max(0, min(self.row + rows, len(counts.rows) - 1))
        self.column = max(0, min(self.column + columns, len(counts.columns) - 1))
        at = Region(self._names_width + counts.width * self.column, self.row, counts.width, counts.head_lines + 1)
        self.scroll_to_region(at, animate=False, force=True)
        # Names cover what is scrolled below them.
        if at.x - self.scroll_offset.x < self._names_width:
            self.scroll_to(x=counts.width * self.column, animate=False)
        self.refresh()
        self._told()

    def action_choose(self) -> None:
        """Ask for what stands behind the cell."""
        if self.counts.rows and self.counts.columns:
            self.post_message(self.Chosen(self.counts.rows[self.row], self.counts.columns[self.column]))

    def on_click(self, event: events.Click) -> None:
        """Go to the cell; a second click chooses it."""
        column = (event.x - self._names_width + self.scroll_offset.x) // self.counts.width
        row = event.y - self.counts.head_lines + self.scroll_offset.y
        if event.x >= self._names_width and 0 <= row < len(self.counts.rows) and column < len(self.counts.columns):
            self.row, self.column = row, column
            self.refresh()
            self._told()
            if event.chain == 2:
                self.action_choose()

    def _told(self) -> None:
        if self.counts.rows and self.counts.columns:
            self.post_message(self.Moved(self.counts.rows[self.row], self.counts.columns[self.column]))

    def on_focus(self) -> None:
        """Show the chosen cell."""
        self.refresh()

    def on_blur(self) -> None:
        """Show no chosen cell."""
        self.refresh()


def _short(number: int) -> str:
    """Write a count in five characters.

    Examples
    --------
    >>> _short(999), _short(25400)
    ('999', '25k')
    """
    return str(number) if number < 10_000 else f"{number // 1000}k"
