"""A small chart of text: curves in braille (in ASCII, stars), points as characters, thin axes with round numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from kb.tui.looks import InASCII

# The bit of each dot of a braille character, rows from the top: U+2800 has none.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_EMPTY = 0x2800  # the first of the braille characters; no other sign here is beyond
SAMPLES = 4  # points a dot that a curve is followed by
Ends = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A line through points.

    Attributes
    ----------
    x, y : of one length; NaN leaves a gap
    colour : of the theme ("primary") or as Rich takes it
    steps : hold each value up to the next point
    """

    x: Sequence[float]
    y: Sequence[float]
    colour: str = "primary"
    steps: bool = False


@dataclass(frozen=True)
class Point:
    """A character at a place, with words beside it; drawn over the curves, the later over the earlier."""

    x: float
    y: float
    sign: str
    colour: str = "foreground"
    words: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes
    ----------
    x_label, y_label : with their units
    x_ends, y_ends : what the axes span; None where everything shall be seen
    legend : lines in the upper right corner, each a colour and its words
    empty : said where there is nothing to draw
    """

    curves: Sequence[Curve] = ()
    points: Sequence[Point] = ()
    x_label: str = ""
    y_label: str = ""
    x_ends: Ends | None = None
    y_ends: Ends | None = None
    legend: Sequence[tuple[str, str]] = ()
    empty: str = "nothing to draw"


def ticks(low: float, high: float, most: int) -> list[float]:
    """Give round numbers within two ends.

    Examples
    --------
    >>> ticks(0.0, 9.7, 5), ticks(0.02, 0.031, 3)
    ([0.0, 2.0, 4.0, 6.0, 8.0], [0.02, 0.025, 0.03])
    """
    raw = (high - low) / max(most, 1)
    if not raw > 0 or not math.isfinite(raw):
        return [low]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass
class _Cells:
    """The characters of a chart and their styles, filled from the back to the front."""

    width: int
    height: int
    signs: list[list[str]] = field(init=False)
    colours: list[list[tuple[str, bool]]] = field(init=False)

    def __post_init__(self) -> None:
        self.signs = [[" "] * self.width for _ in range(self.height)]
        self.colours = [[("secondary", False)] * self.width for _ in range(self.height)]

    def put(self, row: int, column: int, text: str, colour: str, bold: bool = False) -> None:
        for place, sign in enumerate(text, start=column):
            if 0 <= row < self.height and 0 <= place < self.width:
                self.signs[row][place], self.colours[row][place] = sign, (colour, bold)

    def is_free(self, row: int, column: int, length: int) -> bool:
        """Say whether words may stand there: over nothing, or over curves."""
        inside = 0 <= row < self.height and column >= 0 and column + length <= self.width
        return inside and all(sign in " *" or ord(sign) >= _EMPTY for sign in self.signs[row][column : column + length])

    def lines(self) -> list[list[tuple[str, str, bool]]]:
        out = []
        for signs, colours in zip(self.signs, self.colours, strict=True):
            line: list[tuple[str, str, bool]] = []
            for sign, (colour, bold) in zip(signs, colours, strict=True):
                if line and line[-1][1:] == (colour, bold):
                    line[-1] = (line[-1][0] + sign, colour, bold)
                else:
                    line.append((sign, colour, bold))
            out.append(line)
        return out


def draw(chart: Chart, width: int, height: int, ascii: bool = False) -> list[list[tuple[str, str, bool]]]:
    """Draw a chart.

    Returns
    -------
    list of lines, each a list of (text, colour, whether it is bold)

    Examples
    --------
    >>> chart = Chart([Curve([0, 1], [0, 1])], x_label="x", y_label="y")
    >>> for line in draw(chart, 16, 5):
    ...     print("".join(text for text, _, _ in line).rstrip())
    1│y         ⢀⡠⠔⠋
     │       ⣠⠴⠚⠉
     │   ⣀⡤⠖⠋
    0│⣠⠔⠊⠁
     └0────────────1
    """
    cells = _Cells(width, height)
    ends = _ends(chart)
    if ends is None or width < 12 or height < 4:
        said = chart.empty[:width]
        cells.put(height // 2, max((width - len(said)) // 2, 0), said, "secondary")
        return cells.lines()
    (left, right), (bottom, top) = ends
    y_ticks = ticks(bottom, top, max((height - 1) // 3, 1)) if height > 6 else [bottom, top]
    names = [_short(y) for y in y_ticks]
    margin = max(map(len, names))
    area_width, area_height = width - margin - 1, height - 1
    _axes(cells, chart, ends, list(zip(y_ticks, names, strict=True)), margin)

    def row_of(y: float) -> int:
        return min(max(int((top - y) / (top - bottom) * area_height), 0), area_height - 1)

    def column_of(x: float) -> int:
        return margin + 1 + min(max(int((x - left) / (right - left) * area_width), 0), area_width - 1)

    for curve in chart.curves:
        _curve(cells, curve, ends, margin + 1, area_width, area_height, ascii)
    cells.put(0, margin + 1, chart.y_label[: max(area_width, 0)], "foreground")
    for point in chart.points:
        if math.isfinite(point.x) and math.isfinite(point.y):
            cells.put(row_of(point.y), column_of(point.x), point.sign, point.colour, point.bold)
    for point in reversed(chart.points):
        if point.words and math.isfinite(point.x) and math.isfinite(point.y):
            row, column = row_of(point.y), column_of(point.x)
            for start in (column + 2, column - 1 - len(point.words)):
                if start > margin and cells.is_free(row, start, len(point.words)):
                    cells.put(row, start, point.words, point.colour, point.bold)
                    break
    widest = max((len(words) for _, words in chart.legend), default=0)
    for row, (colour, words) in enumerate(chart.legend):
        if widest + 3 < area_width and row < area_height:
            cells.put(row, width - widest - 3, "━━ " if not ascii else "-- ", colour)
            cells.put(row, width - widest, words, "foreground")
    return cells.lines()


def _ends(chart: Chart) -> tuple[Ends, Ends] | None:
    def span(given: Ends | None, values: list[float]) -> Ends | None:
        if given is not None:
            return given
        known = [v for v in values if math.isfinite(v)]
        if not known:
            return None
        low, high = min(known), max(known)
        room = 0.5 + 0.01 * abs(low)
        return (low, high) if high - low > 1e-9 * room else (low - room, high + room)

    if not any(len(c.x) for c in chart.curves) and not chart.points:
        return None
    x = span(chart.x_ends, [float(v) for c in chart.curves for v in c.x] + [p.x for p in chart.points])
    y = span(chart.y_ends, [float(v) for c in chart.curves for v in c.y] + [p.y for p in chart.points])
    return None if x is None or y is None else (x, y)


def _axes(cells: _Cells, chart: Chart, ends: tuple[Ends, Ends], names: list[tuple[float, str]], margin: int) -> None:
    (left, right), (bottom, top) = ends
    foot, rows = cells.height - 1, cells.height - 1
    for row in range(rows):
        cells.put(row, margin, "│", "secondary")
    cells.put(foot, margin, "└" + "─" * (cells.width - margin - 1), "secondary")
    for value, name in names:
        row = min(max(int((top - value) / (top - bottom) * rows), 0), rows - 1)
        cells.put(row, margin - len(name), name, "secondary")
    width, free = cells.width - margin - 1, margin + 1
    label = f" {chart.x_label} " if chart.x_label and len(chart.x_label) + 2 < 2 * width // 3 else ""
    for value in ticks(left, right, max(width // 14, 1)):
        name = _short(value)
        start = margin + 1 + min(int((value - left) / (right - left) * width), width - len(name))
        if start >= free and start + len(name) <= cells.width - (len(label) if value < right else 0):
            cells.put(foot, start, name, "secondary")
            free = start + len(name) + 1
    if label and free <= cells.width - len(label):
        cells.put(foot, cells.width - len(label), label.rstrip(), "foreground")


def _curve(
    cells: _Cells, curve: Curve, ends: tuple[Ends, Ends], first: int, width: int, height: int, ascii: bool
) -> None:
    across, down = (1, 1) if ascii else (2, 4)
    (left, right), (bottom, top) = ends
    x, y = np.asarray(curve.x, np.float64), np.asarray(curve.y, np.float64)
    if curve.steps and len(x) > 1:
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    columns = (x - left) / (right - left) * (width * across - 1)
    rows = (top - y) / (top - bottom) * (height * down - 1)
    # What lies far beyond the ends is not followed.
    columns = np.clip(columns, -width * across, 2 * width * across)
    rows = np.clip(rows, -height * down, 2 * height * down)
    if len(x) > 1:
        # As many points between two as there are dots, so that no line has holes.
        length = np.maximum(np.abs(np.diff(columns)), np.abs(np.diff(rows)))
        length = np.where(np.isfinite(length), length, 0.0)
        at = np.concatenate([[0.0], np.cumsum(np.maximum(length, 1e-9))])
        dense = np.linspace(0.0, at[-1], int(at[-1] * SAMPLES) + 2)
        columns, rows = np.interp(dense, at, columns), np.interp(dense, at, rows)
    kept = np.isfinite(columns) & np.isfinite(rows)
    i, j = rows[kept].round().astype(int), columns[kept].round().astype(int)
    inside = (i >= 0) & (i < height * down) & (j >= 0) & (j < width * across)
    dots = np.zeros((height * down, width * across), bool)
    dots[i[inside], j[inside]] = True
    if ascii:
        for row, column in np.argwhere(dots).tolist():
            cells.put(row, first + column, "*", curve.colour)
        return
    codes = (dots.reshape(height, 4, width, 2).transpose(0, 2, 1, 3) * _BITS).sum(axis=(2, 3))
    for row, column in np.argwhere(codes).tolist():
        before = ord(cells.signs[row][first + column])
        code = int(codes[row, column]) | (before - _EMPTY if _EMPTY <= before < _EMPTY + 256 else 0)
        cells.put(row, first + column, chr(_EMPTY + code), curve.colour)


def _short(value: float) -> str:
    return "0" if value == 0 else f"{value:.4g}"


class ChartView(Widget):
    """A chart as large as there is room; nothing in it is gone through, so it takes no keys."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._chart = Chart()
        self._drawn: tuple[Any, list[list[tuple[str, str, bool]]]] = (None, [])

    @property
    def chart(self) -> Chart:
        """What is drawn."""
        return self._chart

    def show(self, chart: Chart) -> None:
        """Draw another chart."""
        self._chart = chart
        self._drawn = (None, [])
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a line of it."""
        size, plain = self.size, self.rich_style
        only_ascii = any(isinstance(f, InASCII) for f in self.app.get_line_filters())
        if self._drawn[0] != (size, only_ascii):
            self._drawn = ((size, only_ascii), draw(self._chart, size.width, size.height, only_ascii))
        lines = self._drawn[1]
        if y >= len(lines):
            return Strip.blank(size.width, plain)
        theme = self.app.theme_variables
        segments = [
            Segment(text, plain + Style(color=theme.get(colour, colour), bold=bold)) for text, colour, bold in lines[y]
        ]
        return Strip(segments).adjust_cell_length(size.width, plain)


def share_bar(share: float, width: int, mark: float | None = None) -> Text:
    """Draw a share of a whole as a bar; with a mark at another share.

    Examples
    --------
    >>> share_bar(0.5, 6).plain, share_bar(0.1, 4, 1.0).plain
    ('███   ', '▍  │')
    """
    filled = max(0.0, min(share, 1.0)) * width
    whole = int(filled)
    part = "" if whole >= width else " ▏▎▍▌▋▊▉"[int((filled - whole) * 8)]
    signs = list(("█" * whole + part).ljust(width))
    if mark is not None and width:
        signs[min(int(mark * width), width - 1)] = "│"
    return Text("".join(signs))
