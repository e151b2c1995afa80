"""HTML as publishers show it to documents: one small page a publisher, furniture, pages without an article, offsets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pipeline import mine
from extractors.readers import read, read_page, read_xml
from extractors.readers.markup.tree import MAX_DEPTH
from schema.errors import UnreadableDocument
from schema.records import Document

META = """<meta name="citation_title" content="Skins of Li3N for anodes">
<meta name="citation_doi" content="10.1234/SKIN.5">"""
FURNITURE = """<div id="onetrust-banner-sdk"><p>We use cookies to serve you for 999 h and more. Accept all.</p></div>
<nav><ul><li><a href="/">Home</a></li></ul></nav><script>var x = "<p>It ran for 999 h.</p>";</script>
<header class="site-header"><p>Register for 999 h of free reading in our journals.</p></header>"""
RELATED = """<aside class="related-content"><h2>Recommended</h2><p>Another cell ran for 999 h in air.</p></aside>
<footer><p>Copyright of 999 h. All rights reserved.</p></footer>"""
PAGES = Path(__file__).parent / "pages"  # one small page a publisher, as browsers save them


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html>\n<html><head><title>x</title>{head}</head><body>{body}</body></html>"


def texts(document: Document, kind: str) -> list[str]:
    return [p.text for p in document.passages if p.kind == kind]


@pytest.fixture(scope="module", params=["acs", "elsevier", "rsc", "springer", "wiley"])
def paper(request: pytest.FixtureRequest) -> Document:
    return read(PAGES / f"{request.param}.html")


def test_front_matter(paper: Document) -> None:
    assert paper.format == "html"
    assert (paper.title, paper.doi, paper.year) == ("Skins of Li3N for anodes", "10.1234/skin.5", 2021)
    assert (paper.journal, paper.licence) == ("Journal of Skins", "CC BY 4.0")
    assert paper.authors == ("Anna Bee", "Carl Dee")


def test_passages_stand_under_their_headings(paper: Document) -> None:
    told = {(p.section, p.text) for p in paper.passages if p.kind == "paragraph"}
    introduction = next(s for s, _ in told if s.endswith("Introduction"))
    cycling = next(s for s, _ in told if s.endswith("Cycling"))
    assert ("Abstract", "A skin of tin keeps 98.1% for 300 cycles.") in told
    assert (introduction, "Skins are old. Some are new.") in told
    assert cycling.split(" > ")[0].endswith("Results")
    assert any(s == cycling and t.startswith("The cell ran for 900 h at 1 mA cm^-2 (Fig") for s, t in told)
    assert any(s.startswith("Ackn") and "400 h" in t for s, t in told)
    assert len(told) == 4, told
    assert texts(paper, "title") == ["Skins of Li3N for anodes"]


def test_citations_become_markers(paper: Document) -> None:
    (passage,) = [p for p in paper.passages if p.text == "Skins are old. Some are new."]
    assert [marker for _, marker in passage.markers] == ["1", "2", "3", "2"]
    assert passage.markers[0][0] <= len("Skins are old.") < passage.markers[3][0]
    assert not any(p.markers for p in paper.passages if p is not passage)


def test_captions_and_tables(paper: Document) -> None:
    captions = texts(paper, "caption")
    figure = next(c for c in captions if c.startswith("Fig"))
    assert figure.endswith("un at 2 mA cm^-2.")
    assert figure.count("Fig") == 1
    table = next(c for c in captions if c.startswith("Table 1"))
    assert "Skins of all cells" in table
    if "springer" not in paper.source:  # it shows its tables on pages of their own
        (rows,) = texts(paper, "table")
        assert rows.split("\n")[:2] == ["Sample | CE (%)", "PAN | 98.4"]
        assert any("Run at 25 °C." in t for t in [*captions, rows])


def test_references_are_structured(paper: Document) -> None:
    first, second, third = paper.references
    assert [r.marker for r in paper.references] == ["1", "2", "3"]
    assert "Gee" in first.authors
    assert first.journal.startswith("Chem. Skins")
    assert (first.year, first.doi) == (2001, "10.5555/abc.7")
    assert (second.year, third.year) == (2019, 2018)
    assert "Scholar" not in first.text
    assert "Crossref" not in first.text.title()


def test_furniture_and_back_matter_yield_no_facts(paper: Document) -> None:
    assert not any("999" in p.text for p in paper.passages), [p.text for p in paper.passages if "999" in p.text]
    told = {m.evidence.text for m in mine(paper).measurements}
    assert any("900 h" in text for text in told)
    assert not any(number in text for text in told for number in ("400 h", "1234"))


def test_each_character_keeps_its_place(paper: Document) -> None:
    for passage in paper.passages:
        assert len(passage.offsets) == len(passage.text) + 1
        for character, offset in zip(passage.text, passage.offsets, strict=False):
            assert paper.original[offset] in (character, "&") or not character.isalnum()
    passage = next(p for p in paper.passages if "900 h" in p.text)
    start, end = passage.original_span(passage.text.index("900"), passage.text.index("900") + 3)
    assert paper.original[start:end] == "900"


# --- pages of other kinds ---

SENTENCE = "<p>The coated cell ran for 900 h at 1 mA cm<sup>&minus;2</sup> in the test.</p>"


def test_a_page_without_any_head_is_read() -> None:
    document = read_page(
        f"<h1>Skins</h1><p>DOI: <a href='https://doi.org/10.1234/SKIN.6'>here</a></p><h2>Results</h2>{SENTENCE}"
    )
    assert (document.title, document.doi, document.year) == ("Skins", "10.1234/skin.6", None)
    assert texts(document, "paragraph")[-1] == "The coated cell ran for 900 h at 1 mA cm^-2 in the test."


def test_a_page_with_only_an_abstract_is_that() -> None:
    abstract = f"<article><h1>Skins</h1><div class='abstract'><h2>Abstract</h2>{SENTENCE}</div>"
    wall = "<div class='paywall'><p>Get access to the full text of this article for 99 $ now.</p></div></article>"
    document = read_page(page(FURNITURE + abstract + wall, META))
    told = [(p.kind, p.section) for p in document.passages]
    assert told == [("title", ""), ("heading", "Abstract"), ("paragraph", "Abstract")]


COOKIES = """<h1>We value your privacy</h1><p>We and our partners store cookies on your device, for a year at most.</p>
<p>You may change your choice at any time in the privacy policy of this site.</p><button>Accept</button>"""
PAYWALL = """<main><h1>Skins of Li3N for anodes</h1><p>Anna Bee, Department of Skins, University of Tin, 12345 Tin</p>
<div class="access-options"><h2>Access options</h2><p>Purchase digital access to this article for 48 h.</p></div>
<p>To read the full text, sign in via your institution.</p></main>"""
WALL = """<h1>Just a moment...</h1><p>Enable JavaScript and cookies to continue reading on this site, please.</p>"""


@pytest.mark.parametrize("body", [COOKIES, PAYWALL, WALL, "", FURNITURE + RELATED, "<h1>Skins</h1><h2>Results</h2>"])
def test_a_page_without_an_article_is_refused(body: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"wall\.html: no article text found") as caught:
        read_page(page(body, META), "wall.html")
    assert "\n" not in str(caught.value)


def test_sub_and_sup_and_entities_are_kept() -> None:
    ohms = "5&nbsp;&Omega;&#160;cm<sup>2</sup> &lt; 9 &#x3a9;"
    text = f"<p>R<sub>ct</sub> of Li<sup>+</sup> is {ohms} in <sup>7</sup>Li NMR &amp; more.</p>"
    assert read_page(text).passages[0].text == "Rct of Li+ is 5 Ω cm^2 < 9 Ω in 7Li NMR & more."


def test_a_formula_shown_twice_is_told_once() -> None:
    assistive = "<math><msup><mn>10</mn><mrow><mo>−</mo><mn>4</mn></mrow></msup></math>"
    shown = f"""<span class="MathJax_Preview">10-4</span><span class="MathJax">
<nobr aria-hidden="true"><i>10−4</i></nobr>
<span class="MJX_Assistive_MathML">{assistive}</span></span><script type="math/mml">{assistive}</script>"""
    assert read_page(f"<p>The film conducts {shown} S cm<sup>−1</sup> in the test.</p>").passages[0].text == (
        "The film conducts 10^-4 S cm^-1 in the test."
    )


def test_unclosed_tags_are_closed_as_browsers_do() -> None:
    first, second = "The first cell ran for 900 h at last.", "The second one ran for 80 h only."
    document = read_page(f"<h2>Results</h2><p>{first}<p>{second}<ul><li>one more<li>two more</ul>")
    assert texts(document, "paragraph") == [first, second]
    assert texts(document, "list") == ["one more", "two more"]


def test_table_cells_without_end_tags() -> None:
    text = f"{SENTENCE}<table><caption>Table 1. Cells</caption><tr><th>Sample<th>CE (%)<tr><td>PAN<td>98.4</table>"
    document = read_page(text)
    assert texts(document, "table") == ["Sample | CE (%)\nPAN | 98.4"]
    assert texts(document, "caption") == ["Table 1. Cells"]


def test_names_and_years_become_the_number_in_the_list() -> None:
    listed = "".join(f"<li id='B{n}'>Bee, A. ({2010 + n}). J. Tin.</li>" for n in (1, 2, 3))
    cited = "(Bee et al., <a href='#B3'>2013</a>; Bee, <a href='#B1'>2011</a>)"
    text = f"<p>Skins last for long {cited} in all of our cells.</p>"
    document = read_page(f"{text}<h2>References</h2><ol>{listed}</ol>")
    assert document.passages[0].text == "Skins last for long in all of our cells."
    assert [m for _, m in document.passages[0].markers] == ["3", "1"]


def test_entries_in_paragraphs_are_references_too() -> None:
    document = read_page(
        f"{SENTENCE}<h2>References</h2><p>[1] F. Gee, Chem. Skins 2001.</p><p>[2] C. Dee, J. Tin 2019.</p>"
    )
    assert [(r.marker, r.year) for r in document.references] == [("1", 2001), ("2", 2019)]


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.xml"])
def test_xhtml_is_read_under_any_of_its_suffixes(tmp_path: Path, name: str) -> None:
    text = f'<?xml version="1.0"?><html xmlns="x"><body><a name="top"/><div/><h2>Results</h2>{SENTENCE}</body></html>'
    path = tmp_path / name
    path.write_text(text.replace("&minus;", "−"), "utf-8")
    document = read(path)
    assert document.format == "html"
    assert texts(document, "paragraph") == ["The coated cell ran for 900 h at 1 mA cm^-2 in the test."]


def test_an_old_page_says_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "old.htm"
    head = '<meta http-equiv="content-type" content="text/html; charset=ISO-8859-1">'
    path.write_bytes(page("<p>The cell ran for 900 h at 25 °C in the test.</p>", head).encode("latin-1"))
    assert texts(read(path), "paragraph") == ["The cell ran for 900 h at 25 °C in the test."]
    path.write_bytes(page("<p>25 °C</p>").encode("latin-1"))
    with pytest.raises(UnreadableDocument, match=r"is not UTF-8 \(byte \d+ is 0xb0\)"):
        read(path)


# --- hostile pages ---


@pytest.mark.parametrize(
    "text",
    ["<" * 300_000, "<a " * 300_000, "<a b='" * 200_000, "<!--" * 300_000, "<p>" * 50_000, "</p>" * 200_000,
     "&" * 300_000, "<script>" * 100_000, "<table><tr><td>" * 30, "<li>x 2019" * 10_000,
     "<h2>References</h2><ul><li>a 2019</ul>" * 2_000],
)  # fmt: skip
def test_broken_markup_takes_no_long_time(text: str) -> None:
    start = time.perf_counter()
    document = read_page(f"{SENTENCE}{text}")
    assert document.passages[0].text.startswith("The coated cell")
    assert time.perf_counter() - start < 20


def test_a_nesting_bomb_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match=f"nests elements more than {MAX_DEPTH} deep"):
        read_page("<div>" * 100_000 + SENTENCE)
    deep = MAX_DEPTH - 10
    assert read_page("<div>" * deep + SENTENCE + "</div>" * deep).passages
    assert read_page("<b>" * deep + SENTENCE).passages
    assert read_page("<ul><li>" * (deep // 2) + SENTENCE).passages


@pytest.mark.parametrize("opening", ["<div>", "<figure><div>", "<p><sup>", "<p>It ran. <math><msup><mi>x</mi>"])
def test_the_recursion_limit_is_far(opening: str) -> None:
    """What walks a tree as deep as is allowed works also where the caller already stands deep."""
    first, last = opening.rpartition("<")[0], opening[opening.rindex("<") :]
    if "math" in opening:
        first, last = "<p>It ran. <math>", "<msup><mi>x</mi>"
    text = SENTENCE + first + last * (MAX_DEPTH - 6) + "A caption of a cell, told deep down."

    def sink(level: int) -> Document:
        return sink(level - 1) if level else read_page(text)

    assert sink(150).passages


@pytest.mark.slow
def test_memory_stays_below_a_gigabyte() -> None:
    program = (
        "import resource\nfrom extractors.readers import read_page\n"
        "read_page('<p>' + 'The cell ran for 900 h at 1 mA cm<sup>-2</sup> &lt; 2. ' * 60_000 + '</p>')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = str(Path(__file__).parents[4])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, cwd=root,
                          env={**os.environ, "PYTHONPATH": root})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1_000_000, "kB"


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</i>", "<table>", "<td>", "<tr>", "</table>", "<ul>", "<li>", "</div>", "<div>", "<sup>",
     "</sup>", "&lt;", "&#8722;", "&nosuch;", "&", "<", ">", "<!--", "-->", "a", " 9 h", "é", "\n", "<h2>", "</h2>",
     "<a href='#ref1'>", "</a>", "<math>", "<msup>", "<mn>", "</math>", "<figure>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_any_soup_is_read_with_its_places(pieces: list[str]) -> None:
    document = read_page(f"{SENTENCE}{''.join(pieces)}")
    for passage in document.passages:
        assert len(passage.offsets) == len(passage.text) + 1
        assert all(0 <= offset <= len(document.original) for offset in passage.offsets)
        for character, offset in zip(passage.text, passage.offsets, strict=False):
            assert not character.isalnum() or document.original[offset] in (character, "&")


def test_pages_with_entities_of_their_own_expand_none() -> None:
    text = f'<!DOCTYPE html [<!ENTITY a "ha">]><p>&a; {SENTENCE[3:]}'
    assert "&a;" in read_page(text).passages[-1].text
    with pytest.raises(UnreadableDocument, match="a DTD of its own"):
        read_xml('<!DOCTYPE html [<!ENTITY a "ha">]><html><body><p>&a;</p></body></html>')
