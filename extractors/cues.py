"""Metrics named in a text, and which of the names a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extractors.kinds import kind_of
from extractors.phrases import Names, words_pattern
from extractors.quantities import Quantity
from schema.vocabulary import vocabulary

Choice = tuple[str | None, str]  # the metric or None, and the reason
CARRIED = "carried from the sentence before"

_BREAK = re.compile(r";|,?\s\b(?:while|whereas|but|however|although)\b|\.\s")
_WORD = re.compile(r"[\w%/+.-]+")


@dataclass(frozen=True)
class Cue:
    """A metric named at a place."""

    start: int
    end: int
    metric: str


@dataclass(frozen=True)
class Reading:
    """One number and what stands around it, as the rules for its metric see it.

    Attributes
    ----------
    start, end : clean offsets of the sentence
    cues : metrics named in the sentence
    others : all quantities of the sentence
    carried : kind -> metric of the sentence before, for elliptical sentences
    """

    quantity: Quantity
    text: str
    start: int
    end: int
    cues: Sequence[Cue]
    others: Sequence[Quantity]
    carried: Mapping[str, str]

    @property
    def sentence(self) -> str:
        return self.text[self.start : self.end]

    def before(self, characters: int) -> str:
        """Give the characters before the number, as far as its sentence goes."""
        return self.text[max(self.start, self.quantity.start - characters) : self.quantity.start]

    def after(self, characters: int) -> str:
        """Give the characters behind the unit, as far as its sentence goes."""
        behind = self.quantity.unit_span[1]
        return self.text[behind : min(self.end, behind + characters)]

    def near(self, before: int, after: int) -> str:
        """Give the characters around the number, itself included."""
        start = max(self.start, self.quantity.start - before)
        return self.text[start : min(self.end, self.quantity.unit_span[1] + after)]

    def named(self, *metrics: str) -> list[Cue]:
        return [c for c in self.cues if c.metric in metrics]

    def of_kind(self, kind: str) -> list[Cue]:
        names = metrics_of_kind(kind)
        return [c for c in self.cues if c.metric in names]

    def nearest(self, named: Sequence[Cue]) -> Cue | None:
        return nearest_cue(self.quantity, self.text, named, self.others)

    def dealt(self, named: Sequence[Cue]) -> str | None:
        """Give the metric where "respectively" deals a list out over as many metrics named just before it."""
        q = self.quantity
        if q.size < 2 or "respectively" not in self.sentence:
            return None
        before = [c for c in named if c.end <= q.start][-q.size :]
        if len(before) != q.size or len({c.metric for c in before}) != q.size:
            return None
        gaps = [self.text[x.end : y.start] for x, y in pairwise(before)]
        if all(len(g) < 40 and re.search(r"\band\b|,|\bor\b", g) for g in gaps):
            return before[q.index].metric
        return None


@lru_cache(maxsize=4)
def _index(fingerprint: str) -> tuple[Names, dict[str, str], dict[str, frozenset[str]]]:
    """Build, once a vocabulary, what finds all names, and the metrics of each kind."""
    words = vocabulary()
    names: dict[str, str] = {}
    for metric in sorted(words.metrics.values(), key=lambda m: m.name not in words.added):  # a user's names win
        for synonym in (metric.name.replace("_", " "), *metric.synonyms):
            names.setdefault(synonym if len(synonym) <= 4 else _folded(synonym), metric.name)
    long = sorted((n for n in names if len(n) > 4), key=len, reverse=True)
    short = sorted((n for n in names if len(n) <= 4), key=len, reverse=True)
    spaced = [re.escape(n).replace(r"\ ", r"[\s-]+") for n in long]
    unlike = [words_pattern(phrase) for metric in words.metrics.values() for phrase in metric.unlike]
    found = Names([*unlike, *spaced], cased=map(re.escape, short))
    kinds: dict[str, set[str]] = {}
    for metric in words.metrics.values():
        kinds.setdefault(kind_of(metric.unit), set()).add(metric.name)
    return found, names, {k: frozenset(v) for k, v in kinds.items()}


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", " ", name.lower())


def find_cues(text: str, start: int, end: int) -> list[Cue]:
    """Find the metrics named in a stretch of clean text.

    A longer name hides a shorter inside it, and a phrase that means something else the name that it holds.

    Examples
    --------
    >>> text = "the nucleation overpotential and the CE"
    >>> [c.metric for c in find_cues(text, 0, len(text))]
    ['nucleation_overpotential', 'coulombic_efficiency']
    """
    found, names, _ = _index(vocabulary().fingerprint)
    out = []
    for match in found.finditer(text, start, end):
        name = match[0] if len(match[0]) <= 4 else _folded(match[0])
        if name in names:  # else what a name stands in, which means something else
            out.append(Cue(match.start(), match.end(), names[name]))
    return out


def kind_of_metric(name: str) -> str:
    """Give the dimension class of a metric.

    Examples
    --------
    >>> kind_of_metric("coulombic_efficiency"), kind_of_metric("potential")
    ('percent', 'mV')
    """
    return kind_of(vocabulary().metric(name).unit)


def metrics_of_kind(kind: str) -> frozenset[str]:
    """Give the metrics whose unit is of a dimension class."""
    return _index(vocabulary().fingerprint)[2].get(kind, frozenset())


def words_between(text: str, start: int, end: int) -> int:
    """Count the words of a gap."""
    return len(_WORD.findall(text[start:end]))


def nearest_cue(q: Quantity, text: str, named: Sequence[Cue], others: Sequence[Quantity]) -> Cue | None:
    """Find the name that belongs to a number: best the last one before it, or one right behind its unit.

    A clause's end between the two, or another number of the same kind, makes a name less likely.
    """
    best, cost = None, 60.0
    if not named:
        return best
    kind = kind_of(q.unit)
    behind = max(q.end, q.unit_span[1])
    rivals = [o for o in others if o.group != q.group and kind_of(o.unit) == kind]
    for cue in named:
        if cue.end <= q.start:
            gap = text[cue.end : q.start]
            between = sum(1 for o in rivals if cue.end <= o.start < q.start)
            price = len(_WORD.findall(gap)) + 8 * bool(_BREAK.search(gap)) + 5 * between
        elif cue.start >= behind:
            gap = text[behind : cue.start]
            words = len(_WORD.findall(gap))
            close = words <= 3 and not re.search(r"[.;(),]|\b(?:and|with|at|for|in)\b", gap)
            between = sum(1 for o in rivals if behind <= o.start < cue.start)
            price = words + (1 if close else 14) + 10 * bool(_BREAK.search(gap)) + 6 * between
        else:
            price = 0  # the name holds the number
        if price < cost:
            best, cost = cue, price
    return best
