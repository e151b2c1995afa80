"""The time one document may take: set once around its reading and mining.

It is looked at in their loops, in any thread and on any system.  In the main thread an alarm also ends what never
looks, such as a regular expression that goes over a long text again and again; it comes at any step, as Ctrl-C does.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

from schema.errors import TooSlow

DEFAULT_SECONDS = 120.0
_AGAIN_SECONDS = 1.0  # should the first alarm ring where an error is passed over
T = TypeVar("T")
_LIMIT: ContextVar[tuple[float, float, str] | None] = ContextVar("limit", default=None)


@contextmanager
def time_limit(seconds: float, source: str) -> Iterator[None]:
    """Let what is done inside take so long at most.

    Raises
    ------
    TooSlow
        Where the time is up; it names the document, ``source``.

    Examples
    --------
    >>> with time_limit(0, "thesis.txt"):
    ...     list(in_time("abc"))
    Traceback (most recent call last):
    ...
    schema.errors.TooSlow: thesis.txt: takes longer than 0 s to read and mine; split it, or give it more with \
--time-limit SECONDS
    """
    before = _LIMIT.set((monotonic() + seconds, seconds, source))
    try:
        with _alarm(seconds, source):
            yield
    finally:
        _LIMIT.reset(before)


@contextmanager
def _alarm(seconds: float, source: str) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise TooSlow(source, seconds)

    former = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def seconds_left(most: float) -> float:
    """Give the seconds that are left, or ``most`` where no limit is set.

    Raises
    ------
    TooSlow
        Where none are left.
    """
    limit = _LIMIT.get()
    if limit is None:
        return most
    end, seconds, source = limit
    left = end - monotonic()
    if left <= 0:
        raise TooSlow(source, seconds)
    return left


def in_time(items: Iterable[T]) -> Iterator[T]:
    """Give the items one by one as long as there is time.

    Raises
    ------
    TooSlow
        Where it is up.
    """
    for item in items:
        seconds_left(DEFAULT_SECONDS)
        yield item
