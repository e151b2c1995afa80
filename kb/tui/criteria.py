"""Criteria and their shares of the weight: up and down go through them, left and right move weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kb.screening.rank import Criterion
from kb.tui.chart import share_bar
from kb.weighing import moved

STEP, SMALL_STEP = 0.05, 0.01
_WAYS = {"max": "more", "min": "less"}


class Weights(ScrollView, can_focus=True):
    """A line a criterion: its name, which way is better, a bar of its share."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("left,h", f"weigh(-{STEP})", "Less weight", key_display="←"),
        Binding("right,l", f"weigh({STEP})", "More weight", key_display="→"),
        Binding("shift+left,comma", f"weigh(-{SMALL_STEP})", "A percent less", show=False),
        Binding("shift+right,full_stop", f"weigh({SMALL_STEP})", "A percent more", show=False),
        Binding("equals_sign", "level", "All alike", show=False),
    ]
    cursor = reactive(0)

    class Weighed(Message):
        """Weight was moved."""

        def __init__(self, shares: tuple[float, ...]) -> None:
            super().__init__()
            self.shares = shares

    class Refused(Message):
        """Weight cannot be moved; why."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.criteria: Sequence[Criterion] = ()
        self.shares: tuple[float, ...] = ()

    def show(self, criteria: Sequence[Criterion], shares: Sequence[float]) -> None:
        """Show other criteria, or other shares."""
        self.criteria, self.shares = criteria, tuple(shares)
        self.cursor = max(0, min(self.cursor, len(criteria) - 1))
        self.virtual_size = Size(self.size.width, len(criteria))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a criterion; the chosen one stands out."""
        width, plain = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self.criteria):
            return Strip.blank(width, plain)
        criterion, share = self.criteria[index], self.shares[index]
        bar = max(min((width - 12) // 3, 24), 4)
        name = Text(criterion.metric.replace("_", " "))
        name.truncate(max(width - bar - 13, 4), overflow="ellipsis", pad=True)
        text = Text.assemble("▸" if index == self.cursor else " ", name, f" {_WAYS[criterion.direction]:>4} ")
        text.append_text(share_bar(share, bar)).append(f" {100 * share:3.0f} %")
        theme = self.app.theme_variables
        start = len(text) - bar - 6
        text.stylize(theme["primary"], start, start + bar)
        if index == self.cursor:
            text.stylize(Style(bold=True))
            if self.has_focus:
                text.stylize(f"on {theme['panel']}")
        strip = Strip([s for s in text.render(self.app.console) if s.text != "\n"])
        return strip.apply_style(plain).adjust_cell_length(width, plain)

    def action_step(self, by: int) -> None:
        """Go to another criterion."""
        self.cursor = max(0, min(self.cursor + by, len(self.criteria) - 1))
        self.scroll_to(y=max(self.cursor - self.size.height + 1, 0), animate=False)
        self.refresh()

    def action_weigh(self, by: float) -> None:
        """Move weight to the chosen criterion, or away from it."""
        if len(self.shares) < 2:
            self.post_message(self.Refused("one criterion has all the weight; a adds another"))
            return
        self._weigh(moved(self.shares, self.cursor, by))

    def action_level(self) -> None:
        """Give all the same weight."""
        self._weigh((1.0 / len(self.shares),) * len(self.shares) if self.shares else ())

    def _weigh(self, shares: tuple[float, ...]) -> None:
        if shares != self.shares:
            self.shares = shares
            self.refresh()
            self.post_message(self.Weighed(shares))

    def on_click(self, event: events.Click) -> None:
        """Choose a criterion."""
        if event.y + self.scroll_offset.y < len(self.criteria):
            self.cursor = event.y + self.scroll_offset.y
            self.refresh()

    def on_focus(self) -> None:
        """Show which one is chosen."""
        self.refresh()

    def on_blur(self) -> None:
        """Show it faintly."""
        self.refresh()
