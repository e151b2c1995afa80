"""A filter asked of the base: the tree of conditions becomes one parameterised WHERE, and rows of it.

What a filter means is said at the head of ``schema/filter.lark``.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from kb.fields import COLUMNS, CONDITIONS, OF_THE_SAMPLE, Field
from kb.filters import And, Comparison, Has, Known, Leaf, Node, Or, normal, parse
from schema.errors import FilterSyntaxError, UnknownName, did_you_mean

MAX_CONDITIONS = 400  # SQLite takes expressions 1000 deep

# Where all that a qualified value can be satisfies the comparison with $x.
_ABOVE = "(value > $x AND qualifier NOT IN ('<', '<=') OR value = $x AND qualifier = '>')"
_BELOW = "(coalesce(value_max, value) < $x AND qualifier NOT IN ('>', '>=') OR value = $x AND qualifier = '<')"
_QUALIFIED: Mapping[str, str] = {
    ">": _ABOVE,
    ">=": "(value >= $x AND qualifier NOT IN ('<', '<='))",
    "<": _BELOW,
    "<=": "(coalesce(value_max, value) <= $x AND qualifier NOT IN ('>', '>='))",
    "=": "(value = $x AND coalesce(value_max, value) = $x AND qualifier NOT IN ('<', '<=', '>', '>='))",
    "!=": "(" + _ABOVE + " OR " + _BELOW + ")",  # what may lie on either side may also be equal
}
_PLAIN: Mapping[str, str] = {
    "=": "$column = $x", "!=": "$column <> $x", "<": "$column < $x", "<=": "$column <= $x", ">": "$column > $x",
    ">=": "$column >= $x",
}  # fmt: skip
_OF_METRIC = "(metric = $metric AND $compared)"
_HOLDS = "EXISTS (SELECT 1 FROM json_each($column) AS item WHERE item.value IN ($x))"
_STATED = "($column IS NOT NULL)"
_SOME_STATED = "($column IS NOT NULL AND $column <> '[]')"
# What makes measurements those of one sample, as kb/candidates.py has it: the paper (or the work it cites), with what
# the sample is made of, else its name.  Not what it is laid on: a coating is tested on copper for its efficiency, on
# lithium for its life.
_SAMPLE = """(
  paper_id,
  CASE provenance WHEN 'cited' THEN coalesce(cited_ref, document_id || ' ' || passage_id, '') ELSE '' END,
  coalesce(
    (SELECT group_concat(name, ' + ') FROM (SELECT DISTINCT value AS name FROM json_each(components) ORDER BY value)),
    lower(subject), '')
)"""
_HAS_SAMPLE = "($sample IN (SELECT $columns FROM measurement_view WHERE $condition))"
_LACKS_SAMPLE = "($sample NOT IN (SELECT $columns FROM measurement_view WHERE $condition))"
_IS_METRIC = "metric = $x"
_ROWS = "SELECT * FROM measurement_view WHERE $condition ORDER BY $ordering LIMIT :limit OFFSET :offset"
_COUNT = "SELECT count(*) FROM measurement_view WHERE $condition"
_SURE = "$condition AND confidence >= :least"


def _fill(fragment: str, **parts: str) -> str:
    """Put whitelisted column names, parameter names and finished fragments into a fragment; never a value."""
    return Template(fragment).substitute(parts)


def _of_sample(fragment: str, condition: str) -> str:
    return _fill(fragment, sample=_SAMPLE, columns=_SAMPLE.strip("()"), condition=condition)


@dataclass(frozen=True)
class Compiled:
    """A filter as SQL.

    Attributes
    ----------
    where : a condition over measurement_view, to stand in a query whose FROM is that view without an alias
    parameters : its named parameters, ``f1``, ``f2``, ...
    notes : readings that may surprise, to be told where nothing is found
    """

    where: str
    parameters: Mapping[str, float | str]
    notes: tuple[str, ...] = ()


def compile_filter(text: str) -> Compiled:
    """Compile a filter to one parameterised condition over measurement_view.

    Raises
    ------
    FilterSyntaxError, UnknownMetric, UnknownName, UnitMismatch
        As :func:`kb.filters.parse` does; FilterSyntaxError also where it is too large to be asked at once.

    Examples
    --------
    >>> compiled = compile_filter("current_density >= 10 A/m^2 AND NOT is_control")
    >>> compiled.where, dict(compiled.parameters)
    ('(current_density_mA_cm2 >= :f1 AND is_control <> :f2)', {'f1': 1.0, 'f2': 1})
    """
    tree = normal(parse(text))
    if _mixes_metrics(tree):
        tree = Or(tuple(And(tuple(c)) for c in _alternatives(tree, text)))
    if sum(1 for _ in _leaves(tree)) > MAX_CONDITIONS:
        raise FilterSyntaxError(text[:60], 0, f"this comes to more than {MAX_CONDITIONS} conditions; ask in parts")
    writer = _Writer()
    where = writer.condition(tree)
    named = {f.name for f in (leaf.field for leaf in _leaves(tree)) if f.kind == "metric"}
    both = sorted(named & CONDITIONS.keys())
    notes = tuple(f"{n} was read as the metric; the test condition is condition.{n}" for n in both)
    return Compiled(where, writer.parameters, notes)


def find(
    connection: sqlite3.Connection,
    text: str = "",
    sort: Iterable[str] = (),
    limit: int | None = None,
    offset: int = 0,
    min_confidence: float = 0.0,
) -> list[dict[str, Any]]:
    """Give the rows of measurement_view that a filter finds ("" finds all), as dicts.

    Parameters
    ----------
    sort : columns, ``-column`` for the largest first; unknown values come last, ties by id
    min_confidence : rows below it are left out

    Raises
    ------
    As :func:`compile_filter`; UnknownName also for a sort column.
    """
    compiled = _sure(text, min_confidence)
    query = _fill(_ROWS, condition=compiled.where, ordering=_ordering(sort))
    paging = {"limit": -1 if limit is None else limit, "offset": offset}
    cursor = connection.execute(query, {**compiled.parameters, **paging})
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def count(connection: sqlite3.Connection, text: str = "", min_confidence: float = 0.0) -> int:
    """Count the rows that a filter finds, of a confidence not below ``min_confidence``."""
    compiled = _sure(text, min_confidence)
    row = connection.execute(_fill(_COUNT, condition=compiled.where), compiled.parameters).fetchone()
    return int(row[0])


def _sure(text: str, min_confidence: float) -> Compiled:
    compiled = compile_filter(text) if text else Compiled("1", {})
    if not min_confidence:
        return compiled
    where = _fill(_SURE, condition=compiled.where)
    return Compiled(where, {**compiled.parameters, "least": min_confidence}, compiled.notes)


def _ordering(sort: Iterable[str]) -> str:
    keys = []
    for key in sort:
        column = key.removeprefix("-")
        column = CONDITIONS.get(column, column)
        if column not in COLUMNS:
            known = (*COLUMNS, *CONDITIONS)
            hint = did_you_mean(column, known) or "; kb find --help lists the columns"
            raise UnknownName(f"unknown column {column!r} to sort by{hint}")
        keys.append(column + (" DESC NULLS LAST" if key.startswith("-") else " NULLS LAST"))
    return ", ".join([*keys, "id"])


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from _leaves(child)
        case Comparison() | Has() | Known():
            yield node


def _metric_of(leaf: Leaf) -> str:
    """Give the metric of which a measurement must be to satisfy this; "" where any may."""
    if isinstance(leaf, Comparison) and leaf.field.kind == "metric":
        return leaf.field.name
    if isinstance(leaf, Comparison) and leaf.field.column == "metric" and leaf.op == "=":
        return str(leaf.value)
    return ""


def _mixes_metrics(node: Node) -> bool:
    """Tell whether an AND joins different metrics, which no single measurement can satisfy."""
    match node:
        case And(children):
            return len({_metric_of(leaf) for leaf in _leaves(node)} - {""}) > 1
        case Or(children):
            return any(_mixes_metrics(child) for child in children)
    return False


def _alternatives(node: Node, text: str) -> list[list[Leaf]]:
    """Give the disjunctive normal form: the filter is true where all of one of the lists is."""
    match node:
        case Or(children):
            return [c for child in children for c in _alternatives(child, text)]
        case And(children):
            parts = [_alternatives(child, text) for child in children]
            total = 1
            for part in parts:
                total *= len(part)
            if total > MAX_CONDITIONS:
                raise FilterSyntaxError(text[:60], 0, "too many combinations of metrics in one filter; ask in parts")
            return [list(itertools.chain(*choice)) for choice in itertools.product(*parts)]
        case Comparison() | Has() | Known():
            return [[node]]
    raise AssertionError(f"normal() left {node!r}")


class _Writer:
    """Writes conditions as SQL, and keeps the parameters."""

    def __init__(self) -> None:
        self.parameters: dict[str, float | str] = {}

    def condition(self, node: Node) -> str:
        match node:
            case Or(children):
                return "(" + " OR ".join(self.condition(c) for c in children) + ")"
            case And(children):
                if _mixes_metrics(node):
                    return self._of_one_sample([c for c in children if isinstance(c, Leaf)])
                return "(" + " AND ".join(self.condition(c) for c in children) + ")"
            case Comparison():
                return self._test(node)
            case Has():
                return self._has(node)
            case Known():
                return self._known(node)
        raise AssertionError(f"normal() left {node!r}")

    def _of_one_sample(self, leaves: list[Leaf]) -> str:
        """Each metric's comparisons in one measurement of the same sample, every other condition in all of them."""
        by_metric: dict[str, list[str]] = {}
        for leaf in leaves:
            by_metric.setdefault(_metric_of(leaf), []).append(self.condition(leaf))
        common = by_metric.pop("", [])
        single = ["(" + " AND ".join([*common, *conditions]) + ")" for conditions in by_metric.values()]
        shared = [_of_sample(_HAS_SAMPLE, condition) for condition in single]
        return "((" + " OR ".join(single) + ") AND " + " AND ".join(shared) + ")"

    def _parameter(self, value: float | str | bool) -> str:
        name = f"f{len(self.parameters) + 1}"
        self.parameters[name] = int(value) if isinstance(value, bool) else value
        return ":" + name

    def _test(self, test: Comparison) -> str:
        x = self._parameter(test.value)
        if test.field.column != "value":
            return _fill(_PLAIN[test.op], column=test.field.column, x=x)
        compared = _fill(_QUALIFIED[test.op], x=x)
        if test.field.kind == "metric":
            return _fill(_OF_METRIC, metric=self._parameter(test.field.name), compared=compared)
        return compared

    def _has(self, has: Has) -> str:
        held = []
        for item in has.items:
            names = ", ".join(self._parameter(name) for name in item)
            held.append(_fill(_HOLDS, column=has.field.column, x=names))
        wanted = "(" + (" AND " if has.every else " OR ").join(held) + ")"
        return "(" + self._stated(has.field) + (" AND NOT " if has.negated else " AND ") + wanted + ")"

    def _known(self, known: Known) -> str:
        if known.field.kind == "metric":
            measured = _fill(_IS_METRIC, x=self._parameter(known.field.name))
            return _of_sample(_HAS_SAMPLE if known.known else _LACKS_SAMPLE, measured)
        return self._stated(known.field) if known.known else "(NOT " + self._stated(known.field) + ")"

    @staticmethod
    def _stated(field: Field) -> str:
        # A sample none of whose components was resolved is one whose components are unknown; so with its traits.
        return _fill(_SOME_STATED if field.column in OF_THE_SAMPLE else _STATED, column=field.column)
