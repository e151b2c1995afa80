"""The menu above a screen and the status line below it."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widgets import Static

from kb.tui.places import PLACES


class Menu(Static):
    """The places by their keys; the one that is shown stands out."""

    DEFAULT_CSS = ""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here

    def on_mount(self) -> None:
        """Draw it for the width there is."""
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for the width there is."""
        self._draw()

    def _draw(self) -> None:
        for short in (False, True):
            text = Text(no_wrap=True, overflow="ellipsis")
            for place in PLACES:
                name = place.short if short else place.name
                here = place.key == self.here
                # A click does what the key does.
                text.append(f" {place.key} ", "bold reverse" if here else "bold").apply_meta(
                    {"@click": f"screen.go('{place.key}')"}, len(text) - 3
                )
                text.append(f"{name} " if short else f" {name} ", "bold" if here else "")
                text.apply_meta({"@click": f"screen.go('{place.key}')"}, len(text) - len(name) - (1 if short else 2))
            if text.cell_len <= self.size.width:
                break
        self.update(text)


class Status(Static):
    """One line: which base, how much is in it, what is going on, what went wrong."""

    base = reactive("")
    counts = reactive("")
    message = reactive("")
    wrong = reactive(False)
    busy = reactive(False)

    def render(self) -> Text:
        """Draw it: what is said last goes to the right, and has the room it needs."""
        right = Text(self.message.partition("\n")[0], "bold" if self.wrong else "")
        if self.busy and not self.message:
            right = Text("reading …", "dim")
        left = Text.assemble((self.base, "bold"), "  ", self.counts)
        width = self.size.width - 2
        room = max(width - right.cell_len - 2, min(20, width // 4))
        left.truncate(room, overflow="ellipsis", pad=True)
        right.truncate(max(width - left.cell_len - 2, 0), overflow="ellipsis")
        return Text.assemble(left, "  ", right, no_wrap=True)

    def watch_wrong(self, wrong: bool) -> None:
        """Colour a mistake."""
        self.set_class(wrong, "-wrong")
