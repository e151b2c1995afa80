"""Asks a language model over HTTP: any endpoint that speaks OpenAI's chat completions, also one on this machine.

The key goes into one header of a request and nowhere else: not into the cache, a message, a log or a ``repr``.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeVar

import httpx

from extractors.deadline import seconds_left
from extractors.llm.answers import Answers
from schema.errors import BadSetting, ModelUnavailable, RequestsSpent

MOST_BYTES = 2_000_000  # of one answer
_EXAMPLE = "such as KB_LLM_URL=http://localhost:11434/v1 KB_LLM_MODEL=qwen3:8b"
_PATH = "/chat/completions"
_AGAIN = frozenset({408, 409, 425, 429})  # and all of 500 and more
T = TypeVar("T")


@dataclass(frozen=True)
class Endpoint:
    """Where a model is, which one, and the key to it ("" for none)."""

    url: str
    model: str
    key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Endpoint:
        """Read ``KB_LLM_URL``, ``KB_LLM_MODEL`` and ``KB_LLM_KEY``.

        Raises
        ------
        BadSetting
            Where URL or model is missing, or one of the three cannot be used.

        Examples
        --------
        >>> Endpoint.from_environment({"KB_LLM_URL": "http://localhost:11434/v1/", "KB_LLM_MODEL": "qwen3:8b"})
        Endpoint(url='http://localhost:11434/v1', model='qwen3:8b')
        """
        url, model, key = (environment.get(f"KB_LLM_{name}", "").strip() for name in ("URL", "MODEL", "KEY"))
        if not url or not model:
            missing = " and ".join(n for n, given in (("KB_LLM_URL", url), ("KB_LLM_MODEL", model)) if not given)
            raise BadSetting(f"a language model needs {missing} in the environment, {_EXAMPLE}")
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise BadSetting(f"KB_LLM_URL cannot be read ({error}); give it {_EXAMPLE}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo or parsed.query:
            raise BadSetting(
                f"KB_LLM_URL is no plain http or https address; give it {_EXAMPLE}; a key goes in KB_LLM_KEY"
            )
        if not (key.isascii() and key.isprintable()):
            raise BadSetting("KB_LLM_KEY holds characters that no key has; set it again")
        return cls(url.rstrip("/").removesuffix(_PATH), model, key)


@dataclass(frozen=True)
class Patience:
    """How long one request may take [s], how often it is sent, and how long the first pause lasts [s]."""

    seconds: float = 120.0
    tries: int = 4
    pause: float = 1.0
    longest_pause: float = 30.0


class _TryAgain(Exception):
    """A failure that may pass; ``pause`` is what the server asks for [s]."""

    def __init__(self, why: str, pause: float = 0.0) -> None:
        self.pause = pause
        super().__init__(why)


class LanguageModel:
    """A model to ask, with a budget of requests and what it has answered before.

    Parameters
    ----------
    most : requests that may be sent, repeated ones included

    Attributes
    ----------
    sent : requests sent so far

    Raises
    ------
    BadSetting
        Where the environment names a proxy that cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        most: int,
        answers: Answers | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self.endpoint, self.most, self.patience, self.sent = endpoint, most, patience, 0
        self._answers = answers or Answers()
        self._plain: dict[str, object] = {"temperature": 0}
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        try:
            self._client = httpx.Client(headers=headers)
        except (ImportError, ValueError) as error:  # SOCKS without its package, a scheme nobody knows
            raise BadSetting(
                f"the proxy of the environment cannot be used ({error}); set another or unset it"
            ) from error

    def __enter__(self) -> LanguageModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _asked(self, system: str, question: str) -> tuple[str, ...]:
        return self.endpoint.url, self.endpoint.model, system, question

    def has_answered(self, system: str, question: str) -> bool:
        """Say whether the answer to a question is kept, so that it costs no request."""
        return self._answers.get(self._asked(system, question)) is not None

    def answer(self, system: str, question: str, read: Callable[[str], T]) -> T:
        """Give the answer to a question, as ``read`` reads it: the one that is kept, else a new one.

        An answer that ``read`` raises ``ValueError`` on is not kept.

        Raises
        ------
        ModelUnavailable
            Where the model gives no answer, however often it is asked, or refuses.
        RequestsSpent
            Where the budget is spent.
        TooSlow
            Where the document that is mined has no time left.
        """
        asked = self._asked(system, question)
        kept = self._answers.get(asked)
        if kept is not None:
            return read(kept)
        answer = self._ask(system, question)
        out = read(answer)
        self._answers.put(asked, answer)
        return out

    def _ask(self, system: str, question: str) -> str:
        """Send a question until there is an answer, with pauses that double."""
        pause, why = self.patience.pause, ""
        for again in range(self.patience.tries):
            if again:
                time.sleep(min(pause, seconds_left(pause)))
                pause = min(2 * pause, self.patience.longest_pause)
            if self.sent >= self.most:
                raise RequestsSpent(self.most)
            try:
                return self._send(system, question)
            except _TryAgain as error:
                why = str(error)
                asked_for = min(error.pause, self.patience.longest_pause)
                pause = max(pause * random.uniform(1, 1.25), asked_for)
        seconds_left(pause)  # where the document's time is up, that is why
        raise self._unavailable(f"{why}, {self.patience.tries} times in a row", "try later")

    def _send(self, system: str, question: str) -> str:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
        sent = {"model": self.endpoint.model, "messages": messages, **self._plain}
        limit = min(self.patience.seconds, seconds_left(self.patience.seconds))
        end = time.monotonic() + limit
        self.sent += 1
        try:
            with self._client.stream("POST", self.endpoint.url + _PATH, json=sent, timeout=limit) as response:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise self._unavailable(f"its answer is longer than {MOST_BYTES} bytes", "take another model")
                    if time.monotonic() > end:
                        raise _TryAgain(f"no whole answer within {limit:g} s")
        except httpx.TimeoutException as error:
            raise _TryAgain(f"no answer within {limit:g} s") from error
        except httpx.HTTPError as error:
            raise _TryAgain(f"no connection ({self._hidden(str(error)) or type(error).__name__})") from error
        return self._content(response, bytes(body))

    def _content(self, response: httpx.Response, body: bytes) -> str:
        status = response.status_code
        if status in _AGAIN or status >= 500:
            raise _TryAgain(f"error {status}", _seconds(response.headers.get("retry-after", "")))
        said = " ".join(self._hidden(body[:400].decode("utf-8", "replace")).split())
        if status == 400 and "temperature" in said and self._plain:
            self._plain = {}  # some models take no temperature but their own
            raise _TryAgain("error 400")
        if status in (401, 403):
            raise self._unavailable(f"it refuses the key (error {status})", "see to KB_LLM_KEY")
        if status != 200:
            raise self._unavailable(f"error {status}: {said[:200]!r}", "see to KB_LLM_URL and KB_LLM_MODEL")
        try:
            content = json.loads(body)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise self._unavailable("what it answers is no chat completion", "see to KB_LLM_URL") from error
        return content if isinstance(content, str) else ""

    def _hidden(self, text: str) -> str:
        return text.replace(self.endpoint.key, "***") if self.endpoint.key else text

    def _unavailable(self, why: str, remedy: str) -> ModelUnavailable:
        where = f"the language model {self.endpoint.model} at {self.endpoint.url}"
        return ModelUnavailable(f"{where}: {why}; {remedy}; the answers so far are kept")


def _seconds(text: str) -> float:
    """Read a Retry-After in seconds; a date counts as none."""
    return float(text) if text.isdecimal() else 0.0
