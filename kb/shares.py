"""Pieces of a study shared out: over the cores of this machine, or over the workers of a Dask cluster.

A piece, a block of draws or a chunk of lives, hangs on its number alone, so the answer is the same whoever does it and
in whatever order they come back.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, Any

from kb.mining import belong
from kb.studies import run_here
from schema.errors import BadScheduler

if TYPE_CHECKING:
    from kb.studies import Run

    Job = Callable[[int], Any]

TRIES = 3  # of blocks whose process or worker died


def shared(jobs: int = 1, scheduler: str | None = None) -> Run:
    """Give what runs the blocks of a study.

    Parameters
    ----------
    jobs : processes here; 1 for none beside this one
    scheduler : address of a Dask scheduler, in place of ``jobs``
    """
    if scheduler is not None:
        return partial(run_on_cluster, scheduler)
    return partial(run_in_processes, jobs) if jobs > 1 else run_here


def run_in_processes(jobs: int, job: Job, numbers: Sequence[int]) -> Iterator[Any]:
    """Run blocks in processes, each given as it is done; those of a process that died are run again.

    Raises
    ------
    BrokenProcessPool
        Where processes died three times.
    """
    left = set(numbers)
    for attempt in range(1, TRIES + 1):
        # spawn: a fork would share the open base.
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=belong)
        try:
            for future in as_completed([pool.submit(job, number) for number in sorted(left)]):
                block = future.result()
                left.discard(block.number)
                yield block
            return
        except BrokenProcessPool:
            if attempt == TRIES:
                raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def run_on_cluster(scheduler: str, job: Job, numbers: Sequence[int]) -> Iterator[Any]:
    """Run blocks on a Dask cluster, each given as it is done; those of a worker that died go to another.

    Raises
    ------
    BadScheduler
        Where none answers there, its library is not installed, or the workers of a block died again and again.
    """
    from kb.cluster import connected

    client = connected(scheduler)
    try:
        from distributed import as_completed as completed

        with client.as_current():
            known = client.scatter(job, broadcast=True, hash=False)
            tries = dict.fromkeys(numbers, 1)

            def send(number: int) -> object:
                return client.submit(_run, known, number, pure=False, retries=1)

            out = {send(number): number for number in numbers}
            coming = completed(list(out))
            for future in coming:
                number = out.pop(future)
                if future.status == "finished":
                    yield future.result()
                elif tries[number] < TRIES:
                    tries[number] += 1
                    known = client.scatter(job, broadcast=True, hash=False)  # it may have died with its workers
                    again = send(number)
                    out[again] = number
                    coming.add(again)
                else:
                    raise BadScheduler(f"block {number} was given up by the cluster {TRIES} times; look at its workers")
    finally:
        client.close()


def _run(job: Job, number: int) -> Any:
    return job(number)


def with_bar(run: Run) -> Run:
    """Show a bar on a terminal while blocks are run."""

    def running(job: Job, numbers: Sequence[int]) -> Iterable[Any]:
        if not sys.stderr.isatty():
            yield from run(job, numbers)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("drawing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("drawing", total=len(numbers))
            for block in run(job, numbers):
                bar.advance(task)
                yield block

    return running
