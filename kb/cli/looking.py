"""What a base is about to be asked: ``kb search``, ``kb schema``, ``kb queries``."""

from __future__ import annotations

from dataclasses import asdict

import click

from kb.cli.doors import NOTHING_FOUND, db_option, end, examples, format_option, opened, say
from kb.words import counted

PASSAGES_ON_A_SCREEN = 10


@click.command(epilog=examples("kb search 'artificial SEI'", "kb search '\"dead lithium\" OR dendrit*' --limit 50"))
@click.argument("words")
@click.option("--limit", type=click.IntRange(min=1), default=PASSAGES_ON_A_SCREEN, show_default=True,
              help="Passages at most.")  # fmt: skip
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Passages to skip.")
@click.option("--removed", is_flag=True, help="Also passages of papers that were removed, marked.")
@format_option("table", "json", "jsonl", "csv")
@db_option
def search(words: str, limit: int, offset: int, removed: bool, form: str, db: str) -> None:
    """Find passages by their WORDS, the best first, with what was found marked.

    All words have to stand in the passage, in whatever form; "a phrase" in quotes; OR between words; dendrit* for any
    end.  In a filter the same is written: text MATCHES "...".
    """
    with opened(db) as base:
        rows = base.search(words, limit, offset, removed)
        total, aside = base.search_count(words), base.search_count(words, removed=True)
    if removed:
        total, aside = total + aside, 0
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form)
    elif rows:
        from kb.printing import print_passages

        print_passages(rows)
    if aside:
        say(f"{counted(aside, 'passage')} of papers that were removed left out; --removed shows them")
    if not rows:
        end(f"there are only {total}; take a smaller --offset" if total else "nothing found", NOTHING_FOUND)
    if len(rows) < total:
        say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others")


@click.command(epilog=examples("kb schema", "kb schema experiments", "kb schema --format mermaid"))
@click.argument("table", required=False, default="")
@format_option("table", "json", "jsonl", "csv", "mermaid")
def schema(table: str, form: str) -> None:
    """Print the tables and columns of a base with units and meaning; of one TABLE where named."""
    from schema.tables import chosen, diagram

    wanted = chosen(table)
    if form == "mermaid":
        click.echo(diagram(wanted), nl=False)
    elif form != "table":
        from kb.writing import write_rows

        write_rows([{"table": t.name, **asdict(c)} for t in wanted for c in t.columns], form)
    else:
        from kb.printing import print_schema

        print_schema(wanted)


@click.command(epilog=examples("kb queries", "kb queries --format json"))
@format_option("table", "json", "jsonl", "csv")
def queries(form: str) -> None:
    """List the questions that go by a name: filters (kb find @NAME) and SQL (kb sql @NAME)."""
    from kb.named import FILTER, all_named

    rows = [
        {**asdict(n), "asked": f"kb {'find' if n.kind == FILTER else 'sql'} @{n.name}"} for n in all_named().values()
    ]
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form)
    else:
        from kb.printing import print_queries

        print_queries(rows)
