"""Readers and miners of other packages: found by their entry points, held to what a document and a record are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors import extensions
from extractors.miners import miner_of
from extractors.pipeline import mine_file, version_of
from extractors.readers import read, suffixes
from schema.errors import BadExtension, UnknownMiner, UnreadableDocument

MODULE = """
from array import array
from dataclasses import replace
from extractors.pipeline import mine
from extractors.readers import read_text_string
from schema.records import Document, Passage

def shout(path):
    return read_text_string(path.read_text("utf-8").lower().replace("ce", "CE"), path.name)

def lost(path):
    return Document(path.name, "ab", "toy", (Passage("abc", array("L", [0, 1, 2, 9])),))

def nothing(path):
    return None

def refusing(path):
    raise ValueError("no such chapter")

def first(document, main=None):
    mined = mine(document, main)
    return replace(mined, measurements=mined.measurements[:1])

def in_volts(document, main=None):
    mined = mine(document, main)
    return replace(mined, measurements=tuple(replace(m, unit="V") for m in mined.measurements))

def unheard_of(document, main=None):
    mined = mine(document, main)
    return replace(mined, measurements=tuple(replace(m, metric="coulombic_eficiency") for m in mined.measurements))

def beyond(document, main=None):
    mined = mine(document, main)
    far = lambda m: replace(m, evidence=replace(m.evidence, end=10**6))
    return replace(mined, measurements=tuple(map(far, mined.measurements)))

constant = 3
"""
TEXT = "The CE of the LiF-coated Cu was 98.1%, and its overpotential 30 mV."
Install = Callable[[str], Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a package on the path that declares something; the folder, to write a file in."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "toy_of_a_test.py").write_text(MODULE, "utf-8")

    def declare(entries: str, name: str = "toy") -> Path:
        info = tmp_path / f"{name}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(entries)
        extensions.declared.cache_clear()
        return tmp_path

    yield declare
    sys.modules.pop("toy_of_a_test", None)
    extensions.declared.cache_clear()


def reader(name: str) -> str:
    return f"[{extensions.READERS}]\n.Shout = toy_of_a_test:{name}\n"


def miner(name: str) -> str:
    return f"[{extensions.MINERS}]\ntoy = toy_of_a_test:{name}\n"


def test_a_declared_reader_reads_its_suffix_in_any_case(install: Install) -> None:
    path = install(reader("shout")) / "paper.SHOUT"
    path.write_text(TEXT.upper(), "utf-8")
    assert ".shout" in suffixes()
    assert next(m.value for m in mine_file(path).measurements) == 98.1


def test_without_it_the_suffix_has_no_reader(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"no reader for \.shout"):
        read(tmp_path / "paper.shout")


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("lost", BadExtension, "offsets do not point into the original"),
        ("nothing", BadExtension, "gives a NoneType, not a Document"),
        ("missing", BadExtension, "cannot be loaded"),
        ("constant", BadExtension, "is no function"),
        ("refusing", UnreadableDocument, "no such chapter"),
    ],
)
def test_a_reader_that_cannot_be_used_is_named(name: str, error: type[Exception], said: str, install: Install) -> None:
    path = install(reader(name)) / "paper.shout"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(error, match=said):
        read(path)


def test_a_missing_file_of_it_is_unreadable(install: Install) -> None:
    with pytest.raises(UnreadableDocument, match="check the file"):
        read(install(reader("shout")) / "gone.shout")


def test_a_declared_miner_goes_by_its_name(install: Install) -> None:
    path = install(miner("first")) / "paper.txt"
    path.write_text(TEXT, "utf-8")
    toy = miner_of("toy")
    assert [m.metric for m in mine_file(path, miner=toy).measurements] == ["coulombic_efficiency"]
    assert version_of(toy).endswith(" toy")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("in_volts", "a coulombic_efficiency in 'V'; its unit is 'percent'"),
        ("unheard_of", "did you mean 'coulombic_efficiency'"),
        ("beyond", "does not lie in paper.txt"),
        ("missing", "cannot be loaded"),
    ],
)
def test_a_miner_whose_records_cannot_be_is_named(name: str, said: str, install: Install) -> None:
    path = install(miner(name)) / "paper.txt"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(BadExtension, match=said):
        mine_file(path, miner=miner_of("toy"))


def test_ours_cannot_be_replaced(install: Install) -> None:
    install(f"[{extensions.MINERS}]\nrules = toy_of_a_test:first\n")
    assert miner_of("rules").work.__module__ == "extractors.pipeline"


def test_two_packages_may_not_declare_one_name(install: Install) -> None:
    install(miner("first"))
    install(miner("beyond"), name="other")
    with pytest.raises(BadExtension, match=r"both .* declare it; uninstall one"):
        miner_of("toy")


def test_an_unknown_miner_is_answered_with_those_declared(install: Install) -> None:
    install(miner("first"))
    with pytest.raises(UnknownMiner, match="did you mean 'toy'"):
        miner_of("toys")
