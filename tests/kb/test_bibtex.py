"""BibTeX that is written is read back as it stood, by the library that kb bibliography import reads with."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.bibliography import Entry, read_entries
from kb.bibtex import bibtex

PAPER: dict[str, Any] = {
    "title": "Gel fibres of PMMA & PVDF: 50 % of Cu_3N at $10^{-4}$ S/cm, #1 ~ fine",
    "doi": "10.1039/d1ma00121c",
    "year": 2021,
    "journal": "Materials Advances",
    "authors": ["Ann Müller", "Li-Wei Chen", "José Núñez de la Cruz"],
}
# What BibTeX reads no meaning into once it is escaped; names have no commas, which would turn them round.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z", "Sk", "Mn"), exclude_characters="{}\\$\"'`~^=-")
)
WORDS = st.lists(TEXT.filter(bool), min_size=1, max_size=6).map(" ".join)


def read(text: str) -> list[Entry]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "papers.bib")
        path.write_text(text, "utf-8")
        return read_entries(path)


def test_an_entry_comes_back() -> None:
    (entry,) = read(bibtex([PAPER]))
    assert entry.title == "Gel fibres of PMMA & PVDF: 50 % of Cu_3N at $10^-4$ S/cm, #1 ~ fine"  # without braces
    assert entry.authors == tuple(PAPER["authors"])
    assert (entry.doi, entry.year, entry.journal) == (PAPER["doi"], 2021, "Materials Advances")


@given(WORDS)
def test_titles_come_back(title: str) -> None:
    (entry,) = read(bibtex([{"title": title, "year": 2020}]))
    assert entry.title == unicodedata.normalize("NFC", title)  # as bibtexparser gives it


@given(st.lists(st.fixed_dictionaries({"title": st.text(), "journal": st.text(), "authors": st.lists(st.text())})))
def test_whatever_a_paper_is_called_there_is_an_entry_for_it(papers: list[dict[str, Any]]) -> None:
    parser = bibtexparser.bparser.BibTexParser(ignore_nonstandard_types=False)
    found = bibtexparser.loads(bibtex(papers), parser).entries
    told = [p for p in papers if any("".join(t.split()).strip("{}") for t in (p["title"], p["journal"], *p["authors"]))]
    assert len(found) == len(told)
    assert len({entry["ID"] for entry in found}) == len(told)


def test_keys_are_told_apart_and_always_the_same() -> None:
    text = bibtex([PAPER, PAPER, {}, {"year": 2020}, {"title": "Of it"}])
    keys = [line.split("{")[1].rstrip(",\n") for line in text.splitlines() if line.startswith("@")]
    assert keys == ["muller2021fibres", "muller2021fibres_2", "2020", "paper"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("et al.", "others"),
        ("Consortium of Lithium and Sodium", "{Consortium of Lithium and Sodium}"),
        ("A. Li", "A. Li"),
    ],
)
def test_names_stay_one_name(name: str, written: str) -> None:
    assert f"author = {{X. Y and {written}}}" in bibtex([{"authors": ["X. Y", name], "title": "On"}])
