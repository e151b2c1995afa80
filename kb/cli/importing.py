"""What people already have: ``kb import-cells``, ``kb import-table``, ``kb bibliography import``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.doors import NOTHING_FOUND, db_option, end, examples, opened, say

if TYPE_CHECKING:
    from kb.store import Outcome


@click.command(
    "import-cells", epilog=examples("kb import-cells cells.csv", "kb import-cells cells.csv --db mine.sqlite")
)
@click.argument("file", metavar="FILE.csv")
@db_option
def import_cells(file: str, db: str) -> None:
    """Bring your own measurements into the base: a CSV file, a row a test.

    \b
    Heads are names with their unit in brackets:
      what was measured  sample, components (PMMA/PVDF), substrate, strategy, process, control (yes or no)
      under what         cell, current_density [mA/cm^2], areal_capacity [mAh/cm^2], cycles, at_cycle, c_rate,
                         temperature [degC], time [h], np_ratio, electrolyte, electrolyte_class
      results            any metric of kb metrics: coulombic_efficiency [percent], cycling_hours [h]
                         (metric:areal_capacity where a condition has the name too)
    A result may be a bound or rounded: > 1400, < 20, ~ 98.  If a row or column cannot be read, nothing is imported and
    each is named.  The same file again takes its own place.
    """
    _imported(db, file)


@click.command("import-table", epilog=examples("kb import-table obelix.csv --mapping obelix.toml"))
@click.argument("file", metavar="FILE.csv")
@click.option("--mapping", required=True, metavar="FILE.toml", help="Says what the columns hold.")
@db_option
def import_table(file: str, mapping: str, db: str) -> None:
    """Bring a table that was made elsewhere into the base, such as a reference set of conductivities.

    \b
    The mapping is a TOML file:
      title = "A reference set"            # and doi, delimiter
      [columns]                            # head of a column = what it holds; others are left out
      "Composition" = "sample"
      "IC (S/cm)" = { metric = "ionic_conductivity", unit = "S/cm" }
      "T / K" = { name = "temperature", unit = "K" }
      [constant]                           # what holds for all rows
      strategy = "other"
    """
    _imported(db, file, mapping)


def _imported(db: str, file: str, mapping: str | None = None) -> None:
    with opened(db, read_only=False) as base:
        outcome: Outcome = base.import_table(file, mapping)
    click.echo(f"{outcome.outcome:<10} {outcome.source}: {outcome.measurements} measurements imported, in {db}")
    if outcome.rejections:
        say(f"{outcome.rejections} numbers were not taken; the table rejections says why")


@click.group(epilog=examples("kb bibliography import papers.bib"))
def bibliography() -> None:
    """Give the papers of the base what your reference manager knows of them."""


@bibliography.command(
    "import", epilog=examples("kb bibliography import papers.bib", "kb bibliography import library.ris")
)
@click.argument("file", metavar="FILE")
@click.option("--replace", is_flag=True, help="Also what a paper has already, given or stated (its DOI stays).")
@db_option
def import_bibliography(file: str, replace: bool, db: str) -> None:
    """Read title, year, journal and authors of papers from FILE: BibTeX (.bib), RIS (.ris) or CSL-JSON (.json).

    An entry is that of the paper with its DOI, else with its title.  What is given stands when the paper is mined
    again, until another bibliography replaces it.  Needs: pip install 'lithium-anode-kb[bibliography]' (not for
    CSL-JSON).
    """
    with opened(db):
        pass  # a base that is not there is said, not made
    with opened(db, read_only=False) as base:
        given = base.import_bibliography(file, replace)
    known = [one for one in given if one.paper is not None]
    changed = [one for one in known if one.changed]
    click.echo(f"{len(given)} entries: {len(known)} of papers in {db}, {len(changed)} of them told something new")
    for one in changed:
        click.echo(f"  {one.entry.title or one.entry.doi}: {', '.join(one.changed)}")
    if not known:
        end("no entry is of a paper in the base; they are matched by DOI, else by title", NOTHING_FOUND)
