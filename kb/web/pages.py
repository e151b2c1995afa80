"""Our pages: the way in, what a filter finds, passages by their words, one measurement, one passage, glossaries."""

from __future__ import annotations

import io
import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError

from kb.browsing import Browsing
from kb.curation.log import Curation
from kb.fields import COLUMNS
from kb.named import FILTER, all_named
from kb.printing import card
from kb.questions import Questions
from kb.snapshot import withholding
from kb.web import marks
from kb.web.metadata import named_sql
from kb.words import conditions, decision, findings, number, place_of, quantity, symbol, unit
from kb.writing import write_rows
from schema.vocabulary import vocabulary

TOO_SLOW = 503  # the status of a question that takes too long
ROWS_OF_A_PAGE = 50
PASSAGES_OF_A_PAGE = 10
SOURCES_OF_A_PAGE = 200
ROWS_OF_A_FILE = 10_000
_BADGES = ("audits", "decided")  # lines of a card that the page shows apart


async def _page(site: Any, request: Any, template: str, status: int = 200, **told: Any) -> Any:
    return Response.html(await site.render_template(template, told, request=request), status=status)


def _numbered(request: Any, name: str) -> int:
    """Read how many rows to skip, or another count of a request."""
    told = request.args.get(name) or "0"
    if not told.isascii() or not told.isdigit() or len(told) > 9:
        raise DatasetteError(f"{name} is a count, not {told!r}", status=400, title="That cannot be asked")
    return int(told)


async def home(datasette: Any, request: Any) -> Any:
    """Show what is in the base, and the ways into it."""

    def asked(db: sqlite3.Connection) -> dict[str, Any]:
        browsing = Browsing(db)
        return {
            "counts": browsing.counts(),
            "metrics": browsing.metrics(),
            "newest": browsing.newest(5),
            "findings": browsing.findings(5),
        }

    filters = [query for (_, kind), query in all_named().items() if kind == FILTER]
    found = await datasette.ask(asked)
    return await _page(datasette, request, "home.html", filters=filters, queries=named_sql(), **found)


async def find(datasette: Any, request: Any) -> Any:
    """Show the measurements that a filter finds, or write them as JSON or CSV."""
    text, sort = request.args.get("filter") or "", request.args.get("sort") or ""
    offset, form = _numbered(request, "offset"), request.url_vars.get("format")
    limit = ROWS_OF_A_FILE if form else ROWS_OF_A_PAGE

    def asked(db: sqlite3.Connection) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        return Questions(db).find(text, [sort] if sort else (), limit, offset), Questions(db).explain(text)

    told: dict[str, Any] = {"filter": text, "sort": sort, "offset": offset}
    try:
        rows, notes = await datasette.ask(asked)
    except DatasetteError as error:
        if form:
            raise
        told |= {"error": error.message, "rows": [], "total": 0, "notes": ()}
        return await _page(datasette, request, "find.html", status=error.status, **told)
    if form:
        stream = io.StringIO()
        write_rows(rows, form, COLUMNS, stream)
        kinds = {"json": "application/json", "csv": "text/csv"}
        headers = {"content-disposition": f'attachment; filename="found.{form}"'} if form == "csv" else {}
        return Response(stream.getvalue(), headers=headers, content_type=f"{kinds[form]}; charset=utf-8")
    shown = [
        {**row, "said": _value(row), "under": conditions(row), "doubts": findings(row["findings"])} for row in rows
    ]
    total = await _counted(datasette, text)
    return await _page(datasette, request, "find.html", rows=shown, total=total, notes=notes, size=limit, **told)


async def _counted(site: Any, text: str) -> int | None:
    """Count what a filter finds; None where that takes longer than finding the first of them."""
    try:
        return int(await site.ask(lambda db: Questions(db).count(text)))
    except DatasetteError as error:
        if error.status != TOO_SLOW:
            raise
        return None


def _value(row: Any) -> str:
    return quantity(row["value"], row["value_max"], row["qualifier"], row["unit"])


async def search(datasette: Any, request: Any) -> Any:
    """Show the passages that have some words, the best first."""
    words, offset = request.args.get("q") or "", _numbered(request, "offset")
    rows, total = await datasette.ask(
        lambda db: (Questions(db).search(words, PASSAGES_OF_A_PAGE, offset), Questions(db).search_count(words))
    )
    if request.url_vars.get("format"):
        return Response.json(rows)
    shown = [{**row, "pieces": marks.hits(row["text"], row["hits"])} for row in rows]
    told = {"words": words, "rows": shown, "total": total, "offset": offset, "size": PASSAGES_OF_A_PAGE}
    return await _page(datasette, request, "search.html", **told)


async def measurement(datasette: Any, request: Any) -> Any:
    """Show all that stands beside one measurement, as ``kb show`` does, with its number marked in the passage."""
    id = int(request.url_vars["id"])

    def asked(db: sqlite3.Connection) -> tuple[dict[str, Any], dict[str, Any]]:
        row = Questions(db).show(id)
        passage_id = row.get("passage_id")
        return row, marks.passage(db, passage_id, id) if passage_id is not None else {}

    row, passage = await datasette.ask(asked)
    if not row:
        return await _aside(datasette, request, id)
    if request.url_vars.get("format"):
        return Response.json(row)
    if row["evidence"] and all(part.measurement != id for part in passage.get("parts", ())):
        passage["parts"] = _of_sentence(row, row["evidence"], row["before"])
    lines = {name: line for name, line in card(row).items() if line and name not in _BADGES}
    decided = [decision(told) for told in row["decisions"]]
    told = {"id": id, "row": row, "said": _value(row), "lines": lines, "decided": decided, "passage": passage}
    return await _page(datasette, request, "measurement.html", **told)


async def _aside(datasette: Any, request: Any, id: int) -> Any:
    """Show a measurement that somebody rejected, or whose paper was removed."""

    def asked(db: sqlite3.Connection) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        log = Curation(db)
        record = log.aside(id)
        return record, [d for d in log.history(id) if d["in_force"]] if record else []

    record, decisions = await datasette.ask(asked)
    if not record:
        raise NotFound(f"there is no measurement #{id}")
    if request.url_vars.get("format"):
        return Response.json(record)
    parts = _of_sentence({**record, "id": id, "shown": ""}, record["evidence"]["text"], "")
    told = {"record": record, "said": _value(record), "parts_of": parts, "decided": [decision(d) for d in decisions]}
    return await _page(datasette, request, "aside.html", id=id, **told)


def _of_sentence(row: Any, sentence: str, before: str) -> list[marks.Part]:
    place = place_of((row["value_reported"], row["shown"], number(row["value"])), sentence, before)
    if place is None:
        return [marks.Part(sentence)]
    start, end = place
    middle = marks.Part(sentence[start:end], row["id"], marks.said(row))
    return [part for part in (marks.Part(sentence[:start]), middle, marks.Part(sentence[end:])) if part.text]


async def passage(datasette: Any, request: Any) -> Any:
    """Show a passage with the numbers that were mined from it; that of ``?measurement=`` stands out."""
    id, chosen = int(request.url_vars["id"]), _numbered(request, "measurement")
    found = await datasette.ask(lambda db: marks.passage(db, id, chosen))
    if not found:
        raise NotFound(f"there is no passage {id}")
    return await _page(datasette, request, "passage.html", passage=found, chosen=chosen)


async def of_row(datasette: Any, request: Any) -> Any:
    """Lead from a row of Datasette's to our page of it."""
    return Response.redirect(datasette.urls.path(f"/{request.url_vars['kind']}/{request.url_vars['id']}"))


async def metrics(datasette: Any, request: Any) -> Any:
    """Show the glossary of metrics."""
    counts = await datasette.ask(lambda db: Browsing(db).metrics())
    known = [
        {"metric": m, "symbol": symbol(m.symbol), "unit": unit(m.unit) or "1", "ends": tuple(map(number, m.plausible))}
        for m in vocabulary().metrics.values()
    ]
    return await _page(datasette, request, "metrics.html", known=known, counts=counts)


async def sources(datasette: Any, request: Any) -> Any:
    """Show the documents with the licences of their texts."""
    offset = _numbered(request, "offset")
    found = await datasette.ask(withholding.sources)
    shown = found[offset : offset + SOURCES_OF_A_PAGE]
    told = {"sources": shown, "total": len(found), "offset": offset, "size": SOURCES_OF_A_PAGE}
    return await _page(datasette, request, "sources.html", **told)
