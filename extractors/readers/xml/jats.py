"""JATS and NLM XML, as PubMed Central and publishers give it, to a Document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from extractors.readers.blocks import Block
from extractors.readers.document import document_from
from extractors.readers.front import DOI
from extractors.readers.inline import clean
from extractors.readers.licences import licence_of
from extractors.readers.markup.citing import printed_numbers
from extractors.readers.markup.flow import Dialect, Flow, text_of
from extractors.readers.markup.tree import Element
from extractors.readers.markup.works import Work, marker_of, numbered, reference_of
from extractors.readers.xml.body import Body, Names
from extractors.readers.xml.xml import parse_xml
from extractors.traced import Traced
from schema.errors import UnreadableDocument
from schema.records import Document, Reference

_ROLES = {
    **dict.fromkeys(("sup",), "raised"),
    **dict.fromkeys(("sub",), "lowered"),
    **dict.fromkeys(("break", "hr"), "space"),
    **dict.fromkeys(("p", "title", "label", "list-item", "def-item", "list", "disp-quote", "subtitle"), "spaced"),
    **dict.fromkeys(("fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "fn"), "float"),
    **dict.fromkeys(("inline-formula", "alternatives", "chem-struct-wrap"), "formula"),
    **dict.fromkeys(("disp-formula",), "display"),
    **dict.fromkeys(("tex-math",), "tex"),
    **dict.fromkeys(("math",), "math"),
    **dict.fromkeys(
        ("graphic", "inline-graphic", "media", "supplementary-material", "inline-supplementary-material", "object-id",
         "alt-text", "long-desc", "index-term", "permissions", "attrib", "target"), "dropped",
    ),
}  # fmt: skip
_FOOTNOTE_LINKS = frozenset({"fn", "table-fn", "aff", "corresp", "author-notes", "contrib"})
_SILENT = {
    "ack": "Acknowledgements",
    "fn-group": "Declarations",
    "notes": "Declarations",
    "glossary": "Abbreviations",
}
_SILENT_KIND = re.compile(
    r"supplement|data-avail|availab|COI|conflict|competing|funding|financ|contribution|ethics|con$|con-", re.IGNORECASE
)
_FLOATS = frozenset({"fig", "fig-group", "table-wrap", "table-wrap-group"})


def _silent(element: Element) -> str:
    kind = element.get("sec-type") or element.get("fn-type") or element.get("notes-type")
    if element.tag in _SILENT:
        return _SILENT[element.tag]
    return "Declarations" if element.tag in ("sec", "fn") and _SILENT_KIND.match(kind) else ""


_NAMES = Names(
    sections=frozenset({"sec", "app", "abstract", "boxed-text"}),
    titles=frozenset({"title"}),
    paragraphs=frozenset({"p"}),
    lists=frozenset({"list", "def-list"}),
    items=frozenset({"list-item", "def-item"}),
    figures=frozenset({"fig", "fig-group"}),
    tables=frozenset({"table-wrap", "table-wrap-group"}),
    grids=frozenset({"table", "tgroup"}),
    notes=frozenset({"fn"}),
    formulas=frozenset({"disp-formula", "disp-formula-group"}),
    skipped=frozenset(
        {"ref-list", "bio", "sec-meta", "supplementary-material", "graphic", "media", "object-id", "permissions",
         "kwd-group", "sub-article", "response", "signature-block", "caption", "alt-text", "attrib"}
    ),
    silent=_silent,
)  # fmt: skip


def read_jats(text: str, source: str) -> Document:
    """Read a JATS text that is already in memory.

    Raises
    ------
    UnreadableDocument
        See ``xml.parse_xml``; or no article, or several, in it.

    Examples
    --------
    >>> document = read_jats(
    ...     "<article><front><article-meta><title-group><article-title>A film</article-title></title-group>"
    ...     "</article-meta></front><body><sec><title>Results</title><p>It ran for 900 h.</p></sec></body></article>",
    ...     "a.xml",
    ... )
    >>> [(p.kind, p.section, p.text) for p in document.passages][1:]
    [('heading', 'Results', 'Results'), ('paragraph', 'Results', 'It ran for 900 h.')]
    """
    return document_of(parse_xml(text, source), text, source)


def is_jats(root: Element) -> bool:
    """Say whether a tree holds an article in JATS, be it in a wrapper."""
    return next(_articles(root), None) is not None


def _articles(root: Element) -> Iterator[Element]:
    for element in (root, *root.every("article", outside=frozenset({"article", "body"}))):
        if element.tag == "article" and element.child("front", "body") and not element.child("item-info", "head"):
            yield element
            if element is root:
                return


def document_of(root: Element, text: str, source: str) -> Document:
    """Make a Document of a parsed JATS text."""
    articles = list(_articles(root))
    if len(articles) != 1:
        raise UnreadableDocument(source, f"holds {len(articles)} articles; give each its own file")
    article = articles[0]
    entries = [(entry, _label(entry)) for entry in article.every("ref", outside=frozenset({"sub-article"}))]
    known = numbered(entries)
    dialect = Dialect(
        role=_role,
        cited=lambda e: _cited(e, known),
        anchor=lambda e: e.get("rid").split() if e.tag == "xref" else (),
        linked=any(e.get("rid") in known for e in article.every("xref")),
    )
    meta = article.first("article-meta") or Element("article-meta", {}, 0, 0)
    body = Body(_NAMES, dialect)
    title = meta.first("article-title")
    if title is not None:
        body.add("title", [text_of(title, dialect)], ())
    for group in article.every("floats-group", "floats-wrap", outside=frozenset({"body"})):
        body.elsewhere.update((part.get("id") or str(part.start), part) for part in group if part.tag in _FLOATS)
    for abstract in meta:
        if abstract.tag == "abstract":
            _abstract(abstract, body)
    for part in article:
        if part.tag in ("body", "back"):
            body.walk(part)
    for part in list(body.elsewhere.values()):
        body.float(part, ())
    listed = _references(entries, body)
    return document_from(
        body.blocks, text, source=source, format="jats", front=_front(article, meta, dialect), references=listed
    )


def _abstract(abstract: Element, body: Body) -> None:
    title = abstract.child("title")
    if title is None or not title.words():
        body.walk(abstract, ("Abstract",))
    elif re.search(r"abstract|summary|highlight", title.words(), re.IGNORECASE):
        body.part(abstract, ())
    else:
        body.part(abstract, ("Abstract",))


def _role(element: Element) -> str:
    if element.tag == "xref" and element.get("ref-type") == "table-fn" and not element.words().strip().isdigit():
        return "raised"
    if element.tag == "xref" and element.get("ref-type") in _FOOTNOTE_LINKS:
        return "dropped"
    return _ROLES.get(element.tag, "")


def _cited(element: Element, known: dict[str, str]) -> list[str] | None:
    if element.tag not in ("xref", "citref"):
        return None
    numbers = list(dict.fromkeys(known[name] for name in element.get("rid").split() if name in known))
    if numbers:
        return numbers
    linked = element.get("ref-type") in ("bibr", "ref") and printed_numbers(element.words()) is not None
    return [] if linked else None


def _label(entry: Element) -> str:
    label = entry.child("label") or entry.first("label")
    return label.words() if label is not None else ""


def _references(entries: Iterable[tuple[Element, str]], body: Body) -> list[Reference]:
    out: list[Reference] = []
    for order, (entry, label) in enumerate(entries, 1):
        flow = Flow(body.dialect)
        for part in entry.children:
            if isinstance(part, Element) and part.tag != "label":
                _entry(part, flow)
        text = flow.done()
        if not text.text:
            continue
        marker = marker_of(label, order)
        body.blocks.append(Block("reference", [text], "References"))
        out.append(reference_of(marker, text, _work(entry)))
    return out


def _entry(part: Element, flow: Flow) -> None:
    """Take an entry; what is told in elements only, without its punctuation, gets commas between them."""
    if part.tag == "citation-alternatives":
        chosen = part.child("mixed-citation") or next(iter(part), None)
        if chosen is not None:
            _entry(chosen, flow)
        return
    bare = part.tag == "element-citation" or (
        part.tag == "person-group" and not any(isinstance(n, Traced) and n.text.strip() for n in part.children)
    )
    last = max((element.start for element in part), default=0)
    for node in part.children:
        if isinstance(node, Traced):
            if not bare:
                flow.take(node)
            continue
        if node.tag == "pub-id" and node.get("pub-id-type") != "doi":
            continue
        if node.tag in ("person-group", "name", "string-name"):
            _entry(node, flow)
        elif node.tag == "etal":
            flow.put("et al.", node.start)
        else:
            flow.node(node)
        if node.start < last and part.tag in ("name", "string-name"):
            flow.put(" ", node.end - 1)
        elif node.start < last and bare:
            flow.put(", ", node.end - 1)


def _work(entry: Element) -> Work:
    """Read what the elements of the first work of an entry say."""
    tags = ("element-citation", "mixed-citation", "nlm-citation", "citation")
    work = entry.first(*tags) or entry
    people = work.first("person-group") or work
    authors = [_person(name) for name in people.every("name", "string-name", "collab")]
    title = work.first("article-title", "chapter-title", "data-title")
    source, year = work.first("source"), work.first("year")
    dois = [e.words() for e in work.every("pub-id") if e.get("pub-id-type") == "doi"]
    dois += [e.get("href") for e in work.every("ext-link", "uri") if DOI.search(e.get("href"))]
    return Work(
        authors=[a for a in authors if a] + (["et al."] if work.first("etal") is not None else []),
        title=title.words().rstrip(".") if title is not None else "",
        journal=source.words().rstrip(",") if source is not None else "",
        year=year.words() if year is not None else "",
        doi=dois[0] if dois else "",
    )


def _person(name: Element) -> str:
    surname, given = name.first("surname"), name.first("given-names")
    if surname is None:
        return name.words()
    return f"{given.words()} {surname.words()}" if given is not None else surname.words()


def _front(article: Element, meta: Element, dialect: Dialect) -> dict[str, Any]:
    """Read title, DOI, authors, journal, year, licence, as far as they are told."""
    out: dict[str, Any] = {}
    title = meta.first("article-title")
    if title is not None:
        out["title"] = clean(text_of(title, dialect))[0].text
    doi = next((e.words() for e in meta if e.tag == "article-id" and e.get("pub-id-type") == "doi"), "")
    if DOI.search(doi):
        out["doi"] = doi.lower()
    journal = article.first("journal-title") or article.first("abbrev-journal-title")
    if journal is not None:
        out["journal"] = journal.words()
    people = [
        _person(next(c.every("name", "string-name", "collab")))
        for c in meta.every("contrib")
        if c.get("contrib-type") in ("", "author") and c.first("name", "string-name", "collab")
    ]
    if people:
        out["authors"] = tuple(people)
    year = _year(meta)
    if year:
        out["year"] = year
    licence = licence_of(meta.every("license", "permissions"))
    if licence:
        out["licence"] = licence
    return out


def _year(meta: Element) -> int | None:
    """Give the year of the issue; of an article outside issues, of its publication."""
    years: dict[str, int] = {}
    for date in meta.every("pub-date"):
        year = date.child("year")
        if year is not None and year.words().isdecimal():
            kind = date.get("pub-type") or f"{date.get('publication-format')} {date.get('date-type')}".strip()
            years.setdefault(kind, int(year.words()))
    for kind in ("collection", "ppub", "print pub", "electronic collection", "epub-ppub", "epub", "electronic pub"):
        if kind in years:
            return years[kind]
    copyright_year = meta.first("copyright-year")
    if years:
        return min(years.values())
    return int(copyright_year.words()) if copyright_year is not None and copyright_year.words().isdecimal() else None
