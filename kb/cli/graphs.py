"""The base as a graph, and what is one thing under two names: ``kb graph``, ``kb resolve``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from kb.cli.doors import NOTHING_FOUND, db_option, end, examples, format_option, opened, say, written

ROWS_ON_A_SCREEN = 20
_limit = click.option("--limit", type=click.IntRange(min=1), default=ROWS_ON_A_SCREEN, show_default=True,
                      help="Rows at most.")  # fmt: skip


@click.group(
    epilog=examples(
        "kb graph export --format graphml --output kb.graphml --where 'components HAS PVDF'",
        "kb graph never-met --mechanism self-healing",
        "kb graph replication coulombic_efficiency",
        "kb graph claims",
        "kb graph neighbours PVDF",
        "kb graph paths PVDF 'dendrite growth'",
    )
)
def graph() -> None:
    """Ask the base as a graph of papers, materials, systems, tests, results and citations; export it."""


@graph.command(epilog=examples("kb graph export --output kb.graphml", "kb graph export --format cytoscape > kb.cyjs"))
@click.option("--where", default="", metavar="FILTER", help="Only what this filter finds, and what belongs with it.")
@click.option("--output", default="-", show_default=True, metavar="FILE", help="Where to; - is standard output.")
@click.option("--unmerged", is_flag=True, help="Leave apart what kb resolve found to be one thing.")
@format_option("graphml", "json", "cytoscape")
@db_option
def export(where: str, output: str, unmerged: bool, form: str, db: str) -> None:
    """Write the graph: GraphML, JSON (networkx's node-link), or Cytoscape's JSON."""
    from kb.graph import FORMATS

    with opened(db) as base:
        whole = base.graph(where, merged=not unmerged)
    if not whole:
        end("nothing found", NOTHING_FOUND)
    if output == "-":
        FORMATS[form](whole, sys.stdout)
    else:
        with written(Path(output)) as stream:
            FORMATS[form](whole, stream)
        say(f"wrote {whole.number_of_nodes()} nodes and {whole.number_of_edges()} edges to {output}")


@graph.command(name="never-met", epilog=examples("kb graph never-met", "kb graph never-met --mechanism alloying"))
@click.option("--mechanism", help="Only this one; mechanisms are in schema/mechanisms.toml.")
@_limit
@format_option("table", "json", "jsonl", "csv")
@db_option
def never_met(mechanism: str | None, limit: int, form: str, db: str) -> None:
    """Pairs of coatings that share a mechanism and were never in the same test."""
    from schema.errors import UnknownName, did_you_mean
    from schema.vocabulary import vocabulary

    known = vocabulary().mechanisms
    if mechanism is not None and mechanism not in known:
        raise UnknownName(f"unknown mechanism {mechanism!r}{did_you_mean(mechanism, known)}")
    with opened(db) as base:
        rows = base.never_met(mechanism)
    _show(rows, form, limit, lambda r: {**r, "mechanisms": ", ".join(r["mechanisms"])})


@graph.command(epilog=examples("kb graph replication", "kb graph replication coulombic_efficiency --format csv"))
@click.argument("metric", required=False)
@_limit
@format_option("table", "json", "jsonl", "csv")
@db_option
def replication(metric: str | None, limit: int, form: str, db: str) -> None:
    """How many independent groups (papers without a common author) report each chemistry; of one METRIC, its span."""
    from schema.vocabulary import vocabulary

    if metric is not None:
        vocabulary().metric(metric)
    with opened(db) as base:
        rows = base.replication(metric)
    _show(rows, form, limit, lambda r: {**r, "papers": ", ".join(r["papers"]), "metrics": len(r["metrics"])})


@graph.command(epilog=examples("kb graph claims", "kb graph claims --verdict drifted --format json"))
@click.option("--verdict", type=click.Choice(["confirmed", "drifted", "unresolved"]), help="Only these.")
@_limit
@format_option("table", "json", "jsonl", "csv")
@db_option
def claims(verdict: str | None, limit: int, form: str, db: str) -> None:
    """Second-hand results beside what the works they are credited to say, where the base has them."""
    with opened(db) as base:
        rows = base.claims()
    told = {v: sum(r["verdict"] == v for r in rows) for v in ("confirmed", "drifted", "unresolved")}
    shown = ("id", "metric", "value", "unit", "subject", "verdict", "why", "primary_value", "drift")
    _show([r for r in rows if verdict in (None, r["verdict"])], form, limit, lambda r: {k: r[k] for k in shown})
    say(", ".join(f"{number} {v}" for v, number in told.items()))


@graph.command(epilog=examples("kb graph neighbours PVDF", "kb graph neighbours 'PMMA/PVDF on Cu' --format json"))
@click.argument("system")
@_limit
@format_option("table", "json", "jsonl", "csv")
@db_option
def neighbours(system: str, limit: int, form: str, db: str) -> None:
    """Systems that share materials, mechanisms or papers with a SYSTEM (its label, or a material in it)."""
    with opened(db) as base:
        rows = base.neighbours(system)
    _show(rows, form, limit, lambda r: {k: ", ".join(v) if isinstance(v, list) else v for k, v in r.items()})


@graph.command(epilog=examples("kb graph paths PVDF 'dendrite growth'", "kb graph paths Cu3N 'side reactions'"))
@click.argument("material")
@click.argument("failure")
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="Paths at most.")
@format_option("table", "json")
@db_option
def paths(material: str, failure: str, limit: int, form: str, db: str) -> None:
    """The shortest ways from a MATERIAL to a FAILURE mode (schema/failures.toml): over what was tested and said."""
    with opened(db) as base:
        ways = base.paths(material, failure, limit)
    if form == "json":
        from kb.writing import write_rows

        write_rows([{"steps": way} for way in ways], form)
    for way in ways if form == "table" else ():
        click.echo(" ".join(f"—{s['by']}→ {s['label']}" if s["by"] else s["label"] for s in way))
    if not ways:
        end("no way leads there", NOTHING_FOUND)


@click.command(epilog=examples("kb resolve", "kb resolve --list", "kb resolve --undo 3"))
@click.option("--list", "listing", is_flag=True, help="Show the merges with their evidence; find nothing anew.")
@click.option("--undo", type=int, metavar="ID", help="Take a merge back; it is not made again.")
@click.option("--redo", type=int, metavar="ID", help="Put a merge that was undone in force again.")
@format_option("table", "json", "jsonl", "csv")
@db_option
def resolve(listing: bool, undo: int | None, redo: int | None, form: str, db: str) -> None:
    """Find what is one thing under two names: materials in several spellings, preprints and their articles.

    Nothing else is changed: filters (HAS), the graph and its questions take both names for one from then on.
    """
    with opened(db, read_only=listing) as base:
        if undo is not None:
            base.undo_merge(undo)
            say(f"merge #{undo} is undone, and will not be made again; kb resolve --redo {undo} puts it in force")
        if redo is not None:
            base.redo_merge(redo)
            say(f"merge #{redo} is in force")
        if not listing and undo is None and redo is None:
            say(f"{base.resolve()} merges")
        rows = base.merges()
    _show(rows, form, len(rows) or 1, _merge)


def _merge(row: Mapping[str, Any]) -> dict[str, Any]:
    import json

    state = "undone" if row["undone_at"] else "in force"
    evidence = json.dumps(row["evidence"], ensure_ascii=False)
    return {**{k: row[k] for k in ("id", "kind", "kept", "merged", "rule")}, "state": state, "evidence": evidence}


def _show(
    rows: list[dict[str, Any]], form: str, limit: int, shown: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> None:
    """Print rows as a table of what is ``shown`` of each, or write them whole; say what is cut."""
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows[:limit], form)
    elif rows:
        from kb.printing import print_table

        told: Iterable[Mapping[str, Any]] = [shown(row) for row in rows[:limit]]
        print_table(list(next(iter(told))), [list(row.values()) for row in told])
    if not rows:
        end("nothing found", NOTHING_FOUND)
    if len(rows) > limit:
        say(f"the first {limit} of {len(rows)}; --limit shows more")
