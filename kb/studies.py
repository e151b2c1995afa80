"""A study: what is ranked, by what, among what and with which seed, in one TOML file that holds its answer too."""

from __future__ import annotations

import hashlib
import math
import sqlite3
import tomllib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.comparison import ASSUMED, ENERGY, LIFE, SIMULATED, SPREADS
from kb.screening.rank import Criterion, parse_criterion
from kb.tabular import Tabular
from schema.errors import BadStudy, did_you_mean
from schema.statements import statement

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kb.comparison import Comparison
    from kb.screening.decision import Experiment, Places, Scale, Turn
    from kb.screening.panel import Block, Job, Panel

# Runs a job for each of some numbers and gives what comes of them, each with its ``number``, in any order.
Run = Callable[[Callable[[int], Any], Sequence[int]], Iterable[Any]]
EXAMPLE = 'write it like: by = ["coulombic_efficiency", "cycling_hours:max:2"]'
MOST_DRAWS = 1_000_000
EXPERIMENTS = 5
TURN_DRAWS = 200  # in which winners at other weights are looked for
PROTOCOL = ("current", "capacity", "lithium")
# Effects at which a cell with a layer is worth nothing, and all, against the one without it [ln units]: 40 % lighter in
# energy, 28 % better.  The candidates' own range would make much of a percent (judgement).
ENERGY_LIMITS = (-0.5, 0.25)


@dataclass(frozen=True)
class Study:
    """What is asked of a base.

    Attributes
    ----------
    by : criteria, as :func:`kb.screening.rank.parse_criterion` reads them
    where : a filter; "" for all
    min_confidence : hide what is less sure, 0 to 1
    across : compare across strata, with added variance
    strata : for a metric the stratum to compare in; the largest where none is given
    protocol : current, capacity and lithium of the cells whose life is simulated [mA/cm^2, mAh/cm^2, mAh/cm^2]
    protocols : in its place several, each of which is ranked for itself
    pouch : the cell whose specific energy is simulated, as far as it is not that of ``schema/pouch.toml``
    method : "desirability" or "topsis"
    limits : for a metric ``[low, high]``: the effects at which desirability is 0 and 1 [ln units]
    weight_spread : how far the weights are varied, 0 to 1
    effect_sd : standard deviation of an effect within its paper [ln units]
    top : how many places count as the top
    draws, seed : of the uncertain effects
    spread : "assumed": ``effect_sd``, and a fixed variance for what differs across strata; "estimated": from replicates
        and by regression where there are enough
    """

    by: tuple[str, ...]
    where: str = ""
    min_confidence: float = 0.0
    across: bool = False
    strata: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    protocol: Mapping[str, float] = field(default_factory=dict)
    method: str = "desirability"
    limits: Mapping[str, Sequence[float]] = field(default_factory=dict)
    weight_spread: float = 0.0
    effect_sd: float = 0.4
    top: int = 5
    draws: int = 4000
    seed: int = 0
    spread: str = ASSUMED
    protocols: tuple[Mapping[str, float], ...] = ()
    pouch: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.by:
            raise BadStudy(f"a study needs criteria; {EXAMPLE}")
        for name, low, high in (
            ("min_confidence", 0, 1), ("weight_spread", 0, 1), ("effect_sd", 1e-3, 5), ("top", 1, 10**6),
            ("draws", 1, MOST_DRAWS), ("seed", 0, 2**63 - 1),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise BadStudy(f"{name} must lie within {low:g}..{high:g}, not {getattr(self, name)!r}")
        if self.spread not in SPREADS:
            raise BadStudy(f"spread must be {' or '.join(SPREADS)}, not {self.spread!r}")
        metrics = [c.metric for c in self.criteria]
        if twice := [metric for metric in metrics if metrics.count(metric) > 1]:
            raise BadStudy(f"{twice[0]} is named twice; name it once with a weight: {twice[0]}:max:2")
        if all(metric in SIMULATED for metric in metrics):
            raise BadStudy(f"a study needs a criterion that is measured too; {EXAMPLE}")
        for protocol in (self.protocol, *self.protocols):
            for name, value in protocol.items():
                if name not in PROTOCOL or not 0 < value < math.inf:
                    told = f"it takes {', '.join(PROTOCOL)}, each a positive number"
                    raise BadStudy(f"protocol.{name} = {value!r}: {told}")
        if self.protocols and (self.protocol or LIFE not in metrics):
            raise BadStudy(f"protocols are those of {LIFE}, in place of one protocol; name it in by, or leave them out")
        if self.pouch and ENERGY not in metrics:
            raise BadStudy(f"a pouch cell is that of {ENERGY}; name it in by, or leave it out")
        if self.pouch:
            from kb.screening.pouch import settled

            settled(self.pouch)
        for metric in (*self.strata, *self.limits):
            if metric not in metrics:
                raise BadStudy(f"{metric!r} is no criterion of this study; name it in by")

    @property
    def criteria(self) -> list[Criterion]:
        """The criteria, read."""
        return [_criterion(text) for text in self.by]

    @property
    def each_protocol(self) -> list[Study]:
        """The same study, for each of its protocols."""
        return [replace(self, protocol=p, protocols=()) for p in self.protocols] or [self]

    @property
    def blocks(self) -> range:
        """Numbers of the blocks of draws; draws are made in whole blocks."""
        from kb.screening.panel import BLOCK

        return range(-(-self.draws // BLOCK))


@dataclass(frozen=True)
class Answer(Tabular):
    """What a study came to.

    Attributes
    ----------
    comparison, panel : what is known
    places : of the candidates, in the order of the comparison
    score : mean score, shape (n,)
    expected : expected effects, shape (n, m) [ln units]
    front : not dominated by more than the noise, shape (n,)
    turns, experiments : what would change the ranking
    reversals : candidates without which others would change their order (TOPSIS)
    done, planned : draws; fewer are done where it was interrupted
    base : fingerprint of the base
    others : where the study has several protocols, the answers for all but the first
    """

    study: Study
    comparison: Comparison
    panel: Panel
    places: Places
    score: Any
    expected: Any
    front: Any
    turns: list[Turn]
    experiments: list[Experiment]
    reversals: list[int]
    done: int
    planned: int
    base: str
    others: tuple[Answer, ...] = ()

    @property
    def each_protocol(self) -> tuple[Answer, ...]:
        """The answer for each protocol."""
        return self, *self.others

    @property
    def order(self) -> list[int]:
        """Indexes of the candidates, best first: by mean rank, then as they come."""
        mean = self.places.mean
        return sorted(range(len(mean)), key=lambda i: (round(float(mean[i]), 9), i))

    def records(self) -> list[dict[str, Any]]:
        """Give a row a candidate, best first; see :func:`kb.answers.study_records`."""
        from kb.answers import study_records

        return study_records(self)

    def parts(self) -> Iterator[RenderableType]:
        """Give the ranking as a table, and what it hangs on."""
        from kb.answers import study_parts

        return study_parts(self)


def _criterion(text: str) -> Criterion:
    """Read a criterion; a simulated one is written as a measured one is."""
    name, _, rest = text.partition(":")
    if name.strip() not in SIMULATED:
        return parse_criterion(text)
    direction, _, weight = rest.partition(":")
    try:
        return Criterion(name.strip(), direction.strip() or SIMULATED[name.strip()], float(weight or 1))  # type: ignore[arg-type]
    except ValueError as error:
        raise BadStudy(f"{text!r}: {error}; {EXAMPLE}") from error


def read_study(path: Path) -> tuple[Study, dict[str, Any]]:
    """Read a study file; its result comes beside it, empty where it has none.

    Raises
    ------
    BadStudy
        Where it is not there or not TOML, or has a key that is unknown or of the wrong type.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadStudy(f"{path}: {error.strerror}; kb study new {path} begins one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadStudy(f"{path}: not TOML: {error}") from error
    result = told.pop("result", {})
    return study_of(told, str(path)), result


def study_of(told: Mapping[str, Any], place: str = "study") -> Study:
    """Make a study of a table.

    Raises
    ------
    BadStudy
        Where a key is unknown or of the wrong type.

    Examples
    --------
    >>> study_of({"by": ["cycling_hours"], "seed": 3}).seed
    3
    """
    kinds: dict[str, tuple[type, ...]] = {
        "by": (list, tuple), "where": (str,), "across": (bool,), "method": (str,), "spread": (str,), "strata": (dict,),
        "limits": (dict,), "protocol": (dict,), "protocols": (list, tuple), "pouch": (dict,),
        "top": (int,), "draws": (int,), "seed": (int,),
    }  # fmt: skip
    known = [f.name for f in fields(Study)]
    for key, value in told.items():
        if key not in known:
            raise BadStudy(f"{place}: unknown key {key!r}{did_you_mean(key, known) or '; it has ' + ', '.join(known)}")
        kind = kinds.get(key, (int, float))
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kind):
            raise BadStudy(f"{place}: {key} must be {' or '.join(k.__name__ for k in kind)}, not {value!r}")
    for name, pair in told.get("limits", {}).items():
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(x, int | float) for x in pair)):
            raise BadStudy(f"{place}: limits.{name} must be [low, high] in ln units, not {pair!r}")
    protocols = told.get("protocols", ())
    for protocol in (told.get("protocol", {}), *protocols):
        if not isinstance(protocol, dict):
            raise BadStudy(f"{place}: write each of several protocols below a line [[protocols]], not {protocol!r}")
        for name, value in protocol.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadStudy(f"{place}: protocol.{name} must be a number, not {value!r}")
    for name, table in told.get("strata", {}).items():
        if not (isinstance(table, dict) and all(isinstance(value, str) for value in table.values())):
            raise BadStudy(f"{place}: strata.{name} must be a table of texts")
    if not all(isinstance(text, str) for text in told.get("by", ())):
        raise BadStudy(f"{place}: by must be a list of texts; {EXAMPLE}")
    return Study(**{**told, "by": tuple(told.get("by", ())), "protocols": tuple(protocols)})


def write_study(path: Path, study: Study, result: Mapping[str, Any] | None = None) -> None:
    """Write a study file, with its result where there is one; what stood there is lost only when it is whole."""
    import tomli_w

    told = {key: value for key, value in asdict(study).items() if value not in ({}, ())}
    told["by"] = list(study.by)
    if study.protocols:
        told["protocols"] = [dict(protocol) for protocol in study.protocols]
    text = "# A study of the knowledge base: kb rank --study FILE runs it.  Effects are natural logarithms of ratios.\n"
    text += tomli_w.dumps({**told, **({"result": result} if result else {})})
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def fingerprint(db: sqlite3.Connection) -> str:
    """Digest what a base says, so that a study knows whether it was asked of the same.

    Returns
    -------
    str : 16 hexadecimal digits; the same for a base made anew from the same documents
    """
    digest = hashlib.sha256()
    for row in db.execute(statement("base_fingerprint")):
        digest.update("\t".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()[:16]


def run_here(job: Callable[[int], Any], numbers: Sequence[int]) -> Iterable[Any]:
    """Run the blocks one after the other, in this process."""
    return map(job, numbers)


def run_study(db: sqlite3.Connection, study: Study, only: set[int] | None = None, run: Run = run_here) -> Answer:
    """Ask a study of a base.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    study : what is asked
    only : ids of the measurements that its filter finds; all where None
    run : runs chunks of simulated lives and blocks of draws (:mod:`kb.shares`); where Ctrl-C ends it, the blocks it
        gave until then are the answer

    Returns
    -------
    Answer
        For the first protocol; with those for the others.

    Raises
    ------
    BadStudy
        Where nothing is to be compared.
    BadCriterion, UnknownMetric, OutOfRange, UnknownParameter
        Where a criterion, a limit or the method cannot be used.
    """
    from kb.screening.panel import Job, Jobs

    asked, comparisons = study.each_protocol, compared(db, study, only, run)
    panels = [panel_of(each) for each in comparisons]
    if not panels[0].known.any():
        raise BadStudy("nothing to compare: no candidate has a value with something to hold it against")
    jobs = Jobs(tuple(Job(panel, scale_of(study, panel), study.seed, study.weight_spread) for panel in panels))
    blocks: list[Block] = []
    try:
        for block in run(jobs, jobs.numbers(study.blocks)):
            blocks.append(block)
    except KeyboardInterrupt:
        if not all(jobs.parted(blocks)):
            raise
    base = fingerprint(db)
    first, *others = (
        _answer(one, each, job, own, base)
        for one, each, job, own in zip(asked, comparisons, jobs.jobs, jobs.parted(blocks), strict=True)
    )
    return replace(first, others=tuple(others))


def _answer(study: Study, comparison: Comparison, job: Job, blocks: list[Block], base: str) -> Answer:
    """Put the blocks of one protocol together, and say what would change the ranking."""
    from kb.screening.decision import experiments, noisy_front, reversals, turns
    from kb.screening.panel import joined

    effects, found = joined(blocks)
    expected = effects.mean(axis=0)
    first = int(found.mean.argmin())
    metrics, telling = [c.metric for c in study.criteria], experiments(effects, found, study.effect_sd)
    return Answer(
        study, comparison, job.panel, found,
        job.scale.score(effects).mean(axis=0), expected, noisy_front(effects),
        [t for t in turns(effects[:: max(len(effects) // TURN_DRAWS, 1)], job.scale) if t.winner != first],
        [e for e in telling if metrics[e.criterion] not in SIMULATED][:EXPERIMENTS],
        reversals(expected, job.scale) if study.method == "topsis" else [],
        len(effects), len(study.blocks) * len(effects) // len(blocks), base,
    )  # fmt: skip


def compared(
    db: sqlite3.Connection, study: Study, only: Container[int] | None = None, run: Run = run_here
) -> list[Comparison]:
    """Read what a study compares, one comparison for each of its protocols; as :func:`run_study` does."""
    from kb.comparison import compare

    criteria = study.criteria
    measured = [c for c in criteria if c.metric not in SIMULATED]
    comparison = compare(
        db, measured, only, study.min_confidence, study.across, study.strata, study.effect_sd, study.spread
    )
    if len(measured) == len(criteria):
        return [comparison]
    from kb.simulated import with_simulated

    protocols = [one.protocol for one in study.each_protocol]
    return with_simulated(db, comparison, criteria, protocols, study.pouch, study.seed, run)


def panel_of(comparison: Comparison) -> Panel:
    """Lay a comparison out in arrays."""
    import numpy as np

    from kb.screening.panel import Panel

    def array(name: str) -> Any:
        shape = (len(comparison.candidates), len(comparison.criteria))
        return np.array([[getattr(e, name) for e in row] for row in comparison.effects], float).reshape(shape)

    return Panel(array("low"), array("high"), array("sd"), comparison.classes)


def scale_of(study: Study, panel: Panel) -> Scale:
    """Say how draws of a study become one score."""
    from kb.screening.decision import Scale

    own: Mapping[str, tuple[float | None, float | None]] = {ENERGY: ENERGY_LIMITS}
    limits = [study.limits.get(c.metric, own.get(c.metric, (None, None))) for c in study.criteria]
    # The limits are those of the first block, which is the same however many there are and wherever they run.
    return Scale.of(
        panel.draws(study.seed, 0), [c.weight for c in study.criteria], study.method,
        [low for low, _ in limits], [high for _, high in limits],
    )  # fmt: skip
