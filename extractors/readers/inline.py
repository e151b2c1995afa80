"""Inline markup to clean characters: LaTeX, HTML, Markdown and typographic spellings of one and the same thing.

Exponents end as ``^-2``, subscripts as plain characters, citation markers are taken out and returned.
"""

from __future__ import annotations

import re
from array import array

from extractors.gated import Gated
from extractors.traced import Piece, Traced

CITE_OPEN, CITE_CLOSE = "\ue000", "\ue001"  # private use: they mark a citation until clean() takes it out

_LATEX = {
    r"\times": "×", r"\sim": "~", r"\approx": "≈", r"\simeq": "≈", r"\leq": "≤", r"\le": "≤", r"\geq": "≥", r"\ge": "≥",
    r"\leqslant": "≤", r"\geqslant": "≥", r"\cdot": "·", r"\Omega": "Ω", r"\mu": "µ", r"\pm": "±", r"\circ": "°",
    r"\degree": "°", r"\rightarrow": "→", r"\to": "→", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\lambda": "λ",
    r"\eta": "η", r"\sigma": "σ", r"\theta": "θ", r"\epsilon": "ε", r"\varepsilon": "ε", r"\delta": "δ", r"\Delta": "Δ",
    r"\dagger": "†", r"\infty": "∞", r"\prime": "′", r"\left": "", r"\right": "", r"\quad": " ", r"\qquad": " ",
    r"\ldots": "…", r"\dots": "…", r"\cdots": "…", r"\parallel": "||", r"\mid": "|", r"\ll": "<<", r"\gg": ">>",
    r"\ell": "l",
}  # fmt: skip
_UNIT_BEFORE = (
    r"(?<=[\s\d·/(µumknc](?:m|s|g|h|A|V|L|K|J|S|C))|(?<=\s(?:cm|mm|nm|µm|kg|mg|Ah|Pa))|(?<=Ω)|"
    r"(?<=[·/]cm)|(?<=mol)|(?<=min)|(?<=Å)|(?<=10)"
)
_COUNT = r"\d{1,3}[a-z]?"
_CITED = rf"{_COUNT}(?:\s?[,–−-]\s?{_COUNT})*"
_MATH = Gated(r"\$\$?([^$\n]{1,400})\$\$?")
_WRAP = Gated(r"\\(?:text|mathrm|mathit|mathbf|mathsf|operatorname|textit|textbf|rm|ce|mbox|textrm)\s*\{([^{}]*)\}")
_SYMBOL = re.compile("(" + "|".join(re.escape(k) for k in sorted(_LATEX, key=len, reverse=True)) + r")(?![A-Za-z])")
_MU = re.compile(r"µ\s(?=(?:m|L|l|A|g|s|V|S)\b)")
_COMMAND = Gated(r"\\[A-Za-z]+\s?")
_ESCAPE = Gated(r"\\([%$&#_*{}|<>~^@-])|\\([,;:! ])")
_LINK = Gated(r"!?\[([^\]\n]{0,1000})\]\((?:[^()\n]|\([^()\n]*\))*\)")
_SUP = Gated(r"<sup>(.{0,400}?)</sup>|\^\{([^{}]*)\}|\^\$?([+*†‡#°]|[-−]?\d+)")
_PANDOC = Gated(  # but not the "^-3–10^" of "10^-3–10^-2"
    r"\^([-−+]?[\w,+*†‡]{1,14}|(?<!10\^)\[?\d{1,3}(?:[,–-]\d{1,3})+\]?)\^|(?<=[\w*)])~([^\s~^]{1,14})~"
)
_LETTER = Gated(r"(?<![\w*])(\*{1,2}|_)([A-Za-zα-ωΔη]{1,2})\1(?=[~<_^])|<(?:i|em)>([A-Za-zα-ωΔη]{1,2})</(?:i|em)>")
_SUB = Gated(r"<sub>(.{0,400}?)</sub>|_\{([^{}]*)\}|(?<=[A-Za-z\d\])])_(?=\d)")
_TAG = Gated(r"</?(?:b|i|em|strong|span|u|br|p|small|sc|italic|bold|sub|sup)\b[^<>]*>")
_EMPHASIS = Gated(
    r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\1(?![\w*])|"
    r"(?<=[\s(])_(?=\S)([^_\n]{1,200})(?<=\S)_(?=[\s).,;])"
)
_RAISED = Gated(r"([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–−-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)|[⁺⁻]")
_LOWERED = Gated("[₀₁₂₃₄₅₆₇₈₉]")
_BRACKETED = Gated(rf"\s?\\?\[({_CITED})\\?\](?!\()")
_GLUED = re.compile(
    rf"(?:(?<=[a-z)\]”’'][.,;:])|(?<=[A-Z]{{2}}[.,;:]))({_COUNT}(?:[,–−-]{_COUNT})*)(?=\s|$)|"
    rf"(?:(?<=[a-z]{{4}})|(?<=[a-z\d]\)))(\d{{1,3}}(?:[,–−-]\d{{1,3}})*)(?=[\s.;]|,\s)"
)
_POWER_NEXT = re.compile(r"[A-Za-z]{1,3}(?:\^\{?|<sup>)?[-−–⁻][\d¹²³]")  # the "g-1" of "m²g-1"
_LEFTOVER = Gated(r"[{}\\$]")
_BLANK = r"[\s\u00a0\u2009\u200a\u202f\u2002\u2003\u200b\ufeff]"
_SPACES = re.compile(  # not a plain one alone; one that groups digits stays: "24\u2009000 h"
    rf"(?<=\d)([\u2009\u202f\u00a0])(?=\d{{3}}(?!\d))|(?! (?!{_BLANK})){_BLANK}+"
)
_TO_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉", "0123456789+-0123456789")
_AFTER_UNIT = re.compile(rf"(?:{_UNIT_BEFORE})$")
_LIGATURES = {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}
_LIGATURE = re.compile("[ﬁﬂﬀﬃﬄ]")
_ENTITY = re.compile(r"&(lt|gt|amp|nbsp|minus|times|mu|plusmn|deg|ndash|mdash|middot);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "nbsp": " ", "minus": "−", "times": "×", "mu": "µ", "plusmn": "±",
             "deg": "°", "ndash": "–", "mdash": "—", "middot": "·"}  # fmt: skip


def _cite(group: int) -> list[Piece]:
    return [CITE_OPEN, group, CITE_CLOSE]


def _raised(text: str, match: re.Match[str], group: int) -> list[Piece]:
    """Tell an exponent from a citation by what stands before it."""
    at = match.start(group) + len(match[group]) - len(match[group].lstrip())
    inner = match[group].strip().replace("−", "-").replace("–", "-").translate(_TO_DIGITS)
    before = text[max(match.start() - 6, 0) : match.start()].rstrip(" $")
    after = text[match.end() : match.end() + 1]
    if re.fullmatch(rf"\\?\[{_CITED}\\?\]", inner):
        return [CITE_OPEN, inner.strip("[]\\ "), CITE_CLOSE]
    if re.fullmatch(r"[+-]?\d?[+-]", inner) or inner in {"+", "-"}:
        return [inner[-1]]
    in_a_word = after.isalpha() and not _POWER_NEXT.match(text, match.end())
    exponent = re.fullmatch(r"[+-]?\d{1,2}(?:\.\d)?", inner) and not in_a_word
    if inner.isdigit() and len(inner) > 1 and not before.endswith("10"):
        exponent = None  # "900 h²⁶": no unit has such a power
    if exponent and (inner[0] in "+-" or _AFTER_UNIT.search(before)):
        return ["^", (inner, at)]
    if re.fullmatch(_CITED, match[group].strip().translate(_TO_DIGITS)):
        return _cite(group)
    if inner in {"°", "o"}:
        return ["°"]
    if inner in {"′", "'"}:
        return [group]
    if re.search(r"\d", inner) and re.fullmatch(r"[\d\s,\-*#†‡§a-z\\]+", inner):
        return _cite(group)
    return [] if re.fullmatch(r"[\s,*#†‡§¶a-zA-Z\\]*", inner) else ["^", group]


def _with_context(traced: Traced, pattern: Gated) -> Traced:
    def pieces(match: re.Match[str]) -> list[Piece]:
        return _raised(traced.text, match, match.lastindex or 0)

    return traced.rewrite(pattern, pieces)


def _plain(traced: Traced) -> Traced:
    """Resolve LaTeX and HTML, innermost first."""
    text = traced.text
    if "&" in text:
        traced = traced.rewrite(_ENTITY, lambda m: [_ENTITIES[m[1]]])
    if "$" in text:
        # In TeX a tilde is a space; a "~" that means "about" is written \\sim there.
        spans = [m.span() for m in _MATH.finditer(text)]
        tilde = re.compile("~")
        traced = traced.rewrite(tilde, lambda m: [" "] if any(a < m.start() < b for a, b in spans) else [0])
        traced = traced.rewrite(_SYMBOL, lambda m: [_LATEX[m[1]]])  # while the "$" of "$\mu$m" ends its name
        traced = traced.rewrite(_MATH, lambda m: [1])
    if "\\" in text:
        traced = traced.rewrite(_SYMBOL, lambda m: [_LATEX[m[1]]])
        for _ in range(3):
            traced = traced.rewrite(_WRAP, lambda m: [1])
        traced = traced.rewrite(_COMMAND, lambda m: [])
        traced = traced.rewrite(_MU, lambda m: ["µ"])
        traced = traced.rewrite(_ESCAPE, lambda m: [1] if m[1] else [" "])
    return traced


def clean(traced: Traced, glued_citations: bool = False) -> tuple[Traced, tuple[tuple[int, str], ...]]:
    """Resolve inline markup.

    Parameters
    ----------
    glued_citations : also read ``anodes.4`` and ``separators9 or`` as citations (text of a PDF, raised digits lost)

    Returns
    -------
    Traced, markers
        Clean text, and (offset in it, reference number) for each citation that stood there.

    Examples
    --------
    >>> clean(Traced.of(r"$4.7 \\times 10^{-3} \\text{ mS}\\cdot\\text{cm}^{-1}$ [34]"))[0].text
    '4.7 × 10^-3 mS·cm^-1'
    >>> text, markers = clean(Traced.of("over 99%<sup>[26]</sup> at 1 mA cm<sup>-2</sup>"))
    >>> text.text, markers
    ('over 99% at 1 mA cm^-2', ((8, '26'),))
    """
    traced = _plain(traced)
    traced = traced.rewrite(_LINK, lambda m: [1])
    traced = traced.rewrite(_LETTER, lambda m: [2 if m[2] else 3])  # the *R* of *R*~ct~
    traced = traced.rewrite(_PANDOC, lambda m: ["^{", 1, "}"] if m[1] else [2])
    traced = _with_context(traced, _SUP)
    traced = traced.rewrite(_SUB, lambda m: [m.lastindex] if m.lastindex else [])
    traced = traced.rewrite(_TAG, lambda m: [])
    traced = traced.rewrite(_EMPHASIS, lambda m: [2 if m[2] else 3])
    traced = traced.rewrite(_BRACKETED, lambda m: _cite(1))
    traced = _with_context(traced, _RAISED)
    traced = traced.rewrite(_LOWERED, lambda m: [m[0].translate(_TO_DIGITS)])
    traced = traced.rewrite(_LIGATURE, lambda m: [_LIGATURES[m[0]]])
    traced = traced.rewrite(_LEFTOVER, lambda m: [])
    if glued_citations:
        traced = traced.rewrite(_GLUED, lambda m: _cite(m.lastindex or 1))
    traced = traced.rewrite(_SPACES, lambda m: [1] if m[1] else [" "]).strip()
    return _take_markers(traced)


def _take_markers(traced: Traced) -> tuple[Traced, tuple[tuple[int, str], ...]]:
    if CITE_OPEN not in traced.text:
        return traced, ()
    out: list[str] = []
    offsets: array[int] = array("L")
    markers: list[tuple[int, str]] = []
    position = length = 0
    for match in re.finditer(f"\\s?{CITE_OPEN}([^{CITE_CLOSE}]*){CITE_CLOSE}", traced.text):
        kept = traced.text[position : match.start()]
        out.append(kept)
        offsets.extend(traced.offsets[position : match.start()])
        length += len(kept)
        markers.extend((length, number) for number in _numbers(match[1]))
        position = match.end()
        if not length and traced.text[position : position + 1] == " ":
            position += 1  # what begins with a citation begins with the word behind it
    out.append(traced.text[position:])
    offsets.extend(traced.offsets[position:])
    return Traced("".join(out), offsets), tuple(markers)


def _numbers(cited: str) -> list[str]:
    """Expand "1,2" and "12–14" to single reference numbers."""
    out: list[str] = []
    for part in re.split(r"\s*,\s*", cited.translate(_TO_DIGITS).strip("[]\\ ")):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and 0 < ends[1] - ends[0] < 50:
            out.extend(str(n) for n in range(ends[0], ends[1] + 1))
        else:
            out.extend(str(n) for n in ends)
    return out
