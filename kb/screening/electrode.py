"""From the inputs of a study to the parameters of the kernel: what is reported is turned inside out.

A paper reports what it measured on its coating as it was: the loss of a cell, the resistance of an interface.  The
kernel wants what is under the coating and what is beside it.  The inverses are closed: see docs/simulation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.screening import models
from kb.screening.models.constants import FARADAY, GAS, ROOM_TEMPERATURE

if TYPE_CHECKING:
    from kb.screening.cycling import Protocol
    from kb.screening.given import Given

Floats = NDArray[np.float64]

AS_DRAWN = (
    "electrolyte_resistance", "sei_growth", "sei_resistivity", "crack_growth", "strain_ratio", "fatigue_exponent",
    "damage_rate", "rate_exponent", "rate_current", "sei_solvent", "dead_resistance", "limiting_current", "hot_spot",
    "dead_strain",
)  # fmt: skip
# Of what was measured, what is left at least to the part that an inverse asks for: in draws that leave it nothing, two
# reports contradict each other within their errors.
LEFT = 0.05
LEAST_PROTECTION = 0.02  # below it a reported loss says nothing of a bare surface
LEAST_EXCHANGE = 1e-6  # mA/cm^2
MOST_LOSS = 0.99  # of the capacity in one cycle; the kernel refuses more than all


@dataclass(frozen=True)
class Electrode:
    """The parameters of the kernel for each draw.

    Attributes
    ----------
    coatings : name of a kernel parameter -> float64 array, shape (n,)
    capped : share of the draws that would lose more than the capacity in one cycle, which the kernel refuses
    """

    coatings: dict[str, Floats]
    capped: float


def electrode(
    values: Mapping[str, Floats], given: Mapping[str, Given], protocol: Protocol, fixed: Mapping[str, Any]
) -> Electrode:
    """Compute the parameters of the kernel.

    Parameters
    ----------
    values : input -> float64 array, shape (n,); with ``thickness_reported``, that of the coating that reports are of
    given : input -> what is known of it, for the conditions it was measured under
    protocol : to be simulated
    fixed : kernel parameters that are set in place of what is computed; numbers, or arrays of shape (n,)
    """
    draw = _Draw(values, given, protocol)
    out = {name: values[name] for name in AS_DRAWN}
    out["dead_bare"], out["dead_coated"] = draw.dead()
    out["coating_resistance"], out["exchange_bare"], out["exchange_coated"] = draw.interface()
    out["suppression"] = draw.suppression()
    n = len(out["dead_strain"])
    out.update({name: np.broadcast_to(np.asarray(value, np.float64), (n,)) for name, value in fixed.items()})
    hottest = (protocol.current * (1.0 + out["hot_spot"]) / out["rate_current"]) ** out["rate_exponent"]
    most = MOST_LOSS / (1.0 + hottest)
    capped = float(np.mean((out["dead_bare"] > most) | (out["dead_coated"] > most)))
    for name in ("dead_bare", "dead_coated"):
        out[name] = np.minimum(out[name], most)
    return Electrode({name: np.ascontiguousarray(array, np.float64) for name, array in out.items()}, capped)


class _Draw:
    """The inverses; ``v`` are the values, arrays of shape (n,)."""

    def __init__(self, values: Mapping[str, Floats], given: Mapping[str, Given], protocol: Protocol) -> None:
        self.v, self.given, self.protocol = values, given, protocol
        self.thickness = values["thickness"]
        self.measured_thickness = values["thickness_reported"]
        # The share of the surface that the coating covers: now, and where it was measured.
        self.covered = 1.0 - models.bare_fraction(self.thickness, values["roughness"])
        self.was_covered = 1.0 - models.bare_fraction(self.measured_thickness, values["roughness"])

    def _condition(self, name: str, which: str) -> float:
        told = getattr(self.given[name].first, which) if name in self.given else None
        return float(getattr(self.protocol, which) if told is None else told)

    def dead(self) -> tuple[Floats, Floats]:
        """Give the dead shares: of a bare surface, and of the coated one with what it leaves bare."""
        v = self.v
        if "loss" not in v:
            bare = v["dead_bare"] if "dead_bare" in v else self._dead_of("loss_bare", 1.0)
            under = v["protection"] * bare
        else:
            intact = self._mean_integrity()
            total = self._dead_of("loss", 1.0 - intact)
            share = intact * self.was_covered  # of the surface, over the cycles that were measured
            if "protection" in v:
                protection = np.maximum(v["protection"], LEAST_PROTECTION)
                under = total / (share + (1.0 - share) / protection)
                bare = under / protection
            else:
                bare = v["dead_bare"] if "dead_bare" in v else self._dead_of("loss_bare", 1.0)
                under = np.maximum((total - (1.0 - share) * bare) / share, LEFT * total)
        return bare, self.covered * under + (1.0 - self.covered) * bare

    def _dead_of(self, name: str, lost: Floats | float) -> Floats:
        """Give the dead share, at small currents, of a measured loss; without the growth of the SEI."""
        v, protocol = self.v, self.protocol
        current, capacity = self._condition(name, "current"), self._condition(name, "capacity")
        cycles = self._cycles(name)
        hours = cycles * 2.0 * capacity / current
        grown = np.sqrt(protocol.sei**2 + v["sei_growth"] * hours) - protocol.sei
        to_sei = protocol.sei_charge * grown / (cycles * capacity)
        rate = (current * (1.0 + v["hot_spot"] * lost) / v["rate_current"]) ** v["rate_exponent"]
        return np.maximum(v[name] - to_sei, LEFT * v[name]) / (1.0 + rate)

    def _cycles(self, name: str) -> float:
        return max((self.given[name].first.cycles if name in self.given else None) or 1.0, 1.0)

    def _mean_integrity(self) -> Floats:
        """Give the mean integrity of the coating over the cycles that its loss is the mean of."""
        v = self.v
        damage = v["damage_rate"] * v["strain_ratio"] ** v["fatigue_exponent"] * self._cycles("loss")
        damage = np.clip(damage, 1e-12, 1e3)
        return -np.expm1(-damage) / damage

    def interface(self) -> tuple[Floats, Floats, Floats]:
        """Give the resistance of the coating, and the exchange current densities: bare, and coated with its gaps."""
        v = self.v
        conductivity = v["conductivity"] * v.get("composite_factor", 1.0)
        resistance = models.coating_resistance(self.measured_thickness, conductivity)
        bare, coated = self._exchange("_bare"), self._exchange("")
        if "overpotential" in v:
            resistance, of_plateau = self._of_overpotential(resistance, coated)
            coated = of_plateau if coated is None else coated
        if bare is None:
            bare = v["exchange_bare"]
        if coated is None:
            coated = v["exchange_coated"]
        elif "exchange_coated" not in v:  # measured with the gaps of the coating as it was
            left = (coated - (1.0 - self.was_covered) * bare) / np.maximum(self.was_covered, LEFT)
            coated = np.maximum(left, LEFT * coated)
        coated = models.mixed_exchange_current_density(self.covered, coated, bare)
        per_um = resistance / np.maximum(self.measured_thickness, 1e-12)
        return per_um * self.thickness, np.maximum(bare, LEAST_EXCHANGE), np.maximum(coated, LEAST_EXCHANGE)

    def _exchange(self, surface: str) -> Floats | None:
        """Give a measured exchange current density: of impedance before that of Tafel lines; None without either."""
        v = self.v
        if f"charge_transfer_resistance{surface}" in v:
            specific = v[f"charge_transfer_resistance{surface}"] * v["electrode_area"]
            return np.asarray(models.exchange_current_density(specific))
        if f"tafel_exchange{surface}" in v:
            return v[f"tafel_exchange{surface}"] * v["tafel_factor"]
        return v.get("exchange_coated" if not surface else "exchange_bare")

    def _of_overpotential(self, resistance: Floats, exchange: Floats | None) -> tuple[Floats, Floats]:
        """Keep the coating's resistance within a measured overpotential; give the exchange that explains the rest."""
        v, current = self.v, self._condition("overpotential", "current")
        per_area = v["overpotential"] / v["voltage_definition"] / current  # mV over mA/cm^2: ohm cm^2
        other = v["electrolyte_resistance"] + v["sei_resistivity"] * self.protocol.sei
        if exchange is not None:
            other = other + 1e3 * models.charge_transfer_overpotential(current, exchange) / current
        room = per_area - other
        # What is not known to be charge transfer is shared out: the coating has half of it at most.
        resistance = np.minimum(resistance, np.maximum(room * (1.0 if exchange is not None else 0.5), LEFT * per_area))
        charge_transfer = np.maximum(room - resistance, 2.0 * LEFT * per_area) * current * 1e-3  # V
        doubled = 2.0 * GAS * ROOM_TEMPERATURE / FARADAY
        return resistance, current / (2.0 * np.sinh(np.minimum(charge_transfer / doubled, 300.0)))

    def suppression(self) -> Floats:
        """Give the graded index of mechanical suppression of the intact coating."""
        v = self.v
        ratio = models.shear_modulus_ratio(models.shear_modulus(v["modulus"], v["poisson_ratio"]))
        return np.asarray(
            models.suppression_index(
                stiffness=models.stiffness_score(ratio, v["half_ratio"]),
                flexibility=models.flexibility_score(1.0, v["strain_ratio"]),
                coverage=self.covered,
                transference=models.transference_score(v["transference"]),
            )
        )
