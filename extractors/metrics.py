"""Which metric a quantity is: by the dimension of its unit and the words near it.

A number without a metric named near it is not guessed at; it is rejected with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors import lengths, lives, ratios, shares
from extractors.cues import CARRIED, Choice, Cue, Reading, metrics_of_kind
from extractors.kinds import (
    ANGLE,
    AREAL,
    BARE,
    CONDUCTIVITY,
    CURRENT,
    CYCLES,
    ENERGY,
    FOLD,
    LENGTH,
    OTHER,
    PERCENT,
    RATE,
    TEMPERATURE,
    TIME,
    VOLTAGE,
    kind_of,
)
from schema.units import convert, fold_unit
from schema.vocabulary import vocabulary

_ONLY = {  # a unit that leaves no choice
    "mAh/g": "specific_capacity",
    "Wh/kg": "specific_energy",
    "ohm cm^2": "interfacial_resistance",
    "mg/cm^2": "areal_loading",
    "g/cm^3": "density",
    "mJ/m^2": "surface_energy",
    "kJ/g": "heat_release",
    "m^2/g": "specific_surface_area",
}
_OVERPOTENTIALS = frozenset(
    [
        "overpotential",
        "nucleation_overpotential",
        "mass_transfer_overpotential",
        "voltage_polarization",
        "voltage_hysteresis",
    ]
)
_COUNTED = frozenset(["cycle_count", "failure_cycle"])
_NO_BOND = 30.0  # eV; beyond are spectra and beams
_NO_OVERPOTENTIAL = 2.0  # V; no cell is cycled at such an overpotential
_C_RATE_DEFINED = re.compile(r"\b1\s?\.?0?\s?C\s?(?:=|≈|corresponds|rate of)\s?[^.]{0,6}$")
_COMPARISON = re.compile(
    r"\b(?:higher|longer|larger|lower|than|that of|those of|increas\w*|improv\w*|enhanc\w*|faster|greater|smaller|"
    r"reduc\w*|decreas\w*|extend\w*|boost\w*|prolong\w*)\b"
)
_RATIO_TO = re.compile(r"\s(?:as|that|those|the|of (?:that|those|the|its))\b")  # behind "twice", "half"
_TOLD_BESIDE = re.compile(r"[^.;()]{0,40}\(\s?[~≈]?\d")
_SUPPOSED = re.compile(r"\b(?:if|when|whether)\b[^.;,]*$|\btheoretical (?:prediction|model|analysis|calculation)s?\b")
_OF_A_SETTING = re.compile(
    r"(?:,|(?<!-)\b\w+(?:ed|ing)\b).*\b(?:at|after|for|during|by|under|within|with)\s(?:about |only )?[~≈<>]?\s?$"
)
_LIMIT = re.compile(r"\b(?:cut-?off|window|charged to|discharged to|vs\.? Li|voltage range|upper limit|to \d\.\d V)\b")
_SCANNED = re.compile(r"\b(?:between|from)\s(?:[−-]?[\d.]+\s?V?\s(?:and|to)\s)?[−-]?$")
_SYMBOL = re.compile(r"\bR_?[A-Z][\w/]*\s(?:=|≈|equals?|of|is|was|are|were|reaches|amounts to)\s[^.;]{0,30}$")
_OF_CATHODE = re.compile(
    r"mg\s?(?:/|·)?\s?cm\S{0,4}\s?(?:,?\s?(?:corresponding|equivalent|equal) to|\((?:areal capacity:?|"
    r"i\.e\.,?)?|,)\s?(?:an? areal capacity of )?(?:about |around |ca\. |~|≈)?$"
)
_ANODE_HAS = re.compile(
    r"\b(?:anodes?|electrodes?|foils?)\s(?:had|has|have|with|of|"
    r"provid\w+)\s(?:an? )?(?:areal )?capacity of\s(?:about |around |~|≈)?$"
)
_FAR_FROM = re.compile(r"\bfar (?:away )?from (?:the |a |an )?[~≈]?$")
_APART = re.compile(r"\s?(?:apart|between (?:the )?(?:charge|discharge|plateaus))\b")
_AMPLITUDE = re.compile(r"\d\s?[kMm]?Hz\b|\b(?:perturbation|amplitude|scan rate)\b")
_AT_CURRENT = re.compile(r"\b(?:at|under)\s(?:a |an |the )?(?:current density of |current of |high |rate of )*$")
_LITHIUM_HELD = re.compile(
    r"\b(?:pre-?deposit\w*|pre-?lithiat\w*|pre-?load\w*|pre-?stor\w*|excess|inventory|reservoir|"
    r"confin\w*|accommodat\w*|"
    r"(?:lithium|Li) worth)\b",
    re.IGNORECASE,
)
_PUT_DOWN = re.compile(
    r"\b(?:plating|plated|depositi\w+|deposits?|deposited|electrodeposit\w+|lithiat\w+)\s"
    r"(?:(?:with|of|at|to|for|a|an|lithium|Li|charge|capacity|areal)\s){1,5}[~≈]?(?:\d[\d., and]*)?$"
)
_OF_LITHIUM = re.compile(r"\s(?:of\s)?(?:metallic\s)?(?:Li|lithium)\b(?!\s(?:is|are|was|were)\b)")
_ONSET = re.compile(
    r"\b(?:onset|occurs?|initiat\w*|detect\w*|starts?|begins?|decompos\w*|melt\w*|self-heating|runaway|peak)\b"
)
_XPS = re.compile(
    r"\b(?:XPS|peaks?|spectr\w*|1s|2p|3d|cut-?off|valence|band ?gap|beam|k-point|plane[- ]wave)\b|\bC 1s|"
    r"\b[A-Z][a-z]? ?\d[spdf]\b"
)
_DYING_AT = re.compile(
    r"\b(?:fail\w*|short\w*|die[sd]?|dead|collaps\w*)\b.*\b(?:at|by|after|around|in)\s(?:about\s|"
    r"around\s)?cycle\s$"
)


def choose_metric(r: Reading) -> Choice:
    """Say which metric a quantity is, or why it is none.

    A metric that the rule of its kind does not know goes by its names alone.
    """
    added = _unknown_to_rules(r)
    if added and (kind_of(r.quantity.unit) in _ONLY or _is_first_behind(r, added)):
        return added.metric, "named"
    metric, reason = _by_rule(r)
    return (added.metric, "named") if added and not metric and reason != "condition" else (metric, reason)


def by_name_alone(kind: str) -> frozenset[str]:
    """Give the metrics of a dimension class that its rule does not know, whether of the package or of a user.

    Examples
    --------
    >>> sorted(by_name_alone("um")), sorted(by_name_alone("eV"))
    ([], [])
    """
    if kind == BARE:  # names are all that its rule goes by, and a number without unit needs that rule's care
        return frozenset()
    metrics = metrics_of_kind(kind)
    return metrics - _KNOWN_TO_RULES if kind in _CLOSED else metrics & vocabulary().added


def _unknown_to_rules(r: Reading) -> Cue | None:
    """Find such a metric's name nearest to a number that is no setting: "its shelf life, dried for 12 h, is"."""
    kind = kind_of(r.quantity.unit)
    unknown = by_name_alone(kind)
    cue = r.nearest(r.of_kind(kind)) if unknown else None
    if cue is None or cue.metric not in unknown:
        return None
    return None if _OF_A_SETTING.search(r.text[cue.end : max(r.quantity.start, cue.end)]) else cue


def _is_first_behind(r: Reading, cue: Cue) -> bool:
    """Say whether a number is of the first list of its kind behind a name, or the last before it where none is."""
    alike = [o for o in r.others if kind_of(o.unit) == kind_of(r.quantity.unit)] or [r.quantity]
    behind = [o for o in alike if o.start >= cue.end and not _OF_A_SETTING.search(r.text[cue.end : o.start])]
    return (behind[0] if behind else alike[-1]).group == r.quantity.group


def _by_rule(r: Reading) -> Choice:
    kind = kind_of(r.quantity.unit)
    if _FAR_FROM.search(r.before(30)):
        return None, "a goal not reached"
    if kind == "mAh/g" and _C_RATE_DEFINED.search(r.before(14)):
        return None, "definition of the C-rate"
    if kind == "mJ/m^2" and not re.search(
        r"\b(?:surface|interfac\w+|adhesi\w+|free) (?:energ|tension)|\btension\b", r.sentence
    ):
        return None, "no metric named for an energy per area"
    if kind in _ONLY:
        return _ONLY[kind], "unit"
    if kind == RATE:
        return None, "condition"
    if kind == OTHER:
        return None, "a unit of no metric"
    rule = _RULES.get(kind)
    return rule(r) if rule else _by_name(r)


def only_metric(kind: str) -> str | None:
    """Give the metric that a dimension class leaves no choice but, or None.

    Examples
    --------
    >>> only_metric("Wh/kg"), only_metric("percent")
    ('specific_energy', None)
    """
    return _ONLY.get(kind)


def _by_name(r: Reading) -> Choice:
    kind = kind_of(r.quantity.unit)
    named = r.of_kind(kind)
    if metric := r.dealt(named):
        return metric, "respectively"
    cue = r.nearest(named)
    if cue:
        return cue.metric, "named"
    if kind in r.carried:
        return r.carried[kind], CARRIED
    return None, f"no metric named for {kind}"


def _voltage(r: Reading) -> Choice:
    q = r.quantity
    named = r.of_kind(VOLTAGE)
    millivolt = q.unit.startswith("m")
    if metric := r.dealt(named):
        return metric, "respectively"
    if millivolt and _AMPLITUDE.search(r.sentence):
        return None, "an amplitude of the spectrometer"
    if _APART.match(r.after(30)) or (re.search(r"\bapart\b", r.sentence) and re.search("[Pp]lateau", r.sentence)):
        return "voltage_polarization", "the gap between two plateaus"
    cue = r.nearest(named)
    if cue is None:
        told = r.carried.get(VOLTAGE)
        if millivolt and told in _OVERPOTENTIALS:
            return told, CARRIED
        return None, "no metric named for a voltage"
    if fold_unit(q.unit) == "V" and re.search(r"\b(?:voltage|cut-?off|charged|window)\b", r.text[cue.end : q.start]):
        return None, "a voltage of the test"
    if cue.metric == "redox_peak_potential" and q.size == 2 and _SCANNED.search(r.before(40)):
        return None, "the window of a scan"
    if cue.metric in _OVERPOTENTIALS:
        limit = not millivolt and (q.value >= _NO_OVERPOTENTIAL or _LIMIT.search(r.near(50, 30)))
        return (None, "a limit of the test") if limit else (cue.metric, "named")
    if cue.metric == "potential":
        if millivolt and re.search(r"symmetric|plating|stripping|cycling|stable", r.sentence):
            return "overpotential", "potential of a symmetric cell"
        if not re.search(r"SHE|redox|electrode potential|standard", r.sentence):
            return None, "a voltage of the test"
    if cue.metric == "voltage_window" and q.value_max is None and q.qualifier in ("=", "~"):
        return None, "one limit of a window"
    return cue.metric, "named"


def _resistance(r: Reading) -> Choice:
    cue = r.nearest([*r.of_kind("ohm"), *r.named("interfacial_resistance")])
    metric = cue.metric if cue else r.carried.get("ohm") or ("resistance" if _SYMBOL.search(r.before(60)) else None)
    if metric is None:
        return None, "no metric named for a resistance"
    # In ohm, not per area: an interfacial resistance only by name.
    return ("resistance" if metric == "interfacial_resistance" else metric), "named"


def _conductivity(r: Reading) -> Choice:
    cue = r.nearest(r.named("ionic_conductivity", "electronic_conductivity"))
    unsaid = cue is None or r.text[cue.start : cue.end].lower().startswith("conduct")
    if cue and cue.metric == "electronic_conductivity":
        return cue.metric, "named"
    if unsaid and re.search(r"\belectron(?:s|ic|ically)?\b", r.sentence):
        return "electronic_conductivity", "named"
    return "ionic_conductivity", "named" if cue else "unit"


def _current(r: Reading) -> Choice:
    if r.nearest(r.named("exchange_current_density")) and not _AT_CURRENT.search(r.before(30)):
        return "exchange_current_density", "named"
    return None, "condition"


def _areal(r: Reading) -> Choice:
    near = r.near(60, 60)
    if _OF_CATHODE.search(r.before(60)) and any(kind_of(o.unit) == "mg/cm^2" for o in r.others):
        return "areal_capacity", "capacity of a loading"
    if _ANODE_HAS.search(r.before(50)):
        return "areal_capacity", "capacity of an anode"
    cue = r.nearest(r.named("lithium_excess"))
    if cue and 0 <= r.quantity.start - cue.end < 12:
        return "lithium_excess", "named"
    if _LITHIUM_HELD.search(near):
        return "areal_capacity", "lithium on the sample"
    if re.search(r"\b(?:cathodes?|(?:Li|lithium) foil|loading)\b", near) and re.search(
        r"\bareal|loading|foil|rolled", near
    ):
        return "areal_capacity", "areal capacity of an electrode"
    told = {kind_of(o.unit) for o in r.others} & {PERCENT, TIME, CYCLES, VOLTAGE, "mAh/g", "ohm", "ohm cm^2", FOLD}
    if not told and (_PUT_DOWN.search(r.before(60)) or _OF_LITHIUM.match(r.after(30))):
        return "areal_capacity", "lithium put down, and nothing else told"
    return None, "condition"


def _bare(r: Reading) -> Choice:
    if _DYING_AT.search(r.before(50)):
        return "failure_cycle", "fails at cycle N"
    named = [c for c in r.of_kind(BARE) if c.metric not in _COUNTED]
    if metric := r.dealt(named):
        return metric, "respectively"
    if cue := ratios.named(r, named):
        return cue.metric, "named"
    if BARE in r.carried and not named and r.carried[BARE] not in _COUNTED and ratios.is_of_another(r):
        return r.carried[BARE], CARRIED
    return None, "a number without unit"


def _fold(r: Reading) -> Choice:
    if re.search(r"\btheoretical\w*\b", r.before(70)):
        return None, "a comparison in theory"
    q = r.quantity
    if _SUPPOSED.search(r.before(250)):
        return None, "times of a condition"
    if q.unit_span[0] == q.start:  # "twice", "half": the word is number and unit
        if r.text[q.start : q.end].endswith("ing"):
            return None, "times of a condition"
        if _TOLD_BESIDE.match(r.after(60)):
            return None, "a ratio to a value that is told"
        if _RATIO_TO.match(r.after(10)):
            return "improvement", "a comparison"
    elif q.unit_span[0] == q.unit_span[1]:
        return "improvement", "a comparison"  # "by a factor of 3"
    if _COMPARISON.search(r.near(60, 40)) and not re.search(r"\b(?:cycled|repeated|washed|rinsed)\b", r.before(40)):
        return "improvement", "a comparison"
    return None, "times, no comparison"


def _angle(r: Reading) -> Choice:
    if r.named("contact_angle") or (ANGLE in r.carried and re.search(r"\bwet\w*|\bangle|\bdrop", r.sentence)):
        return "contact_angle", "named"
    if re.search(r"\b[Dd]rop(?:let)?s?\b", r.sentence):
        return "contact_angle", "named"
    return None, "an angle of diffraction or of geometry"


def _temperature(r: Reading) -> Choice:
    if r.named("temperature_onset") and _ONSET.search(r.before(60)):
        return "temperature_onset", "named"
    return None, "condition"


def _energy(r: Reading) -> Choice:
    if _XPS.search(r.near(60, 30)) or abs(convert(r.quantity.value, r.quantity.unit, ENERGY)) > _NO_BOND:
        return None, "an energy of an instrument or a spectrum"
    metric, reason = _by_name(r)
    if reason == CARRIED and not ratios.is_of_another(r):
        return None, "an energy of an instrument or a spectrum"
    return metric, reason


_RULES: dict[str, Callable[[Reading], Choice]] = {
    PERCENT: shares.share,
    TIME: lives.hours,
    CYCLES: lives.cycles,
    LENGTH: lengths.length,
    VOLTAGE: _voltage,
    "ohm": _resistance,
    CONDUCTIVITY: _conductivity,
    CURRENT: _current,
    AREAL: _areal,
    BARE: _bare,
    FOLD: _fold,
    ANGLE: _angle,
    TEMPERATURE: _temperature,
    ENERGY: _energy,
}
# Kinds whose rules do not go by names alone, and the metrics that these rules know.
_CLOSED = frozenset([*_ONLY, TIME, CYCLES, LENGTH, CONDUCTIVITY, CURRENT, AREAL, ANGLE, TEMPERATURE])
_KNOWN_TO_RULES = frozenset(
    [
        *_ONLY.values(),
        *(metric for metric, _ in lengths.NOUNS),
        *_COUNTED,
        "areal_capacity",
        "coating_thickness",
        "contact_angle",
        "cycling_hours",
        "deposit_thickness",
        "electronic_conductivity",
        "exchange_current_density",
        "fiber_diameter",
        "ionic_conductivity",
        "lithium_excess",
        "membrane_thickness",
        "temperature",
        "temperature_onset",
    ]
)
