"""The keys by which a screen decides on the fact, decision or paper at hand; every decision is logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from kb.base import KnowledgeBase
from kb.curation.authors import author_of
from kb.curation.correcting import corrected
from kb.tui import deciding
from kb.tui.correcting import AskText, Correct, needed
from kb.tui.dialogs import Choose
from kb.tui.frame import Frame
from kb.words import conditions, quantity
from schema.errors import BadSetting
from schema.records import Measurement

Row = Mapping[str, Any]
UNLINK = "none: the control that is looked for"


class Curating(Frame):
    """The base class of a screen that decides; a subclass gives ``record``, ``doi``, ``decision``, ``removed``.

    Without ``--edit`` the keys say what they need.  A decision is written in a thread, on a base of its own.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "Accept"),
        Binding("x", "reject", "Reject"),
        Binding("c", "correct", "Correct"),
        Binding("L", "link", "Link"),
        Binding("u", "undo", "Undo"),
        Binding("R", "remove", "Remove the paper", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._author: str | None = None
        self._made: list[str] = []  # ids of the decisions of this session, the last one last

    # What a subclass gives -------------------------------------------------------------------------------------------

    @property
    def record(self) -> Row | None:
        """The fact at hand (:meth:`kb.base.KnowledgeBase.show`), ``metric`` missing where it is set aside."""
        raise NotImplementedError

    @property
    def doi(self) -> str:
        """The DOI of the paper at hand; "" where there is none."""
        raise NotImplementedError

    @property
    def decision(self) -> str:
        """The id of the decision at hand; "" where there is none."""
        raise NotImplementedError

    @property
    def removed(self) -> bool:
        """Whether the paper at hand is removed."""
        raise NotImplementedError

    # Deciding --------------------------------------------------------------------------------------------------------

    def action_accept(self) -> None:
        """Say that the fact at hand is right as it stands."""
        self._on_fact("accept", lambda record: self._decide(partial(deciding.accept, record, self._author)))

    def action_reject(self) -> None:
        """Set the fact at hand aside."""

        def ask(record: Row) -> None:
            title = f"Reject #{record['id']}: why?"
            hint = "such as: the theoretical capacity, no result"
            self._ask_text(
                title, hint, needed, lambda why: self._decide(partial(deciding.reject, record, self._author, why))
            )

        self._on_fact("reject", ask)

    def action_correct(self) -> None:
        """Set something of the fact at hand."""

        def ask(record: Row) -> None:
            def read(base: KnowledgeBase) -> Measurement:
                fact = base.review.fact(record["id"])
                corrected(fact, {"value": "1"})  # the registry of units is loaded here, in a thread
                return fact

            self.ask(read, partial(self._ask_correction, record), "fact")

        self._on_fact("correct", ask)

    def _ask_correction(self, record: Row, fact: Measurement) -> None:
        def take(told: tuple[dict[str, str], str] | None) -> None:
            if told is not None:
                self._decide(partial(deciding.set_, record, self._author, *told))

        self.app.push_screen(Correct(record["id"], fact), take)

    def action_link(self) -> None:
        """Name the control of the fact at hand."""

        def ask(record: Row) -> None:
            if record["is_control"]:
                self.tell(f"#{record['id']} is a control itself; where that is wrong, c corrects is_control")
                return

            def read(base: KnowledgeBase) -> list[Row]:
                return list(base.places(base.review.controls(record["id"], record["metric"])).values())

            self.ask(read, partial(self._ask_control, record), "controls")

        self._on_fact("link", ask)

    def _ask_control(self, record: Row, controls: Sequence[Row]) -> None:
        if not controls and record["control_id"] is None:
            self.tell(f"no control of this paper states {record['metric'].replace('_', ' ')} in {record['unit']}")
            return
        texts: dict[str, int | None] = {_control(row): row["id"] for row in controls}
        texts[UNLINK] = None

        def take(text: str | None) -> None:
            if text is not None:
                self._decide(partial(deciding.link, record, self._author, texts[text]))

        self.app.push_screen(Choose(f"The control of #{record['id']}", [*texts]), take)

    def action_undo(self) -> None:
        """Take back the removal or decision at hand, else the last one on the fact, else the last of this session."""
        if not self._may_decide():
            return
        on_fact = (self.record or {}).get("decisions") or [{"id": ""}]
        id = self.decision or on_fact[-1]["id"] or (self._made[-1] if self._made else "")
        if self.removed and self.doi:
            self._decide(partial(deciding.restore, self.doi, self._author))
        elif id:
            self._decide(partial(deciding.undo, id, self._author))
        else:
            self.tell("no decision is at hand; v shows those of the log")

    def action_remove(self) -> None:
        """Take all facts of the paper at hand out of the views."""
        if not self._may_decide():
            return
        doi = self.doi
        if not doi or self.removed:
            self.tell("no paper with a DOI is at hand; without one, its facts are rejected one by one")
            return

        def take(why: str) -> None:
            self._decide(partial(deciding.remove, doi, self._author, why))

        self._ask_text(f"Remove {doi}: why?", "such as: retracted by the journal, with its notice", needed, take)

    def _ask_text(self, title: str, hint: str, check: Callable[[str], str], take: Callable[[str], None]) -> None:
        self.app.push_screen(AskText(title, hint, check), lambda text: take(text) if text is not None else None)

    def _on_fact(self, action: str, go: Callable[[Row], None]) -> None:
        """Go on with the fact at hand, if there is one and it may be decided on."""
        if not self._may_decide(then=lambda: self._on_fact(action, go)):
            return
        record = self.record
        if record is None or "metric" not in record:
            aside = record is not None and record["aside"]
            self.tell("it is set aside; u takes that back" if aside else f"no fact is at hand to {action}")
            return
        go(record)

    def _may_decide(self, then: Callable[[], None] | None = None) -> bool:
        """Say whether decisions can be made; who makes them is asked once, where nothing says so."""
        if not self.browser.edit:
            self.tell(f"read-only; to decide: kb browse --edit {self.browser.path.name}")
            return False
        if self.asks("decide"):
            self.tell("the decision before is still being written")
            return False
        try:
            self._author = author_of(self._author)
        except BadSetting:
            self._ask_text("Who decides?", "Ada Byron <ada@example.org>", _no_author, partial(self._take_author, then))
            return False
        return True

    def _take_author(self, then: Callable[[], None] | None, author: str) -> None:
        self._author = author
        if then is not None:
            then()

    def _decide(self, decide: Callable[[KnowledgeBase], deciding.Done]) -> None:
        """Write a decision in a thread; another program that writes is waited for meanwhile."""
        path = self.browser.path

        def write(_: KnowledgeBase) -> deciding.Done:
            with KnowledgeBase(path, read_only=False) as base:
                return decide(base)

        self.tell("writing …")
        self.ask(write, self._written, "decide")

    def _written(self, told: deciding.Done) -> None:
        said, decision = told
        if decision.action == "undo":
            self._made = [id for id in self._made if id != decision.undoes]
        else:
            self._made.append(decision.id)
        self.browser.take_as_known()
        self.browser.count(self)
        self.read()
        self.tell(f"{said}; logged as {decision.author.partition(' <')[0]}")


def _no_author(text: str) -> str:
    try:
        author_of(text or " ")
    except BadSetting:
        return "write it like: Ada Byron <ada@example.org>"
    return ""


def _control(row: Row) -> str:
    tested = conditions({k: v for k, v in row.items() if k not in ("value", "value_max")})
    value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
    return f"#{row['id']} {value}, {row['subject']}, {tested or 'conditions not stated'}"
