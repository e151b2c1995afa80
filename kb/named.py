"""Questions that go by a name: those of ``schema/queries/``, and those that users save.

A filter is ``NAME.filter``, SQL is ``NAME.sql``; their first lines are comments that say what is asked ("# ..." in a
filter, "-- ..." in SQL).  In SQL a line "-- :name = value" gives a parameter its default.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from schema.errors import BadQueryName, UnknownQuery
from schema.statements import FOLDER

FILTER, SQL = "filter", "sql"
_NAME = re.compile(r"[A-Za-z][\w-]*\Z")
_DEFAULT = re.compile(r"^-- :(\w+) = (.*)$", re.MULTILINE)
_MARKS = {FILTER: "#", SQL: "--"}


@dataclass(frozen=True)
class Named:
    """A named question.

    Attributes
    ----------
    kind : FILTER or SQL
    text : what is asked, without the comments
    meaning : what the comments at its head say
    defaults : of SQL, parameter -> the text of its value
    own : saved by the user, not part of the project
    """

    name: str
    kind: str
    text: str
    meaning: str
    defaults: dict[str, str]
    own: bool


def own_folder() -> Path:
    """Give the folder of the user's own questions: ``KB_QUERIES``, else one in the user's settings."""
    if told := os.environ.get("KB_QUERIES"):
        return Path(told)
    import click  # it knows where settings live on each system

    return Path(click.get_app_dir("kb")) / "queries"


def all_named() -> dict[tuple[str, str], Named]:
    """Give every named question by name and kind, in the order of names; nobody's own takes the place of ours."""
    found = {}
    for folder, own in ((own_folder(), True), (FOLDER / "queries", False)):
        for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
            kind = path.suffix[1:]
            if kind in _MARKS and _NAME.match(path.stem):
                found[path.stem, kind] = _read(path, kind, own)
    return dict(sorted(found.items()))


def named(name: str, kind: str, place: str = "") -> Named:
    """Give the question of a name.

    Raises
    ------
    UnknownQuery
        Where there is none of that kind; ``place`` ends the message.

    Examples
    --------
    >>> named("own_results", FILTER).text
    'NOT provenance = cited AND NOT provenance = stated'
    """
    known = all_named()
    if (name, kind) not in known:
        raise UnknownQuery(name, [n for n, k in known if k == kind], place)
    return known[name, kind]


def defaults(text: str) -> dict[str, str]:
    """Give the values that the comments of a statement give its parameters.

    Examples
    --------
    >>> defaults("-- :least = 98\\nSELECT :least")
    {'least': '98'}
    """
    return dict(_DEFAULT.findall(text))


def save(name: str, text: str, meaning: str = "") -> Path:
    """Save a filter under a name; one of the user's own of that name is replaced.

    Raises
    ------
    BadQueryName
        Where it is no name, or that of a filter of the project.
    """
    if not _NAME.match(name):
        raise BadQueryName(f"{name!r} is no name; begin with a letter, then letters, digits, _ and -")
    if (FOLDER / "queries" / f"{name}.{FILTER}").exists():
        raise BadQueryName(f"@{name} is a filter of the project; take another name")
    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{FILTER}"
    part = path.with_suffix(".part")
    part.write_text((f"# {meaning}\n" if meaning else "") + text + "\n", "utf-8")
    part.replace(path)
    return path


def _read(path: Path, kind: str, own: bool) -> Named:
    whole = path.read_text("utf-8")
    mark = _MARKS[kind]
    lines = whole.splitlines()
    given = defaults(whole) if kind == SQL else {}
    said = [line.removeprefix(mark).strip() for line in lines if line.startswith(mark) and not _DEFAULT.match(line)]
    text = "\n".join(line for line in lines if not line.startswith(mark)).strip()
    return Named(path.stem, kind, text, " ".join(said), given, own)
