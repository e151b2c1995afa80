"""Bases handed on: ``kb snapshot``, ``kb verify``, ``kb diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.doors import SOME_FAILED, db_option, end, examples, format_option, opened, say

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.differences import Differences
    from kb.ranking_differences import Move
    from kb.studies import Answer, Study

FILES_TOLD, FACTS_TOLD = 5, 50
CHANGE_COLUMNS = ("change", "paper", "source", "before", "after", "metric", "differs", "was", "now")
MOVE_COLUMNS = ("sample", "paper", "before", "after", "move", "because")


@click.command(
    epilog=examples(
        "kb snapshot base-2026-11",
        "kb snapshot published --public",
        "kb snapshot base-2026-11 --gold gold/",
    )
)
@click.argument("folder", metavar="DIR")
@click.option(
    "--public", is_flag=True, help="Leave out the text of sources whose licence does not let it be passed on."
)
@click.option("--gold", metavar="GOLD", help="Evaluate the records against hand-made gold; the figures go with it.")
@db_option
def snapshot(folder: str, public: bool, gold: str | None, db: str) -> None:
    """Write the base into a new folder DIR, to be kept, cited or handed on.

    \b
    kb.sqlite               the base, read-only, without free pages
    tables/                 its views, papers and documents: CSV, and Parquet where pyarrow is installed
    references.bib          the papers
    snapshot.json           versions, vocabulary, rows, evaluation, what was left out
    datapackage.json        Frictionless Data Package: columns with types and units, sources with licences
    ro-crate-metadata.json  RO-Crate
    SHA256SUMS              for kb verify, and sha256sum -c

    The folder is there when all of it is.  A base whose evidence does not show its numbers is refused, with the list.
    """
    with opened(db) as base:
        made = base.snapshot(folder, public, gold)
    papers = "1 paper" if made.rows["papers"] == 1 else f"{made.rows['papers']} papers"
    click.echo(f"{folder}: {made.rows['measurements']} measurements of {papers}; check it with: kb verify {folder}")
    if made.withheld:
        names = ", ".join(source.file for source in made.withheld[:FILES_TOLD])
        more = f" and {len(made.withheld) - FILES_TOLD} more" if len(made.withheld) > FILES_TOLD else ""
        say(f"the text of {len(made.withheld)} of {made.rows['documents']} documents is left out: {names}{more}; "
            "snapshot.json says why")  # fmt: skip
    if not made.parquet:
        say("no Parquet, only CSV: pyarrow is not installed (pip install 'lithium-anode-kb[parquet]')")


@click.command(epilog=examples("kb verify base-2026-11", "kb verify base-2026-11 --format json"))
@click.argument("folder", metavar="DIR")
@format_option("text", "json")
def verify(folder: str, form: str) -> None:
    """Check a snapshot: digests, the base in itself, evidence, and its descriptions against its files.

    Each line of the answer names a file and what is wrong with it.  The exit code is 3 where something is.
    """
    from dataclasses import asdict

    from kb.snapshot import verify as check

    faults = check(folder)
    if form == "json":
        from kb.writing import write_object

        write_object({"folder": folder, "sound": not faults, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            click.echo(str(fault))
        if not faults:
            click.echo(f"{folder}: all is as it was made")
    if faults:
        end(f"{folder} is not as it was made; take another copy of it", SOME_FAILED)


@click.command(
    epilog=examples(
        "kb diff old.sqlite kb.sqlite",
        "kb diff base-2026-11 kb.sqlite --study study.toml",
        "kb diff base-2026-11 base-2027-02 --format jsonl > changes.jsonl",
    )
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--study", metavar="FILE", help="Compare the ranking of this study (kb study new begins one).")
@click.option("--limit", type=click.IntRange(min=1), default=FACTS_TOLD, show_default=True,
              help="Rows at most in a table; other formats give all.")  # fmt: skip
@format_option("table", "json", "jsonl", "csv")
def diff(before: str, after: str, study: str | None, limit: int, form: str) -> None:
    """Say what differs from base A to base B: facts added, gone, changed; each may be the folder of a snapshot.

    A fact that says the same is the same whatever its number; what says something else is known by its place in the
    text.  With --study: the places in both rankings, and the facts behind each candidate that differ.
    """
    from kb.difference_tables import print_differences, print_moves, summary
    from kb.differences import compared
    from kb.writing import write_object, write_rows

    with compared(before, after) as differences:
        moves, strata = _moves(before, after, study, differences) if study else ([], [])
        if form == "table":
            click.echo(summary(differences))
            left = 0 if study else print_differences(differences, limit)
            if study:
                print_moves(moves, strata, limit)
                left = max(len(moves) - limit, 0)
            if left:
                say(f"{left} more; --limit shows more, --format jsonl all")
        elif form == "json":
            told: dict[str, Any] = {"counts": differences.counts, "papers": differences.papers}
            if study:
                told |= {"ranking": [move.row() for move in moves], "strata": strata}
            else:
                told |= {"changes": [change.row() for change in differences.changes()]}
            write_object(told)
        elif study:
            write_rows((move.row() for move in moves), form, MOVE_COLUMNS)
        else:
            write_rows((change.row() for change in differences.changes()), form, CHANGE_COLUMNS)


def _moves(
    before: str, after: str, file: str, differences: Differences
) -> tuple[list[Move], list[dict[str, str]]]:  # fmt: skip
    from kb.differences import base_file
    from kb.ranking_differences import moves, other_strata
    from kb.studies import read_study

    asked, _ = read_study(Path(file))
    with opened(str(base_file(before))) as old, opened(str(base_file(after))) as new:
        was, now = _answer(old, asked), _answer(new, asked)
        return moves((old, was), (new, now), differences), other_strata(was, now)


def _answer(base: KnowledgeBase, asked: Study) -> Answer:
    """Ask a study of one of two bases; where it has no answer, say which."""
    from schema.errors import BadStudy

    try:
        return base.study(asked)
    except BadStudy as error:
        raise BadStudy(f"{base.path}: {error}") from error
