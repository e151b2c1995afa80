"""How thick a coating should be: thin enough to conduct, thick enough to cover a rough surface."""

from __future__ import annotations

import math

import numpy as np

from kb.screening.models.units import Values, in_units, not_negative, positive

_erfc = np.vectorize(math.erfc, otypes=[np.float64])
_PER_UM = 1e-7  # mA/cm^2 / (S/cm) * um in V


@in_units("1", thickness=not_negative("um"), roughness=positive("um"))
def bare_fraction(thickness: Values, roughness: Values) -> Values:
    """Give the share of a rough surface that a coating leaves bare: heights are normal, the coating levels them.

    Parameters
    ----------
    thickness : of the coating [um]
    roughness : root mean square of the surface [um]

    References
    ----------
    docs/models.md b7: (1/2) erfc(h / (sqrt(2) Rq)).

    Examples
    --------
    >>> bare_fraction([0.4, 1, 2], 0.58).round(4).tolist()
    [0.2452, 0.0423, 0.0003]
    """
    return 0.5 * _erfc(thickness / (math.sqrt(2.0) * roughness))


@in_units(
    "V",
    thickness=not_negative("um"),
    bare_penalty=positive("V"),
    conductivity=positive("S/cm"),
    roughness=positive("um"),
    current_density=positive("mA/cm^2"),
)
def coating_cost(
    thickness: Values, bare_penalty: Values, conductivity: Values, roughness: Values, current_density: Values
) -> Values:
    """Give what a coating costs: the penalty of what it leaves bare, and the ohmic drop through it.

    Parameters
    ----------
    thickness : of the coating [um]
    bare_penalty : of a wholly bare surface, as a potential; a calibrated number [V]
    conductivity : effective ionic one of the coating as it is, not of its best phase [S/cm]
    roughness : root mean square of the surface [um]
    current_density : through the coating [mA/cm^2]

    References
    ----------
    docs/models.md b7.

    Examples
    --------
    >>> coating_cost([0, 1, 3], 0.1, 6.4e-6, 0.58, 1).round(4).tolist()
    [0.05, 0.0199, 0.0469]
    """
    bare = 0.5 * _erfc(thickness / (math.sqrt(2.0) * roughness))
    return bare * bare_penalty + _PER_UM * thickness * current_density / conductivity


@in_units(
    "um",
    bare_penalty=positive("V"),
    conductivity=positive("S/cm"),
    roughness=positive("um"),
    current_density=positive("mA/cm^2"),
)
def optimum_thickness(bare_penalty: Values, conductivity: Values, roughness: Values, current_density: Values) -> Values:
    """Give the thickness of least `coating_cost`; zero where no coating pays.

    It pays only where bare_penalty * conductivity > sqrt(2 pi) * roughness * current_density.

    Parameters
    ----------
    bare_penalty : of a wholly bare surface, as a potential; a calibrated number [V]
    conductivity : effective ionic one of the coating as it is, not of its best phase [S/cm]
    roughness : root mean square of the surface [um]
    current_density : through the coating [mA/cm^2]

    References
    ----------
    docs/models.md b7.

    Examples
    --------
    >>> optimum_thickness(0.1, [1e-5, 6.4e-6, 3e-6, 1e-7], 0.58, 1).round(3).tolist()
    [1.139, 0.999, 0.698, 0.0]
    """
    gain = bare_penalty * conductivity / (math.sqrt(2.0 * math.pi) * _PER_UM * roughness * current_density)
    return roughness * np.sqrt(2.0 * np.log(np.maximum(gain, 1.0)))


@in_units(
    "S/cm",
    thickness=not_negative("um"),
    bare_penalty=positive("V"),
    roughness=positive("um"),
    current_density=positive("mA/cm^2"),
)
def conductivity_of_optimum(
    thickness: Values, bare_penalty: Values, roughness: Values, current_density: Values
) -> Values:
    """Give the effective conductivity at which a thickness found best is the optimum.

    Parameters
    ----------
    thickness : found best [um]
    bare_penalty : of a wholly bare surface, as a potential; a calibrated number [V]
    roughness : root mean square of the surface [um]
    current_density : through the coating [mA/cm^2]

    References
    ----------
    docs/models.md b7, the inverse.

    Examples
    --------
    >>> float(f"{conductivity_of_optimum(1, 0.1, 0.58, 1):.2g}")
    6.4e-06
    """
    slope = math.sqrt(2.0 * math.pi) * _PER_UM * roughness * current_density / bare_penalty
    return slope * np.exp(0.5 * (thickness / roughness) ** 2)
