"""What would become of a coating: a candidate of the base, or a what-if, simulated with what is known of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb import settings as words
from kb.screening.draws import Study, study
from kb.screening.given import pooled
from kb.screening.models import optimum_thickness
from kb.screening.outcome import QUANTILES, Outcome, Run, Traces, grid, quantiles, simulate, trace
from kb.screening.priors import priors
from kb.screening.sensitivity import Sensitivity, sobol_indices
from kb.screening.shifted import COPPER, ELSEWHERE, calibrated
from kb.tabular import Tabular
from schema.errors import OutOfRange

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kb.lives import Fitted
    from kb.reported import Observation, Reported
    from kb.screening.cycling import Protocol

INDICES = ("S1", "S1_error", "ST", "ST_error")
HALF_CELL = "half_finite"  # against copper
TABLE_QUANTILES = np.array([0.05, 0.5, 0.95])
THICKNESS_SPAN, THICKNESS_POINTS, THICKNESS_DRAWS = 30.0, 25, 1024


@dataclass(frozen=True)
class Simulation(Tabular):
    """A simulated coating, beside what was observed.

    Attributes
    ----------
    name, paper : of the candidate; "" for a what-if without one
    study : every input with its distribution and where it is from
    protocol, run : what was simulated, and how
    assumed : numbers of the protocol that were neither given nor reported
    outcomes : one, or one for each point of the grid
    axes : what was varied; empty where nothing was
    traces, sensitivity : of a simulation without a grid; None and empty with one
    observed : what the paper of the candidate saw
    calibration : that the priors were moved by; None where they are as they are
    caveats : what to mind, in plain words
    """

    name: str
    paper: str
    study: Study
    protocol: Protocol
    run: Run
    assumed: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    axes: tuple[words.Axis, ...] = ()
    traces: Traces | None = None
    sensitivity: Mapping[str, Sensitivity] = field(default_factory=dict)
    observed: tuple[Observation, ...] = ()
    calibration: Fitted | None = None
    caveats: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The outcome where nothing is varied; else that of the first point."""
        return self.outcomes[0]

    @property
    def units(self) -> Mapping[str, str]:
        """Columns of :meth:`records` -> units."""
        return {axis.key: axis.unit for axis in self.axes} | {f"hours_{100 * q:g}": "h" for q in QUANTILES}

    def records(self) -> list[dict[str, Any]]:
        """Give a row a point of the grid; see :func:`kb.answers.simulation_records`."""
        from kb.answers import simulation_records

        return simulation_records(self)

    def parts(self) -> Iterator[RenderableType]:
        """Give it as ``kb simulate`` prints it."""
        from kb.simulation_tables import parts

        return parts(self)

    def parameters(self) -> list[dict[str, Any]]:
        """Give a row for each input: its quantiles, where it is from, how much of the spread of the life it makes.

        The most influential come first, then in the order of ``priors.toml``.
        """
        rows = []
        for name, drawn in self.study.inputs.items():
            low, middle, high = drawn.distribution.at(TABLE_QUANTILES).tolist()
            index = self.sensitivity.get(name)
            varied = any(axis.key == name for axis in self.axes)
            rows.append(
                {
                    "parameter": name, "unit": drawn.input.unit, "low": low, "median": middle, "high": high,
                    "from": "varied" if varied else drawn.origin,
                    "measurements": list(drawn.given.measurements) if drawn.given else [],
                    "level": drawn.input.level, "source": drawn.source,
                    **dict(zip(INDICES, (None,) * 4 if index is None else astuple(index), strict=True)),
                }
            )  # fmt: skip
        # To two digits, as it is printed: what has no influence stays in the order of the file.
        return sorted(rows, key=lambda row: -round(row["ST"] or 0.0, 2))

    def as_dict(self) -> dict[str, Any]:
        """Give everything that is printed, for programs."""
        return {
            "name": self.name,
            "paper": self.paper,
            "protocol": {key: getattr(self.protocol, key) for key in priors().protocol},
            "cell": self.run.cell,
            "assumed": list(self.assumed),
            "draws": self.run.draws,
            "cycles": self.run.cycles,
            "seed": self.run.seed,
            "noise": self.run.noise,
            "calibrated": self.calibration is not None,
            "outcomes": [outcome_row(o) for o in self.outcomes],
            "overpotential_V": self.overpotentials(),
            "coulombic_efficiency": self.efficiencies(),
            "parameters": self.parameters(),
            "set": dict(self.study.fixed),
            "observed": [{**vars(o), "text": o.words} for o in self.observed],
            "warnings": list(self.caveats),
        }

    def overpotentials(self) -> dict[str, list[float]]:
        """Give the 5, 50 and 95 % quantiles of the overpotential, in the first cycle and amid each life [V]."""
        if self.traces is None:
            return {}
        return {
            "first_cycle": quantiles(self.traces.first_overpotential),
            "middle_of_life": quantiles(self.traces.middle_overpotential),
        }

    def efficiencies(self) -> dict[str, list[float]]:
        """Give the same quantiles of the Coulombic efficiency [1]."""
        if self.traces is None:
            return {}
        return {
            "first_cycle": quantiles(self.traces.first_efficiency),
            "middle_of_life": quantiles(self.traces.middle_efficiency),
        }


@dataclass(frozen=True)
class ThicknessCurve:
    """The life over the thickness of the coating, and the closed form of the best thickness.

    Attributes
    ----------
    thickness : float64 array, shape (m,) [um]
    low, middle, high : int arrays, shape (m,); 5, 50 and 95 % quantiles of the life [cycles]
    optimum : 5, 50 and 95 % quantiles of ``optimum_thickness`` [um]
    """

    thickness: NDArray[np.float64]
    low: NDArray[np.int64]
    middle: NDArray[np.int64]
    high: NDArray[np.int64]
    optimum: tuple[float, float, float]


def thickness_curve(simulation: Simulation) -> ThicknessCurve:
    """Simulate the coating at other thicknesses, in one call of the core.

    What was measured stays measured on the coating as it was: the loss beside it and under it, the conductivity.
    """
    middle = simulation.study.inputs["thickness"].distribution.median or 1.0
    thickness = np.geomspace(middle / THICKNESS_SPAN, middle * THICKNESS_SPAN, THICKNESS_POINTS)
    run = replace(simulation.run, draws=min(simulation.run.draws, THICKNESS_DRAWS))
    points = grid({"thickness": thickness.tolist()})
    outcomes = simulate(simulation.study, simulation.protocol, run, points)
    low, median, high = (np.array([o.quantile(share) for o in outcomes]) for share in TABLE_QUANTILES.tolist())
    best = optimum_thickness(
        **of_closed_form(simulation.study, simulation.protocol, run.draws, run.seed),
        current_density=simulation.protocol.current,
    )
    found = quantiles(np.asarray(best))
    return ThicknessCurve(thickness, low, median, high, (found[0], found[1], found[2]))


def of_closed_form(made: Study, protocol: Protocol, draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Draw what the closed form of the best thickness takes: ``bare_penalty``, ``conductivity``, ``roughness``.

    Returns
    -------
    dict of float64 arrays, shape (draws,) [V, S/cm, um]
    """
    values = made.draw(draws, seed)
    resistance = made.coatings(values, protocol).coatings["coating_resistance"]
    conductivity = 1e-4 * values["thickness"] / np.maximum(resistance, 1e-12)
    return {"bare_penalty": values["bare_penalty"], "conductivity": conductivity, "roughness": values["roughness"]}


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as plain numbers: life quantiles, whether each is censored, probabilities of failure."""
    life = {f"{100 * q:g}%": outcome.quantile(q) for q in QUANTILES}
    return {
        **outcome.varied,
        "cycles": life,
        "hours": {key: outcome.hours(cycles) for key, cycles in life.items()},
        "censored": {key: outcome.is_censored(cycles) for key, cycles in life.items()},
        "probability": outcome.probabilities,
    }


def simulate_candidate(
    db: sqlite3.Connection | None,
    name: str | None = None,
    paper: str | None = None,
    protocol: Mapping[str, float | str] | None = None,
    settings: Mapping[str, float | str] | None = None,
    vary: Mapping[str, str | Sequence[float]] | None = None,
    run: Run | None = None,
    from_priors: bool = False,
) -> Simulation:
    """Simulate a candidate of a base, or a what-if.

    Where the last calibration of the base beat the baselines, its factors are on the priors.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`; None without a name
    name : as :func:`kb.reported.reported` takes it; None for a what-if from the priors and ``settings`` alone
    paper : tells samples of one name apart
    protocol : numbers of the protocol, such as ``{"current": 1.0, "lithium": "4 mAh/cm^2"}``
    settings : parameters in place of what is reported, such as ``{"thickness": "1um"}``
    vary : parameters to go through, such as ``{"thickness": "0.1..10um:log:25", "current": [0.5, 1, 2]}``
    run : draws, cycles, seed, noise, cell
    from_priors : leave a calibration out

    Raises
    ------
    UnknownCandidate, AmbiguousCandidate
        As :func:`kb.reported.reported` does.
    UnknownParameter, UnitMismatch, OutOfRange
        Where something that is set cannot be read, or is outside its domain.
    """
    known = None
    if name is not None:
        from kb.reported import reported

        if db is None:
            raise TypeError("a candidate's name needs a base")
        known = reported(db, name, paper)
    return simulate_reported(known, _fitted(db) if not from_priors else None, protocol, settings, vary, run)


def simulate_reported(
    known: Reported | None,
    fitted: Fitted | None = None,
    protocol: Mapping[str, float | str] | None = None,
    settings: Mapping[str, float | str] | None = None,
    vary: Mapping[str, str | Sequence[float]] | None = None,
    run: Run | None = None,
    traced: bool = True,
    sensitivity: bool = True,
) -> Simulation:
    """Simulate what is known of a coating; nothing is read from a base.

    Parameters
    ----------
    known : from :func:`kb.reported.reported`; None for a what-if from the priors and ``settings`` alone
    fitted : a calibration, from :func:`kb.lives.last_fitted`; None for the priors as they are
    protocol, settings, vary, run : as :func:`simulate_candidate` takes them
    traced, sensitivity : also follow some draws over the cycles, and say what the spread is from: what takes longest

    Raises
    ------
    UnknownParameter, UnitMismatch, OutOfRange
        As :func:`simulate_candidate` does.
    """
    from kb.caveats import caveats
    from kb.screening.cycling import Protocol

    run = run or Run()
    asked = words.settings(f"{key}={value}" for given in (protocol, settings) for key, value in (given or {}).items())
    axes = tuple(_axis(key, values) for key, values in (vary or {}).items())
    set_keys = {*asked.inputs, *asked.protocol}
    for axis in axes:
        if axis.key in set_keys:
            raise OutOfRange(f"{axis.key} is set and varied; do one of them")
    told = {key: setting.value for key, setting in priors().protocol.items()} | dict(asked.protocol)
    told |= {axis.key: axis.values[0] for axis in axes if axis.key in told}
    base_protocol = Protocol(**told)
    # A varied input displaces what it would be computed from; the thickness is computed from nothing, and what was
    # measured stays measured on a coating of the thickness it had.
    varied_inputs = {axis.key: axis.values[0] for axis in axes if axis.key not in told and axis.key != "thickness"}
    made = study_of(known, base_protocol, {**asked.inputs, **varied_inputs}, asked.classes)
    if fitted is not None:
        made = calibrated(made, fitted.posterior, COPPER if run.cell == HALF_CELL else ELSEWHERE)
    run.of_kernel(base_protocol)
    points = grid({axis.key: axis.values for axis in axes})
    outcomes = tuple(simulate(made, base_protocol, run, points))
    whole = not axes
    result = Simulation(
        name=known.name if known else "",
        paper=known.paper if known else "",
        study=made,
        protocol=base_protocol,
        run=run,
        assumed=tuple(key for key in priors().protocol if key not in set_keys and key not in {a.key for a in axes}),
        outcomes=outcomes,
        axes=axes,
        traces=trace(made, base_protocol, run) if whole and traced else None,
        sensitivity=sobol_indices(made, base_protocol, run) if whole and sensitivity else {},
        observed=known.observed if known else (),
        calibration=fitted,
    )
    return replace(result, caveats=tuple(caveats(result, known, sensitivity)))


def _fitted(db: sqlite3.Connection | None) -> Fitted | None:
    from kb.lives import last_fitted

    return None if db is None else last_fitted(db)


def _axis(key: str, values: str | Sequence[float]) -> words.Axis:
    return words.axis(f"{key}={values if isinstance(values, str) else ','.join(map(str, values))}")


def study_of(
    known: Reported | None, protocol: Protocol, settings: Mapping[str, float], classes: Mapping[str, str]
) -> Study:
    """Put together what a base knows of a candidate, or nothing, what is set, and priors for the rest."""
    if known is None:
        return study(settings=settings, classes=classes)
    given = {key: pooled(facts, protocol.current, protocol.capacity) for key, facts in known.facts.items()}
    told = {key: one for key, one in given.items() if one is not None}
    return study(told, settings, {**known.classes, **classes}, f"{known.name} {known.paper}")
