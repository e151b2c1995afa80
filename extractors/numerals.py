"""Numbers as papers print them: digits, powers of ten, fractions, words."""

from __future__ import annotations

import re

from extractors.notation import ATOM

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4}
_VULGAR = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4}
_RATIOS = {"twice": 2.0, "thrice": 3.0, "doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "twentieth": 20, "fiftieth": 50,
    "hundredth": 100, "initial": 1,
}  # fmt: skip

_UNIT_BEHIND = rf"(?=\s?(?:{ATOM}))"
_TIMES_TEN = (
    r"\s?(?:[×xX]\s?10(?:\s?\^\s?[-−–]?\d{1,2}|\s?[-−–]?[1-9]\d?)|[·∙⋅•*]\s?10\s?(?:\^\s?[-−–]?|[-−–])\d{1,2})(?!\d)"
)
_DIGITS = (
    r"(?:\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?!\d)(?:\.\d+)?|"
    # A comma is a decimal one where no list and no thousands can be meant: "0,5 mA", "1,5 mA", not "1,500 mA".
    rf"(?:0,\d+|\d{{1,3}},(?:\d\d?|\d{{4,}}))(?![\d.,]){_UNIT_BEHIND}|"
    rf"\d{{1,2}}\s1/[2348](?=[\s-]?(?:{ATOM}))|\d*[½⅓⅔¼¾]|"
    r"\d+\.\d+(?:\(\d\d?\)(?=\s?[%×x]|\s?[A-Za-zµμΩ°Å]))?|\d+|\.\d+)"
)
NUMBER = (
    rf"{_DIGITS}(?:{_TIMES_TEN}|[eE](?:[-−+]\d{{1,2}}|\d{{1,2}}{_UNIT_BEHIND})(?!\d)|"
    r"\s(?:thousand|million|billion)\b)?"
)
# Digits in groups of three, a plain space between: a number only where no list can stand (see ``in_groups``).
GROUPS = rf"[1-9]\d{{0,2}}\s(?:\d{{3}}|(?:000\s)+000)(?:\.\d+)?(?=[\s-]?(?:{ATOM}))"
POWER = (
    r"10(?:\s?\^\s?[-−–]?\d{1,2}|[-−–]\d{1,2}(?=\s?(?:[–−-]|to|and|or)\s?10[-−–]\d|\s?[mµμu]?S(?![a-z]))|"
    r"−[3-9](?=\s?[A-Za-zµμΩ]))"  # no range goes down
)
_COUNT = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(list(_ONES)[:9])}))?|{'|'.join(reversed(_ONES))})\b"
_SCALE = rf"[\s-](?:{'|'.join(_SCALES)})\b"
_PART = rf"(?:{'|'.join(_PARTS)})"
COUNT = (
    rf"(?:{_COUNT}|\ba(?={_SCALE}))(?:{_SCALE}(?:\s(?:and\s)?{_COUNT})?)*(?:\sand\sa\s{_PART})?|"
    rf"\ban?(?=[\s-]orders?[\s-]of)"
)
FOLDS = rf"(?:{'|'.join([*_ONES, *_TENS, *_SCALES])})(?=fold\b)"
# What stands before the unit's article ("half an hour") or before what is compared ("half that of").
SHARE = rf"(?:(?:an?|one|two|three)[\s-])?{_PART}s?(?=\s(?:of\s)?an?\s|\s(?:of\s)?(?:that|those)\b)"
RATIO = (
    r"(?:twice|thrice|(?:double|triple|quadruple)(?=\s(?:that|those|the|of|as|its)\b)|"
    r"(?:doubl|tripl|trebl|quadrupl|halv)(?:ed|es|ing))\b"
)
_SIMPLE = re.compile(r"\d*\.?\d+")
_BEFORE_GROUPS = re.compile(
    r"(?:^|[(~≈<>≤≥=]|\b(?:for|over|than|to|of|after|least|most|nearly|around|about|approximately|almost|roughly|"
    r"within|from|between|and|until|exceeding|beyond|above|below|under|at|only|is|was|are|were|reached|ca\.))\s?$"
)


def in_groups(before: str) -> bool:
    """Say whether "1 200 h" behind some words can only be 1200 h: behind a label or a number it may be two.

    Examples
    --------
    >>> in_groups("it ran for "), in_groups("of NCM "), in_groups("1, ")
    (True, False, False)
    """
    return bool(_BEFORE_GROUPS.search(before))


def parse_number(text: str) -> float:
    """Read one number as printed.

    Examples
    --------
    >>> parse_number("1,710"), parse_number("4.6 × 10^7"), parse_number("10^-3"), parse_number("twice")
    (1710.0, 46000000.0, 0.001, 2.0)
    >>> parse_number("1,234,567"), parse_number("0,000,000"), parse_number("0,125")
    (1234567.0, 0.0, 0.125)
    >>> parse_number("1,5"), parse_number("98.3(2)"), parse_number("2 1/2"), parse_number("1.2 million")
    (1.5, 98.3, 2.5, 1200000.0)
    >>> parse_number("twenty-one"), parse_number("three hundred and two"), parse_number("one and a half")
    (21.0, 302.0, 1.5)
    """
    if _SIMPLE.fullmatch(text):
        return float(text)
    plain = re.sub(r"\s+", " ", text.strip().lower())
    if plain[:1].isalpha():
        return _from_words(plain.replace("-", " "))
    if plain[-1:] in _VULGAR:
        return float(plain[:-1] or 0) + _VULGAR[plain[-1]]
    if mixed := re.fullmatch(r"(\d+) 1/(\d)", plain):
        return float(mixed[1]) + 1 / float(mixed[2])
    digits, *scale = re.split(r" (?=[tmb])", plain)
    plain = re.sub(r"[−–]", "-", re.sub(r" |\(\d+\)", "", digits))
    plain = re.sub(r"[×·∙⋅•*]", "x", plain)
    # Several commas group digits, whatever they begin with: 0,000,000.
    grouped = plain.count(",") > 1 or re.match(r"[1-9]\d{0,2},\d{3}(?!\d)", plain)
    plain = plain.replace(",", "" if grouped else ".")
    if re.match(r"10\^|10-", plain):
        return float(f"1e{plain[2:].lstrip('^')}")
    return float(re.sub(r"x10\^?", "e", plain)) * (_SCALES[scale[0]] if scale else 1)


def _from_words(plain: str) -> float:
    for stem, value in _RATIOS.items():
        if plain.startswith(stem):
            return value
    if share := re.fullmatch(r"(?:(.*) and )?(?:(an?|one|two|three) )?(half|third|quarter)s?", plain):
        return (_from_words(share[1]) if share[1] else 0) + _ONES.get(share[2] or "", 1) * _PARTS[share[3]]
    total = current = 0.0
    for word in plain.split():
        if word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if word != "hundred":
                total, current = total + current, 0.0
        else:
            current += _ONES.get(word, _TENS.get(word, 0))
    return total + current or 1.0  # "an" order of magnitude


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
