"""That a compiler makes SIMD code of every pass of the simulator: a mask can stop it without any visible change."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import assembly

needs_compiler = pytest.mark.skipif(assembly.compiler() is None, reason="no compiler for x86-64 whose assembly is read")
LANES = {("baseline", False): 2, ("baseline", True): 4, ("avx2", False): 4, ("avx2", True): 8, ("avx512", False): 8,
         ("avx512", True): 16}  # fmt: skip
PASSES = 6


@needs_compiler
@pytest.mark.parametrize(("isa", "single"), LANES)
def test_every_pass_moves_a_full_vector(isa, single):
    loops = [loop for loop in assembly.kernel_loops(isa, single) if sum(loop.packed.values()) > 1]
    assert len(loops) == PASSES
    assert {loop.lanes for loop in loops} == {LANES[isa, single]}
    assert [loop.scalar for loop in loops] == [0] * PASSES


@needs_compiler
def test_the_flags_are_those_of_the_build():
    build = assembly.CMAKE.read_text()
    for flag in [*assembly.FLAGS[1:], *(flag for flags in assembly.ISA_FLAGS.values() for flag in flags)]:
        assert flag in build, flag
    assert "-ffast-math" not in assembly.FLAGS
