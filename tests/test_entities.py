"""What the miner says of coatings besides numbers, against the hand-made entities of the gold.

Components count as the short names of the scorer.  The gold tells processes, mechanisms and products in free words;
they are read by the same vocabulary as the papers: a process or mechanism is each term whose phrases stand in the
words (``find_terms``), a substrate the material named in them, a product the compound or alloy of lithium.  Words that
give nothing ("keto carbon group") count as one that was missed.

``python tests/test_entities.py`` writes the README's figures anew, and says of each paper what was missed or too much.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_gold import README, SHARED, needs_shared, scorer

FIGURES = re.compile(r"(?<=<!-- entities: begin -->\n).*?(?=<!-- entities: end -->)", re.DOTALL)
NAMES = {
    "component": "components", "process": "process steps", "substrate": "substrates", "product": "products in the cell",
    "mechanism": "mechanisms",
}  # fmt: skip
# Floors: F1 as reached, rounded down.
FLOORS = {"component": 0.85, "process": 0.9, "substrate": 0.95, "product": 0.8, "mechanism": 0.8}


@dataclass(frozen=True)
class Found:
    """The names of one kind for one document: annotated, mined, and what else may be mined."""

    source: str
    kind: str
    wanted: frozenset[str]
    mined: frozenset[str]
    allowed: frozenset[str] = frozenset()

    @property
    def missed(self) -> frozenset[str]:
        return self.wanted - self.mined

    @property
    def wrong(self) -> frozenset[str]:
        return self.mined - self.wanted - self.allowed


def tagged(kind: str, words: Iterable[str]) -> frozenset[str]:
    """Read free words of the gold by the vocabulary."""
    from extractors.phrases import find_terms

    return frozenset(name for said in words for name in ({m.name for m in find_terms(kind, said)} or {said}))


def substances(words: Iterable[str], holding: str = "") -> frozenset[str]:
    """Read the material named first in free words of the gold, an alloy by its metals; of products those of lithium."""
    from extractors.materials import find_names

    named = {said: ["-".join(n.components) for n in find_names(said, 0, len(said), {})] for said in words}
    return frozenset(next((name for name in names if holding in name), said) for said, names in named.items())


@cache
def papers() -> tuple[tuple[str, dict[str, Any]], ...]:
    sources = json.loads((SHARED / "gold" / "sources.json").read_text("utf-8"))
    return tuple(
        (s, json.loads((SHARED / "gold" / f"{p}.entities.json").read_text("utf-8"))) for s, p in sources.items()
    )


@cache
def found() -> tuple[Found, ...]:
    return tuple(f for source, entities in papers() for f in compared(source, entities))


def compared(source: str, entities: dict[str, Any]) -> Iterator[Found]:
    from extractors.pipeline import mine_file

    mined = mine_file(SHARED / "papers" / source)
    yield components(source, entities)
    if "coatings" not in entities:
        return
    (coating,) = (c for c in mined.coatings if c.cited_ref is None)
    gold = entities["coatings"]
    for kind, wanted in (
        ("process", tagged("processes", [c["process"] for c in gold])),
        ("substrate", substances(s for c in gold for s in c["substrates"])),
        ("product", substances((p for c in gold for p in c["in_situ_products"]), "Li")),
        ("mechanism", tagged("mechanisms", [m for c in gold for m in c["mechanisms"]])),
    ):
        yield Found(source, kind, wanted, frozenset(coating.named(kind)))


def components(source: str, entities: dict[str, Any]) -> Found:
    """Compare components: of a research paper those of its coating, of a review those of all strategies it tells of."""
    from extractors.cast import cast
    from extractors.materials import find_names
    from extractors.readers import read
    from extractors.sections import tells_nothing

    def tokens(names: Iterable[str]) -> frozenset[str]:
        return frozenset(scorer(SHARED).tokens(names))

    document = read(SHARED / "papers" / source)
    who = cast(document)
    if "coatings" in entities:
        wanted = tokens(c["name"] for coating in entities["coatings"] for c in coating["components"])
        return Found(source, "component", wanted, tokens(who.protagonist))
    wanted = tokens(name for strategy in entities["strategies"] for name in strategy["materials"])
    others = tokens(v for m in entities["materials"] for v in (m["name"], m["formula"]) if v)
    texts = [p.text for p in document.passages if p.kind not in ("heading", "reference", "title")
             and not tells_nothing(p.section)]  # fmt: skip
    named = tokens(c for t in texts for n in find_names(t, 0, len(t), who.defined) for c in n.components)
    return Found(source, "component", wanted, named, others)


def scores(kind: str) -> tuple[float, float, float]:
    """Give precision, recall and F1 of one kind over all documents."""
    mine = [f for f in found() if f.kind == kind]
    right = sum(len(f.wanted & f.mined) for f in mine)
    missed, wrong = sum(len(f.missed) for f in mine), sum(len(f.wrong) for f in mine)
    return right / (right + wrong), right / (right + missed), 2 * right / (2 * right + missed + wrong)


@pytest.mark.parametrize("kind", FLOORS)
def test_entities_of_the_shown_papers(kind: str) -> None:
    needs_shared()
    assert scores(kind)[2] >= FLOORS[kind], [f for f in found() if f.kind == kind]


def test_classes_and_elements_of_the_components() -> None:
    needs_shared()
    from kb.materials import describe
    from schema.vocabulary import vocabulary

    listed = [c for _, entities in papers() for coating in entities.get("coatings", ()) for c in coating["components"]]
    for component in listed:
        chemistry = describe(component["name"], vocabulary())
        assert chemistry.material_class == component["class"]
        assert chemistry.elements == ((component["name"],) if component["class"] == "metal" else ())
    assert {c["class"] for c in listed} == {"polymer", "metal"}


def table() -> str:
    """Lay the figures out as the README shows them."""
    lines = ["| entities | precision | recall | F1 |", "| --- | --- | --- | --- |"]
    lines += [f"| {NAMES[kind]} | " + " | ".join(f"{x:.2f}" for x in scores(kind)) + " |" for kind in FLOORS]
    return "\n".join(lines) + "\n"


def test_the_readme_shows_these_figures() -> None:
    needs_shared()
    shown = FIGURES.search(README.read_text("utf-8"))
    assert shown is not None
    assert shown[0] == table(), "python tests/test_entities.py writes the figures anew"


if __name__ == "__main__":
    README.write_text(FIGURES.sub(lambda _: table(), README.read_text("utf-8")), "utf-8")
    sys.stdout.write(table())
    for f in found():
        sys.stdout.write(f"{f.source}, {f.kind}: missed {sorted(f.missed)}, wrong {sorted(f.wrong)}\n")
