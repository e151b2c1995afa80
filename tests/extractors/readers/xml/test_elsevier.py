"""Elsevier's XML to documents: as its interface answers, as its archives hold it, and what has no text."""

from __future__ import annotations

import pytest

from extractors.pipeline import mine
from extractors.readers import read_xml
from schema.errors import UnreadableDocument
from schema.records import Document

CORE = """<coredata><dc:identifier>doi:10.1234/SKIN.5</dc:identifier><prism:doi>10.1234/SKIN.5</prism:doi>
<dc:title>Skins of Li3N</dc:title><prism:publicationName>Journal of Skins</prism:publicationName>
<prism:coverDate>2021-03-01</prism:coverDate><dc:creator>Bee, Anna</dc:creator><dc:creator>Dee, C.</dc:creator>
<dc:description> Abstract A skin of quartz keeps 98.1% for 300 cycles. </dc:description>
<openaccessUserLicense>http://creativecommons.org/licenses/by-nc-nd/4.0/</openaccessUserLicense></coredata>"""
ITEM = """<item-info><jid>SKN</jid><ce:doi>10.1234/SKIN.5</ce:doi>
<ce:copyright type="full-transfer" year="2020">X</ce:copyright></item-info>"""
FLOATS = """<ce:floats>
<ce:figure id="f1"><ce:label>Fig. 1</ce:label><ce:caption><ce:simple-para>Cells at 2 mA cm<ce:sup loc="post">−</ce:sup>
<ce:sup loc="post">2</ce:sup>.</ce:simple-para></ce:caption><ce:alt-text>Fig. 1</ce:alt-text>
<ce:link locator="gr1"/></ce:figure>
<ce:table id="t1"><ce:label>Table 1</ce:label><ce:caption><ce:simple-para>Skins.</ce:simple-para></ce:caption>
<tgroup cols="3"><colspec colname="c1"/><colspec colname="c2"/><colspec colname="c3"/>
<thead><row><entry morerows="1">Sample</entry><entry namest="c2" nameend="c3">CE (%)</entry></row>
<row><entry>first</entry><entry>last</entry></row></thead>
<tbody><row><entry>PAN<ce:cross-ref refid="tf1"><ce:sup>a</ce:sup></ce:cross-ref></entry><entry>91.2</entry>
<entry>98.4</entry></row></tbody></tgroup><ce:legend><ce:simple-para>Run at 25 °C.</ce:simple-para></ce:legend>
<ce:table-footnote id="tf1"><ce:label>a</ce:label><ce:note-para>Cast.</ce:note-para></ce:table-footnote></ce:table>
</ce:floats>"""
HEAD = """<head><ce:title>Skins of Li<ce:inf loc="post">3</ce:inf>N</ce:title><ce:author-group>
<ce:author><ce:given-name>Anna</ce:given-name><ce:surname>Bee</ce:surname><ce:cross-ref refid="af1"><ce:sup>a</ce:sup>
</ce:cross-ref></ce:author><ce:affiliation id="af1">
<ce:textfn>A house of 4 h.</ce:textfn></ce:affiliation></ce:author-group>
<ce:abstract class="author"><ce:section-title>Abstract</ce:section-title><ce:abstract-sec>
<ce:simple-para>A skin keeps 98.1% for 300 cycles.</ce:simple-para></ce:abstract-sec></ce:abstract>
<ce:abstract class="author-highlights"><ce:section-title>Highlights</ce:section-title><ce:abstract-sec><ce:simple-para>
<ce:list><ce:list-item><ce:label>•</ce:label><ce:para>A skin lasts.</ce:para></ce:list-item></ce:list></ce:simple-para>
</ce:abstract-sec></ce:abstract><ce:keywords><ce:keyword>
<ce:text>skin at 5 V</ce:text></ce:keyword></ce:keywords></head>"""
BODY = """<body><ce:sections><ce:section id="s1"><ce:label>1</ce:label><ce:section-title>Results</ce:section-title>
<ce:para>The cell ran for 900<ce:hsp sp="0.25"/>h at 10<ce:sup loc="post">−<ce:hsp sp="0.10"/>3</ce:sup>
<ce:hsp sp="0.25"/>S cm<ce:sup>−1</ce:sup> and at −<ce:hsp sp="0.25"/>76<ce:hsp sp="0.25"/>mV
<ce:cross-ref refid="b1">[1]</ce:cross-ref>, as others <ce:cross-refs refid="b1 b2">[1,2]</ce:cross-refs> (<ce:cross-ref
 refid="f1">Fig. 1</ce:cross-ref>
<ce:float-anchor refid="f1"/>), with <ce:italic>R</ce:italic>
<ce:inf loc="post">ct</ce:inf> falling to</ce:para>
<ce:para>40 Ω (<ce:cross-ref refid="t1">Table 1</ce:cross-ref>).<ce:display><ce:formula><ce:label>(1)</ce:label>
<mml:math><mml:mi>Q</mml:mi><mml:mo>=</mml:mo><mml:mi>I</mml:mi><mml:mi>t</mml:mi></mml:math></ce:formula></ce:display>
</ce:para></ce:section></ce:sections><ce:acknowledgment><ce:section-title>Acknowledgements</ce:section-title>
<ce:para>Thanks for 400 h of work.</ce:para></ce:acknowledgment>
<ce:appendices><ce:section><ce:label>Appendix A</ce:label><ce:section-title>Supplementary data</ce:section-title>
<ce:para>A file tells of 700 h. <ce:e-component>
<ce:label>File</ce:label></ce:e-component></ce:para></ce:section></ce:appendices>
</body>"""
TAIL = """<tail><ce:bibliography><ce:section-title>References</ce:section-title><ce:bibliography-sec>
<ce:bib-reference id="b1"><ce:label>[1]</ce:label><sb:reference id="rf1"><sb:contribution><sb:authors><sb:author>
<ce:given-name>F.</ce:given-name><ce:surname>Gee</ce:surname></sb:author><sb:et-al/></sb:authors><sb:title>
<sb:maintitle>Growth of skins</sb:maintitle></sb:title></sb:contribution><sb:host><sb:issue><sb:series><sb:title>
<sb:maintitle>Chem. Skins</sb:maintitle></sb:title><sb:volume-nr>3</sb:volume-nr></sb:series><sb:date>2001</sb:date>
</sb:issue><sb:pages><sb:first-page>14</sb:first-page><sb:last-page>20</sb:last-page></sb:pages></sb:host>
<ce:doi>10.5555/ABC.7
</ce:doi></sb:reference><ce:source-text id="x">F. Gee, all of it again</ce:source-text></ce:bib-reference>
<ce:bib-reference id="b2"><ce:label>[2]</ce:label><ce:other-ref><ce:textref>C. Dee, Of 1234 h (2019).</ce:textref>
</ce:other-ref></ce:bib-reference></ce:bibliography-sec></ce:bibliography></tail>"""
TOC = "<xocs:item-toc><xocs:item-toc-section-title>Results of 800 h</xocs:item-toc-section-title></xocs:item-toc>"
META = f"<xocs:meta>{TOC}</xocs:meta>"
ARTICLE = f"<article>{ITEM}{FLOATS}{HEAD}{BODY}{TAIL}</article>"
ANSWER = (
    f"<full-text-retrieval-response>{CORE}<originalText><xocs:doc>{META}<xocs:serial-item>{ARTICLE}</xocs:serial-item>"
    "</xocs:doc></originalText></full-text-retrieval-response>"
)


def texts(document: Document, kind: str) -> list[str]:
    return [p.text for p in document.passages if p.kind == kind]


@pytest.fixture(scope="module")
def paper() -> Document:
    return read_xml(ANSWER, "skins.xml")


def test_front_matter(paper: Document) -> None:
    assert (paper.source, paper.format, paper.original) == ("skins.xml", "elsevier", ANSWER)
    assert (paper.title, paper.doi, paper.year) == ("Skins of Li3N", "10.1234/skin.5", 2021)
    assert (paper.journal, paper.authors, paper.licence) == ("Journal of Skins", ("Anna Bee",), "CC BY-NC-ND 4.0")


def test_passages_stand_in_reading_order_under_their_headings(paper: Document) -> None:
    told = [(p.kind, p.section, p.text) for p in paper.passages if p.kind not in ("reference", "table")]
    assert told == [
        ("title", "", "Skins of Li3N"),
        ("heading", "Abstract", "Abstract"),
        ("paragraph", "Abstract", "A skin keeps 98.1% for 300 cycles."),
        ("heading", "Highlights", "Highlights"),
        ("list", "Highlights", "A skin lasts."),
        ("heading", "1 Results", "1 Results"),
        (
            "paragraph",
            "1 Results",
            "The cell ran for 900 h at 10^-3 S cm^-1 and at −76 mV, as others (Fig. 1), with Rct falling to 40 Ω "
            "(Table 1). Q = It",
        ),
        ("caption", "1 Results", "Fig. 1 Cells at 2 mA cm^-2."),
        ("caption", "1 Results", "Table 1 Skins."),
        ("caption", "1 Results", "Run at 25 °C."),
        ("caption", "1 Results", "a Cast."),
        ("heading", "Acknowledgements", "Acknowledgements"),
        ("paragraph", "Acknowledgements", "Thanks for 400 h of work."),
        ("heading", "Supplementary data", "Appendix A Supplementary data"),
        ("paragraph", "Supplementary data", "A file tells of 700 h."),
    ]


def test_citations_become_markers(paper: Document) -> None:
    (passage,) = [p for p in paper.passages if "900 h" in p.text]
    assert [marker for _, marker in passage.markers] == ["1", "1", "2"]
    assert passage.text[: passage.markers[0][0]].endswith("mV")


def test_a_table_of_rows_and_entries(paper: Document) -> None:
    assert texts(paper, "table") == ["Sample | CE (%) first | CE (%) last\nPAN | 91.2 | 98.4"]


def test_references_are_structured(paper: Document) -> None:
    first, second = paper.references
    assert (first.marker, first.authors, first.title) == ("1", "F. Gee, et al.", "Growth of skins")
    assert (first.journal, first.year, first.doi) == ("Chem. Skins", 2001, "10.5555/abc.7")
    assert first.text == "F. Gee, et al., Growth of skins, Chem. Skins, 3, 2001, 14–20, 10.5555/ABC.7"
    assert (second.marker, second.year, second.text) == ("2", 2019, "C. Dee, Of 1234 h (2019).")


def test_facts_come_from_the_text_only(paper: Document) -> None:
    told = {m.evidence.text for m in mine(paper).measurements}
    assert any("900 h" in text for text in told)
    assert not any(n in text for text in told for n in ("400 h", "700 h", "800 h", "1234 h", "5 V"))


def test_offsets_point_at_the_numbers(paper: Document) -> None:
    for passage in paper.passages:
        for character, offset in zip(passage.text, passage.offsets, strict=False):
            assert (
                paper.original[offset] == character or not character.isalnum() or "et-al" in paper.original[offset:][:9]
            )


def test_an_article_of_an_archive_needs_no_answer_around_it() -> None:
    document = read_xml(ARTICLE)
    assert (document.doi, document.year, document.title) == ("10.1234/skin.5", 2020, "Skins of Li3N")
    assert len(document.references) == 2


def test_names_and_years_become_the_number_in_the_list() -> None:
    named = TAIL.replace("[1]", "Gee, 2001").replace("[2]", "Dee, 2019")
    para = "<ce:para>Skins last (<ce:cross-refs refid='b2 b1'>Dee, 2019; Gee, 2001</ce:cross-refs>).</ce:para>"
    body = f"<body><ce:sections><ce:section>{para}</ce:section></ce:sections></body>"
    passage = read_xml(f"<article>{ITEM}{body}{named}</article>").passages[0]
    assert (passage.text, [m for _, m in passage.markers]) == ("Skins last.", ["2", "1"])


def test_an_answer_without_full_text_gives_its_abstract() -> None:
    document = read_xml(f"<full-text-retrieval-response>{CORE}</full-text-retrieval-response>")
    (passage,) = document.passages
    assert passage.section == "Abstract"
    assert passage.text.endswith("A skin of quartz keeps 98.1% for 300 cycles.")
    assert document.authors == ("Anna Bee", "C. Dee")


def test_raw_text_is_read_by_its_paragraphs() -> None:
    raw = (
        "<originalText><xocs:doc><xocs:rawtext>It ran for 900 h.\n\nIt ended.</xocs:rawtext></xocs:doc></originalText>"
    )
    empty = "<coredata><prism:doi>10.1234/x</prism:doi></coredata>"
    document = read_xml(f"<full-text-retrieval-response>{empty}{raw}</full-text-retrieval-response>")
    assert texts(document, "paragraph") == ["It ran for 900 h.", "It ended."]


def test_an_answer_without_any_text_says_so() -> None:
    core = "<coredata><prism:doi>10.1/x</prism:doi></coredata>"
    empty = f"<full-text-retrieval-response>{core}</full-text-retrieval-response>"
    with pytest.raises(UnreadableDocument, match=r"a\.xml: no article text found in this Elsevier XML"):
        read_xml(empty, "a.xml")


def test_the_entities_of_an_archive_are_refused_unread() -> None:
    declared = '<!DOCTYPE article PUBLIC "-//ES//DTD" "art540.dtd" [<!ENTITY gr1 SYSTEM "gr1" NDATA IMAGE>]>'
    with pytest.raises(UnreadableDocument, match=r"a DTD of its own .* delete the part in brackets"):
        read_xml(declared + ARTICLE)
