"""The weights of ``extractors/confidence.py``, learned from gold: which clues tell that a record is right.

A penalised logistic regression for each of two chances: that the value is right, that all of the record is.  Papers
that were in view while the rules of mining were written come out too well; they share one term (``IN_VIEW``) that is
left out of the model, so that it speaks of papers nobody has seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from extractors.confidence import TARGETS, Model, clues_of, model
from kb.evaluation import Evaluation
from kb.gold import Gold, json_lines, records_of
from kb.reliability import Reliability, as_table, in_words
from schema.errors import BadGold, BadOutput, MissingExtra

if TYPE_CHECKING:
    from schema.records import Mined

FEWEST = 5  # records that must show a clue, else it gets no weight
PENALTIES = (0.01, 0.03, 0.1, 0.3)  # candidates for C of scikit-learn; the best on the papers left out is taken
UNPENALISED = 10.0  # scale of IN_VIEW, so that its penalty is next to none
LEAST = 0.01  # smaller weights are not written


@dataclass(frozen=True)
class Case:
    """A mined record of which gold says whether it is right.

    Attributes
    ----------
    right : of each of TARGETS
    in_view : whether its paper was known to those who wrote the rules
    """

    paper: str
    clues: tuple[str, ...]
    right: Mapping[str, bool]
    in_view: bool = False


def cases_of(gold: Gold, mined: Iterable[Mined], in_view: bool = False) -> Iterator[Case]:
    """Give the records of mined documents that gold judges; what is neither hit nor miss is left out."""
    for document in mined:
        records = records_of(document)
        clues = {r["id"]: clues_of(m) for r, m in zip(records, document.measurements, strict=True)}
        scored = Evaluation.of(gold, records).scored()[document.document.source]
        judged = [(hit.told, True, hit.strict) for hit in scored.hits]
        judged += [(claim, False, False) for claim in scored.made_up]
        paper = gold.sources[document.document.source]
        for told, value, strict in judged:
            yield Case(paper, clues[told.record["id"]], {"value": value, "strict": strict}, in_view)


def read_cases(path: Path) -> list[Case]:
    """Read judged records that were kept: JSON Lines of paper, clues, value, strict.

    Raises
    ------
    BadGold
        Where the file cannot be read.
    """
    rows = json_lines(path, ("paper", "clues", *TARGETS), "value", needed=True)
    return [Case(r["paper"], tuple(r["clues"]), {t: bool(r[t]) for t in TARGETS}) for r in rows]


def fit(cases: Sequence[Case], target: str, penalty: float) -> tuple[float, dict[str, float], float]:
    """Learn the intercept, the weights of the clues, and the term of the papers in view [log odds].

    Raises
    ------
    MissingExtra
        Where scikit-learn is not installed.
    BadGold
        Where all cases are right, or none: nothing can be learned of them.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("kb calibrate-confidence", "calibrate") from error
    seen = Counter(clue for case in cases for clue in case.clues)
    names = sorted(clue for clue, number in seen.items() if number >= FEWEST)
    place = {name: i for i, name in enumerate(names)}
    known = np.zeros((len(cases), len(names) + 1))
    for row, case in zip(known, cases, strict=True):
        row[[place[clue] for clue in case.clues if clue in place]] = 1
        row[-1] = UNPENALISED * case.in_view
    right = [case.right[target] for case in cases]
    if len(set(right)) < 2:
        raise BadGold(f"{len(right)} records, {'all' if all(right) else 'none'} of them right; add gold to learn from")
    learned = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-8).fit(known, right)
    *weights, view = map(float, learned.coef_[0])
    return float(learned.intercept_[0]), dict(zip(names, weights, strict=True)), view * UNPENALISED


def left_out(cases: Sequence[Case], target: str, penalty: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give each case the chance that a model says which was learned without its paper; shape (cases,)."""
    said = np.zeros(len(cases))
    for paper in {case.paper for case in cases}:
        intercept, weights, view = fit([c for c in cases if c.paper != paper], target, penalty)
        for i, case in enumerate(cases):
            if case.paper == paper:
                odds = intercept + sum(weights.get(clue, 0.0) for clue in case.clues) + view * case.in_view
                said[i] = 1 / (1 + np.exp(-odds))
    return said


def _log_loss(said: np.ndarray[Any, np.dtype[np.float64]], right: Sequence[bool]) -> float:
    return float(-np.mean(np.log(np.where(right, said, 1 - said))))


@dataclass(frozen=True)
class Calibration:
    """A model, and how it did on the papers that were left out.

    Attributes
    ----------
    said : of each of TARGETS the chances of the cases, each from a model that had not seen its paper
    """

    cases: tuple[Case, ...]
    model: Model
    said: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]

    def reliability(self, target: str, in_view: bool) -> Reliability:
        """Compare what was said of papers left out with what was right, of those in view or of the others."""
        rows = [i for i, case in enumerate(self.cases) if case.in_view == in_view]
        right = [self.cases[i].right[target] for i in rows]
        return Reliability.of(self.said[target][rows], right, [self.cases[i].paper for i in rows])


def calibrate(cases: Sequence[Case]) -> Calibration:
    """Learn a model of confidence.

    Raises
    ------
    BadGold
        Where there are fewer than three papers, so that none can be left out.
    MissingExtra
        Where scikit-learn is not installed.
    """
    papers = sorted({case.paper for case in cases})
    if len(papers) < 3:
        raise BadGold(f"gold of {len(papers)} papers is too little to leave one out; add some (kb annotate begins one)")
    intercepts, weights, said, chosen = {}, {}, {}, {}
    for target in TARGETS:
        right = [case.right[target] for case in cases]
        tried = {penalty: left_out(cases, target, penalty) for penalty in PENALTIES}
        chosen[target] = min(PENALTIES, key=lambda penalty: _log_loss(tried[penalty], right))
        said[target] = tried[chosen[target]]
        intercepts[target], learned, _ = fit(cases, target, chosen[target])
        weights[target] = {clue: w for clue, w in learned.items() if abs(w) >= LEAST}
    provenance = {
        "papers": papers,
        "records": len(cases),
        "records_unseen": sum(not case.in_view for case in cases),
        "penalty": chosen,
    }
    return Calibration(tuple(cases), Model(intercepts, weights, model().judged, provenance), said)


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
    for target in TARGETS:
        lines += ["", f"[{target}]", f"intercept = {found.intercepts[target]:.3f}", "", f"[{target}.weights]"]
        weights = sorted(found.weights[target].items())
        lines += [f"{json.dumps(clue, ensure_ascii=False)} = {weight:.3f}" for clue, weight in weights]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


_TITLES = {"value": "The value is right", "strict": "All of it is right"}
_HEAD = """\
# How far a confidence can be trusted

<!-- Written by kb calibrate-confidence; a test makes it anew and compares. -->

Each record carries two chances: `confidence`, that its metric, number and unit are right, and `confidence_strict`,
that its sample, control flag, current density and areal capacity are right as well.  They are read off clues of how the
record was read (`schema/confidence.toml` has their weights): how its metric and sample were found and how far off they
were named, what was repaired, whether it is said again, where it stands, whether its conditions were told with it.

The weights are a penalised logistic regression, in which papers that were in view while the rules were written share a
term of their own that is left out of the model: it speaks of papers that nobody has seen.  Every figure below is from
models that were learned without the paper they speak of.  The error is the expected calibration error; its interval is
a bootstrap over papers, then over their records (drawing adds scatter of its own, so that it leans upward), and beside
it stands what so many records would show by chance alone if every confidence were exact.  Few papers make it wide, and
it cannot show what other journals, fields and formats do.
"""
_PARTS = {
    False: "At first sight: records of papers that the rules had not seen when they read them.",
    True: "Papers in view while the rules were written (with the term for them).",
}


def as_report(found: Calibration) -> str:
    """Write what a calibration found, in Markdown."""
    parts = [_HEAD]
    for target in TARGETS:
        parts.append(f"## {_TITLES[target]}\n")
        for in_view, title in _PARTS.items():
            reliability = found.reliability(target, in_view)
            if len(reliability):
                papers = ", ".join(_of_papers(reliability))
                words = f"{title}\n\n{in_words(reliability)}.\n\nShare right by paper: {papers}."
                parts.append(f"{words}\n\n{as_table(reliability)}\n")
    parts.append("## What weighs most\n\nLog odds; a record starts from the intercept.\n")
    for target in TARGETS:
        start = f"{_TITLES[target]}, intercept {found.model.intercepts[target]:+.2f}:"
        parts.append(f"{start}\n\n{_strongest(found.model, target)}\n")
    return "\n".join(parts)


def _of_papers(reliability: Reliability) -> Iterator[str]:
    for paper in sorted(set(reliability.papers), key=str):
        rows = [p == paper for p in reliability.papers]
        yield f"{paper} {reliability.right[rows].mean():.2f} of {sum(rows)}"


def _strongest(found: Model, target: str, number: int = 12) -> str:
    weights = sorted(found.weights[target].items(), key=lambda item: (-abs(item[1]), item[0]))[:number]
    return "\n".join(
        ["| clue | weight |", "| --- | --- |", *(f"| {clue} | {weight:+.2f} |" for clue, weight in weights)]
    )


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
