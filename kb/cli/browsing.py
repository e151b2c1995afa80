"""The terminal browser: ``kb browse``."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.doors import db_option, examples


@click.command(epilog=examples("kb browse", "kb browse papers.sqlite", "kb browse --edit"))
@click.argument("base", metavar="[BASE]", required=False)
@click.option("--edit", is_flag=True, help="Allow changes: curation, with every decision logged; else read-only.")
@click.option("--ascii", "only_ascii", is_flag=True, help="Draw with ASCII alone.  [default: as the terminal can]")
@db_option
def browse(base: str | None, edit: bool, only_ascii: bool, db: str) -> None:
    """Look at a base in the terminal: overview, candidates, one candidate, its papers.

    \b
    1 to 9 go to the screens, / filters, y copies, e exports what is shown,
    ? tells of all keys, ctrl+p finds everything, q and escape go back.
    """
    from kb.tui.app import browse as run

    run(Path(base or db), edit, only_ascii or None)
