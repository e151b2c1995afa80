"""What a material's short name says about its chemistry: class, formula, composition, elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from schema.vocabulary import Material, Vocabulary

_FORMULA = re.compile(r"(?:[A-Z][a-z]?(?:\d+(?:\.\d+)?)?|[()\[\]]\d*)+")
# "PVDF", "PS", "COF" read as formulas too; nobody means phosphorus, vanadium, deuterium, fluorine.
_ABBREVIATION = re.compile(r"[A-Z]{2,}")
# Shorter names differ by case alone: Co is cobalt, CO is carbon monoxide.
FOLDED_FROM = 5


@dataclass(frozen=True)
class Chemistry:
    """What is known of a material.

    Attributes
    ----------
    material_class : class in the vocabulary, or None where it is not listed
    formula : chemical formula, or None where it has none
    composition : (element symbol, atoms per formula unit) in the formula's order
    """

    material_class: str | None = None
    formula: str | None = None
    composition: tuple[tuple[str, float], ...] = ()

    @property
    def elements(self) -> tuple[str, ...]:
        """The element symbols, sorted."""
        return tuple(sorted(e for e, _ in self.composition))


@lru_cache(maxsize=4)
def _index(materials: tuple[Material, ...]) -> dict[str, Material]:
    """Find a material by any of its names; a short name goes before another material's synonym."""
    index = {m.name: m for m in materials}
    for material in materials:
        for name in material.names:
            index.setdefault(name, material)
            if len(name) >= FOLDED_FROM:
                index.setdefault(name.casefold(), material)
    return index


@lru_cache(maxsize=8192)
def _composition(formula: str) -> tuple[tuple[str, float], ...]:
    """Parse a formula; () where it is none."""
    from pymatgen.core.composition import Composition

    try:
        amounts = Composition(formula).get_el_amt_dict()
    except ValueError:
        return ()
    # Deuterium, tritium: in this field a D or T is part of an abbreviation.
    return () if {"D", "T"} & amounts.keys() else tuple((e, float(n)) for e, n in amounts.items())


def describe(name: str, words: Vocabulary) -> Chemistry:
    """Say what a material is: from the vocabulary, and from its formula through pymatgen.

    A name that the vocabulary does not list counts as a formula where it reads as one, unless it is all capitals.

    Examples
    --------
    >>> from schema.vocabulary import vocabulary
    >>> describe("Cu3N", vocabulary()).elements
    ('Cu', 'N')
    >>> describe("PVDF", vocabulary()).elements
    ()
    """
    return _described(name, words.fingerprint, _Held(words))


@dataclass(frozen=True)
class _Held:
    """The vocabulary beside its fingerprint, which alone tells vocabularies apart: hashing it whole takes long."""

    words: Vocabulary = field(compare=False)


@lru_cache(maxsize=8192)
def _described(name: str, fingerprint: str, held: _Held) -> Chemistry:
    index = _index(tuple(held.words.materials.values()))
    known = index.get(name) or index.get(name.casefold())
    material_class = known.material_class if known else None
    # A listed formula is meant as one, even in capitals (BN); a name has to look like one.
    looks = _FORMULA.fullmatch(name) and not _ABBREVIATION.fullmatch(name)
    formula = known.formula if known and known.formula else name if looks else ""
    composition = _composition(formula) if formula else ()
    return Chemistry(material_class, formula if composition else None, composition)
