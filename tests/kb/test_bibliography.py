"""Bibliographies: three formats say the same, papers get what they lack."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.bibliography import Entry, doi_of, give, read_entries
from kb.cli import cli
from kb.store import ingest_document, open_base
from kb.testing import coated, compose
from schema.errors import BadTable

TITLE = "Gel fibres spun onto copper keep lithium in place"
WANTED = Entry(TITLE, "10.1039/d1ma00121c", 2021, "Materials Advances", ("Ada B. Müller", "Jan van der Berg"))
BIB = r"""
@article{key1,
  title = {Gel fibres spun onto {copper} keep lithium in place},
  author = {M{\"u}ller, Ada B. and van der Berg, Jan},
  journal = {Materials Advances}, year = 2021, doi = {10.1039/D1MA00121C}
}
"""
RIS = f"""TY  - JOUR
TI  - {TITLE}
AU  - Müller, Ada B.
AU  - van der Berg, Jan
JO  - Materials Advances
PY  - 2021
DO  - 10.1039/D1MA00121C
ER  -
"""
CSL = json.dumps(
    [
        {
            "title": TITLE, "DOI": "10.1039/D1MA00121C", "container-title": "Materials Advances",
            "issued": {"date-parts": [[2021, 3]]},
            "author": [{"given": "Ada B.", "family": "Müller"}, {"literal": "Jan van der Berg"}],
        }
    ]
)  # fmt: skip


def written(folder: Path, suffix: str, text: str) -> Path:
    path = folder / f"papers{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("suffix", "text"), [(".bib", BIB), (".ris", RIS), (".json", CSL)])
def test_three_formats_say_the_same(tmp_path: Path, suffix: str, text: str) -> None:
    assert read_entries(written(tmp_path, suffix, text)) == [WANTED]


@pytest.mark.parametrize(
    ("suffix", "text", "said"),
    [(".txt", "x", "ends in .bib"), (".bib", "nothing here", "no entries"), (".json", "[1]", "entry 1"),
     (".json", "{", "not JSON"), (".ris", "", "no entries")],
)  # fmt: skip
def test_what_is_no_bibliography_is_refused(tmp_path: Path, suffix: str, text: str, said: str) -> None:
    with pytest.raises(BadTable, match=said):
        read_entries(written(tmp_path, suffix, text))
    with pytest.raises(BadTable, match="No such file"):
        read_entries(tmp_path / "none.bib")


def paper(db: sqlite3.Connection, **front: object) -> dict[str, object]:
    ingest_document(db, compose(coated(), **front), path="a.txt", extractor_version="1")
    return read(db)


def read(db: sqlite3.Connection) -> dict[str, object]:
    return dict(db.execute("SELECT doi, title, year, journal, authors FROM papers").fetchone())


def test_a_paper_gets_what_it_lacks(db: sqlite3.Connection) -> None:
    paper(db, doi="10.1039/d1ma00121c", title="Its own title stays as it is")
    (given,) = give(db, [WANTED])
    assert given.changed == ("year", "journal", "authors")
    assert read(db) == {
        "doi": WANTED.doi, "title": "Its own title stays as it is", "year": 2021, "journal": "Materials Advances",
        "authors": '["Ada B. Müller", "Jan van der Berg"]',
    }  # fmt: skip
    assert give(db, [WANTED])[0].changed == ()
    assert give(db, [WANTED], replace=True)[0].changed == ("title",)


def test_a_paper_without_a_doi_is_known_by_its_title_and_gets_one(db: sqlite3.Connection) -> None:
    paper(db, title=TITLE.upper() + ".")
    assert "doi" in give(db, [WANTED])[0].changed
    assert read(db)["doi"] == WANTED.doi


def test_another_doi_is_another_paper_whatever_its_title(db: sqlite3.Connection) -> None:
    before = paper(db, title=TITLE, doi="10.1/other")
    (given,) = give(db, [WANTED])
    assert given.paper is None
    assert read(db) == before


def test_what_was_given_stands_when_the_paper_is_mined_again(db: sqlite3.Connection) -> None:
    paper(db, doi="10.1039/d1ma00121c", title="Its own title stays as it is")
    give(db, [WANTED], source="papers.bib")
    given = read(db)
    front = {"doi": "10.1039/d1ma00121c", "title": "Its own title, read better", "journal": "Mat Adv", "year": 2020}
    outcome = ingest_document(db, compose(coated(), **front), path="a.txt", extractor_version="2")
    assert outcome.outcome == "changed"
    # Its title was not given, for it had one: it is what the document now says.
    assert read(db) == {**given, "title": "Its own title, read better"}
    give(db, [replace(WANTED, journal="Mater. Adv.")], replace=True)
    ingest_document(db, compose(coated(), **front), path="a.txt", extractor_version="3")
    assert read(db) == {**given, "title": TITLE, "journal": "Mater. Adv."}


def test_what_a_document_says_alike_is_given_too(db: sqlite3.Connection) -> None:
    paper(db, doi="10.1039/d1ma00121c", title=TITLE)
    give(db, [WANTED])
    ingest_document(db, compose(coated(), doi=WANTED.doi, title="Gel fib res"), path="a.txt", extractor_version="2")
    assert read(db)["title"] == TITLE


def test_a_given_doi_stands_and_brings_documents_together(db: sqlite3.Connection) -> None:
    paper(db, title=TITLE)
    give(db, [WANTED])
    ingest_document(db, compose(coated("97.0"), title=TITLE), path="a.txt", extractor_version="2")
    assert read(db)["doi"] == WANTED.doi
    # Another format of the paper, which states the DOI and reads another title.
    ingest_document(db, compose(coated("96.0"), title="Another title, long enough", doi=WANTED.doi), path="b.txt",
                    extractor_version="2")  # fmt: skip
    # And another work of the same title.
    ingest_document(db, compose(coated("95.0"), title=TITLE, doi="10.1/other"), path="c.txt", extractor_version="2")
    papers = db.execute(
        "SELECT p.doi, count(*) FROM papers p JOIN documents d ON d.paper_id = p.id GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in papers] == [("10.1/other", 1), (WANTED.doi, 2)]


def test_another_work_in_the_file_s_place_is_not_called_what_was_given(db: sqlite3.Connection) -> None:
    paper(db, doi="10.1039/d1ma00121c", title="Its own title stays as it is")
    give(db, [WANTED], replace=True)
    front = {"doi": "10.1/other", "title": "Something else at the same place"}
    ingest_document(db, compose(coated("91.0"), **front), path="a.txt", extractor_version="1")
    assert (read(db)["doi"], read(db)["title"], read(db)["authors"]) == ("10.1/other", front["title"], "[]")
    assert db.execute("SELECT count(*) FROM given_metadata").fetchone()[0] == 0


def test_what_was_given_goes_along_to_the_paper_of_the_document(db: sqlite3.Connection) -> None:
    ingest_document(db, compose(coated(), doi="10.1/first", title="First of two papers here"), path="a.txt",
                    extractor_version="1")  # fmt: skip
    ingest_document(db, compose(coated("90.0"), title="Second of two papers here"), path="b.txt", extractor_version="1")
    give(db, [Entry("Second of two papers here", year=1999)])
    # Read better, the second turns out to be the first.
    ingest_document(db, compose(coated("90.0"), doi="10.1/first", title="Second of two papers here"), path="b.txt",
                    extractor_version="2")  # fmt: skip
    assert db.execute("SELECT year FROM papers").fetchall()[0][0] == 1999
    assert db.execute("SELECT count(*) FROM papers").fetchone()[0] == 1


@pytest.mark.parametrize(("text", "doi"), [(None, None), ("no", None), ("doi:10.1002/a.B(1).", "10.1002/a.b(1)")])
def test_a_doi_is_found_in_its_text(text: str | None, doi: str | None) -> None:
    assert doi_of(text) == doi


def test_the_command_says_what_it_told_whom(tmp_path: Path) -> None:
    base = tmp_path / "kb.sqlite"
    db = open_base(base, read_only=False)
    paper(db, doi="10.1039/d1ma00121c")
    db.close()
    words = ["bibliography", "import", str(written(tmp_path, ".bib", BIB)), "--db", str(base)]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert f"1 entries: 1 of papers in {base}, 1 of them told something new" in result.stdout
    assert "title, year, journal, authors" in result.stdout
    other = written(
        tmp_path, ".ris", RIS.replace("D1MA00121C", "other").replace(TITLE, "Something else, said at length")
    )
    none = CliRunner().invoke(cli, ["bibliography", "import", str(other), "--db", str(base)])
    assert none.exit_code == 1
    assert "matched by DOI" in none.stderr
