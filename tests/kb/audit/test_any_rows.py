"""No rule stumbles over what a paper may say, however odd: an ingestion ends with them."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.audit import RULES, SEVERITIES
from kb.audit.outliers import Compared, pack, tell
from kb.audit.rules import check_paper
from kb.audit.told import CONDITIONS
from schema.records import QUALIFIERS
from schema.vocabulary import vocabulary

METRICS = (
    "coulombic_efficiency", "cycling_hours", "cycle_count", "failure_cycle", "areal_capacity", "lithium_excess",
    "exchange_current_density", "charge_transfer_resistance", "interfacial_resistance", "overpotential", "improvement",
    "capacity_retention_per_cycle", "other",
)  # fmt: skip
odd = st.sampled_from([0.0, -1.0, 1e-300, 1e300, 5e-324, 100.0, 99.99, 83.3, 1.0, 4.0]) | st.floats(
    allow_nan=False, allow_infinity=False
)
NUMBERS = {name: st.none() | odd for name in CONDITIONS if name not in ("cell", "electrolyte_class")}


@st.composite
def row(draw: st.DrawFn) -> dict[str, Any]:
    metric, control, document = draw(st.sampled_from(METRICS)), draw(st.booleans()), draw(st.integers(1, 3))
    known = vocabulary().metrics
    low, high = sorted((draw(odd), draw(odd)))
    made_of = draw(st.sampled_from(["Cu", "PVDF", "Li + PVDF", "a|b"]))
    return {
        "paper_id": draw(st.integers(1, 2)), "document_id": document, "source": f"{document}.md",
        "path": f"{document}.md", "supplement_of": draw(st.sampled_from([None, "1.md", "gone.md"])),
        "metric": metric, "unit": known[metric].unit if metric in known else "x", "value": low,
        "value_max": draw(st.none() | st.just(high)), "qualifier": draw(st.sampled_from(QUALIFIERS)),
        "value_reported": draw(st.sampled_from(["", "98.3", "10−4", "1.2.3", "4×10^5"])),
        "unit_reported": "", "subject": made_of, "components": json.dumps(made_of.split(" + ")),
        "sample": f"1|{draw(st.sampled_from(['', '[3]']))}|{made_of}", "is_control": int(control),
        "evidence": draw(st.sampled_from(["", "4 mAh pre-deposited lithium", "average CE by Aurbach", "Tafel"])),
        **{name: draw(of) for name, of in NUMBERS.items()},
        "cell": draw(st.sampled_from([None, "Li|Li symmetric", "Li|Cu half", "full", "full NCM811", "full S"])),
        "electrolyte_class": draw(st.sampled_from([None, "ether"])),
    }  # fmt: skip


@settings(max_examples=200)
@given(st.lists(row(), min_size=1, max_size=8))
def test_every_rule_gets_through(rows: list[dict[str, Any]]) -> None:
    rows = sorted(rows, key=lambda r: r["paper_id"])
    rows = [{"id": n, **r} for n, r in enumerate(rows, start=1)]
    papers = {paper: list(of) for paper, of in groupby(rows, key=itemgetter("paper_id"))}
    found = [finding for of in papers.values() for finding in check_paper(of)]
    many = Compared.of({paper + 2 * n: pack(of) for paper, of in papers.items() for n in range(8)})
    found += [tell(far, rows[far.id - 1]) for far in many.far_out()]
    for finding in found:
        assert finding.rule in RULES
        assert finding.severity in SEVERITIES
        assert finding.said
        assert finding.repair
        assert {finding.paper} == {r["paper_id"] for r in rows if r["id"] in finding.measurements}
        json.dumps(finding.record(), allow_nan=False)
