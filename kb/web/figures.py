"""Figures as pages: those of ``kb plot``, drawn when asked for, each beside the table of its points."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError

from kb.base import KnowledgeBase
from kb.plots.kinds import KINDS, Kind
from schema.errors import BadPlot, KBError

# Not over the web: whoever asks would name a file of this machine.
_FILES = ("study", "gold")
SHOWN: Mapping[str, Kind] = {name: kind for name, kind in KINDS.items() if kind.takes[: kind.needs] != ("gold",)}
# What a page of figures begins with, where its kind cannot be drawn of nothing.
_BEGINNING = {"metric": {"metric": "coulombic_efficiency"}, "forest": {"metric": "coulombic_efficiency"},
              "pareto": {"by": "coulombic_efficiency cycling_hours"}}  # fmt: skip
_TYPES = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}
_OF_DRAWING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # its lines have their styles with them
KEPT = 64
WAITING = 8  # figures that may be asked for before the first is drawn
Options = tuple[tuple[str, Any], ...]
Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Drawn:
    """A figure as bytes, with the table of its points.

    Attributes
    ----------
    points : how many are drawn
    notes : what else is to be said, in words
    """

    image: bytes
    table: bytes
    points: int
    notes: tuple[str, ...]


def stamp(path: Path) -> Stamp:
    """Give what changes with the file of a base, and with what is still written beside it: times [ns] and sizes."""
    files = (path, Path(f"{path}-wal"))
    return tuple(n for f in files if f.exists() for n in (f.stat().st_mtime_ns, f.stat().st_size))


class Figures:
    """Draws the figures of a base, one at a time, and keeps the last ones.

    Parameters
    ----------
    path : the base
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting = 0
        # One thread: matplotlib's settings are those of the process.
        self._drawer = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._kept = lru_cache(maxsize=KEPT)(self._drawn)

    async def draw(self, kind: str, ending: str, options: Options) -> Drawn:
        """Draw a figure in another thread.

        Raises
        ------
        DatasetteError
            Where it cannot be drawn, or too many wait.
        """
        if self._waiting >= WAITING:
            raise DatasetteError("Many figures are being drawn; ask again in a minute.", status=503, title="Busy")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._drawer, self._kept, stamp(self._path), kind, ending, options)
        except (KBError, sqlite3.Error) as error:
            raise DatasetteError(str(error), status=400, title="That cannot be drawn") from error
        finally:
            self._waiting -= 1

    def _drawn(self, _: Stamp, kind: str, ending: str, options: Options) -> Drawn:
        with tempfile.TemporaryDirectory() as folder, KnowledgeBase(self._path) as base:
            made = base.plot(kind, Path(folder, f"figure.{ending}"), **dict(options))
            return Drawn(made.figure.read_bytes(), made.table.read_bytes(), made.points, made.notes)


def read_options(told: Mapping[str, str]) -> Options:
    """Read what a figure is asked with; criteria of ``by`` are apart by blanks, what is empty is not asked.

    Raises
    ------
    BadPlot
        Where the confidence is no number.

    Examples
    --------
    >>> read_options({"by": "overpotential cycling_hours", "where": "", "min_confidence": "0.5"})
    (('by', ('overpotential', 'cycling_hours')), ('min_confidence', 0.5))
    """
    read: dict[str, Any] = {name: text.strip() for name, text in told.items() if text.strip()}
    if "by" in read:
        read["by"] = tuple(read["by"].split())
    if "min_confidence" in read:
        try:
            read["min_confidence"] = float(read["min_confidence"])
        except ValueError as error:
            told_so = read["min_confidence"]
            raise BadPlot(f"the least confidence is a number from 0 to 1, not {told_so!r}") from error
    return tuple(read.items())


def fields(kind: str) -> tuple[str, ...]:
    """Give the options that a kind can be asked with here.

    Examples
    --------
    >>> fields("pareto")
    ('by', 'where', 'min_confidence')
    """
    return tuple(name for name in SHOWN[kind].takes if name not in _FILES)


async def kinds(datasette: Any, request: Any) -> Any:
    """List the kinds of figures."""
    return Response.html(await datasette.render_template("plots.html", {"kinds": SHOWN}, request=request))


async def page(datasette: Any, request: Any) -> Any:
    """Show a figure, with what it can be asked with and its files."""
    kind = _known(request)
    asked = _asked(kind, request)
    if not any(asked.values()):
        asked |= _BEGINNING.get(kind, {})
    known = SHOWN[kind]
    told: dict[str, Any] = {"kind": kind, "what": known.what, "columns": known.columns, "asked": asked}
    told["needed"] = fields(kind)[: known.needs]
    status = 200
    try:
        if all(asked[name] for name in told["needed"]):
            told["drawn"] = await datasette.figures.draw(kind, "png", read_options(asked))
    except DatasetteError as error:
        told["error"], status = error.message, error.status
    except BadPlot as error:
        told["error"], status = str(error), 400
    return Response.html(await datasette.render_template("plot.html", told, request=request), status=status)


async def file(datasette: Any, request: Any) -> Any:
    """Give a figure, or the table of its points."""
    kind, ending = _known(request), request.url_vars["format"]
    try:
        options = read_options(_asked(kind, request))
    except BadPlot as error:
        raise DatasetteError(str(error), status=400, title="That cannot be drawn") from error
    drawn = await datasette.figures.draw(kind, "png" if ending == "csv" else ending, options)
    if ending == "csv":
        headers = {"content-disposition": f'attachment; filename="{kind}.points.csv"'}
        return Response(drawn.table, headers=headers, content_type=_TYPES[ending])
    headers = {"content-security-policy": _OF_DRAWING} if ending == "svg" else {}
    return Response(drawn.image, headers=headers, content_type=_TYPES[ending])


def _known(request: Any) -> str:
    kind: str = request.url_vars["kind"]
    if kind not in SHOWN:
        raise NotFound(f"there is no figure {kind!r}; there are {', '.join(SHOWN)}")
    return kind


def _asked(kind: str, request: Any) -> dict[str, str]:
    return {name: " ".join(request.args.getlist(name)) for name in fields(kind)}
