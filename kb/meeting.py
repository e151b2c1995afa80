"""What a filter asks for as a whole: which of its conditions meet in one measurement, and where to begin to look."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from kb.nodes import Absent, And, At, Comparison, Has, Known, Leaf, Matches, Node, Or, leaves
from schema.errors import FilterSyntaxError

MAX_CONDITIONS = 400  # SQLite takes expressions 1000 deep
# What many measurements satisfy is found among the first, without sorting all of them by id: before all are asked for,
# so many are looked at one after the other, then so many through an index of metrics.
PROBED, PROBED_BY_INDEX = 2000, 150_000


def metric_of(leaf: Leaf) -> str | At:
    """Give what tells apart the measurements that a leaf asks for: their metric, or the AT; "" where any may do."""
    if isinstance(leaf, At):
        return leaf
    if isinstance(leaf, Comparison) and leaf.field.kind == "metric":
        return leaf.field.name
    if isinstance(leaf, Comparison) and leaf.field.column == "metric" and leaf.op == "=":
        return str(leaf.value)
    return ""


def _rank(node: Node) -> int:
    """Say how few measurements satisfy a condition, as far as its kind tells; 3 where it tells nothing."""
    if isinstance(node, Matches):
        return 3 if node.negated else 0
    if isinstance(node, Comparison) and node.op == "=" and node.field.column in _TELLING:
        return 0
    if isinstance(node, Leaf) and metric_of(node):
        return 1
    if isinstance(node, And):
        return min(map(_rank, node.children))
    if isinstance(node, Or):
        return max(map(_rank, node.children))
    return 2 if isinstance(node, Has) and not node.negated else 3


def picker(children: Iterable[Node]) -> Node | None:
    """Give the one of several conditions that few measurements satisfy; None where no kind tells."""
    first = min(children, key=_rank)
    return first if _rank(first) < 3 else None


def probes(node: Node) -> tuple[int, ...]:
    """What has an index of its own is not looked for one by one."""
    return {1: (PROBED_BY_INDEX,), 3: (PROBED,)}.get(_rank(node), ())


_TELLING = frozenset(
    {"id", "doi", "source", "title", "subject", "paper_id", "document_id", "system_id", "experiment_id"}
)


def mixes_metrics(node: Node) -> bool:
    """Tell whether an AND joins different metrics, which no single measurement can satisfy."""
    match node:
        case And(children):
            return len({metric_of(leaf) for leaf in leaves(node)} - {""}) > 1
        case Or(children):
            return any(mixes_metrics(child) for child in children)
    return False


def alternatives(node: Node, text: str) -> list[list[Leaf]]:
    """Give the disjunctive normal form: the filter is true where all of one of the lists is."""
    match node:
        case Or(children):
            return [c for child in children for c in alternatives(child, text)]
        case And(children):
            parts = [alternatives(child, text) for child in children]
            total = 1
            for part in parts:
                total *= len(part)
            if total > MAX_CONDITIONS:
                raise FilterSyntaxError(text[:60], 0, "too many combinations of metrics in one filter; ask in parts")
            return [list(itertools.chain(*choice)) for choice in itertools.product(*parts)]
        case Comparison() | Has() | Known() | Absent() | Matches() | At():
            return [[node]]
    raise AssertionError(f"normal() left {node!r}")
