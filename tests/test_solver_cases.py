"""Networks solved by hand or printed in textbooks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mfa.engine.network import TAKER, GainError, OrderError, State
from mfa.engine.solver import solve
from tests import oracle
from tests.networks import Network, Place


class Solved:
    """A state by names, checked against the exact paths on the way."""

    def __init__(self, network: Network) -> None:
        self.network = network
        structure, values = network.compiled()
        self.state: State = solve(structure, values)
        self.structure = structure
        answer = oracle.block_answer(structure, values)
        assert self.state.net.tolist() == pytest.approx([float(v) for v in answer.net], rel=1e-9, abs=1e-9)

    def net(self, pool: str) -> float:
        return float(self.state.net[self.network.pool(pool)])

    def level(self, process: str) -> float:
        return float(self.state.level[list(self.network.processes).index(process)])

    def levels(self) -> dict[str, float]:
        return {name: self.level(name) for name in self.network.processes}

    def handed(self, pool: str, side: int) -> list[float]:
        places = zip(self.structure.entries, self.state.handed, strict=True)
        return [float(h) for e, h in places if (e.pool, e.side) == (self.network.pool(pool), side)]

    def surplus(self, pool: str) -> float:
        return float(self.state.surplus[self.network.pool(pool)])

    def shortage(self, pool: str) -> float:
        return float(self.state.shortage[self.network.pool(pool)])


def close(value: object) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def gain_error(network: Network) -> GainError:
    """Return the error of the solver; the exact path must fail as well."""
    structure, values = network.compiled()
    with pytest.raises(oracle.Gain):
        oracle.block_answer(structure, values)
    with pytest.raises(GainError) as caught:
        solve(structure, values)
    return caught.value


def ring(network: Network, error: GainError) -> list[str]:
    """Return the names around the cycle from its alphabetically first pool, once round."""
    cycle = list(error.cycle)
    cycle = cycle[:-1] if len(cycle) % 2 else cycle
    pools, processes = list(network.external), list(network.processes)
    steps = [(pools[m], processes[p]) for m, p in zip(cycle[::2], cycle[1::2], strict=True)]
    start = steps.index(min(steps))
    return [name for step in steps[start:] + steps[:start] for name in step]


# ---------------------------------------------------------------- the two known cases
def test_case_where_newton_alternates() -> None:
    """The only answer is found although undamped Newton alternates for ever.

    a > 0: its taker takes a and needs 0.9 a of b; b < 0: its giver makes -b and needs 0.8·(-b) of a.
    a = 3 + 0.8 b and b = -3 - 0.9 a, so 1.72 a = 0.6: a = 15/43, b = -285/86.
    """
    network = Network({"a": 3, "b": -3})
    network.process("take-a", {"a": 1, "b": 0.9}, capacity=1.4)
    network.process("give-a", {"b": 0.9}, {"a": 1}, capacity=2.4)
    network.process("give-b", {"a": 0.8}, {"b": 1})
    network.process("take-b", {"b": 1}, {"a": 0.7})
    network.takers("a", "take-a")
    network.givers("a", "give-a")
    network.givers("b", "give-b")
    network.takers("b", "take-b")
    assert oracle.plain_newton(*network.compiled()) == "cycle"
    assert [a.net for a in oracle.all_answers(*network.compiled())] == [
        (Fraction(15, 43), Fraction(-285, 86))
    ]
    found = Solved(network)
    assert found.net("a") == close(15 / 43)
    assert found.net("b") == close(-285 / 86)


def test_case_with_three_answers() -> None:
    """Of three exact solutions the one at the end of the path is given.

    give-a runs 0.1: b = 0.5 + 0.06 - 0.6·level(give-c), c = -1.2 + 0.06 = -1.14, so give-c is full
    at 1 and b = -0.04: take-b rests. The other two have take-b running.
    """
    network = Network({"a": -0.1, "b": 0.5, "c": -1.2})
    network.process("give-a", {}, {"a": 1, "b": 0.6, "c": 0.6}, capacity=1)
    network.process("take-b", {"b": 1, "a": 0.8}, {"c": 0.8}, capacity=1)
    network.process("give-c", {"b": 0.6}, {"c": 1}, capacity=1)
    network.givers("a", "give-a")
    network.takers("b", "take-b")
    network.givers("c", "give-c")
    assert len(oracle.all_answers(*network.compiled())) == 3
    found = Solved(network)
    assert [found.net(m) for m in "abc"] == close([-0.1, -0.04, -1.14])
    assert found.levels() == close({"give-a": 0.1, "take-b": 0, "give-c": 1})
    assert found.shortage("c") == close(0.14)


# ---------------------------------------------------------------- textbook systems
@pytest.mark.parametrize("gain", [0.0, 0.3, 0.6, 0.99])
def test_recycle_is_a_geometric_series(gain: float) -> None:
    """What goes round with gain r adds up to x + r·x + r²·x + … = x/(1 - r)."""
    network = Network({"a": 10})
    network.process("mill", {"a": 1}, {"a": gain} if gain else {})
    network.takers("a", "mill")
    assert Solved(network).level("mill") == close(10 / (1 - gain))


def test_leontief_wheat_cloth_labour() -> None:
    """Leontief's economy (Input-Output Economics, ch. 2): 100 bushels, 50 yards, 300 man-years.

    A bushel needs 0.25 bushels, 0.14 yards and 0.8 man-years, a yard 0.4, 0.12 and 3.6;
    final demand 55, 30 and 40. Check: 25 + 20 + 55 = 100, 14 + 6 + 30 = 50, 80 + 180 + 40 = 300.
    """
    network = Network({"wheat": -55, "cloth": -30, "labour": -40})
    network.process("farm", {"wheat": 0.25, "cloth": 0.14, "labour": 0.8}, {"wheat": 1})
    network.process("weaver", {"wheat": 0.4, "cloth": 0.12, "labour": 3.6}, {"cloth": 1})
    network.process("household", {}, {"labour": 1})
    network.givers("wheat", "farm")
    network.givers("cloth", "weaver")
    network.givers("labour", "household")
    assert Solved(network).levels() == close({"farm": 100, "weaver": 50, "household": 300})


def test_leontief_three_sectors() -> None:
    """Lay, Linear Algebra, section 2.6: demand (50, 30, 20) needs about (226, 119, 78).

    C = [[.5, .4, .2], [.2, .3, .1], [.1, .1, .3]]; by elimination x = (6100, 3200, 2100)/27:
    (6100 - 3050 - 1280 - 420)/27 = 50, (3200 - 1220 - 960 - 210)/27 = 30,
    (2100 - 610 - 320 - 630)/27 = 20.
    """
    network = Network({"goods": -50, "food": -30, "services": -20})
    network.process("factory", {"goods": 0.5, "food": 0.2, "services": 0.1}, {"goods": 1})
    network.process("farm", {"goods": 0.4, "food": 0.3, "services": 0.1}, {"food": 1})
    network.process("office", {"goods": 0.2, "food": 0.1, "services": 0.3}, {"services": 1})
    network.givers("goods", "factory")
    network.givers("food", "farm")
    network.givers("services", "office")
    wanted = {"factory": 6100 / 27, "farm": 3200 / 27, "office": 2100 / 27}
    assert Solved(network).levels() == close(wanted)


def test_heijungs_and_suh_electricity_and_fuel() -> None:
    """Heijungs & Suh (2002), ch. 2: 1000 kWh need s = (100, 2); 120 kg CO2, 14 kg SO2, 100 l crude.

    Electricity: 2 l fuel -> 10 kWh, 1 kg CO2, 0.1 kg SO2. Fuel: 50 l crude -> 100 l, 10 kg CO2, 2 kg SO2.
    1000/10 = 100 times, 200 l of fuel, 200/100 = 2 times.
    """
    network = Network({"electricity": -1000, "fuel": 0, "crude": 0, "co2": 0, "so2": 0})
    network.process("power", {"fuel": 2}, {"electricity": 10, "co2": 1, "so2": 0.1})
    network.process("refinery", {"crude": 50}, {"fuel": 100, "co2": 10, "so2": 2})
    network.givers("electricity", "power")
    network.givers("fuel", "refinery")
    network.givers("crude", Place())
    network.takers("co2", Place())
    found = Solved(network)
    assert found.levels() == close({"power": 100, "refinery": 2})
    assert found.handed("crude", -1) == close([100])
    assert found.handed("co2", 1) == close([120])
    assert found.surplus("so2") == close(14)


# ---------------------------------------------------------------- one pool
def test_pushes_with_losses() -> None:
    """100 go through two steps that keep 90 % and 80 %: 90 and 72 arrive."""
    network = Network({"ore": 100, "metal": 0, "sheet": 0})
    network.process("smelter", {"ore": 1}, {"metal": 0.9})
    network.process("mill", {"metal": 2}, {"sheet": 1.6})
    network.takers("ore", "smelter")
    network.takers("metal", "mill")
    network.takers("sheet", Place())
    found = Solved(network)
    assert found.levels() == close({"smelter": 100, "mill": 45})
    assert found.handed("sheet", 1) == close([72])


def test_pushes_round_a_loop_with_losses() -> None:
    """With 0.9 forward and half of it back, a = 10 + 0.5 b and b = 0.9 a: a = 200/11, b = 180/11."""
    network = Network({"a": 10, "b": 0})
    network.process("forward", {"a": 1}, {"b": 0.9})
    network.process("back", {"b": 1}, {"a": 0.5})
    network.takers("a", "forward")
    network.takers("b", "back")
    found = Solved(network)
    assert [found.net("a"), found.net("b")] == close([200 / 11, 180 / 11])


@pytest.mark.parametrize(
    ("amount", "handed", "rest"),
    [
        (2, [2, 0, 0], 0),
        (3, [3, 0, 0], 0),
        (10, [3, 4, 3], 0),
        (12, [3, 4, 5], 0),
        (15, [3, 4, 5], 3),
        (0, [0, 0, 0], 0),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_strict_order(amount: float, handed: list[float], rest: float, side: int) -> None:
    """Entry k gets clip(|net| - capacities before, 0, its own): here 3, 4 and 5."""
    network = Network({"a": side * amount})
    recipe = {"a": 2.0}
    network.process("p", *((recipe, {}) if side > 0 else ({}, recipe)), capacity=2)
    places = [Place(limit=3), "p", Place(limit=5)]
    (network.takers if side > 0 else network.givers)("a", *places)
    found = Solved(network)
    assert found.handed("a", side) == close(handed)
    assert (found.surplus("a"), found.shortage("a")) == close((rest, 0) if side > 0 else (0, rest))


@pytest.mark.parametrize(
    ("amount", "caps", "handed"),
    [
        (12, (100, 100, 100), [2, 4, 6]),
        (12, (100, 100, 2), [10 / 3, 20 / 3, 2]),
        (12, (100, 5, 2), [5, 5, 2]),
        (12, (4, 5, 2), [4, 5, 2]),
        (6, (100, 2, 3), [1, 2, 3]),
    ],
)
def test_shares_fill_like_water(amount: float, caps: tuple[float, ...], handed: list[float]) -> None:
    """Weights 1:2:3; what a full entry cannot take goes to the others in their proportion."""
    network = Network({"a": amount})
    network.takers("a", *(Place(tier=1, share=w, limit=c) for w, c in zip((1, 2, 3), caps, strict=True)))
    found = Solved(network)
    assert found.handed("a", 1) == close(handed)
    assert found.surplus("a") == close(amount - sum(handed))


def test_percentage_is_of_the_whole_net() -> None:
    """30 % and 50 % of 20 are 6 and 10, whatever came before; 4 are left."""
    network = Network({"a": 20})
    network.takers("a", Place(percent=0.3), Place(percent=0.5), Place())
    assert Solved(network).handed("a", 1) == close([6, 10, 4])


def test_percentage_within_a_loop() -> None:
    """The net that the percentage is of includes what comes back.

    A mill takes 40 % of a and returns half: a = 12 + 0.2 a = 15; the mill gets 6, the rest 9.
    """
    network = Network({"a": 12})
    network.process("mill", {"a": 1}, {"a": 0.5})
    network.takers("a", Place("mill", percent=0.4), Place())
    found = Solved(network)
    assert found.net("a") == close(15)
    assert found.handed("a", 1) == close([6, 9])


@pytest.mark.parametrize(
    ("amount", "taken", "given", "surplus", "shortage"),
    [(5, [3, 2], 0, 0, 0), (9, [3, 4], 0, 2, 0), (-1, [0, 0], 1, 0, 0), (-3, [0, 0], 2, 0, 1)],
)
def test_yard(amount: float, taken: list[float], given: float, surplus: float, shortage: float) -> None:
    """A yard takes what is left up to its room of 4 and gives up to the 2 that it holds."""
    network = Network({"mud": amount})
    network.process("road", {"mud": 1}, capacity=3)
    network.takers("mud", "road", Place(limit=4))
    network.givers("mud", Place(limit=2))
    found = Solved(network)
    assert found.handed("mud", 1) == close(taken)
    assert found.handed("mud", -1) == close([given])
    assert (found.surplus("mud"), found.shortage("mud")) == close((surplus, shortage))


def test_pools_exactly_empty_and_exactly_full() -> None:
    """A pool that adds up to 0 does nothing; one with exactly its takers' capacity has no surplus."""
    network = Network({"empty": 0, "full": 7})
    network.process("in", {}, {"empty": 1.5}, driven=2)
    network.process("out", {"empty": 3}, {}, driven=1)
    network.process("p", {"full": 2}, capacity=2)
    network.takers("empty", Place())
    network.givers("empty", Place())
    network.takers("full", "p", Place(limit=3))
    found = Solved(network)
    assert found.net("empty") == close(0)
    assert found.handed("full", 1) == close([4, 3])
    assert found.surplus("full") == close(0)


def test_shortage_limits_nobody() -> None:
    """A driven process runs in full; what nobody gives is the pool's shortage."""
    network = Network({"ash": 1, "brick": 0})
    network.process("kiln", {"ash": 2}, {"brick": 1}, driven=3)
    found = Solved(network)
    assert found.level("kiln") == close(3)
    assert found.shortage("ash") == close(5)
    assert found.surplus("brick") == close(3)


def test_idle_process() -> None:
    """A process with no driver stands still."""
    network = Network({"a": 1})
    network.process("nobody", {"a": 1})
    found = Solved(network)
    assert found.level("nobody") == 0
    assert found.surplus("a") == close(1)


def test_both_sides_of_a_material_are_kept_apart() -> None:
    """A press fed with 1 t that returns 0.2 t scrap runs at 5/(1 - 0.2), not at 5/(0.8) of a netted input.

    Netted, the input would be 0.8 and the level 5/0.8 = 6.25 as well, but the amount handed to it
    would read 5; kept apart it is 6.25.
    """
    network = Network({"strip": 5})
    network.process("press", {"strip": 1}, {"strip": 0.2})
    network.takers("strip", "press")
    found = Solved(network)
    assert found.handed("strip", 1) == close([6.25])
    assert found.net("strip") == close(6.25)


# ---------------------------------------------------------------- several lists
def cascade(heat: float) -> Solved:
    """Return the gas cascade: 6 coke-oven gas, 3 char gas, natural gas without limit."""
    network = Network({"heat": -heat, "coke-oven-gas": 6, "char-gas": 3, "natural-gas": 0, "electricity": 0})
    network.process("burner-cog", {"coke-oven-gas": 1}, {"heat": 0.9})
    network.process("burner-char", {"char-gas": 1}, {"heat": 0.8})
    network.process("burner-natural", {"natural-gas": 1}, {"heat": 0.95})
    network.process("power-cog", {"coke-oven-gas": 1}, {"electricity": 0.4})
    network.takers("coke-oven-gas", "burner-cog", "power-cog")
    network.takers("char-gas", "burner-char")
    network.givers("heat", "burner-cog", "burner-char", "burner-natural")
    network.givers("natural-gas", Place())
    return Solved(network)


def test_gas_cascade_with_much_heat() -> None:
    """Coke-oven gas first (6 -> 5.4), then char gas (3 -> 2.4), natural gas the other 2.2 of 10."""
    found = cascade(10)
    assert found.levels() == close(
        {"burner-cog": 6, "burner-char": 3, "burner-natural": 2.2 / 0.95, "power-cog": 0}
    )
    assert found.handed("natural-gas", -1) == close([2.2 / 0.95])
    assert found.handed("heat", -1) == close([5.4, 2.4, 2.2])


def test_gas_cascade_with_little_heat() -> None:
    """4 of heat need 40/9 coke-oven gas; the rest of it makes power, the char gas is left over."""
    found = cascade(4)
    wanted = {"burner-cog": 40 / 9, "burner-char": 0, "burner-natural": 0, "power-cog": 6 - 40 / 9}
    assert found.levels() == close(wanted)
    assert found.surplus("char-gas") == close(3)
    assert found.surplus("electricity") == close(0.4 * (6 - 40 / 9))


@pytest.mark.parametrize(
    ("mud", "ash", "level"), [(10, 1, 2), (1, 10, 1 / 0.6), (0, 5, 0), (-1, 5, 0), (100, 100, 8)]
)
def test_ceramsite_needs_mud_and_ash(mud: float, ash: float, level: float) -> None:
    """The least of mud/0.6, ash/0.5 and the capacity; what it leaves goes to the yard behind it."""
    network = Network({"mud": mud, "ash": ash})
    network.process("ceramsite", {"mud": 0.6, "ash": 0.5}, {}, capacity=8)
    network.takers("mud", "ceramsite", Place())
    network.takers("ash", "ceramsite", Place())
    found = Solved(network)
    assert found.level("ceramsite") == close(level)
    assert found.handed("ash", 1) == close([0.5 * level, max(ash, 0) - 0.5 * level])
    assert found.handed("mud", 1) == close([0.6 * level, max(mud, 0) - 0.6 * level])


def test_limits_of_a_process_in_several_lists() -> None:
    """A quarter of 8 mud and 3 of 9 ash: min(2/1, 3/0.5) = 2; then the other gets min(6, 8)/1 = 6."""
    network = Network({"mud": 8, "ash": 9})
    network.process("first", {"mud": 1, "ash": 0.5})
    network.process("second", {"mud": 1, "ash": 1})
    network.takers("mud", Place("first", percent=0.25), "second")
    network.takers("ash", Place("first", limit=3), "second")
    found = Solved(network)
    assert found.levels() == close({"first": 2, "second": 6})
    assert (found.surplus("mud"), found.surplus("ash")) == close((0, 2))


def test_single_entry_before_a_process_in_several_lists() -> None:
    """What stands before takes first: 5 - 3 of mud are left, and that binds before the ash does."""
    network = Network({"mud": 5, "ash": 4})
    network.process("both", {"mud": 1, "ash": 1})
    network.takers("mud", Place(limit=3), "both")
    network.takers("ash", "both")
    found = Solved(network)
    assert found.level("both") == close(2)
    assert found.surplus("ash") == close(2)


def test_nothing_negative_behind_a_shared_tier() -> None:
    """2/5 and 3/5 of 1 leave exactly nothing: rounding hands no negative amount to the next entry."""
    network = Network({"a": -1, "b": 0})
    network.process("both", {"a": 0.5, "b": 0.5})
    network.process("plant", {}, {"a": 0.5})
    network.takers("a", "both")
    network.takers("b", "both")
    network.givers("a", Place(tier=1, share=2), Place("plant", tier=1, share=3), Place(tier=2))
    found = Solved(network)
    assert found.handed("a", -1) == close([0.4, 0.6, 0])
    assert min(found.handed("a", -1)) >= 0


def coke_oven(coke: float, gas: float, **oven: Any) -> Network:
    """Return a coke oven that gives 1 coke and 0.2 gas; what is asked of coke and of gas."""
    network = Network({"coke": -coke, "gas": -gas, "coal": 0})
    network.process("oven", {"coal": 1.4}, {"coke": 1, "gas": 0.2}, **({"largest": True} | oven))
    network.givers("coke", "oven")
    network.givers("gas", "oven")
    network.takers("coke", Place(limit=40), Place())
    return network


def test_a_joint_producer_that_serves_the_largest() -> None:
    """Coke asks 100, gas 30 / 0.2 = 150: it runs at 150, and 50 of coke go to the takers, 40 and 10."""
    found = Solved(coke_oven(100, 30))
    assert found.level("oven") == close(150)
    assert found.handed("coke", -1) == close([150])
    assert found.handed("coke", 1) == close([40, 10])
    assert [found.surplus(p) + found.shortage(p) for p in ("coke", "gas")] == [0, 0]
    assert found.net("coal") == close(-210)


def test_the_same_that_serves_the_least() -> None:
    """The least runs at 100: gas is short of 30 - 20."""
    found = Solved(coke_oven(100, 30, largest=False))
    assert found.level("oven") == close(100)
    assert found.shortage("gas") == close(10)


def test_the_largest_within_the_capacity() -> None:
    """120 at most: 20 of coke are beyond what is asked, gas is short of 30 - 24."""
    found = Solved(coke_oven(100, 30, capacity=120))
    assert found.level("oven") == close(120)
    assert found.handed("coke", 1) == close([20, 0])
    assert found.shortage("gas") == close(6)


def test_the_largest_where_nobody_asks_on_one_side() -> None:
    """Coke has 10 over, gas asks 150: takers share out 160; without takers it is the surplus."""
    network = coke_oven(-10, 30)
    found = Solved(network)
    assert found.handed("coke", 1) == close([40, 120])
    del network.lists["coke", TAKER]
    assert Solved(network).surplus("coke") == close(160)


def test_limits_of_lists_of_the_largest() -> None:
    """A limit bounds what a list asks, not what the other list makes it bring.

    Gas asks at most 0.2 · 90; coke asks min(100, 60) = 60: it runs at 90, coke is short of 100 - 90.
    """
    network = coke_oven(100, 30)
    network.givers("coke", Place("oven", limit=60))
    network.givers("gas", Place("oven", limit=18))
    found = Solved(network)
    assert found.level("oven") == close(90)
    assert (found.shortage("coke"), found.shortage("gas")) == close((10, 12))
    assert found.handed("coke", 1) == close([0, 0])


def test_givers_beside_the_largest() -> None:
    """Who stands before gives what is asked (70 of 100), who stands behind what is then left, here none.

    The oven is asked 30 of coke and 150 through gas: 120 go to the takers, of which one takes a quarter.
    """
    network = coke_oven(100, 30)
    network.givers("coke", Place(limit=70), "oven", Place())
    network.takers("coke", Place(percent=0.25), Place())
    found = Solved(network)
    assert found.handed("coke", -1) == close([70, 150, 0])
    assert found.handed("coke", 1) == close([30, 90])


def test_what_is_brought_beyond_an_ask_drives_its_takers() -> None:
    """A gasifier takes the coke beyond 100 and gives back 0.1 gas a tonne, which lowers what gas asks.

    L = (30 - 0.1·(L - 100)) / 0.2, so that 0.3 L = 40.
    """
    network = coke_oven(100, 30)
    network.process("gasifier", {"coke": 1}, {"gas": 0.1})
    network.takers("coke", "gasifier")
    found = Solved(network)
    assert found.level("oven") == close(400 / 3)
    assert found.level("gasifier") == close(100 / 3)
    assert found.shortage("gas") == close(0)


def test_a_gain_through_what_is_brought_beyond_an_ask() -> None:
    """A user of the coke that needs 0.25 gas a tonne asks for more coke than it takes: 0.25 / 0.2."""
    network = coke_oven(100, 30)
    network.process("user", {"coke": 1, "gas": 0.25})
    network.takers("coke", "user")
    error = gain_error(network)
    assert error.block_gain == close(1.25)


def test_order_through_what_is_brought_beyond_an_ask() -> None:
    """What takes the coke beyond an ask cannot come before the oven in the gas list."""
    network = coke_oven(100, 30)
    network.process("gasifier", {"coke": 1}, {"gas": 0.1})
    network.takers("coke", "gasifier")
    network.givers("gas", "gasifier", "oven")
    with pytest.raises(OrderError) as caught:
        solve(*network.compiled())
    assert {list(network.processes)[p] for p in caught.value.processes} == {"oven", "gasifier"}
    network.givers("gas", "oven", "gasifier")
    assert Solved(network).levels() == close({"oven": 150, "gasifier": 0})


# ---------------------------------------------------------------- recycles that do not end
def loop(gain: float, amount: float, capacity: float = float("inf")) -> Network:
    """Return the loop alpha -> there -> beta -> back -> alpha, fed through a feeder."""
    network = Network({"beta": 0, "alpha": 0, "feed": amount})
    network.process("back", {"beta": 1}, {"alpha": 1})
    network.process("there", {"alpha": 1}, {"beta": gain}, capacity)
    network.process("feeder", {"feed": 1}, {"alpha": 1})
    network.takers("alpha", "there")
    network.takers("beta", "back")
    network.takers("feed", "feeder")
    return network


@pytest.mark.parametrize("gain", [1.0, 1.25, 3.0])
def test_gain_of_one_or_more_is_an_error(gain: float) -> None:
    """A recycle that returns as much as it takes, or more, is an error that names its cycle in order."""
    network = loop(gain, 2)
    error = gain_error(network)
    assert ring(network, error) == ["alpha", "there", "beta", "back"]
    assert error.gain == close(gain)
    assert error.block_gain == close(gain)


def test_gain_that_nothing_reaches() -> None:
    """The same recycle with nothing in it is no error: everything in it stands still."""
    found = Solved(loop(1.25, 0))
    assert found.levels() == {"back": 0, "there": 0, "feeder": 0}


def test_gain_behind_a_capacity_is_still_an_error() -> None:
    """A capacity in the loop does not excuse it, though equations would have an answer."""
    network = loop(1.25, 2, capacity=1)
    assert len(oracle.all_answers(*network.compiled())) == 1
    assert gain_error(network).gain == close(1.25)


def test_gain_of_pulls() -> None:
    """A giver that needs more of a material than it gives is an error when it is asked."""
    network = Network({"steam": -1, "water": 0})
    network.process("boiler", {"water": 2}, {"steam": 1})
    network.process("pump", {"steam": 0.6}, {"water": 1})
    network.givers("steam", "boiler")
    network.givers("water", "pump")
    error = gain_error(network)
    assert ring(network, error) == ["steam", "boiler", "water", "pump"]
    assert error.gain == close(1.2)


def test_giver_of_gain_above_one_that_nobody_asks() -> None:
    """The same givers beside a surplus are not asked, and there is no error."""
    network = Network({"steam": 1, "water": 0})
    network.process("boiler", {"water": 2}, {"steam": 1})
    network.process("pump", {"steam": 0.6}, {"water": 1})
    network.givers("steam", "boiler")
    network.givers("water", "pump")
    found = Solved(network)
    assert found.levels() == {"boiler": 0, "pump": 0}
    assert found.surplus("steam") == close(1)


def own_use(gain: float, amount: float, capacity: float) -> Network:
    """Return a giver that uses `gain` of what it gives."""
    network = Network({"power": amount})
    network.process("plant", {"power": gain}, {"power": 1}, capacity)
    network.givers("power", "plant")
    return network


@pytest.mark.parametrize("gain", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("capacity", [0.5, float("inf")])
def test_giver_that_uses_all_it_gives(gain: float, capacity: float) -> None:
    """A plant whose own use is no less than its output is an error when asked, whatever its capacity."""
    network = own_use(gain, -1, capacity)
    error = gain_error(network)
    assert ring(network, error) == ["power", "plant"]
    assert error.gain == close(gain)
    assert error.block_gain == close(gain)


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.25, 2.0])
@pytest.mark.parametrize("capacity", [0.5, float("inf")])
@pytest.mark.parametrize("amount", [0, 1])
def test_giver_that_is_not_asked(gain: float, amount: float, capacity: float) -> None:
    """The same plant stands still where power is left over, or where nobody wants any."""
    found = Solved(own_use(gain, amount, capacity))
    assert found.level("plant") == 0
    assert found.surplus("power") == close(amount)


def two_cycles(gain: float) -> Network:
    """Return a process whose two products each come back whole to what it is fed with."""
    network = Network({"a": 1, "b": 0, "c": 0})
    network.process("split", {"a": 1}, {"b": gain, "c": gain * 0.9})
    network.process("from-b", {"b": 1}, {"a": 1})
    network.process("from-c", {"c": 1}, {"a": 1})
    network.takers("a", "split")
    network.takers("b", "from-b")
    network.takers("c", "from-c")
    return network


def test_two_cycles_that_add_up_are_an_error() -> None:
    """0.6 and 0.54 through one pool make 1.14: det = 1 - 0.6 - 0.54 = -0.14, the heavier cycle is named."""
    network = two_cycles(0.6)
    error = gain_error(network)
    assert ring(network, error) == ["a", "split", "b", "from-b"]
    assert error.gain == close(0.6)
    assert error.block_gain == close(1.14)


def test_two_equal_cycles_of_gain_0_6_are_an_error() -> None:
    """Two cycles of gain 0.6 through one pool add up to 1.2, though each alone would end."""
    network = two_cycles(0.6)
    network.processes["split"].outputs["c"] = 0.6
    error = gain_error(network)
    assert error.gain == close(0.6)
    assert error.block_gain == close(1.2)


def test_two_cycles_below_one_together() -> None:
    """0.5 and 0.45 make 0.95: the split runs at 1/(1 - 0.95) = 20."""
    assert Solved(two_cycles(0.5)).level("split") == close(20)
