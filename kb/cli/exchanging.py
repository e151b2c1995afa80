"""Bases handed on: ``kb snapshot``, ``kb verify``, ``kb diff``."""

from __future__ import annotations

import click

from kb.cli.doors import SOME_FAILED, db_option, end, examples, format_option, opened, say

FILES_TOLD = 5


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
    size = sum(size for size, _ in made.files.values())
    click.echo(
        f"{folder}: {made.rows['measurements']} measurements of {made.rows['papers']} papers, {size / 1e6:.1f} MB; "
        f"check it with: kb verify {folder}"
    )
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
