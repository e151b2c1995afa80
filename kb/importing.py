"""Tables of numbers that people already have, as records: their own cells, reference sets.

A head is a name with its unit, ``cycling_hours [h]``; a cell is a number, with ``>``, ``<`` or ``~`` before it where it
is a bound or rounded.  Every number keeps its place in the file.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schema.errors import BadTable, KBError, did_you_mean
from schema.records import (
    IMPORTED,
    QUALIFIERS,
    Conditions,
    Document,
    Evidence,
    Measurement,
    Mined,
    Passage,
    Subject,
)
from schema.units import convert
from schema.vocabulary import vocabulary

VERSION = "table 1"  # of this reader, in place of the extractor's
# What a column may hold besides metrics: name -> (field, unit); "" for texts, "1" for plain numbers.
CONDITIONS: Mapping[str, tuple[str, str]] = {
    "current_density": ("current_density_mA_cm2", "mA/cm^2"), "areal_capacity": ("areal_capacity_mAh_cm2", "mAh/cm^2"),
    "temperature": ("temperature_C", "degC"), "time": ("time_h", "h"), "cycles": ("cycles", "1"),
    "at_cycle": ("at_cycle", "1"), "c_rate": ("c_rate", "1"), "np_ratio": ("np_ratio", "1"),
    "electrolyte": ("electrolyte", ""), "electrolyte_class": ("electrolyte_class", ""), "cell": ("cell", ""),
}  # fmt: skip
SAMPLE = ("sample", "components", "substrate", "strategy", "process", "control")
# A metric of these names is meant where a condition of the name is one too: write it as metric:areal_capacity.
METRIC = "metric:"
YES, NO = ("yes", "true", "1"), ("no", "false", "0", "")
MOST_TOLD = 20
_HEAD = re.compile(r"^\s*(?P<name>.*?)\s*(?:\[(?P<unit>[^\]]*)\])?\s*$")
_NUMBER = re.compile(r"^(?P<sign>>=|<=|≥|≤|>|<|~)?\s*(?P<number>[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?)$")
_SIGNS = {"≥": ">=", "≤": "<="}


@dataclass(frozen=True)
class Column:
    """What a column of a table holds.

    Attributes
    ----------
    name : a metric, a condition or a part of the sample
    unit : of its numbers; the controlled one where it is ""
    is_metric : whether it holds results
    """

    name: str
    unit: str = ""
    is_metric: bool = False


@dataclass(frozen=True)
class Mapped:
    """How the columns of a table that was made elsewhere are read.

    Attributes
    ----------
    columns : head -> what it holds; columns that are not named are left out
    constant : name -> text, or number in the controlled unit, that holds for all rows
    title, doi : of the set
    delimiter : between cells
    """

    columns: Mapping[str, Column]
    constant: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    doi: str | None = None
    delimiter: str = ","


def column_of(head: str) -> Column | None:
    """Read a head; None where nothing goes by its name.

    Examples
    --------
    >>> column_of("cycling_hours [h]")
    Column(name='cycling_hours', unit='h', is_metric=True)
    >>> column_of("current_density [A/m^2]")
    Column(name='current_density', unit='A/m^2', is_metric=False)
    """
    match = _HEAD.match(head)
    name, unit = (match["name"], match["unit"] or "") if match else (head, "")
    if name in CONDITIONS or name in SAMPLE:
        return Column(name, unit)
    name = name.removeprefix(METRIC)
    return Column(name, unit, True) if name in vocabulary().metrics else None


def read_mapping(path: Path) -> Mapped:
    """Read a mapping: a table ``[columns]`` of head to ``{metric = ..., unit = ...}`` or a name, and ``[constant]``.

    Raises
    ------
    BadTable
        Where it cannot be read, or names what is not known.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: not TOML: {error}") from error
    known = ("columns", "constant", "title", "doi", "delimiter")
    for key in told:
        if key not in known:
            raise BadTable(f"{path}: unknown key {key!r}{did_you_mean(key, known) or '; it has ' + ', '.join(known)}")
    columns = {}
    for head, what in told.get("columns", {}).items():
        table = {"name": what} if isinstance(what, str) else dict(what)
        metric, name, unit = table.get("metric", ""), table.get("name", ""), table.get("unit", "")
        column = column_of(f"{METRIC}{metric} [{unit}]" if metric else f"{name} [{unit}]")
        if column is None:
            near = did_you_mean(metric or name, (*vocabulary().metrics, *CONDITIONS, *SAMPLE))
            raise BadTable(f"{path}: columns.{head!r}: nothing is called {metric or name!r}{near}")
        columns[head] = column
    if not columns:
        raise BadTable(f'{path}: no columns; write [columns] "Head of a column" = {{metric = "...", unit = "..."}}')
    constant = told.get("constant", {})
    for name, value in constant.items():
        kind = (int, float) if name in CONDITIONS and CONDITIONS[name][1] else str
        if not isinstance(value, kind):
            raise BadTable(f"{path}: constant.{name} = {value!r} must be a {'number' if kind is not str else 'text'}")
    if unknown := [k for k in constant if k not in CONDITIONS and k not in SAMPLE]:
        raise BadTable(f"{path}: constant.{unknown[0]} is neither a condition nor a part of the sample")
    return Mapped(columns, constant, told.get("title", ""), told.get("doi"), told.get("delimiter", ","))


def read_table(path: Path, mapped: Mapped | None = None) -> Mined:
    """Read a table into records of the provenance "imported".

    Parameters
    ----------
    path : a CSV file in UTF-8
    mapped : how its columns are read; by their own heads where None

    Raises
    ------
    BadTable
        With every row and column that cannot be read; then nothing is imported.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadTable(f"{path}: not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    reader = _Reader(path.name, text, mapped)
    facts = tuple(reader.measurements())
    if reader.mistakes:
        told = "".join(f"\n  {line}" for line in reader.mistakes[:MOST_TOLD])
        more = f"\n  and {len(reader.mistakes) - MOST_TOLD} more" if len(reader.mistakes) > MOST_TOLD else ""
        raise BadTable(f"{path}: nothing was imported, {len(reader.mistakes)} cells cannot be read:{told}{more}")
    if not facts:
        raise BadTable(f"{path}: no results; it needs a head line and at least one column of a metric with its unit")
    title, doi = (mapped.title, mapped.doi) if mapped else ("", None)
    document = Document(path.name, text, "csv", tuple(reader.passages), title=title or path.stem, doi=doi)
    return Mined(document, facts)


class _Reader:
    """Reads the rows of one table; what cannot be read is noted by row and column."""

    def __init__(self, source: str, text: str, mapped: Mapped | None) -> None:
        self.text, self.mapped = text, mapped
        self.mistakes: list[str] = []
        self.passages: list[Passage] = []
        self._starts = [0]
        for line in io.StringIO(text, newline=""):
            self._starts.append(self._starts[-1] + len(line))
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=mapped.delimiter if mapped else ",")
        heads = next(self._rows, [])
        self.columns = {i: c for i, head in enumerate(heads) if (c := self._column(head.strip(), source)) is not None}
        self.heads = heads
        names = [c.name for c in self.columns.values()]
        held = {*names, *(mapped.constant if mapped else ())}
        if heads and "sample" not in held and "components" not in held:
            raise BadTable(f"{source}: no column says what was measured; add one with the head sample or components")

    def _column(self, head: str, source: str) -> Column | None:
        if self.mapped is not None:
            return self.mapped.columns.get(head)
        column = column_of(head)
        if column is None:
            name = head.partition("[")[0].strip()
            near = did_you_mean(name, (*vocabulary().metrics, *CONDITIONS, *SAMPLE))
            raise BadTable(f"{source}: nothing is called {head!r}{near or '; kb metrics lists metrics'}")
        if column.is_metric and not column.unit and vocabulary().metric(column.name).unit != "1":
            unit = vocabulary().metric(column.name).unit
            raise BadTable(f"{source}: the head {head!r} says no unit; write {column.name} [{unit}]")
        return column

    def measurements(self) -> Iterator[Measurement]:
        line = self._rows.line_num
        for number, cells in enumerate(self._rows, start=2):
            start, end = self._starts[line], self._starts[self._rows.line_num]
            line = self._rows.line_num
            if any(cell.strip() for cell in cells):
                yield from self._row(number, cells, start, end)

    def _row(self, number: int, cells: Sequence[str], start: int, end: int) -> Iterator[Measurement]:
        raw = self.text[start:end].rstrip("\r\n")
        told: dict[str, Any] = dict(self.mapped.constant) if self.mapped else {}
        results: list[tuple[int, Column, str, int]] = []
        at = 0
        for i, cell in enumerate(cells):
            shown = cell.strip()
            at = max(raw.find(shown, at), at)
            column = self.columns.get(i)
            if column is not None and shown:
                if column.is_metric:
                    results.append((i, column, shown, at))
                else:
                    told[column.name] = self._told(number, i, column, shown)
            at += len(shown)
        control = str(told.get("control", "")).strip().casefold()
        if control not in (*YES, *NO):
            self._mistake(number, "control", f"{control!r} is neither yes nor no")
        subject, conditions = _subject(told), _conditions(told)
        if not subject.name:
            self._mistake(number, "sample", "it does not say what was measured")
            return
        passage = len(self.passages)
        self.passages.append(Passage(raw, array("I", range(start, start + len(raw) + 1)), kind="table", section="rows"))
        for i, column, shown, place in results:
            read = self._number(number, i, column, shown)
            if read is None:
                continue
            value, qualifier, digits = read
            first = start + place + shown.index(digits)
            metric = vocabulary().metric(column.name)
            low, high = metric.plausible
            yield Measurement(
                column.name, value, metric.unit, subject,
                Evidence(raw, first, first + len(digits), section="rows", passage=passage),
                qualifier=qualifier, value_reported=digits, unit_reported=column.unit or metric.unit,
                is_control=control in YES, conditions=conditions, provenance=IMPORTED, confidence=1.0,
                flags=() if low <= value <= high else ("out_of_range",),
            )  # fmt: skip

    def _told(self, number: int, i: int, column: Column, shown: str) -> str | float | None:
        unit = CONDITIONS[column.name][1] if column.name in CONDITIONS else ""
        if not unit:
            return shown
        read = self._number(number, i, column, shown, unit)
        return None if read is None else read[0]

    def _number(
        self, number: int, i: int, column: Column, shown: str, unit: str | None = None
    ) -> tuple[float, str, str] | None:
        """Read a number in the controlled unit, its qualifier and its digits."""
        match = _NUMBER.match(shown)
        if match is None:
            self._mistake(number, self.heads[i], f"{shown!r} is no number")
            return None
        wanted = unit if unit is not None else vocabulary().metric(column.name).unit
        value = float(match["number"].replace("−", "-"))
        try:
            value = convert(value, column.unit, wanted) if column.unit not in ("", wanted) else value
        except KBError as error:
            self._mistake(number, self.heads[i], str(error))
            return None
        if not math.isfinite(value):
            self._mistake(number, self.heads[i], f"{shown!r} is too large")
            return None
        qualifier = _SIGNS.get(match["sign"] or "=", match["sign"] or "=")
        return value, qualifier if qualifier in QUALIFIERS else "=", match["number"]

    def _mistake(self, number: int, head: str, what: str) -> None:
        self.mistakes.append(f"row {number}, column {head.strip()!r}: {what}")


def _subject(told: Mapping[str, Any]) -> Subject:
    components = tuple(part.strip() for part in str(told.get("components", "")).split("/") if part.strip())
    name = str(told.get("sample") or "/".join(components))
    strategy = str(told.get("strategy", "other"))
    return Subject(name, components, told.get("substrate"), strategy, told.get("process"))


def _conditions(told: Mapping[str, Any]) -> Conditions:
    return Conditions(**{CONDITIONS[name][0]: value for name, value in told.items() if name in CONDITIONS})
