"""The reference list of a saved page: where it stands, its entries, their numbers and the ids that links lead to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from extractors.readers.front import DOI
from extractors.readers.html.pages import named
from extractors.readers.markup.flow import Dialect, Flow
from extractors.readers.markup.tree import Element
from extractors.readers.markup.works import Work, marker_of
from extractors.traced import Traced

HEADING = re.compile(r"\W*(?:\d+\.?\s*)?(?:notes and )?(?:references?|bibliography|literature(?: cited)?|works cited)"
                     r"(?: and notes)?\W*(?:\(?\d+\)?)?\W*", re.IGNORECASE)  # fmt: skip
_CALLED = re.compile(
    r"(?:^|[\s-])(?:references?|ref-?list|bibliography|biblist|reflist|citations?)(?:$|[\s-])", re.IGNORECASE
)
_LABEL = re.compile(r"(?:^|[\s-])(?:label|ref-?label|bullet|counter|ref-num\w*|number)(?:$|[\s-])", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:^|[\s-])(?:links?|reflinks|ref-links|extra-links|citation-?links|getftr|cas-?record|reference-actions|"
    r"external-links|google-scholar|DOILink|COILink|URLLink|PMedLink|pub-?links)(?:$|[\s-])",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"\W*(?:cross\s?ref|cas|pub\s?med(?: central)?|google scholar|article|ads|math\s?sci\s?net|web of science|isi|"
    r"view(?: (?:at|in|record|article|pdf|details|abstract).{0,40})?|scopus|link|full text.{0,20}|rsc|open ?url.{0,20}|"
    r"download.{0,20}|medline|search|doi|chem\s?port|pdf|return to text|go to reference.{0,20}|find it.{0,20})\W*",
    re.IGNORECASE,
)
_FIELDS = {
    "title": re.compile(r"(?:^|[\s-])(?:article-?title|ref-title|chapter-title|title)(?:$|[\s-])", re.IGNORECASE),
    "journal": re.compile(
        r"(?:^|[\s-])(?:source-journal|journal-?title|ref-journal|source|host)(?:$|[\s-])", re.IGNORECASE
    ),
    "year": re.compile(r"(?:^|[\s-])(?:pub-?year|nlm-year|ref-year|year)(?:$|[\s-])", re.IGNORECASE),
}
_DATED = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b|10\.\d{4,}/|in press|submitted|accepted", re.IGNORECASE)
_END = re.compile(r"\s+[.,;\s]*$")
_NUMBERED = re.compile(r"^\W*(\d{1,4})(?:[.)\]]|\s(?=[A-Z]))")


@dataclass(frozen=True)
class Entry:
    """One entry and its number."""

    element: Element
    marker: str


def find_entries(root: Element) -> tuple[Element | None, list[Entry]]:
    """Find a page's reference list: the list, and its entries; (None, []) where there is none."""
    best: Element | None = None
    items: list[Element] = []
    for holder in _holders(root):
        found = _items(holder)
        dated = sum(1 for item in found if _DATED.search(item.words()))
        if found and dated >= 0.6 * len(found) and len(found) >= len(items):
            best, items = holder, found
    return best, [Entry(item, marker_of(_label(item), order)) for order, item in enumerate(items, 1)]


def _holders(root: Element) -> Iterator[Element]:
    """Give the lists and containers that may be the reference list, outer ones first."""
    after_heading = False
    inside = 0  # end of the container that is called references
    for element in root.every():
        if element.tag in ("h1", "h2", "h3", "h4", "h5"):
            after_heading = bool(HEADING.fullmatch(element.words()))
        called = bool(_CALLED.search(named(element)))
        if called and element.tag in ("section", "div", "ol", "ul", "dl", "table"):
            inside = max(inside, element.end)
            yield element
        elif element.tag in ("ol", "ul", "dl") and (after_heading or element.start < inside):
            yield element


_TOO_DEEP = frozenset({"li", "dd"})


def _items(holder: Element) -> list[Element]:
    if holder.get("role") == "list":
        return [e for e in holder if e.get("role") == "listitem"]
    if holder.tag in ("ol", "ul"):
        return [e for e in holder if e.tag == "li"]
    if holder.tag == "dl":
        return [e for e in holder if e.tag == "dd"]
    if any(True for _ in holder.every("ol", "ul", "dl", outside=_TOO_DEEP)):
        return []  # the list itself is asked
    blocks = [
        e
        for e in holder.every("div", "p", "span", "tr")
        if re.search(r"(?:^|\s)(?:ref|reference|citation|cit)[\w-]*", e.get("class"))
    ]
    outer: list[Element] = []
    for block in blocks:
        if not outer or block.start >= outer[-1].end:
            outer.append(block)
    return outer if len(outer) > 1 else [e for e in holder if e.tag == "p"]


def _label(item: Element) -> str:
    if item.get("data-counter"):
        return item.get("data-counter")
    for element in item.every("span", "strong", "div", "a", "b", "td"):
        if _LABEL.search(named(element)) and len(element.words()) < 12:
            return element.words()
    match = _NUMBERED.match(item.words())
    return match[1] if match else ""


def ids_of(entries: list[Entry]) -> dict[str, str]:
    """Give the numbers of references by the ids, names and link targets that stand on or in their entries."""
    out: dict[str, str] = {}
    for entry in entries:
        for element in (entry.element, *entry.element.every()):
            for key in ("id", "data-bib-id", "name"):
                if element.get(key):
                    out.setdefault(element.get(key), entry.marker)
    return out


def text_of_entry(entry: Entry, role_of: Callable[[Element], str]) -> Traced:
    """Give an entry's text without its label and without the links that follow it."""

    def role(element: Element) -> str:
        if _LINKS.search(named(element)) or (_LABEL.search(named(element)) and len(element.words()) < 12):
            return "dropped"
        return "dropped" if element.tag == "a" and _JUNK.fullmatch(element.words()) else role_of(element)

    text = Flow(Dialect(role, lambda e: None)).inside(entry.element).done()
    number = re.match(rf"\W*{entry.marker}[.)\]]\s*", text.text)
    text = text[number.end() : len(text.text)] if number else text
    return text.rewrite(re.compile(r"\[\s*\]|\(\s*\)"), lambda m: []).rewrite(_END, lambda m: ["."]).strip()


def work_of(entry: Entry) -> Work:
    """Read what the markup of an entry says."""
    told = {"title": "", "journal": "", "year": ""}
    authors: list[str] = []
    for element in entry.element.every():
        name = named(element)
        for field, pattern in _FIELDS.items():
            words = element.words().strip(" .,;")
            if not told[field] and pattern.search(name) and words and len(words) < 400:
                told[field] = words
        if element.tag == "span" and re.search(
            r"(?:^|[\s-])(?:author|nlm-string-name)(?:$|[\s-])", name, re.IGNORECASE
        ):
            authors.append(element.words().strip(" ,"))
    if not told["journal"] or len(told["journal"]) > 80:
        told["journal"] = _journal(entry.element)
    return Work(authors, told["title"], told["journal"], told["year"], _doi(entry.element))


def _journal(element: Element) -> str:
    """Give the words in italics that stand before the year: most styles print the journal so."""
    for part in element.every("i", "em", "span"):
        words = part.words().strip(" .,")
        if part.tag == "span" and "italic" not in part.get("class"):
            continue
        if re.match(r"[A-Z][\w .&:-]{1,79}$", words) and not re.match(r"et al|in situ|via\b", words, re.IGNORECASE):
            return part.words().strip(" ,")
    return ""


def _doi(element: Element) -> str:
    for part in element.every("a"):
        match = DOI.search(unquote(part.get("href"))) if "doi.org" in part.get("href") else None
        if match:
            return match[0].split("&")[0]
    return ""
