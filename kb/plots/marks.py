"""Points of a figure: each with its arrows, bars and pair, and the row of the table beside the figure it stands for."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.plots.style import CONTROL, CONTROL_MARKER, CONTROLS, INK, JOIN, look
from kb.screening.effects import OPEN_SIDE
from kb.words import conditions

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = 22.0  # area of a mark [pt^2]
ARROW = 15.0  # length of an arrow [pt]
PALE = 0.4  # of full colour
MANY = 300  # marks, above which they are drawn smaller
_SIZES = {"^": 1.3, "v": 1.3, "<": 1.3, ">": 1.3, "P": 1.5, "X": 1.5, "*": 1.9, "p": 1.2, "h": 1.2}  # equal to the eye
SECOND_HAND = "cited"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """Where a mark stands along one axis.

    Attributes
    ----------
    at : the value, of a range the end it is held to
    other : the other end of a range, else None
    side : 1 or -1 where the value is a bound and the truth lies above or below it, else 0
    """

    at: float
    other: float | None = None
    side: int = 0

    @classmethod
    def of(cls, row: Row) -> Span:
        """Give that of the value of a row of ``measurement_view``.

        Examples
        --------
        >>> Span.of({"value": 1400.0, "value_max": None, "qualifier": ">"})
        Span(at=1400.0, other=None, side=1)
        """
        return cls(row["value"], row["value_max"], OPEN_SIDE.get(row["qualifier"], 0))

    @property
    def ends(self) -> tuple[float, ...]:
        """All that must have room on the axis."""
        return (self.at,) if self.other is None else (self.at, self.other)


@dataclass(frozen=True)
class Mark:
    """One point of a figure.

    Attributes
    ----------
    x, y : where it stands
    group : a strategy, or ``style.CONTROLS``: says colour and marker
    row : what it stands for, a row of the table beside the figure
    hollow : it is second-hand
    control : the mark of what it was compared with
    pale : it stands back behind others
    """

    x: Span
    y: Span
    group: str
    row: Row
    hollow: bool = False
    control: Mark | None = field(default=None, repr=False)
    pale: bool = False

    @property
    def url(self) -> str | None:
        """Where its paper is found; None without a DOI."""
        return link(self.row.get("doi"))


@dataclass(frozen=True)
class Picture:
    """A figure that is drawn, with what stands in it.

    Attributes
    ----------
    figure : of matplotlib
    rows : of the table beside it, one a point
    notes : what else is to be said of it
    """

    figure: Figure
    rows: Sequence[Row]
    notes: tuple[str, ...] = ()


def link(doi: str | None) -> str | None:
    """Give the address that a DOI resolves at.

    Examples
    --------
    >>> link("10.1039/d1ma00121c")
    'https://doi.org/10.1039/d1ma00121c'
    """
    return f"https://doi.org/{doi}" if doi else None


def told(row: Row, drawn: str = "value") -> dict[str, Any]:
    """Give what the table beside a figure says of a row of ``measurement_view``.

    Parameters
    ----------
    drawn : what is drawn of it
    """
    return {
        "drawn": drawn,
        "measurements": [row["id"]],
        "doi": row["doi"],
        "source": row["source"],
        "sample": row["subject"],
        "strategy": row["strategy"],
        "is_control": int(row["is_control"]),
        "metric": row["metric"],
        "qualifier": row["qualifier"],
        **{name: row[name] for name in ("value", "value_max", "unit")},
        "conditions": conditions({k: v for k, v in row.items() if not isinstance(v, list)}),
        "provenance": row["provenance"],
        "cited_ref": row["cited_ref"],
        "confidence": row["confidence"],
    }


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write the table beside a figure as CSV; it takes its place when it is whole."""
    part = path.with_name(f"{path.name}.part")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Scatter:
    """Marks on axes, and the legend that explains those that are there.

    Attributes
    ----------
    marks : in the order in which they are drawn
    """

    marks: Sequence[Mark]

    @cached_property
    def groups(self) -> list[str]:
        """The groups, those with most marks first, controls last."""
        counted = Counter(m.group for m in self.marks)
        return sorted(counted, key=lambda g: (g == CONTROLS, -counted[g], g))

    @property
    def size(self) -> float:
        """Area of a mark [pt^2]."""
        return SIZE if len(self.marks) <= MANY else SIZE / 2

    def draw(self, axes: Axes) -> None:
        """Draw the joins, then ranges and bounds, then the marks; one collection a group, each mark with its link."""
        from matplotlib.collections import LineCollection

        few = len(self.marks) <= MANY
        pairs = [[(m.x.at, m.y.at), (c.x.at, c.y.at)] for m in self.marks if (c := m.control) is not None]
        axes.add_collection(LineCollection(pairs, colors=JOIN, linewidths=0.8 if few else 0.4, zorder=1, gid="pairs"))
        self._bars(axes)
        self._arrows(axes)
        looks: dict[tuple[str, bool, bool], list[Mark]] = defaultdict(list)
        for mark in self.marks:
            looks[mark.group, mark.hollow, mark.pale].append(mark)
        for (group, hollow, pale), marks in looks.items():
            colour, marker = look(group)
            drawn = axes.scatter(
                [m.x.at for m in marks], [m.y.at for m in marks], s=self.size * _SIZES.get(marker, 1.0), marker=marker,
                linewidths=0.9 if hollow else 0.4,
                facecolors="white" if hollow else colour, edgecolors=colour if hollow else "white",
                alpha=PALE if pale else None, zorder=3 if pale else 4,
                gid=f"{group}{', second-hand' if hollow else ''}",
            )  # fmt: skip
            drawn.set_urls([m.url for m in marks])

    def _bars(self, axes: Axes) -> None:
        from matplotlib.collections import LineCollection

        bars, colours = [], []
        for m in self.marks:
            if m.x.other is not None:
                bars.append([(m.x.at, m.y.at), (m.x.other, m.y.at)])
                colours.append(look(m.group)[0])
            if m.y.other is not None:
                bars.append([(m.x.at, m.y.at), (m.x.at, m.y.other)])
                colours.append(look(m.group)[0])
        axes.add_collection(
            LineCollection(bars, colors=colours, linewidths=3.2, alpha=0.35, zorder=2, gid="ranges", capstyle="butt")
        )

    def _arrows(self, axes: Axes) -> None:
        """Draw bounds as arrows of one length in print, whatever the scale: as markers."""
        from matplotlib.colors import to_rgba

        arrows: dict[tuple[int, int], list[Mark]] = defaultdict(list)
        for m in self.marks:
            if m.x.side:
                arrows[m.x.side, 0].append(m)
            if m.y.side:
                arrows[0, m.y.side].append(m)
        for (right, up), marks in arrows.items():
            colours = [to_rgba(look(m.group)[0], PALE if m.pale else 1.0) for m in marks]
            lengths = [ARROW * (self.size / SIZE) ** 0.5 * (0.6 if m.pale else 1.0) for m in marks]
            axes.scatter(
                [m.x.at for m in marks], [m.y.at for m in marks], marker=arrow(right, up), zorder=2.5,
                s=[(2 * length) ** 2 for length in lengths], linewidths=0.9, gid="bounds", facecolors=colours,
                edgecolors=colours, clip_on=False,
            )  # fmt: skip

    def legend(self) -> list[Artist]:
        """Give a handle for each group, with how many it has, and for each form of mark that is there."""
        from matplotlib.lines import Line2D

        counted = Counter(m.group for m in self.marks)
        point: dict[str, Any] = {"linestyle": "none", "markersize": 5}
        handles: list[Artist] = []
        for group in self.groups:
            colour, marker = look(group)
            handles.append(Line2D([], [], color=colour, marker=marker, label=f"{group} ({counted[group]})", **point))
        style: dict[str, Any] = {**point, "color": INK}
        forms = (
            (
                any(m.hollow for m in self.marks),
                Line2D([], [], marker="o", markerfacecolor="white", label="second-hand", **style),
            ),
            (
                any(m.x.side or m.y.side for m in self.marks),
                Line2D([], [], marker=arrow(1, 0, begin=-0.5), label="bound, not a value",
                       **{**style, "markersize": 14}),
            ),
            (
                any(len(m.x.ends) + len(m.y.ends) > 2 for m in self.marks),
                Line2D([], [], color=INK, lw=3.2, alpha=0.35, label="range"),
            ),
            (
                any(m.control for m in self.marks),
                Line2D([], [], color=JOIN, marker=CONTROL_MARKER, markersize=4, markerfacecolor=CONTROL,
                       markeredgecolor=CONTROL, label="joined to its control"),
            ),
        )  # fmt: skip
        return [*handles, *(handle for there, handle in forms if there)]


def arrow(right: int, up: int, begin: float = 0.0) -> Any:
    """Give an arrow as a marker that begins at its point, or off it; either ``right`` or ``up`` is 1 or -1."""
    from matplotlib.path import Path as Outline

    shaft = [(0.0, 0.0), (0.98, 0.0)]
    head = [(1.0, 0.0), (0.72, 0.13), (0.72, -0.13), (1.0, 0.0)]
    codes = [Outline.MOVETO, Outline.LINETO, Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
    points = [(begin + a, b) for a, b in (*shaft, *head)]
    return Outline([(right * a - up * b, up * a + right * b) for a, b in points], codes)


def legend_below(figure: Figure, handles: Sequence[Artist], columns: int, most: int = 0) -> None:
    """Put a legend under the panels, in as many columns as the width has room for, or at most so many."""
    if handles:
        figure.legend(
            handles=handles, loc="outside lower center", ncols=min(len(handles), most or 2 * columns),
            columnspacing=1.2, handletextpad=0.5, handlelength=1.8,
        )  # fmt: skip


def listed(rows: Iterable[Row]) -> dict[str, Any]:
    """Give ids, DOIs and files of some rows of ``measurement_view`` for one row of the table."""
    seen = list(rows)
    return {
        "measurements": [r["id"] for r in seen],
        "doi": list(dict.fromkeys(r["doi"] for r in seen if r["doi"])),
        "source": list(dict.fromkeys(r["source"] for r in seen)),
    }
