"""How right the records are, measured on gold: ``kb evaluate``, ``kb calibrate-confidence``, ``kb annotate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kb.cli.doors import NOTHING_FOUND, end, examples, format_option, time_limit_option
from kb.miners import MINERS, REQUESTS, MinerName, chosen_miner


@click.command(
    epilog=examples(
        "kb evaluate gold/ papers/",
        "kb evaluate gold/ --pred records.jsonl --by metric",
        "kb evaluate gold/paper.jsonl paper.pdf --errors --kind made_up",
        "kb evaluate gold/ papers/ --errors --format json > evaluation.json",
    )
)
@click.argument("gold", metavar="GOLD")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--pred", metavar="FILE", help="Score these exported records (JSON Lines) instead of mining.")
@click.option(
    "--by",
    type=click.Choice(("metric", "section", "miner")),
    help="Break the figures down; by miner, each that is installed mines the documents.",
)
@click.option("--miner", type=MinerName(MINERS), default=MINERS[0], show_default=True, help="What mines.")
@click.option(
    "--errors", is_flag=True, help="List what was missed, made up, or given to the wrong sample or conditions."
)
@click.option("--reliability", is_flag=True, help="Compare the confidence of the records with whether they are right.")
@click.option("--kind", type=click.Choice(("missed", "made_up", "wrong")), help="Only errors of this kind.")
@click.option("--metric", metavar="METRIC", help="Only errors of this metric.")
@time_limit_option
@format_option("table", "json")
def evaluate(
    gold: str, paths: Sequence[str], pred: str | None, by: str | None, miner: str, errors: bool, reliability: bool,
    kind: str | None, metric: str | None, time_limit: float | None, form: str,
) -> None:  # fmt: skip
    """Score mined records against GOLD: a folder of hand-made gold, or one file of it (kb annotate begins one).

    The documents are looked for in PATH..., else beside GOLD; they are mined, or the records of --pred are taken.  A
    record is right where metric, number and unit are; strictly right where sample, current and capacity are too.
    """
    from kb.evaluation import Evaluation
    from kb.gold import documents_of, mine_documents, read_gold, read_records, records_of, records_of_miners
    from schema.vocabulary import vocabulary

    if metric:
        vocabulary().metric(metric)
    given = read_records(Path(pred)) if pred else []
    names = [Path(p).name for p in paths] or [Path(str(r["source"])).name for r in given]
    facts = read_gold(Path(gold), names)
    of_miners = given
    if not pred:
        documents = documents_of(facts, [Path(p) for p in paths])
        with chosen_miner(miner, REQUESTS) as chosen:
            seconds = time_limit or (chosen.seconds if chosen else None)
            given = [r for mined in mine_documents(documents, seconds, chosen) for r in records_of(mined, miner)]
        if by == "miner":
            of_miners = [*records_of_miners(documents, time_limit), *(given if miner == "llm" else ())]
    evaluation = Evaluation.of(facts, given)
    groups = Evaluation.of(facts, of_miners if by == "miner" else given).groups(by) if by else []
    wrong = evaluation.errors() if errors or kind or metric else []
    wrong = [e for e in wrong if kind in (None, e["kind"]) and metric in (None, e["metric"])]
    if form == "json":
        from kb.writing import write_object

        asked: dict[str, Any] = {"groups": groups} if by else {}
        if errors or kind or metric:
            asked["errors"] = wrong
        if reliability:
            from kb.reliability import summary

            asked["reliability"] = summary(evaluation.reliability())
            asked["reliability_strict"] = summary(evaluation.reliability(strict=True))
        write_object({**evaluation.report(), **asked})
    else:
        from kb.scores import print_errors, print_groups, print_reliability, print_report

        print_errors(wrong)
        print_report(evaluation.report())
        if by:
            print_groups(groups, by)
        if reliability:
            print_reliability(evaluation.reliability())
            if len(whole := evaluation.reliability(strict=True)):
                print_reliability(whole, "All of it right")
    if not evaluation.records:
        end(f"{gold} names no document; name the documents it is the gold of", NOTHING_FOUND)


@click.command(
    "calibrate-confidence",
    epilog=examples(
        "kb calibrate-confidence my_gold --in-view old_gold",
        "kb calibrate-confidence my_gold --in-view old_gold --model my_vocabulary/confidence.toml",
    ),
)
@click.argument("gold", nargs=-1, metavar="[GOLD...]")
@click.option(
    "--in-view", multiple=True, metavar="GOLD", help="Gold of papers that the rules were written on; repeatable."
)
@click.option("--first-sight", metavar="FILE", help="Judged records kept from when their papers were new to the rules.")
@click.option("--model", metavar="FILE", help="Write the weights here; KB_VOCABULARY finds a confidence.toml.")
@click.option("--report", metavar="FILE", help="Write the report here, in Markdown.  [default: standard output]")
@click.option(
    "--miner",
    type=click.Choice(("rules", "both")),
    default="rules",
    show_default=True,
    help="Learn with both also what it says that ChemDataExtractor agrees.",
)
def calibrate_confidence(
    gold: Sequence[str], in_view: Sequence[str], first_sight: str | None, model: str | None, report: str | None,
    miner: str,
) -> None:  # fmt: skip
    """Learn from folders of GOLD how sure a record is, and say how far that can be trusted.

    The documents are looked for beside each folder.  Needs scikit-learn: pip install 'lithium-anode-kb[calibrate]'.
    """
    from extractors.miners import miner_of
    from kb.calibration import calibrate, cases_of, read_cases
    from kb.calibration_report import as_report, as_toml, write
    from kb.gold import documents_of, mine_documents, read_gold

    chosen = miner_of(miner)
    cases = read_cases(Path(first_sight)) if first_sight else []
    for folder, known in [*((g, False) for g in gold), *((g, True) for g in in_view)]:
        facts = read_gold(Path(folder))
        mined = mine_documents(documents_of(facts), miner=chosen)
        cases += cases_of(facts, mined, known, asked_second=miner == "both")
    found = calibrate(cases)
    if model:
        write(Path(model), as_toml(found.model))
    if report:
        write(Path(report), as_report(found))
    else:
        click.echo(as_report(found))


@click.command(epilog=examples("kb annotate paper.pdf", "kb annotate paper.md --gold my_gold --paper liu2017"))
@click.argument("file")
@click.option("--gold", default="gold", show_default=True, metavar="FOLDER", help="The folder of gold it goes to.")
@click.option("--paper", metavar="NAME", help="What the paper is called there.  [default: the name of the file]")
@time_limit_option
def annotate(file: str, gold: str, paper: str | None, time_limit: float | None) -> None:
    """Begin the gold of a document with what is mined from it: a fact a line, to be corrected by hand.

    Check each line against the paper, delete what it does not say, add what was missed; then kb evaluate FOLDER FILE.
    """
    from kb.gold import begin, mine_documents

    mined = next(mine_documents([Path(file)], time_limit))
    path = begin(Path(gold), mined, paper or Path(file).stem)
    click.echo(f"{path}: {len(mined.measurements)} facts to check; then: kb evaluate {gold} {file}")
