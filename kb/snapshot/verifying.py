"""Checks a snapshot: each file against its digest, the base in itself, what describes it against what is there."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from kb.audit import broken_evidence
from kb.connection import APPLICATION_ID, SCHEMA_VERSION
from kb.snapshot import crate, datapackage
from kb.snapshot.making import ABOUT, BASE, SUMS, counts, digests, integrity, reading
from kb.snapshot.withholding import sources
from kb.studies import fingerprint
from schema.errors import BadBase, BadSnapshot
from schema.statements import statement

_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_PLACES_TOLD = 3


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file of a snapshot."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def verify(folder: str | Path) -> list[Fault]:
    """Check a snapshot; give what is wrong with it, nothing where all is as it was made.

    Raises
    ------
    BadSnapshot
        Where the folder is not there, or is no snapshot.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadSnapshot(f"no folder {folder}; check the spelling")
    if not (folder / SUMS).is_file():
        raise BadSnapshot(f"{folder} has no {SUMS}, so it is no snapshot; kb snapshot makes one")
    files = digests(folder)
    faults = list(_sums(folder, files))
    known = frozenset(fault.file for fault in faults)  # told once, whatever else describes the file
    about = _read(folder / ABOUT, faults)
    package = _read(folder / datapackage.FILE, faults)
    described = _read(folder / crate.FILE, faults)
    for file, found in (
        (ABOUT, _base(folder / BASE, about) if BASE in files else ()),
        (datapackage.FILE, _resources(folder, package, about, files, known)),
        (crate.FILE, _parts(described, files, known)),
    ):
        try:
            faults += found
        except (AttributeError, KeyError, TypeError):
            faults.append(Fault(file, "is JSON, but no description of a snapshot"))
    return faults


def _sums(folder: Path, files: Mapping[str, tuple[int, str]]) -> Iterator[Fault]:
    listed = {}
    for number, line in enumerate(_lines(folder / SUMS), start=1):
        if (found := _SUM.fullmatch(line)) is None:
            yield Fault(SUMS, f"line {number} is no digest with a name")
        else:
            listed[found[2]] = found[1]
    for name, digest in listed.items():
        if name not in files:
            yield Fault(name, "is not there")
        elif files[name][1] != digest:
            yield Fault(name, f"was changed: its SHA-256 is {files[name][1]}, not {digest}")
    for name in files:
        if name not in listed and name != SUMS:
            yield Fault(name, f"is not of this snapshot: {SUMS} does not list it")


def _lines(path: Path) -> list[str]:
    # Not splitlines: to sha256sum, too, a line ends at a line feed alone.
    return path.read_text("utf-8", "replace").removesuffix("\n").split("\n")


def _read(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """Read what describes the snapshot; {} where it cannot be read, which is a fault."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        told, reason = None, "is not there"
    except ValueError as error:
        told, reason = None, f"is not readable as JSON ({error})"
    else:
        reason = "is no JSON object"
    if isinstance(told, dict):
        return told
    if (fault := Fault(path.name, reason)) not in faults:
        faults.append(fault)
    return {}


def _base(path: Path, about: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        for fault in integrity(path):
            yield Fault(path.name, fault)
        with reading(path) as db:
            application, schema = (
                db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            if application != APPLICATION_ID:
                yield Fault(path.name, "is an SQLite file of another program, not a base")
                return
            if schema != SCHEMA_VERSION:
                yield Fault(
                    path.name, f"has schema version {schema}, this program knows {SCHEMA_VERSION}: not looked into"
                )
                return
            yield from _told(path.name, db, about)
    except BadBase as error:
        yield Fault(path.name, str(error.__cause__ or error))
    except sqlite3.Error as error:
        yield Fault(path.name, f"cannot be asked: {error}")


def _told(name: str, db: sqlite3.Connection, about: Mapping[str, Any]) -> Iterator[Fault]:
    told = about.get("rows", {})
    for table, rows in counts(db).items():
        if told.get(table) != rows:
            yield Fault(name, f"has {rows} rows in {table}, {ABOUT} says {told.get(table, 'nothing of it')}")
    if about.get("base") != fingerprint(db):
        yield Fault(name, f"says something else than when the snapshot was made: {ABOUT} has another fingerprint")
    for number, broken in enumerate(broken_evidence(db)):
        if number == _PLACES_TOLD:
            yield Fault(name, "and more measurements whose evidence does not show their number")
            break
        yield Fault(name, broken.said)
    if about.get("public"):
        texts = {row[0] for row in db.execute(statement("documents_with_text"))}
        for source in sources(db):
            if source.id in texts and not source.terms.allowed:
                yield Fault(name, f"holds the text of {source.file}, though {source.terms.reason}")


def _resources(
    folder: Path,
    package: Mapping[str, Any],
    about: Mapping[str, Any],
    files: Mapping[str, tuple[int, str]],
    known: frozenset[str],
) -> Iterator[Fault]:
    for resource in package.get("resources", ()):
        name = str(resource.get("path", ""))
        if name not in files:
            if name not in known:
                yield Fault(name or datapackage.FILE, f"is not there, though {datapackage.FILE} describes it")
            continue
        size, digest = files[name]
        if name not in known and (resource.get("bytes"), resource.get("hash")) != (size, f"sha256:{digest}"):
            yield Fault(name, f"is not of the size and digest that {datapackage.FILE} gives")
        if "schema" not in resource:
            continue
        fields = [field["name"] for field in resource["schema"]["fields"]]
        rows = yield from _csv(folder, name, fields)
        stem = PurePosixPath(name).stem
        wanted = about.get("rows", {}).get("measurements" if stem == "measurement_view" else stem, rows)
        if rows != wanted:
            yield Fault(name, f"has {rows} rows, the base {wanted}")
        beside = str(PurePosixPath(name).with_suffix(".parquet"))
        if beside in files and find_spec("pyarrow") is not None:
            yield from _parquet(folder, beside, fields, rows)


def _csv(folder: Path, name: str, fields: Sequence[str]) -> Generator[Fault, None, int]:
    """Compare a table with its description; give its number of rows."""
    rows = -1
    try:
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            for rows, row in enumerate(csv.reader(stream)):
                if rows == 0 and row != fields:
                    yield Fault(name, f"has other columns than {datapackage.FILE} says")
                elif len(row) != len(fields):
                    yield Fault(name, f"row {rows} has {len(row)} cells, not {len(fields)}")
                    break
    except (UnicodeDecodeError, csv.Error) as error:
        yield Fault(name, f"is not readable as CSV in UTF-8 ({error})")
    return rows


def _parquet(folder: Path, name: str, fields: Sequence[str], rows: int) -> Iterator[Fault]:
    import pyarrow
    import pyarrow.parquet

    try:
        told = pyarrow.parquet.read_metadata(folder / name)
    except (pyarrow.ArrowInvalid, OSError) as error:
        yield Fault(name, f"is not readable as Parquet ({error})")
        return
    if told.num_rows != rows:
        yield Fault(name, f"has {told.num_rows} rows, its CSV {rows}")
    if told.schema.to_arrow_schema().names != list(fields):
        yield Fault(name, f"has other columns than {datapackage.FILE} says")


def _parts(
    described: Mapping[str, Any], files: Mapping[str, tuple[int, str]], known: frozenset[str]
) -> Iterator[Fault]:
    parts = {entity["@id"]: entity for entity in described.get("@graph", ()) if entity["@type"] == "File"}
    for name, entity in parts.items():
        if name in known:
            continue
        if name not in files:
            yield Fault(name, f"is not there, though {crate.FILE} describes it")
        elif (entity.get("contentSize"), entity.get("sha256")) != (str(files[name][0]), files[name][1]):
            yield Fault(name, f"is not of the size and digest that {crate.FILE} gives")
    if described:
        for name in sorted(files.keys() - parts.keys() - known - {crate.FILE, SUMS}):
            yield Fault(name, f"is not described by {crate.FILE}")
