"""What is drawn and said of a ranking: who is first, what that hangs on, its Pareto plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from kb.screening.decision import CLEAR_WINNER
from kb.studies import Answer
from kb.study_tables import footnotes, interval
from kb.tui.chart import Chart, Ends, Point
from kb.tui.text import Block
from kb.words import counted, number

NUMBERED = 9  # candidates that stand in the plot by their places
LEAST = 0.2  # [ln] that an axis spans: nearer ones differ by the noise of the draws
ROOM = 0.1  # of an axis, above the highest point, for its name
_MOVING = ("With ", "The experiment", "Rank reversal", "Partial")  # what hangs on the weights
_VERDICTS = ("is first", "alone has")


def verdict(answer: Answer) -> Text:
    """Say who is first and how surely; or that too little is known to say."""
    best, n = answer.order[0], len(answer.comparison.candidates)
    first, name = float(answer.places.top(1)[best]), answer.comparison.candidates[best].name
    if n == 1:
        said = Text.assemble((name, "bold"), " alone has such values: there is nothing to compare it with")
    elif first >= CLEAR_WINNER:
        said = Text.assemble((name, "bold"), f" is first in {100 * first:.0f} % of {answer.done} draws")
    else:
        said = Text.assemble(
            ("Too little comparable evidence to name a winner", "bold"), f": {name} is first in {100 * first:.0f} %"
        )
    return said.append(f"  of {counted(n, 'candidate')}", "dim")


def hanging(answer: Answer, looking: bool) -> list[Block]:
    """Say what a ranking hangs on: first what would turn it, then what it was made in.

    Parameters
    ----------
    looking : what would turn it is still being looked for
    """
    lines = footnotes(answer, across="b")
    moving = [line for line in lines if line.startswith(_MOVING)]
    blocks = [Block(Text(line, "bold" if line.startswith("With ") else ""), gap=False) for line in moving]
    if not answer.turns and len(answer.comparison.candidates) > 1:
        said = "Looking for what would turn it …" if looking else "No weights were found that make another the winner."
        blocks.insert(0, Block(Text(said, "dim"), gap=False))
    rest = [line for line in lines if line not in moving and not any(word in line for word in _VERDICTS)]
    rest.append("? too little comparable evidence for a place; p, m, c: papers, measurements, controls behind it.")
    return [*blocks, *(Block(Text(line, "dim" if line[0] in "◆?" else ""), gap=False) for line in rest)]


def front(answer: Answer, axes: tuple[int, int], chosen: int) -> Chart:
    """Draw the expected effects on two criteria; the first by their places, the Pareto front in colour.

    Parameters
    ----------
    axes : indexes of the criteria
    chosen : place of the candidate that stands out, counted from 0
    """
    if axes[0] == axes[1]:
        return Chart(empty="a adds a second criterion to plot against")
    order = answer.order
    # From the last to the first, the chosen one over all.
    places = [*(p for p in range(len(order) - 1, -1, -1) if p != chosen), chosen]
    points = []
    for place in places:
        index = order[place]
        x, y = (float(answer.expected[index, k]) for k in axes)
        is_free, is_numbered = bool(answer.front[index]), place < NUMBERED
        sign = str(place + 1) if is_numbered else "◆" if is_free else "·"
        colour = "primary" if is_free else "foreground" if is_numbered else "secondary"
        words = answer.comparison.candidates[index].name if place == chosen else ""
        points.append(Point(x, y, sign, "accent" if place == chosen else colour, words, is_free or place == chosen))
    names = [f"{answer.comparison.criteria[k].metric.replace('_', ' ')} [ln]" for k in axes]
    x_ends, (bottom, top) = _ends([p.x for p in points]), _ends([p.y for p in points])
    y_ends = (bottom, top + ROOM * (top - bottom))
    return Chart(points=points, x_label=names[0], y_label=names[1], x_ends=x_ends, y_ends=y_ends)


def _ends(values: Sequence[float]) -> Ends:
    low, high = min(values), max(values)
    lacking = max(LEAST - (high - low), 0.0) / 2
    return low - lacking, high + lacking


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a row of :func:`kb.study_tables.answer_rows` flat, the columns of each criterion named after it."""

    def pairs() -> Iterator[tuple[str, Any]]:
        yield from ((key, value) for key, value in row.items() if key not in ("effects", "key"))
        for effect in row["effects"]:
            metric = effect["metric"]
            yield metric, effect["value"]
            yield f"{metric}_factor", interval(effect)
            yield f"{metric}_expected", number(effect["expected"])
            yield f"{metric}_measurement", effect["measurement"]
            yield f"{metric}_control", effect["control"]

    return dict(pairs())
