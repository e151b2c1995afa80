"""One sentence with all that was found in it: samples, numbers, metrics, citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.cast import Cast, Sample
from extractors.cues import Cue, find_cues
from extractors.materials import Name, find_names
from extractors.quantities import Quantity, find_quantities
from extractors.samples import find_samples
from schema.records import Passage
from schema.vocabulary import Metric


@dataclass(frozen=True)
class Statement:
    """A sentence of a passage.

    Attributes
    ----------
    number : index of the passage in its document
    start, end : clean offsets in the passage
    names : the materials named in it
    markers : reference numbers cited in it
    """

    passage: Passage
    number: int
    start: int
    end: int
    names: Sequence[Name]
    samples: Sequence[Sample]
    quantities: Sequence[Quantity]
    cues: Sequence[Cue]
    markers: Sequence[str]

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True)
class Result:
    """A number that was given a metric, and how."""

    quantity: Quantity
    metric: Metric
    reason: str


def read_statement(passage: Passage, number: int, start: int, end: int, who: Cast) -> Statement:
    """Find all there is in one sentence."""
    text = passage.text
    quantities = find_quantities(text, start, end)
    names = find_names(text, start, end, who.defined)
    return Statement(
        passage=passage,
        number=number,
        start=start,
        end=end,
        names=names,
        samples=find_samples(text, start, end, who, names),
        quantities=quantities,
        cues=find_cues(text, start, end),
        markers=[m for at, m in passage.markers if start <= at <= end],
    )
