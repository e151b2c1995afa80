"""Makes a snapshot: all of it in a folder of another name, which takes its own when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kb.audit import broken_evidence
from kb.bibtex import bibtex
from kb.connection import SCHEMA_VERSION, explained
from kb.export import export_records
from kb.snapshot import crate, datapackage
from kb.snapshot.tables import Listing, listings, write
from kb.snapshot.withholding import Source, sources, withhold
from kb.studies import fingerprint
from schema.errors import BadBase, BadGold, BadOutput, BrokenEvidence
from schema.statements import statement
from schema.tables import tables

BASE, ABOUT, REFERENCES, SUMS = "kb.sqlite", "snapshot.json", "references.bib", "SHA256SUMS"
TABLES = "tables"
NOT_EVALUATED, NOT_CALIBRATED = "not evaluated", "not calibrated"
_DESCRIPTION = "Results mined from papers, each with its sample, its conditions and its place in the paper."
_WITHHELD = "The text of sources whose licence does not let it be passed on is left out."
_UNFINISHED = ".kb-snapshot-"
_MEANINGS = {
    BASE: "The base: SQLite, made for reading alone; kb, or any program that reads SQLite, opens it",
    ABOUT: "What the snapshot was made of and with: versions, vocabulary, rows, evaluation",
    REFERENCES: "The papers of the base, as BibTeX",
    datapackage.FILE: "What the files and columns are, as a Frictionless Data Package",
}


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was made.

    Attributes
    ----------
    folder : where it is
    files : name in the folder -> size in bytes, SHA-256
    rows : name of a table of the base -> number of rows
    withheld : the documents whose text is left out
    parquet : whether the tables are there as Parquet too
    """

    folder: Path
    files: Mapping[str, tuple[int, str]]
    rows: Mapping[str, int]
    withheld: tuple[Source, ...]
    parquet: bool


def snapshot(
    db: sqlite3.Connection, folder: str | Path, public: bool = False, gold: str | Path | None = None
) -> Snapshot:
    """Make a snapshot of a base.

    Two snapshots of one base are equal to the byte where SQLite and pyarrow are of one version: they are dated by the
    last ingestion of the base.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    folder : new, or empty; the folder that it is in must be there
    public : leave out the text of documents whose licence does not let it be passed on (``kb.snapshot.licences``)
    gold : hand-made gold (``kb.gold``) to evaluate the records of the base against; not evaluated where None

    Raises
    ------
    BadOutput
        Where the folder holds something, or cannot be made.
    BrokenEvidence
        Where an offset does not show the number of its measurement.
    BadBase
        Where the base is damaged.
    BadGold
        Where the gold cannot be read, or is that of other documents.
    """
    folder = Path(folder)
    _check_folder(folder)
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder.parent) as beside:
        whole = Path(beside, "whole")
        whole.mkdir()
        withheld = _copy(db, Path(beside, "copy.sqlite"), whole / BASE, public)
        parquet = find_spec("pyarrow") is not None
        with reading(whole / BASE) as copy:
            about = _about(copy, public, withheld, Path(gold) if gold else None)
            tabular = _write_tables(copy, whole, parquet)
            (whole / REFERENCES).write_text(bibtex(_papers(copy)), "utf-8")
            described = sources(copy)
        _write_json(whole / ABOUT, about)
        files = digests(whole)
        _write_json(whole / datapackage.FILE, datapackage.datapackage(about, described, files, tabular))
        files = digests(whole)
        meanings = _MEANINGS | {name: listing.meaning or f"Rows of {listing.name}" for name, listing in tabular.items()}
        meanings |= {name: f"{name.removesuffix('.parquet')}.csv as Parquet" for name in files if name not in meanings}
        _write_json(whole / crate.FILE, crate.crate(about, described, files, meanings))
        files = digests(whole)
        lines = (f"{digest}  {name}\n" for name, (_, digest) in files.items())
        (whole / SUMS).write_text("".join(lines), "utf-8", newline="\n")
        if folder.exists():
            folder.rmdir()  # empty: a rename replaces no folder on Windows
        whole.rename(folder)
    return Snapshot(folder, files, about["rows"], tuple(withheld), parquet)


def _check_folder(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        raise BadOutput(f"{folder} is there already and a snapshot replaces nothing; name a new folder")
    if not folder.parent.is_dir():
        raise BadOutput(f"no folder {folder.parent} to make the snapshot {folder.name} in; create it first")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the base of a snapshot as what it is: a file that nobody changes."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with explained(path), closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        yield db


def _copy(db: sqlite3.Connection, working: Path, final: Path, public: bool) -> list[Source]:
    """Copy a base, without what is to be left out, into a file without free pages that is checked and read-only."""
    withheld: list[Source] = []
    with explained(final), closing(sqlite3.connect(working, isolation_level=None)) as copy:
        db.backup(copy)  # one state of the base, also while another program writes
        copy.execute("PRAGMA journal_mode = DELETE")
        if broken := [one.said for one in broken_evidence(copy)]:
            raise BrokenEvidence(broken)
        if public:
            withheld = withhold(copy)
        copy.execute("VACUUM INTO ?", (str(final),))
    working.unlink()
    if faults := integrity(final):
        raise BadBase(f"the base is damaged ({faults[0]}); restore a copy, or make it anew with kb ingest")
    final.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    return withheld


def integrity(path: Path) -> list[str]:
    """Give what SQLite finds wrong with a file: pages, indexes, constraints, references; nothing where it is sound."""
    with reading(path) as db:
        faults = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        broken = db.execute("PRAGMA foreign_key_check").fetchall()
    return faults + [f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there" for row in broken]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Give the number of rows of each table."""
    names = [table.name for table in tables().values() if table.kind == "table"]
    return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608 - of tables.sql


def _about(db: sqlite3.Connection, public: bool, withheld: list[Source], gold: Path | None) -> dict[str, Any]:
    rows = counts(db)
    run = db.execute(statement("last_run")).fetchone()
    calibration = db.execute(statement("last_calibration")).fetchone()
    papers = "1 paper" if rows["papers"] == 1 else f"{rows['papers']} papers"
    told = f"{rows['measurements']} measurements of {papers}"
    return {
        "title": f"Lithium-metal-anode protection strategies: {told}",
        "description": f"{_DESCRIPTION}  {_WITHHELD}" if public else _DESCRIPTION,
        "date": (run[0] if run else datetime.now(UTC).isoformat())[:10],
        "program": _program(),
        "schema": SCHEMA_VERSION,
        "base": fingerprint(db),
        "public": public,
        "extractors": [dict(row) for row in db.execute(statement("extractors_of_documents"))],
        "rows": rows,
        "evaluation": NOT_EVALUATED if gold is None else _evaluated(db, gold),
        "calibration": NOT_CALIBRATED
        if calibration is None
        else {
            "made_at": calibration["made_at"],
            "scores": json.loads(calibration["scores"]),
            "beats": bool(calibration["beats"]),
        },
        "withheld": [{"file": source.file, "reason": source.terms.reason} for source in withheld],
    }


def _calibrated(row: sqlite3.Row) -> dict[str, Any]:
    return {"made_at": row["made_at"], "scores": json.loads(row["scores"]), "beats": bool(row["beats"])}


def _program() -> str:
    try:
        return version("lithium-anode-kb")
    except PackageNotFoundError:
        return "run from its source"


def _evaluated(db: sqlite3.Connection, gold: Path) -> dict[str, Any]:
    """Score what the base holds of the documents of a gold."""
    from kb.evaluation import Evaluation
    from kb.gold import read_gold

    here = {source.file for source in sources(db)}
    facts = read_gold(gold, sorted(here) if gold.is_dir() else _of_one_paper(here, gold))
    facts = replace(facts, sources={name: paper for name, paper in facts.sources.items() if name in here})
    if not facts.sources:
        raise BadGold(f"{gold}: is the gold of no document of this base; name that of what was ingested")
    figures = Evaluation.of(facts, export_records(db)).report()["micro"]
    return {"gold": gold.name, "documents": sorted(facts.sources), **figures}


def _of_one_paper(files: set[str], gold: Path) -> list[str]:
    return [name for name in files if Path(name).stem == gold.stem]


def _write_tables(db: sqlite3.Connection, whole: Path, parquet: bool) -> dict[str, Listing]:
    (whole / TABLES).mkdir()
    written = {}
    for listing in listings(db):
        name = f"{TABLES}/{listing.name}"
        write(db, listing, whole / name, parquet)
        written[f"{name}.csv"] = listing
    return written


def _papers(db: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = db.execute(statement("papers_in_order"))
    return [{**dict(row), "authors": json.loads(row["authors"])} for row in rows]


def _write_json(path: Path, told: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")


def digests(folder: Path) -> dict[str, tuple[int, str]]:
    """Give size in bytes and SHA-256 of each file of a folder and its subfolders, by name, sorted."""
    found = {}
    for path in sorted(Path(root, name) for root, _, names in os.walk(folder) for name in names):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[path.relative_to(folder).as_posix()] = (path.stat().st_size, digest)
    return found
