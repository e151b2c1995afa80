"""The panel of facets: how many candidates there are of each strategy, class, cell, ...; enter narrows to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kb.tui.cells import NOT_STATED
from kb.words import grouped

Pairs = Sequence[tuple[str | int | None, int]]
TITLES = {
    "strategy": "strategy", "class": "class of a component", "cell": "cell", "electrolyte_class": "electrolyte",
    "process": "process", "year": "year",
}  # fmt: skip
SHOWN = 8
WIDTH = 28


def condition(facet: str, value: str | int | None) -> str:
    """Write a facet's value as a condition of the filter language; of the class, which it has no word for, "".

    Examples
    --------
    >>> condition("cell", "Li|Cu half"), condition("year", 2021), condition("process", None)
    ('cell = "Li|Cu half"', 'paper.year = 2021', 'process IS UNKNOWN')
    """
    if facet == "class":
        return ""
    if facet == "year":
        return "paper.year IS UNKNOWN" if value is None else f"paper.year = {value}"
    return f"{facet} IS UNKNOWN" if value is None else f'{facet} = "{value}"'


class Facets(OptionList):
    """Values with their counts, under the facet's name."""

    class Toggled(Message):
        """A value was chosen."""

        def __init__(self, facet: str, value: str | int | None) -> None:
            super().__init__()
            self.facet, self.value = facet, value

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True)
        self._counted: Mapping[str, Pairs] = {}
        self._chosen: set[str] = set()
        self._whole: set[str] = set()
        self._meant: list[tuple[str, str | int | None] | str] = []

    def show(self, counted: Mapping[str, Pairs], chosen: set[str]) -> None:
        """List the values.

        Parameters
        ----------
        counted : facet to values with counts
        chosen : conditions (or "class = ..." ) that hold already
        """
        self._counted, self._chosen = counted, chosen
        place = self.highlighted
        self.clear_options()
        self._meant = []
        for facet, pairs in counted.items():
            if not pairs:
                continue
            self._add(Text(TITLES[facet], "bold underline"), "", disabled=True)
            shown = pairs if facet in self._whole else pairs[:SHOWN]
            for value, number in shown:
                self._add(self._line(facet, value, number), (facet, value))
            if len(pairs) > len(shown):
                self._add(Text(f"  {len(pairs) - len(shown)} more …", "italic"), facet)
        if self.option_count:
            self.highlighted = min(place or 1, self.option_count - 1)

    def _add(self, prompt: Text, meant: tuple[str, str | int | None] | str, disabled: bool = False) -> None:
        self.add_option(Option(prompt, disabled=disabled))
        self._meant.append(meant)

    def _line(self, facet: str, value: str | int | None, number: int) -> Text:
        is_chosen = (condition(facet, value) or f"class = {value}") in self._chosen
        count = grouped(number)
        name = Text(("● " if is_chosen else "  ") + (NOT_STATED if value is None else str(value)), no_wrap=True)
        name.stylize("bold" if is_chosen else "italic" if value is None else "")
        name.truncate(WIDTH - len(count) - 1, overflow="ellipsis", pad=True)
        return name.append(" " + count, "dim")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Narrow to a value, or show all of a facet."""
        event.stop()
        meant = self._meant[event.option_index]
        if isinstance(meant, str):
            self._whole.add(meant)
            self.show(self._counted, self._chosen)
        else:
            self.post_message(self.Toggled(*meant))
