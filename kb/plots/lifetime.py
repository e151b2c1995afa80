"""Lives against areal capacity and current density: what cells lived, and those that had not failed yet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kb.lives import read_lives
from kb.plots.marks import SECOND_HAND, Mark, Picture, Scatter, Span, legend_below, told
from kb.plots.metric import scale_to, side_by_side
from kb.plots.style import CONTROLS, canvas, condition_label, finish, is_wide

if TYPE_CHECKING:
    from kb.candidates import Row
    from kb.plots.kinds import Asked
    from kb.screening.likelihood import Life

PANELS = (("areal_capacity", "areal_capacity_mAh_cm2"), ("current_density", "current_density_mA_cm2"))
LABEL = "Life [h]"


def picture(asked: Asked) -> Picture:
    """Draw the lives of which current density and areal capacity are known, one a sample, paper and test.

    Cycles are counted as hours of full cycles, 2 Q / i; one life stands in both panels.  A cell that had not failed,
    or of which only a count of cycles is told, is a bound.
    """
    every = read_lives(asked.db)
    chosen = {i for i, (_, row) in enumerate(every) if asked.counts(row) and row["confidence"] >= asked.min_confidence}
    chosen |= {life.control for i in chosen if (life := every[i][0]).control is not None}
    if not chosen:
        raise asked.nothing(
            "no life has both current density and areal capacity",
            "kb find 'cycling_hours IS KNOWN OR cycle_count IS KNOWN' shows the lives",
        )
    lives = {i: every[i] for i in sorted(chosen)}
    rows: dict[int, Any] = {}
    for i, (life, row) in lives.items():
        span = _hours(life)
        kept = life.control if life.control in lives else None
        rows[i] = {
            **told(row.columns, "control" if life.is_control else "treated"), "life_h": span.at,
            "life_max_h": span.other, "open": {1: "above", -1: "below"}.get(span.side, ""),
            "areal_capacity_mAh_cm2": life.capacity, "current_density_mA_cm2": life.current,
            "control": None if kept is None else lives[kept][0].measurement,
        }  # fmt: skip
    figure = canvas(asked.columns, 66 if asked.columns == 2 else 118)
    panels = figure.subplots(*((1, 2) if asked.columns == 2 else (2, 1)), sharey=True)
    handles: list[Any] = []
    for letter, axes, (condition, column) in zip("ab", panels, PANELS, strict=True):
        at = {i: float(row[column]) for i, (_, row) in lives.items()}
        scatter = Scatter(_marks(lives, rows, at))
        scatter.draw(axes)
        scale_to(axes, "x", map(Span, at.values()))
        scale_to(axes, "y", [m.y for m in scatter.marks], logarithmic=True)
        axes.set_xlabel(condition_label(condition))
        axes.set_title(letter, loc="left", fontweight="bold")
        if axes is panels[0] or asked.columns == 1:
            axes.set_ylabel(LABEL)
        finish(axes)
        handles = scatter.legend()
    legend_below(figure, handles, asked.columns)
    return Picture(figure, list(rows.values()))


def _marks(lives: dict[int, tuple[Life, Row]], rows: dict[int, Any], at: dict[int, float]) -> list[Mark]:
    groups = {i: CONTROLS if life.is_control else str(row["strategy"]) for i, (life, row) in lives.items()}
    drawn = side_by_side({i: (x, groups[i]) for i, x in at.items()}, is_wide(at.values()))
    marks: dict[int, Mark] = {}
    for i, (life, row) in lives.items():  # controls come first
        control = None if life.control is None else marks.get(life.control)
        hollow = row["provenance"] == SECOND_HAND
        marks[i] = Mark(Span(drawn[i]), _hours(life), groups[i], rows[i], hollow, control)
    return list(marks.values())


def _hours(life: Life) -> Span:
    """Give the life in hours.

    Examples
    --------
    >>> from kb.screening.likelihood import Life
    >>> _hours(Life("a paper", low=0.0, high=math.inf, current=1.0, capacity=1.0))
    Span(at=1.0, other=None, side=1)
    """
    if math.isinf(life.high):
        return Span(math.exp(life.low), side=1)
    if math.isinf(life.low):
        return Span(math.exp(life.high), side=-1)
    return Span(math.exp(life.low), math.exp(life.high) if life.high > life.low else None)
