"""Dialogs of a decision: a text that has to be given, a correction that is checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from kb.curation.correcting import FIELDS, OUT_OF_RANGE, as_told, corrected
from kb.words import conditions, number, quantity, unit
from schema.errors import BadDecision, KBError
from schema.records import Measurement
from schema.vocabulary import vocabulary

KEYS = "enter takes it, escape does not"


class AskText(ModalScreen[str | None]):
    """Ask for a text.

    Parameters
    ----------
    title, hint : what is asked, and what is said of it
    check : gives what is wrong with a text, "" where nothing is
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, hint: str, check: Callable[[str], str]) -> None:
        super().__init__()
        self._title, self._hint, self._check = title, hint, check

    def compose(self) -> ComposeResult:
        """Ask for it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Input(placeholder=self._hint, id="text", compact=True)
            yield Static(KEYS, id="said")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take back what was said of an earlier text."""
        event.stop()
        self.query_one("#said", Static).update(KEYS)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Check it."""
        event.stop()
        text = " ".join(event.value.split())
        wrong = self._check(text)
        if wrong:
            self.query_one("#said", Static).update(Text(wrong, "bold"))
        else:
            self.dismiss(text)


def needed(text: str) -> str:
    """Say what is wrong with a reason."""
    return "" if text else "a reason that others can check is needed"


class Correct(ModalScreen[tuple[dict[str, str], str] | None]):
    """Ask for a correction, and say at once what it would make of the fact; gives (changes, reason).

    Parameters
    ----------
    id : of the measurement
    fact : as it is in force
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"),
        Binding("down", "app.focus_next", "Next line", show=False),
        Binding("up", "app.focus_previous", "Line before", show=False),
    ]
    LINES: ClassVar[Mapping[str, str]] = {
        "value": "value", "value_max": "to", "unit": "unit", "more": "also", "reason": "reason",
    }  # fmt: skip

    def __init__(self, id: int, fact: Measurement) -> None:
        super().__init__()
        self._of, self._fact = id, fact

    def compose(self) -> ComposeResult:
        """Ask line by line."""
        fact = self._fact
        hints = {
            "value": f"{number(fact.value)}, as it stands",
            "value_max": "the end of a range" if fact.value_max is None else f"{number(fact.value_max)}, as it stands",
            "unit": f"{fact.unit}, of {fact.metric.replace('_', ' ')}; a unit alone reads the number anew",
            "more": "sample='PVDF@Cu' current_density='1 mA/cm^2'",
            "reason": "what shows it, such as: see Fig. 3",
        }
        with Vertical(classes="dialog", id="correcting") as dialog:
            dialog.border_title = f"Correct #{self._of}"
            yield Static(_stands(fact))
            for name, said in self.LINES.items():
                with Horizontal(classes="line"):
                    yield Label(said)
                    yield Input(placeholder=hints[name], id=name, compact=True)
            yield Static(id="said")

    def on_mount(self) -> None:
        """Say what may be typed."""
        self._say()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it would be now."""
        event.stop()
        self._say()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, if it can be taken."""
        event.stop()
        if self._say():
            self.dismiss((self._changes(), " ".join(self.query_one("#reason", Input).value.split())))

    def _changes(self) -> dict[str, str]:
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name in ("value", "value_max", "unit")}
        more = dict(settings(self.query_one("#more", Input).value))
        return as_told({**{name: text for name, text in typed.items() if text}, **more})

    def _say(self) -> bool:
        said = self.query_one("#said", Static)
        try:
            if not any(self.query_one(f"#{name}", Input).value.strip() for name in self.LINES if name != "reason"):
                said.update(Text(f"type what is to be set; {KEYS}", "dim"))
                return False
            made = corrected(self._fact, self._changes())
        except KBError as error:
            said.update(Text(str(error), "bold"))
            said.add_class("-wrong")
            return False
        said.remove_class("-wrong")
        said.update(Text.assemble("would be  ", (_value(made), "bold"), *_changed(self._fact, made)))
        return True


def settings(text: str) -> Iterator[tuple[str, str]]:
    """Read FIELD=VALUE pairs; a value in quotes has spaces.

    Raises
    ------
    BadDecision
        Where something is no such pair.

    Examples
    --------
    >>> dict(settings("sample='PVDF @ Cu' cycles=260"))
    {'sample': 'PVDF @ Cu', 'cycles': '260'}
    """
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadDecision("a quotation mark is not closed") from error
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise BadDecision(f"{word!r} is not FIELD=VALUE; these can be set: {', '.join(FIELDS)}")
        yield name, value


def _value(fact: Measurement) -> str:
    return f"{fact.metric.replace('_', ' ')} {quantity(fact.value, fact.value_max, fact.qualifier, fact.unit)}"


def _stands(fact: Measurement) -> Text:
    printed = f"printed as {fact.value_reported} {fact.unit_reported}".rstrip()
    return Text.assemble((_value(fact), "bold"), f", {fact.subject.name}\n", (printed, "dim"), "\n")


def _changed(before: Measurement, after: Measurement) -> Iterator[str | tuple[str, str]]:
    """Say what else is other than before, and where the value is not a usual one."""
    names = ("name", "components", "substrate", "strategy")
    for one, other in ((getattr(before.subject, n), getattr(after.subject, n)) for n in names):
        if one != other:
            yield f", {', '.join(other) if isinstance(other, tuple) else other or 'none'}"
    if before.conditions != after.conditions:
        yield f", {conditions({n: getattr(after.conditions, n) for n in after.conditions.__dataclass_fields__})}"
    if before.is_control != after.is_control:
        yield ", a control" if after.is_control else ", no control"
    if OUT_OF_RANGE in after.flags:
        low, high = vocabulary().metric(after.metric).plausible
        yield f"\noutside the plausible range, {number(low)} to {number(high)} {unit(after.unit)}".rstrip(), "bold"
