"""Formulas, and what only looks like one."""

from __future__ import annotations

import pytest

from extractors.formulas import is_formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [("Li3N", True), ("LiF", True), ("Cu3N", True), ("Li6PS5Cl", True), ("C60", True), ("Li10GeP2S12", True),
     ("Li1.5Al0.5Ge1.5(PO4)3", True), ("NaCl", True), ("CV", False), ("SEI", False), ("Fig", False), ("S1", False),
     ("F01", False), ("CO", False), ("PVDF", False), ("", False), ("Abc", False)],
)  # fmt: skip
def test_is_formula(text: str, formula: bool) -> None:
    assert is_formula(text) is formula
