"""The tree of a filter: conditions, what joins them, and the form in which no NOT is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.fields import Field

NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
# Why something is unknown, as a filter says it: IS NOT ...
APPLICABLE, EXTRACTED, REPORTED = "applicable", "extracted", "reported"


@dataclass(frozen=True)
class Comparison:
    """``field op value``; ``op`` is one of the keys of NEGATED.

    Attributes
    ----------
    maybe : true already where some of what a qualified value can be satisfies it, not only where all of it does
    """

    field: Field
    op: str
    value: float | str | bool
    maybe: bool = False


@dataclass(frozen=True)
class Has:
    """A list holds all of, or any of, some items; each item is the names it goes by."""

    field: Field
    items: tuple[tuple[str, ...], ...]
    every: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Known:
    """A field is stated (or not)."""

    field: Field
    known: bool = True


@dataclass(frozen=True)
class Absent:
    """A field is not stated, for one of the reasons APPLICABLE, EXTRACTED, REPORTED."""

    field: Field
    reason: str
    negated: bool = False


@dataclass(frozen=True)
class Matches:
    """The passage that a measurement stands in has some words; ``query`` as :func:`kb.search.words_query` makes it."""

    query: str
    negated: bool = False


@dataclass(frozen=True)
class At:
    """A condition on the measurements of one metric, with conditions on the experiment each comes from.

    Of a measurement of another metric it is unknown.
    """

    field: Field
    node: Node


@dataclass(frozen=True)
class Not:
    child: Node


@dataclass(frozen=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    children: tuple[Node, ...]


Leaf = Comparison | Has | Known | Absent | Matches | At
Node = Leaf | Not | And | Or


def normal(node: Node, negated: bool = False) -> Node:
    """Push every NOT down to the conditions, which take it up: no Not is left.

    Three-valued logic is kept, since each negated condition is unknown where the condition is.

    Examples
    --------
    >>> a, b = Comparison(Field("year", "number", "year"), "<", 2019.0), Known(Field("doi", "text", "doi"))
    >>> [type(n).__name__ for n in normal(Not(And((a, b)))).children], normal(Not(a)).op
    (['Comparison', 'Known'], '>=')
    """
    match node:
        case Not(child):
            return normal(child, not negated)
        case And(children) | Or(children):
            joined = And if isinstance(node, And) is not negated else Or
            flat: list[Node] = []
            for child in (normal(c, negated) for c in children):
                flat.extend(child.children if isinstance(child, joined) else (child,))
            return joined(tuple(flat))
        case Comparison():
            # All of a value fails it: so for what all of it has to satisfy, and for what some of it may.
            return replace(node, op=NEGATED[node.op], maybe=False) if negated else node
        case Has() | Absent() | Matches():
            return replace(node, negated=node.negated is not negated)
        case Known():
            return replace(node, known=node.known is not negated)
        case At():
            return replace(node, node=normal(node.node, negated))


def leaves(node: Node, inside: bool = False) -> Iterator[Leaf]:
    """Give the conditions of a tree; those ``inside`` an AT too where asked."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child, inside)
        case Not(child):
            yield from leaves(child, inside)
        case _:
            yield node
            if inside and isinstance(node, At):
                yield from leaves(node.node, inside)
