"""The unit and the domain of each argument of a model, declared once and checked at each call.

pint is not loaded here: only where a caller has loaded it can a value be a ``Quantity``.
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast

import numpy as np

from schema.errors import OutOfRange, UnitMismatch
from schema.units import fold_unit, registry

P = ParamSpec("P")
R = TypeVar("R")
# A number, an array or a pint Quantity for the caller; inside a model always a float64 array.
Values: TypeAlias = Any


@dataclass(frozen=True)
class Argument:
    """What a model takes for one of its arguments.

    Attributes
    ----------
    unit : what a bare number is in; "1" for a pure number
    least, most : the domain; NaN, the unknown, is in every domain
    strict : the ends are outside the domain
    series : the last axis counts cycles, so that it is not broadcast against the other arguments
    """

    unit: str = "1"
    least: float = -math.inf
    most: float = math.inf
    strict: bool = False
    series: bool = False

    @property
    def domain(self) -> str:
        """The domain in words.

        Examples
        --------
        >>> positive("mA/cm^2").domain, fraction().domain
        ('positive', '0 to 1')
        """
        if self.most < math.inf:
            return f"{self.least:g} to {self.most:g}" + (", ends excluded" if self.strict else "")
        if self.least == -math.inf:
            return "any"
        return "positive" if self.strict else "not negative"

    def outside(self, values: Values) -> Values:
        """Mark the values outside the domain; NaN is not."""
        if self.strict:
            return (values <= self.least) | (values >= self.most) & (self.most < math.inf)
        return (values < self.least) | (values > self.most)


def number(unit: str = "1") -> Argument:
    """Declare an argument that takes any number."""
    return Argument(unit)


def positive(unit: str = "1") -> Argument:
    """Declare an argument above zero."""
    return Argument(unit, least=0.0, strict=True)


def not_negative(unit: str = "1") -> Argument:
    """Declare an argument of zero or above."""
    return Argument(unit, least=0.0)


def fraction() -> Argument:
    """Declare a share, 0 to 1."""
    return Argument(least=0.0, most=1.0)


def between(least: float, most: float, strict: bool = False) -> Argument:
    """Declare a pure number between two ends."""
    return Argument(least=least, most=most, strict=strict)


def series(argument: Argument) -> Argument:
    """Declare an argument whose last axis counts cycles."""
    return replace(argument, series=True)


def _is_quantity(value: object) -> bool:
    pint = sys.modules.get("pint")
    return pint is not None and isinstance(value, pint.Quantity)


def _holds_quantity(value: object) -> bool:
    return isinstance(value, (list, tuple)) and any(_is_quantity(v) or _holds_quantity(v) for v in value)


def _converted(name: str, value: Any, unit: str) -> Any:
    """Give the magnitude of a Quantity in the unit; one of another registry is read by the name of its unit."""
    import pint

    own = registry()
    try:
        units = value.units if isinstance(value, own.Quantity) else own.parse_units(f"{value.units:D}")
        return own.Quantity(_array(name, value.magnitude, unit), units).to(_unit(unit)).magnitude
    except pint.PintError as error:
        message = f"{name} is in {value.units:~D}, which is no unit for it; give it in {unit}"
        raise UnitMismatch(message, unit=str(value.units), expected=unit) from error


def _unit(unit: str) -> Any:
    return registry().parse_units("dimensionless" if unit == "1" else fold_unit(unit))


def _array(name: str, value: Any, unit: str) -> Any:
    if isinstance(value, np.ma.MaskedArray):  # masked is unknown; asarray would let through what lies under the mask
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        array = np.asarray(value)
    except ValueError as error:  # rows of unequal length
        raise OutOfRange(f"{name} is no array of numbers ({error})") from error
    if array.dtype.kind not in "iuf":
        raise OutOfRange(f"{name} = {value!r} is no number; give a number, an array or a pint Quantity [{unit}]")
    return array.astype(np.float64)


def _read(name: str, value: Any, argument: Argument) -> Any:
    """Give a float64 array in the argument's unit, its domain checked."""
    if _holds_quantity(value):
        raise UnitMismatch(f"{name} is a list of Quantities; give one Quantity of an array", expected=argument.unit)
    convert = _converted if _is_quantity(value) else _array
    array = convert(name, value, argument.unit)
    outside = argument.outside(array)
    if outside.any():
        wrong = float(array[outside].flat[0])
        unit = "" if argument.unit == "1" else f" {argument.unit}"
        hint = ""
        if (argument.unit, argument.most) == ("1", 1.0) and 1.0 < wrong <= 100.0:
            hint = f"; {wrong:g} percent is {wrong / 100:g}"
        raise OutOfRange(f"{name} = {wrong:g}{unit} is outside its domain ({argument.domain}){hint}")
    if argument.series and array.ndim == 0:
        raise OutOfRange(f"{name} needs a last axis that counts cycles; give an array")
    return array


def _check_shapes(arrays: dict[str, tuple[Any, Argument]]) -> None:
    shapes = {n: a.shape[:-1] if argument.series else a.shape for n, (a, argument) in arrays.items()}
    lengths = {a.shape[-1] for a, argument in arrays.values() if argument.series}
    try:
        np.broadcast_shapes(*shapes.values())
        if len(lengths - {1}) > 1:
            raise ValueError("the series differ in length")
    except ValueError as error:
        told = ", ".join(f"{n} {a.shape}" for n, (a, _) in arrays.items() if a.ndim)
        raise OutOfRange(f"these shapes do not fit together: {told}") from error


def _finished(value: Any, unit: str | None, quantity: bool) -> Any:
    plain = value.item() if np.ndim(value) == 0 and isinstance(value, (np.ndarray, np.generic)) else value
    return registry().Quantity(plain, _unit(unit)) if quantity and unit is not None else plain


def in_units(result: str | None, **arguments: Argument) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what a model takes and gives; at each call convert, check, and finish the result.

    The model sees float64 arrays in the declared units.  A bare number is in the declared unit; a pint ``Quantity`` is
    converted.  Numbers alone give a float; an array gives a float64 array of the broadcast shape; if any argument is a
    ``Quantity``, so is the result, of the project's registry.  An argument that is not declared is passed on as it is,
    and so is None where it is the default.

    Parameters
    ----------
    result : unit of the result, or of each field where it is a tuple; None for flags, which have none
    arguments : what is taken for each argument

    Raises
    ------
    UnitMismatch
        At the call, where a Quantity has another dimension than its argument, which is named.
    OutOfRange
        At the call, where a value is no number or outside its domain, or the shapes do not fit together.

    Examples
    --------
    >>> @in_units("V", current=positive("mA/cm^2"), resistance=not_negative("ohm cm^2"))
    ... def drop(current, resistance):
    ...     return current * resistance * 1e-3
    >>> drop(2, 50), drop([1, 2], 50).tolist()
    (0.1, [0.05, 0.1])
    >>> unit = registry()
    >>> print(drop(unit.Quantity(20, "A/m^2"), 50))
    0.1 volt
    """

    def declare(model: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(model)
        unknown = arguments.keys() - signature.parameters.keys()
        if unknown:
            raise TypeError(f"{model.__name__} has no argument {', '.join(sorted(unknown))}")

        @functools.wraps(model)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            quantity = any(_is_quantity(value) for value in bound.arguments.values())
            bound.apply_defaults()
            read: dict[str, tuple[Any, Argument]] = {}
            for name, argument in arguments.items():
                value = bound.arguments[name]
                if value is None and signature.parameters[name].default is None:
                    continue
                bound.arguments[name] = _read(name, value, argument)
                read[name] = bound.arguments[name], argument
            _check_shapes(read)
            # A division by zero is an infinite life or current, and is meant.
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                values = model(*bound.args, **bound.kwargs)
            if isinstance(values, tuple) and hasattr(values, "_make"):
                return cast(R, values._make(_finished(v, result, quantity) for v in values))
            return cast(R, _finished(values, result, quantity))

        checked.arguments = arguments  # type: ignore[attr-defined]  # for docs/models.md, which a test compares
        checked.result_unit = result  # type: ignore[attr-defined]
        return checked

    return declare
