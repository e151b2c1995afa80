"""The base as one object: the Python API."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kb import ingestion
from kb.connection import explained, open_base
from kb.holding import WAIT_SECONDS, held
from kb.ingestion import IngestReport, Progress
from kb.mining import Here, Workers
from kb.questions import Questions
from kb.supplements import relative_path
from schema.errors import ReadOnly, UnreadableDocument

if TYPE_CHECKING:
    from extractors.pipeline import Miner
    from kb.audit import Audit
    from kb.bibliography import Given
    from kb.curation.log import Curation
    from kb.screening.calibrate import Calibration
    from kb.snapshot import Snapshot
    from kb.store import Outcome

__all__ = ["IngestReport", "KnowledgeBase"]


class KnowledgeBase(Questions):
    """A base of mined papers in one SQLite file: what can be asked of it, and here what changes it.

    Parameters
    ----------
    path : the file; made where there is none, if opened for writing
    read_only : open for reading only
    untrusted : read the whole file first, whether it is sound

    Attributes
    ----------
    backup : the copy of the base as it was, where opening it brought it to a newer schema; else None

    Raises
    ------
    BadBase
        As :func:`kb.connection.open_base` does.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> paper = Path(folder.name, "paper.txt")
    >>> _ = paper.write_text("The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles.")
    >>> with KnowledgeBase(Path(folder.name, "kb.sqlite"), read_only=False) as base:
    ...     [d.outcome for d in base.ingest([paper]).documents]
    ...     [d.outcome for d in base.ingest([paper]).documents]
    ['new']
    ['unchanged']
    >>> folder.cleanup()
    """

    def __init__(self, path: str | Path, read_only: bool = True, untrusted: bool = False) -> None:
        self.path = Path(path)
        self.backup: Path | None = None
        self._writer: sqlite3.Connection | None = None
        if not read_only:
            self._writer = open_base(self.path, False, untrusted, self._note_backup)
        try:
            # Questions go through a connection that cannot write, also in a base that is open for writing.
            super().__init__(open_base(self.path, untrusted=untrusted and read_only))
        except BaseException:
            if self._writer is not None:
                self._writer.close()
            raise

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the object is of no use after that."""
        self._reader.close()
        if self._writer is not None:
            self._writer.close()

    # In -------------------------------------------------------------------------------------------------------------

    def ingest(
        self,
        paths: Iterable[str | Path],
        on_document: Progress | None = None,
        supplement_of: str | None = None,
        time_limit: float | None = None,
        miner: Miner | None = None,
        workers: Workers | None = None,
        wait: float = WAIT_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> IngestReport:
        """Mine documents into the base; one that cannot be read is noted, and the rest is done.

        A file named as supporting information beside its paper (``paper_si.pdf``, ``paper.pdf``) belongs to that paper
        and is mined with what that says of its samples; it follows its paper, also where only the paper is named and
        the base has both.

        Parameters
        ----------
        paths : files, and folders (searched with all their subfolders for files with a known suffix)
        on_document : called after each document with its outcome, how many are done, how many there are
        supplement_of : DOI of a paper in the base; the files are its supporting information, whatever their names
        time_limit : seconds that one document may take; ``extractors.deadline.DEFAULT_SECONDS`` where None, or the
            miner's own
        miner : another miner than the rules; what it mines takes the place of what another one did
        workers : what mines them (``kb.mining.workers``); in this process where None
        wait : seconds to wait where another process ingests into the base
        on_wait : called with who that is, before waiting

        Raises
        ------
        UnreadableDocument
            Before anything is done: where a path is missing, or a folder holds no document, or is named as
            supporting information.
        BadDOI, UnknownPaper
            Where ``supplement_of`` is no DOI, or that of no paper in the base.
        ReadOnly
            Where the base was opened for reading.
        BaseHeld
            Where another process ingests into the base for longer than ``wait``.
        BadBase
            Where the file cannot be written any more (disk full, held by another writer); what was done stands.
        """
        writer = self._writing("ingest")
        from extractors.readers import suffixes

        folder = self.path.parent
        files = ingestion.find_documents(paths, suffixes(), folders=supplement_of is None)
        given = self.main_text(supplement_of) if supplement_of is not None else None
        if given is not None and given in {relative_path(file, folder) for file in files}:
            raise UnreadableDocument(given, f"is the paper with the DOI {supplement_of}; name what supplements it")
        with explained(self.path), held(self.path, wait, on_wait):
            return ingestion.ingest(writer, folder, files, on_document, given, time_limit, miner, workers or Here())

    def load(
        self,
        source: str | Path,
        on_document: Progress | None = None,
        wait: float = WAIT_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> IngestReport:
        """Bring documents that were mined into Parquet (``kb ingest --to-parquet``) into the base.

        Parameters
        ----------
        source : a Parquet file, or a folder of them
        on_document : called after each document with its outcome and, twice, how many are done
        wait, on_wait : as :meth:`ingest` takes them

        Raises
        ------
        BadParquet
            Where it cannot be read, or was mined with another vocabulary than the one in force.
        ReadOnly
            Where the base was opened for reading.
        BaseHeld
            Where another process ingests into the base for longer than ``wait``.
        """
        writer = self._writing("load")
        with explained(self.path), held(self.path, wait, on_wait):
            return ingestion.load(writer, self.path.parent, Path(source), on_document)

    def import_table(self, path: str | Path, mapping: str | Path | None = None) -> Outcome:
        """Bring a table of results into the base, with the provenance "imported"; again, it takes its own place.

        Parameters
        ----------
        path : a CSV file
        mapping : a TOML file that says what its columns hold; by their own heads where None (``kb.importing``)

        Raises
        ------
        BadTable
            With every row and column that cannot be read; then nothing is imported.
        ReadOnly
            Where the base was opened for reading.
        """
        writer = self._writing("import")
        from kb.importing import VERSION, read_mapping, read_table
        from kb.store import ingest_document

        file = Path(path)
        mined = read_table(file, read_mapping(Path(mapping)) if mapping else None)
        with explained(self.path):
            done = ingest_document(writer, mined, path=relative_path(file, self.path.parent), extractor_version=VERSION)
            self.audit.refresh()
            return done

    def import_bibliography(self, path: str | Path, replace: bool = False) -> list[Given]:
        """Give papers the title, year, journal and authors that a BibTeX, RIS or CSL-JSON file has of them.

        It stands when they are mined again.

        Parameters
        ----------
        replace : also what a paper has already, not only what it lacks

        Raises
        ------
        BadTable, MissingExtra
            Where the file cannot be read, or what reads it is not installed.
        ReadOnly
            Where the base was opened for reading.
        """
        writer = self._writing("import")
        from kb.bibliography import give, read_entries

        with explained(self.path):
            return give(writer, read_entries(Path(path)), replace, Path(path).name)

    def calibrate(self, seed: int = 0) -> Calibration:
        """Fit the simulator to the lives of the base, papers held out; kept in a base that is open for writing.

        Nothing is kept below ``kb.screening.calibrate.FEWEST_LIVES`` lives.
        """
        from kb.lives import calibrate_base, store_calibration

        found, lives = calibrate_base(self._reader, seed)
        if self._writer is not None and found.simulator is not None:
            with explained(self.path):
                store_calibration(self._writer, found, lives, seed)
        return found

    @cached_property
    def audit(self) -> Audit:
        """What speaks against what stands here: ``audit.check()`` looks, ``audit.findings()`` gives what is kept."""
        from kb.audit import Audit

        return Audit(self._reader, self._writing)

    @cached_property
    def curation(self) -> Curation:
        """The decisions of people on its facts; see :class:`kb.curation.log.Curation`."""
        from kb.curation.log import Curation

        @contextmanager
        def writing() -> Iterator[sqlite3.Connection]:
            writer = self._writing()
            with explained(self.path):
                yield writer
                self.audit.refresh()

        return Curation(self._reader, writing)

    def snapshot(self, folder: str | Path, public: bool = False, gold: str | Path | None = None) -> Snapshot:
        """Write the base into a new folder, to be kept or handed on; see :func:`kb.snapshot.snapshot`."""
        from kb.snapshot import snapshot

        return snapshot(self._reader, folder, public, gold)

    # What is one thing under two names -------------------------------------------------------------------------------

    def resolve(self) -> int:
        """Find what is one thing under two names, and keep it; give how many merges; ReadOnly where read only."""
        from kb.resolution import resolve

        return len(resolve(self._writing()))

    def undo_merge(self, id: int) -> None:
        """Take a merge back, so that it is not made again; UnknownMerge where there is none of that id."""
        from kb.resolution import undo

        undo(self._writing(), id)

    def redo_merge(self, id: int) -> None:
        """Put a merge that was undone in force again; UnknownMerge where there is none of that id."""
        from kb.resolution import redo

        redo(self._writing(), id)

    def _note_backup(self, copy: Path) -> None:
        self.backup = copy

    def _writing(self, what: str = "change it") -> sqlite3.Connection:
        if self._writer is None:
            raise ReadOnly(f"{self.path} is open for reading; open it with read_only=False to {what}")
        return self._writer
