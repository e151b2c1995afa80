"""What the base answers: ``kb find``, ``kb show``, ``kb sql``, ``kb export``; and the glossary, ``kb metrics``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.doors import (
    NOTHING_FOUND,
    db_option,
    end,
    examples,
    format_option,
    min_confidence_option,
    opened,
    say,
    say_hidden,
    written,
)

ROWS_ON_A_SCREEN = 50
SQL_ROWS = 1000


@click.command(
    epilog=examples(
        "kb find 'coulombic_efficiency >= 98 AND NOT is_control'",
        "kb find 'current_density >= 10 A/m^2 AND cycling_hours > 1000' --sort -value",
        'kb find \'components HAS ANY ("PVDF", "PMMA") AND substrate = Cu\'',
        "kb find 'overpotential BETWEEN 10 AND 30 mV AND electrolyte_class IS KNOWN'",
        "kb find 'strategy = \"surface coating\" AND year >= 2019' --format csv > coatings.csv",
    )
)
@click.argument("filter_text", metavar="FILTER")
@click.option("--limit", type=click.IntRange(min=1), help=f"Rows at most.  [default: {ROWS_ON_A_SCREEN} in a table]")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Rows to skip.")
@click.option("--sort", multiple=True, metavar="COLUMN", help="Sort by it; -COLUMN for the largest first; repeatable.")
@min_confidence_option
@format_option("table", "json", "jsonl", "csv")
@db_option
def find(
    filter_text: str, limit: int | None, offset: int, sort: Sequence[str], min_confidence: float, form: str, db: str
) -> None:
    """List the measurements that a FILTER is true of.

    \b
    Compare metrics (kb metrics lists them), conditions (current_density, cell,
    electrolyte, ...) and columns (subject, components, substrate, strategy,
    mechanisms, products, is_control, source, doi, year, confidence, ...) with
    = != < <= > >= or BETWEEN a AND b; numbers may carry a unit.
    Lists: HAS, HAS ANY (...), HAS ALL (...).  Unknown: IS KNOWN, IS UNKNOWN.
    Join with AND, OR, NOT and brackets.  What is unknown matches nothing.
    """
    from kb.fields import COLUMNS
    from kb.query import compile_filter

    notes = compile_filter(filter_text).notes  # before the base: a slip in the filter is told first
    if form == "table" and limit is None:
        limit = ROWS_ON_A_SCREEN
    with opened(db) as base:
        rows = base.find(filter_text, sort=sort, limit=limit, offset=offset, min_confidence=min_confidence)
        total = base.count(filter_text, min_confidence)
        hidden = base.count(filter_text) - total
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form, COLUMNS)
    elif rows:
        from kb.printing import print_measurements

        print_measurements(rows)
    say_hidden(hidden, min_confidence)
    if total and not rows:
        end(f"there are only {total}; take a smaller --offset", NOTHING_FOUND)
    if not rows:
        end("; ".join(("nothing found", *notes)), NOTHING_FOUND)
    if len(rows) < total:
        say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others")


@click.command(epilog=examples("kb show 17", "kb show 17 --format json"))
@click.argument("id", type=int)
@format_option("table", "json")
@db_option
def show(id: int, form: str, db: str) -> None:
    """Show one measurement: value, conditions, the sentence with the number marked, the paper."""
    with opened(db) as base:
        row = base.show(id)
    if not row:
        end(f"no measurement #{id} in {db}; kb find lists them", NOTHING_FOUND)
    if form == "json":
        from kb.writing import write_object

        write_object(row)
    else:
        from kb.printing import print_measurement

        print_measurement(row)


@click.command(
    epilog=examples(
        "kb sql 'SELECT metric, count(*) FROM measurement_view GROUP BY metric ORDER BY 2 DESC'",
        "kb sql 'SELECT * FROM measurement_view WHERE value >= :low' --param low=98 --format csv",
        "kb sql \"SELECT name, sql FROM sqlite_master WHERE type = 'view'\"",
    )
)
@click.argument("query", metavar="SELECT")
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of :NAME; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), default=SQL_ROWS, show_default=True, help="Rows at most.")
@format_option("table", "json", "jsonl", "csv")
@db_option
def sql(query: str, parameters: Sequence[str], limit: int, form: str, db: str) -> None:
    """Ask the base in SQL; it is opened for reading only.

    measurement_view has one row a measurement, with everything beside it.
    """
    with opened(db) as base:
        table = base.sql(query, dict(_parameter(p) for p in parameters), limit=limit)
    if form != "table":
        from kb.writing import write_rows

        write_rows(table.records(), form, table.names)
    elif table.rows:
        from kb.printing import print_table

        print_table(table.columns, table.rows)
    if table.cut:
        say(f"only the first {limit} rows; --limit asks for more")
    if not table.rows:
        end("no rows", NOTHING_FOUND)


def _parameter(text: str) -> tuple[str, int | float | str]:
    """Read NAME=VALUE; what reads as a number is one."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value


@click.command(
    epilog=examples("kb export --output records.jsonl", "kb export --format csv --output records.csv",
                     "kb export | wc -l")
)  # fmt: skip
@min_confidence_option
@format_option("jsonl", "json", "csv")
@click.option("--output", default="-", show_default=True, metavar="FILE", help="Where to; - is standard output.")
@db_option
def export(min_confidence: float, form: str, output: str, db: str) -> None:
    """Write every measurement of the base as a record."""
    from kb.export import FORMATS

    with opened(db) as base:
        hidden = base.unsure(min_confidence)
        records = base.export(min_confidence)
        if output == "-":
            number = FORMATS[form](records, sys.stdout)
        else:
            with written(Path(output)) as stream:
                number = FORMATS[form](records, stream)
            say(f"wrote {number} records to {output}")
    say_hidden(hidden, min_confidence)
    if hidden and not number:
        raise click.exceptions.Exit(NOTHING_FOUND)
    if not number:
        end(f"{db} holds no measurements yet; kb ingest brings them in", NOTHING_FOUND)


@click.command(epilog=examples("kb metrics", "kb metrics --format csv > metrics.csv"))
@format_option("table", "json", "jsonl", "csv")
def metrics(form: str) -> None:
    """List the metrics: name, unit, which way is better, plausible range, other names."""
    from schema.vocabulary import vocabulary

    rows = [asdict(metric) for metric in vocabulary().metrics.values()]
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form)
    else:
        from kb.printing import print_metrics

        print_metrics(rows)
