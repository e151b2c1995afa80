"""Two criteria, or the pairs of three: what no other candidate beats in all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.plots.forest import Scale, study_of
from kb.plots.marks import SECOND_HAND, Mark, Picture, Scatter, Span, legend_below, listed
from kb.plots.metric import scale_to
from kb.plots.style import (
    CONTROLS,
    FRONT,
    INK,
    QUIET,
    SMALL,
    WIDTHS,
    axis_label,
    canvas,
    finish,
    plain,
    shorten,
    spoken,
)
from kb.screening.effects import OPEN_SIDE, Observation
from kb.screening.rank import Candidate, Criterion, pareto_front
from schema.errors import BadPlot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kb.plots.kinds import Asked

FEW, MOST_CRITERIA = 2, 3
MOST_NAMED = 12  # of the front, under the figure
MM_A_LINE = 3.6
MANY_PAIRS = 40  # candidates, above which the controls of the front alone are drawn
QUANTILES = (0.05, 0.95)
_OF_VALUE = ("value", "value_max", "qualifier", "unit", "conditions")
Row = Mapping[str, Any]


def picture(asked: Asked) -> Picture:
    """Draw candidates of which all criteria are known, those of the front numbered and named.

    Without a study they stand at their values, of a range at the worse end, and are joined to their controls; with one
    at their expected effects, with 90 % intervals, and the front is that of the study.
    """
    if asked.study is None:
        return _of_values(asked)
    return _of_study(asked)


def _criteria(criteria: Sequence[Criterion]) -> Sequence[Criterion]:
    if not FEW <= len(criteria) <= MOST_CRITERIA:
        raise BadPlot(
            f"pareto: it draws two or three criteria, not {len(criteria)}; "
            "write --by coulombic_efficiency --by cycling_hours"
        )
    return criteria


def _of_values(asked: Asked) -> Picture:
    from kb.screening.rank import parse_criterion

    criteria = _criteria([parse_criterion(text) for text in asked.by])
    ranked = asked.base.rank(criteria, where=asked.where or None, min_confidence=asked.min_confidence)
    known = [r for r in ranked if r.known == len(criteria)]
    if not known:
        what = " and ".join(spoken(c.metric) for c in criteria)
        by = " ".join(f"--by {c.metric}" for c in criteria)
        raise asked.nothing(f"no sample has {what}", f"kb rank {by} shows which has what")
    sign = [1.0 if c.direction == "max" else -1.0 for c in criteria]
    front = pareto_front(
        [[s * r.values[c.metric] for s, c in zip(sign, criteria, strict=True)] for r in known]
    ).tolist()
    ids = [o.measurement for r in known for o in _seen(r.candidate, criteria) if o is not None]
    places = asked.base.places(i for i in ids if i is not None)
    strategies = [_strategy(r.candidate, criteria, places) for r in known]
    order = [i for i, on in enumerate(front) if on]
    numbers = {i: n for n, i in enumerate(order, start=1)}
    candidates = [r.candidate for r in known]
    with_controls = {i for i in range(len(known)) if front[i] or len(known) <= MANY_PAIRS}
    drawn = [
        (pair, _marks_of_pair(pair, candidates, strategies, front, with_controls, places, numbers))
        for pair in itertools.combinations(criteria, 2)
    ]
    names = [f"{candidates[i].name} · {candidates[i].paper}" for i in order]
    figure, panels = _panels(asked, len(drawn), names, [m for _, marks in drawn for m in marks])
    for axes, ((x, y), marks) in zip(panels, drawn, strict=True):
        Scatter(marks).draw(axes)
        scale_to(axes, "x", [m.x for m in marks])
        scale_to(axes, "y", [m.y for m in marks])
        if len(criteria) == FEW:
            path = staircase([(m.x.at, m.y.at) for m in marks if m.row["front"]], x.direction == "max")
            axes.plot(*zip(*path, strict=True), color=FRONT, lw=0.9, ls=(0, (4, 2)), zorder=1.5, gid="front")
        _number(axes, marks)
        axes.set(xlabel=axis_label(x.metric), ylabel=axis_label(y.metric))
        _better(axes, x, y)
        finish(axes)
    rows = [m.row for _, marks in drawn for m in marks]
    left_out = len(ranked) - len(known)
    notes = (f"{left_out} more have only some of the criteria",) if left_out else ()
    return Picture(figure, rows, notes)


def _seen(candidate: Candidate, criteria: Sequence[Criterion]) -> list[Observation | None]:
    found = [candidate.observations[c.metric] for c in criteria if c.metric in candidate.observations]
    return [*found, *(o.control for o in found)]


def _strategy(candidate: Candidate, criteria: Sequence[Criterion], places: Mapping[int, Row]) -> str:
    told = [str(row["strategy"]) for row in _placed((candidate.observations[c.metric] for c in criteria), places)]
    return max(sorted({*told}), key=told.count, default="other")


def _marks_of_pair(
    pair: tuple[Criterion, Criterion], candidates: Sequence[Candidate], strategies: Sequence[str],
    front: Sequence[bool], with_controls: set[int], places: Mapping[int, Row], numbers: Mapping[int, int],
) -> list[Mark]:  # fmt: skip
    """Give the marks of one panel: each candidate after its control, the front last, so that nothing hides it."""
    marks: list[Mark] = []
    for i in sorted(range(len(candidates)), key=lambda i: front[i]):
        candidate = candidates[i]
        seen = [candidate.observations[c.metric] for c in pair]
        bare = [o.control for o in seen]
        shared = {"sample": candidate.name, "paper": candidate.paper, "strategy": strategies[i],
                  "front": int(front[i]), "number": numbers.get(i)}  # fmt: skip
        control = None
        if i in with_controls and all(b is not None and b.unit == o.unit for b, o in zip(bare, seen, strict=True)):
            both = [b for b in bare if b is not None]
            x, y = (_span(b, c, control=True) for b, c in zip(both, pair, strict=True))
            row = {"drawn": "control", **_row(both, pair, places), **shared, "front": 0, "number": None}
            control = Mark(x, y, CONTROLS, row, pale=not front[i])
            marks.append(control)
        cited = any(r["provenance"] == SECOND_HAND for r in _placed(seen, places))
        x, y = (_span(o, c) for o, c in zip(seen, pair, strict=True))
        row = {"drawn": "treated", **_row(seen, pair, places), **shared}
        marks.append(Mark(x, y, strategies[i], row, cited, control, pale=not front[i]))
    return marks


def _span(seen: Observation, criterion: Criterion, control: bool = False) -> Span:
    """Place a value at the end it is held to: the worse one, of a control the better one."""
    at = seen.end(largest=criterion.direction == "max") if control else seen.worse_end(criterion.direction)
    ends = [seen.value] if seen.value_max is None else [seen.value, seen.value_max]
    other = next((end for end in ends if end != at), None)
    return Span(at, other, OPEN_SIDE.get(seen.qualifier, 0))


def _row(seen: Sequence[Observation], pair: Sequence[Criterion], places: Mapping[int, Row]) -> dict[str, Any]:
    rows = _placed(seen, places)
    told: dict[str, Any] = listed(rows)
    for axis, criterion, one in zip("xy", pair, seen, strict=True):
        told[axis] = criterion.metric
        told |= {f"{axis}_{name}": getattr(one, name) for name in _OF_VALUE}
    return told


def _placed(seen: Iterable[Observation], places: Mapping[int, Row]) -> list[Row]:
    """Give the rows that values stand in."""
    return [places[o.measurement] for o in seen if o.measurement is not None]


def _of_study(asked: Asked) -> Picture:
    import numpy as np

    study = study_of(asked, ())
    criteria = _criteria(study.criteria)
    answer = asked.base.study(study)
    drawn = np.concatenate([answer.panel.draws(study.seed, block) for block in study.blocks])
    low, high = np.quantile(drawn, QUANTILES, axis=0)
    known = [i for i in range(len(answer.expected)) if answer.panel.known[i].all()]
    if not known:
        raise asked.nothing("no candidate of the study is known in all its criteria", "kb rank --study shows which is")
    effects = answer.comparison.effects
    order = [i for i in answer.order if answer.front[i] and i in known]
    numbers = {i: n for n, i in enumerate(order, start=1)}
    ids = [o.measurement for i in known for e in effects[i] if (o := e.observation) is not None]
    places = asked.base.places(i for i in ids if i is not None)
    pairs = list(itertools.combinations(range(len(criteria)), 2))
    scales = [Scale.of(c, effects[known[0]][k].against) for k, c in enumerate(criteria)]
    marks_of: list[list[Mark]] = []
    for a, b in pairs:
        marks = []
        for i in sorted(known, key=lambda i: bool(answer.front[i])):
            rows = _placed([e.observation for e in effects[i] if e.observation is not None], places)
            candidate = answer.comparison.candidates[i]
            row = {
                "drawn": "expected", **listed(rows), "sample": candidate.name, "paper": candidate.paper,
                "strategy": answer.comparison.classes[i], "front": int(answer.front[i]), "number": numbers.get(i),
            }  # fmt: skip
            for axis, k in zip("xy", (a, b), strict=True):
                row |= {axis: criteria[k].metric, f"{axis}_effect": float(answer.expected[i, k]),
                        f"{axis}_low": float(low[i, k]), f"{axis}_high": float(high[i, k])}  # fmt: skip
            x, y = (Span(scales[k].at(float(answer.expected[i, k]))) for k in (a, b))
            cited = any(r["provenance"] == SECOND_HAND for r in rows)
            marks.append(Mark(x, y, answer.comparison.classes[i], row, cited, pale=not answer.front[i]))
        marks_of.append(marks)
    names = [f"{c.name} · {c.paper}" for c in (answer.comparison.candidates[i] for i in order)]
    figure, panels = _panels(asked, len(pairs), names, [m for marks in marks_of for m in marks])
    for axes, (a, b), marks in zip(panels, pairs, marks_of, strict=True):
        for m in marks:
            if m.row["front"]:
                ends = {
                    k: [scales[i].at(m.row[f"{k}_{end}"]) for end in ("low", "high")] for k, i in (("x", a), ("y", b))
                }
                axes.plot(ends["x"], [m.y.at] * 2, color=QUIET, lw=0.6, zorder=2)
                axes.plot([m.x.at] * 2, ends["y"], color=QUIET, lw=0.6, zorder=2)
        Scatter(marks).draw(axes)
        for which, spans in (("x", [m.x for m in marks]), ("y", [m.y for m in marks])):
            scale_to(axes, which, spans, logarithmic=True)
        _number(axes, marks)
        axes.set(xlabel=scales[a].label.replace(": ", ":\n"), ylabel=scales[b].label.replace(": ", ":\n"))
        finish(axes)
    return Picture(figure, [m.row for marks in marks_of for m in marks])


def _panels(asked: Asked, number: int, names: Sequence[str], marks: Sequence[Mark]) -> tuple[Figure, Sequence[Axes]]:
    """Begin a figure: some panels, a legend under them, under that the names of the front.

    Parameters
    ----------
    number : of panels
    names : of the front, in the order of their numbers
    marks : of all panels; each has as many
    """
    across = 1 if asked.columns == 1 else number
    down = number // across
    handles = Scatter(marks[: len(marks) // number]).legend()
    lines = [shorten(f"{n}  {name}", 62) for n, name in enumerate(names[:MOST_NAMED], start=1)]
    if len(names) > MOST_NAMED:
        lines[-1] = f"and {len(names) - MOST_NAMED + 1} more, in the table"
    half = -(-len(lines) // asked.columns)
    legend = 3.9 * -(-len(handles) // (2 * asked.columns))
    above, below = (62 if across == 1 else min(66, WIDTHS[2] / across)) * down + legend, MM_A_LINE * (half + 1)
    figure = canvas(asked.columns, above + below)
    upper, lower = figure.subfigures(2, 1, height_ratios=[above, below], squeeze=False)[:, 0]
    panels = upper.subplots(down, across, squeeze=False).ravel()
    legend_below(upper, handles, asked.columns)
    for place in range(0, len(lines), half):
        block = "\n".join(lines[place : place + half])
        plain([lower.text(0.03 + 0.49 * (place > 0), 0.95, block, fontsize=SMALL, va="top", linespacing=1.35)])
    return figure, panels


def staircase(front: Iterable[tuple[float, float]], more_x: bool) -> list[tuple[float, float]]:
    """Give the border of what points dominate, corner by corner.

    Parameters
    ----------
    front : points of which none dominates another
    more_x : more is better along x

    Examples
    --------
    >>> staircase([(2.0, 1.0), (1.0, 3.0)], more_x=True)
    [(1.0, 3.0), (1.0, 1.0), (2.0, 1.0)]
    """
    corners = sorted({*front})
    path: list[tuple[float, float]] = []
    for one, two in itertools.pairwise(corners):
        # Where more is better, all that is worse than a corner lies to its left; where less is, to its right.
        path += [one, (one[0], two[1]) if more_x else (two[0], one[1])]
    return path + corners[-1:]


def _number(axes: Axes, marks: Sequence[Mark]) -> None:
    """Put its number beside each mark of the front; where marks stand at one place, their numbers side by side."""
    numbers: dict[tuple[float, float], list[int]] = {}
    for m in marks:
        if m.row["number"] and m.row["number"] <= MOST_NAMED:
            numbers.setdefault((m.x.at, m.y.at), []).append(m.row["number"])
    for place, told in numbers.items():
        axes.annotate(
            ", ".join(map(str, sorted(told))), place, xytext=(4, 3), textcoords="offset points", fontsize=SMALL,
            color=INK, zorder=6,
        )  # fmt: skip


def _better(axes: Axes, x: Criterion, y: Criterion) -> None:
    across = "→" if x.direction == "max" else "←"
    up = "↑" if y.direction == "max" else "↓"
    axes.set_title(f"better {across} {up}", loc="right", fontsize=SMALL, color=QUIET, pad=3)
