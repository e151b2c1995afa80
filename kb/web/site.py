"""The site: Datasette over one base, which it reads through connections of ours and cannot change."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from datasette.utils import sqlite_timelimit
from datasette.views.base import DatasetteError

from kb.connection import open_base
from kb.guard import UNTRUSTED_CELL
from kb.web import plugin
from kb.web.figures import Figures, stamp
from kb.web.metadata import BASE, metadata
from kb.web.pages import TOO_SLOW
from schema.errors import KBError, ReadOnly
from schema.statements import statement

HERE = Path(__file__).parent
SECONDS = 3.0  # one question may take
ROWS = 1000  # a page or an answer may have
COUNTING_SECONDS = 5.0  # a table may take to be counted, before the site opens
VIEW = "measurement_view"
SETTINGS = {
    "max_returned_rows": ROWS,
    "default_page_size": 50,
    "facet_time_limit_ms": 250,
    "suggest_facets": False,  # it asks one question a column
    "allow_download": False,
    "default_cache_ttl": 0,  # what was just decided shows
    "truncate_cells_html": 200,
}
Answer = TypeVar("Answer")


class Site(Datasette):
    """A base as web pages.

    Parameters
    ----------
    path : the base
    seconds : one question may take
    own_sql : whether who reads it may write SQL
    host : its name, where it is served to this machine alone; who asks by a strange one is turned away
        (:mod:`kb.web.gate`); nobody where ""

    Attributes
    ----------
    figures : draws what the pages of figures show
    too_slow : what is said of a question that takes too long

    Raises
    ------
    BadBase
        Where there is no base that can be read.
    """

    def __init__(self, path: Path, seconds: float = SECONDS, own_sql: bool = True, host: str = "") -> None:
        with_limits = {**SETTINGS, "sql_time_limit_ms": round(seconds * 1000), "default_allow_sql": own_sql}
        if not pm.is_registered(plugin):
            pm.register(plugin, "kb")
            # It prints every slip of a reader with all variables, and all handlers are called.
            pm.unregister(name="datasette.handle_exception")
        self.host = host
        self.too_slow = (
            f"It took longer than {seconds:g} s: ask for less, or begin kb serve with a longer --time-limit."
        )
        self.figures = Figures(path)
        super().__init__(
            settings=with_limits,
            template_dir=str(HERE / "templates"),
            static_mounts=[("assets", str(HERE / "static"))],
            metadata=metadata(path),
            memory=True,  # else it would add an empty base of its own
        )
        self.remove_database("_memory")
        served = Base(self, path)
        self.inspect_data = {BASE: served.inspected()}
        self.add_database(served, name=BASE)

    async def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Ask the base in another thread, within the time that a question may take.

        Parameters
        ----------
        question : is given a connection from :func:`kb.connection.open_base`

        Raises
        ------
        DatasetteError
            Where it cannot be asked so, or takes longer; it becomes a page that says why.
        """

        def asked(db: sqlite3.Connection) -> Answer:
            with sqlite_timelimit(db, self.sql_time_limit_ms):
                return question(db)

        try:
            return await self.get_database(BASE).execute_fn(asked)
        except KBError as error:
            raise DatasetteError(str(error), status=400, title="That cannot be asked") from error
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise DatasetteError(self.too_slow, status=TOO_SLOW, title="Too slow") from error


class Base(Database):
    """The file of the base, read through :func:`kb.connection.open_base`.

    Datasette is told that it never changes, so that it takes the counts it is given; where somebody ingests or decides
    meanwhile, these are given up, and it counts anew.
    """

    def __init__(self, site: Site, path: Path) -> None:
        super().__init__(site, str(path), is_mutable=False)
        self._seen = stamp(path)
        self._counts: dict[str, int | None] | None = None
        self.cached_hash, self.cached_size = "-".join(map(str, self._seen)), path.stat().st_size  # else it reads it all

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open another connection, which can only read."""
        if write:
            raise ReadOnly("the pages only read; facts enter a base through kb ingest")
        db = open_base(self.path)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, UNTRUSTED_CELL)
        self._all_file_connections.append(db)
        return db

    async def execute(self, *asked: Any, **how: Any) -> Any:
        """Ask as Datasette does, after seeing whether the file is still what was counted; slips are not logged."""
        if (now := stamp(Path(self.path))) != self._seen:
            self._seen, self.ds.inspect_data, self._counts = now, None, None
        return await super().execute(*asked, **{**how, "log_sql_errors": False})

    async def attached_databases(self) -> list[Any]:
        """Give none: others cannot be attached."""
        return []

    @property
    def cached_table_counts(self) -> dict[str, int | None] | None:
        """Counts of the tables, without the view, which Datasette lists elsewhere."""
        if self._counts is None and self.ds.inspect_data:
            counted = self.ds.inspect_data[BASE]["tables"]
            self._counts = {name: told["count"] for name, told in counted.items() if name != VIEW}
        return self._counts

    def inspected(self) -> dict[str, Any]:
        """Count the rows of the tables and of the view of measurements; what takes too long is left out (None)."""
        db = open_base(self.path)
        try:
            names = [row[0] for row in db.execute(statement("tables", "web"))]
            counts = {name: _count(db, f'SELECT count(*) FROM "{name}"') for name in names}  # noqa: S608 - its own names
            counts[VIEW] = _count(db, statement("count_of_measurement_view", "web"))
        finally:
            db.close()
        tables = {name: {"count": count} for name, count in counts.items()}
        return {"hash": self.cached_hash, "size": self.cached_size, "tables": tables}


def _count(db: sqlite3.Connection, sql: str) -> int | None:
    late = threading.Timer(COUNTING_SECONDS, db.interrupt)
    late.start()
    try:
        return int(db.execute(sql).fetchone()[0])
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return None
    finally:
        late.cancel()
