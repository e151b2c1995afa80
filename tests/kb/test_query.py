"""What a filter finds: against a brute-force evaluator in plain Python, and case by case."""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.facts import sample_key
from kb.fields import COLUMNS, NUMBERS, resolve
from kb.filters import parse
from kb.levels import level
from kb.nodes import Absent, And, At, Comparison, Has, Known, Leaf, Matches, Node, Not, Or
from kb.query import compile_filter, count, find
from schema.errors import FilterSyntaxError, UnknownName
from schema.records import QUALIFIERS, Evidence, Measurement, Subject
from schema.statements import FOLDER, split_statements

Row = dict[str, Any]
CE, HOURS, ETA, MODULUS = "coulombic_efficiency", "cycling_hours", "overpotential", "elastic_modulus"
METRICS = (CE, HOURS, ETA, MODULUS)
ELEMENTS = {"PVDF": ["C", "F", "H"], "PMMA": [], "Cu3N": ["Cu", "N"]}  # of PMMA they are not known here
KINDS = {"steps": "process", "products": "product", "mechanisms": "mechanism"}
OF_EXPERIMENTS = (
    "is_control", "cited_ref", "current_density_mA_cm2", "areal_capacity_mAh_cm2", "c_rate", "temperature_C",
    "electrolyte_class", "cell",
)  # fmt: skip


@cache
def empty() -> bytes:
    """An empty base, laid once."""
    laid = sqlite3.connect(":memory:")
    for text in split_statements((FOLDER / "tables.sql").read_text("utf-8")):
        laid.execute(text)
    laid.commit()
    return laid.serialize()


def put(base: sqlite3.Connection, table: str, **values: Any) -> int:
    slots = ", ".join(":" + name for name in values)
    text = f"INSERT OR IGNORE INTO {table} ({', '.join(values)}) VALUES ({slots})"  # noqa: S608 - names of this test
    return int(base.execute(text, values).lastrowid or 0)


def base_of(rows: list[Row]) -> sqlite3.Connection:
    """A base in which these rows stand, each an experiment, a system and a coating of its own."""
    base = sqlite3.connect(":memory:")
    base.deserialize(empty())
    base.row_factory = sqlite3.Row
    for r in rows:
        id, paper = r["id"], r["paper_id"]
        put(base, "papers", id=paper, doi=r["doi"], year=r["year"])
        put(base, "documents", id=paper, paper_id=paper, path=f"{paper}.txt", source=f"{paper}.txt", format="text",
            sha256=str(paper), title="", journal="", authors="[]", licence="", extractor_version="", vocabulary="",
            original="")  # fmt: skip
        place = {"start_offset": 0, "end_offset": 1, "section": ""}
        passage = put(base, "passages", id=paper * 100 + r["passage_id"], document_id=paper, ordinal=r["passage_id"],
                      kind="paragraph", text=r["passage"], **place)  # fmt: skip
        passage = paper * 100 + r["passage_id"]
        put(base, "systems", id=id, key=str(id), label="", strategy=r["strategy"] or "other", substrate=r["substrate"])
        for name in json.loads(r["components"]):
            put(base, "materials", name=name, elements=json.dumps(ELEMENTS.get(name, [])))
            material = base.execute("SELECT id FROM materials WHERE name = ?", (name,)).fetchone()[0]
            put(base, "system_components", system_id=id, material_id=material, role="component")
        stated = {name: r[name] for name in OF_EXPERIMENTS}
        put(base, "experiments", id=id, key=str(id), paper_id=paper, system_id=id, **stated)
        subject = Subject(r["subject"], tuple(json.loads(r["components"])))
        credited = {"provenance": r["provenance"], "cited_ref": r["cited_ref"]}
        fact = Measurement(r["metric"], r["value"], "", subject, Evidence("", 0, 1), **credited)
        put(base, "measurements", id=id, document_id=paper, experiment_id=id, ordinal=id, fingerprint=str(id), unit="",
            value_reported="", unit_reported="", confidence=r["confidence"],
            sample=sample_key(fact, paper, paper, passage),
            **{c: r[c] for c in ("metric", "value", "value_max", "qualifier", "subject", "components", "provenance",
                                 "flags", "conditions_far")})  # fmt: skip
        put(base, "evidence", measurement_id=id, passage_id=passage, text="", **place)
        traits = [(kind, name) for c, kind in KINDS.items() for name in json.loads(r[c])]
        if traits:
            put(base, "coatings", id=id, document_id=paper, ordinal=id, name="", components="[]")
            put(base, "coating_measurements", measurement_id=id, coating_id=id)
        for ordinal, (kind, name) in enumerate(traits):
            put(base, "traits", coating_id=id, kind=kind, ordinal=ordinal, name=name, mentions=1, text="",
                start_offset=0, end_offset=1)  # fmt: skip
    return base


def row(id: int, metric: str = CE, value: float = 98.0, **other: Any) -> Row:
    blank: Row = dict.fromkeys(COLUMNS)
    lists = dict.fromkeys(("components", "flags", "conditions_far", *KINDS), "[]")
    known = {"qualifier": "=", "paper_id": 1, "subject": f"S{id}", "is_control": 0, "provenance": "measured", **lists}
    more = {"confidence": 0.9, "passage_id": 1, "passage": "", "id": id, "metric": metric, "value": value}
    return {**blank, **known, **more, **other}


# --- the evaluator: three-valued, on the tree as it was written, without any SQL ---


def bounds(row: Row) -> tuple[float, bool, float, bool]:
    """(low, low is excluded, high, high is excluded) of all that a qualified value can be."""
    low, high, qualifier = row["value"], row["value"], row["qualifier"]
    if qualifier == "range":
        high = row["value_max"]
    if qualifier in (">", ">="):
        high = math.inf
    if qualifier in ("<", "<="):
        low = -math.inf
    return low, qualifier == ">", high, qualifier == "<"


def compare_bounds(row: Row, op: str, x: float) -> bool | None:
    low, low_out, high, high_out = bounds(row)
    above = low > x or (low == x and low_out)
    below = high < x or (high == x and high_out)
    if op in ("=", "!="):
        equal = True if low == high == x else False if above or below else None
        return equal if op == "=" or equal is None else not equal
    if op in (">", "<="):
        greater = True if above else False if high <= x else None
        return greater if op == ">" or greater is None else not greater
    less = True if below else False if low >= x else None
    return less if op == "<" or less is None else not less


def compare(a: Any, op: str, b: Any) -> bool:
    return {"=": a == b, "!=": a != b, "<": op == "<" and a < b, "<=": op == "<=" and a <= b,
            ">": op == ">" and a > b, ">=": op == ">=" and a >= b}[op]  # fmt: skip


def some_of(row: Row, op: str, x: float) -> bool:
    """Whether something that a qualified value can be satisfies a comparison: not all of it fails it."""
    return compare_bounds(row, op, x) is not False


def sample_of(row: Row) -> tuple[Any, ...]:
    work = row["cited_ref"] or row["passage_id"] if row["provenance"] == "cited" else None
    return row["paper_id"], work, frozenset(json.loads(row["components"])) or row["subject"].lower()


def held_list(row: Row, column: str) -> list[str]:
    if column == "elements":
        return [e for name in json.loads(row["components"]) for e in ELEMENTS.get(name, [])]
    return list(json.loads(row[column]))


def stated(field: Any, row: Row, rows: list[Row]) -> bool:
    if field.kind == "metric":
        return any(r["metric"] == field.name for r in rows if sample_of(r) == sample_of(row))
    if field.kind == "list":
        return field.column in ("flags", "conditions_far") or bool(held_list(row, field.column))
    return row[field.column] is not None


def reason(field: Any, row: Row, rows: list[Row]) -> str:
    """Why something that is not stated is not: the applicable, extracted or reported that it is not."""
    cathode = field.column == "c_rate" and row["cell"] == "Li|Cu half"
    cycled = field.column in ("current_density_mA_cm2", "c_rate") and row["metric"] == MODULUS
    layer = field.column in KINDS and row["is_control"]
    if cathode or cycled or layer or (field.column == "cited_ref" and row["provenance"] != "cited"):
        return "applicable"
    mine = [r for r in rows if r["paper_id"] == row["paper_id"]]
    if field.kind == "metric":
        spoken = any(field.name in r["passage"] for r in mine)
    elif field.column in KINDS:
        spoken = any(json.loads(r[field.column]) for r in mine)
    elif field.column in OF_EXPERIMENTS:
        spoken = any(r[field.column] is not None for r in mine if r["cited_ref"] == row["cited_ref"])
    else:
        spoken = False
    return "extracted" if spoken else "reported"


def leaf_truth(leaf: Leaf, row: Row, rows: list[Row]) -> bool | None:
    match leaf:
        case At(field=field, node=node):
            return truth(node, row, rows) if row["metric"] == field.name else None
        case Matches(query=query, negated=negated):
            return all(word in row["passage"].split() for word in query.replace('"', "").split()) is not negated
        case Known(field=field, known=known):
            return stated(field, row, rows) is known
        case Absent(field=field, reason=why, negated=negated):
            return (not stated(field, row, rows) and reason(field, row, rows) == why) is not negated
        case Has(field=field, items=items, every=every, negated=negated):
            held = held_list(row, field.column)
            hits = [any(name in held for name in item) for item in items]
            if not (all(hits) if every else any(hits)):
                unsaid = field.column == "elements" and any(not ELEMENTS[n] for n in json.loads(row["components"]))
                return None if unsaid or not stated(field, row, rows) else negated
            return not negated
        case Comparison(field=field, op=op, value=value, maybe=maybe):
            if field.column == "value":
                compared = some_of if maybe else compare_bounds
                return (
                    compared(row, op, float(value)) if field.kind != "metric" or row["metric"] == field.name else None
                )
            held = row[field.column]
            return None if held is None else compare(bool(held) if field.kind == "boolean" else held, op, value)


def truth(node: Node, row: Row, rows: list[Row]) -> bool | None:
    match node:
        case Not(child):
            inner = truth(child, row, rows)
            return None if inner is None else not inner
        case And(children):
            values = [truth(c, row, rows) for c in children]
            return False if False in values else None if None in values else True
        case Or(children):
            values = [truth(c, row, rows) for c in children]
            return True if True in values else None if None in values else False
    return leaf_truth(node, row, rows)


Literal = tuple[Leaf, bool]  # a condition, and whether it stands negated


def alternatives(node: Node, positive: bool = True) -> list[list[Literal]]:
    """The disjunctive normal form of a tree as written."""
    match node:
        case Not(child):
            return alternatives(child, not positive)
        case And(children) | Or(children):
            parts = [alternatives(c, positive) for c in children]
            if isinstance(node, And) is positive:
                return [list(itertools.chain(*choice)) for choice in itertools.product(*parts)]
            return list(itertools.chain(*parts))
    return [[(node, positive)]]


def metric_of(literal: Literal) -> Any:
    leaf, positive = literal
    if isinstance(leaf, At):
        return leaf, positive
    if not isinstance(leaf, Comparison):
        return ""
    if leaf.field.kind == "metric":
        return leaf.field.name
    return str(leaf.value) if leaf.field.column == "metric" and (leaf.op == "=") is positive else ""


def found(node: Node, rows: list[Row]) -> list[int]:
    """Ids a filter finds, metrics joined by AND asked of the sample."""

    def holds(literals: list[Literal], row: Row) -> bool:
        return all(leaf_truth(leaf, row, rows) is positive for leaf, positive in literals)

    ids = set()
    for literals in alternatives(node):
        metrics = {metric_of(x) for x in literals} - {""}
        if len(metrics) < 2:
            ids |= {r["id"] for r in rows if holds(literals, r)}
            continue
        common = [x for x in literals if not metric_of(x)]
        asked = {m: [*common, *(x for x in literals if metric_of(x) == m)] for m in metrics}
        meeting = {m: [r for r in rows if holds(asked[m], r)] for m in metrics}
        samples = set.intersection(*({sample_of(r) for r in hits} for hits in meeting.values()))
        ids |= {r["id"] for hits in meeting.values() for r in hits if sample_of(r) in samples}
    return sorted(ids)


# --- random rows, random filters (as texts, so that the parser is in the loop) ---

VALUES = st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0])
WORDS = st.sampled_from(["ether", "carbonate", "LHCE"])
MATERIALS = st.lists(st.sampled_from(["PVDF", "PMMA", "Cu3N"]), unique=True, max_size=3)


TRAITS = st.lists(st.sampled_from(["host", "alloying"]), unique=True, max_size=2).map(json.dumps)


@st.composite
def measurement_rows(draw: st.DrawFn) -> list[Row]:
    rows = []
    years = {1: draw(st.sampled_from([None, 1, 2])), 2: draw(st.sampled_from([None, 1, 2]))}
    passages = {n: draw(st.sampled_from(["", "lithium", "lithium overpotential", "host"])) for n in (18, 19, 28, 29)}
    for id in range(1, draw(st.integers(1, 8)) + 1):
        qualifier, value = draw(st.sampled_from(QUALIFIERS)), draw(VALUES)
        paper, passage = draw(st.sampled_from([1, 1, 2])), draw(st.sampled_from([8, 9]))
        rows.append(
            row(
                id, draw(st.sampled_from(METRICS)), value,
                qualifier=qualifier,
                value_max=value + draw(VALUES) if qualifier == "range" else None,
                paper_id=paper,
                year=years[paper],
                passage_id=passage,
                passage=passages[paper * 10 + passage],
                subject=draw(st.sampled_from(["A", "a", "B"])),
                provenance=draw(st.sampled_from(["measured", "cited"])),
                cited_ref=draw(st.sampled_from(["7", None])),
                components=json.dumps(draw(MATERIALS)),
                mechanisms=draw(TRAITS),
                flags=draw(st.sampled_from(["[]", '["agreed"]'])),
                is_control=draw(st.sampled_from([0, 1])),
                current_density_mA_cm2=draw(st.one_of(st.none(), VALUES)),
                c_rate=draw(st.one_of(st.none(), VALUES)),
                cell=draw(st.sampled_from([None, "Li|Cu half", "full LFP"])),
                electrolyte_class=draw(st.one_of(st.none(), WORDS)),
            )
        )  # fmt: skip
    return rows


OPS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
OF_METRICS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(METRICS), OPS, VALUES),
    st.builds("MAYBE {} {} {}".format, st.sampled_from(METRICS), OPS, VALUES),
    st.builds("{}{} BETWEEN 1 AND {}".format, st.sampled_from(["", "MAYBE "]), st.sampled_from([CE, HOURS]),
              st.sampled_from([1, 2])),
)  # fmt: skip
OF_CONDITIONS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["current_density", "c_rate", "paper.year"]), OPS, VALUES),
    st.builds("electrolyte_class {} {}".format, st.sampled_from(["=", "!="]), WORDS),
    st.builds("current_density BETWEEN 1 AND {}".format, st.sampled_from([1, 2])),
    st.builds("components HAS {} (Cu3N, {})".format, st.sampled_from(["ANY", "ALL"]), st.just("PMMA")),
    st.builds("components HAS {}".format, st.sampled_from(["PVDF", "Cu3N"])),
    st.builds("elements HAS {} ({}, N)".format, st.sampled_from(["ANY", "ALL"]), st.sampled_from(["C", "Cu"])),
    st.builds("mechanisms HAS {} (host, alloying)".format, st.sampled_from(["ANY", "ALL"])),
    st.builds("text MATCHES '{}'".format, st.sampled_from(["lithium", "overpotential lithium", "host"])),
    st.just("flags HAS agreed"),
    st.just("is_control"),
    st.builds("{} IS {}".format,
              st.sampled_from(["current_density", "c_rate", "components", "elements", "mechanisms", "electrolyte_class",
                               "cited_ref"]),
              st.sampled_from(["KNOWN", "UNKNOWN", "NOT APPLICABLE", "NOT EXTRACTED", "NOT REPORTED"])),
)  # fmt: skip
INSIDE = st.one_of(
    OF_CONDITIONS, st.builds("NOT {}".format, OF_CONDITIONS), st.builds("{} OR {}".format, OF_CONDITIONS, OF_CONDITIONS)
)
LEAVES = st.one_of(
    OF_METRICS,
    OF_CONDITIONS,
    st.builds("{} AT ({})".format, OF_METRICS, st.lists(INSIDE, min_size=1, max_size=2).map(", ".join)),
    st.builds("{}value {} {}".format, st.sampled_from(["", "MAYBE "]), OPS, VALUES),
    st.builds("metric {} {}".format, st.sampled_from(["=", "!="]), st.sampled_from(METRICS)),
    st.builds("{} IS {}".format, st.sampled_from([CE, ETA]),
              st.sampled_from(["KNOWN", "UNKNOWN", "NOT APPLICABLE", "NOT EXTRACTED", "NOT REPORTED"])),
)  # fmt: skip
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({}) AND ({})".format, inner, inner),
        st.builds("({}) OR ({})".format, inner, inner),
        st.builds("{} and {}".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(measurement_rows(), FILTERS)
def test_a_filter_finds_what_brute_force_finds(rows: list[Row], text: str) -> None:
    tree = parse(text)
    assert [r["id"] for r in find(base_of(rows), text)] == found(tree, rows)
    base = base_of(rows)
    assert count(base, text) == len(found(tree, rows))
    for name in ("experiment", "candidate", "paper"):
        told = find(base, text, level=level(name))
        assert sum(r["measurements"] for r in told) == len(found(tree, rows))
        assert count(base, text, level=level(name)) == len(told)


@settings(max_examples=150, deadline=None)
@given(measurement_rows(), FILTERS)
def test_without_metrics_to_join_it_is_three_valued_logic_on_each_row(rows: list[Row], text: str) -> None:
    tree = parse(text)
    if all(len({metric_of(x) for x in a} - {""}) < 2 for a in alternatives(tree)):
        expected = [r["id"] for r in rows if truth(tree, r, rows) is True]
        assert [r["id"] for r in find(base_of(rows), text)] == expected


@settings(max_examples=100, deadline=None)
@given(measurement_rows(), FILTERS)
def test_a_filter_and_its_negation_share_no_row_of_one_metric(rows: list[Row], text: str) -> None:
    both = {metric_of(x) for t in (text, f"NOT ({text})") for a in alternatives(parse(t)) for x in a} - {""}
    if len(both) < 2:
        base = base_of(rows)
        assert not {r["id"] for r in find(base, text)} & {r["id"] for r in find(base, f"NOT ({text})")}


# --- case by case ---


def ids(rows: list[Row], text: str) -> list[int]:
    return [r["id"] for r in find(base_of(rows), text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cycling_hours > 1000", [1, 3, 4]),
        ("cycling_hours < 2000", [2, 4]),
        ("NOT cycling_hours < 2000", []),
        ("cycling_hours >= 1400", [1, 4]),
        ("cycling_hours > 1400", [1]),
        ("cycling_hours <= 1400", [2]),
        ("cycling_hours = 1400", []),
        ("cycling_hours != 1000", [1, 3, 4]),
        ("cycling_hours > 1 day", [1, 3, 4]),
        ("cycling_hours BETWEEN 1400 AND 1600", [4]),
    ],
)
def test_qualified_values_behave_as_what_they_are(text: str, expected: list[int]) -> None:
    rows = [
        row(1, HOURS, 1400, qualifier=">"),
        row(2, HOURS, 1000, qualifier="<="),
        row(3, HOURS, 1200, qualifier=">="),
        row(4, HOURS, 1400, value_max=1600, qualifier="range"),
    ]
    assert ids(rows, text) == expected


def test_about_compares_as_its_number() -> None:
    rows = [row(1, value=97.4, qualifier="~")]
    assert ids(rows, "coulombic_efficiency = 97.4") == ids(rows, "coulombic_efficiency >= 97.4") == [1]


def test_unknown_matches_neither_a_comparison_nor_its_negation() -> None:
    rows = [row(1, temperature_C=25.0), row(2)]
    assert ids(rows, "temperature_C > 20") == [1]
    assert ids(rows, "NOT temperature_C > 30") == [1]
    assert ids(rows, "temperature_C IS UNKNOWN") == ids(rows, "NOT temperature_C IS KNOWN") == [2]
    assert ids(rows, "temperature_C > 20 OR coulombic_efficiency = 98") == [1, 2]


def test_not_of_a_metric_finds_only_measurements_of_it() -> None:
    assert ids([row(1, value=90), row(2, ETA, 20)], "NOT coulombic_efficiency >= 98") == [1]


def test_two_metrics_are_asked_of_the_sample_and_found_both() -> None:
    rows = [
        row(1, CE, 98.5, components='["PMMA", "PVDF"]', substrate="Cu"),
        row(2, HOURS, 1400, qualifier=">", components='["PVDF", "PMMA"]', substrate="Li"),
        row(3, CE, 80, components='["PMMA", "PVDF"]'),
        row(4, CE, 99, components='["Cu3N"]'),
        row(5, HOURS, 200, components='["Cu3N"]'),
        row(6, ETA, 20, components='["PVDF", "PMMA"]'),
        row(7, HOURS, 2000, components='["Cu3N"]', paper_id=9),
        row(8, HOURS, 2000, components='["Cu3N"]', provenance="cited", cited_ref="7"),
    ]
    assert ids(rows, "coulombic_efficiency >= 98 AND cycling_hours > 1000") == [1, 2]
    assert ids(rows, "coulombic_efficiency >= 98 AND metric = overpotential") == [1, 6]
    assert ids(rows, "coulombic_efficiency >= 98 AND cycling_hours IS KNOWN") == [1, 4]
    assert ids(rows, "coulombic_efficiency >= 98 AND overpotential IS UNKNOWN") == [4]


def test_a_sample_without_components_goes_by_its_name() -> None:
    rows = [row(1, CE, 98.5, subject="LiF layer"), row(2, HOURS, 1400, subject="lif layer"), row(3, HOURS, 1400)]
    assert ids(rows, "coulombic_efficiency >= 98 AND cycling_hours > 1000") == [1, 2]


def test_the_other_conditions_hold_for_every_measurement_that_is_joined() -> None:
    rows = [
        row(1, CE, 98.5, subject="A", current_density_mA_cm2=1.0),
        row(2, HOURS, 1400, subject="A", current_density_mA_cm2=0.5),
    ]
    assert ids(rows, "coulombic_efficiency >= 98 AND cycling_hours > 1000 AND current_density >= 0.5") == [1, 2]
    assert ids(rows, "coulombic_efficiency >= 98 AND cycling_hours > 1000 AND current_density >= 1") == []


def test_components_go_by_their_other_names() -> None:
    rows = [row(1, components='["PVDF", "PMMA"]'), row(2, components='["Cu3N"]'), row(3)]
    assert ids(rows, 'components HAS "polyvinylidene fluoride"') == ids(rows, "components HAS pvdf") == [1]
    assert ids(rows, "NOT components HAS PVDF") == [2]
    assert ids(rows, "components IS UNKNOWN") == [3]
    assert ids(rows, 'NOT flags HAS "glyph_repaired"') == [1, 2, 3]


def test_coatings_are_asked_by_product_and_mechanism() -> None:
    rows = [
        row(1, products='["LiF"]', mechanisms='["host", "alloying"]'),
        row(2, products='["Li3N"]', mechanisms='["host"]'),
        row(3, products="[]", mechanisms='["host"]'),
    ]
    assert ids(rows, 'products HAS "lithium fluoride"') == ids(rows, "mechanisms HAS ALL (host, alloying)") == [1]
    assert ids(rows, "mechanisms HAS host AND NOT products HAS LiF") == [2]
    assert ids(rows, "products IS UNKNOWN") == [3]


def test_a_bare_name_is_the_metric_where_a_condition_has_it_too() -> None:
    rows = [row(1, "areal_capacity", 4.0), row(2, CE, 98, areal_capacity_mAh_cm2=4.0)]
    assert ids(rows, "areal_capacity >= 3") == [1]
    assert ids(rows, "condition.areal_capacity >= 3") == ids(rows, "areal_capacity_mAh_cm2 >= 3 mAh/cm^2") == [2]
    assert "condition.areal_capacity" in compile_filter("areal_capacity >= 3").notes[0]
    assert compile_filter("overpotential < 3").notes == ()


def test_values_never_reach_the_sql_text() -> None:
    hostile = "x'; DROP TABLE measurement_view; --"
    compiled = compile_filter(f'subject = "{hostile}" OR components HAS "{hostile}"')
    assert hostile not in compiled.where
    assert list(compiled.parameters.values()) == [hostile, json.dumps([hostile])]
    assert ids([row(1, subject=hostile)], f'subject = "{hostile}"') == [1]


def test_rows_are_sorted_paged_with_unknown_last() -> None:
    base = base_of(
        [
            row(1, value=97, year=2020, paper_id=1),
            row(2, value=99, paper_id=2),
            row(3, value=98, year=2018, paper_id=3),
        ]
    )
    assert [r["id"] for r in find(base, sort=["-value"])] == [2, 3, 1]
    assert [r["id"] for r in find(base, sort=["year"])] == [3, 1, 2]
    assert [r["id"] for r in find(base, sort=["-year"])] == [1, 3, 2]
    assert [r["id"] for r in find(base, limit=1, offset=1)] == [2]
    assert [r["id"] for r in find(base, sort=["paper.year", "-value"], limit=2)] == [3, 1]
    assert len(find(base, sort=["current_density"], limit=0)) == 0


def test_conditions_are_bound_to_their_metric_by_at() -> None:
    fast, slow = {"current_density_mA_cm2": 5.0}, {"current_density_mA_cm2": 0.5}
    rows = [row(1, CE, 98.5, subject="A", **slow), row(2, CE, 95, subject="A", **fast),
            row(3, HOURS, 1400, subject="A"), row(4, HOURS, 1400, subject="B"),
            row(5, CE, 99, subject="B", **fast)]  # fmt: skip
    assert ids(rows, "coulombic_efficiency >= 98 AT (current_density >= 1 mA/cm^2) AND cycling_hours > 1000") == [4, 5]
    both = (
        "coulombic_efficiency >= 98 AT (current_density < 1) AND coulombic_efficiency >= 90 AT (current_density >= 5)"
    )
    assert ids(rows, both) == [1, 2]
    assert ids(rows, "NOT coulombic_efficiency >= 98 AT (current_density >= 1)") == [1, 2]
    assert ids(rows, "cycling_hours > 1 AT (current_density IS UNKNOWN, subject = A)") == [3]


def test_maybe_asks_what_some_of_a_value_can_be() -> None:
    rows = [row(1, HOURS, 1400, qualifier=">"), row(2, HOURS, 900, value_max=1100, qualifier="range"),
            row(3, HOURS, 1000, qualifier="<")]  # fmt: skip
    assert ids(rows, "MAYBE cycling_hours > 2000") == [1]
    assert ids(rows, "MAYBE cycling_hours >= 1000") == [1, 2]
    assert ids(rows, "MAYBE cycling_hours BETWEEN 950 AND 990") == [2, 3]
    assert ids(rows, "NOT MAYBE cycling_hours > 2000") == ids(rows, "cycling_hours <= 2000") == [2, 3]


def test_why_something_is_unknown_is_told_apart() -> None:
    rows = [row(1, CE, current_density_mA_cm2=1.0), row(2, CE), row(3, CE, paper_id=2), row(4, MODULUS, 1.0)]
    reasons = {why: ids(rows, f"current_density IS NOT {why}") for why in ("APPLICABLE", "EXTRACTED", "REPORTED")}
    assert reasons == {"APPLICABLE": [4], "EXTRACTED": [2], "REPORTED": [3]}
    assert ids(rows, "current_density IS UNKNOWN") == [2, 3, 4]
    spoken = [row(1, passage="the voltage hysteresis is small"), row(2, paper_id=2)]
    assert ids(spoken, "voltage_hysteresis IS NOT EXTRACTED") == [1]
    assert ids(spoken, "voltage_hysteresis IS NOT REPORTED") == [2]


def test_words_are_looked_for_in_any_form() -> None:
    rows = [row(1, passage="An artificial SEI stops dendrites."), row(2, passage="SEI", passage_id=2)]
    for words in ("artificial sei", "dendrite", '\\"artificial SEI\\"', "dend*", "nothing OR artificial"):
        assert ids(rows, f'text MATCHES "{words}"') == [1]
    assert ids(rows, "NOT text MATCHES artificial") == [2]


def test_sorting_by_no_column_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'value'"):
        find(base_of([]), sort=["-valu"])
    with pytest.raises(UnknownName, match="unknown column"):
        find(base_of([]), sort=["id; DROP TABLE x"])
    with pytest.raises(UnknownName, match="cannot sort by the list"):
        find(base_of([]), sort=["mechanisms"])


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(["year = 1"] * 500),
        "(" * 200 + "year = 1" + ")" * 200,
        "NOT " * 101 + "is_control",
        " AND ".join(["(overpotential < 3 OR cycling_hours > 2)"] * 12),
        "year = 1 OR " * 2000 + "year = 2",
    ],
)
def test_what_is_too_large_to_ask_is_refused_in_words(text: str) -> None:
    with pytest.raises(FilterSyntaxError, match="ask in parts"):
        compile_filter(text)


def test_what_is_just_small_enough_is_answered() -> None:
    assert ids([row(1, year=1)], " AND ".join(["year = 1"] * 400)) == [1]
    assert ids([row(1, year=1)], "NOT " * 100 + "year = 1") == [1]
    assert ids([row(1, year=1)], "(" * 100 + "year = 1" + ")" * 100) == [1]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_can_be_asked_for(column: str) -> None:
    name = column if column != "np_ratio" else "condition.np_ratio"
    field = resolve(name)
    assert field is not None
    assert field.column == column
    assert (field.kind == "number") == (column in NUMBERS)
    assert ids([row(1)], f"{name} IS KNOWN OR {name} IS UNKNOWN") == [1]
