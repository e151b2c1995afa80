"""The table of a ranking: probabilities and intervals of rank drawn as bars, and what stands behind each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

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

from kb.tui.chart import share_bar

Row = Mapping[str, Any]
WIDE = 100


class Standings(ScrollView, can_focus=True):
    """Candidates, best first; the cursor stays on its candidate when others pass it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--cursor", "table--quiet"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "leaf(-1)", "Page up", show=False),
        Binding("pagedown", "leaf(1)", "Page down", show=False),
        Binding("home,g", "end(False)", "First", show=False),
        Binding("end,G", "end(True)", "Last", show=False),
        Binding("enter", "choose", "Open"),
    ]
    cursor = reactive(0)

    class Moved(Message):
        """Another candidate is the chosen one."""

    class Chosen(Message):
        """A candidate is to be opened."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.top = 5
        self._said = "reading …"

    @property
    def chosen(self) -> Row | None:
        """The row below the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: Sequence[Row], top: int, said: str = "") -> None:
        """Show a ranking; ``said`` stands in its place where there is none."""
        before = self.chosen["key"] if self.chosen else None
        self.rows, self.top, self._said = rows, top, said
        found = next((i for i, row in enumerate(rows) if row["key"] == before), 0)
        # At the top one looks at who is first; further down, at a candidate.
        self.cursor = found if self.cursor else 0
        self.virtual_size = Size(self.size.width, len(rows) + 1)
        self._reach()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the head in the first line, a candidate in each other."""
        width, plain = self.size.width, self.rich_style
        if y == 0:
            head = self.get_component_rich_style("table--head")
            return self._line(self._head(), head, width)
        index = y - 1 + self.scroll_offset.y
        if index >= len(self.rows):
            if y == 1 and not self.rows:
                quiet = self.get_component_rich_style("table--quiet")
                return Strip([Segment(f" {self._said}", quiet)]).adjust_cell_length(width, plain)
            return Strip.blank(width, plain)
        here = index == self.cursor
        style = self.get_component_rich_style("table--cursor") if here and self.has_focus else plain
        if here and not self.has_focus:
            style += Style(bold=True)
        return self._line(self._cells(self.rows[index], not (here and self.has_focus)), style, width)

    def _line(self, cells: Text, style: Style, width: int) -> Strip:
        segments = (s for s in cells.render(self.app.console) if s.text != "\n")
        return Strip([Segment(s.text, style + s.style if s.style else style) for s in segments]).adjust_cell_length(
            width, style
        )

    def _widths(self) -> tuple[int, int, int]:
        """Give the widths of the name, the bar of probability and that of the ranks."""
        room = self.size.width - 26
        if self.size.width >= WIDE:
            return max(room - 24 - 14, 20), 14, 24
        bar = 6
        ranks = max(room // 3, 10)
        return max(room - bar - ranks, 10), bar, ranks

    def _head(self) -> Text:
        name, bar, ranks = self._widths()
        n = str(len(self.rows))
        scale = "rank 1" + n.rjust(max(ranks - 6 + 1, len(n))) if self.rows else "rank"
        top = f"in top {self.top}"
        return Text(
            f"    {'candidate':<{name}}  {top:<{bar + 5}}  {scale:<{ranks + 1}} {'behind it':<10}", no_wrap=True
        )

    def _cells(self, row: Row, coloured: bool) -> Text:
        width, bar, ranks = self._widths()
        theme = self.app.theme_variables
        quiet = "dim" if row["too_little"] and coloured else ""
        name = Text.assemble((row["sample"], quiet), (f"  {row['paper']}", "dim" if coloured else ""))
        name.truncate(width, overflow="ellipsis", pad=True)
        sign = "◆" if row["on_front"] and len(self.rows) > 1 else " "
        behind = f"{row['papers']}p {row['measurements']}m {row['controls']}c"
        if row["too_little"]:
            behind = f"{behind} ?"
        text = Text.assemble((f"{row['position']:>3}", quiet), sign, name, "  ", no_wrap=True)
        text.append_text(_styled(share_bar(row["p_top"], bar), theme["primary"] if coloured else ""))
        text.append(f"{100 * row['p_top']:3.0f} %  ")
        text.append_text(rank_bar(row, len(self.rows), ranks)).append("  ").append(f"{behind:<10}", quiet)
        return text

    def _reach(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)

    def _go(self, index: int) -> None:
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._reach()
        self.refresh()
        self.post_message(self.Moved())

    def action_step(self, by: int) -> None:
        """Go up or down."""
        self._go(self.cursor + by)

    def action_leaf(self, by: int) -> None:
        """Go a page up or down."""
        self._go(self.cursor + by * max(self.size.height - 2, 1))

    def action_end(self, last: bool) -> None:
        """Go to the first or the last."""
        self._go(len(self.rows) - 1 if last else 0)

    def action_choose(self) -> None:
        """Open the candidate."""
        if self.rows:
            self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Go to a candidate; a second click opens it."""
        index = event.y - 1 + self.scroll_offset.y
        if event.y and index < len(self.rows):
            self._go(index)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Keep the candidate in sight."""
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self._reach()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show it faintly."""
        self.refresh()


def _styled(text: Text, style: str) -> Text:
    if style:
        text.stylize(style)
    return text


def rank_bar(row: Row, n: int, width: int) -> Text:
    """Draw the median rank and its 90 % interval between first and last.

    Examples
    --------
    >>> rank_bar({"rank_low": 1, "median_rank": 2, "rank_high": 5}, 10, 10).plain
    '━●━━━·····'
    """

    def at(rank: int) -> int:
        return round((rank - 1) / max(n - 1, 1) * (width - 1))

    low, middle, high = (at(row[name]) for name in ("rank_low", "median_rank", "rank_high"))
    signs = ["·"] * width
    signs[low : high + 1] = ["━"] * (high + 1 - low)
    signs[middle] = "●"
    text = Text("".join(signs), "dim")
    text.stylize("not dim", low, high + 1)
    return text
