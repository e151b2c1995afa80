"""The base as a networkx graph: whole, of a filter's findings, with merged names joined; written for other programs."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TextIO

from schema.statements import FOLDER, statement

if TYPE_CHECKING:
    import networkx as nx

# From what a filter finds to what belongs with it: (kind of edge, against its direction?), one step a line.
_SURROUNDINGS: tuple[tuple[tuple[str, bool], ...], ...] = (
    (("measured", True), ("evidenced_by", False), ("cites", False), ("of", False)),
    (("reports", True), ("tested_in", True), ("controls", True), ("part_of", False), ("refers_to", False),
     ("made_by", False), ("laid_on", False), ("turns_into", False), ("works_by", False), ("names", False)),
    (("contains", False), ("laid_on", False), ("counters", False)),
)  # fmt: skip


@lru_cache(maxsize=1)
def failures() -> Mapping[str, Mapping[str, list[str]]]:
    """Give the failure modes of ``schema/failures.toml``: name -> names, counters, metrics."""
    return tomllib.loads((FOLDER / "failures.toml").read_text("utf-8"))


def read_graph(db: sqlite3.Connection, found: Iterable[int] | None = None, merged: bool = True) -> nx.MultiDiGraph:
    """Give the base as a directed multigraph.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    found : ids of measurements; only they, and what belongs with them, are in the graph.  Everything where None
    merged : join the nodes of materials, and of papers, that were found to be one thing (``kb resolve``)

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``"paper:1"``, ``"system:3"``, ... with ``kind``, ``label`` and the attributes of the view
        ``graph_nodes``; edges keyed by their kind, with those of ``graph_edges``.  Beside the views' nodes, those of
        the failure modes, ``"failure:short circuit"``, to which mechanisms lead by ``counters`` and passages by
        ``names``.

    Examples
    --------
    >>> from kb.connection import open_base
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     db = open_base(folder + "/kb.sqlite", read_only=False)
    ...     read_graph(db).number_of_nodes()
    ...     db.close()
    0
    """
    import networkx as nx

    same = {row["merged"]: row["kept"] for row in db.execute(statement("merged_nodes"))} if merged else {}
    graph = nx.MultiDiGraph()
    joined: dict[str, list[str]] = {}
    for row in db.execute(statement("graph_nodes")):
        if row["id"] in same:
            joined.setdefault(same[row["id"]], []).append(row["label"])
        else:
            graph.add_node(row["id"], kind=row["kind"], label=row["label"], **json.loads(row["attributes"]))
    for node, labels in joined.items():
        graph.nodes[node]["also"] = labels
    for row in db.execute(statement("graph_edges")):
        source, target = (same.get(row[end], row[end]) for end in ("source", "target"))
        graph.add_edge(source, target, key=row["kind"], kind=row["kind"], **json.loads(row["attributes"]))
    _add_failures(db, graph)
    if found is None:
        return graph
    return graph.subgraph(_around(graph, {f"measurement:{n}" for n in found})).copy()


def _add_failures(db: sqlite3.Connection, graph: nx.MultiDiGraph) -> None:
    for name, told in failures().items():
        node = f"failure:{name}"
        edges = [(f"mechanism:{m}", "counters") for m in told["counters"] if f"mechanism:{m}" in graph]
        asked = {"query": " OR ".join(word if word.startswith('"') else _prefix(word) for word in told["names"])}
        passages = (f"passage:{row[0]}" for row in db.execute(statement("passages_with_words"), asked))
        edges += [(passage, "names") for passage in passages if passage in graph]
        if edges:
            graph.add_node(node, kind="failure", label=name, metrics=told["metrics"])
            for source, kind in edges:
                graph.add_edge(source, node, key=kind, kind=kind)


def _prefix(word: str) -> str:
    return f'"{word[:-1]}" *' if word.endswith("*") else f'"{word}"'


def _around(graph: nx.MultiDiGraph, nodes: set[str]) -> set[str]:
    """Give nodes with what belongs with them: tests, samples, materials, papers, places, coatings, failure modes."""
    kept = {node for node in nodes if node in graph}
    edge = set(kept)
    for step in _SURROUNDINGS:
        onward = {kind for kind, against in step if not against}
        back = {kind for kind, against in step if against}
        reached = {t for n in edge for _, t, k in graph.out_edges(n, keys=True) if k in onward}
        reached |= {s for n in edge for s, _, k in graph.in_edges(n, keys=True) if k in back}
        edge = reached - kept
        kept |= reached
    return kept


# Written for other programs ------------------------------------------------------------------------------------------


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Give attributes as GraphML knows them: nothing unknown, lists and objects as JSON."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in attributes.items()
        if value is not None
    }


def write_graphml(graph: nx.MultiDiGraph, stream: TextIO) -> None:
    """Write GraphML, which Gephi, yEd and Cytoscape read; what is unknown is left out."""
    import networkx as nx

    plain = nx.MultiDiGraph()
    plain.add_nodes_from((node, _plain(data)) for node, data in graph.nodes(data=True))
    plain.add_edges_from((s, t, key, _plain(data)) for s, t, key, data in graph.edges(keys=True, data=True))
    stream.write("\n".join(nx.generate_graphml(plain)) + "\n")


def write_json(graph: nx.MultiDiGraph, stream: TextIO) -> None:
    """Write nodes and edges as networkx's ``node_link_graph(..., edges="edges")`` and d3 read them."""
    nodes = [{"id": node, **data} for node, data in graph.nodes(data=True)]
    edges = [{"source": s, "target": t, "key": key, **data} for s, t, key, data in graph.edges(keys=True, data=True)]
    whole = {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}
    stream.write(json.dumps(whole, ensure_ascii=False) + "\n")


def write_cytoscape(graph: nx.MultiDiGraph, stream: TextIO) -> None:
    """Write Cytoscape's JSON."""
    nodes = [{"data": {**data, "id": node, "name": data["label"]}} for node, data in graph.nodes(data=True)]
    edges = [
        {"data": {**data, "id": f"{s} {key} {t}", "source": s, "target": t, "interaction": key}}
        for s, t, key, data in graph.edges(keys=True, data=True)
    ]
    stream.write(json.dumps({"elements": {"nodes": nodes, "edges": edges}}, ensure_ascii=False) + "\n")


FORMATS: Mapping[str, Callable[[nx.MultiDiGraph, TextIO], None]] = {
    "graphml": write_graphml,
    "json": write_json,
    "cytoscape": write_cytoscape,
}
