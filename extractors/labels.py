"""Sample labels that a paper makes up: "S0 to S5", "these films are called A-5", "the dipped foil (SbF-Li hereafter)".

A label is a name of a sample, not of a substance: what it is made of is said where it is defined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.formulas import NOT_MATERIAL, is_formula
from extractors.materials import ELECTRODES, find_names, lexicon, resolve_label

_NAME = r"(?:[A-Z][A-Za-z]{0,5}-?\d{1,3}[a-z]?|[A-Z][A-Za-z0-9]*(?:[-@/][A-Za-z0-9]+)+)"
_CALL = (
    r"(?:denoted|noted|labell?ed|named|termed|designated|referred to|abbreviated|marked|called|coded|dubbed|hereafter)"
)
_CALLED = re.compile(
    rf"\b{_CALL}(?:\s(?:as|simply|here|hereafter|below))*\s[\"“'‘]?({_NAME}(?:(?:,?\s(?:and|to|or)\s|,\s|–){_NAME})*)"
)
_BRACKETED = re.compile(
    rf"\(\s?(?:(?:{_CALL}|samples?|films?|electrodes?)(?:\sas)?\s)?[\"“'‘]?({_NAME}(?:(?:\s(?:and|to)\s|,\s|–){_NAME})*)"
    r"[\"”'’]?(?:\s(hereafter|for short|from now on|in what follows|below))?\s?\)"
)
_COINED = re.compile(
    r"(?<![\w@/-])(?:(?P<shell>[A-Z][a-z0-9]*[A-Z][A-Za-z0-9]*)[-@](?:\d*Li|Cu)|(?:Li|Cu)@(?P<host>[A-Z][a-z0-9]*[A-Z][A-Za-z0-9]*))"
    r"(?![\w@-])"
)
_FAMILY = re.compile(r"(?<![\w.-])([A-Z][A-Za-z]{0,2}-?)(\d{1,2})(?![\w-])")
_NUMBERED = re.compile(
    r"(?:[Ff]igs?\.?|[Ff]igures?|FIGS?\.?|[Tt]ables?|[Ss]chemes?|[Nn]otes?|[Vv]ideos?|[Mm]ovies?|[Ee]qs?\.?|and|,|–)\s?$"
)
_CONTROL = re.compile(
    r"\b(?:bare|pristine|unmodified|uncoated|untreated|unprotected|control|blank|plain|reference|naked)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Label:
    """A sample label: its components where its own parts say them, and whether it is defined as the control."""

    name: str
    components: tuple[str, ...] = ()
    control: bool = False


def find_labels(text: str, defined: dict[str, tuple[str, ...]]) -> tuple[Label, ...]:
    """Collect the labels a paper defines.

    Examples
    --------
    >>> for label in find_labels("Films with 0, 2 and 5 wt% are called S1, S2 and S3, the bare foil is left (S0).  "
    ...                          "S1 is soft; S2 and S3 are stiff, unlike S0.", {}):
    ...     print(label.name, label.control)
    S0 True
    S1 False
    S2 False
    S3 False
    """
    known = lexicon()
    out: dict[str, Label] = {}
    families = _families(text)
    for match in [*_CALLED.finditer(text), *_BRACKETED.finditer(text)]:
        named_so = match.re is _CALLED or match.lastindex == 2 or re.match(rf"\(\s?{_CALL}", match[0])
        for name in _expanded(match[1]):
            family = _FAMILY.fullmatch(name)
            in_family = bool(family) and family[1] in families if family else False
            if name in out or known.find(name) or name in defined or not (named_so or in_family):
                continue
            before = text[max(match.start() - 45, 0) : match.start()].rsplit(".", 1)[-1]
            control = bool(_CONTROL.search(before)) and len(_expanded(match[1])) == 1
            own = _own(name, defined)
            if len(_expanded(match[1])) == 1 and not control and set(own) <= ELECTRODES and not in_family:
                own = _told_before(text, match.start(), defined) or own
            out[name] = Label(name, own, control)
    for prefix, numbers in families.items():
        for number in numbers:
            name = f"{prefix}{number}"
            if name not in out and any(other.startswith(prefix) for other in out):
                out[name] = Label(name)
    for name in _coined(text, defined):
        out.setdefault(name, Label(name))
    for name in list(out):
        follows = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])\s?\(([^()\d:;,]{{2,30}})\)", text)
        if follows and _CONTROL.search(follows[1]):
            out[name] = Label(name, out[name].components, control=True)
    return tuple(sorted(out.values(), key=lambda label: label.name))


def _coined(text: str, defined: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Find electrodes that a paper names by letters it nowhere explains: "QDT-Li", "Li@QCH", said at least twice."""
    counts: Counter[str] = Counter(
        m[0] for m in _COINED.finditer(text) if not _is_known(m["shell"] or m["host"], defined)
    )
    yield from (name for name, n in counts.items() if n > 1)


def _is_known(short: str, defined: dict[str, tuple[str, ...]]) -> bool:
    return short in defined or short in NOT_MATERIAL or is_formula(short) or bool(lexicon().find(short))


def _told_before(text: str, at: int, defined: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Give what a sample is made of, where its label is given behind it: "foil coated with X is denoted A@Cu"."""
    start = max(text.rfind(". ", 0, at) + 1, at - 90, 0)
    named = [n.components for n in find_names(text, start, at, defined) if not set(n.components) <= ELECTRODES]
    return named[-1] if named else ()


def _families(text: str) -> dict[str, list[int]]:
    """Find prefixes that number at least three things, each named outside "Fig." and "Table"."""
    counts: dict[str, Counter[int]] = {}
    for match in _FAMILY.finditer(text):
        if not _NUMBERED.search(text[max(match.start() - 9, 0) : match.start()]) or match[1] in counts:
            counts.setdefault(match[1], Counter())[int(match[2])] += 1
    return {p: sorted(c) for p, c in counts.items() if len(c) >= 3 and sum(c.values()) >= 5}


def _expanded(listed: str) -> list[str]:
    """List the labels of "S1 to S4" or "A, B and C"."""
    ends = re.fullmatch(r"([A-Z][A-Za-z]{0,5}-?)(\d{1,2})(?:\sto\s|–)\1?(\d{1,2})", listed)
    if ends:
        return [f"{ends[1]}{n}" for n in range(int(ends[2]), int(ends[3]) + 1)]
    return re.findall(_NAME, listed)


def _own(name: str, defined: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Give a label's own components if it is put together of known materials alone."""
    known = lexicon()
    resolved = resolve_label(name, 0, defined, known)
    if resolved is None or not all(known.find(c) for c in resolved.components):
        return ()
    return resolved.components


@lru_cache(maxsize=64)
def label_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Build one pattern for a tuple of label names, the longest first."""
    if not names:
        return None
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w@/-])(?:{'|'.join(map(re.escape, longest))})(?![\w@-]|/\w)")


def each_label(text: str, start: int, end: int, labels: Sequence[Label]) -> Iterator[tuple[int, int, Label]]:
    """Give the labels of a stretch of text with their places."""
    pattern = label_pattern(tuple(label.name for label in labels))
    by_name = {label.name: label for label in labels}
    for match in pattern.finditer(text, start, end) if pattern else ():
        if not _NUMBERED_BEFORE.search(text[max(match.start() - 9, 0) : match.start()]):
            yield match.start(), match.end(), by_name[match[0]]


_NUMBERED_BEFORE = re.compile(r"(?:[Ff]igs?\.?|[Ff]igures?|FIGS?\.?|[Tt]ables?|[Ss]chemes?|[Nn]otes?|[Ee]qs?\.?)\s?$")
