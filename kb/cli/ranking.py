"""What is best: ``kb rank``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
from kb.cli.studying import rank_study
from schema.errors import BadCriterion, BadStudy


@click.command(
    epilog=examples(
        "kb rank --by coulombic_efficiency --by cycling_hours --by overpotential:min",
        "kb rank --by cycling_hours:max:2 --by overpotential --relative --top 20",
        "kb rank --by coulombic_efficiency --where 'substrate = Cu' --plot ranking.png",
        "kb rank --study study.toml",
    )
)
@click.option(
    "--by", "criteria", multiple=True, metavar="METRIC[:max|min[:WEIGHT]]",
    help="Rank by this metric; without a direction the metric's better one; repeatable.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Rows at most.")
@click.option("--where", metavar="FILTER", help="Rank only what this filter finds (see kb find --help).")
@click.option("--relative", is_flag=True, help="Compare the effects against each paper's own control, not the values.")
@click.option("--across", is_flag=True, help="Compare across cells, electrolytes and currents without a word on it.")
@click.option(
    "--study",
    metavar="FILE",
    help="Rank with uncertainty as this study says (kb study new begins one); it keeps the answer.",
)
@click.option("--update", is_flag=True, help="Let the study keep the new answer in place of its old one.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes for a study.")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Run a study on the cluster of this Dask scheduler: tcp://host:8786."
)
@click.option("--plot", metavar="FILE", help="Also draw the ranking to this file (.png, .pdf, .svg).")
@min_confidence_option
@format_option("table", "json", "jsonl", "csv")
@db_option
def rank(
    criteria: Sequence[str], top: int, where: str | None, relative: bool, across: bool, study: str | None, update: bool,
    jobs: int, scheduler: str | None,
    plot: str | None, min_confidence: float, form: str, db: str,
) -> None:  # fmt: skip
    """Rank the protected anodes by one or several criteria: a score and the Pareto front.

    Each value names the measurement it is and where that stands, and its effect against the control of its paper.

    With --study: within comparable strata, by effects against controls shrunk across papers, each place with its
    probability; kb why explains one.
    """
    if study is not None:
        given = {"--by": criteria, "--where": where, "--relative": relative, "--plot": plot, "--across": across,
                 "--min-confidence": min_confidence}  # fmt: skip
        if told := [name for name, value in given.items() if value]:
            raise BadStudy(f"a study says what {told[0]} would; write it into {study}")
        rank_study(db, Path(study), top, form, update, jobs, scheduler)
        return
    if not criteria:
        raise BadCriterion("nothing to rank by; name a metric with --by, or a study with --study")
    from kb.ranking import flat, floor_caveats, ranking_rows, strata_caveats
    from kb.screening.rank import parse_criterion

    parsed = [parse_criterion(text) for text in criteria]
    with opened(db) as base:
        ranked = base.rank(parsed, where=where, relative=relative, min_confidence=min_confidence)
        hidden = base.unsure(min_confidence, [c.metric for c in parsed])
        metrics = [c.metric for c in parsed]
        rows = ranking_rows(ranked[:top], metrics, base.places)
        caveats = [] if across else strata_caveats(ranked[:top], metrics, base.places)
    if form == "table" and rows:
        from kb.printing import print_ranking

        print_ranking(rows, relative)
    elif form != "table":
        from kb.writing import write_rows

        write_rows(map(flat, rows) if form == "csv" else rows, form)
    say_hidden(hidden, min_confidence)
    for text in caveats:
        say(f"{text}; a study compares within one, --across says no more of it")
    for text in floor_caveats(o for r in ranked[:top] for o in r.candidate.observations.values()):
        say(text)
    if not rows:
        end("nothing to rank: no sample has a value for these criteria; kb metrics lists others", NOTHING_FOUND)
    if plot:
        from kb.plots.ranking import plot_ranking

        say(f"drew {plot_ranking(ranked[:top], parsed, plot)}")
    if len(ranked) > top:
        say(f"the first {top} of {len(ranked)}; --top shows more")
