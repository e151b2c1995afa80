"""A language model to test against: a server on this machine that answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from extractors.llm.answers import Answers
from extractors.llm.endpoint import Endpoint, LanguageModel, Patience

KEY = "sk-not-to-be-seen-1234567890"
QUICK = Patience(seconds=5.0, tries=3, pause=0.01, longest_pause=0.05)


@dataclass(frozen=True)
class Reply:
    """What the server sends: None as its body hangs up, an iterator drips."""

    body: bytes | Iterator[bytes] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def completion(content: object) -> Reply:
    """Wrap what a model says as a chat completion."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Reply(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())


Say = Callable[[dict[str, Any]], Reply]


class FakeModel:
    """The server, and what it was asked.

    Attributes
    ----------
    say : given a question (the JSON of the user's message), what to send
    bodies, keys : of the requests so far
    """

    def __init__(self) -> None:
        self.say: Say = lambda question: completion({"records": []})
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.bodies.append(body)
                fake.keys.append(self.headers["Authorization"])
                reply = fake.say(json.loads(body["messages"][-1]["content"]))
                if self.path != "/v1/chat/completions":
                    reply = Reply(b"no such page", 404)
                if reply.body is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in [reply.body] if isinstance(reply.body, bytes) else reply.body:
                        self.wfile.write(piece)
                        self.wfile.flush()
                except OSError:
                    return  # the other side has had enough

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = FakeModel()
    yield server
    server.close()


Connect = Callable[..., LanguageModel]


@pytest.fixture
def connect(fake: FakeModel, tmp_path: Path) -> Iterator[Connect]:
    """Connect to the server: with a key, a cache that lasts as long as the test, and little patience."""
    opened: list[LanguageModel] = []

    def _connect(most: int = 100, patience: Patience = QUICK, url: str = "") -> LanguageModel:
        endpoint = Endpoint(url or fake.url, "fake-1", KEY)
        opened.append(LanguageModel(endpoint, most, Answers(tmp_path / "cache"), patience))
        return opened[-1]

    yield _connect
    for model in opened:
        model.__exit__(None, None, None)
