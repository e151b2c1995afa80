"""The kinds of figures, what each is asked with, and the one way to draw them: a figure, and its table beside it."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.plots.style import checked, save, styled
from schema.errors import BadPlot, NothingToDraw, UnknownPlot
from schema.statements import statement

if TYPE_CHECKING:
    from kb.candidates import Row
    from kb.plots.marks import Picture
    from kb.questions import Questions
    from kb.studies import Study

TABLE = ".points.csv"


@dataclass(frozen=True)
class Kind:
    """A kind of figure.

    Attributes
    ----------
    what : it shows, for people
    takes : the options it can be asked with, those it needs first
    needs : how many of them it needs
    columns : of a page, where not asked otherwise
    """

    what: str
    takes: tuple[str, ...]
    needs: int = 0
    columns: int = 1


# By name, which is that of its module too.
KINDS: Mapping[str, Kind] = {
    "metric": Kind(
        "a metric against a test condition, by strategy", ("metric", "against", "where", "min_confidence"), 1
    ),
    "lifetime": Kind("lives against areal capacity and current density", ("where", "min_confidence"), columns=2),
    "forest": Kind(
        "effects against controls, raw and shrunk across papers", ("metric", "study", "where", "min_confidence"),
        columns=2,
    ),
    "pareto": Kind("two criteria and what no other beats in both", ("by", "study", "where", "min_confidence")),
    "thickness": Kind(
        "the best thickness of a coating, beside measured ones", ("sample", "paper", "where", "min_confidence")
    ),
    "coverage": Kind("how much is known of which metric, by strategy", ("where", "min_confidence"), columns=2),
    "calibration": Kind(
        "stated confidence beside how often records are right", ("gold", "where", "min_confidence"), 1, columns=2
    ),
    "graph": Kind("what shares materials, mechanisms or papers with a sample", ("sample",), 1, columns=2),
}  # fmt: skip
WORDS: Mapping[str, str] = {
    "metric": "--metric METRIC", "against": "--against CONDITION", "by": "--by METRIC", "study": "--study FILE",
    "sample": "--sample NAME", "paper": "--paper TEXT", "gold": "--gold GOLD", "where": "--where FILTER",
    "min_confidence": "--min-confidence SHARE",
}  # fmt: skip


@dataclass(frozen=True)
class Plotted:
    """What was written.

    Attributes
    ----------
    figure, table : the files
    points : how many are drawn; the table has a row for each
    notes : what else is to be said, in words
    """

    figure: Path
    table: Path
    points: int
    notes: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the figure in a notebook, where it can."""
        said = {"text/plain": f"{self.figure}: {self.points} points, listed in {self.table}"}
        shown = {".svg": "image/svg+xml", ".png": "image/png"}.get(self.figure.suffix)
        if shown is None:
            return said
        image = self.figure.read_bytes()
        return said | {shown: image.decode("utf-8") if shown.endswith("xml") else b64encode(image).decode("ascii")}


@dataclass(frozen=True)
class Asked:
    """What a figure is asked of.

    Attributes
    ----------
    base, db : the base, and its connection for reading
    columns : 1 or 2, of a journal's page
    metric, against, by, study, sample, paper, gold : as the options of :data:`WORDS`
    where : a filter; "" for all
    min_confidence : hide what is less sure, 0 to 1
    """

    base: Questions
    db: sqlite3.Connection
    columns: int = 1
    metric: str = ""
    against: str = ""
    by: Sequence[str] = ()
    study: Study | str | Path | None = None
    sample: str = ""
    paper: str = ""
    gold: str | Path = ""
    where: str = ""
    min_confidence: float = 0.0

    @cached_property
    def found(self) -> set[int] | None:
        """Ids of the measurements that the filter finds; None without one."""
        return {row["id"] for row in self.base.find(self.where)} if self.where else None

    def counts(self, row: Mapping[str, Any] | Row) -> bool:
        """Say whether the filter finds a row."""
        return self.found is None or row["id"] in self.found

    def rows(self, metrics: Iterable[str]) -> list[Row]:
        """Read what the base has of some metrics, controls too, whatever the filter says."""
        from kb.candidates import Row

        asked = {"metrics": json.dumps(sorted(metrics)), "least": self.min_confidence}
        return [Row.of(row) for row in self.db.execute(statement("comparable_rows"), asked)]

    def nothing(self, missing: str, remedy: str) -> NothingToDraw:
        """Say what is missing for a figure, within the filter and the confidence where they are given."""
        within = f" within {self.where!r}" if self.where else ""
        sure = f" with a confidence of {self.min_confidence:g} or more" if self.min_confidence else ""
        return NothingToDraw(f"nothing to draw: {missing}{within}{sure}; {remedy}")


def plot(base: Questions, db: sqlite3.Connection, kind: str, output: str | Path, **options: Any) -> Plotted:
    """Draw a figure of a base, with a table of its points beside it.

    Parameters
    ----------
    base, db : the base, and its connection for reading
    kind : one of :data:`KINDS`
    output : file to write; its ending says the format (.png, .svg, .pdf); the table is beside it, ``.points.csv``
    options : those of :class:`Asked` that the kind takes, and ``columns``

    Raises
    ------
    UnknownPlot, BadPlot
        Where there is no such kind, or it does not take an option or lacks one.
    BadOutput
        Where the ending is no format, or the folder does not exist.
    NothingToDraw
        Where no point would be in it.
    FilterSyntaxError, UnknownName, UnknownMetric, UnitMismatch, BadStudy, BadGold
        Where an option cannot be read.
    """
    if kind not in KINDS:
        raise UnknownPlot(kind, KINDS)
    told = {name: value for name, value in options.items() if value}
    columns = told.pop("columns", KINDS[kind].columns)
    _check(kind, told, columns)
    target = checked(output)
    from kb.plots.marks import write_table

    with styled():
        drawn: Picture = import_module(f"kb.plots.{kind}").picture(Asked(base, db, columns, **told))
        table = target.with_suffix(TABLE)
        write_table(drawn.rows, table)
        save(drawn.figure, target)
    return Plotted(target, table, len(drawn.rows), drawn.notes)


def _check(kind: str, told: Mapping[str, Any], columns: Any) -> None:
    takes = KINDS[kind].takes
    for name in told:
        if name not in takes:
            raise BadPlot(f"{kind}: it takes no {name!r}; it takes {', '.join(WORDS[n] for n in takes)}")
    for name in takes[: KINDS[kind].needs]:
        if name not in told:
            raise BadPlot(f"{kind}: what of? give {WORDS[name]}")
    if "study" in told and (more := [name for name in ("where", "min_confidence") if name in told]):
        raise BadPlot(f"{kind}: the study says what {more[0]!r} would; write it into the study")
    if columns not in (1, 2):
        raise BadPlot(f"{kind}: a page has 1 or 2 columns, not {columns!r}")
