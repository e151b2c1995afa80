"""Articles as publishers show them in HTML and browsers save them, to a Document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.readers.blocks import CAPTION, Block
from extractors.readers.document import document_from
from extractors.readers.html.bibliography import HEADING, Entry, find_entries, ids_of, text_of_entry, work_of
from extractors.readers.html.hypertext import cited_by, is_layout_table, role_of
from extractors.readers.html.meta import front_of
from extractors.readers.html.pages import BLOCKS, article_of, is_abstract, named
from extractors.readers.html.soup import parse_html
from extractors.readers.inline import clean
from extractors.readers.markup.flow import Dialect, Flow, text_of
from extractors.readers.markup.grid import LINE_BREAK, rows_of
from extractors.readers.markup.tree import Element
from extractors.readers.markup.works import reference_of
from extractors.sections import tells_nothing
from extractors.traced import Traced
from schema.errors import UnreadableDocument
from schema.records import Document, Reference

_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NO_ARTICLE = re.compile(
    r"\W*(?:about this (?:article|paper)|cite this.*|how to cite.*|rights and permissions|author information|"
    r"authors? and affiliations?|(?:similar|recommended|related|more|further|suggested)\b(?! reading of).*|"
    r"cited by.*|citing .*|article (?:metrics|views|options|information|history|versions)|metrics|share.*|download.*|"
    r"access (?:options|through.*|this.*|provided.*)|get access.*|buy .*|purchase.*|log ?in.*|sign (?:in|up).*|"
    r"subscribe.*|.*\bcookies?\b.*|.*\bprivacy\b.*|navigation|menu|search.*|key ?words?.*|index terms|"
    r"figures?(?: and tables?)?(?: ?\(\d+\))?|tables?(?: ?\(\d+\))?|comments?|publisher.?s note|outline|contents|"
    r"table of contents|view .*|export.*|permissions|advertisement|explore .*|associated content|"
    r"additional information|electronic supp.*|"
    r"supplementary figures?|editorial .*|peer review.*|notes|footnotes?|we value.*|abbreviations)\W*",
    re.IGNORECASE,
)
_NO_TEXT = re.compile(
    r"\bcookies?\b|java\s?script|captcha|verify(?:ing)? (?:that )?you are|"
    r"institution(?:al)? (?:access|login|subscription)|"
    r"(?:log|sign)[ -]?in (?:via|to|with|or|for|through)|subscri(?:be|ption)|"
    r"purchase (?:pdf|access|article|this|digital)|"
    r"rent this|buy (?:this|now|article)|privacy (?:policy|notice)|terms (?:of use|and conditions)|"
    r"access (?:through|via|to (?:this|the full))|get (?:full )?(?:text )?access|this is a preview|"
    r"all rights reserved|full[- ]size (?:image|table)|open in (?:figure viewer|a new|new)|click here|your browser|"
    r"personali[sz]ed? (?:content|ads)|our partners|"
    r"open[- ]access article (?:published|distributed|licensed|under)|article is licensed|"
    r"not (?:currently )?have access|request permission",
    re.IGNORECASE,
)
_LINK_ONLY = re.compile(
    r"\W*(?:(?:download|view|open|show|hide|see|go to|back to|jump to|expand|enlarge|"
    r"high[- ]res\w*|full[- ]size|powerpoint|"
    r"figure viewer|citation|pdf|print|save|copy|share|export|return to)\b.{0,80})\W*",
    re.IGNORECASE,
)
_FLOAT = re.compile(
    r"(?:^|\s)(?:figure|fig|image_table|nlm_table-wrap|table-wrap|tables|article-table-content|html-(?:fig|table)[-_]wrap|"
    r"tw|fig-group|fig-section|table-wrapper|figdesc|c-article-section__figure|c-article-table|article__inlinefigure|"
    r"article-section__inline-figure|figure-wrap|table-expansion)(?:\s|$)",
    re.IGNORECASE,
)
_CAPTIONED = re.compile(
    r"(?:^|[\s-])(?:captions?|legend|graphic-title|image-title|table-caption)(?:$|[\s-])", re.IGNORECASE
)
_EQUATION_NUMBER = re.compile(r"\(\w?\d{1,3}[a-z]?\)")
_BARE_LABEL = re.compile(r"(?:Fig(?:ure)?|Table|Tab|Scheme|Chart)\.?\s?S?\d{1,2}\W*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?](?:[\"'”’)\]]|<sup>[^<]*</sup>|\s)*$")
_APPARATUS = re.compile(
    r"Received|Accepted|Published|University|Institute|Department|Laborator|Academy|E-?mail|@|Correspond|©|Copyright"
)


def read_html(text: str, source: str) -> Document:
    """Read an HTML text that is already in memory.

    Raises
    ------
    UnreadableDocument
        No article text in it (a paywall, a cookie page); or beyond the limits of ``tree``.

    Examples
    --------
    >>> document = read_html(
    ...     "<h1>A coating</h1><h2>Results</h2><p>The coated lithium ran for over 900 h at 1 mA cm<sup>&minus;2</sup>."
    ...     "<a href='#ref3'><sup>3</sup></a></p>", "a.html")
    >>> [(p.kind, p.section, p.text, p.markers) for p in document.passages][2:]
    [('paragraph', 'Results', 'The coated lithium ran for over 900 h at 1 mA cm^-2.', ((52, '3'),))]
    """
    return document_of(parse_html(text, source), text, source)


def document_of(root: Element, text: str, source: str) -> Document:
    """Make a Document of a parsed page."""
    heading = root.first("h1")
    front = front_of(root, heading.words() if heading is not None else "")
    holder, entries = find_entries(root)
    listed = [(text_of_entry(entry, role_of), entry) for entry in entries]
    references = [(text, reference_of(e.marker, text, work_of(e))) for text, e in listed if text.text]
    article = article_of(root)
    page = _Page(ids_of(entries), str(front.get("title", "")), holder, references)
    page.look_for_links(article)
    page.walk(article)
    shown = next((clean(b.parts[0])[0].text for b in page.blocks if b.kind == "title"), "")
    if shown and _letters(shown) == _letters(str(front.get("title", ""))):
        front["title"] = shown  # the head writes "Fe 3 O 4"
    blocks = _without_front(page.blocks)
    if heading is not None and heading.words() and not any(block.kind == "title" for block in blocks):
        blocks.insert(0, Block("title", [text_of(heading, page.dialect)]))
    if not any(_is_text(block) for block in blocks):
        raise UnreadableDocument(
            source,
            "no article text found (a paywall, a cookie or a search page?); save the page while it shows the article, "
            "or give its XML or PDF",
        )
    return document_from(blocks, text, source=source, format="html", front=front, references=page.references)


def _letters(title: str) -> str:
    return re.sub(r"\W", "", title).lower()


def _is_text(block: Block) -> bool:
    if block.kind == "table":
        return len(block.parts) > 1
    sentence = len(block.raw.split()) >= 8 and bool(_SENTENCE.search(block.raw))
    return block.kind in ("paragraph", "list", "caption") and sentence and not tells_nothing(block.section)


def _without_front(blocks: Sequence[Block]) -> list[Block]:
    """Drop what stands before the first section and is no prose: authors, addresses, dates, buttons."""
    first = next((i for i, b in enumerate(blocks) if b.section and b.kind != "title"), 0)
    kept = (b for b in blocks[:first] if b.kind == "title" or (_is_text(b) and not _APPARATUS.search(b.raw)))
    return [*kept, *blocks[first:]]


@dataclass
class _Page:
    """Walks the article's part of a page and collects blocks."""

    known: dict[str, str]
    title: str = ""
    holder: Element | None = None
    listed: Sequence[tuple[Traced, Reference]] = ()
    blocks: list[Block] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    skipping: int = 0  # level of a heading under which nothing belongs to the article
    _with_blocks: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dialect = Dialect(role_of, self.cited)

    def cited(self, element: Element) -> list[str] | None:
        return cited_by(element, self.known)

    def look_for_links(self, article: Element) -> None:
        """Note whether the article links its citations: then a raised number without a link is a power."""
        linked = any(self.cited(link) is not None for link in article.every("a"))
        self.dialect = Dialect(role_of, self.cited, linked=linked)

    @property
    def section(self) -> str:
        return " > ".join(name for _, name in self.path)

    def walk(self, element: Element) -> None:
        """Tell what stands inside: neighbouring inline nodes make a paragraph, block elements are told in turn."""
        run: list[Element | Traced] = []
        for node in element.children:
            if isinstance(node, Element) and self.has_blocks(node):
                self.paragraph(run, element)
                run = []
                self.block(node)
            else:
                run.append(node)
        self.paragraph(run, element)

    def has_blocks(self, element: Element) -> bool:
        """Say whether an element is, or holds, a block."""
        if element.tag in BLOCKS:
            return True
        key = id(element)
        if key not in self._with_blocks:
            self._with_blocks[key] = any(self.has_blocks(child) for child in element)
        return self._with_blocks[key]

    def block(self, element: Element) -> None:
        """Tell one block element."""
        tag, name = element.tag, named(element)
        if element is self.holder:
            self.bibliography()
        elif tag in _HEADS or element.get("role") == "heading":
            self.heading(element, int(tag[1]) if tag in _HEADS else 3)
        elif re.search(r"(?:^|\s)title[23](?:\s|$)", element.get("class")):
            self.heading(element, 1 + int(element.get("class").split("title")[1][:1]))
        elif self.is_float(element):
            self.float(element)
        elif tag == "table" and not is_layout_table(element):
            self.table(element)
        elif _CAPTIONED.search(name) and not element.first(*_HEADS):
            self.caption(element)
        elif tag in ("ul", "ol", "dl"):
            self.items(element)
        elif is_abstract(element) and not any(level for level, word in self.path if word != "Abstract"):
            before = self.path
            self.path = [(2, "Abstract")]
            self.walk(element)
            self.path = self.path if len(self.path) > 1 else before
        else:
            self.walk(element)

    def heading(self, element: Element, level: int) -> None:
        text = text_of(element, self.dialect)
        name = clean(text)[0].text
        if not name:
            return
        if level == 1 and (not self.blocks or name == self.title or not any(b.kind == "title" for b in self.blocks)):
            self.blocks.append(Block("title", [text]))
            return
        if self.skipping and level > self.skipping:
            return
        self.skipping = level if _NO_ARTICLE.fullmatch(name) else 0
        self.path = [(depth, word) for depth, word in self.path if depth < level and word != "Abstract"]
        if not self.skipping:
            self.path.append((level, name))
            self.blocks.append(Block("heading", [text], self.section))

    def paragraph(self, run: Sequence[Element | Traced], parent: Element) -> None:
        """Tell a stretch of inline nodes, unless it is the publisher's."""
        if self.skipping or not any(isinstance(node, Element) or node.text.strip() for node in run):
            return
        flow = Flow(self.dialect)
        for number, node in enumerate(run):
            if not flow.is_layout(run, number):
                flow.node(node)
        text = flow.done()
        if not text.text or _EQUATION_NUMBER.fullmatch(text.text):
            return
        if any(isinstance(n, Element) and re.search(r"(?:^|\s)title[23](?:\s|$)", n.get("class")) for n in run):
            self._run_in(run, parent)
            return
        if len(text.text) < 600 and (_NO_TEXT.search(text.text) or _only_links(run, text.text)):
            return
        if any(HEADING.fullmatch(name) for _, name in self.path):
            if not self.listed:
                self._listed(text)
            return
        caption = len(run) and CAPTION.match(text.text) and _CAPTIONED.search(named(parent))
        self.blocks.append(Block("caption" if caption else "paragraph", [text], self.section))

    def _run_in(self, run: Sequence[Element | Traced], parent: Element) -> None:
        """Tell a heading that stands in a span at the head of its paragraph."""
        for number, node in enumerate(run):
            if isinstance(node, Element) and re.search(r"(?:^|\s)title[23](?:\s|$)", node.get("class")):
                self.paragraph(run[:number], parent)
                self.heading(node, 1 + int(node.get("class").split("title")[1][:1]))
                self.paragraph(run[number + 1 :], parent)
                return

    def items(self, element: Element) -> None:
        for item in element:
            if item.first("table", "figure", *_HEADS) or item.tag not in ("li", "dd", "dt"):
                self.block(item)
                continue
            text = text_of(item, self.dialect)
            if self.skipping or not text.text or _only_links(item.children, text.text) or _NO_TEXT.search(text.text):
                continue
            self.blocks.append(Block("list", [text], self.section))

    def is_float(self, element: Element) -> bool:
        if element.tag != "figure" and not _FLOAT.search(element.get("class")):
            return False
        inner = [e for e in element.every("div", "figure", "section") if _FLOAT.search(e.get("class"))]
        return len(inner) < 3 and not any(
            not _BARE_LABEL.match(e.words()) and len(e.words()) < 120 for e in element.every("h2", "h3")
        )

    def float(self, element: Element) -> None:
        """Tell a figure or a table in a container: all text in it is caption, before the table, or note, behind it."""
        inner = _Page(self.known, path=[*self.path], skipping=self.skipping)
        inner._with_blocks = self._with_blocks
        inner.dialect = self.dialect
        for node in element.children:
            if isinstance(node, Element):
                inner._told(node)
        inner.walk(
            Element("div", {}, element.start, element.end, [n for n in element.children if isinstance(n, Traced)])
        )
        pending: list[Traced] = []
        for block in [*inner.blocks, Block("end")]:
            if block.kind in ("table", "end"):
                self._captioned(pending)
                pending = []
            if block.kind == "table":
                self.blocks.append(block)
            else:
                pending.extend(block.parts)

    def _told(self, node: Element) -> None:
        """Tell a part of a float; headings in it are its label."""
        if node.tag in _HEADS:
            self.blocks.append(Block("paragraph", [text_of(node, self.dialect)], self.section))
        elif node.tag == "table" and not is_layout_table(node):
            self.table(node)
        elif self.has_blocks(node):
            holder = [n for n in node.children if isinstance(n, Traced) or not self.has_blocks(n)]
            if holder and len(holder) == len(node.children):
                self.paragraph(node.children, node)
            else:
                for child in node.children:
                    if isinstance(child, Element):
                        self._told(child)
                    else:
                        self.paragraph([child], node)
        else:
            self.paragraph([node], node)

    def _captioned(self, parts: list[Traced]) -> None:
        if self.skipping:
            return
        kept: list[Traced] = []
        for part in parts:
            said = any(_says(other.text, part.text) for other in parts if other is not part)
            if part.text and not said and not _LINK_ONLY.fullmatch(part.text):
                kept.append(part)
        if kept:
            self.blocks.append(Block("caption", kept, self.section))

    def caption(self, element: Element) -> None:
        self._captioned([text_of(element, self.dialect)])

    def table(self, element: Element) -> None:
        if self.skipping:
            return
        head = element.child("caption")
        if head is not None:
            self.caption(head)
        rows = rows_of(element, lambda cell: text_of(cell, self.dialect, LINE_BREAK))
        if rows:
            self.blocks.append(Block("table", rows, self.section))

    def bibliography(self) -> None:
        self.skipping = 0
        for text, reference in self.listed:
            self.blocks.append(Block("reference", [text], "References"))
            self.references.append(reference)

    def _listed(self, text: Traced) -> None:
        """Take a paragraph under the heading of the references for an entry."""
        number = re.match(r"\W*(\d{1,4})[.)\]]\s", text.text)
        marker = number[1] if number else str(len(self.references) + 1)
        self.blocks.append(Block("reference", [text], self.section))
        self.references.append(reference_of(marker, text, work_of(Entry(Element("p", {}, 0, 0), marker))))


def _says(other: str, text: str) -> bool:
    """Say whether another part of a caption says the same again, and more."""
    if len(other) <= len(text):
        return False
    return text in other or (bool(_BARE_LABEL.fullmatch(text)) and other.startswith(text.rstrip(". ")))


def _only_links(run: Sequence[Element | Traced], text: str) -> bool:
    """Say whether a short stretch is nothing but links, such as "View article" or the entries of a menu."""
    linked = 0
    for node in run:
        if isinstance(node, Element):
            links = [node] if node.tag == "a" else list(node.every("a", outside=frozenset({"a"})))
            linked += sum(len(link.words()) for link in links)
    return bool(_LINK_ONLY.fullmatch(text)) or (linked >= 0.9 * len(text) and not _SENTENCE.search(text))
