"""What an ingestion shows while it runs: one line a document, a bar on a terminal, a summary."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from kb.ingestion import IngestReport
    from kb.store import Outcome


class IngestProgress:
    """One line a document on standard output, failures on standard error; a bar below where that is a terminal."""

    def __init__(self) -> None:
        self.done = 0
        self._bar: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> IngestProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            # Lines on a terminal go above the bar; lines into a file stay out of its way.
            together = sys.stdout.isatty()
            console = Console(file=sys.stderr)
            self._bar = Progress(*columns, console=console, transient=True, redirect_stdout=together)
            self._task = self._bar.add_task("reading", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def document(self, outcome: Outcome, done: int, total: int) -> None:
        """Take note of one document; what :meth:`kb.base.KnowledgeBase.ingest` calls."""
        self.done = done
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)
        if outcome.outcome == "failed":
            click.echo(f"kb: {outcome.message}", err=True)
        else:
            click.echo(line(outcome))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def line(outcome: Outcome) -> str:
    """Say what became of a document.

    Examples
    --------
    >>> from kb.store import Outcome
    >>> line(Outcome("a.md", "new", measurements=12, rejections=1))
    'new        a.md: 12 measurements, 1 rejected number'
    """
    rejected = f", {_count(outcome.rejections, 'rejected number')}" if outcome.rejections else ""
    note = f" ({outcome.message})" if outcome.message else ""
    return f"{outcome.outcome:<10} {outcome.source}: {_count(outcome.measurements, 'measurement')}{rejected}{note}"


def summary(report: IngestReport, db: str) -> str:
    """Say what an ingestion did."""
    outcomes: Mapping[str, int] = report.outcomes
    told = ", ".join(f"{number} {name}" for name, number in outcomes.items() if number)
    rejected = _count(report.rejections, "number") + " seen and not taken"
    documents = _count(len(report.documents), "document")
    return f"{documents} ({told}): {_count(report.measurements, 'measurement')}, {rejected}, in {db}"
