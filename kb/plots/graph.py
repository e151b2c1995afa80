"""The neighbourhood of a sample or material in the graph: what it shares, and with which other systems."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.plots.marks import Picture, legend_below, listed
from kb.plots.style import BLUE, GREEN, INK, ORANGE, SMALL, canvas, plain, shorten
from schema.statements import statement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kb.plots.kinds import Asked

KINDS = {
    "materials": ("material", BLUE, "o"),
    "mechanisms": ("mechanism", GREEN, "^"),
    "papers": ("paper", ORANGE, "s"),
}
MOST_SYSTEMS = 24
MM_A_ROW = 5.0
ACROSS = {2: (0.0, 0.52, 0.76), 1: (0.02, 0.48, 0.68)}  # of the width: sample, what is shared, other systems
LENGTHS = {2: (26, 44, 34), 1: (40, 22, 20)}  # of the names there


def picture(asked: Asked) -> Picture:
    """Draw three columns: the sample, the materials, mechanisms and papers it shares, the systems it shares them with.

    Systems with most in common stand on top; those of one name are one.
    """
    every = asked.base.neighbours(asked.sample)
    if not every:
        raise asked.nothing(
            f"{asked.sample!r} shares nothing with another system", "kb graph export writes the graph as it is"
        )
    shared: dict[str, list[tuple[str, str]]] = {}
    for row in every:
        links = [(kind, name) for kind in KINDS for name in row[kind]]
        shared[row["system"]] = list(dict.fromkeys([*shared.get(row["system"], []), *links]))
    systems = list(shared)[:MOST_SYSTEMS]
    middle = _middle({name: shared[name] for name in systems})
    height = max(len(systems), len(middle))
    figure = canvas(asked.columns, 16 + MM_A_ROW * height)
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(height - 0.5, -0.5))
    axes.axis("off")
    left, centre, right = ACROSS[asked.columns]
    lengths = LENGTHS[asked.columns]
    at = {name: _row(i, len(systems), height) for i, name in enumerate(systems)}
    of = {link: _row(i, len(middle), height) for i, link in enumerate(middle)}
    start = (height - 1) / 2
    for link, y in of.items():
        colour = KINDS[link[0]][1]
        _join(axes, (left + 0.012, start), (centre, y), colour)
        for name in systems:
            if link in shared[name]:
                _join(axes, (centre, y), (right, at[name]), colour)
    # In one column the name stands upright: beside it there is room for the others.
    upright: Any = {"rotation": 90 if asked.columns == 1 else 0, "fontweight": "bold", "bbox": _BOX}
    texts = [axes.text(left, start, shorten(asked.sample, lengths[0]), ha="left", **_TEXT, **upright)]
    for (kind, name), y in of.items():
        _, colour, marker = KINDS[kind]
        axes.plot([centre], [y], marker=marker, color=colour, markeredgecolor="white", markersize=6, zorder=4)
        texts.append(axes.text(centre - 0.015, y, shorten(name, lengths[1]), ha="right", **_TEXT, bbox=_BOX))
    for name, y in at.items():
        axes.plot([right], [y], marker="D", color=INK, markeredgecolor="white", markersize=5, zorder=4)
        texts.append(axes.text(right + 0.015, y, shorten(name, lengths[2]), ha="left", **_TEXT))
    plain(texts)
    legend_below(figure, _handles(middle), asked.columns, 4)
    cut = len(shared) - len(systems)
    notes = (f"the first {len(systems)} of {len(shared)} systems, by what they have in common",) if cut else ()
    return Picture(figure, _table(asked, shared, systems, middle), notes)


_TEXT: Mapping[str, Any] = {"va": "center", "fontsize": SMALL, "zorder": 5}
_BOX: Mapping[str, Any] = {"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}


def _row(place: int, of: int, height: int) -> float:
    """Spread so many names evenly over the height."""
    return (place + 0.5) * height / of - 0.5


def _middle(shared: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Give what is shared, by kind, then by the mean place of the systems it leads to, so that few lines cross."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, links in enumerate(shared.values()):
        for link in links:
            places[link].append(place)
    kinds = list(KINDS)
    return sorted(places, key=lambda k: (kinds.index(k[0]), sum(places[k]) / len(places[k]), k[1]))


def _join(axes: Axes, one: tuple[float, float], two: tuple[float, float], colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    bend = (one[0] + two[0]) / 2
    path = Path([one, (bend, one[1]), (bend, two[1]), two], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(PathPatch(path, facecolor="none", edgecolor=colour, lw=0.7, alpha=0.55, zorder=1))


def _handles(middle: Sequence[tuple[str, str]]) -> list[Any]:
    from matplotlib.lines import Line2D

    point: dict[str, Any] = {"linestyle": "none", "markersize": 5}
    handles = [
        Line2D([], [], marker=marker, color=colour, label=f"shared {name}", **point)
        for kind, (name, colour, marker) in KINDS.items()
        if any(k == kind for k, _ in middle)
    ]
    return [*handles, Line2D([], [], marker="D", color=INK, label="other system", **point)]


def _table(
    asked: Asked, shared: Mapping[str, Sequence[tuple[str, str]]], systems: Sequence[str],
    middle: Sequence[tuple[str, str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Give a row for each name drawn, with what was measured on it, or on the systems it leads to."""
    found: dict[str, list[Any]] = defaultdict(list)
    labels = json.dumps([asked.sample, *systems])
    for row in asked.db.execute(statement("measurements_of_labels"), {"labels": labels}):
        found[row["label"]].append(row)
    rows = [
        {"drawn": "sample", "name": asked.sample, **listed(found[asked.sample]), "leads_to": [n for _, n in middle]}
    ]
    for kind, name in middle:
        mine = [s for s in systems if (kind, name) in shared[s]]
        seen = [row for s in mine for row in found[s]]
        rows.append({"drawn": KINDS[kind][0], "name": name, **listed(seen), "leads_to": mine})
    rows += [{"drawn": "system", "name": s, **listed(found[s]), "leads_to": [n for _, n in shared[s]]} for s in systems]
    return rows
