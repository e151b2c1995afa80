"""Where a number stands in the words of its paper: what a decision is keyed by, and how its evidence is found again.

Neither metric nor sample nor the borders of a sentence are part of the key: they are what extractors read differently.
The characters of the number are, and the words around it in the text of the file, so that a shift of offsets, a word
that another reader breaks or another sentence splitting leave the place recognisable.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from kb.facts import to_json

WINDOW = 12  # words kept on each side of a number
KEYED = 6  # of them, on each side, in the fingerprint
# Share of the words around a number that have to agree (judgement): a reader that changes a word in three passes, the
# number in another sentence does not.
LEAST_ALIKE = 0.6
MOST_PARTS = 5  # into which words part a number: 1,234,567.8
_WORD = re.compile(r"<[^<>]{1,2000}>|&#?\w{1,12};|([^\W_]+)")


@dataclass(frozen=True)
class Place:
    """Where a number stands in its paper.

    Attributes
    ----------
    number : its digits; where it is in words, these
    before, after : the folded words around it, the nearest last and first
    twin : how many places with the same words stand before it in the document
    sample, metric : as mined when the decision was made; they tell facts apart that stand on one number
    among : how many facts stood on the number then
    """

    number: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    twin: int = 0
    sample: str = ""
    metric: str = ""
    among: int = 1

    def fingerprint(self, paper: str) -> str:
        """Digest what identifies the evidence: paper, number, the nearest words, which of equal ones.

        Where several facts stand on the number, the sample tells which of them is meant.
        """
        which = self.sample if self.among > 1 else ""
        parts = (paper, self.number, self.before[-KEYED:], self.after[:KEYED], self.twin, which)
        return hashlib.sha256(to_json(parts).encode()).hexdigest()[:20]

    def plain(self) -> dict[str, Any]:
        """Give it JSON-ready; :meth:`of` reads it."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Place:
        """Read what :meth:`plain` gave.

        Raises
        ------
        TypeError, KeyError
            Where something is missing, or more than that.
        """
        return cls(**{**told, "before": tuple(told["before"]), "after": tuple(told["after"])})


@dataclass(frozen=True)
class Stands:
    """A fact as far as finding it goes.

    Attributes
    ----------
    start, end : offsets of its number in the original
    number : as reported
    sample : what tells samples of one document apart
    """

    start: int
    end: int
    number: str
    sample: str
    metric: str


def number_key(reported: str) -> str:
    """Give the characters of a number by which it is known again.

    Examples
    --------
    >>> number_key("98.3"), number_key("1,400"), number_key("10−4"), number_key("Twice")
    ('983', '1400', '104', 'twice')
    """
    folded = unicodedata.normalize("NFKC", reported)
    return re.sub(r"\D", "", folded) or "".join(folded.split()).casefold()


class Words:
    """The words of a document's original text, markup left out, with where they stand.

    Examples
    --------
    >>> text = "It keeps a <b>CE</b> of 98.3% over 260 cycles."
    >>> place = Words(text).around(text.index("98"), text.index("%"), "98.3")
    >>> place.before[-3:], place.after[:2]
    (('a', 'ce', 'of'), ('over', '260'))
    """

    def __init__(self, original: str) -> None:
        found = [m for m in _WORD.finditer(original) if m[1]]
        self.words = [unicodedata.normalize("NFKC", m[1]).casefold() for m in found]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]

    def around(self, start: int, end: int, reported: str) -> Place:
        """Give the place of a number that stands at ``original[start:end]``."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return replace(self._between(number_key(reported), first, last), twin=self._twins(first, last))

    def wherever(self, number: str) -> Iterator[Place]:
        """Give the places where the digits of a number stand, be it a fact or not; equal ones are not counted."""
        for first in range(len(self.words)):
            told = ""
            for last in range(first, min(first + MOST_PARTS, len(self.words))):
                told += _digits(self.words[last]) or (self.words[last] if last == first else " ")
                if told == number:
                    yield self._between(number, first, last + 1)
                if not number.startswith(told) or told == number:
                    break

    def _between(self, number: str, first: int, last: int) -> Place:
        before, after = self.words[max(first - WINDOW, 0) : first], self.words[last : last + WINDOW]
        return Place(number, tuple(before), tuple(after))

    def _twins(self, first: int, last: int) -> int:
        """Count the places before one that read the same as far as words are kept."""
        low = max(first - WINDOW, 0)
        same = self.words[low : last + WINDOW]
        return sum(self.words[i : i + len(same)] == same for i, word in enumerate(self.words[:low]) if word == same[0])


def _digits(word: str) -> str:
    return "".join(c for c in word if c.isdecimal())


def alike(one: Place, other: Place) -> float:
    """Give the share of the words around two numbers that agree in their order, 0 to 1; of other numbers 0.

    Examples
    --------
    >>> told = Place("983", ("a", "ce", "of"), ("over", "260", "cycles"))
    >>> alike(told, Place("983", ("a", "ce", "of"), ("for", "260", "cycles"))) > LEAST_ALIKE
    True
    >>> alike(told, Place("912", told.before, told.after))
    0.0
    """
    if one.number != other.number:
        return 0.0
    mine, theirs = (*one.before, *one.after), (*other.before, *other.after)
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()


class Document:
    """The facts of one document, to be found by where they stand.

    Parameters
    ----------
    original : the text that their offsets point into
    facts : in the order of the document
    """

    def __init__(self, original: str, facts: Sequence[Stands]) -> None:
        self._original, self.facts = original, facts
        self._words: Words | None = None
        self._places: dict[tuple[int, int], Place] = {}
        self._at: dict[tuple[int, int], list[int]] = {}
        for i, fact in enumerate(facts):
            self._at.setdefault((fact.start, fact.end), []).append(i)

    def place(self, index: int) -> Place:
        """Give the place of a fact, as a decision keeps it."""
        fact = self.facts[index]
        found = self._read(fact)
        among = len(self._at[fact.start, fact.end])
        return Place(found.number, found.before, found.after, found.twin, fact.sample, fact.metric, among)

    def _read(self, fact: Stands) -> Place:
        key = (fact.start, fact.end)
        if key not in self._places:
            self._words = self._words or Words(self._original)
            self._places[key] = self._words.around(fact.start, fact.end, fact.number)
        return self._places[key]

    def find(self, place: Place) -> int | None:
        """Find the fact that stands at a place; None where none does any more, or it cannot be told which."""
        near = [
            (alike(place, self._read(self.facts[at[0]])), key)
            for key, at in self._at.items()
            if number_key(self.facts[at[0]].number) == place.number
        ]
        best = max((share for share, _ in near), default=0.0)
        if best < LEAST_ALIKE or (best < 1.0 and self._stands_better_elsewhere(place, best)):
            return None
        equals = sorted(key for share, key in near if share == best)
        twins = [key for key in equals if self._places[key].twin == place.twin]
        if not twins and best == 1.0:
            return None  # the words are there, but of another of the places that read the same
        return self._which(place, self._at[(twins or equals)[0]])

    def _stands_better_elsewhere(self, place: Place, share: float) -> bool:
        """Say whether the text has the place itself, only that no fact stands there any more."""
        self._words = self._words or Words(self._original)
        return any(alike(place, other) > share for other in self._words.wherever(place.number))

    def _which(self, place: Place, at: Iterable[int]) -> int | None:
        """Choose among the facts that stand on one number."""
        here = list(at)
        same = [i for i in here if self.facts[i].sample == place.sample]
        # Where it was the only one, it is the one, whatever an extractor makes of its sample now.
        of = same or (here if place.among == len(here) == 1 else [])
        return min(of, key=lambda i: (self.facts[i].metric != place.metric, i), default=None)
