"""What stands inside a paragraph of a web page: what its elements mean, where its links lead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extractors.readers.html.pages import BLOCKS, named
from extractors.readers.markup.citing import printed_numbers
from extractors.readers.markup.tree import Element

_FRAGMENT = re.compile(
    r"(?:.*[-_.])?(?:ref|bib|bibr|cit|cite|citation|cr|b|bb|r|rf|sref)[-_]?(?:cr|bib|r)?0*(\d+)[a-z]?", re.IGNORECASE
)
_NOTE = re.compile(r"(?:.*[-_])?(?:t?\w{0,6}fn|tf|note|aff|cor|tn)[-_]?\w{0,6}", re.IGNORECASE)
_CITING = re.compile(
    r"(?:^|[\s-])(?:bib-?link|xref-bibr|bibr|citation-ref|reference-link|ref)(?:$|[\s-])", re.IGNORECASE
)
_SHOWN = re.compile(r"showRef\(event,\s*'([^']*)'", re.IGNORECASE)
_MATH = re.compile(r"mathjax|katex|mjx", re.IGNORECASE)


def cited_by(element: Element, known: Mapping[str, str]) -> list[str] | None:
    """Give the numbers of the references that a link leads to; None where it leads elsewhere.

    Parameters
    ----------
    known : numbers by the ids of the reference list
    """
    if element.tag not in ("a", "span", "sup") or (element.tag != "a" and not element.get("data-rid")):
        return None
    shown = _SHOWN.search(element.get("onclick"))
    target = element.get("href").rpartition("#")[2] if "#" in element.get("href") else ""
    names = [target, element.get("data-xocs-content-id"), element.get("data-rid"), element.get("rid")]
    names = [n for n in names if n] + (shown[1].split() if shown else [])
    numbers = list(dict.fromkeys(known[name] for name in names if name in known))
    if numbers:
        return numbers
    printed = printed_numbers(element.words())
    digits = [m[1] for m in (_FRAGMENT.fullmatch(name) for name in names) if m]
    if printed is not None:
        linked = digits or shown or (_CITING.search(named(element)) and not _is_elsewhere(target))
        return [] if linked else None
    year = re.search(r"(?:19|20)\d\d", element.words())
    return digits if digits and year else None


def _is_elsewhere(target: str) -> bool:
    return bool(re.match(r"(?:fig|f\d|tbl|t\d|sch|eq|sec|s\d|chart|app)", target, re.IGNORECASE))


def role_of(element: Element) -> str:
    """Give an element's role inside a paragraph (see ``flow.Dialect``)."""
    tag, name = element.tag, element.get("class")
    if tag in ("sup", "sub"):
        return "raised" if tag == "sup" else "lowered"
    if tag in ("br", "hr"):
        return "space"
    if tag == "math":
        return "math"
    if tag == "a":
        target = element.get("href").rpartition("#")[2] if "#" in element.get("href") else ""
        note = target and _NOTE.fullmatch(target) and len(element.words()) <= 3 and not _FRAGMENT.fullmatch(target)
        return "dropped" if note else ""
    if tag == "mjx-math" or (element.get("aria-hidden") == "true" and tag == "span" and not element.first("math")):
        return "dropped"
    if _MATH.search(name):
        if "preview" in name.lower() or "katex-html" in name:
            return "dropped"
        return "tex" if "mathjax-tex" in name and not element.first("math") else "formula"
    return "spaced" if tag in BLOCKS else ""


def is_layout_table(table: Element) -> bool:
    """Recognise a table that only places a picture and its caption, or a whole page."""
    if table.get("role") == "presentation" or re.search(r"imgHolder|image_table", table.get("class")):
        return True
    pictured = any("imgHolder" in cell.get("class") or cell.first("img") for cell in table.every("td"))
    cells = sum(1 for cell in table.every("td", "th") if cell.words())
    return (pictured and cells < 4) or table.first("h1", "h2", "h3", "table") is not None
