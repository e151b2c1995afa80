"""Writes the papers of a base as BibTeX, in UTF-8, with what TeX would take for its own escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

# Braces only group in TeX: those of a title are left out, for one without a partner would end the field.
_ESCAPED = {
    "\\": r"{\textbackslash }", "{": "", "}": "", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"{\textasciitilde }", "^": r"\^{}",
}  # fmt: skip
_TITLE_WORDS = re.compile(r"[a-z]{4,}")


def bibtex(papers: Iterable[Mapping[str, Any]]) -> str:
    """Give an entry a paper: ``title``, ``doi``, ``year``, ``journal``, ``authors`` (a list); empty ones are left out.

    So is a paper of which nothing is known: there is nothing to cite it by.

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
        fields = {
            "title": escaped(paper.get("title") or ""),
            "author": " and ".join(filter(None, map(_name, paper.get("authors") or ()))),
            "journal": escaped(paper.get("journal") or ""),
            "year": str(paper.get("year") or ""),
            # Read by programs that make a link of it: as it is, but for what would end the field.
            "doi": re.sub(r"[{}\\]", lambda c: f"%{ord(c[0]):02X}", paper.get("doi") or ""),
        }
        if not any(fields.values()):
            continue
        if fields["title"]:
            fields["title"] = f"{{{fields['title']}}}"  # so that no style makes lowercase letters of PVDF
        key = _key(paper)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            key = f"{key}_{seen[key]}"
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        entries.append(f"@article{{{key},\n{lines}\n}}\n")
    return "\n".join(entries)


def escaped(text: str) -> str:
    """Escape a text for a field, so that it reads as it stood, but for braces; white space becomes one blank.

    Examples
    --------
    >>> print(escaped("5 % of 10^{-4}"))
    5 \\% of 10\\^{}-4
    """
    return "".join(_ESCAPED.get(character, character) for character in " ".join(text.split()))


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
