"""Files to documents: clean passages with their places, front matter, references, and why a file cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extractors.readers
from extractors.readers import SUFFIXES, read
from extractors.readers.plain.markdown import read_markdown_string
from extractors.readers.plain.text import read_text_string
from schema.errors import KBError, UnreadableDocument
from schema.records import PASSAGE_KINDS, Document

PAPER = """# Skins of quartz for the anodes of lithium cells

Authors: Anna Bee, Carl Dee and Eva Eff
Journal: Journal of Skins, 2021, 3, 14
DOI: 10.1234/SKIN.2021.5.
Licence: CC BY 4.0

## Results

At 1 mA cm<sup>−2</sup> the cell ran for 900 h,<sup>2</sup> as told in Table 1.

**Table 1** Cells.

| Sample | CE (%) |
| --- | --- |
| bare Cu | 91.2 [1] |
| PAN | $98.4 \\pm 0.2$ |

## References

1. A. Bee and C. Dee, *J. Nice Chem.*, 2019, **3**, 14–20, doi:10.5555/abc.7.
2. F. Gee, Growth of films. Chem. Films 2001.
"""


def texts(document: Document, kind: str) -> list[str]:
    return [p.text for p in document.passages if p.kind == kind]


@pytest.fixture
def paper(tmp_path: Path) -> Document:
    path = tmp_path / "skins.md"
    path.write_text(PAPER, "utf-8")
    return read(path)


def test_a_document_knows_its_file(paper: Document) -> None:
    assert (paper.source, paper.format, paper.original) == ("skins.md", "markdown", PAPER)
    assert paper.pages == ()


def test_front_matter(paper: Document) -> None:
    assert paper.title == "Skins of quartz for the anodes of lithium cells"
    assert paper.doi == "10.1234/skin.2021.5"
    assert paper.year == 2021
    assert paper.journal == "Journal of Skins, 2021, 3, 14"
    assert paper.authors == ("Anna Bee", "Carl Dee", "Eva Eff")
    assert paper.licence == "CC BY 4.0"


def test_passages_are_clean_and_have_their_section(paper: Document) -> None:
    (told,) = [p for p in paper.passages if p.text.startswith("At 1 mA")]
    assert told.text == "At 1 mA cm^-2 the cell ran for 900 h, as told in Table 1."
    assert told.markers == ((37, "2"),)
    assert told.section == "Results"
    assert texts(paper, "caption") == ["Table 1 Cells."]
    assert {p.kind for p in paper.passages} <= set(PASSAGE_KINDS)


def test_a_table_is_rows_of_cells(paper: Document) -> None:
    (table,) = [p for p in paper.passages if p.kind == "table"]
    assert table.text == "Sample | CE (%)\n--- | ---\nbare Cu | 91.2\nPAN | 98.4 ± 0.2"
    assert [m for _, m in table.markers] == ["1"]
    at = table.text.index("98.4")
    start, end = table.original_span(at, at + 4)
    assert paper.original[start:end] == "98.4"


def test_a_marker_of_a_table_stands_in_its_row(paper: Document) -> None:
    (table,) = [p for p in paper.passages if p.kind == "table"]
    ((at, _),) = table.markers
    assert table.text.count("\n", 0, at) == 2


def test_an_escaped_bar_parts_no_cell() -> None:
    (table,) = read_markdown_string("| Cell | CE (%) |\n| --- | --- |\n| Li\\|Cu | 98.4 |\n").passages
    assert table.text.splitlines()[-1] == "Li|Cu | 98.4"


def test_repairs_in_a_table_are_on_the_ledger() -> None:
    text = "It is so.\n\n| Sample | mA cm\ufffd2 |\n| --- | --- |\n| PAN | 98.4 |\n"
    table = read_markdown_string(text).passages[1]
    assert table.text.startswith("Sample | mA cm^-2\n")
    assert [(r.rule, text[r.start : r.end]) for r in table.repairs] == [("minus_exponent", "\ufffd")]


def test_references_are_read(paper: Document) -> None:
    one, two = paper.references
    assert (one.marker, one.authors, one.journal, one.year) == ("1", "A. Bee and C. Dee", "J. Nice Chem.", 2019)
    assert one.doi == "10.5555/abc.7"
    assert (two.marker, two.authors, two.title, two.year, two.doi) == ("2", "F. Gee", "Growth of films", 2001, None)


def test_the_doi_of_a_reference_is_not_the_papers() -> None:
    text = "# A title that has five words\n\nText.\n\n## References\n\n1. A. Bee, doi:10.5555/abc.7, 2019.\n"
    assert read_markdown_string(text).doi is None


def test_the_doi_of_the_review_it_is_told_after_is_not_the_papers() -> None:
    assert read_text_string("A title of five words\n\nVia: 10.5555/review.1\n\nText of it.").doi is None


@pytest.mark.parametrize(
    ("line", "year"),
    [("© The Authors 2018", 2018), ("Received 3rd May 2017", 2017), ("Cite this: J. Some, 2020, 3, 1", 2020),
     ("Published online 5 May 1999", 1999), ("The year was 2011, said he", None), ("Year: 2015", 2015)],
)  # fmt: skip
def test_the_year_of_a_paper(line: str, year: int | None) -> None:
    assert read_text_string(f"A title of some five words\n\n{line}\n\nText of it.").year == year


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("Open Access\n\nSkins for the anodes of cells\n\nAnna Bee", "Skins for the anodes of cells"),
        ("https://doi.org/10.1/a\n\nReview\n\nSkins for the anodes of cells", "Skins for the anodes of cells"),
        ("Skins of anodes\n\nSkins for the anodes of cells", "Skins for the anodes of cells"),
        ("Received: 3 May of the year 2020\n\nSkins for the anodes of cells", "Skins for the anodes of cells"),
        ("Skins of anodes.", ""),
    ],
)
def test_the_title_of_a_paper(lines: str, title: str) -> None:
    assert read_text_string(lines).title == title


def test_plain_text_reads_glued_citations_and_markdown_does_not() -> None:
    text = "It is a plague of lithium anodes.4 They grow."
    assert read_text_string(text).passages[0].markers == ((33, "4"),)
    assert read_markdown_string(text).passages[0].markers == ()


def test_damage_anywhere_lets_all_passages_be_repaired() -> None:
    text = "It ran for B900 h.\n\nIt ran at 1 mA cm\ufffd2.\n"
    document = read_text_string(text)
    assert [p.text for p in document.passages] == ["It ran for ~900 h.", "It ran at 1 mA cm^-2."]
    assert [r.rule for p in document.passages for r in p.repairs] == ["about_as_letter", "minus_exponent"]
    assert read_text_string(text.replace("\ufffd", "−")).passages[0].text == "It ran for B900 h."


@pytest.mark.parametrize("suffix", sorted(SUFFIXES & {".txt", ".text", ".md", ".markdown"}))
def test_each_suffix_in_any_case(suffix: str, tmp_path: Path) -> None:
    for name in (f"a{suffix}", f"A{suffix.upper()}"):
        (tmp_path / name).write_text("# Skins\n\nThe CE was 98%.", "utf-8")
        document = read(tmp_path / name)
        assert document.source == name
        assert document.format == ("markdown" if "m" in suffix else "text")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffThe CE was 98%.".encode())
    document = read(tmp_path / "a.txt")
    assert document.original == "The CE was 98%."
    assert document.passages[0].offsets[0] == 0


# --- files that cannot be read


def refused(path: Path) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as caught:
        read(path)
    error = caught.value
    assert isinstance(error, KBError)
    assert isinstance(error, OSError)
    assert error.source == path.name
    assert str(error) == f"{path.name}: {error.reason}"
    assert str(path.parent) not in str(error), "the message names the file, not where this machine keeps it"
    return error


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty; give the paper's text"),
        (b" \n\t\n", "is empty; give the paper's text"),
        (b"text\0text", "is a binary file, not text"),
        (b"\x01\x02\x03\x04text", "is a binary file, not text"),
        ("The Coulombic effici\u00e9ncy".encode("latin1"), "is not UTF-8 (byte 20 is 0xe9); save it as UTF-8"),
        ("The cell".encode("utf-16"), "is "),
    ],
)
def test_a_bad_file_says_why_and_what_to_do(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    error = refused(path)
    assert reason in error.reason
    assert ";" in error.reason, "the remedy stands behind the reason"


def test_a_missing_file(tmp_path: Path) -> None:
    assert "cannot be opened (No such file or directory); check the path" in refused(tmp_path / "gone.txt").reason


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    assert "cannot be opened" in refused(tmp_path / "folder.md").reason


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("The CE was 98%.", "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read any file")
    assert "check the path and its permissions" in refused(path).reason


@pytest.mark.parametrize("name", ["a.docx", "a", "a.tar.gz", "a.txt.zip"])
def test_an_unknown_format_names_the_known_ones(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("x", "utf-8")
    reason = refused(tmp_path / name).reason
    assert "no reader for" in reason
    assert all(suffix in reason for suffix in SUFFIXES)


def test_a_file_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractors.readers, "LIMIT_BYTES", 3_000_000)
    (tmp_path / "big.txt").write_bytes(b"text " * 700_000)
    assert "4 MB is more than the 3 MB of one document; split it into papers" in refused(tmp_path / "big.txt").reason


# --- any text


ANY = st.lists(
    st.sampled_from(
        ["98.1%", " ", "\n", "\n\n", "| a | b |\n", "<sup>2</sup>", "[3]", "cm⁻²", "$10^{-4}$", "# Head\n",
         "References\n", "1. A. Bee", "\ufffd", "2 O", "resistance", "Fig. 2 Cells\n", "ﬁ", "\f", "\r\n", "text of it",
         "DOI: 10.1/a", "\x85"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(ANY | st.text(max_size=80), st.booleans())
def test_any_text_becomes_a_document_with_sound_places(text: str, markdown: bool) -> None:
    document = read_text_string(text, markdown=markdown)
    assert document.original == text
    for passage in document.passages:
        assert passage.text
        assert passage.kind in PASSAGE_KINDS
        assert len(passage.offsets) == len(passage.text) + 1
        assert list(passage.offsets) == sorted(passage.offsets)
        assert 0 <= passage.start <= passage.end <= len(text)
        assert all(0 <= at <= len(passage.text) for at, _ in passage.markers)
        for repair in passage.repairs:
            assert text[repair.start : repair.end] == repair.before
