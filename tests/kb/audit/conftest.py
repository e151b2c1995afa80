"""Rows for the rules, made by hand: what a test does not say is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.audit.told import CONDITIONS, Told

COATED, BARE = "1||PVDF", "1||Cu"


def made(*rows: dict[str, Any]) -> Told:
    """Make what a paper tells of rows with at least a metric and a value; they are numbered from 1."""
    out = []
    for number, told in enumerate(rows, start=1):
        control = told.get("is_control", 0)
        row: dict[str, Any] = {
            "id": number, "paper_id": 1, "document_id": 1, "source": "a.md", "path": "a.md", "supplement_of": None,
            "value_max": None, "qualifier": "=", "unit": "mV", "value_reported": f"{told['value']:g}",
            "unit_reported": "mV", "subject": "bare Cu" if control else "PVDF@Cu", "components": "[]",
            "sample": BARE if control else COATED, "is_control": control, "evidence": f"sentence {number}",
            **dict.fromkeys(CONDITIONS),
        }  # fmt: skip
        out.append({**row, **told})
    return Told(out)


@pytest.fixture(scope="session")
def told() -> Callable[..., Told]:
    return made
