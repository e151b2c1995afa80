"""The golden sentences of tests/cases/coatings.toml, and how claims are gathered into coatings."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.records import TRAITS, Coating

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "coatings.toml").read_text("utf-8"))["case"]
KEYS = {"name", "text", "markdown", "of", "cited_ref", *TRAITS}


def mined(case: dict[str, Any]) -> tuple[Coating, ...]:
    return mine(read_text_string(case["text"], source="case.txt", markdown=case.get("markdown", False))).coatings


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    wanted = {kind: tuple(case.get(kind, ())) for kind in TRAITS}
    coatings = [c for c in mined(case) if "cited_ref" not in case or c.cited_ref == case["cited_ref"]]
    assert {k: tuple(n for c in coatings for n in c.named(k)) for k in TRAITS} == wanted
    if "of" in case:
        assert [list(c.components) for c in coatings] == [case["of"]]
