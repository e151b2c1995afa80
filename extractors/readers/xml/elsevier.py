"""Elsevier's full-text XML, as its interface and its archives give it, to a Document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extractors.readers.blocks import Block
from extractors.readers.document import document_from
from extractors.readers.front import DOI
from extractors.readers.inline import clean
from extractors.readers.licences import named_licence
from extractors.readers.markup.citing import printed_numbers
from extractors.readers.markup.flow import Dialect, Flow, text_of
from extractors.readers.markup.tree import Element
from extractors.readers.markup.works import Work, marker_of, numbered, reference_of
from extractors.readers.xml.body import Body, Names
from extractors.readers.xml.xml import parse_xml
from schema.errors import UnreadableDocument
from schema.records import Document, Reference

ROOTS = ("full-text-retrieval-response", "doc", "article", "simple-article", "converted-article", "chapter")
_ARTICLES = ("article", "simple-article", "converted-article", "book-review", "chapter", "simple-chapter")
_ROLES = {
    **dict.fromkeys(("sup",), "raised"),
    **dict.fromkeys(("inf", "sub"), "lowered"),
    **dict.fromkeys(("hsp", "vsp", "br"), "space"),
    **dict.fromkeys(("para", "simple-para", "note-para", "label", "section-title", "list-item", "list"), "spaced"),
    **dict.fromkeys(("figure", "table", "textbox", "footnote", "displayed-quote"), "float"),
    **dict.fromkeys(("formula", "chem"), "formula"),
    **dict.fromkeys(("display",), "display"),
    **dict.fromkeys(("math",), "math"),
    **dict.fromkeys(("alt-text", "link", "e-component", "float-anchor", "copyright", "source", "anchor"), "dropped"),
}
_SILENT = {
    "acknowledgment": "Acknowledgements",
    "conflict-of-interest": "Conflicts of interest",
    "data-availability": "Data availability",
    "glossary": "Abbreviations",
    "nomenclature": "Abbreviations",
}
_NAMES = Names(
    sections=frozenset({"section", "appendices", "abstract", "abstract-sec", "textbox", "textbox-body"}),
    titles=frozenset({"section-title", "title"}),
    paragraphs=frozenset({"para", "simple-para", "note-para"}),
    lists=frozenset({"list", "def-list"}),
    items=frozenset({"list-item", "def-term", "def-description"}),
    figures=frozenset({"figure"}),
    tables=frozenset({"table"}),
    grids=frozenset({"tgroup"}),
    notes=frozenset({"footnote", "table-footnote"}),
    formulas=frozenset({"display", "formula"}),
    skipped=frozenset(
        {"keywords", "biography", "bibliography", "further-reading", "alt-text", "link", "e-component", "copyright",
         "caption", "floats", "exam-answers", "exam-questions", "stereochem", "author-group", "related-item"}
    ),
    silent=lambda element: _SILENT.get(element.tag, ""),
)  # fmt: skip
_PARAGRAPHS = re.compile(r"\n\s*\n")


def read_elsevier(text: str, source: str) -> Document:
    """Read an Elsevier XML text that is already in memory.

    Raises
    ------
    UnreadableDocument
        See ``xml.parse_xml``; or no text in it.

    Examples
    --------
    >>> document = read_elsevier(
    ...     "<article><head><ce:title>A film</ce:title></head><body><ce:sections><ce:section><ce:section-title>Results"
    ...     "</ce:section-title><ce:para>It ran for 900 h.</ce:para></ce:section></ce:sections></body></article>",
    ...     "a.xml",
    ... )
    >>> [(p.kind, p.section, p.text) for p in document.passages][1:]
    [('heading', 'Results', 'Results'), ('paragraph', 'Results', 'It ran for 900 h.')]
    """
    return document_of(parse_xml(text, source), text, source)


def is_elsevier(root: Element) -> bool:
    """Say whether a tree is Elsevier's."""
    return root.tag in ROOTS and root.first("item-info", "head", "coredata", "serial-item") is not None


def document_of(root: Element, text: str, source: str) -> Document:
    """Make a Document of a parsed Elsevier text."""
    holder = root.first("serial-item", "nonserial-item") or root
    article = holder if holder.tag in _ARTICLES else holder.first(*_ARTICLES)
    article = article or Element("article", {}, 0, 0)
    entries = [(entry, _label(entry)) for entry in article.every("bib-reference")]
    known = numbered(entries)
    dialect = Dialect(
        role=lambda e: "dropped" if _is_note_link(e, known) else _ROLES.get(e.tag, ""),
        cited=lambda e: _cited(e, known),
        anchor=lambda e: e.get("refid").split() if e.tag in ("float-anchor", "cross-ref", "cross-refs") else (),
        linked=bool(known),
    )
    body = Body(_NAMES, dialect)
    head = article.child("head", "simple-head", "converted-head") or article
    title = head.child("title")
    if title is not None:
        body.add("title", [text_of(title, dialect)], ())
    for floats in article.every("floats", outside=frozenset({"body"})):
        body.elsewhere.update((part.get("id") or str(part.start), part) for part in floats)
    for abstract in head.every("abstract"):
        _abstract(abstract, body)
    for part in article:
        if part.tag in ("body", "simple-body"):
            body.walk(part)
    for part in article.every("appendices", "acknowledgment", "conflict-of-interest", "data-availability",
                              outside=frozenset({"body", "head"})):  # fmt: skip
        body.part(part, ())
    for part in list(body.elsewhere.values()):
        body.float(part, ())
    if not body.blocks:
        _loose(root, body)
    if not body.blocks:
        raise UnreadableDocument(source, "no article text found in this Elsevier XML; give the paper's HTML or PDF")
    listed = _references(entries, body)
    front = _front(root, article, head, dialect)
    return document_from(body.blocks, text, source=source, format="elsevier", front=front, references=listed)


def _abstract(abstract: Element, body: Body) -> None:
    title = abstract.child("section-title")
    plain = title is not None and re.search(r"abstract|highlight|summary", title.words(), re.IGNORECASE)
    if plain:
        body.part(abstract, ())
    else:
        body.walk(abstract, ("Abstract",))


def _loose(root: Element, body: Body) -> None:
    """Tell the abstract of an answer without full text, or the raw text of one that was not marked up."""
    for section, element in (("Abstract", root.first("description")), ("", root.first("rawtext"))):
        for part in element.children if element is not None else ():
            if isinstance(part, Element):
                continue
            last = 0
            for gap in [*(m.span() for m in _PARAGRAPHS.finditer(part.text)), (len(part.text), 0)]:
                flow = Flow(body.dialect)
                flow.take(part[last : gap[0]])
                body.add("paragraph", [flow.done()], (section,) if section else ())
                last = gap[1]


def _is_note_link(element: Element, known: dict[str, str]) -> bool:
    """Recognise the letter that leads to a footnote, an address or an author's mail."""
    if element.tag not in ("cross-ref", "cross-refs") or element.get("refid").split()[:1] == []:
        return False
    return not set(element.get("refid").split()) & set(known) and element.first("sup") is not None


def _cited(element: Element, known: dict[str, str]) -> list[str] | None:
    if element.tag not in ("cross-ref", "cross-refs", "intra-ref"):
        return None
    numbers = list(dict.fromkeys(known[name] for name in element.get("refid").split() if name in known))
    if numbers:
        return numbers
    linked = element.get("refid").startswith("b") and printed_numbers(element.words()) is not None
    return [] if linked else None


def _label(entry: Element) -> str:
    label = entry.child("label")
    return label.words() if label is not None else ""


def _references(entries: Sequence[tuple[Element, str]], body: Body) -> list[Reference]:
    out: list[Reference] = []
    for order, (entry, label) in enumerate(entries, 1):
        flow = Flow(body.dialect)
        for part in entry:
            if part.tag != "label":
                _entry(part, flow)
        text = flow.done()
        if not text.text and entry.child("source-text") is not None:
            text = text_of(entry, body.dialect)
        if not text.text:
            continue
        marker = marker_of(label, order)
        body.blocks.append(Block("reference", [text], "References"))
        out.append(reference_of(marker, text, _work(entry)))
    return out


_WHOLE = frozenset(
    {"maintitle", "subtitle", "volume-nr", "issue-nr", "date", "doi", "article-number", "name", "other-ref", "textref",
     "inter-ref", "collaboration"}
)  # fmt: skip


def _entry(part: Element, flow: Flow) -> None:
    """Take an entry, which has no punctuation of its own: a comma after each of its parts."""
    if part.tag in ("author", "editor", "authors", "editors"):
        for node in part:
            if node.tag in ("author", "editor", "collaboration", "et-al"):
                _entry(node, flow) if node.tag != "et-al" else flow.put("et al., ", node.start)
            else:
                flow.inside(node)
                flow.put(", " if node.tag == "surname" else " ", node.end - 1)
    elif part.tag in _WHOLE:
        flow.inside(part)
        flow.put(", ", part.end - 1)
    elif part.tag == "pages":
        for number, page in enumerate(part):
            flow.put("–" if number else "", page.start)
            flow.inside(page)
        flow.put(", ", part.end - 1)
    elif part.tag not in ("label", "source-text", "link"):
        for node in part:
            _entry(node, flow)


def _work(entry: Element) -> Work:
    """Read what the elements of the first work of an entry say."""
    work = entry.first("reference") or entry
    people = work.first("authors")
    authors = []
    for author in people or ():
        given, surname = author.child("given-name"), author.child("surname")
        named = " ".join(e.words() for e in (given, surname) if e is not None) or author.words()
        authors.append(named if author.tag != "et-al" else "et al.")
    contribution, host = work.child("contribution"), work.child("host")
    title = contribution.first("maintitle") if contribution is not None else None
    journal = host.first("maintitle") if host is not None else None
    date, doi = work.first("date"), work.first("doi")
    return Work(
        authors=authors,
        title=title.words() if title is not None else "",
        journal=journal.words() if journal is not None else "",
        year=date.words() if date is not None else "",
        doi=doi.words() if doi is not None else "",
    )


def _front(root: Element, article: Element, head: Element, dialect: Dialect) -> dict[str, Any]:
    """Read title, DOI, authors, journal, year, licence, as far as they are told."""
    out: dict[str, Any] = {}
    core = root.child("coredata") or Element("coredata", {}, 0, 0)
    meta = root.first("meta") or core
    told = {e.tag: e.words() for e in (*meta, *core) if e.words()}
    title = head.child("title")
    name = clean(text_of(title, dialect))[0].text if title is not None else told.get("title", "")
    if name:
        out["title"] = name
    item = article.child("item-info")
    doi = told.get("doi") or (item.child("doi").words() if item is not None and item.child("doi") else "")  # type: ignore[union-attr]
    if DOI.search(doi):
        out["doi"] = doi.lower()
    journal = told.get("publicationName") or told.get("srctitle")
    if journal:
        out["journal"] = journal
    people = []
    for author in head.every("author"):
        parts = [author.child("given-name"), author.child("surname")]
        people.append(" ".join(e.words() for e in parts if e is not None))
    people = people or [" ".join(reversed(e.words().split(", ", 1))) for e in core.every("creator")]
    if people:
        out["authors"] = tuple(people)
    rights = item.child("copyright") if item is not None else None
    date = told.get("coverDate") or told.get("cover-date-year") or (rights.get("year") if rights is not None else "")
    year = re.search(r"(?:19|20)\d\d", date or "")
    if year:
        out["year"] = int(year[0])
    licence = named_licence(told.get("openaccessUserLicense") or told.get("oa-user-license") or "")
    if licence:
        out["licence"] = licence
    return out
