"""What people decide of facts and papers: ``kb curate``, ``kb history``, ``kb remove``, ``kb curations``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.doors import NOTHING_FOUND, SOME_FAILED, db_option, end, examples, format_option, opened, say, written
from schema.errors import BadDecision

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.curation.resting import Rests

_reason = click.option("--reason", default="", metavar="TEXT", help="Why; to reject or remove takes one.")
_author = click.option("--author", metavar="'NAME <EMAIL>'",
                       help="Who decides; else KB_AUTHOR, else user.name and user.email of git.")  # fmt: skip


@click.command(
    epilog=examples(
        "kb curate 17 --accept",
        "kb curate 17 --reject --reason 'the theoretical capacity, no result'",
        "kb curate 17 --set value=20 unit=mV --reason 'V is a misprint, see Fig. 3'",
        "kb curate 17 --set current_density='1 mA/cm^2' cell='Li|Cu half'",
        "kb curate 17 --link-control 21",
        "kb curate 17 --undo",
    )
)
@click.argument("id", type=int)
@click.argument("more", nargs=-1, metavar="[FIELD=VALUE...]")
@click.option("--accept", is_flag=True, help="It is right as it stands: it is sure from now on.")
@click.option("--reject", is_flag=True, help="It is no such result: it leaves every view, count and ranking.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE [FIELD=VALUE...]",
              help="Correct it; docs/curation.md lists the fields.")  # fmt: skip
@click.option("--link-control", "control", type=int, metavar="ID", help="Compare it with this measurement.")
@click.option("--unlink-control", "unlink", is_flag=True, help="Compare it with the control that is looked for, again.")
@click.option("--undo", is_flag=True, help="Take the last decision on it that is in force back.")
@_reason
@_author
@db_option
def curate(
    id: int, more: Sequence[str], accept: bool, reject: bool, settings: Sequence[str], control: int | None,
    unlink: bool, undo: bool, reason: str, author: str | None, db: str,
) -> None:  # fmt: skip
    """Decide on the measurement ID: what was mined stays beside what you say, and the log keeps who, when and why.

    The decision is kept with the words around the number, so that it holds for what a newer extractor mines there.
    """
    asked = [accept, reject, bool(settings), control is not None, unlink, undo]
    if sum(asked) != 1:
        raise click.UsageError("give one of --accept, --reject, --set, --link-control, --unlink-control, --undo")
    if more and not settings:
        raise click.UsageError(f"{more[0]!r} comes without --set")
    with opened(db, read_only=False) as base:
        log = base.curation
        if accept:
            log.accept(id, reason, author)
        elif reject:
            log.reject(id, reason, author)
        elif settings:
            log.set(id, _changes([*settings, *more]), reason, author)
        elif undo:
            log.undo(id, reason, author)
        else:
            log.link_control(id, control, reason, author)
        click.echo(_stands(base, id))


def _changes(words: Iterable[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise BadDecision(f"{word!r} is not FIELD=VALUE; write it like value=20")
        out[name.strip()] = value
    return out


def _stands(base: KnowledgeBase, id: int) -> str:
    """Say in a line what of a measurement is in force."""
    from kb.words import quantity

    row = base.places([id]).get(id)
    if row is None:
        return f"#{id} is {base.curation.aside(id)['status']}: it is in no view; kb curate {id} --undo takes that back"
    value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
    against = f", compared with #{row['control_id']}" if row["control_id"] is not None else ""
    return f"#{id} {row['metric']} {value}, {row['subject']}: {row['status']}{against}"


@click.command(
    epilog=examples("kb history 17", "kb history", "kb history --paper 10.1039/d1ma00121c", "kb history --unmatched",
                     "kb history --conflicts", "kb history --set-aside --format jsonl")
)  # fmt: skip
@click.argument("id", type=int, required=False)
@click.option("--paper", metavar="DOI", help="Of a paper and all its measurements.")
@click.option("--unmatched", is_flag=True, help="Only decisions whose evidence is not in the base now.")
@click.option(
    "--conflicts", is_flag=True, help="Where two decided differently, neither knowing of the other's decision."
)
@click.option("--set-aside", "aside", is_flag=True, help="The measurements that are rejected or removed.")
@format_option("table", "json", "jsonl", "csv")
@db_option
def history(
    id: int | None, paper: str | None, unmatched: bool, conflicts: bool, aside: bool, form: str, db: str
) -> None:  # fmt: skip
    """List who decided what, when and why: on the measurement ID, on a paper, or in the whole base."""
    if sum((id is not None, paper is not None, unmatched, conflicts, aside)) > 1:
        raise click.UsageError("give one of ID, --paper, --unmatched, --conflicts, --set-aside")
    with opened(db) as base:
        log = base.curation
        if conflicts or aside:
            rows = log.conflicts() if conflicts else log.set_aside()
        else:
            rows = log.unmatched() if unmatched else log.history(id, paper)
    if form != "table":
        from kb.writing import write_rows

        write_rows(rows, form)
    elif rows:
        from kb.printing import print_table

        shown = [(_conflict if conflicts else _aside if aside else _decision)(row) for row in rows]
        print_table(list(shown[0]), [list(row.values()) for row in shown])
    if not rows:
        end("nothing is set aside" if aside else "no conflicts" if conflicts else "no decisions", NOTHING_FOUND)


def _decision(row: Mapping[str, Any]) -> dict[str, str]:
    state = row["note"] or ("in force" if row["in_force"] else "" if row["action"] == "undo" else "undone")
    return {
        "when": row["made_at"][:16].replace("T", " "), "who": row["author"],
        "what": f"{row['action']} {_change(row['change'])}".strip(), "of": _of(row), "why": row["reason"] or "–",
        "state": state or "–",
    }  # fmt: skip


def _change(change: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in change.items())


def _of(row: Mapping[str, Any]) -> str:
    return ", ".join(f"#{id}" for id in row["measurements"]) or row["words"] or row["paper"].partition(":")[2]


def _conflict(row: Mapping[str, Any]) -> dict[str, str]:
    holds, other = row["in_force"], row["overruled"]
    said = {name: f"{d['action']} {_change(d['change'])}".strip() for name, d in (("holds", holds), ("other", other))}
    return {
        "of": _of({**holds, "measurements": row["measurements"]}), "in force, as the later": said["holds"],
        "by": holds["author"], "not followed": said["other"], "of whom": other["author"],
    }  # fmt: skip


def _aside(row: Mapping[str, Any]) -> dict[str, str]:
    from kb.words import quantity

    value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
    return {
        "id": f"#{row['id']}", "metric": row["metric"], "value": value, "sample": row["subject"]["name"],
        "status": row["status"], "paper": row["doi"] or row["source"],
    }  # fmt: skip


@click.command(
    epilog=examples("kb remove 10.1039/d1ma00121c --reason 'retracted by the journal, notice 10.1039/...'",
                     "kb remove 10.1039/d1ma00121c --undo --reason 'the notice was of another paper'")
)  # fmt: skip
@click.argument("doi")
@_reason
@click.option("--undo", is_flag=True, help="Take the removal back.")
@click.option("--study", "studies", multiple=True, metavar="FILE",
              help="Look into this study too, beside those in the folder of the base and the current one.")  # fmt: skip
@_author
@db_option
def remove(doi: str, reason: str, undo: bool, studies: Sequence[str], author: str | None, db: str) -> None:
    """Take all facts of the paper DOI out of the views, as where it was retracted; nothing is deleted.

    What rests on them is named: answers that studies keep, calibrations, saved filters, what others cite of it.
    """
    with opened(db, read_only=False) as base:
        if undo:
            base.curation.restore(doi, reason, author)
            click.echo(f"{doi} is in the views again")
            return
        _, rests = base.curation.remove(doi, reason, author)
    click.echo(f"{doi} is removed: {len(rests.measurements)} measurements left the views; kb history --paper {doi}")
    beside = {file.resolve() for folder in (Path(db).parent, Path()) for file in folder.glob("*.toml")}
    for line in _resting(rests, sorted({*beside, *(Path(file).resolve() for file in studies)})):
        click.echo(line)


def _resting(rests: Rests, files: Sequence[Path]) -> Iterator[str]:
    from kb.curation.resting import studies_on

    for file, ranked in studies_on(rests, files).items():
        places = ", ".join(f"{sample} at {place}" for place, sample in ranked)
        yield f"ranked on it: {file.name} keeps {places}; kb rank --study {file.name} --update ranks without it"
    for number, made_at in rests.calibrations:
        yield f"calibrated on it: calibration {number} of {made_at[:10]}; kb calibrate fits without it"
    for name in rests.filters:
        yield f"found some of it: {name}"
    if rests.second_hand:
        ids = ", ".join(f"#{id}" for id in rests.second_hand)
        yield f"credited to it by other papers, and still in the views: {ids}; kb curate ID --reject sets one aside"
    for doi in rests.same_works:
        yield f"the same work, and still in the views: {doi}; kb remove {doi} removes it too"


@click.group(epilog=examples("kb curations export --output decisions.jsonl", "kb curations import decisions.jsonl"))
def curations() -> None:
    """Share decisions: write the log as JSON Lines, bring another's in."""


@curations.command(name="export", epilog=examples("kb curations export > decisions.jsonl"))
@click.option("--output", default="-", show_default=True, metavar="FILE", help="Where to; - is standard output.")
@db_option
def export(output: str, db: str) -> None:
    """Write every decision, one JSON object a line."""
    from kb.export import write_jsonl

    with opened(db) as base:
        decisions = list(base.curation.export())
    if output == "-":
        write_jsonl(decisions, sys.stdout)
    else:
        with written(Path(output)) as stream:
            write_jsonl(decisions, stream)
        say(f"wrote {len(decisions)} decisions to {output}")
    if not decisions:
        end("no decisions", NOTHING_FOUND)


@curations.command(name="import", epilog=examples("kb curations import theirs.jsonl"))
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@db_option
def import_(file: str, db: str) -> None:
    """Bring decisions in; again, or in another order, gives the same.

    Of two that contradict the later one is in force; they are listed, and the exit code is 3.  Decide again, knowing of
    both, and the conflict is gone.
    """
    with click.open_file(file, encoding="utf-8") as stream:
        records = [_record(line, file, number) for number, line in enumerate(stream, start=1) if line.strip()]
    with opened(db, read_only=False) as base:
        done = base.curation.import_(records)
    kept = f", {done.unmatched} of them on evidence that is not in the base now" if done.unmatched else ""
    click.echo(f"{done.new} new decisions{kept}; {done.known} known already")
    if done.conflicts:
        from kb.printing import print_table

        shown = [_conflict(row) for row in done.conflicts]
        print_table(list(shown[0]), [list(row.values()) for row in shown])
        end(f"{len(shown)} conflicts; kb history --conflicts lists them, kb curate ID decides", SOME_FAILED)


def _record(line: str, file: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise BadDecision(
            f"{file}, line {number}: not JSON ({error}); take a file that kb curations export wrote"
        ) from error
    if not isinstance(record, dict):
        raise BadDecision(f"{file}, line {number}: no JSON object; take a file that kb curations export wrote")
    return record
