"""How far a condition reaches: from the methods, a caption or the sentences before to the result at hand.

Rules of scope, strongest first:

1. what the sentence itself says (``conditions.assign``);
2. the panel of the figure that the sentence, or one before it in the paragraph, cites;
3. current density and capacity told before in the paragraph, until the kind of cell or the figure changes;
4. for full cells, the N/P ratio and the C-rate told before in the paragraph;
5. the one paragraph of the methods that speaks of this metric in this kind of cell, or a sentence for all cells;
6. what a sample went through before it was measured (the heat and time of a shrinkage), in the sentences before;
7. all of the sentence before, where this one says that the conditions are the same, or tells the same metric of
   another sample and gives no cycle or time of its own.

Only results of cell tests inherit.  A review tells of many papers in one paragraph: there only the panel cited in
the sentence itself and rules 6 and 7 hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from extractors import conditions as cond
from extractors.cast import Sample
from extractors.cues import find_cues
from extractors.gated import Gated
from extractors.kinds import VOLTAGE
from extractors.quantities import Quantity, find_quantities
from extractors.sections import is_methods
from extractors.sentences import sentences
from extractors.statements import Result, Statement
from schema.records import Document, Measurement
from schema.vocabulary import vocabulary

MAIN = (cond.CURRENT_KEY, cond.AREAL_KEY)
CELL_METRICS = frozenset(
    [
        "coulombic_efficiency",
        "initial_coulombic_efficiency",
        "cycle_count",
        "failure_cycle",
        "cycling_hours",
        "overpotential",
        "nucleation_overpotential",
        "mass_transfer_overpotential",
        "voltage_polarization",
        "voltage_hysteresis",
        "capacity_retention",
        "capacity_retention_per_cycle",
        "specific_capacity",
    ]
)
_INHERIT = frozenset(
    [
        "coulombic_efficiency",
        "cycle_count",
        "failure_cycle",
        "cycling_hours",
        "overpotential",
        "voltage_hysteresis",
        "voltage_polarization",
        "nucleation_overpotential",
        "mass_transfer_overpotential",
        "initial_coulombic_efficiency",
        "deposit_thickness",
    ]
)
_AT_TEMPERATURE = frozenset(["charge_transfer_resistance", "sei_resistance", "exchange_current_density"])
_FULL_CELL = frozenset(
    [
        "coulombic_efficiency",
        "initial_coulombic_efficiency",
        "cycle_count",
        "failure_cycle",
        "capacity_retention",
        "capacity_retention_per_cycle",
        "specific_capacity",
    ]
)
_AGEING = frozenset(  # what no cell test is, and yet is read before and after cycling
    [
        "areal_capacity",
        "charge_transfer_resistance",
        "coating_thickness",
        "deposit_thickness",
        "elastic_modulus",
        "exchange_current_density",
        "interfacial_resistance",
        "membrane_thickness",
        "other",
        "resistance",
        "sei_resistance",
        "surface_roughness",
        "improvement",
    ]
)
_OWN = {  # what is no cell test keeps only the conditions that belong to it
    "areal_capacity": (cond.CURRENT_KEY, "np_ratio"),
    "areal_loading": (cond.AREAL_KEY, "np_ratio"),
    "charge_transfer_resistance": (cond.CURRENT_KEY, "c_rate", "time_h"),
    "electrolyte_uptake": ("time_h",),
    "fiber_diameter": MAIN,
    "improvement": MAIN,
    "np_ratio": (cond.AREAL_KEY,),
    "sei_resistance": (cond.CURRENT_KEY, "c_rate", "time_h"),
    "interfacial_resistance": ("time_h",),
    "specific_energy": (cond.AREAL_KEY, "np_ratio", "c_rate"),
    "thermal_shrinkage": ("time_h",),
}
_MOMENTS = frozenset(["cycles", "at_cycle", "time_h"])
_SAME = Gated(
    r"\b(?:(?:same|identical|these|those|similar|equal) (?:\w+ ){0,2}(?:conditions?|rate|current(?: density)?|"
    r"parameters?))\b"
)
_EXPOSED = {"thermal_shrinkage": ("temperature_C", "time_h"), "electrolyte_uptake": ("time_h",)}
_PANEL = re.compile(r"\W*\([a-zA-Z](?:\s?[,–-]\s?[a-zA-Z])*\)")
_FOR_ALL = Gated(
    r"\b(?:[Aa]ll|[Ee]ach|[Ee]very|[Bb]oth|[Uu]nless)\b[^.]{0,60}"
    r"\b(?:cells?|tests?|batter\w+|measurements?|experiments?|electrodes?|otherwise)\b"
)
_TESTED = Gated(r"\b(?:cycl\w+|test\w*|measur\w+|operat\w+|current|run|ran|galvanostatic\w*)\b", re.IGNORECASE)
_PAIRED = re.compile(r"\b(capacity|current(?: density)?)\s+and\s+(?:\w+\s)?(capacity|current(?: density)?)\s+of\b")


@dataclass(frozen=True)
class Protocol:
    """The test settings that one paragraph, or one sentence for all cells, lays down."""

    metrics: frozenset[str]
    cell: str | None
    conditions: dict[str, float]


@dataclass
class Context:
    """What a sentence inherits from those before it in its paragraph.

    Attributes
    ----------
    subject : sample the last sentence spoke of
    metrics : kind of unit -> metric last named
    dealt : kind of unit -> metrics that "respectively" dealt a list out over in the last sentence
    conditions : current density and areal capacity in force
    listed : several values of one condition, for a "respectively" in a later sentence
    full : N/P ratio and C-rate in force for full cells
    row : samples of the last sentence, in order
    exposure : temperature and time last told, for what a sample went through
    panel : conditions of the panels that this sentence cites
    told : metric -> its last result in the sentence before
    figure : number of the figure last cited
    marker : reference number last cited
    """

    cell: str | None = None
    marker: str | None = None
    in_methods: bool = False
    protocols: tuple[Protocol, ...] = ()
    captions: tuple[str, ...] = ()
    subject: Sample | None = None
    metrics: dict[str, str] = field(default_factory=dict)
    dealt: dict[str, list[str]] = field(default_factory=dict)
    conditions: dict[str, float] = field(default_factory=dict)
    listed: dict[str, list[float]] = field(default_factory=dict)
    full: dict[str, float] = field(default_factory=dict)
    row: tuple[Sample, ...] = ()
    exposure: dict[str, float] = field(default_factory=dict)
    panel: dict[str, float] = field(default_factory=dict)
    told: dict[str, Measurement] = field(default_factory=dict)
    figure: str = ""

    def enter(self, statement: Statement) -> dict[str, float]:
        """Take note of the cell and the figures of a sentence; give the conditions it inherits."""
        if statement.passage.kind == "caption" and _PANEL.match(statement.text):
            self.conditions, self.metrics, self.subject = {}, {}, None
        cell = cond.cell_of(statement.text)
        if cell and self.cell and cell.split()[0] != self.cell.split(" ")[0]:
            self.conditions, self.full = {}, {}
        self.cell = cell or self.cell
        if self.cell == "Li|Li symmetric":
            self.metrics.setdefault(VOLTAGE, "overpotential")  # "the bare pair starts at 58 mV"
        cited = cond.figures(statement.text)
        moved = bool(cited) and self.figure not in ("", cited[0][0])
        inherited = {} if moved else dict(self.conditions)
        self.figure = cited[-1][0] if cited else self.figure
        self.panel = {}
        for figure, part in cited:
            self.panel.update(_panel_conditions(figure, part, self.captions))
        return {**inherited, **self.panel}

    def leave(self, results: Sequence[Result], mentions: Sequence[cond.Mention], inherited: dict[str, float]) -> None:
        """Take note of what a sentence lays down for those after it."""
        if self.in_full_cell:
            # The rate of a rate test holds for its capacity alone.
            rated = any(r.metric.name == "specific_capacity" for r in results)
            self.full.update(cond.one_value(mentions, ("np_ratio",) if rated else ("np_ratio", "c_rate")))
        own = cond.one_value(mentions, MAIN)
        if own:
            own |= cond.one_value(mentions, ("temperature_C",))
        self.conditions = own if len(set(own) & set(MAIN)) > 1 else {**inherited, **own}
        self.exposure |= cond.one_value(mentions, ("temperature_C", "time_h"))
        for key in MAIN:
            values = [m.value for m in mentions if m.key == key]
            if len(values) > 1:
                self.listed[key] = values

    @property
    def in_full_cell(self) -> bool:
        return (self.cell or "").startswith(("full", "pouch"))


def own_conditions(metric: str, stated: dict[str, float]) -> dict[str, float]:
    """Keep of a sentence's conditions those that can belong to a metric.

    Examples
    --------
    >>> own_conditions("ionic_conductivity", {"current_density_mA_cm2": 0.5, "temperature_C": 25.0})
    {'temperature_C': 25.0}
    """
    dropped: set[str] = set()
    if metric not in CELL_METRICS:
        dropped |= {"cycles", "time_h"}
        if metric not in _INHERIT:
            dropped |= {*MAIN, "c_rate", "np_ratio"}
        if metric not in _AGEING:
            dropped.add("at_cycle")
        dropped -= set(_OWN.get(metric, ()))
    dropped |= set(vocabulary().metrics[metric].without if metric in vocabulary().metrics else ())
    if metric in ("cycle_count", "failure_cycle"):
        dropped |= {"cycles", "at_cycle"}
    if metric == "cycling_hours":
        dropped.add("time_h")
    kept = {k: v for k, v in stated.items() if k not in dropped}
    if metric == "initial_coulombic_efficiency":
        kept.setdefault("at_cycle", 1.0)  # by its definition
    return kept


def inherited_conditions(
    metric: str, near: dict[str, float], inherited: dict[str, float], context: Context
) -> dict[str, float]:
    """Give what a result takes over from outside its sentence."""
    if "c_rate" in near or context.in_full_cell:
        rate = {k: v for k, v in context.panel.items() if k == "c_rate"}
        return {**rate, **context.full} if metric in _FULL_CELL else {}
    if metric in _AT_TEMPERATURE:
        protocol = _from_protocol("cycling_hours", context.cell, context.protocols)
        return {k: v for k, v in protocol.items() if k == "temperature_C"}
    if metric not in _INHERIT:
        return {}
    carried = {k: v for k, v in inherited.items() if k in (*MAIN, "temperature_C")}
    told = {**carried, **near}
    protocol = _from_protocol(metric, context.cell, context.protocols)
    if cond.CURRENT_KEY in told:  # another current, at the capacity and the temperature of the protocol
        protocol.pop(cond.CURRENT_KEY, None)
    elif cond.AREAL_KEY in told:
        protocol = {k: v for k, v in protocol.items() if k not in MAIN}
    return {**protocol, **carried}


def repeated_conditions(
    metric: str, near: dict[str, float], sentence: str, sample: Sample | None, context: Context
) -> dict[str, float]:
    """Give what a result shares with one of the sentence before: the same test of another sample."""
    if metric in _EXPOSED:
        return {k: v for k, v in context.exposure.items() if k in _EXPOSED[metric]}
    if _SAME.search(sentence):
        return own_conditions(metric, {k: v for before in context.told.values() for k, v in _numbers(before).items()})
    before = context.told.get(metric)
    if before is None or _MOMENTS & set(near) or sample is None or before.subject.components == sample.components:
        return {}
    return own_conditions(metric, _numbers(before))


def _numbers(measurement: Measurement) -> dict[str, float]:
    return {k: v for k, v in measurement.conditions.known().items() if isinstance(v, int | float)}


def protocols(document: Document) -> tuple[Protocol, ...]:
    """Read the test settings that a paper states once for many results."""
    return tuple(_protocols(document))


def _protocols(document: Document) -> Iterable[Protocol]:
    for passage in document.passages:
        if passage.kind not in ("paragraph", "list"):
            continue
        text = passage.text
        if is_methods(passage.section):
            stated = list(_for_all(text))
            settings = {} if stated else _settings(text, 0, len(text))
            if not set(settings) & set(MAIN):
                settings = {}  # the temperature of an oven
            if settings:
                named = frozenset(c.metric for c in find_cues(text, 0, len(text)))
                yield Protocol(named, cond.cell_of(text), settings)
            yield from stated
            continue
        yield from _for_all(text)


def _for_all(text: str) -> Iterable[Protocol]:
    """Read sentences that hold for all cells: "Unless noted otherwise, these were run at ..."."""
    for start, end in sentences(text):
        scope = _FOR_ALL.search(text, start, end)
        if scope and _TESTED.search(text, start, end):
            settings = _settings(text, start, end)
            if settings:
                yield Protocol(_INHERIT, cond.cell_of(scope[0]), settings)


def _settings(text: str, start: int, end: int, also: tuple[str, ...] = ()) -> dict[str, float]:
    found = find_quantities(text, start, end)
    return cond.one_value(cond.find_conditions(text, start, end, found, set()), (*MAIN, "temperature_C", *also))


def _from_protocol(metric: str, cell: str | None, known: Sequence[Protocol]) -> dict[str, float]:
    """Take the settings laid down for this metric; where none name it, those for this kind of cell; if unique."""
    fitting = [p for p in known if metric in p.metrics and (cell is None or p.cell is None or p.cell == cell)]
    fitting = fitting or [p for p in known if cell is not None and p.cell == cell]
    one = fitting and all(p.conditions == fitting[0].conditions for p in fitting)  # supporting information repeats it
    return dict(fitting[0].conditions) if one else {}


@lru_cache(maxsize=64)  # most figures are cited several times
def _panel_conditions(figure: str, part: str, captions: tuple[str, ...]) -> Mapping[str, float]:
    out: dict[str, float] = {}
    for caption in captions:
        if re.match(rf"\W*(?:Fig(?:ure|\.)?|FIG\.?)\s?{figure}\b", caption):
            panel = cond.caption_part(caption, part)
            out.update(_settings(panel, 0, len(panel), ("c_rate",)))
            out.update(_capacity_and_current(panel, find_quantities(panel)))
    return out


def _capacity_and_current(panel: str, found: Sequence[Quantity]) -> dict[str, float]:
    """Read "capacity and current of 1.0 and 2.0 mA cm-2, respectively", where one unit serves for both."""
    match = _PAIRED.search(panel)
    pair = [q for q in found if match and q.start >= match.end()][:2]
    if not match or len(pair) != 2 or match[1][:3] == match[2][:3]:
        return {}
    keys = (cond.AREAL_KEY if match[i].startswith("cap") else cond.CURRENT_KEY for i in (1, 2))
    return {key: q.value for key, q in zip(keys, pair, strict=True)}
