"""How sure a record is: from clues of how it was read to the chance that it is right.

A clue is "family: what was seen".  Three chances are read off them: that the value is right, that then the sample is,
and that then the main conditions are; their product is the chance that all of the record is right.  The weights of the
clues are in ``schema/confidence.toml``, which ``kb calibrate-confidence`` makes from gold.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import schema
from extractors.cast import Sample
from extractors.cues import metrics_of_kind, words_between
from extractors.kinds import kind_of
from extractors.quantities import Quantity
from extractors.scope import CELL_METRICS
from extractors.sections import kind_of_section
from extractors.statements import Result, Statement
from schema.errors import BadVocabulary
from schema.records import AGREED, DISAGREED, Measurement

MODEL = Path(schema.__file__).parent / "confidence.toml"
PARTS = ("value", "sample", "conditions")
AGREES, DOES_NOT = "second miner: agrees", "second miner: does not"  # where it was asked
IN_A_TABLE = ("metric: by the head of a column", "link: label of its row")
AGAIN, ELSEWHERE = "said again: anywhere", "said again: in another section"
TWO_SAMPLES = "its value: given to two samples"
_OUTRIGHT = ("named", "unit", "respectively")
_NEAR, _FAR = 5, 12  # words
_FEW = 3
Rating = tuple[float, float, str]  # the chance that the value is right, that all is; why
_MAIN = ("current_density_mA_cm2", "areal_capacity_mAh_cm2")
_NEW_CLAUSE = re.compile(r"[;,]|\s(?:while|whereas|but)\s")
# What kind of link each rule of ``extractors.linking`` makes, but for the nearest sample: see _link.
_LINKS = {
    **dict.fromkeys(
        (
            "respectively", "as many samples as values", "in brackets behind it", "in brackets behind the value",
            "for the sample behind it", "in a clause of the sample compared with", "the former or the latter",
        ),
        "by the wording",
    ),
    **dict.fromkeys(
        (
            "first of a versus pair", "second of a versus pair", "second of a versus pair, unnamed",
            "before the treatment", "after the treatment",
        ),
        "by a contrast",
    ),
    **dict.fromkeys(("subject of the sentence before", "compared with another"), "carried over"),
    "the paper's protagonist": "the paper's own sample",
}  # fmt: skip


def noted(
    result: Result, statement: Statement, sample: Sample | None, rule: str, results: Sequence[Quantity]
) -> tuple[str, ...]:
    """Note the clues of a result that only its sentence shows: the links to its metric and its sample.

    Parameters
    ----------
    rule : by which the sample was found (``extractors.linking.link``)
    results : all results of the sentence
    """
    q, text = result.quantity, statement.passage.text
    here = sample and statement.start <= sample.start < sample.end <= statement.end and sample.text in statement.text
    reason = result.reason if result.reason in _OUTRIGHT else "by a rule of its kind"
    clues = [
        f"metric: {reason if not result.reason.startswith('carried') else 'carried over'}",
        f"link: {_link(q, text, sample if here else None, rule)}",
    ]
    gaps = [_words(text, q, c.start, c.end) for c in statement.cues if c.metric == result.metric.name]
    if result.reason == "named" and gaps:
        clues.append(f"metric named: {_distance(min(gaps))}")
    if sample and here:
        clues.append(f"sample named: {_distance(_words(text, q, sample.start, sample.end))}")
    kind = metrics_of_kind(kind_of(q.unit))
    if any(c.metric != result.metric.name and c.metric in kind for c in statement.cues):
        clues.append("rivals: another metric of its unit")
    clues.append(f"results in the sentence: {_crowd(len(results))}")
    samples = {s.components or s.text for s in statement.samples}
    clues.append(f"samples in the sentence: {_crowd(len(samples))}")
    return tuple(clues)


def _link(q: Quantity, text: str, sample: Sample | None, rule: str) -> str:
    """Say what kind of link a rule makes; of the nearest sample also where it stands."""
    if rule != "nearest in the sentence":
        return _LINKS.get(rule, "of its kind")
    if sample is None or sample.end > q.start:
        return "nearest, behind the value"
    return f"nearest, in its {'sentence' if _NEW_CLAUSE.search(text, sample.end, q.start) else 'clause'}"


def _words(text: str, q: Quantity, start: int, end: int) -> int:
    return words_between(text, end, q.start) if end <= q.start else words_between(text, q.end, start)


def _crowd(number: int) -> str:
    return "many" if number > _FEW else ("no", "one", "few", "few")[number]


def _distance(words: int) -> str:
    return "beside it" if words <= _NEAR else "near it" if words <= _FAR else "far from it"


def repeated(one: Measurement, two: Measurement) -> tuple[str, ...]:
    """Give the clues of a fact that a document states in two places."""
    apart = kind_of_section(one.evidence.section) != kind_of_section(two.evidence.section)
    return (AGAIN, ELSEWHERE) if apart else (AGAIN,)


def clues_of(measurement: Measurement, noted: Sequence[str] | None = None) -> tuple[str, ...]:
    """Give all clues of a record: those noted while it was read, or those given, and those that it shows itself."""
    m = measurement
    parts = len(set(m.subject.components) - {"Li"})
    shown = (
        *(m.clues if noted is None else noted),
        *(f"flag: {flag}" for flag in m.flags if ":" not in flag and flag not in (AGREED, DISAGREED)),
        f"unit: {m.unit}",
        f"provenance: {m.provenance}",
        f"section: {kind_of_section(m.evidence.section)}",
        f"made of: {'nothing named' if not parts else 'one part' if parts == 1 else 'parts'}",
        f"control: {'yes' if m.is_control else 'no'}",
        f"conditions: {_conditions(m)}",
    )
    return tuple(dict.fromkeys(shown))


def _conditions(m: Measurement) -> str:
    """Say what is known of current density and areal capacity; only what is read off a cycled cell has them."""
    told = [key for key in _MAIN if getattr(m.conditions, key) is not None]
    if m.metric not in CELL_METRICS:
        return "told of no cell" if told else "no cell"
    if len(told) < len(_MAIN):
        return "one of two" if told else "neither"
    return "both, carried over" if set(told) & set(m.conditions.conditions_far) else "both, told with it"


@dataclass(frozen=True)
class Model:
    """Weights of clues in log odds.

    Attributes
    ----------
    intercepts, weights : for each of PARTS, learned from gold; of sample and conditions given that what stands before
        them in PARTS is right
    judged : weights of clues too rare in the gold, for the value
    provenance : what it was learned from
    """

    intercepts: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    judged: Mapping[str, float]
    provenance: Mapping[str, Any]

    def chance(self, clues: Sequence[str], part: str) -> float:
        """Give the chance that a part of a record is right, 0 to 1; clues that were never seen weigh nothing."""
        known = self._known(clues, part)
        return 1 / (1 + math.exp(-self.intercepts[part] - sum(known.values())))

    def chance_of_all(self, clues: Sequence[str]) -> float:
        """Give the chance that value, sample and main conditions are right; never above that of the value."""
        return math.prod(self.chance(clues, part) for part in PARTS)

    def reasons(self, clues: Sequence[str], number: int = 3) -> str:
        """Name the clues that weigh most in the chance that all is right."""
        total: Counter[str] = Counter()
        for part in PARTS:
            total.update(self._known(clues, part))
        most = sorted((clue for clue in total if round(total[clue], 1)), key=lambda clue: -abs(total[clue]))[:number]
        return ", ".join(f"{clue} ({total[clue]:+.1f})" for clue in most) or "nothing speaks for it or against it"

    def _known(self, clues: Sequence[str], part: str) -> dict[str, float]:
        judged = self.judged if part == PARTS[0] else {}
        return {clue: self.weights[part].get(clue, judged.get(clue, 0.0)) for clue in clues}


def model() -> Model:
    """Give the model in force: ``confidence.toml`` in the folder of ``KB_VOCABULARY``, else the one that is shipped.

    Raises
    ------
    BadVocabulary
        Where it cannot be read.
    """
    own = Path(os.environ.get("KB_VOCABULARY") or MODEL.parent) / MODEL.name
    return read_model(own if own.is_file() else MODEL)


@lru_cache(maxsize=4)
def read_model(path: Path) -> Model:
    """Read a model that ``kb calibrate-confidence`` has written."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return Model(
            {part: float(told[part]["intercept"]) for part in PARTS},
            {part: told[part]["weights"] for part in PARTS},
            told.get("judged", {}),
            told.get("provenance", {}),
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        remedy = "make it anew with kb calibrate-confidence --model, or remove it"
        raise BadVocabulary(f"{path}: is no model of confidence ({error!r}); {remedy}") from error


def rated(measurements: Sequence[Measurement]) -> list[Measurement]:
    """Say how sure the records of one document are.

    ``confidence_strict`` is never above ``confidence``: a record that is strictly right is right.
    """
    weights = model()
    given = Counter((m.metric, m.value, m.value_max) for m in measurements)
    known: dict[tuple[str, ...], Rating] = {}  # in a table many rows show the same clues
    out = []
    for m in measurements:
        # Where one value of a metric is given to two samples, one of the two may be a wrong link.
        noted = (*m.clues, TWO_SAMPLES) if given[m.metric, m.value, m.value_max] > 1 else m.clues
        clues = clues_of(m, noted)
        if clues not in known:
            known[clues] = _rating(clues, weights)
        value, strict, told = known[clues]
        out.append(replace(m, clues=noted, confidence=value, confidence_strict=strict, steps=(*m.steps, told)))
    return out


def _rating(clues: tuple[str, ...], weights: Model) -> Rating:
    value, strict = round(weights.chance(clues, "value"), 3), round(weights.chance_of_all(clues), 3)
    return value, strict, f"confidence {value:.2f}, of the whole {strict:.2f}: {weights.reasons(clues)}"


def rated_again(measurement: Measurement, agrees: bool) -> Measurement:
    """Say how sure a record is once a second miner was asked whether it reads the same."""
    clue, before, strict = AGREES if agrees else DOES_NOT, measurement.confidence, measurement.confidence_strict
    value = shifted(before, model().weights["value"].get(clue, 0.0))
    if strict is not None and before:
        strict = round(strict * value / before, 3)  # of sample and conditions it tells nothing
    clues = (*measurement.clues, clue)
    return replace(measurement, confidence=round(value, 3), confidence_strict=strict, clues=clues)


def shifted(chance: float, shift: float) -> float:
    """Move a chance in log odds.

    Examples
    --------
    >>> round(shifted(0.5, 1.0), 3), shifted(1.0, -2.0), shifted(0.0, 3.0)
    (0.731, 1.0, 0.0)
    """
    odds = chance * math.exp(shift)
    return odds / (odds + (1 - chance))
