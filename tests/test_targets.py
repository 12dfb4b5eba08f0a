"""Targets: proven or not, above one, on what does not flow."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import mfa
from mfa.comparing import compare
from tests.parks import AIMS, TWO_SITES, codes, faults, solve, values


def met(result: mfa.Result) -> dict[str, str]:
    """Indicator with a target → what became of it."""
    return {r.name: r.met for r in result.indicator_list if r.aimed}


def test_targets_reached_with_a_missing_input_are_unproven(tmp_path: Path) -> None:
    """The works lack clay: what they use, and 1500 of 1550 CNY, are in doubt; 500 CNY of metal are not."""
    result = solve(tmp_path, TWO_SITES % "", AIMS)
    sure = {"industrial-solid-waste-generated", "value-added@site:a", "sales"}
    assert met(result) == {n: "true" if n in sure else "unproven" for n in met(result)}
    assert codes(result)["unproven"]


def test_the_same_targets_are_met_where_nothing_is_missing(tmp_path: Path) -> None:
    assert set(met(solve(tmp_path, TWO_SITES % "{boundary: import}", AIMS)).values()) == {"true"}


def test_a_ratio_that_is_no_share_may_have_a_target_above_one(tmp_path: Path) -> None:
    aim = "targets: {iso59020-water-recirculation: {min: 150 %}}\n"
    assert faults(tmp_path, TWO_SITES % "", "drive: {smelter: 1 t/a}\n" + aim) == []
    wrong = "targets: {industrial-solid-waste-utilisation: {min: 150 %}}\n"
    assert faults(tmp_path, TWO_SITES % "", wrong) == ["above-one"]


def test_an_own_indicator_may_name_a_material_that_does_not_flow(tmp_path: Path) -> None:
    chain = TWO_SITES.replace("materials:", "materials:\n  spare: {kind: resource}") % ""
    own = "indicators: {own: {numerator: [{material: [spare, mud], source: process}]}}\n"
    assert values(solve(tmp_path, chain, "drive: {smelter: 5 t/a}\n" + own))["own"] == pytest.approx(5)


def test_a_mine_in_the_park_extracts_main_resources(tmp_path: Path) -> None:
    """1000 t mined with 10 t of timber, 250 sold: 990 + 10 - 250 = 750 t; 1000 × 500 CNY × 30 % ÷ 750."""
    chain = """
    materials:
      coal: {kind: resource, price: 500 CNY/t}
      timber: {kind: resource}
      coke: {kind: intermediate}
    processes:
      mine: {per: coal, inputs: {timber: 0.01 t/t}, outputs: {coal: 1 t/t}, value-added: 30 %}
      ovens: {per: coal, inputs: {coal: 1 t/t}, outputs: {coke: 0.7 t/t}, value-added: 0 %}
    """
    scenario = "drive: {mine: 1000 t/a, ovens: 750 t/a}\npools: {coal: {takers: [{boundary: export}]}}\n"
    result = solve(tmp_path, chain, scenario)
    assert values(result)["resource-productivity"] == pytest.approx(1000 * 500 * 0.3 / 750)


def test_a_run_in_which_nothing_flows_has_every_table(tmp_path: Path) -> None:
    claims = "claims: [{indicator: energy-use, value: 3 tce/a}, {indicator: value-added, min: 1 CNY/a}]\n"
    result = solve(tmp_path, "materials: {a: {kind: product}}\nprocesses: {}\n", claims)
    json.dumps(result.to_json(), allow_nan=False)
    assert result.costs.leaving() == {}
    assert result.costs.centres() == []
    assert [v.word for v in mfa.audit(result).verdicts] == ["differs", "differs"]
    comparison = compare(result, result)
    assert comparison.main_indicators == []
    assert comparison.split([]) == []


MAKERS_APART = """
materials:
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
  so2: {kind: emission}
  nox: {kind: emission}
processes:
  large: {per: metal, site: north, outputs: {metal: 1 t/t, mud: 3 t/t}}
  small: {per: metal, site: south, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, site: west, inputs: {mud: 1 t/t}, outputs: {so2: 10 kg/t}, capacity: 200 t/a}
pools:
  metal: {takers: [{boundary: export, limit: none}]}
  mud: {takers: [kiln, {stock: yard}]}
  brick: {takers: [{boundary: export, limit: none}]}
stocks:
  yard: {material: mud}
"""


@pytest.mark.parametrize(
    ("indicator", "bound", "value", "met"),
    [
        ("industrial-solid-waste-generated@site:north", "max: 200 t/a", 300, "false"),
        ("industrial-solid-waste-stored@site:north", "max: 100 t/a", 150, "false"),
        ("industrial-solid-waste-stored@site:south", "max: 100 t/a", 50, "true"),
        ("industrial-solid-waste-utilised@site:south", "min: 50 t/a", 50, "true"),
        ("industrial-solid-waste-stored@site:west", "max: 1 t/a", 0, "true"),
        ("utilisation:mud@site:north", "min: 60 %", 0.5, "false"),
        ("industrial-solid-waste-utilisation@site:south", "min: 50 %", 0.5, "true"),
        ("industrial-solid-waste-utilisation@site:west", "min: 50 %", None, ""),
        ("emission:so2@site:west", "max: 1 t/a", 2, "false"),
        ("emission:so2@site:north", "max: 1 t/a", 0, "true"),
        ("emission:nox", "max: 1 t/a", 0, "true"),
        ("emission:nox@site:north", "max: 1 t/a", 0, "true"),
        ("co2@site:west", "max: 1 t/a", 0, "true"),
    ],
)
def test_no_target_on_a_group_is_dropped(
    tmp_path: Path, indicator: str, bound: str, value: float | None, met: str
) -> None:
    """Of 400 t the kiln, which makes none, takes 200, from both makers alike: half of 300 and of 100."""
    aims = f"drive: {{large: 100 t/a, small: 100 t/a}}\ntargets:\n  {indicator}: {{{bound}}}\n"
    row = solve(tmp_path, MAKERS_APART, aims).indicators.loc[indicator]
    assert row["met"] == met or (not met and pd.isna(row["met"]))
    assert pd.isna(row["value"]) if value is None else row["value"] == pytest.approx(value)
