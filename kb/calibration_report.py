"""What a calibration of confidence found, written out: the model in TOML, how far it can be trusted in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from extractors.confidence import PARTS, Model
from kb.calibration import CLUES, DRAWS_OF_LIFT, TARGETS, Calibration
from kb.calibration import READINGS as READINGS_OF_SECOND
from kb.formats import READINGS
from kb.reliability import Reliability, as_table, in_words, told_apart
from schema.errors import BadOutput


def as_toml(found: Model) -> str:
    """Write a model as ``schema/confidence.toml`` has it."""
    lines = [
        "# How sure a record is: log odds that it is right, for each clue of how it was read.",
        "# Made by kb calibrate-confidence; docs/confidence.md says from what, and how far it can be trusted.",
        "# A folder named by KB_VOCABULARY may hold a confidence.toml of its own, which takes the place of this one.",
        "",
        "[provenance]",
        *(f"{key} = {_value(value)}" for key, value in found.provenance.items()),
        "",
        "# Clues too rare in the gold to learn from: by judgement, kept as they are.",
        "[judged]",
        *(f"{json.dumps(clue)} = {weight:g}" for clue, weight in found.judged.items()),
    ]
    for part in PARTS:
        lines += ["", f"[{part}]", f"intercept = {found.intercepts[part]:.3f}", "", f"[{part}.weights]"]
        weights = sorted(found.weights[part].items())
        lines += [f"{json.dumps(clue, ensure_ascii=False)} = {weight:.3f}" for clue, weight in weights]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


_TITLES = {"value": "The value is right", "strict": "All of it is right"}
_NAMES = {"value": "value", "sample": "sample", "conditions": "main conditions"}
_HEAD = """\
# How far a confidence can be trusted

<!-- Written by kb calibrate-confidence; a test makes it anew and compares. -->

Each record carries two chances: `confidence`, that its metric, number and unit are right, and `confidence_strict`,
that its sample, control flag, current density and areal capacity are right as well.  They are read off clues of how the
record was read (`schema/confidence.toml` has their weights).  `confidence_strict` is a product: the chance of the
value, times that of the sample where the value is right, times that of the conditions where both are.

Each of the three is a penalised logistic regression, in which papers that were in view while the rules were written
share a term of their own that is left out of the model: it speaks of papers that nobody has seen.  Every figure below
is from models that were learned without the paper they speak of.  The error is the expected calibration error; its
interval is a bootstrap over papers, then over their records (drawing adds scatter of its own, so that it leans upward),
and beside it stands what so many records would show by chance alone if every confidence were exact.  How well right
records are told from wrong ones is the area under the curve (0.5 is blind, 1 perfect), over all pairs and over pairs of
one paper, and the Brier skill (0 is giving all records the share right, which one does not know of a new paper).  Few
papers make all of this wide, and it cannot show what other journals, fields and formats do.

All of it is about records of the rules.  Those of ChemDataExtractor alone and of a language model carry a guess.
"""
_SIDES = {
    False: "At first sight: records of papers that the rules had not seen when they read them.",
    True: "Papers in view while the rules were written (with the term for them).",
}
_FAMILIES = """\
## Which clues help

By how much a family of clues lowers the log loss on papers left out [0.001 nat a record].  Those in bold are in the
model: there it is against the model without them, else against the model as it is.
"""
_ANEW = """\
They were chosen with all of these papers in sight, few, and none that is about a paper; still, the choice flatters the
figures above.  Chosen anew for each paper left out (every family that by itself helps on the others), the figures at
first sight are those below; a new paper may be expected between the two.
"""
_SECOND = """\
## A second miner

With `--miner both`, ChemDataExtractor reads the same places.  That it agrees is a clue of the value like the others;
where it was not asked, a record is taken as the average of those where it was, and so are all records in the figures
above.  Agreement adds {lift:+.2f} to the log odds against its absence (95 % interval {low:+.2f} to {high:+.2f}, learned
anew on {draws} drawings of papers).  With it, values at first sight are told apart like this: {apart}.  The
readings one by one, papers of first sight and papers in view together:
"""
_DISAGREED = """
To disagree is a flag to look at, and weighs as silence does: it is too rare for a weight of its own.
"""
_FORMATS = """\
## Other formats of a paper

Where the base, or the gold, holds a paper in two files, each record is looked for in the other one (`kb show` says what
is found).  The share of values, and of whole records, that are right:
"""
_NO_FORMATS = """
This is {papers}: too little to learn a weight from, and its two files go through the same rules, so that they agree in
their mistakes too.  What another format says is shown, and moves no confidence.
"""


def as_report(found: Calibration) -> str:
    """Write what a calibration found, in Markdown."""
    parts = [_HEAD]
    for target in TARGETS:
        parts.append(f"## {_TITLES[target]}\n")
        for in_view, title in _SIDES.items():
            reliability = found.reliability(target, in_view)
            if len(reliability):
                papers = ", ".join(_of_papers(reliability))
                apart = f"Told apart: {told_apart(reliability)}."
                words = f"{title}\n\n{in_words(reliability)}.\n\n{apart}\n\nShare right by paper: {papers}."
                parts.append(f"{words}\n\n{as_table(reliability)}\n")
    parts.append(f"{_FAMILIES}\n{_gains(found)}\n")
    parts.append(f"{_ANEW}\n{_anew(found)}\n")
    if any(case.second for case in found.cases):
        parts.append(_second(found))
    if any(case.other_format for case in found.cases):
        parts.append(f"{_FORMATS}\n{_formats(found)}\n")
    parts.append("## What weighs most\n\nLog odds; a record starts from the intercept.\n")
    for part in PARTS:
        start = f"The {_NAMES[part]}, intercept {found.model.intercepts[part]:+.2f}:"
        parts.append(f"{start}\n\n{_strongest(found.model, part)}\n")
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _gains(found: Calibration) -> str:
    gains = {part: found.gains(part) for part in PARTS}
    rows = []
    for family in gains["value"]:
        cells = [f"{1000 * gains[part][family]:+.1f}" for part in PARTS]
        shown = (f"**{cell}**" if family in CLUES[part] else cell for part, cell in zip(PARTS, cells, strict=True))
        rows.append([family, *shown])
    return _table(["family", *_NAMES.values()], rows)


def _anew(found: Calibration) -> str:
    anew = found.with_clues_chosen_anew()
    in_view = all(case.in_view for case in found.cases)
    told = ((title, anew.reliability(target, in_view)) for target, title in _TITLES.items())
    return "\n".join(f"- {title}: {in_words(figures)}.  Told apart: {told_apart(figures)}." for title, figures in told)


def _second(found: Calibration) -> str:
    lift, (low, high) = found.lift()
    rows = []
    for reading in READINGS_OF_SECOND:
        mine = [i for i, case in enumerate(found.cases) if case.second == reading]
        shares = (sum(found.cases[i].is_right(target) for i in mine) / max(len(mine), 1) for target in TARGETS)
        rows.append([reading, len(mine), *(f"{share:.3f}" for share in shares)])
    table = _table(["it", "records", "value right", "all right"], rows)
    apart = told_apart(found.reliability("value", in_view=False, asked_second=True))
    told = _SECOND.format(lift=lift, low=low, high=high, draws=DRAWS_OF_LIFT, apart=apart)
    return f"{told}\n{table}\n{_DISAGREED}"


def _formats(found: Calibration) -> str:
    told = [case for case in found.cases if case.other_format]
    rows = []
    for reading in READINGS:
        mine = [case for case in told if case.other_format == reading]
        shares = (sum(case.is_right(target) for case in mine) / max(len(mine), 1) for target in TARGETS)
        rows.append([reading, len(mine), *(f"{share:.2f}" for share in shares)])
    papers = len({case.paper for case in told})
    table = _table(["the other format", "records", "value right", "all right"], rows)
    return f"{table}\n{_NO_FORMATS.format(papers='one paper' if papers == 1 else f'{papers} papers').rstrip()}"


def _of_papers(reliability: Reliability) -> Iterator[str]:
    for paper in sorted(set(reliability.papers), key=str):
        rows = [p == paper for p in reliability.papers]
        yield f"{paper} {reliability.right[rows].mean():.2f} of {sum(rows)}"


def _strongest(found: Model, part: str, number: int = 12) -> str:
    weights = sorted(found.weights[part].items(), key=lambda item: (-abs(item[1]), item[0]))[:number]
    return _table(["clue", "weight"], ([clue, f"{weight:+.2f}"] for clue, weight in weights))


def write(path: Path, text: str) -> None:
    """Write a file of the calibration.

    Raises
    ------
    BadOutput
        Where it cannot be written.
    """
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BadOutput(
            f"{path}: {error.strerror}; name a file in a folder that is there and can be written"
        ) from error
