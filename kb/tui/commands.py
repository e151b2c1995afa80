"""What the command palette finds: the keys of the screen, the other places, and what the screen adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from kb.tui.places import PLACES


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
