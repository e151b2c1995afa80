"""How sure a record is: from clues of how it was read to the chance that it is right.

The weights of the clues are in ``schema/confidence.toml``, which ``kb calibrate-confidence`` makes from gold.
"""

from __future__ import annotations

import math
import os
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
from extractors.sections import kind_of_section
from extractors.statements import Result, Statement
from schema.errors import BadVocabulary
from schema.records import Measurement

MODEL = Path(schema.__file__).parent / "confidence.toml"
TARGETS = ("value", "strict")
IN_A_TABLE = ("metric by the head of a column", "sample by the label of a row")
AGAIN, ELSEWHERE = "said again", "said again in another section"
TWO_SAMPLES = "value given to two samples"
_OUTRIGHT = ("named", "unit", "respectively")
_NEAR, _FAR = 5, 12  # words
_FEW = 3
Rating = tuple[float, float, str]  # the chance that the value is right, that all is; why
_MAIN = {"current_density_mA_cm2": "current density", "areal_capacity_mAh_cm2": "areal capacity"}


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
    reason = result.reason if result.reason in _OUTRIGHT else "by a rule of its kind"
    clues = [f"metric {reason if not result.reason.startswith('carried') else 'carried over'}", f"sample {rule}"]
    gaps = [_words(text, q, c.start, c.end) for c in statement.cues if c.metric == result.metric.name]
    if result.reason == "named" and gaps:
        clues.append(f"metric named {_distance(min(gaps))}")
    if sample and statement.start <= sample.start < sample.end <= statement.end and sample.text in statement.text:
        clues.append(f"sample named {_distance(_words(text, q, sample.start, sample.end))}")
    kind = metrics_of_kind(kind_of(q.unit))
    if any(c.metric != result.metric.name and c.metric in kind for c in statement.cues):
        clues.append("another metric of its unit in the sentence")
    clues.append(f"results in the sentence: {_crowd(len(results))}")
    samples = {s.components or s.text for s in statement.samples}
    clues.append(f"samples in the sentence: {_crowd(len(samples))}")
    return tuple(clues)


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
    m, c = measurement, measurement.conditions
    parts = len(set(m.subject.components) - {"Li"})
    shown = [
        *(m.clues if noted is None else noted),
        *(f"flag {flag}" for flag in m.flags if ":" not in flag),
        f"measured in {m.unit}",
        f"provenance {m.provenance}",
        f"section {kind_of_section(m.evidence.section)}",
        "sample made of nothing named" if not parts else "sample of one part" if parts == 1 else "sample of parts",
    ]
    if m.is_control:
        shown.append("sample the control")
    for key, name in _MAIN.items():
        how = "not told" if getattr(c, key) is None else "carried over" if key in c.conditions_far else "told with it"
        shown.append(f"{name} {how}")
    return tuple(dict.fromkeys(shown))


@dataclass(frozen=True)
class Model:
    """Weights of clues in log odds.

    Attributes
    ----------
    intercepts, weights : for each of TARGETS, learned from gold
    judged : weights of clues too rare in the gold, for all targets
    provenance : what it was learned from
    """

    intercepts: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    judged: Mapping[str, float]
    provenance: Mapping[str, Any]

    def chance(self, clues: Sequence[str], target: str) -> float:
        """Give the chance that a record with some clues is right, 0 to 1; clues that were never seen weigh nothing."""
        learned, judged = self.weights[target], self.judged
        odds = self.intercepts[target] + sum(learned.get(clue, judged.get(clue, 0.0)) for clue in clues)
        return 1 / (1 + math.exp(-odds))

    def reasons(self, clues: Sequence[str], number: int = 3) -> str:
        """Name the clues that weigh most in the chance that the value is right."""
        learned, judged = self.weights["value"], self.judged
        known = {clue: learned.get(clue, judged.get(clue, 0.0)) for clue in clues}
        most = sorted((c for c in known if known[c]), key=lambda c: -abs(known[c]))[:number]
        return ", ".join(f"{clue} ({known[clue]:+.1f})" for clue in most) or "nothing speaks for it or against it"


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
            {target: float(told[target]["intercept"]) for target in TARGETS},
            {target: told[target]["weights"] for target in TARGETS},
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
        out.append(
            replace(m, clues=noted, confidence=value, confidence_strict=min(value, strict), steps=(*m.steps, told))
        )
    return out


def _rating(clues: tuple[str, ...], weights: Model) -> Rating:
    value, strict = (round(weights.chance(clues, target), 3) for target in TARGETS)
    return value, strict, f"confidence {value:.2f}, of the whole {min(value, strict):.2f}: {weights.reasons(clues)}"
