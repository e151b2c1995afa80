"""Documents into the base, or mined without one: ``kb ingest``, ``kb mine``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kb.cli.doors import (
    INTERRUPTED,
    NOTHING_FOUND,
    SOME_FAILED,
    db_option,
    end,
    examples,
    format_option,
    opened,
    say,
    time_limit_option,
)
from kb.miners import chosen_miner, miner_options, print_plan


@click.command(
    epilog=examples(
        "kb ingest paper.txt",
        "kb ingest papers/ review.md --db lithium.sqlite",
        "kb ingest papers/            # again: what did not change is left as it is",
        "kb ingest papers/ -j 8       # in eight processes",
        "kb ingest papers/ --scheduler tcp://10.0.0.1:8786",
        "kb ingest papers/ --to-parquet records/  &&  kb ingest records/",
        "kb ingest paper.pdf paper_si.pdf",
        "kb ingest tests_of_cells.pdf --supplement-of 10.1039/d1ma00121c",
        "kb ingest papers/ --miner llm --dry-run",
        "kb ingest papers/ --miner both    # flags what ChemDataExtractor reads alike, and what otherwise",
    )
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--supplement-of", metavar="DOI", help="The files are supporting information of this paper, which is in the base."
)
@miner_options
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Mine in so many processes.  [default: one for a few papers, else one a core]",
)
@click.option("--scheduler", metavar="ADDRESS", help="Mine on the cluster of this Dask scheduler: tcp://host:8786.")
@click.option(
    "--to-parquet",
    metavar="DIR",
    help="Write Parquet into this new folder instead of a base; it is loaded with: kb ingest DIR",
)
@time_limit_option
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait where another process ingests into the base.",
)
@db_option
def ingest(
    paths: Sequence[str],
    supplement_of: str | None,
    miner: str,
    llm_max_requests: int,
    dry_run: bool,
    jobs: int | None,
    scheduler: str | None,
    to_parquet: str | None,
    time_limit: float | None,
    wait: float,
    db: str,
) -> None:
    """Mine documents (PDF, XML, HTML, Markdown, text; folders are searched) into the base.

    Each document goes in as a whole or not at all; one that fails does not stop the others.  Supporting information
    that is named so beside its paper (paper_si.pdf, paper-SI.pdf, paper_sup-0001.pdf beside paper.pdf) belongs to it.
    """
    from extractors.readers import suffixes
    from kb.ingestion import find_documents
    from kb.mining import sensible_number, workers
    from kb.progress import IngestProgress, summary

    def on_wait(holder: str) -> None:
        say(f"{holder} ingests into {db}; waiting up to {wait:g} s")

    progress = IngestProgress()
    parquet = _parquet_among(paths)
    if parquet:
        try:
            with opened(db, read_only=False) as base, progress:
                reports = [base.load(path, progress.document, wait, on_wait) for path in parquet]
        except KeyboardInterrupt:
            end(_cut_short(db, progress.done), INTERRUPTED)
        for report in reports:
            click.echo(summary(report, db))
        return
    # Before the base: a slip in a path or a DOI, or a miner that is not installed, makes no empty one.
    files = find_documents(paths, suffixes(), folders=supplement_of is None)
    if miner == "llm" and (scheduler or (jobs or 1) > 1):
        raise click.UsageError("a language model is asked by this process alone; leave --jobs and --scheduler away")
    if dry_run:
        _plan(miner, files, llm_max_requests)
        return
    if supplement_of is not None:
        with opened(db) as base:
            base.main_text(supplement_of)
    try:
        with (
            chosen_miner(miner, llm_max_requests) as chosen,
            workers(1 if miner == "llm" else jobs or sensible_number(files), scheduler) as at_work,
        ):
            if to_parquet is not None:
                from extractors.deadline import DEFAULT_SECONDS
                from kb.ingestion import IngestReport
                from kb.partitions import mine_to_parquet

                db, seconds = to_parquet, time_limit or (chosen.seconds if chosen else DEFAULT_SECONDS)
                with progress:
                    outcomes = mine_to_parquet(files, Path(to_parquet), at_work, progress.document, seconds, chosen)
                report = IngestReport(0, tuple(outcomes))
            else:
                with opened(db, read_only=False) as base, progress:
                    report = base.ingest(
                        files, progress.document, supplement_of, time_limit, chosen, at_work, wait, on_wait
                    )
    except KeyboardInterrupt:
        end(_cut_short(db, progress.done), INTERRUPTED)
    click.echo(summary(report, db))
    if report.failed:
        raise click.exceptions.Exit(SOME_FAILED)


def _cut_short(place: str, done: int) -> str:
    again = "name another --to-parquet for the rest" if Path(place).is_dir() else "run it again for the rest"
    return f"interrupted; documents that are whole in {place}: {done}; {again}"


def _parquet_among(paths: Sequence[str]) -> list[Path]:
    """Give the paths that hold mined documents; they are all or none."""
    found = [Path(path) for path in paths if path.lower().endswith(".parquet") or any(Path(path).glob("*.parquet"))]
    if found and len(found) < len(paths):
        raise click.UsageError(f"{found[0]} holds mined documents, others do not; ingest them in two runs")
    return found


@click.command(
    epilog=examples(
        "kb mine paper.md", "kb mine paper.md --explain | less", "kb mine paper.md --coatings --format table"
    )
)
@click.argument("file")
@click.option("--explain", is_flag=True, help="Say step by step how each number was read, and why others were not.")
@click.option("--coatings", is_flag=True, help="Print the coatings instead: process, substrate, products, mechanisms.")
@miner_options
@time_limit_option
@format_option("jsonl", "json", "csv", "table")
def mine(
    file: str,
    explain: bool,
    coatings: bool,
    miner: str,
    llm_max_requests: int,
    dry_run: bool,
    time_limit: float | None,
    form: str,
) -> None:
    """Print the measurements of one document, without a base; of supporting information with its paper beside it."""
    from extractors import deadline
    from extractors.pipeline import mine_file
    from extractors.readers import suffixes
    from extractors.readers.supplements import main_text_beside
    from schema.records import coating_record, to_export

    if coatings and form == "csv":
        raise click.UsageError("coatings have no CSV form, as each has lists; use --format jsonl, json or table")
    path = Path(file)
    if dry_run:
        _plan(miner, [path], llm_max_requests)
        return
    with chosen_miner(miner, llm_max_requests) as chosen:
        seconds = time_limit or (chosen.seconds if chosen else deadline.DEFAULT_SECONDS)
        with deadline.time_limit(seconds, path.name):
            mined = mine_file(path, main_text_beside(path, suffixes()), chosen)
    for note in mined.notes:
        say(f"{path.name}: {note}")
    document = mined.document
    records = [
        to_export(m, id=number, source=document.source, doi=document.doi)
        for number, m in enumerate(mined.measurements, start=1)
    ]
    if coatings:
        records = [coating_record(c, source=document.source, doi=document.doi) for c in mined.coatings]
    if explain:
        from kb.printing import print_explained

        print_explained(mined)
    elif coatings and form == "table":
        from kb.printing import print_coatings

        print_coatings(mined.coatings)
    elif form == "table":
        from kb.export import flat
        from kb.printing import print_measurements

        print_measurements([flat(r) for r in records])
    else:
        from kb.export import FORMATS

        FORMATS[form](records, sys.stdout)
    if not records:
        end(f"no {'coating' if coatings else 'measurement'} found in {document.source}", NOTHING_FOUND)


def _plan(miner: str, files: Sequence[Path], most: int) -> None:
    """Say what mining would cost; of supporting information with its paper beside it."""
    from extractors.readers import suffixes
    from extractors.readers.supplements import main_text_beside

    if print_plan(miner, [(file, main_text_beside(file, suffixes())) for file in files], most):
        raise click.exceptions.Exit(SOME_FAILED)
