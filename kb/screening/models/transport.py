"""When the salt runs out at the electrode: limiting current, Sand's time, and the growth that follows."""

from __future__ import annotations

import numpy as np

from kb.screening.models.constants import FARADAY, GAS, ROOM_TEMPERATURE
from kb.screening.models.units import Values, fraction, in_units, not_negative, positive


@in_units(
    "mA/cm^2",
    concentration=positive("mol/l"),
    diffusivity=positive("cm^2/s"),
    transference_number=fraction(),
    distance=positive("um"),
    porosity=fraction(),
)
def limiting_current_density(
    concentration: Values, diffusivity: Values, transference_number: Values, distance: Values, porosity: Values = 1.0
) -> Values:
    """Give the limiting current density of a binary electrolyte between two lithium electrodes; infinite at t+ = 1.

    Parameters
    ----------
    concentration : of the salt at rest [mol/l]
    diffusivity : of the salt in the free electrolyte [cm^2/s]
    transference_number : of the lithium ion [1]
    distance : between the electrodes [um]
    porosity : of what is between them; the diffusivity goes with its power 1.5 (Bruggeman) [1]

    References
    ----------
    docs/models.md d1: 2 c D F / ((1 - t+) L).

    Examples
    --------
    >>> limiting_current_density(1, 3e-6, 0.38, [25, 25, 500], [1, 0.4, 1]).round(1).tolist()
    [373.5, 94.5, 18.7]
    """
    # mol/l is 1e-3 mol/cm^3, um is 1e-4 cm, A is 1e3 mA.
    return 1e4 * 2.0 * concentration * diffusivity * porosity**1.5 * FARADAY / ((1.0 - transference_number) * distance)


@in_units("um", distance=not_negative("um"), dead_layer=not_negative("um"), dead_porosity=fraction())
def diffusion_distance(distance: Values, dead_layer: Values, dead_porosity: Values) -> Values:
    """Give the distance of diffusion, lengthened by a porous layer of dead lithium.

    Parameters
    ----------
    distance : between the electrodes without the layer [um]
    dead_layer : thickness of the dead lithium [um]
    dead_porosity : of the dead lithium [1]

    References
    ----------
    docs/models.md d2.

    Examples
    --------
    >>> round(diffusion_distance(25, dead_layer=50, dead_porosity=0.5), 1)
    166.4
    """
    return distance + np.where(dead_layer == 0.0, 0.0, dead_layer / dead_porosity**1.5)


@in_units(
    "s",
    current_density=positive("mA/cm^2"),
    concentration=positive("mol/l"),
    diffusivity=positive("cm^2/s"),
    transference_number=fraction(),
    limiting_current_density=not_negative("mA/cm^2"),
)
def sand_time(
    current_density: Values,
    concentration: Values,
    diffusivity: Values,
    transference_number: Values,
    limiting_current_density: Values = 0.0,
) -> Values:
    """Give the time after which the salt is gone at the electrode; infinite where the current is not over the limit.

    The bulk of a coin cell with a thin separator never gets there: give the local current density of a crack.

    Parameters
    ----------
    current_density : at the place in question [mA/cm^2]
    concentration : of the salt at rest [mol/l]
    diffusivity : of the salt [cm^2/s]
    transference_number : of the lithium ion [1]
    limiting_current_density : of the cell; without it the electrolyte has no far side [mA/cm^2]

    References
    ----------
    docs/models.md d2: pi D (c F / (2 i (1 - t+)))^2.

    Examples
    --------
    >>> sand_time([1, 10], 1, 3e-6, 0.38).round().tolist()
    [57062.0, 571.0]
    >>> sand_time(1, 1, 3e-6, 0.38, limiting_current_density=18.7)
    inf
    """
    reach = concentration * FARADAY / (2.0 * current_density * (1.0 - transference_number))
    time = np.pi * diffusivity * reach**2
    time = np.where(current_density <= limiting_current_density, np.inf, time)
    return np.where(np.isnan(limiting_current_density), np.nan, time)


@in_units(
    "mAh/cm^2",
    current_density=positive("mA/cm^2"),
    concentration=positive("mol/l"),
    diffusivity=positive("cm^2/s"),
    transference_number=fraction(),
    limiting_current_density=not_negative("mA/cm^2"),
)
def sand_capacity(
    current_density: Values,
    concentration: Values,
    diffusivity: Values,
    transference_number: Values,
    limiting_current_density: Values = 0.0,
) -> Values:
    """Give the capacity plated until the salt is gone at the electrode; it falls with the current density.

    Parameters
    ----------
    current_density : at the place in question [mA/cm^2]
    concentration : of the salt at rest [mol/l]
    diffusivity : of the salt [cm^2/s]
    transference_number : of the lithium ion [1]
    limiting_current_density : of the cell; without it the electrolyte has no far side [mA/cm^2]

    References
    ----------
    docs/models.md d2.

    Examples
    --------
    >>> sand_capacity([1, 10], 1, 3e-6, 0.38).round(2).tolist()
    [15.85, 1.59]
    """
    time = sand_time(current_density, concentration, diffusivity, transference_number, limiting_current_density)
    return current_density * time / 3600.0


@in_units(
    "um/h",
    current_density=not_negative("mA/cm^2"),
    anion_diffusivity=positive("cm^2/s"),
    conductivity=positive("S/cm"),
    temperature=positive("K"),
)
def ramified_growth_speed(
    current_density: Values, anion_diffusivity: Values, conductivity: Values, temperature: Values = ROOM_TEMPERATURE
) -> Values:
    """Give the speed of a ramified front after Sand's time: that at which the anions leave.

    Parameters
    ----------
    current_density : at the front [mA/cm^2]
    anion_diffusivity : of the anion, from which its mobility follows [cm^2/s]
    conductivity : of the electrolyte [S/cm]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md d3: D_a i F / (R T kappa).

    Examples
    --------
    >>> round(ramified_growth_speed(1, 4e-6, 0.01))
    560
    """
    # cm^2/s / V * mA/cm^2 / (S/cm) is 1e-3 cm/s, 10 um/s.
    return 10.0 * 3600.0 * anion_diffusivity * FARADAY / (GAS * temperature) * current_density / conductivity


@in_units("mA/cm^2", current_density=not_negative("mA/cm^2"), hot_spot=not_negative(), integrity=fraction())
def local_current_density(current_density: Values, hot_spot: Values, integrity: Values) -> Values:
    """Give the current density where a coating has cracked.

    Parameters
    ----------
    current_density : mean of the electrode [mA/cm^2]
    hot_spot : extra current for each unit of lost integrity [1]
    integrity : of the coating; 1 is whole [1]

    References
    ----------
    docs/models.md d2 and e.

    Examples
    --------
    >>> local_current_density(1, hot_spot=4, integrity=[1, 0.5, 0]).tolist()
    [1.0, 3.0, 5.0]
    """
    return current_density * (1.0 + hot_spot * (1.0 - integrity))


@in_units(
    "mol/l",
    current_density=not_negative("mA/cm^2"),
    thickness=not_negative("um"),
    diffusivity=positive("cm^2/s"),
    transference_number=fraction(),
)
def coating_concentration_drop(
    current_density: Values, thickness: Values, diffusivity: Values, transference_number: Values
) -> Values:
    """Give the fall of the salt concentration across a coating; none in a single-ion conductor.

    Parameters
    ----------
    current_density : through the coating [mA/cm^2]
    thickness : of the coating [um]
    diffusivity : of the salt in the coating [cm^2/s]
    transference_number : of the lithium ion in the coating [1]

    References
    ----------
    docs/models.md d4: i (1 - t+) h / (F D).

    Examples
    --------
    >>> coating_concentration_drop(1, 10, 1e-8, [0.38, 1]).round(2).tolist()
    [0.64, 0.0]
    """
    # mA/cm^2 um / (C/mol cm^2/s) is 1e-7 mol/cm^3, 1e-4 mol/l.
    return 1e-4 * current_density * (1.0 - transference_number) * thickness / (FARADAY * diffusivity)
