"""Questions to a base, asked in threads: each on a reading connection of its own, the superseded interrupted."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from kb.base import KnowledgeBase
from kb.connection import explained

T = TypeVar("T")


class Superseded(Exception):
    """A question that was stopped because nobody waits for its answer any more."""


class Bases:
    """Bases opened for reading, lent to one question at a time; a file that was replaced is opened anew.

    Parameters
    ----------
    path : the file; every thread may take and give
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[tuple[tuple[int, int], KnowledgeBase]] = []
        self._lock = threading.Lock()
        self._closed = False

    def take(self) -> tuple[tuple[int, int], KnowledgeBase]:
        """Give a base, with the mark of its file; BadBase where there is none (any more)."""
        mark = self.mark()
        with self._lock:
            stale = [base for of, base in self._idle if of != mark]
            self._idle = [pair for pair in self._idle if pair[0] == mark]
            found = self._idle.pop() if self._idle else None
        for base in stale:
            base.close()
        return found or (mark, KnowledgeBase(self.path))

    def give(self, lent: tuple[tuple[int, int], KnowledgeBase]) -> None:
        """Take back what was lent."""
        with self._lock:
            if not self._closed:
                self._idle.append(lent)
                return
        lent[1].close()

    def mark(self) -> tuple[int, int]:
        """Tell a file from another one that takes its place; (0, 0) where there is none."""
        try:
            stat = self.path.stat()
        except OSError:
            return 0, 0
        return stat.st_dev, stat.st_ino

    def close(self) -> None:
        """Close what is not lent now, and what is when it comes back."""
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for _, base in idle:
            base.close()


class Question(Generic[T]):
    """One question, run by a worker; :meth:`stop` may be called from any thread, also before or after.

    Parameters
    ----------
    bases : where it gets its connection
    asked : what is asked of the base
    """

    def __init__(self, bases: Bases, asked: Callable[[KnowledgeBase], T]) -> None:
        self._bases, self._asked = bases, asked
        self._base: KnowledgeBase | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def __call__(self) -> T:
        """Ask, in the thread of a worker."""
        lent = self._bases.take()
        try:
            with self._lock:
                if self._stopped:
                    raise Superseded
                self._base = lent[1]
            with explained(self._bases.path):
                return self._asked(lent[1])
        except (sqlite3.OperationalError, KeyboardInterrupt) as error:
            # An interrupted statement says so in one of these ways, depending on who ran it.
            if self._stopped:
                raise Superseded from error
            raise
        finally:
            with self._lock:
                self._base = None
            self._bases.give(lent)

    def stop(self) -> None:
        """Interrupt it where it runs; it is not begun where it does not."""
        with self._lock:
            self._stopped = True
            if self._base is not None:
                self._base.browsing.interrupt()


class Asking(Screen[None]):
    """A screen that asks in the background: the interface never waits, a mistake becomes a line of the status."""

    bases: Bases

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, tuple[Worker[Any], Question[Any], Callable[[Any], None]]] = {}

    def ask(self, asked: Callable[[KnowledgeBase], T], answer: Callable[[T], None], topic: str = "") -> None:
        """Ask the base in a thread; the answer is handed over in the thread of the interface.

        Parameters
        ----------
        asked : gets a base of its own for the time of the question; it touches no widget
        answer : gets what ``asked`` returned, unless a later question of the topic took its place
        topic : a new question of a topic stops the one before
        """
        self.stop(topic)
        question = Question(self.bases, asked)
        worker = self.run_worker(question, thread=True, group=topic, exit_on_error=False)
        self._open[topic] = (worker, question, answer)
        self.busy(bool(self._open))

    def asks(self, topic: str) -> bool:
        """Say whether a question of a topic is open."""
        return topic in self._open

    @property
    def is_asking(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._open)

    def stop(self, topic: str) -> None:
        """Stop the question of a topic, if there is one."""
        if topic in self._open:
            worker, question, _ = self._open.pop(topic)
            question.stop()
            worker.cancel()
            self.busy(bool(self._open))

    def stop_all(self) -> None:
        """Stop every question."""
        for topic in tuple(self._open):
            self.stop(topic)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Hand an answer, or a mistake, over."""
        if event.state not in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            return
        topic = event.worker.group
        if topic not in self._open or self._open[topic][0] is not event.worker:
            return
        _, _, answer = self._open.pop(topic)
        self.busy(bool(self._open))
        if event.state is WorkerState.SUCCESS:
            answer(event.worker.result)
        elif event.worker.error is not None and event.state is WorkerState.ERROR:
            self.failed(event.worker.error, topic)

    def busy(self, whether: bool) -> None:
        """Show that something is being read, or that nothing is."""

    def failed(self, error: BaseException, topic: str) -> None:
        """Show what went wrong."""

    def on_unmount(self) -> None:
        """Leave no question behind."""
        self.stop_all()
