"""The graph has the nodes of the tables, and edges that lead somewhere."""

from __future__ import annotations

import sqlite3

import pytest

from kb.graph import read_graph
from kb.store import ingest_document
from kb.testing import COATED, HALF_CELL, Said, bare, coated, compose, layer
from schema.records import Conditions, Reference, Subject

KINDS = {
    "paper",
    "document",
    "passage",
    "material",
    "system",
    "experiment",
    "measurement",
    "citation",
    "coating",
    "process",
    "mechanism",
}
EDGES = {"printed_in", "reports", "contains", "laid_on", "tested_in", "measured", "evidenced_by", "part_of", "cites",
         "lists", "refers_to", "controls", "tells_of", "of", "made_by", "turns_into", "works_by"}  # fmt: skip


@pytest.fixture
def two_papers(db: sqlite3.Connection) -> sqlite3.Connection:
    traits = (("process", "electrospinning"), ("substrate", "Cu"), ("product", "LiF"), ("mechanism", "elasticity"))
    front = {"doi": "10.1/primary", "title": "A blend of two polymers on copper"}
    primary = compose(coated(), bare(), coatings=(layer(*traits),), **front)
    told = coated("98.4", provenance="cited", cited_ref="35")
    listed = (Reference("35", "…", doi="10.1/PRIMARY"),)
    review = compose(told, source="review.md", references=listed, doi="10.1/review")
    ingest_document(db, primary, path="a.txt", extractor_version="1")
    ingest_document(db, review, path="review.md", extractor_version="1")
    return db


def test_all_kinds_are_there_and_no_edge_leads_nowhere(two_papers: sqlite3.Connection) -> None:
    nodes = {r["id"]: r["kind"] for r in two_papers.execute("SELECT * FROM graph_nodes")}
    edges = two_papers.execute("SELECT * FROM graph_edges").fetchall()
    assert set(nodes.values()) == KINDS
    assert {e["kind"] for e in edges} == EDGES
    assert all(e["source"] in nodes and e["target"] in nodes for e in edges)
    graph = read_graph(two_papers)
    failures = [n for n, k in graph.nodes(data="kind") if k == "failure"]
    assert graph.number_of_nodes() == len(nodes) + len(failures)
    assert graph.number_of_edges() == len(edges) + graph.in_degree(failures[0]) + graph.in_degree(failures[1])
    assert len(failures) == 2
    assert {k for _, k in graph.nodes(data="kind")} == {*KINDS, "failure"}
    assert all(name.split(":")[0] == kind for name, kind in graph.nodes(data="kind"))


def test_a_second_hand_fact_leads_to_the_paper_it_comes_from(two_papers: sqlite3.Connection) -> None:
    import networkx as nx

    graph = read_graph(two_papers)
    told = next(n for n, d in graph.nodes(data=True) if d["kind"] == "measurement" and d["value"] == 98.4)
    citation = next(t for _, t, k in graph.out_edges(told, keys=True) if k == "cites")
    paper = next(t for _, t, k in graph.out_edges(citation, keys=True) if k == "refers_to")
    assert graph.nodes[paper]["doi"] == "10.1/primary"
    assert nx.has_path(graph, told, paper)


def test_a_product_is_reached_from_what_was_measured(two_papers: sqlite3.Connection) -> None:
    import networkx as nx

    graph = read_graph(two_papers)
    (product,) = (n for n, d in graph.nodes(data=True) if d["kind"] == "material" and d["label"] == "LiF")
    assert graph.nodes[product]["elements"] == ["F", "Li"]
    own = next(n for n, d in graph.nodes(data=True) if d["kind"] == "measurement" and d["value"] == 98.3)
    assert nx.has_path(graph, own, product)


def controls(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM graph_edges WHERE kind = 'controls'").fetchone()[0])


def test_a_control_stands_beside_the_samples_of_its_own_work_only(two_papers: sqlite3.Connection) -> None:
    assert controls(two_papers) == 1
    attributes = two_papers.execute("SELECT attributes FROM graph_edges WHERE kind = 'controls'").fetchone()[0]
    assert attributes == '{"metrics":["coulombic_efficiency"]}'


@pytest.mark.parametrize(
    ("conditions", "number"),
    [(HALF_CELL, 1), (Conditions(), 1), (Conditions(cell="Li|Li symmetric"), 0),
     (Conditions(current_density_mA_cm2=5.0), 0), (Conditions(areal_capacity_mAh_cm2=5.0), 0)],
)  # fmt: skip
def test_a_control_under_other_conditions_is_none(db: sqlite3.Connection, conditions: Conditions, number: int) -> None:
    ingest_document(db, compose(coated(), bare(conditions=conditions)), path="a.txt", extractor_version="1")
    assert controls(db) == number


def test_a_control_of_another_metric_is_none(db: sqlite3.Connection) -> None:
    bare_copper = Subject("bare", ("Cu",))
    said = Said("Bare copper shows 60 mV.", "60", bare_copper, "overpotential", "mV", more={"is_control": True})
    ingest_document(db, compose(Said("It shows 98.3 %.", "98.3", COATED), said), path="a.txt", extractor_version="1")
    assert controls(db) == 0
