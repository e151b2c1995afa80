"""The line in which a filter is typed: what may come next below it, what was asked before above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from kb.completion import Suggestion

SHOWN = 50


class QueryLine(Input):
    """A filter being typed; tab takes the suggestion that is marked, the arrows mark another or go to earlier ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", "Take suggestion", key_display="tab", priority=True),
        Binding("down", "mark(1)", "Next suggestion", show=False),
        Binding("up", "mark(-1)", "Earlier filter or suggestion", show=False),
    ]

    class Mark(Message):
        """Another suggestion is to be marked."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Take(Message):
        """The marked suggestion is to be taken."""

    def __init__(self, placeholder: str, id: str) -> None:
        super().__init__(placeholder=placeholder, id=id, compact=True, select_on_focus=False)

    def action_take(self) -> None:
        """Take the suggestion."""
        self.post_message(self.Take())

    def action_mark(self, by: int) -> None:
        """Mark another one."""
        self.post_message(self.Mark(by))


class Suggestions(OptionList, can_focus=False):
    """What may come next, below the line."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True)
        self.suggested: Sequence[Suggestion] = ()

    def show(self, suggested: Sequence[Suggestion]) -> None:
        """List suggestions; the panel goes away where there are none."""
        self.suggested = suggested[:SHOWN]
        self.clear_options()
        widest = max((len(s.word) for s in self.suggested), default=0)
        for one in self.suggested:
            self.add_option(Option(Text.assemble(f"{one.word:<{widest}}", (f"  {one.meaning}", "dim"))))
        self.highlighted = 0 if self.suggested else None
        self.set_class(bool(self.suggested), "-open")

    @property
    def is_open(self) -> bool:
        """Whether there is something to take."""
        return bool(self.suggested)

    def mark(self, by: int) -> None:
        """Mark the next or the one before."""
        if self.suggested:
            self.highlighted = ((self.highlighted or 0) + by) % len(self.suggested)

    def taken(self, text: str) -> str:
        """Give the text with the marked suggestion in the place of its last word."""
        one = self.suggested[self.highlighted or 0]
        return text[: one.start] + one.word + ("" if one.word.endswith("(") else " ")


def with_condition(text: str, condition: str) -> str:
    """Add a condition to a filter, or take it away where it stands there.

    Examples
    --------
    >>> with_condition("", "cell = full"), with_condition("a > 1 OR b > 2", "cell = full")
    ('cell = full', '(a > 1 OR b > 2) AND cell = full')
    >>> with_condition("a > 1 AND cell = full", "cell = full"), with_condition("cell = full", "cell = full")
    ('a > 1', '')
    """
    parts = text.strip().split(" AND ")
    if condition in parts:
        parts.remove(condition)
        return " AND ".join(parts)
    if not text.strip():
        return condition
    joined = f"({text.strip()})" if " OR " in text.upper() else text.strip()
    return f"{joined} AND {condition}"
