"""Rankings that can be defended: ``kb study``, ``kb why``, and what ``kb rank --study`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.doors import INTERRUPTED, NOTHING_FOUND, db_option, end, examples, format_option, opened, say
from schema.errors import BadStudy

if TYPE_CHECKING:
    from kb.studies import Answer, Study

METHODS = ("desirability", "topsis")


@click.group(
    epilog=examples(
        "kb study new study.toml",
        "kb study new study.toml --by coulombic_efficiency --by cycling_hours:max:2 --yes",
    )
)
def study() -> None:
    """Begin a study: what is ranked, by what and with which seed, in one file that keeps its answer."""


@study.command(epilog=examples("kb study new study.toml --by coulombic_efficiency --by cycling_hours:max:2 --yes"))
@click.argument("file", metavar="FILE")
@click.option("--by", multiple=True, metavar="METRIC[:max|min[:WEIGHT]]", help="A criterion; repeatable.")
@click.option("--where", metavar="FILTER", help="Only what this filter finds.")
@click.option("--across", is_flag=True, default=None, help="Compare across strata.")
@click.option("--method", type=click.Choice(METHODS), help="How effects become one score.")
@click.option("--top", type=click.IntRange(min=1), help="How many places count as the top.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draws.")
@click.option("--energy", is_flag=True, default=None, help="Rank by the specific energy of a pouch cell too.")
@click.option("--yes", is_flag=True, help="Ask nothing: defaults for what is not given.")
def new(
    file: str, by: Sequence[str], where: str | None, across: bool | None, method: str | None, top: int | None,
    seed: int | None, energy: bool | None, yes: bool,
) -> None:  # fmt: skip
    """Write a study to FILE, asking for what is not given; then kb rank --study FILE.

    The pouch cell of simulated_specific_energy is written out with all it assumes: put in your own numbers.
    """
    from kb.comparison import ENERGY
    from kb.screening.pouch import settled
    from kb.studies import Study, write_study

    path = Path(file)
    if path.exists():
        raise BadStudy(f"{file} is there already; edit it, or name another file")
    ask = not yes
    if not by and ask:
        by = click.prompt("Rank by (metrics, with :max or :min and :WEIGHT where wanted)", err=True).split()
    if where is None:
        where = (
            click.prompt("Only what this filter finds (empty for all)", "", show_default=False, err=True) if ask else ""
        )
    if across is None:
        across = click.confirm("Compare across cells, electrolytes, currents", False, err=True) if ask else False
    if method is None:
        choice = click.Choice(METHODS)
        method = click.prompt("Method", METHODS[0], type=choice, err=True) if ask else METHODS[0]
    if top is None:
        top = click.prompt("Places that count as the top", 5, type=click.IntRange(min=1), err=True) if ask else 5
    if seed is None:
        seed = click.prompt("Seed", 0, type=click.IntRange(min=0), err=True) if ask else 0
    by = tuple(by)
    has_energy = any(text.split(":")[0].strip() == ENERGY for text in by)
    if energy is None and not has_energy and ask:
        question = f"Rank by the specific energy of a pouch cell too ({ENERGY}, a mass balance)"
        energy = click.confirm(question, False, err=True)
    if energy and not has_energy:
        by, has_energy = (*by, ENERGY), True
    cell = settled({}) if has_energy else {}
    made = Study(by, where, across=across, method=str(method), top=top, seed=seed, spread="estimated", pouch=cell)
    made = _checked(made)
    write_study(path, made)
    click.echo(f"{file}: rank with it: kb rank --study {file}")


def _checked(study: Study) -> Study:
    """Read the filter now (the criteria were read when it was made), so that no slip is written."""
    if study.where:
        from kb.query import compile_filter

        compile_filter(study.where)
    return study


def rank_study(db: str, file: Path, most: int, form: str, update: bool, jobs: int, scheduler: str | None) -> None:
    """Run a study file: print its answer, keep it in the file, or compare it with what is kept there."""
    from kb.studies import read_study, write_study
    from kb.study_tables import print_answer, result_of

    asked, kept = read_study(file)
    answer = answered(db, asked, jobs, scheduler)
    result = result_of(answer)
    if form == "table":
        print_answer(answer, most)
    else:
        from kb.writing import write_rows

        write_rows(_rows(answer, most), form)
    if answer.done < answer.planned:
        end(f"interrupted: {answer.done} of {answer.planned} draws were done; {file} is as it was", INTERRUPTED)
    elif not kept or update:
        write_study(file, asked, result)
        say(f"{file} keeps the answer and the base's fingerprint {answer.base}")
    elif kept == result:
        say(f"the same to the digit as {file} keeps")
    elif kept.get("base") != answer.base:
        say(f"the base has changed since ({kept.get('base')} is now {answer.base}); --update keeps the new answer")
    else:
        say(f"not what {file} keeps, though the base is the same: the study was edited; --update keeps the new answer")


def _rows(answer: Answer, most: int | None = None) -> list[dict[str, Any]]:
    """Give the rows of each protocol; named where there are several."""
    from kb.study_tables import answer_rows

    if not answer.others:
        return answer_rows(answer)[:most]
    return [
        {"protocol": dict(one.study.protocol), **row} for one in answer.each_protocol for row in answer_rows(one)[:most]
    ]


def answered(db: str, asked: Study, jobs: int = 1, scheduler: str | None = None) -> Answer:
    """Ask a study of a base, with a bar on a terminal."""
    from kb.shares import shared, with_bar

    with opened(db) as base:
        return base.study(asked, with_bar(shared(jobs, scheduler)))


@click.command(
    epilog=examples('kb why "PMMA/PVDF" --study study.toml', 'kb why "PMMA/PVDF" --study study.toml --sensitivity')
)
@click.argument("candidate", metavar="CANDIDATE")
@click.option("--study", "file", required=True, metavar="FILE", help="The study (kb study new begins one).")
@click.option("--paper", metavar="TEXT", help="Part of the paper's title, where several have such a sample.")
@click.option(
    "--sensitivity", is_flag=True, help="Also vary what is assumed of the pouch cell (simulated_specific_energy)."
)
@format_option("text", "json")
@db_option
def why(candidate: str, file: str, paper: str | None, sensitivity: bool, form: str, db: str) -> None:
    """Explain in plain words why CANDIDATE stands where it does in a study."""
    from shutil import get_terminal_size
    from textwrap import fill

    from kb.printing import WIDTH_WITHOUT_TERMINAL
    from kb.studies import read_study
    from kb.study_tables import (
        answer_rows,
        print_sensitivity,
        protocol_words,
        sensitivity_rows,
        why_lines,
        winners,
    )
    from schema.errors import did_you_mean

    asked, _ = read_study(Path(file))
    answer = answered(db, asked)
    named = {i: c for i, c in enumerate(answer.comparison.candidates) if c.name.casefold() == candidate.casefold()}
    if paper:
        named = {i: c for i, c in named.items() if paper.casefold() in c.paper.casefold()}
    if not named:
        near = did_you_mean(candidate, {c.name for c in answer.comparison.candidates})
        end(f"no candidate of {file} is {candidate!r}{near or '; kb rank --study lists them'}", NOTHING_FOUND)
    tables = {i: sensitivity_rows(answer, i) for i in named} if sensitivity else {}
    if form == "json":
        from kb.writing import write_rows

        rows = []
        for one in answer.each_protocol:
            placed = answer_rows(one)
            at = {"protocol": dict(one.study.protocol)} if answer.others else {}
            of = {i: {"sensitivity": tables[i]} if tables else {} for i in named}
            rows += [{**at, **placed[one.order.index(i)], "why": why_lines(one, i), **of[i]} for i in named]
        write_rows(rows, "json")
        return
    width = get_terminal_size((WIDTH_WITHOUT_TERMINAL, 40)).columns
    for one in answer.each_protocol:
        if answer.others:
            click.echo(f"At {protocol_words(one.study.protocol)}:")
        for i in named:
            for line in why_lines(one, i):
                click.echo(fill(line, width, subsequent_indent="  "))
    for line in winners(answer):
        click.echo(fill(line, width, subsequent_indent="  "))
    for table in tables.values():
        print_sensitivity(table)
