"""What is best: ``kb rank``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kb.cli.doors import (
    NOTHING_FOUND,
    db_option,
    end,
    examples,
    format_option,
    min_confidence_option,
    opened,
    say,
    say_hidden,
)


@click.command(
    epilog=examples(
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
@min_confidence_option
@format_option("table", "json", "jsonl", "csv")
@db_option
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
    with opened(db) as base:
        ranked = base.rank(parsed, where=where, relative=relative, min_confidence=min_confidence)
        hidden = base.unsure(min_confidence, [c.metric for c in parsed])
        rows = ranking_rows(ranked[:top], [c.metric for c in parsed], base.places)
    if form == "table" and rows:
        from kb.printing import print_ranking

        print_ranking(rows, relative)
    elif form != "table":
        from kb.writing import write_rows

        write_rows(map(flat, rows) if form == "csv" else rows, form)
    say_hidden(hidden, min_confidence)
    if not rows:
        end("nothing to rank: no sample has a value for these criteria; kb metrics lists others", NOTHING_FOUND)
    if plot:
        from kb.plots import plot_ranking

        say(f"drew {plot_ranking(ranked[:top], parsed, plot)}")
    if len(ranked) > top:
        say(f"the first {top} of {len(ranked)}; --top shows more")
