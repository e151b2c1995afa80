"""The command line: words are translated to calls of the base, answers handed to ``kb/printing.py``.

Belongs here: the commands, a module a topic, and in ``doors`` what they share.  Only click and the standard library are
loaded at import, so that ``kb --help`` answers at once; everything else is imported inside the commands.
"""

from __future__ import annotations

import os
import sys

import click

from kb.cli import (
    asking,
    browsing,
    calibrating,
    checking,
    completing,
    curating,
    exchanging,
    filling,
    graphs,
    importing,
    judging,
    looking,
    plotting,
    ranking,
    recovering,
    serving,
    simulating,
    studying,
)
from kb.cli.doors import DONE, Doors, examples

COMMANDS = (
    filling.ingest,
    asking.find,
    asking.show,
    browsing.browse,
    serving.serve,
    ranking.rank,
    studying.study,
    studying.why,
    calibrating.calibrate,
    importing.import_cells,
    importing.import_table,
    importing.bibliography,
    simulating.simulate,
    plotting.plot,
    curating.curate,
    curating.history,
    curating.remove,
    curating.curations,
    asking.sql,
    looking.search,
    looking.schema,
    looking.queries,
    graphs.graph,
    graphs.resolve,
    asking.export,
    exchanging.snapshot,
    exchanging.verify,
    exchanging.diff,
    asking.metrics,
    filling.mine,
    checking.check,
    judging.evaluate,
    judging.calibrate_confidence,
    judging.annotate,
    recovering.recover,
    completing.completion,
)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"kb {version('lithium-anode-kb')}")
    except PackageNotFoundError:
        click.echo("kb (run from its source, not installed)")
    ctx.exit(DONE)


@click.group(
    cls=Doors,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=examples(
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


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line; what ``kb`` calls."""
    for stream in (sys.stdout, sys.stderr):
        # Papers write Ω and −; a terminal that cannot show them gets a stand-in rather than no answer.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    if completing.VARIABLE in os.environ:
        completing.teach(cli)
    cli(prog_name="kb", complete_var=completing.VARIABLE)
