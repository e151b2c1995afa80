"""Terms of the vocabulary found in a text by their phrases, in which ``*`` ends any word and ``...`` skips a few."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from schema.vocabulary import Term, vocabulary

SKIPPED_WORDS = 4
_WORD = re.compile(r"(?<![\w-])\w+")
_KEY = 3  # letters of its first word by which a phrase is looked up
Index = Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]


@dataclass(frozen=True)
class Mention:
    """A term, or a material, named at a place (clean offsets)."""

    start: int
    end: int
    name: str


def phrase_pattern(phrase: str) -> str:
    """Give the regular expression of a phrase; case matters in abbreviations (ALD) only.

    Examples
    --------
    >>> bool(re.fullmatch(phrase_pattern("homogeni* ... flux"), "homogenizes the lithium-ion flux"))
    True
    """
    parts = []
    for word in phrase.split():
        if word == "...":
            parts.append(rf"(?:[^\s.;:()]+\s){{0,{SKIPPED_WORDS}}}")
        else:
            parts.append(re.escape(word).replace(r"\*", r"[\w-]*").replace(r"\-", r"[-–\s]?") + r"[\s–-]")
    pattern = "".join(parts).removesuffix(r"[\s–-]") + r"(?!\w)"
    return pattern if phrase.isupper() else f"(?i:{pattern})"


def _key(word: str) -> str:
    return word[:_KEY].lower()


@lru_cache(maxsize=8)
def _index(kind: str, fingerprint: str) -> Index:
    """Build, once a vocabulary, the patterns of one list by the beginning of their first words."""
    terms: Mapping[str, Term] = getattr(vocabulary(), kind)
    phrases: dict[str, dict[str, list[str]]] = {}
    for term in terms.values():
        for phrase in dict.fromkeys((term.name, *term.synonyms)):
            first = _WORD.match(phrase)
            phrases.setdefault(_key(first[0] if first else ""), {}).setdefault(term.name, []).append(phrase)
    return {
        key: tuple((re.compile("|".join(map(phrase_pattern, found))), name) for name, found in by_term.items())
        for key, by_term in phrases.items()
    }


def find_terms(kind: str, text: str, start: int = 0, end: int | None = None) -> list[Mention]:
    """Find the terms of one list of the vocabulary, in order; different terms may overlap.

    Parameters
    ----------
    kind : a list of the vocabulary: "mechanisms", "processes"

    Examples
    --------
    >>> [m.name for m in find_terms("mechanisms", "It is lithiophilic and evens out the lithium-ion flux.")]
    ['lithiophilic nucleation', 'homogeneous ion flux']
    """
    index = _index(kind, vocabulary().fingerprint)
    end = len(text) if end is None else end
    out = []
    for word in _WORD.finditer(text, start, end):
        for pattern, name in index.get(_key(word[0]), ()):
            if match := pattern.match(text, word.start(), end):
                out.append(Mention(match.start(), match.end(), name))
    return out
