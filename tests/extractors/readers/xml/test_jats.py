"""JATS XML to documents: text, tables, citations, references, offsets; what is refused; real articles."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pipeline import mine
from extractors.readers import read, read_xml
from extractors.readers.markup.grid import MAX_SPAN
from extractors.readers.markup.tree import MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT
from extractors.sections import tells_nothing
from schema.errors import UnreadableDocument
from schema.records import Document

DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-archivearticle1.dtd">\n'
FRONT = """<front>
<journal-meta><journal-title-group><journal-title>Journal of Skins</journal-title></journal-title-group></journal-meta>
<article-meta>
<article-id pub-id-type="pmid">12</article-id><article-id pub-id-type="doi">10.1234/SKIN.2021.5</article-id>
<title-group>
<article-title>Skins of Li<sub>3</sub>N for anodes<xref ref-type="fn" rid="n1">*</xref></article-title></title-group>
<contrib-group>
<contrib contrib-type="author"><name><surname>Bee</surname><given-names>Anna</given-names></name>
<xref ref-type="aff" rid="a1"><sup>1</sup></xref></contrib>
<contrib contrib-type="author"><collab>The Skin Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>Nix</surname><given-names>No</given-names></name></contrib>
</contrib-group>
<pub-date pub-type="epub"><year>2020</year></pub-date><pub-date pub-type="collection"><year>2021</year></pub-date>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Free.</license-p></license>
</permissions>
<abstract><p>A skin keeps 98.1% for 300 cycles.</p></abstract>
<abstract abstract-type="graphical"><title>Table of contents</title><p>A picture of a skin.</p></abstract>
<kwd-group><kwd>skin at 5 V</kwd></kwd-group>
</article-meta></front>"""
BODY = """<body><sec sec-type="intro"><label>1</label><title>Introduction</title>
<p>Skins are old [<xref ref-type="bibr" rid="r1">1</xref>,
<xref ref-type="bibr" rid="r2">2</xref>].</p></sec>
<sec><title>Results</title><sec><title>Cycling at 1 mA cm<sup>&#x2212;2</sup></title>
<p>The cell ran for
 900&#xa0;h at 1&#8201;mA cm<sup>&#x2212;2</sup> (<xref ref-type="fig" rid="f1">Figure 1</xref>), and
<fig id="f1"><label>Figure 1</label><caption><title>Cells.</title><p>Run at 2 mA cm<sup>&#x2212;2</sup>.</p></caption>
<graphic xlink:href="f1.tif"/></fig> the bare one for 80 h: <list list-type="order"><list-item><label>1.</label>
<p>one of lead;</p></list-item><list-item><p>one of tin.</p></list-item></list> Both ended.</p>
<p>See <xref ref-type="table" rid="t1">Table 1</xref>.</p></sec></sec></body>"""
BACK = """<back><ack><p>We thank the tin mine for 400 h of work.</p></ack>
<notes notes-type="COI-statement"><p>None for 500 h.</p></notes>
<fn-group><fn fn-type="con"><p>A.B. cycled cells for 600 h.</p></fn></fn-group>
<sec sec-type="supplementary-material"><title>More</title><p>The cell of the file ran for 700 h.</p>
<supplementary-material id="S1"><caption><p>File of 800 h.</p></caption></supplementary-material></sec>
<app-group><app><title>Appendix A</title><p>A cell of lead ran for 300 h.</p></app></app-group>
<ref-list><title>References</title>
<ref id="r1"><label>1.</label><element-citation publication-type="journal"><person-group person-group-type="author">
<name><surname>Gee</surname><given-names>F.</given-names></name><etal/></person-group><article-title>Growth of
 skins</article-title><source>Chem. Skins</source><year>2001</year><volume>3</volume><fpage>14</fpage>
<pub-id pub-id-type="doi">10.5555/ABC.7</pub-id><pub-id pub-id-type="pmid">99</pub-id></element-citation></ref>
<ref id="r2"><label>2.</label><mixed-citation>Dee, C. Of tin. <italic>J. Tin</italic> <bold>2019</bold>, 5, 6;
 a cell ran for 1234 h.</mixed-citation></ref></ref-list></back>
<floats-group><table-wrap id="t1"><label>Table 1</label><caption><p>Cells.</p></caption>
<table><thead><tr><th rowspan="2">Sample</th><th colspan="2">Cells at 1 mA cm<sup>&#x2212;2</sup></th></tr>
<tr><th>CE (%)</th><th>Cell</th></tr></thead><tbody>
<tr><td colspan="3">Polymers</td></tr>
<tr><td rowspan="2">PAN</td>
<td>98.4<xref ref-type="table-fn" rid="tf1"><sup>a</sup></xref></td><td>Li|Cu</td></tr>
<tr><td>97.2 [<xref ref-type="bibr" rid="r2">2</xref>]</td><td>Li||LFP</td></tr></tbody></table>
<table-wrap-foot><fn id="tf1"><label>a</label><p>At 60 &#xb0;C.</p></fn></table-wrap-foot></table-wrap>
</floats-group>"""
ARTICLE = f'{DOCTYPE}<article xmlns:xlink="l">{FRONT}{BODY}{BACK}</article>'
SHARED = Path(os.environ.get("KB_SHARED", Path(__file__).parents[5] / "shared")) / "papers_extra"


def jats(body: str, back: str = "") -> Document:
    return read_xml(f"<article><front/><body>{body}</body><back>{back}</back></article>", "a.xml")


def texts(document: Document, kind: str) -> list[str]:
    return [p.text for p in document.passages if p.kind == kind]


@pytest.fixture(scope="module")
def paper() -> Document:
    return read_xml(ARTICLE, "skins.xml")


def test_front_matter(paper: Document) -> None:
    assert (paper.source, paper.format, paper.original) == ("skins.xml", "jats", ARTICLE)
    assert paper.title == "Skins of Li3N for anodes"
    assert paper.doi == "10.1234/skin.2021.5"
    assert paper.year == 2021, "the year of the issue"
    assert paper.journal == "Journal of Skins"
    assert paper.authors == ("Anna Bee", "The Skin Group")
    assert paper.licence == "CC BY 4.0"


def test_passages_stand_in_reading_order_under_their_headings(paper: Document) -> None:
    told = [(p.kind, p.section, p.text) for p in paper.passages if p.kind != "table"]
    deep = "Results > Cycling at 1 mA cm^-2"
    assert told[:-2] == [
        ("title", "", "Skins of Li3N for anodes"),
        ("paragraph", "Abstract", "A skin keeps 98.1% for 300 cycles."),
        ("heading", "Abstract > Table of contents", "Table of contents"),
        ("paragraph", "Abstract > Table of contents", "A picture of a skin."),
        ("heading", "1 Introduction", "1 Introduction"),
        ("paragraph", "1 Introduction", "Skins are old."),
        ("heading", "Results", "Results"),
        ("heading", deep, "Cycling at 1 mA cm^-2"),
        ("paragraph", deep, "The cell ran for 900 h at 1 mA cm^-2 (Figure 1), and the bare one for 80 h:"),
        ("list", deep, "one of lead;"),
        ("list", deep, "one of tin."),
        ("paragraph", deep, "Both ended."),
        ("caption", deep, "Figure 1 Cells. Run at 2 mA cm^-2."),
        ("paragraph", deep, "See Table 1."),
        ("caption", deep, "Table 1 Cells."),
        ("caption", deep, "a At 60 °C."),
        ("paragraph", "Acknowledgements", "We thank the tin mine for 400 h of work."),
        ("paragraph", "Declarations", "None for 500 h."),
        ("paragraph", "Declarations", "A.B. cycled cells for 600 h."),
        ("heading", "Declarations > More", "More"),
        ("paragraph", "Declarations > More", "The cell of the file ran for 700 h."),
        ("heading", "Appendix A", "Appendix A"),
        ("paragraph", "Appendix A", "A cell of lead ran for 300 h."),
    ]
    assert [kind for kind, _, _ in told[-2:]] == ["reference", "reference"]


def test_a_table_has_one_head_and_its_spans_filled(paper: Document) -> None:
    (table,) = [p for p in paper.passages if p.kind == "table"]
    assert table.text.split("\n") == [
        "Sample | Cells at 1 mA cm^-2 CE (%) | Cells at 1 mA cm^-2 Cell",
        "Polymers",
        "PAN | 98.4 | Li/Cu",
        "PAN | 97.2 | Li/LFP",
    ]
    assert [marker for _, marker in table.markers] == ["a", "2"], "a footnote, a reference"


def test_references_are_structured(paper: Document) -> None:
    first, second = paper.references
    assert (first.marker, first.authors, first.title) == ("1", "F. Gee, et al.", "Growth of skins")
    assert (first.journal, first.year, first.doi) == ("Chem. Skins", 2001, "10.5555/abc.7")
    assert first.text == "Gee F., et al., Growth of skins, Chem. Skins, 2001, 3, 14, 10.5555/ABC.7"
    assert (second.marker, second.year, second.doi) == ("2", 2019, None)


def test_back_matter_and_references_yield_no_facts(paper: Document) -> None:
    told = {m.evidence.text for m in mine(paper).measurements}
    assert any("900 h" in text for text in told)
    assert any("300 h" in text for text in told), "an appendix is part of the article"
    for number in ("400 h", "500 h", "600 h", "700 h", "800 h", "1234 h"):
        assert not any(number in text for text in told), number


def test_empty_cells_keep_their_columns() -> None:
    head = "<tr><th/><th>CE (%)</th><th>Life (h)</th></tr>"
    rows = f"{head}<tr><td>PAN</td><td>98.4</td><td/></tr><tr><td/><td/><td>9</td></tr>"
    (table,) = jats(f"<table-wrap><table>{rows}</table></table-wrap>").passages
    assert table.text.split("\n") == [" | CE (%) | Life (h)", "PAN | 98.4 | ", " |  | 9"]


REFS = "<ref-list>" + "".join(
    f'<ref id="r{n}"><label>[{n}]</label><mixed-citation>A {n}. 2019</mixed-citation></ref>' for n in range(1, 10)
)
NAMED = "<ref-list>" + "".join(
    f'<ref id="r{n}"><mixed-citation>Bee, A. ({2010 + n}).</mixed-citation></ref>' for n in range(1, 10)
)


def x(number: int | str, text: str = "", kind: str = "bibr") -> str:
    return f'<xref ref-type="{kind}" rid="r{number}">{text or number}</xref>'


@pytest.mark.parametrize(
    ("told", "text", "markers"),
    [
        (f"It ran.<sup>{x(1)},{x(3)}</sup> Then", "It ran. Then", "1 3"),
        (f"It ran.<sup>{x(2)}&#x02013;{x(4)}</sup>", "It ran.", "2 3 4"),
        (f"It ran.{x(1, '<sup>1</sup>')}<sup>,</sup>{x(5, '<sup>5</sup>')} Then", "It ran. Then", "1 5"),
        (f"It ran [{x(1)}–{x(3)},{x(7)}].", "It ran.", "1 2 3 7"),
        (f"It ran {x('1 r2 r3', '[1-3]')}.", "It ran.", "1 2 3"),
        (f"It ran.{x(1, kind='ref')}, {x(2, kind='ref')}, {x(3, kind='ref')} Then", "It ran. Then", "1 2 3"),
        (f"It ran ({x(4)}, {x(5)}) at 5 V.", "It ran at 5 V.", "4 5"),
        (f"Dee et al.{x(6)} ran it.", "Dee et al. ran it.", "6"),
        ("It ran at 1 mA cm<sup>−2</sup> and 5 cm<sup>2</sup>.", "It ran at 1 mA cm^-2 and 5 cm^2.", ""),
        (f"It has R<sup>2</sup> = 0.9 {x(1)}.", "It has R^(2) = 0.9.", "1"),
        ("By <sup>7</sup>Li NMR.", "By 7Li NMR.", ""),
        (f"A sample<xref ref-type='fn' rid='n'><sup>2</sup></xref> ran {x(1)}.", "A sample ran.", "1"),
    ],
)
def test_citations_become_markers(told: str, text: str, markers: str) -> None:
    passage = jats(f"<p>{told}</p>", REFS + "</ref-list>").passages[0]
    assert passage.text == text
    assert [m for _, m in passage.markers] == markers.split()


@pytest.mark.parametrize(
    ("told", "text", "markers"),
    [
        (f"Skins last (Bee et al., {x(3, '2013')}; Bee, {x(1, '2011')}).", "Skins last.", "3 1"),
        (f"Skins last (e.g., {x(2, 'Bee and Dee, 2012')}).", "Skins last.", "2"),
        (f"{x(4, 'Bee et al. (2014)')} found 5 V.", "Bee et al. (2014) found 5 V.", "4"),
        (f"Bee et al. ({x(4, '2014')}) found 5 V.", "Bee et al. found 5 V.", "4"),
        (f"It lasts (Figure 2; Bee, {x(1, '2011')}).", "It lasts (Figure 2; Bee, 2011).", "1"),
    ],
)
def test_names_and_years_become_the_number_in_the_list(told: str, text: str, markers: str) -> None:
    passage = jats(f"<p>{told}</p>", NAMED + "</ref-list>").passages[0]
    assert passage.text == text
    assert [m for _, m in passage.markers] == markers.split()


MML = (
    "<mml:math><mml:mn>2.2</mml:mn><mml:mo>×</mml:mo><mml:msup><mml:mn>10</mml:mn><mml:mrow><mml:mo>−</mml:mo>"
    "<mml:mn>4</mml:mn></mml:mrow></mml:msup></mml:math>"
)
TEX = r"<tex-math>\documentclass{minimal}\begin{document}$$2.2\times 10^{ - 4}$$\end{document}</tex-math>"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (f"<inline-formula>{MML}</inline-formula> S", "2.2 × 10^-4 S"),
        (f"<inline-formula>{TEX}</inline-formula> S", "2.2× 10^-4 S"),
        (f"<inline-formula><alternatives>{TEX}{MML}<graphic/></alternatives></inline-formula> S", "2.2 × 10^-4 S"),
        (f"<disp-formula><label>(1)</label>{MML}</disp-formula>", "2.2 × 10^-4"),
        ("<mml:math><mml:mfrac><mml:mi>Q</mml:mi><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow>"
         "</mml:mfrac></mml:math>", "Q/(a+b)"),
        ("<mml:math><mml:msub><mml:mi>R</mml:mi><mml:mtext>ct</mml:mtext></mml:msub><mml:mo>=</mml:mo><mml:mn>9</mml:mn>"
         "<mml:annotation>R_ct</mml:annotation></mml:math>", "Rct = 9"),
        ("<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math> is", "x^(2) is"),
    ],
)  # fmt: skip
def test_a_formula_is_told_once(formula: str, text: str) -> None:
    assert jats(f"<p>{formula}</p>").passages[0].text == text


def test_a_sentence_cut_by_a_figure_is_one() -> None:
    document = jats(
        "<p>The bare cell ran for</p><fig><caption><p>Cells.</p></caption></fig><p>80 h at 1 V.</p><p>So.</p>"
    )
    assert texts(document, "paragraph") == ["The bare cell ran for 80 h at 1 V.", "So."]


def test_markers_count_by_order_where_the_list_has_no_labels() -> None:
    document = jats(f"<p>It ran {x(2, '(2012)')}.</p>", NAMED + "</ref-list>")
    assert [r.marker for r in document.references] == [str(n) for n in range(1, 10)]


def test_a_wrapper_around_one_article_is_looked_through() -> None:
    one = "<article><front/><body><p>It ran.</p></body></article>"
    assert read_xml(f"<pmc-articleset>{one}</pmc-articleset>").passages[0].text == "It ran."
    with pytest.raises(UnreadableDocument, match="holds 2 articles; give each its own file"):
        read_xml(f"<pmc-articleset>{one}{one}</pmc-articleset>")


# --- offsets ---


def assert_traceable(document: Document) -> None:
    """Each kept character stands at its offset, unless it was a reference, white space, a hyphen or was put in."""
    original, same = document.original, 0
    for passage in document.passages:
        assert len(passage.offsets) == len(passage.text) + 1
        for character, offset in zip(passage.text, passage.offsets, strict=False):
            there = original[offset]
            # Signs of raised charges stand at their tag, and <etal/> is told as "et al."
            ours = there == "&" or not character.isalnum() or original.startswith("<etal", offset)
            assert there == character or ours, (character, original[offset : offset + 12])
            same += there == character
    assert same > 0


def test_each_character_keeps_its_place(paper: Document) -> None:
    assert_traceable(paper)
    place = next(p for p in paper.passages if "900 h" in p.text)
    at = place.text.index("900")
    start, end = place.original_span(at, at + 3)
    assert paper.original[start:end] == "900"
    minus = place.text.index("-2")
    assert paper.original[place.offsets[minus] :].startswith("&#x2212;2</sup>")


WORDS = st.text(st.sampled_from("abc 19µ−&<>\n\r\té.,;"), min_size=1, max_size=30)
WRAPPED = st.sampled_from(["{}", "<sup>{}</sup>", "<sub>{}</sub>", "<italic>{}</italic>", "&#x2212;{}", "<!--n-->{}"])


@given(st.lists(st.tuples(WORDS, WRAPPED), min_size=1, max_size=8))
def test_offsets_of_any_text_point_into_the_file(parts: list[tuple[str, str]]) -> None:
    inner = "".join(wrap.format(escape(text)) for text, wrap in parts)
    document = jats(f"<p>x{inner}y</p>")
    for passage in document.passages:
        assert len(passage.offsets) == len(passage.text) + 1
        assert list(passage.offsets) == sorted(passage.offsets)
        assert all(0 <= offset <= len(document.original) for offset in passage.offsets)
    first = document.passages[0]
    assert document.original[first.offsets[0]] == "x"
    assert document.original[document.passages[-1].offsets[-2]] == "y"


def test_letters_beyond_ascii_shift_nothing() -> None:
    document = jats("<p>Müller’s 10 µm Ω 𝜎 cell: 5 V</p>")
    passage = document.passages[0]
    start, end = passage.original_span(passage.text.index("5 V"), len(passage.text))
    assert document.original[start:end] == "5 V"


# --- what is refused ---

BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><article><front/><body><p>&b;</p></body></article>'
OUTER = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><article><front/><body><p>&x;</p></body></article>'
P = "<article><front/><body><p>It ran for 900 h.</p></body></article>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "a DTD of its own .* which is not read"),
        (OUTER, "a DTD of its own .* which is not read"),
        ('<!DOCTYPE article SYSTEM "a.dtd" [ ]>' + P, "a DTD of its own"),
        (P[:-30], r"ends too early \(line 1, column \d+, inside <p>\); fetch it again"),
        (P[:-12], "ends too early"),
        (P.replace("</p>", ""), r"not well-formed XML \(line 1, column \d+, inside <p>: mismatched tag\)"),
        (P.replace("900", "900 &nosuch;"), "undefined entity"),
        ("<TEI/>", r"of a kind without a reader \(root <TEI>\); give JATS, Elsevier XML, HTML, PDF, Markdown or text"),
        ("<article><p>x</p></article>", "kind without a reader"),
        ("<article><front/><body>" + "<sec>" * 4 * MAX_DEPTH, f"nests elements more than {MAX_DEPTH} deep"),
        ("<article><front/><body>" + "<p/>" * (MAX_ELEMENTS + 9), "has more than 250,000 elements; split it"),
        (f"<article><front/><body><p>{'a' * (MAX_TEXT + 1)}", "holds more than 6,000,000 characters"),
    ],
)  # fmt: skip
def test_bad_xml_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason) as caught:
        read_xml(text, "bad.xml")
    assert str(caught.value).startswith("bad.xml: ")
    assert "\n" not in str(caught.value)


def test_a_plain_document_type_is_read_past_and_its_entities_named() -> None:
    document = read_xml(DOCTYPE + P.replace("900 h", "900 &micro;h &nosuch;&Omega;"))
    assert document.passages[0].text == "It ran for 900 µh Ω."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (P.replace("It", "\xb5").encode("latin-1"), r"is not UTF-8 \(byte 26 is 0xb5\)"),
        (f'<?xml version="1.0" encoding="UTF-8"?>{P}'.replace("It", "\xb5").encode("latin-1"),
         r"says that it is UTF-8, but byte \d+ is 0xb5; save it anew as UTF-8"),
        (f'<?xml version="1.0" encoding="unicode_escape"?>{P}'.replace("It", "\xb5").encode("latin-1"),
         "says that it is UNICODE_ESCAPE"),
        (P.encode("utf-16-le"), "binary"),
        (b" \n", "is empty"),
    ],
)  # fmt: skip
def test_bytes_of_another_encoding_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=reason):
        read(path)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("ISO-8859-1", "latin-1"),
        ("ISO-8859-1", "utf-8"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("x", "utf-8-sig"),
    ],
)
def test_a_declared_encoding_is_heeded_unless_the_text_is_utf8(tmp_path: Path, declared: str, encoding: str) -> None:
    path = tmp_path / "a.xml"
    told = P.replace("It", "Sch\xf6n")
    path.write_bytes(f'<?xml version="1.0" encoding="{declared}"?>{told}'.encode(encoding))
    document = read(path)
    assert document.passages[0].text == "Sch\xf6n ran for 900 h."
    assert document.original[document.passages[0].start :].startswith("Sch\xf6n ran")


def test_deep_but_allowed_nesting_is_walked() -> None:
    powers = "<msup><mi>x</mi><mrow>" * (MAX_DEPTH // 2 - 5)
    ends = "</mrow></msup>" * (MAX_DEPTH // 2 - 5)
    assert jats(f"<p>It ran. <math>{powers}{ends}</math></p>").passages[0].text.startswith("It ran.")
    lifts = MAX_DEPTH - 6
    assert jats(f"<p>It ran.{'<sup>' * lifts}9{'</sup>' * lifts}</p>").passages[0].markers == ((7, "9"),)


def test_a_cell_that_spans_millions_spans_a_few() -> None:
    cell = '<td colspan="99999" rowspan="99999">1</td>'
    document = jats(f"<table-wrap><table><tr><td>CE</td>{cell}</tr>{'<tr><td>2</td></tr>' * 3}</table></table-wrap>")
    assert 1 < document.passages[0].text.split("\n")[0].count("|") <= MAX_SPAN


HOSTILE = {
    "text": "'<p>' + 'It ran for 900 h at 1 mA cm<sup>-2</sup> &lt; 2. ' * 115_000 + '</p>'",
    "attribute": "'<p a=\"' + 'x' * 19_000_000 + '\">It ran.</p>'",
    "elements": "'<p>a</p>' * 249_000",
    "references": "'<p>' + '&lt;' * 4_000_000 + '</p>'",
}


LONG = ("text", "references")  # some twenty seconds each


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in HOSTILE])
def test_memory_stays_below_a_gigabyte(name: str) -> None:
    program = (
        "import resource\nfrom extractors.readers import read_xml\n"
        f"read_xml('<article><front/><body>' + {HOSTILE[name]} + '</body></article>')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = str(Path(__file__).parents[4])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, cwd=root,
                          env={**os.environ, "PYTHONPATH": root})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1_000_000, "kB"


# --- real articles ---

REAL = {  # doi, year, part of the title, a section, references, at least so many records
    "PMC7058583": ("10.3389/fchem.2020.00094", 2020, "Sandwich Composites With MoS2", "Conclusions", 33, 8),
    "PMC7075112": ("10.3390/nano10020346", 2020, "Biomass Reed Flowers", "4. Conclusions", 62, 25),
    "PMC7055568": ("10.1002/advs.201903088", 2020, "Ceramic/Polymer Composite", "4.2 Li-S Battery", 141, 80),
}


@pytest.fixture(scope="module", params=sorted(REAL))
def real(request: pytest.FixtureRequest) -> tuple[Document, tuple[str, int, str, str, int, int]]:
    path = SHARED / f"{request.param}.xml"
    if not path.exists():
        pytest.skip(f"no {path.name} in the shared folder; name that folder with KB_SHARED")
    return read(path), REAL[request.param]


def test_a_real_article(real: tuple[Document, tuple[str, int, str, str, int, int]]) -> None:
    document, (doi, year, title, section, listed, _) = real
    assert (document.doi, document.year, document.licence) == (doi, year, "CC BY 4.0")
    assert title in document.title
    assert document.authors[0].count(" ") == 1
    assert any(p.section.split(" > ")[-1] == section for p in document.passages)
    assert len(document.references) == listed
    assert [r.marker for r in document.references] == [str(n) for n in range(1, listed + 1)]
    assert sum(1 for r in document.references if r.year and r.authors) > 0.9 * listed
    cited = {m for p in document.passages for _, m in p.markers}
    assert len(cited) > 0.8 * listed
    assert cited <= {r.marker for r in document.references}


def test_real_text_is_clean_and_traceable(real: tuple[Document, tuple[str, int, str, str, int, int]]) -> None:
    document, _ = real
    assert_traceable(document)
    for passage in document.passages:
        assert not re.search(r"</?[a-z]|&#|\ue000|\ue002|\[\s*[,–-]|\(\s*\)|\[\s*\]", passage.text), passage.text
        if passage.kind == "paragraph":
            assert not re.search(r"et al\., (?:19|20)\d\d[;)]", passage.text), "names and years are markers"


def test_mining_a_real_article_finds_records_in_its_text_only(
    real: tuple[Document, tuple[str, int, str, str, int, int]],
) -> None:
    document, (*_, least) = real
    mined = mine(document).measurements
    assert len(mined) >= least
    for measurement in mined:
        evidence = measurement.evidence
        assert document.passages[evidence.passage].kind != "reference"
        assert not tells_nothing(evidence.section)
        assert (
            re.search(r"\d", document.original[evidence.start : evidence.end])
            or measurement.value_reported.replace(" ", "").isalpha()
        )
