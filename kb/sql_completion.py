"""What may come next in SQL: keywords, the tables and columns of a base, the questions that go by a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.completion import Suggestion
from kb.named import SQL, all_named
from schema.tables import tables

# What reading statements are made of; functions are those of SQLite that people who look at results use.
_KEYWORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "LEFT JOIN", "ON", "AND", "OR", "NOT", "AS",
    "DISTINCT", "HAVING", "WITH", "UNION ALL", "BETWEEN", "LIKE", "IN", "IS NULL", "IS NOT NULL", "DESC", "ASC", "CASE",
    "WHEN", "THEN", "ELSE", "END", "OFFSET", "USING", "EXISTS", "OVER", "PARTITION BY", "MATCH",
)  # fmt: skip
_FUNCTIONS = (
    "count(", "avg(", "min(", "max(", "sum(", "round(", "abs(", "coalesce(", "group_concat(", "json_each(", "length(",
    "lower(", "substr(", "iif(", "rank(", "row_number(", "total(", "printf(", "snippet(", "highlight(", "bm25(",
)  # fmt: skip
_USUAL = "measurement_view"  # what is probably meant before any table is named
_QUIET = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_BEGUN = re.compile(r"@?\w*\Z")
_AFTER_TABLE_WORD = re.compile(r"\b(?:from|join)\s+\Z", re.IGNORECASE)
_NO_ALIAS = "on|where|join|left|group|order|using|limit"
_TABLE_NAMED = re.compile(rf"\b(?:from|join)\s+(\w+)(?:\s+(?:as\s+)?(?!(?:{_NO_ALIAS})\b)(\w+))?", re.IGNORECASE)


def complete_sql(before: str, after: str = "") -> list[Suggestion]:
    """Say how the last word of an unfinished statement may go on, in the order in which to show it.

    Parameters
    ----------
    before : the statement up to where it is typed
    after : the rest of it, which may name the tables whose columns are meant

    Examples
    --------
    >>> [s.word for s in complete_sql("SELECT * FROM measurement_v")]
    ['measurement_view']
    >>> [s.word for s in complete_sql("SELECT p.jour", " FROM papers AS p")]
    ['journal']
    >>> complete_sql("SELECT 'FROM pap")
    []
    """
    if before.count("'") % 2 and "'" in _QUIET.sub("", before):
        return []  # inside a text
    begun = _BEGUN.search(before)
    start = begun.start() if begun else len(before)
    typed = before[start:].casefold()
    whole = _QUIET.sub(" ", before) + " " + _QUIET.sub(" ", after)
    if not typed and not before[:start].endswith(".") and not _AFTER_TABLE_WORD.search(before):
        return []
    found: dict[str, Suggestion] = {}
    for word, meaning in _words(before[:start], typed, whole):
        if word.casefold().startswith(typed) and word.casefold() != typed:
            found.setdefault(word, Suggestion(start, word, meaning))
    return list(found.values())


def _words(before: str, typed: str, whole: str) -> Iterator[tuple[str, str]]:
    known = tables()
    if typed.startswith("@"):
        yield from ((f"@{n.name}", n.meaning) for n in all_named().values() if n.kind == SQL)
        return
    if _AFTER_TABLE_WORD.search(before):
        # A view first: it has what most questions are about.
        for table in sorted(known.values(), key=lambda t: (t.name != _USUAL, t.kind != "view")):
            yield table.name, table.meaning or table.kind
        return
    named: dict[str, str] = {}
    for match in _TABLE_NAMED.finditer(whole):
        if match[1] in known:
            named.update({name: match[1] for name in (match[1], match[2]) if name})
    if before.endswith("."):
        owner = re.search(r"(\w+)\.\Z", before)
        of = known.get(named.get(owner[1], owner[1])) if owner else None
        yield from ((c.name, f"[{c.unit}] {c.meaning}") for c in (of.columns if of else ()))
        return
    for name in dict.fromkeys(named.values()) or (_USUAL,):
        yield from ((c.name, f"[{c.unit}] {c.meaning}") for c in known[name].columns)
    yield from ((word, "keyword") for word in _KEYWORDS)
    yield from ((word, "function") for word in _FUNCTIONS)
    yield from ((table.name, table.kind) for table in known.values())
