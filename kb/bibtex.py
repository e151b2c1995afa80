"""Writes the papers of a base as BibTeX, in UTF-8, with what TeX would take for its own escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
# A brace that has no partner ends the field, escaped or not.
_LONE = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_TITLE_WORDS = re.compile(r"[a-z]{4,}")


def bibtex(papers: Iterable[Mapping[str, Any]]) -> str:
    """Give an entry a paper: ``title``, ``doi``, ``year``, ``journal``, ``authors`` (a list); empty ones are left out.

    Examples
    --------
    >>> print(bibtex([{"title": "Cu_3N & more", "authors": ["Ann Li", "Bo Xu"], "year": 2021, "doi": "10.1/a_b"}]))
    @article{li2021more,
      title = {{Cu\\_3N \\& more}},
      author = {Ann Li and Bo Xu},
      year = {2021},
      doi = {10.1/a_b}
    }
    <BLANKLINE>
    """
    seen: dict[str, int] = {}
    entries = []
    for paper in papers:
        key = _key(paper)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            key = f"{key}_{seen[key]}"
        fields = {
            # Braces twice: so that no style makes lowercase letters of PVDF.
            "title": f"{{{escaped(paper.get('title') or '')}}}" if paper.get("title") else "",
            "author": " and ".join(map(_name, paper.get("authors") or ())),
            "journal": escaped(paper.get("journal") or ""),
            "year": str(paper.get("year") or ""),
            # Read by programs that make a link of it: as it is, but for what would end the field.
            "doi": re.sub(r"[{}\\]", lambda c: f"%{ord(c[0]):02X}", paper.get("doi") or ""),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        entries.append(f"@article{{{key},\n{lines}\n}}\n" if lines else f"@article{{{key}\n}}\n")
    return "\n".join(entries)


def escaped(text: str) -> str:
    """Escape a text for a field, so that it reads as it stood; white space becomes one blank.

    Examples
    --------
    >>> escaped("5 % of {x}"), escaped("a } b")
    ('5 \\\\% of \\\\{x\\\\}', 'a \\\\textbraceright{} b')
    """
    text = " ".join(text.split())
    depth, balanced = 0, True
    for character in text:
        depth += (character == "{") - (character == "}")
        balanced &= depth >= 0
    rules = _ESCAPED if balanced and depth == 0 else {**_ESCAPED, **_LONE}
    return "".join(rules.get(character, character) for character in text)


def _name(author: str) -> str:
    """A name that holds the word which parts names is kept in one by braces; "et al." is BibTeX's own word for it."""
    if author.strip().casefold() in ("et al.", "et al"):
        return "others"
    name = escaped(author)
    return f"{{{name}}}" if re.search(r"(?i)\band\b", name) else name


def _key(paper: Mapping[str, Any]) -> str:
    authors = paper.get("authors") or [""]
    family = authors[0].split(",")[0] if "," in authors[0] else (authors[0].split() or [""])[-1]
    word = next(iter(_TITLE_WORDS.findall(_ascii(paper.get("title") or ""))), "")
    return re.sub(r"[^a-z0-9]", "", _ascii(family)) + str(paper.get("year") or "") + word or "paper"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
