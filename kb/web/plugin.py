"""What Datasette asks of us: addresses of our pages, links in its cells, words looked for in documents, a gate."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup, escape

from kb.plots.marks import link
from kb.search import words_query
from kb.web import figures, pages
from kb.web.gate import gated
from kb.web.marks import numbered
from kb.web.metadata import BASE
from schema.statements import statement
from schema.tables import tables

# Columns whose values are ids of things that have a page of ours.
_PAGES = {"measurement_id": "measurement", "control_id": "measurement", "passage_id": "passage"}
_ARRAYS = frozenset(
    column.name
    for table in tables().values()
    for column in table.columns
    if column.unit == "JSON" and column.meaning.startswith("array")
)
_FOUND = {"documents": "documents_found", "papers": "papers_found"}
# Pages of Datasette's own that tell of the machine, or of what is not used here.
_CLOSED = (
    r"/-/(actor|allow-debug|auth-token|config|databases|logout|messages|patterns|permissions|plugins|settings|threads)"
    r"(\.json)?$"
)
_TITLES = {400: "That cannot be asked", 403: "Not to be seen", 404: "Not found"}
_LOG = logging.getLogger(__name__)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Give the addresses of our pages; they come before Datasette's."""
    return [
        (r"/$", pages.home),
        (r"/find(?:\.(?P<format>json|csv))?$", pages.find),
        (r"/search(?:\.(?P<format>json))?$", pages.search),
        (r"/measurement/(?P<id>\d{1,18})(?:\.(?P<format>json))?$", pages.measurement),
        (r"/passage/(?P<id>\d{1,18})$", pages.passage),
        (rf"/{BASE}/(?P<kind>measurement|passage)s/(?P<id>\d{{1,18}})$", pages.of_row),
        (r"/metrics$", pages.metrics),
        (r"/sources$", pages.sources),
        (r"/plots$", figures.kinds),
        (r"/plots/(?P<kind>[a-z]+)$", figures.page),
        (r"/plots/(?P<kind>[a-z]+)\.(?P<format>png|svg|csv)$", figures.file),
        (_CLOSED, _closed),
    ]


async def _closed() -> None:
    raise NotFound("there is no such page")


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[..., Any]:
    """Put the gate before all pages."""
    return gated(datasette)


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, datasette: Any) -> Markup | None:
    """Link ids and DOIs of a row to what they are of, and write lists as lists."""
    if value is None:
        return None
    page = _PAGES.get(column, "")
    if column == "id" and table in (None, "measurement_view") and {"value", "unit"} <= {*row.keys()}:
        page = "measurement"
    if column == "id" and table == "passages":
        page = "passage"
    if page and isinstance(value, int):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/{page}/{value}"), value)
    if column == "doi" and isinstance(value, str) and value:
        return Markup('<a href="{}">{}</a>').format(link(value), value)
    if column in _ARRAYS and isinstance(value, str) and value.startswith("["):
        return escape(_listed(value))
    if (table, column) == ("findings", "said"):
        return Markup("").join(
            Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/measurement/{part.measurement}"), part.text)
            if part.measurement
            else part.text
            for part in numbered(str(value))
        )
    return None


def _listed(value: str) -> str:
    try:
        read = json.loads(value)
    except ValueError:  # somebody's own column of that name
        return value
    return ", ".join(map(str, read)) or "–"


@hookimpl(trylast=True)  # after Datasette's, which finds no full text there
def filters_from_request(request: Any, database: str, table: str) -> Any:
    """Find documents and papers by the words of their passages."""
    if database != BASE or table not in _FOUND:
        return None
    asked = request.args.get("_search") or ""
    words = words_query(asked)
    if not words:
        return FilterArguments([], extra_context={"supports_search": True, "search": asked})
    return FilterArguments(
        [statement(_FOUND[table], "web")],
        {"words": words},
        [f'has a passage with "{asked}"'],
        {"supports_search": True, "search": asked},
    )


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Any]:
    """Say on a page (or in JSON) what is wrong; what nobody foresaw goes to the log of the server alone."""

    async def answered() -> Any:
        status = getattr(exception, "status", 500)
        title = getattr(exception, "title", None) or _TITLES.get(status, "Something went wrong")
        message = getattr(exception, "message", None) or (str(exception) if status < 500 else "")
        if getattr(exception, "message_is_html", False):  # Datasette's, of a question that took too long
            status, title, message = pages.TOO_SLOW, "Too slow", datasette.too_slow
        if status == 500 and not message:
            _LOG.error("%s: not foreseen", request.path, exc_info=exception)
            message = "The server has more of it in its log; please report it."
        if isinstance(exception, sqlite3.OperationalError):
            status, title, message = 400, "SQLite does not take this", str(exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status, "title": title}, status=status)
        told = {"title": title, "error": message, "status": status}
        return Response.html(await datasette.render_template("error.html", told, request=request), status=status)

    return answered


@hookimpl
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """Give the templates what they share."""
    return {"numbered": numbered, "doi_link": link, "described": tables()}
