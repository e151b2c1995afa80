"""Values, conditions, flags and repairs of a measurement in words a reader of papers expects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from itertools import takewhile
from typing import Any

UNITS: Mapping[str, str] = {
    "percent": "%", "um": "µm", "ohm": "Ω", "ohm cm^2": "Ω cm²", "degC": "°C", "deg": "°", "1": "",
}  # fmt: skip
_FOLDED = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u2009": " ", "\u202f": " ", "\u00a0": " "})
# What a terminal would obey: control characters other than a new line and a tab.
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "�")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\\[A-Za-z]+")  # tags, and commands of TeX
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_GREEK = {"eta": "η", "sigma": "σ", "rho": "ρ", "theta": "θ", "epsilon": "ε", "gamma": "γ", "dV": "ΔV", "dE": "ΔE"}
# Conditions in the order a paper gives them: column -> how it is said.
_CONDITIONS: Mapping[str, str] = {
    "current_density_mA_cm2": "{} mA/cm²", "areal_capacity_mAh_cm2": "{} mAh/cm²", "c_rate": "{} C", "cell": "{}",
    "electrolyte": "{}", "electrolyte_class": "{}", "cycles": "over {} cycles", "at_cycle": "at cycle {}",
    "temperature_C": "{} °C", "time_h": "after {} h", "np_ratio": "N/P {}",
}  # fmt: skip
_FLAGS: Mapping[str, str] = {
    "glyph_repaired": "a damaged character in it was repaired",
    "unit_repaired": "its unit was damaged and was repaired",
    "unit_suspect": "its unit may be a misprint",
    "out_of_range": "outside the plausible range of its metric",
    "disagreed": "a second miner reads the number otherwise",
}


def harmless(text: str) -> str:
    """Put a mark in the place of each character that a terminal would obey; what stands where stays.

    Examples
    --------
    >>> harmless("a\\x1b[2Jb")
    'a\ufffd[2Jb'
    """
    return text.translate(_CONTROLS)


def number(value: float) -> str:
    """Write a number as a paper would.

    Examples
    --------
    >>> number(1400.0), number(0.0001), number(98.30)
    ('1400', '0.0001', '98.3')
    """
    return f"{value:.6g}"


def grouped(count: int) -> str:
    """Write a count in groups of three digits, apart by a narrow space where it has five or more.

    Examples
    --------
    >>> grouped(1400), grouped(1000000)
    ('1400', '1\u202f000\u202f000')
    """
    return f"{count:,}".replace(",", "\u202f") if count >= 10_000 else str(count)


def counted(count: int, name: str) -> str:
    """Write a count with what is counted, in the plural where it is not one.

    Examples
    --------
    >>> counted(1, "paper"), counted(0, "paper")
    ('1 paper', '0 papers')
    """
    return f"{grouped(count)} {name}{'' if count == 1 else 's'}"


def unit(name: str) -> str:
    """Write a unit for people.

    Examples
    --------
    >>> unit("mA/cm^2"), unit("percent"), unit("1")
    ('mA/cm²', '%', '')
    """
    return UNITS[name] if name in UNITS else re.sub(r"\^(-?\d+)", lambda m: m[1].translate(_RAISED), name)


def symbol(name: str) -> str:
    """Write a symbol of ``metrics.toml`` with its Greek letter.

    Examples
    --------
    >>> symbol("eta_n"), symbol("CE"), symbol("sigma_i")
    ('η_n', 'CE', 'σ_i')
    """
    head, joint, index = name.partition("_")
    return _GREEK.get(head, head) + joint + index


def quantity(value: float, value_max: float | None, qualifier: str, unit_name: str) -> str:
    """Write a value with its qualifier and unit; a range as a-b.

    Examples
    --------
    >>> quantity(1400, None, ">", "h"), quantity(20, 50, "range", "mV"), quantity(97.4, None, "~", "percent")
    ('> 1400 h', '20-50 mV', '~ 97.4 %')
    """
    if value_max is not None:
        joint = " to " if min(value, value_max) < 0 else "-"
        text = number(value) + joint + number(value_max)
    else:
        text = ("" if qualifier in ("=", "range") else qualifier + " ") + number(value)
    return f"{text} {unit(unit_name)}".rstrip()


def mined_value(row: Mapping[str, Any]) -> str:
    """Say what was mined in place of a result that somebody corrected; "" where it stands as mined.

    Examples
    --------
    >>> row = {"metric": "overpotential", "value": 20.0, "value_max": None, "qualifier": "=", "unit": "mV"}
    >>> mined_value(row | {"mined": {"value": 20000.0}}), mined_value(row | {"mined": None})
    ('20000 mV', '')
    """
    was = row.get("mined") or {}
    if not was.keys() & {"metric", "value", "value_max", "qualifier", "unit"}:
        return ""
    old = {**row, **was}
    metric = f"{old['metric']} " if "metric" in was else ""
    return metric + quantity(old["value"], old["value_max"], old["qualifier"], old["unit"])


def decision(told: Mapping[str, Any]) -> str:
    """Say a decision (:func:`kb.curation.history.told`) in words.

    Examples
    --------
    >>> decision({"action": "set", "change": {"value": "20"}, "author": "Ada <ada@example.org>",
    ...           "made_at": "2026-11-21T12:00:00+00:00", "reason": "a misprint"})
    'set value=20 by Ada, 2026-11-21: a misprint'
    """
    what = " ".join((told["action"], *(f"{name}={value}" for name, value in told["change"].items())))
    why = f": {told['reason']}" if told["reason"] else ""
    return f"{what} by {told['author'].partition(' <')[0]}, {told['made_at'][:10]}{why}"


def conditions(row: Mapping[str, Any]) -> str:
    """Say the known conditions of a row of measurement_view in words.

    Examples
    --------
    >>> conditions({"current_density_mA_cm2": 1.0, "cycles": 260.0, "cell": "Li|Cu half", "c_rate": None})
    '1 mA/cm², Li|Cu half, over 260 cycles'
    """
    told = {k: number(v) if isinstance(v, int | float) else str(v) for k, v in row.items() if v not in (None, "")}
    if row.get("cycle_first") is not None and row.get("cycle_last") is not None:
        told["cycles"] = f"{told['cycle_first']} to {told['cycle_last']}"
    if "electrolyte" in told and told.get("electrolyte_class", "") in told["electrolyte"]:
        told.pop("electrolyte_class", None)
    return ", ".join(words.format(told[key]) for key, words in _CONDITIONS.items() if key in told)


def place_of(spellings: Sequence[str], sentence: str, before: str = "") -> tuple[int, int] | None:
    """Find a number in its sentence, under the first of its spellings that stands there; None where none does.

    ``before``, what stands before the number in the original, tells equal numbers apart; its markup is passed over.

    Examples
    --------
    >>> place_of(["98.3"], "It is 98.3% here, 98.3% there.", "is 98.3% here, ")
    (18, 22)
    >>> place_of(["100"], "sheet | 100 | 100 |", '<td>sheet</td><td rowspan="1">100</td><td rowspan="1">')
    (14, 17)
    >>> place_of(["−0.5"], "at -0.5 V")
    (3, 7)
    """
    sentence, before = sentence.translate(_FOLDED), unescape(_MARKUP.sub("", before)).translate(_FOLDED)
    letters = [c for c in reversed(before) if c.isalnum()]

    def agreement(start: int) -> int:
        mine = (c for c in reversed(sentence[:start]) if c.isalnum())
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, letters, strict=False)))

    for spelling in filter(None, (s.translate(_FOLDED) for s in spellings)):
        whole = re.finditer(r"(?<![\d.])" + re.escape(spelling) + r"(?!\d)", sentence)
        starts = [m.start() for m in whole]
        if starts:
            start = max(starts, key=agreement)
            return start, start + len(spelling)
    return None


def flag(flag: str) -> str:
    if flag.startswith("conflicts_with:"):
        return f"the paper also says otherwise: see #{flag.removeprefix('conflicts_with:')}"
    return _FLAGS.get(flag, flag.replace("_", " "))


def findings(marks: Sequence[str]) -> str:
    """Say briefly what the audits find of a measurement.

    Examples
    --------
    >>> findings(["ce_against_life:red", "duplicate:note"])
    'red: ce_against_life; note: duplicate'
    """
    parts = (mark.rpartition(":") for mark in marks)
    return "; ".join(f"{severity}: {rule}" for rule, _, severity in parts)


def other_format(told: Mapping[str, Any]) -> str:
    """Say that another file of the paper does not read a measurement alike (``kb.formats``).

    Examples
    --------
    >>> other_format({"source": "a.pdf", "reading": "another sample", "id": 7})
    'a.pdf gives it to another sample (#7)'
    """
    if told["id"] is None:
        return f"not read in {told['source']}, the same paper"
    return f"{told['source']} gives it to another sample (#{told['id']})"


def repair(repair: Mapping[str, Any]) -> str:
    return f"“{repair['before']}” read as “{repair['after']}” ({repair['rule'].replace('_', ' ')})"
