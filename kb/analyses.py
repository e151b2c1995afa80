"""Questions that the graph of a base answers: what never met, was repeated, was passed on, leads where."""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kb.facts import paper_title_key
from kb.graph import failures, read_graph
from kb.resolution import family_names
from schema.errors import UnknownName, did_you_mean
from schema.statements import statement

if TYPE_CHECKING:
    import networkx as nx

CONFIRMED_WITHIN = 0.01  # of the value: what rounding makes of a number that is passed on
TITLES_ALIKE = 90.0
Row = dict[str, Any]


def _kept(db: sqlite3.Connection, kind: str) -> dict[str, str]:
    """Other name (or key) -> the one that stands for it."""
    rows = db.execute(statement("merges"))
    return {r["merged"]: r["kept"] for r in rows if r["kind"] == kind and r["undone_at"] is None}


def _made_of(components: str, same: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({same.get(name, name) for name in json.loads(components)}))


def never_met(db: sqlite3.Connection, mechanism: str | None = None) -> list[Row]:
    """Give pairs of coatings that share a mechanism and were never in the same test.

    A test is a metric in a kind of cell at a current density and an areal capacity, all of them stated; coatings of
    which no such test is known are left out.

    Returns
    -------
    list of dict
        ``one``, ``two`` (what the coatings are made of), ``mechanisms`` they share, ``tests_of_one``,
        ``tests_of_two`` (how many); the pairs with most in common first.
    """
    same = _kept(db, "material")
    tests: dict[tuple[str, ...], set[tuple[Any, ...]]] = defaultdict(set)
    for row in db.execute(statement("tests_of_coatings")):
        tests[_made_of(row["components"], same)].add(tuple(row)[1:])
    works: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in db.execute(statement("mechanisms_of_coatings"), {"mechanism": mechanism}):
        works[_made_of(row["components"], same)].add(row["mechanism"])
    out = []
    for one, two in itertools.combinations(sorted(works.keys() & tests.keys()), 2):
        shared = works[one] & works[two]
        if shared and not tests[one] & tests[two]:
            counts = {"tests_of_one": len(tests[one]), "tests_of_two": len(tests[two])}
            out.append({"one": "/".join(one), "two": "/".join(two), "mechanisms": sorted(shared), **counts})
    return sorted(out, key=lambda r: (-len(r["mechanisms"]), r["one"], r["two"]))


def replication(db: sqlite3.Connection, metric: str | None = None) -> list[Row]:
    """Give each chemistry with the papers, and the independent groups, that report results of their own of it.

    Papers that share an author are of one group; a paper whose authors are not known is a group by itself.

    Returns
    -------
    list of dict
        ``chemistry``, ``groups``, ``papers`` (DOIs or titles), ``measurements``, ``metrics``, and with a metric ``low``
        and ``high`` [its unit]; what most groups support first.
    """
    materials, papers = _kept(db, "material"), _kept(db, "paper")
    found: dict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
    for row in db.execute(statement("own_results"), {"metric": metric}):
        found[_made_of(row["components"], materials)].append(row)
    out = []
    for chemistry, rows in found.items():
        authors = {}
        for row in rows:
            key = row["doi"] or f"#{row['paper_id']}"
            authors[papers.get(key, key)] = family_names(json.loads(row["authors"]))
        values = [row["value"] for row in rows]
        told = {row["doi"] or row["title"] for row in rows}
        row_: Row = {
            "chemistry": "/".join(chemistry),
            "groups": _groups(list(authors.values())),
            "papers": sorted(told),
        }
        row_ |= {"measurements": len(rows), "metrics": sorted({row["metric"] for row in rows})}
        out.append(row_ | ({"low": min(values), "high": max(values)} if metric else {}))
    return sorted(out, key=lambda r: (-r["groups"], -len(r["papers"]), -r["measurements"], r["chemistry"]))


def _groups(authors: list[set[str]]) -> int:
    """Count the sets that are connected by no member."""
    groups: list[set[str]] = []
    for names in authors:
        touching = [g for g in groups if g & names]
        groups = [g for g in groups if not g & names] + [names.union(*touching)]
    return len(groups)


def claims(db: sqlite3.Connection) -> list[Row]:
    """Compare what papers pass on of other works with what those works say, where the base has them.

    Returns
    -------
    list of dict
        ``id`` of the second-hand measurement, ``metric``, ``value``, ``unit``, ``subject``, ``source``, ``reference``,
        ``verdict`` ("confirmed", "drifted", "unresolved"), ``why`` (of what is unresolved), ``primary`` (id of the
        measurement it is compared with, or None), ``primary_value`` and ``drift`` (relative, signed; None).
    """
    materials, merged = _kept(db, "material"), _kept(db, "paper")
    papers = db.execute(statement("papers")).fetchall()
    ids = {row["doi"]: row["id"] for row in papers if row["doi"]}
    titles = {row["id"]: paper_title_key(row["title"]) for row in papers}
    results: dict[int, list[sqlite3.Row]] = {}
    out = []
    for claim in db.execute(statement("second_hand_claims")).fetchall():
        told = {name: claim[name] for name in ("id", "metric", "value", "unit", "subject", "source", "reference")}
        doi = merged.get(claim["doi"], claim["doi"])
        paper = ids.get(doi) or _by_title(claim["title"] or "", titles)
        row: Row = {**told, "verdict": "unresolved", "why": "", "primary": None, "primary_value": None, "drift": None}
        out.append(row)
        if paper is None or paper == claim["paper_id"]:
            row["why"] = "no reference" if claim["reference"] is None else "the work is not in the base"
            continue
        if paper not in results:
            results[paper] = db.execute(statement("results_of_paper"), {"paper_id": paper}).fetchall()
        mine = set(_made_of(claim["components"], materials))
        alike = [
            r for r in results[paper]
            if r["metric"] == claim["metric"] and (not mine or mine & set(_made_of(r["components"], materials)))
        ]  # fmt: skip
        if not alike:
            row["why"] = "the work has no such result of the sample"
            continue
        best = min(alike, key=lambda r: abs(_drift(claim["value"], r)))
        drift = _drift(claim["value"], best)
        row |= {"primary": best["id"], "primary_value": best["value"], "drift": drift}
        row["verdict"] = "confirmed" if abs(drift) <= CONFIRMED_WITHIN else "drifted"
    return out


def _by_title(title: str, titles: Mapping[int, str | None]) -> int | None:
    """Find the paper of a title in a reference list."""
    from rapidfuzz import fuzz

    key = paper_title_key(title)
    near = ((fuzz.token_sort_ratio(key, known), id) for id, known in titles.items() if key and known)
    score, paper = max(near, default=(0.0, 0))
    return paper if score >= TITLES_ALIKE else None


def _drift(value: float, primary: Mapping[str, Any] | sqlite3.Row) -> float:
    """Give how far a value is from a result, relative to it; 0 inside a range."""
    low, high = primary["value"], primary["value_max"] or primary["value"]
    nearest = min(max(value, low), high)
    if nearest == 0:
        return 0.0 if value == 0 else math.copysign(math.inf, value)
    return (value - nearest) / abs(nearest)


def neighbours(db: sqlite3.Connection, name: str) -> list[Row]:
    """Give the systems that share materials, mechanisms or papers with those of a name.

    Parameters
    ----------
    name : label of a system ("PMMA/PVDF on Cu"), or a material in it

    Returns
    -------
    list of dict
        ``system``, ``materials``, ``mechanisms``, ``papers`` (what they share); those with most in common first.

    Raises
    ------
    UnknownName
        Where no system is of that name.
    """
    graph = read_graph(db)
    mine = [n for n in _nodes(graph, "system") if name in (graph.nodes[n]["label"], *_materials(graph, n))]
    if not mine:
        labels = {graph.nodes[n]["label"] for n in (*_nodes(graph, "system"), *_nodes(graph, "material"))}
        raise UnknownName(f"no system {name!r}{did_you_mean(name, labels) or '; kb find --as candidates lists them'}")
    of_all = {n: _surroundings(graph, n) for n in _nodes(graph, "system")}
    own: dict[str, set[str]] = {kind: set().union(*(of_all[n][kind] for n in mine)) for kind in of_all[mine[0]]}
    out = []
    for node, kinds in of_all.items():
        shared = {kind: sorted(own[kind] & names) for kind, names in kinds.items()}
        if node not in mine and any(shared.values()):
            out.append({"system": graph.nodes[node]["label"], **shared})
    return sorted(out, key=lambda r: (-len(r["materials"]), -len(r["mechanisms"]), -len(r["papers"]), r["system"]))


def _nodes(graph: nx.MultiDiGraph, kind: str) -> list[str]:
    return [n for n, told in graph.nodes(data="kind") if told == kind]


def _materials(graph: nx.MultiDiGraph, system: str) -> set[str]:
    return {graph.nodes[t]["label"] for _, t, k in graph.out_edges(system, keys=True) if k == "contains"}


def _surroundings(graph: nx.MultiDiGraph, system: str) -> dict[str, set[str]]:
    tests = [t for _, t, k in graph.out_edges(system, keys=True) if k == "tested_in"]
    papers = {s for e in tests for s, _, k in graph.in_edges(e, keys=True) if k == "reports"}
    results = (t for e in tests for _, t, k in graph.out_edges(e, keys=True) if k == "measured")
    coatings = {t for m in results for _, t, k in graph.out_edges(m, keys=True) if k == "of"}
    works = {t for c in coatings for _, t, k in graph.out_edges(c, keys=True) if k == "works_by"}
    told = {"materials": _materials(graph, system), "mechanisms": {graph.nodes[w]["label"] for w in works}}
    return {**told, "papers": {graph.nodes[p]["label"] for p in papers}}


def paths(db: sqlite3.Connection, material: str, failure: str, limit: int = 10) -> list[list[Row]]:
    """Give the shortest ways through the graph from a material to a failure mode.

    A way leads over what contains the material, what was tested and said of it, to a mechanism that counters the
    failure or a passage that names it.

    Returns
    -------
    list of paths, each a list of dict
        ``node``, ``kind``, ``label``, ``by`` (the edge that leads there; "" for the first), the shortest first.

    Raises
    ------
    UnknownName
        Where the base has no such material, or there is no such failure mode.
    """
    import networkx as nx

    graph = read_graph(db)
    names = {graph.nodes[n]["label"]: n for n in _nodes(graph, "material")}
    names |= {other: n for n in _nodes(graph, "material") for other in graph.nodes[n].get("also", ())}
    if material not in names:
        raise UnknownName(f"no material {material!r}{did_you_mean(material, names) or ' in the base'}")
    if failure not in failures():
        hint = did_you_mean(failure, failures()) or f"; there are {', '.join(failures())}"
        raise UnknownName(f"no failure mode {failure!r}{hint}")
    target = f"failure:{failure}"
    # Whole papers, and what everybody lays a coating on, connect everything with everything: no way leads through them.
    passed = {n for n, kind in graph.nodes(data="kind") if kind in ("paper", "document", "citation")}
    walked = nx.Graph()
    walked.add_edges_from(
        (s, t) for s, t, k in graph.edges(keys=True) if k != "laid_on" and s not in passed and t not in passed
    )
    if target not in walked or names[material] not in walked or not nx.has_path(walked, names[material], target):
        return []
    ways = itertools.islice(nx.shortest_simple_paths(walked, names[material], target), limit)
    return [[_step(graph, way, i) for i in range(len(way))] for way in ways]


def _step(graph: nx.MultiDiGraph, way: list[str], place: int) -> Row:
    node = way[place]
    by = ""
    if place:
        edges = {
            **(graph.get_edge_data(way[place - 1], node) or {}),
            **(graph.get_edge_data(node, way[place - 1]) or {}),
        }
        by = min(edges)
    return {"node": node, "kind": graph.nodes[node]["kind"], "label": graph.nodes[node]["label"], "by": by}
