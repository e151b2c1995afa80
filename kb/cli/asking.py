"""What the base answers: ``kb find``, ``kb show``, ``kb sql``, ``kb export``; and the glossary, ``kb metrics``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.doors import (
    NOTHING_FOUND,
    SOME_FAILED,
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
SQL_SECONDS = 60.0


@click.command(
    epilog=examples(
        "kb find 'coulombic_efficiency >= 98 AND NOT is_control'",
        "kb find 'coulombic_efficiency >= 98 AT (current_density >= 1 mA/cm^2) AND cycling_hours > 1000'",
        'kb find \'components HAS ANY ("PVDF", "PMMA") AND substrate = Cu\' --as papers --sort -year',
        "kb find 'text MATCHES \"artificial SEI\" AND electrolyte_class IS KNOWN'",
        "kb find 'strategy = \"surface coating\" AND paper.year >= 2019' --format csv > coatings.csv",
        "kb find 'MAYBE overpotential < 20 mV' --save promising",
        "kb find '@demanding AND elements HAS F'",
    )
)
@click.argument("filter_text", metavar="FILTER")
@click.option(
    "--as", "level", type=click.Choice(["measurements", "experiments", "candidates", "papers"]),
    default="measurements", show_default=True,
    help="What to list: what is found, or the experiments, candidates (a system in a paper), papers that have some.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), help=f"Rows at most.  [default: {ROWS_ON_A_SCREEN} in a table]")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Rows to skip.")
@click.option("--sort", multiple=True, metavar="COLUMN", help="Sort by it; -COLUMN for the largest first; repeatable.")
@click.option("--save", metavar="NAME", help="Also keep the filter: @NAME stands for it from now on (kb queries).")
@min_confidence_option
@format_option("table", "json", "jsonl", "csv")
@db_option
def find(
    filter_text: str, level: str, limit: int | None, offset: int, sort: Sequence[str], save: str | None,
    min_confidence: float, form: str, db: str,
) -> None:  # fmt: skip
    """List the measurements that a FILTER is true of.

    \b
    Compare metrics (kb metrics lists them), conditions (current_density, cell,
    electrolyte, ...) and columns (subject, components, elements, substrate,
    strategy, mechanisms, products, is_control, doi, paper.year, confidence, ...)
    with = != < <= > >= or BETWEEN a AND b; numbers may carry a unit.
    AT (...) after a metric: under these conditions, in the same experiment.
    MAYBE before: some of a range, or of "over 1400 h", is enough.
    Lists: HAS, HAS ANY (...), HAS ALL (...).  Words: text MATCHES "...".
    Unknown: IS KNOWN, IS UNKNOWN; why: IS NOT REPORTED, EXTRACTED, APPLICABLE.
    Join with AND, OR, NOT and brackets.  What is unknown matches nothing.
    @NAME is a filter that was saved.
    """
    from kb.fields import COLUMNS
    from kb.levels import LEVELS
    from kb.query import compile_filter

    notes = compile_filter(filter_text).notes  # before the base: a slip in the filter is told first
    if save is not None:
        from kb.named import save as keep

        say(f"saved as @{save} in {keep(save, filter_text)}")
    if form == "table" and limit is None:
        limit = ROWS_ON_A_SCREEN
    with opened(db) as base:
        rows = base.find(filter_text, sort, limit, offset, min_confidence, level)
        total = base.count(filter_text, min_confidence, level)
        hidden = base.count(filter_text, level=level) - total if min_confidence else 0
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form, COLUMNS if level == "measurements" else tuple(LEVELS[level.removesuffix("s")].columns))
    elif rows:
        from kb.printing import print_level, print_measurements

        if level == "measurements":
            print_measurements(rows)
        else:
            print_level(rows, level)
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
        aside = base.curation.aside(id) if not row else {}
        decided = [d for d in base.curation.history(id) if d["in_force"]] if aside else []
    if aside and form == "table":
        from kb.printing import print_aside

        print_aside(aside, decided)
        return
    row = row or aside
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
        "kb sql @best_against_control --param metric=overpotential",
        "kb sql 'SELECT * FROM measurement_view' --limit 1000000 --format parquet --output view.parquet",
        "kb schema measurement_view",
    )
)
@click.argument("query", metavar="SELECT")
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of :NAME; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), default=SQL_ROWS, show_default=True, help="Rows at most.")
@click.option("--time-limit", "seconds", type=click.FloatRange(min=0, min_open=True), default=SQL_SECONDS,
              show_default=True, metavar="SECONDS", help="What it may take; rows until then are given.")  # fmt: skip
@click.option("--output", metavar="FILE", help="Where Parquet goes to.")
@format_option("table", "json", "jsonl", "csv", "parquet")
@db_option
def sql(
    query: str, parameters: Sequence[str], limit: int, seconds: float, output: str | None, form: str, db: str
) -> None:
    """Ask the base in SQL; it is opened for reading only.

    measurement_view has one row a measurement, with everything beside it; kb schema tells of all tables and columns.
    @NAME is a query that goes by a name (kb queries).  Where the rows or the time are cut, that is said, and the exit
    code is 3 for the time.
    """
    if (form == "parquet") is not (output is not None):
        raise click.UsageError("--format parquet and --output FILE go together")
    with opened(db) as base:
        table = base.sql(query, dict(_parameter(p) for p in parameters), limit=limit, seconds=seconds)
    if form == "parquet" and output is not None:
        from kb.writing import write_parquet

        write_parquet(table.names, table.rows, Path(output))
        say(f"wrote {len(table.rows)} rows to {output}")
    elif form != "table":
        from kb.writing import write_rows

        write_rows(table.records(), form, table.names)
    elif table.rows:
        from kb.printing import print_table

        print_table(table.columns, table.rows)
    if table.cut:
        say(f"only the first {limit} rows; --limit asks for more")
    if table.late:
        end(f"stopped after {seconds:g} s with {len(table.rows)} rows; narrow it, or give it --time-limit", SOME_FAILED)
    if not table.rows:
        end("no rows", NOTHING_FOUND)


def _parameter(text: str) -> tuple[str, int | float | str]:
    """Read NAME=VALUE; what reads as a number is one."""
    from kb.sql import read_value

    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    return name, read_value(value)


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


@click.command(
    epilog=examples("kb metrics", "kb metrics --format csv > metrics.csv", "kb metrics --format markdown > glossary.md")
)
@format_option("table", "json", "jsonl", "csv", "markdown")
def metrics(form: str) -> None:
    """List the metrics: name, unit, which way is better, plausible range, other names.

    As Markdown it is the whole glossary, with conditions and cells.
    """
    if form == "markdown":
        from kb.glossary import glossary

        click.echo(glossary(), nl=False)
        return
    from schema.vocabulary import vocabulary

    rows = [asdict(metric) for metric in vocabulary().metrics.values()]
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form)
    else:
        from kb.printing import print_metrics

        print_metrics(rows)
