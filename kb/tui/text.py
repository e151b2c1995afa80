"""A pane of text with places marked in it that can be gone through; any length, wrapped in a thread's time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

MARK = "mark"  # in the meta data of a style: which mark a character belongs to
_MEASURING = Console(width=80, legacy_windows=False, force_terminal=False)


@dataclass(frozen=True)
class Block:
    """A paragraph.

    Attributes
    ----------
    text : its marks are styles made by :func:`marked_style`
    indent : characters
    gap : a blank line after it
    """

    text: Text
    indent: int = 0
    gap: bool = True


@dataclass(frozen=True)
class Laid:
    """Text wrapped to a width.

    Attributes
    ----------
    lines : each with its indent
    marks : mark -> its first line
    blocks : the first line of each block
    """

    lines: Sequence[tuple[int, Text]]
    marks: Mapping[int, int]
    blocks: Sequence[int]


def marked_style(style: Style, mark: int) -> Style:
    """Make a style that tells which mark its characters belong to."""
    return style + Style(meta={MARK: mark})


def laid(blocks: Iterable[Block], width: int) -> Laid:
    """Wrap blocks to a width.

    Examples
    --------
    >>> text = Text("one two three")
    >>> text.stylize(marked_style(Style(bold=True), 5), 8, 13)
    >>> found = laid([Block(text)], 8)
    >>> [line.plain for _, line in found.lines], dict(found.marks)
    (['one two', 'three', ''], {5: 1})
    """
    lines: list[tuple[int, Text]] = []
    marks: dict[int, int] = {}
    starts = []
    for block in blocks:
        starts.append(len(lines))
        for line in block.text.wrap(_MEASURING, max(width - block.indent, 10)):
            line.rstrip()
            for span in line.spans:
                if isinstance(span.style, Style) and MARK in span.style.meta:
                    marks.setdefault(span.style.meta[MARK], len(lines))
            lines.append((block.indent, line))
        if block.gap:
            lines.append((0, Text()))
    return Laid(lines, marks, starts)


class TextPane(ScrollView, can_focus=True):
    """A text to scroll, with marks to go through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "roll(-1)", "Up", show=False),
        Binding("down,j", "roll(1)", "Down", show=False),
        Binding("pageup", "leaf(-1)", "Page up", show=False),
        Binding("pagedown,space", "leaf(1)", "Page down", show=False),
        Binding("home,g", "end(False)", "Top", show=False),
        Binding("end,G", "end(True)", "Bottom", show=False),
    ]
    mark: reactive[int | None] = reactive(None)

    class Marked(Message):
        """Another mark is the chosen one."""

        def __init__(self, pane: TextPane, mark: int) -> None:
            super().__init__()
            self.pane, self.mark = pane, mark

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._blocks: Sequence[Block] = ()
        self._laid = Laid((), {}, ())
        self._width = 0

    def show(self, blocks: Sequence[Block], mark: int | None = None) -> None:
        """Show another text, at a mark where one is given."""
        self._blocks = blocks
        self._width = 0
        self.set_reactive(TextPane.mark, mark)
        self._wrap()
        if mark is None:
            self.scroll_to(y=0, animate=False)
        else:
            self._reach(mark)

    def _wrap(self) -> None:
        width = self.size.width or 80
        if width != self._width:
            self._width = width
            self._laid = laid(self._blocks, width - 1)
        self.virtual_size = Size(width, len(self._laid.lines))
        self.refresh()

    def on_resize(self, _: events.Resize) -> None:
        """Wrap it anew."""
        if self.size.width != self._width and self._blocks:
            self._wrap()
            if self.mark is not None:
                self._reach(self.mark)

    def render_line(self, y: int) -> Strip:
        """Draw a line; the chosen mark stands out."""
        width, plain = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self._laid.lines):
            return Strip.blank(width, plain)
        indent, line = self._laid.lines[index]
        segments = [Segment(" " * indent, plain)]
        base = plain + self._style_of(line.style)
        for piece in line.render(self.app.console):
            style = base + piece.style if piece.style else base
            if self.mark is not None and piece.style is not None and piece.style.meta.get(MARK) == self.mark:
                style += Style.from_color(plain.bgcolor, plain.color) + Style(bold=True)
            if piece.text != "\n":
                segments.append(Segment(piece.text, style))
        return Strip(segments).adjust_cell_length(width, plain)

    def _style_of(self, style: Any) -> Style:
        return style if isinstance(style, Style) else self.app.console.get_style(style)

    def choose(self, mark: int) -> None:
        """Go to a mark."""
        self.mark = mark
        self._reach(mark)
        self.refresh()
        self.post_message(self.Marked(self, mark))

    def next(self, by: int, among: Sequence[int] | None = None) -> None:
        """Go to the next mark, or the one before; from the part that is seen where none is chosen."""
        marks = sorted(
            (m for m in self._laid.marks if among is None or m in among), key=lambda m: (self._laid.marks[m], m)
        )
        if not marks:
            return
        if self.mark in marks:
            place = (marks.index(self.mark) + by) % len(marks)
        else:
            top = self.scroll_offset.y
            place = next((i for i, m in enumerate(marks) if self._laid.marks[m] >= top), 0)
        self.choose(marks[place])

    def go_to_block(self, index: int) -> None:
        """Scroll to a block."""
        if index < len(self._laid.blocks):
            self.scroll_to(y=self._laid.blocks[index], animate=False)

    @property
    def first_block(self) -> int:
        """The block that the first line shown belongs to."""
        top = self.scroll_offset.y
        return max((i for i, start in enumerate(self._laid.blocks) if start <= top), default=0)

    def _reach(self, mark: int) -> None:
        line = self._laid.marks.get(mark)
        if line is not None and not self.scroll_offset.y <= line < self.scroll_offset.y + self.size.height - 1:
            self.scroll_to(y=max(line - self.size.height // 3, 0), animate=False, force=True)

    def action_roll(self, by: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    def action_leaf(self, by: int) -> None:
        """Scroll by pages."""
        self.scroll_to(y=self.scroll_offset.y + by * max(self.size.height - 2, 1), animate=False)

    def action_end(self, last: bool) -> None:
        """Scroll to the top or bottom."""
        self.scroll_to(y=len(self._laid.lines) if last else 0, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Choose the mark that is clicked."""
        mark = event.style.meta.get(MARK) if event.style else None
        if mark is not None:
            self.choose(mark)
