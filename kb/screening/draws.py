"""The uncertain inputs of one study, and their draws: priors where nothing is known, narrowed by what is reported."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.screening.electrode import AS_DRAWN, Electrode, electrode
from kb.screening.given import SET, Fact, Given
from kb.screening.priors import LEVELS, Distribution, Input, priors
from schema.errors import OutOfRange

if TYPE_CHECKING:
    from kb.screening.cycling import Protocol

Floats = NDArray[np.float64]

ALWAYS = (*AS_DRAWN, "thickness", "conductivity", "roughness", "modulus", "poisson_ratio", "half_ratio", "transference",
          "bare_penalty")  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One input as it is drawn.

    Attributes
    ----------
    input : as ``priors.toml`` has it
    distribution : the prior, or what is left of it
    given : what is known of it; None where it is the prior
    source : of the prior
    calibrated : a calibration has moved it
    """

    input: Input
    distribution: Distribution
    given: Given | None = None
    source: str = ""
    calibrated: bool = False

    @property
    def origin(self) -> str:
        """Say where it is from: "set", "reported #17", "carried over #3 ...", "calibrated", "prior" or "judgement"."""
        if self.given is None:
            return "calibrated" if self.calibrated else self.input.status
        return f"{self.given.words}, calibrated" if self.calibrated else self.given.words


@dataclass(frozen=True)
class Study:
    """The inputs of one candidate, or of none, under one protocol.

    Attributes
    ----------
    inputs : name -> how it is drawn, in the order of ``priors.toml``; which there are hangs on what is known
    given : name -> what is known
    fixed : kernel parameters that are set in place of what is computed
    classes : what is known of them, such as ``{"electrolyte": "ether"}``
    name : of the candidate; "" for none
    """

    inputs: Mapping[str, Drawn]
    given: Mapping[str, Given] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    @property
    def uncertain(self) -> list[str]:
        """The inputs that are not fixed, in their order."""
        return [name for name, drawn in self.inputs.items() if not drawn.distribution.is_fixed]

    def draw(self, n: int, seed: int = 0) -> dict[str, Floats]:
        """Draw every input n times, by Latin hypercubes.

        Those of the level "electrolyte" are the same for every candidate in one class of electrolyte, draw by draw;
        those of the level "candidate" are its own.  Process noise, the third level, is the kernel's.

        Returns
        -------
        dict of input -> float64 array, shape (n,)
        """
        from scipy.stats import qmc

        keys = {"electrolyte": self.classes.get("electrolyte", ""), "candidate": self.name}
        out = {}
        for number, level in enumerate(LEVELS):
            # Every input of a level has a column, used or not, so that one more report does not shift the others.
            columns = [name for name, i in priors().inputs.items() if i.level == level]
            rng = np.random.default_rng([seed, number, zlib.crc32(keys[level].encode())])
            points = qmc.LatinHypercube(len(columns), rng=rng).random(n)
            column = dict(zip(columns, points.T, strict=True))
            out.update({n_: d.distribution.at(column[n_]) for n_, d in self.inputs.items() if n_ in column})
        return self._finished(out, column["thickness"])

    def draw_ids(self, n: int) -> NDArray[np.uint64]:
        """Give what the process noise of n draws is addressed by: candidate in the upper half, draw in the lower."""
        candidate = np.uint64(zlib.crc32(self.name.encode()) << 32)
        return np.arange(n, dtype=np.uint64) | candidate

    def values_at(self, points: Floats) -> dict[str, Floats]:
        """Give the inputs at points of the unit cube.

        Parameters
        ----------
        points : float64 array, shape (n, len(self.uncertain))
        """
        column = dict(zip(self.uncertain, np.asarray(points, np.float64).T, strict=True))
        middle = np.full(len(points), 0.5)
        out = {name: drawn.distribution.at(column.get(name, middle)) for name, drawn in self.inputs.items()}
        return self._finished(out, column.get("thickness", middle))

    def _finished(self, values: dict[str, Floats], share: Floats) -> dict[str, Floats]:
        """Add the thickness that the reports are of: another one may be simulated."""
        drawn = self.inputs["thickness"]
        if self.given and drawn.given is not None and drawn.given.origin == SET:
            of_reports = _distribution(drawn.input, self.given.get("thickness"), self.classes)
            values["thickness_reported"] = of_reports.at(share)
        else:
            values["thickness_reported"] = values["thickness"]
        return values

    def coatings(self, values: Mapping[str, Any], protocol: Protocol) -> Electrode:
        """Compute the parameters of the kernel from drawn inputs."""
        return electrode(values, self.given, protocol, self.fixed)


def _distribution(of: Input, given: Given | None, classes: Mapping[str, str]) -> Distribution:
    prior = of.prior_for(classes) if of.prior is not None else None
    if given is not None:
        return given.distribution(of, prior, priors().carried_log_sd)
    return of.prior_for(classes)


def study(
    given: Mapping[str, Given] | None = None,
    settings: Mapping[str, float] | None = None,
    classes: Mapping[str, str] | None = None,
    name: str = "",
) -> Study:
    """Put together what is known of a candidate and what is assumed.

    Parameters
    ----------
    given : input -> what is reported of it
    settings : input or kernel parameter -> number in its unit; it takes the place of what is reported
    classes : ``{"electrolyte": "ether", "coating": "polymer"}``, as far as they are known
    name : of the candidate, which its draws hang on

    Raises
    ------
    UnknownParameter, OutOfRange
        Where a setting is none, or outside its domain.

    Examples
    --------
    >>> one = study(settings={"thickness": 1.0}, classes={"electrolyte": "ether"})
    >>> one.inputs["thickness"].origin, one.inputs["dead_bare"].origin
    ('set', 'judgement')
    >>> values = one.draw(256, seed=1)
    >>> values["dead_bare"].shape, round(float(np.median(values["dead_bare"])), 3)
    ((256,), 0.015)
    """
    known, told, classes = priors(), dict(given or {}), dict(classes or {})
    fixed: dict[str, float] = {}
    set_inputs: dict[str, Given] = {}
    for key, value in (settings or {}).items():
        check(key, value)
        if key in known.derived:
            fixed[key] = value
        else:
            set_inputs[key] = Given((Fact(value, origin=SET),))
    every = {**told, **set_inputs}
    chosen = _chosen(every)
    inputs = {}
    for key in known.inputs:
        if key in chosen:
            of, by = known.inputs[key], classes.get(known.inputs[key].by, "")
            source = of.classes[by][1] if by in of.classes else of.source
            inputs[key] = Drawn(of, _distribution(of, every.get(key), classes), every.get(key), source)
    reports = {key: one for key, one in told.items() if (key in chosen and key not in set_inputs) or key == "thickness"}
    return Study(inputs, reports, fixed, classes, name)


def check(key: str, value: float) -> None:
    """Check a number against the domain of what it is set for.

    Raises
    ------
    UnknownParameter, OutOfRange
        Where there is no such parameter, or the number is outside its domain.
    """
    of = priors().known(key)
    unit = "" if of.unit == "1" else f" {of.unit}"
    if getattr(of, "positive", False) and not value > 0.0:
        raise OutOfRange(f"{key} = {value:g}{unit} is not above zero")
    if not of.least <= value <= of.most:
        raise OutOfRange(f"{key} = {value:g}{unit} is outside its domain ({of.least:g} to {of.most:g}{unit})")


def _chosen(known: Mapping[str, Given]) -> set[str]:
    """Choose the inputs: a measured one displaces the prior it informs; what is set displaces what is reported."""

    def is_set(key: str) -> bool:
        return key in known and known[key].origin == SET

    chosen = set(ALWAYS)
    use_loss = "loss" in known and not (is_set("protection") and is_set("dead_bare"))
    chosen |= {"loss"} if use_loss else set()
    if is_set("dead_bare") or "loss_bare" not in known:
        # Without a control, what a bare surface loses follows from the coating's loss and its protection.
        chosen |= {"dead_bare"} if is_set("dead_bare") or not use_loss else set()
        bare_is_known = is_set("dead_bare")
    else:
        chosen |= {"loss_bare"}
        bare_is_known = True
    if is_set("protection") or not (use_loss and bare_is_known):
        chosen |= {"protection"}
    for surface in ("", "_bare"):
        prior = "exchange_bare" if surface else "exchange_coated"
        if is_set(prior):
            chosen |= {prior}
        elif f"charge_transfer_resistance{surface}" in known:
            chosen |= {f"charge_transfer_resistance{surface}", "electrode_area"}
        elif f"tafel_exchange{surface}" in known and (surface or "overpotential" not in known):
            chosen |= {f"tafel_exchange{surface}", "tafel_factor"}
        elif surface or "overpotential" not in known:
            chosen |= {prior}
    if "overpotential" in known:
        chosen |= {"overpotential", "voltage_definition"}
    if "conductivity" not in known or known["conductivity"].first.bulk or is_set("composite_factor"):
        chosen |= {"composite_factor"}
    return chosen
