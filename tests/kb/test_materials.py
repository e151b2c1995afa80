"""Formulas are read as formulas, and abbreviations are not."""

from __future__ import annotations

import pytest

from kb.materials import describe
from schema.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("name", "formula", "elements"),
    [
        ("Cu3N", "Cu3N", ("Cu", "N")),
        ("LiFe0.6Mn0.4PO4", "LiFe0.6Mn0.4PO4", ("Fe", "Li", "Mn", "O", "P")),
        ("Mg(OH)2", "Mg(OH)2", ("H", "Mg", "O")),
        ("Cu", "Cu", ("Cu",)),
        ("PVDF", None, ()),
        ("PVD", None, ()),
        ("COF", None, ()),
        ("Nafion", None, ()),
        ("CuxN", None, ()),
        ("coated Cu", None, ()),
        ("", None, ()),
    ],
)
def test_a_name_says_its_chemistry(name: str, formula: str | None, elements: tuple[str, ...]) -> None:
    found = describe(name, vocabulary())
    assert (found.formula, found.elements) == (formula, elements)


def test_the_amounts_are_those_of_the_formula() -> None:
    assert dict(describe("Cu3N", vocabulary()).composition) == {"Cu": 3.0, "N": 1.0}


def test_a_listed_material_has_its_class_under_any_of_its_names() -> None:
    assert describe("PVDF", vocabulary()).material_class == "polymer"
    assert describe("polyvinylidene FLUORIDE", vocabulary()).material_class == "polymer"
    assert describe("quite unheard of", vocabulary()).material_class is None


def test_listed_formulas_are_read() -> None:
    for material in vocabulary().materials.values():
        if material.formula:
            found = describe(material.name, vocabulary())
            assert found.elements, f"{material.name}: the vocabulary's formula {material.formula!r} cannot be read"
