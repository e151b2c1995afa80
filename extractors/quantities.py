"""Numbers with their units, ranges, lists, signs and qualifiers, as they stand in a clean text.

Nothing here knows what a number means; that is ``metrics.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.gated import Gated
from extractors.notation import alike, unit_at
from extractors.numerals import COUNT, FOLDS, GROUPS, NUMBER, POWER, RATIO, SHARE, in_groups, parse_number

Search = Callable[[str, int, int], "re.Match[str] | None"]

_FIGURES = (
    rf"(?P<power>(?<![\w.×x]){POWER})|"
    r"\bC/(?P<rate>\d{1,2})\b|(?<![\w./,])1/(?P<part>[2-9]|\d\d)(?=\s?C\b)|"
    rf"(?<![\w.,_])(?:(?<=-to-)|(?<![A-Za-z)\]][-@%]))(?<![A-Za-z]/)(?:(?P<groups>{GROUPS})|(?P<number>{NUMBER}))(?!\d)"
)
_WORDS = rf"\b(?i:(?P<ratio>{RATIO})|(?P<share>{SHARE})|(?P<count>{COUNT})(?=[\s-])|(?P<folds>{FOLDS}))"
_FIRST_FIGURE = "[\\d.½⅓⅔¼¾C]"
_AT_FIGURE = re.compile(_FIRST_FIGURE)
_IN_FIGURES = re.compile(_FIGURES)
_IN_WORDS = Gated(_WORDS)
_RAW = re.compile(
    rf"(?={_FIRST_FIGURE}|\b(?i:an?\b|one|tw|th|fo|fi|si|se|ei|ni|te|el|hu|do|tr|qu|ha))"  # else nothing need be tried
    rf"(?:{_FIGURES}|{_WORDS})"
)
_NUMBER = re.compile(rf"(?P<number>{NUMBER})(?!\d)")
_PLAIN_CELL = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
_BAR = " | "  # between the cells of a table
_PLAIN = r"\d+(?:\.\d+)?"
_SPREAD = rf"\s?(?:\(\s?(?:±|\+/?[-−–])\s?{_PLAIN}\s?\)|\(?\+\s?{_PLAIN}\s?/\s?[-−–]\s?{_PLAIN}\)?)"
_GAPS = {  # what may stand between a number and its unit
    "count": re.compile(r"[\s-]"),
    "share": re.compile(r"\s(?:of\s)?an?\s"),
    "folds": re.compile(""),
}
_GAP = re.compile(rf"(?:{_SPREAD})?\s?-?\s?")
_COMPARED = re.compile(r"\s(?:of\s)?(?:that|those)\b")
_BRACKET = re.compile(rf"\(\s?[-−]?{_PLAIN}\s?(?:±|\+/?[-−–]|[-–−~]|to)\s?$")
_CLOSED = re.compile(r"\)\s?")
_NEXT_COUNT = re.compile(rf"(?:\s(?:to|or|and)\s|[-–])(?i:{COUNT})[\s-]")
_DASH = re.compile(r"[-‐‑](?=\d)")
_FACTOR = re.compile(r"\b(?:by|of) a factor of (?:about |nearly |over |more than |almost |up to |~|≈)?$")
_CONNECTOR = re.compile(
    r"^-?\s?(?:(?P<range>[-–−‒‑‐~∼〜～…]|\.{3}|(?<!\s)—(?!\s)|up to|-?to-?|through)|"
    r"(?P<pair>/|vs\.?|versus|compared (?:to|with)|against|rather than|instead of|as opposed to)|"
    r"(?P<list>,\s?and|,\s?or|,|and|or|&)|\(?(?P<plus>[±∓]|\+/?[-−–]|plus or minus))\s?"
    r"(?:(?:over|about|more than|nearly|approximately|around|only|ca\.|almost|as (?:much|high|large|long) as)\s)?"
    r"[~≈<>≤≥±−-]?\s?$"
)
_BETWEEN = re.compile(r"\bbetween\s(?:about\s)?[~≈]?\s?$")
_POWER_BEHIND = re.compile(r"\([^()]*\)\s?[×xX·∙⋅•*]\s?$")
_NTH = re.compile(r"(?:st|nd|rd|th)[\s-](cycles?)\b")
_SIGN = re.compile(r"(?:^|[\s(~≈<>≤≥=])([-−–])\s?$")
_NUMBERED = re.compile(
    r"\b(?:[Ff]igs?\.?|[Ff]igures?|FIGS?\.?|[Tt]ables?|[Ss]chemes?|[Rr]efs?\.?|[Ee]qs?\.?|[Ss]ections?|"
    r"[Nn]otes?|[Ss]teps?|[Vv]ideos?|[Mm]ovies?)\s?S?$"
)
_QUALIFIERS = {
    "~": r"(?:[~≈∼≃≅]|\b(?:about|around|approximately|ca\.|ca|nearly|almost|roughly|close to|circa|some|approx\.?|"
    r"near(?:\s+to)?|next to|up to ≈|c\.|(?:[oi]n|of) the (?:order|vicinity|region|range) of))\s*(?:only\s)?$",
    ">=": r"(?:[≥⩾≧]|>=|\b(?:at least|no (?:less|fewer) than|not (?:less|fewer|lower|smaller) than|not below|"
    r"no lower than|a minimum of))\s*$",
    "<=": r"(?:[≤⩽≦]|<=|\b(?:up to|at most|no more than|not (?:more|higher|larger) than|not above|"
    r"no higher than|within|as (?:high|much|many|large|long) as|a maximum of|"
    r"not exceeding|does not exceed))\s*(?:a\s|an\s)?$",
    ">": r"(?:>|\b(?:over|more than|exceeding|exceeds?|exceeded|above|greater than|higher than|larger than|longer than|"
    r"beyond|in excess of|surpass(?:es|ing|ed)?|upwards of))\s*(?:a\s|an\s)?(?:the\s)?$",
    "<": r"(?:<|\b(?:below|under|less than|lower than|smaller than|fewer than|shorter than|only a few))"
    r"\s*(?:a\s|an\s)?$",
}
_QUALIFYING = Gated("|".join(_QUALIFIERS.values()), re.IGNORECASE)
_QUALIFIER = tuple((name, Gated(pattern, re.IGNORECASE)) for name, pattern in _QUALIFIERS.items())
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


def is_ordinal(q: Quantity, text: str) -> bool:
    """Say whether a quantity is a place in a row: "the 60th cycle"."""
    return q.unit == "cycle" and bool(_NTH.match(text, q.end))


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
    return list(_found(text, start, end)) if start < end else []


@lru_cache(maxsize=64)  # a cell of a table, and a caption, are asked for several times
def _found(text: str, start: int, end: int) -> tuple[Quantity, ...]:
    in_bars = text.startswith(_BAR, max(start - len(_BAR), 0)) and text.startswith(_BAR, end)
    if in_bars and _PLAIN_CELL.fullmatch(text, start, end):  # most cells of tables
        return (Quantity(float(text[start:end]), "", start, end, (end, end)),)
    found: list[Quantity] = []
    position = start
    search = _RAW.search if _IN_WORDS.may_match(text, start, end) else _search_figures
    while match := _next(text, position, found, end, search):
        if match.lastgroup == "groups" and not in_groups(text[max(match.start() - 16, 0) : match.start()]):
            match = _NUMBER.match(text, match.start(), end) or match
        q = _single(text, match, end)
        position = match.end()
        if q is not None:
            behind = max(found[-1].end, found[-1].unit_span[1]) if found else match.start()
            if q.start < match.start() and re.fullmatch(r"\s[-–−]\s", text[behind : match.start()]):
                q = replace(q, value=-q.value, start=match.start())  # "10 - 20 nm"
            found.append(q)
            position = max(position, q.unit_span[1])  # the 2 of "cm^-2" is no number
    return tuple(_grouped(text, _scaled(text, found, start), start))


def _search_figures(text: str, start: int, end: int) -> re.Match[str] | None:
    """Find the next number of a text without number words, where most characters need not be looked at closely."""
    for first in _AT_FIGURE.finditer(text, start, end):
        if match := _IN_FIGURES.match(text, first.start(), end):
            return match
    return None


def _next(text: str, position: int, found: list[Quantity], end: int, search: Search) -> re.Match[str] | None:
    """Find the next number; a dash right behind a unit joins it to the number before: "2 nm-3 nm"."""
    dash = _DASH.match(text, position, end) if found and found[-1].unit_span[1] == position > found[-1].end else None
    return (_NUMBER.match(text, dash.end(), end) if dash else None) or search(text, position, end)


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
        power = re.search(r"[×xX·∙⋅•*]\s?10\s?\^?\s?([-−–]\d{1,2})$", text[q.start : q.end])
        plain = out and not out[-1].unit and not re.search(r"[×xX·∙⋅•*^eE]", text[out[-1].start : out[-1].end])
        if power and plain and _link(text, out[-1], q) and out[-1].value > 50 * abs(q.value) > 0:
            exponent = int(power[1].replace("−", "-").replace("–", "-"))
            out[-1] = replace(out[-1], value=float(f"{out[-1].value * 10.0**exponent:.12g}"))
        out.append(q)
    return out


def _single(text: str, match: re.Match[str], limit: int) -> Quantity | None:
    (a, b), form = match.span(), match.lastgroup or ""
    if form in ("rate", "part"):  # C/3, 1/3 C
        at = a if form == "rate" else b + (text[b] == " ")
        return Quantity(1 / float(match[form]), "C", a, b, (at, at + 1), qualifier=_qualifier(text, a, b))
    if _NUMBERED.search(text[max(a - 14, 0) : a]):
        return None  # "Fig. 4C" is no rate
    value = parse_number(match[0])
    after = text[b : b + 60]
    if form == "ratio" or (form == "share" and _COMPARED.match(after)):
        return Quantity(value, "times", a, b, (a, b), qualifier=_qualifier(text, a, b))
    unit = _unit(text, match, limit)
    worded = form in _GAPS
    counted_on = worded and unit is None and _counted_on(text, b, limit)
    if unit is None and not counted_on:
        activation = re.match(r"(?:\s|-)?(?:[a-z/-]+\s){0,3}(cycles)\b", after)
        if activation and (worded or re.match(r"\s(?:[a-z/-]+\s){0,2}cycles\b", after)):
            unit = re.compile("cycles").match(text, b + activation.start(1))
    if worded:
        one_letter = unit and len(unit[0]) == 1 and unit[0] not in "%h"
        if one_letter or (unit is None and not counted_on):
            return None
    if re.match(r"(?:st|nd|rd|th)\b", after):
        nth = _NTH.match(text, b, limit)  # "at the 60th cycle": a quantity, for the cell that fails there
        return Quantity(value, "cycle", a, b, nth.span(1), qualifier=_qualifier(text, a, b)) if nth else None
    if unit is None and after[:1].isalpha():
        return None  # "3D", "2p": part of a name
    if value == float("inf"):
        return None  # a run of hundreds of digits
    sign = _SIGN.search(text[max(a - 4, 0) : a])
    if sign and not worded and form != "power":
        value, a = -value, a - (len(text[max(a - 4, 0) : a]) - sign.start(1))
    span = unit.span() if unit else (b, b)
    printed = unit[0].strip() if unit else ""
    if not unit and _FACTOR.search(text[max(a - 30, 0) : a]):
        printed = "times"
    return Quantity(value, printed, a, b, span, qualifier=_qualifier(text, a, span[1]))


def _unit(text: str, match: re.Match[str], limit: int) -> re.Match[str] | None:
    """Find the unit of a number: behind a blank or a hyphen, a spread, or the bracket that holds number and spread."""
    a, b = match.span()
    gap = _GAPS.get(match.lastgroup or "", _GAP).match(text, b, limit)
    unit = unit_at(text, (a, b), gap.end(), limit) if gap else None
    closed = _CLOSED.match(text, b, limit)
    if unit is None and closed and _BRACKET.search(text[max(a - 16, 0) : a]):
        return unit_at(text, (a, b), closed.end(), limit)
    return unit


def _counted_on(text: str, at: int, limit: int) -> bool:
    """Say whether a number in words goes on to another that has the unit: "two to three weeks"."""
    joint = _NEXT_COUNT.match(text, at, limit)
    return bool(joint and unit_at(text, joint.span(), joint.end(), limit))


def _qualifier(text: str, start: int, unit_end: int) -> str:
    before = text[max(start - 24, 0) : start]
    for name, pattern in _QUALIFIER if _QUALIFYING.may_match(before) else ():
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
    same = not before.unit or not q.unit or alike(before.unit, q.unit)
    if not same or (before.unit and not q.unit):
        return ""
    if re.match(r"\s?and\b", between) and _BETWEEN.search(text[max(before.start - 16, 0) : before.start]):
        return "range"
    return "comma" if between.strip() == "," else kind


def _with_ranges(text: str, group: list[Quantity], links: list[str], start: int) -> list[Quantity]:
    out: list[Quantity] = []
    if links == [""] and not group[0].link:
        return group
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
