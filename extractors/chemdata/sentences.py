"""Sentences as ChemDataExtractor reads them: the metrics that are named, the values, what belongs to a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from extractors.chemdata.library import ODD, library, material_names
from extractors.chemdata.models import Key, Kind, in_unit, symbols
from schema.records import Conditions, Evidence, Measurement, Passage, Subject
from schema.vocabulary import Metric, vocabulary

# Uncalibrated: on the hand-annotated papers 0.84 of its numbers are right, 0.20 with sample and main conditions.
CONFIDENCE = 0.5
CONTROL = re.compile(r"\b(?:bare|pristine|control|uncoated|unmodified|untreated|blank|reference)\b", re.IGNORECASE)
_MARKUP = frozenset("^{}_$\\")
_QUALIFIERS = {"~": "~", "∼": "~", "<": "<", ">": ">", "≥": ">="}
SIGNS = "".join(_QUALIFIERS) + "-–− "
_OPENING = frozenset({*_QUALIFIERS, *"-–−([", "between"})
_JOINTS = frozenset({"and", "or", ",", "/", "vs", "versus"})
_BARE = re.compile(r"[-–−~]?\d+(?:\.\d+)?")
_NEAR = 4  # tokens from a name to the number without a unit that is its value
_CONTROL_ROOM = 25  # characters from such a word to the name of the sample
_CONDITIONS = {"current_density_mA_cm2": "mA/cm^2", "areal_capacity_mAh_cm2": "mAh/cm^2"}


@dataclass(frozen=True)
class Span:
    """A name or a value among the tokens of a sentence.

    Attributes
    ----------
    start, end : from token ``start`` to before token ``end``
    key : of the units its metric or its value has
    kind : the metric that is named
    raw : the printed number and unit of a value
    """

    start: int
    end: int
    key: Key
    kind: Kind | None = None
    raw: tuple[str, str] = ("", "")

    def inside(self, other: Span) -> bool:
        return other.start <= self.start and self.end <= other.end and other.end - other.start > self.end - self.start

    def gap(self, other: Span) -> int:
        """Count the tokens between two spans; what is named behind its number is half as far again."""
        return self.start - other.end if other.end <= self.start else (3 * (other.start - self.end) + 1) // 2


def _longest(spans: Sequence[Span]) -> list[Span]:
    return [s for s in spans if not any(s.inside(other) for other in spans)]


@dataclass(frozen=True)
class Stretch:
    """A sentence or cell of a passage as ChemDataExtractor reads it, with the way back to the passage.

    Attributes
    ----------
    number : index of the passage in its document
    start, end : clean offsets in the passage
    """

    passage: Passage
    number: int
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @cached_property
    def plain(self) -> str:
        return without_markup(self.text)

    @cached_property
    def places(self) -> list[int]:
        """Clean offset in the passage of each character of ``plain``."""
        return [i for i, c in enumerate(self.text, start=self.start) if c not in _MARKUP]

    @cached_property
    def parsed(self) -> Any:
        return library().text.Sentence(self.plain)

    def named(self, kinds: Sequence[Kind]) -> list[Span]:
        """Find the metrics that are named."""
        lower = self.plain.lower()
        return _longest([
            Span(i, j, kind.key, kind)
            for kind in kinds
            for name, grammar in kind.names.items()
            if name in lower
            for _, i, j in grammar.scan(self.parsed.tokens)
        ])  # fmt: skip

    def values(self, grammars: Mapping[Key, Any]) -> list[Span]:
        """Find the values of all dimensions; "1.5 Ω" is none in "1.5 Ω cm2"."""
        tokens = self.parsed.tokens
        digits = [any(c.isdigit() for c in t.text) for t in tokens]
        # Only where a number can begin: its own scan tries the whole grammar at each word.
        starts = [i for i, t in enumerate(tokens) if digits[i] or (any(digits[i + 1 : i + 3]) and t.text in _OPENING)]
        found = [span for key, grammar in grammars.items() for span in _parsed_at(grammar, tokens, starts, key)]
        return list(_with_lists(_longest(found), [t.text for t in tokens]))

    def offsets(self, number: str, start: int) -> tuple[int, int]:
        """Give the clean offsets in the passage of a number that stands behind ``start``."""
        characters = map(re.escape, "".join(number.lstrip(SIGNS).split()))
        found = re.compile(r"\s*".join(characters)).search(self.plain, start)
        first, last = found.span() if found else (start, start + 1)
        return self.places[first], self.places[last - 1] + 1


def _with_lists(values: Sequence[Span], tokens: Sequence[str]) -> Iterator[Span]:
    """Give the values, each behind those of its list that go without a unit: "97.8 and 95.6%"."""
    for value in values:
        start = value.start
        while value.raw[1] and start >= 2 and tokens[start - 1] in _JOINTS and _BARE.fullmatch(tokens[start - 2]):
            start -= 2
            yield Span(start, start + 1, value.key, raw=(tokens[start], value.raw[1]))
        yield value


def _parsed_at(grammar: Any, tokens: Sequence[Any], starts: Sequence[int], key: Key) -> Iterator[Span]:
    end = 0
    for start in starts:
        if start < end:
            continue
        try:
            found, end = grammar.parse(tokens, start)
        except (library().elements.ParseException, *ODD):
            continue
        yield Span(start, end, key, raw=_raw(found))


def without_markup(text: str) -> str:
    return "".join(c for c in text if c not in _MARKUP)


def _raw(found: Any) -> tuple[str, str]:
    """Give the printed number and unit of what a grammar of values found."""
    parts = found if isinstance(found, list) else [found]
    texts = {e.tag: e.text or "" for part in parts for e in part.iter()}
    return texts.get("raw_value", ""), texts.get("raw_units", "")


def mine_sentence(
    sentence: Stretch, kinds: Sequence[Kind], grammars: Mapping[Key, Any], short: Mapping[str, str]
) -> Iterator[Measurement]:
    """Mine a sentence: each value that has a name beside it.

    Parameters
    ----------
    short : short form of each name that the paper abbreviates
    """
    if not any(c.isdigit() for c in sentence.plain) or not (named := sentence.named(kinds)):
        return
    values = sentence.values(grammars)
    results = {value: name for value in values if (name := _name_of(value, named))}
    others = [value for value in values if value not in results]
    for value, name in results.items():
        if name.kind is not None and (read := in_unit(name.kind, *value.raw)):
            place = sentence.offsets(value.raw[0], sentence.parsed.tokens[value.start].start)
            subject, control = _subject(sentence, value, short)
            conditions = _conditions(value, others, kinds)
            yield measurement(name.kind.metric, read, value.raw, sentence, place, subject, control, conditions)


def _name_of(value: Span, named: Sequence[Span]) -> Span | None:
    """Give the nearest name of a metric with such a unit; a bare number must follow its name closely."""
    fit = [n for n in named if n.key == value.key and (n.end <= value.start or value.end <= n.start)]
    if not value.raw[1]:
        fit = [n for n in fit if 0 <= value.start - n.end <= _NEAR]
    return min(fit, key=value.gap, default=None)


def measurement(
    metric: Metric, read: Sequence[float], raw: tuple[str, str], place: Stretch, span: tuple[int, int],
    subject: Subject, control: bool, conditions: Conditions,
) -> Measurement:  # fmt: skip
    """Make the record of a value.

    Parameters
    ----------
    read : the number, or the two ends of a range, in the metric's unit
    raw : the number and the unit as printed
    span : clean offsets of the number in the passage
    """
    passage = place.passage
    start, end = passage.original_span(*span)
    return Measurement(
        metric=metric.name,
        value=read[0],
        value_max=read[1] if len(read) > 1 else None,
        unit=metric.unit,
        qualifier="range" if len(read) > 1 else _QUALIFIERS.get(raw[0][:1], "="),
        value_reported=passage.text[slice(*span)],
        unit_reported=raw[1],
        subject=subject,
        is_control=control,
        conditions=conditions,
        evidence=Evidence(place.text, start, end, passage.section, passage.page, place.number),
        confidence=CONFIDENCE,
        flags=() if metric.plausible[0] <= read[0] <= metric.plausible[1] else ("out_of_range",),
    )


def _subject(sentence: Stretch, value: Span, short: Mapping[str, str]) -> tuple[Subject, bool]:
    """Take the chemical that is named last before a value, or first behind it, for its sample."""
    at = sentence.parsed.tokens[value.start].start
    mentions = sorted(sentence.parsed.cems, key=lambda c: (c.start > at, abs(c.start - at)))
    if not mentions:
        return Subject("not named"), False
    name = mentions[0].text
    control = CONTROL.search(sentence.plain, max(0, mentions[0].start - _CONTROL_ROOM), mentions[0].start)
    return Subject(
        name, (short.get(name) or material_names(vocabulary().fingerprint).get(name, name),)
    ), control is not None


def _conditions(value: Span, others: Sequence[Span], kinds: Sequence[Kind]) -> Conditions:
    """Take the nearest current density and areal capacity in the sentence for the value's own."""
    found: dict[str, Any] = {}
    for name, unit in _CONDITIONS.items():
        near = [o for o in others if o.key == symbols(unit)]
        kind = next((k for k in kinds if k.metric.unit == unit), None)
        if kind is not None and near and (read := in_unit(kind, *min(near, key=value.gap).raw)):
            found[name] = read[0]
    return Conditions(**found)
