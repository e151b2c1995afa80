from typing import Any

from numpy.typing import NDArray
from typing_extensions import Buffer

# NumPy declares the buffer protocol to type checkers from Python 3.12 on, so its arrays are named beside it.
def pareto_front(values: Buffer | NDArray[Any], front: Buffer | NDArray[Any], /) -> None: ...
def desirability_score(
    values: Buffer | NDArray[Any], weights: Buffer | NDArray[Any], score: Buffer | NDArray[Any], /
) -> None: ...
