"""Reference lists of XML articles to structured entries, with the number by which each is cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.readers.blocks import Block
from extractors.readers.front import DOI, references
from extractors.readers.inline import clean
from extractors.readers.markup.tree import Element
from extractors.traced import Traced
from schema.records import Reference

_NUMBER = re.compile(r"\W*(\d{1,4})[a-z]?\W*")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")


_INITIALS = r"(?:[A-ZÀ-Þ]\.[ -]?)+"
_SURNAME = r"(?:(?:van|von|de|der|del|la) )*[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
_NAMES = re.compile(  # "Gee, F. & Eff, E.", which front.py does not read
    rf"{_SURNAME}, {_INITIALS}(?:\s?(?:, and|, &|,|;|&|and) {_SURNAME}, {_INITIALS})*(?:,? ?et al\.?)?"
)


@dataclass(frozen=True)
class Work:
    """What the elements of one entry say; an empty part was not said."""

    authors: Sequence[str] = ()
    title: str = ""
    journal: str = ""
    year: str = ""
    doi: str = ""


def numbered(entries: Iterable[tuple[Element, str]]) -> dict[str, str]:
    """Give the number of each reference by the ids that stand on it or in it: as its label prints it, else by order.

    Parameters
    ----------
    entries : (element, label) in the order of the list
    """
    out: dict[str, str] = {}
    for order, (entry, label) in enumerate(entries, 1):
        marker = marker_of(label, order)
        for element in (entry, *entry.every()):
            if element.get("id"):
                out.setdefault(element.get("id"), marker)
    return out


def marker_of(label: str, order: int) -> str:
    """Give a reference's number.

    Examples
    --------
    >>> marker_of("[12]", 3), marker_of("Li et al., 2019", 3)
    ('12', '3')
    """
    match = _NUMBER.fullmatch(label)
    return str(int(match[1])) if match else str(order)


def reference_of(marker: str, text: Traced, work: Work) -> Reference:
    """Make an entry of what its elements say, and what they leave unsaid of its text.

    Examples
    --------
    >>> work = Work(["J. Wu"], year="2019", doi="10.1000/ABC")
    >>> reference_of("3", Traced.of("J. Wu. A film. Nature 2019."), work)  # doctest: +ELLIPSIS
    Reference(marker='3', text='J. Wu. A film. Nature 2019.', authors='J. Wu', ..., year=2019, doi='10.1000/abc')
    """
    cleaned = clean(text)[0]
    plain = cleaned.text.rstrip(", ")
    read = references([Block("reference", [cleaned])])[0]
    year = _YEAR.search(work.year)
    doi = DOI.search(work.doi) or DOI.search(plain)
    named = None if work.authors else _NAMES.match(plain)
    if named:
        between = plain[named.end() :].partition(work.journal or "\n")[0].strip(" .,;")
        work = replace(work, authors=[named[0].strip()], title=work.title or (between if work.journal else ""))
    before = plain.partition(work.journal)[0].strip(" ,.") if work.journal else plain
    told = bool(work.authors or work.journal)
    return replace(
        read,
        marker=marker,
        text=plain,
        authors=", ".join(work.authors) or (read.authors if len(read.authors) <= len(before) else before),
        title=work.title or ("" if told else read.title),
        journal=work.journal or read.journal,
        year=int(year[0]) if year else read.year,
        doi=doi[0].rstrip(".,;)").lower() if doi else None,
    )
