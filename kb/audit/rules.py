"""The rules in their order: rows in, findings out; none of them knows a base."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import schema
from kb.audit.controls import control_better
from kb.audit.findings import Finding
from kb.audit.floors import efficiency_at_floor
from kb.audit.formats import formats_disagree
from kb.audit.gates import gated
from kb.audit.kinetics import tafel_against_impedance
from kb.audit.lives import efficiency_against_life, hours_against_cycles
from kb.audit.outliers import outliers
from kb.audit.repeated import repeated
from kb.audit.told import Row, Told

VERSION = "1"  # of the rules: a paper that was checked by others is checked again

OF_AN_ACCOUNT: Sequence[Callable[[Told], Iterator[Finding]]] = (
    gated, efficiency_against_life, hours_against_cycles, efficiency_at_floor, tafel_against_impedance, repeated,
    control_better,
)  # fmt: skip
OF_THE_BASE: Sequence[Callable[[Iterable[Row]], Iterator[Finding]]] = (outliers,)
VALUES = (
    "id", "paper_id", "metric", "value", "value_max", "qualifier", "unit", "cell", "electrolyte_class",
    "current_density_mA_cm2",
)  # fmt: skip
WIDE = ("outlier",)  # the rules that OF_THE_BASE finds by
PLACES = ("broken_evidence",)  # the rules that look into the documents' texts


def check_papers(rows: Iterable[Row]) -> Iterator[Finding]:
    """Find what the rows of each paper have against each other.

    Parameters
    ----------
    rows : all of each paper, one paper after the other, as the statement ``rows_to_audit`` gives them
    """
    for _, of_paper in groupby(rows, key=lambda row: row["paper_id"]):
        told = Told(list(of_paper))
        for account in told.accounts():
            for rule in OF_AN_ACCOUNT:
                yield from rule(account)
        yield from formats_disagree(told)


def check_values(values: Iterable[Row]) -> Iterator[Finding]:
    """Find what the values of the whole base have against each other; of each row VALUES are looked at."""
    kept = list(values)
    for rule in OF_THE_BASE:
        yield from rule(kept)


def rules_version() -> str:
    """Give what tells whether the rules, or the numbers they go by, have changed."""
    gates = (Path(schema.__file__).parent / "audits.toml").read_bytes()
    return f"{VERSION}-{hashlib.sha256(gates).hexdigest()[:8]}"
