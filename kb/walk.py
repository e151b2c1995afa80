"""The graph of a base, a step at a time: the neighbours of one node, without reading the rest of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from kb.graph import failures
from schema.statements import statement

SHOWN = 200  # neighbours over one kind of edge; who has more is better asked by a filter


@dataclass(frozen=True)
class Node:
    """A node of the graph.

    Attributes
    ----------
    kind : material, system, experiment, measurement, paper, coating, mechanism, process, failure, citation
    node : its row number; of a mechanism, process or failure mode its name
    label, note : for people
    """

    kind: str
    node: int | str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Branch:
    """Neighbours over one kind of edge.

    Attributes
    ----------
    name : what leads there: "made of", "tested", ...
    more : there are more than ``nodes``
    """

    name: str
    nodes: tuple[Node, ...]
    more: bool = False


# Kind of a node -> what leads away from it, with the statement that goes there.
_STEPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "material": (
        ("part of", "step_material_contained"), ("substrate of", "step_material_under"),
        ("formed in", "step_material_formed"), ("the same as", "step_material_same"),
    ),
    "system": (
        ("made of", "step_system_made_of"), ("laid on", "step_system_on"), ("said to be", "step_system_traits"),
        ("tested", "step_system_tests"), ("reported by", "step_system_papers"),
    ),
    "experiment": (
        ("measured", "step_experiment_measured"), ("of", "step_experiment_system"),
        ("reported by", "step_experiment_paper"),
    ),
    "paper": (
        ("reports", "step_paper_systems"), ("tells of", "step_paper_coatings"), ("cites", "step_paper_cites"),
        ("cited by", "step_paper_cited_by"),
    ),
    "coating": (
        ("said to be", "step_coating_traits"), ("measured as", "step_coating_systems"),
        ("told of by", "step_coating_paper"),
    ),
    "mechanism": (("of", "step_trait_coatings"),),
    "process": (("of", "step_trait_coatings"),),
}  # fmt: skip
LEAVES = ("measurement", "citation")


class Walk:
    """Steps through the graph of a base.

    Parameters
    ----------
    connection : from :func:`kb.connection.open_base`
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def beginnings(self) -> list[Branch]:
        """Give where one may begin: materials, mechanisms, ways of making, failure modes, papers, frequent first."""
        branches = [
            self._branch("materials", "walk_materials"),
            self._branch("mechanisms", "walk_traits", kind="mechanism"),
            self._branch("ways of making", "walk_traits", kind="process"),
            Branch("failure modes", tuple(Node("failure", name, name) for name in failures())),
            self._branch("papers", "walk_papers"),
        ]
        return [b for b in branches if b.nodes]

    def neighbours(self, node: Node) -> list[Branch]:
        """Give the neighbours of a node by what leads to them; branches without any are left out."""
        if node.kind == "failure":
            counters = failures()[str(node.node)]["counters"]
            return [Branch("countered by", tuple(Node("mechanism", name, name) for name in counters))]
        branches = [
            self._branch(name, step, node=node.node, kind=node.kind) for name, step in _STEPS.get(node.kind, ())
        ]
        if node.kind == "mechanism":
            countered = tuple(Node("failure", f, f) for f, told in failures().items() if node.node in told["counters"])
            branches.insert(0, Branch("counters", countered))
        return [b for b in branches if b.nodes]

    def named(self, words: str, limit: int = SHOWN) -> list[Node]:
        """Give nodes whose label has some words in it, materials before systems, mechanisms and papers."""
        wanted = " ".join(words.casefold().split())
        rows = self._db.execute(statement("walk_named"), {"words": wanted, "limit": limit}) if wanted else ()
        found = [Node(row["kind"], row["node"], row["label"], str(row["note"])) for row in rows]
        return found + [Node("failure", f, f, "failure mode") for f in failures() if wanted and wanted in f]

    def place(self, node: Node, paper: int | None = None) -> tuple[int, int, int | None] | None:
        """Give paper, system and measurement of what is to be read in full; None where a node is no sample's.

        Parameters
        ----------
        paper : of a system, in this paper; where None, in the one that says most of it
        """
        asked = {"measurement": "place_of_step", "experiment": "place_of_experiment", "system": "place_of_system"}
        if node.kind not in asked:
            return None
        row = self._db.execute(statement(asked[node.kind]), {"node": node.node, "paper": paper}).fetchone()
        return None if row is None else (row["paper_id"], row["system_id"], row["measurement"])

    def _branch(self, name: str, step: str, **of: int | str) -> Branch:
        rows = self._db.execute(statement(step), {**of, "limit": SHOWN + 1}).fetchall()
        nodes = tuple(Node(row["kind"], row["node"], row["label"], str(row["note"])) for row in rows[:SHOWN])
        return Branch(name, nodes, len(rows) > SHOWN)
