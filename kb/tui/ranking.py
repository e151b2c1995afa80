"""Screen 5: a ranking with its uncertainty, its weights moved by the arrow keys; what it hangs on; its Pareto plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widgets import Input, Static

from kb.comparison import ENERGY, LIFE
from kb.completion import complete
from kb.studies import Answer, Study, read_study, write_study
from kb.study_tables import answer_rows, why_lines
from kb.tui.chart import Chart, ChartView
from kb.tui.commands import Command
from kb.tui.criteria import Weights
from kb.tui.files import AskStudy
from kb.tui.frame import Export, Frame
from kb.tui.ranked import flat, front, hanging, verdict
from kb.tui.standings import Standings
from kb.tui.text import Block, TextPane
from kb.walk import Node
from kb.weighing import Weighing, shares_of, with_weights
from schema.errors import KBError
from schema.vocabulary import vocabulary

USUAL = ("coulombic_efficiency", "cycling_hours", "overpotential")
REST_SECONDS = 0.4  # without a key, after which one looks for what would turn the ranking
LONG_REST_SECONDS = 1.5  # before the experiments that would tell most: they take seconds
MOST_TOP = 50


class Completed(Suggester):
    """The first word that may come next in a filter, taken with the right arrow."""

    async def get_suggestion(self, value: str) -> str | None:
        """Give the line with the word."""
        found = complete(value)
        return value[: found[0].start] + found[0].word if value and found else None


class Ranking(Frame):
    """Criteria with weights, the table that follows them, a Pareto plot, what would turn it; ``subject`` is a study."""

    KEY, NAME = "5", "Ranking"
    FILTER = "rank only what this filter finds, such as cell = full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add criterion"),
        Binding("d,delete", "remove", "Remove it", show=False),
        Binding("m", "turn", "More or less is better", show=False),
        Binding("w", "why", "Why"),
        Binding("i", "simulate", "Simulate it"),
        Binding("p", "plot", "Plot"),
        Binding("x", "axes", "Other axes", show=False),
        Binding("plus", "top(1)", "One place more counts as the top", key_display="+", show=False),
        Binding("minus", "top(-1)", "One place less", key_display="-", show=False),
        Binding("b", "across", "Within or across strata", show=False),
        Binding("t", "method", "Desirability or TOPSIS", show=False),
        Binding("u", "save", "Save as study"),
        Binding("o", "open", "Open study", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.study = Study(USUAL, spread="estimated")
        self._weighing: Weighing | None = None
        self.answer: Answer | None = None
        self._axes = (0, 1)
        self._resting: Timer | None = None

    def line(self) -> Input:
        """Give the filter line."""
        return Input(placeholder=self.FILTER, id="filter", compact=True, suggester=Completed(use_cache=False))

    def body(self) -> ComposeResult:
        """Lay out the criteria and the plot beside the table, what the ranking hangs on below."""
        with Horizontal(id="ranked"):
            with Vertical(id="weighed"):
                with Vertical(id="criteria-part", classes="part") as part:
                    part.border_title = "Criteria"
                    yield Weights(id="weights")
                with Vertical(id="front-part", classes="part") as part:
                    part.border_title = "Expected effects"
                    yield ChartView(id="front")
            with Vertical(id="placed"):
                yield Static(id="verdict")
                yield Standings(id="standings")
                with Vertical(id="hangs-part", classes="part") as part:
                    part.border_title = "What it hangs on"
                    yield TextPane(id="hangs")

    @property
    def standings(self) -> Standings:
        """The table."""
        return self.query_one(Standings)

    @property
    def weights(self) -> Weights:
        """The criteria."""
        return self.query_one(Weights)

    def on_mount(self) -> None:
        """Begin at the weights."""
        super().on_mount()
        self.weights.focus()

    @property
    def is_asking(self) -> bool:
        """Whether an answer is waited for, or will be when no key is pressed for a while."""
        return super().is_asking or self._resting is not None

    # Reading and weighing --------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read and draw what the study compares."""
        if isinstance(self.subject, Study):
            self.study, self.subject = self.subject, None
        study = self.study
        self.query_one("#filter", Input).value = study.where
        self.query_one("#filter", Input).set_class(bool(study.where), "-open")
        self.weights.show(study.criteria, shares_of(study))
        self._axes = self._axes if max(self._axes) < len(study.criteria) else (0, min(1, len(study.criteria) - 1))
        self._rest(False)
        self.query_one("#verdict", Static).update(Text("comparing …", "dim"))
        self.ask(lambda base: base.weighing(study), self._drawn, "weighing")

    def _drawn(self, found: Weighing) -> None:
        self._weighing = found
        self._show(found.answer)

    def on_weights_weighed(self, event: Weights.Weighed) -> None:
        """Rank the same draws by other weights."""
        self.study = with_weights(self.study, event.shares)
        found = self._weighing
        if found is not None and not self.asks("weighing"):
            self._rest(False)
            self.ask(lambda _: found.weighed(event.shares), self._show, "weighed")

    def on_weights_refused(self, event: Weights.Refused) -> None:
        """Say why weight cannot be moved."""
        self.tell(event.reason)

    def _show(self, answer: Answer) -> None:
        self._rest(True)
        self._place(answer)

    def _place(self, answer: Answer) -> None:
        self.answer = answer = replace(answer, study=replace(answer.study, top=self.study.top))
        self.standings.show(answer_rows(answer), answer.study.top)
        self.query_one("#verdict", Static).update(verdict(answer))
        self._draw_front()
        self._tell_hanging()

    def _rest(self, begins: bool) -> None:
        if self._resting is not None:
            self._resting.stop()
        self.stop("turns")
        self._resting = None
        if begins:
            self._resting = self.set_timer(REST_SECONDS, self._look_for_turns)

    def _look_for_turns(self) -> None:
        self._resting = None
        found, answer = self._weighing, self.answer
        if found is not None and answer is not None:
            self.ask(lambda _: found.turned(answer), self._turned, "turns")

    def _turned(self, answer: Answer) -> None:
        self._told(answer)
        self._resting = self.set_timer(LONG_REST_SECONDS, self._look_for_experiments)

    def _look_for_experiments(self) -> None:
        self._resting = None
        found, answer = self._weighing, self.answer
        if found is not None and answer is not None:
            self.ask(lambda _: found.telling(answer), self._told, "turns")

    def _told(self, answer: Answer) -> None:
        self.answer = replace(answer, study=replace(answer.study, top=self.study.top))
        self._tell_hanging()

    def failed(self, error: BaseException, topic: str = "") -> None:
        """Say in place of the table why there is no ranking."""
        if topic == "weighing" and isinstance(error, KBError):
            self._weighing = self.answer = None
            self.query_one("#verdict", Static).update(Text("no ranking", "bold"))
            self.standings.show((), self.study.top, "nothing is ranked")
            self.query_one("#front", ChartView).show(Chart())
            told = "a adds a criterion, d removes one, / changes the filter, b compares across strata"
            self.query_one("#hangs", TextPane).show([Block(Text(f"{error}.", "bold"), gap=False), Block(Text(told))])
        else:
            super().failed(error, topic)

    # Showing ---------------------------------------------------------------------------------------------------------

    def _tell_hanging(self) -> None:
        if self.answer is not None:
            self.query_one("#hangs", TextPane).show(hanging(self.answer, self.is_asking))

    def _draw_front(self) -> None:
        if self.answer is not None:
            self.query_one("#front", ChartView).show(front(self.answer, self._axes, self.standings.cursor))

    def on_standings_moved(self) -> None:
        """Show in the plot which one is chosen."""
        self._draw_front()

    # Keys ------------------------------------------------------------------------------------------------------------

    def _ask_anew(self, **changes: Any) -> None:
        try:
            self.study = replace(self.study, **changes)
        except KBError as error:
            self.failed(error)
            return
        self.tell("")
        self.read()

    def filtered(self, text: str) -> None:
        """Rank only what a filter finds."""
        if text.strip() != self.study.where:
            self._ask_anew(where=text.strip())

    def action_add(self) -> None:
        """Choose a further criterion."""
        from kb.tui.dialogs import Choose

        used = {c.metric for c in self.study.criteria}
        words = vocabulary().metrics
        known = [m for m in words.values() if m.name not in used]
        names = [f"{m.name}  {_way(m.better)}" for m in known if m.better != "none"]
        names += [f"{m.name}:{way}" for m in known if m.better == "none" for way in ("max", "min")]
        names += [f"{name}  simulated" for name in (LIFE, ENERGY) if name not in used]

        def take(chosen: str | None) -> None:
            if chosen is not None:
                self._add(chosen.split()[0])

        self.app.push_screen(Choose("Add a criterion", names), take)

    def action_remove(self) -> None:
        """Take the chosen criterion out."""
        if len(self.study.by) < 2:
            self.tell("a ranking needs a criterion; a adds another first")
            return
        place = self.weights.cursor
        gone = self.study.criteria[place].metric
        self._ask_anew(
            by=tuple(text for i, text in enumerate(self.study.by) if i != place),
            strata={k: v for k, v in self.study.strata.items() if k != gone},
            limits={k: v for k, v in self.study.limits.items() if k != gone},
        )

    def action_turn(self) -> None:
        """Let less of the chosen criterion be better, or more."""
        criteria, place = list(self.study.criteria), self.weights.cursor
        one = criteria[place]
        criteria[place] = replace(one, direction="min" if one.direction == "max" else "max")
        self._ask_anew(by=tuple(map(str, criteria)))

    def action_top(self, by: int) -> None:
        """Let more or fewer places count as the top."""
        self.study = replace(self.study, top=max(1, min(self.study.top + by, MOST_TOP)))
        if self.answer is not None:
            self._place(self.answer)

    def action_across(self) -> None:
        """Compare within strata, or across them."""
        self._ask_anew(across=not self.study.across)
        self.tell("compared across strata, with added variance" if self.study.across else "compared within strata")

    def action_method(self) -> None:
        """Score by desirability, or by TOPSIS."""
        self._ask_anew(method="topsis" if self.study.method == "desirability" else "desirability")
        self.tell(f"scored by {self.study.method}")

    def action_axes(self) -> None:
        """Draw another pair of criteria."""
        pairs = list(combinations(range(len(self.study.criteria)), 2))
        if pairs:
            self._axes = pairs[(pairs.index(self._axes) + 1) % len(pairs)] if self._axes in pairs else pairs[0]
            self._draw_front()

    def action_plot(self) -> None:
        """On a small terminal, show the plot in place of the table, or the table again."""
        self.set_class(not self.has_class("-plot"), "-plot")

    def action_why(self) -> None:
        """Explain the place of the chosen candidate."""
        from kb.tui.dialogs import Whole

        index = self._index
        if index is not None and self.answer is not None:
            lines = why_lines(self.answer, index)
            name = self.answer.comparison.candidates[index].name
            self.app.push_screen(Whole(f"Why {name} stands there", [("·", line) for line in lines]))

    @property
    def _index(self) -> int | None:
        """The chosen candidate's place in the comparison."""
        if self.answer is None or not self.standings.rows:
            self.tell("nothing is ranked")
            return None
        return self.answer.order[self.standings.cursor]

    def _measurement(self) -> int | None:
        index = self._index
        if index is None or self.answer is None:
            return None
        seen = self.answer.comparison.candidates[index].observations.values()
        return next((o.measurement for o in seen if o.measurement is not None), None)

    def on_standings_chosen(self) -> None:
        """Open the candidate at the first of its measurements."""
        measurement = self._measurement()
        if measurement is not None:
            node = Node("measurement", measurement, "")
            self.ask(lambda base: base.walk.place(node), self._go_to_candidate, "place")

    def _go_to_candidate(self, place: tuple[int, int, int | None] | None) -> None:
        if place is None:
            self.tell("the base has no measurement of it any more; r reads it anew")
        else:
            self.browser.go("3", place)

    def action_simulate(self) -> None:
        """Simulate the chosen candidate."""
        row = self.standings.chosen
        measurement = self._measurement()
        if row is not None and measurement is not None:
            name = row["sample"]

            def go(shown: Mapping[str, Any]) -> None:
                self.browser.go("6", (name, shown["doi"] or shown["source"]))

            self.ask(lambda base: base.show(measurement), go, "place")

    def action_save(self) -> None:
        """Ask where to, and write the study."""

        def write(path: Path | None) -> None:
            if path is not None:
                study = self.study
                self.ask(
                    lambda _: write_study(path, study), lambda _: self.tell(f"saved; kb rank --study {path}"), "save"
                )

        self.app.push_screen(AskStudy("study.toml", saving=True), write)

    def action_open(self) -> None:
        """Ask which, and rank by a study."""

        def opened(found: tuple[Study, Any]) -> None:
            self.study = found[0]
            self.read()
            others = len(self.study.protocols)
            told = f"; the first of its {others} protocols is shown" if others else ""
            self.tell(f"the study has {len(self.study.by)}{told}")

        def take(path: Path | None) -> None:
            if path is not None:
                self.ask(lambda _: read_study(path), opened, "save")

        self.app.push_screen(AskStudy("", saving=False), take)

    # Taking away -----------------------------------------------------------------------------------------------------

    def copied(self) -> str:
        """Give the place of the chosen candidate in a line."""
        row = self.standings.chosen
        if row is None:
            return ""
        told = f"rank {row['median_rank']} ({row['rank_low']}-{row['rank_high']})"
        return f"{row['sample']} ({row['paper']}): {told}, in the top {self.study.top} with {100 * row['p_top']:.0f} %"

    def exported(self) -> Export | None:
        """Give the ranking, the columns of each criterion named after it."""
        rows = [flat(row) for row in self.standings.rows]
        return Export("ranking", tuple(rows[0]), lambda _: iter(rows)) if rows else None

    def commands(self) -> Iterable[Command]:
        """Offer the criteria, to be added."""
        for metric in vocabulary().metrics.values():
            if metric.better != "none" and all(c.metric != metric.name for c in self.study.criteria):
                yield Command(f"Rank by {metric.name} too", _way(metric.better), partial(self._add, metric.name))

    def _add(self, text: str) -> None:
        """Add a criterion with as much weight as the others have on average."""
        n = len(self.study.by)
        metric, _, way = text.partition(":")
        way = way or ("min" if _lower(metric) else "max")
        shares = [share * n / (n + 1) for share in shares_of(self.study)]
        self._ask_anew(by=(*with_weights(self.study, shares).by, f"{metric}:{way}:{1 / (n + 1):.4g}"))


def _lower(metric: str) -> bool:
    known = vocabulary().metrics.get(metric)
    return known is not None and known.better == "lower"


def _way(better: str) -> str:
    return {"higher": "more is better", "lower": "less is better"}.get(better, "")
