"""What one paper tells, in the groups that the rules look through; and when two of its rows may be compared."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from kb.words import number, quantity, unit


class Row(Protocol):
    """A row of the statement ``rows_to_audit``, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...


TEST = ("current_density_mA_cm2", "areal_capacity_mAh_cm2", "c_rate", "temperature_C", "np_ratio", "electrolyte_class")
WHEN = ("cycles", "cycle_first", "cycle_last", "at_cycle", "time_h")
CONDITIONS = (*TEST, *WHEN, "cell")
CONTROL = "control"
MOST = 1e9  # that a ratio is given as


class Told:
    """The measurements of one paper.

    Parameters
    ----------
    rows : of one paper, in the order of their ids
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._of: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self._of[row["metric"]].append(row)

    @property
    def paper(self) -> int:
        return int(self.rows[0]["paper_id"])

    def of(self, *metrics: str) -> list[Row]:
        """Give the rows of some metrics."""
        return [row for metric in metrics for row in self._of.get(metric, ())]

    def accounts(self) -> list[Told]:
        """Give each format of the paper with its own supporting information, as papers of their own.

        What one format says again of a number that another one has is no second number.
        """
        if all(row["document_id"] == self.rows[0]["document_id"] for row in self.rows):
            return [self]
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            rows[row["supplement_of"] or row["path"]].append(row)
        return [Told(of) for of in rows.values()] if len(rows) > 1 else [self]

    def metrics(self) -> Iterable[tuple[str, list[Row]]]:
        """Give the metrics with their rows."""
        return self._of.items()


def work_of(row: Row) -> str:
    """Give the work that did the experiment: "" for the paper itself, else what it cites."""
    return str(row["sample"].split("|", 2)[1])


def sample_of(row: Row) -> tuple[str, str]:
    """Give what is equal for rows of one sample: the work, with the components but for lithium, else the name.

    A coating is the same before and after lithium is put into it.  A work has one control, whatever it is called.

    Examples
    --------
    >>> row = {"sample": "7||Ag + Li + PI", "is_control": 0}
    >>> sample_of(row), sample_of({**row, "is_control": 1})
    (('', 'Ag + PI'), ('', 'control'))
    """
    _, work, made_of = row["sample"].split("|", 2)
    if row["is_control"]:
        return work, CONTROL
    return work, " + ".join(part for part in made_of.split(" + ") if part != "Li") or made_of


def by_sample(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Group rows by :func:`sample_of`."""
    out: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        out[sample_of(row)].append(row)
    return out


def differ(one: Row, other: Row, names: Iterable[str] = CONDITIONS) -> bool:
    """Say whether a condition that both state differs; a "full" cell may be a "full LFP"."""
    for name in names:
        mine, theirs = one[name], other[name]
        if mine is None or theirs is None or mine == theirs:
            continue
        if name == "cell" and "full" in (mine, theirs) and mine.startswith("full") and theirs.startswith("full"):
            continue
        return True
    return False


def shared(one: Row, other: Row, names: Iterable[str] = CONDITIONS) -> int:
    """Count the conditions that both state alike."""
    number = 0
    for name in names:  # no sum() of a generator: it is asked for most pairs of facts of a paper
        value = one[name]
        if value is not None and value == other[name]:
            number += 1
    return number


def highest(row: Row) -> float:
    """Give the upper end of a value."""
    return float(row["value"] if row["value_max"] is None else row["value_max"])


def digits_after_point(row: Row) -> int:
    """Count the decimals that a number is printed with.

    Examples
    --------
    >>> digits_after_point({"value_reported": "98.30"}), digits_after_point({"value_reported": "98"})
    (2, 0)
    """
    after = str(row["value_reported"]).partition(".")[2]
    return len(after) - len(after.lstrip("0123456789"))


def span(row: Row) -> tuple[float, float]:
    """Give what a value can be: with its rounding, "about" as a tenth (of a percentage its last digit), bounds open.

    Examples
    --------
    >>> row = {"value": 98.3, "value_max": None, "qualifier": "=", "value_reported": "98.3", "unit": "percent"}
    >>> [round(end, 3) for end in span(row)], span({**row, "qualifier": ">"})[1]
    ([98.251, 98.349], inf)
    """
    half = 0.49 * 10.0 ** -digits_after_point(row)  # 98.2 and 98.3 are two values
    if row["qualifier"] == "~":
        half = 2 * half if row["unit"] == "percent" else max(half, 0.1 * abs(row["value"]))
    low, high = row["value"] - half, highest(row) + half
    if row["qualifier"].startswith(">"):
        return low, math.inf
    return (-math.inf, high) if row["qualifier"].startswith("<") else (low, high)


def in_words(row: Row) -> str:
    """Say a value with its id.

    Examples
    --------
    >>> in_words({"id": 7, "value": 98.3, "value_max": None, "qualifier": "=", "unit": "percent"})
    '98.3 % (#7)'
    """
    return f"{quantity(row['value'], row['value_max'], row['qualifier'], row['unit'])} (#{row['id']})"


def measured(value: float, unit_name: str) -> str:
    """Say a number with a unit, to four digits."""
    return f"{number(float(f'{value:.4g}'))} {unit(unit_name)}".rstrip()


def ratio(one: float, other: float) -> float:
    """Divide two positive numbers; at most MOST, as a misread number may be anything.

    Examples
    --------
    >>> ratio(3.0, 2.0), ratio(1e300, 1e-300)
    (1.5, 1000000000.0)
    """
    return min(one / other, MOST)


def times(ratio: float) -> str:
    """Say a factor.

    Examples
    --------
    >>> times(1.7857), times(34.2)
    ('1.8 times', '34 times')
    """
    return f"{ratio:.2g} times" if ratio >= 10 else f"{ratio:.1f} times"
