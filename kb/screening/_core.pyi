from typing import Any

from numpy.typing import NDArray
from typing_extensions import Buffer

# NumPy declares the buffer protocol to type checkers from Python 3.12 on, so its arrays are named beside it.
def pareto_front(values: Buffer | NDArray[Any], front: Buffer | NDArray[Any], /) -> None: ...
def epsilon_front(
    values: Buffer | NDArray[Any], epsilon: Buffer | NDArray[Any], front: Buffer | NDArray[Any], /
) -> None: ...
def desirability_score(
    values: Buffer | NDArray[Any], weights: Buffer | NDArray[Any], score: Buffer | NDArray[Any], /
) -> None: ...
def topsis_score(
    values: Buffer | NDArray[Any], weights: Buffer | NDArray[Any], score: Buffer | NDArray[Any], /
) -> None: ...
def simulate_cells(
    coatings: tuple[Buffer | NDArray[Any], ...],
    protocol: Buffer | NDArray[Any],
    draw_ids: Buffer | NDArray[Any],
    cycles: Buffer | NDArray[Any],
    mode: Buffer | NDArray[Any],
    start: int,
    stop: int,
    limit: int,
    noise: float,
    seed: int,
    isa: str,
    single: bool,
    macro: bool,
    /,
) -> None: ...
def isas() -> list[str]: ...
