"""Screen 1: what is in the base, what of it is measured how often, what came in last, what the auditor found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kb.tui.frame import Export, Frame
from kb.tui.heatmap import Counts, HeatMap
from kb.words import counted, grouped, symbol
from schema.vocabulary import vocabulary

NEWEST = 50


class Overview(Frame):
    """What is in the base."""

    KEY, NAME = "1", "Overview"

    def body(self) -> ComposeResult:
        """Lay out figures, heat map, newest documents."""
        yield Static(id="figures")
        with Horizontal(id="parts"):
            with Vertical(id="coverage", classes="part") as part:
                part.border_title = "Papers that report a metric, by strategy"
                yield HeatMap(id="heatmap")
                yield Static(id="cell")
            with Vertical(id="newest", classes="part") as part:
                part.border_title = "Newest documents"
                yield OptionList(id="documents")

    def read(self) -> None:
        """Ask for the parts, what is there at once first."""
        self._coverage: list[dict[str, Any]] = []
        self.ask(lambda base: base.browsing.counts(), self._show_figures, "figures")
        self.ask(lambda base: base.browsing.newest(NEWEST), self._show_newest, "newest")
        self.query_one("#cell", Static).update("counting …")
        self.ask(lambda base: base.browsing.coverage(), self._show_coverage, "coverage")

    def exported(self) -> Export:
        """Write the coverage."""
        rows = self._coverage
        return Export("coverage", ("strategy", "metric", "papers", "measurements"), lambda _: rows)

    def copied(self) -> str:
        """Copy what the line below the heat map says."""
        return str(self.query_one("#cell", Static).content)

    def _show_figures(self, counts: Mapping[str, int]) -> None:
        if not counts["measurements"]:
            self.tell(f"empty; fill it with: kb ingest FOLDER --db {self.browser.path.name}")
        names = {"papers": "papers", "documents": "documents", "systems": "systems", "measurements": "measurements",
                 "rejections": "numbers seen and not taken"}  # fmt: skip
        parts: list[Any] = []
        for name, said in names.items():
            parts += [(grouped(counts[name]), "bold"), f" {said}   "]
        self.query_one("#figures", Static).update(Text.assemble(*parts, overflow="ellipsis", no_wrap=True))

    def _show_newest(self, rows: Sequence[Mapping[str, Any]]) -> None:
        listed = self.query_one("#documents", OptionList)
        listed.clear_options()
        for row in rows:
            parts = (row["year"], row["doi"], counted(row["measurements"], "measurement"))
            said = ", ".join(str(part) for part in parts if part)
            title = Text(row["title"] or row["source"], "bold", no_wrap=True, overflow="ellipsis")
            listed.add_option(Option(Text("\n").join((title, Text(said, "dim"))), id=str(row["paper_id"])))

    def _show_coverage(self, rows: list[dict[str, Any]]) -> None:
        self._coverage = rows
        by_strategy, by_metric = Counter[str](), Counter[str]()
        for row in rows:
            by_strategy[row["strategy"]] += row["papers"]
            by_metric[row["metric"]] += row["papers"]
        metrics = [metric for metric, _ in by_metric.most_common()]
        known = vocabulary().metrics
        heads = {m: symbol(known[m].symbol) if m in known else m for m in metrics}
        cells = {(row["strategy"], row["metric"]): row["papers"] for row in rows}
        strategies = [strategy for strategy, _ in by_strategy.most_common()]
        if not rows:
            self.query_one("#cell", Static).update("no paper reports anything yet")
        self.query_one(HeatMap).show(Counts(strategies, metrics, heads, cells))

    def on_heat_map_moved(self, event: HeatMap.Moved) -> None:
        """Say in full what the cell counts."""
        found = [r for r in self._coverage if (r["strategy"], r["metric"]) == (event.row, event.column)]
        papers, measurements = (found[0]["papers"], found[0]["measurements"]) if found else (0, 0)
        metric = event.column.replace("_", " ")
        self.query_one("#cell", Static).update(
            f"{event.row}, {metric}: {counted(papers, 'paper')}, {counted(measurements, 'measurement')}"
        )

    def on_heat_map_chosen(self, event: HeatMap.Chosen) -> None:
        """List the measurements behind a cell."""
        self.browser.go("2", f'metric = {event.column} AND strategy = "{event.row}" AND cited_ref IS UNKNOWN')

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the paper."""
        event.stop()
        if event.option_id:
            self.browser.go("4", (int(event.option_id), None))
