"""Terms of the vocabulary found in a text by their phrases, in which ``*`` ends any word and ``...`` skips a few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from schema.vocabulary import Term, vocabulary

SKIPPED_WORDS = 4
_BEGIN = re.compile(r"(?<![\w-])(?:(\w{1,3})\w*|[^\w\s])")
_FIRST = re.compile(r"\w+")
_NO_WORD = ""
_KEY = 3  # letters of its first word by which a phrase is looked up


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
    pattern = words_pattern(phrase) + r"(?!\w)"
    return pattern if phrase.isupper() else f"(?i:{pattern})"


def words_pattern(phrase: str) -> str:
    """Give the regular expression of a phrase's words, whatever follows them."""
    parts = []
    for word in phrase.split():
        if word == "...":
            parts.append(rf"(?:[^\s.;:()]+\s){{0,{SKIPPED_WORDS}}}")
        else:
            parts.append(re.escape(word).replace(r"\*", r"[\w-]*").replace(r"\-", r"[-–\s]?") + r"[\s–-]")
    return "".join(parts).removesuffix(r"[\s–-]")


def _key(word: str) -> str:
    return word[:_KEY].lower()


@lru_cache(maxsize=16)  # names, cues and terms are looked for in one sentence
def _begins(text: str, start: int, end: int) -> list[tuple[str, int]]:
    """List where words begin, each with its key, and where what is no word does."""
    return [((m[1] or _NO_WORD).lower(), m.start()) for m in _BEGIN.finditer(text, start, end)]


class _Index(dict[str, tuple[tuple[re.Pattern[str], str], ...]]):
    """Patterns and what they name by the key of a word; compiled when such a word comes, for many never do.

    Parameters
    ----------
    patterns : key -> name -> regular expression
    """

    def __init__(self, patterns: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__()
        self.patterns = patterns

    def __missing__(self, key: str) -> tuple[tuple[re.Pattern[str], str], ...]:
        found = tuple((re.compile(pattern), name) for name, pattern in self.patterns[key].items())
        self[key] = found
        return found


@lru_cache(maxsize=8)
def _index(kind: str, fingerprint: str) -> _Index:
    """Build, once a vocabulary, the patterns of one list by the beginning of their first words."""
    terms: Mapping[str, Term] = getattr(vocabulary(), kind)
    phrases: dict[str, dict[str, list[str]]] = {}
    for term in terms.values():
        for phrase in dict.fromkeys((term.name, *term.synonyms)):
            first = _FIRST.match(phrase)
            phrases.setdefault(_key(first[0] if first else ""), {}).setdefault(term.name, []).append(phrase)
    joined = {
        key: {name: "|".join(map(phrase_pattern, found)) for name, found in by_term.items()}
        for key, by_term in phrases.items()
        if key != _NO_WORD
    }
    return _Index(joined)


class Names:
    """Many names looked for at once: at each word, only those of its first letters are tried.

    Parameters
    ----------
    patterns : regular expressions, each beginning with a literal, of names in which case does not matter
    cased : the same of names in which it does; at one place the first that matches wins, these last

    Examples
    --------
    >>> names = Names(["lithium nitride", "lithium", r"\\(3-glycidyl\\)silane"])
    >>> text = "Lithium nitride on lithium-copper, (3-glycidyl)silane; delithium"
    >>> [text[m.start() : m.end()] for m in names.finditer(text)]
    ['Lithium nitride', 'lithium', '(3-glycidyl)silane']
    """

    def __init__(self, patterns: Iterable[str], cased: Iterable[str] = ()) -> None:
        found: dict[str, list[str]] = {}
        for form, some in (("(?i:{})", patterns), ("(?:{})", cased)):
            for pattern in some:
                first = _FIRST.match(pattern)
                found.setdefault(_key(first[0]) if first else _NO_WORD, []).append(form.format(pattern))
        self._index = _Index({key: {"": rf"(?:{'|'.join(some)})(?!\w)"} for key, some in found.items()})

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Find the names, in order, without overlap; a name begins and ends where a word does."""
        end = len(text) if end is None else end
        behind = start
        keys = self._index.patterns
        for key, at in _begins(text, start, end):
            if key in keys and at >= behind:
                ((pattern, _),) = self._index[key]
                if match := pattern.match(text, at, end):
                    behind = match.end()
                    yield match


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
    for key, at in _begins(text, start, end):
        if key in index.patterns:
            for pattern, name in index[key]:
                if match := pattern.match(text, at, end):
                    out.append(Mention(at, match.end(), name))
    return out
