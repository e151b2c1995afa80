"""Who ingests into a base: one at a time; the others wait, or are told who it is.

Two ingestions at once would do each other's documents again and give two runs that tell half.  The lock is the
operating system's and ends with its process, however that ends; the file beside the base only says who has it.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from schema.errors import BaseHeld

WAIT_SECONDS = 30.0


@contextmanager
def held(path: Path, seconds: float = WAIT_SECONDS, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Be the only one who ingests into a base.

    While it is held, ``kb.sqlite.lock`` is locked and ``kb.sqlite.holder`` says by whom.  Both may be left by a process
    that was killed: neither holds anything then.

    Parameters
    ----------
    path : the base
    seconds : how long to wait for another one; 0 not at all
    on_wait : called with who holds it, before waiting

    Raises
    ------
    BaseHeld
        Where another one has it when the time is over.
    OSError
        Where nothing can be written beside the base.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, held(Path(folder, "kb.sqlite")):
    ...     holder(Path(folder, "kb.sqlite")).split(" since")[0] == f"process {os.getpid()} on {socket.gethostname()}"
    True
    """
    from filelock import FileLock, Timeout

    lock = FileLock(_beside(path, "lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait is not None and seconds:
            on_wait(holder(path))
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise BaseHeld(str(path), holder(path), seconds) from None
    try:
        _sign(path)
        yield
    finally:
        # First the name, while it is ours.
        _beside(path, "holder").unlink(missing_ok=True)
        lock.release()


def holder(path: Path) -> str:
    """Say who ingests into a base, as far as that is known; to be asked where the lock is not to be had."""
    try:
        told = json.loads(_beside(path, "holder").read_text("utf-8"))
        return f"process {told['pid']} on {told['host']} since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # between taking the lock and signing, or signed by other hands
        return "another process"


def _sign(path: Path) -> None:
    told = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    part = _beside(path, "holder.part")
    part.write_text(json.dumps(told), "utf-8")
    part.replace(_beside(path, "holder"))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")
