"""The questions that the graph answers, on bases small enough to see the answer."""

from __future__ import annotations

import io
import json
import sqlite3

import networkx as nx
import pytest

from kb import analyses
from kb.graph import FORMATS, failures, read_graph
from kb.store import ingest_document
from kb.testing import BARE, HALF_CELL, Said, compose, layer
from schema.errors import UnknownName
from schema.records import Conditions, Reference, Subject
from schema.vocabulary import vocabulary

FAST = Conditions(current_density_mA_cm2=5.0, areal_capacity_mAh_cm2=1.0, cell="Li|Cu half")


def of(component: str, number: str = "98.3", conditions: Conditions = HALF_CELL, **more: object) -> Said:
    text = f"The coating of {component} keeps {number} % although dendrites grow."
    return Said(text, number, Subject(f"{component} layer", (component,), "Cu"), conditions=conditions, more=more)


def put(db: sqlite3.Connection, name: str, *said: Said, coatings: tuple = (), **front: object) -> None:
    mined = compose(*said, source=f"{name}.txt", coatings=coatings, **front)
    ingest_document(db, mined, path=f"{name}.txt", extractor_version="1")


@pytest.fixture
def three(db: sqlite3.Connection) -> sqlite3.Connection:
    """Two coatings in the same test, a third one apart; all are said to be hosts."""
    host = ("mechanism", "host")
    put(db, "a", of("Ag"), coatings=(layer(host, components=("Ag",)),), doi="10.1/a", authors=("Ada Berg",))
    put(
        db,
        "b",
        of("Au", "97.0"),
        coatings=(layer(host, components=("Au",)),),
        doi="10.1/b",
        authors=("A. Berg", "Bo Li"),
    )
    put(db, "c", of("ZnO", "96", FAST), of("Ag", "97.9", FAST), coatings=(
        layer(host, ("mechanism", "alloying"), components=("ZnO",)),), doi="10.1/c", authors=("Eve Roe",))  # fmt: skip
    return db


def test_coatings_that_share_a_mechanism_and_never_met(three: sqlite3.Connection) -> None:
    pairs = {(r["one"], r["two"]): r["mechanisms"] for r in analyses.never_met(three)}
    assert pairs == {("Ag", "ZnO"): ["host"], ("Au", "ZnO"): ["host"]}
    assert analyses.never_met(three, "alloying") == []


def test_groups_are_papers_without_a_common_author(three: sqlite3.Connection) -> None:
    silver = next(r for r in analyses.replication(three, "coulombic_efficiency") if r["chemistry"] == "Ag")
    assert (silver["groups"], silver["papers"]) == (2, ["10.1/a", "10.1/c"])
    assert (silver["low"], silver["high"], silver["measurements"]) == (97.9, 98.3, 2)
    put(three, "d", of("Ag", "98.2"), doi="10.1/d", authors=("Berg, Ada", "Eve M. Roe"))
    assert next(r for r in analyses.replication(three) if r["chemistry"] == "Ag")["groups"] == 1


def test_second_hand_results_beside_their_primaries(three: sqlite3.Connection) -> None:
    listed = (Reference("1", "…", doi="10.1/A"), Reference("2", "…", doi="10.1/b"), Reference("3", "…", doi="10.9/x"))
    cited = {"provenance": "cited"}
    put(three, "review", of("Ag", "98.4", **cited, cited_ref="1"), of("Au", "87.3", **cited, cited_ref="2"),
        of("Au", "87.4", **cited, cited_ref="3"), of("ZnO", "87.5", **cited, cited_ref="2"), of("Au", "87.6", **cited),
        references=listed)  # fmt: skip
    told = [
        (r["verdict"], r["why"], r["primary_value"], r["drift"] and round(r["drift"], 3))
        for r in analyses.claims(three)
    ]
    assert told == [
        ("confirmed", "", 98.3, 0.001),
        ("drifted", "", 97.0, -0.1),
        ("unresolved", "the work is not in the base", None, None),
        ("unresolved", "the work has no such result of the sample", None, None),
        ("unresolved", "no reference", None, None),
    ]


def test_neighbours_share_materials_mechanisms_or_papers(three: sqlite3.Connection) -> None:
    found = {r["system"]: r for r in analyses.neighbours(three, "ZnO")}
    assert found["Ag on Cu"]["mechanisms"] == ["host"]
    assert found["Ag on Cu"]["papers"]
    assert found["Au on Cu"]["papers"] == []
    with pytest.raises(UnknownName, match="did you mean 'ZnO"):
        analyses.neighbours(three, "ZnO o")


def test_ways_lead_from_a_material_to_a_failure_mode(three: sqlite3.Connection) -> None:
    ways = analyses.paths(three, "Ag", "dendrite growth")
    labels = [[step["label"] for step in way] for way in ways]
    assert all(way[0]["kind"] == "material" and way[-1]["kind"] == "failure" for way in ways)
    assert any("host" in way for way in labels)
    assert any(way[-1]["by"] == "names" for way in ways)
    assert [len(way) for way in ways] == sorted(len(way) for way in ways)
    assert not any("paper" in step["kind"] for way in ways for step in way)
    with pytest.raises(UnknownName, match="did you mean 'dendrite growth'"):
        analyses.paths(three, "Ag", "dendrite grow")
    with pytest.raises(UnknownName, match="no material"):
        analyses.paths(three, "Xy", "dendrite growth")


def test_failure_modes_name_mechanisms_and_metrics_that_there_are() -> None:
    for told in failures().values():
        assert set(told["counters"]) <= set(vocabulary().mechanisms)
        assert set(told["metrics"]) <= set(vocabulary().metrics)


def test_a_graph_of_what_a_filter_finds_has_what_belongs_with_it(three: sqlite3.Connection) -> None:
    whole, part = read_graph(three), read_graph(three, found=[1])
    assert set(part) < set(whole)
    kinds = [d["kind"] for _, d in part.nodes(data=True)]
    assert kinds.count("measurement") == kinds.count("paper") == kinds.count("system") == 1
    assert {"material", "experiment", "passage", "document", "coating", "mechanism", "failure"} <= set(kinds)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read_back(three: sqlite3.Connection, form: str) -> None:
    put(three, "e", Said("Bare copper falls to 91.2 %.", "91.2", BARE))
    graph = read_graph(three)
    stream = io.StringIO()
    FORMATS[form](graph, stream)
    if form == "graphml":
        back = nx.parse_graphml(stream.getvalue(), force_multigraph=True)
        assert set(back) == set(graph)
        assert back.number_of_edges() == graph.number_of_edges()
        assert back.nodes["paper:1"]["doi"] == "10.1/a"
        return
    data = json.loads(stream.getvalue())
    nodes, edges = data.get("elements", data)["nodes"], data.get("elements", data)["edges"]
    assert {n.get("data", n)["id"] for n in nodes} == set(graph)
    assert len(edges) == graph.number_of_edges()
