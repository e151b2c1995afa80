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

NEWEST, FINDINGS = 50, 50
WIDE, TALL = 120, 36  # from here on the metrics stand in rows, by their names


class Overview(Frame):
    """What is in the base."""

    KEY, NAME = "1", "Overview"

    def __init__(self) -> None:
        super().__init__()
        self._coverage: list[dict[str, Any]] = []
        self._found: Sequence[Mapping[str, Any]] = ()
        self._papers: dict[str, int] = {}
        self._of_metrics = False

    def body(self) -> ComposeResult:
        """Lay out figures, heat map, newest documents."""
        yield Static(id="figures")
        with Vertical(id="coverage", classes="part") as part:
            part.border_title = "Papers that report a metric, by strategy"
            yield HeatMap(id="heatmap")
            yield Static(id="cell")
        with Horizontal(id="below"):
            with Vertical(id="newest", classes="part") as part:
                part.border_title = "Newest documents"
                yield OptionList(id="documents", compact=True)
            with Vertical(id="found", classes="part") as part:
                part.border_title = "Findings of the auditor"
                yield OptionList(id="findings", compact=True)

    def read(self) -> None:
        """Ask for the parts, what is there at once first; the figures come with the counts of the base."""
        self.ask(lambda base: base.browsing.newest(NEWEST), self._show_newest, "newest")
        self.ask(lambda base: base.browsing.findings(FINDINGS), self._show_findings, "findings")
        self.query_one("#cell", Static).update("counting …")
        # It may take a second of processor: not before the first picture stands.
        self.call_after_refresh(self._ask_coverage)

    def _ask_coverage(self) -> None:
        self.ask(lambda base: base.browsing.coverage(), self._show_coverage, "coverage")

    def exported(self) -> Export:
        """Write the coverage."""
        rows = self._coverage
        return Export("coverage", ("strategy", "metric", "papers", "measurements"), lambda _: rows)

    def copied(self) -> str:
        """Copy what the line below the heat map says."""
        return str(self.query_one("#cell", Static).content)

    def counted(self, counts: Mapping[str, int]) -> None:
        """Show how much is in the base."""
        super().counted(counts)
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
            line = Text.assemble((row["title"] or row["source"], "bold"), "  ", (said, "dim"))
            listed.add_option(Option(line, id=str(row["document_id"])))
        listed.highlighted = 0 if rows else None
        self._papers = {str(row["document_id"]): row["paper_id"] for row in rows}

    def _show_findings(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.query_one("#found").set_class(bool(rows), "-open")
        listed = self.query_one("#findings", OptionList)
        listed.clear_options()
        for row in rows:
            listed.add_option(Option(Text.assemble((f"{row['severity']:<6}", "bold"), row["said"])))
        self._found = rows

    def _show_coverage(self, rows: list[dict[str, Any]]) -> None:
        self._coverage = rows
        self._draw_coverage()
        if not rows:
            self.query_one("#cell", Static).update("no paper reports anything yet")

    def on_resize(self) -> None:
        """Lay the heat map for the room there is."""
        self._draw_coverage()

    def _draw_coverage(self) -> None:
        by_strategy, by_metric = Counter[str](), Counter[str]()
        for row in self._coverage:
            by_strategy[row["strategy"]] += row["papers"]
            by_metric[row["metric"]] += row["papers"]
        strategies = [name for name, _ in by_strategy.most_common()]
        metrics = [name for name, _ in by_metric.most_common()]
        self._of_metrics = self.size.height >= TALL and self.size.width >= WIDE
        if self._of_metrics:
            cells = {(row["metric"], row["strategy"]): row["papers"] for row in self._coverage}
            heads = {name: name.replace("-", "- ").split(" ", 1) for name in strategies}
            names = {name: name.replace("_", " ") for name in metrics}
            counts = Counts(metrics, strategies, heads, cells, names, width=13)
        else:
            known = vocabulary().metrics
            cells = {(row["strategy"], row["metric"]): row["papers"] for row in self._coverage}
            symbols = {name: [symbol(known[name].symbol) if name in known else name] for name in metrics}
            counts = Counts(strategies, metrics, symbols, cells)
        self.query_one(HeatMap).show(counts)

    def _pair(self, event: HeatMap.Moved) -> tuple[str, str]:
        """Give strategy and metric of a cell."""
        return (event.column, event.row) if self._of_metrics else (event.row, event.column)

    def on_heat_map_moved(self, event: HeatMap.Moved) -> None:
        """Say in full what the cell counts."""
        strategy, metric = self._pair(event)
        found = [r for r in self._coverage if (r["strategy"], r["metric"]) == (strategy, metric)]
        papers, measurements = (found[0]["papers"], found[0]["measurements"]) if found else (0, 0)
        said = f"{counted(papers, 'paper')}, {counted(measurements, 'measurement')}"
        self.query_one("#cell", Static).update(f"{strategy}, {metric.replace('_', ' ')}: {said}")

    def on_heat_map_chosen(self, event: HeatMap.Chosen) -> None:
        """List the measurements behind a cell."""
        strategy, metric = self._pair(event)
        self.browser.go("2", f'metric = {metric} AND strategy = "{strategy}" AND cited_ref IS UNKNOWN')

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the paper."""
        event.stop()
        if event.option_list.id == "findings":
            found = self._found[event.option_index]
            self.browser.go("4", (found["paper_id"], found["measurement_id"]))
        elif event.option_id:
            self.browser.go("4", (self._papers[event.option_id], None))
