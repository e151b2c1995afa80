"""What speaks against what stands in the base: ``kb check``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from kb.audit.findings import RULES, SEVERITIES, at_least
from kb.cli.doors import SOME_FAILED, db_option, end, examples, format_option, opened, say

NEVER = "never"


@click.command(
    epilog=examples(
        "kb check",
        "kb check --severity amber --paper 10.1039/d1ma00121c",
        "kb check --rule ce_against_life --rule hours_against_cycles --format json",
        "kb check --fail-on amber    # in a script: exit code 3 where one is found",
        "kb find 'cycling_hours > 1000 AND NOT findings HAS red'",
    )
)
@click.option("--severity", type=click.Choice(SEVERITIES), default=SEVERITIES[-1], show_default=True,
              help="The least grave to be shown.")  # fmt: skip
@click.option("--rule", "rules", multiple=True, type=click.Choice(tuple(RULES)), metavar="RULE",
              help="Only what this rule finds; repeatable.")  # fmt: skip
@click.option("--paper", metavar="PAPER", help="Only of this paper: a DOI, a file name or a part of its title.")
@click.option("--fail-on", type=click.Choice((*SEVERITIES, NEVER)), default=SEVERITIES[0], show_default=True,
              help="End with exit code 3 where something as grave is found, of what is shown.")  # fmt: skip
@click.option("--summary", is_flag=True, help="Only count, by rule and severity.")
@format_option("table", "json", "jsonl", "csv")
@db_option
def check(
    severity: str, rules: Sequence[str], paper: str | None, fail_on: str, summary: bool, form: str, db: str
) -> None:
    """Look for what cannot be right, or wants a look: every rule over the whole base.

    Each finding shows its arithmetic, the measurements it is about and what might mend it; docs/audits.md tells of the
    rules, and how often each is right.  Nothing is changed or deleted.  In a base that can be written the findings are
    kept, so that kb show, find and rank show them beside a value, and filters can ask for them.
    """
    from kb.audit.keeping import counts

    path = Path(db)
    # An older base that can only be read says itself how it is brought up.
    can_keep = path.exists() and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    with opened(db, read_only=not can_keep) as base:
        everything = base.audit.check(keep_found=can_keep)
        found = base.audit.choose(everything, severity, rules, paper)
        rows = base.audit.describe(found)
    counted = counts(found)
    if form == "table":
        from kb.audit.tables import print_counts, print_findings

        if not summary:
            print_findings(rows)
        print_counts(counted)
    else:
        from kb.writing import write_rows

        columns = ("rule", *SEVERITIES, "all") if summary else _COLUMNS
        write_rows(counted if summary else rows, form, columns)
    if not found:
        say("nothing found" + (f" of what was asked for ({len(everything)} in all)" if everything else ""))
    if fail_on != NEVER and any(at_least(f.severity, fail_on) for f in found):
        end(f"{sum(at_least(f.severity, fail_on) for f in found)} as grave as {fail_on} or graver", SOME_FAILED)


_COLUMNS = ("rule", "severity", "paper", "measurements", "said", "repair", "ratio", "doi", "title", "sources")
