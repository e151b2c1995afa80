"""The best thickness of a coating by the closed form b7 of ``docs/models.md``, beside what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kb.plots.marks import SECOND_HAND, Mark, Picture, Scatter, Span, legend_below, told
from kb.plots.style import (
    BLUE,
    CONTROLS,
    GREEN,
    PURPLE,
    QUIET,
    SMALL,
    VERMILION,
    axis_label,
    canvas,
    finish,
    log_ticks,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from kb.plots.kinds import Asked

METRIC = "coating_thickness"
CURRENTS = ((0.5, BLUE, "-"), (1.0, VERMILION, "--"), (2.0, GREEN, "-."), (5.0, PURPLE, ":"))  # [mA/cm^2]
DRAWS, SEED = 2048, 0
POINTS = 200
LEAST, MOST = 0.02, 50.0  # of the axis, where nothing lies beyond [um]
MOST_COST = 200.0  # of the axis [mV]
QUANTILES = (0.05, 0.5, 0.95)
ROOM = 1.6  # factor that the axis goes on beyond what is measured
MM_A_ROW = 4.3
NOTE = "the penalty of a bare surface (0.1 V) and the priors are judgement: compare, rather than trust one number"


@dataclass(frozen=True)
class Best:
    """The best thickness at a current density.

    Attributes
    ----------
    current : [mA/cm^2]
    colour, dashes : of its curve
    at : of the median inputs [um]; 0 where no coating pays
    low, high : 5 and 95 % of the draws [um]
    """

    current: float
    colour: str
    dashes: str
    at: float
    low: float
    high: float


def picture(asked: Asked) -> Picture:
    """Draw what a coating costs over its thickness, at several current densities, and the best thickness at each.

    The curves are of the medians of conductivity and roughness, the bars of 5 to 95 % of their draws: of a sample what
    its paper reports narrows them, else they are priors.  Below stand the thicknesses that the base knows, by strategy.
    """
    import numpy as np

    from kb.screening.cycling import Protocol
    from kb.screening.models import coating_cost, optimum_thickness
    from kb.screening.priors import priors
    from kb.simulation import of_closed_form, study_of

    known = None
    if asked.sample:
        from kb.reported import reported

        known = reported(asked.db, asked.sample, asked.paper or None)
    protocol = Protocol(**{key: setting.value for key, setting in priors().protocol.items()})
    inputs = of_closed_form(study_of(known, protocol, {}, {}), protocol, DRAWS, SEED)
    middle = {name: float(np.median(values)) for name, values in inputs.items()}
    found = []
    for current, colour, dashes in CURRENTS:
        low, _, high = np.quantile(optimum_thickness(**inputs, current_density=current), QUANTILES).tolist()
        at = float(optimum_thickness(**middle, current_density=current))
        found.append(Best(current, colour, dashes, at, low, high))

    measured = _measured(asked)
    ends = [end for m in measured for end in m.x.ends] + [b.high for b in found if b.high > 0]
    least, most = min(LEAST, *(e / ROOM for e in ends)), max(MOST, *(e * ROOM for e in ends))
    strategies = Scatter(measured).groups
    lines = len(found) + len(strategies)
    figure = canvas(asked.columns, 64 + MM_A_ROW * lines)
    above, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [46, 5 + MM_A_ROW * lines]})
    thickness = np.geomspace(least, most, POINTS)
    cheapest = MOST_COST / 10
    for best in found:
        cost = 1e3 * coating_cost(thickness, **middle, current_density=best.current)  # V to mV
        cheapest = min(cheapest, float(cost.min()))
        style: Any = {"color": best.colour, "ls": best.dashes, "label": f"{best.current:g} mA/cm²"}
        above.plot(thickness, cost, **style)
        if best.at > least:
            at = 1e3 * float(coating_cost(best.at, **middle, current_density=best.current))
            above.plot([best.at], [at], marker="o", color=best.colour, markeredgecolor="white", markersize=5, zorder=5)
    above.set(ylabel="Cost of the coating [mV]", yscale="log", ylim=(10 ** math.floor(math.log10(cheapest)), MOST_COST))
    log_ticks(above.yaxis, [cheapest, MOST_COST])
    above.set_title(shorten(asked.sample or "no sample: priors", 40), fontsize=SMALL, color=QUIET, loc="left", pad=3)
    finish(above)
    rows = _draw_best(below, found, least, asked.sample)
    rows += _draw_measured(below, measured, strategies, len(found))
    below.set_xscale("log")
    log_ticks(below.xaxis, [least, most])
    below.set_xlim(least, most)
    below.set_xlabel(axis_label(METRIC, symbol=False))
    forms = Scatter(measured).legend()[len(strategies) :]
    legend_below(figure, [*above.get_legend_handles_labels()[0], *forms], asked.columns, 3 if forms else 4)
    return Picture(figure, rows, (NOTE,))


def _measured(asked: Asked) -> list[Mark]:
    """Give the thicknesses of the base that a logarithmic axis has a place for."""
    rows = [r for r in asked.rows([METRIC]) if asked.counts(r) and r["value"] > 0]
    return [
        Mark(
            Span.of(row.columns), Span(0.0), CONTROLS if row["is_control"] else str(row["strategy"]),
            told(row.columns, "measured"), row["provenance"] == SECOND_HAND,
        )
        for row in rows
    ]  # fmt: skip


def _draw_best(axes: Axes, found: Sequence[Best], least: float, sample: str) -> list[dict[str, Any]]:
    rows = []
    for y, best in enumerate(found):
        axes.plot([max(best.low, least), max(best.high, least)], [y, y], color=best.colour, lw=3.0, alpha=0.4,
                  solid_capstyle="butt")  # fmt: skip
        # At the edge where no coating pays: a logarithmic axis has no zero.
        marker = "o" if best.at > least else "<"
        axes.plot([max(best.at, least)], [y], marker=marker, color=best.colour, markeredgecolor="white", markersize=5,
                  clip_on=False, zorder=5)  # fmt: skip
        rows.append(
            {"drawn": "best", "measurements": [], "doi": "", "source": "docs/models.md b7", "sample": sample,
             "metric": METRIC, "value": best.at, "low": best.low, "high": best.high, "unit": "um",
             "conditions": f"{best.current:g} mA/cm²"}
        )  # fmt: skip
    return rows


def _draw_measured(axes: Axes, marks: Sequence[Mark], strategies: Sequence[str], above: int) -> list[Any]:
    placed = [replace(m, y=Span(float(above + strategies.index(m.group)))) for m in marks]
    Scatter(placed).draw(axes)
    counts = [sum(m.group == name for m in marks) for name in strategies]
    names = [f"best, {current:g} mA/cm²" for current, *_ in CURRENTS]
    names += [f"{n} ({c})" for n, c in zip(strategies, counts, strict=True)]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    if strategies:
        axes.axhline(above - 0.5, color=QUIET, lw=0.6)
    finish(axes)
    return [m.row for m in placed]
