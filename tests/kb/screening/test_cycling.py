"""The simulator against its twin, its limits, its invariances and its refusals."""

import importlib.util
import math
import os
import subprocess
import sys
import threading
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kb.screening import Lives, Protocol, _core, simulate_cells
from kb.screening.cycling import DRY, ISA_VARIABLE, LITHIUM, MODES, PARAMETERS, POLARISATION, SHORT, SURVIVED, isas
from kb.screening.cycling_twin import normals, philox, simulate_cell
from kb.screening.synthetic import synthetic_coatings
from kb.screening.traces import trace_cells
from schema.errors import KBError, OutOfRange, UnknownParameter, WrongArray

SHARED = Path(os.environ.get("KB_SHARED") or Path(__file__).parents[4] / "shared")
REFERENCE = SHARED / "spec" / "cycle_reference.py"
CELL = Protocol(lithium=6.0)
LIMIT = 700
# Each makes another failure frequent.
PROTOCOLS = {
    "lithium": CELL,
    "lean": Protocol(lithium=6.0, electrolyte=4.0),
    "fast": Protocol(current=3.0, lithium=8.0, separator=15.0, dendrite_threshold=0.05),
    "tight": Protocol(lithium=12.0, cutoff=0.12),
    "thick": Protocol(capacity=3.0, current=1.5, lithium=40.0, electrolyte=60.0, sei=0.0),
}
KINDS = [(isa, precision) for isa in isas() for precision in ("double", "single")]


def row(coatings: dict[str, np.ndarray], draw: int) -> dict[str, float]:
    return {name: float(values[draw]) for name, values in coatings.items()}


def chosen(coatings: dict[str, np.ndarray], draws: object) -> dict[str, np.ndarray]:
    return {name: np.ascontiguousarray(values[draws]) for name, values in coatings.items()}


def inert(n: int = 1) -> dict[str, np.ndarray]:
    """Coatings to which nothing happens."""
    coatings = {name: np.zeros(n) for name in PARAMETERS}
    for name in ("exchange_bare", "exchange_coated", "strain_ratio", "rate_current", "limiting_current"):
        coatings[name] = np.full(n, 1e9)
    coatings["rate_exponent"] = np.ones(n)
    return coatings


def same(one: Lives, other: Lives) -> bool:
    return bool((one.cycles == other.cycles).all() and (one.mode == other.mode).all())


# --- against the twin ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("name", PROTOCOLS)
def test_lives_are_those_of_the_twin(name, noise):
    coatings, protocol = synthetic_coatings(150, seed=len(name)), PROTOCOLS[name]
    expected = [simulate_cell(row(coatings, k), protocol, LIMIT, noise, 7, k) for k in range(150)]
    for isa in isas():
        lives = simulate_cells(coatings, protocol, LIMIT, noise=noise, seed=7, isa=isa)
        assert list(zip(lives.cycles.tolist(), lives.mode.tolist(), strict=True)) == expected, isa
        assert lives.hours.tolist() == [cycles * protocol.period for cycles, _ in expected]
    single = simulate_cells(coatings, protocol, LIMIT, noise=noise, seed=7, precision="single")
    assert np.abs(single.cycles - [cycles for cycles, _ in expected]).max() <= 1


def test_every_failure_is_among_those_compared():
    seen = {
        int(mode)
        for name, protocol in PROTOCOLS.items()
        for mode in simulate_cells(synthetic_coatings(150, seed=len(name)), protocol, LIMIT).mode
    }
    assert seen == {SURVIVED, SHORT, LITHIUM, DRY, POLARISATION}


@pytest.mark.skipif(not REFERENCE.exists(), reason=f"no other reference at {REFERENCE}; KB_SHARED names its folder")
def test_lives_are_those_of_the_given_reference():
    spec = importlib.util.spec_from_file_location("cycle_reference", REFERENCE)
    reference = importlib.util.module_from_spec(spec)
    sys.modules["cycle_reference"] = reference
    spec.loader.exec_module(reference)
    assert [f.name for f in fields(reference.Coating)] == list(PARAMETERS)
    assert [(f.name, f.default) for f in fields(reference.Protocol)] == [(f.name, f.default) for f in fields(Protocol)]
    assert [getattr(reference, mode.upper()) for mode in MODES] == list(range(5))
    coatings = synthetic_coatings(200, seed=3)
    for protocol in PROTOCOLS.values():
        given = reference.Protocol(**vars(protocol))
        expected = [reference.simulate(reference.Coating(**row(coatings, k)), given, LIMIT) for k in range(200)]
        for isa in isas():
            lives = simulate_cells(coatings, protocol, LIMIT, isa=isa)
            assert lives.cycles.tolist() == [life.cycles for life in expected]
            assert lives.mode.tolist() == [life.mode for life in expected]
            assert lives.hours.tolist() == pytest.approx([life.hours for life in expected], rel=1e-12)


@given(seed=st.integers(0, 2**32), capacity=st.floats(0.2, 5), current=st.floats(0.1, 4), excess=st.floats(0.5, 8))
@settings(max_examples=25, deadline=None)
def test_any_protocol_gives_the_lives_of_the_twin(seed, capacity, current, excess):
    protocol = Protocol(capacity=capacity, current=current, lithium=capacity * (1 + excess), electrolyte=12 * capacity)
    coatings = synthetic_coatings(8, seed)
    lives = simulate_cells(coatings, protocol, 300, noise=0.1, seed=seed)
    expected = [simulate_cell(row(coatings, k), protocol, 300, 0.1, seed, k) for k in range(8)]
    assert list(zip(lives.cycles.tolist(), lives.mode.tolist(), strict=True)) == expected


@pytest.mark.parametrize("name", PROTOCOLS)
def test_single_precision_is_within_a_cycle(name):
    coatings = synthetic_coatings(20_000, seed=5)
    exact = simulate_cells(coatings, PROTOCOLS[name], 2000)
    for isa in isas():
        single = simulate_cells(coatings, PROTOCOLS[name], 2000, precision="single", isa=isa)
        apart = np.abs(single.cycles - exact.cycles)
        assert apart.max() <= 1
        assert (apart > 0).mean() < 2e-3


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize(("isa", "precision"), KINDS)
def test_many_cycles_at_a_time_come_near_the_exact_lives(name, isa, precision):
    coatings = synthetic_coatings(5_000, seed=6)
    exact = simulate_cells(coatings, PROTOCOLS[name], 2000)
    macro = simulate_cells(coatings, PROTOCOLS[name], 2000, method="macro", precision=precision, isa=isa)
    apart = np.abs(macro.cycles - exact.cycles)
    assert np.median(apart) == 0
    assert np.quantile(apart, 0.99) <= 3
    assert (apart > 8).mean() < 1e-3  # an overpotential that grazes the cut-off and falls again is passed over
    assert (macro.mode != exact.mode).mean() < 0.01


def test_one_cycle_at_a_time_is_what_a_short_stride_is():
    coatings = synthetic_coatings(500, seed=8)
    assert same(
        simulate_cells(coatings, CELL, 1, method="macro"),
        simulate_cells(coatings, CELL, 1),
    )


# --- limits (physics.md, section e) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["exact", "macro"])
def test_constant_efficiency_is_the_lithium_inventory(method):
    efficiency = np.array([0.9, 0.8, 0.7, 1 - 7 / (65 * 3) + 1e-9, 1 - 7 / (90 * 3) + 1e-9])
    coatings = inert(5) | {"dead_bare": 1 - efficiency, "dead_coated": 1 - efficiency}
    coatings["rate_current"] = np.full(5, 1e15)
    lives = simulate_cells(coatings, Protocol(capacity=3.0, lithium=10.0), method=method)
    assert lives.cycles.tolist() == [23, 11, 7, 65, 90]
    assert set(lives.mode.tolist()) == {LITHIUM}


def test_sei_alone_grows_with_the_root_of_time():
    coatings = inert() | {"sei_growth": np.array([0.5])}
    sei = trace_cells(coatings, Protocol(sei=0.0, lithium=1e6), max_cycles=400).sei[0]
    assert sei == pytest.approx(np.sqrt(0.5 * 2.0 * np.arange(1, 401)), rel=1e-9)


@pytest.mark.parametrize(("isa", "precision"), KINDS)
@pytest.mark.parametrize("method", ["exact", "macro"])
def test_without_loss_nothing_fails(isa, precision, method):
    lives = simulate_cells(inert(3), CELL, 100_000, precision=precision, method=method, isa=isa)
    assert lives.cycles.tolist() == [100_000] * 3
    assert lives.mode.tolist() == [SURVIVED] * 3


def test_much_electrolyte_never_dries_and_less_shortens_life():
    coatings = synthetic_coatings(300, seed=9)
    lives = [simulate_cells(coatings, replace(CELL, electrolyte=e)) for e in (1e9, 30.0, 10.0, 5.0, 2.0, 1.0)]
    assert DRY not in lives[0].mode
    assert DRY in lives[-1].mode
    for more, less in pairwise(lives):
        assert (less.cycles <= more.cycles).all()


@given(loss=st.floats(0.002, 0.2), lithium=st.floats(2.0, 10.0))
@settings(max_examples=30, deadline=None)
def test_twice_the_lithium_lives_longer_by_the_ratio_of_the_excess(loss, lithium):
    coatings = inert() | {"dead_bare": np.array([loss]), "dead_coated": np.array([loss])}
    once = simulate_cells(coatings, Protocol(lithium=lithium), 100_000).cycles[0]
    twice = simulate_cells(coatings, Protocol(lithium=2 * lithium), 100_000).cycles[0]
    ratio = (2 * lithium - 1) / (lithium - 1)
    assert abs(twice - ratio * once) <= 1 + ratio


def test_more_protection_means_fewer_shorts():
    coatings = synthetic_coatings(2_000, seed=10)
    weak, strong = (coatings | {"suppression": np.full(2_000, s)} for s in (0.0, 0.9))
    protocol = PROTOCOLS["fast"]
    assert (simulate_cells(strong, protocol).mode == SHORT).sum() < (simulate_cells(weak, protocol).mode == SHORT).sum()


# --- invariance ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("isa", "precision"), KINDS)
@pytest.mark.parametrize(("method", "noise"), [("exact", 0.0), ("exact", 0.25), ("macro", 0.0)])
def test_neither_order_nor_threads_nor_neighbours_matter(isa, precision, method, noise):
    n = 9_001
    coatings = synthetic_coatings(n, seed=11)
    how = {"precision": precision, "method": method, "noise": noise, "seed": 5, "isa": isa}
    lives = simulate_cells(coatings, CELL, LIMIT, threads=1, **how)
    assert same(simulate_cells(coatings, CELL, LIMIT, threads=3, **how), lives)
    order = np.random.default_rng(0).permutation(n)
    shuffled = simulate_cells(chosen(coatings, order), CELL, LIMIT, draw_ids=order, **how)
    assert (shuffled.cycles == lives.cycles[order]).all()
    assert (shuffled.mode == lives.mode[order]).all()
    few = [0, 17, n - 1]
    alone = simulate_cells(chosen(coatings, few), CELL, LIMIT, draw_ids=np.array(few), **how)
    assert alone.cycles.tolist() == lives.cycles[few].tolist()


def test_instruction_sets_agree():
    coatings = synthetic_coatings(20_000, seed=12)
    for noise in (0.0, 0.2):
        lives = [simulate_cells(coatings, CELL, LIMIT, noise=noise, isa=isa) for isa in isas()]
        assert all(same(lives[0], other) for other in lives[1:])


def test_threads_of_python_may_call_at_once():
    coatings = synthetic_coatings(3_000, seed=13)
    expected = simulate_cells(coatings, CELL, LIMIT, threads=1)
    results: list[bool] = []

    def hammer() -> None:
        for _ in range(5):
            results.append(same(simulate_cells(coatings, CELL, LIMIT, threads=2), expected))

    threads = [threading.Thread(target=hammer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 10


# --- noise -----------------------------------------------------------------------------------------------------------


def test_random_words_are_those_of_the_paper():
    # Known answers of Random123, kat_vectors, philox4x32 10
    ones = 2**32 - 1
    assert [f"{w:08x}" for w in philox((ones,) * 4, 2**64 - 1)] == ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]


def test_noise_is_normal_and_its_streams_independent():
    numbers = np.array([normals(draw, cycle, 3) for draw in range(400) for cycle in range(10)])
    assert numbers.mean(axis=0) == pytest.approx([0, 0], abs=0.06)
    assert np.cov(numbers.T) == pytest.approx(np.eye(2), abs=0.08)
    assert np.abs(numbers).max() < 6


def test_noise_leaves_the_mean_loss():
    n, loss = 4_000, 0.01
    coatings = inert(n) | {"dead_bare": np.full(n, loss), "dead_coated": np.full(n, loss)}
    calm = simulate_cells(coatings, CELL, 5000).cycles[0]
    noisy = simulate_cells(coatings, CELL, 5000, noise=0.5, seed=1).cycles
    assert noisy.mean() == pytest.approx(calm, rel=0.01)
    assert 2 < noisy.std() < 30


def test_noise_is_addressed_by_seed_and_draw():
    coatings = chosen(synthetic_coatings(1, seed=14), np.zeros(500, int))
    lives = simulate_cells(coatings, CELL, LIMIT, noise=0.5, seed=1)
    assert len(set(lives.cycles.tolist())) > 5
    assert not same(simulate_cells(coatings, CELL, LIMIT, noise=0.5, seed=2), lives)
    one = simulate_cells(coatings, CELL, LIMIT, noise=0.5, seed=1, draw_ids=np.full(500, 42))
    assert set(one.cycles.tolist()) == {lives.cycles[42]}
    other = simulate_cells(coatings, CELL, LIMIT, noise=0.5, seed=1, draw_ids=np.arange(500) + 2**32)
    assert not same(other, lives)  # another candidate


# --- instruction sets ------------------------------------------------------------------------------------------------


def test_environment_chooses_the_instruction_set(monkeypatch):
    coatings = synthetic_coatings(100)
    monkeypatch.setenv(ISA_VARIABLE, "baseline")
    assert same(simulate_cells(coatings, CELL), simulate_cells(coatings, CELL, isa="baseline"))
    monkeypatch.setenv(ISA_VARIABLE, "mmx")
    with pytest.raises(OutOfRange, match=f"{ISA_VARIABLE} is 'mmx'.*baseline"):
        simulate_cells(coatings, CELL)
    assert same(simulate_cells(coatings, CELL, isa="baseline"), simulate_cells(coatings, CELL, isa=isas()[-1]))


def test_what_the_processor_lacks_is_an_error():
    lacking = {"baseline", "avx2", "avx512"} - set(isas())
    for isa in [*lacking, "AVX2", ""]:
        with pytest.raises(OutOfRange, match="isa is"):
            simulate_cells(synthetic_coatings(2), CELL, isa=isa)


# --- refusals --------------------------------------------------------------------------------------------------------


def spoiled(name: str, value: object) -> dict[str, np.ndarray]:
    coatings = synthetic_coatings(5)
    coatings[name] = coatings[name].copy()
    coatings[name][3] = value
    return coatings


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_bad_parameter_is_named(name):
    for value in (math.nan, math.inf, -math.inf, -1.0):
        with pytest.raises(OutOfRange, match=rf"'{name}' must be .* \(draw 3\)"):
            simulate_cells(spoiled(name, value), CELL)
    good = synthetic_coatings(5)
    for wrong in (good[name].astype(np.float32), good[name].tolist(), good[name].astype(object), 1.0, None):
        with pytest.raises(WrongArray, match=f"'{name}' must be a float64 array"):
            simulate_cells(good | {name: wrong}, CELL)
    for wrong in (good[name][:4], good[name].reshape(1, 5), np.array(1.0)):
        with pytest.raises(WrongArray, match="must have shape"):
            simulate_cells(good | {name: wrong}, CELL)
    with pytest.raises(UnknownParameter, match=f"'{name}' is missing"):
        simulate_cells({key: value for key, value in good.items() if key != name}, CELL)


@pytest.mark.parametrize("name", [name for name, domain in PARAMETERS.items() if domain.high == 1])
def test_fractions_do_not_exceed_one(name):
    with pytest.raises(OutOfRange, match=rf"'{name}' must be within 0\.\.1, not .*1\.01"):
        simulate_cells(spoiled(name, 1.01), CELL)


@pytest.mark.parametrize("name", [name for name, domain in PARAMETERS.items() if domain.open])
def test_currents_are_positive(name):
    with pytest.raises(OutOfRange, match=rf"'{name}' must be positive"):
        simulate_cells(spoiled(name, 0.0), CELL)


def test_an_unknown_parameter_is_named_with_the_near_one():
    with pytest.raises(UnknownParameter, match="'dead_bar'; did you mean 'dead_bare'"):
        simulate_cells(synthetic_coatings(2) | {"dead_bar": np.zeros(2)}, CELL)


def test_more_death_than_lithium_is_refused():
    with pytest.raises(OutOfRange, match="more lithium dies in a cycle than is plated"):
        simulate_cells(synthetic_coatings(2) | {"dead_bare": np.full(2, 0.9)}, replace(CELL, current=4.0))
    with pytest.raises(OutOfRange, match=r"beyond 1e\+30"):
        simulate_cells(inert() | {"hot_spot": np.full(1, 1e60)}, CELL)


@pytest.mark.parametrize("name", [f.name for f in fields(Protocol)])
def test_a_bad_protocol_is_named(name):
    for value in (math.nan, math.inf, -1.0, "1", None, True):
        with pytest.raises(OutOfRange, match=f"protocol: {name} must be"):
            Protocol(**{name: value})
    if name in ("current", "capacity", "lithium", "electrolyte", "cutoff", "separator"):
        with pytest.raises(OutOfRange, match=f"protocol: {name} must be positive"):
            Protocol(**{name: 0.0})


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("max_cycles", -1, "max_cycles must be a whole number"),
        ("max_cycles", 10.0, "max_cycles must be a whole number"),
        ("max_cycles", 2**31, "max_cycles must be a whole number"),
        ("precision", "half", "precision must be 'double' or 'single'"),
        ("method", "euler", "method must be 'exact' or 'macro'"),
        ("noise", -0.1, "noise must be a number"),
        ("noise", math.nan, "noise must be a number"),
        ("noise", 10, "noise must be a number"),
        ("seed", -1, "seed must be a whole number"),
        ("seed", 2**64, "seed must be a whole number"),
        ("threads", 0, "threads must be a whole number"),
        ("draw_ids", np.zeros(3), "draw_ids must be an array of integers"),
        ("draw_ids", np.zeros(2, int), r"draw_ids must have shape \(3,\)"),
        ("draw_ids", np.array([0, -1, 2]), "draw_ids must not be negative"),
    ],
)
def test_a_bad_option_is_named(option, value, message):
    with pytest.raises((OutOfRange, WrongArray, UnknownParameter), match=message):
        simulate_cells(synthetic_coatings(3), CELL, **{option: value})


def test_noise_and_strides_exclude_each_other():
    with pytest.raises(OutOfRange, match="method='exact'"):
        simulate_cells(synthetic_coatings(3), CELL, noise=0.1, method="macro")


def test_nothing_and_no_cycles():
    assert simulate_cells(synthetic_coatings(0), CELL).cycles.shape == (0,)
    lives = simulate_cells(synthetic_coatings(3), CELL, max_cycles=0)
    assert lives.cycles.tolist() == [0, 0, 0]
    assert lives.mode.tolist() == [SURVIVED] * 3
    short = simulate_cells(synthetic_coatings(3), Protocol(lithium=0.5))
    assert short.cycles.tolist() == [0, 0, 0]
    assert short.mode.tolist() == [LITHIUM] * 3


def test_types_are_as_promised_and_inputs_untouched():
    coatings = {name: np.repeat(values, 2)[::2] for name, values in synthetic_coatings(70).items()}  # not contiguous
    before = {name: values.copy() for name, values in coatings.items()}
    lives = simulate_cells(coatings, CELL)
    assert (lives.cycles.dtype, lives.mode.dtype, lives.hours.dtype) == (np.int32, np.int8, np.float64)
    assert same(lives, simulate_cells(synthetic_coatings(70), CELL))
    assert all((coatings[name] == before[name]).all() for name in coatings)


WILD = st.one_of(st.floats(0, 1), st.floats(0, 1e308), st.sampled_from([0.0, 5e-324, 1e-300, 1e-30, 1.0, 1e30, 1e308]))


@given(data=st.data(), isa=st.sampled_from(isas()), precision=st.sampled_from(["double", "single"]),
       method=st.sampled_from(["exact", "macro"]))  # fmt: skip
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wild_numbers_end_in_a_life_or_an_error(data, isa, precision, method):
    n = 5
    coatings = {name: np.array(data.draw(st.lists(WILD, min_size=n, max_size=n))) for name in PARAMETERS}
    try:
        protocol = Protocol(**{f.name: data.draw(WILD) for f in fields(Protocol)})
        lives = simulate_cells(coatings, protocol, 50, precision=precision, method=method, isa=isa)
    except KBError as error:
        assert str(error)
        return
    assert ((lives.cycles >= 0) & (lives.cycles <= 50)).all()
    assert ((lives.mode == SURVIVED) == (lives.cycles == 50)).all()


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_odd_but_possible_numbers_give_the_lives_of_the_twin(data):
    """A hundred times up and down from the usual, one parameter at a time."""
    coatings = synthetic_coatings(6, seed=data.draw(st.integers(0, 100)))
    name = data.draw(st.sampled_from(sorted(PARAMETERS)))
    coatings[name] = coatings[name] * data.draw(st.sampled_from([0.01, 0.1, 10.0, 100.0]))
    assume(PARAMETERS[name].holds(coatings[name]).all())
    try:
        lives = simulate_cells(coatings, CELL, 150)
    except OutOfRange:
        return
    expected = [simulate_cell(row(coatings, k), CELL, 150) for k in range(6)]
    assert list(zip(lives.cycles.tolist(), lives.mode.tolist(), strict=True)) == expected


def test_the_core_refuses_what_the_wrapper_never_passes():
    n = 4
    coatings = tuple(synthetic_coatings(n).values())
    good = [coatings, np.zeros(13), np.arange(n, dtype=np.uint64), np.zeros(n, np.int32), np.zeros(n, np.int8),
            0, n, 10, 0.0, 0, "baseline", False, False]  # fmt: skip
    for place, wrong in [
        (0, coatings[:19]), (0, list(coatings)), (0, (*coatings[:19], np.zeros(3))), (0, (*coatings[:19], "x")),
        (1, np.zeros(12)), (2, np.zeros(n)), (2, np.zeros(3, np.uint64)), (3, np.zeros(n, np.int64)),
        (3, np.zeros(3, np.int32)), (4, np.zeros(n)), (5, -1), (6, n + 1), (7, 0), (7, 2**40), (8, 4.0),
        (8, math.nan), (9, -1), (10, "none"), (10, None),
    ]:  # fmt: skip
        arguments = list(good)
        arguments[place] = wrong
        with pytest.raises((TypeError, ValueError, OverflowError)):
            _core.simulate_cells(*arguments)
    with pytest.raises(TypeError, match="takes 13 arguments"):
        _core.simulate_cells(*good[:-1])
    with pytest.raises(ValueError, match="share memory"):
        shared = np.zeros(n)
        _core.simulate_cells((*coatings[:19], shared), *good[1:3], shared.view(np.int32)[:n], *good[4:])


def test_importing_it_is_light():
    code = "import sys, kb.screening.cycling; print([m for m in ('scipy', 'pint', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
