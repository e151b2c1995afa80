"""Units as papers print them behind a number: symbols, spelt names, products, powers."""

from __future__ import annotations

import re

from schema.errors import UnitMismatch
from schema.units import SPELT_UNIT, fold_unit

_END = r"(?:(?![A-Za-z])|(?=(?:cm|kg|g)\^?[-−–]?\d))"  # "mAcm-2": no letter behind but those of another unit
_POWER = r"(?:\^?[-−–‐]?\d(?!\d)|\([-−–]\d\))"
_SHARE = r"(?:wt|weight|vol|volume|mol|at|atom(?:ic)?|mass)\.?[\s-]?"
_SPACE = r"(?:square|cubic|sq\.?)[\s-]"
_NAMED = (  # slower to try, so they come last
    rf"{_SHARE}(?:%|per\s?cent\b)|per\s?cent\b|"
    r"(?:deg(?:ree)?s?\.?\s)?(?:[Cc]elsius|centigrade)\b|deg(?:ree)?s?\.?\sC\b|degrees?\b|"
    rf"(?:milli|kilo|mega)?(?:amp(?:ere)?|watt)s?[\s-]hours?\b|(?:{_SPACE})?{SPELT_UNIT}\b(?:\s(?:squared|cubed)\b)?|"
    rf"{_SPACE}[ckmµμ]?m\b|"
    r"fold\b|times\b|orders?[\s-]of[\s-]magnitude|dec(?:ade)?\b|ppm\b|rpm\b"
)
ATOM = (
    r"%|"
    rf"[mµμunk]?Ah{_END}|[mkMG]?Wh{_END}|[mµμunk]?A{_END}|[mµμk]?V(?![A-Za-z])|[nµμucmkpa]?m(?:\s(?:squared|cubed)\b|(?![A-Za-z]))|"
    rf"hrs?\b|h{_END}|mins?\b|sec\b|[mµμ]?s(?![A-Za-z])|d(?![A-Za-z])|yrs?\b|[-–]?cycles?\b|"
    rf"[mkMG]?(?:Ω|\u2126)|[mµμun]?S{_END}|[kMGT]?Pa\b|Js\b|[kmM]?J{_END}|[mkM]?W(?![A-Za-z])|"
    r"[mkMGT]?eV\b|[mµμun]?N(?![A-Za-z])|k?cal\b|[mµμ]?mol(?![A-Za-z]|[.\s-]{0,2}%)|[mµμucd]?[lL](?![A-Za-z])|"
    rf"[mµμuk]?g{_END}|Å(?!n)|[mµμ]?M(?![A-Za-z])|K(?![A-Za-z])|C(?![A-Za-z])|F(?![A-Za-z])|"
    r"[°º˚]\s?C\b|℃|oC\b|[°º˚]|[×x](?=\s(?:[a-z]+er|more|less|that|those|as)\b)|"
    rf"[kMG]?Hz\b|(?:wt|vol|at|mol)[.\s-]{{0,2}}%|(?=[A-Za-zå][a-zå]{{2}}|wt|at|Ån)(?:{_NAMED})"
)
_UNIT = re.compile(
    # a power that a further number and unit follow is that number: "2 nm-3 nm"
    rf"(?:{ATOM})(?:{_POWER}(?!\.?\d|\s?(?:{ATOM})(?!{_POWER})))?"
    rf"(?:(?:\s?[·∙⋅•×*]\s?|\.(?=c?m[\^\d−–-]|s[\^−–⁻-]|h\b|k?g\b)|\s?/\s?(?!cycle)|\sper\s(?!cycle)|-(?=c?m\^?[23]\b))"
    rf"(?:{ATOM})(?:{_POWER})?|"
    rf"\s(?:[hH]{_END}|hours?\b)(?=\s?[/·∙⋅•*.]?\s?(?:[ckmg]|square|per|\^))|"
    rf"[\s-]{_SPACE}{SPELT_UNIT}\b|"
    rf"\s?(?:{ATOM})\s?{_POWER})*"
)
_IN_A_NAME = re.compile(r"[-–@][A-Za-z]")
_CLOCK = re.compile(r"(?:1[0-2]|[1-9])(?:\.[0-5]\d)?")
_LASTING = re.compile(
    r"(?:\b(?:for|after|over|within|than|to|of|and|about|around|every|during|least|lasted)\s|[~≈>]\s?)[~≈]?$"
)
_NEEDS_SPACE = frozenset("FNSKWJd")


def unit_at(text: str, number: tuple[int, int], at: int, limit: int) -> re.Match[str] | None:
    """Match the unit that begins at a place behind a number; letters that only look like one are none.

    Parameters
    ----------
    number : offsets of the number
    at : where the unit begins, if there is one

    Examples
    --------
    >>> [unit_at(t, (0, 2), 3, len(t))[0] for t in ("20 mA cm-2 or", "20 kilometers", "20 ohm square centimeters")]
    ['mA cm-2', 'kilometers', 'ohm square centimeters']
    >>> unit_at("20 Mxenes", (0, 2), 3, 9), unit_at("12 pm", (0, 2), 3, 5)
    (None, None)
    """
    unit = _UNIT.match(text, at, limit)
    if unit and unit[0].startswith(("-", "–")):
        unit = _UNIT.match(text, at + 1, limit)
    if unit is None:
        return None
    printed, behind = unit[0], text[unit.end() : unit.end() + 5]
    if behind[:1].isalpha():
        return None
    if len(printed) == 1 and printed not in "%hV" and _IN_A_NAME.match(behind) and printed + behind != "C-rate":
        return None
    if printed in ("pm", "am") and _CLOCK.fullmatch(text[slice(*number)]):
        return None  # a time of day
    symbol = printed.rstrip("^-−–0123456789")
    if symbol in _NEEDS_SPACE and at == number[1]:
        return None
    if symbol == "d" and not _LASTING.search(text[max(number[0] - 12, 0) : number[0]]):
        return None  # an orbital, a panel
    try:
        fold_unit(printed)
    except UnitMismatch:
        return None
    return unit


def alike(one: str, two: str) -> bool:
    """Say whether two printed units have one dimension, prefixes aside.

    Examples
    --------
    >>> alike("nm", "µm"), alike("h", "mV")
    (True, False)
    """
    if one == two:
        return True
    try:
        strip = [re.sub(r"\b[mukMGn](?=[A-Za-zΩ])", "", fold_unit(u).replace("ohm", "Ω")) for u in (one, two)]
    except UnitMismatch:
        return False
    return strip[0] == strip[1]
