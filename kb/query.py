"""A filter asked of the base: the tree of conditions becomes parameterised SQL over the tables, and rows.

What a filter means is said at the head of ``schema/filter.lark``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from string import Template
from typing import Any

from kb.absence import elsewhere, inapplicable
from kb.fields import CONDITIONS, LISTS, Field
from kb.filters import parse
from kb.fragments import (
    ALL_OF_IT,
    ALL_STATED,
    HOLDS,
    HOLDS_EACH,
    NARROWING,
    OF_METRIC,
    PLAIN,
    SAMPLE_HAS_METRIC,
    SAMPLE_MEETS,
    SOME_OF_IT,
    STATED,
    WORDS,
)
from kb.levels import Level
from kb.meeting import MAX_CONDITIONS, PROBED, alternatives, metric_of, mixes_metrics, picker, probes
from kb.nodes import (
    APPLICABLE,
    EXTRACTED,
    Absent,
    And,
    At,
    Comparison,
    Has,
    Known,
    Leaf,
    Matches,
    Node,
    Or,
    leaves,
    normal,
)
from schema.errors import FilterSyntaxError, UnknownName, did_you_mean
from schema.tables import tables

_PROBE = """SELECT m.id $tables
  WHERE m.id <= (SELECT id FROM measurements ORDER BY id LIMIT 1) + $number
  AND $condition ORDER BY m.id LIMIT :limit OFFSET :offset"""
_IDS = "SELECT m.id $tables WHERE $condition ORDER BY $ordering LIMIT :limit OFFSET :offset"
_ALL_IDS = "SELECT m.id $tables WHERE $condition ORDER BY $ordering"
_ROWS = "SELECT * FROM measurement_view WHERE id IN ($ids) ORDER BY $ordering"
_COUNT = "SELECT count(*) $tables WHERE $condition"
_GROUPS = "SELECT $columns $tables WHERE $condition GROUP BY $keys ORDER BY $ordering LIMIT :limit OFFSET :offset"
_COUNT_GROUPS = "SELECT count(*) FROM (SELECT DISTINCT $keys $tables WHERE $condition)"
# The joins of measurement_view, in an order in which each has what it is joined by.
_JOINS: Mapping[str, str] = {
    "m": "FROM measurements AS m",
    "e": "JOIN experiments AS e ON e.id = m.experiment_id",
    "s": "JOIN systems AS s ON s.id = e.system_id",
    "d": "JOIN documents AS d ON d.id = m.document_id",
    "p": "JOIN papers AS p ON p.id = e.paper_id",
    "v": "JOIN evidence AS v ON v.measurement_id = m.id",
}
_THROUGH = {"s": "e", "p": "e"}


@lru_cache(maxsize=1)
def _sources() -> Mapping[str, str]:
    """Column of measurement_view -> the column of a table that it is."""
    return {c.name: c.source for c in tables()["measurement_view"].columns if c.source}


def _fill(fragment: str, **parts: str) -> str:
    """Put whitelisted column names, parameter names and finished fragments into a fragment; never a value."""
    return Template(fragment).substitute(parts)


def _tables(aliases: Iterable[str]) -> str:
    wanted = {"m", *aliases}
    wanted |= {_THROUGH[a] for a in wanted if a in _THROUGH}
    return " ".join(join for alias, join in _JOINS.items() if alias in wanted)


@dataclass(frozen=True)
class Compiled:
    """A filter as SQL.

    Attributes
    ----------
    where : a condition over the tables of measurement_view under their names there: m, e, s, d, p, v
    needs : those of the tables, beside m, that the condition speaks of
    parameters : its named parameters, ``f1``, ``f2``, ...
    notes : readings that may surprise, to be told where nothing is found
    probes : how many of the first measurements to look at before all
    """

    where: str
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    probes: tuple[int, ...] = ()


EVERYTHING = Compiled("1")
Parameters = Mapping[str, float | str]


def compile_filter(text: str) -> Compiled:
    """Compile a filter to one parameterised condition.

    Raises
    ------
    FilterSyntaxError, UnknownMetric, UnknownName, UnknownQuery, UnitMismatch
        As :func:`kb.filters.parse` does; FilterSyntaxError also where it is too large to be asked at once.

    Examples
    --------
    >>> compiled = compile_filter("current_density >= 10 A/m^2 AND NOT is_control")
    >>> compiled.where, dict(compiled.parameters)
    ('(e.current_density_mA_cm2 >= :f1 AND e.is_control <> :f2)', {'f1': 1.0, 'f2': 1})
    """
    tree = normal(parse(text))
    if mixes_metrics(tree):
        tree = Or(tuple(And(tuple(c)) for c in alternatives(tree, text)))
    if sum(1 for _ in leaves(tree, inside=True)) > MAX_CONDITIONS:
        raise FilterSyntaxError(text[:60], 0, f"this comes to more than {MAX_CONDITIONS} conditions; ask in parts")
    writer = _Writer()
    where = writer.condition(tree)
    named = {leaf.field.name for leaf in leaves(tree) if not isinstance(leaf, Matches) and leaf.field.kind == "metric"}
    both = sorted(named & CONDITIONS.keys())
    notes = tuple(f"{n} was read as the metric; the test condition is condition.{n}" for n in both)
    return Compiled(where, writer.parameters, frozenset(writer.needs), notes, probes(tree))


def find(
    connection: sqlite3.Connection,
    text: str = "",
    sort: Iterable[str] = (),
    limit: int | None = None,
    offset: int = 0,
    min_confidence: float = 0.0,
    level: Level | None = None,
) -> list[dict[str, Any]]:
    """Give the rows of measurement_view that a filter finds ("" finds all), as dicts.

    Parameters
    ----------
    sort : columns, ``-column`` for the largest first; unknown values come last, ties by id
    min_confidence : rows below it are left out
    level : rows of it instead, of what has at least one of the measurements found

    Raises
    ------
    As :func:`compile_filter`; UnknownName also for a sort column.
    """
    paging = {"limit": -1 if limit is None else limit, "offset": offset}
    sort, compiled = tuple(sort), _sure(text, min_confidence)
    for probe in compiled.probes if limit and not sort and level is None else ():
        query, parameters = _selection(compiled, probe=probe)
        rows = _rows(connection.execute(query, {**parameters, **paging}))
        if len(rows) == limit:
            return rows
    query, parameters = _selection(compiled, sort, level)
    return _rows(connection.execute(query, {**parameters, **paging}))


def _rows(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def selection(text: str = "", sort: Iterable[str] = (), level: Level | None = None) -> tuple[str, Parameters]:
    """Give the SQL that :func:`find` runs, with its parameters but ``limit`` and ``offset``."""
    return _selection(_sure(text, 0.0), tuple(sort), level)


def _selection(
    compiled: Compiled, sort: tuple[str, ...] = (), level: Level | None = None, probe: int = 0
) -> tuple[str, Parameters]:
    """Write the SQL; with ``probe``, of so many of the first measurements only, up to PROBED one after the other."""
    if level is not None:
        columns = ", ".join(f"{source} AS {name}" for name, source in level.columns.items())
        keys = ", ".join(level.columns[key] for key in level.keys)
        ordering = _ordering(sort, {name: name for name in level.columns if name not in level.lists}, level.keys)
        parts = {"columns": columns, "keys": keys, "ordering": ordering, "condition": compiled.where}
        return _fill(_GROUPS, tables=_tables({*compiled.needs, "e", "s", "p"}), **parts), compiled.parameters
    sources = _sources()
    inner = _ordering(sort, sources, ("id",))
    # A column that is sorted by has its table joined.
    keyed = {sources[_column(key)].split(".")[0] for key in sort}
    joined = _tables(compiled.needs | keyed)
    if probe:
        if probe <= PROBED:
            joined = joined.replace("AS m", "AS m NOT INDEXED", 1).replace("JOIN", "CROSS JOIN")
        ids = _fill(_PROBE, tables=joined, number=str(probe), condition=compiled.where)
    else:
        ids = _fill(_IDS, tables=joined, condition=compiled.where, ordering=inner)
    return _fill(
        _ROWS, ids=ids, ordering=_ordering(sort, dict(zip(sources, sources, strict=True)), ("id",))
    ), compiled.parameters


def count(
    connection: sqlite3.Connection, text: str = "", min_confidence: float = 0.0, level: Level | None = None
) -> int:
    """Count the rows that :func:`find` would give without a limit."""
    compiled = _sure(text, min_confidence)
    if level is not None:
        keys = ", ".join(level.columns[key] for key in level.keys)
        query = _fill(_COUNT_GROUPS, keys=keys, tables=_tables({*compiled.needs, "e"}), condition=compiled.where)
    else:
        query = _fill(_COUNT, tables=_tables(compiled.needs), condition=compiled.where)
    return int(connection.execute(query, compiled.parameters).fetchone()[0])


def measurement_ids(text: str = "", sort: Iterable[str] = (), also: str = "1") -> tuple[str, Parameters]:
    """Give the SQL of the ids alone of what :func:`find` would give, in its order, with its parameters.

    Parameters
    ----------
    also : a further condition over the table ``m``, with parameters of the caller's own
    """
    compiled = compile_filter(text) if text else EVERYTHING
    sources = _sources()
    keyed = {sources[_column(key)].split(".")[0] for key in sort if _column(key) in sources}
    return _fill(
        _ALL_IDS,
        tables=_tables(compiled.needs | keyed),
        condition=compiled.where + " AND " + also,
        ordering=_ordering(sort, sources, ("id",)),
    ), compiled.parameters


def tables_of(compiled: Compiled, *more: str) -> str:
    """Give the FROM clause of a compiled filter, with further tables (m, e, s, d, p, v) joined."""
    return _tables({*compiled.needs, *more})


def _sure(text: str, min_confidence: float) -> Compiled:
    compiled = compile_filter(text) if text else EVERYTHING
    if not min_confidence:
        return compiled
    where = compiled.where + " AND m.confidence >= :least"
    return replace(compiled, where=where, parameters={**compiled.parameters, "least": min_confidence})


def _column(key: str) -> str:
    column = key.removeprefix("-").removeprefix("paper.").removeprefix("condition.")
    return CONDITIONS.get(column, column)


def _ordering(sort: Iterable[str], sources: Mapping[str, str], ties: Iterable[str]) -> str:
    keys = []
    for key in sort:
        column = _column(key)
        if column not in sources:
            hint = did_you_mean(column, (*sources, *CONDITIONS)) or f"; there are {', '.join(sources)}"
            what = "cannot sort by the list" if column in LISTS else "unknown column to sort by:"
            raise UnknownName(f"{what} {column!r}{hint}")
        last = "" if column in _NEVER_NULL else " NULLS LAST"  # said needlessly, it keeps SQLite from an index
        keys.append(sources[column] + (" DESC" if key.startswith("-") else "") + last)
    return ", ".join([*keys, *(sources[tie] for tie in ties)])


_NEVER_NULL = frozenset({"id", "value", "metric", "confidence"})


class _Writer:
    """Writes conditions as SQL; keeps the parameters, and which tables the conditions of a query speak of."""

    def __init__(self) -> None:
        self.parameters: dict[str, float | str] = {}
        self.needs: set[str] = set()
        self.picked = False  # another condition picks the measurements, so that this is asked of each of them

    def condition(self, node: Node) -> str:
        match node:
            case Or(children):
                return "(" + " OR ".join(self.condition(c) for c in children) + ")"
            case And(children):
                if mixes_metrics(node):
                    return self._of_one_sample([c for c in children if isinstance(c, Leaf)])
                outer, first = self.picked, picker(children)
                parts = []
                for child in children:
                    self.picked = outer or (first is not None and child is not first)
                    parts.append(self.condition(child))
                self.picked = outer
                return "(" + " AND ".join(parts) + ")"
            case Comparison():
                return self._test(node)
            case Has():
                return self._has(node)
            case Known():
                return self._known(node)
            case Absent():
                return self._absent(node)
            case Matches(query, negated):
                return ("NOT " if negated else "") + _fill(WORDS, x=self._parameter(query))
            case At():
                return _fill(OF_METRIC, metric=self._parameter(node.field.name), compared=self.condition(node.node))
        raise AssertionError(f"normal() left {node!r}")

    @contextmanager
    def _subquery(self) -> Iterator[set[str]]:
        """Collect the tables of a query inside the one that is being written."""
        outer, self.needs = self.needs, set()
        try:
            yield self.needs
        finally:
            self.needs = outer

    def _of_one_sample(self, asked: list[Leaf]) -> str:
        """Each metric's comparisons in one measurement of the same sample, every other condition in all of them."""
        kinds = list(dict.fromkeys(metric_of(leaf) for leaf in asked if metric_of(leaf) != ""))
        groups = [[leaf for leaf in asked if metric_of(leaf) in ("", kind)] for kind in kinds]
        branches = []
        for group in groups:
            single = [self.condition(And(tuple(group)))]
            for other in groups:
                if other is not group:
                    with self._subquery() as needs:
                        condition = self.condition(And(tuple(other)))
                        single.append(_fill(SAMPLE_MEETS, tables=_tables(needs), condition=condition))
            branches.append("(" + " AND ".join(single) + ")")
        return "(" + " OR ".join(branches) + ")"

    def _parameter(self, value: float | str | bool) -> str:
        name = f"f{len(self.parameters) + 1}"
        self.parameters[name] = int(value) if isinstance(value, bool) else value
        return ":" + name

    def _source(self, column: str) -> str:
        source = _sources()[column]
        self.needs.add(source.split(".")[0])
        return source

    def _test(self, test: Comparison) -> str:
        x = self._parameter(test.value)
        if test.field.column != "value":
            return _fill(PLAIN[test.op], column=self._source(test.field.column), x=x)
        compared = _fill((SOME_OF_IT if test.maybe else ALL_OF_IT)[test.op], x=x)
        if test.field.kind == "metric":
            return _fill(OF_METRIC, metric=self._parameter(test.field.name), compared=compared)
        return compared

    def _has(self, has: Has) -> str:
        column = has.field.column
        # One set of names for all that any of may be; for each that must be, its own.
        wanted = has.items if has.every else (tuple(name for item in has.items for name in item),)
        if column in ("components", "elements"):
            self.needs.add("e")
        holding = (HOLDS_EACH if self.picked else HOLDS)[column]
        held = [_fill(holding, x=self._parameter(json.dumps(names, ensure_ascii=False))) for names in wanted]
        holds = "(" + " AND ".join(held) + ")"
        if not has.negated:
            return "(" + NARROWING.get(column, "") + holds + ")"
        return "(" + ALL_STATED.get(column, "1") + " AND NOT " + holds + ")"

    def _known(self, known: Known) -> str:
        stated = self._stated(known.field)
        return stated if known.known else "(NOT " + stated + ")"

    def _absent(self, absent: Absent) -> str:
        self.needs.add("e")
        cannot = inapplicable(absent.field, self._parameter)
        cases = ["NOT " + self._stated(absent.field), cannot if absent.reason == APPLICABLE else "NOT " + cannot]
        if absent.reason != APPLICABLE:
            spoken = elsewhere(absent.field, self._parameter)
            cases.append(spoken if absent.reason == EXTRACTED else "NOT " + spoken)
        return ("(NOT (" if absent.negated else "((") + " AND ".join(cases) + "))"

    def _stated(self, field: Field) -> str:
        if field.kind == "metric":
            return _fill(SAMPLE_HAS_METRIC, x=self._parameter(field.name))
        if field.column in STATED:
            self.needs.add("e")
            return STATED[field.column]
        return "(" + self._source(field.column) + " IS NOT NULL)"
