"""Damaged glyphs of PDF text made good, each repair on a ledger.

A rule needs evidence: a character that cannot stand there (U+FFFD, a letter before a digit) and a noun or a
unit near it that says what was meant.  Rules that change a plausible reading (``mm`` to ``µm``) also need a
document that shows damage of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from extractors.formulas import SPACED_FORMULA
from extractors.gated import Gated
from extractors.materials import joined_formula
from extractors.traced import Traced
from schema.records import Repair

_UNIT = r"(?:mV|V|h|hours?|cycles?|mA|mAh|%|nm|µm|mm|mJ|Ω|°C|GPa|MPa)"
_ANGLE = r"(?:contact|wetting|droplet)\s+angles?"
_RESISTANCE = r"(?:resistances?|impedances?|Rct|R_ct|ASR|Rs|Rf|RSEI)"
_THIN = (
    r"(?:thick(?:ness)?|coat\w*|layers?|films?|fib(?:er|re)s?|deposit\w*|dendrites?|filament\w*|"
    r"membranes?|pores?|particles?|cross-section\w*|roughness|foils?)"
)
_COARSE = r"(?:electrodes?\s+with|discs?|disks?|punched|cut|coin|washers?|spacers?|mesh|diameter\s+of\s+1\d\s+mm)"


@dataclass(frozen=True)
class Rule:
    """One general rule: where ``pattern`` matches, group 1 is read as ``after(match)``, unless that is None."""

    name: str
    pattern: Gated
    after: Callable[[re.Match[str]], str | None]
    needs: str | None = None  # a regex that the passage must hold
    bars: str | None = None  # a regex that must not stand just before
    damaged_only: bool = False  # only in documents that show damage


_HYPHENS = str.maketrans("\u2010\u2011\u2500", "---")
_CID = r"\(cid:\d+\)"  # a glyph of a font without a map to characters: where a digit follows, a minus
_PER = r"(?:cm|mm|kg|g|Ah|mol|m)"

RULES = (
    Rule("minus_exponent", Gated(rf"\b{_PER}(\s?{_CID}\s?)(?=[12]\b)"), lambda m: "^-"),
    Rule("area_out_of_its_line", Gated(rf"\d\s?[mµμ]?A(?:\s?h)?(\s?{_CID}\s?2\b)"), lambda m: " cm^-2"),
    Rule("minus_power_of_ten", Gated(rf"(?<=\b10)(\s?{_CID}\s?)(?=\d)"), lambda m: "^-"),
    Rule("exponent_out_of_its_line", Gated(rf"({_CID}\s?[123]\b)(?!\.\d|\s?(?:{_UNIT}|eV|kJ)\b)"), lambda m: ""),
    Rule("minus_sign", Gated(rf"({_CID}\s?)(?=\d)"), lambda m: "−"),
    Rule("exponent_apart", Gated(rf"\b{_PER}(\s[−–‒-]\s)(?=[12]\b(?!\.\d|\s?{_UNIT}))"), lambda m: "^-"),
    Rule(
        "exponent_lost",
        Gated(r"\d\s?(?:[mµμ]?A\s?h?|[mµμ]?S)\s?cm()(?!\s?[\d^−⁻–(·/²{<$\ufffd*-])\b"),
        lambda m: "^-1" if "S" in m[0] else "^-2",
    ),
    Rule("exponent_lost", Gated(r"\d\s(?:m?A\s?h)\sg()(?!\s?[\d^−⁻–(·/{<$\ufffd*-])\b"), lambda m: "^-1"),
    Rule(
        "bars_apart",
        Gated(r"(?<=[A-Za-z0-9)])(\s?\|\s\|\s?|\s\|\|\s?|\|\|\s|\s?[‖∥]\s?|(?<=Li)//(?=Cu|Li|[A-Z]{3}))(?=[A-Z])"),
        lambda m: "||",
    ),
    Rule(
        "hyphen_of_a_line_end",
        Gated(r"(-\s)(?<=[a-z]{2}-.)(?!(?:and|or|to|vs|versus|nor|but)\b)(?=[a-z]{3})"),
        lambda m: "",
    ),
    Rule("formula_apart", SPACED_FORMULA, lambda m: joined_formula(m[1])),
    Rule("label_apart", Gated(r"(?<=[A-Za-z0-9])(\s)(?=@[A-Z])"), lambda m: ""),
    Rule("times", Gated(r"(?<=\d\s)(\ufffd)(?=\s10[\ufffd−-]?\d)"), lambda m: "×"),
    Rule("minus_power_of_ten", Gated(r"(?<=\b10)(\ufffd)(?=\d)"), lambda m: "^-"),
    Rule("minus_exponent", Gated(r"(?<=[A-Za-zΩ%])(\ufffd)(?=\d)"), lambda m: "^-"),
    Rule("minus_sign", Gated(r"(?<![A-Za-z])(\ufffd)(?=\s?\d)"), lambda m: "−"),
    Rule(
        "minus_exponent_lost_sign",
        Gated(rf"(?<=[\s·](?:cm|kg|Ah))()(?=[12]\b(?!\s?{_UNIT}))"),
        lambda m: "^-",
        damaged_only=True,
    ),
    Rule(
        "about_as_letter",
        Gated(rf"(?<=[\s(])(B)(?=\d[\d.,]*(?:\s?{_UNIT}|\)))"),
        lambda m: "~",
        damaged_only=True,
    ),
    Rule(
        "ohm_as_letter",
        Gated(r"(?<=\d\s)(O)(?=[\s.,;)]|$)|(?<![A-Za-z\d.])\d+(?:\.\d+)?(O)(?=[\s.,;)]|$)|(?<=\()(O)(?=\))"),
        lambda m: "Ω",
        needs=_RESISTANCE,
    ),
    Rule(
        "degree_as_one",
        Gated(r"(?<![\d.])\d{2}(1)(?=[\s.,;)]|$)(?!\s?(?:%|h\b|mV|cycles|mA|nm|µm))"),
        lambda m: "°",
        needs=_ANGLE,
        damaged_only=True,
    ),
    Rule("celsius_as_one", Gated(r"(?<=\d\s)(1)(?=C\b)"), lambda m: "°", damaged_only=True),
    Rule("double_bond_as_letter", Gated(r"(?<=\bC)(Q)(?=O\b)"), lambda m: "="),
    Rule(
        "micro_as_m",
        Gated(r"(?<=\d\s)(m)(?=m\b)|(?<=\()(m)(?=m\))"),
        lambda m: "µ",
        needs=_THIN,
        bars=_COARSE,
        damaged_only=True,
    ),
)


def shows_damage(text: str) -> bool:
    """Say whether a text bears the marks of a PDF whose glyphs were lost.

    Examples
    --------
    >>> shows_damage("at 1 mA cm\\ufffd2"), shows_damage("at 1 mA cm−2")
    (True, False)
    """
    return "\ufffd" in text


def repair(passage: Traced, damaged: bool) -> tuple[Traced, tuple[Repair, ...]]:
    """Apply the rules to one passage.

    Parameters
    ----------
    damaged : whether the document shows damage (``shows_damage``)

    Examples
    --------
    >>> fixed, ledger = repair(Traced.of("a resistance of 94.3 O at 1 mA cm\\ufffd2"), damaged=True)
    >>> fixed.text
    'a resistance of 94.3 Ω at 1 mA cm^-2'
    >>> [(r.before, r.after, r.rule) for r in ledger]
    [('O', 'Ω', 'ohm_as_letter'), ('\ufffd', '^-', 'minus_exponent')]
    """
    ledger: list[Repair] = []
    passage = Traced(passage.text.translate(_HYPHENS), passage.offsets)
    has_micro = damaged and ("μm" in passage.text or "µm" in passage.text)
    for rule in RULES:
        if rule.damaged_only and not damaged:
            continue
        if rule.name == "micro_as_m" and has_micro:
            continue
        passage = _apply(rule, passage, ledger)
    return passage, tuple(sorted(ledger, key=lambda r: r.start))


def _apply(rule: Rule, passage: Traced, ledger: list[Repair]) -> Traced:
    text = passage.text
    spans: list[tuple[int, int, str]] = []
    for match in rule.pattern.finditer(text):
        group = match.lastindex or 1
        start, end = match.span(group)
        around = _sentence_around(text, start)
        if rule.needs and not re.search(rule.needs, text[around[0] : around[1]], re.IGNORECASE):
            continue
        if rule.bars and re.search(rule.bars, text[max(around[0], start - 60) : start + 8], re.IGNORECASE):
            continue
        after = rule.after(match)
        if after is None:
            continue
        spans.append((start, end, after))
        offset = passage.offsets[start]
        ledger.append(Repair(offset, offset + (end - start), text[start:end], after, rule.name))
    if not spans:
        return passage
    out = passage
    for start, end, after in reversed(spans):
        out = _replace(out, start, end, after)
    return out


def _replace(passage: Traced, start: int, end: int, after: str) -> Traced:
    offsets = passage.offsets[:start]
    offsets.extend([passage.offsets[start]] * len(after))
    offsets.extend(passage.offsets[end:])
    return Traced(passage.text[:start] + after + passage.text[end:], offsets)


def _sentence_around(text: str, position: int) -> tuple[int, int]:
    """Give the span of the sentence a position stands in; of a rough sentence, good enough to look for a noun."""
    start = max(text.rfind(". ", 0, position) + 1, 0)
    end = text.find(". ", position)
    # A noun may stand in the sentence before: "The layer was spun for 5 h. It was compressed to 4 mm."
    before = max(text.rfind(". ", 0, max(start - 1, 0)) + 1, 0)
    return before, len(text) if end < 0 else end
