"""Lengths: the thickness of a coating, a deposit or a membrane; diameters, pores, grains, roughness."""

from __future__ import annotations

import re

from extractors.cues import Choice, Reading
from extractors.kinds import LENGTH
from schema.units import fold_unit

NOUNS = (
    ("surface_roughness", re.compile(r"\broughness\b|\bR[aq]\b", re.IGNORECASE)),
    ("pore_size", re.compile(r"\b(?:pores?|channels?|openings?|voids?|holes?|aperture)\b", re.IGNORECASE)),
    (
        "particle_size",
        re.compile(
            r"\b(?:particles?|nanoparticles?|grains?|crystallites?|microspheres?|nanospheres?)\b", re.IGNORECASE
        ),
    ),
    ("fiber_diameter", re.compile(r"\b(?:fib(?:er|re)s?|nanofib(?:er|re)s?|nanowires?|filament\w*)\b", re.IGNORECASE)),
)
_SIZE = re.compile(r"\b(?:size\w*|diameters?|width|roughness|rang\w+|R[aq]|nm|scale)\b")
_THICK = re.compile(r"\b(?:thick\w*|height)\b", re.IGNORECASE)
_DEPOSIT = re.compile(
    r"\b(?:deposit\w*|lithium deposition|plated (?:Li|lithium)|electrodeposit\w*|(?:Li|lithium) (?:layer|plating)|"
    r"mossy)\b",
    re.IGNORECASE,
)
_COAT = re.compile(
    r"\b(?:coat\w*|layers?|films?|interlayers?|modif\w+ layer|protective|shell|skin|interphase|SEI|"
    r"buffer|thin|ultrathin)\b",
    re.IGNORECASE,
)
_MEMBRANE = re.compile(
    r"\b(?:membranes?|separators?|electrolytes?|SPE|pellets?|electrodes?|sheet|anode)\b", re.IGNORECASE
)
_FOIL = re.compile(
    r"\b(?:foils?|(?:Li|lithium) (?:anodes?|electrodes?)|chips?|discs?|disks?|Li metal|lithium metal|wafer)\b",
    re.IGNORECASE,
)
_NO_THICKNESS = re.compile(
    r"\b(?:by|×|x)\s\d|\d\s?(?:mm|cm)\s(?:by|×|x)|petri|wavelength|λ|mesh|length|distance|displac\w+|mov(?:es?|ed|ing)|expan\w+|"
    r"volume change|diffusion length|scale bar|vacuum|supercell|slab"
)
_THIN = re.compile(r"\b(?:compress\w*|thin(?:ner)?|ultra-?thin|coat\w*|layers?|films?|deposit\w*)\b", re.IGNORECASE)
_REACHES = re.compile(r"\b(?:reach\w*|measur\w*|amount\w* to|gr[eo]w to|is|are|was|were)\s(?:about |only |~|≈)?$")
_COATING_METHOD = re.compile(r"\b(?:coating|coat of|atomic|sputter\w*|vapou?r)\b", re.IGNORECASE)
_GROWN = re.compile(
    r"\s(?:thick\s)?of\s(?:(?:amorphous|crystalline|sputtered|dense|pure)\s)?"
    r"(?!Li\b)(?:(?:[A-Z][a-z]?\d*){1,6}(?:\d|[A-Z])|Ag|Au|Sn|Zn|Al|Si|Ge|Sb|Bi|In|Mg|Pt|Ti|carbon)(?=[\s,.;(])"
)
_IN_BRACKETS = re.compile(r"(?<![A-Za-z])(?:[A-Z][a-z]?\d*){1,5}\s\(\s?[~≈]?$")
_PUT_ON = re.compile(r"\b(?:deposited|sputtered|evaporated|coated|grown|ALD|atomic layer deposition)\b")
_CAST_ON = re.compile(r"^\s(?:was|were|is|are)\s(?:cast|coated|spun|sputtered|grown|deposited|applied|sprayed)\b")
_MOSS = re.compile(r"\b(?:moss|mossy|deposits?|dendrites?)\sof\s[~≈]?(?:about |some |around )?\d")


def length(r: Reading) -> Choice:
    """Name a length by its nouns; a size of apparatus or of foil is none of ours."""
    near, tight = r.near(70, 45), r.near(40, 25)
    if re.search(r"\bwalls?\b", tight):
        return None, "thickness of a wall"
    if _SIZE.search(near):
        for metric, noun in NOUNS:
            if noun.search(near):
                return metric, "named"
    if re.search(r"\bdiameters?\b", tight, re.IGNORECASE):
        fibrous = re.search(r"\bfib(?:er|re|rous)", r.text[max(0, r.start - 200) : r.end], re.IGNORECASE)
        if fibrous and not re.search(r"\b(?:disc|disk|punch|electrodes? with)", near):
            return "fiber_diameter", "named"
        return None, "a diameter of no fibre"
    if _NO_THICKNESS.search(near):
        return None, "a size, no thickness"
    if fold_unit(r.quantity.unit) in ("mm", "cm", "m", "km"):
        return None, "a macroscopic size"
    listed = _THICK.search(r.before(120)) and r.quantity.size > 1
    if _GROWN.match(r.after(40)) or (_CAST_ON.search(r.after(30)) and re.search(r"\b(?:of|a)\s[~≈]?$", r.before(6))):
        return "coating_thickness", "so much of a material"
    if _MOSS.search(tight) and re.search(r"\b(?:Li|lithium|plat\w+|charge)\b", r.sentence):
        return "deposit_thickness", "thickness of a deposit"
    if _IN_BRACKETS.search(r.before(30)) and re.match(r"\s?\)", r.after(2)) and _PUT_ON.search(r.sentence):
        return "coating_thickness", "in brackets behind a material put on another"
    if not _THICK.search(near) and not _THIN.search(tight) and not listed:
        told = r.carried.get(LENGTH, "")
        if told.endswith("_thickness") and _REACHES.search(r.before(20)):
            return told, "carried from the number before"
        return None, "no metric named for a length"
    if _FOIL.search(tight) and not re.search(r"\b(?:coat\w*|layers?)\b", tight):
        return None, "thickness of a foil"
    return _thickness(r, near, tight)


def _thickness(r: Reading, near: str, tight: str) -> Choice:
    """Say what is thick: a lithium deposit, else the nearer of a coating and a membrane."""
    lithium = re.search(r"\b(?:Li|lithium)\b", r.sentence)
    if re.search(r"\bdeposits?\s(?:is|are|was|were|of)\b[^,;]{0,24}$", r.before(40)):
        return "deposit_thickness", "thickness of a deposit"
    if _DEPOSIT.search(near) and lithium and not _COATING_METHOD.search(near):
        return "deposit_thickness", "thickness of a deposit"
    wide = r.near(120, 45)
    shift = len(wide) - len(near)
    coat, membrane = _last(_COAT, near), _last(_MEMBRANE, wide) - shift
    if coat >= 0 and (coat >= membrane or re.search(r"\bcoat\w*|layer", tight)):
        return "coating_thickness", "thickness of a coating"
    if membrane >= -shift and _MEMBRANE.search(wide):
        return "membrane_thickness", "thickness of a membrane"
    if r.carried.get(LENGTH) == "coating_thickness" or _THICK.search(tight):
        return "coating_thickness", "carried from the sentence before"
    return None, "a thickness of nothing named"


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)
