"""Dialogs: the keys of a screen, the name of a file to write, one of several texts, all that a row holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, SelectionList, Static

SUFFIXES = (".csv", ".jsonl", ".parquet")


class Keys(ModalScreen[None]):
    """What each key does on a screen."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,enter", "dismiss", "Close")]

    def __init__(self, name: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._keys = name, keys

    def compose(self) -> ComposeResult:
        """Lay the keys out in two columns."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for key, meaning in self._keys:
            table.add_row(key, meaning)
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = f"Keys: {self._title}"
            yield Static(table)


class AskPath(ModalScreen[Path | None]):
    """Ask where to write; a file that exists is replaced only when that is said a second time."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._warned = ""

    def compose(self) -> ComposeResult:
        """Ask for the name."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Export what is shown"
            yield Input(self._name, id="path")
            yield Static(".csv, .jsonl or .parquet says how it is written; enter writes, escape does not", id="said")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check the name."""
        event.stop()
        path = Path(event.value.strip()).expanduser()
        said = ""
        if path.suffix not in SUFFIXES:
            said = f"end the name in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        elif not path.parent.is_dir():
            said = f"there is no folder {path.parent}; name one that exists"
        elif path.exists() and self._warned != event.value:
            said, self._warned = f"{path.name} exists; enter again replaces it", event.value
        if said:
            self.query_one("#said", Static).update(said)
        else:
            self.dismiss(path)


class ChooseColumns(ModalScreen[list[str] | None]):
    """Choose the columns of a table.

    Parameters
    ----------
    names : column -> what is said of it
    chosen : those that are shown
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"),
        Binding("enter", "take", "Take", priority=True),
    ]

    def __init__(self, names: Mapping[str, str], chosen: Sequence[str]) -> None:
        super().__init__()
        self._names, self._chosen = names, chosen

    def compose(self) -> ComposeResult:
        """List the columns."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Columns: space chooses, enter takes"
            yield SelectionList(*((said, name, name in self._chosen) for name, said in self._names.items()))

    def action_take(self) -> None:
        """Take what is chosen, in the order of the list."""
        chosen = set(self.query_one(SelectionList).selected)
        self.dismiss([name for name in self._names if name in chosen])


class Choose(ModalScreen[str | None]):
    """Choose one of several texts; typing narrows them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"),
        Binding("down", "mark(1)", "Next", priority=True),
        Binding("up", "mark(-1)", "Before", priority=True),
    ]

    def __init__(self, title: str, texts: Sequence[str]) -> None:
        super().__init__()
        self._title, self._texts = title, texts
        self._shown: Sequence[str] = texts

    def compose(self) -> ComposeResult:
        """List the texts below a line that narrows them."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Input(placeholder="words that stand in it", id="words", compact=True)
            yield OptionList(*map(_in_a_line, self._texts), id="texts", compact=True)

    def on_mount(self) -> None:
        """Mark the first."""
        self.query_one(OptionList).can_focus = False
        self.action_mark(0)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the texts."""
        event.stop()
        words = event.value.casefold().split()
        self._shown = [text for text in self._texts if all(word in text.casefold() for word in words)]
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(map(_in_a_line, self._shown))
        self.action_mark(0)

    def action_mark(self, by: int) -> None:
        """Mark another text."""
        listed = self.query_one(OptionList)
        listed.highlighted = ((listed.highlighted or 0) + by) % len(self._shown) if self._shown else None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the marked one."""
        event.stop()
        self._take(self.query_one(OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        self._take(event.option_index)

    def _take(self, place: int | None) -> None:
        if place is not None and place < len(self._shown):
            self.dismiss(self._shown[place])


def _in_a_line(text: str) -> Text:
    return Text(" ".join(text.split()), no_wrap=True, overflow="ellipsis")


class Whole(ModalScreen[None]):
    """All that a row holds, one name and value below the other."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,enter", "dismiss", "Close")]

    def __init__(self, title: str, pairs: Sequence[tuple[str, str | None]]) -> None:
        super().__init__()
        self._title, self._pairs = title, pairs

    def compose(self) -> ComposeResult:
        """Lay names and values out in two columns."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in self._pairs:
            table.add_row(name, Text("NULL", "dim italic") if value is None else Text(value))
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(table)
