"""The package chemdataextractor without what it would download; the one importer of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec, module_from_spec
from logging import NullHandler, getLogger
from types import ModuleType, SimpleNamespace
from typing import Any

from extractors.standins import standing_in
from schema.errors import MissingPackage
from schema.vocabulary import vocabulary

VERSION = "2.4.1"
REMEDY = "pip install uv && uv pip install --editable . --group chemdata"
# What it raises, beside its own error, on text that it does not foresee: "4 × 10", a table of one row.
ODD = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
_PACKAGES = ("chemdataextractor", "chemdataextractor.nlp", "chemdataextractor.doc", "tabledataextractor")
_UNUSED = ("selenium", "django", "tokenizers")  # browsers and BERT, which it imports all the same
_WORDS = frozenset({"As", "At", "Be", "He", "I", "In", "No"})  # more often words than elements


def require() -> None:
    """Make sure that ChemDataExtractor can be had.

    Raises
    ------
    MissingPackage
        Where it is not installed, or in another version.
    """
    try:
        if version("chemdataextractor2") == VERSION and find_spec("tabledataextractor") is not None:
            return
    except PackageNotFoundError:
        pass  # said below
    raise MissingPackage(f"ChemDataExtractor {VERSION}", REMEDY)


@lru_cache(maxsize=1)
def library() -> SimpleNamespace:
    """Import the parts of ChemDataExtractor that work without a network, model files and torch."""
    require()
    for name in _PACKAGES:
        # Their own __init__ would open log files where kb is run, and load model files.
        if (spec := find_spec(name)) is not None:
            sys.modules[name] = module_from_spec(spec)
        getLogger(name).addHandler(NullHandler())
    with standing_in(_UNUSED):
        data: Any = import_module("chemdataextractor.data")
        data.AUTO_DOWNLOAD = False
        tag = import_module("chemdataextractor.nlp.tag")
        for module, names in {"new_cem": ["CemTagger"], "dependency": ["DependencyTagger", "IndexTagger"]}.items():
            stand_in = ModuleType(f"chemdataextractor.nlp.{module}")
            stand_in.__dict__.update(dict.fromkeys(names, tag.NoneTagger))
            sys.modules[stand_in.__name__] = stand_in
        tokenize: Any = import_module("chemdataextractor.nlp.tokenize")
        tokenize.BertWordTokenizer = tokenize.ChemWordTokenizer
        import_module("chemdataextractor.nlp.lexicon").ChemLexicon.clusters_path = None
        text = import_module("chemdataextractor.doc.text")
        text.Text.taggers = text.Sentence.taggers = [_tagger(tag)]
        return SimpleNamespace(
            text=text,
            units=import_module("chemdataextractor.model.units"),
            model=import_module("chemdataextractor.model"),
            parse=import_module("chemdataextractor.parse"),
            elements=import_module("chemdataextractor.parse.elements"),
            auto=import_module("chemdataextractor.parse.auto"),
            quantity=import_module("chemdataextractor.parse.quantity"),
        )


@lru_cache(maxsize=1)
def table_layout() -> Any:
    """Import what lays tables out; apart, because it brings pandas and sympy."""
    library()
    with standing_in(_UNUSED):
        layout = import_module("tabledataextractor.table.table")
        for name in ("Table", "TrivialTable"):
            setattr(sys.modules["tabledataextractor"], name, getattr(layout, name))
        return import_module("chemdataextractor.doc.table")


def _tagger(tag: ModuleType) -> Any:
    """Make the one tagger there is without model files: numbers, and the names of ``materials.toml``."""

    def can_tag(self: Any, kind: str) -> bool:
        return kind in (tag.POS_TAG_TYPE, tag.NER_TAG_TYPE)

    def tag_for_type(self: Any, tokens: Sequence[Any], kind: str) -> list[tuple[Any, str | None]]:
        if kind == tag.POS_TAG_TYPE:
            return [(t, "CD" if t.text[:1].isdigit() else "NN") for t in tokens]
        names = material_names(vocabulary().fingerprint)
        return [(t, "B-CM" if t.text in names else None) for t in tokens]

    return type("Names", (tag.BaseTagger,), {"can_tag": can_tag, "tag_for_type": tag_for_type})()


@lru_cache(maxsize=4)
def material_names(fingerprint: str) -> dict[str, str]:
    """Give the short name of each name that the vocabulary has of a material."""
    return {
        name: material.name
        for material in vocabulary().materials.values()
        for name in (material.name, material.formula, *material.names)
        if name and name not in _WORDS
    }
