"""Documents mined into partitioned Parquet without a base, and brought from there into one."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kb.mining import Refusal, Task, Workers, in_order
from kb.parquet import Row, Writer, read_rows
from kb.store import MainText, Outcome, ingest_document
from kb.supplements import relative_path
from schema.errors import BadParquet
from schema.vocabulary import vocabulary

if TYPE_CHECKING:
    from extractors.pipeline import Miner

Progress = Callable[[Outcome, int, int], None]


def mine_to_parquet(
    files: Iterable[Path],
    folder: Path,
    workers: Workers,
    on_document: Progress,
    seconds: float,
    miner: Miner | None = None,
) -> list[Outcome]:
    """Mine files into a folder of Parquet; one that cannot be read is noted, and the rest is done.

    Supporting information is known by its name beside its paper, as no base says what else it is.

    Parameters
    ----------
    on_document : called after each document with its outcome, how many are done, how many there are
    seconds : that one document may take
    miner : another miner than the rules

    Raises
    ------
    BadParquet
        Where the folder holds Parquet already, or pyarrow is not installed.
    """
    from extractors.pipeline import version_of
    from extractors.readers import suffixes
    from extractors.readers.supplements import main_text_beside

    tasks = [Task(file, main_text_beside(file, suffixes()), seconds, miner=miner) for file in files]
    outcomes: list[Outcome] = []
    with Writer(folder) as writer:
        for done, (task, mined) in enumerate(in_order(workers, tasks), start=1):
            if isinstance(mined, Refusal):
                outcomes.append(Outcome(task.path.name, "failed", message=mined.message))
            else:
                main, digest = (task.main, _digest(task.main)) if task.main else (None, None)
                row = Row(
                    path=relative_path(task.path.resolve(), folder),
                    sha256=_digest(task.path),
                    extractor_version=version_of(miner),
                    vocabulary=vocabulary().fingerprint,
                    main=relative_path(main.resolve(), folder) if main else None,
                    main_sha256=digest,
                    mined=mined,
                )
                writer.add(row)
                numbers = len(mined.measurements), len(mined.rejections)
                outcomes.append(Outcome(task.path.name, "new", *numbers, "; ".join(mined.notes), document=done))
            on_document(outcomes[-1], done, len(tasks))
    return outcomes


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(db: sqlite3.Connection, source: Path, folder: Path, run: int) -> Iterator[Outcome]:
    """Put the documents of Parquet into a base, each as a whole.

    Parameters
    ----------
    source : a Parquet file, or a folder of them
    folder : folder of the base

    Raises
    ------
    BadParquet
        Where it cannot be read, or was mined with another vocabulary than the one in force.
    """
    beside = (source if source.is_dir() else source.parent).resolve()
    in_force = vocabulary().fingerprint
    for row in read_rows(source):
        if row.vocabulary != in_force:
            message = (
                f"{source} was mined with another vocabulary ({row.vocabulary}) than the one in force ({in_force})"
            )
            raise BadParquet(f"{message}; set KB_VOCABULARY as it was then, or mine the documents again")
        main = row.main and MainText(_path(row.main, beside, folder), row.main_sha256)
        yield ingest_document(
            db,
            row.mined,
            path=_path(row.path, beside, folder),
            extractor_version=row.extractor_version,
            sha256=row.sha256,
            main=main or None,
            run=run,
        )


def _path(path: str, beside: Path, folder: Path) -> str:
    return relative_path((beside / path).resolve(), folder)
