"""The columns of the tables of candidates and measurements, and the pages that fill them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.text import Text

from kb.base import KnowledgeBase
from kb.listing import CANDIDATES, Begun, Listing
from kb.tui.cells import NONE, bar, beside_control, head, stated, value_text
from kb.tui.table import Column, Row
from kb.words import conditions, number

Extents = Mapping[str, tuple[float, float]]
USUAL_METRICS = ("coulombic_efficiency", "cycling_hours", "overpotential")
BAR = 8
_WIDTHS = {"strategy": 20, "substrate": 10, "process": 18, "year": 10, "measurements": 12, "doi": 26, "title": 40}
# Columns of a candidate beside its name and the metrics.
OF_CANDIDATE = tuple(_WIDTHS)
USUAL = ("strategy", "year", "measurements", "doi")


@dataclass(frozen=True)
class Listed:
    """The rows of a listing, for a table.

    Attributes
    ----------
    metrics : of candidates, those that have columns
    """

    listing: Listing
    metrics: tuple[str, ...]

    def keys(self, base: KnowledgeBase, begun: Begun) -> array[int]:
        """Read the keys."""
        return base.browsing.keys(self.listing, begun)

    def page(self, base: KnowledgeBase, keys: Sequence[int]) -> Sequence[Row]:
        """Read some rows."""
        if self.listing.level == CANDIDATES:
            return base.browsing.candidates(keys, self.metrics)
        return base.browsing.measurements(keys)


def candidate_columns(metrics: Sequence[str], others: Sequence[str], extents: Extents, wide: bool) -> list[Column]:
    """Give the columns of candidates: the name, a column a metric, what else is wanted."""
    columns = [Column("system", "candidate", 38 if wide else 26, _name)]
    for metric in metrics:
        width = 17 + BAR + 1 if wide else 15
        drawn = partial(_metric, metric=metric, extent=extents.get(metric), width=width, wide=wide)
        columns.append(Column(metric, head(metric, width - 2), width, drawn))
    return columns + [Column(name, name, _WIDTHS[name], _reader(name)) for name in others]


def _name(row: Row) -> Text:
    """Write the name, and which paper it is of: names are alike in many."""
    paper = str(row["doi"] or row["source"]).rpartition("/")[2]
    return Text.assemble((row["system"], "bold"), (f"  {paper}", "dim"))


def _metric(row: Row, metric: str, extent: tuple[float, float] | None, width: int, wide: bool) -> Text:
    best = row["best"].get(metric)
    if best is None:
        return Text(NONE, "dim")
    said = beside_control(best)
    if not wide:
        return said
    said.truncate(width - BAR - 1, overflow="ellipsis", pad=True)
    return said.append(" ").append_text(bar(best, extent, BAR))


def _reader(name: str) -> Callable[[Row], Text]:
    return lambda row: stated(row[name])


def measurement_columns(extents: Extents, wide: bool) -> list[Column]:
    """Give the columns of measurements."""

    def sample(row: Row) -> Text:
        return Text(row["subject"] + (" (control)" if row["is_control"] else ""), "dim" if row["is_control"] else "")

    columns = [
        Column("id", "id", 7, lambda row: str(row["id"]), "right"),
        Column("metric", "metric", 26, lambda row: row["metric"]),
        Column("value", "value", 18, value_text, "right"),
    ]
    if wide:
        columns.append(Column("", "in the base", BAR, lambda row: bar(row, extents.get(row["metric"]), BAR)))
    return [
        *columns,
        Column("subject", "sample", 30, sample),
        Column("", "conditions", 40, lambda row: stated(conditions(_tested(row)))),
        Column("provenance", "how known", 10, lambda row: row["provenance"]),
        Column("confidence", "confidence", 10, lambda row: number(row["confidence"]), "right"),
        Column("doi", "paper", 26, lambda row: row["doi"] or row["source"]),
    ]


def _tested(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("value", "value_max")}


def flat(row: Row) -> dict[str, Any]:
    """Lay a candidate out in one row, for export: each metric with its value, sign, unit and control.

    Examples
    --------
    >>> best = {"value": 98.3, "value_max": None, "qualifier": "=", "unit": "percent", "id": 7, "effect": "",
    ...         "control": None}
    >>> flat({"system": "PVDF", "key": 1, "best": {"coulombic_efficiency": best}})["coulombic_efficiency"]
    98.3
    """
    out = {name: value for name, value in row.items() if name not in ("best", "key")}
    for metric, best in row["best"].items():
        control = best["control"]
        out |= {
            metric: best["value"], f"{metric}_max": best["value_max"], f"{metric}_qualifier": best["qualifier"],
            f"{metric}_unit": best["unit"], f"{metric}_id": best["id"], f"{metric}_effect": best["effect"],
            f"{metric}_control": None if control is None else control["value"],
            f"{metric}_control_id": None if control is None else control["id"],
        }  # fmt: skip
    return out


def flat_columns(metrics: Sequence[str]) -> list[str]:
    """Give the columns of :func:`flat`."""
    own = ("paper_id", "system_id", "system", "substrate", "strategy", "process", "doi", "title", "year", "source",
           "measurements")  # fmt: skip
    ends = ("", "_max", "_qualifier", "_unit", "_id", "_effect", "_control", "_control_id")
    return [*own, *(metric + end for metric in metrics for end in ends)]
