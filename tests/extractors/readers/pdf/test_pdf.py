"""PDFs, made here line by line: columns, raised characters, furniture, tables, references, and files that are none."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pipeline import mine
from extractors.readers import read
from extractors.readers.pdf import pdf, printed
from extractors.readers.pdf.glyphs import Box, Glyph, shown
from extractors.readers.pdf.layout import Unit, columns
from extractors.readers.pdf.lines import Piece, pieces_of
from extractors.readers.pdf.pdf import read_pdf
from extractors.readers.pdf.ruled import rows_and_cells, with_tables
from schema.errors import UnreadableDocument
from schema.records import Document

SHARED = Path(os.environ.get("KB_SHARED", Path(__file__).parents[5] / "shared")) / "papers_extra"
WIDE, HIGH = 595.0, 842.0
LEFT, RIGHT = 50.0, 310.0  # where the two columns begin
BODY, BOLD, ITALIC, SANS = "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSans"


class Press:
    """Prints lines where they are told to stand; ``^{-2}`` is raised, ``_{3}`` lowered."""

    def __init__(self, path: Path, **metadata: str) -> None:
        import matplotlib
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.pdfgen.canvas import Canvas

        for font in (BODY, BOLD, ITALIC, SANS):
            if font not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(font, str(Path(matplotlib.get_data_path(), "fonts/ttf", f"{font}.ttf"))))
        self.path = path
        self.canvas: Any = Canvas(str(path), pagesize=(WIDE, HIGH))
        for name, value in metadata.items():
            getattr(self.canvas, f"set{name}")(value)

    def line(self, x: float, y: float, text: str, font: str = BODY, size: float = 6.0) -> float:
        """Print a line with its baseline ``y`` below the top edge; give where it ends."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        for raised, lowered, plain in re.findall(r"\^\{(.*?)\}|_\{(.*?)\}|((?:[^_^]|[_^](?!\{))+)", text):
            part, rise = (raised, 0.36) if raised else (lowered, -0.15) if lowered else (plain, 0.0)
            at = size if plain else 0.68 * size
            pen = self.canvas.beginText(x, HIGH - y)
            pen.setFont(font, at)
            pen.setRise(rise * size)
            pen.textOut(part)
            self.canvas.drawText(pen)
            x += stringWidth(part, font, at)
        return x

    def lines(self, x: float, y: float, text: str, font: str = BODY, size: float = 6.0, leading: float = 8.0) -> float:
        """Print lines one under the other; one that begins with a space is indented."""
        for line in text.strip("\n").split("\n"):
            indent = 10.0 if line.startswith(" ") else 0.0
            self.line(x + indent, y, line.strip(), font, size)
            y += leading
        return y

    def rule(self, y: float, left: float = LEFT, right: float = WIDE - LEFT) -> None:
        self.canvas.line(left, HIGH - y, right, HIGH - y)

    def turn_page(self) -> None:
        self.canvas.showPage()

    def done(self) -> Path:
        self.canvas.save()
        return self.path


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "paper.pdf")


def kinds(document: Document, kind: str) -> list[str]:
    return [p.text for p in document.passages if p.kind == kind]


FILLER = """
The deposit was looked at under the microscope after each run and
it was found that the skin had stayed in one piece on all of the
discs that were opened, apart from two, whose rims had been cut
while the cells were taken apart by hand. No grey powder was seen
on them, nor on the separators, and the foils still had the gloss
of the day on which they were rolled. The same was true of discs
that had been kept in the box for a month before they were used.
"""
FILLER_2 = """
A second batch was made by another hand in another laboratory to
see how much of this depends on the maker. It was dipped in the
same bath for the same time and dried on the same hot plate, then
sent by post in a sealed bag. When it came it was cut to discs in
dry air and built into cells on the day after, in the same order.
All of the cells could be run and none of them had to be left out
"""


def test_raised_and_lowered_characters(press: Press) -> None:
    press.lines(
        LEFT,
        80,
        """
The Li_{3}N skin kept 99.1% over 300 cycles at 1.5 mA cm^{−2} and 2 mAh cm^{−2}.^{12,13}
Its conductivity is 3.2 × 10^{−4} S cm^{−1} at 25 °C. The Li^{+} ions cross it (see Ref. 4).
""",
    )
    document = read_pdf(press.done())
    (text,) = kinds(document, "paragraph")
    assert "The Li3N skin kept 99.1% over 300 cycles at 1.5 mA cm^-2 and 2 mAh cm^-2." in text.replace("−", "-")
    assert "3.2 × 10^-4 S cm^-1 at 25 °C. The Li+ ions" in text.replace("−", "-")
    assert [number for _, number in document.passages[0].markers] == ["12", "13"]
    assert "cm^{−2}.^{12,13}" in document.original


def test_a_stacked_charge_comes_after_the_count(press: Press) -> None:
    end = press.line(LEFT, 80, "the SO")
    press.line(end, 80, "^{2−}")
    end = press.line(end, 80, "_{4}") + 3
    press.line(end, 80, " anions of the bath")
    assert kinds(read_pdf(press.done()), "paragraph") == ["the SO4- anions of the bath"]
    assert "SO4^{2−}" in read_pdf(press.path).original


def two_columns(press: Press) -> Path:
    """Print two pages: a title over both columns, a figure whose caption cuts a sentence, running heads and feet."""
    press.lines(LEFT, 90, "Skins of nitride for the anodes\nof lithium cells at high rates", BOLD, 16, 20)
    press.lines(LEFT, 140, "Anna Bee,^{1} Carl Dee^{2} and Eva Eff*^{1}", BODY, 9)
    press.lines(
        LEFT, 155, "^{1} Institute of Skins, University of Northam, Northam\n^{2} Department of Foils", ITALIC, 6
    )
    y = press.lines(LEFT, 190, "Results and discussion", BOLD, 7, 10)
    y = press.lines(LEFT, y + 2, FILLER)
    y = press.lines(
        LEFT, y, " Cells with the skin were then run with a full charge and dis-\ncharge, to learn how long"
    )
    press.lines(LEFT, y, "they last. At 1 mA cm^{−2} the overpotential was 41 mV after 400")
    for n in range(40):
        press.canvas.line(330 + n, HIGH - 260, 331 + n, HIGH - 200 - n)
    press.line(340, 250, "0.5    1.0    1.5", SANS, 6)
    press.lines(
        RIGHT,
        290,
        "Figure 1. Voltage of cells with a skin (red) and\nwithout one (grey) at 2 mA cm^{−2}.",
        SANS,
        6.5,
        8,
    )
    y = press.lines(RIGHT, 320, "h, and 63 mV after 900 h, when the run was ended by hand.")
    y = press.lines(RIGHT, y, FILLER_2)
    press.line(LEFT, 810, "Journal of Skins 2021, 3, 14", SANS, 6)
    press.line(WIDE / 2, 810, "1", SANS, 6)
    for number in (2, 3):
        press.turn_page()
        press.line(LEFT, 40, "A. Bee et al.", SANS, 6)
        press.lines(LEFT, 70, "because of its make." if number == 2 else "Nothing else was seen.")
        press.lines(LEFT, 78, FILLER)
        press.lines(RIGHT, 70, FILLER_2.rstrip() + ".")
        press.line(LEFT, 810, "Journal of Skins 2021, 3, 14", SANS, 6)
        press.line(WIDE / 2, 810, str(number), SANS, 6)
    return press.done()


def test_two_columns_are_read_one_after_the_other(press: Press) -> None:
    document = read_pdf(two_columns(press))
    text = " ".join(kinds(document, "paragraph"))
    assert document.title == "Skins of nitride for the anodes of lithium cells at high rates"
    assert document.authors == ("Anna Bee", "Carl Dee", "Eva Eff")
    assert text.index("gloss of the day") < text.index("how long they last") < text.index("second batch")
    assert kinds(document, "heading") == ["Results and discussion"]


def test_a_sentence_goes_on_behind_a_caption_and_in_the_next_column(press: Press) -> None:
    document = read_pdf(two_columns(press))
    sentence = "the overpotential was 41 mV after 400 h, and 63 mV after 900 h, when the run was ended by hand."
    assert sum(sentence in text for text in kinds(document, "paragraph")) == 1
    assert kinds(document, "caption") == [
        "Figure 1. Voltage of cells with a skin (red) and without one (grey) at 2 mA cm^-2."
    ]
    assert any("had to be left out because of its make." in text for text in kinds(document, "paragraph"))


def test_broken_words_are_joined(press: Press) -> None:
    document = read_pdf(two_columns(press))
    assert any("full charge and discharge, to learn" in text for text in kinds(document, "paragraph"))


def test_a_compound_keeps_its_hyphen(press: Press) -> None:
    press.lines(
        LEFT, 80, "The charge-discharge curves are flat. Each charge-\ndischarge step took an hour at low-\nfrequency"
    )
    (text,) = kinds(read_pdf(press.done()), "paragraph")
    assert text.endswith("Each charge-discharge step took an hour at low-frequency")


def test_furniture_stands_in_the_original_only(press: Press) -> None:
    document = read_pdf(two_columns(press))
    text = " ".join(p.text for p in document.passages)
    for furniture in ("A. Bee et al.", "Journal of Skins", "0.5"):
        assert furniture in document.original
        assert furniture not in text
    assert document.journal == "Journal of Skins"


def test_pages_and_places(press: Press) -> None:
    document = read_pdf(two_columns(press))
    pages = document.original.split("\f")
    assert len(pages) == len(document.pages) == 3
    for number, start in enumerate(document.pages):
        assert document.original[start:].startswith(pages[number])
        assert document.page_of(start) == number + 1


def test_evidence_shows_the_number(press: Press) -> None:
    mined = mine(read_pdf(two_columns(press)))
    found = {m.value: m for m in mined.measurements if m.metric == "overpotential"}
    assert set(found) == {41.0, 63.0}
    for value, measurement in found.items():
        evidence = measurement.evidence
        assert mined.document.original[evidence.start : evidence.end].startswith(f"{value:.0f}")
        assert evidence.page == 1
        assert measurement.conditions.current_density_mA_cm2 == 1.0


def shows(document: Document) -> Iterator[tuple[str, str]]:
    """Give each letter and digit of the passages with the character at its place."""
    for passage in document.passages:
        for i, character in enumerate(passage.text):
            if character.isalnum():
                yield character, document.original[passage.offsets[i]]


def test_every_character_is_traced(press: Press) -> None:
    for character, original in shows(read_pdf(two_columns(press))):
        assert character == original


def table(
    press: Press, x: float, y: float, rows: Iterable[Sequence[str]], step: float = 80, leading: float = 12
) -> float:
    for row in rows:
        for number, cell in enumerate(row):
            press.line(x + number * step, y, cell, BODY, 7)
        y += leading
    return y


def test_a_ruled_table(press: Press) -> None:
    y = press.lines(LEFT, 80, FILLER + FILLER_2.rstrip() + ".", BODY, 9, 12)
    press.line(LEFT, y + 10, "Table 1. Cells with skins.", BOLD, 7)
    press.rule(y + 20)
    y = table(press, LEFT, y + 30, [("Sample", "Cell", "Overpotential", "CE"), ("", "", "(mV)", "(%)")], leading=9)
    press.rule(y)
    y = table(press, LEFT, y + 10, [("bare Li", "Li|Cu", "90", "92.1"), ("LiF@Li", "Li|Cu", "41", "98.7")])
    y = table(press, LEFT, y, [("", "Li|Li", "38", "")])
    press.rule(y - 5)
    press.lines(LEFT, y + 20, FILLER, BODY, 9, 12)
    document = read_pdf(press.done())
    (cells,) = kinds(document, "table")
    assert [row.split(" | ") for row in cells.split("\n")] == [
        ["Sample", "Cell", "Overpotential (mV)", "CE (%)"],
        ["bare Li", "Li/Cu", "90", "92.1"],
        ["LiF@Li", "Li/Cu", "41", "98.7"],
        ["LiF@Li", "Li/Li", "38", ""],
    ]
    assert kinds(document, "caption") == ["Table 1. Cells with skins."]
    assert {(m.metric, m.value, m.subject.name) for m in mine(document).measurements} >= {
        ("coulombic_efficiency", 98.7, "LiF@Li"),
        ("coulombic_efficiency", 92.1, "bare Li"),
    }


def ruled(press: Press, head: Sequence[tuple[str, ...]], body: Sequence[tuple[str, ...]], caption: str) -> Document:
    """A page with one ruled table between two paragraphs."""
    y = press.lines(LEFT, 80, FILLER + FILLER_2.rstrip() + ".", BODY, 9, 12)
    press.line(LEFT, y + 10, caption, BOLD, 7)
    press.rule(y + 20)
    y = table(press, LEFT, y + 30, head, leading=9)
    press.rule(y)
    y = table(press, LEFT, y + 10, body)
    press.rule(y - 5)
    press.lines(LEFT, y + 20, FILLER, BODY, 9, 12)
    return read_pdf(press.done())


def told(document: Document) -> set[tuple[str, float, str, float | None, str]]:
    return {
        (m.metric, m.value, m.subject.name, m.conditions.current_density_mA_cm2, m.provenance)
        for m in mine(document).measurements
        if m.evidence.text.count("|")
    }


def test_a_ruled_table_with_rows_as_above(press: Press) -> None:
    head = [("Anode", "Current", "Overpotential", "CE"), ("", "(mA cm^{-2})", "(mV)", "(%)")]
    body = [
        ("bare Li", "1", "90", "92.1"),
        ("", "4", "150", "–"),
        ("LiF@Li", "1", "41", "98.7"),
        ("", "4", "66", "97.0"),
    ]
    assert told(ruled(press, head, body, "Table 1. Cells with skins.")) == {
        ("overpotential", 90, "bare Li", 1, "measured"),
        ("overpotential", 150, "bare Li", 4, "measured"),
        ("overpotential", 41, "LiF@Li", 1, "measured"),
        ("overpotential", 66, "LiF@Li", 4, "measured"),
        ("coulombic_efficiency", 92.1, "bare Li", 1, "measured"),
        ("coulombic_efficiency", 98.7, "LiF@Li", 1, "measured"),
        ("coulombic_efficiency", 97.0, "LiF@Li", 4, "measured"),
    }


def test_a_ruled_table_of_two_rows_one_of_another_work(press: Press) -> None:
    head = [("Coating", "Lifetime (h)", "CE (%)", "Source")]
    body = [("ZnO", "410", "96.2", "Okada 2018"), ("LiF@Li", "900", "98.7", "This work")]
    assert told(ruled(press, head, body, "Table 2. Skins compared.")) == {
        ("cycling_hours", 410, "ZnO", None, "cited"),
        ("coulombic_efficiency", 96.2, "ZnO", None, "cited"),
        ("cycling_hours", 900, "LiF@Li", None, "measured"),
        ("coulombic_efficiency", 98.7, "LiF@Li", None, "measured"),
    }


def test_a_ruled_table_of_crystals_gives_nothing(press: Press) -> None:
    head = [("Phase", "a (nm)", "Density (g cm^{-3})", "Rwp (%)")]
    body = [("LiF", "0.40", "2.64", "4.1"), ("Li2O", "0.46", "2.01", "5.0"), ("Li3N", "0.36", "1.29", "3.9")]
    assert told(ruled(press, head, body, "Table 3. Lattice parameters by Rietveld refinement.")) == set()


def test_a_table_without_rules_over_two_pages(press: Press) -> None:
    y = press.lines(LEFT, 80, FILLER + FILLER_2.rstrip() + ".", BODY, 9, 12)
    press.line(LEFT, y + 10, "Table 2. More cells.", BOLD, 7)
    head = ("Sample", "Capacity (mAh/g)", "Cycles")
    table(press, LEFT, y + 25, [head, ("S1", "150", "200"), ("S2", "148", "300"), ("S3", "120", "70")], step=120)
    press.turn_page()
    y = table(press, LEFT, 80, [("S4", "111", "90"), ("S5", "99", "20")], step=120)
    press.lines(LEFT, y + 20, FILLER, BODY, 9, 12)
    (cells,) = kinds(read_pdf(press.done()), "table")
    assert [row.split(" | ")[0] for row in cells.split("\n")] == ["Sample", "S1", "S2", "S3", "S4", "S5"]
    assert cells.endswith("S5 | 99 | 20")


def test_wrapped_cells_are_one() -> None:
    def printed_line(y: float, *cells: tuple[float, str]) -> list[Piece]:
        return [Piece(text, x, x + 4.0 * len(text), y, 7.0) for x, text in cells]

    rows = [
        printed_line(10, (0, "name"), (80, "electrolyte"), (160, "CE")),
        printed_line(30, (0, "S1"), (80, "1 M LiPF6 in"), (160, "98")),
        printed_line(38, (80, "EC/DEC")),
        printed_line(58, (0, "S2"), (80, "the same"), (160, "99")),
    ]
    lines = columns([Unit(p.left, p.right, p.base, p.size, (p,)) for row in rows for p in row], [])[0]
    found = rows_and_cells(lines)
    assert [[" ".join(p.text for p in cell) for cell in row] for row in found] == [
        ["name", "electrolyte", "CE"],
        ["S1", "1 M LiPF6 in EC/DEC", "98"],
        ["S2", "the same", "99"],
    ]


def test_a_sentence_with_wide_gaps_is_no_table() -> None:
    pieces = [Piece("word", x, x + 20.0, y, 7.0) for y in (10, 20, 30) for x in (0, 60, 120)]
    lines = columns([Unit(p.left, p.right, p.base, p.size, (p,)) for p in pieces], [])[0]
    assert not any(line.rows for line in with_tables(lines, goes_on=False))


def test_sections_by_number_and_weight(press: Press) -> None:
    y = 80.0
    for head, font in (("1. Introduction", BOLD), ("2. Methods", BOLD), ("2.1. Making the skins", ITALIC)):
        y = press.lines(LEFT, y, head, font, 6) + 4
        y = press.lines(LEFT, y, FILLER) + 8
    press.lines(LEFT, y, "Funding: nobody paid for this. " + FILLER.strip().split(". ")[-1])
    document = read_pdf(press.done())
    assert [p.section for p in document.passages if p.kind == "heading"] == [
        "1. Introduction",
        "2. Methods",
        "2. Methods > 2.1. Making the skins",
        "Funding",
    ]
    assert [p.text.split(" ", 1)[0] for p in document.passages if p.section == "Funding"] == ["Funding", "nobody"]


def test_keywords_do_not_swallow_a_letter_without_headings(press: Press) -> None:
    y = press.lines(LEFT, 80, "Keywords: skins, nitride, cells")
    press.lines(LEFT, y + 10, FILLER)
    assert [p.section for p in read_pdf(press.done()).passages] == ["Keywords", "Keywords", ""]


NUMBERED = """
[1] A. Bee, C. Dee, J. Skins 2019, 2, 11. https://doi.org/10.1234/
skin.2019.2
[2] E. Eff, Foils 2018, 7, 99–
104.
[3] G. Gee, H. Hay, I. Ivy, The making of skins
in dry rooms, Nordpress, 2017.
"""
HANGING = """
Bee, A., and Dee, C. (2019). Nitride skins for anodes.
   J. Skins 2, 11.
Eff, E. (2018). Rolling of lithium foils in dry air of a
   room. Foils 7, 99–104.
Gee, G. (2017). Making skins.
"""


def test_numbered_references(press: Press) -> None:
    y = press.lines(LEFT, 80, FILLER)
    y = press.lines(LEFT, y + 8, "References", BOLD, 7, 10)
    press.lines(LEFT, y + 4, NUMBERED, BODY, 5, 6.5)
    references = read_pdf(press.done()).references
    assert [r.marker for r in references] == ["1", "2", "3"]
    assert [r.year for r in references] == [2019, 2018, 2017]
    assert references[0].doi == "10.1234/skin.2019.2"
    assert references[1].text.endswith("99–104.")


def test_references_that_hang(press: Press) -> None:
    y = press.lines(LEFT, 80, FILLER)
    y = press.lines(LEFT, y + 8, "References", BOLD, 7, 10) + 4
    y = press.lines(LEFT, y, HANGING, BODY, 5, 6.5)
    press.lines(LEFT, y + 20, "Conflict of Interest: the authors declare none.", BODY, 5, 6.5)
    document = read_pdf(press.done())
    assert [r.year for r in document.references] == [2019, 2018, 2017]
    assert document.passages[-1].text == "the authors declare none."


def test_front_matter(tmp_path: Path) -> None:
    press = Press(tmp_path / "paper.pdf", Title="Foils that were rolled in dry air", Author="Eva Eff")
    press.line(LEFT, 60, "The Northam Journal of Foils and Skins", BOLD, 18)
    press.line(LEFT, 90, "Foils that were rolled in dry air", BOLD, 14)
    press.line(LEFT, 110, "Published online: 3 May 2020. doi:10.1234/FOIL.2020.7", SANS, 6)
    press.line(LEFT, 120, "Licensee: CC BY license (http://creativecommons.org/licenses/by/4.0/)", SANS, 6)
    press.lines(LEFT, 150, FILLER)
    document = read_pdf(press.done())
    assert document.title == "Foils that were rolled in dry air"
    assert (document.doi, document.year, document.licence) == ("10.1234/foil.2020.7", 2020, "CC BY 4.0")
    assert document.authors == ("Eva Eff",)
    assert (document.source, document.format) == ("paper.pdf", "pdf")


def test_a_page_on_its_side(press: Press) -> None:
    press.canvas.rotate(90)
    press.canvas.translate(0, -HIGH)
    press.lines(LEFT, HIGH - 500, FILLER)
    (text,) = kinds(read_pdf(press.done()), "paragraph")
    assert text.startswith("The deposit was looked at") and text.endswith("before they were used.")


def test_line_numbers_of_a_manuscript(press: Press) -> None:
    y = 80.0
    for number, line in enumerate((FILLER.strip() + FILLER_2.rstrip()).split("\n"), 1):
        press.line(20, y, str(number), SANS, 6)
        press.line(LEFT, y, line)
        y += 16
    text = " ".join(kinds(read_pdf(press.done()), "paragraph"))
    assert not re.search(r"\d", text)


def test_pictures_hold_no_text(press: Press) -> None:
    from io import BytesIO

    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    y = press.lines(LEFT, 80, FILLER)
    press.canvas.drawImage(ImageReader(picture), LEFT, HIGH - y - 100, 200, 100)
    press.line(LEFT + 20, y + 50, "2000 mA g^{−1}, 50th cycle", SANS, 6)
    document = read_pdf(press.done())
    assert "50th cycle" in document.original
    assert not any("50th" in p.text for p in document.passages)


@pytest.mark.parametrize(
    ("code", "meant"), [(1, "\ufffd"), (0xE001, "\ufffd"), (0xF06D, "µ"), (0x1D465, "x"), (65, "A")]
)
def test_codes_without_a_meaning(code: int, meant: str) -> None:
    assert shown(code) == meant


def test_accents_over_letters() -> None:
    marks = [Glyph(c, x, x + 5, 10, 10, "", 400, False, False) for c, x in (("N", 0), ("u", 5), ("n", 10), ("e", 15))]
    assert [p.text for p in pieces_of([*marks, Glyph("˜", 11, 14, 10, 10, "", 400, False, True)])] == ["Nuñe"]


WORDS = st.lists(st.text("abcdefgxyz0123456789%", min_size=1, max_size=9), min_size=1, max_size=30)


@given(WORDS, st.floats(3, 30), st.floats(0.2, 0.8))
def test_words_come_back(words: list[str], size: float, space: float) -> None:
    marks, x = [], 40.0
    for word in words:
        for character in word:
            marks.append(Glyph(character, x, x + 0.5 * size, 100, size, "", 400, False, False))
            x += 0.5 * size
        x += space * size
    assert [p.text for p in pieces_of(marks)] == [" ".join(words)]


@given(st.integers(8, 60), st.integers(8, 60), st.integers(0, 3), st.floats(9, 30))
def test_columns_come_one_after_the_other(left: int, right: int, over: int, gap: float) -> None:
    def unit(name: str, x: float, end: float, y: float) -> Unit:
        return Unit(x, end, y, 9.0, (Piece(name, x, end, y, 9.0),))

    units = [unit(f"t{i}", 50, 50 + 480 + gap, 40 + 11 * i) for i in range(over)]
    units += [unit(f"a{i}", 50, 290, 100 + 11 * i) for i in range(left)]
    units += [unit(f"b{i}", 290 + gap, 530 + gap, 100 + 11 * i) for i in range(right)]
    order = [line.text for part in columns(units, [290 + gap]) for line in part]
    assert order == [u.pieces[0].text for u in units]


def raw_pdf(content: bytes, filters: bytes = b"", *more: bytes, resources: bytes = b"") -> bytes:
    """Write a PDF of one page by hand; ``more`` objects are numbered from 6 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>" + resources + b">>>>",
        stream(content, filters),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    return written(objects)


def stream(content: bytes, keys: bytes = b"") -> bytes:
    return b"<</Length %d %s>>stream\n%s\nendstream" % (len(content), keys, content)


def written(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)


def deflated(megabytes: int) -> bytes:
    press = zlib.compressobj(9)
    return b"".join(press.compress(b" " * 1_000_000) for _ in range(megabytes)) + press.flush()


TEXT = b"BT /F 9 Tf 50 700 Td (The cell ran for 900 h at 1 mA cm-2 without a short circuit.) Tj ET"


def test_a_lost_minus_is_left_to_the_ledger(tmp_path: Path) -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    cmap = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <2D> <0001> endbfchar endcmap"
    path = tmp_path / "damaged.pdf"
    body = raw_pdf(TEXT, b"", stream(cmap)).replace(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", font)
    path.write_bytes(body)
    document = read_pdf(path)
    assert "mA cm\ufffd2" in document.original
    assert [p.text for p in document.passages] == ["The cell ran for 900 h at 1 mA cm^-2 without a short circuit."]
    assert [r.before for r in document.passages[0].repairs] == ["\ufffd"]


def encrypted(tmp_path: Path) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "locked.pdf"), encrypt=StandardEncryption("secret", "owner"))
    canvas.drawString(50, 700, "a secret paper")
    canvas.save()
    return (tmp_path / "locked.pdf").read_bytes()


def scanned(tmp_path: Path) -> bytes:
    from io import BytesIO

    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    picture = BytesIO()
    Image.new("L", (60, 80), 200).save(picture, "PNG")
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(WIDE, HIGH))
    for number in range(3):
        canvas.drawImage(ImageReader(picture), 0, 0, WIDE, HIGH)
        canvas.drawString(50, 20, f"{number}")
        canvas.showPage()
    canvas.save()
    return (tmp_path / "scan.pdf").read_bytes()


def laughs() -> bytes:
    keys = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X %d 0 R>>/Font<</F 5 0 R>>>>"
    forms = [stream(b"/X Do " * 10, keys % (7 + i)) for i in range(9)] + [stream(TEXT, keys % 5)]
    return raw_pdf(b"/X Do " * 10, b"", *forms, resources=b"/XObject<</X 6 0 R>>")


def many_pages() -> bytes:
    tree = b"<</Type/Pages/Count 50000/Kids[" + b"3 0 R " * 50_000 + b"]>>"
    return written([b"<</Type/Catalog/Pages 2 0 R>>", tree, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"])


def no_letters() -> bytes:
    cmap = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 "
    cmap += b"beginbfrange <20> <7E> <E000> endbfrange endcmap"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return raw_pdf(TEXT, b"", stream(cmap)).replace(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", font)


HOSTILE = {
    "is empty": lambda folder: b"",
    "is an HTML page": lambda folder: b"<!DOCTYPE html><html><body>Log in</body></html>",
    "is something else": lambda folder: bytes(range(256)) * 40,
    "is cut short": lambda folder: raw_pdf(TEXT)[:-60],
    "is damaged": lambda folder: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n",
    "asks for a password": encrypted,
    "run OCR first": scanned,
    "has no text": lambda folder: raw_pdf(b""),
    "which letters": lambda folder: no_letters(),
    "50000 pages": lambda folder: many_pages(),
}


@pytest.mark.parametrize("said", HOSTILE)
def test_files_that_cannot_be_read_say_why(said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(HOSTILE[said](tmp_path))
    with pytest.raises(UnreadableDocument, match=f"^bad.pdf: .*{re.escape(said)}") as caught:
        read_pdf(path)
    assert "\n" not in str(caught.value)


BOMBS = {
    "stream": lambda: raw_pdf(deflated(400), b"/Filter/FlateDecode"),
    "nested": lambda: raw_pdf(zlib.compress(zlib.compress(deflated(400))), b"/Filter[" + b"/FlateDecode" * 3 + b"]"),
    "laughs": laughs,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_bounded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMIT_MEMORY", 300_000_000)
    monkeypatch.setattr(pdf, "LIMIT_SECONDS", 20)
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(BOMBS[name]())
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UnreadableDocument, match=r"GB of memory|longer than 20 s"):
        read_pdf(path)


def test_the_clock(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMIT_SECONDS", 0.01)
    press.lines(LEFT, 80, FILLER)
    with pytest.raises(UnreadableDocument, match="takes longer than"):
        read_pdf(press.done())


def test_too_large(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMIT_BYTES", 100)
    press.lines(LEFT, 80, FILLER)
    with pytest.raises(UnreadableDocument, match="split it into papers"):
        read_pdf(press.done())


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be opened"):
        read_pdf(tmp_path / "none.pdf")


def test_read_takes_pdfs(press: Press) -> None:
    press.lines(LEFT, 80, FILLER)
    assert read(press.done()).format == "pdf"


def test_the_laid_out_parts_cover_the_lines(press: Press) -> None:
    laid = printed.laid_out(two_columns(press))
    spans = sorted(tuple(span) for part in laid["parts"] for span in part.get("lines", ()))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    lines = [line for line in re.split(r"[\n\f]+", laid["text"]) if line]
    assert [laid["text"][a:b] for a, b in spans] == lines


def test_a_box_cut_by_another() -> None:
    assert Box(0, 0, 10, 10).cut(Box(5, 6, 20, 8)) == Box(5, 6, 10, 8)


@pytest.mark.parametrize("name", ["PMC7058583", "PMC7075112"])
def test_a_paper_as_xml_and_as_pdf(name: str) -> None:
    paper = SHARED / f"{name}.pdf"
    if not paper.is_file():
        pytest.skip(f"no papers at {SHARED}; name the shared folder with KB_SHARED")
    one, other = read(paper), read(paper.with_suffix(".xml"))
    assert (one.title, one.doi, one.year, one.journal, one.authors) == (
        other.title,
        other.doi,
        other.year,
        other.journal,
        other.authors,
    )
    assert len(one.references) == len(other.references)
    assert all(a == b or a in "^+-" for a, b in shows(one))
    a, b = ({(m.metric, m.value, m.unit) for m in mine(document).measurements} for document in (one, other))
    assert len(a & b) >= 0.9 * max(len(a), len(b)), (a - b, b - a)
