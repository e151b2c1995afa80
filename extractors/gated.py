"""Regular expressions that are tried only where a word that they need stands.

A rule such as "bare, pristine or uncoated ... foil, electrode or cell" is tried on every sentence and matches in few.
The engine of ``re`` tries all its alternatives at each character; whether any of some literals is there at all,
``str`` tells some twenty times faster.  These literals need not be written down beside the pattern, where they would
one day differ from it: they are read from the pattern itself, as those of which each match holds at least one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from re import _constants as op  # the parse tree of re is not public: should it change its form, the tests tell
from re import _parser as parser
from typing import Any

_END = sys.maxsize
_MOST_CHARACTERS = 12  # of a class such as [‖∥] that are told one by one
_IN_ANY_SENTENCE = frozenset(
    ["a", "an", "and", "as", "at", "in", "is", "it", "of", "on", "or", "our", "the", "this", "to"]
)
Needs = tuple[str, ...]  # literals; () where none need be there


class Gated:
    """A compiled pattern, with the methods of ``re.Pattern``, that looks for its needed words first.

    Parameters
    ----------
    pattern, flags : as of ``re.compile``; compiled when it is first tried

    Examples
    --------
    >>> film = Gated(r"(?:bare|plain)\\s(?:foils?|films?)\\b", re.IGNORECASE)
    >>> film.words, bool(film.search("Plain foil")), film.search("a pl\u00e4in foil")
    (('bare', 'plain'), True, None)
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self.pattern, self.flags)

    @cached_property
    def folded(self) -> bool:
        """Whether case does not matter, at least in a part."""
        return bool(self.flags & re.IGNORECASE) or "(?i" in self.pattern

    @cached_property
    def words(self) -> Needs:
        """What each match holds at least one of, in lower case where case does not matter; () where nothing is sure."""
        return needed_words(self.pattern, self.folded)

    def may_match(self, text: str, start: int = 0, end: int = _END) -> bool:
        """Say whether a word that the pattern needs is there."""
        told = _lowered(text, start, end) if self.folded else text if end - start >= len(text) else text[start:end]
        words = self.words
        for word in words:
            if word in told:
                return True
        return not words

    def search(self, text: str, start: int = 0, end: int = _END) -> re.Match[str] | None:
        """Find the first match, as ``re.Pattern.search`` does."""
        return self.compiled.search(text, start, end) if self.may_match(text, start, end) else None

    def finditer(self, text: str, start: int = 0, end: int = _END) -> Iterator[re.Match[str]]:
        """Give all matches, as ``re.Pattern.finditer`` does."""
        return self.compiled.finditer(text, start, end) if self.may_match(text, start, end) else iter(())


@lru_cache(maxsize=64)  # many patterns are tried on one sentence
def _lowered(text: str, start: int, end: int) -> str:
    low = text[start:end].lower()
    # Without case these match letters of ASCII, too: "ſ" an "s", "ı" and "İ" (now an "i" and a dot) an "i".
    return low if low.isascii() else low.replace("ſ", "s").replace("ı", "i").replace("\u0307", "")


def needed_words(pattern: str, folded: bool = False) -> Needs:
    """Give literals of which each match of a pattern holds at least one.

    Parameters
    ----------
    folded : case does not matter; then they are in lower case

    Examples
    --------
    >>> needed_words(r"\\d\\s?(?:mV|V\\b)"), needed_words(r"\\b(?:no|without) (?:\\w+ )?fail\\w*")
    (('V',), ('fail',))
    >>> needed_words(r"\\w+")
    ()
    """
    words = dict.fromkeys(_of_sequence(parser.parse(pattern), folded))
    return tuple(word for word in words if not any(other in word for other in words if other != word))


def _of_sequence(parts: Iterable[tuple[Any, Any]], folded: bool) -> Needs:
    """Choose the best of all that a sequence needs: words that not every sentence has; the longest; the fewest."""
    choices: list[Needs] = []
    run = ""
    for kind, told in parts:
        if kind is op.LITERAL and (letter := _literal(told, folded)):
            run += letter
        elif kind is not op.AT:  # the end of a word parts no literals
            choices += [(run,), _of_part(kind, told, folded)]
            run = ""
    choices.append((run,))
    return max((c for c in choices if c and all(c)), key=_worth, default=())


def _worth(words: Needs) -> tuple[bool, int, int]:
    rare = not any(word.strip() in _IN_ANY_SENTENCE for word in words)
    return rare, min(map(len, words)), -len(words)


def _of_part(kind: Any, told: Any, folded: bool) -> Needs:
    if kind is op.BRANCH:
        branches = [_of_sequence(branch, folded) for branch in told[1]]
        return tuple(word for words in branches for word in words) if all(branches) else ()
    if kind is op.IN:
        members = [_literal(code, folded) if member is op.LITERAL else "" for member, code in told]
        return tuple(members) if all(members) and len(members) <= _MOST_CHARACTERS else ()
    if kind is op.SUBPATTERN:
        return _of_sequence(told[3], folded)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _of_sequence(told[2], folded) if told[0] else ()
    if kind is op.ASSERT and told[0] > 0:  # ahead: what lies behind the stretch that is searched is not seen
        return _of_sequence(told[1], folded)
    return ()


def _literal(code: int, folded: bool) -> str:
    """Give a character, "" where without case it is not told by its small letter: "µ" is two characters."""
    character = chr(code)
    if not folded:
        return character
    sure = character.isascii() or (character.lower() == character.upper() and character != "\u0307")
    return character.lower() if sure else ""
