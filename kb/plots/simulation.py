"""Figures of a simulation: survival, efficiency and overpotential over the cycles, best thickness; or a grid."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.plots.style import FRONT, REST, SMALL, VERMILION, canvas, checked, finish, log_ticks, save, styled
from kb.screening.outcome import Band
from kb.simulation import Simulation, thickness_curve
from kb.words import number, unit
from schema.errors import OutOfRange

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kb.reported import Observation

# Okabe and Ito's colours; line style says the same again for print in grey.
LINES = (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", "-."), ("#CC79A7", ":"), ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))))
MOST_CURVES = 2 * len(LINES)
MOST_BANDS = 2  # of curves in one panel; more hide each other
MOST_MARKS = 6  # observations in one panel
LINE_OF_LEGEND = 0.085  # of the height of a panel
OVERPOTENTIALS = ("overpotential", "mass_transfer_overpotential", "voltage_polarization", "voltage_hysteresis")
PALE: Any = {"alpha": 0.2, "lw": 0}


def plot_simulation(simulation: Simulation, path: str | Path) -> Path:
    """Draw a simulation.

    Without a grid four panels: the survival curve with the sampling error of the draws and the observed lives
    (an arrow where they are censored); the Coulombic efficiency and the overpotential over the cycles, median and
    5 to 95 % of the draws alive, with what was observed; the life over the thickness, with the closed-form optimum.
    With a grid the life over its longest axis, a line for each value of the others.

    Parameters
    ----------
    simulation : from :func:`kb.simulation.simulate_candidate`
    path : file to write; its ending says the format (.png, .svg, .pdf)

    Returns
    -------
    the path written

    Raises
    ------
    BadOutput
        Where the ending is none of these, or the folder does not exist.
    OutOfRange
        Where a grid has more curves than one figure can show.
    """
    target = checked(path)

    with styled():
        figure = canvas(2, 105 if simulation.axes else 150)
        if simulation.axes:
            _draw_grid(figure.subplots(), simulation)
        else:
            _draw_panels(figure, simulation)
        figure.suptitle(_title(simulation))
        save(figure, target)
    return target


def _title(simulation: Simulation) -> str:
    told = simulation.protocol
    varied = {axis.key for axis in simulation.axes}
    settings = ", ".join(
        f"{number(getattr(told, key))} {unit(of)}"
        for key, of in (("current", "mA/cm^2"), ("capacity", "mAh/cm^2"))
        if key not in varied
    )
    name = simulation.name or "What if"
    told_calibrated = "calibrated" if simulation.calibration else "not calibrated"
    return f"{name}: {settings}; {simulation.run.draws} draws, {told_calibrated}".replace("$", r"\$")


def _draw_panels(figure: Figure, simulation: Simulation) -> None:
    panels = figure.subplots(2, 2)
    _draw_survival(panels[0, 0], simulation)
    assert simulation.traces is not None
    _draw_band(panels[0, 1], simulation.traces.efficiency, 100.0, "Coulombic efficiency [%]")
    _mark_levels(panels[0, 1], [o for o in _seen(simulation) if o.metric == "coulombic_efficiency"], below=True)
    _draw_band(panels[1, 0], simulation.traces.overpotential, 1000.0, "Overpotential of one electrode [mV]")
    _mark_levels(panels[1, 0], [o for o in _seen(simulation) if o.metric in OVERPOTENTIALS])
    _draw_thickness(panels[1, 1], simulation)
    for letter, axes in zip("abcd", panels.flat, strict=True):
        finish(axes)
        axes.set_title(letter, loc="left", fontweight="bold")


def _seen(simulation: Simulation) -> list[Observation]:
    """Give what was observed under this protocol."""
    told = simulation.protocol
    return [o for o in simulation.observed if o.is_of(told.current, told.capacity)]


def _draw_survival(axes: Axes, simulation: Simulation) -> None:
    outcome = simulation.outcome
    cycles, alive, low, high = outcome.surviving()
    end = outcome.limit if outcome.survived else max(float(cycles[-1]), 1.0)
    axes.fill_between(cycles, low, high, step="post", color=FRONT, **PALE)
    axes.step(cycles, alive, where="post", color=FRONT, lw=1.6, label="simulated, 95 % sampling error")
    lives = [o for o in _seen(simulation) if o.cycles is not None][:MOST_MARKS]
    for place, seen in enumerate(lives):
        height = 0.92 - 0.13 * place
        at = float(seen.cycles or 0.0)
        axes.plot([at], [height], "D", color="white", markeredgecolor=VERMILION, markeredgewidth=1.4, zorder=4)
        if seen.censored:
            arrow = {"arrowstyle": "<|-", "color": VERMILION, "lw": 1.3, "shrinkA": 0, "shrinkB": 3}
            axes.annotate("", (at, height), xytext=(18, 0), textcoords="offset points", arrowprops=arrow)
        text = f"{seen.words} (#{seen.measurement})"
        axes.annotate(text, (at, height), xytext=(0, -11), textcoords="offset points", fontsize=SMALL, ha="center")
        end = max(end, 1.15 * at)
    if lives:
        label = "observed; an arrow where not failed"
        axes.plot([], [], "D", color="white", markeredgecolor=VERMILION, markeredgewidth=1.4, label=label)
    axes.set(
        xlim=(0, 1.02 * end), ylim=(0, 1.02 + 2.5 * LINE_OF_LEGEND), xlabel="Full cycles", ylabel="Share of draws alive"
    )
    period = outcome.protocol.period

    def in_hours(cycles: Any) -> Any:
        return cycles * period

    def in_cycles(hours: Any) -> Any:
        return hours / period

    hours = axes.secondary_xaxis("top", functions=(in_hours, in_cycles))
    hours.set_xlabel("Hours")
    axes.set_yticks(np.linspace(0.0, 1.0, 6))
    axes.legend(loc="upper right")


def _draw_band(axes: Axes, band: Band, scale: float, label: str) -> None:
    axes.fill_between(
        band.cycles, scale * band.low, scale * band.high, color=FRONT, **PALE, label="5 to 95 % of draws alive"
    )
    axes.plot(band.cycles, scale * band.middle, color=FRONT, lw=1.6, label="median")
    axes.set(xlabel="Full cycles", ylabel=label)
    axes.margins(x=0.02)


def _mark_levels(axes: Axes, seen: list[Observation], below: bool = False) -> None:
    """Draw what was observed as levels; the legend has room of its own, above or below."""
    for place, one in enumerate(seen[:MOST_MARKS]):
        axes.axhline(one.value, color=VERMILION, lw=1.0, ls=LINES[place % len(LINES)][1], zorder=3,
                     label=f"#{one.measurement} {one.metric.replace('_', ' ')} {one.words}")  # fmt: skip
    low, high = axes.get_ylim()
    room = LINE_OF_LEGEND * (2 + min(len(seen), MOST_MARKS)) * (high - low)
    axes.set_ylim(low - room * below, high + room * (not below))
    axes.legend(loc="lower left" if below else "upper left")


def _draw_thickness(axes: Axes, simulation: Simulation) -> None:
    curve = thickness_curve(simulation)
    axes.fill_between(curve.thickness, curve.low, curve.high, color=FRONT, **PALE, label="5 to 95 % of draws")
    axes.plot(curve.thickness, curve.middle, color=FRONT, lw=1.6, label="median life")
    low, best, high = curve.optimum
    if high > 0.0:
        label = f"closed-form optimum h* {best:.2g} µm ({low:.2g} to {high:.2g})"
        least = float(curve.thickness[0])
        axes.axvspan(max(low, least), max(high, least), color=REST, alpha=0.15, lw=0)
        axes.axvline(max(best, least), color=REST, ls="--", lw=1.3, label=label)
    drawn = simulation.study.inputs["thickness"]
    first, _, last = drawn.distribution.at(np.array([0.05, 0.5, 0.95])).tolist()
    if drawn.given is not None and first > 0.0:
        span = f"{first:.2g} to {last:.2g} µm" if last > first else f"{first:.2g} µm"
        style: Any = {"color": VERMILION, "lw": 4, "solid_capstyle": "butt", "transform": axes.get_xaxis_transform()}
        axes.plot([first, last], [0.03, 0.03], label=f"{drawn.given.origin}, {span}", **style)
    axes.set_xscale("log")
    log_ticks(axes.xaxis, curve.thickness.tolist())
    axes.set(xlabel="Thickness of the coating [µm]", ylabel="Life [full cycles]")
    axes.set_xlim(curve.thickness[0], curve.thickness[-1])
    axes.set_ylim(0, (1.0 + 5 * LINE_OF_LEGEND) * max(float(curve.high.max()), 1.0))
    axes.legend(loc="upper left")


def _draw_grid(axes: Axes, simulation: Simulation) -> None:
    along = max(simulation.axes, key=lambda axis: len(axis.values))
    others = [axis for axis in simulation.axes if axis is not along]
    curves: dict[tuple[float, ...], list[Any]] = defaultdict(list)
    for outcome in simulation.outcomes:
        curves[tuple(outcome.varied[axis.key] for axis in others)].append(outcome)
    if len(curves) > MOST_CURVES:
        raise OutOfRange(f"{len(curves)} curves are more than one figure can show ({MOST_CURVES}); vary fewer values")
    for place, (key, outcomes) in enumerate(curves.items()):
        x = [o.varied[along.key] for o in outcomes]
        colour, dashes = LINES[place % len(LINES)]
        name = ", ".join(f"{a.key} {number(v)} {unit(a.unit)}".rstrip() for a, v in zip(others, key, strict=True))
        if len(curves) <= MOST_BANDS:
            low, high = ([o.quantile(share) for o in outcomes] for share in (0.05, 0.95))
            axes.fill_between(x, low, high, color=colour, **PALE)
        style: Any = {"color": colour, "ls": dashes, "lw": 1.6, "marker": "o", "ms": 3}
        axes.plot(x, [o.quantile(0.5) for o in outcomes], label=name or "median life", **style)
    values = np.array(along.values)
    if np.all(values > 0) and values.max() / values.min() > 20:
        axes.set_xscale("log")
    label = f"{along.key.replace('_', ' ').capitalize()} [{unit(along.unit)}]" if unit(along.unit) else along.key
    told = ", 5 to 95 %" if len(curves) <= MOST_BANDS else ""
    axes.set(xlabel=label, ylabel=f"Life [full cycles], median{told}", ylim=(0, None))
    axes.legend(loc="best", ncols=1 + len(curves) // 6)
    finish(axes)
