"""Serves the site: at an address that is free, to whom it may be shown."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.connection import open_base
from kb.snapshot.withholding import sources
from schema.errors import BadAddress, MissingExtra, TextNotFree
from schema.statements import statement

WAITING = 128  # connections before the first is taken
GRACE = 2  # seconds for answers under way, where it is ended


@dataclass(frozen=True)
class Place:
    """Where the site is served.

    Attributes
    ----------
    host, port : as asked for; port 0 is any that is free
    family : of the socket's addresses
    loopback : only this machine reaches it
    """

    host: str
    port: int
    family: socket.AddressFamily
    loopback: bool


def checked(host: str, port: int) -> Place:
    """Find out what a name stands for.

    Raises
    ------
    BadAddress
        Where it stands for nothing.

    Examples
    --------
    >>> checked("127.0.0.1", 8001).loopback, checked("0.0.0.0", 8001).loopback
    (True, False)
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        told = f"{host!r} is no address of this machine ({error}); leave --host out, or name one such as 0.0.0.0"
        raise BadAddress(told) from error
    loopback = all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)
    family = min((address[0] for address in found), key=lambda f: f != socket.AF_INET)  # a name often has both
    return Place(host, port, family, loopback)


def withheld_from(path: Path, host: str) -> None:
    """Refuse to show a base to others where it holds texts that may not be passed on to everybody.

    Raises
    ------
    TextNotFree
        With these texts, each with the reason (:mod:`kb.snapshot.licences`).
    """
    db = open_base(path)
    try:
        with_text = {row[0] for row in db.execute(statement("documents_with_text"))}
        kept_back = [s for s in sources(db) if s.id in with_text and not s.terms.allowed]
    finally:
        db.close()
    if kept_back:
        raise TextNotFree(host, [f"{s.file}: {s.terms.reason}" for s in kept_back])


def bound(place: Place) -> socket.socket:
    """Take the address.

    Raises
    ------
    BadAddress
        Where somebody else has it, or it may not be taken.
    """
    listener = socket.socket(place.family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
        listener.listen(WAITING)
    except OSError as error:
        listener.close()
        at = f"{place.host}:{place.port}"
        if error.errno == errno.EADDRINUSE:
            told = f"{at} is taken by another program; take another --port, or --port 0 for a free one"
            raise BadAddress(told) from error
        raise BadAddress(f"{at} cannot be taken ({error.strerror}); take another --host or --port") from error
    return listener


def address(place: Place, listener: socket.socket) -> str:
    """Give the address to type into a browser."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"http://{host}:{listener.getsockname()[1]}/"


def serve(
    path: Path, place: Place, tell: Callable[[str], None], seconds: float, own_sql: bool, browser: bool = False
) -> None:
    """Serve a base until it is interrupted.

    Parameters
    ----------
    tell : is given the address as soon as it answers there
    seconds : one question may take
    own_sql : whether readers may write SQL
    browser : open it there

    Raises
    ------
    MissingExtra
        Where Datasette is not installed.
    BadAddress, BadBase
        Where the address cannot be taken, or the base not be read.
    """
    try:
        import uvicorn

        from kb.web.site import Site
    except ImportError as error:
        raise MissingExtra("kb serve", "web") from error
    with bound(place) as listener:
        site = Site(path, seconds, own_sql, place.host if place.loopback else "")
        url = address(place, listener)
        tell(url)
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        server = uvicorn.Server(
            uvicorn.Config(site.app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=GRACE)
        )
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:  # how it is meant to end
            return
