"""Numbers with their units, ranges, lists, signs and qualifiers, as they stand in a clean text.

Nothing here knows what a number means; that is ``metrics.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schema.errors import UnitMismatch
from schema.units import fold_unit

_EXP = r"\^?[-−–‐]?\d"
_ATOMS = (
    r"(?:wt|vol|mol|at)\.?\s?%|%|°\s?C\b|℃|°(?!\s?C)|"
    r"(?:milliampere|ampere|watt)s?[\s-]hours?|milliamperes?|square centimet(?:er|re)s?|"
    r"micrometers?|microns?|nanomet(?:er|re)s?|"
    r"(?:[mµμun]|k)?Ah\b|(?:[mk])?Wh\b|(?:[mµμunk])?A(?![a-z])|(?:[mµμk])?V(?![A-Za-z])|(?:[mk])?W(?![A-Za-z])|"
    r"(?:[mkMG])?(?:Ω|\u2126|ohms?\b|Ohms?\b)|(?:[mµμun])?S(?![A-Za-z])|[kMGT]?Pa\b|[kmM]?J(?![A-Za-z])|"
    r"[mk]?eV\b|[mµμun]?N(?![A-Za-z])|"
    r"[mµμ]?mol\b|(?:[mµμu])?[lL](?![A-Za-z])|(?:[nµμucmk])?m(?![A-Za-z])|[mµμuk]?g(?![A-Za-z])|Å|"
    r"hours?\b|hrs?\b|h(?![A-Za-z])|min(?:utes?|s)?\b|seconds?\b|s(?![A-Za-z])|days?\b|weeks?\b|months?\b|"
    r"[-–]?cycles?\b|fold\b|times\b|orders? of magnitude|ppm\b|rpm\b|k?Hz\b|M(?![A-Za-z])|"
    r"K(?![A-Za-z])|C(?![A-Za-z])|F(?![A-Za-z])"
)
_UNIT = re.compile(
    rf"(?:{_ATOMS})(?:{_EXP})?(?:(?:\s?[·∙⋅•]\s?|\s?/\s?(?!cycle)|"
    rf"\sper\s(?!cycle))(?:{_ATOMS})(?:{_EXP})?|\s(?:[hH](?![A-Za-z])|"
    rf"hours?\b)(?=\s?[/·∙]?\s?(?:[ckmg]|square|per|\^))|\sper square centimet(?:er|re)|"
    rf"\s?(?:{_ATOMS})\s?{_EXP})*"
)
_SCI = r"\s?[×xX]\s?10\s?\^?\s?[-−–]?\d{1,2}"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:{_SCI}|[eE][-−]\d{{1,2}})?"
_POWER = r"10(?:\s?\^\s?[-−–]?\d{1,2}|−\d{1,2}(?=\s?(?:[–−-]\s?10−|m?S\b)))"
_WORDS = {
    "an": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "twice": 2, "double": 2, "triple": 3,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "twentieth": 20, "fiftieth": 50,
    "hundredth": 100, "initial": 1,
}  # fmt: skip
_RAW = re.compile(
    rf"(?P<power>(?<![\w.×x]){_POWER})|"
    rf"(?<![\w.,_])(?<![A-Za-z)\]][-@%])(?<![A-Za-z]/)(?P<number>{_NUMBER})(?![\d])|"
    rf"\bC/(?P<rate>\d{{1,2}})\b|\b(?P<word>(?:an?)(?=\sorders? of)|"
    rf"{'|'.join(w for w in _WORDS if len(w) > 2)})\b(?=[\s-])"
)
_CONNECTOR = re.compile(
    r"^\s?(?:(?P<range>[-–−~]|to|through)|"
    r"(?P<pair>/|vs\.?|versus|compared (?:to|with)|against|rather than|instead of|as opposed to)|"
    r"(?P<list>,\s?and|,\s?or|,|and|or|&)|(?P<plus>±|\+/-))\s?"
    r"(?:(?:over|about|more than|nearly|approximately|around|only|ca\.|almost)\s)?[~≈<>≤≥±−-]?\s?$"
)
_BETWEEN = re.compile(r"\bbetween\s(?:about\s)?[~≈]?\s?$")
_POWER_BEHIND = re.compile(r"\([^()]*\)\s?[×xX·]\s?$")
_NTH = re.compile(r"(?:st|nd|rd|th)[\s-](cycles?)\b")
_SIGN = re.compile(r"(?:^|[\s(~≈<>≤≥=])([-−–])\s?$")
_NUMBERED = re.compile(
    r"\b(?:[Ff]igs?\.?|[Ff]igures?|FIGS?\.?|[Tt]ables?|[Ss]chemes?|[Rr]efs?\.?|[Ee]qs?\.?|[Ss]ections?|"
    r"[Nn]otes?|[Ss]teps?|[Vv]ideos?|[Mm]ovies?)\s?S?$"
)
_QUALIFIERS = {
    "~": r"(?:[~≈∼≃]|\b(?:about|around|approximately|ca\.|ca|nearly|almost|roughly|close to|circa|some|approx\.?|"
    r"near(?:\s+to)?|up to ≈))\s*(?:only\s)?$",
    ">=": r"(?:[≥⩾]|\b(?:at least|no less than|not (?:less|lower|smaller) than|not below|"
    r"no lower than|a minimum of))\s*$",
    "<=": r"(?:[≤⩽]|\b(?:up to|at most|no more than|not (?:more|higher|larger) than|not above|"
    r"no higher than|within|as high as|as much as|a maximum of|"
    r"not exceeding|does not exceed))\s*(?:a\s|an\s)?$",
    ">": r"(?:>|\b(?:over|more than|exceeding|exceeds?|exceeded|above|greater than|higher than|larger than|longer than|"
    r"beyond|in excess of|surpass(?:es|ing|ed)?|upwards of))\s*(?:a\s|an\s)?(?:the\s)?$",
    "<": r"(?:<|\b(?:below|under|less than|lower than|smaller than|fewer than|shorter than|only a few))"
    r"\s*(?:a\s|an\s)?$",
}
_QUALIFIER = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _QUALIFIERS.items())
_CLIMBED = re.compile(r"\b(?:crept|creeps?|rose|rises?|risen|grew|grows?|grown|climb\w*|went|gone|swell\w*)\sup to\s*$")
_LATER = re.compile(r"^\s?(?:or (?:more|longer|higher|above)|and (?:above|beyond)|\+(?=\s|$))", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:reduc\w*|decreas\w*|increas\w*|lower\w*|improv\w*|enhanc\w*|ris(?:es?|ing)|rose|rais\w*|"
    r"drop\w*|declin\w*|chang\w*|shrink\w*|shrank|fell|falls?|fall\w*|grow\w*|grew|climb\w*|"
    r"boost\w*|diminish\w*|extend\w*|cut|suppress\w*|prolong\w*|went)\b"
)


@dataclass(frozen=True)
class Quantity:
    """One number (or range) with its unit.

    Attributes
    ----------
    value, value_max : as printed, sign applied; of a range the smaller and the larger end
    unit : the unit as printed ("" where there is none); a list shares the unit of its last number
    start, end : clean offsets of the number (of a range: of both)
    unit_span : clean offsets of the unit
    qualifier : one of schema.records.QUALIFIERS
    group, index, size : the list a number stands in, its place in it, and how long the list is
    link : how it hangs on the number before: "", "list", "pair" (versus, slash), "change" (from A to B)
    """

    value: float
    unit: str
    start: int
    end: int
    unit_span: tuple[int, int]
    value_max: float | None = None
    qualifier: str = "="
    group: int = 0
    index: int = 0
    size: int = 1
    link: str = ""
    max_unit: str = ""  # of a range in two units ("200 nm to 2 µm") the unit of the larger end


def parse_number(text: str) -> float:
    """Read one number as printed.

    Examples
    --------
    >>> parse_number("1,710"), parse_number("4.6 × 10^7"), parse_number("10^-3"), parse_number("twice")
    (1710.0, 46000000.0, 0.001, 2.0)
    """
    plain = text.strip().lower()
    if plain in _WORDS:
        return float(_WORDS[plain])
    plain = re.sub(r"[−–]", "-", plain.replace(" ", "").replace(",", "").replace("×", "x"))
    if re.match(r"10\^|10-", plain):
        return float(f"1e{plain[2:].lstrip('^')}")
    return float(re.sub(r"x10\^?", "e", plain))


def is_ordinal(q: Quantity, text: str) -> bool:
    """Say whether a quantity is a place in a row: "the 60th cycle"."""
    return q.unit == "cycle" and bool(_NTH.match(text, q.end))


def ordinal(text: str) -> int | None:
    """Read "first", "10th", "50th".

    Examples
    --------
    >>> ordinal("first"), ordinal("40th"), ordinal("later")
    (1, 40, None)
    """
    word = text.lower()
    if word in _ORDINALS:
        return _ORDINALS[word]
    match = re.fullmatch(r"(\d{1,5})(?:st|nd|rd|th)", word)
    return int(match[1]) if match else None


def find_quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Find all numbers of a stretch of clean text, with units, in order.

    Examples
    --------
    >>> [(q.value, q.unit, q.qualifier) for q in find_quantities("for over 1400 h at 1 mA cm^-2")]
    [(1400.0, 'h', '>'), (1.0, 'mA cm^-2', '=')]
    >>> [(q.value, q.unit, q.link) for q in find_quantities("of 97.8 and 95.6%, respectively")]
    [(97.8, '%', ''), (95.6, '%', 'list')]
    >>> [(q.value, q.value_max, q.unit) for q in find_quantities("from 10^-3–10^-4 S cm^-1")]
    [(0.0001, 0.001, 'S cm^-1')]
    """
    end = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    while match := _RAW.search(text, position, end):
        q = _single(text, match, end)
        position = match.end()
        if q is not None:
            behind = max(found[-1].end, found[-1].unit_span[1]) if found else match.start()
            if q.start < match.start() and re.fullmatch(r"\s[-–−]\s", text[behind : match.start()]):
                q = replace(q, value=-q.value, start=match.start())  # "10 - 20 nm"
            found.append(q)
            position = max(position, q.unit_span[1])  # the 2 of "cm^-2" is no number
    return _grouped(text, _scaled(text, found, start), start)


def _scaled(text: str, found: list[Quantity], start: int) -> list[Quantity]:
    """Share a power of ten: "(3.2 ± 0.4) × 10^-4" and "3.2–4.1 × 10^-4" scale every number they span."""
    out: list[Quantity] = []
    for q in found:
        bracket = _POWER_BEHIND.search(text[max(start, q.start - 40) : q.start])
        if bracket and out and q.value and text.startswith("10", q.start):
            opened = max(start, q.start - 40) + bracket.start()
            inside = [o for o in out if o.start > opened and not o.unit]
            if inside:
                out = [o if o not in inside else replace(o, value=o.value * q.value) for o in out]
                out[-1] = replace(out[-1], unit=q.unit, unit_span=q.unit_span)
                continue
        power = re.search(r"[×xX]\s?10\s?\^?\s?([-−–]\d{1,2})$", text[q.start : q.end])
        plain = out and not out[-1].unit and not re.search(r"[×xX^eE]", text[out[-1].start : out[-1].end])
        if power and plain and _link(text, out[-1], q) and out[-1].value > 50 * abs(q.value) > 0:
            exponent = int(power[1].replace("−", "-").replace("–", "-"))
            out[-1] = replace(out[-1], value=float(f"{out[-1].value * 10.0**exponent:.12g}"))
        out.append(q)
    return out


def _single(text: str, match: re.Match[str], limit: int) -> Quantity | None:
    a, b = match.span()
    if match.lastgroup == "rate":  # C/3
        return Quantity(1 / float(match["rate"]), "C", a, b, (a, a + 1), qualifier=_qualifier(text, a, b))
    if _NUMBERED.search(text[max(a - 14, 0) : a]):
        return None  # "Fig. 4C" is no rate
    after = text[b : b + 60]
    gap = re.match(r"\s?-?\s?" if match.lastgroup != "word" else r"[\s-]", after)
    unit_at = b + (gap.end() if gap else 0)
    unit = _UNIT.match(text, unit_at, limit)
    if unit and unit[0].startswith(("-", "–")):
        unit = _UNIT.match(text, unit_at + 1, limit)
    if unit and not _is_unit(unit[0], text[b:unit_at], text[unit.end() : unit.end() + 2]):
        unit = None
    if unit is None:
        activation = re.match(r"(?:\s|-)?(?:[a-z/-]+\s){0,3}(cycles)\b", after)
        if activation and (match.lastgroup == "word" or re.match(r"\s(?:[a-z/-]+\s){0,2}cycles\b", after)):
            unit = re.compile("cycles").match(text, b + activation.start(1))
    if match.lastgroup == "word" and match[0].lower() != "twice":
        counted = unit and re.match(r"cycles?|times|fold|orders?|days|hours|h$|weeks", unit[0])
        if not counted:
            return None
    if re.match(r"(?:st|nd|rd|th)\b", after):
        nth = _NTH.match(text, b, limit)  # "at the 60th cycle": a quantity, for the cell that fails there
        value = parse_number(match[0])
        return Quantity(value, "cycle", a, b, nth.span(1), qualifier=_qualifier(text, a, b)) if nth else None
    if unit is None and after[:1].isalpha():
        return None  # "3D", "2p": part of a name
    value = parse_number(match[0])
    if value == float("inf"):
        return None  # a run of hundreds of digits
    sign = _SIGN.search(text[max(a - 4, 0) : a])
    if sign and match.lastgroup == "number":
        value, a = -value, a - (len(text[max(a - 4, 0) : a]) - sign.start(1))
    span = unit.span() if unit else (b, b)
    return Quantity(value, unit[0].strip() if unit else "", a, b, span, qualifier=_qualifier(text, a, span[1]))


def _is_unit(unit: str, gap: str, after: str) -> bool:
    """Refuse letters that only look like a unit."""
    if after[:1].isalpha() or (
        after[:1] in "-–@" and len(unit) == 1 and after[1:2].isalpha() and unit not in ("%", "h", "V")
    ):
        return False
    try:
        fold_unit(unit)
    except UnitMismatch:
        return False
    return not (unit in {"F", "N", "S", "K", "W", "J"} and not gap)


def _qualifier(text: str, start: int, unit_end: int) -> str:
    before = text[max(start - 24, 0) : start]
    for name, pattern in _QUALIFIER:
        if pattern.search(before):
            return "=" if name == "<=" and _CLIMBED.search(before) else name
    return ">=" if _LATER.match(text[unit_end : unit_end + 12]) else "="


def _grouped(text: str, found: list[Quantity], start: int) -> list[Quantity]:
    """Join ranges, share the unit of a list with its members, and number the lists."""
    groups: list[list[Quantity]] = []
    links: list[list[str]] = []
    for q in found:
        link = _link(text, groups[-1][-1], q) if groups else ""
        if link == "plus":
            groups[-1][-1] = replace(groups[-1][-1], unit=q.unit, unit_span=q.unit_span)
            continue
        if not link:
            groups.append([q])
            links.append([""])
        else:
            groups[-1].append(q)
            links[-1].append(link)
    out: list[Quantity] = []
    for number, (group, joints) in enumerate(_true_lists(groups, links)):
        members = _with_ranges(text, group, joints, start)
        unit, span = "", (0, 0)
        shared: list[Quantity] = []
        for q in reversed(members):
            if q.unit:
                unit, span = q.unit, q.unit_span
            elif unit:
                q = replace(q, unit=unit, unit_span=span)
            shared.append(q)
        size = len(shared)
        out.extend(replace(q, group=number, index=i, size=size) for i, q in enumerate(reversed(shared)))
    return out


def _true_lists(groups: list[list[Quantity]], links: list[list[str]]) -> Iterator[tuple[list[Quantity], list[str]]]:
    """Part what a mere comma joins: "N/P = 2.4, 0.5 C" is no list, "2.4, 0.5 and 0.3 C" is one."""
    for group, joints in zip(groups, links, strict=True):
        if joints == ["", "comma"]:
            yield from (([q], [""]) for q in group)
        else:
            yield group, ["list" if j == "comma" else j for j in joints]


def _link(text: str, before: Quantity, q: Quantity) -> str:
    between = text[max(before.end, before.unit_span[1]) : q.start]
    match = _CONNECTOR.match(between)
    if not match:
        return ""
    kind = match.lastgroup or ""
    if kind == "plus":
        return "plus"
    same = not before.unit or not q.unit or _alike(before.unit, q.unit)
    if not same or (before.unit and not q.unit):
        return ""
    if (
        kind == "range"
        and before.unit
        and between.strip() in "-–−"
        and q.unit
        and between[:1] != " "
        and before.unit == q.unit
    ):
        return "range"
    if between.strip() == "and" and _BETWEEN.search(text[max(before.start - 16, 0) : before.start]):
        return "range"
    return "comma" if between.strip() == "," else kind


def _alike(one: str, two: str) -> bool:
    """Say whether two printed units have one dimension, prefixes aside."""
    if one == two:
        return True
    try:
        strip = [re.sub(r"\b[mµukMGn](?=[A-Za-zΩ])", "", fold_unit(u).replace("ohm", "Ω")) for u in (one, two)]
    except UnitMismatch:
        return False
    return strip[0] == strip[1]


def _with_ranges(text: str, group: list[Quantity], links: list[str], start: int) -> list[Quantity]:
    out: list[Quantity] = []
    for q, link in zip(group, links, strict=True):
        if link != "range" or not out:
            out.append(replace(q, link=link if out else ""))
            continue
        low = out[-1]
        before = text[max(low.start - 90, start) : low.start]
        if re.search(r"\bfrom\s+(?:an? \w+ (?:value )?of )?[~≈]?\s?$", before) and _CHANGE.search(before):
            out.append(replace(q, link="change"))
        elif low.value_max is None and (q.value != low.value):
            out[-1] = _range(low, q)
        else:
            out.append(replace(q, link="list"))
    return out


def _range(low: Quantity, high: Quantity) -> Quantity:
    unit = low.unit or high.unit
    first, second = low.value, high.value
    span = high.unit_span if high.unit else low.unit_span
    if low.unit and high.unit and low.unit != high.unit:
        return replace(low, value_max=second, end=high.end, qualifier="range", unit_span=span, max_unit=high.unit)
    first, second = sorted((first, second))
    return replace(low, value=first, value_max=second, unit=unit, end=high.end, unit_span=span, qualifier="range")
