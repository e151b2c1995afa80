"""A ranking: one row a candidate, one panel a criterion, each value beside the control of its paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.plots.style import (
    CONTROL,
    CONTROL_MARKER,
    FAINT,
    FRONT,
    INK,
    JOIN,
    QUIET,
    REST,
    SMALL,
    axis_label,
    canvas,
    checked,
    is_wide,
    log_ticks,
    plain,
    save,
    shorten,
    styled,
)
from kb.screening.effects import OPEN_SIDE, Effect, Observation
from kb.screening.rank import Criterion, Ranked
from schema.errors import OutOfRange
from schema.units import convert
from schema.vocabulary import vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 40  # more cannot be read on one page
NAME_LENGTH = 26
_CONTROL: dict[str, Any] = {"marker": CONTROL_MARKER, "markersize": 4}


def _row_label(ranked: Ranked, names: Sequence[str]) -> str:
    """Name the candidate; where two have the same name, the paper tells them apart."""
    name, paper = ranked.candidate.name, ranked.candidate.paper
    second = f"\n{shorten(paper, NAME_LENGTH)}" if names.count(name) > 1 and paper else ""
    return f"{shorten(name, NAME_LENGTH)}{second}"


def _in_unit(seen: Observation, unit: str) -> Observation | None:
    """Give the observation in the unit of its axis, its control too; None where it has no place there."""
    if seen.unit == unit:
        control = seen.control
        return replace(seen, control=_in_unit(control, unit)) if control and control.unit != unit else seen
    if seen.unit == "fold":
        return None
    top = None if seen.value_max is None else convert(seen.value_max, seen.unit, unit)
    control = None if seen.control is None else _in_unit(seen.control, unit)
    return replace(seen, value=convert(seen.value, seen.unit, unit), value_max=top, unit=unit, control=control)


def _ends(seen: Observation) -> list[float]:
    return [seen.value] if seen.value_max is None else [seen.value, seen.value_max]


def _draw_value(axes: Axes, y: float, at: float, seen: Observation, style: dict[str, Any]) -> None:
    """Draw one value: a range as a bar, an open value with an arrow to the side where the truth may lie."""
    colour = style["markeredgecolor"]
    if seen.value_max is not None:
        axes.plot(_ends(seen), [y, y], color=colour, lw=4, alpha=0.3, solid_capstyle="butt", zorder=2)
    axes.plot([at], [y], linestyle="none", zorder=4, **style)
    side = OPEN_SIDE.get(seen.qualifier, 0)
    if side:
        # "<|-" puts the head at the far end, which is where the text would stand.
        arrow = {"arrowstyle": "<|-", "color": colour, "lw": 1.0, "shrinkA": 0, "shrinkB": 2, "mutation_scale": 7}
        axes.annotate("", xy=(at, y), xytext=(13 * side, 0), textcoords="offset points", arrowprops=arrow, zorder=3)


def _draw_row(axes: Axes, y: float, seen: Observation, found: Effect | None, criterion: Criterion, front: bool) -> None:
    at = seen.worse_end(criterion.direction)
    if seen.control is not None:
        # The control is granted the better end of its range, as in the effect.
        bare = seen.control.end(largest=criterion.direction == "max")
        axes.plot([bare, at], [y, y], color=JOIN, lw=1.0, zorder=1)
        _draw_value(axes, y, bare, seen.control, {**_CONTROL, "color": CONTROL, "markeredgecolor": CONTROL})
    colour = FRONT if front else REST
    _draw_value(axes, y, at, seen, {"marker": "o", "markersize": 5, "color": colour, "markeredgecolor": colour})
    if found is not None and found.text:
        text = found.text.replace("x", "×", 1).replace(">=", "≥").replace("<=", "≤")
        axes.annotate(
            text, xy=(1, y), xycoords=("axes fraction", "data"), xytext=(-1, 7), textcoords="offset points",
            ha="right", va="center", fontsize=SMALL, color=QUIET, zorder=5,
        )  # fmt: skip


def _draw_metric(axes: Axes, rows: Sequence[Ranked], criterion: Criterion) -> None:
    unit = vocabulary().metric(criterion.metric).unit
    values: list[float] = []
    missing = []
    for y, ranked in enumerate(rows):
        raw = ranked.candidate.observations.get(criterion.metric)
        seen = None if raw is None else _in_unit(raw, unit)
        if seen is None:
            missing.append(y)
            continue
        _draw_row(axes, y, seen, ranked.effects.get(criterion.metric), criterion, ranked.on_front)
        values += _ends(seen) + ([] if seen.control is None else _ends(seen.control))
    for y in missing:
        axes.text(0.5, y, "–", transform=axes.get_yaxis_transform(), ha="center", va="center", color="#AAAAAA")
    if is_wide(values):
        axes.set_xscale("log")
        log_ticks(axes.xaxis, values)
    axes.margins(x=0.18)
    axes.set_xlabel(axis_label(criterion.metric).replace(", $", ",\n$", 1))
    small: Any = {"fontsize": SMALL, "color": QUIET, "pad": 3}
    if criterion.direction == "max":
        axes.set_title("more is better →", loc="right", **small)
    else:
        axes.set_title("← less is better", loc="left", **small)


def _draw_score(axes: Axes, rows: Sequence[Ranked]) -> None:
    for y, ranked in enumerate(rows):
        axes.barh(y, ranked.score, height=0.5, color=FRONT if ranked.on_front else REST, zorder=2)
        axes.text(ranked.score + 0.04, y, f"{ranked.score:.2f}", va="center", fontsize=SMALL, zorder=3)
    axes.set_xlim(0, 1.5)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_xlabel("Score")


def _legend(figure: Figure, rows: Sequence[Ranked], criteria: Sequence[Criterion]) -> None:
    """Explain only the marks that are in the figure."""
    from matplotlib.lines import Line2D

    seen = [o for r in rows for c in criteria if (o := r.candidate.observations.get(c.metric)) is not None]
    controls = [o.control for o in seen if o.control is not None]
    point: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5}
    marks = [
        (any(r.on_front for r in rows), Line2D([], [], color=FRONT, label="on the Pareto front", **point)),
        (not all(r.on_front for r in rows), Line2D([], [], color=REST, label="dominated", **point)),
        (
            bool(controls),
            Line2D([], [], linestyle="-", color=JOIN, markerfacecolor=CONTROL, markeredgecolor=CONTROL,
                   label="the paper's own control", **_CONTROL),
        ),
        (
            any(o.qualifier in OPEN_SIDE for o in seen + controls),
            Line2D([], [], linestyle="none", color=INK, marker=r"$\rightarrow$", markersize=9,
                   label="bound, not a value"),
        ),
        (
            any(o.value_max is not None for o in seen + controls),
            Line2D([], [], color=INK, lw=4, alpha=0.3, label="range, counted at its worse end"),
        ),
    ]  # fmt: skip
    handles = [handle for there, handle in marks if there]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 3))


def plot_ranking(ranked: Sequence[Ranked], criteria: Sequence[Criterion], path: str | Path) -> Path:
    """Draw a ranking: one row a candidate, best on top; one panel a criterion, with units; the score beside them.

    Candidates on the Pareto front are blue, each joined to the paper's own control where there is one, with the
    effect in small print.  An arrow marks a bound ("over 1400 h"), a pale bar a range.  The first 40 are drawn.

    Parameters
    ----------
    ranked : as :func:`kb.screening.rank.rank` gives them
    criteria : those it was ranked by
    path : file to write; its ending says the format (.png, .svg, .pdf)

    Returns
    -------
    the path written

    Raises
    ------
    BadOutput
        Where the ending is none of these, or the folder does not exist.
    OutOfRange
        Where there is nothing to draw.
    """
    target = checked(path)
    if not ranked or not criteria:
        raise OutOfRange("nothing to plot: the ranking is empty")
    rows = ranked[:MOST_ROWS]
    with styled():
        names = [r.candidate.name for r in rows]
        step = 8.5 if len(set(names)) < len(names) else 6.5  # a second line tells candidates of one name apart
        figure = canvas(2, 30 + step * len(rows))
        widths = [*([2.5] * len(criteria)), 1.3]
        panels = figure.subplots(1, len(widths), sharey=True, gridspec_kw={"width_ratios": widths}, squeeze=False)[0]
        for axes, criterion in zip(panels, criteria, strict=False):
            _draw_metric(axes, rows, criterion)
        _draw_score(panels[-1], rows)
        for axes in panels:
            axes.grid(axis="x", color=FAINT, lw=0.6)
            axes.set_axisbelow(True)
            axes.spines[["top", "right", "left"]].set_visible(False)
            axes.tick_params(axis="y", length=0)
            for y in range(0, len(rows), 2):
                axes.axhspan(y - 0.5, y + 0.5, color="#F7F7F7", zorder=0, lw=0)
        panels[0].set_yticks(range(len(rows)), [f"{_row_label(r, names)}  {r.position}" for r in rows])
        plain(panels[0].get_yticklabels())
        panels[0].set_ylim(len(rows) - 0.5, -0.5)
        _legend(figure, rows, criteria)
        if len(ranked) > len(rows):
            figure.suptitle(f"the first {len(rows)} of {len(ranked)} candidates", fontsize=SMALL)
        save(figure, target)
    return target
