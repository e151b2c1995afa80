"""Steps through the graph: the neighbours of a node, as the whole graph has them."""

from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.walk import SHOWN, Node

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as base:
        base.ingest([CORPUS])
        yield base


def branches(base, node):
    return {b.name: b.nodes for b in base.walk.neighbours(node)}


def test_beginnings_hold_what_the_base_holds(base):
    found = {b.name: b.nodes for b in base.walk.beginnings()}
    assert len(found["papers"]) == base.browsing.counts()["papers"]
    assert "dendrite growth" in [n.node for n in found["failure modes"]]
    systems = [int(n.note.split()[0]) for n in found["materials"]]
    assert systems == sorted(systems, reverse=True)


def test_steps_agree_with_the_whole_graph(base):
    graph = base.graph(merged=False)
    for name, data in graph.nodes(data=True):
        kind, _, row = name.partition(":")
        if kind not in ("material", "system", "paper", "experiment"):
            continue
        found = branches(base, Node(kind, int(row), ""))
        if kind == "material":
            wanted = {int(s.split(":")[1]) for s, _, k in graph.in_edges(name, keys=True) if k == "contains"}
            assert {n.node for n in found.get("part of", ())} == wanted, data
        elif kind == "system":
            wanted = {int(t.split(":")[1]) for _, t, k in graph.out_edges(name, keys=True) if k == "contains"}
            assert {n.node for n in found.get("made of", ())} == wanted, data
        elif kind == "experiment":
            wanted = {int(t.split(":")[1]) for _, t, k in graph.out_edges(name, keys=True) if k == "measured"}
            assert {n.node for n in found.get("measured", ())} == wanted, data
        else:
            tests = {t for _, t, k in graph.out_edges(name, keys=True) if k == "reports"}
            wanted = {
                int(s.split(":")[1]) for t in tests for s, _, k in graph.in_edges(t, keys=True) if k == "tested_in"
            }
            assert {n.node for n in found.get("reports", ())} == wanted, data


def test_what_is_not_stated_is_not_made_up(base):
    for system in base.walk.named("pmma"):
        for test in branches(base, system).get("tested", ()):
            row = base.sql("SELECT * FROM experiments WHERE id = :id", {"id": test.node}).records()[0]
            assert ("mA/cm²" in test.label) == (row["current_density_mA_cm2"] is not None)
            assert ("mAh/cm²" in test.label) == (row["areal_capacity_mAh_cm2"] is not None)


def test_mechanisms_and_failures_lead_to_each_other(base):
    failure = Node("failure", "dendrite growth", "dendrite growth")
    for mechanism in branches(base, failure)["countered by"]:
        assert failure.node in [n.node for n in branches(base, mechanism)["counters"]]


def test_found_by_words_the_whole_name_first(base):
    assert base.walk.named("PVDF")[0].label == "PVDF"
    assert base.walk.named("  dendrite   growth ")[-1].kind == "failure"
    assert base.walk.named("") == [] == base.walk.named("no such thing at all")
    assert len(base.walk.named("p", 3)) >= 3


def test_a_place_to_read_it(base):
    system = next(n for n in base.walk.named("pvdf") if n.kind == "system")
    paper, number, measurement = base.walk.place(system)
    assert (number, measurement) == (system.node, None)
    assert base.browsing.candidate(paper, number)
    test = branches(base, system)["tested"][0]
    result = branches(base, test)["measured"][0]
    assert base.walk.place(result) == (paper, number, result.node)
    assert base.walk.place(test)[:2] == (paper, number)
    assert base.walk.place(Node("material", 1, "")) is None
    assert base.walk.place(Node("system", 10**9, "")) is None


def test_many_neighbours_are_cut_and_that_is_said(tmp_path):
    from kb.connection import open_base

    db = open_base(tmp_path / "kb.sqlite", read_only=False)
    with db:
        db.executemany("INSERT INTO papers (id, title) VALUES (?, ?)", [(n, f"Paper {n}") for n in range(1, SHOWN + 2)])
    db.close()
    with KnowledgeBase(tmp_path / "kb.sqlite") as base:
        (papers,) = [b for b in base.walk.beginnings() if b.name == "papers"]
        assert len(papers.nodes) == SHOWN
        assert papers.more
