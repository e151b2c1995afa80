"""Tables to rows to measurements: metrics and units in the head, a sample a row."""

from __future__ import annotations

from extractors.samples import Cast
from schema.records import Measurement, Passage, Rejection


def mine_table(passage: Passage, number: int, who: Cast) -> tuple[list[Measurement], list[Rejection]]:
    """Mine one table passage."""
    return [], []
