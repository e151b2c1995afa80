"""The editor of SQL: tab takes what is suggested, up and down beyond its ends go to earlier statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from kb.tui.looks import DARK, LIGHT


def _theme(name: str, keyword: str, text: str, number: str, quiet: str) -> TextAreaTheme:
    styles = {
        "keyword": Style(color=keyword, bold=True), "keyword.operator": Style(color=keyword),
        "function.call": Style(color=text), "string": Style(color=text), "number": Style(color=number),
        "float": Style(color=number), "boolean": Style(color=number), "comment": Style(color=quiet, italic=True),
    }  # fmt: skip
    return TextAreaTheme(name, syntax_styles=styles)


_THEMES = {
    theme.name: _theme(theme.name, str(theme.primary), str(theme.success), str(theme.accent), str(theme.secondary))
    for theme in (DARK, LIGHT)
}


class Editor(TextArea):
    """A statement being written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", "Take suggestion", key_display="tab", show=False, priority=True),
        Binding("ctrl+up,alt+up", "mark(-1, True)", "Earlier statement", show=False),
        Binding("ctrl+down,alt+down", "mark(1, True)", "Later statement", show=False),
    ]

    class Mark(Message):
        """Another suggestion or statement is wanted; ``move`` moves the cursor instead.

        Attributes
        ----------
        at_edge : the cursor cannot move any further that way
        always : a statement, whatever is suggested
        """

        def __init__(self, by: int, at_edge: bool, always: bool, move: Callable[[], None]) -> None:
            super().__init__()
            self.by, self.at_edge, self.always, self.move = by, at_edge, always, move

    class Take(Message):
        """The marked suggestion is wanted."""

    def __init__(self, text: str, id: str) -> None:
        super().__init__(text, id=id, language="sql", soft_wrap=True, tab_behavior="focus", show_line_numbers=False)

    def on_mount(self) -> None:
        """Take the colours of the app, now and when they change."""
        for theme in _THEMES.values():
            self.register_theme(theme)
        self._colour()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())

    def _colour(self) -> None:
        self.theme = self.app.theme if self.app.theme in _THEMES else "css"

    @property
    def around(self) -> tuple[str, str]:
        """The text before the cursor, and after it."""
        here = self.cursor_location
        return self.get_text_range((0, 0), here), self.get_text_range(here, self.document.end)

    def put(self, instead_of: int, word: str) -> None:
        """Put a word in the place of so many characters before the cursor."""
        row, column = self.cursor_location
        self.replace(word, (row, column - instead_of), (row, column), maintain_selection_offset=False)
        self.move_cursor((row, column - instead_of + len(word)))

    def action_take(self) -> None:
        """Take the suggestion."""
        self.post_message(self.Take())

    def action_mark(self, by: int, always: bool) -> None:
        """Go to an earlier or later statement."""
        self.post_message(self.Mark(by, True, always, lambda: None))

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line; from the first, to an earlier statement."""
        self._step(-1, self.cursor_at_first_line, select, super().action_cursor_up)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line; from the last, to a later statement."""
        self._step(1, self.cursor_at_last_line, select, super().action_cursor_down)

    def _step(self, by: int, at_edge: bool, select: bool, move: Callable[[bool], None]) -> None:
        if select:
            move(True)
        else:
            self.post_message(self.Mark(by, at_edge, False, lambda: move(False)))
