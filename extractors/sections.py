"""Which sections of a paper hold results, which the methods, which nothing to mine."""

from __future__ import annotations

import re

_NO_FACTS = re.compile(
    r"references?|bibliograph|acknowledg|conflicts? of interest|competing|declaration|author.? "
    r"contribution|data availab|"
    r"financial|funding|supplementary|supporting info|ethic|consent|copyright|availability|keywords|abbreviation",
    re.IGNORECASE,
)
_METHODS = re.compile(
    r"\b(?:methods?|experimental|preparation|synthesis|materials and|characteri[sz]ations?|measurements?|tests?|"
    r"calculations?|simulations?|fabrication|assembly|configuration)\b",
    re.IGNORECASE,
)
_RESULTS = re.compile(r"^[\d.\s]*(?:results?|discussion|conclusions?|summary)\b", re.IGNORECASE)
_METHODS_HEAD = re.compile(r"^[\d.\s]*(?:(?:materials|experimental)(?:\s|$)|methods?\b|methodology)", re.IGNORECASE)
_BACKGROUND = re.compile(r"introduction|^$|abstract", re.IGNORECASE)


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


def tells_nothing(section: str) -> bool:
    """Say whether a section is references, acknowledgements or other back matter."""
    return any(_NO_FACTS.match(part.strip("0123456789. ")) for part in section.split(" > "))


def is_background(section: str) -> bool:
    """Say whether a section tells mostly of others' work: abstract, introduction, what has no heading."""
    return bool(_BACKGROUND.search(section))
