"""The rules in their order: rows in, findings out; none of them knows a base."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import schema
from kb.audit.controls import control_better
from kb.audit.findings import Finding
from kb.audit.floors import efficiency_at_floor
from kb.audit.formats import formats_disagree
from kb.audit.gates import gated
from kb.audit.kinetics import tafel_against_impedance
from kb.audit.lives import efficiency_against_life, hours_against_cycles
from kb.audit.repeated import repeated
from kb.audit.slips import slipped
from kb.audit.told import Row, Told
from schema.vocabulary import vocabulary

VERSION = "2"  # of the rules: a paper that was checked by others is checked again

OF_AN_ACCOUNT: Sequence[Callable[[Told], Iterator[Finding]]] = (
    gated, slipped, efficiency_against_life, hours_against_cycles, efficiency_at_floor, tafel_against_impedance,
    repeated, control_better,
)  # fmt: skip
PLACES = ("broken_evidence",)  # the rules that look into the documents' texts


def check_paper(rows: Sequence[Row]) -> Iterator[Finding]:
    """Find what the rows of a paper have against each other.

    Parameters
    ----------
    rows : all of the paper, as the statement ``rows_to_audit`` gives them
    """
    told = Told(rows)
    for account in told.accounts():
        for rule in OF_AN_ACCOUNT:
            yield from rule(account)
    yield from formats_disagree(told)


def rules_version() -> str:
    """Give what tells whether the rules, or the numbers and words they go by, have changed."""
    gates = (Path(schema.__file__).parent / "audits.toml").read_bytes()
    words = vocabulary().fingerprint.encode()
    return f"{VERSION}-{hashlib.sha256(gates + words).hexdigest()[:8]}"
