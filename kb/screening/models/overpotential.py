"""The parts of the overpotential of a coated electrode besides charge transfer, and their sum."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from kb.screening.models.constants import FARADAY, GAS, LITHIUM_MOLAR_VOLUME, ROOM_TEMPERATURE
from kb.screening.models.units import Values, fraction, in_units, not_negative, number, positive
from schema.errors import OutOfRange, did_you_mean

NEAREST_TO_LIMIT = 0.999  # of the limiting current; beyond it the logarithm says nothing


class VoltageDefinition(StrEnum):
    """What a paper means by the polarisation of a symmetric cell."""

    PLATEAU = "plateau"  # |V| on the plateau of one half cycle
    HYSTERESIS = "hysteresis"  # between the plateaus of both half cycles
    PEAK_TO_PEAK = "peak_to_peak"  # between the extremes of both half cycles, so with the nucleation tips

    @property
    def electrodes(self) -> int:
        """How many single-electrode overpotentials it sums.

        Examples
        --------
        >>> VoltageDefinition.PLATEAU.electrodes, VoltageDefinition.HYSTERESIS.electrodes
        (2, 4)
        """
        return 2 if self is VoltageDefinition.PLATEAU else 4


def _definition(name: str) -> VoltageDefinition:
    known = [d.value for d in VoltageDefinition]
    if name not in known:
        raise OutOfRange(f"definition {name!r} is unknown{did_you_mean(str(name), known) or f'; name one of {known}'}")
    return VoltageDefinition(name)


@in_units(
    "ohm cm^2",
    thickness=not_negative("um"),
    conductivity=positive("S/cm"),
    porosity=fraction(),
    tortuosity=positive(),
)
def coating_resistance(
    thickness: Values, conductivity: Values, porosity: Values = 1.0, tortuosity: Values = 1.0
) -> Values:
    """Give the area-specific resistance of a coating.

    Parameters
    ----------
    thickness : of the coating [um]
    conductivity : ionic one of the composite as it is; of its pores, where porosity and tortuosity are given [S/cm]
    porosity : share of the coating that conducts [1]
    tortuosity : the way of the ions over the thickness, as it enters the resistance [1]

    References
    ----------
    docs/models.md b1.

    Examples
    --------
    >>> coating_resistance(1, [1e-3, 1e-4, 1e-6]).round(9).tolist()
    [0.1, 1.0, 100.0]
    """
    return 1e-4 * thickness / conductivity * tortuosity / porosity


@in_units(
    "ohm cm^2",
    separator_thickness=not_negative("um"),
    conductivity=positive("S/cm"),
    porosity=fraction(),
    tortuosity=positive(),
    electrolyte_left=fraction(),
)
def electrolyte_resistance(
    separator_thickness: Values,
    conductivity: Values,
    porosity: Values,
    tortuosity: Values | None = None,
    electrolyte_left: Values = 1.0,
) -> Values:
    """Give the area-specific resistance of the electrolyte in the separator, also as it dries.

    Contacts and the porous electrode are not in it.

    Parameters
    ----------
    separator_thickness : of the separator [um]
    conductivity : of the free electrolyte [S/cm]
    porosity : of the separator [1]
    tortuosity : of the separator; porosity^-1/2 (Bruggeman) where not given [1]
    electrolyte_left : share of the electrolyte at the start [1]

    References
    ----------
    docs/models.md b3.

    Examples
    --------
    >>> round(electrolyte_resistance(25, 0.01, 0.4), 2)
    0.99
    >>> round(electrolyte_resistance(25, 0.01, 0.4, electrolyte_left=0.25), 2)
    7.91
    """
    if tortuosity is None:
        tortuosity = porosity**-0.5
    return 1e-4 * separator_thickness / conductivity * tortuosity / porosity * electrolyte_left**-1.5


@in_units(
    "V",
    current_density=not_negative("mA/cm^2"),
    limiting_current_density=positive("mA/cm^2"),
    transference_number=fraction(),
    thermodynamic_factor=positive(),
    temperature=positive("K"),
)
def concentration_overpotential(
    current_density: Values,
    limiting_current_density: Values,
    transference_number: Values,
    thermodynamic_factor: Values = 1.0,
    temperature: Values = ROOM_TEMPERATURE,
) -> Values:
    """Give the overpotential of salt depletion in a binary electrolyte; constant from 0.999 of the limit.

    With a transference number of one half it is the plain -(RT/F) ln(1 - i/i_lim).

    Parameters
    ----------
    current_density : through the electrode [mA/cm^2]
    limiting_current_density : of the electrolyte [mA/cm^2]
    transference_number : of the lithium ion [1]
    thermodynamic_factor : 1 + dln f/dln c of the salt [1]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b4.

    Examples
    --------
    >>> concentration_overpotential([1, 9, 20], 10, 0.5).round(4).tolist()
    [0.0027, 0.0592, 0.1775]
    """
    near = np.minimum(current_density / limiting_current_density, NEAREST_TO_LIMIT)
    scale = 2.0 * GAS * temperature / FARADAY * (1.0 - transference_number) * thermodynamic_factor
    return -scale * np.log1p(-near)


@in_units("V", tip=number("V"), plateau=number("V"))
def nucleation_overpotential(tip: Values, plateau: Values) -> Values:
    """Give the nucleation overpotential as the tip of the first plating over its plateau.

    It scores how lithiophilic a surface is.  The size of nuclei does not follow from it across substrates.

    Parameters
    ----------
    tip : extreme of the potential, of either sign [V]
    plateau : that follows it [V]

    References
    ----------
    docs/models.md b5.

    Examples
    --------
    >>> nucleation_overpotential([-0.170, -0.081], [-0.076, -0.049]).round(3).tolist()
    [0.094, 0.032]
    """
    return np.abs(tip) - np.abs(plateau)


@in_units("nm", nucleation_overpotential=positive("V"), surface_energy=positive("J/m^2"))
def critical_radius(nucleation_overpotential: Values, surface_energy: Values) -> Values:
    """Give the critical radius of a nucleus in classical nucleation theory.

    Parameters
    ----------
    nucleation_overpotential : tip over plateau [V]
    surface_energy : of lithium in its electrolyte; not well known, so there is no default [J/m^2]

    References
    ----------
    docs/models.md b5: 2 gamma V_m / (F eta).

    Examples
    --------
    >>> critical_radius([0.094, 0.032], 0.5).round(2).tolist()
    [1.43, 4.21]
    """
    # J/m^2 * cm^3/mol is 1e-6 J m/mol; over C/mol and V that is 1e-6 m, 1e3 nm.
    return 1e3 * 2.0 * surface_energy * LITHIUM_MOLAR_VOLUME / (FARADAY * nucleation_overpotential)


@in_units("V", plating=not_negative("V"), stripping=not_negative("V"))
def symmetric_cell_voltage(plating: Values, stripping: Values, definition: str = "plateau") -> Values:
    """Give the voltage of a symmetric cell, in which one electrode plates while the other strips.

    Parameters
    ----------
    plating : overpotential of the electrode that plates; of its tip for ``peak_to_peak`` [V]
    stripping : overpotential of the electrode that strips [V]
    definition : a `VoltageDefinition`, or its name

    References
    ----------
    docs/models.md b6.

    Examples
    --------
    >>> symmetric_cell_voltage(0.01, 0.01), symmetric_cell_voltage(0.01, 0.01, "hysteresis")
    (0.02, 0.04)
    """
    return (plating + stripping) * (_definition(definition).electrodes / 2.0)


@in_units("V", voltage=not_negative("V"))
def overpotential_per_electrode(voltage: Values, definition: str) -> Values:
    """Give the mean overpotential of one electrode from what a paper reports of a symmetric cell.

    Papers that only say "polarisation" leave a factor of two to four open.  From ``peak_to_peak`` it is that of the
    tips, an upper bound for the plateaus.

    Parameters
    ----------
    voltage : as reported, without its sign [V]
    definition : a `VoltageDefinition`, or its name: what the paper means

    References
    ----------
    docs/models.md b6.

    Examples
    --------
    >>> overpotential_per_electrode(0.02, "plateau"), overpotential_per_electrode(0.02, "hysteresis")
    (0.01, 0.005)
    """
    return voltage / _definition(definition).electrodes


@in_units(
    "V",
    current_density=not_negative("mA/cm^2"),
    resistance=not_negative("ohm cm^2"),
    charge_transfer=number("V"),
    concentration=number("V"),
    nucleation=number("V"),
)
def total_overpotential(
    current_density: Values,
    resistance: Values,
    charge_transfer: Values,
    concentration: Values = 0.0,
    nucleation: Values = 0.0,
) -> Values:
    """Sum the overpotential of one electrode.

    Parameters
    ----------
    current_density : through the electrode [mA/cm^2]
    resistance : of electrolyte, coating, SEI and dead lithium together [ohm cm^2]
    charge_transfer : overpotential of charge transfer [V]
    concentration : overpotential of salt depletion [V]
    nucleation : nucleation overpotential, of the first plating only [V]

    References
    ----------
    docs/models.md b.

    Examples
    --------
    >>> round(total_overpotential(1, resistance=5, charge_transfer=0.0105), 4)
    0.0155
    """
    return 1e-3 * current_density * resistance + charge_transfer + concentration + nucleation
