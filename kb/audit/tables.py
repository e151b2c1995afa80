"""Findings for people: each with its arithmetic, what it is about and what might mend it; and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kb.printing import console, print_table

STYLES = {"red": "bold red", "amber": "bold yellow", "note": "bold"}


def print_findings(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print findings as :meth:`kb.audit.keeping.Audit.describe` gives them."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for row in rows:
        out.print(Text.assemble(*head(row), ("  " + (row["doi"] or row["sources"][0]), "dim")))
        out.print(Padding(Text.assemble(row["said"], (f"\n{row['repair']}", "dim")), (0, 0, 1, 2)))


def head(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give severity, rule and measurements, each with its style."""
    ids = " ".join(f"#{number}" for number in row["measurements"])
    return ((f"{row['severity']:<5} ", STYLES[row["severity"]]), (row["rule"], "bold"), (f"  {ids}", ""))


def print_counts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print how many findings there are, by rule and severity."""
    if rows:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
