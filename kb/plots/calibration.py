"""A reliability diagram: the confidence that records carry, beside how often such records are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.plots.marks import Picture, legend_below
from kb.plots.style import BLUE, INK, JOIN, QUIET, SMALL, VERMILION, canvas, finish
from schema.statements import statement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kb.plots.kinds import Asked

TITLES = {"confidence": "The value is right", "confidence_strict": "All of it is right"}
LOOKS = {"confidence": (BLUE, "o"), "confidence_strict": (VERMILION, "s")}
SURE = 0.95  # of the intervals
MARGIN = 0.06  # of the axes, where all is far from 0
Judged = tuple[Mapping[str, Any], bool, str]


def picture(asked: Asked) -> Picture:
    """Draw the share of right records over the mean confidence, in the ranges of ``kb.reliability``.

    Vertical bars are Wilson's 95 % intervals, as if records were independent; the error above a panel has an interval
    drawn over papers, which is wider.  Horizontal bars are the ranges.  The records of the base are judged by gold.
    """
    from kb.evaluation import Evaluation
    from kb.gold import read_gold

    names = [row["source"] for row in asked.db.execute(statement("sources_of_documents"))]
    gold = read_gold(Path(asked.gold), names)
    records = [r for r in asked.base.export(asked.min_confidence) if asked.counts(r)]
    whole = asked.base.places(r["id"] for r in records)
    records = [{**r, "confidence_strict": whole[r["id"]]["confidence_strict"]} for r in records]
    evaluation = Evaluation.of(gold, records)
    panels = {
        key: [one for one in evaluation.judged(strict=key == "confidence_strict") if one[0][key] is not None]
        for key in TITLES
    }
    panels = {key: judged for key, judged in panels.items() if judged}
    if not panels:
        raise asked.nothing(
            f"{asked.gold} judges no record of the base", "kb ingest the documents that its sources.json names"
        )
    figure = canvas(asked.columns, 84 if asked.columns == 2 else 84 * len(panels))
    across = asked.columns == 2
    drawn = figure.subplots(*((1, len(panels)) if across else (len(panels), 1)), squeeze=False).ravel()
    rows: list[dict[str, Any]] = []
    for axes, (key, judged) in zip(drawn, panels.items(), strict=True):
        rows += _draw(axes, key, judged)
    legend_below(figure, _handles(), asked.columns, 3)
    return Picture(figure, rows)


def _draw(axes: Axes, key: str, judged: Sequence[Judged]) -> list[dict[str, Any]]:
    from bisect import bisect_right

    from scipy.stats import binomtest

    from kb.reliability import EDGES, Reliability

    reliability = Reliability.of([r[key] for r, _, _ in judged], [ok for _, ok, _ in judged], [p for *_, p in judged])
    colour, marker = LOOKS[key]
    rows = []
    for place in reliability.table():
        mine = [
            one for one in judged if _edge(bisect_right(EDGES, one[0][key]), len(EDGES)) == EDGES.index(place["from"])
        ]
        right = sum(ok for _, ok, _ in mine)
        interval = binomtest(right, len(mine)).proportion_ci(SURE, "wilson")
        x, y = place["said"], place["right"]
        axes.plot([place["from"], place["to"]], [y, y], color=JOIN, lw=0.8, zorder=2)
        axes.plot([x, x], [interval.low, interval.high], color=colour, lw=1.0, zorder=3)
        axes.plot(
            [x], [y], marker=marker, markersize=5, color=colour, markeredgecolor="white", markeredgewidth=0.4, zorder=4
        )
        axes.annotate(
            str(len(mine)), (x, interval.low), xytext=(0, -2), textcoords="offset points", ha="center", va="top",
            fontsize=SMALL, color=QUIET,
        )  # fmt: skip
        rows.append(
            {"drawn": key, "measurements": [r["id"] for r, _, _ in mine],
             "doi": list(dict.fromkeys(r["doi"] for r, _, _ in mine if r["doi"])),
             "source": list(dict.fromkeys(r["source"] for r, _, _ in mine)), "from": place["from"], "to": place["to"],
             "records": len(mine), "right": right, "mean_confidence": x, "share_right": y, "low": interval.low,
             "high": interval.high}
        )  # fmt: skip
    left = max(0.0, min(r["mean_confidence"] for r in rows) - MARGIN)
    bottom = min([left, *(r["low"] for r in rows)]) - MARGIN  # room for the number below a point
    axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=(0, (4, 2)), zorder=1)
    axes.set(xlim=(left, 1.012), ylim=(bottom, 1.02), xlabel="Confidence [1]", ylabel="Share of records right [1]")
    low, high = reliability.interval()
    told = f"{len(judged)} records; calibration error {reliability.error():.3f} ({low:.3f} to {high:.3f})"
    axes.set_title(f"{TITLES[key]}\n{told}", loc="left", fontsize=SMALL, pad=4)
    finish(axes)
    return rows


def _edge(place: int, edges: int) -> int:
    """Give the number of the range that a confidence lies in; 1 lies in the last."""
    return min(place - 1, edges - 2)


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=INK, lw=0.8, ls=(0, (4, 2)), label="perfectly calibrated"),
        Line2D([], [], color=INK, lw=1.0, marker="o", markersize=5, label="share right, 95 %"),
        Line2D([], [], color=JOIN, lw=0.8, label="range of confidence; number of records"),
    ]
