"""What a base answers, as tables: measurements, passages, rankings, findings of audits, studies, simulations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.audit.findings import Finding
from kb.levels import LEVELS, MEASUREMENT, Level
from kb.tabular import ROWS_SHOWN, Rows
from kb.words import quantity

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from kb.ranking import Places
    from kb.screening.rank import Ranked
    from kb.simulation import Simulation
    from kb.studies import Answer

_NO_UNIT = {"id", "text", "JSON", "0/1", "unit", "char", "year", "UTC"}  # in tables.sql, where a unit would stand


class Found(Rows[dict[str, Any]]):
    """Measurements that a filter finds, or the experiments, candidates or papers that have some of them.

    Attributes
    ----------
    level : "measurement", "experiment", "candidate" or "paper"
    """

    def __init__(self, rows: Iterable[dict[str, Any]], level: Level | None = None) -> None:
        super().__init__(rows)
        self.level = level.name if level else MEASUREMENT

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the rows, also where there is none."""
        return tuple(self[0] if self else _view() if self.level == MEASUREMENT else LEVELS[self.level].columns)

    @property
    def units(self) -> Mapping[str, str]:
        """Columns -> units; the unit of a ``value`` stands in its row."""
        return {name: unit for name, unit in _view().items() if name in self.columns and unit not in _NO_UNIT}

    def parts(self) -> Iterator[RenderableType]:
        """Give them as ``kb find`` prints them."""
        from kb.printing import level_table, measurement_table

        few = self[:ROWS_SHOWN]
        yield measurement_table(few) if self.level == MEASUREMENT else level_table(few, f"{self.level}s")
        yield from self.more()


def _view() -> dict[str, str]:
    from schema.tables import tables

    return {column.name: column.unit for column in tables()["measurement_view"].columns}


class Passages(Rows[dict[str, Any]]):
    """Passages that were searched for; the columns are those of :func:`kb.search.search`."""

    def parts(self) -> Iterator[RenderableType]:
        """Give where each stands, and its text with what was found in «marks»."""
        from kb.printing import headed_table, text_cell

        table = headed_table("paper", "section", "passage", "measurements")
        for row in self[:ROWS_SHOWN]:
            text, end = "", 0
            for start, stop in row["hits"]:
                text += f"{row['text'][end:start]}«{row['text'][start:stop]}»"
                end = stop
            ids = ", ".join(f"#{n}" for n in row["measurements"])
            table.add_row(*map(text_cell, (row["doi"] or row["source"], row["section"], text + row["text"][end:], ids)))
        yield table
        yield from self.more()


class Ranking(Rows["Ranked"]):
    """Samples in their order; a record is that of ``kb rank --format csv``.

    Parameters
    ----------
    metrics : what they are ranked by
    places : gives the rows of measurements by their ids
    """

    def __init__(self, ranked: Iterable[Ranked], metrics: Sequence[str], places: Places) -> None:
        super().__init__(ranked)
        self.metrics, self._places = tuple(metrics), places

    @property
    def units(self) -> Mapping[str, str]:
        """Metrics -> units."""
        from schema.vocabulary import vocabulary

        return {name: vocabulary().metrics[name].unit for name in self.metrics}

    def records(self) -> list[dict[str, Any]]:
        """Give a row a sample: of each metric the value, its effect against the control, and where it stands."""
        from kb.ranking import flat, ranking_rows

        return [flat(row) for row in ranking_rows(self, self.metrics, self._places)]

    def parts(self) -> Iterator[RenderableType]:
        """Give a row a sample: place, score, of each metric the value and the effect."""
        from kb.printing import headed_table, text_cell
        from kb.ranking import ranking_rows

        heads = [head for metric in self.metrics for head in (_said(metric), "against control")]
        right = ("place", "score")
        table = headed_table("place", "sample", "score", *heads, "paper", right=right, whole=right)
        for row in ranking_rows(self[:ROWS_SHOWN], self.metrics, self._places):
            place = (text_cell(row["position"]), text_cell(row["sample"], "bold"))
            score = text_cell(f"{row['score']:.2f}" + (" ◆" if row["on_front"] else ""))
            told = (cell for c in row["criteria"] for cell in (_value(c), c["effect"]))
            table.add_row(*place, score, *map(text_cell, told), text_cell(row["paper"], "dim"))
        yield table
        yield from self.more()


def _said(metric: str) -> str:
    return metric.replace("_", " ")


def _value(known: Mapping[str, Any]) -> str:
    if known["value"] is None:
        return ""
    return quantity(known["value"], known["value_max"], known["qualifier"], known["unit"])


class Findings(Rows[Finding]):
    """What the audits find, the gravest first."""

    def records(self) -> list[dict[str, Any]]:
        """Give each JSON-ready (:meth:`kb.audit.Finding.record`)."""
        return [finding.record() for finding in self]

    def parts(self) -> Iterator[RenderableType]:
        """Give what is found, of which measurements, with the arithmetic and the repair."""
        from kb.printing import plain_table

        cells: list[tuple[Any, ...]] = [
            (f.severity, f.rule, " ".join(f"#{n}" for n in f.measurements), f.said, f.repair) for f in self[:ROWS_SHOWN]
        ]
        yield plain_table(("severity", "rule", "measurements", "what", "what might mend it"), cells)
        yield from self.more()


def study_records(answer: Answer) -> list[dict[str, Any]]:
    """Give a row a candidate, best first; of a study with several protocols, one a candidate under each.

    Returns
    -------
    list of dict
        What :func:`kb.study_tables.answer_rows` has, each effect laid flat and named after its metric [ln units].
    """
    from kb.simulated import life_under
    from kb.study_tables import answer_rows

    out = []
    for one in answer.each_protocol:
        test = life_under(one.study.protocol)
        given = {"current": test.current, "capacity": test.capacity, "lithium": test.lithium} if answer.others else {}
        for row in answer_rows(one):
            plain = {key: value for key, value in row.items() if key != "effects"}
            effects = {
                effect["metric"] + (f"_{key}" if key != "value" else ""): value
                for effect in row["effects"]
                for key, value in ({"value": effect["value"]} | effect).items()
                if key != "metric"
            }
            out.append(given | plain | effects)
    return out


def study_parts(answer: Answer) -> Iterator[RenderableType]:
    """Give the ranking of a study as a table for each protocol, and below it what it hangs on."""
    from rich.text import Text

    from kb.study_tables import footnotes, protocol_words, winners

    for one in answer.each_protocol:
        if answer.others:
            yield Text(f"At {protocol_words(one.study.protocol)}:", "bold")
        yield _study_table(one)
        yield from map(Text, footnotes(one))
    yield from map(Text, winners(answer))


def _study_table(answer: Answer) -> Table:
    from kb.printing import headed_table, text_cell
    from kb.study_tables import answer_rows, effect_words

    metrics = [_said(criterion.metric) for criterion in answer.comparison.criteria]
    top = f"top {answer.study.top}"
    right = ("place", "rank", "first", top)
    table = headed_table("place", "sample", "rank", "first", top, *metrics, "paper", right=right, whole=right)
    rows = answer_rows(answer)
    for row in rows[:ROWS_SHOWN]:
        front = " ◆" if row["on_front"] and len(rows) > 1 else ""
        rank = f"{row['median_rank']} ({row['rank_low']}-{row['rank_high']})"
        place = (text_cell(row["position"]), text_cell(row["sample"] + front, "bold"), text_cell(rank))
        shares = (f"{100 * row[name]:.0f} %" for name in ("p_first", "p_top"))
        told = ("" if e["value"] is None else f"{e['value']}, {effect_words(e)}" for e in row["effects"])
        table.add_row(*place, *map(text_cell, shares), *map(text_cell, told), text_cell(row["paper"], "dim"))
    return table


def simulation_records(simulation: Simulation) -> list[dict[str, Any]]:
    """Give a row a point of the grid, one where nothing was varied.

    Returns
    -------
    list of dict
        What was varied; ``cycles_5`` to ``cycles_95``, the quantiles of the life in percent, and the same in
        ``hours_5`` ..., each with ``censored_5`` ... (true where it ended with the simulation); ``ends_`` with each
        way to end, its probability.
    """
    from kb.simulation import outcome_row

    out = []
    for outcome in simulation.outcomes:
        told = outcome_row(outcome)
        row = dict(outcome.varied)
        for name in ("cycles", "hours", "censored"):
            row |= {f"{name}_{share.removesuffix('%')}": value for share, value in told[name].items()}
        out.append(row | {f"ends_{name.replace(' ', '_')}": share for name, share in told["probability"].items()})
    return out
