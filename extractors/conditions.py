"""Under which conditions a result stands: current, capacity, cycles, rate, temperature, N/P, cell, electrolyte.

Rules of scope, weakest first: the methods or the caption of the figure a sentence cites; the sentences before it
in its paragraph; the sentence itself.  What was carried over is named in ``conditions_far``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extractors.gated import Gated
from extractors.kinds import AREAL, CURRENT, CYCLES, PERCENT, RATE, TEMPERATURE, TIME, kind_of, suspect_unit
from extractors.numerals import ordinal
from extractors.quantities import Quantity, is_ordinal
from schema.records import Conditions
from schema.units import convert
from schema.vocabulary import vocabulary

CURRENT_KEY, AREAL_KEY = "current_density_mA_cm2", "areal_capacity_mAh_cm2"
_AT_CYCLE = Gated(
    r"\b(?:after|at|in|during|of|for|until|by|from)\s(?:the\s|its\s)?(?:very\s)?(first|second|third|fifth|"
    r"tenth|fiftieth|hundredth|initial|\d{1,5}(?:st|nd|rd|th))[\s-]cycles?\b",
    re.IGNORECASE,
)
_BEFORE_CYCLING = Gated(
    r"\b(?:before|prior to) (?:any |the )?(?:battery |galvanostatic )?cycl(?:ing|es?)\b", re.IGNORECASE
)
_CYCLE_RANGE = Gated(
    r"\b(?:between|from) (?:the )?(\d{1,5})(?:st|nd|rd|th)? (?:and|to) (?:the )?(\d{1,5})(?:st|nd|rd|"
    r"th) cycles?\b|\bcycles? (\d{1,5})\s?(?:[-–]|to|and|through)\s?(\d{1,5})\b"
)
_NP = Gated(
    r"\bN(?:/|:)P(?: capacity)?(?: ratios?)?(?: of the full cells?)?\W{0,3}(?:\s?(?:=|of|is|was|at|:|to|"
    r"around|about)\s?)*\(?\s?(\d{1,3}(?:\.\d+)?)(?![\d%])"
)
_FIGURE = re.compile(r"\b(?:[Ff]igs?\.|[Ff]igures?|FIG\.)\s?(\d{1,2})\s?\(?([A-Za-z])?\b")
_PART = re.compile(r"(?:\(|(?<=[\s.;]))([a-zA-Z])(?:\s?(?:and|,|-|–)\s?([a-zA-Z]))?\)")
_SYMMETRIC = Gated(r"\bsymmetric\w*\b|\bLi\s?\|{1,2}\s?Li\b|\bLi/Li\b|\bLi[–-]Li (?:cell|symm)", re.IGNORECASE)
_HALF = Gated(
    r"\bhalf[- ]?cells?\b|\bLi\s?\|{1,2}\s?Cu\b|\bCu\s?\|{1,2}\s?Li\b|\bLi/(?:\w+ )?Cu\b|\bLi[–-]Cu "
    r"(?:half|cell)|\b(?:asymmetric|lithium[–-]copper) cells?",
    re.IGNORECASE,
)
_FULL = Gated(r"\bfull[- ]?(?:cells?|batter)|\bpouch\b", re.IGNORECASE)
_CATHODE = Gated(
    r"\b(?:LiFePO4|LFP|LiCoO2|LCO|N[CM][MA] ?\d{2,3}|N[CM]M|NMC ?\d{0,3}|NCA|Li4Ti5O12|LTO|"
    r"LiNi[\d.]+(?:[A-Z][a-z]?[\d.]*)+|SPAN|sulfur|LNMO|LiMn2O4)\b"
)
_CATHODES = {
    "LiNi0.8Mn0.1Co0.1O2": "NCM811",
    "LiNi0.8Co0.1Mn0.1O2": "NCM811",
    "LiNi0.6Co0.2Mn0.2O2": "NCM622",
    "LiNi0.5Co0.2Mn0.3O2": "NCM523",
    "LiFePO4": "LFP",
    "LiCoO2": "LCO",
    "Li4Ti5O12": "LTO",
    "LiMn2O4": "LMO",
}
_PREDEPOSIT = Gated(
    r"\b(?:pre-?(?:deposit|lithiat|load|stor|plat)\w*|excess|inventory|reservoir|(?:Li|lithium) foil|"
    r"areal[- ](?:loading|capacity) cathode|cathodes?|high-loading|confin\w*|accept\w*|accommodat\w*|rolled|"
    r"amount of (?:lithium|Li)|"
    r"(?:lithium|Li) source|limited|received|worth|(?:holding|containing|carrying|loaded with) \d)\b|"
    r"\d of (?:lithium|Li)\b(?!\s(?:(?:is|are|was|were)\s)?(?:plated|deposited|cycled)\b)",
    re.IGNORECASE,
)
_FORMATION = re.compile(r"\b(?:formation|activat\w+|conditioning|pre-?cycl\w+)\b[^,;.]*$")
_MISPRINTED_RATE = re.compile(r"(?:mAh|capacit\w+|retention|cycl\w+)[^.;]{0,40}\bat\s$")
_SALT_IN = Gated(
    r"\d(?:\.\d+)?\s?M\s(?:Li\w+)(?:[\s/+-]+(?:\d\.?\d*\s?M\s)?Li\w+)*\s(?:dissolved\s)?(?:in|"
    r"/)\s(?:a\s|the\s)?(?:mixture of\s)?[\w,]+(?:[/:–-][\w,]+)*"
)
_AND = re.compile(r"\band\b|;|\b(?:while|whereas|but)\b")
_CELL_CLAUSE = re.compile(r";|,?\s\b(?:while|whereas|but)\b|,\sand\b|,\s(?=[^,;]{0,60}\bcells?\b)")
_OTHER_TEST = re.compile(
    r"\b(?:cells?|batter\w+)\b|\band\s(?:\w+ly\s)?(?:sustain|maintain|retain|deliver|exhibit|achiev|show|keep)\w*"
)
_RETAINED = re.compile(r"\b(?:retain\w*|retention|keep\w*|kept|maintain\w*|remain\w*|decay\w*|fad(?:es?|ed|ing))\b")


@dataclass(frozen=True)
class Mention:
    """One condition at a place."""

    key: str
    value: float
    start: int
    end: int
    group: int = -1
    index: int = 0
    size: int = 1


def find_conditions(text: str, start: int, end: int, quantities: Sequence[Quantity], taken: set[int]) -> list[Mention]:
    """Find the numeric conditions of one sentence.

    Parameters
    ----------
    taken : starts of quantities that are results, not conditions
    """
    out: list[Mention] = []
    if start >= end:  # a label of no group, a cell without footnotes
        return out
    for q in quantities:
        key = _key(q, text, start, end) if q.start not in taken and not is_ordinal(q, text) else None
        if key is None or q.value_max is not None:
            continue
        value = _value(q, key)
        if value is not None:
            out.append(Mention(key, value, q.start, max(q.end, q.unit_span[1]), q.group, q.index, q.size))
    for match in _AT_CYCLE.finditer(text, start, end):
        number = ordinal(match[1])
        if number is not None:
            out.append(Mention("at_cycle", float(number), match.start(), match.end()))
    for match in _BEFORE_CYCLING.finditer(text, start, end):
        out.append(Mention("at_cycle", 0.0, match.start(), match.end()))
    for match in _NP.finditer(text, start, end):
        out.append(Mention("np_ratio", float(match[1]), match.start(), match.end()))
    return sorted(out, key=lambda m: m.start)


def _key(q: Quantity, text: str, start: int, end: int) -> str | None:
    kind = kind_of(q.unit)
    before = text[max(start, q.start - 40) : q.start]
    around = text[max(start, q.start - 60) : min(end, q.unit_span[1] + 45)]
    if kind in (CURRENT, RATE) and _FORMATION.search(before):
        return None
    if kind == CURRENT:
        return CURRENT_KEY
    if kind == AREAL:
        if re.search(r"\bN/P\b", around) or (_CATHODE.search(before) and re.search(r"\(\s?[^()]*$", before)):
            return None  # of the cathode, not cycled
        return (
            None
            if _PREDEPOSIT.search(around) and not re.search(r"\b(?:fixed|cycling|cut-?off) capacity", around)
            else AREAL_KEY
        )
    if kind == RATE:
        return None if re.match(r"\s?(?:=|≈)", text[q.unit_span[1] : q.unit_span[1] + 3]) else "c_rate"
    if kind == TEMPERATURE:
        if 0 < q.value <= 10 and q.unit != "K" and _MISPRINTED_RATE.search(before):
            return "c_rate"  # "138 mAh/g at 0.5 °C"
        return (
            "temperature_C"
            if (re.search(r"\b(?:at|of|and|under|to|from)\s?$|\(\s?$", before) and -80 <= q.value <= 150)
            or re.search(r"\b[Aa]t\b", before)
            else None
        )
    if kind == CYCLES:
        if re.search(r"\b(?:[Aa]fter|[Aa]t|[Bb]y)\s(?:\w+\s){0,2}[~≈>]?$", before) or re.match(
            r"\s?later", text[q.unit_span[1] : q.unit_span[1] + 8]
        ):
            return "at_cycle"
        return "cycles"
    if kind == TIME and re.search(
        r"\b(?:[Oo]ver|[Ff]or|[Aa]fter|[Dd]uring|at|by)\s(?:more than |over |about )?$", before
    ):
        return "time_h"
    return None


def _value(q: Quantity, key: str) -> float | None:
    targets = {CURRENT_KEY: "mA/cm^2", AREAL_KEY: "mAh/cm^2", "temperature_C": "degC", "time_h": "h"}
    if key not in targets:
        return float(f"{q.value:.10g}")
    return (
        abs(convert(q.value, suspect_unit(q.unit) or q.unit, targets[key]))
        if key != "temperature_C"
        else convert(q.value, q.unit, "degC")
    )


def assign(
    q: Quantity, text: str, span: tuple[int, int], mentions: Sequence[Mention], results: Sequence[Quantity]
) -> dict[str, float]:
    """Pick for one result the conditions of its own sentence.

    One value of a key serves the whole sentence.  Of several, a list dealt out by "respectively" goes by place;
    else a value belongs to the result nearest to it, and a result without its own takes the last one before it.
    """
    out: dict[str, float] = {}
    by_key: dict[str, list[Mention]] = {}
    for m in mentions:
        by_key.setdefault(m.key, []).append(m)
    respectively = "respectively" in text[span[0] : span[1]]
    for key, found in by_key.items():
        values = {m.value for m in found}
        if len(values) == 1:
            mention = found[0]
            # "85% after 1,000 cycles, better than X (77%, 150 cycles)": what stands beyond a contrast is not ours.
            if key in ("at_cycle", "cycles") and len(results) > 1 and _other_side(q, text, found, results):
                continue
            if _later_clause(q, text, mention, results) or _of_what_is_left(q, text, mention, results):
                continue
            if _of_another_result(q, text, mention, results) or _of_another_cell(q, text, span, mention):
                continue
            out[key] = mention.value
            continue
        row = [m for m in found if m.size == q.size and m.group == found[0].group]
        if q.size > 1 and len(row) == q.size and [m.index for m in row] == list(range(q.size)):
            out[key] = row[q.index].value  # as many settings in a row as values in a row
            continue
        if (
            q.size == 2
            and q.value_max is None
            and len(row) == 2
            and _from_to(text, row[0].start)
            and _from_to(text, q.start, q)
        ):
            out[key] = row[q.index].value
            continue
        if respectively and q.size > 1:
            listed = [m for m in found if m.size == q.size]
            if len(found) == q.size and not _apart(text, found, results):
                out[key] = found[q.index].value
                continue
            if listed:
                out[key] = next((m.value for m in listed if m.index == q.index), listed[0].value)
                continue
        mine = [m for m in found if _is_or_beside(q, _owner(_partner(m, mentions, text), text, results))]
        if mine:
            after = [m for m in mine if m.start > q.start]
            out[key] = (after or mine)[0].value
        else:
            before = [m for m in found if m.end <= q.start]
            if before:
                out[key] = before[-1].value
            elif key in (CURRENT_KEY, AREAL_KEY, "c_rate", "temperature_C"):
                out[key] = found[0].value
    return _without_other_tests(out, q, text, mentions)


def _without_other_tests(
    told: dict[str, float], q: Quantity, text: str, mentions: Sequence[Mention]
) -> dict[str, float]:
    """Drop the current density of one test from the result of another that has a C-rate, or the other way round."""
    rates = [m for m in mentions if m.key == "c_rate" and m.value == told.get("c_rate")]
    currents = [m for m in mentions if m.key == CURRENT_KEY and m.value == told.get(CURRENT_KEY)]
    if len(rates) != 1 or len(currents) != 1:
        return told
    first, last = sorted((rates[0], currents[0]), key=lambda m: m.start)
    if not _OTHER_TEST.search(text, first.end, last.start):
        return told
    far = max((rates[0], currents[0]), key=lambda m: abs(m.start - q.start))
    dropped = {"c_rate"} if far.key == "c_rate" else {CURRENT_KEY, AREAL_KEY}
    return {k: v for k, v in told.items() if k not in dropped}


def _is_or_beside(q: Quantity, owner: Quantity | None) -> bool:
    """Say whether a condition's owner is this result, or stands in one list with it."""
    return owner is q or (owner is not None and q.size > 1 and owner.group == q.group >= 0)


def _from_to(text: str, start: int, q: Quantity | None = None) -> bool:
    """Say whether a pair goes "from A to B"."""
    return (q is not None and q.link == "change") or bool(re.search(r"\bfrom\s[~≈]?$", text[max(start - 7, 0) : start]))


def _apart(text: str, found: Sequence[Mention], results: Sequence[Quantity]) -> bool:
    """Say whether results stand between the values of a condition: no list, but each its own clause."""
    first, last = found[0].end, found[-1].start
    return ";" in text[first:last] and any(first <= r.start < last for r in results)


def _partner(mention: Mention, mentions: Sequence[Mention], text: str) -> Mention:
    """Give the current that a capacity stands right behind: "at 1 mA cm-2 and 1 mAh cm-2" is one setting."""
    if mention.key != AREAL_KEY:
        return mention
    before = [m for m in mentions if m.key == CURRENT_KEY and 0 <= mention.start - m.end < 12]
    together = before and re.fullmatch(
        r"\s?(?:and|,|/|\(|with|for)?\s?(?:and\s)?", text[before[-1].end : mention.start]
    )
    return before[-1] if together else mention


def _other_side(q: Quantity, text: str, found: Sequence[Mention], results: Sequence[Quantity]) -> bool:
    """Say whether another result, beyond a contrast or a bracket, owns the condition."""
    mention = found[0]
    owner = _owner(mention, text, results)
    if owner is None or owner is q or owner.group == q.group:
        return False
    lo, hi = sorted((q.start, mention.start))
    return bool(re.search(r"\b(?:than|while|whereas|but|compared|versus|vs)\b|;", text[lo:hi])) or bool(
        kind_of(owner.unit) == kind_of(q.unit) and mention.start > q.start and owner.start > q.start
    )


def _later_clause(q: Quantity, text: str, mention: Mention, results: Sequence[Quantity]) -> bool:
    """Say whether a condition opens a later clause, on results of another kind."""
    if mention.start < q.start or ";" not in text[q.end : mention.start]:
        return False
    owner = _owner(mention, text, results)
    return owner is not None and owner.start > mention.start and kind_of(owner.unit) != kind_of(q.unit)


def _of_another_result(q: Quantity, text: str, mention: Mention, results: Sequence[Quantity]) -> bool:
    """Say whether a rate, a cycle, a time or a temperature goes with a result of another kind, told beside this one.

    "1240 mAh/g at 0.2 C and a retention of 86%": the rate is not the retention's.  What stands before all results
    of a sentence is of them all, and so is what follows on "a capacity of ... with a retention of ...".
    """
    if mention.key in (CURRENT_KEY, AREAL_KEY, "np_ratio"):
        return False
    if mention.start > q.start:
        owner = _owner(mention, text, results)
        if owner is None or owner.start <= q.start or kind_of(owner.unit) == kind_of(q.unit):
            return False
        return bool(_AND.search(text, q.end, owner.start))
    before = [r for r in results if r.start < mention.start]
    if not before or kind_of(before[-1].unit) == kind_of(q.unit):
        return False
    return bool(_AND.search(text, mention.end, q.start))


def _of_another_cell(q: Quantity, text: str, span: tuple[int, int], mention: Mention) -> bool:
    """Say whether a condition stands in a clause on another cell: "Li||Li cells ..., while Li||LFP cells ..."."""
    cuts = _clauses(text, *span)
    mine = next(cell_of(text[a:b]) for a, b in pairwise(cuts) if a <= q.start < b or b == span[1])
    other = next(cell_of(text[a:b]) for a, b in pairwise(cuts) if a <= mention.start < b or b == span[1])
    return bool(mine and other and mine.split()[0] != other.split()[0])


@lru_cache(maxsize=8)  # asked for each result and each of its conditions
def _clauses(text: str, start: int, end: int) -> tuple[int, ...]:
    """Give where the clauses of a sentence that may tell of cells begin, and where the last ends."""
    return start, *(m.start() for m in _CELL_CLAUSE.finditer(text, start, end)), end


def _of_what_is_left(q: Quantity, text: str, mention: Mention, results: Sequence[Quantity]) -> bool:
    """Say whether a cycle belongs to the share retained, not to the capacity told before it."""
    if mention.key not in ("at_cycle", "cycles") or kind_of(q.unit) != "mAh/g" or mention.start < q.start:
        return False
    owner = _owner(mention, text, results)
    if owner is None or owner.start < q.end or kind_of(owner.unit) != PERCENT:
        return False
    return bool(_RETAINED.search(text, q.end, mention.start))


def _owner(mention: Mention, text: str, results: Sequence[Quantity]) -> Quantity | None:
    """Find the result a condition stands nearest to; one just before it is nearer than one behind."""

    def price(r: Quantity) -> float:
        behind = max(r.end, r.unit_span[1])
        if mention.start >= behind:
            return mention.start - behind + _clause_ends(text, behind, mention.start)
        return 1.6 * (r.start - mention.end) + 4 + _clause_ends(text, mention.end, r.start)

    others = [r for r in results if r.start != mention.start]  # "over 600 cycles" is a life, and the span of another
    return min(others, key=price, default=None)


def _clause_ends(text: str, start: int, end: int) -> float:
    """Price the end of a clause between a condition and a result."""
    return 100.0 * bool(re.search(r";|,\s(?:while|whereas|but)\b", text[start:end]))


@lru_cache(maxsize=256)
def cell_of(text: str) -> str | None:
    """Name the cell a stretch of text speaks of.

    Examples
    --------
    >>> cell_of("Li||LFP full cells"), cell_of("a symmetric cell"), cell_of("Li/Cu half cells"), cell_of("the film")
    ('full LFP', 'Li|Li symmetric', 'Li|Cu half', None)
    """
    cathode = _CATHODE.search(text)
    if _SYMMETRIC.search(text):
        return "Li|Li symmetric"
    if _FULL.search(text) or (cathode and re.search(r"\||/|cell|batter|[Ww]ith N|[Ww]ith L", text)):
        name = _CATHODES.get(cathode[0], cathode[0].replace(" ", "")) if cathode else ""
        return f"{'pouch' if re.search(r'pouch', text, re.IGNORECASE) else 'full'} {name}".strip()
    if _HALF.search(text):
        return "Li|Cu half"
    return None


def cathode_of(text: str) -> str | None:
    """Name the cathode a stretch of text speaks of.

    Examples
    --------
    >>> cathode_of("the loading of the NCM 811 cathode")
    'NCM811'
    """
    match = _CATHODE.search(text)
    return match[0].replace(" ", "") if match else None


def electrolyte_of(text: str) -> tuple[str | None, str | None]:
    """Name the electrolyte and its class where a stretch of text says them.

    Examples
    --------
    >>> electrolyte_of("in an ether-based electrolyte")
    ('ether-based electrolyte', 'ether')
    >>> electrolyte_of("with 1 M LiPF6 in EC/DEC (1:1)")
    ('1 M LiPF6 in EC/DEC', 'carbonate')
    """
    return _electrolyte_of(text, vocabulary().fingerprint)


@lru_cache(maxsize=4)
def _electrolytes(fingerprint: str) -> tuple[tuple[str, str, str], ...]:
    """Give the synonyms of electrolytes, once a vocabulary: in lower case, as they are, and of what; longest first."""
    terms = vocabulary().electrolytes.values()
    found = ((synonym.lower(), synonym, term.name) for term in terms for synonym in term.synonyms)
    return tuple(sorted(found, key=lambda f: -len(f[1])))


@lru_cache(maxsize=256)
def _electrolyte_of(text: str, fingerprint: str) -> tuple[str | None, str | None]:
    formula = _SALT_IN.search(text)
    low = text.lower()
    told = (found[1:] for found in _electrolytes(fingerprint) if found[0] in low)
    best, name = next(told, ("", None))
    if formula:
        words = formula[0].rstrip(",")
        if name is None:
            name = (
                "carbonate"
                if re.search(r"\b(?:EC|DEC|DMC|EMC|PC|FEC)\b|carbonate", words)
                else "ether"
                if re.search(r"\b(?:DOL|DME|diglyme|TEGDME)\b|dioxolane|dimethoxyethane", words)
                else None
            )
        return words, name
    return (best, name) if name else (None, None)


def figures(text: str) -> list[tuple[str, str]]:
    """List the figures a sentence cites, as (number, part).

    Examples
    --------
    >>> figures("As shown in Fig. 2c, the CE")
    [('2', 'c')]
    """
    return [(m[1], (m[2] or "").lower()) for m in _FIGURE.finditer(text)]


def caption_part(caption: str, part: str) -> str:
    """Cut the part of a caption that describes one panel; the whole caption where there are no panels.

    Examples
    --------
    >>> caption_part("Fig. 2 Cells. (a) CV, (b) CE at 1 mA cm^-2, (c) EIS.", "b")
    ' CE at 1 mA cm^-2, '
    """
    marks = list(_PART.finditer(caption))
    if not part or not marks:
        return caption if not marks else ""
    for i, mark in enumerate(marks):
        first, last = mark[1].lower(), (mark[2] or mark[1]).lower()
        if first <= part <= last:
            return caption[mark.end() : marks[i + 1].start() if i + 1 < len(marks) else len(caption)]
    return ""


def merge(near: dict[str, float], far: dict[str, float], extra: dict[str, object]) -> Conditions:
    """Build the record: what the sentence says wins; what was carried is named."""
    carried = {k: v for k, v in far.items() if k not in near}
    values: dict[str, object] = {**carried, **near}
    known = {k: v for k, v in extra.items() if v is not None}
    return Conditions(**{**values, **known, "conditions_far": tuple(sorted(carried))})  # type: ignore[arg-type]


def cycle_range(text: str) -> tuple[int, int] | None:
    """Read the span of cycles an average was taken over."""
    match = _CYCLE_RANGE.search(text)
    if not match:
        return None
    first, last = (match[1], match[2]) if match[1] else (match[3], match[4])
    return int(first), int(last)


def one_value(mentions: Iterable[Mention], keys: Iterable[str]) -> dict[str, float]:
    """Give the keys that have exactly one value among some mentions."""
    out: dict[str, float] = {}
    wanted = set(keys)
    seen: dict[str, set[float]] = {}
    for m in mentions:
        if m.key in wanted:
            seen.setdefault(m.key, set()).add(m.value)
    for key, values in seen.items():
        if len(values) == 1:
            out[key] = next(iter(values))
    return out
