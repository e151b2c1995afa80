"""A study with the factors of a calibration on its inputs: cells under many of them, or drawn from what was fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kb.screening.cycling import Protocol, simulate_cells
from kb.screening.draws import Study
from kb.screening.early import mean_loss, plateau
from kb.screening.given import SET
from kb.screening.likelihood import Life, Reading
from kb.screening.posterior import COATINGS, FACTORS, Normal

Floats = NDArray[np.float64]

COPPER, ELSEWHERE = "Li|Cu half", "not on copper"
CELLS = 96  # under each particle; with half as many their luck shows in the factors
MOST_CYCLES = 5000
LEAST_CYCLES = 0.5  # of a cell that fails in its first


def coefficients(study: Study, cell: str = "", is_control: bool = False) -> dict[str, Floats]:
    """Say which factors move which input: the logarithm of an input is moved by its coefficients times the factors.

    An input that was measured on the sample itself stands; only what was lost on copper is carried to other cells, and
    the other way round.

    Parameters
    ----------
    study : what is known of the sample
    cell : that it is tested in; "" is not stated
    is_control : it is not coated

    Returns
    -------
    dict of input -> float64 array, shape (len(FACTORS),)

    Examples
    --------
    >>> from kb.screening.draws import study
    >>> moved = coefficients(study(classes={"coating": "polymer"}), "Li|Cu half")
    >>> [name for name, one in zip(FACTORS, moved["dead_bare"]) if one]
    ['dead_polymer', 'copper']
    """
    coating = study.classes.get("coating", "")
    dead = "dead_bare" if is_control else f"dead_{coating if coating in COATINGS else 'other'}"
    fitted = {"dead_bare": dead, "damage_rate": "damage_rate", "crack_growth": "crack_growth",
              "exchange_bare": "exchange", "exchange_coated": "exchange"}  # fmt: skip
    out = {}
    for name, drawn in study.inputs.items():
        # What is no lognormal, as a prior of one's own may be, has no median that a factor could move.
        if drawn.distribution.shape != "lognormal":
            continue
        moved = np.zeros(len(FACTORS))
        if drawn.given is None and name in fitted:
            moved[FACTORS.index(fitted[name])] = 1.0
            if name == "dead_bare":
                moved[FACTORS.index("copper")] = float(cell == COPPER)
        elif drawn.given is not None and drawn.given.origin != SET and name in ("loss", "loss_bare"):
            measured_in = drawn.given.first.cell
            if cell and measured_in:
                moved[FACTORS.index("copper")] = float(cell == COPPER) - float(measured_in == COPPER)
        if moved.any():
            out[name] = moved
    return out


def calibrated(study: Study, posterior: Normal, cell: str) -> Study:
    """Give a study whose inputs are drawn from what a calibration left of them, what is still unsure of it included.

    Parameters
    ----------
    study : of the priors and what is reported
    posterior : of the factors
    cell : that is simulated
    """
    inputs = dict(study.inputs)
    for name, moved in coefficients(study, cell).items():
        drawn = inputs[name]
        by, sd = float(moved @ posterior.mean), float(np.sqrt(moved @ posterior.covariance @ moved))
        old, ends = drawn.distribution, (drawn.input.least, drawn.input.most)
        # A bound that a paper gives moves along; the domain stays.
        least, most = (
            end if end == domain else float(np.clip(end * np.exp(by), *ends))
            for end, domain in zip((old.least, old.most), ends, strict=True)
        )
        moved_to = replace(old, first=old.first * float(np.exp(by)), second=float(np.hypot(old.second, sd)),
                           least=least, most=most)  # fmt: skip
        inputs[name] = replace(drawn, distribution=moved_to, calibrated=True)
    return replace(study, inputs=inputs)


def cells_of(
    record: Life | Reading, study: Study, seed: int = 0, cells: int = CELLS, these: slice | None = None
) -> list[Cells]:
    """Give the cells that a record may be of: where an efficiency's cell is not stated, both on copper and not."""
    lithium = {"lithium": record.lithium} if isinstance(record, Life) else {}
    protocol = Protocol(capacity=record.capacity, current=record.current, **lithium)
    open_ = isinstance(record, Reading) and not record.factors and not record.cell
    kinds = ("", COPPER) if open_ else (record.cell,)
    return [Cells(study, protocol, kind, record.is_control, seed, cells, these) for kind in kinds]


def shown(record: Life | Reading, of: Sequence[Cells], particles: Floats) -> Floats:
    """Give what the cells of a record show, in the unit of its ends.

    What a paper leaves open is as likely one as the other: the cell of an efficiency, how many times the overpotential
    of one electrode it states.

    Parameters
    ----------
    record : a life, or a reading
    of : from :func:`cells_of`
    particles : float64 array, shape (k, len(FACTORS)) [ln units]

    Returns
    -------
    float64 array, shape (k, m)
    """
    if isinstance(record, Life):
        return of[0].lives(particles)
    if record.factors:
        eta = of[0].plateaus(particles)
        return np.hstack([eta + np.log(factor) for factor in record.factors])
    return np.hstack([cells.losses(particles, record.cycles) for cells in of])


class Cells:
    """Cells of one sample in one test, the same under every particle.

    Parameters
    ----------
    study : what is known of the sample
    protocol : of the test
    cell : it was in; "" is not stated
    is_control : it is not coated
    seed : of the draws
    cells : how many
    these : some of them only; all where None
    """

    def __init__(
        self, study: Study, protocol: Protocol, cell: str = "", is_control: bool = False, seed: int = 0,
        cells: int = CELLS, these: slice | None = None,
    ) -> None:  # fmt: skip
        self.study, self.protocol, self.is_control = study, protocol, is_control
        drawn = range(cells)[these or slice(None)]
        self.cells = len(drawn)
        self._values = {
            name: np.ascontiguousarray(array[drawn.start : drawn.stop])
            for name, array in study.draw(cells, seed).items()
        }
        self._moved = coefficients(study, cell, is_control)

    def coatings(self, particles: Floats) -> Mapping[str, Floats]:
        """Give the parameters of the kernel under particles, shape (k, len(FACTORS)); arrays of shape (k * cells,)."""
        k = len(particles)
        values = {name: np.tile(array, k) for name, array in self._values.items()}
        for name, moved in self._moved.items():
            of = self.study.inputs[name].input
            values[name] = np.clip(values[name] * np.repeat(np.exp(particles @ moved), self.cells), of.least, of.most)
        made = self.study.coatings(values, self.protocol).coatings
        if self.is_control:
            made |= {"dead_coated": made["dead_bare"], "exchange_coated": made["exchange_bare"]}
            made |= {name: np.zeros(k * self.cells) for name in ("coating_resistance", "suppression")}
        return made

    def lives(self, particles: Floats) -> Floats:
        """Simulate the cells; float64 array, shape (k, cells) [ln hours]."""
        lived = simulate_cells(self.coatings(particles), self.protocol, MOST_CYCLES, precision="single", method="macro")
        hours = np.maximum(lived.cycles, LEAST_CYCLES) * self.protocol.period
        out: Floats = np.log(hours).reshape(len(particles), self.cells)
        return out

    def losses(self, particles: Floats, cycles: float = 1.0) -> Floats:
        """Give the mean loss of the first cycles; float64 array, shape (k, cells) [logit]."""
        loss = mean_loss(self.coatings(particles), self.protocol, cycles)
        out: Floats = np.log(loss / (1.0 - loss)).reshape(len(particles), self.cells)
        return out

    def plateaus(self, particles: Floats) -> Floats:
        """Give the overpotential of the first cycle; float64 array, shape (k, cells) [ln mV]."""
        out: Floats = np.log(1e3 * plateau(self.coatings(particles), self.protocol)).reshape(len(particles), self.cells)
        return out
