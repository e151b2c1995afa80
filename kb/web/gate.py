"""The gate before all pages: who may ask, what the browser may load, defaults of named queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from kb.web.metadata import BASE, named_sql

Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# No scripts, nothing from elsewhere: a text of a paper that got past the templates' escaping could do nothing.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def gated(site: Any) -> Callable[[App], App]:
    """Give what puts the gate before an application.

    Parameters
    ----------
    site : :class:`kb.web.site.Site`; where it has a ``host``, who asks by a strange name is turned away
    """
    given = {f"/{BASE}/{query.name}": query.defaults for query in named_sql() if query.defaults}

    def wrapped(app: App) -> App:
        async def gate(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return

            async def sent(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    headers = message.get("headers", ())
                    said = {name.lower() for name, _ in headers}
                    added = [(n.encode(), v.encode()) for n, v in _HEADERS.items() if n.encode() not in said]
                    message = {**message, "headers": [*headers, *added]}
                await send(message)

            if site.host and (asked := host_of(scope)) not in (*LOOPBACK, site.host.lower()):
                await _answer(sent, 421, f"This is served to {site.host} alone, not to {asked or 'nobody'}.".encode())
            elif filled := with_defaults(scope["path"], scope["query_string"].decode("latin-1"), given):
                await _answer(sent, 302, b"", [(b"location", filled.encode())])
            else:
                await app(scope, receive, sent)

        return gate

    return wrapped


def host_of(scope: Scope) -> str:
    """Give the name that a request calls this server by, without the port; a page elsewhere may call it by another.

    Examples
    --------
    >>> host_of({"headers": [(b"host", b"[::1]:8001")]}), host_of({"headers": [(b"host", b"evil.example:8001")]})
    ('::1', 'evil.example')
    """
    told = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0].lower()


def with_defaults(path: str, query: str, given: dict[str, dict[str, str]]) -> str:
    """Give the address of a named query with the defaults of the parameters that it lacks; "" where it lacks none.

    Examples
    --------
    >>> with_defaults("/kb/lives.csv", "_size=5", {"/kb/lives": {"least": "100"}})
    '/kb/lives.csv?_size=5&least=100'
    >>> with_defaults("/kb/lives", "least=", {"/kb/lives": {"least": "100"}})
    ''
    """
    defaults = given.get(path.removesuffix(".json").removesuffix(".csv"), {})
    asked = parse_qs(query, keep_blank_values=True)
    lacking = {name: value for name, value in defaults.items() if name not in asked}
    return f"{path}?{'&'.join(filter(None, (query, urlencode(lacking))))}" if lacking else ""


async def _answer(send: Any, status: int, body: bytes, headers: Any = ()) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": body})
