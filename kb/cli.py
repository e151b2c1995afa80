"""The command line: words are translated to calls of the base, answers handed to ``kb/printing.py``.

Only click and the standard library are loaded here, so that ``kb --help`` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from kb.miners import MINERS, REQUESTS, chosen_miner, miner_options, print_plan
from schema.errors import KBError

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

DONE, NOTHING_FOUND, MISUSE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
ROWS_ON_A_SCREEN = 50
SQL_ROWS = 1000

F = TypeVar("F", bound=Callable[..., Any])


class _Doors(click.Group):
    """A group whose commands end every foreseen mistake in one line on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()  # here, where a reader that has gone away is still met in order
        except KBError as error:
            _end(str(error), MISUSE)
        except KeyboardInterrupt:
            _end("interrupted; nothing was changed", INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:
                _leave_quietly()
            _end(f"{error.filename or 'standard output'}: {error.strerror}; see to that, then run it again", MISUSE)
        return answer


def _leave_quietly() -> NoReturn:
    """End as done where the reader of a pipe has gone away (``kb find ... | head``): it has what it wanted."""
    # What is still buffered goes nowhere, so that the interpreter's last flush does not complain either.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise click.exceptions.Exit(DONE)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"kb {version('lithium-anode-kb')}")
    except PackageNotFoundError:
        click.echo("kb (run from its source, not installed)")
    ctx.exit(DONE)


def _say(message: str) -> None:
    click.echo(f"kb: {message}", err=True)


def _end(message: str, code: int) -> NoReturn:
    _say(message)
    raise click.exceptions.Exit(code)


@contextmanager
def _base(db: str, read_only: bool = True) -> Iterator[KnowledgeBase]:
    from kb.base import KnowledgeBase
    from kb.connection import explained

    with KnowledgeBase(db, read_only=read_only) as base, explained(Path(db)):
        yield base


def _db(function: F) -> F:
    return click.option(
        "--db", envvar="KB_DB", default="kb.sqlite", show_default=True, metavar="FILE",
        help="The base; KB_DB sets another default.",
    )(function)  # fmt: skip


def _time_limit(function: F) -> F:
    return click.option(
        "--time-limit", envvar="KB_TIME_LIMIT", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        help="What one document may take; longer ones are left out; KB_TIME_LIMIT sets another default.  "
        "[default: 120]",
    )(function)  # fmt: skip


def _format(*formats: str) -> Callable[[F], F]:
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True,
        help="How the answer is written to standard output.",
    )  # fmt: skip


def _min_confidence(function: F) -> F:
    return click.option(
        "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE",
        help="Hide records whose value is less likely to be right, 0 to 1; nothing is dropped.  [default: hide none]",
    )(function)  # fmt: skip


def _say_hidden(number: int, min_confidence: float) -> None:
    if number:
        _say(f"{number} below confidence {min_confidence:g} hidden; a lower --min-confidence shows them")


def _examples(*lines: str) -> str:
    # \b keeps click from joining the lines.
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    cls=_Doors,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=_examples(
        "kb ingest paper.md papers/",
        "kb find 'coulombic_efficiency >= 98 AND NOT is_control'",
        "kb show 17",
        "kb rank --by coulombic_efficiency --by cycling_hours --by overpotential:min --top 10",
        "kb export --format jsonl --output records.jsonl",
    ),
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
def cli() -> None:
    """A knowledge base of lithium-metal-anode protection strategies, mined from papers."""


@cli.command(
    epilog=_examples(
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
@_time_limit
@_db
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
    db: str,
) -> None:
    """Mine documents (PDF, XML, HTML, Markdown, text; folders are searched) into the base.

    Each document goes in as a whole or not at all; one that fails does not stop the others.  Supporting information
    that is named so beside its paper (paper_si.pdf, paper-SI.pdf, paper_sup-0001.pdf beside paper.pdf) belongs to it.
    """
    from extractors.readers import SUFFIXES
    from kb.base import find_documents
    from kb.mining import sensible_number, workers
    from kb.progress import IngestProgress, summary

    progress = IngestProgress()
    parquet = _parquet_among(paths)
    if parquet:
        try:
            with _base(db, read_only=False) as base, progress:
                reports = [base.load(path, progress.document) for path in parquet]
        except KeyboardInterrupt:
            _end(_cut_short(db, progress.done), INTERRUPTED)
        for report in reports:
            click.echo(summary(report, db))
        return
    # Before the base: a slip in a path or a DOI, or a miner that is not installed, makes no empty one.
    files = find_documents(paths, SUFFIXES, folders=supplement_of is None)
    if miner == "llm" and (scheduler or (jobs or 1) > 1):
        raise click.UsageError("a language model is asked by this process alone; leave --jobs and --scheduler away")
    if dry_run:
        _plan(miner, files, llm_max_requests)
        return
    if supplement_of is not None:
        with _base(db) as base:
            base.main_text(supplement_of)
    try:
        with (
            chosen_miner(miner, llm_max_requests) as chosen,
            workers(1 if miner == "llm" else jobs or sensible_number(files), scheduler) as at_work,
        ):
            if to_parquet is not None:
                from extractors.deadline import DEFAULT_SECONDS
                from kb.base import IngestReport
                from kb.partitions import mine_to_parquet

                db, seconds = to_parquet, time_limit or (chosen.seconds if chosen else DEFAULT_SECONDS)
                with progress:
                    outcomes = mine_to_parquet(files, Path(to_parquet), at_work, progress.document, seconds, chosen)
                report = IngestReport(0, tuple(outcomes))
            else:
                with _base(db, read_only=False) as base, progress:
                    report = base.ingest(files, progress.document, supplement_of, time_limit, chosen, at_work)
    except KeyboardInterrupt:
        _end(_cut_short(db, progress.done), INTERRUPTED)
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


@cli.command(
    epilog=_examples(
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
@_min_confidence
@_format("table", "json", "jsonl", "csv")
@_db
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
    with _base(db) as base:
        rows = base.find(filter_text, sort=sort, limit=limit, offset=offset, min_confidence=min_confidence)
        total = base.count(filter_text, min_confidence)
        hidden = base.count(filter_text) - total
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form, COLUMNS)
    elif rows:
        from kb.printing import print_measurements

        print_measurements(rows)
    _say_hidden(hidden, min_confidence)
    if total and not rows:
        _end(f"there are only {total}; take a smaller --offset", NOTHING_FOUND)
    if not rows:
        _end("; ".join(("nothing found", *notes)), NOTHING_FOUND)
    if len(rows) < total:
        _say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others")


@cli.command(epilog=_examples("kb show 17", "kb show 17 --format json"))
@click.argument("id", type=int)
@_format("table", "json")
@_db
def show(id: int, form: str, db: str) -> None:
    """Show one measurement: value, conditions, the sentence with the number marked, the paper."""
    with _base(db) as base:
        row = base.show(id)
    if not row:
        _end(f"no measurement #{id} in {db}; kb find lists them", NOTHING_FOUND)
    if form == "json":
        from kb.writing import write_object

        write_object(row)
    else:
        from kb.printing import print_measurement

        print_measurement(row)


@cli.command(
    epilog=_examples(
        "kb rank --by coulombic_efficiency --by cycling_hours --by overpotential:min",
        "kb rank --by cycling_hours:max:2 --by overpotential --relative --top 20",
        "kb rank --by coulombic_efficiency --where 'substrate = Cu' --plot ranking.png",
    )
)
@click.option(
    "--by", "criteria", multiple=True, required=True, metavar="METRIC[:max|min[:WEIGHT]]",
    help="Rank by this metric; without a direction the metric's better one; repeatable.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Rows at most.")
@click.option("--where", metavar="FILTER", help="Rank only what this filter finds (see kb find --help).")
@click.option("--relative", is_flag=True, help="Compare the effects against each paper's own control, not the values.")
@click.option("--plot", metavar="FILE", help="Also draw the ranking to this file (.png, .pdf, .svg).")
@_min_confidence
@_format("table", "json", "jsonl", "csv")
@_db
def rank(
    criteria: Sequence[str], top: int, where: str | None, relative: bool, plot: str | None, min_confidence: float,
    form: str, db: str,
) -> None:  # fmt: skip
    """Rank the protected anodes by one or several criteria: a score and the Pareto front.

    Each value names the measurement it is and where that stands, and its effect against the control of its paper.
    """
    from kb.ranking import flat, ranking_rows
    from kb.screening.rank import parse_criterion

    parsed = [parse_criterion(text) for text in criteria]
    with _base(db) as base:
        ranked = base.rank(parsed, where=where, relative=relative, min_confidence=min_confidence)
        hidden = base.unsure(min_confidence, [c.metric for c in parsed])
        rows = ranking_rows(ranked[:top], [c.metric for c in parsed], base.places)
    if form == "table" and rows:
        from kb.printing import print_ranking

        print_ranking(rows, relative)
    elif form != "table":
        from kb.writing import write_rows

        write_rows(map(flat, rows) if form == "csv" else rows, form)
    _say_hidden(hidden, min_confidence)
    if not rows:
        _end("nothing to rank: no sample has a value for these criteria; kb metrics lists others", NOTHING_FOUND)
    if plot:
        from kb.plots import plot_ranking

        _say(f"drew {plot_ranking(ranked[:top], parsed, plot)}")
    if len(ranked) > top:
        _say(f"the first {top} of {len(ranked)}; --top shows more")


@cli.command(
    epilog=_examples(
        "kb sql 'SELECT metric, count(*) FROM measurement_view GROUP BY metric ORDER BY 2 DESC'",
        "kb sql 'SELECT * FROM measurement_view WHERE value >= :low' --param low=98 --format csv",
        "kb sql \"SELECT name, sql FROM sqlite_master WHERE type = 'view'\"",
    )
)
@click.argument("query", metavar="SELECT")
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of :NAME; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), default=SQL_ROWS, show_default=True, help="Rows at most.")
@_format("table", "json", "jsonl", "csv")
@_db
def sql(query: str, parameters: Sequence[str], limit: int, form: str, db: str) -> None:
    """Ask the base in SQL; it is opened for reading only.

    measurement_view has one row a measurement, with everything beside it.
    """
    with _base(db) as base:
        table = base.sql(query, dict(_parameter(p) for p in parameters), limit=limit)
    if form != "table":
        from kb.writing import write_rows

        write_rows(table.records(), form, table.names)
    elif table.rows:
        from kb.printing import print_table

        print_table(table.columns, table.rows)
    if table.cut:
        _say(f"only the first {limit} rows; --limit asks for more")
    if not table.rows:
        _end("no rows", NOTHING_FOUND)


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


@cli.command(
    epilog=_examples("kb export --output records.jsonl", "kb export --format csv --output records.csv",
                     "kb export | wc -l")
)  # fmt: skip
@_min_confidence
@_format("jsonl", "json", "csv")
@click.option("--output", default="-", show_default=True, metavar="FILE", help="Where to; - is standard output.")
@_db
def export(min_confidence: float, form: str, output: str, db: str) -> None:
    """Write every measurement of the base as a record."""
    from kb.export import FORMATS

    with _base(db) as base:
        hidden = base.unsure(min_confidence)
        records = base.export(min_confidence)
        if output == "-":
            number = FORMATS[form](records, sys.stdout)
        else:
            with _written(Path(output)) as stream:
                number = FORMATS[form](records, stream)
            _say(f"wrote {number} records to {output}")
    _say_hidden(hidden, min_confidence)
    if hidden and not number:
        raise click.exceptions.Exit(NOTHING_FOUND)
    if not number:
        _end(f"{db} holds no measurements yet; kb ingest brings them in", NOTHING_FOUND)


@contextmanager
def _written(path: Path) -> Iterator[Any]:
    """Open a file that takes its place only when it is whole: what stood there is not lost to a break-off."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@cli.command(epilog=_examples("kb metrics", "kb metrics --format csv > metrics.csv"))
@_format("table", "json", "jsonl", "csv")
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


@cli.command(
    epilog=_examples(
        "kb mine paper.md", "kb mine paper.md --explain | less", "kb mine paper.md --coatings --format table"
    )
)
@click.argument("file")
@click.option("--explain", is_flag=True, help="Say step by step how each number was read, and why others were not.")
@click.option("--coatings", is_flag=True, help="Print the coatings instead: process, substrate, products, mechanisms.")
@miner_options
@_time_limit
@_format("jsonl", "json", "csv", "table")
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
    from extractors.readers import SUFFIXES
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
            mined = mine_file(path, main_text_beside(path, SUFFIXES), chosen)
    for note in mined.notes:
        _say(f"{path.name}: {note}")
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
        _end(f"no {'coating' if coatings else 'measurement'} found in {document.source}", NOTHING_FOUND)


def _plan(miner: str, files: Sequence[Path], most: int) -> None:
    """Say what mining would cost; of supporting information with its paper beside it."""
    from extractors.readers import SUFFIXES
    from extractors.readers.supplements import main_text_beside

    if print_plan(miner, [(file, main_text_beside(file, SUFFIXES)) for file in files], most):
        raise click.exceptions.Exit(SOME_FAILED)


@cli.command(
    epilog=_examples(
        "kb evaluate gold/ papers/",
        "kb evaluate gold/ --pred records.jsonl --by metric",
        "kb evaluate gold/paper.jsonl paper.pdf --errors --kind made_up",
        "kb evaluate gold/ papers/ --errors --format json > evaluation.json",
    )
)
@click.argument("gold", metavar="GOLD")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--pred", metavar="FILE", help="Score these exported records (JSON Lines) instead of mining.")
@click.option(
    "--by",
    type=click.Choice(("metric", "section", "miner")),
    help="Break the figures down; by miner, each that is installed mines the documents.",
)
@click.option("--miner", type=click.Choice(MINERS), default=MINERS[0], show_default=True, help="What mines.")
@click.option(
    "--errors", is_flag=True, help="List what was missed, made up, or given to the wrong sample or conditions."
)
@click.option("--reliability", is_flag=True, help="Compare the confidence of the records with whether they are right.")
@click.option("--kind", type=click.Choice(("missed", "made_up", "wrong")), help="Only errors of this kind.")
@click.option("--metric", metavar="METRIC", help="Only errors of this metric.")
@_time_limit
@_format("table", "json")
def evaluate(
    gold: str, paths: Sequence[str], pred: str | None, by: str | None, miner: str, errors: bool, reliability: bool,
    kind: str | None, metric: str | None, time_limit: float | None, form: str,
) -> None:  # fmt: skip
    """Score mined records against GOLD: a folder of hand-made gold, or one file of it (kb annotate begins one).

    The documents are looked for in PATH..., else beside GOLD; they are mined, or the records of --pred are taken.  A
    record is right where metric, number and unit are; strictly right where sample, current and capacity are too.
    """
    from kb.evaluation import Evaluation
    from kb.gold import documents_of, mine_documents, read_gold, read_records, records_of, records_of_miners
    from schema.vocabulary import vocabulary

    if metric:
        vocabulary().metric(metric)
    given = read_records(Path(pred)) if pred else []
    names = [Path(p).name for p in paths] or [Path(str(r["source"])).name for r in given]
    facts = read_gold(Path(gold), names)
    of_miners = given
    if not pred:
        documents = documents_of(facts, [Path(p) for p in paths])
        with chosen_miner(miner, REQUESTS) as chosen:
            seconds = time_limit or (chosen.seconds if chosen else None)
            given = [r for mined in mine_documents(documents, seconds, chosen) for r in records_of(mined, miner)]
        if by == "miner":
            of_miners = [*records_of_miners(documents, time_limit), *(given if miner == "llm" else ())]
    evaluation = Evaluation.of(facts, given)
    groups = Evaluation.of(facts, of_miners if by == "miner" else given).groups(by) if by else []
    wrong = evaluation.errors() if errors or kind or metric else []
    wrong = [e for e in wrong if kind in (None, e["kind"]) and metric in (None, e["metric"])]
    if form == "json":
        from kb.writing import write_object

        asked: dict[str, Any] = {"groups": groups} if by else {}
        if errors or kind or metric:
            asked["errors"] = wrong
        if reliability:
            from kb.reliability import summary

            asked["reliability"] = summary(evaluation.reliability())
            asked["reliability_strict"] = summary(evaluation.reliability(strict=True))
        write_object({**evaluation.report(), **asked})
    else:
        from kb.scores import print_errors, print_groups, print_reliability, print_report

        print_errors(wrong)
        print_report(evaluation.report())
        if by:
            print_groups(groups, by)
        if reliability:
            print_reliability(evaluation.reliability())
            if len(whole := evaluation.reliability(strict=True)):
                print_reliability(whole, "All of it right")
    if not evaluation.records:
        _end(f"{gold} names no document; name the documents it is the gold of", NOTHING_FOUND)


@cli.command(
    "calibrate-confidence",
    epilog=_examples(
        "kb calibrate-confidence my_gold --in-view old_gold",
        "kb calibrate-confidence my_gold --in-view old_gold --model my_vocabulary/confidence.toml",
    ),
)
@click.argument("gold", nargs=-1, metavar="[GOLD...]")
@click.option(
    "--in-view", multiple=True, metavar="GOLD", help="Gold of papers that the rules were written on; repeatable."
)
@click.option("--first-sight", metavar="FILE", help="Judged records kept from when their papers were new to the rules.")
@click.option("--model", metavar="FILE", help="Write the weights here; KB_VOCABULARY finds a confidence.toml.")
@click.option("--report", metavar="FILE", help="Write the report here, in Markdown.  [default: standard output]")
@click.option(
    "--miner",
    type=click.Choice(("rules", "both")),
    default="rules",
    show_default=True,
    help="Learn with both also what it says that ChemDataExtractor agrees.",
)
def calibrate_confidence(
    gold: Sequence[str], in_view: Sequence[str], first_sight: str | None, model: str | None, report: str | None,
    miner: str,
) -> None:  # fmt: skip
    """Learn from folders of GOLD how sure a record is, and say how far that can be trusted.

    The documents are looked for beside each folder.  Needs scikit-learn: pip install 'lithium-anode-kb[calibrate]'.
    """
    from extractors.miners import miner_of
    from kb.calibration import calibrate, cases_of, read_cases
    from kb.calibration_report import as_report, as_toml, write
    from kb.gold import documents_of, mine_documents, read_gold

    chosen = miner_of(miner)
    cases = read_cases(Path(first_sight)) if first_sight else []
    for folder, known in [*((g, False) for g in gold), *((g, True) for g in in_view)]:
        facts = read_gold(Path(folder))
        mined = mine_documents(documents_of(facts), miner=chosen)
        cases += cases_of(facts, mined, known, asked_second=miner == "both")
    found = calibrate(cases)
    if model:
        write(Path(model), as_toml(found.model))
    if report:
        write(Path(report), as_report(found))
    else:
        click.echo(as_report(found))


@cli.command(epilog=_examples("kb annotate paper.pdf", "kb annotate paper.md --gold my_gold --paper liu2017"))
@click.argument("file")
@click.option("--gold", default="gold", show_default=True, metavar="FOLDER", help="The folder of gold it goes to.")
@click.option("--paper", metavar="NAME", help="What the paper is called there.  [default: the name of the file]")
@_time_limit
def annotate(file: str, gold: str, paper: str | None, time_limit: float | None) -> None:
    """Begin the gold of a document with what is mined from it: a fact a line, to be corrected by hand.

    Check each line against the paper, delete what it does not say, add what was missed; then kb evaluate FOLDER FILE.
    """
    from kb.gold import begin, mine_documents

    mined = next(mine_documents([Path(file)], time_limit))
    path = begin(Path(gold), mined, paper or Path(file).stem)
    click.echo(f"{path}: {len(mined.measurements)} facts to check; then: kb evaluate {gold} {file}")


def main() -> None:
    """Run the command line; what ``kb`` calls."""
    for stream in (sys.stdout, sys.stderr):
        # Papers write Ω and −; a terminal that cannot show them gets a stand-in rather than no answer.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    cli(prog_name="kb")
