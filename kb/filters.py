"""The filter language: a text becomes a tree of conditions, its names resolved, its units converted.

The grammar, with its meaning, is ``schema/filter.lark``; SQL is made of the tree in ``kb/query.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import schema
from kb.fields import CONDITIONS, LISTS, Field, check_text, resolve, unknown_name
from kb.named import FILTER, named
from kb.nodes import Absent, And, At, Comparison, Has, Known, Matches, Node, Not, Or, leaves
from kb.search import words_query
from schema.errors import FilterSyntaxError, UnitMismatch, at_place
from schema.units import convert, fold_unit
from schema.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_SAME_SIGN = {"≥": ">=", "≤": "<=", "≠": "!="}
MAX_NESTING = 100  # brackets or NOTs: keeps the recursion below, and SQLite's expression depth, far from their limits
MAX_LENGTH = 10_000

_WANTED = {
    "OP": "a comparison (= != < <= > >=)", "NAME": "a metric or field name", "NUMBER": "a number", "UNIT": "a unit",
    "STRING": 'a "text"', "WORD": "a word", "LPAR": "(", "RPAR": ")", "COMMA": ",", "NOT": "NOT", "AND": "AND",
    "OR": "OR", "IS": "IS", "HAS": "HAS", "BETWEEN": "BETWEEN", "KNOWN": "KNOWN", "UNKNOWN": "UNKNOWN",
    "ANY": "ANY (...)", "ALL": "ALL (...)", "AT": "AT (...)", "MATCHES": 'MATCHES "words"', "MAYBE": "MAYBE",
    "REFERENCE": "@name", "REPORTED": "REPORTED", "EXTRACTED": "EXTRACTED", "APPLICABLE": "APPLICABLE",
}  # fmt: skip
_SLIPS = {
    "&": "write AND", "|": "write OR", "==": "write = once", "<>": "write !=", "=<": "write <=", "=>": "write >=",
    ",": "write numbers without commas",
}  # fmt: skip


def parse(text: str, inside: tuple[str, ...] = ()) -> Node:
    """Read a filter.

    Parameters
    ----------
    inside : the named filters that this text is part of, from the outermost on

    Raises
    ------
    FilterSyntaxError
        Where it does not parse, or an operator does not fit its field; with a caret under the place.
    UnknownQuery
        A filter that nothing is saved as.
    UnknownMetric, UnknownName
        A name, or a text in a field with a closed list, that nothing goes by; with the nearest known ones.
    UnitMismatch
        A unit that cannot be read or has the wrong dimension.

    Examples
    --------
    >>> parse("current_density >= 10 A/m^2")
    Comparison(field=Field(name='current_density', kind='number', column='current_density_mA_cm2', unit='mA/cm^2'), \
op='>=', value=1.0, maybe=False)
    >>> parse("coulombic_efficency > 98")
    Traceback (most recent call last):
    schema.errors.UnknownMetric: unknown metric 'coulombic_efficency'; did you mean 'coulombic_efficiency' or \
'initial_coulombic_efficiency'?
      coulombic_efficency > 98
      ^
    """
    # One line, so that the caret stands under its place; the length stays, so that positions do.
    shown = re.sub(r"\s", " ", text)
    if not shown.strip():
        raise FilterSyntaxError(shown, 0, "the filter is empty; write one like: coulombic_efficiency >= 98")
    if len(shown) > MAX_LENGTH:
        raise FilterSyntaxError(shown[:60] + " ...", 0, f"a filter has at most {MAX_LENGTH} characters; ask in parts")
    if unprintable := re.search(r"[\x00-\x1f\ud800-\udfff]", shown):
        place = unprintable.start()
        safe = re.sub(r"[\x00-\x1f\ud800-\udfff]", "?", shown)
        raise FilterSyntaxError(safe, place, "a character here is not text; type the filter as UTF-8")
    for count, match in enumerate(re.finditer(r"\(|\bNOT\b", shown, re.IGNORECASE), start=1):
        if count > MAX_NESTING:
            message = f"more than {MAX_NESTING} brackets or NOTs; ask in parts"
            raise FilterSyntaxError(shown, match.start(), message)
    return _Reader(shown, vocabulary(), inside).node(tree(shown))


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """Give the parser of ``schema/filter.lark``."""
    from lark import Lark

    text = (Path(schema.__file__).parent / "filter.lark").read_text("utf-8")
    return Lark(text, parser="lalr", propagate_positions=True)


def tree(text: str) -> Tree[Token]:
    """Give the syntax tree of a filter, its names not resolved yet; FilterSyntaxError where it does not parse."""
    from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

    try:
        return grammar().parse(text)
    except UnexpectedInput as error:
        wanted: Iterable[str] = ()  # names of terminals
        position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        if isinstance(error, UnexpectedCharacters):
            wanted = error.allowed or ()
        elif isinstance(error, UnexpectedToken):
            wanted = error.accepts or error.expected
            position = len(text.rstrip()) if error.token.type == "$END" else position
        elif isinstance(error, UnexpectedEOF):
            position = len(text.rstrip())
        raise FilterSyntaxError(text, position, _complaint(text, position, set(wanted))) from error


def _complaint(text: str, position: int, wanted: set[str]) -> str:
    """Say what was expected where; of a well-known slip, how it is written here."""
    here = text[position : position + 1]
    if remedy := _SLIPS.get(text[max(position - 1, 0) : position + 1]) or _SLIPS.get(here):
        return f"{remedy} here"
    if here in ("'", '"') and re.fullmatch(r"([\"'])(?:(?!\1).)*", text[position:]):
        return "the quote that opens here is not closed"
    if "NAME" in wanted and here.isdigit():
        return "begin with the name, then the number: coulombic_efficiency >= 98"
    words = [shown for key, shown in _WANTED.items() if key in wanted]
    if "$END" in wanted:
        words.append("the end")
    several = "AND" in wanted and re.search(r"=\s*[^\W\d]\S*\s*$", text[:position])
    quote = "; a text of several words needs quotes" if several else ""
    return f"expected {', '.join(words[:-1])}{' or ' if len(words) > 1 else ''}{words[-1]} here{quote}"


class _Reader:
    """Turns a syntax tree into a tree of conditions; knows the text, for the caret, and the vocabulary."""

    def __init__(self, text: str, words: Vocabulary, inside: tuple[str, ...]) -> None:
        self.text = text
        self.words = words
        self.inside = inside
        self.within_at = False

    def node(self, tree: Tree[Token]) -> Node:
        parts: list[Any] = [c for c in tree.children if str(getattr(c, "type", "")) not in _KEYWORDS]
        match str(tree.data):
            case "start":
                return self.node(parts[0])
            case "disjunction":
                return Or(tuple(self.node(p) for p in parts))
            case "conjunction":
                return And(tuple(self.node(p) for p in parts))
            case "negation":
                return Not(self.node(parts[0]))
            case "comparison" | "between" as data:
                maybe = str(getattr(parts[0], "type", "")) == "MAYBE"
                one, two, three = parts[maybe:]
                if data == "comparison":
                    return self._comparison(one, two, three, maybe)
                return self._between(one, two, three, maybe)
            case "at":
                return self._at(parts[0], parts[1:])
            case "known" | "unknown" as data:
                return Known(self._field(parts[0]), data == "known")
            case "absent":
                return Absent(self._field(parts[0]), str(parts[1]).lower())
            case "matches":
                return self._matches(*parts)
            case "reference":
                return self._reference(parts[0])
            case "bare":
                return self._bare(parts[0])
            case data:
                return self._has(parts[0], parts[1:], every=data == "has_all")

    def _fail(self, position: int, message: str) -> NoReturn:
        raise FilterSyntaxError(self.text, position, message)

    def _field(self, name: Token, numeric: bool = False) -> Field:
        # Inside AT a bare name is the condition, where there is one of that name.
        asked = f"condition.{name}" if self.within_at and str(name) in CONDITIONS else str(name)
        field = resolve(asked, self.words)
        if field is None:
            raise unknown_name(str(name), self.words, numeric, at_place(self.text, name.start_pos or 0))
        if self.within_at and field.kind == "metric":
            message = "AT takes the conditions of one measurement; join another metric with AND, outside the brackets"
            self._fail(name.start_pos or 0, message)
        return field

    def _at(self, test: Tree[Token], conditions: list[Tree[Token]]) -> Node:
        name: Any = next(t for t in test.children if str(getattr(t, "type", "")) == "NAME")
        if self.within_at:
            self._fail(_span(test)[0], "AT does not stand inside AT; write its conditions side by side")
        field = self._field(name, numeric=True)
        if field.kind != "metric":
            message = f"AT follows a metric; {name} is none, join it with AND"
            self._fail(name.end_pos or 0, message)
        compared = self.node(test)
        self.within_at = True
        try:
            return At(field, And((compared, *(self.node(c) for c in conditions))))
        finally:
            self.within_at = False

    def _matches(self, name: Token, words: Token) -> Node:
        if str(name) != "text":
            self._fail(name.start_pos or 0, f"MATCHES looks into the text alone; write text MATCHES {words}")
        query = words_query(_text(words))
        if not query:
            self._fail(words.start_pos or 0, "there is no word to look for here")
        return Matches(query)

    def _reference(self, token: Token) -> Node:
        name = str(token)[1:]
        place = at_place(self.text, token.start_pos or 0)
        if name in self.inside:
            chain = " in ".join(f"@{n}" for n in reversed((*self.inside, name)))
            self._fail(token.start_pos or 0, f"a filter cannot be part of itself: {chain}")
        node = parse(named(name, FILTER, place).text, (*self.inside, name))
        if self.within_at and any(
            not isinstance(leaf, Matches) and leaf.field.kind == "metric" for leaf in leaves(node)
        ):
            self._fail(token.start_pos or 0, "AT takes conditions, and this filter asks for a metric; join it with AND")
        return node

    def _comparison(self, name: Token, sign: Token, literal: Any, maybe: bool) -> Node:
        op = _SAME_SIGN.get(sign, str(sign))
        numeric = getattr(literal, "data", "") == "quantity"
        field = self._field(name, numeric)
        self._check_maybe(name, field, maybe)
        start, end = _span(literal)
        if field.kind in ("metric", "number"):
            if not numeric:
                unit = _UNIT_WORDS.get(field.unit, field.unit)
                self._fail(start, f"{name} is a number (in {unit}); compare it with one")
            return Comparison(field, op, self._number(literal, field), maybe)
        if field.kind == "list":
            self._fail(name.end_pos or 0, f"{name} is a list; ask: {name} HAS {self.text[start:end]}")
        if op not in ("=", "!="):
            self._fail(name.end_pos or 0, f"{name} is no number; compare it with = or !=")
        # A number or a DOI without quotes is the text that stands there.
        value = self.text[start:end] if numeric else _text(literal)
        if numeric and " " in value:
            self._fail(start, "a text of several words needs quotes")
        if field.kind == "boolean":
            if value.casefold() not in ("true", "false"):
                self._fail(start, f"{name} is true or false; write {name} or NOT {name}")
            return Comparison(field, op, value.casefold() == "true")
        check_text(field, value, self.words, at_place(self.text, start))
        return Comparison(field, op, value)

    def _between(self, name: Token, low: Tree[Token], high: Tree[Token], maybe: bool) -> Node:
        field = self._field(name, numeric=True)
        self._check_maybe(name, field, maybe)
        if field.kind not in ("metric", "number"):
            self._fail(name.end_pos or 0, f"{name} is no number; BETWEEN compares numbers")
        unit = _unit(low) or _unit(high)  # "BETWEEN 10 AND 30 mV": the one unit is meant for both
        ends = [self._number(end, field, unit) for end in (low, high)]
        if ends[0] > ends[1]:
            self._fail(_span(low)[0], "BETWEEN takes the smaller number first; swap the two")
        # What a value can be has no gaps: some of it is between where some is above the one and some below the other.
        return And((Comparison(field, ">=", ends[0], maybe), Comparison(field, "<=", ends[1], maybe)))

    def _check_maybe(self, name: Token, field: Field, maybe: bool) -> None:
        if maybe and field.column != "value":
            self._fail(name.start_pos or 0, f"MAYBE is for measured values, which may be ranges; {name} is none")

    def _bare(self, name: Token) -> Node:
        field = self._field(name)
        if field.kind != "boolean":
            example = {"text": f'{name} = "..."', "list": f'{name} HAS "..."'}.get(field.kind, f"{name} >= 1")
            self._fail(name.end_pos or 0, f"{name} alone is no condition; write {example} or {name} IS KNOWN")
        return Comparison(field, "=", True)

    def _has(self, name: Token, items: list[Token], every: bool) -> Node:
        field = self._field(name)
        if field.kind != "list":
            self._fail(name.end_pos or 0, f"{name} is no list ({', '.join(LISTS)} are); compare it with =")
        for item in items:
            check_text(field, _text(item), self.words, at_place(self.text, item.start_pos or 0))
        asked = self._names if name in ("components", "products") else lambda typed: (typed,)
        return Has(field, tuple(asked(_text(item)) for item in items), every)

    def _names(self, typed: str) -> tuple[str, ...]:
        """Give what a material goes by in ``components``: as typed, and the short name it is another name of."""
        if typed in self.words.materials:
            return (typed,)
        folded = typed.casefold()
        short = [m.name for m in self.words.materials.values() if folded in {n.casefold() for n in (m.name, *m.names)}]
        return (typed, short[0]) if len(short) == 1 else (typed,)

    def _number(self, literal: Tree[Token], field: Field, unit: str = "") -> float:
        """Read a number in the field's unit."""
        number = float(str(literal.children[0]).replace("−", "-"))
        start, _ = _span(literal)
        if not math.isfinite(number):
            self._fail(start, "this number is too large")
        unit = _unit(literal) or unit
        if not unit:
            return number
        if field.column == "value" and field.kind == "number":
            message = "value is in the unit of its metric; name the metric to use a unit: overpotential < 0.02 V"
            raise UnitMismatch(message + at_place(self.text, start), unit=unit)
        try:
            # The field's own unit, in any spelling, needs no pint; a C-rate's "C" is no coulomb.
            target = {"1": "dimensionless", "C_rate": "C"}.get(field.unit, field.unit)
            if fold_unit(unit) == fold_unit(target):
                return number
            if field.unit == "C_rate":
                raise UnitMismatch("write it like 0.5 C", unit=unit)
            return convert(number, unit, target)
        except UnitMismatch as error:
            message = f"{field.name} is in {_UNIT_WORDS.get(field.unit, field.unit)}: {error}"
            raise UnitMismatch(message + at_place(self.text, start), unit=unit, expected=field.unit) from error


_UNIT_WORDS = {"1": "plain numbers", "C_rate": "C (a C-rate)"}
_KEYWORDS = frozenset({"AND", "OR", "NOT", "IS", "KNOWN", "UNKNOWN", "HAS", "ANY", "ALL", "BETWEEN", "AT", "MATCHES"})


def _span(literal: Any) -> tuple[int, int]:
    meta = getattr(literal, "meta", literal)
    return (meta.start_pos, meta.end_pos)


def _unit(literal: Tree[Token]) -> str:
    return str(literal.children[1]) if len(literal.children) > 1 else ""


def _text(token: Token) -> str:
    """Give the text of a word, or of a quoted text with its backslashes resolved."""
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.type == "STRING" else str(token)
