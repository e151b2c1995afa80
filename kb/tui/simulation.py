"""Screen 6: a coating simulated while its protocol and numbers are changed; up to four beside one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input, Static

from kb.base import KnowledgeBase
from kb.screening.priors import priors
from kb.settings import CLASSES, EFFICIENCY
from kb.simulation import Simulation, outcome_row
from kb.trials import USUAL, Trial, level, stepped
from kb.tui.chart import ChartView
from kb.tui.commands import Command
from kb.tui.frame import Export, Frame
from kb.tui.simulated import (
    COLOURS,
    bands,
    caveat_blocks,
    failures,
    life_words,
    middles,
    priors_words,
    survival,
    trial_line,
)
from kb.tui.sliders import AskQuantity, Sliders
from kb.tui.text import TextPane
from kb.words import unit
from schema.errors import KBError

COARSE, FINE = 256, 4096  # draws: at once, and when no key was pressed for a while
REST_SECONDS = 0.3
MOST = len(COLOURS)
VIEWS = ("survival", "failures", "efficiency", "overpotential", "caveats")


class Simulating(Frame):
    """Sliders, and what comes of them; ``subject`` is (name of a candidate, its paper)."""

    KEY, NAME = "6", "Simulation"
    FILTER = "a candidate to simulate, by words of its name or paper"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_trial", "Compare"),
        Binding("n", "next(1)", "Next of them", show=False),
        Binding("N", "next(-1)", "The one before", show=False),
        Binding("d", "drop", "Drop it", show=False),
        Binding("a", "add", "More parameters"),
        Binding("x", "clear", "Nothing set", show=False),
        Binding("f", "what_if", "No candidate: a what-if", show=False),
        Binding("v", "view", "View"),
        Binding("w", "inputs", "All inputs"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = [Trial()]
        self.results: list[Simulation | None] = [None]
        self.place = 0
        self._keys = [*USUAL]
        self._view = 0
        self._resting: Timer | None = None
        self._named: list[dict[str, Any]] = []

    def body(self) -> ComposeResult:
        """Lay out the trials and their sliders beside what comes of them."""
        with Horizontal(id="simulated"):
            with Vertical(id="tried"):
                yield Static(id="trials")
                with Vertical(id="sliders-part", classes="part") as part:
                    part.border_title = "Protocol and coating"
                    yield Sliders(id="sliders")
                with Vertical(id="failures-part", classes="part view") as part:
                    part.border_title = "How it ends"
                    yield Static(id="failures")
                with Vertical(id="caveats-part", classes="part view") as part:
                    part.border_title = "To be minded"
                    yield TextPane(id="caveats")
            with Vertical(id="came"):
                with Vertical(id="survival-part", classes="part view") as part:
                    part.border_title = "Survival"
                    yield ChartView(id="survival")
                with Horizontal(id="bands"):
                    with Vertical(id="efficiency-part", classes="part view") as part:
                        part.border_title = "Coulombic efficiency"
                        yield ChartView(id="efficiency")
                    with Vertical(id="overpotential-part", classes="part view") as part:
                        part.border_title = "Overpotential of one electrode"
                        yield ChartView(id="overpotential")
                yield Static(id="middles")

    def on_mount(self) -> None:
        """Begin at the sliders."""
        super().on_mount()
        self._turn_view(0)
        self.sliders.focus()

    def on_resize(self) -> None:
        """Draw what hangs on the width."""
        self._show()

    @property
    def sliders(self) -> Sliders:
        """The sliders."""
        return self.query_one(Sliders)

    @property
    def trial(self) -> Trial:
        """The trial that the sliders are of."""
        return self.trials[self.place]

    @property
    def result(self) -> Simulation | None:
        """What came of it; None while nothing has."""
        return self.results[self.place]

    @property
    def is_asking(self) -> bool:
        """Whether an answer is waited for, or will be when no key is pressed for a while."""
        return super().is_asking or self._resting is not None

    # Simulating ------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Take over the candidate one came with, and simulate."""
        name, paper = self.subject or (None, None)
        self.ask(lambda base: base.trial(name, paper), self._know, "candidate")

    def action_reload(self) -> None:
        """Read the candidate anew."""
        if self.trial.known is not None:
            self.subject = (self.trial.known.name, self.trial.known.paper)
        super().action_reload()

    def _know(self, begun: Trial) -> None:
        self.subject = None
        self._try(replace(begun, told=self.trial.told))

    def _try(self, trial: Trial) -> None:
        self.trials[self.place] = trial
        self.tell("")
        self._simulate()

    def _simulate(self) -> None:
        """Simulate with a few draws at once, with many when nothing changes any more."""
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        trial = self.trial
        self.ask(lambda _: trial.simulated(COARSE, whole=False), partial(self._came, trial), f"simulation {self.place}")

    def _came(self, trial: Trial, result: Simulation) -> None:
        places = [place for place, one in enumerate(self.trials) if one == trial]
        whole = result.traces is not None
        begins = any(self.results[place] is None for place in places)
        for place in places:
            self.results[place] = result
        self._show(bands_too=whole or begins)
        if places and not whole:
            self._resting = self.set_timer(REST_SECONDS, partial(self._refine, trial))

    def _refine(self, trial: Trial) -> None:
        self._resting = None
        if trial in self.trials:
            topic = f"simulation {self.trials.index(trial)}"
            self.ask(lambda _: trial.simulated(FINE, whole=True), partial(self._came, trial), topic)

    def failed(self, error: BaseException, topic: str = "") -> None:
        """Say what cannot be simulated; what was before is still shown."""
        super().failed(error, topic)
        if topic == "candidate":
            self.subject = None
            if self.result is None:
                self._simulate()

    # Showing ---------------------------------------------------------------------------------------------------------

    def _show(self, bands_too: bool = True) -> None:
        width = self.query_one("#tried").size.width
        lines = [
            trial_line(i + 1, self._label(i), result, i == self.place, width - 3)
            for i, result in enumerate(self.results)
        ]
        for i, line in enumerate(lines):
            line.stylize(self.app.theme_variables[COLOURS[i]], 0, 3)
        self.query_one("#trials", Static).update(Text("\n").join(lines))
        shown = [(COLOURS[i], result) for i, result in enumerate(self.results) if result is not None]
        chosen = sum(result is not None for result in self.results[: self.place])
        result = self.result
        if result is None:
            return
        self.sliders.show([level(result, key, self.trial.told) for key in self._keys])
        self.query_one("#survival", ChartView).show(survival(shown, chosen))
        title = f"Survival of {result.run.draws} draws, {priors_words(result)}"
        self.query_one("#survival-part").border_title = title
        width = self.query_one("#failures").size.width or 40
        self.query_one("#failures", Static).update(failures(result, width))
        self.query_one("#caveats", TextPane).show(caveat_blocks(result))
        if bands_too or result.traces is not None:
            for of in ("efficiency", "overpotential"):
                self.query_one(f"#{of}", ChartView).show(bands(shown, chosen, of))
            self.query_one("#middles", Static).update(middles(result))

    def _label(self, index: int) -> str:
        trial = self.trials[index]
        told = ", ".join(
            f"{key.replace('_', ' ')} {' '.join(map(unit, text.split()))}" for key, text in trial.told.items()
        )
        return f"{trial.name}{f' ({told})' if told else ''}"

    def _turn_view(self, view: int) -> None:
        self._view = view
        for index, name in enumerate(VIEWS):
            self.query_one(f"#{name}-part").set_class(index == view, "-shown")
        self.query_one("#bands").set_class(VIEWS[view] in ("efficiency", "overpotential"), "-shown")
        self.set_class(VIEWS[view] in ("failures", "caveats"), "-grown")
        self.call_after_refresh(self._show)

    def action_view(self) -> None:
        """On a small terminal, show the next of the views."""
        self._turn_view((self._view + 1) % len(VIEWS))

    # Changing --------------------------------------------------------------------------------------------------------

    def on_sliders_slid(self, event: Sliders.Slid) -> None:
        """Set the next round number."""
        if event.level.key in CLASSES:
            self.tell(f"{event.level.key.replace('_', ' ')} is a name; enter types it")
            return
        self._set(event.level.key, stepped(event.level, event.by))

    def _set(self, key: str, text: str) -> None:
        try:
            trial = self.trial.setting(key, text)
        except KBError as error:
            self.failed(error)
            return
        self._try(trial)

    def on_sliders_freed(self, event: Sliders.Freed) -> None:
        """Let what is reported or assumed hold again."""
        self._try(self.trial.without(event.level.key))

    def on_sliders_type_wanted(self, event: Sliders.TypeWanted) -> None:
        """Ask for a quantity."""
        self._type(event.level.key)

    def _type(self, key: str) -> None:
        of = "" if key in (*CLASSES, EFFICIENCY) else priors().known(key).unit
        meaning = priors().known(key).meaning if key not in (*CLASSES, EFFICIENCY) else "of the coated electrode"
        meaning = "carbonate, ether, LHCE ..." if key in CLASSES else meaning
        bare = f"; a bare number is in {unit(of)}" if of not in ("", "1") else ""
        trial = self.trial

        def take(text: str | None) -> None:
            if text is not None:
                if key not in self._keys:
                    self._keys.append(key)
                self._set(key, text)

        self.app.push_screen(
            AskQuantity(key, trial.told.get(key, ""), f"{meaning}{bare}", partial(trial.setting, key)), take
        )

    def action_add(self) -> None:
        """Choose a further parameter to set."""
        from kb.tui.dialogs import Choose

        known = priors()
        keys = [k for k in (*known.protocol, *known.inputs, *known.derived, *CLASSES) if k not in self._keys]
        names = [f"{k}  {known.known(k).meaning if k not in CLASSES else 'a name'}" for k in keys]

        def take(chosen: str | None) -> None:
            if chosen is not None:
                self._type(chosen.split()[0])

        self.app.push_screen(Choose("Set a parameter", names), take)

    def action_clear(self) -> None:
        """Take everything back that was set."""
        self._try(replace(self.trial, told={}))

    def action_what_if(self) -> None:
        """Simulate no candidate, from the priors and what is set."""
        self._try(replace(self.trial, known=None))

    # Comparing -------------------------------------------------------------------------------------------------------

    def action_copy_trial(self) -> None:
        """Keep this one, and go on with a copy of it."""
        if len(self.trials) == MOST:
            self.tell(f"{MOST} are compared at most; d drops one")
            return
        self.trials.append(self.trial)
        self.results.append(self.result)
        self.place = len(self.trials) - 1
        self._show()
        self.tell("a copy: change it, or / picks another candidate; n goes through them")

    def action_next(self, by: int) -> None:
        """Go to another of those that are compared."""
        self._settle()
        self.place = (self.place + by) % len(self.trials)
        self._show()

    def action_drop(self) -> None:
        """Compare it no more."""
        if len(self.trials) == 1:
            self.tell("it is the only one; x takes back what is set")
            return
        del self.trials[self.place], self.results[self.place]
        self.place = min(self.place, len(self.trials) - 1)
        self._show()

    def _settle(self) -> None:
        """Begin at once what waits for a rest: it is of the trial that is left."""
        if self._resting is not None:
            self._resting.stop()
            self._refine(self.trial)

    # Picking ---------------------------------------------------------------------------------------------------------

    def filtering(self, text: str) -> None:
        """Say which candidates have the words, as they are typed."""
        if text.strip():
            self.ask(partial(_named, text, 20), self._suggest, "named")

    def _suggest(self, found: list[dict[str, Any]]) -> None:
        said = ", ".join(row["name"] for row in found[:6]) + (" …" if len(found) > 6 else "")
        self.tell(f"enter takes the first of: {said}" if found else "no candidate has these words")

    def filtered(self, text: str) -> None:
        """Simulate a candidate that has the words; where several have, one is chosen."""
        if text.strip():
            self.ask(partial(_named, text, 100), partial(self._pick, text), "named")

    def _pick(self, text: str, found: list[dict[str, Any]]) -> None:
        from kb.tui.dialogs import Choose

        self.sliders.focus()
        if len(found) < 2:
            self._take(found[0] if found else None, text)
            return
        told = [f"{row['name']}  {row['told']}" for row in found]

        def take(chosen: str | None) -> None:
            if chosen is not None:
                self._take(found[told.index(chosen)], text)

        self.app.push_screen(Choose("Simulate", told), take)

    def _take(self, row: dict[str, Any] | None, text: str) -> None:
        if row is None:
            self.tell(f"no candidate has {text.strip()!r} in its name; 2 lists them")
            return
        self.query_one("#filter", Input).value = ""
        self.query_one("#filter").remove_class("-open")
        self.subject = (row["name"], row["paper"])
        self.read()

    # Taking away -----------------------------------------------------------------------------------------------------

    def action_inputs(self) -> None:
        """List every input: its spread, and where it is from."""
        from kb.tui.dialogs import Whole

        if self.result is not None:
            pairs = [
                (row["parameter"].replace("_", " "),
                 f"{row['median']:.3g} ({row['low']:.3g} to {row['high']:.3g}) {unit(row['unit'])}  {row['from']}")
                for row in self.result.parameters()
            ]  # fmt: skip
            self.app.push_screen(Whole(f"Inputs of {self.trial.name}", pairs))

    def copied(self) -> str:
        """Give the life in words."""
        return "" if self.result is None else f"{self._label(self.place)}: {life_words(self.result)}"

    def exported(self) -> Export | None:
        """Give a row for each that is compared."""
        rows = [*self._rows()]
        return Export("simulations", tuple(rows[0]), lambda _: iter(rows)) if rows else None

    def _rows(self) -> Iterator[dict[str, Any]]:
        for index, result in enumerate(self.results):
            if result is not None:
                told = outcome_row(result.outcome)
                lives = {f"cycles_{share}": cycles for share, cycles in told["cycles"].items()}
                ends = {f"p_{mode.replace(' ', '_')}": share for mode, share in told["probability"].items()}
                row: dict[str, Any] = {"name": result.name, "paper": result.paper, "set": self._label(index)}
                yield row | {"draws": result.run.draws, **lives, **ends, "assumed": priors_words(result)}

    def commands(self) -> Iterable[Command]:
        """Offer the parameters to be set."""
        for key in (*priors().protocol, *priors().inputs):
            yield Command(f"Set {key.replace('_', ' ')}", priors().known(key).meaning, partial(self._type, key))


def _named(text: str, limit: int, base: KnowledgeBase) -> list[dict[str, Any]]:
    found = [row for row in base.browsing.named(text, limit) if row["system_id"] is not None]
    return [{**row, "paper": row["told"].removeprefix("candidate of ")} for row in found]
