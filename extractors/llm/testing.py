"""A language model to test against: a server on this machine that answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server sends; with None for its pieces it hangs up."""

    pieces: Iterable[bytes] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def completion(content: object) -> Reply:
    """Wrap what a model says, a text or what becomes JSON, as a chat completion."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Reply([json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()])


class FakeModel:
    """A server of chat completions, running while the object is open.

    Attributes
    ----------
    url : what ``KB_LLM_URL`` would be
    say : given a question (the JSON of the user's message), what to send
    bodies, keys : JSON and ``Authorization`` of the requests so far

    Examples
    --------
    >>> with FakeModel() as fake:
    ...     fake.url.endswith("/v1")
    True
    """

    def __init__(self) -> None:
        self.say: Callable[[dict[str, Any]], Reply] = lambda question: completion({"records": []})
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The questions so far."""
        return [json.loads(body["messages"][-1]["content"]) for body in self.bodies]

    def __enter__(self) -> FakeModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(fake: FakeModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.bodies.append(body)
            fake.keys.append(self.headers["Authorization"])
            reply = fake.say(json.loads(body["messages"][-1]["content"]))
            if self.path != "/v1/chat/completions":
                reply = Reply([b"no such page"], 404)
            if reply.pieces is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in reply.pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True  # the other side has had enough

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    return Handler
