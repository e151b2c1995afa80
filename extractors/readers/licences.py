"""Licences as articles declare them, by link or in words, to their short names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.readers.markup.tree import Element

_LINK = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)/(\d\.\d)|publicdomain/zero/(\d\.\d))", re.IGNORECASE)
_WORDS = re.compile(r"\bCC[ -](BY(?:[ -](?:NC|ND|SA)){0,2})(?:[ -](\d\.\d))?", re.IGNORECASE)


def licence_of(elements: Iterable[Element]) -> str:
    """Name the licence that a link inside some elements, or else their words, tell of; "" for none.

    Examples
    --------
    >>> from extractors.readers.xml.xml import parse_xml
    >>> licence_of([parse_xml('<p><a href="https://creativecommons.org/licenses/by-nc/4.0/">licence</a></p>', "")])
    'CC BY-NC 4.0'
    """
    words = ""
    for element in elements:
        for part in (element, *element.every()):
            named = named_licence(part.get("href")) or (named_licence(part.words()) if "license" in part.tag else "")
            if named:
                return named
        words = words or element.words()
    match = _WORDS.search(words)
    return _short(match[1].replace(" ", "-"), match[2]) if match else ""


def named_licence(link: str) -> str:
    """Name the Creative Commons licence of a link, "" where it is none.

    Examples
    --------
    >>> named_licence("http://creativecommons.org/licenses/by/4.0/"), named_licence("https://a.org")
    ('CC BY 4.0', '')
    """
    match = _LINK.search(link)
    if not match:
        return ""
    return _short(match[1], match[2]) if match[1] else f"CC0 {match[3]}"


def _short(terms: str, version: str | None) -> str:
    return f"CC {terms.upper()} {version or ''}".strip()
