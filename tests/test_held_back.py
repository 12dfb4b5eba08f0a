"""Joint producers in several giver lists: what their warnings say, and what `serves: largest` changes."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.show.charts.merit_order import order

COKE = """
chain: coke
materials:
  coal: {kind: fuel}
  coke: {kind: product}
  gas: {kind: intermediate}
processes:
  coke-oven: {per: coke, inputs: {coal: 1.4 t/t}, outputs: {coke: 1 t/t, gas: 0.2 t/t}SERVES}
pools:
  coke: {givers: [coke-oven], takers: [{boundary: export}]}
  gas: {givers: GIVERS}
"""
DEMAND = "scenario: s\nchains: [coke.yaml]\ndemand: {coke: 100 kt/a, gas: 30 kt/a}\n"


def run(folder: Path, serves: str = "", givers: str = "[coke-oven]", scenario: str = DEMAND) -> mfa.Result:
    """Solve a coke oven that is asked for 100 kt/a of coke and for gas from 150 kt/a of coke."""
    chain = COKE.replace("SERVES", serves).replace("GIVERS", givers)
    (folder / "coke.yaml").write_text(chain, encoding="utf-8")
    (folder / "s.yaml").write_text(scenario, encoding="utf-8")
    return mfa.load(folder / "s.yaml").solve()


def texts(result: mfa.Result, *codes: str, lang: str = "en") -> list[str]:
    return [str(r[-1]) for r in result.table("warnings", lang).rows if r[1] in codes]


def amounts(result: mfa.Result, material: str) -> dict[tuple[str, str], float]:
    rows = result.flows[result.flows.material == material]
    return {(s, t): a for s, t, a in zip(rows.source, rows.target, rows.amount, strict=True)}


def test_the_list_that_holds_a_joint_producer_back(tmp_path: Path) -> None:
    """100 kt of coke give 20 kt of gas; 10 kt more could come from the oven if coke asked for more."""
    result = run(tmp_path)
    assert texts(result, "shortage") == [
        "gas is short by 10,000 t/a: coke-oven could give 10,000 t/a more, coke asks for no more; "
        "'serves: largest' would run it"
    ]
    assert texts(result, "shortage", lang="zh") == [
        "gas 短缺 10,000 t/a：coke-oven 还可多供 10,000 t/a，但 coke 不再需要；写“serves: largest”可使其运行"
    ]


@pytest.mark.parametrize(
    ("serves", "givers"),
    [
        (", capacity: 100 kt/a", "[coke-oven]"),
        ("", "[{process: coke-oven, limit: 20 kt/a}]"),
        (", serves: largest, capacity: 100 kt/a", "[coke-oven]"),
    ],
)
def test_a_giver_that_is_full_is_called_full(tmp_path: Path, serves: str, givers: str) -> None:
    """At its capacity or its limit in the list it gives all it can, whoever else asks for no more."""
    assert texts(run(tmp_path, serves, givers), "shortage") == [
        "gas is short by 10,000 t/a: no more can come from coke-oven; "
        "raise a limit or capacity, or add a giver"
    ]


def test_no_more_than_it_could_give(tmp_path: Path) -> None:
    """A capacity of 120 kt/a of coke leaves room for 4 kt/a of gas."""
    (text,) = texts(run(tmp_path, ", capacity: 120 kt/a"), "shortage")
    assert "coke-oven could give 4,000 t/a more, coke asks for no more" in text


def test_the_largest_runs_for_the_gas(tmp_path: Path) -> None:
    """It runs at 150 kt/a, nothing is short, and 50 kt of coke are sold beside the 100 that are demanded."""
    result = run(tmp_path, ", serves: largest")
    assert result.processes.set_index("process").level["coke-oven"] == pytest.approx(150e3)
    assert amounts(result, "coke") == pytest.approx(
        {("coke-oven", "pool:coke"): 150e3, ("pool:coke", "export"): 150e3}
    )
    assert amounts(result, "gas") == pytest.approx(
        {("coke-oven", "pool:gas"): 30e3, ("pool:gas", "export"): 30e3}
    )
    pools = result.pools.set_index("material")
    assert pools.supply.to_dict() == pytest.approx(pools.demand.to_dict())
    assert not texts(result, "shortage", "surplus", "note")


def test_the_merit_order_of_a_pool_that_gets_more_than_it_asks(tmp_path: Path) -> None:
    """The oven gives 150 kt; the demand takes 100, the buyers behind it 50."""
    found = order(run(tmp_path, ", serves: largest"), "coke")
    assert not found.short
    assert [(p.node, round(p.amount)) for p in found.given] == [("coke-oven", 150_000)]
    assert [(p.node, round(p.amount)) for p in found.answered] == [("export", 100_000), ("export", 50_000)]


def test_a_share_of_what_is_brought_beyond_an_ask(tmp_path: Path) -> None:
    """A taker of a quarter gets a quarter of the 50 kt beyond the ask and is full; the rest is surplus."""
    scenario = DEMAND + "pools: {coke: {takers: [{boundary: export, limit: 25 %}]}}\n"
    result = run(tmp_path, ", serves: largest", scenario=scenario)
    assert result.pools.set_index("material").surplus["coke"] == pytest.approx(37.5e3)
    listed = [p for p in order(result, "coke").answered if p.role == "listed"]
    assert [p.cap for p in listed] == pytest.approx([12.5e3])


def test_serves_largest_in_one_list_is_noted(tmp_path: Path) -> None:
    """In one list the largest is the least; a process that is driven stands in none and is not noted."""
    scenario = DEMAND + "pools: {gas: {givers: []}}\n"
    result = run(tmp_path, ", serves: largest", scenario=scenario)
    wanted = (
        "coke-oven serves the largest of what its lists ask and stands in 1 of them; "
        "this changes nothing below two giver lists"
    )
    assert texts(result, "note") == [wanted]
    assert result.processes.set_index("process").level["coke-oven"] == pytest.approx(100e3)
    assert [w for w in mfa.check(tmp_path / "s.yaml").to_json()["warnings"] if "serves" in w] == [
        f"{tmp_path / 'coke.yaml'}:8:14: {wanted}"
    ]
    driven = run(tmp_path, ", serves: largest", scenario=DEMAND + "drive: {coke-oven: 1 kt/a}\n")
    assert not any("serves the largest" in t for t in texts(driven, "note"))


def test_two_in_series_where_the_first_serves_the_largest(tmp_path: Path) -> None:
    """Nobody waits for the other: gas runs the oven, and the coke that nobody asked for goes on."""
    scenario = """
scenario: s
chains: [coke.yaml]
materials: {ash: {kind: waste}, brick: {kind: intermediate}}
processes: {works: {per: brick, inputs: {coke: 0.5 t/t, ash: 1 t/t}, outputs: {brick: 1 t/t}}}
pools:
  coke: {takers: [works]}
  ash: {takers: [works]}
demand: {gas: 30 kt/a}
supply: {ash: 80 kt/a}
"""
    level = run(tmp_path, ", serves: largest", scenario=scenario).processes.set_index("process").level
    assert level["coke-oven"] == pytest.approx(150e3)
    assert level["works"] == pytest.approx(80e3)


def test_a_recycle_through_what_comes_beyond_an_ask_is_told(tmp_path: Path) -> None:
    """A user of coke that needs 0.25 t gas a tonne asks, at 0.2 t a tonne, for 1.25 of what it takes."""
    scenario = """
scenario: s
chains: [coke.yaml]
processes: {user: {per: coke, inputs: {coke: 1 t/t, gas: 0.25 t/t}, outputs: {ware: 1 t/t}}}
materials: {ware: {kind: product}}
pools: {coke: {takers: [user]}}
"""
    run(tmp_path, ", serves: largest", scenario=scenario)
    told = [w for w in mfa.check(tmp_path / "s.yaml").to_json()["warnings"] if "recycle" in w]
    assert told == [
        "a recycle of gain 1.25 stands ready (gas → [user] → gas); nothing reaches it in this run"
    ]
    run(tmp_path, scenario=scenario)
    assert not [w for w in mfa.check(tmp_path / "s.yaml").to_json()["warnings"] if "recycle" in w]
