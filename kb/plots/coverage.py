"""How much a base knows of which metric, by strategy: a map of counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kb.plots.marks import Picture, listed
from kb.plots.style import CONTROLS, INK, NORMAL, SMALL, canvas, log_ticks, spoken
from schema.vocabulary import vocabulary

if TYPE_CHECKING:
    from kb.plots.kinds import Asked

MOST_METRICS = 45  # rows on a page
MM_A_ROW = 4.3
MAP = "Blues"  # one hue, so that lightness alone tells
DARK = 0.55  # of the scale, above which a number is printed in white


def picture(asked: Asked) -> Picture:
    """Draw how many measurements there are of each metric and strategy; of controls too; the most common first."""
    import numpy as np
    from matplotlib.colors import LogNorm

    rows = [row for row in asked.rows(vocabulary().metrics) if asked.counts(row)]
    if not rows:
        raise asked.nothing("there is no measurement", "kb find 'confidence >= 0' lists what there is")
    cells: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        cells[row["metric"], CONTROLS if row["is_control"] else str(row["strategy"])].append(row)
    metrics = _common(m for m, s in cells for _ in cells[m, s])
    strategies = sorted(_common(s for m, s in cells for _ in cells[m, s]), key=lambda s: s == CONTROLS)
    shown = metrics[:MOST_METRICS]
    counts = np.array([[len(cells.get((m, s), ())) for s in strategies] for m in shown], float)

    figure = canvas(asked.columns, 34 + MM_A_ROW * len(shown))
    axes = figure.subplots()
    # Below 1, so that a single measurement is not as pale as none.
    most = max(float(counts.max()), 10.0)
    norm = LogNorm(0.6, most)
    image = axes.pcolormesh(np.where(counts > 0, counts, np.nan), cmap=MAP, norm=norm, edgecolors="white", lw=0.8)
    for (y, x), count in np.ndenumerate(counts):
        if count:
            colour = "white" if norm(count) > DARK else INK
            axes.text(x + 0.5, y + 0.5, f"{count:.0f}", ha="center", va="center", fontsize=SMALL, color=colour)
    axes.set_yticks(np.arange(len(shown)) + 0.5, [spoken(m) for m in shown])
    axes.set_xticks(np.arange(len(strategies)) + 0.5, strategies, rotation=40, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_ylim(len(shown), 0)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("#F6F6F6")
    bar = figure.colorbar(image, ax=axes, orientation="horizontal", fraction=0.03, aspect=45, pad=0.015)
    bar.set_label("Measurements [1]", fontsize=NORMAL)
    bar.outline.set_visible(False)
    bar.ax.set_xlim(1, most)
    log_ticks(bar.ax.xaxis, [1.0, most])
    table = [
        {"drawn": "cell", "metric": m, "strategy": s, "count": len(found), **listed(found)}
        for m in shown for s in strategies if (found := cells.get((m, s)))
    ]  # fmt: skip
    left_out = len(metrics) - len(shown)
    notes = (f"{left_out} rarer metrics are left out; --where narrows it",) if left_out > 0 else ()
    return Picture(figure, table, notes)


def _common(names: Iterable[str]) -> list[str]:
    """Give names once, the most common first."""
    counted = Counter(names)
    return sorted(counted, key=lambda name: (-counted[name], name))
