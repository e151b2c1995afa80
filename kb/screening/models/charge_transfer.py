"""What it costs to bring lithium ions through the interface: Butler-Volmer kinetics."""

from __future__ import annotations

import numpy as np

from kb.screening.models.constants import FARADAY, GAS, ROOM_TEMPERATURE
from kb.screening.models.units import Values, between, fraction, in_units, not_negative, number, positive

NEWTON_STEPS = 5


@in_units(
    "V",
    current_density=not_negative("mA/cm^2"),
    exchange_current_density=positive("mA/cm^2"),
    temperature=positive("K"),
)
def charge_transfer_overpotential(
    current_density: Values, exchange_current_density: Values, temperature: Values = ROOM_TEMPERATURE
) -> Values:
    """Give the overpotential of charge transfer with coefficients of one half, which is exact.

    An exchange current density from a Tafel plot can give more than every galvanostatic value of the same paper (both
    below do): use one from impedance (`exchange_current_density`), that of a Tafel plot as a ratio within a paper only.

    Parameters
    ----------
    current_density : through the electrode [mA/cm^2]
    exchange_current_density : of the interface [mA/cm^2]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b2: (2RT/F) asinh(i / 2 i0).

    Examples
    --------
    >>> charge_transfer_overpotential(1, [0.112, 0.0017]).round(4).tolist()
    [0.1131, 0.3277]
    """
    scale = 2.0 * GAS * temperature / FARADAY
    return scale * np.arcsinh(0.5 * current_density / exchange_current_density)


@in_units(
    "V",
    current_density=not_negative("mA/cm^2"),
    exchange_current_density=positive("mA/cm^2"),
    anodic_coefficient=between(0.1, 0.9),
    temperature=positive("K"),
)
def butler_volmer_overpotential(
    current_density: Values,
    exchange_current_density: Values,
    anodic_coefficient: Values = 0.5,
    temperature: Values = ROOM_TEMPERATURE,
) -> Values:
    """Give the overpotential of charge transfer with any coefficients that sum to one.

    Five Newton steps, always: no branch on the data, and right to rounding within the coefficients' domain (tested
    from 1e-6 to 1e6 exchange current densities).

    Parameters
    ----------
    current_density : through the electrode [mA/cm^2]
    exchange_current_density : of the interface [mA/cm^2]
    anodic_coefficient : the cathodic one is what is left to one [1]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b2.

    Examples
    --------
    >>> butler_volmer_overpotential(1, 0.112, [0.3, 0.5, 0.7]).round(4).tolist()
    [0.1876, 0.1131, 0.0819]
    """
    ratio = current_density / exchange_current_density
    anodic, cathodic = anodic_coefficient, 1.0 - anodic_coefficient
    # Start on the Tafel line for large currents, on the tangent at zero for small ones.
    u = np.where(ratio > 1.0, np.log1p(ratio) / anodic, ratio)
    for _ in range(NEWTON_STEPS):
        excess = np.expm1(anodic * u) - np.expm1(-cathodic * u) - ratio
        u = u - excess / (anodic * np.exp(anodic * u) + cathodic * np.exp(-cathodic * u))
    return u * GAS * temperature / FARADAY


@in_units(
    "mA/cm^2",
    overpotential=number("V"),
    exchange_current_density=positive("mA/cm^2"),
    anodic_coefficient=between(0.0, 1.0),
    temperature=positive("K"),
)
def butler_volmer_current_density(
    overpotential: Values,
    exchange_current_density: Values,
    anodic_coefficient: Values = 0.5,
    temperature: Values = ROOM_TEMPERATURE,
) -> Values:
    """Give the current density that an overpotential of charge transfer drives.

    Parameters
    ----------
    overpotential : of charge transfer; negative for the other direction [V]
    exchange_current_density : of the interface [mA/cm^2]
    anodic_coefficient : the cathodic one is what is left to one [1]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b2.

    Examples
    --------
    >>> round(butler_volmer_current_density(0.1131, 0.112), 2)
    1.0
    """
    u = overpotential * FARADAY / (GAS * temperature)
    difference = np.expm1(anodic_coefficient * u) - np.expm1(-(1.0 - anodic_coefficient) * u)
    return exchange_current_density * difference


@in_units("mA/cm^2", charge_transfer_resistance=positive("ohm cm^2"), temperature=positive("K"))
def exchange_current_density(charge_transfer_resistance: Values, temperature: Values = ROOM_TEMPERATURE) -> Values:
    """Give the exchange current density from the charge-transfer resistance of an impedance spectrum.

    Parameters
    ----------
    charge_transfer_resistance : times the geometric area, which papers often leave to the reader [ohm cm^2]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b2: RT / (F R_ct).

    Examples
    --------
    A disc of 15 mm:

    >>> area = 1.767
    >>> exchange_current_density([94.3 * area, 48.8 * area, 5.98 * area]).round(3).tolist()
    [0.154, 0.298, 2.431]
    """
    return 1e3 * GAS * temperature / (FARADAY * charge_transfer_resistance)


@in_units("ohm cm^2", exchange_current_density=positive("mA/cm^2"), temperature=positive("K"))
def charge_transfer_resistance(exchange_current_density: Values, temperature: Values = ROOM_TEMPERATURE) -> Values:
    """Give the charge-transfer resistance that an exchange current density shows at small currents.

    Parameters
    ----------
    exchange_current_density : of the interface [mA/cm^2]
    temperature : of the cell [K]

    References
    ----------
    docs/models.md b2: RT / (F i0).

    Examples
    --------
    >>> round(charge_transfer_resistance(1), 2)
    25.69
    """
    return 1e3 * GAS * temperature / (FARADAY * exchange_current_density)


@in_units("mA/cm^2", coverage=fraction(), coated=positive("mA/cm^2"), bare=positive("mA/cm^2"))
def mixed_exchange_current_density(coverage: Values, coated: Values, bare: Values) -> Values:
    """Give the exchange current density of a surface that a coating covers in part.

    Parameters
    ----------
    coverage : share of the surface under the coating [1]
    coated : exchange current density there [mA/cm^2]
    bare : exchange current density elsewhere [mA/cm^2]

    References
    ----------
    docs/models.md b2.

    Examples
    --------
    >>> round(mixed_exchange_current_density(0.75, coated=2, bare=0.4), 3)
    1.6
    """
    return coverage * coated + (1.0 - coverage) * bare
