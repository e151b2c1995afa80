"""What the command palette finds: keys and commands of the screen, the other places, papers and candidates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from kb.tui.places import PLACES

LEAST, FOUND = 2, 20  # characters from which on the base is asked, and what is given of it


class Command(NamedTuple):
    """A line of the palette."""

    name: str
    meaning: str
    run: Callable[[], Any]


class OfScreen(Provider):
    """Commands of the screen that is shown."""

    def _commands(self) -> Iterator[Command]:
        from kb.tui.frame import Frame

        screen = self.screen
        if not isinstance(screen, Frame):
            return
        yield from screen.commands()
        for place in PLACES:
            yield Command(f"Go to {place.name}", f"key {place.key}", partial(screen.action_go, place.key))
        for key, meaning, action in screen.known_keys():
            yield Command(meaning, f"key {key}", partial(screen.run_action, action))

    async def discover(self) -> Hits:
        """Give everything."""
        for command in self._commands():
            yield DiscoveryHit(command.name, command.run, help=command.meaning)

    async def search(self, query: str) -> Hits:
        """Give what matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), command.run, help=command.meaning)


class OfBase(Provider):
    """Papers and candidates of the base, by parts of their names."""

    async def search(self, query: str) -> Hits:
        """Give those whose title, DOI, file name or components hold the words."""
        from kb.tui.asking import Question
        from kb.tui.frame import Frame

        screen = self.screen
        if not isinstance(screen, Frame) or len(query) < LEAST:
            return
        question = Question(screen.bases, lambda base: base.browsing.named(query, FOUND))
        matcher = self.matcher(query)
        for row in await asyncio.to_thread(question):
            if row["system_id"] is None:
                run = partial(screen.browser.go, "4", (row["paper_id"], None))
            else:
                run = partial(screen.browser.go, "3", (row["paper_id"], row["system_id"], None))
            yield Hit(max(matcher.match(row["name"]), 0.1), matcher.highlight(row["name"]), run, help=row["told"])
