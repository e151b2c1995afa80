"""A fake language model, and connections to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from extractors.llm.answers import Answers
from extractors.llm.endpoint import Endpoint, LanguageModel, Patience
from extractors.llm.testing import FakeModel

KEY = "sk-not-to-be-seen-1234567890"
QUICK = Patience(seconds=5.0, tries=3, pause=0.01, longest_pause=0.05)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeModel() as server:
        yield server


@pytest.fixture
def connect(fake: FakeModel, tmp_path: Path) -> Iterator[Callable[..., LanguageModel]]:
    """Connect to it: with a key, little patience, and a cache that lasts as long as the test."""
    with ExitStack() as stack:

        def opened(most: int = 100, patience: Patience = QUICK, url: str = "") -> LanguageModel:
            endpoint = Endpoint(url or fake.url, "fake-1", KEY)
            return stack.enter_context(LanguageModel(endpoint, most, Answers(tmp_path / "cache"), patience))

        yield opened
