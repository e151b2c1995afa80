"""Which part of a saved page is the article: what belongs to the publisher's furniture is taken out of the tree."""

from __future__ import annotations

import re

from extractors.readers.markup.tree import Element
from extractors.traced import Traced


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _tags(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody td tfoot th thead "
    "tr ul"
)
_FURNITURE_TAGS = _tags("nav form button input dialog footer head label menu audio video canvas map")
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust|nav|navbar|navigation|breadcrumbs?|toolbar|share|sharing|social|"
    r"ads?|adverts?|advertisement|literatumad|recommend\w*|related\w*|similar|trending|(?:article-)?metrics|altmetric|"
    r"cited-?by|citing|crossmark|downloads?|login|sign-?in|purchase|paywall|subscri\w+|skip|sr-only|visually-hidden|"
    r"screen-?reader(?!-main)|tooltip|modal|popup|overlay|toc|table-?of-?contents|outline|anchors|extra-links|getftr|"
    r"citationlinks|casrecord|footer|newsletter|feedback|banner|sidebar|search|figure-extra|figure-links?|"
    r"links-for-figure|pill-button|issue-nav\w*|btncontainer|left-head|rig-head|MathJax-Preview|alerts?|site-header|"
    r"page-header|global-header|copyright-notice|accordion-tabbed|publication-history|author-list|authors?-info|"
    r"loa|rlist--inline|article-tools|more-like|eprint|pb-ad)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MATH = re.compile(r"mathjax|katex|mjx|math", re.IGNORECASE)
_SHARE = 0.2  # what holds more of the page's prose than this is no furniture, whatever it is called
_SENTENCE = 80  # characters from which on a stretch counts as prose


def article_of(root: Element) -> Element:
    """Take the furniture out of a page and give the element that holds the article."""
    body = root.first("body") or root
    prose = _prose(body)
    total = max(prose[id(body)], 1)
    _prune(body, prose, total)
    holders = [e for e in body.every("article", "main", "div") if e.tag != "div" or e.get("role") == "main"]
    abstract = body.first("section", "div", "p") and _abstract(body)
    for holder in sorted(holders, key=lambda e: prose[id(e)]):
        inside = abstract is None or holder.start <= abstract.start < holder.end
        if prose[id(holder)] >= 0.7 * total and inside:
            return holder
    return body


def named(element: Element) -> str:
    """Give the class and id of an element, words in them divided by hyphens."""
    return _CAMEL.sub("-", f"{element.get('class')} {element.get('id')}").replace("_", "-")


def is_abstract(element: Element) -> bool:
    """Say whether an element is called an abstract."""
    return bool(re.search(r"(?:^|[\s-])abstracts?(?:$|[\s-])", named(element), re.IGNORECASE))


def _abstract(body: Element) -> Element | None:
    return next((e for e in body.every("section", "div", "p") if is_abstract(e) and len(e.words()) > 100), None)


def _prose(body: Element) -> dict[int, int]:
    """Count the characters of prose below each element: of texts that are long, with the inline elements in them."""
    counts: dict[int, int] = {}

    def count(element: Element) -> tuple[int, int]:
        prose = run = 0
        for node in element.children:
            if isinstance(node, Traced):
                run += len(node.text.strip())
                continue
            inner_prose, inner_run = count(node)
            prose += inner_prose
            if node.tag in BLOCKS:
                prose += run if run >= _SENTENCE else 0
                run = 0
            else:
                run += inner_run
        if element.tag in BLOCKS:
            prose += run if run >= _SENTENCE else 0
            run = 0
        counts[id(element)] = prose + (run if run >= _SENTENCE else 0)
        return prose, run

    prose, run = count(body)
    counts[id(body)] = prose + run
    return counts


def _prune(element: Element, prose: dict[int, int], total: int) -> None:
    kept: list[Element | Traced] = []
    for node in element.children:
        if isinstance(node, Element):
            if _is_furniture(node) and prose[id(node)] <= _SHARE * total:
                continue
            _prune(node, prose, total)
        kept.append(node)
    element.children = kept


def _is_furniture(element: Element) -> bool:
    if element.tag in _FURNITURE_TAGS:
        return True
    if element.tag == "math" or (element.tag.startswith("m") and element.tag not in ("main", "menu", "mark", "meter")):
        return False
    if element.tag == "a" and "#" in element.get("href"):
        return False  # "internalNav" leads to a figure
    name = named(element)
    if _MATH.search(name):
        return bool(re.search(r"preview|katex-html", name, re.IGNORECASE))
    if element.get("aria-hidden") == "true" and element.tag not in ("math", "table", "sup", "sub"):
        return True
    if element.get("role") in ("navigation", "banner", "search", "dialog", "contentinfo", "complementary"):
        return True
    if "hidden" in element.attributes or _UNSEEN.search(element.get("style")):
        return True
    return bool(_FURNITURE.search(name))
