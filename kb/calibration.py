"""The weights of ``extractors/confidence.py``, learned from gold: which clues tell that a record is right.

A penalised logistic regression for each of three chances: that the value is right; where it is, that the sample is;
where both are, that the main conditions are.  Each takes the few families of clues that made it better on papers left
out (``CLUES``).  Papers that were in view while the rules of mining were written come out too well; they share one term
(``IN_VIEW``) that is left out of the model, so that it speaks of papers nobody has seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from extractors.confidence import AGREES, DOES_NOT, PARTS, Model, clues_of, model
from extractors.sections import is_supplement
from kb.claims import same_main_conditions, same_sample
from kb.evaluation import Evaluation
from kb.gold import Gold, json_lines, records_of
from kb.reliability import Reliability, draws_of_papers
from schema.errors import BadGold, MissingExtra
from schema.records import AGREED, DISAGREED

if TYPE_CHECKING:
    from schema.records import Mined

CLUES: Mapping[str, tuple[str, ...]] = {
    "value": (
        "metric", "unit", "flag", "its value", "said again", "samples in the sentence", "made of", "second miner"
    ),
    "sample": ("link", "sample named", "made of"),
    "conditions": ("conditions", "metric", "rivals", "results in the sentence"),
}  # fmt: skip
NOT_ALWAYS = AGREES.partition(":")[0]  # a family that is only there where a second miner was asked
TARGETS = ("value", "strict")
SILENT = "silent"  # beside AGREED and DISAGREED: a second miner reads nothing in that place
READINGS = (AGREED, DISAGREED, SILENT)
FEWEST = 5  # records that must show a clue, else it gets no weight
PENALTIES = (0.03, 0.1, 0.3, 1.0)  # candidates for C of scikit-learn; the best on the papers left out is taken
UNPENALISED = 10.0  # scale of IN_VIEW, so that its penalty is next to none
DRAWS_OF_LIFT = 200  # each is learned anew
LEAST = 0.01  # smaller weights are not written
Floats = NDArray[np.float64]


@cache
def family(clue: str) -> str:
    """Give the family of a clue: what stands before its colon."""
    return clue.partition(":")[0]


@dataclass(frozen=True)
class Case:
    """A mined record of which gold says whether it is right.

    Attributes
    ----------
    right : of each of PARTS; of a record whose value is wrong, no other part is right either
    in_view : whether its paper was known to those who wrote the rules
    second : one of READINGS; "" where no second miner was asked
    other_format : what the same paper in another file says of it (``kb.formats.READINGS``); "" where there is none
    """

    paper: str
    clues: tuple[str, ...]
    right: Mapping[str, bool]
    in_view: bool = False
    second: str = ""
    other_format: str = ""

    def is_right(self, target: str) -> bool:
        """Say whether the value is right, or of "strict" all of the record."""
        return self.right["value"] if target == "value" else all(self.right[part] for part in PARTS)


def cases_of(gold: Gold, mined: Iterable[Mined], in_view: bool = False, asked_second: bool = False) -> Iterator[Case]:
    """Give the records of mined documents that gold judges; what is neither hit nor miss is left out.

    Parameters
    ----------
    asked_second : whether a second miner read them too
    """
    from kb.formats import reading_of

    documents = [(d, records_of(d)) for d in mined]
    for document, records in documents:
        paper = gold.sources[document.document.source]
        others = [
            their_records
            for other, their_records in documents
            if other is not document
            and gold.sources[other.document.source] == paper
            and not is_supplement(other.document)
        ]
        clues = {r["id"]: clues_of(m) for r, m in zip(records, document.measurements, strict=True)}
        scored = Evaluation.of(gold, records).scored()[document.document.source]
        nothing = dict.fromkeys(PARTS, False)
        judged = [(claim.record, nothing) for claim in scored.made_up]
        for hit in scored.hits:
            sample = same_sample(hit.gold, hit.told)
            conditions = same_main_conditions(hit.gold, hit.told, gold.facts[paper])
            judged.append((hit.told.record, {"value": True, "sample": sample, "conditions": conditions}))
        for record, right in judged:
            second = next((flag for flag in (AGREED, DISAGREED) if flag in record["flags"]), SILENT)
            reading = reading_of(record, others[0]) if others else ""
            yield Case(paper, clues[record["id"]], right, in_view, second if asked_second else "", reading)


def read_cases(path: Path) -> list[Case]:
    """Read judged records that were kept: JSON Lines of paper, clues, value, sample, conditions, maybe second.

    Raises
    ------
    BadGold
        Where the file cannot be read.
    """
    rows = json_lines(path, ("paper", "clues", *PARTS), "value", needed=True)
    asked = {AGREED: (AGREES,), DISAGREED: (DOES_NOT,), SILENT: (DOES_NOT,)}
    return [
        Case(r["paper"], (*r["clues"], *asked.get(s, ())), {p: bool(r[p]) for p in PARTS}, second=s)
        for r in rows
        for s in [r.get("second", "")]
    ]


def judged_on(cases: Sequence[Case], part: str) -> list[Case]:
    """Give the cases that tell of a part: those of which the parts before it are right."""
    before = PARTS[: PARTS.index(part)]
    return [case for case in cases if all(case.right[p] for p in before)]


def fit(
    cases: Sequence[Case], part: str, penalty: float, families: Collection[str] | None = None
) -> tuple[float, dict[str, float], float]:
    """Learn the intercept, the weights of the clues, and the term of the papers in view [log odds].

    Where all cases are alike nothing can be learned of the clues: the intercept is that of Laplace's rule.

    Parameters
    ----------
    families : of clues, in place of those of CLUES

    Raises
    ------
    MissingExtra
        Where scikit-learn is not installed.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("kb calibrate-confidence", "calibrate") from error
    cases = judged_on(cases, part)
    taken = CLUES[part] if families is None else families
    # Cases that look alike are one row that counts as often.
    alike = Counter(
        (tuple(clue for clue in case.clues if family(clue) in taken), case.in_view, case.right[part]) for case in cases
    )
    seen: Counter[str] = Counter()
    for (clues, _, _), number in alike.items():
        seen.update(dict.fromkeys(clues, number))
    names = sorted(clue for clue, number in seen.items() if number >= FEWEST)
    place = {name: i for i, name in enumerate(names)}
    known = np.zeros((len(alike), len(names) + 1))
    for row, (clues, in_view, _) in zip(known, alike, strict=True):
        row[[place[clue] for clue in clues if clue in place]] = 1
        row[-1] = UNPENALISED * in_view
    right = [is_right for _, _, is_right in alike]
    if len(set(right)) < 2:
        number = len(cases)
        return float(np.log((number * all(right) + 1) / (number * (not any(right)) + 1))), {}, 0.0
    learner = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-8)
    learned = learner.fit(known, right, sample_weight=list(alike.values()))
    *learned_weights, view = map(float, learned.coef_[0])
    intercept, weights = float(learned.intercept_[0]), dict(zip(names, learned_weights, strict=True))
    # Where no second miner was asked, a record is taken as the average of those where one was.
    asked = [clue for clue in names if family(clue) == NOT_ALWAYS]
    mean = sum(weights[clue] * seen[clue] for clue in asked) / max(sum(seen[clue] for clue in asked), 1)
    weights.update({clue: weights[clue] - mean for clue in asked})
    return intercept + mean, weights, view * UNPENALISED


def left_out(
    cases: Sequence[Case], part: str, penalty: float, families: Collection[str] | None = None, alone: bool = False
) -> Floats:
    """Give each case the chance that a model says which was learned without its paper; shape (cases,).

    Parameters
    ----------
    alone : say it as if no second miner had been asked
    """
    said = np.zeros(len(cases))
    for paper in {case.paper for case in cases}:
        intercept, weights, view = fit([c for c in cases if c.paper != paper], part, penalty, families)
        if alone:
            weights = {clue: w for clue, w in weights.items() if family(clue) != NOT_ALWAYS}
        for i, case in enumerate(cases):
            if case.paper == paper:
                said[i] = _chance(case, intercept, weights, view)
    return said


def _chance(case: Case, intercept: float, weights: Mapping[str, float], view: float) -> float:
    odds = intercept + sum(weights.get(clue, 0.0) for clue in case.clues) + view * case.in_view
    return float(1 / (1 + np.exp(-odds)))


def log_loss(cases: Sequence[Case], part: str, said: Floats) -> float:
    """Give the mean log loss of a part over the cases that tell of it [nat]."""
    told = [i for i, case in enumerate(cases) if all(case.right[p] for p in PARTS[: PARTS.index(part)])]
    right = np.array([cases[i].right[part] for i in told])
    return float(-np.mean(np.log(np.where(right, said[told], 1 - said[told]))))


@dataclass(frozen=True)
class Calibration:
    """A model, and how it did on the papers that were left out.

    Attributes
    ----------
    said : of each of PARTS the chances of the cases, each from a model that had not seen its paper, as if no second
        miner had been asked
    """

    cases: tuple[Case, ...]
    model: Model
    said: Mapping[str, Floats]

    def reliability(self, target: str, in_view: bool, asked_second: bool = False) -> Reliability:
        """Compare what was said of papers left out with what was right, of those in view or of the others.

        Parameters
        ----------
        target : one of TARGETS
        asked_second : as what a second miner says is known too
        """
        rows = [i for i, case in enumerate(self.cases) if case.in_view == in_view]
        said = dict(self.said)
        if asked_second:
            said["value"] = left_out(self.cases, "value", self.model.provenance["penalty"]["value"])
        chances = said["value"] if target == "value" else np.prod([said[part] for part in PARTS], axis=0)
        right = [self.cases[i].is_right(target) for i in rows]
        return Reliability.of(chances[rows], right, [self.cases[i].paper for i in rows])

    def gains(self, part: str) -> dict[str, float]:
        """Say of each family of clues how much it lowers the log loss on papers left out [nat a record].

        Of a family of CLUES against doing without it; of another one against not having it.
        """
        penalty = self.model.provenance["penalty"][part]
        loss = log_loss(self.cases, part, left_out(self.cases, part, penalty))
        families = {family(clue) for case in self.cases for clue in case.clues}
        gains = {}
        for one in sorted(families):
            other = log_loss(self.cases, part, left_out(self.cases, part, penalty, set(CLUES[part]) ^ {one}))
            gains[one] = other - loss if one in CLUES[part] else loss - other
        return gains

    def with_clues_chosen_anew(self) -> Calibration:
        """Say how it would do had the clues been chosen without the paper that is left out.

        Taken is every family that by itself lowers the log loss on the other papers, each left out in turn.
        """
        families = sorted({family(clue) for case in self.cases for clue in case.clues} - {NOT_ALWAYS})
        said = {part: np.zeros(len(self.cases)) for part in PARTS}
        for paper in {case.paper for case in self.cases}:
            others = [case for case in self.cases if case.paper != paper]
            own = [i for i, case in enumerate(self.cases) if case.paper == paper]
            for part, penalty in self.model.provenance["penalty"].items():
                alone = {f: log_loss(others, part, left_out(others, part, penalty, {f})) for f in ("", *families)}
                taken = {f for f in families if alone[f] < alone[""]}
                learned = fit(others, part, penalty, taken)
                said[part][own] = [_chance(self.cases[i], *learned) for i in own]
        return replace(self, said=said)

    def lift(self) -> tuple[float, tuple[float, float]]:
        """Give what it adds to the log odds of a value that a second miner agrees, against that it does not.

        Its 95 % interval is drawn over papers, as :meth:`kb.reliability.Reliability.interval` does.
        """
        penalty = self.model.provenance["penalty"]["value"]
        draws = islice(draws_of_papers([case.paper for case in self.cases]), DRAWS_OF_LIFT)
        drawn = [_lift(fit([self.cases[i] for i in rows], "value", penalty)[1]) for rows in draws]
        low, high = np.quantile(drawn, (0.025, 0.975))
        return _lift(self.model.weights["value"]), (float(low), float(high))


def _lift(weights: Mapping[str, float]) -> float:
    return weights.get(AGREES, 0.0) - weights.get(DOES_NOT, 0.0)


def calibrate(cases: Sequence[Case]) -> Calibration:
    """Learn a model of confidence.

    Raises
    ------
    BadGold
        Where there are fewer than three papers, so that none can be left out; or all values are right, or none.
    MissingExtra
        Where scikit-learn is not installed.
    """
    papers = sorted({case.paper for case in cases})
    if len(papers) < 3:
        raise BadGold(f"gold of {len(papers)} papers is too little to leave one out; add some (kb annotate begins one)")
    right = [case.right["value"] for case in cases]
    if len(set(right)) < 2:
        raise BadGold(f"{len(right)} records, {'all' if all(right) else 'none'} of them right; add gold to learn from")
    intercepts, weights, said, chosen = {}, {}, {}, {}
    for part in PARTS:
        tried = {penalty: left_out(cases, part, penalty) for penalty in PENALTIES}
        chosen[part] = min(PENALTIES, key=lambda penalty: log_loss(cases, part, tried[penalty]))
        said[part] = left_out(cases, part, chosen[part], alone=True)
        intercepts[part], learned, _ = fit(cases, part, chosen[part])
        weights[part] = {clue: w for clue, w in learned.items() if abs(w) >= LEAST}
    provenance = {
        "papers": papers,
        "records": len(cases),
        "records_unseen": sum(not case.in_view for case in cases),
        "penalty": chosen,
    }
    return Calibration(tuple(cases), Model(intercepts, weights, model().judged, provenance), said)
