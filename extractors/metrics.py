"""Which metric a quantity is: by the dimension of its unit and the words near it.

A number without a metric named near it is not guessed at; it is rejected with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.quantities import Quantity
from schema.errors import UnitMismatch
from schema.units import factor, fold_unit
from schema.vocabulary import Vocabulary, vocabulary

PERCENT, CYCLES, FOLD, ANGLE, RATE, BARE, TIME, TEMPERATURE, OTHER = "percent", "cycles", "fold", "deg", "C", "1", "h", "degC", "other"
CURRENT, AREAL, VOLTAGE, LENGTH, CONDUCTIVITY, ENERGY = "mA/cm^2", "mAh/cm^2", "mV", "um", "S/cm", "eV"
_KINDS = (CURRENT, AREAL, VOLTAGE, "ohm", "ohm cm^2", CONDUCTIVITY, "GPa", LENGTH, "mAh/g", "Wh/kg", "mg/cm^2", "g/cm^3", "mJ/m^2", ENERGY, "kJ/g", "m^2/g", TIME)
_METRIC_KIND = {"percent": PERCENT, "deg": ANGLE, "degC": TEMPERATURE, "h": TIME, "V": VOLTAGE, "nm": LENGTH, "S/m": CONDUCTIVITY}
_ONLY = {  # a unit that leaves no choice
    "mAh/g": "specific_capacity", "Wh/kg": "specific_energy", "ohm cm^2": "interfacial_resistance", "mg/cm^2": "areal_loading",
    "g/cm^3": "density", "mJ/m^2": "surface_energy", "kJ/g": "heat_release", "m^2/g": "specific_surface_area",
}  # fmt: skip
_BREAK = re.compile(r";|,?\s\b(?:while|whereas|but|however|although)\b|\.\s")
_WORD = re.compile(r"[\w%/+.-]+")
_XPS = re.compile(r"\b(?:XPS|peaks?|spectr\w*|1s|2p|3d|cut-?off|valence|band ?gap|beam|k-point|plane[- ]wave)\b|\bC 1s|\b[A-Z][a-z]? ?\d[spdf]\b")
_PROCESS = re.compile(
    r"\b(?:soak\w*|immers\w*|dried|dry\w*|stirr\w*|etch\w*|sinter\w*|heat\w*|anneal\w*|electro-?spinning|electrospun|stor\w+|kept|aged|ag(?:e)?ing|treat\w*|expos\w*|placement|mix\w*|vacuum|"
    r"calcin\w*|ball[- ]mill\w*|sonicat\w*|react\w*|hydrolys\w*|placed|standing|cur(?:ed|ing)|irradiat\w*|sputter\w*|spinning|dissol\w*|degass\w*|wash\w*|oven|rest(?:ed|ing)?|deposition time|polymeri[sz]\w*|carboni[sz]\w*|uptake|absor\w*|dialy\w*|prepar\w*)\b",
    re.IGNORECASE,
)
_CYCLING = re.compile(
    r"\b(?:cycl\w*|stable|stably|stabili\w*|life\w*|symmetric\w*|plating|stripping|voltage|overpotential\w*|polari[sz]\w*|galvanostatic\w*|operat\w*|surviv\w*|short[- ]?circuit\w*|durab\w*|deposition/dissolution|run\w*|ran|fail\w*|die[sd]?|last\w*|hysteresis|potential)\b",
    re.IGNORECASE,
)
_THICK = re.compile(r"\b(?:thick\w*|height)\b", re.IGNORECASE)
_DEPOSIT = re.compile(r"\b(?:deposit\w*|lithium deposition|plated (?:Li|lithium)|electrodeposit\w*|(?:Li|lithium) (?:layer|plating)|cross-section\w*|mossy)\b", re.IGNORECASE)
_COAT = re.compile(r"\b(?:coat\w*|layers?|films?|interlayers?|modif\w+ layer|protective|shell|skin|interphase|SEI|buffer|thin|ultrathin)\b", re.IGNORECASE)
_MEMBRANE = re.compile(r"\b(?:membranes?|separators?|electrolytes?|SPE|pellets?|electrodes?|sheet|anode)\b", re.IGNORECASE)
_FOIL = re.compile(r"\b(?:foils?|chips?|discs?|disks?|Li metal|lithium metal|wafer)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A metric named at a place."""

    start: int
    end: int
    metric: str


@lru_cache(maxsize=4)
def _index(fingerprint: str) -> tuple[re.Pattern[str], dict[str, str], dict[str, frozenset[str]]]:
    words = vocabulary()
    names: dict[str, str] = {}
    for metric in words.metrics.values():
        for synonym in (metric.name.replace("_", " "), *metric.synonyms):
            names.setdefault(synonym if len(synonym) <= 4 else synonym.lower(), metric.name)
    long = sorted((n for n in names if len(n) > 4), key=len, reverse=True)
    short = sorted((n for n in names if len(n) <= 4), key=len, reverse=True)
    spaced = [re.escape(n).replace(r"\ ", r"[\s-]+") for n in long]
    pattern = re.compile(rf"(?<![\w-])(?:(?i:{'|'.join(spaced)})|(?:{'|'.join(map(re.escape, short))}))(?![\w])")
    kinds: dict[str, set[str]] = {}
    for metric in words.metrics.values():
        kinds.setdefault(_METRIC_KIND.get(metric.unit, metric.unit), set()).add(metric.name)
    return pattern, names, {k: frozenset(v) for k, v in kinds.items()}


def _words() -> Vocabulary:
    return vocabulary()


def find_cues(text: str, start: int, end: int) -> list[Cue]:
    """Find the metrics named in a stretch of clean text; a longer name hides a shorter inside it.

    Examples
    --------
    >>> text = "the nucleation overpotential and the CE"
    >>> [c.metric for c in find_cues(text, 0, len(text))]
    ['nucleation_overpotential', 'coulombic_efficiency']
    """
    pattern, names, _ = _index(_words().fingerprint)
    out = []
    for match in pattern.finditer(text, start, end):
        name = match[0] if len(match[0]) <= 4 else re.sub(r"[\s-]+", " ", match[0].lower())
        metric = names.get(name) or names.get(match[0].lower()) or names.get(name.replace(" ", "-", 1)) or _loose(names, name)
        if metric:
            out.append(Cue(match.start(), match.end(), metric))
    return out


def _loose(names: dict[str, str], name: str) -> str | None:
    return next((m for n, m in names.items() if re.sub(r"[\s-]+", " ", n) == name), None)


@lru_cache(maxsize=4096)
def kind_of(unit: str) -> str:
    """Give the dimension class of a printed unit.

    Examples
    --------
    >>> kind_of("mA cm^-2"), kind_of("wt %"), kind_of("Ω cm^-2"), kind_of("C"), kind_of("C·cm^-2"), kind_of("")
    ('mA/cm^2', 'percent', 'ohm cm^2', 'C', 'mAh/cm^2', '1')
    """
    plain = unit.strip()
    if not plain:
        return BARE
    if "%" in plain or plain == "percent":
        return PERCENT
    if plain.strip("-–").startswith("cycle"):
        return CYCLES
    if plain in {"fold", "times"} or plain.startswith("order"):
        return FOLD
    if plain == "°":
        return ANGLE
    if plain == "C":
        return RATE
    if re.fullmatch(r"°\s?C|℃|K", plain):
        return TEMPERATURE
    for kind in ("kJ/g",) if "J" in plain and "g" in plain else _KINDS:
        try:
            factor(plain, kind)
        except UnitMismatch:
            continue
        return kind
    if suspect_unit(plain):
        return kind_of(suspect_unit(plain))
    return OTHER


def suspect_unit(unit: str) -> str:
    """Give what a misprinted area unit must mean, or "".

    Examples
    --------
    >>> suspect_unit("Ω cm^-2"), suspect_unit("mA h cm^-1"), suspect_unit("mV")
    ('ohm cm^2', 'mAh/cm^2', '')
    """
    try:
        folded = fold_unit(unit)
    except UnitMismatch:
        return ""
    if re.fullmatch(r"[kmM]?ohm\*cm\*\*-2", folded):
        return folded.replace("**-2", "^2").replace("*", " ", 1)
    if re.fullmatch(r"(?:mA\*hour|A\*hour)\*cm(?:\*\*-1)?", folded):
        return "mAh/cm^2"
    if re.fullmatch(r"mA\*cm(?:\*\*-1)?", folded):
        return "mA/cm^2"
    return ""


def choose_metric(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    """Say which metric a quantity is.

    Parameters
    ----------
    span : clean offsets of the sentence
    cues : metrics named in the sentence
    others : all quantities of the sentence
    carried : kind -> metric of the sentence before, for elliptical sentences

    Returns
    -------
    metric or None, reason
    """
    kind = kind_of(q.unit)
    a, b = span
    sentence = text[a:b]
    special = _SPECIAL.get(kind)
    if kind in _ONLY:
        if kind == "mAh/g" and re.search(r"\b1\s?\.?0?\s?C\s?(?:=|≈|corresponds|rate of)\s?[^.]{0,6}$", text[max(q.start - 14, a) : q.start]):
            return None, "definition of the C-rate"
        return _ONLY[kind], "unit"
    if special is not None:
        return special(q, text, span, cues, others, carried)
    named = [c for c in cues if c.metric in _kinds().get(kind, frozenset())]
    if "respectively" in sentence and q.size > 1:
        spread = _spread(q, text, named)
        if spread:
            return spread, "respectively"
    cue = nearest_cue(q, text, named, others)
    if cue:
        return cue.metric, "named"
    if kind in carried:
        return carried[kind], "carried from the sentence before"
    return None, f"no metric named for {kind}"


def metrics_of_kind(kind: str) -> frozenset[str]:
    """Give the metrics whose unit is of a dimension class."""
    return _kinds().get(kind, frozenset())


def only_metric(kind: str) -> str | None:
    """Give the metric that a dimension class leaves no choice but, or None."""
    return _ONLY.get(kind)


def _kinds() -> dict[str, frozenset[str]]:
    return _index(_words().fingerprint)[2]


def _spread(q: Quantity, text: str, named: Sequence[Cue]) -> str | None:
    """Deal a list out over as many different metrics named just before it."""
    before = [c for c in named if c.end <= q.start][-q.size :]
    if len(before) != q.size or len({c.metric for c in before}) != q.size:
        return None
    gaps = [text[x.end : y.start] for x, y in zip(before, before[1:], strict=False)]
    if all(len(g) < 40 and re.search(r"\band\b|,|\bor\b", g) for g in gaps):
        return before[q.index].metric
    return None


def nearest_cue(q: Quantity, text: str, named: Sequence[Cue], others: Sequence[Quantity]) -> Cue | None:
    """Find the name that belongs to a number: best the last one before it, or one right behind its unit."""
    best, cost = None, 60.0
    kind = kind_of(q.unit)
    end = max(q.end, q.unit_span[1])
    for cue in named:
        if cue.end <= q.start:
            gap = text[cue.end : q.start]
            words = len(_WORD.findall(gap))
            between = sum(1 for o in others if cue.end <= o.start < q.start and o.group != q.group and kind_of(o.unit) == kind)
            price = words + 8 * bool(_BREAK.search(gap)) + 5 * between
        elif cue.start >= end:
            gap = text[end : cue.start]
            words = len(_WORD.findall(gap))
            close = words <= 3 and not re.search(r"[.;(),]|\b(?:and|with|at|for|in)\b", gap)
            price = words + (1 if close else 14) + 10 * bool(_BREAK.search(gap))
            price += 6 * sum(1 for o in others if end <= o.start < cue.start and kind_of(o.unit) == kind and o.group != q.group)
        else:
            price = 0.0  # the name holds the number
        if price < cost:
            best, cost = cue, price
    return best


def _percent(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    a, b = span
    after = text[q.unit_span[1] : q.unit_span[1] + 60]
    named = [c for c in cues if c.metric in _kinds()[PERCENT] or c.metric == "specific_capacity"]
    if re.match(r"\s?(?:of )?(?:Li[A-Z]\w+|FEC|VC|fluoroethylene|vinylene|lithium [a-z]+ate\b|additive)", after):
        return None, "a share of the electrolyte"
    if re.match(r"(?:wt|vol|mol|at)", q.unit):
        return "wt_fraction", "unit"
    if "respectively" in text[a:b] and q.size > 1 and (spread := _spread(q, text, [c for c in named if c.metric != "specific_capacity"])):
        return spread, "respectively"
    if re.match(r"\s(?:\w+\s){0,2}(?:per|each|a) cycle", after):
        return "capacity_retention_per_cycle", "per cycle"
    retained = re.search(r"\b(?:retain\w*|maintain\w*|preserv\w*|keep\w*|kept|deliver\w*|remain\w*)\b[^.;]{0,25}$", text[max(q.start - 40, a) : q.start])
    if retained and re.match(r"\s(?:of )?(?:its |the |their )?(?:initial |original |first |discharge |specific )*capacit", after):
        return "capacity_retention", "retains capacity"
    cue = nearest_cue(q, text, [c for c in named if c.metric != "specific_capacity"], others)
    if cue is None:
        if PERCENT in carried and (q.size > 1 or carried[PERCENT] in ("coulombic_efficiency", "capacity_retention", "initial_coulombic_efficiency")):
            return carried[PERCENT], "carried from the sentence before"
        return None, "no metric named for percent"
    metric = cue.metric
    if metric == "wt_fraction" and not re.match(r"(?:wt|weight|mass)", text[cue.start : cue.end], re.IGNORECASE) and "weight" not in text[a:b]:
        near = len(_WORD.findall(text[min(cue.end, q.end) : max(q.start, cue.start)])) <= 4
        metric = "wt_fraction" if near else ""
    if metric == "coulombic_efficiency" and re.search(r"\b(?:initial|first[- ]cycle|first)\W+(?:average\W+)?$", text[max(cue.start - 14, a) : cue.start], re.IGNORECASE):
        metric = "initial_coulombic_efficiency"
    if metric == "improvement" and not re.search(r"\b(?:increas|improv|enhanc|higher|longer|larger|lower|greater|reduc|decreas|boost|gain)", text[a:b]):
        metric = ""
    return (metric, "named") if metric else (None, "no metric named for percent")


def _time(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    if re.match(r"(?:min|s\b|sec|day|week|month)", q.unit) and not re.match(r"(?:day|week|month)", q.unit):
        return None, "too short a time to be a life"
    a, b = span
    clause = text[max(a, q.start - 90) : min(b, q.unit_span[1] + 60)]
    near = text[max(a, q.start - 45) : min(b, q.unit_span[1] + 30)]
    if re.match(r"\s?[-–]?(?:\w+\s)?(?:electrospinning|deposition|treatment|reaction|immersion|soak\w*|etching|sintering|annealing|drying|heating|storage|rest)\b", text[q.unit_span[1] : q.unit_span[1] + 30]):
        return None, "time of a process"
    if _PROCESS.search(near) and not re.search(r"\b(?:cycl\w*|symmetric\w*|plating/stripping|stripping/plating|lifespan|lifetime|short[- ]?circuit)\b", near):
        return None, "time of a process"
    if _CYCLING.search(clause) or _CYCLING.search(text[a:b]):
        return "cycling_hours", "cycling words"
    return None, "a time without cycling words"


def _cycles(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    a, b = span
    before = text[max(a, q.start - 60) : q.start]
    after = text[q.unit_span[1] : min(b, q.unit_span[1] + 90)]
    sentence = text[a:b]
    if re.search(r"\b(?:activation|formation|conditioning|pre-?cycl|scan|CV|specific|testing|first|initial|each|every|per)\b[\s\w-]{0,12}$", before[-28:]) or re.match(r"\s?(?:activation|formation|of activation|scans)", text[q.end : q.end + 24].strip()):
        if re.search(r"\bfirst\b", before[-20:]) and re.search(r"\b(?:then|fail|before|short|decay|drop|die)", after):
            return "failure_cycle", "first N, then failure"
        if re.search(r"\b(?:activation|formation|conditioning|pre-?cycl|scan|CV|specific|first|initial|each|every|per)\b", before[-28:]):
            return None, "protocol cycles, no life"
    failing = re.compile(r"\b(?:fail\w*|short[- ]?circuit\w*|decay\w*|die[sd]?|degrad\w*|fad(?:e|es|ed|ing)|collaps\w*|plummet\w*|drop\w*(?! (?:from|to|by)\b)|break\w*|broke|deteriorat\w*|cliff)\b", re.IGNORECASE)
    clause = text[max(a, q.start - 70) : min(b, q.unit_span[1] + 70)]
    measured = any(
        kind_of(o.unit) in (PERCENT, "mAh/g", "ohm", VOLTAGE) and 0 <= q.start - o.end < 80 and ")" not in text[o.end : q.start] for o in others
    )
    if re.search(r"\b(?:after|by|beyond)\s(?:only |about |approximately |around |nearly |the |just |more than |over |~|≈|ca\. )*$", before):
        if failing.search(clause):
            return "failure_cycle", "fails after N"
        steady = re.search(r"\b(?:stab\w+|flat|steady|smooth|no (?:obvious|evident|significant)|maintain\w*|still|intact)\b", sentence)
        if re.search(r"\b(?:even|still)\b", before) and steady and not measured:
            return "cycle_count", "still stable after N"
        if steady and not measured and re.search(r"\b(?:profile|voltage|plateau|cycl\w+ (?:stab|perform))", sentence):
            return "cycle_count", "stable after N"
        return None, "a cycle at which something was read"
    if re.search(r"\bwithin\b", before[-14:]) and re.search(r"\b(?:fail\w*|short\w*|die[sd]?)\b", clause):
        return "failure_cycle", "fails within N"
    if re.search(r"\b(?:at|between|and|from|of the|the)\s$", before) and re.search(r"\bthe\s$|\bat\s$", before):
        return None, "a cycle at which something was read"
    if q.qualifier == "range" and re.search(r"\bstable\b", clause):
        return None, "a span of cycles"
    if re.search(r"\b(?:over|for|during|within|across|throughout|than|exceed\w*|up to|reach\w*|last\w*|beyond|sustain\w*|through|of|to|with|achiev\w*|at least|about|approximately|nearly|around|surviv\w*|deliver\w*|complet\w*|≥|>|~|≈|only|endur\w*|is|was|extends? to)\W*(?:a |an |its |the )?(?:total of )?$", before) or q.qualifier in (">", ">=", "<="):
        if re.search(r"\b(?:XPS|SEM|XRD|FTIR|EIS|images?|morpholog\w*|disassembl\w*|spectr\w*|peaks?)\b", sentence) and not re.search(r"\b(?:stab\w+ (?:cycl|perf)|efficien|retention|life)", sentence):
            return None, "cycles before an analysis"
        if _CYCLING.search(sentence) or measured or re.search(r"\b(?:retention|efficien|CE|capacity|work|perform)", sentence):
            return "cycle_count", "life in cycles"
    if re.match(r"\s?(?:of )?(?:life|lifespan|stable|cycling)\b", after):
        return "cycle_count", "life in cycles"
    if re.match(r"^\W*$", before[-2:]) and re.search(r"\(\s*[^()]*$", before) and not measured:
        return "cycle_count", "life in brackets"
    return None, "a number of cycles without a claim of life"


def _length(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    a, b = span
    near = text[max(a, q.start - 70) : min(b, q.unit_span[1] + 45)]
    tight = text[max(a, q.start - 40) : min(b, q.unit_span[1] + 25)]
    before = text[max(a, q.start - 120) : q.start]
    if re.search(r"\bwalls?\b", tight):
        return None, "thickness of a wall"
    for metric, pattern in (
        ("surface_roughness", r"\broughness\b|\bR[aq]\b"),
        ("pore_size", r"\b(?:pores?|channels?|openings?|voids?|holes?|aperture)\b"),
        ("particle_size", r"\b(?:particles?|nanoparticles?|grains?|crystallites?|microspheres?|nanospheres?)\b"),
        ("fiber_diameter", r"\b(?:fib(?:er|re)s?|nanofib(?:er|re)s?|nanowires?|filament\w*)\b"),
    ):
        if re.search(pattern, near, re.IGNORECASE) and re.search(r"\b(?:size\w*|diameters?|width|roughness|rang\w+|R[aq]|nm|scale)\b", near):
            return metric, "named"
    if re.search(r"\bdiameters?\b", tight, re.IGNORECASE):
        fibrous = re.search(r"\bfib(?:er|re|rous)", text[max(0, a - 200) : b], re.IGNORECASE)
        return ("fiber_diameter", "named") if fibrous and not re.search(r"\b(?:disc|disk|punch|electrodes? with)", near) else (None, "a diameter of no fibre")
    if re.search(r"\b(?:by|×|x)\s\d|\d\s?(?:mm|cm)\s(?:by|×|x)|petri|wavelength|λ|mesh|length|distance|moved?|interface will|expan\w+|volume change|diffusion length|scale bar|vacuum|supercell|slab", near):
        return None, "a size, no thickness"
    if q.unit in ("mm", "cm", "m"):
        return None, "a macroscopic size"
    if not _THICK.search(near) and not re.search(r"\b(?:compress\w*|thin(?:ner)?|ultra-?thin|coat\w*|layers?|films?|deposit\w*)\b", tight, re.IGNORECASE) and not (_THICK.search(before) and q.size > 1):
        return None, "no metric named for a length"
    if _FOIL.search(tight) and not re.search(r"\b(?:coat\w*|layers?)\b", tight):
        return None, "thickness of a foil"
    deposit = _last(_DEPOSIT, near), _last(_COAT, near), _last(_MEMBRANE, before + near[q.start - max(a, q.start - 70) :])
    if deposit[0] >= 0 and re.search(r"\b(?:Li|lithium)\b", text[a:b]) and not re.search(r"\b(?:coating|coat of|atomic|sputter\w*|vapou?r)\b", near, re.IGNORECASE):
        return "deposit_thickness", "thickness of a deposit"
    if deposit[1] >= 0 and (deposit[2] < 0 or deposit[1] >= deposit[2] or re.search(r"\bcoat\w*|layer", tight)):
        return "coating_thickness", "thickness of a coating"
    if deposit[2] >= 0:
        return "membrane_thickness", "thickness of a membrane"
    return ("coating_thickness", "carried") if carried.get(LENGTH) == "coating_thickness" or _THICK.search(tight) else (None, "a thickness of nothing named")


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _voltage(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    a, b = span
    if kind_of(q.unit) == ENERGY:
        return None, "an energy"
    named = [c for c in cues if c.metric in _kinds()[VOLTAGE]]
    if "respectively" in text[a:b] and q.size > 1 and (spread := _spread(q, text, named)):
        return spread, "respectively"
    cue = nearest_cue(q, text, named, others)
    near = text[max(a, q.start - 50) : min(b, q.unit_span[1] + 30)]
    over = {"overpotential", "nucleation_overpotential", "mass_transfer_overpotential", "voltage_polarization", "voltage_hysteresis"}
    if cue is None:
        if q.unit.startswith("m") and VOLTAGE in carried and carried[VOLTAGE] in over:
            return carried[VOLTAGE], "carried from the sentence before"
        return None, "no metric named for a voltage"
    between = text[cue.end : q.start]
    if re.search(r"\b(?:voltage|cut-?off|charged|window)\b", between) and q.unit == "V":
        return None, "a voltage of the test"
    if cue.metric in over:
        if re.search(r"\b(?:cut-?off|window|charged to|discharged to|vs\.? Li|voltage range|upper limit|to \d\.\d V)\b", near) and not q.unit.startswith("m"):
            return None, "a limit of the test"
        return cue.metric, "named"
    if cue.metric == "potential" and q.unit.startswith("m") and re.search(r"symmetric|plating|stripping|cycling|stable", text[a:b]):
        return "overpotential", "potential of a symmetric cell"
    if cue.metric == "potential" and not re.search(r"SHE|redox|electrode potential|standard", text[a:b]):
        return None, "a voltage of the test"
    if cue.metric == "voltage_window" and q.value_max is None and q.qualifier not in ("<=", "<", ">=", ">"):
        return None, "one limit of a window"
    return cue.metric, "named"


def _resistance(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    named = [c for c in cues if c.metric in _kinds()["ohm"] or c.metric == "interfacial_resistance"]
    cue = nearest_cue(q, text, named, others)
    metric = cue.metric if cue else carried.get("ohm")
    if metric is None:
        return None, "no metric named for a resistance"
    return ("resistance" if metric == "interfacial_resistance" else metric), "named"


def _conductivity(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    cue = nearest_cue(q, text, [c for c in cues if c.metric in ("ionic_conductivity", "electronic_conductivity")], others)
    if cue and cue.metric == "electronic_conductivity":
        return cue.metric, "named"
    if cue and text[cue.start : cue.end].lower().startswith("conduct") and re.search(r"\belectron\w*", text[span[0] : span[1]]):
        return "electronic_conductivity", "named"
    return "ionic_conductivity", "named" if cue else "unit"


def _current(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    cue = nearest_cue(q, text, [c for c in cues if c.metric == "exchange_current_density"], others)
    near = text[max(span[0], q.start - 30) : q.start]
    if cue and not re.search(r"\b(?:at|under)\s(?:a |an |the )?(?:current density of |current of |high |rate of )*$", near):
        return "exchange_current_density", "named"
    return None, "condition"


def _areal(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    near = text[max(span[0], q.start - 60) : min(span[1], q.unit_span[1] + 60)]
    cue = nearest_cue(q, text, [c for c in cues if c.metric == "lithium_excess"], others)
    if cue and 0 <= q.start - cue.end < 12:
        return "lithium_excess", "named"
    if re.search(r"\b(?:pre-?deposit\w*|pre-?lithiat\w*|pre-?load\w*|pre-?stor\w*|excess|inventory|reservoir|confin\w*|accommodat\w*|(?:lithium|Li) worth)\b", near, re.IGNORECASE):
        return "areal_capacity", "lithium on the sample"
    if re.search(r"\b(?:cathodes?|foil|loading)\b", near) and re.search(r"\bareal|loading|foil|rolled", near):
        return "areal_capacity", "areal capacity of an electrode"
    return None, "condition"


def _bare(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    if abs(q.value) > 1e4:
        return None, "a number without unit"
    before = text[max(span[0], q.start - 50) : q.start]
    if re.search(r"\b(?:at|by|after|around|in) (?:about |around )?(?:cycle|cycle number)\s$", before) and re.search(r"\b(?:fail\w*|short\w*|die[sd]?|dead|collaps\w*)\b", before):
        return "failure_cycle", "fails at cycle N"
    for cue in cues:
        if cue.metric in ("np_ratio", "dielectric_constant") and cue.end <= q.start:
            gap = text[cue.end : q.start]
            if re.fullmatch(r"\W*(?:(?:ratios?|of|is|was|are|in|the|full|cell|cells|at|only|about|a|low|high|ultralow|value|values|set|to|with|less|than|ranging|from|between|equal|reaches)\W+){0,8}[\W]*", gap):
                return cue.metric, "named"
    return None, "a number without unit"


def _fold(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    around = text[max(span[0], q.start - 60) : min(span[1], q.unit_span[1] + 40)]
    if re.search(r"\b(?:higher|longer|larger|lower|than|that of|those of|increas\w*|improv\w*|enhanc\w*|faster|greater|smaller|reduc\w*|decreas\w*|extend\w*|boost\w*|prolong\w*)\b", around):
        return "improvement", "a comparison"
    return None, "times, no comparison"


def _angle(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    named = any(c.metric == "contact_angle" for c in cues)
    if named or (carried.get(ANGLE) and re.search(r"\bwet\w*|\bangle", text[span[0] : span[1]])):
        return "contact_angle", "named"
    return None, "an angle of diffraction or of geometry"


def _temperature(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    named = [c for c in cues if c.metric == "temperature_onset"]
    near = text[max(span[0], q.start - 60) : q.start]
    if named and re.search(r"\b(?:onset|occurs?|initiat\w*|detect\w*|starts?|begins?|decompos\w*|melt\w*|self-heating|runaway|peak)\b", near):
        return "temperature_onset", "named"
    return None, "condition"


def _energy(q: Quantity, text: str, span: tuple[int, int], cues: Sequence[Cue], others: Sequence[Quantity], carried: dict[str, str]) -> tuple[str | None, str]:
    named = [c for c in cues if c.metric in ("binding_energy", "adsorption_energy")]
    cue = nearest_cue(q, text, named, others)
    if cue is None or _XPS.search(text[max(span[0], q.start - 60) : min(span[1], q.unit_span[1] + 30)]) or abs(q.value) > 30:
        return None, "an energy of an instrument or a spectrum"
    return cue.metric, "named"


_SPECIAL = {
    PERCENT: _percent, TIME: _time, CYCLES: _cycles, LENGTH: _length, VOLTAGE: _voltage, "ohm": _resistance, CONDUCTIVITY: _conductivity,
    CURRENT: _current, AREAL: _areal, BARE: _bare, FOLD: _fold, ANGLE: _angle, TEMPERATURE: _temperature, ENERGY: _energy,
}  # fmt: skip
