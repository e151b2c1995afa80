"""What the compiler makes of the simulator: its inner loops, and the least time their instructions take.

The loops of the noise-free kernel are read from the assembly that the compiler of this machine prints.  The bound is
that of the busiest resource: multiplications and fused multiply-adds share some pipes, additions and comparisons
others, divisions and roots one slow unit.  How many of each this machine does a second is measured.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CORE = Path(__file__).parents[3] / "kb" / "screening" / "core"
CMAKE = CORE.parents[2] / "CMakeLists.txt"
FLAGS = ["-std=c11", "-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast", "-ffinite-math-only",
         "-fno-signed-zeros"]  # fmt: skip
ISA_FLAGS = {
    "baseline": [],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"],
}
# The noise-free kernel alone: what is static and never called is left away.
PROBE = """
#define CYCLING_EXACT static __attribute__((unused)) whole
#include "cycling_exact.c"
void probe(const struct cycling_study *study, size_t start, size_t stop) { cycle_all(study, start, stop, 0); }
"""

MULTIPLY, ADD, DIVIDE, ROOT = RESOURCES = ("multiply", "add", "divide", "root")
_KINDS = (  # of packed instructions; the loads that go with them are free
    (MULTIPLY, re.compile(r"v?(mul|fn?m(add|sub)\d+)p[sd]$")),
    (ADD, re.compile(r"v?(add|sub|max|min|cmp\w*)p[sd]$")),
    (DIVIDE, re.compile(r"v?divp[sd]$")),
    (ROOT, re.compile(r"v?sqrtp[sd]$")),
)
_SCALAR = re.compile(r"v?(mul|add|sub|div|sqrt|fn?m(add|sub)\d+)s[sd]$")


def compiler() -> list[str] | None:
    """Name a compiler for x86-64 whose assembly is read here (GCC or Clang), or None."""
    found = shlex.split(os.environ.get("CC", "")) or [name for name in ("cc", "gcc", "clang") if shutil.which(name)][:1]
    return found if found and platform.machine() in ("x86_64", "AMD64") else None


@dataclass(frozen=True)
class Loop:
    """An innermost loop of the kernel.

    Attributes
    ----------
    lanes : trajectories that one pass through it moves on
    packed : number of packed arithmetic instructions of each of ``RESOURCES``
    scalar : number of arithmetic instructions that move one trajectory only
    """

    lanes: int
    packed: Counter[str]
    scalar: int


def kernel_loops(isa: str, single: bool = False) -> list[Loop]:
    """Compile the noise-free kernel and give those of its inner loops that step through arrays of lanes."""
    compiled = compiler()
    assert compiled, "no compiler whose assembly is read here"
    options = [
        *FLAGS,
        "--param=max-completely-peel-times=1",
        *ISA_FLAGS[isa],
        *(["-DCYCLING_SINGLE"] if single else []),
        f"-I{CORE}",
    ]
    printed = subprocess.run(
        [*compiled, *options, "-S", "-x", "c", "-o", "-", "-"], input=PROBE, text=True, capture_output=True, check=True
    ).stdout
    lines = printed.split("\n")
    labels = {line[:-1]: k for k, line in enumerate(lines) if re.fullmatch(r"\.L\w+:", line)}
    loops = []
    for k, line in enumerate(lines):
        jump = re.match(r"\tj\w+\t(\.L\w+)", line)
        begin = labels.get(jump[1], k) if jump else k
        body = lines[begin + 1 : k]
        if begin >= k or any(re.fullmatch(r"\.L\w+:", other) for other in body):
            continue
        names = [other.split()[0] for other in body if re.match(r"\t[a-z]", other)]
        packed = Counter(kind for name in names for kind, pattern in _KINDS if pattern.match(name))
        steps = [abs(int(m[1])) for other in body if (m := re.match(r"\t(?:add|sub)[ql]\t\$(-?\d+), %r\w+", other))]
        step = max(steps, default=0)
        lanes = step // (4 if single else 8)
        if lanes and (packed or any(_SCALAR.match(name) for name in names)):
            loops.append(Loop(lanes, packed, sum(bool(_SCALAR.match(name)) for name in names)))
    return loops


_PEAK = r"""
#include <stdio.h>
#include <time.h>
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}
typedef REAL vector __attribute__((vector_size(WIDTH)));
/* Eight chains: more than the latency of any pipe times their number can fill would spill registers. */
#define RUN(name, rounds, instruction) { \
    double best = 1e9; \
    for (int repeat = 0; repeat < 5; repeat++) { \
        vector a = one, b = one, c = one, d = one, e = one, f = one, g = one, h = one, i = one, j = one; \
        const double begin = now(); \
        for (long round = 0; round < rounds; round++) \
            __asm__ volatile(EACH(instruction) : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f), "+x"(g), "+x"(h), \
                             "+x"(i), "+x"(j) : "x"(one)); \
        const double took = now() - begin; \
        if (took < best) best = took; \
    } \
    printf("%s %.6g\n", name, rounds * 10.0 / best); }
#define EACH(instruction) instruction("%0") instruction("%1") instruction("%2") instruction("%3") instruction("%4") \
    instruction("%5") instruction("%6") instruction("%7") instruction("%8") instruction("%9")
#ifdef __AVX__
#define MULTIPLY(x) "vfmadd213" TYPE " %10, %10, " x "\n"
#define ADD(x) "vadd" TYPE " %10, " x ", " x "\n"
#define DIVIDE(x) "vdiv" TYPE " %10, " x ", " x "\n"
#define ROOT(x) "vsqrt" TYPE " " x ", " x "\n"
#else
#define MULTIPLY(x) "mul" TYPE " %10, " x "\n"
#define ADD(x) "add" TYPE " %10, " x "\n"
#define DIVIDE(x) "div" TYPE " %10, " x "\n"
#define ROOT(x) "sqrt" TYPE " " x ", " x "\n"
#endif
int main(void) {
    const vector one = (vector){0} + 1;
    RUN("multiply", 4000000L, MULTIPLY)
    RUN("add", 4000000L, ADD)
    RUN("divide", 1000000L, DIVIDE)
    RUN("root", 1000000L, ROOT)
    return 0;
}
"""


def peak_rates(isa: str, single: bool = False) -> dict[str, float]:
    """Measure how many packed instructions of each resource this machine does a second, in CPU time."""
    width = {"baseline": 16, "avx2": 32, "avx512": 64}[isa]
    compiled = compiler()
    assert compiled, "no compiler whose assembly is read here"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "peak")
        kind = ["-DREAL=float", '-DTYPE="ps"'] if single else ["-DREAL=double", '-DTYPE="pd"']
        options = ["-O2", *ISA_FLAGS[isa], *kind, f"-DWIDTH={width}"]
        command = [*compiled, *options, "-x", "c", "-o", str(program), "-"]
        subprocess.run(command, input=_PEAK, text=True, check=True)
        printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name: float(rate) for name, rate in (line.split() for line in printed.splitlines())}


def bound(isa: str, single: bool = False) -> tuple[float, dict[str, float]]:
    """Give the most trajectory-cycles a second that the busiest resource allows, and how long each resource is busy.

    Returns
    -------
    trajectory-cycles a second, and by resource the nanoseconds of one trajectory-cycle
    """
    rates = peak_rates(isa, single)
    busy = dict.fromkeys(RESOURCES, 0.0)
    for loop in kernel_loops(isa, single):
        for kind, number in loop.packed.items():
            busy[kind] += number / loop.lanes / rates[kind] * 1e9
    divider = busy[DIVIDE] + busy[ROOT]
    return 1e9 / max(busy[MULTIPLY], busy[ADD], divider), busy
