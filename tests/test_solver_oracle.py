"""The solver against a second method in exact fractions, on random networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from mfa.engine.network import TAKER, GainError, State, Structure, Values
from mfa.engine.solver import solve
from tests import oracle
from tests.networks import (
    JOINT,
    MIXED,
    SMOOTH,
    STRONG,
    STRONG_JOINT,
    WEAK,
    Mode,
    Network,
    networks,
    random_network,
    shuffled,
)

CAREFUL = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    database=None,
)
BRIEF = settings(CAREFUL, max_examples=60)
SCAN = range(2000)
SEEDS = st.integers(0, 10**6)


def tolerance(net: np.ndarray, relative: float = 1e-9) -> float:
    return relative * max(1.0, float(np.abs(net).max(initial=0.0)))


def fault(state: State, answer: oracle.Answer) -> str:
    """Say in what the state differs from the exact answer; empty if in nothing."""
    close = tolerance(state.net)
    for name in ("net", "level", "handed"):
        mine, exact = getattr(state, name), np.array(getattr(answer, name), dtype=float)
        if not np.allclose(mine, exact, rtol=1e-9, atol=close):
            return f"{name}: solver {mine.tolist()}, exact {exact.tolist()} ({state.method})"
    return ""


def outcome(method: Callable[[Structure, Values], oracle.Answer], network: tuple[Structure, Values]) -> Any:
    """Return an answer, "error", or "open" where the path has no end."""
    try:
        return method(*network)
    except oracle.Gain:
        return "error"
    except oracle.Ambiguous:
        return "open"


def verdict(structure: Structure, values: Values) -> oracle.Answer | str:
    """Return the exact defined answer, "error", or "open".

    One path a block counts, because one path over the whole network runs away to t = -inf where a
    recycle of gain above 1 is fed by another pool (`test_a_fed_recycle_needs_its_own_path`). Open is
    what has no end of a path, or where both ways end and differ.
    """
    network = structure, values
    if oracle.slope_radius(structure, values) < 0.999:
        return oracle.path_answer(structure, values)
    block, whole = outcome(oracle.block_answer, network), outcome(oracle.path_answer, network)
    ends = [v if isinstance(v, str) else v.net for v in (block, whole)]
    return block if ends[1] in (ends[0], "open") else "open"


def defined(structure: Structure, values: Values) -> oracle.Answer | None:
    """Return the exact defined answer, None for an error; leave the open out."""
    answer = verdict(structure, values)
    assume(answer != "open")
    return None if isinstance(answer, str) else answer


def solved(structure: Structure, values: Values) -> State | None:
    try:
        return solve(structure, values)
    except GainError:
        return None


def well_posed(network: Network) -> tuple[Structure, Values]:
    """Return the compiled network; leave out those for which the path may leave the answer open."""
    structure, values = network.compiled()
    if oracle.slope_radius(structure, values) >= 0.999:
        assume(len(structure.pools) <= 4)
        defined(structure, values)
    return structure, values


def check_defined(network: Network) -> None:
    structure, values = network.compiled()
    answer, state = defined(structure, values), solved(structure, values)
    assert (state is None) == (answer is None), f"solver {state}, exact {answer}"
    if state is not None and answer is not None:
        assert not fault(state, answer)


@CAREFUL
@given(networks(1, 4, MIXED))
def test_solver_gives_the_end_of_the_path(network: Network) -> None:
    """Small networks of every kind give exactly the defined answer, or the error where it is one."""
    check_defined(network)


@CAREFUL
@given(networks(2, 4, STRONG))
def test_solver_gives_the_end_of_the_path_with_strong_loops(network: Network) -> None:
    """With gains near and above 1 the answer, or the error, is still the defined one."""
    check_defined(network)


@pytest.mark.parametrize("mode", [JOINT, STRONG_JOINT], ids=["joint", "strong joint"])
def test_joint_producers_that_serve_the_largest(mode: Mode) -> None:
    """The defined answer, or the error, where processes run at the largest that giver lists ask.

    Many runs bring more than a list asks, and in many a taker gets it in a pool that is short by itself.
    """
    found: Counter[str] = Counter()
    for seed in range(150):
        structure, values = random_network(seed, 2 + seed % 2, mode).compiled()
        answer = verdict(structure, values)
        if answer != "open":
            assert not disagreement(structure, values, answer), seed
        if isinstance(answer, oracle.Answer):
            found["answer"] += 1
            found["runs"] += any(answer.level[p] > 0 for p in structure.largest)
            taken = ((e, h) for e, h in zip(structure.entries, answer.handed, strict=True) if e.side == TAKER)
            found["taken beyond an ask"] += any(h > 0 > answer.net[e.pool] for e, h in taken)
    assert found["answer"] >= 100
    assert found["runs"] >= 40
    assert found["taken beyond an ask"] >= 8


@BRIEF
@given(networks(1, 3, MIXED))
def test_answer_is_among_all_answers(network: Network) -> None:
    """What the solver returns is one of the exact solutions that trying every piece finds."""
    structure, values = network.compiled()
    state = solved(structure, values)
    if state is None:
        return
    try:
        answers = oracle.all_answers(structure, values, most=5000)
    except ValueError:
        assume(False)
        return
    assert any(not fault(state, answer) for answer in answers)


@settings(CAREFUL, max_examples=25)
@given(SEEDS, st.integers(5, 40))
def test_larger_networks_agree_with_the_fixed_point(seed: int, pools: int) -> None:
    """Up to 40 pools with contractive slopes give the limit of plain iteration."""
    structure, values = random_network(seed, pools, WEAK).compiled()
    assume(oracle.slope_radius(structure, values) < 0.95)
    answer = oracle.fixed_point(structure, values)
    assert not fault(solve(structure, values), answer)


def flows(structure: Structure, values: Values, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return supply and demand of every pool by outside and processes."""
    supply, demand = np.maximum(values.external, 0.0), np.maximum(-values.external, 0.0)
    for pool, process, side, coefficient in zip(
        structure.flow_pool, structure.flow_process, structure.flow_side, values.coefficient, strict=True
    ):
        (supply if side > 0 else demand)[pool] += coefficient * level[process]
    return supply, demand


@CAREFUL
@given(SEEDS, st.integers(1, 12), st.sampled_from((WEAK, MIXED, STRONG)))
def test_every_pool_balances(seed: int, pools: int, mode: Mode) -> None:
    """Supply + shortage = demand + surplus in every pool, recomputed from the levels."""
    structure, values = well_posed(random_network(seed, pools, mode))
    state = solved(structure, values)
    if state is None:
        return
    supply, demand = flows(structure, values, state.level)
    for entry, amount in zip(structure.entries, state.handed, strict=True):
        if entry.process < 0:
            (demand if entry.side == TAKER else supply)[entry.pool] += amount
    np.testing.assert_allclose(
        supply + state.shortage, demand + state.surplus, rtol=1e-9, atol=tolerance(supply + demand)
    )
    assert (state.surplus >= 0).all()
    assert (state.shortage >= 0).all()
    assert (state.handed >= 0).all()
    assert (state.surplus * state.shortage == 0).all()
    assert state.residual < 1e-9


@CAREFUL
@given(SEEDS, st.integers(1, 12), st.sampled_from((WEAK, MIXED)))
def test_no_limit_is_passed(seed: int, pools: int, mode: Mode) -> None:
    """No level passes its capacity, no entry its limit or its percentage of |net|."""
    structure, values = well_posed(random_network(seed, pools, mode))
    state = solved(structure, values)
    if state is None:
        return
    close = tolerance(state.net)
    assert (state.level <= values.capacity + close).all()
    assert (state.handed <= values.limit + close).all()
    for entry, amount, percent in zip(structure.entries, state.handed, values.percent, strict=True):
        assert np.isinf(percent) or amount <= percent * abs(state.net[entry.pool]) + close


@BRIEF
@given(SEEDS, st.integers(1, 12), st.sampled_from((0.25, 3.0, 1e6, 1e-6)))
def test_scaling(seed: int, pools: int, factor: float) -> None:
    """Without capacities and limits, `factor` times the drivers gives `factor` times every amount."""
    structure, values = random_network(seed, pools, SMOOTH).compiled()
    assume(oracle.slope_radius(structure, values) < 0.95)
    bigger = Values(
        values.coefficient,
        values.external * factor,
        values.driven * factor,
        values.capacity,
        values.limit,
        values.percent,
        values.share,
    )
    one, many = solve(structure, values), solve(structure, bigger)
    for name in ("net", "level", "handed", "surplus", "shortage"):
        wanted = getattr(one, name) * factor
        np.testing.assert_allclose(getattr(many, name), wanted, rtol=1e-9, atol=factor * tolerance(one.net))


def check_renumbered(network: Network, seed: int) -> None:
    moved, numbers, pool, process, entry = shuffled(network, seed)
    one, other = solved(*network.compiled()), solved(moved, numbers)
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    close = tolerance(one.net)
    np.testing.assert_allclose(other.net, one.net[pool], rtol=1e-9, atol=close)
    np.testing.assert_allclose(other.level, one.level[process], rtol=1e-9, atol=close)
    np.testing.assert_allclose(other.handed, one.handed[entry], rtol=1e-9, atol=close)


@CAREFUL
@given(SEEDS, SEEDS, st.integers(2, 15), st.sampled_from((WEAK, MIXED, STRONG)))
def test_order_of_writing_does_not_matter(seed: int, dice: int, pools: int, mode: Mode) -> None:
    """Pools, processes, flows and lists in any order of writing give the same answer."""
    network = random_network(seed, 2 + pools % 3 if mode is STRONG else pools, mode)
    well_posed(network)
    check_renumbered(network, dice)


# ---------------------------------------------------------------- the search
def broken(structure: Structure, cycle: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Return the steps (pool, process, pool) of a cycle that no list and no flow make.

    A pool also moves what stands in another list that shares a process with its own: what that process
    takes here is what it leaves there.
    """
    cycle = cycle[: len(cycle) // 2 * 2]
    listed = {(e.pool, e.process) for e in structure.entries}
    tied = {(a, b) for a, p in listed for b, q in listed if p == q >= 0}
    listed |= {(a, q) for a, b in tied for c, q in listed if c == b}
    moved = set(zip(structure.flow_process.tolist(), structure.flow_pool.tolist(), strict=True))
    steps = zip(cycle[::2], cycle[1::2], (*cycle[2::2], cycle[0]), strict=True)
    return [(m, p, k) for m, p, k in steps if (m, p) not in listed or (p, k) not in moved]


def disagreement(structure: Structure, values: Values, answer: oracle.Answer | str) -> str:
    """Say in what the solver differs from the verdict; empty if in nothing."""
    try:
        state = solve(structure, values)
    except GainError as error:
        wrong = answer != "error" or error.block_gain < 1 - 1e-9 or bool(broken(structure, error.cycle))
        return f"solver {error!r}, exact {answer}" if wrong else ""
    except Exception as error:  # the scan goes on and the test fails at its end
        return f"solver {error!r}, exact {answer}"
    return f"solver {state}, exact error" if isinstance(answer, str) else fault(state, answer)


def scan(seeds: range, report: Callable[[int, str], None]) -> Counter[str]:
    """Solve strong networks by all methods, count what is found, report where the solver is wrong."""
    found: Counter[str] = Counter()
    for seed in seeds:
        structure, values = random_network(seed, 2 + seed % 3 // 2, STRONG).compiled()
        answer = verdict(structure, values)
        newton = oracle.plain_newton(structure, values)
        found["newton " + newton] += 1
        found[answer if isinstance(answer, str) else "answer"] += 1
        if isinstance(answer, oracle.Answer) and oracle.slope_radius(structure, values) >= 1:
            several = len(oracle.all_answers(structure, values)) > 1
            found["several answers"] += several
            found["answer, newton " + newton] += 1
        if answer != "open" and (text := disagreement(structure, values, answer)):
            report(seed, text)
    return found


def test_search_for_several_answers_and_newton_cycles() -> None:
    """Where equations have several answers, or plain Newton cycles, the solver gives the defined one."""
    faults: dict[int, str] = {}
    found = scan(SCAN, faults.__setitem__)
    assert not faults, f"{len(faults)} of {len(SCAN)}, {found}: {dict(list(faults.items())[:5])}"
    assert found["several answers"] >= 40
    assert found["answer, newton cycle"] >= 15
    assert found["answer, newton singular"] >= 5
    assert found["error"] >= 100
    assert found["open"] <= len(SCAN) // 20


def test_oracles_agree_with_one_another() -> None:
    """The path ends at one of all answers, and is the fixed point where that converges."""
    seen: Counter[str] = Counter()
    for seed in range(150):
        structure, values = random_network(seed, 1 + seed % 3, MIXED if seed % 2 else STRONG).compiled()
        try:
            answer = oracle.path_answer(structure, values)
        except (oracle.Gain, oracle.Ambiguous):
            seen["none"] += 1
            continue
        assert answer.net in {other.net for other in oracle.all_answers(structure, values)}
        seen["path"] += 1
        if oracle.slope_radius(structure, values) < 0.95:
            close = oracle.fixed_point(structure, values)
            assert all(abs(a - b) < 1e-12 for a, b in zip(answer.net, close.net, strict=True))
            seen["fixed point"] += 1
    assert seen["path"] > 100
    assert seen["fixed point"] > 40


def test_oracle_leaves_the_open_open() -> None:
    """Where the path goes round in the hair for ever, or nothing converges, the oracle guesses nothing."""
    network = Network({"a": 1.0, "b": -0.25})
    network.process("p", {"b": 1.0}, {"a": 1.0})
    network.process("q", {"a": 1.0, "b": 0.5}, {"b": 0.5})
    network.givers("a", "p")
    network.givers("b", "q")
    assert not oracle.all_answers(*network.compiled())
    with pytest.raises(oracle.Ambiguous):
        oracle.path_answer(*network.compiled())
    with pytest.raises(oracle.Ambiguous):
        oracle.fixed_point(*network.compiled(), most=50)


def test_a_fed_recycle_needs_its_own_path() -> None:
    """On one common path a fed recycle of gain 1.25 turns back in the hair; alone it is the error it is."""
    network = Network({"loop": 0.0, "feed": 1.0})
    network.process("round", {"loop": 1.0}, {"loop": 1.25})
    network.process("feeder", {"feed": 1.0}, {"loop": 1.0})
    network.takers("loop", "round")
    network.takers("feed", "feeder")
    assert not oracle.all_answers(*network.compiled())
    with pytest.raises(oracle.Ambiguous):
        oracle.path_answer(*network.compiled())
    assert verdict(*network.compiled()) == "error"


def test_oracle_tells_one_path_from_one_a_block() -> None:
    """Two pools that do not know each other can still disturb each other on one common path."""
    network = Network({"a": 1.0, "b": 1.0})
    for pool in "ab":
        network.process("give-" + pool, {pool: 2.0}, {pool: 1.0})
        network.givers(pool, "give-" + pool)
    assert oracle.block_answer(*network.compiled()).net == (1, 1)
    with pytest.raises(oracle.Gain):
        oracle.path_answer(*network.compiled())
    assert verdict(*network.compiled()) == "open"
