"""The look that all figures share: sizes in print, colours, markers, labels with units; how a figure is written.

Figures are made at the size they are printed at, so that a font of 7 pt is one of 7 pt on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.fields import CONDITIONS, NUMBERS
from kb.words import unit
from schema.errors import BadOutput
from schema.vocabulary import vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".pdf")
WIDTHS = {1: 89.0, 2: 183.0}  # of one column and of two, as most journals print them [mm]
MOST_HEIGHT = 235.0  # of a page [mm]
DOTS = 300  # an inch, of a PNG
MM = 1 / 25.4
SMALL, NORMAL = 7.0, 8.0  # [pt]

# Okabe and Ito's colours, which colour-blind readers tell apart; shape says the same again for print in grey.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
FRONT, REST, CONTROL = BLUE, "#7F7F7F", "#4D4D4D"
INK, QUIET, FAINT, JOIN = "#222222", "#555555", "#E4E4E4", "#B5B5B5"
CONTROL_MARKER = "D"
CONTROLS = "control"
# Of strategies, which are more: the muted scheme of Paul Tol (technical note SRON/EPS/TN/09-002), safe as well, and
# two of his vibrant one; the marker tells what is left alike.
_COLOURS = (
    "#332288", "#CC6677", "#44AA99", "#DDCC77", "#882255", "#88CCEE", "#117733", "#999933", "#AA4499",
    "#EE7733", "#0077BB",
)  # fmt: skip
_MARKERS = ("o", "s", "^", "v", "P", "X", "p", "h", "<", ">", "*", "8")
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "axes.labelsize": NORMAL,
    "axes.titlesize": NORMAL,
    "axes.edgecolor": "#888888",
    "axes.linewidth": 0.7,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "savefig.dpi": DOTS,
    "pdf.fonttype": 42,  # text stays text, in a PDF as in an SVG
    "svg.fonttype": "none",
    "svg.hashsalt": "lithium-anode-kb",  # else two runs on the same base give two different files
}
_METADATA: Any = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
_GREEK = ("eta", "sigma", "rho", "theta", "gamma", "epsilon")
_CONDITION_UNITS = {"C_rate": "1/h"}
DECADES_FOR_LOG = 1.3  # values spread over more belong on a logarithmic axis


@contextmanager
def styled() -> Iterator[None]:
    """Set the style for the time in which a figure is drawn and written."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def checked(path: str | Path) -> Path:
    """Give the path of a figure that can be written; before a long run is spent on it.

    Raises
    ------
    BadOutput
        Where its ending is no format, or the folder does not exist.
    """
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        raise BadOutput(f"{target}: no figure format; end the name in {', '.join(FORMATS)}")
    if not target.parent.is_dir():
        raise BadOutput(f"{target}: the folder {target.parent} does not exist; create it first")
    return target


def canvas(columns: int, height: float) -> Figure:
    """Begin a figure.

    Parameters
    ----------
    columns : 1 or 2, of a journal's page
    height : in print, at most that of a page [mm]
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    size = (WIDTHS[columns] * MM, min(height, MOST_HEIGHT) * MM)
    return Figure(figsize=size, dpi=DOTS, layout=ConstrainedLayoutEngine(w_pad=0.04, h_pad=0.04))


def save(figure: Figure, target: Path) -> None:
    """Write a figure; what stood there is lost only when it is whole.  The same figure gives the same file."""
    ending = target.suffix.lower()
    part = target.with_name(f"{target.name}.part")
    try:
        figure.savefig(part, format=ending[1:], metadata=_METADATA[ending])
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def finish(axes: Axes) -> None:
    """Give axes their grid and take the frame away."""
    axes.grid(color=FAINT, lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def look(group: str) -> tuple[str, str]:
    """Give colour and marker of a strategy, the same in every figure; of CONTROLS, and of what is no known strategy.

    Examples
    --------
    >>> look("surface coating")
    ('#332288', 'o')
    >>> look("control"), look("other")[0]
    (('#4D4D4D', 'D'), '#7F7F7F')
    """
    if group == CONTROLS:
        return CONTROL, CONTROL_MARKER
    known = list(vocabulary().strategies)[::-1]  # coatings stand last there, and are most of what is drawn
    if group not in known:
        return REST, _MARKERS[len(known) % len(_MARKERS)]
    place = known.index(group)
    return _COLOURS[place % len(_COLOURS)], _MARKERS[place % len(_MARKERS)]


def _symbol(symbol: str) -> str:
    """Write a symbol of ``metrics.toml`` as mathematics."""
    head, _, index = symbol.partition("_")
    if head in _GREEK:
        head = rf"\{head}"
    elif len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    return rf"${head}_{{\mathrm{{{index}}}}}$" if index else f"${head}$"


def axis_label(metric: str, symbol: bool = True) -> str:
    """Give the label of a metric's axis: name, symbol, unit.

    Raises
    ------
    UnknownMetric
        With the nearest known names.

    Examples
    --------
    >>> print(axis_label("overpotential"))
    Overpotential, $\\eta$ [mV]
    >>> print(axis_label("cycle_count"))
    Cycle count, $N$
    >>> print(axis_label("areal_capacity", symbol=False))
    Areal capacity [mAh/cm²]
    """
    known = vocabulary().metric(metric)
    name = spoken(known.name).capitalize() + (f", {_symbol(known.symbol)}" if symbol else "")
    return with_unit(name, known.unit)


def condition_label(condition: str) -> str:
    """Give the label of the axis of a condition of ``kb.fields.CONDITIONS``.

    Examples
    --------
    >>> condition_label("current_density"), condition_label("cell")
    ('Current density [mA/cm²]', 'Cell')
    """
    told = NUMBERS.get(CONDITIONS[condition], "1")
    return with_unit(spoken(condition).capitalize(), _CONDITION_UNITS.get(told, told))


def with_unit(name: str, unit_name: str) -> str:
    """Put a unit behind a name; nothing behind that of a pure number."""
    shown = unit(unit_name)
    return f"{name} [{shown}]" if shown else name


def spoken(name: str) -> str:
    """Write a controlled name as words."""
    return name.replace("_", " ")


def shorten(text: str, length: int = 36) -> str:
    """Cut a text that is too long for its place.

    Examples
    --------
    >>> shorten("gel fibres of PMMA and PVDF", 12)
    'gel fibres…'
    """
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def plain(texts: Iterable[Any]) -> None:
    """Let dollar signs in texts of papers be letters, not mathematics."""
    for text in texts:
        text.set_parse_math(False)


def is_wide(values: Iterable[float]) -> bool:
    """Say whether values belong on a logarithmic axis.

    Examples
    --------
    >>> is_wide([1.0, 100.0]), is_wide([-1.0, 100.0]), is_wide([])
    (True, False, False)
    """
    known = [v for v in values if math.isfinite(v)]
    return bool(known) and min(known) > 0 and math.log10(max(known) / min(known)) > DECADES_FOR_LOG


def log_ticks(axis: Axis, values: Sequence[float]) -> None:
    """Label a logarithmic axis with plain numbers where they are short: 1, 2, 5 on a short one, decades on a long one.

    Labels stand side by side on an x axis, so that it has room for fewer.

    Parameters
    ----------
    values : what stands on it, positive
    """
    from matplotlib.axis import XAxis
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    decades = math.log10(max(values) / min(values))
    most = 1.3 if isinstance(axis, XAxis) else 2.2
    subs = (1.0, 2.0, 5.0) if decades < most else (1.0, 3.0) if decades < 2.3 else (1.0,)
    axis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axis.set_major_formatter(FuncFormatter(_power))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float, _: int | None = None) -> str:
    if 1e-3 <= value < 1e5:
        return f"{value:g}"
    exponent = math.floor(math.log10(value) + 1e-9)
    head = value / 10**exponent
    return rf"$10^{{{exponent}}}$" if abs(head - 1) < 1e-6 else rf"${head:.0f}\times10^{{{exponent}}}$"
