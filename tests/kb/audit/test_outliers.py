"""Values far outside their stratum: what is one and what is none, and the same as by going through them one by one."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kb.audit.findings import Finding
from kb.audit.outliers import (
    FAR,
    FEWEST,
    FEWEST_PAPERS,
    LEAST_LOSS,
    LEAST_SPREAD,
    LOSSES,
    OF_THE_MEDIAN,
    Compared,
    pack,
    tell,
)
from kb.screening.strata import CURRENT_EDGES, band

Rows = list[dict[str, Any]]


def outliers(rows: Rows) -> list[Finding]:
    ordered = sorted(rows, key=itemgetter("paper_id"))
    packed = {paper: pack(of) for paper, of in groupby(ordered, key=itemgetter("paper_id"))}
    by_id = {row["id"]: row for row in rows}
    return sorted((tell(far, by_id[far.id]) for far in Compared.of(packed).far_out()), key=lambda f: f.measurements)


def twin(rows: Rows) -> dict[int, tuple[int, float]]:
    """Id of each outlier -> how many values it was compared with, z; of efficiencies and overpotentials."""
    strata = defaultdict(list)
    for row in rows:
        size = max(100 - row["value"], LEAST_LOSS) if row["metric"] in LOSSES else row["value"]
        if size > 0 and not (row["metric"] in LOSSES and row["value"] > 100):
            current = band(row["current_density_mA_cm2"], CURRENT_EDGES, "")
            strata[row["metric"], row["cell"], row["electrolyte_class"], current].append((math.log(size), row))
    out = {}
    for members in strata.values():
        if len(members) < FEWEST or len({row["paper_id"] for _, row in members}) < FEWEST_PAPERS:
            continue
        middle = median(size for size, _ in members)
        spread = max(OF_THE_MEDIAN * median(abs(size - middle) for size, _ in members), LEAST_SPREAD)
        for size, row in members:
            if abs(size - middle) / spread > FAR:
                out[row["id"]] = len(members), round(abs(size - middle) / spread, 2)
    return out


def values(*of: float, papers: int = 20, **more: Any) -> Rows:
    row = {"metric": "overpotential", "unit": "mV", "value_max": None, "qualifier": "=", "cell": "Li|Li symmetric",
           "electrolyte_class": None, "current_density_mA_cm2": 1.0, **more}  # fmt: skip
    return [{**row, "id": n, "paper_id": n % papers, "value": v} for n, v in enumerate(of)]


def test_a_value_far_outside_its_stratum() -> None:
    usual = [10.0 + n for n in range(20)]
    (found,) = outliers(values(*usual, 1000.0))
    assert (found.severity, found.measurements) == ("amber", (20,))
    assert "median of 21 values (Li|Li symmetric, 0.75-1.5 mA/cm²)" in found.said
    assert not outliers(values(*usual[:5], 1000.0)), "too few"
    assert not outliers(values(*usual, 1000.0, papers=3)), "of too few papers"
    assert not outliers(values(*usual, 1000.0, metric="potential"))
    apart = values(*usual)
    assert not outliers([*apart, {**apart[0], "id": 20, "value": 1000.0, "current_density_mA_cm2": 10.0}])


def test_efficiencies_are_compared_by_what_is_lost() -> None:
    usual = [98.0 + 0.05 * n for n in range(20)]
    assert [f.measurements for f in outliers(values(*usual, 60.0, metric="coulombic_efficiency"))] == [(20,)]
    assert not outliers(values(*usual, 99.2, 105.0, metric="coulombic_efficiency"))


VALUES = st.floats(90, 110) | st.sampled_from(
    [97.0, 98.0, 98.5, 99.0, 99.2, 99.5, 100.0, 104.0, 1e-300, 0.0, -3.0, 5000.0]
)
ROWS = st.fixed_dictionaries({
    "metric": st.sampled_from(["coulombic_efficiency", "overpotential"]), "value": VALUES, "unit": st.just("x"),
    "cell": st.sampled_from([None, "Li|Cu half"]), "electrolyte_class": st.just(None),
    "current_density_mA_cm2": st.sampled_from([None, 1.0, 1.2, 30.0]), "paper_id": st.integers(1, 6),
    "value_max": st.none(), "qualifier": st.just("="),
})  # fmt: skip


@given(st.lists(ROWS, max_size=120))
def test_they_are_those_that_are_found_one_by_one(rows: Rows) -> None:
    rows = [{**row, "id": n} for n, row in enumerate(rows)]
    found = outliers(rows)
    assert {f.measurements[0]: f.ratio for f in found} == {id: z for id, (_, z) in twin(rows).items()}
    for finding in found:
        assert f"the median of {twin(rows)[finding.measurements[0]][0]} values" in finding.said
