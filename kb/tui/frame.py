"""What every screen shares: menu, filter line, status line; the keys to go, filter, copy, export and ask for help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Footer, Input

from kb.base import KnowledgeBase
from kb.tui.asking import Asking
from kb.tui.commands import Command, OfBase, OfScreen
from kb.tui.lines import Menu, Status
from schema.errors import KBError

if TYPE_CHECKING:
    from kb.tui.app import Browser

# What textual adds to every screen.
_NOT_TOLD = {"app.focus_next", "app.focus_previous", "screen.copy_text", "page_left", "page_right", "app.help_quit"}


@dataclass(frozen=True)
class Export:
    """What a screen shows, to be written to a file.

    Attributes
    ----------
    name : of the file, without its suffix
    columns : of a CSV; the keys of the first row where there are none
    rows : reads them; runs in a thread, so it touches no widget
    """

    name: str
    columns: Sequence[str]
    rows: Callable[[KnowledgeBase], Iterable[Mapping[str, Any]]]


class Frame(Asking):
    """The base class of the screens.

    A subclass gives ``KEY`` (its place), ``NAME``, :meth:`body`, :meth:`read`, and what of :meth:`copied`,
    :meth:`exported`, :meth:`filtering`, :meth:`commands` it has; ``FILTER`` says what ``/`` filters.  ``subject`` is
    what it is about (a candidate, a paper); :meth:`read` is called when it changes, and by ``r``.
    """

    KEY: ClassVar[str]
    NAME: ClassVar[str]
    FILTER: ClassVar[str] = ""
    COMMANDS = {OfScreen, OfBase}  # noqa: RUF012 - textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"go('{key}')", f"Go to screen {key}", show=False) for key in "123456789"),
        # With priority it is done before the next key is given to anyone, so that what is typed after it is not lost.
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("y", "copy", "Copy", show=False),
        Binding("e", "export", "Export what is shown", show=False),
        Binding("r", "reload", "Read anew", show=False),
        Binding("ctrl+t", "theme", "Light or dark", show=False),
        Binding("question_mark,f1", "keys", "Keys", key_display="?"),
        Binding("q", "back", "Back", show=False),
        Binding("escape", "back", "Back", show=False),
    ]
    AUTO_FOCUS = "#body *"  # never the filter line
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (12, "-middle"), (36, "-tall")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.subject: Any = None
        self.bases = self.browser.bases

    @property
    def browser(self) -> Browser:
        """The app."""
        return cast("Browser", self.app)

    @property
    def status(self) -> Status:
        """The status line."""
        return self.query_one(Status)

    # What a subclass gives -------------------------------------------------------------------------------------------

    def body(self) -> ComposeResult:
        """Give the widgets of the screen."""
        raise NotImplementedError

    def line(self) -> Input:
        """Give the filter line; its id is "filter"."""
        return Input(placeholder=self.FILTER, id="filter", compact=True)

    def read(self) -> None:
        """Ask for what is to be shown of ``subject``."""

    def copied(self) -> str:
        """Give what ``y`` copies; "" where there is nothing."""
        return ""

    def exported(self) -> Export | None:
        """Give what ``e`` writes; None where nothing is shown."""
        return None

    def counted(self, counts: Mapping[str, int]) -> None:
        """Take how much is in the base (:meth:`kb.browsing.Browsing.counts`)."""
        self.status.counts = self.browser.counts

    def filtering(self, text: str) -> None:
        """Take the text of the filter line, as it is typed."""

    def filtered(self, text: str) -> None:
        """Take the text of the filter line, when it is finished."""

    def commands(self) -> Iterable[Command]:
        """Give further lines for the command palette."""
        return ()

    # What all have ---------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out the lines around the body."""
        yield Menu(self.KEY)
        if self.FILTER:
            yield self.line()
        with Container(id="body"):
            yield from self.body()
        yield Status()
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to read, and say which base this is."""
        self.status.base = self.browser.path.name
        self.browser.count(self)
        self.read()

    def on_screen_resume(self) -> None:
        """Take over what was counted meanwhile."""
        self.status.counts = self.browser.counts
        self.tell("")

    def visit(self, subject: Any) -> None:
        """Be about something; read it where it is new."""
        if subject is not None and subject != self.subject:
            self.subject = subject
            if self.is_mounted:
                self.read()

    def tell(self, message: str) -> None:
        """Say something in the status line."""
        self.status.message, self.status.wrong = message, False

    def failed(self, error: BaseException, topic: str = "") -> None:
        """Say what went wrong in the status line."""
        self.status.message = str(error) if isinstance(error, KBError) else f"{type(error).__name__}: {error}"
        self.status.wrong = True

    def busy(self, whether: bool) -> None:
        """Show that something is being read, or that nothing is."""
        for status in self.query(Status):
            status.busy = whether

    def known_keys(self) -> list[tuple[str, str, str]]:
        """Give the keys that do something here: key, what it does, its action."""
        found: dict[str, tuple[str, str, str]] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.description and active.enabled and binding.action not in _NOT_TOLD:
                key = self.app.get_key_display(binding)
                before = found.get(binding.action)
                found[binding.action] = (f"{before[0]} {key}" if before else key, binding.description, binding.action)
        return list(found.values())

    # Keys ------------------------------------------------------------------------------------------------------------

    def action_go(self, key: str) -> None:
        """Go to another place."""
        self.browser.go(key)

    def action_back(self) -> None:
        """Leave the filter line, else go where one came from."""
        if self.FILTER and self.query_one("#filter").has_focus:
            self._leave_filter()
        else:
            self.browser.back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the slash to a line in which text is typed."""
        return not (action == "filter" and isinstance(self.focused, Input))

    def action_filter(self) -> None:
        """Go to the filter line."""
        if self.FILTER:
            line = self.query_one("#filter", Input)
            line.display = True
            self.set_focus(line)  # at once, so that what is typed next goes into it
        else:
            self.tell("nothing to filter on this screen")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        if event.input.id == "filter":
            self.filtering(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter, and leave the line."""
        if event.input.id == "filter":
            self.filtered(event.value)
            self._leave_filter()

    def _leave_filter(self) -> None:
        line = self.query_one("#filter", Input)
        line.display = bool(line.value)
        self.focus_next("#body *")

    def action_copy(self) -> None:
        """Copy, by way of the terminal (OSC 52)."""
        text = self.copied()
        if text:
            self.app.copy_to_clipboard(text)
            self.tell(f"copied: {text}")
        else:
            self.tell("nothing to copy here")

    def action_export(self) -> None:
        """Ask where to, and write what is shown."""
        from kb.tui.dialogs import AskPath

        export = self.exported()
        if export is None:
            self.tell("nothing to export here")
            return

        def write(path: Path | None) -> None:
            if path is not None:
                self.ask(lambda base: _write(base, export, path), self.tell, "export")

        self.app.push_screen(AskPath(f"{export.name}.csv"), write)

    def action_reload(self) -> None:
        """Read the base anew."""
        self.tell("")
        self.browser.count(self)
        self.read()

    def action_theme(self) -> None:
        """Change between light and dark."""
        self.browser.change_theme()

    def action_keys(self) -> None:
        """Show what each key does here."""
        from kb.tui.dialogs import Keys

        digits = "123456789"
        told = [(key, meaning) for key, meaning, _ in self.known_keys() if key not in digits]
        self.app.push_screen(Keys(self.NAME, [*told, ("1 to 9", "Go to a screen, as in the menu above")]))


def _write(base: KnowledgeBase, export: Export, path: Path) -> str:
    from kb.writing import write_file

    number = write_file(path, export.rows(base), export.columns)
    return f"{number} rows written to {path.resolve()}"
