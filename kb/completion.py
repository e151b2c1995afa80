"""What may come next in a filter: for the shell, and for whatever else lets people type one.

The grammar says which kind of word is taken at a place, the vocabulary which words of that kind there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.fields import BOOLEANS, CONDITIONS, LISTS, OF_THE_PAPER, TEXTS, Field, closed_list, resolve
from kb.filters import grammar
from kb.named import FILTER, all_named
from schema.vocabulary import vocabulary

_KEYWORDS = {
    "AND": "AND", "OR": "OR", "NOT": "NOT", "IS": "IS", "KNOWN": "KNOWN", "UNKNOWN": "UNKNOWN", "HAS": "HAS",
    "ANY": "ANY (", "ALL": "ALL (", "BETWEEN": "BETWEEN", "AT": "AT (", "MAYBE": "MAYBE", "MATCHES": "MATCHES",
    "REPORTED": "REPORTED", "EXTRACTED": "EXTRACTED", "APPLICABLE": "APPLICABLE",
}  # fmt: skip
_SIGNS = {"COMMA": ",", "RPAR": ")"}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_CLOSED = re.compile(r"""(?:"[^"]*"|'[^']*'|[^"'])*""")
_BEGUN = re.compile(r"@?[^\s()\"',<>=!@]*\Z")
_LAST_NAME = re.compile(
    r"([A-Za-z_][\w.]*)\s*(?:[<>=!]=?|HAS(?:\s+(?:ANY|ALL)\s*\([^)]*)?|MATCHES)?\s*\Z", re.IGNORECASE
)


@dataclass(frozen=True)
class Suggestion:
    """A word that may stand where one is being typed.

    Attributes
    ----------
    start : where the word begins in the text; what stands from there to its end is replaced
    word : the whole word
    meaning : what it is, in a few words
    """

    start: int
    word: str
    meaning: str = ""


def complete(text: str, more: Iterable[str] = ()) -> list[Suggestion]:
    """Say how the last word of an unfinished filter may go on, in the order in which to show it.

    Parameters
    ----------
    text : the filter up to where it is typed
    more : further texts that columns of the base hold (materials, cells, ...), to go with those of the vocabulary

    Examples
    --------
    >>> [s.word for s in complete("coulombic_eff")]
    ['coulombic_efficiency']
    >>> [s.word for s in complete("overpotential < 30 ")][:3]
    ['mV', 'AND', 'OR']
    >>> [s.word for s in complete('strategy = "surf')]
    ['"surface coating"']
    """
    closed, begun = _CLOSED.match(text), _BEGUN.search(text)
    start = begun.start() if begun else len(text)
    if closed is not None and closed.end() < len(text):
        start = closed.end()  # a quote that is still open
    typed, before = text[start:], text[:start]
    wanted = _accepted(before)
    found: dict[str, Suggestion] = {}
    for word, meaning in _words(wanted, before, tuple(more)):
        if word.casefold().strip("\"'").startswith(typed.casefold().strip("\"'")) and word != typed:
            found.setdefault(word, Suggestion(start, word, meaning))
    return list(found.values())


def following(text: str) -> list[str]:
    """Say how a filter whose last word is whole may go on: itself where it may end there, and with each word or sign.

    Examples
    --------
    >>> following("overpotential < 30 mV")[:2]
    ['overpotential < 30 mV', 'overpotential < 30 mV AND']
    >>> following("substrate HAS ANY (Cu")
    ['substrate HAS ANY (Cu,', 'substrate HAS ANY (Cu)']
    """
    wanted = _accepted(text)
    signs = [sign for kind, sign in _SIGNS.items() if kind in wanted]
    words = [f" {s.word}" for s in complete(f"{text} ")]
    return [text + after for after in (*([""] if "$END" in wanted else []), *signs, *words)]


def _accepted(before: str) -> set[str]:
    """Give the kinds of words that the grammar takes after a text; none after one that it does not take."""
    from lark import UnexpectedInput

    parser = grammar().parse_interactive(before)
    try:
        parser.exhaust_lexer()
    except UnexpectedInput:
        return set()
    return set(parser.accepts())


def _words(wanted: set[str], before: str, more: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    match = _LAST_NAME.search(before)
    field = resolve(match[1]) if match else None
    if "WORD" in wanted or "STRING" in wanted:
        yield from _texts(field, more)
    if "UNIT" in wanted:
        compared = re.findall(r"([A-Za-z_][\w.]*)\s*(?:[<>=!]=?|BETWEEN)", before)
        measured = resolve(compared[-1]) if compared else None
        if measured is not None and measured.unit not in ("", "1"):
            yield {"C_rate": "C", "percent": "%"}.get(measured.unit, measured.unit), "unit"
    if "OP" in wanted and (field is None or field.kind not in ("list",)):
        yield from ((sign, "comparison") for sign in _COMPARISONS)
    for kind, word in _KEYWORDS.items():
        if kind in wanted and _fits(kind, field, bool("OP" in wanted)):
            yield word, "keyword"
    if "NAME" in wanted:
        yield from _names()
    if "REFERENCE" in wanted:
        yield from ((f"@{n.name}", n.meaning) for n in all_named().values() if n.kind == FILTER)


def _fits(kind: str, field: Field | None, after_name: bool) -> bool:
    """Leave out what the grammar takes after any name but this one has no use for."""
    if not after_name or field is None:
        return True
    return {"HAS": field.kind == "list", "BETWEEN": field.kind in ("metric", "number"), "MATCHES": False}.get(
        kind, True
    )


def _names() -> Iterator[tuple[str, str]]:
    words = vocabulary()
    for metric in words.metrics.values():
        yield metric.name, f"metric [{metric.unit}]"
    for name in CONDITIONS:
        if name not in words.metrics:
            yield name, "condition"
    for name in CONDITIONS:
        if name in words.metrics:
            yield f"condition.{name}", "condition"
    yield "text", "the passage, for MATCHES"
    for names, kind in ((LISTS, "list"), (BOOLEANS, "true or false"), (TEXTS, "text")):
        yield from ((name, kind) for name in names if name not in CONDITIONS)
    yield from ((f"paper.{name}", "of the paper") for name in OF_THE_PAPER)
    yield "confidence", "0 to 1"


def _texts(field: Field | None, more: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    words = vocabulary()
    if field is None:
        return
    known: Iterable[str] = closed_list(field, words)
    if field.column in ("components", "products", "substrate"):
        known = words.materials
    elif field.column == "cell":
        known = words.cells
    elif field.column == "electrolyte_class":
        known = words.electrolytes
    for text in dict.fromkeys((*known, *more)):
        yield (text if re.fullmatch(r"[A-Za-z]\w*", text) else f'"{text}"'), field.column.removesuffix("s")
