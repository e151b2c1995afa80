"""Mined documents as partitioned Parquet, for those who stay on a cluster: written there, loaded into a base later.

A row is a document with all its records nested in it, so that DuckDB, Spark, Dask or pandas read them with no help:
``SELECT source, unnest(measurements, recursive := true) FROM 'records/*.parquet'``.
"""

from __future__ import annotations

import types
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from schema.errors import BadParquet
from schema.records import Mined

if TYPE_CHECKING:
    import pyarrow

SUFFIX = ".parquet"
PART_DOCUMENTS = 64
T = TypeVar("T")
_PLAIN = {str: "string", int: "int64", float: "float64", bool: "bool_"}


@dataclass(frozen=True)
class Row:
    """A mined document and where it came from.

    Attributes
    ----------
    path : of the file, relative to the folder of the Parquet
    sha256 : hexadecimal digest of the file's bytes
    extractor_version, vocabulary : what mined it, and the fingerprint of the vocabulary it did so with
    main, main_sha256 : path and digest of the paper it is the supporting information of
    """

    path: str
    sha256: str
    extractor_version: str
    vocabulary: str
    main: str | None
    main_sha256: str | None
    mined: Mined


class Writer:
    """Writes mined documents as ``part-00000.parquet``, ``part-00001.parquet``, ... into a folder that holds none yet.

    To be used as a context; a part takes its place when it is whole.

    Raises
    ------
    BadParquet
        Where the folder holds such files, or pyarrow is not installed.
    """

    def __init__(self, folder: Path) -> None:
        _pyarrow()
        folder.mkdir(parents=True, exist_ok=True)
        if is_parquet(folder):
            raise BadParquet(f"{folder} holds Parquet already; name a new folder, or load that: kb ingest {folder}")
        self.folder = folder
        self._rows: list[Row] = []
        self._parts = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()

    def add(self, row: Row) -> None:
        """Take a document."""
        self._rows.append(row)
        if len(self._rows) == PART_DOCUMENTS:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        import pyarrow.parquet

        schema = _type(Row)
        table = pyarrow.Table.from_pylist([_plain(Row, row) for row in self._rows], pyarrow.schema(list(schema)))
        path = self.folder / f"part-{self._parts:05}{SUFFIX}"
        whole = path.with_suffix(".part")
        pyarrow.parquet.write_table(table, whole, compression="zstd")
        whole.replace(path)
        self._rows, self._parts = [], self._parts + 1


def is_parquet(path: Path) -> bool:
    """Say whether a path is a Parquet file, or a folder that holds some."""
    return path.suffix.lower() == SUFFIX or (path.is_dir() and any(path.glob(f"*{SUFFIX}")))


def read_rows(path: Path) -> Iterator[Row]:
    """Read mined documents back, in the order in which they were written.

    Parameters
    ----------
    path : a file, or the folder of the parts

    Raises
    ------
    BadParquet
        Where a file is no Parquet, or holds something else, or pyarrow is not installed.
    """
    arrow = _pyarrow()
    import pyarrow.parquet

    for part in sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]:
        try:
            file = pyarrow.parquet.ParquetFile(part)
        except (arrow.ArrowInvalid, OSError) as error:
            raise BadParquet(f"{part} cannot be read as Parquet; copy it anew, or write it again") from error
        with file:
            if not file.schema_arrow.equals(arrow.schema(list(_type(Row)))):
                raise BadParquet(f"{part} holds no documents mined by this version; write it again with --to-parquet")
            for batch in file.iter_batches(PART_DOCUMENTS):
                yield from (_built(Row, row) for row in batch.to_pylist())


def _pyarrow() -> types.ModuleType:
    try:
        import pyarrow
    except ImportError as error:
        message = "Parquet takes pyarrow; install it with: pip install 'lithium-anode-kb[distributed]'"
        raise BadParquet(message) from error
    module: types.ModuleType = pyarrow
    return module


# The types of the dataclasses are those of the columns ---------------------------------------------------------------


class _Array(Generic[T]):
    """Stands for ``array.array`` in type hints."""


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind, localns={"array": _Array})  # array[int] exists for type checkers only
    return {f.name: hints[f.name] for f in fields(kind)}


def _bare(kind: Any) -> Any:
    """Give the type of what may be None."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(k for k in get_args(kind) if k is not types.NoneType)
    return kind


def _members(kind: Any) -> dict[str, Any] | None:
    """Give the fields of a dataclass, the places of a pair; None of what is neither."""
    if is_dataclass(kind) and isinstance(kind, type):
        return dict(_hints(kind))
    inner = get_args(kind)
    if get_origin(kind) is tuple and Ellipsis not in inner:
        return {str(place): each for place, each in enumerate(inner)}
    return None


@cache
def _type(kind: Any) -> pyarrow.DataType:
    import pyarrow

    kind = _bare(kind)
    if kind in _PLAIN:
        return getattr(pyarrow, _PLAIN[kind])()
    if get_origin(kind) is _Array:
        return pyarrow.list_(pyarrow.uint32())
    members = _members(kind)
    if members is None:
        return pyarrow.list_(_type(get_args(kind)[0]))
    return pyarrow.struct([(name, _type(each)) for name, each in members.items()])


def _plain(kind: Any, value: Any) -> Any:
    kind = _bare(kind)
    if value is None or kind in _PLAIN:
        return value
    if get_origin(kind) is _Array:
        return value.tolist()
    members = _members(kind)
    if members is None:
        return [_plain(get_args(kind)[0], each) for each in value]
    parts = vars(value).values() if is_dataclass(value) else value
    return {name: _plain(each, part) for (name, each), part in zip(members.items(), parts, strict=True)}


def _built(kind: Any, value: Any) -> Any:
    kind = _bare(kind)
    if value is None or kind in _PLAIN:
        return value
    if get_origin(kind) is _Array:
        return array("L", value)
    members = _members(kind)
    if members is None:
        return tuple(_built(get_args(kind)[0], each) for each in value)
    parts = {name: _built(each, value[name]) for name, each in members.items()}
    return kind(**parts) if is_dataclass(kind) and isinstance(kind, type) else tuple(parts.values())
