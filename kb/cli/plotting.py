"""Figures: ``kb plot``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from kb.cli.doors import NOTHING_FOUND, db_option, end, examples, min_confidence_option, opened, say


@click.command(
    epilog=examples(
        "kb plot metric --metric coulombic_efficiency --against areal_capacity --output ce.pdf",
        "kb plot lifetime --where 'cell = \"Li|Li symmetric\"' --output lives.svg",
        "kb plot forest --metric cycling_hours --output forest.png",
        "kb plot pareto --by coulombic_efficiency --by cycling_hours --columns 2 --output front.svg",
        "kb plot thickness --sample 'PMMA/PVDF on Cu' --output thickness.svg",
        "kb plot coverage --output coverage.pdf",
        "kb plot calibration --gold gold --output reliability.svg",
        "kb plot graph --sample PVDF --output neighbours.svg",
    )
)
@click.argument("kind")
@click.option("--output", required=True, metavar="FILE", help="Where to; the ending says how: .png, .svg, .pdf.")
@click.option("--metric", metavar="METRIC", help="What is drawn: metric; forest, where its study has several.")
@click.option(
    "--against", metavar="CONDITION", help="The test condition it is drawn against.  [default: current_density]"
)
@click.option("--by", multiple=True, metavar="METRIC[:max|min]", help="A criterion of the pareto; two or three.")
@click.option("--study", metavar="FILE", help="Compare as this study says: forest, pareto.")
@click.option("--sample", metavar="NAME", help="The sample of thickness; the sample or material of graph.")
@click.option("--paper", metavar="TEXT", help="DOI, file name or part of the title, where several have such a sample.")
@click.option("--gold", metavar="GOLD", help="Hand-made gold, to judge the records by: calibration.")
@click.option("--where", metavar="FILTER", help="Draw only what this filter finds (see kb find --help).")
@click.option(
    "--columns", type=click.IntRange(1, 2), help="Width in print: 89 or 183 mm.  [default: as the kind needs]"
)
@min_confidence_option
@db_option
def plot(
    kind: str, output: str, metric: str | None, against: str | None, by: Sequence[str], study: str | None,
    sample: str | None, paper: str | None, gold: str | None, where: str | None, columns: int | None,
    min_confidence: float, db: str,
) -> None:  # fmt: skip
    """Draw a figure for print, and beside it FIGURE.points.csv: which measurements its points are.

    \b
    KIND is one of
      metric       a metric against a test condition, by strategy
      lifetime     lives against areal capacity and current density
      forest       effects against controls, raw and shrunk across papers
      pareto       two criteria and what no other beats in both
      thickness    the best thickness of a coating, beside measured ones
      coverage     how much is known of which metric, by strategy
      calibration  stated confidence beside how often records are right
      graph        what shares materials, mechanisms or papers with a sample

    An arrow is a bound, a bar a range, a hollow point second-hand; a line joins a sample to its control.
    """
    from schema.errors import NothingToDraw

    options: dict[str, Any] = {
        "metric": metric, "against": against, "by": by, "study": study, "sample": sample, "paper": paper, "gold": gold,
        "where": where, "columns": columns, "min_confidence": min_confidence,
    }  # fmt: skip
    with opened(db) as base:
        try:
            made = base.plot(kind, output, **options)
        except NothingToDraw as error:
            end(str(error), NOTHING_FOUND)
    for note in made.notes:
        say(note)
    click.echo(f"{made.figure}: {made.points} point{'' if made.points == 1 else 's'}, listed in {made.table}")
