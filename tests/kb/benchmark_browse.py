"""How long ``kb browse`` takes to its first paint, in phases, on a base of a given size.

    python tests/kb/benchmark_browse.py 1000000            # makes the base first (minutes)
    python tests/kb/benchmark_browse.py --db million.sqlite

Each run is a process of its own.  Beside the wall clock stands the processor's, and the ratio to a Python that imports
nothing: the clock of a busy machine tells little.  "painted" is the first frame on the screen, "figures" when the
counts of the base stand in it, "coverage" when the heat map does.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click

RUNS = 5
PHASES = """
import asyncio, sys, time
begun, used = time.perf_counter(), time.process_time()
marks = {}
def mark(name): marks.setdefault(name, (time.perf_counter() - begun, time.process_time() - used))
import textual.app
mark("textual imported")
from pathlib import Path
import kb.tui.app, kb.tui.overview
mark("kb.tui imported")
from kb.tui.app import Browser
async def main():
    app = Browser(Path(sys.argv[1]))
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("figures", "coverage"):
            mark("painted")
            await pilot.pause()
            while app.frame._open.keys() & {{"figures": "counts"}.get(name, name)}:
                await asyncio.sleep(0.005)
            mark(name)
asyncio.run(main())
for name, (wall, cpu) in marks.items(): print(f"{name}\\t{wall}\\t{cpu}")
"""
BARE_TIMED = "import time; print(f'nothing\\t{time.perf_counter() * 0}\\t{time.process_time()}')"


def run(code: str, *words: str) -> dict[str, tuple[float, float]]:
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: (float(wall), float(cpu)) for name, wall, cpu in rows}


@click.command()
@click.argument("measurements", type=click.IntRange(min=1), default=100_000)
@click.option("--db", type=click.Path(exists=True, dir_okay=False), help="A base that is there.")
def main(measurements: int, db: str | None) -> None:
    """Time the first paint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(db) if db else Path(folder, "kb.sqlite")
        if not db:
            from kb.connection import open_base
            from kb.synthetic import fill

            made = open_base(path, read_only=False)
            click.echo(f"{fill(made, measurements)} measurements in the base")
            made.close()
        bare = statistics.median(run(BARE_TIMED)["nothing"][1] for _ in range(RUNS))
        runs = [run(PHASES, str(path)) for _ in range(RUNS)]
        click.echo(f"{'phase':<20}{'wall [s]':>10}{'processor [s]':>15}{'of a bare python':>18}")
        for name in runs[0]:
            wall = statistics.median(r[name][0] for r in runs)
            cpu = statistics.median(r[name][1] for r in runs)
            click.echo(f"{name:<20}{wall:>10.2f}{cpu:>15.2f}{cpu / bare:>17.0f}x")


if __name__ == "__main__":
    main()
