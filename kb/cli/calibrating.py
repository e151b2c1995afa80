"""How far the simulator can be trusted: ``kb calibrate``."""

from __future__ import annotations

import click

from kb.cli.doors import db_option, examples, format_option, opened, say


@click.command(epilog=examples("kb calibrate", "kb calibrate --format json"))
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Of the particles.")
@format_option("text", "json")
@db_option
def calibrate(seed: int, form: str, db: str) -> None:
    """Fit the simulator to the lives in the base, and say how well it predicts papers that were held out.

    It is compared with two simple guesses, and says so where it is no better: then no ranking uses it.  The fit is kept
    in the base, unless there are fewer than twenty lives with known current and capacity.
    """
    from kb.lives import report, report_lines

    with opened(db):
        pass  # a base that is not there is said, not made
    with opened(db, read_only=False) as base:
        found = base.calibrate(seed)
    if form == "json":
        from kb.writing import write_object

        write_object(report(found))
        return
    for line in report_lines(found):
        click.echo(line)
    if found.simulator is not None:
        say(f"kept in {db}")
