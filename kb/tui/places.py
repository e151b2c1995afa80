"""The screens by the keys that lead to them; each is loaded when it is first gone to."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.tui.frame import Frame


@dataclass(frozen=True)
class Place:
    """A screen that can be gone to.

    Attributes
    ----------
    key : the digit that leads there
    name : in the menu
    short : in the menu of a narrow terminal
    frame : where its class is, ``module:class``
    """

    key: str
    name: str
    short: str
    frame: str

    def load(self) -> type[Frame]:
        """Give the class of the screen."""
        module, _, name = self.frame.partition(":")
        found: type[Frame] = getattr(import_module(module), name)
        return found


PLACES = (
    Place("1", "Overview", "Base", "kb.tui.overview:Overview"),
    Place("2", "Candidates", "Find", "kb.tui.candidates:Candidates"),
    Place("3", "Candidate", "Sample", "kb.tui.candidate:Candidate"),
    Place("4", "Paper", "Paper", "kb.tui.paper:Paper"),
    Place("5", "Ranking", "Rank", "kb.tui.ranking:Ranking"),
    Place("6", "Simulation", "Sim", "kb.tui.simulation:Simulating"),
    Place("7", "Audit", "Audit", "kb.tui.audit:Audit"),
    Place("8", "SQL", "SQL", "kb.tui.sql:SQL"),
    Place("9", "Graph", "Graph", "kb.tui.graph:Graph"),
)


def place(key: str) -> Place:
    """Give the place that a key leads to; LookupError where there is none.

    Examples
    --------
    >>> place("1").name
    'Overview'
    """
    for found in PLACES:
        if found.key == key:
            return found
    raise LookupError(f"no screen has the key {key}")
