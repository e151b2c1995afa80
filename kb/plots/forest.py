"""A forest plot: effects against controls, as they were measured and shrunk across papers; the means of classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.comparison import CLASS, OWN, SIMULATED, VALUE, Compared, Comparison, compare
from kb.plots.marks import SECOND_HAND, Picture, arrow, legend_below, link, listed
from kb.plots.style import (
    BLUE,
    FAINT,
    INK,
    QUIET,
    REST,
    SMALL,
    axis_label,
    canvas,
    log_ticks,
    look,
    plain,
    shorten,
    spoken,
)
from kb.screening.effects import LOSS_METRICS
from kb.screening.panel import POOLED
from kb.screening.rank import Criterion
from kb.studies import Study, panel_of, read_study
from kb.words import quantity, unit
from schema.errors import BadPlot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kb.plots.kinds import Asked
    from kb.screening.shrinkage import Fit

MOST_ROWS = 32  # candidates on a page
QUANTILES = (0.05, 0.95)
SDS = 1.645  # on either side, for the same 90 %
APART = 0.17  # of a row, between what was measured and what it is shrunk to
MM_A_ROW = 4.6
RAW_MARKERS = {OWN: "s", CLASS: "d", VALUE: "s"}
RAW_WORDS = {
    OWN: "measured, against its own control",
    CLASS: "measured, against the controls of others",
    VALUE: "measured",
}


@dataclass(frozen=True)
class Line:
    """A candidate in the figure.

    Attributes
    ----------
    index : in the comparison
    known : what was measured
    expected, low, high : mean and 90 % interval of the true effect [ln units]
    """

    index: int
    known: Compared
    expected: float
    low: float
    high: float


def study_of(asked: Asked, by: Sequence[str]) -> Study:
    """Give the study that a figure is asked with: its file, or one made of the criteria that are named."""
    if asked.study is None:
        return Study(tuple(by), asked.where, asked.min_confidence)
    return asked.study if isinstance(asked.study, Study) else read_study(Path(asked.study))[0]


def picture(asked: Asked) -> Picture:
    """Draw the effects of one criterion: a row a candidate, by class; squares measured, filled marks shrunk.

    Intervals are 90 %.  The rhomb of a class is its mean; classes of fewer effects than tell their spread share that of
    all.
    """
    study = study_of(asked, [asked.metric] if asked.metric else ()) if asked.study or asked.metric else None
    if study is None:
        raise BadPlot("forest: what of? give --metric METRIC or --study FILE")
    measured = [c for c in study.criteria if c.metric not in SIMULATED]
    column = _column(measured, asked.metric)
    criterion = measured[column]
    only = {row["id"] for row in asked.base.find(study.where)} if study.where else None
    comparison = compare(asked.db, measured, only, study.min_confidence, study.across, study.strata, study.effect_sd)
    groups, fits, lines = _shrunk(comparison, study, column)
    if not lines:
        raise asked.nothing(
            f"no {spoken(criterion.metric)} has a control to be held against",
            f"kb rank --by {criterion.metric} shows what there is",
        )
    shown = sorted(lines, key=lambda line: -line.expected)[:MOST_ROWS]
    scale = Scale.of(criterion, shown[0].known.against)
    places = asked.base.places({i for line in shown for i in _ids(line.known)})
    rows: list[dict[str, Any]] = []
    layout = _layout(shown, groups, comparison)
    figure = canvas(asked.columns, 30 + 16 * (asked.columns == 1) + MM_A_ROW * len(layout))
    ratios = [1.5, 1.0][: asked.columns]  # what is printed beside the panel has no room in one column
    panels = figure.subplots(1, asked.columns, sharey=True, squeeze=False, gridspec_kw={"width_ratios": ratios})[0]
    axes, words = panels[0], (panels[1] if asked.columns == 2 else None)
    names = [c.name for c in comparison.candidates]
    labels: list[str] = []
    for y, entry in enumerate(layout):
        if isinstance(entry, str):
            of = fits.get(entry)
            labels.append("all classes" if entry == POOLED else entry if of else f"{entry} (pooled)")
            for panel in panels:
                panel.axhspan(y - 0.5, y + 0.5, color="#F3F3F3", zorder=0, lw=0)
            if of is not None:
                rows.append(_draw_mean(axes, y, entry, of, scale, criterion))
                told = f"papers differ by a factor of {math.exp(of.tau):.2g}{', assumed' if of.assumed else ''}"
                if words is not None:
                    words.text(0.0, y, told, va="center", fontsize=SMALL, color=QUIET)
            continue
        candidate = comparison.candidates[entry.index]
        second = f" · {candidate.paper}" if names.count(candidate.name) > 1 else ""
        labels.append(shorten(candidate.name + second, 34 if asked.columns == 2 else 22))
        seen = [places[i] for i in _ids(entry.known)]
        strategy = comparison.classes[entry.index]
        _draw_raw(axes, y - APART, entry.known, scale, seen[0])
        _draw_shrunk(axes, y + APART, entry, scale, strategy, seen[0])
        rows += _rows(entry, comparison, criterion, seen, groups[entry.index])
        if words is not None:
            _say(words, y, entry, comparison)
    if words is not None:
        _head(words)
    _finish(axes, labels, scale, [r for r in rows if r["low"] is not None or r["high"] is not None])
    for y, entry in enumerate(layout):
        if isinstance(entry, str):
            axes.get_yticklabels()[y].set_fontweight("bold")
    if asked.columns == 1:
        axes.set_xlabel(scale.label.replace(": ", ":\n"))
    legend_below(
        figure,
        _handles([line.known for line in shown], any(r["provenance"] == SECOND_HAND for r in places.values())),
        asked.columns,
        1 if asked.columns == 1 else 3,
    )
    stratum = "" if study.across else f"compared within {unit(str(comparison.strata[criterion.metric]))}"
    cut = f"the first {len(shown)} of {len(lines)}, by expected effect" if len(shown) < len(lines) else ""
    return Picture(figure, rows, tuple(filter(None, (stratum, cut))))


def _column(criteria: Sequence[Criterion], metric: str) -> int:
    metrics = [c.metric for c in criteria]
    if not metric and len(metrics) > 1:
        raise BadPlot(f"forest: the study has several criteria; choose one: --metric {' or '.join(metrics)}")
    if metric and metric not in metrics:
        raise BadPlot(f"forest: {metric!r} is no criterion of the study; it has {', '.join(metrics)}")
    return metrics.index(metric) if metric else 0


def _shrunk(comparison: Comparison, study: Study, column: int) -> tuple[tuple[str, ...], Mapping[str, Fit], list[Line]]:
    """Give the group that each candidate is shrunk to, the fits of the groups, and the candidates that are known."""
    import numpy as np

    panel = panel_of(comparison)
    if not panel.known[:, column].any():
        return (), {}, []
    drawn = np.concatenate([panel.draws(study.seed, block)[:, :, column] for block in study.blocks])
    low, high = np.quantile(drawn, QUANTILES, axis=0)
    mean = drawn.mean(axis=0)
    lines = [
        Line(i, effects[column], float(mean[i]), float(low[i]), float(high[i]))
        for i, effects in enumerate(comparison.effects)
        if panel.known[i, column]
    ]
    return panel.groups(column), panel.fits[column], lines


def _layout(lines: Sequence[Line], groups: Sequence[str], comparison: Comparison) -> list[str | Line]:
    """Give the rows of the figure: under each class its candidates, best first; all classes, if some are pooled."""
    classes = [comparison.classes[line.index] for line in lines]
    out: list[str | Line] = []
    for name in sorted({*classes}, key=lambda c: (-classes.count(c), c)):
        mine = [line for line in lines if comparison.classes[line.index] == name]
        out += [name, *mine]
    return [*out, POOLED] if any(groups[line.index] == POOLED for line in lines) else out


@dataclass(frozen=True)
class Scale:
    """How effects in ln units stand on the axis.

    Attributes
    ----------
    label : of the axis
    sign : 1, or -1 where less is better on it
    no_effect : where nothing changes; None where there is nothing to be held against
    """

    label: str
    sign: int
    no_effect: float | None

    @classmethod
    def of(cls, criterion: Criterion, against: str) -> Scale:
        metric = criterion.metric
        name = spoken(metric).capitalize()
        if against == VALUE:
            if metric in LOSS_METRICS:
                return cls(f"{name}: what is lost [%]", -1, None)
            return cls(axis_label(metric), 1 if criterion.direction == "max" else -1, None)
        if metric in LOSS_METRICS:
            return cls(f"{name}: loss of the control over that of the sample", 1, 1.0)
        return cls(
            f"{name}: {'sample over control' if criterion.direction == 'max' else 'control over sample'}", 1, 1.0
        )

    def at(self, effect: float) -> float:
        """Place an effect.

        Examples
        --------
        >>> round(Scale("", 1, 1.0).at(math.log(3.5)), 2), Scale("", -1, None).at(0.0)
        (3.5, 1.0)
        """
        return math.exp(self.sign * effect)


def _ids(known: Compared) -> list[int]:
    """Give the ids of the sample's measurement and, where there is one, of its control's."""
    seen = known.observation
    found = [seen, seen.control if seen else None]
    return [o.measurement for o in found if o is not None and o.measurement is not None]


def _raw_ends(known: Compared) -> tuple[float, float]:
    """Give 90 % around a value that is known; the bounds themselves where it is not."""
    if known.low == known.high:
        return known.low - SDS * known.sd, known.high + SDS * known.sd
    return known.low, known.high


def _draw_raw(axes: Axes, y: float, known: Compared, scale: Scale, place: Mapping[str, Any]) -> None:
    low, high = _raw_ends(known)
    point: dict[str, Any] = {
        "marker": RAW_MARKERS[known.against], "markersize": 4, "linestyle": "none", "color": REST, "zorder": 3,
        "markerfacecolor": "white" if place["provenance"] == SECOND_HAND else REST, "url": link(place["doi"]),
        "gid": f"measurement-{place['id']}",
    }  # fmt: skip
    finite = [e for e in (low, high) if math.isfinite(e)]
    if len(finite) == 2:
        axes.plot([scale.at(low), scale.at(high)], [y, y], color=REST, lw=0.8, zorder=2)
        if known.low == known.high:
            axes.plot([scale.at(known.low)], [y], **point)
        else:
            axes.plot([scale.at(low), scale.at(high)], [y, y], color=REST, lw=3.2, alpha=0.4, solid_capstyle="butt")
            axes.plot([scale.at(low)], [y], **point)
    else:
        at, side = scale.at(finite[0]), (1 if math.isinf(high) else -1) * scale.sign
        axes.scatter([at], [y], marker=arrow(side, 0), s=24**2, color=REST, linewidths=0.8, zorder=2)
        axes.plot([at], [y], **point)


def _draw_shrunk(axes: Axes, y: float, line: Line, scale: Scale, strategy: str, place: Mapping[str, Any]) -> None:
    colour, marker = look(strategy)
    axes.plot([scale.at(line.low), scale.at(line.high)], [y, y], color=colour, lw=1.6, zorder=2, solid_capstyle="butt")
    axes.plot([scale.at(line.expected)], [y], marker=marker, markersize=5, linestyle="none", color=colour,
              markeredgecolor="white", markeredgewidth=0.4, zorder=4, url=link(place["doi"]))  # fmt: skip


def _draw_mean(axes: Axes, y: float, name: str, of: Fit, scale: Scale, criterion: Criterion) -> dict[str, Any]:
    colour = BLUE if name == POOLED else look(name)[0]
    low, high = of.mean - SDS * of.mean_sd, of.mean + SDS * of.mean_sd
    x = [scale.at(e) for e in (low, of.mean, high, of.mean)]
    axes.fill(x, [y, y - 0.28, y, y + 0.28], facecolor=colour, edgecolor=colour, lw=0.8, zorder=3, alpha=0.85)
    return {
        "drawn": "mean", "measurements": [], "doi": [], "source": [], "sample": "", "strategy": name,
        "metric": criterion.metric, "effect": of.mean, "low": low, "high": high, "tau": of.tau,
        "tau_assumed": int(of.assumed),
    }  # fmt: skip


def _say(words: Axes, y: float, line: Line, comparison: Comparison) -> None:
    """Print value and control, and what stands behind the row."""
    seen, support = line.known.observation, comparison.support[line.index]
    if seen is None:
        return
    value = quantity(seen.value, seen.value_max, seen.qualifier, seen.unit)
    control = seen.control
    if line.known.against == OWN and control is not None:
        value += f" ({quantity(control.value, control.value_max, control.qualifier, control.unit)})"
    value = value.replace(">=", "≥").replace("<=", "≤")
    words.text(0.0, y, shorten(value, 30), va="center", fontsize=SMALL)
    counts = f"{support.papers} / {support.measurements} / {support.controls}"
    words.text(1.0, y, counts, va="center", ha="right", fontsize=SMALL)


def _head(words: Axes) -> None:
    words.set_xlim(0, 1)
    words.axis("off")
    words.text(0.0, -0.75, "value (control)", fontsize=SMALL, color=QUIET, va="bottom")
    words.text(1.0, -0.75, "papers / values / controls", fontsize=SMALL, color=QUIET, va="bottom", ha="right")


def _rows(
    line: Line, comparison: Comparison, criterion: Criterion, seen: Sequence[Mapping[str, Any]], group: str
) -> list[dict[str, Any]]:
    """Give the two rows of a candidate: measured, and shrunk."""
    known, support = line.known, comparison.support[line.index]
    candidate = comparison.candidates[line.index]
    value = known.observation
    shared = {
        **listed(seen), "sample": candidate.name, "strategy": comparison.classes[line.index],
        "metric": criterion.metric,
    }  # fmt: skip
    ends = {
        "low": known.low if math.isfinite(known.low) else None,
        "high": known.high if math.isfinite(known.high) else None,
    }
    point = known.low if known.low == known.high else None
    counts = {"papers": support.papers, "measured": support.measurements, "controls": support.controls}
    values: dict[str, Any] = {}
    if value is not None:
        values = {"qualifier": value.qualifier, "value": value.value, "value_max": value.value_max, "unit": value.unit,
                  "control_value": value.control.value if value.control else None}  # fmt: skip
    raw = {
        "effect": point,
        **ends,
        "sd": known.sd,
        "against": known.against,
        "conditions": value.conditions if value else "",
    }
    shrunk = {"effect": line.expected, "low": line.low, "high": line.high, "class": group}
    return [{"drawn": "raw", **shared, **raw, **values, **counts}, {"drawn": "shrunk", **shared, **shrunk}]


def _finish(axes: Axes, labels: Sequence[str], scale: Scale, rows: Sequence[Mapping[str, Any]]) -> None:
    axes.set_xscale("log")
    ends = [scale.at(e) for row in rows for e in (row["low"], row["high"]) if e is not None and math.isfinite(e)]
    log_ticks(axes.xaxis, [*ends, *([scale.no_effect] if scale.no_effect else [])])
    if scale.no_effect is not None:
        axes.axvline(scale.no_effect, color=INK, lw=0.8, ls=(0, (4, 2)), zorder=1)
    axes.set_xlabel(scale.label)
    axes.set_title("better →" if scale.sign > 0 else "← better", loc="right" if scale.sign > 0 else "left",
                   fontsize=SMALL, color=QUIET, pad=3)  # fmt: skip
    axes.set_yticks(range(len(labels)), labels)
    plain(axes.get_yticklabels())
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _handles(known: Sequence[Compared], second_hand: bool) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.path import Path as Outline

    point: dict[str, Any] = {"linestyle": "-", "lw": 0.8, "color": REST, "markersize": 4}
    handles: list[Any] = [
        Line2D([], [], marker=RAW_MARKERS[name], label=RAW_WORDS[name], **point)
        for name in (OWN, CLASS, VALUE)
        if any(k.against == name for k in known)
    ]
    handles.append(Line2D([], [], color=INK, marker="o", markersize=5, lw=1.6, label="shrunk across papers, 90 %"))
    rhomb = Outline([(-1.0, 0.0), (0.0, 0.4), (1.0, 0.0), (0.0, -0.4), (-1.0, 0.0)])
    handles.append(
        Line2D([], [], color=INK, linestyle="none", marker=rhomb, markersize=13, label="mean of a class, 90 %")
    )
    if second_hand:
        handles.append(Line2D([], [], marker="s", markerfacecolor="white", label="second-hand", **point))
    if any(k.low != k.high for k in known):
        handles.append(Line2D([], [], linestyle="none", color=REST, marker=arrow(1, 0, begin=-0.5), markersize=14,
                              label="bound, not a value"))  # fmt: skip
    return handles
