"""Whether the licence of a document lets its text be passed on to everybody; what is not known to, does not.

A snapshot passes on extracts beside the whole text, in characters that were mended, to readers who may do with it what
they like.  So a licence that forbids adaptations (ND) or commercial use (NC) is none that allows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CREATIVE_COMMONS = re.compile(
    r"\b(?:creative commons|cc) (?P<terms>by(?: (?:nc|nd|sa))*)\b(?: (?P<version>[1-4] [05])\b)?"
    r"(?: (?:international|unported))?"
)
_LINK = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/[a-z.]*)?", re.IGNORECASE)
_LONG = {
    "attribution": "by", "noncommercial": "nc", "non commercial": "nc", "noderivatives": "nd", "noderivs": "nd",
    "no derivatives": "nd", "sharealike": "sa", "share alike": "sa",
}  # fmt: skip
# What may stand around the name of a licence and takes nothing of it back, as "except" and "not" do.
_FILLING = frozenset({
    "a", "access", "an", "and", "article", "conditions", "distributed", "is", "licence", "licences", "license",
    "licensed", "licenses", "of", "open", "paper", "public", "published", "terms", "the", "this", "under", "v",
    "version", "with", "work",
})  # fmt: skip
# Other licences in the words they go by, to their names in the SPDX list.
_OTHERS = {
    "cc0": "CC0-1.0", "cc0 1 0": "CC0-1.0", "cc0 1 0 universal": "CC0-1.0", "creative commons zero": "CC0-1.0",
    "cc zero": "CC0-1.0",
    "odc by": "ODC-By-1.0", "odc by 1 0": "ODC-By-1.0", "pddl": "PDDL-1.0", "pddl 1 0": "PDDL-1.0",
    "apache 2 0": "Apache-2.0", "mit": "MIT", "bsd 3 clause": "BSD-3-Clause", "bsd 2 clause": "BSD-2-Clause",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What a licence says of passing a text on.

    Attributes
    ----------
    name : in the SPDX list (https://spdx.org/licenses), or without a version "CC-BY"; "" where it is not known
    allowed : whether everybody may be given the text
    reason : why not; "" where it is allowed
    """

    name: str
    allowed: bool
    reason: str = ""

    @property
    def url(self) -> str:
        """Where the licence is written; "" where it is not known."""
        if found := re.fullmatch(r"CC-(BY[A-Z-]*)-(\d\.\d)", self.name):
            return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/"
        return f"https://spdx.org/licenses/{self.name}" if self.name and not self.name.startswith("CC-BY") else ""


def terms_of(licence: str) -> Terms:
    """Read a licence as a document states it.

    Parameters
    ----------
    licence : a name in short or in full, or the link of a Creative Commons licence; "" where none is stated

    Examples
    --------
    >>> terms_of("CC BY 4.0"), terms_of("https://creativecommons.org/licenses/by-sa/4.0/").allowed
    (Terms(name='CC-BY-4.0', allowed=True, reason=''), True)
    >>> terms_of("Creative Commons Attribution NonCommercial License 3.0").reason
    'CC-BY-NC-3.0 allows no commercial use'
    >>> terms_of("CC BY-NC-ND 4.0").allowed, terms_of("open access").reason
    (False, "its licence is not known to allow it: 'open access'")
    """
    words = _words(licence)
    if words in _OTHERS:
        return Terms(_OTHERS[words], True)
    found = {(m["terms"], m["version"]) for m in _CREATIVE_COMMONS.finditer(words)}
    said = _CREATIVE_COMMONS.sub("", words).strip()
    if not licence.strip():
        return Terms("", False, "no licence stated")
    if len({terms for terms, _ in found}) != 1 or said:
        return Terms("", False, f"its licence is not known to allow it: {licence!r}")
    ((terms, number), *others) = sorted(found, key=lambda pair: pair[1] is None)
    version = f"-{number[0]}.{number[-1]}" if number and all(other is None for _, other in others) else ""
    parts = terms.split()
    # In the order of the SPDX list, whatever the order in which the document has them.
    name = "-".join(["CC", "BY", *(part.upper() for part in ("nc", "nd", "sa") if part in parts)]) + version
    if "nd" in parts:
        return Terms(name, False, f"{name} allows no adaptations, extracts among them")
    if "nc" in parts:
        return Terms(name, False, f"{name} allows no commercial use")
    return Terms(name, True)


def _words(licence: str) -> str:
    """Fold a statement to the words that a licence is told by: lower case, one blank between, no punctuation."""
    if link := _LINK.fullmatch(re.sub(r"^\W*(?:https?://)?(?:www\.)?", "", licence.strip())):
        licence = f"cc {link[1]} {link[2]}"
    elif "creativecommons.org/publicdomain/zero/1.0" in licence.lower():
        licence = "cc0"
    words = " ".join(re.findall(r"[a-z0-9]+", licence.casefold()))
    for long, short in _LONG.items():
        words = re.sub(rf"\b{long}\b", short, words)
    return " ".join(word for word in words.split() if word not in _FILLING)
