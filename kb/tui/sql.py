"""Screen 8: SQL with completion and history; of what it gives, only the rows that are looked at are read."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from kb.base import KnowledgeBase
from kb.history import History
from kb.named import SQL as SQL_KIND
from kb.named import all_named, defaults, named
from kb.sql import Result, plain_text, read_value
from kb.sql_completion import complete_sql
from kb.tui.commands import Command
from kb.tui.editing import Editor
from kb.tui.frame import Export, Frame
from kb.tui.querying import Suggestions
from kb.tui.table import PAGE, Begun, Column, PagedTable, Row
from kb.words import counted, grouped
from schema.errors import KBError

FIRST = 1000  # rows that are read before anybody asks for more
LEAP = 20_000  # rows that are read on the way to a later one; further off, that page is asked for by itself
WIDEST = 40
BEGIN = "SELECT metric, count(*) AS measurements FROM measurement_view\nGROUP BY metric ORDER BY measurements DESC"


class Statement:
    """A statement that runs on a base of its own, so that its rows can wait there until they are looked at.

    Parameters
    ----------
    path : the base
    text : without a semicolon at its end
    parameters : name -> value
    """

    def __init__(self, path: Path, text: str, parameters: Mapping[str, Any]) -> None:
        self._path, self.text, self.parameters = path, text, parameters
        self._base: KnowledgeBase | None = None
        self._stopped = False
        self.result: Result

    def begin(self, _: KnowledgeBase) -> float:
        """Run it up to its first rows; give the seconds that took."""
        began = time.monotonic()
        self._base = KnowledgeBase(self._path)
        if self._stopped:
            raise KeyboardInterrupt
        self.result = self._base.result(self.text, self.parameters)
        self.result.upto(FIRST)
        return time.monotonic() - began

    def stop(self) -> None:
        """Interrupt it; from any thread."""
        self._stopped = True
        if self._base is not None:
            self._base.browsing.interrupt()

    # Rows of a table -------------------------------------------------------------------------------------------------

    def keys(self, base: KnowledgeBase, begun: Begun) -> array[int]:
        """Number the rows; where more than the first were not read, they are counted on another connection."""
        there = len(self.result.rows)
        if self.result.whole:
            return array("q", range(there))
        begun(range(there))
        (total,) = base.sql(f"SELECT count(*) FROM ({self.text}\n)", self.parameters).rows[0]  # noqa: S608
        return array("q", range(total))

    def page(self, base: KnowledgeBase, keys: Sequence[int]) -> Sequence[Row]:
        """Give rows by their numbers."""
        start, end = keys[0], keys[-1] + 1
        if end - len(self.result.rows) > LEAP:
            text = f"SELECT * FROM ({self.text}\n) LIMIT {end - start} OFFSET {start}"  # noqa: S608
            rows = base.sql(text, self.parameters).rows
        else:
            rows = self.result.upto(end)[start:end]
        return [dict(zip(self.result.names, row, strict=True)) for row in rows]


class SQL(Frame):
    """An editor, what is wrong with the statement, and its rows; ``subject`` is a statement to begin with."""

    KEY, NAME = "8", "SQL"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+j,ctrl+enter", "run", "Run", key_display="F5"),
        Binding("f8,ctrl+x", "stop", "Stop", key_display="F8"),
        Binding("ctrl+r", "earlier", "Earlier statements", key_display="^r"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        self._place = len(self.history.texts)
        self._statement: Statement | None = None
        self._written = ""  # what is asked, without the order that the table adds
        self._parameters: Mapping[str, Any] = {}
        self._seconds = 0.0

    def body(self) -> ComposeResult:
        """Lay out the editor, what may come next, what came of it, the rows."""
        yield Editor(self.subject or BEGIN, id="statement")
        yield Suggestions(id="next")
        yield Static(
            "F5 runs it, tab completes a word, @ begins a named question, escape leaves the editor", id="answered"
        )
        yield PagedTable(id="rows", empty="no rows", fixed=0)

    def on_mount(self) -> None:
        """Begin in the editor."""
        super().on_mount()
        self._write(self.editor.text)
        if self.history.trouble:
            self.tell(self.history.trouble)

    @property
    def editor(self) -> Editor:
        """Where the statement is."""
        return self.query_one(Editor)

    @property
    def table(self) -> PagedTable:
        """Where its rows are."""
        return self.query_one(PagedTable)

    def read(self) -> None:
        """Take over a statement that one came with."""
        if isinstance(self.subject, str) and self.subject != self.editor.text:
            self._write(self.subject)

    def action_reload(self) -> None:
        """Run it once more."""
        self.browser.count(self)
        if self._written:
            self._begin(self._written, self.table.sorted)

    # Writing ---------------------------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        self.editor.load_text(text)
        self.editor.move_cursor(self.editor.document.end)
        self.editor.focus()

    def on_text_area_changed(self) -> None:
        """Suggest what may come next."""
        if self.editor.has_focus:
            before, after = self.editor.around
            self.ask(lambda _: complete_sql(before, after), self._suggest, "completion")

    def _suggest(self, suggested: list[Any]) -> None:
        self.query_one("#next", Suggestions).show(suggested if self.editor.has_focus else ())

    def on_editor_mark(self, event: Editor.Mark) -> None:
        """Mark another suggestion, or go to an earlier or later statement."""
        suggestions = self.query_one("#next", Suggestions)
        if suggestions.is_open and not event.always:
            suggestions.mark(event.by)
        elif not event.at_edge:
            event.move()
        elif self.history.texts:
            self._place = max(0, min(self._place + event.by, len(self.history.texts)))
            self._write(self.history.texts[self._place] if self._place < len(self.history.texts) else "")
            suggestions.show(())

    def on_editor_take(self) -> None:
        """Put the marked suggestion in; without one, go to the rows."""
        suggestions = self.query_one("#next", Suggestions)
        if suggestions.is_open:
            before, _ = self.editor.around
            taken = suggestions.taken(before)
            word = taken[suggestions.suggested[0].start :]
            if word.startswith("@"):
                suggestions.show(())
                self._write(_of_name(word.strip()))
            else:
                self.editor.put(len(before) - suggestions.suggested[0].start, word)
        else:
            self.table.focus()

    def action_filter(self) -> None:
        """Go to the editor, which filters here."""
        self.editor.focus()

    def action_back(self) -> None:
        """Close what is suggested, stop what runs, leave the editor, else go where one came from."""
        suggestions = self.query_one("#next", Suggestions)
        if suggestions.is_open:
            suggestions.show(())
        elif self.has_open:
            self.action_stop()
        elif self.editor.has_focus:
            self.table.focus()  # where digits go to other screens
        else:
            super().action_back()

    def action_earlier(self) -> None:
        """Choose one of the statements that were run before."""
        from kb.tui.dialogs import Choose

        if not self.history.texts:
            self.tell("nothing was run before")
            return

        def take(chosen: str | None) -> None:
            if chosen is not None:
                self._write(chosen)

        self.app.push_screen(Choose("Earlier statements", [*reversed(self.history.texts)]), take)

    # Running ---------------------------------------------------------------------------------------------------------

    @property
    def has_open(self) -> bool:
        """Whether a statement runs, or its rows are being counted."""
        return self.asks("statement") or self.asks("table rows")

    def action_run(self) -> None:
        """Run the statement."""
        self.query_one("#next", Suggestions).show(())
        text = self.editor.text.strip()
        if not text:
            self.tell("there is no statement; write a SELECT, or @ and the name of a question")
            return
        if text.startswith("@"):
            try:
                text = _of_name(text)
            except KBError as error:
                self.failed(error, "statement")
                return
            self._write(text)
        self.history.add(text)
        self._place = len(self.history.texts)
        self._parameters = {name: read_value(value) for name, value in defaults(text).items()}
        self._written = plain_text(text)
        self._begin(self._written)
        if self.history.trouble:
            self.tell(self.history.trouble)

    def _begin(self, text: str, sorted: str = "") -> None:
        self.action_stop()
        self._answered("running … (F8 stops it)")
        ordered = f"SELECT * FROM ({text}\n) ORDER BY {_order(sorted)}" if sorted else text  # noqa: S608
        statement = self._statement = Statement(self.browser.path, ordered, self._parameters)
        self.ask(statement.begin, partial(self._begun, statement, sorted), "statement")

    def _begun(self, statement: Statement, sorted: str, seconds: float) -> None:
        self._seconds = seconds
        if statement.result.whole:
            self._count(len(statement.result.rows))
        else:
            self._answered(f"more than {grouped(FIRST)} rows, {seconds:.2f} s; counting … (F8 stops that)")
        self.table.show(_columns(statement.result), statement, sorted)
        if not self.editor.has_focus or statement.result.rows:
            self.table.focus()

    def on_paged_table_counted(self, event: PagedTable.Counted) -> None:
        """Say how many rows there are."""
        self._count(event.total)

    def _count(self, total: int) -> None:
        if self._statement is not None:
            columns = counted(len(self._statement.result.names), "column")
            self._answered(f"{counted(total, 'row')}, {columns}, {self._seconds:.2f} s")

    def action_stop(self) -> None:
        """Stop the statement, or the counting of its rows."""
        counting, running = self.asks("table rows"), self.asks("statement")
        self.stop("statement")
        self.stop("table rows")
        if running and self._statement is not None:
            self._statement.stop()
            self._answered("stopped; the rows of before are still shown" if self.table.columns else "stopped")
        elif counting:
            self._answered(f"more than {grouped(FIRST)} rows; their counting was stopped, the first are shown")

    def stop_all(self) -> None:
        """Stop every question, and the statement."""
        super().stop_all()
        if self._statement is not None:
            self._statement.stop()

    def failed(self, error: BaseException, topic: str = "") -> None:
        """Say below the editor what is wrong with a statement."""
        if topic == "statement":
            self._answered(str(error), wrong=True)
            self.editor.focus()
        else:
            super().failed(error, topic)

    def _answered(self, text: str, wrong: bool = False) -> None:
        line = self.query_one("#answered", Static)
        line.update(Text(text))
        line.set_class(wrong, "-wrong")

    # Rows ------------------------------------------------------------------------------------------------------------

    def on_paged_table_sort_wanted(self, event: PagedTable.SortWanted) -> None:
        """Have SQLite sort all rows by a column."""
        if self._written:
            self._begin(self._written, event.column)

    def on_paged_table_chosen(self, event: PagedTable.Chosen) -> None:
        """Show the whole of a row."""
        from kb.tui.dialogs import Whole

        if event.row is not None:
            self.app.push_screen(
                Whole(
                    "One row", [(name, None if value is None else _plain(value)) for name, value in event.row.items()]
                )
            )

    def copied(self) -> str:
        """Give the cell below the cursor."""
        row = self.table.chosen
        return "" if row is None or not self.table.columns else _plain([*row.values()][self.table.here])

    def exported(self) -> Export | None:
        """Give all rows, in the order in which they are shown."""
        if self._statement is None or not self.table.columns:
            return None
        text, parameters = self._statement.text, self._statement.parameters

        def rows(base: KnowledgeBase) -> Iterator[Mapping[str, Any]]:
            yield from base.result(text, parameters).records()

        return Export("rows", self._statement.result.names, rows)

    def commands(self) -> Iterable[Command]:
        """Offer the named questions."""
        for one in all_named().values():
            if one.kind == SQL_KIND:
                yield Command(f"SQL: @{one.name}", one.meaning, partial(self._write, _of_name(f"@{one.name}")))


def _of_name(text: str) -> str:
    """Give the text behind ``@name``, with its parameters above it, so that they can be changed."""
    found = named(text[1:].strip(), SQL_KIND)
    return "".join(f"-- :{name} = {value}\n" for name, value in found.defaults.items()) + found.text


def _order(sorted: str) -> str:
    number = int(sorted.removeprefix("-"))
    return f"{number} {'DESC' if sorted.startswith('-') else 'ASC'} NULLS LAST"


def _columns(result: Result) -> list[Column]:
    out = []
    for place, name in enumerate(result.names):
        values = [row[place] for row in result.rows[:PAGE]]
        numeric = any(isinstance(v, int | float) for v in values) and not any(isinstance(v, str) for v in values)
        width = max([len(name) + 2, *(len(_plain(v)) for v in values)])
        draw = partial(_drawn, name)
        out.append(Column(str(place + 1), name, min(width, WIDEST), draw, "right" if numeric else "left"))
    return out


def _drawn(name: str, row: Row) -> str | Text:
    value = row[name]
    return Text("NULL", "dim italic") if value is None else " ".join(_plain(value).split())


def _plain(value: Any) -> str:
    """Write a value as it is, floats without the noise of their last digit."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return value.hex() if isinstance(value, bytes) else str(value)
