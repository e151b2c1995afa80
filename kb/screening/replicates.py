"""How far one value of a metric lies from the next, as far as papers tell: spreads they print, and repeated statements.

A paper that prints "98.1 ± 0.4" says it, and one that gives two values of one sample under one condition shows it.
Both are pooled over a base, metric by metric, and held to the assumed deviation where there are few.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import variance
from typing import Any

from kb.screening.effects import LOSS_METRICS

PRIOR_FREEDOM = 6.0  # degrees of freedom that the assumed deviation counts for (judgement: three papers of three cells)
CELLS = 3  # behind a spread of which the paper does not say how many cells (judgement)
MOST_LOG = 2.0  # a larger deviation is no repetition, but something else than was taken for it
_SPREAD = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s?(?:%|[A-Za-zµμΩ°][\w/ ^²⁻¹−-]{0,12}?)?\s?"
    r"\(?\s?(?:±|\+/?[-−–])\s?(?P<spread>\d+(?:\.\d+)?)"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIGN = re.compile("[±+]")
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNT = re.compile(
    rf"\b(?:n\s?=\s?(?P<n>\d{{1,2}})\b|(?P<cells>\d{{1,2}}|{'|'.join(_WORDS)})\s(?:\w+\s){{0,2}}"
    r"(?:cells|replicates|repeats|batteries|specimens|samples)\b)",
    re.IGNORECASE,
)
_SAME = (
    "paper_id", "cited_ref", "components", "subject", "substrate", "is_control", "metric", "unit", "cell",
    "current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "cycle_first", "cycle_last", "at_cycle", "c_rate",
    "temperature_C", "time_h", "np_ratio", "electrolyte_class",
)  # fmt: skip
_STATED = ("current_density_mA_cm2", "areal_capacity_mAh_cm2")  # without these two values may be of two tests


@dataclass(frozen=True)
class Replicates:
    """What replicates say of one value of a metric.

    Attributes
    ----------
    sd : standard deviation of a value, held to the assumed one [ln units]
    results : that were replicated
    freedom : their degrees of freedom
    """

    sd: float
    results: int
    freedom: int


def replicates(rows: Iterable[Mapping[str, Any]], assumed: float) -> dict[str, Replicates]:
    """Pool the spreads of each metric.

    Parameters
    ----------
    rows : of measurement_view
    assumed : standard deviation of a value where nothing is known [ln units]

    Returns
    -------
    dict of metric -> Replicates; without the metrics of which no replicate is known

    References
    ----------
    Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6: the scale of a variance with a scaled inverse
    chi-squared prior; physics.md section g3.

    Examples
    --------
    >>> row = {**dict.fromkeys(_SAME), "metric": "overpotential", "value": 20.0, "value_max": None, "qualifier": "=",
    ...        "value_reported": "20", "flags": "[]", "evidence": "It took 20 ± 2 mV (n = 5)."}
    >>> found = replicates([row], assumed=0.3)["overpotential"]
    >>> round(found.sd, 3), found.results, found.freedom
    (0.241, 1, 4)
    """
    squares: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for metric, deviation, freedom in _deviations([r for r in rows if r["qualifier"] in "=~" and r["flags"] == "[]"]):
        if 0.0 < deviation <= MOST_LOG:
            squares[metric].append((freedom * deviation**2, freedom))
    out = {}
    for metric, found in squares.items():
        freedom = sum(f for _, f in found)
        pooled = (PRIOR_FREEDOM * assumed**2 + sum(s for s, _ in found)) / (PRIOR_FREEDOM + freedom)
        out[metric] = Replicates(math.sqrt(pooled), len(found), freedom)
    return out


def _deviations(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float, int]]:
    """Give metric, standard deviation [ln units] and degrees of freedom of each result that was replicated."""
    told: dict[tuple[Any, ...], dict[float, float]] = defaultdict(dict)
    printed: set[Hashable] = set()
    for row in rows:
        value = _logarithm(row["metric"], row["value"])
        if value is None or row["value_max"] is not None:
            continue
        key = tuple(row[name] for name in _SAME)
        spread = _printed_spread(row)
        if spread is not None and (key, row["value"]) not in printed:  # once, in however many formats it is told
            printed.add((key, row["value"]))
            scale = 100 - row["value"] if row["metric"] in LOSS_METRICS else row["value"]
            yield row["metric"], spread / scale, _cells(row["evidence"]) - 1
        elif spread is None and all(row[name] is not None for name in _STATED):
            told[key].setdefault(row["value"], value)
    for test, values in told.items():
        if len(values) > 1:  # one number twice is one result twice, not two cells
            yield test[_SAME.index("metric")], math.sqrt(variance(values.values())), len(values) - 1


def _logarithm(metric: str, value: float) -> float | None:
    scale = 100 - value if metric in LOSS_METRICS else value
    return math.log(scale) if scale > 0 and math.isfinite(scale) else None


def _printed_spread(row: Mapping[str, Any]) -> float | None:
    """Give what stands behind ± after the number, in the unit of the metric."""
    evidence, number = row["evidence"] or "", _NUMBER.match(row["value_reported"] or "")
    if number is None or float(number[0]) == 0 or not _SIGN.search(evidence):
        return None
    # Converted by the ratio of the numbers, for value and spread share a unit.
    scale = row["value"] / float(number[0])
    return next((float(m["spread"]) * scale for m in _SPREAD.finditer(evidence) if m["number"] == number[0]), None)


def _cells(evidence: str) -> int:
    found = _COUNT.search(evidence)
    if found is None:
        return CELLS
    told = (found["n"] or found["cells"]).lower()
    number = _WORDS.get(told) or int(told)
    return number if number > 1 else CELLS
