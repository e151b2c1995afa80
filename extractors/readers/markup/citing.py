"""Linked citations to the bracketed raised numbers that ``inline.clean`` takes out as markers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.traced import Piece, Traced

OPEN, CLOSE = "\ue002", "\ue003"  # private use: they hold the numbers of one citation until they are grouped

_COUNT = r"\d{1,4}[a-z]?"
_DASH = "[–−—‐-]"
_PRINTED = re.compile(rf"[\[(\s]*({_COUNT}(?:\s*(?:[,;]|{_DASH})\s*{_COUNT})*)[\])\s.,;]*")
_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?")
_TAGS = r"(?:\s|</?sup>)*"
_MARK = rf"{OPEN}([^{CLOSE}]*){CLOSE}"
_MARKS = rf"{OPEN}[^{CLOSE}]*{CLOSE}(?:{_TAGS}(?:[,;]|{_DASH}|and\b|&)?{_TAGS}{OPEN}[^{CLOSE}]*{CLOSE})*"
_GROUP = re.compile(
    rf"(?:<sup>)?(?:\s?\[{_TAGS}({_MARKS}){_TAGS}[,;]?{_TAGS}\]|\s?\({_TAGS}({_MARKS}){_TAGS}[,;]?{_TAGS}\)|({_MARKS}))(?:</sup>)?"
)
_RANGE = re.compile(rf"{CLOSE}{_TAGS}{_DASH}{_TAGS}{OPEN}")
_BRACKETS = re.compile(r"\s?[(\[]([^()\[\]]*)[)\]]")
_LEAD = re.compile(
    r"(?:\b(?:see|also|e\.g\.|cf\.|i\.e\.|for example|reviewed (?:in|by)|and|as in)\b\.?,?\s*)+", re.IGNORECASE
)


def printed_numbers(text: str) -> list[str] | None:
    """Read the numbers that a citation shows; None where it shows something else: a name, a year.

    Examples
    --------
    >>> printed_numbers("[3,5–7]"), printed_numbers("(12a)"), printed_numbers("Li, 2019"), printed_numbers("2019")
    (['3', '5', '6', '7'], ['12'], None, None)
    """
    match = _PRINTED.fullmatch(text)
    if not match or _YEAR.fullmatch(match[1]):
        return None
    out: list[str] = []
    for part in re.split(r"[,;]", match[1]):
        out.extend(_span(re.findall(r"\d+", part)))
    return out


def _span(ends: Sequence[str]) -> list[str]:
    if len(ends) == 2 and 0 < int(ends[1]) - int(ends[0]) < 50:
        return [str(n) for n in range(int(ends[0]), int(ends[1]) + 1)]
    return [str(int(n)) for n in ends]


def grouped(traced: Traced) -> Traced:
    """Turn the citations of a text to ``<sup>[1,2]</sup>``, their brackets, dashes and names in brackets taken in.

    Examples
    --------
    >>> one, four = f"{OPEN}1{CLOSE}", f"{OPEN}4{CLOSE}"
    >>> grouped(Traced.of(f"known [{one}–{four}]. Li et al. 2019{four} said")).text
    'known<sup>[1,2,3,4]</sup>. Li et al. 2019<sup>[4]</sup> said'
    >>> grouped(Traced.of(f"known (Li et al., 2019{four}; Wu, 2018{one}).")).text
    'known<sup>[4,1]</sup>.'
    """
    if OPEN not in traced.text:
        return traced
    traced = traced.rewrite(_BRACKETS, _names_and_years)
    return traced.rewrite(_GROUP, lambda m: [f"<sup>[{','.join(_listed(m[1] or m[2] or m[3]))}]</sup>"])


def _listed(marks: str) -> list[str]:
    """List the numbers of neighbouring citations, those between two with a dash filled in."""
    out: list[str] = []
    for group in re.split(rf"(?<={CLOSE})(?!{_TAGS}{_DASH})", marks):
        numbers = [n for match in re.finditer(_MARK, group) for n in match[1].split(",")]
        out.extend(_span(numbers) if len(numbers) == 2 and _RANGE.search(group) else numbers)
    return out


def _names_and_years(match: re.Match[str]) -> list[Piece]:
    """Keep of brackets that hold nothing but "Name, year" citations only the numbers."""
    inner = match[1]
    if OPEN not in inner or not _YEAR.search(inner):
        return [0]
    numbers: list[str] = []
    for part in inner.split(";"):
        marks = re.findall(_MARK, part)
        rest = _LEAD.sub("", re.sub(_MARK, "", part)).strip()
        if not (marks or _YEAR.search(rest)) or re.search(r"\d", _YEAR.sub("", rest)) or len(rest) > 90:
            return [0]
        numbers.extend(n for mark in marks for n in mark.split(","))
    return [f"{OPEN}{','.join(numbers)}{CLOSE}"]
