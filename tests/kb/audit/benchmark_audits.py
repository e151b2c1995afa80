"""What the audits cost: beside a bulk load, after one new paper, after one decision.

    python tests/kb/audit/benchmark_audits.py 50000 100000

Seconds of processor, in one run for each size: loading synthetic documents (making them is not counted) and checking
them; then papers and decisions one by one in the base that this made, the median and the longest.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

import click

from kb.audit.keeping import refresh
from kb.base import KnowledgeBase
from kb.store import bulk, ingest_document, open_base
from kb.synthetic import EXTRACTOR, synthetic_documents
from schema.records import Mined

say = click.echo
PAPERS, DECISIONS = 20, 20
BATCH = 200
AUTHOR = "Ada <ada@example.org>"


class Clock:
    """Adds up the processor's seconds that go by in it."""

    def __init__(self) -> None:
        self.times: list[float] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.times.append(time.process_time() - begun)

    def __str__(self) -> str:
        return f"{median(self.times):.3f} s, at most {max(self.times):.3f} s"


def load(path: Path, size: int) -> str:
    """Load a base and check it; what is loaded late is loaded by a small one before."""
    db = open_base(path, read_only=False)
    loading, checking = Clock(), Clock()
    documents = synthetic_documents(size, seed=1)
    begun = time.process_time()
    with bulk(db):
        making = 0.0
        while True:
            before = time.process_time()
            batch = list(islice(documents, BATCH))
            making += time.process_time() - before
            if not batch:
                break
            for mined in batch:
                put(db, mined)
    loading.times.append(time.process_time() - begun - making)
    with checking():
        refresh(db)
    db.close()
    without, with_it = sum(loading.times), sum(checking.times)
    return (f"loaded in {without:.1f} s, checked in {with_it:.1f} s: {with_it / without:.1%} more,"
            f" {with_it / size * 1e6:.0f} µs a measurement")  # fmt: skip


def put(db: sqlite3.Connection, mined: Mined) -> None:
    ingest_document(db, mined, path=mined.document.source, extractor_version=EXTRACTOR)


def new_papers() -> Iterator[Mined]:
    for mined in islice(synthetic_documents(10**6, seed=99), PAPERS):
        front = {"source": f"new-{mined.document.source}", "doi": f"{mined.document.doi}new", "title": ""}
        yield replace(mined, document=replace(mined.document, **front))


def one_by_one(path: Path) -> None:
    paper, check, decision = Clock(), Clock(), Clock()
    with KnowledgeBase(path, read_only=False) as base:
        writer = base._writing()
        for mined in new_papers():
            with paper():
                put(writer, mined)
            with check():
                base.audit.refresh()
        ids = [row[0] for row in writer.execute("SELECT id FROM measurements")]
        for id in random.Random(1).sample(ids, DECISIONS):
            with decision():
                base.curation.reject(id, "to measure what it costs", AUTHOR)
    say(f"  a new paper: stored in {paper}; checked in {check}")
    say(f"  a decision, checked: {decision}")


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        load(Path(folder, "warm.sqlite"), 1000)
        for size in sizes:
            path = Path(folder, f"{size}.sqlite")
            say(f"{size} measurements: {load(path, size)}")
            one_by_one(path)
            path.unlink()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [50_000, 100_000])
