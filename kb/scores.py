"""An evaluation for people: figures, breakdowns and errors on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.printing import console, headed_table, marked, text_cell
from kb.words import number, place_of, quantity

if TYPE_CHECKING:
    from kb.reliability import Reliability

_KINDS: Mapping[str, str] = {"missed": "missed", "made_up": "made up", "wrong": "value right, rest wrong"}


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _measures(row: Mapping[str, Any]) -> list[str]:
    value, strict = row["value"], row["strict"]
    counts = (value["tp"], value["gold"], value["pred"])
    rates = (value["P"], value["R"], value["F1"], strict["P"], strict["F1"])
    return [*("" if n is None else str(n) for n in counts), *map(_share, rates)]


_MEASURES = ("right", "gold", "records", "P", "R", "F1", "strict P", "strict F1")


def print_report(report: Mapping[str, Any]) -> None:
    """Print :meth:`kb.evaluation.Evaluation.report`: a line a document and part, then all together."""
    table = headed_table("document", "metrics", *_MEASURES, right=_MEASURES, whole=("document", *_MEASURES))
    for source, entry in report["sources"].items():
        for part in ("core", "all"):
            table.add_row(*map(text_cell, (source, part, *_measures(entry[part]))))
    for part in ("core", "all"):
        table.add_row(*map(text_cell, ("together", part, *_measures(report["micro"][part]))))
    console().print(table)


def print_groups(rows: Sequence[Mapping[str, Any]], by: str) -> None:
    """Print :meth:`kb.evaluation.Evaluation.groups`."""
    table = headed_table(by, *_MEASURES, right=_MEASURES, whole=(by, *_MEASURES))
    for row in rows:
        table.add_row(*map(text_cell, (row[by], *_measures(row))))
    console().print(table)


def print_reliability(reliability: Reliability, what: str = "Value right") -> None:
    """Print how far the confidence of the records can be trusted, and how well it tells right ones from wrong ones."""
    from kb.reliability import in_words, told_apart

    table = headed_table("confidence", "records", "mean confidence", "share right", right=("records",))
    for row in reliability.table():
        shares = (f"{row['said']:.3f}", f"{row['right']:.3f}")
        table.add_row(*map(text_cell, (f"{row['from']:g} to {row['to']:g}", row["records"], *shares)))
    console().print(table)
    console().print(f"{what}: {in_words(reliability)}.")
    if len(reliability):
        console().print(f"Told apart: {told_apart(reliability)}.")


def print_errors(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print :meth:`kb.evaluation.Evaluation.errors`: what was read, what gold says, the sentence with the number."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for row in rows:
        told, gold = row["record"], row["gold"]
        said = told or {**gold, "value": gold["value_norm"], "value_max": gold.get("value_norm_max"),
                        "unit": gold["unit_norm"]}  # fmt: skip
        value = quantity(said["value"], said.get("value_max"), said.get("qualifier", "="), said["unit"])
        name = (told.get("subject") or {}).get("name") if told else gold.get("subject")
        head = Text.assemble(
            (_KINDS[row["kind"]], "dim"), "  ", (f"{row['metric']} {value}", "bold"), f"  {name or ''}"
        )
        out.print(head)
        where = f"{row['source']}, gold {gold['id']}" if gold and "id" in gold else row["source"]
        out.print(Padding(Text(where + (f": {row['why']}" if row["why"] else ""), style="dim"), (0, 0, 0, 2)))
        if told:
            evidence = told.get("evidence") or {}
            sentence = evidence.get("text") or ""
            place = place_of((told.get("value_reported") or "", number(said["value"])), sentence)
            out.print(Padding(marked(sentence, place, out.is_terminal), (0, 0, 0, 2)))
        elif quote := gold.get("quote") or "; ".join(map(str, (gold.get("as_written") or {}).values())):
            out.print(Padding(Text(quote), (0, 0, 0, 2)))
