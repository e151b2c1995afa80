"""What the head of a saved page, or else its first lines, says of the article: title, DOI, authors, journal, year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

from extractors.readers.front import DOI
from extractors.readers.licences import named_licence
from extractors.readers.markup.tree import Element

_TITLE = ("citation_title", "dc.title", "dcterms.title", "prism.title", "og:title", "twitter:title")
_DOI = ("citation_doi", "dc.identifier", "prism.doi", "dcterms.identifier", "bepress_citation_doi", "doi")
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "citation_authors", "author")
_JOURNAL = ("citation_journal_title", "prism.publicationname", "dc.relation.ispartof", "citation_journal_abbrev")
_YEAR = ("citation_publication_date", "citation_cover_date", "citation_date", "citation_year", "prism.publicationdate",
         "dc.date", "dcterms.date", "dc.date.issued", "citation_online_date", "article:published_time")  # fmt: skip
_LICENCE = ("dc.rights", "dcterms.license", "prism.copyright", "citation_license")
_A_YEAR = re.compile(r"\b(?:19[6-9]|20[0-4])\d\b")
_DATED = re.compile(
    r"(?:published|accepted|received|available online|©|copyright)[^.;]{0,60}?((?:19|20)\d\d)", re.IGNORECASE
)


def front_of(root: Element, title: str = "") -> dict[str, Any]:
    """Read the front matter.

    Parameters
    ----------
    title : the article's heading on the page, where there is one

    Examples
    --------
    >>> from extractors.readers.html.soup import parse_html
    >>> page = '<meta name="citation_doi" content="10.1000/A1"><meta name="dc.Date" content="2019-05">'
    >>> front_of(parse_html(page, ""))
    {'doi': '10.1000/a1', 'year': 2019}
    """
    told = _metas(root)
    out: dict[str, Any] = {}
    named = _plain(_first(told, _TITLE[:4])) or title or _plain(_first(told, _TITLE[4:])).split(" | ")[0]
    if named:
        out["title"] = named
    doi = _doi(root, told)
    if doi:
        out["doi"] = doi
    authors = next((told[name] for name in _AUTHORS if name in told), [])
    authors = [a for listed in authors for a in (listed.split(";") if ";" in listed else [listed])]
    people = tuple(" ".join(reversed(a.strip().split(", ", 1))) for a in authors if a.strip())
    if people:
        out["authors"] = people
    journal = _plain(_first(told, _JOURNAL))
    if journal:
        out["journal"] = journal
    year = next((m[0] for name in _YEAR for v in told.get(name, ()) if (m := _A_YEAR.search(v))), "")
    if not year and not doi and not people:
        dated = _DATED.search(root.words()[:6000])
        year = dated[1] if dated else ""
    if year:
        out["year"] = int(year)
    licence = _licence(root, told)
    if licence:
        out["licence"] = licence
    return out


def _metas(root: Element) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for meta in root.every("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop")).lower()
        if name and meta.get("content").strip():
            out.setdefault(name, []).append(" ".join(meta.get("content").split()))
    return out


def _first(told: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((told[name][0] for name in names if name in told), "")


def _plain(value: str) -> str:
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]*>", "", unescape(value)).split())


def _doi(root: Element, told: Mapping[str, list[str]]) -> str:
    """Give the DOI of the head; of a page without one, the first that a link before the reference list shows."""
    for name in _DOI:
        for value in told.get(name, ()):
            match = DOI.search(unquote(value))
            if match:
                return _trimmed(match[0])
    for element in root.every("a", "h2", "h3", "ol"):
        if element.tag != "a":
            if element.tag == "ol" or re.match(
                r"\W*(?:references|notes and references)", element.words(), re.IGNORECASE
            ):
                break
            continue
        match = DOI.search(unquote(element.get("href"))) if "doi.org" in element.get("href") else None
        if match:
            return _trimmed(match[0])
    return ""


def _trimmed(doi: str) -> str:
    return doi.split("#")[0].split("?")[0].rstrip(".,;)/").lower()


def _licence(root: Element, told: Mapping[str, list[str]]) -> str:
    for name in _LICENCE:
        for value in told.get(name, ()):
            if named_licence(value):
                return named_licence(value)
    links = (named_licence(e.get("href")) for e in root.every("a", "link") if "creativecommons" in e.get("href"))
    return next((name for name in links if name), "")
