"""The controlled vocabulary: metrics, materials, cells, processes, strategies, mechanisms, read from TOML.

A user's own files in the folder named by ``KB_VOCABULARY`` add to the packaged ones (same names, same shape).
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from schema.errors import BadVocabulary, UnknownMetric

FILES = ("metrics", "materials", "cells", "electrolytes", "processes", "strategies", "mechanisms")
PACKAGED = Path(__file__).parent
BETTER = ("higher", "lower", "none")


@dataclass(frozen=True)
class Metric:
    """One controlled metric.

    Attributes
    ----------
    unit : unit of every stored value
    better : "higher", "lower" or "none"
    plausible : (low, high) in ``unit``; outside is flagged, not dropped
    unlike : phrases that hold a name of the metric and mean something else ("*" ends any word, "..." skips a few)
    of_material : True for what a material or a layer has by itself, outside of a cell that is cycled
    without : conditions that cannot be stated of it, such as the temperature of an activation energy
    magnitude : True where the sign is a convention and values are stored without it
    meaning : what it is, in words; "" where a user's entry does not say
    """

    name: str
    unit: str
    symbol: str
    better: str
    plausible: tuple[float, float]
    source: str
    synonyms: tuple[str, ...]
    unlike: tuple[str, ...] = ()
    of_material: bool = False
    without: tuple[str, ...] = ()
    magnitude: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Material:
    """One material of the lexicon: short name, class, formula where it has one, other names."""

    name: str
    material_class: str
    formula: str | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One entry of the smaller lists (cells, electrolyte classes, processes, strategies, mechanisms)."""

    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All of it, immutable.

    Attributes
    ----------
    fingerprint : changes whenever any entry does
    added : metrics that only the user's folder knows
    """

    metrics: Mapping[str, Metric]
    materials: Mapping[str, Material]
    cells: Mapping[str, Term]
    electrolytes: Mapping[str, Term]
    processes: Mapping[str, Term]
    strategies: Mapping[str, Term]
    mechanisms: Mapping[str, Term]
    fingerprint: str
    added: frozenset[str]

    def metric(self, name: str) -> Metric:
        """Look a metric up by its controlled name.

        Raises
        ------
        UnknownMetric
            With the nearest known names.
        """
        try:
            return self.metrics[name]
        except KeyError:
            raise UnknownMetric(name, self.metrics) from None


def read_table(name: str, folder: Path) -> dict[str, Any]:
    """Read ``NAME.toml`` of a folder; nothing where it has none.

    Raises
    ------
    BadVocabulary
        Where it is no TOML.
    """
    path = folder / f"{name}.toml"
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadVocabulary(f"{path}: not readable as TOML ({error}); mend the file or unset KB_VOCABULARY") from error


def overlaid(base: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Lay a user's tables over the packaged ones: lists of names are joined, tables merged, the rest replaced."""
    out = dict(base)
    for key, new in extra.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            out[key] = overlaid(old, new)
        elif isinstance(old, list) and isinstance(new, list) and key != "plausible":
            out[key] = [*old, *(x for x in new if x not in old)]
        else:
            out[key] = new
    return out


def _names(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
        raise BadVocabulary(f'{place} is {value!r}; give a list of names, such as ["first", "second"]')
    return tuple(value)


def _metric(name: str, table: Any) -> Metric:
    try:
        low, high = table["plausible"]
        metric = Metric(
            name=name,
            unit=str(table["unit"]),
            symbol=str(table["symbol"]),
            better=str(table["better"]),
            plausible=(float(low), float(high)),
            source=str(table.get("source", "judgement")),
            synonyms=_names(table["synonyms"], f"metrics.toml: [{name}] synonyms"),
            unlike=_names(table.get("unlike", []), f"metrics.toml: [{name}] unlike"),
            of_material=bool(table.get("of_material", False)),
            without=_names(table.get("without", []), f"metrics.toml: [{name}] without"),
            magnitude=bool(table.get("magnitude", False)),
            meaning=str(table.get("meaning", "")),
        )
    except BadVocabulary:
        raise
    except (KeyError, TypeError, ValueError) as error:
        wanted = "unit, symbol, better, plausible = [low, high], synonyms = [...]"
        raise BadVocabulary(f"metrics.toml: [{name}] is incomplete ({error!r}); it needs {wanted}") from error
    if metric.better not in BETTER:
        raise BadVocabulary(f"metrics.toml: [{name}] better = {metric.better!r}; use one of {', '.join(BETTER)}")
    return metric


def _materials(tables: dict[str, Any]) -> dict[str, Material]:
    out = {}
    for material_class, entries in tables.items():
        if not isinstance(entries, dict):
            raise BadVocabulary(f"materials.toml: {material_class} is no table; put materials under [{material_class}]")
        for name, entry in entries.items():
            told = entry if isinstance(entry, dict) else {"names": entry}
            names = _names(told.get("names", []), f"materials.toml: {name}")
            out[name] = Material(name, material_class, told.get("formula"), names)
    return out


def users_folder() -> Path | None:
    """Give the folder named by ``KB_VOCABULARY``; None where it names none.

    Raises
    ------
    BadVocabulary
        Where it is no folder.
    """
    folder = os.environ.get("KB_VOCABULARY", "")
    if folder and not Path(folder).is_dir():
        raise BadVocabulary(f"KB_VOCABULARY names {folder!r}, which is not a folder; create it or unset it")
    return Path(folder) if folder else None


@lru_cache(maxsize=8)
def _load(folder: Path | None) -> Vocabulary:
    raw = {name: read_table(name, PACKAGED) for name in FILES}
    packaged = raw["metrics"].keys()
    if folder is not None:
        raw = {name: overlaid(raw[name], read_table(name, folder)) for name in FILES}
    terms = {n: {k: Term(k, _names(v, f"{n}.toml: {k}")) for k, v in raw[n].items()} for n in FILES[2:]}
    return Vocabulary(
        metrics={k: _metric(k, v) for k, v in raw["metrics"].items()},
        materials=_materials(raw["materials"]),
        fingerprint=hashlib.sha256(repr(sorted(raw.items())).encode()).hexdigest()[:12],
        added=frozenset(raw["metrics"].keys() - packaged),
        **terms,
    )


def vocabulary() -> Vocabulary:
    """Give the vocabulary in force: the packaged one, and that of ``KB_VOCABULARY`` over it.

    Examples
    --------
    >>> vocabulary().metric("coulombic_efficiency").unit
    'percent'
    """
    return _load(users_folder())
