"""What is left of a damaged base: ``kb recover``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.doors import SOME_FAILED, end, examples

if TYPE_CHECKING:
    from kb.recovery import Saved


@click.command(epilog=examples("kb recover kb.sqlite saved.sqlite", "kb ingest papers/ --db saved.sqlite"))
@click.argument("broken")
@click.argument("new")
def recover(broken: str, new: str) -> None:
    """Save what can be read of the base BROKEN into the NEW one, and say what was lost.

    Only what is sound goes in: rows that keep the rules of their tables, facts whose evidence shows their number.  Of a
    base from somebody else it takes over papers and facts, and no view or trigger.
    """
    from kb.recovery import recover as save

    saved = save(broken, new)
    for table in saved:
        click.echo(_line(table))
    if not all(table.whole for table in saved):
        end(f"not all could be saved; what is missing is mined anew: kb ingest PAPERS --db {new}", SOME_FAILED)


def _line(saved: Saved) -> str:
    """Say what became of a table."""
    lost = [f"{number} left out: {reason}" for reason, number in sorted(saved.left_out.items())]
    for first, last in saved.unreadable:
        if first is None:
            lost.append("a part cannot be read" if saved.rows else "cannot be read")
        else:
            lost.append(f"cannot be read: {first} " + ("and all after" if last is None else f"to {last}"))
    if saved.older:
        lost.append("of an older schema")
    return f"{saved.table:<21}{saved.rows:>9} rows" + "".join(f"; {words}" for words in lost)
