"""A panel of candidates by criteria: what is known of each effect, and draws of what it may be.

Draws come in blocks, each with a seed of its own, so that they are the same however the blocks are shared out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kb.screening.decision import Places, Scale, places
from kb.screening.shrinkage import FEWEST, Fit, Intervals, draw, fit

Floats = NDArray[np.float64]

BLOCK = 500  # draws
POOLED = "all"


@dataclass(frozen=True)
class Panel:
    """Effects of n candidates on m criteria; bigger is better, in ln units.

    Attributes
    ----------
    low, high, sd : float64 arrays, shape (n, m)
        As :class:`kb.screening.shrinkage.Intervals`; both ends infinite where nothing is known.
    classes : n names of classes; effects are shrunk to those of their class
    """

    low: Floats
    high: Floats
    sd: Floats
    classes: tuple[str, ...]

    def effects(self, criterion: int) -> Intervals:
        """Give what is known for one criterion."""
        return Intervals.of(self.low[:, criterion], self.high[:, criterion], self.sd[:, criterion])

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where anything is known, shape (n, m)."""
        out: NDArray[np.bool_] = np.isfinite(self.low) | np.isfinite(self.high)
        return out

    def groups(self, criterion: int) -> tuple[str, ...]:
        """Give the class of each candidate; those of a class with too few effects are pooled."""
        known = self.known[:, criterion]
        counted = Counter(c for c, k in zip(self.classes, known, strict=True) if k)
        return tuple(c if counted[c] >= FEWEST else POOLED for c in self.classes)

    @cached_property
    def fits(self) -> tuple[dict[str, Fit], ...]:
        """For each criterion, the fit of each class; the pooled one is of all candidates."""
        out = []
        for k in range(self.low.shape[1]):
            effects, groups = self.effects(k), np.array(self.groups(k))
            out.append(
                {
                    name: fit(effects if name == POOLED else effects.of_those(groups == name))
                    for name in sorted({*self.groups(k)})
                }
            )
        return tuple(out)

    def draws(self, seed: int, block: int) -> Floats:
        """Draw one block.

        Returns
        -------
        float64 array, shape (BLOCK, n, m)
        """
        n, m = self.low.shape
        out = np.empty((BLOCK, n, m))
        for k in range(m):
            random = np.random.default_rng([seed, block, k])
            groups, effects = np.array(self.groups(k)), self.effects(k)
            for name, of in self.fits[k].items():
                out[:, groups == name, k] = draw(effects.of_those(groups == name), of, random, BLOCK)
        return out


@dataclass(frozen=True)
class Block:
    """What one block of draws came to.

    Attributes
    ----------
    number : of the block
    effects : float64 array, shape (BLOCK, n, m)
    places : of its draws
    """

    number: int
    effects: Floats
    places: Places


@dataclass(frozen=True)
class Job:
    """All that is needed to rank a block anywhere: a process, another machine.

    Attributes
    ----------
    panel : what is known
    scale : how a draw becomes a score
    seed : of all draws
    spread : of the weights
    """

    panel: Panel
    scale: Scale
    seed: int
    spread: float = 0.0

    def __call__(self, number: int) -> Block:
        """Draw and rank one block."""
        effects = self.panel.draws(self.seed, number)
        random = np.random.default_rng([self.seed, number, effects.shape[2]])
        return Block(number, effects, places(effects, self.scale, random, self.spread))


@dataclass(frozen=True)
class Jobs:
    """Jobs whose blocks are shared out together; block b of job j has the number b * len(jobs) + j.

    So that all have got as far as each other when they are interrupted.
    """

    jobs: tuple[Job, ...]

    def numbers(self, blocks: Sequence[int]) -> range:
        """Give the numbers of the first blocks of all jobs."""
        return range(len(blocks) * len(self.jobs))

    def __call__(self, number: int) -> Block:
        """Draw and rank one block of one job."""
        block, job = divmod(number, len(self.jobs))
        return replace(self.jobs[job](block), number=number)

    def parted(self, blocks: Iterable[Block]) -> list[list[Block]]:
        """Give each job its blocks."""
        out: list[list[Block]] = [[] for _ in self.jobs]
        for block in blocks:
            out[block.number % len(self.jobs)].append(block)
        return out


Shared = Callable[[Callable[[int], Block], Sequence[int]], Iterable[Block]]


def joined(blocks: Iterable[Block]) -> tuple[Floats, Places]:
    """Put blocks together, in the order of their numbers, whatever order they come in.

    Returns
    -------
    effects of shape (d, n, m), places of d draws
    """
    ordered = sorted(blocks, key=lambda b: b.number)
    return np.concatenate([b.effects for b in ordered]), Places(
        np.concatenate([b.places.ranks for b in ordered]), np.concatenate([b.places.free for b in ordered])
    )
