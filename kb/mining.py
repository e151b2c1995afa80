"""Where documents are mined: in this process or in several; on a cluster see ``cluster.py``.

Workers take a document some time before its turn, so that the base is written in one order whoever is done first.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from schema.errors import TooSlow, UnreadableDocument
from schema.records import Mined

if TYPE_CHECKING:
    from extractors.pipeline import Miner

MANY_BYTES = 1_000_000  # some seconds of mining: less is done before other processes have started
MOST_PROCESSES = 8


@dataclass(frozen=True)
class Task:
    """A document to be mined.

    Attributes
    ----------
    main : the paper it is the supporting information of
    seconds : time it may take
    digests : of both files as they were looked at (sha256, hexadecimal; of the second None where it is not at hand)
    miner : another miner than the rules
    """

    path: Path
    main: Path | None
    seconds: float
    digests: tuple[str, str | None] = ("", None)
    miner: Miner | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a document cannot be mined; in one line, as errors of several arguments do not go between processes."""

    message: str


class Workers(Protocol):
    """What documents are given to.

    Attributes
    ----------
    ahead : how many documents it takes before their turn
    """

    ahead: int

    def submit(self, task: Task) -> Callable[[], Mined | Refusal]:
        """Take a document; what is given back waits for the answer."""


def mine_task(task: Task) -> Mined | Refusal:
    """Mine one document within its time.

    Examples
    --------
    >>> mine_task(Task(Path("missing.txt"), None, 1)).message
    'missing.txt: cannot be opened (No such file or directory); check the path and its permissions'
    """
    from extractors.deadline import time_limit
    from extractors.pipeline import mine_file

    try:
        with time_limit(task.seconds, task.path.name):
            return mine_file(task.path, task.main, task.miner)
    except OSError as error:  # UnreadableDocument is one
        return refusal(error, task.path)


def refusal(error: OSError, path: Path) -> Refusal:
    """Say in one line why a file was not mined."""
    known = isinstance(error, UnreadableDocument | TooSlow)
    return Refusal(str(error) if known else f"{path.name}: {error.strerror}")


class Here:
    """Mines in this process, each document in its turn."""

    ahead = 0

    def submit(self, task: Task) -> Callable[[], Mined | Refusal]:
        """Take a document; it is mined when its answer is asked for."""
        return lambda: mine_task(task)


class Processes:
    """Mines in several processes; to be used as a context, at whose end they are ended.

    A document that ends its process (of a crash in a library, for want of memory) is tried once more, alone; if it does
    so again, it is refused.

    Parameters
    ----------
    number : of processes
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.ahead = 2 * number
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(now=kind is not None)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = _pool(self.number)
        return self._pool

    def _end(self, now: bool = False) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            running = list((getattr(pool, "_processes", None) or {}).values())
            for process in running if now else ():
                process.terminate()
            # Waited for: what a pool leaves to the end of Python may meet its own closed pipes there.
            pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, task: Task) -> Callable[[], Mined | Refusal]:
        """Take a document; one of the processes begins with it as soon as it is free."""
        try:
            future = self._started().submit(mine_task, task)
        except BrokenProcessPool:  # since the last answer
            self._end()
            future = self._started().submit(mine_task, task)
        return lambda: self._answer(future, task)

    def _answer(self, future: Future[Mined | Refusal], task: Task) -> Mined | Refusal:
        try:
            return future.result()
        except BrokenProcessPool:
            self._end()
        try:
            with _pool(1) as alone:
                return alone.submit(mine_task, task).result()
        except BrokenProcessPool:
            reason = "ended the process that mined it, twice; it is damaged, or takes more memory than there is"
            return Refusal(f"{task.path.name}: {reason}")


def _pool(number: int) -> ProcessPoolExecutor:
    # spawn: a fork would share the open base and the thread of the progress bar.
    return ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), initializer=belong)


def belong() -> None:
    """Leave Ctrl-C to the process that writes the base, and end where that one has ended, in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A worker has both ends of the pipe that it is given documents by, so it would never notice that nobody is there.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def sensible_number(files: Iterable[Path]) -> int:
    """Give how many processes mine some files soonest: one for a few, else one a core.

    Examples
    --------
    >>> sensible_number([Path("missing.txt")])
    1
    """
    sizes = [file.stat().st_size for file in files if file.is_file()]
    if sum(sizes) < MANY_BYTES:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, len(sizes), MOST_PROCESSES))


def in_order(workers: Workers, tasks: Iterable[Task]) -> Iterator[tuple[Task, Mined | Refusal]]:
    """Mine documents, giving each with its answer in the order in which they came."""
    out: deque[tuple[Task, Callable[[], Mined | Refusal]]] = deque()
    for task in tasks:
        out.append((task, workers.submit(task)))
        if len(out) > workers.ahead:
            first, answer = out.popleft()
            yield first, answer()
    for last, answer in out:
        yield last, answer()


@contextmanager
def workers(number: int, scheduler: str | None = None) -> Iterator[Workers]:
    """Give the workers: on the cluster of a Dask scheduler, in several processes, or here.

    Raises
    ------
    BadScheduler
        Where no scheduler answers, or its library is not installed.
    """
    if scheduler is not None:
        from kb.cluster import Cluster

        with Cluster(scheduler) as cluster:
            yield cluster
    elif number > 1:
        with Processes(number) as processes:
            yield processes
    else:
        yield Here()
