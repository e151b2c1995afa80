"""Sliders of the parameters of a simulation, each with its number, its spread and where that is from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Static

from kb.trials import Level
from schema.errors import KBError

NAME, NUMBER, LEAST_BAR = 22, 15, 6


class Sliders(ScrollView, can_focus=True):
    """A line a parameter: name, number, a slider with its spread, where it is from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("left,h", "slide(-1)", "Less", key_display="←"),
        Binding("right,l", "slide(1)", "More", key_display="→"),
        Binding("enter", "type", "Type it"),
        Binding("backspace,delete", "free", "As reported or assumed", show=False),
    ]
    cursor = reactive(0)

    class Slid(Message):
        """A parameter is to go a step up or down."""

        def __init__(self, level: Level, by: int) -> None:
            super().__init__()
            self.level, self.by = level, by

    class TypeWanted(Message):
        """A quantity is to be typed."""

        def __init__(self, level: Level) -> None:
            super().__init__()
            self.level = level

    class Freed(TypeWanted):
        """What was set is to be taken back."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.levels: Sequence[Level] = ()

    @property
    def chosen(self) -> Level | None:
        """The parameter below the cursor."""
        return self.levels[self.cursor] if self.levels else None

    def show(self, levels: Sequence[Level]) -> None:
        """Show other numbers."""
        self.levels = levels
        self.cursor = max(0, min(self.cursor, len(levels) - 1))
        self.virtual_size = Size(self.size.width, len(levels))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a parameter."""
        width, plain = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self.levels):
            return Strip.blank(width, plain)
        one, here = self.levels[index], index == self.cursor
        theme = self.app.theme_variables
        room = width - NAME - NUMBER - 4
        bar = max(min(room - 14, 24), LEAST_BAR)
        name = Text(one.key.replace("_", " "))
        name.truncate(NAME, overflow="ellipsis", pad=True)
        said = Text(one.words)
        said.truncate(NUMBER, overflow="ellipsis", pad=True)
        text = Text.assemble("▸" if here else " ", name, " ", said, " ", no_wrap=True)
        drawn = slider(one, bar)
        drawn.stylize(theme["accent"] if one.origin == "set" else theme["secondary" if one.is_prior else "primary"])
        text.append_text(drawn).append(" ")
        origin = "a prior" if one.origin in ("prior", "judgement") else one.origin
        text.append(origin, "bold" if one.origin == "set" else "italic dim" if one.is_prior else "")
        text.truncate(width, overflow="ellipsis", pad=True)
        if here:
            text.stylize(Style(bold=True))
            if self.has_focus:
                text.stylize(f"on {theme['panel']}")
        strip = Strip([s for s in text.render(self.app.console) if s.text != "\n"])
        return strip.apply_style(plain).adjust_cell_length(width, plain)

    def action_step(self, by: int) -> None:
        """Go to another parameter."""
        self.cursor = max(0, min(self.cursor + by, len(self.levels) - 1))
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()

    def action_slide(self, by: int) -> None:
        """Go to the next round number."""
        if self.chosen is not None:
            self.post_message(self.Slid(self.chosen, by))

    def action_type(self) -> None:
        """Type a quantity."""
        if self.chosen is not None:
            self.post_message(self.TypeWanted(self.chosen))

    def action_free(self) -> None:
        """Take a setting back."""
        if self.chosen is not None:
            self.post_message(self.Freed(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Choose a parameter; a second click types it."""
        if event.y + self.scroll_offset.y < len(self.levels):
            self.cursor = event.y + self.scroll_offset.y
            self.refresh()
            if event.chain == 2:
                self.action_type()

    def on_focus(self) -> None:
        """Show which one is chosen."""
        self.refresh()

    def on_blur(self) -> None:
        """Show it faintly."""
        self.refresh()


def slider(one: Level, width: int) -> Text:
    """Draw a number and its spread between the ends of its slider, on a logarithmic scale.

    Examples
    --------
    >>> slider(Level("thickness", "um", 1.0, 1.0, 1.0, 0.1, 10.0, "set"), 9).plain
    '────●────'
    >>> slider(Level("thickness", "um", 0.3, 1.0, 3.0, 0.1, 10.0, "prior"), 9).plain
    '──━━●━━──'
    """
    if math.isnan(one.middle):
        return Text(" " * width)
    is_linear = one.least <= 0 or one.most < 20 * one.least

    def at(value: float) -> int:
        if is_linear:
            share = (value - one.least) / max(one.most - one.least, 1e-300)
        else:
            share = math.log(max(value, one.least) / one.least) / math.log(one.most / one.least)
        return round(max(0.0, min(share, 1.0)) * (width - 1))

    signs = ["─"] * width
    low, high = at(one.low), at(one.high)
    signs[low : high + 1] = ["━"] * (high + 1 - low)
    signs[at(one.middle)] = "●"
    return Text("".join(signs))


class AskQuantity(ModalScreen[str | None]):
    """Ask for a quantity; what cannot be read is said, and asked again.

    Parameters
    ----------
    key : the parameter
    text : to begin with
    meaning : of the parameter
    check : raises KBError where the text cannot be taken
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, key: str, text: str, meaning: str, check: Callable[[str], object]) -> None:
        super().__init__()
        self._key, self._text, self._meaning, self._check = key, text, meaning, check

    def compose(self) -> ComposeResult:
        """Ask for it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._key.replace("_", " ")
            yield Input(self._text, id="quantity")
            yield Static(self._meaning, id="said")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check it."""
        event.stop()
        try:
            self._check(event.value.strip())
        except KBError as error:
            self.query_one("#said", Static).update(Text(str(error), "bold"))
        else:
            self.dismiss(event.value.strip())
