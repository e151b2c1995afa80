"""What is assumed of a protected electrode: the distributions of ``schema/priors.toml``."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.errors import BadVocabulary, OutOfRange, UnknownParameter, did_you_mean
from schema.vocabulary import PACKAGED, overlaid, read_table, users_folder

Floats = NDArray[np.float64]

# Distribution -> its two numbers; "lognormal" is normal in the logarithm, "loguniform" uniform in it.
SHAPES: Mapping[str, tuple[str, ...]] = {
    "lognormal": ("median", "log_sd"), "normal": ("mean", "sd"), "beta": ("a", "b"), "loguniform": ("low", "high"),
    "fixed": ("value",),
}  # fmt: skip
LEVELS = ("electrolyte", "candidate")


@dataclass(frozen=True)
class Distribution:
    """A distribution of one number, cut at its domain.

    Attributes
    ----------
    shape : one of `SHAPES`
    first, second : its numbers, in the order of `SHAPES`; ``second`` means nothing where it is fixed
    least, most : what lies outside is cut away
    """

    shape: str
    first: float
    second: float = 0.0
    least: float = -math.inf
    most: float = math.inf

    @property
    def is_fixed(self) -> bool:
        return self.shape == "fixed"

    def at(self, share: Floats | float) -> Floats:
        """Give the values that a share of the distribution lies below.

        Parameters
        ----------
        share : float64 array of any shape, 0 to 1

        Examples
        --------
        >>> Distribution("lognormal", 2.0, 0.5).at([0.05, 0.5, 0.95]).round(3).tolist()
        [0.879, 2.0, 4.552]
        >>> Distribution("lognormal", 2.0, 0.5, least=4.0).at([0.0, 0.5]).round(3).tolist()
        [4.0, 4.761]
        >>> Distribution("beta", 2, 2).at(0.5).round(3).item()
        0.5
        """
        share = np.asarray(share, np.float64)
        if self.is_fixed:
            return np.full(share.shape, self.first)
        return np.clip(self._within(share), self.least, self.most)

    def _within(self, share: Floats) -> Floats:
        from scipy.special import betainc, betaincinv

        if self.shape == "lognormal":
            low, high = (_log(end / self.first) / self.second for end in (max(self.least, 0.0), self.most))
            return self.first * np.exp(self.second * _cut_normal(share, low, high))
        if self.shape == "normal":
            low, high = ((end - self.first) / self.second for end in (self.least, self.most))
            return self.first + self.second * _cut_normal(share, low, high)
        if self.shape == "loguniform":
            low, high = max(self.first, self.least), min(self.second, self.most)
            return low * (high / low) ** share
        low, high = (betainc(self.first, self.second, min(max(end, 0.0), 1.0)) for end in (self.least, self.most))
        return np.asarray(betaincinv(self.first, self.second, low + share * (high - low)))

    @property
    def median(self) -> float:
        """The value that half of it lies below.

        Examples
        --------
        >>> Distribution("loguniform", 0.01, 1.0).median
        0.1
        """
        return float(self.at(0.5))

    def within(self, least: float = -math.inf, most: float = math.inf) -> Distribution:
        """Cut it at bounds that a paper gives ("over", "at most")."""
        return replace(self, least=max(self.least, least), most=min(self.most, most))

    @property
    def words(self) -> str:
        """Give it as docs/simulation.md writes it.

        Examples
        --------
        >>> Distribution("lognormal", 2.0, 0.5).words
        'lognormal, median 2, log-sd 0.5'
        """
        numbers = zip(SHAPES[self.shape], (self.first, self.second), strict=False)
        return f"{self.shape}, " + ", ".join(f"{name.replace('_', '-')} {value:g}" for name, value in numbers)


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0.0 else -math.inf


def _cut_normal(share: Floats, low: float, high: float) -> Floats:
    """Give the quantiles of the standard normal between two ends; in logarithms, for a bound may be far in a tail."""
    from scipy.special import log_ndtr, ndtri_exp

    if low > 0.0:
        return -_cut_normal(1.0 - share, -high, -low)
    with np.errstate(divide="ignore"):  # the ends of the unit interval
        below = np.logaddexp(log_ndtr(low) + np.log1p(-share), log_ndtr(high) + np.log(share))
    return np.asarray(np.clip(ndtri_exp(below), low, high))


@dataclass(frozen=True)
class Input:
    """One uncertain input of the simulator, as ``priors.toml`` has it.

    Attributes
    ----------
    level : "electrolyte" (shared by the candidates of a class) or "candidate"
    prior : None where it is an input only where it is reported
    status : "prior" (its source supports it), "judgement"; "" without a prior
    by : "electrolyte" or "coating": the kind of class that ``classes`` are of; "" where there are none
    classes : class -> its prior and source
    metrics : metrics of a base that report it; ``control``: of the control of the same work
    spread : log-sd of a value that a paper states plainly
    """

    name: str
    meaning: str
    unit: str
    level: str
    least: float
    most: float
    prior: Distribution | None = None
    status: str = ""
    source: str = ""
    by: str = ""
    classes: Mapping[str, tuple[Distribution, str]] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    control: bool = False
    spread: float = 0.0

    def prior_for(self, classes: Mapping[str, str]) -> Distribution:
        """Give the prior for what is known of the classes, such as ``{"electrolyte": "ether"}``.

        Raises
        ------
        OutOfRange
            Where it has none, because it is an input only where it is reported.
        """
        found = self.classes.get(classes.get(self.by, ""), (self.prior, ""))[0]
        if found is None:
            raise OutOfRange(f"{self.name} has no prior: it counts only where it is reported")
        return found


@dataclass(frozen=True)
class Setting:
    """One number of the protocol; ``assumed``: on what ground it is, where not given; "" where that needs no word."""

    name: str
    meaning: str
    unit: str
    value: float
    least: float = 0.0
    most: float = math.inf
    positive: bool = False
    assumed: str = ""


@dataclass(frozen=True)
class Derived:
    """A number computed from the inputs, which can be set in place of that."""

    name: str
    meaning: str
    unit: str
    least: float
    most: float


@dataclass(frozen=True)
class Priors:
    """All of ``priors.toml``; ``fingerprint`` changes whenever any entry does."""

    inputs: Mapping[str, Input]
    derived: Mapping[str, Derived]
    protocol: Mapping[str, Setting]
    carried_log_sd: float
    fingerprint: str

    def known(self, name: str) -> Input | Derived | Setting:
        """Give what can be set or varied under a name.

        Raises
        ------
        UnknownParameter
            With the nearest known names.
        """
        for group in (self.inputs, self.derived, self.protocol):
            if name in group:
                return group[name]
        raise unknown(name, [*self.inputs, *self.derived, *self.protocol])


def unknown(name: str, known: Iterable[str]) -> UnknownParameter:
    """Make the error for a parameter that there is none of."""
    return UnknownParameter(
        f"unknown parameter {name!r}{did_you_mean(name, known) or '; docs/simulation.md lists them'}"
    )


def priors() -> Priors:
    """Give the priors in force: ``schema/priors.toml``, and that of ``KB_VOCABULARY`` over it.

    Examples
    --------
    >>> priors().inputs["dead_bare"].prior_for({"electrolyte": "carbonate"}).words
    'lognormal, median 0.03, log-sd 0.7'
    """
    return read_priors(users_folder())


@lru_cache(maxsize=8)
def read_priors(folder: Path | None = None) -> Priors:
    """Read the packaged priors, and those of a folder over them; they change entries, and add none but classes.

    Who gives an input another distribution gives all of it: the numbers of the old one, and its classes, go with it.

    Raises
    ------
    BadVocabulary
        Where they cannot be read; the message names the entry.
    """
    tables = read_table("priors", PACKAGED)
    own = read_table("priors", folder) if folder is not None else {}
    entry = "file"
    try:
        for group in own:
            for name in own[group]:
                if name not in tables.get(group, {}):
                    raise ValueError(f"there is no [{group}.{name}]{did_you_mean(name, tables.get(group, {}))}")
        for name, table in own.get("inputs", {}).items():
            entry, old = name, tables["inputs"][name]
            shape = old.get("distribution")
            if table.get("distribution", shape) != shape:
                gone = SHAPES.get(shape, ())
                tables["inputs"][name] = {k: v for k, v in old.items() if k not in gone and not isinstance(v, dict)}
        tables = overlaid(tables, own)
        inputs, derived, protocol = {}, {}, {}
        for name, table in tables["inputs"].items():
            entry = name
            inputs[name] = _input(name, dict(table))
        for name, table in tables["derived"].items():
            entry = name
            derived[name] = Derived(name, **table)
        for name, table in tables["protocol"].items():
            entry = name
            protocol[name] = Setting(name, **table)
        fingerprint = hashlib.sha256(repr(sorted(tables.items())).encode()).hexdigest()[:12]
        return Priors(inputs, derived, protocol, float(tables["carried"]["log_sd"]), fingerprint)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        where = folder / "priors.toml" if folder is not None and own else "priors.toml"
        raise BadVocabulary(
            f"{where}: {entry} cannot be read ({error!r}); the header of schema/priors.toml says how one is written"
        ) from error


def _input(name: str, table: dict[str, Any]) -> Input:
    level, by = table.pop("level"), table.get("by", "")
    if level not in LEVELS:
        raise ValueError(f"level {level!r} is none of {', '.join(LEVELS)}")
    ends = table["least"], table["most"]
    shape = table.pop("distribution", None)
    classes = {key: table.pop(key) for key in [k for k, v in table.items() if isinstance(v, dict)]}
    numbers = {key: table.pop(key) for key in SHAPES.get(shape, ())}
    prior = None if shape is None else Distribution(shape, *numbers.values(), **_ends(shape, *ends))
    if prior is not None and not (table.get("status") in ("prior", "judgement") and table.get("source")):
        raise ValueError("a prior needs a source, and a status: prior or judgement")
    told = {}
    for key, own in classes.items():
        values = [own.get(number, numbers[number]) for number in SHAPES[shape]]
        told[key] = (Distribution(shape, *values, **_ends(shape, *ends)), str(own["source"]))
    table["metrics"] = tuple(table.get("metrics", ()))
    table.pop("by", None)
    return Input(name=name, level=level, prior=prior, by=by, classes=told, **table)


def _ends(shape: str, least: float, most: float) -> dict[str, float]:
    return {} if shape == "fixed" else {"least": least, "most": most}
