"""Mining beside its peers, all sides in one run on the same texts: ``make bench``.

quantulum3 finds quantities only; ChemDataExtractor is run with a model for each metric of ours that it can express.
Each side gets the passages one by one; the best of some runs counts, on one core.  Files to mine may be named; else it
is the digests of the corpus in one document, and a generated thesis of 16 pages, as long as a paper.
"""

from __future__ import annotations

import importlib
import importlib.util
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from extractors.pipeline import mine
from extractors.readers import read
from extractors.testing import thesis
from schema.records import Document

ROOT = Path(__file__).parents[2]
PAPER_CHARACTERS = 50_000
TARGETS = "targets: at most half of quantulum3's time, under 0.3 s for 50 kB, 20x faster than ChemDataExtractor"


def seconds(repeats: int, call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        call()
        best = min(best, time.process_time() - begin)
    return best


def quantulum() -> Callable[[Sequence[str]], object] | None:
    if importlib.util.find_spec("quantulum3") is None:
        return None
    warnings.simplefilter("ignore")  # its classifier is optional
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False  # pickled by a scikit-learn of its own day
    return lambda passages: [parser.parse(text) for text in passages]


def chemdata() -> tuple[Callable[[Document], object] | None, str]:
    """Give ChemDataExtractor with a model for each metric, as our second miner drives it, or why it cannot be had."""
    try:
        miner = importlib.import_module("extractors.chemdata")
        miner.require()
    except ImportError as error:  # an error of ours that names the remedy is one, too
        return None, str(error)
    return miner.mine, ""


def line(name: str, took: float | None, ours: float, why: str = "") -> None:
    said = why if took is None else f"{took:>9.2f} {took / ours:>8.1f}x"
    sys.stdout.write(f"  {name:20} {said}\n")


def compare(path: Path, other: Callable[[Sequence[str]], object] | None) -> None:
    document = read(path)
    passages = [p.text for p in document.passages if p.kind != "reference"]
    size = len(document.original)
    ours = seconds(3, lambda: mine(read(path)))
    sys.stdout.write(f"{path.name}: {size / 1e3:,.0f} kB, {len(mine(document).measurements)} measurements\n")
    line("ours, read and mined", ours, ours)
    sys.stdout.write(f"  {'  for 50 kB':20} {ours * PAPER_CHARACTERS / size:>9.2f}\n")
    line("quantulum3", None if other is None else seconds(2, lambda: other(passages)), ours, "is not installed")
    parse, why = chemdata()
    line(
        "ChemDataExtractor", None if parse is None else seconds(1, lambda: parse(document)), ours, f"cannot run: {why}"
    )


def main() -> None:
    sys.stdout.write(f"{'mining':22} {'CPU [s]':>9} {'to ours':>9}\n")
    other = quantulum()
    with tempfile.TemporaryDirectory() as folder:
        digests = Path(folder, "digests.md")
        files = (file for file in sorted((ROOT / "corpus").iterdir()) if file.suffix in (".md", ".txt"))
        digests.write_text("\n\n".join(file.read_text("utf-8") for file in files), "utf-8")
        generated = Path(folder, "thesis.md")
        generated.write_text(thesis(16, "md"), "utf-8")
        for path in [Path(name) for name in sys.argv[1:]] or [digests, generated]:
            compare(path, other)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{TARGETS}\nmemory of this process, all sides together, at most: {most:,.0f} MB\n")


if __name__ == "__main__":
    main()
