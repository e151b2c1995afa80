"""The app of ``kb browse``: goes from screen to screen, and remembers the way back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.filter import LineFilter

from kb.base import KnowledgeBase
from kb.tui.asking import Bases
from kb.tui.frame import Frame
from kb.tui.looks import DARK, LIGHT, InASCII
from kb.tui.places import PLACES, place
from kb.words import counted

LOOK_SECONDS = 2.0


class Browser(App[None]):
    """The browser of one base.

    Parameters
    ----------
    path : the base
    edit : screens may change it
    ascii : draw with ASCII alone; by the encoding of the terminal where None
    """

    CSS_PATH = "app.tcss"
    TITLE = "kb"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar = []

    def __init__(self, path: Path, edit: bool = False, ascii: bool | None = None) -> None:
        super().__init__()
        self.path, self.edit = path, edit
        self.bases = Bases(path)
        self.counts = ""
        self._frames: dict[str, Frame] = {}
        self._way: list[tuple[str, Any]] = []
        encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
        only_ascii = "utf" not in encoding.casefold() if ascii is None else ascii
        self._in_ascii = InASCII(only_ascii)
        self._state: tuple[int, ...] | None = None
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the writing in ASCII to what textual does to each line."""
        return [*super().get_line_filters(), *([self._in_ascii] if self._in_ascii.enabled else [])]

    def on_mount(self) -> None:
        """Show the first screen; look now and then whether the base is still what it was."""
        self.go(PLACES[0].key)
        self.set_interval(LOOK_SECONDS, self._look)

    # Places ----------------------------------------------------------------------------------------------------------

    def go(self, key: str, subject: Any = None) -> None:
        """Go to a place; what it is about stays where no subject is given."""
        try:
            wanted = place(key)
        except LookupError:
            self.frame.tell(f"there is no screen {key}")
            return
        if self._way and self._way[-1][0] == key and subject in (None, self._way[-1][1]):
            return
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = wanted.load()()
            self.install_screen(frame, f"place-{key}")
        first = not self._way
        if not first:
            # The way back leads to what was shown there last.
            left, _ = self._way[-1]
            self._way[-1] = (left, self._frames[left].subject)
        frame.visit(subject)
        self._way.append((key, frame.subject))
        if first:
            self.push_screen(frame)
        elif self.screen is not frame:
            self.switch_screen(frame)

    def back(self) -> None:
        """Go where one came from; from the first place, leave."""
        if len(self._way) < 2:
            self.exit()
            return
        self._way.pop()
        key, subject = self._way.pop()
        frame = self._frames[key]
        frame.visit(subject)
        self._way.append((key, subject))
        if self.screen is not frame:
            self.switch_screen(frame)

    @property
    def frame(self) -> Frame:
        """The place that is shown, also below a dialog."""
        return self._frames[self._way[-1][0]]

    # The base --------------------------------------------------------------------------------------------------------

    def count(self, frame: Frame) -> None:
        """Count what is in the base, for the status line."""
        frame.ask(lambda base: base.browsing.counts(), self._counted, "counts")

    def _counted(self, counts: dict[str, int]) -> None:
        parts = [counted(counts[name + "s"], name) for name in ("paper", "system", "measurement")]
        self.counts = " · ".join((*parts, "edit" if self.edit else "read-only"))
        for frame in self._frames.values():
            if frame.is_mounted:
                frame.counted(counts)

    def _look(self) -> None:
        state = _state(self.path)
        if self._way and self._state is not None and state != self._state:
            gone = f"{self.path.name} is gone; what was read is still shown"
            self.frame.tell("the base was changed; r reads it anew" if state else gone)
        self._state = state

    def take_as_known(self) -> None:
        """Take the base as it is now: a screen changed it, and shows that."""
        self._state = None

    def change_theme(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def on_unmount(self) -> None:
        """Leave no question and no file open."""
        for frame in self._frames.values():
            frame.stop_all()
        self.bases.close()


def _state(path: Path) -> tuple[int, ...]:
    """Tell one state of a file from another; () where there is none."""
    try:
        told = path.stat()
    except OSError:
        return ()
    log = path.with_name(path.name + "-wal")
    return told.st_ino, told.st_mtime_ns, told.st_size, log.stat().st_size if log.exists() else 0


def browse(path: Path, edit: bool = False, ascii: bool | None = None) -> None:
    """Run the browser on a base until it is left.

    Raises
    ------
    BadBase
        Where it cannot be opened.
    """
    KnowledgeBase(path, read_only=not edit).close()  # said before the terminal is taken over
    Browser(path, edit, ascii).run()
