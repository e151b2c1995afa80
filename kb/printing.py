"""Answers for people: tables and cards on standard output, drawn with rich.

Takes plain rows and records; asks nothing of the base.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kb.formats import ALIKE
from kb.words import (
    conditions,
    decision,
    findings,
    flag,
    harmless,
    mined_value,
    number,
    other_format,
    place_of,
    quantity,
    repair,
    unit,
)  # fmt: skip
from schema.records import AGREED, TRAITS, Rejection

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from schema.records import Coating, Measurement, Mined
    from schema.tables import Table

_UNKNOWN = "–"
WIDTH_WITHOUT_TERMINAL = 120
CRITERION_COLUMNS, CONDITIONS_COLUMN = 5, 4
RESULTS_SHOWN = 4


def console() -> Console:
    """Give a console on standard output, wide enough for a table also where it is no terminal."""
    from rich.console import Console

    width = shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 40)).columns
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def headed_table(*columns: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> RichTable:
    """Begin a table under the heads of its columns, some of them to the right, some not to be folded."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        side: Literal["left", "right"] = "right" if column in right else "left"
        table.add_column(text_cell(column), justify=side, no_wrap=column in whole, overflow="fold")
    return table


def text_cell(value: Any, style: str = "") -> Text:
    """A cell is text, never markup: papers write [1] and [Li]."""
    from rich.text import Text

    return Text(_UNKNOWN if value is None or value == "" else harmless(str(value)), style=style)


def print_measurements(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows of measurement_view as a table."""
    console().print(measurement_table(rows))


def measurement_table(rows: Sequence[Mapping[str, Any]]) -> RichTable:
    """Lay rows of measurement_view out as a table."""
    doubted = ("findings",) if any(row["findings"] for row in rows) else ()
    table = headed_table(
        "id", "metric", "value", "sample", "conditions", "paper", *doubted, right=("id",),
        whole=("id", "metric", "value"),
    )  # fmt: skip
    for row in rows:
        control = bool(row["is_control"])
        value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
        if was := mined_value(row):
            value += f" (mined: {was})"
        sample = text_cell(str(row["subject"]) + (" (control)" if control else ""), "dim" if control else "")
        paper = row["doi"] or row["source"]
        said = (text_cell(conditions(row)), text_cell(paper), *(text_cell(findings(row["findings"])) for _ in doubted))
        table.add_row(text_cell(row["id"]), text_cell(row["metric"]), text_cell(value, "bold"), sample, *said)
    return table


def print_level(rows: Sequence[Mapping[str, Any]], level: str) -> None:
    """Print experiments, candidates or papers, with what was found of each."""
    console().print(level_table(rows, level))


def level_table(rows: Sequence[Mapping[str, Any]], level: str) -> RichTable:
    """Lay experiments, candidates or papers out as a table."""
    if level == "papers":
        table = headed_table(
            "paper", "year", "title", "measurements", "of", right=("year", "measurements"), whole=("paper",)
        )
        for row in rows:
            paper = (row["doi"] or f"#{row['paper_id']}", row["year"], row["title"], row["measurements"])
            table.add_row(*map(text_cell, paper), text_cell(", ".join(row["metrics"])))
        return table
    last = "conditions" if level == "experiments" else "strategy"
    table = headed_table("system", "found", last, "paper")
    for row in rows:
        control = " (control)" if row.get("is_control") else ""
        found = [
            f"{r['metric']} {quantity(r['value'], r['value_max'], r['qualifier'], r['unit'])}" for r in row["results"]
        ]
        more = len(found) - RESULTS_SHOWN
        shown = "; ".join(found[:RESULTS_SHOWN]) + (f"; {more} more" if more > 0 else "")
        said = conditions(row) if level == "experiments" else _joined(row["strategy"], row["process"])
        table.add_row(
            text_cell(row["system"] + control),
            text_cell(shown, "bold"),
            text_cell(said),
            text_cell(row["doi"] or row["title"]),
        )
    return table


def print_passages(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print passages that were searched for: where each stands, then its text with the hits marked."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for row in rows:
        shown = harmless(row["text"])
        place = _joined(row["doi"] or row["source"], row["section"], f"page {row['page']}" if row["page"] else "")
        ids = ", ".join(f"#{n}" for n in row["measurements"])
        removed = ("  removed" if row["removed"] else "", "bold red")
        out.print(Text.assemble((place, "bold"), removed, (f"  {ids}" if ids else "", "dim")))
        text, end = Text(), 0
        for start, stop in row["hits"]:
            text.append(shown[end:start])
            hit = shown[start:stop]
            text.append(hit if out.is_terminal else f"«{hit}»", "bold reverse" if out.is_terminal else "")
            end = stop
        text.append(shown[end:])
        out.print(Padding(text, (0, 0, 1, 2)))


def print_schema(tables: Iterable[Table]) -> None:
    """Print tables and their columns."""
    from rich.text import Text

    out = console()
    for table in tables:
        out.print(Text.assemble((table.name, "bold"), (f"  {table.kind}. {table.meaning}".rstrip(". "), "dim")))
        grid = headed_table("column", "unit", "meaning", whole=("column",))
        for column in table.columns:
            refers = f" → {column.refers_to}" if column.refers_to else ""
            grid.add_row(text_cell(column.name), text_cell(column.unit), text_cell(column.meaning + refers))
        out.print(grid)


def print_queries(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the questions that go by a name."""
    table = headed_table("asked by", "what", "parameters", "whose", whole=("asked by",))
    for row in rows:
        given = ", ".join(f"{name}={value}" for name, value in row["defaults"].items())
        table.add_row(
            text_cell(row["asked"]),
            text_cell(row["meaning"] or row["text"]),
            text_cell(given),
            text_cell("yours" if row["own"] else ""),
        )
    console().print(table)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print the answer to a query as a table."""
    console().print(plain_table(columns, rows))


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> RichTable:
    """Lay the answer to a query out as a table."""
    table = headed_table(*columns)
    for row in rows:
        table.add_row(*(text_cell("NULL", "dim") if value is None else text_cell(_shown(value)) for value in row))
    return table


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def print_metrics(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the glossary."""
    table = headed_table(
        "metric", "symbol", "unit", "better", "plausible", "also called", whole=("metric", "plausible")
    )
    for row in rows:
        low, high = row["plausible"]
        names = ", ".join(row["synonyms"][:3])
        table.add_row(*map(text_cell, (row["name"], row["symbol"], unit(row["unit"]) or "1", row["better"])),
                      text_cell(f"{number(low)} to {number(high)}"), text_cell(names))  # fmt: skip
    console().print(table)


def marked(sentence: str, place: tuple[int, int] | None, terminal: bool) -> Text:
    """Mark the number in its sentence: inverse on a terminal, «so» elsewhere.

    Examples
    --------
    >>> marked("It is 98.3%.", (6, 10), terminal=False).plain
    'It is «98.3»%.'
    """
    from rich.text import Text

    sentence = harmless(sentence)
    if place is None:
        return Text(sentence)
    start, end = place
    before, it, after = sentence[:start], sentence[start:end], sentence[end:]
    return Text.assemble(before, (it, "bold reverse"), after) if terminal else Text(f"{before}«{it}»{after}")


def print_measurement(row: Mapping[str, Any]) -> None:
    """Print one measurement as a card: the value, what it is of, the sentence it stands in, the paper."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    out = console()
    value = quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])
    out.print(Text.assemble((f"#{row['id']} ", "dim"), (f"{row['metric']} {value}", "bold")))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, line in card(row).items():
        if line:
            grid.add_row(name, Text(line))
    out.print(Padding(grid, (0, 0, 1, 2)))
    if not row["evidence"]:
        out.print(Padding(Text("The sentence is left out: this is a public snapshot.", "dim"), (0, 0, 0, 2)))
        return
    # A repaired number stands in the sentence as it was read, not as it was printed.
    place = place_of((row["value_reported"], row["shown"], number(row["value"])), row["evidence"], row["before"])
    out.print(Padding(marked(row["evidence"], place, out.is_terminal), (0, 0, 0, 2)))


def print_aside(record: Mapping[str, Any], decisions: Sequence[Mapping[str, Any]]) -> None:
    """Print a record that is rejected or removed: why, and what was mined."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    value = quantity(record["value"], record["value_max"], record["qualifier"], record["unit"])
    head = (f"{record['metric']} {value}", "bold")
    out.print(Text.assemble((f"#{record['id']} ", "dim"), head, f", {record['subject']['name']}: {record['status']}"))
    for told in decisions:
        out.print(Padding(Text(decision(told)), (0, 0, 0, 2)))
    evidence = record["evidence"]["text"]
    place = place_of((record["value_reported"], number(record["value"])), evidence)
    out.print(Padding(marked(evidence, place, out.is_terminal), (1, 0, 0, 2)))


def card(row: Mapping[str, Any]) -> dict[str, str]:
    """Give the lines of the card of a measurement (``base.show``) by their names; what is not known is an empty one."""
    made_of = ", ".join(row["components"]) + (f" on {row['substrate']}" if row["substrate"] else "")
    far = ", ".join(row["conditions_far"])
    alike = ", read alike by a second miner" if AGREED in row["flags"] else ""
    alike_in = [f for f in row["formats"] if f["reading"] == ALIKE]
    apart = [f for f in row["formats"] if f["reading"] != ALIKE]
    credited = f", credited to reference {row['cited_ref']}" if row["cited_ref"] else ""
    paper = row["document"]["supplement_of"]
    places = (
        f"{row['source']} (supporting information of {paper.rpartition('/')[2]})" if paper else row["source"],
        f"section “{row['section']}”" if row["section"] else "",
        f"page {row['page']}" if row["page"] else "",
        f"characters {row['evidence_start']} to {row['evidence_end']}",
    )
    return {
        "reported": f"{row['value_reported']} {row['unit_reported'] or ''}".strip(),
        "mined as": mined_value(row),
        "decided": "; ".join(decision(d) for d in row["decisions"]),
        "sample": str(row["subject"]) + (", the control" if row["is_control"] else ""),
        "made of": made_of.strip(),
        "strategy": _joined(row["strategy"], *(row["steps"] or [row["process"]])),
        "turns into": ", ".join(row["products"]),
        "works by": ", ".join(row["mechanisms"]),
        "control": f"#{row['control_id']}" if row["control_id"] is not None else "",
        "conditions": conditions(row) + (f" (elsewhere in the paper: {far})" if far else ""),
        "how known": f"{row['provenance']}{credited}, {_confidence(row)}{alike}",
        "reference": row["cited"],
        "careful": "; ".join((*(flag(f) for f in row["flags"] if f != AGREED), *(other_format(f) for f in apart))),
        "audits": "\n".join(f"{f['severity']} {f['rule']}: {f['said']}; {f['repair']}" for f in row["audits"]),
        "repaired": "; ".join(repair(r) for r in row["repairs"]),
        "paper": _joined(row["title"], row["year"], row["doi"]),
        "stands in": _joined(*places),
        "also in": "; ".join(f"{f['source']}, read alike (#{f['id']})" for f in alike_in),
    }


def _confidence(row: Mapping[str, Any]) -> str:
    value, strict = row["confidence"], row["confidence_strict"]
    rest = "sample and conditions not rated" if strict is None else f"{number(strict)} in sample and conditions too"
    return f"confidence {number(value)} in the value, {rest}"


def _joined(*parts: Any) -> str:
    return ", ".join(str(p) for p in parts if p)


def print_ranking(rows: Sequence[Mapping[str, Any]], relative: bool) -> None:
    """Print rows of :func:`kb.ranking.ranking_rows`: a head line a sample, below it a line a known criterion."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    out = console()
    blocks = [[_criterion(c) for c in row["criteria"] if c["value"] is not None] for row in rows]
    widths = [max((len(line[i]) for block in blocks for line in block), default=0) for i in range(CRITERION_COLUMNS)]
    for row, block in zip(rows, blocks, strict=True):
        front = " ◆" if row["on_front"] else ""
        head = Text.assemble((f"{row['position']:>2}  {row['sample']}", "bold"), f"  {row['score']:.2f}{front}  ")
        head.append(row["paper"], "dim")
        out.print(head, overflow="ellipsis", no_wrap=True)
        grid = Table.grid(padding=(0, 2, 0, 0))
        for i, width in enumerate(widths):
            # Only the conditions may fold: a value, an effect or a place broken in two cannot be read.
            grid.add_column(min_width=None if i == CONDITIONS_COLUMN else width, no_wrap=i != CONDITIONS_COLUMN)
        for line in block:
            grid.add_row(*line)
        unknown = [c["metric"].replace("_", " ") for c in row["criteria"] if c["value"] is None]
        out.print(Padding(grid, (0, 0, 0, 4)))
        if unknown:
            out.print(Text(f"    not known: {', '.join(unknown)}", "dim"))
        out.print()
    what = "the effects against each paper's control" if relative else "the values"
    out.print(f"Ranked by {what}.  ◆ Pareto front: no other is as good in all criteria, better in one.", style="dim")


def _criterion(c: Mapping[str, Any]) -> list[Text]:
    label = text_cell(c["metric"].replace("_", " "))
    value = quantity(c["value"], c["value_max"], c["qualifier"], c["unit"])
    place = f"#{c['measurement']} {c['source']}:{c['start']}"
    told = _joined(unit(c["conditions"]), findings(c["findings"]))
    return [label, text_cell(value, "bold"), text_cell(c["effect"]), text_cell(place), text_cell(told)]


def print_coatings(coatings: Sequence[Coating]) -> None:
    """Print what a document says of its coatings besides numbers."""
    table = headed_table("coating", "made by", "laid on", "turns into", "works by")
    for coating in coatings:
        name = coating.name + (f" [{coating.cited_ref}]" if coating.cited_ref else "")
        table.add_row(text_cell(name), *(text_cell(", ".join(coating.named(kind))) for kind in TRAITS))
    console().print(table)


def print_explained(mined: Mined) -> None:
    """Print how each number of a document was read, in its order; those not taken with the reason."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    told: list[tuple[int, Measurement | Rejection]] = [(m.evidence.start, m) for m in mined.measurements]
    told += [(r.start, r) for r in mined.rejections]
    for _, fact in sorted(told, key=lambda pair: pair[0]):
        if isinstance(fact, Rejection):
            out.print(Text.assemble(("not taken ", "dim"), fact.text, (f": {fact.reason}", "dim")))
            continue
        value = quantity(fact.value, fact.value_max, fact.qualifier, fact.unit)
        out.print(Text.assemble((f"{fact.metric} {value}", "bold"), f"  {', '.join(fact.subject.components)}"))
        place = place_of((fact.value_reported, number(fact.value)), fact.evidence.text)
        out.print(Padding(marked(fact.evidence.text, place, out.is_terminal), (0, 0, 0, 2)))
        for step in fact.steps:
            out.print(Padding(Text(f"- {step}"), (0, 0, 0, 2)))
