"""The shipped digests: listed, unchanged, in our own words, and mined for the facts they tell."""

from __future__ import annotations

import hashlib
import math
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from schema.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
CASES = ROOT / "tests" / "cases" / "corpus.toml"
SHARED = Path(os.environ.get("KB_SHARED") or ROOT.parent / "shared")

# Over the whole corpus: share of the facts found by (metric, value, unit), and of these the share whose
# control flag is right.
VALUE_RECALL = 0.85
CONTROL_RIGHT = 0.95
# A run of this many words that stands in a paper is a copied sentence.
COPIED_RUN = 10
# Digests made from the work itself, not told after a review.
FIRST_HAND = {"pmma_pvdf_cu.md", "pi_ag_li.md", "cu3n_sbr.txt"}
FACT_KEYS = {"metric", "value", "value_max", "qualifier", "unit", "components", "is_control", "conditions"}


def digests() -> list[Path]:
    return sorted(p for p in CORPUS.iterdir() if p.suffix in {".txt", ".md"})


@cache
def sources() -> dict[str, Any]:
    return tomllib.loads((CORPUS / "sources.toml").read_text("utf-8"))


@cache
def cases() -> dict[str, list[dict[str, Any]]]:
    return {d["file"]: d["facts"] for d in tomllib.loads(CASES.read_text("utf-8"))["digest"]}


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (tuple(words[i : i + length]) for i in range(len(words) - length + 1))


@cache
def paper_runs() -> frozenset[tuple[str, ...]]:
    papers = (p for p in (SHARED / "papers").iterdir() if p.is_file())
    return frozenset(r for p in papers for r in runs(p.read_text("utf-8", errors="replace"), COPIED_RUN))


def close(a: float | None, b: float | None, unit: str) -> bool:
    """Equal but for rounding in unit conversion; efficiencies near 100 % to 0.02 points."""
    if a is None or b is None:
        return a is b
    if unit == "percent" and abs(a) >= 90:
        return math.isclose(a, b, rel_tol=0.0, abs_tol=0.02)
    return math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-9)


def same_value(fact: dict[str, Any], found: Any) -> bool:
    return (
        fact["metric"] == found.metric
        and fact["unit"] == found.unit
        and close(fact["value"], found.value, fact["unit"])
        and close(fact.get("value_max"), found.value_max, fact["unit"])
    )


def agreement(fact: dict[str, Any], found: Any) -> tuple[bool, bool, int]:
    """How well a measurement of the right value fits the rest of a fact; larger is better."""
    known = found.conditions.known()
    return (
        fact.get("is_control", found.is_control) == found.is_control,
        set(fact.get("components", found.subject.components)) == set(found.subject.components),
        sum(known.get(k) == v for k, v in fact.get("conditions", {}).items()),
    )


def describe(fact: dict[str, Any]) -> str:
    high = f" to {fact['value_max']:g}" if "value_max" in fact else ""
    control = " (control)" if fact.get("is_control") else ""
    return f"{fact['metric']} {fact['value']:g}{high} {fact['unit']} of {fact.get('components', '?')}{control}"


def pair(facts: list[dict[str, Any]], measurements: list[Any]) -> Iterator[tuple[dict[str, Any], Any | None]]:
    """Give each fact the best measurement of its value that no other fact holds, or None."""
    options = sorted(
        (
            (agreement(fact, found), -i, -j)
            for i, fact in enumerate(facts)
            for j, found in enumerate(measurements)
            if same_value(fact, found)
        ),
        reverse=True,
    )
    taken: dict[int, int] = {}
    for _, i, j in options:
        if -i not in taken and -j not in taken.values():
            taken[-i] = -j
    for i, fact in enumerate(facts):
        yield fact, measurements[taken[i]] if i in taken else None


def test_every_digest_is_listed_and_every_listing_has_its_digest() -> None:
    names = {p.name for p in digests()}
    assert names == set(sources()["digests"]), "corpus/ and corpus/sources.toml differ"
    assert names == set(cases()), "corpus/ and tests/cases/corpus.toml differ"


def test_other_files_in_the_corpus_folder_are_only_the_sources() -> None:
    assert {p.name for p in CORPUS.iterdir()} - {p.name for p in digests()} == {"sources.toml"}


@pytest.mark.parametrize("path", digests(), ids=lambda p: p.name)
def test_checksum_matches(path: Path) -> None:
    listed = sources()["digests"][path.name]["sha256"]
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == listed, f"{path.name} was edited: put sha256 = {found!r} into corpus/sources.toml"


@pytest.mark.parametrize("path", digests(), ids=lambda p: p.name)
def test_front_matter_agrees_with_sources(path: Path) -> None:
    listed = sources()["digests"][path.name]
    head = path.read_text("utf-8").split("\n\n## ")[0].splitlines()[:9]
    assert head[0].startswith("# ") == (path.suffix == ".md")
    assert [x for x in head if x.startswith("DOI: ")] == ([f"DOI: {listed['doi']}"] if "doi" in listed else [])
    assert f"Licence: {listed['licence']}" in head
    assert any(str(listed["year"]) in x for x in head[2:4]), "the journal line lacks the year"
    assert listed["second_hand"] == (path.name not in FIRST_HAND)
    via = [x for x in head if x.startswith("Via: ")]
    assert bool(via) == listed["second_hand"]
    if via:
        assert listed["via"] == sources()["review"]["doi"]
        assert via[0].endswith(listed["via"])
        assert any(x.startswith("Kind: second-hand") for x in head)


@pytest.mark.parametrize("path", digests(), ids=lambda p: p.name)
def test_the_reader_sees_what_the_sources_say(path: Path) -> None:
    from extractors.readers import read

    listed, document = sources()["digests"][path.name], read(path)
    assert document.title == path.read_text("utf-8").splitlines()[0].removeprefix("# ")
    assert document.doi == listed.get("doi"), "the DOI of the review is not that of the work"
    assert document.year == listed["year"]
    assert document.licence == listed["licence"]


@pytest.mark.parametrize("path", digests(), ids=lambda p: p.name)
def test_length(path: Path) -> None:
    words = len(path.read_text("utf-8").split())
    assert 150 <= words <= 500


@pytest.mark.parametrize("path", digests(), ids=lambda p: p.name)
def test_no_sentence_of_a_paper(path: Path) -> None:
    if not (SHARED / "papers").is_dir():
        pytest.skip(f"no papers to compare with at {SHARED / 'papers'}; set KB_SHARED to the folder that has them")
    copied = [" ".join(r) for r in runs(path.read_text("utf-8"), COPIED_RUN) if r in paper_runs()]
    assert not copied


def test_facts_use_controlled_metrics_and_units() -> None:
    metrics = vocabulary().metrics
    for name, facts in cases().items():
        for fact in facts:
            assert set(fact) <= FACT_KEYS, f"{name}: {sorted(set(fact) - FACT_KEYS)} are no keys of a fact"
            units = {metrics[fact["metric"]].unit} | ({"fold"} if fact["metric"] == "improvement" else set())
            assert fact["unit"] in units, f"{name}: {describe(fact)}"
            assert (fact.get("qualifier") == "range") == ("value_max" in fact), f"{name}: {describe(fact)}"


def test_mining_the_digests_gives_their_facts() -> None:
    from extractors.pipeline import mine_file

    wanted = found = flagged = right = 0
    misses: list[str] = []
    for name, facts in cases().items():
        for fact, measurement in pair(facts, list(mine_file(CORPUS / name).measurements)):
            wanted += 1
            if measurement is None:
                misses.append(f"{name}: not found: {describe(fact)}")
                continue
            found += 1
            if "is_control" in fact:
                flagged += 1
                right += fact["is_control"] == measurement.is_control
                if fact["is_control"] != measurement.is_control:
                    misses.append(f"{name}: control flag wrong: {describe(fact)}")
    report = f"found {found}/{wanted} facts; control flag right for {right}/{flagged}\n" + "\n".join(misses)
    sys.stdout.write(report + "\n")
    assert found / wanted >= VALUE_RECALL, report
    assert right / flagged >= CONTROL_RIGHT, report
