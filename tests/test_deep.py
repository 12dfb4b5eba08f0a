"""Deep chains, trickles beside large flows, dust: what a plain loop or hand calculation gives."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.engine.network import TAKER, ListEntry, Structure, Values
from mfa.engine.solver import solve
from tests.networks import Network, Place

KEPT = 0.9999
BACK, ON = 0.3, 0.6


def chain(pools: int, every: int = 0) -> tuple[Structure, Values]:
    """Return a chain of pools; each hands on KEPT, every second step is capped.

    With `every`, each such step hands on ON and returns BACK to the pool before.
    """
    dice = np.random.default_rng(7)
    rows: list[tuple[int, int, int, float]] = []
    for i in range(pools - 1):
        turns = every and i and i % every == 0
        rows += [(i, i, -1, 1.0), (i + 1, i, 1, ON if turns else KEPT)]
        if turns:
            rows.append((i - 1, i, 1, BACK))
    place, process, side, coefficient = (np.array(column) for column in zip(*rows, strict=True))
    cap = np.where(np.arange(pools - 1) % 2, dice.uniform(20, 120, pools - 1), np.inf)
    steps = tuple(ListEntry(i, TAKER, 1, i) for i in range(pools - 1))
    names = (tuple(f"m{i}" for i in range(pools)), tuple(f"p{i}" for i in range(pools - 1)))
    external = np.append(100.0, dice.choice([0.0, 1.0, -1.0], pools - 1))
    none, ones = np.full(pools - 1, np.inf), np.ones(pools - 1)
    structure = Structure(*names, place, process, side, steps)
    return structure, Values(coefficient, external, none * np.nan, cap, none, none, ones)


def walked(values: Values, every: int = 0) -> list[float]:
    """Return the levels by a loop along the chain; a return is repeated until nothing changes."""
    cap, own = values.capacity.tolist(), values.external.tolist()
    levels: list[float] = []
    arrives = own[0]
    while (i := len(levels)) < len(cap):
        first, second = min(max(arrives, 0.0), cap[i]), 0.0
        if not every or (i + 1) % every or i + 1 == len(cap):
            levels.append(first)
            arrives = own[i + 1] + KEPT * first
            continue
        for _ in range(60):
            second = min(max(own[i + 1] + KEPT * first, 0.0), cap[i + 1])
            first = min(max(arrives + BACK * second, 0.0), cap[i])
        levels += [first, second]
        arrives = own[i + 2] + ON * second
    return levels


@pytest.mark.parametrize("every", [0, 10])
def test_chain_of_20_000_pools(every: int) -> None:
    """A chain far deeper than any number of Newton steps is what a loop along it gives."""
    structure, values = chain(20_000, every)
    state = solve(structure, values)
    np.testing.assert_allclose(state.level, walked(values, every), rtol=1e-9, atol=1e-9)
    assert state.residual < 1e-12
    if not every:
        assert state.iterations < 100


def trickle(small: float) -> Network:
    """Return the network of three answers, with a pool that gets `small` of what give-a makes."""
    network = Network({"a": -1e5, "b": 5e5, "c": -1.2e6, "d": 0})
    network.process("give-a", {}, {"a": 1, "b": 0.6, "c": 0.6, "d": small}, capacity=1e6)
    network.process("take-b", {"b": 1, "a": 0.8}, {"c": 0.8}, capacity=1e6)
    network.process("give-c", {"b": 0.6}, {"c": 1}, capacity=1e6)
    network.process("use-d", {"d": 1}, {"b": 0.7}, capacity=small * 2e4)
    network.givers("a", "give-a")
    network.takers("b", "take-b")
    network.givers("c", "give-c")
    network.takers("d", "use-d")
    return network


@pytest.mark.parametrize("small", [1e-6, 1e-12, 1e-16])
def test_trickle_beside_a_large_flow_on_a_path(small: float) -> None:
    """However small a pool of the block is, it is balanced: 1e5·small arrive, 2e4·small are used."""
    state = solve(*trickle(small).compiled())
    assert state.method == "path"
    assert state.net.tolist() == pytest.approx([-1e5, -4e4, -1.14e6, 1e5 * small], rel=1e-5)
    assert float(state.net[3]) == pytest.approx(1e5 * small, rel=1e-9)
    assert float(state.level[3]) == pytest.approx(2e4 * small, rel=1e-9)
    assert float(state.surplus[3]) == pytest.approx(8e4 * small, rel=1e-9)


def test_what_only_rounding_feeds_is_nothing() -> None:
    """0.1 + 0.7 - 0.8 of an amount is not quite 0 in floats; nothing of it runs further down."""
    network = Network({"a": 123456.789, "b": 0, "c": 0, "d": 0, "e": 0})
    network.process("split", {"a": 1}, {"b": 0.7, "c": 0.1})
    network.process("move", {"c": 1}, {"b": 1})
    network.process("draw", {"b": 0.8}, {}, driven=123456.789)
    network.process("give", {}, {"b": 1, "e": 2})
    network.process("mill", {"b": 1}, {"d": 3})
    network.process("kiln", {"d": 1}, {"e": 3})
    network.takers("a", "split")
    network.takers("c", "move")
    network.takers("b", "mill")
    network.givers("b", "give")
    network.takers("d", "kiln", Place())
    state = solve(*network.compiled())
    assert state.level.tolist() == pytest.approx([123456.789, 12345.6789, 123456.789, 0, 0, 0])
    assert state.surplus.tolist() == state.shortage.tolist() == [0] * 5
    assert state.net.tolist() == pytest.approx([123456.789, 0, 12345.6789, 0, 0], abs=1e-9)
    assert state.net[4] == 0


def test_arrays_of_a_result_are_read_only() -> None:
    """What a result hands out cannot be changed under the tables made from it."""
    result = mfa.load(Path(__file__).parent.parent / "scenarios" / "alumina-red-mud.yaml").solve()
    arrays = [*vars(result.compiled.values).values(), result.compiled.structure.flow_pool]
    arrays += [a for a in vars(result.state).values() if isinstance(a, np.ndarray)]
    assert len(arrays) == 14
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 7


HUGE = """scenario: huge
materials: {a: {kind: waste}, b: {kind: waste}}
processes: {p: {per: a, inputs: {a: 1 t/t}, outputs: {b: 1e300 t/t}}}
pools: {a: {takers: [p]}}
supply: {a: 1e300 t/a}
"""


def test_amounts_beyond_all_numbers(tmp_path: Path) -> None:
    """1e300 times 1e300 is one clear line, without warnings of arithmetic."""
    file = tmp_path / "huge.yaml"
    file.write_text(HUGE, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(mfa.Failure, match="amounts beyond 1e\\+300"):
            mfa.load(file).solve()
