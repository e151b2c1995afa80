"""What can be asked of a base, whoever has it open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.fields import LISTS
from kb.supplements import main_text_of_doi
from kb.tabular import Rows
from schema.statements import statement

if TYPE_CHECKING:
    import networkx as nx

    from kb.answers import Found, Passages, Ranking
    from kb.browsing import Browsing
    from kb.levels import Level
    from kb.plots.kinds import Plotted
    from kb.review import Review
    from kb.screening.outcome import Run
    from kb.screening.rank import Criterion
    from kb.simulation import Simulation
    from kb.sql import Result, Table
    from kb.studies import Answer, Study
    from kb.studies import Run as Blocks
    from kb.trials import Trial
    from kb.walk import Walk
    from kb.weighing import Weighing

_OF_DOCUMENT = ("path", "format", "sha256", "extractor_version", "supplement_of")


class Questions:
    """A base that is open for reading: no method changes it.

    Parameters
    ----------
    reader : from :func:`kb.connection.open_base`
    """

    def __init__(self, reader: sqlite3.Connection) -> None:
        self._reader = reader

    def find(
        self,
        filter_text: str = "",
        sort: Iterable[str] = (),
        limit: int | None = None,
        offset: int = 0,
        min_confidence: float = 0.0,
        level: str = "measurement",
    ) -> Found:
        """Give the measurements that a filter finds ("" finds all): rows of ``measurement_view`` as dicts.

        Lists (components, mechanisms, flags, ...) come as lists, ``is_control`` as a bool.

        Parameters
        ----------
        level : "experiment", "candidate" (a system within a paper) or "paper" gives those that have some of the
            measurements, with how many and which; the columns are in ``kb/levels.py``
        filter_text : see ``schema/filter.lark``; such as ``coulombic_efficiency >= 98 AND NOT is_control``
        sort : columns, ``-column`` for the largest first; unknown values last, ties by id
        min_confidence : hide what is less sure, 0 to 1; it stays in the base

        Raises
        ------
        FilterSyntaxError, UnknownMetric, UnknownName, UnitMismatch
            Where the filter, or a column to sort by, cannot be read.
        """
        from kb.answers import Found
        from kb.query import find

        wanted = _level(level)
        rows = find(self._reader, filter_text, sort, limit, offset, min_confidence, wanted)
        return Found((_read(row, wanted.lists if wanted else LISTS) for row in rows), wanted)

    def explain(self, filter_text: str) -> tuple[str, ...]:
        """Say how a filter was read, where that may surprise."""
        from kb.query import compile_filter

        return compile_filter(filter_text).notes if filter_text else ()

    def count(self, filter_text: str = "", min_confidence: float = 0.0, level: str = "measurement") -> int:
        """Count the measurements (or what else ``level`` says) that a filter finds, as :meth:`find` does."""
        from kb.query import count

        return count(self._reader, filter_text, min_confidence, _level(level))

    def search(self, words: str, limit: int | None = None, offset: int = 0, removed: bool = False) -> Passages:
        """Find passages by their words, the best first; see :func:`kb.search.search`."""
        from kb.answers import Passages
        from kb.search import search

        return Passages(search(self._reader, words, limit, offset, removed))

    def search_count(self, words: str, removed: bool = False) -> int:
        """Count the passages that :meth:`search` finds; those of removed papers alone where asked for these."""
        from kb.search import search_count

        return search_count(self._reader, words, removed)

    def unsure(self, min_confidence: float, metrics: Iterable[str] | None = None) -> int:
        """Count the measurements below a confidence; those of some metrics where they are given."""
        wanted = None if metrics is None else json.dumps(list(metrics))
        counted = self._reader.execute(statement("unsure_count"), {"least": min_confidence, "metrics": wanted})
        return int(counted.fetchone()[0])

    def show(self, id: int) -> dict[str, Any]:
        """Give all that stands beside one measurement; an empty dict where there is none of that id.

        Beside the columns of ``measurement_view``:

        - ``shown``: the characters of the original at the evidence's offsets
        - ``before``: the original from the beginning of the passage up to there
        - ``passage``: the clean text it stands in
        - ``document``: path, format, sha256, extractor_version, supplement_of (path of the main text, or None)
        - ``cited``: the entry of the reference list that is credited; "" where there is none
        - ``repairs``: glyph repairs of the passage, as start, end, before, after, rule
        - ``audits``: what the audits find of it (:meth:`kb.audit.Finding.record`), the gravest first
        - ``formats``: what other files of the paper say (:func:`kb.formats.other_formats`)
        - ``decisions``: those of people that are in force on it (:func:`kb.curation.history.told`)
        """
        from kb.audit.keeping import findings_of
        from kb.curation.log import Curation
        from kb.formats import other_formats

        row = self._reader.execute(statement("measurement"), {"id": id}).fetchone()
        if row is None:
            return {}
        place = self._reader.execute(statement("place_of_measurement"), {"id": id}).fetchone()
        decisions = [] if row["status"] == "mined" else Curation(self._reader).history(id)
        repairs = self._reader.execute(statement("repairs_of_passage"), {"id": row["passage_id"]})
        return {
            **_read(dict(row)),
            **{name: place[name] for name in ("shown", "before", "passage", "cited")},
            "document": {name: place[name] for name in _OF_DOCUMENT},
            "repairs": [dict(r) for r in repairs],
            "audits": [finding.record() for finding in findings_of(self._reader, id)],
            "formats": other_formats(self._reader, row),
            "decisions": [d for d in decisions if d["in_force"]],
        }

    def places(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Give the rows of some measurements, as :meth:`find` gives them, by id; ids that do not exist are left out."""
        rows = self._reader.execute(statement("measurements_of_ids"), {"ids": json.dumps(list(ids))})
        return {row["id"]: _read(dict(row)) for row in rows}

    def rank(
        self,
        criteria: Sequence[str | Criterion],
        top: int | None = None,
        where: str | None = None,
        relative: bool = False,
        min_confidence: float = 0.0,
    ) -> Ranking:
        """Rank the samples of all papers by several criteria, best first.

        Parameters
        ----------
        criteria : such as ``"coulombic_efficiency:max"`` or ``"overpotential:min:2"`` (with a weight)
        top : give this many; all where None
        where : a filter; only the measurements it finds count, with whatever controls they have
        relative : compare effects against each paper's own control instead of values
        min_confidence : hide what is less sure, 0 to 1, controls too; it stays in the base

        Raises
        ------
        BadCriterion, UnknownMetric
            Where a criterion cannot be read, or there is none.
        FilterSyntaxError, UnknownName, UnitMismatch
            Where the filter cannot be read.
        """
        from kb.answers import Ranking
        from kb.candidates import read_candidates
        from kb.screening.rank import parse_criterion, rank

        parsed = [parse_criterion(c) if isinstance(c, str) else c for c in criteria]
        only = None if not where else {row["id"] for row in self.find(where)}
        ranked = rank(read_candidates(self._reader, parsed, only, min_confidence), parsed, relative)[:top]
        return Ranking(ranked, [c.metric for c in parsed], self.places)

    def study(self, asked: Study, run: Blocks | None = None) -> Answer:
        """Rank with uncertainty: within strata, by effects against controls, in draws of what is not known.

        Parameters
        ----------
        asked : from :func:`kb.studies.read_study`, or made here
        run : runs the blocks of draws (``kb.shares``); in this process where None

        Raises
        ------
        BadStudy, BadCriterion, UnknownMetric
            Where nothing is to be compared, or a criterion cannot be used.
        FilterSyntaxError, UnknownName, UnitMismatch
            Where the filter cannot be read.
        """
        from kb.studies import run_here, run_study

        only = None if not asked.where else {row["id"] for row in self.find(asked.where)}
        return run_study(self._reader, asked, only, run or run_here)

    def weighing(self, asked: Study) -> Weighing:
        """Draw what a study compares, so that its weights can be moved (:mod:`kb.weighing`).

        Raises
        ------
        BadStudy, BadCriterion, UnknownMetric, FilterSyntaxError, UnknownName, UnitMismatch
            As :meth:`study` does; also where it is more than can be compared at once.
        """
        from kb.weighing import weighing

        only = None if not asked.where else {row["id"] for row in self.find(asked.where)}
        return weighing(self._reader, asked, only)

    def simulate(
        self,
        name: str | None = None,
        paper: str | None = None,
        protocol: Mapping[str, float | str] | None = None,
        settings: Mapping[str, float | str] | None = None,
        vary: Mapping[str, str | Sequence[float]] | None = None,
        run: Run | None = None,
        from_priors: bool = False,
    ) -> Simulation:
        """Cycle a coating until it fails, as often as there are draws of what is not known of it.

        Parameters
        ----------
        name : a sample of the base ("PMMA/PVDF on Cu"); None for a what-if from the priors and ``settings`` alone
        paper : DOI, file name or part of the title, where several have such a sample
        protocol : such as ``{"current": 1.0, "capacity": 1.0, "lithium": "4 mAh/cm^2"}``; bare in battery units
        settings : parameters in place of what is reported, such as ``{"thickness": "1um"}``
        vary : parameters to go through, such as ``{"thickness": "0.1..10um:log:25", "current": [0.5, 1, 2]}``
        run : draws, cycles, seed, noise and cell (``kb.screening.outcome.Run``)
        from_priors : leave out a calibration of the base that beat the baselines

        Raises
        ------
        UnknownCandidate, AmbiguousCandidate
            Where no sample has the name, or several have.
        UnknownParameter, UnitMismatch, OutOfRange
            Where something that is set cannot be read, or is outside its domain.
        """
        from kb.simulation import simulate_candidate

        return simulate_candidate(self._reader, name, paper, protocol, settings, vary, run, from_priors)

    def trial(self, name: str | None = None, paper: str | None = None) -> Trial:
        """Begin to try out a coating, or none: what is known of it, to be simulated again and again (:mod:`kb.trials`).

        Raises
        ------
        UnknownCandidate, AmbiguousCandidate
            As :meth:`simulate` does.
        """
        from kb.trials import begun

        return begun(self._reader, name, paper)

    def sql(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> Table:
        """Run one reading SQL statement.

        Parameters
        ----------
        text : with parameters as ``:name``; ``@name`` is a named query (``kb queries``) with its defaults
        limit : rows at most; None for all
        seconds : time at most; the rows that came until then are given; None for no limit

        Raises
        ------
        ReadOnly
            Where it would write.
        BadSQL
            Where SQLite does not take it.
        """
        from kb.sql import named_or_plain, run

        text, defaults = named_or_plain(text)
        return run(self._reader, text, {**defaults, **(parameters or {})}, limit, seconds)

    def result(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Begin a reading SQL statement whose rows are read as they are wanted; see :class:`kb.sql.Result`."""
        from kb.sql import Result

        return Result(self._reader, text, parameters)

    def export(self, min_confidence: float = 0.0) -> Iterator[dict[str, Any]]:
        """Give every measurement as a record (``schema.records.to_export``), document by document.

        Parameters
        ----------
        min_confidence : hide what is less sure, 0 to 1; it stays in the base
        """
        from kb.export import export_records

        return export_records(self._reader, min_confidence)

    def main_text(self, doi: str) -> str:
        """Give the path of the main text of a paper, relative to the folder of the base.

        Raises
        ------
        BadDOI, UnknownPaper
            Where the text is no DOI, or that of no paper in the base.
        """
        return main_text_of_doi(self._reader, doi)

    def plot(self, kind: str, output: str | Path, **options: Any) -> Plotted:
        """Draw a figure, with a table of its points beside it; see :func:`kb.plots.kinds.plot`.

        Parameters
        ----------
        kind : "metric", "lifetime", "forest", "pareto", "thickness", "coverage", "calibration" or "graph"
        output : file to write; its ending says the format (.png, .svg, .pdf)
        options : as those of ``kb plot``: metric, against, by, study, sample, gold, where, min_confidence, columns
        """
        from kb.plots.kinds import plot

        return plot(self, self._reader, kind, output, **options)

    @cached_property
    def browsing(self) -> Browsing:
        """What the screens of ``kb browse`` ask, and other programs may."""
        from kb.browsing import Browsing

        return Browsing(self._reader)

    @cached_property
    def walk(self) -> Walk:
        """Steps through the graph, each of them one small question."""
        from kb.walk import Walk

        return Walk(self._reader)

    @cached_property
    def review(self) -> Review:
        """What people go through when they decide: findings as a queue, the log, removed papers."""
        from kb.review import Review

        return Review(self._reader)

    # As a graph ------------------------------------------------------------------------------------------------------

    def graph(self, filter_text: str = "", merged: bool = True) -> nx.MultiDiGraph:
        """Give the base as a networkx graph: whole, or what a filter finds and what belongs with it.

        Parameters
        ----------
        merged : join what :meth:`resolve` found to be one thing
        """
        from kb.graph import read_graph

        found = [row["id"] for row in self.find(filter_text)] if filter_text else None
        return read_graph(self._reader, found, merged)

    def never_met(self, mechanism: str | None = None) -> Rows[dict[str, Any]]:
        """Give coatings that share a mechanism and were never in one test; see :func:`kb.analyses.never_met`."""
        from kb.analyses import never_met

        return Rows(never_met(self._reader, mechanism))

    def replication(self, metric: str | None = None) -> Rows[dict[str, Any]]:
        """Give the independent groups behind each chemistry; see :func:`kb.analyses.replication`."""
        from kb.analyses import replication

        return Rows(replication(self._reader, metric))

    def claims(self) -> Rows[dict[str, Any]]:
        """Compare second-hand results with their primaries; see :func:`kb.analyses.claims`."""
        from kb.analyses import claims

        return Rows(claims(self._reader))

    def neighbours(self, system: str) -> Rows[dict[str, Any]]:
        """Give what shares something with a system; see :func:`kb.analyses.neighbours`."""
        from kb.analyses import neighbours

        return Rows(neighbours(self._reader, system))

    def paths(self, material: str, failure: str, limit: int = 10) -> list[list[dict[str, Any]]]:
        """Give the ways from a material to a failure mode; see :func:`kb.analyses.paths`."""
        from kb.analyses import paths

        return paths(self._reader, material, failure, limit)

    def merges(self) -> Rows[dict[str, Any]]:
        """Give all merges with their evidence, those that were undone too."""
        from kb.resolution import merges

        return Rows(merges(self._reader))


def _level(name: str) -> Level | None:
    from kb.levels import MEASUREMENT, level

    return None if name.removesuffix("s") == MEASUREMENT else level(name)


def _read(row: Mapping[str, Any], lists: Iterable[str] = LISTS) -> dict[str, Any]:
    """Read the JSON of a row, and its 0 or 1."""
    read = {**row, **{name: json.loads(row[name]) for name in lists}}
    if read.get("mined"):
        read["mined"] = json.loads(read["mined"])
    return {**read, "is_control": bool(row["is_control"])} if "is_control" in row else read
