"""The name of a study file: to be written, or to be opened."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

SUFFIX = ".toml"
SHOWN = 6


class AskStudy(ModalScreen[Path | None]):
    """Ask for a study file; one that exists is replaced only when that is said a second time.

    Parameters
    ----------
    name : to begin with
    saving : it is to be written, not opened
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, name: str, saving: bool) -> None:
        super().__init__()
        self._name, self._saving = name, saving
        self._warned = ""

    def compose(self) -> ComposeResult:
        """Ask for the name; the files of this folder are suggested."""
        here = sorted(str(path) for path in Path().glob(f"*{SUFFIX}"))
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Save as a study" if self._saving else "Open a study"
            yield Input(self._name, id="path", suggester=SuggestFromList(here), placeholder=f"study{SUFFIX}")
            told = f"here: {', '.join(here[:SHOWN])}{' …' if len(here) > SHOWN else ''}; " if here else ""
            does = "writes it; kb rank --study runs it too" if self._saving else "opens it"
            yield Static(f"{told}enter {does}, escape does not", id="said")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check the name."""
        event.stop()
        path = Path(event.value.strip()).expanduser()
        said = ""
        if path.suffix != SUFFIX:
            said = f"end the name in {SUFFIX}"
        elif not path.parent.is_dir():
            said = f"there is no folder {path.parent}; name one that exists"
        elif not self._saving and not path.is_file():
            said = f"there is no file {path}"
        elif self._saving and path.exists() and self._warned != event.value:
            said, self._warned = f"{path.name} exists; enter again replaces it", event.value
        if said:
            self.query_one("#said", Static).update(said)
        else:
            self.dismiss(path)
