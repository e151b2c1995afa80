"""Which sections of a paper hold results, which the methods, which nothing to mine."""

from __future__ import annotations

import re
from functools import lru_cache

from schema.records import Document

_NO_FACTS = re.compile(
    r"references?|bibliograph|acknowledg|conflicts? of interest|competing|declaration|author.? "
    r"contribution|data availab|"
    r"financial|funding|ethic|consent|copyright|availability|keywords|abbreviation",
    re.IGNORECASE,
)
_SUPPLEMENT = re.compile(r"(?:electronic )?(?:supplementary|supporting info)", re.IGNORECASE)
_METHODS = re.compile(
    r"\b(?:methods?|experimental|preparation|synthesis|materials and|characteri[sz]ations?|measurements?|tests?|"
    r"calculations?|simulations?|fabrication|assembly|configuration)\b",
    re.IGNORECASE,
)
_RESULTS = re.compile(r"^[\d.\s]*(?:results?|discussion|conclusions?|summary)\b", re.IGNORECASE)
_METHODS_HEAD = re.compile(r"^[\d.\s]*(?:(?:materials|experimental)(?:\s|$)|methods?\b|methodology)", re.IGNORECASE)
_KINDS = {
    "abstract": re.compile(r"\babstract\b", re.IGNORECASE),
    "introduction": re.compile(r"\b(?:introduction|background)\b", re.IGNORECASE),
    "conclusions": re.compile(r"^[\d.\s]*(?:conclusions?|summary|concluding|outlook|perspectives?)\b", re.IGNORECASE),
    "results": re.compile(r"^[\d.\s]*(?:results?|discussion)\b", re.IGNORECASE),
}
_BACKGROUND = re.compile(r"introduction|^$|abstract", re.IGNORECASE)


@lru_cache(maxsize=512)  # a section has many sentences
def is_methods(section: str) -> bool:
    """Say whether a section, given as its path of headings, belongs to the methods.

    Examples
    --------
    >>> is_methods("MATERIALS AND METHODS > Half-cells"), is_methods("Results > Characterization of the film")
    (True, False)
    """
    parts = section.split(" > ")
    if any(_METHODS_HEAD.match(part) for part in parts):
        return True
    return not any(_RESULTS.match(part) for part in parts) and any(_METHODS.search(part) for part in parts)


@lru_cache(maxsize=512)
def tells_nothing(section: str, supplement: bool = False) -> bool:
    """Say whether a section is references, acknowledgements or other back matter.

    Parameters
    ----------
    supplement : of supporting information, where a heading that says so has the facts below it

    Examples
    --------
    >>> tells_nothing("Supporting Information"), tells_nothing("Supporting Information > Tests", supplement=True)
    (True, False)
    """
    parts = [part.strip("0123456789. ") for part in section.split(" > ")]
    return any(_NO_FACTS.match(p) or (not supplement and _SUPPLEMENT.match(p)) for p in parts)


def is_supplement(document: Document) -> bool:
    """Say whether a document calls itself supporting information at its head."""
    head = (p for p in document.passages[:3] if p.kind in ("title", "heading"))
    return any(_SUPPLEMENT.match(p.text) for p in head)


@lru_cache(maxsize=512)
def is_background(section: str) -> bool:
    """Say whether a section tells mostly of others' work: abstract, introduction, what has no heading."""
    return bool(_BACKGROUND.search(section))


@lru_cache(maxsize=512)
def kind_of_section(section: str) -> str:
    """Name the part of a paper that a section, given as its path of headings, belongs to; "other" where it says none.

    Examples
    --------
    >>> [kind_of_section(s) for s in ("ABSTRACT", "2. Results > Cells", "4 Conclusions", "Experimental", "", "Alloys")]
    ['abstract', 'results', 'conclusions', 'methods', 'no heading', 'other']
    """
    if not section.strip():
        return "no heading"
    for kind, words in _KINDS.items():
        if any(words.search(part) for part in section.split(" > ")):
            return kind
    return "methods" if is_methods(section) else "other"
