"""A metric against a test condition, by strategy: treated samples joined to the controls of their papers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from kb.candidates import Row, control_of, is_alike
from kb.comparison import second_hand
from kb.fields import CONDITIONS, NUMBERS
from kb.plots.marks import SECOND_HAND, Mark, Picture, Scatter, Span, legend_below, told
from kb.plots.style import CONTROLS, axis_label, canvas, condition_label, finish, is_wide, log_ticks, shorten, spoken
from schema.errors import UnknownName, did_you_mean
from schema.vocabulary import vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kb.plots.kinds import Asked

AGAINST = "current_density"
MOST_CATEGORIES = 12
SHARE_OF_GAP, SHARE_OF_AXIS = 0.7, 0.018  # that strategies side by side take at most; of the axis, each of them


def picture(asked: Asked) -> Picture:
    """Draw a metric against a condition.

    Samples that state the condition are drawn, and their controls where they state it too.  Marks at one value of the
    condition stand side by side, a strategy each.
    """
    metric, against = vocabulary().metric(asked.metric).name, asked.against or AGAINST
    if against not in CONDITIONS:
        near = did_you_mean(against, CONDITIONS) or f"; there are {', '.join(CONDITIONS)}"
        raise UnknownName(f"no test condition is {against!r}{near}")
    column = CONDITIONS[against]
    rows = asked.rows([metric])
    twice = second_hand(asked.db)
    controls: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        if row["is_control"]:
            controls[row.work].append(row)
    found = [row for row in rows if asked.counts(row) and row["id"] not in twice]
    treated = [row for row in found if not row["is_control"]]
    pairs = {
        row["id"]: control
        for row in treated
        if (control := control_of(row, controls[row.work])) is not None and is_alike(row, control)
    }
    seen = {row["id"]: row for row in [*found, *pairs.values()]}
    known = {i: row for i, row in seen.items() if row[column] is not None}
    if not known:
        remedy = f"kb find '{metric} IS KNOWN' shows what there is" if seen else "kb metrics lists others"
        missing = f"no {spoken(metric)} states its {spoken(against)}" if seen else f"there is no {spoken(metric)}"
        raise asked.nothing(missing, remedy)

    numeric = column in NUMBERS
    categories = [] if numeric else _categories(known.values(), column)
    at = {i: float(row[column]) if numeric else categories.index(row[column]) for i, row in known.items()}
    wide = numeric and is_wide(at.values())
    spread = side_by_side({i: (x, _group(known[i])) for i, x in at.items()}, wide, gap=None if numeric else 1.0)
    marks: dict[int, Mark] = {}
    for i, row in sorted(known.items(), key=lambda item: not item[1]["is_control"]):
        paired = pairs.get(i)
        marks[i] = Mark(
            Span(spread[i]), Span.of(row.columns), _group(row),
            {**told(row.columns, "control" if row["is_control"] else "treated"), against: row[column],
             "control": paired["id"] if paired is not None and paired["id"] in known else None},
            hollow=row["provenance"] == SECOND_HAND, control=marks.get(paired["id"]) if paired is not None else None,
        )  # fmt: skip
    scatter = Scatter(list(marks.values()))
    handles = scatter.legend()
    figure = canvas(asked.columns, 62 + 4.0 * -(-len(handles) // (2 * asked.columns)) + (0 if numeric else 8))
    axes = figure.subplots()
    scatter.draw(axes)
    scale_to(axes, "y", [m.y for m in scatter.marks])
    if numeric:
        scale_to(axes, "x", map(Span, at.values()))
    else:
        axes.set_xticks(range(len(categories)), [shorten(name, 22) for name in categories])
        if len(categories) > 3 * asked.columns:
            axes.tick_params(axis="x", rotation=35)
            for label in axes.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        axes.set_xlim(-0.6, len(categories) - 0.4)
    axes.set(xlabel=condition_label(against), ylabel=axis_label(metric))
    finish(axes)
    legend_below(figure, handles, asked.columns)
    left_out = len(seen) - len(known)
    notes = [f"{left_out} more do not state the {spoken(against)}"] if left_out else []
    if told_twice := sum(row["id"] in twice and asked.counts(row) for row in rows):
        notes.append(f"{told_twice} second-hand of works that count already left out")
    return Picture(figure, [mark.row for mark in scatter.marks], tuple(notes))


def _group(row: Row) -> str:
    return CONTROLS if row["is_control"] else str(row["strategy"])


def _categories(rows: Iterable[Row], column: str) -> list[str]:
    """Give the texts of a condition, those with most measurements first."""
    names = [str(row[column]) for row in rows]
    return sorted({*names}, key=lambda name: (-names.count(name), name))


def scale_to(axes: Axes, which: str, spans: Iterable[Span], logarithmic: bool | None = None) -> None:
    """Give an axis room for its values and their arrows; make it logarithmic where they spread over decades, or told.

    Parameters
    ----------
    which : "x" or "y"
    """
    seen = list(spans)
    values = [end for span in seen for end in span.ends]
    room = 0.25 if any(span.side for span in seen) else 0.09
    (axes.set_xmargin if which == "x" else axes.set_ymargin)(room)
    if is_wide(values) if logarithmic is None else logarithmic:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        log_ticks(axes.xaxis if which == "x" else axes.yaxis, values)


def side_by_side(
    places: Mapping[int, tuple[float, str]], logarithmic: bool = False, gap: float | None = None
) -> dict[int, float]:
    """Spread marks at one value of an axis, so that groups do not hide each other; no two values change order.

    Parameters
    ----------
    places : value and group of each mark; values positive where ``logarithmic``
    gap : the smallest distance of two values; found where None

    Returns
    -------
    dict of mark -> where it is drawn

    Examples
    --------
    >>> drawn = side_by_side({1: (1.0, "a"), 2: (1.0, "b"), 3: (2.0, "a")})
    >>> drawn[1] < 1.0 < drawn[2] < drawn[3] == 2.0
    True
    """

    def along(value: float) -> float:
        return math.log10(value) if logarithmic else value

    values = sorted({along(x) for x, _ in places.values()})
    span = (values[-1] - values[0]) or abs(values[0]) or 1.0
    least = gap or min((b - a for a, b in pairwise(values)), default=span)
    groups: dict[float, set[str]] = defaultdict(set)
    for x, group in places.values():
        groups[x].add(group)
    out = {}
    for mark, (x, group) in places.items():
        beside = sorted(groups[x], key=lambda name: (name != CONTROLS, name))
        room = SHARE_OF_GAP * least
        width = room if gap else min(room, SHARE_OF_AXIS * span * len(beside))
        offset = (beside.index(group) - (len(beside) - 1) / 2) * width / len(beside)
        moved = along(x) + offset
        out[mark] = x if len(beside) == 1 else 10**moved if logarithmic else moved
    return out
