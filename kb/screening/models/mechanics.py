"""Whether a coating holds lithium flat: its stiffness, and a graded index in which stiffness is one of four parts."""

from __future__ import annotations

import numpy as np

from kb.screening.models.constants import LITHIUM_CAPACITY_PER_UM
from kb.screening.models.units import Values, between, fraction, in_units, not_negative, positive
from schema.errors import OutOfRange

MONROE_NEWMAN_LITHIUM = 3.4  # GPa, the shear modulus of lithium in their criterion (twice that, 6.8 GPa)


@in_units("GPa", youngs_modulus=not_negative("GPa"), poisson_ratio=between(-1.0, 0.5))
def shear_modulus(youngs_modulus: Values, poisson_ratio: Values) -> Values:
    """Give the shear modulus of an isotropic solid.

    Parameters
    ----------
    youngs_modulus : tensile one, not the reduced one of an indentation [GPa]
    poisson_ratio : of the solid [1]

    References
    ----------
    docs/models.md c1.

    Examples
    --------
    Two values for lithium; a nanoindented Cu3N layer:

    >>> shear_modulus([7.8, 4.9], 0.38).round(2).tolist()
    [2.83, 1.78]
    >>> shear_modulus([0.71, 0.81], 0.35).round(2).tolist()
    [0.26, 0.3]
    """
    return youngs_modulus / (2.0 * (1.0 + poisson_ratio))


@in_units("1", shear_modulus=not_negative("GPa"), lithium_shear_modulus=positive("GPa"))
def shear_modulus_ratio(shear_modulus: Values, lithium_shear_modulus: Values = MONROE_NEWMAN_LITHIUM) -> Values:
    """Give the shear modulus of a coating over that of lithium.

    In linear elasticity a solid polymer keeps lithium flat from a ratio of about 2.  It is no rule: coatings far below
    (the last two of the example) are reported to work, so report the ratio beside `stiffness_score`.

    Parameters
    ----------
    shear_modulus : of the coating [GPa]
    lithium_shear_modulus : of lithium [GPa]

    References
    ----------
    docs/models.md c2; Monroe and Newman, J. Electrochem. Soc. 152, A396 (2005).

    Examples
    --------
    >>> shear_modulus_ratio([6.8, 0.28, 0.0336]).round(2).tolist()
    [2.0, 0.08, 0.01]
    """
    return shear_modulus / lithium_shear_modulus


@in_units("1", ratio=not_negative(), half_ratio=positive(), exponent=positive())
def stiffness_score(ratio: Values, half_ratio: Values, exponent: Values = 0.5) -> Values:
    """Score the stiffness of a coating between 0 (none) and 1 (rigid).

    Parameters
    ----------
    ratio : from `shear_modulus_ratio` [1]
    half_ratio : at which the score is one half; unknown within 0.01 to 2, so draw it log-uniformly [1]
    exponent : how steep the score is [1]

    References
    ----------
    docs/models.md c4: ratio^q / (ratio^q + half_ratio^q); a judgement, not a law.

    Examples
    --------
    >>> stiffness_score([0, 0.08, 2], half_ratio=0.08).round(3).tolist()
    [0.0, 0.5, 0.833]
    """
    # Of the quotient, so that an infinite ratio scores 1.
    return 1.0 / (1.0 + (half_ratio / ratio) ** exponent)


@in_units("1", critical_strain=not_negative(), strain_demand=not_negative())
def flexibility_score(critical_strain: Values, strain_demand: Values) -> Values:
    """Score how well a coating bears the strain that cycling asks of it, 0 to 1; 1 where it asks none.

    Parameters
    ----------
    critical_strain : at which the coating fails [1]
    strain_demand : from `strain_demand` [1]

    References
    ----------
    docs/models.md c4: 1 - exp(-critical / demand).

    Examples
    --------
    >>> flexibility_score([0, 0.1, 1], 0.5).round(3).tolist()
    [0.0, 0.181, 0.865]
    """
    score = -np.expm1(-critical_strain / strain_demand)
    return np.where((strain_demand == 0.0) & ~np.isnan(critical_strain), 1.0, score)


@in_units("1", transference_number=fraction())
def transference_score(transference_number: Values) -> Values:
    """Score the transference number of the lithium ion: 0 up to 0.2, then linear to 1.

    Parameters
    ----------
    transference_number : of the lithium ion in the coating [1]

    References
    ----------
    docs/models.md c4.

    Examples
    --------
    >>> transference_score([0.1, 0.38, 1]).round(3).tolist()
    [0.0, 0.225, 1.0]
    """
    return np.clip((transference_number - 0.2) / 0.8, 0.0, 1.0)


@in_units(
    "1",
    stiffness=fraction(),
    flexibility=fraction(),
    coverage=fraction(),
    transference=fraction(),
    stiffness_weight=not_negative(),
    flexibility_weight=not_negative(),
    coverage_weight=not_negative(),
    transference_weight=not_negative(),
)
def suppression_index(
    stiffness: Values,
    flexibility: Values,
    coverage: Values,
    transference: Values,
    stiffness_weight: Values = 1.0,
    flexibility_weight: Values = 1.0,
    coverage_weight: Values = 1.0,
    transference_weight: Values = 1.0,
) -> Values:
    """Give the graded index of mechanical suppression, the weighted geometric mean of its parts: one zero kills it.

    Report the stiffness score beside it.  A part of weight zero does not count, known or not.

    Parameters
    ----------
    stiffness : from `stiffness_score` [1]
    flexibility : from `flexibility_score` [1]
    coverage : one minus `bare_fraction` [1]
    transference : from `transference_score` [1]
    stiffness_weight : of the part [1]
    flexibility_weight : of the part [1]
    coverage_weight : of the part [1]
    transference_weight : of the part [1]

    References
    ----------
    docs/models.md c4; a judgement, not a law.

    Examples
    --------
    >>> round(suppression_index(0.5, 0.9, 0.96, 0.225), 3)
    0.558
    >>> suppression_index([0, 1], 0.9, 0.96, 0, transference_weight=0).round(3).tolist()
    [0.0, 0.952]
    """
    weights = stiffness_weight + flexibility_weight + coverage_weight + transference_weight
    if np.any(weights == 0.0):
        raise OutOfRange("all weights are zero; give one part a weight")
    # Each part to its share, so that small parts do not underflow before the root is taken.
    return (
        stiffness ** (stiffness_weight / weights)
        * flexibility ** (flexibility_weight / weights)
        * coverage ** (coverage_weight / weights)
        * transference ** (transference_weight / weights)
    )


@in_units("1", thickness=positive("um"), capacity=not_negative("mAh/cm^2"))
def deposit_porosity(thickness: Values, capacity: Values) -> Values:
    """Give the porosity of deposited lithium from its thickness; negative where it is thinner than dense lithium.

    Parameters
    ----------
    thickness : of the deposit [um]
    capacity : plated [mAh/cm^2]

    References
    ----------
    docs/models.md c5.

    Examples
    --------
    >>> deposit_porosity([9, 13], 1).round(2).tolist()
    [0.46, 0.63]
    """
    return 1.0 - capacity / (LITHIUM_CAPACITY_PER_UM * thickness)


@in_units(
    "1",
    displacement=not_negative("um"),
    lateral_length=positive("um"),
    roughness_factor=positive(),
    area_factor=positive(),
)
def strain_demand(
    displacement: Values, lateral_length: Values, roughness_factor: Values = 1.0, area_factor: Values = 1.0
) -> Values:
    """Give the strain that one cycle asks of a coating.

    Parameters
    ----------
    displacement : of the interface, from `lithium_thickness` [um]
    lateral_length : over which the displacement varies: the period of a host, the width of a feature [um]
    roughness_factor : share of the displacement that is uneven, or more on a rough surface [1]
    area_factor : surface of a three-dimensional host over its footprint, over which the lithium spreads [1]

    References
    ----------
    docs/models.md c5.

    Examples
    --------
    >>> from kb.screening.models import lithium_thickness
    >>> round(strain_demand(lithium_thickness(1), lateral_length=20), 3)
    0.243
    """
    return roughness_factor * displacement / (lateral_length * area_factor)
