"""The base as a networkx graph."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from schema.statements import statement

if TYPE_CHECKING:
    import networkx as nx


def read_graph(db: sqlite3.Connection) -> nx.MultiDiGraph:
    """Give the whole base as a directed multigraph.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``"paper:1"``, ``"system:3"``, ... with ``kind``, ``label`` and the attributes of the view
        ``graph_nodes``; edges keyed by their kind, with those of ``graph_edges``.

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

    graph = nx.MultiDiGraph()
    for row in db.execute(statement("graph_nodes")):
        graph.add_node(row["id"], kind=row["kind"], label=row["label"], **json.loads(row["attributes"]))
    for row in db.execute(statement("graph_edges")):
        graph.add_edge(row["source"], row["target"], key=row["kind"], kind=row["kind"], **json.loads(row["attributes"]))
    return graph
