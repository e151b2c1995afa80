"""Rows for programs: JSON, JSON lines and CSV on standard output, with nothing else on it; Parquet into a file."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from schema.errors import BadOutput, MissingExtra


def plain(value: Any) -> Any:
    """Give a value JSON-ready: what is no finite number is null, bytes are hexadecimal.

    Examples
    --------
    >>> plain({"value": float("nan"), "blob": b"\\x00\\xff", "tags": ("a",)})
    {'value': None, 'blob': '00ff', 'tags': ['a']}
    """
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.hex() if isinstance(value, bytes) else value


def write_object(row: Mapping[str, Any]) -> None:
    """Write one row as a JSON object."""
    _write(json.dumps(plain(row), ensure_ascii=False, indent=2) + "\n")


def write_rows(
    rows: Iterable[Mapping[str, Any]], form: str, columns: Sequence[str] = (), stream: TextIO | None = None
) -> None:
    """Write rows as "json", "jsonl" or "csv".

    Parameters
    ----------
    stream : where to; standard output where None
    columns : header of a CSV, also without rows; the keys of the first row where none are given.
        Lists in a CSV are joined with "; ", objects written as JSON.
    """
    out = stream or sys.stdout
    if form == "json":
        out.write(json.dumps([plain(r) for r in rows], ensure_ascii=False, indent=2) + "\n")
    elif form == "jsonl":
        for row in rows:
            out.write(json.dumps(plain(row), ensure_ascii=False) + "\n")
    else:
        _write_csv(rows, list(columns), out)


def write_file(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> int:
    """Write rows to a file that ends in .csv, .jsonl, .json or .parquet, which takes its place when it is whole.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    BadOutput
        Where the name ends otherwise, or the file cannot be written.
    MissingExtra
        Where Parquet needs pyarrow.
    """
    form = path.suffix.removeprefix(".")
    if form not in ("csv", "jsonl", "json", "parquet"):
        raise BadOutput(f"{path.name}: end the name in .csv, .jsonl, .json or .parquet")
    if form == "parquet":
        held = list(rows)
        names = list(columns or (held[0] if held else ()))
        write_parquet(names, ([row.get(name) for name in names] for row in held), path)
        return len(held)
    number = 0

    def counted() -> Iterator[Mapping[str, Any]]:
        nonlocal number
        for number, row in enumerate(rows, start=1):  # noqa: B007 - the last one is given
            yield row

    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            write_rows(counted(), form, columns, stream)
        part.replace(path)
    except OSError as error:
        raise BadOutput(f"{path} cannot be written ({error.strerror}); name another file") from error
    finally:
        part.unlink(missing_ok=True)
    return number


def write_parquet(columns: Sequence[str], rows: Iterable[Sequence[Any]], path: Path) -> None:
    """Write a table to a Parquet file, which takes its place when it is whole; lists stay lists.

    Raises
    ------
    MissingExtra
        Where pyarrow is not installed.
    BadOutput
        Where a column holds values of several types, which Parquet has no place for.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra("Parquet", "parquet") from error
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = []
    for name, column in zip(columns, values, strict=True):
        try:
            arrays.append(pyarrow.array(list(column)))
        except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
            raise BadOutput(f"the column {name!r} holds values of several types; CAST it to one for Parquet") from error
    part = path.with_name(path.name + ".part")
    try:
        pyarrow.parquet.write_table(pyarrow.table(arrays, names=list(columns)), part, compression="zstd")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(rows: Iterable[Mapping[str, Any]], header: list[str], out: TextIO) -> None:
    if header:
        out.write(_line(header))
    for row in rows:
        if not header:
            header = list(row)
            out.write(_line(header))
        out.write(_line([_cell(row[key]) for key in header]))


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _write(text: str) -> None:
    sys.stdout.write(text)
