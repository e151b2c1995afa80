"""One ingestion: which documents a path holds, which of them are new, what became of each."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.mining import Refusal, Task, Workers, refusal
from kb.store import (
    MainText,
    Outcome,
    bulk,
    finish_run,
    ingest_document,
    known_content,
    log_failure,
    standing,
    start_run,
)
from kb.supplements import main_text, path_of_main_text, relative_path, supplements_in_base
from schema.errors import UnreadableDocument
from schema.records import Mined

if TYPE_CHECKING:
    from extractors.pipeline import Miner

Progress = Callable[[Outcome, int, int], None]


@dataclass(frozen=True)
class IngestReport:
    """What an ingestion did.

    Attributes
    ----------
    run : id of the run in the base
    documents : the outcome of each document, in the order in which they were taken
    """

    run: int
    documents: tuple[Outcome, ...] = ()

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many documents were new, unchanged, changed, failed."""
        seen = Counter(d.outcome for d in self.documents)
        return {name: seen[name] for name in ("new", "unchanged", "changed", "failed")}

    @property
    def measurements(self) -> int:
        """Measurements of these documents that stand in the base; content given twice counts once."""
        return sum(d.measurements for d in self._once().values())

    @property
    def rejections(self) -> int:
        """Numbers of these documents that were seen and not taken."""
        return sum(d.rejections for d in self._once().values())

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The documents that could not be mined, each with its message."""
        return tuple(d for d in self.documents if d.outcome == "failed")

    def _once(self) -> Mapping[int, Outcome]:
        return {d.document: d for d in self.documents if d.document is not None}


def find_documents(paths: Iterable[str | Path], suffixes: Iterable[str], folders: bool = True) -> list[Path]:
    """Give the files among some paths: files as named, folders by what they hold with a known suffix, sorted.

    Hidden files and folders are passed over; a file that is named twice comes once.

    Parameters
    ----------
    folders : whether a path may be a folder

    Raises
    ------
    UnreadableDocument
        Where a path is missing, or is a folder that holds no document or that may not be one.
    """
    known = frozenset(suffixes)
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.exists():
            raise UnreadableDocument(str(path), "no such file or folder; check the spelling")
        found = [path]
        if path.is_dir() and not folders:
            raise UnreadableDocument(str(path), "is a folder; name the files that supplement the paper one by one")
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.suffix.lower() in known and p.is_file())
            found = [p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)]
            if not found:
                reason = f"no document in this folder; a document ends in one of {', '.join(sorted(known))}"
                raise UnreadableDocument(str(path), reason)
        files.update((p.resolve(), None) for p in found)
    return list(files)


def ingest(
    db: sqlite3.Connection,
    folder: Path,
    files: Sequence[Path],
    on_document: Progress | None,
    main: str | None,
    time_limit: float | None,
    miner: Miner | None,
    workers: Workers,
) -> IngestReport:
    """Mine files into a base; see :meth:`kb.base.KnowledgeBase.ingest`, which checks what it is given.

    Parameters
    ----------
    db : open for writing
    folder : folder of the base
    files : as :func:`find_documents` gives them
    main : path of the paper, relative to the folder, that all files supplement; None where their names say it
    """
    from extractors.deadline import DEFAULT_SECONDS
    from extractors.pipeline import version_of
    from kb.audit.keeping import refresh

    outcomes: list[Outcome] = []
    files = list(files)
    if main is None:
        files += supplements_in_base(db, files, folder)
        # A paper goes before what supplements it.
        files.sort(key=lambda file: path_of_main_text(db, relative_path(file, folder), folder) or "")
    version = version_of(miner)
    run = start_run(db, version)
    seconds = time_limit if time_limit is not None else miner.seconds if miner else DEFAULT_SECONDS
    job = _Job(db, folder, run, version, seconds, main, miner, workers)
    for done, file in enumerate(files, start=1):
        job.look_ahead(files[done - 1 : done + workers.ahead])
        outcomes.append(job.ingest(file))
        if on_document is not None:
            on_document(outcomes[-1], done, len(files))
    for place, file in enumerate(files):
        # Where a twin stood for a file and was changed later in this run, the file comes into its own.
        if outcomes[place].message and outcomes[place].outcome != "failed":
            again = job.ingest(file)
            outcomes[place] = again if again.outcome == "new" else outcomes[place]
    refresh(db)
    finish_run(db, run)
    return IngestReport(run, tuple(outcomes))


def load(db: sqlite3.Connection, folder: Path, source: Path, on_document: Progress | None) -> IngestReport:
    """Bring documents that were mined into Parquet into a base; see :meth:`kb.base.KnowledgeBase.load`.

    Parameters
    ----------
    db : open for writing
    folder : folder of the base
    source : a Parquet file, or a folder of them
    """
    from extractors.pipeline import EXTRACTOR_VERSION
    from kb import partitions
    from kb.audit.keeping import refresh

    outcomes: list[Outcome] = []
    run = start_run(db, EXTRACTOR_VERSION)
    with bulk(db):
        for outcome in partitions.load(db, source, folder, run):
            outcomes.append(outcome)
            if on_document is not None:
                on_document(outcome, len(outcomes), len(outcomes))
    refresh(db)
    finish_run(db, run)
    return IngestReport(run, tuple(outcomes))


@dataclass(frozen=True)
class _Job:
    """What all documents of one ingestion share."""

    db: sqlite3.Connection
    folder: Path
    run: int
    version: str
    seconds: float
    main_text: str | None  # where the operator named it
    miner: Miner | None
    workers: Workers
    begun: dict[Task, Callable[[], Mined | Refusal]] = field(default_factory=dict)
    seen: set[Path] = field(default_factory=set)

    def look_ahead(self, files: Iterable[Path]) -> None:
        """Hand documents to the workers before their turn, but for those that look as if the base had them."""
        for file in files if self.workers.ahead else ():
            if file in self.seen:
                continue
            self.seen.add(file)
            with suppress(OSError):  # told in its turn
                digest, main = self._looked_at(file)
                if not known_content(self.db, digest, self.version):
                    task = self._task(file, digest, main)
                    self.begun[task] = self.workers.submit(task)

    def _looked_at(self, file: Path) -> tuple[str, MainText | None]:
        path = relative_path(file, self.folder)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return digest, main_text(self.main_text or path_of_main_text(self.db, path, self.folder), self.folder)

    def _task(self, file: Path, digest: str, main: MainText | None) -> Task:
        beside = self.folder / main.path if main is not None else None
        return Task(file, beside, self.seconds, (digest, main.sha256 if main is not None else None), self.miner)

    def ingest(self, file: Path) -> Outcome:
        path = relative_path(file, self.folder)
        try:
            digest, main = self._looked_at(file)
        except OSError as error:
            return log_failure(self.db, self.run, path, refusal(error, file).message)
        origin: dict[str, Any] = {
            "path": path, "sha256": digest, "extractor_version": self.version, "main": main, "run": self.run
        }  # fmt: skip
        task = self._task(file, digest, main)
        answer = self.begun.pop(task, None)  # what was mined in vain leaves the memory, too
        known = standing(self.db, **origin, folder=self.folder)
        if known is not None:
            return known
        mined = (answer or self.workers.submit(task))()
        if isinstance(mined, Refusal):
            return log_failure(self.db, self.run, path, mined.message)
        return ingest_document(self.db, mined, **origin)
