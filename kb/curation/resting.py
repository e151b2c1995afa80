"""What rests on the facts of a paper: looked up where one is removed, so that it can be done again without them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schema.errors import BadStudy, KBError
from schema.statements import statement


@dataclass(frozen=True)
class Rests:
    """What rests on a paper.

    Attributes
    ----------
    measurements : ids of its facts that were in the views
    second_hand : ids of the facts of other papers that are credited to it; they stay
    same_works : DOIs of papers in the base that are the same work; they stay
    calibrations : (id, when it was made) of those that used its lives
    filters : saved filters (``@name``) that found some of its facts
    labels : what its samples go by in the answer of a study: title, DOI, file names
    """

    measurements: tuple[int, ...]
    second_hand: tuple[int, ...] = ()
    same_works: tuple[str, ...] = ()
    calibrations: tuple[tuple[int, str], ...] = ()
    filters: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def rests_on(db: sqlite3.Connection, paper: int) -> Rests:
    """Look up what rests on a paper; before it is removed, since nothing is found afterwards."""
    ids = tuple(row["id"] for row in db.execute(statement("ids_of_paper"), {"paper": paper}))
    calibrations = tuple(
        (row["id"], row["made_at"])
        for row in db.execute(statement("calibrations"))
        if {*json.loads(row["measurements"])} & {*ids}
    )
    return Rests(
        ids,
        tuple(row["id"] for row in db.execute(statement("facts_credited_to"), {"paper": paper})),
        tuple(row["doi"] for row in db.execute(statement("same_works"), {"paper": paper})),
        calibrations,
        tuple(_filters(db, {*ids})),
        tuple(row["label"] for row in db.execute(statement("labels_of_paper"), {"paper": paper})),
    )


def _filters(db: sqlite3.Connection, ids: set[int]) -> Iterable[str]:
    from kb.named import FILTER, all_named
    from kb.query import find

    for named in all_named().values():
        if named.kind == FILTER and named.own:
            try:
                found = {row["id"] for row in find(db, named.text)}
            except KBError:
                continue  # of another vocabulary, so it has found nothing here
            if ids & found:
                yield f"@{named.name}"


def studies_on(rests: Rests, files: Iterable[Path]) -> dict[Path, list[tuple[int, str]]]:
    """Give the study files whose kept answer ranks samples of a paper.

    Parameters
    ----------
    rests : as :func:`rests_on` gave it
    files : TOML files; those that are no studies, or keep no answer, are passed over

    Returns
    -------
    dict
        File -> (place, sample) of what it ranks.
    """
    from kb.studies import read_study

    out = {}
    for file in files:
        try:
            _, result = read_study(file)
        except BadStudy:
            continue  # another program's TOML
        rows = result.get("rows", ())
        ranked = [(int(row["position"]), str(row["sample"])) for row in rows if row["paper"] in rests.labels]
        if ranked:
            out[file] = ranked
    return out
