"""Remedies of missed targets: in a tiny park every way's gain is a hand sum."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.studies.remedies import Remedy
from tests.parks import solve

PARK = """
materials:
  ore: {kind: resource}
  stone: {kind: resource}
  metal: {kind: product}
  lime: {kind: intermediate}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
  road: {kind: product}
  binder: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  lime-kiln: {per: lime, inputs: {stone: 1 t/t}, outputs: {lime: 1 t/t}}
  brick-works: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 200 kt/a}
  mixer: {per: binder, inputs: {mud: 0.5 t/t, lime: 0.5 t/t}, outputs: {binder: 1 t/t}, capacity: 500 kt/a}
  paver: {per: road, inputs: {mud: 1 t/t}, outputs: {road: 1 t/t}, capacity: 400 kt/a}
  fill: {per: mud, inputs: {mud: 1 t/t}, fate: disposal}
pools:
  mud:
    takers:
      - {process: brick-works, limit: 150 kt/a}
      - {boundary: export, limit: 100 kt/a}
      - mixer
      - {stock: yard}
  lime: {takers: [mixer, {boundary: export}]}
stocks:
  yard: {material: mud}
"""
YEAR = """
drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""
# Mud 1 000 kt: bricks 150, sold 100, the mixer 60 (60 kt lime give 120 kt binder), yard 690: 31 %.
BASE = 0.31


def ways(result: mfa.Result) -> dict[tuple[str, str], Remedy]:
    return {(r.way, r.node): r for r in result.remedies()}


def test_every_way_by_hand(tmp_path: Path) -> None:
    """Bricks without limit take the yard's 690 kt as well, 100 %; so do sales; others keep what they have.

    The paver can start with 400 kt: 71 %. With lime bought the mixer runs at its capacity: 250 instead of
    60 kt mud, 50 %. All together: 100 %. The fill would dispose of mud: no way to a rate of utilisation.
    """
    result = solve(tmp_path, PARK, YEAR)
    found = ways(result)
    expected = {
        ("raise", "brick-works"): (150, 840, 1.0, "true"),
        ("raise", "export"): (100, 790, 1.0, "true"),
        ("start", "paver"): (0, 400, 0.71, "false"),
        ("buy", "mixer"): (60, 250, 0.5, "false"),
        ("all", ""): (0, 0, 1.0, "true"),
    }
    assert set(found) == set(expected)
    for key, (before, after, value, met) in expected.items():
        remedy = found[key]
        assert remedy.value == pytest.approx(value), key
        assert remedy.gain == pytest.approx(value - BASE), key
        assert remedy.amount == pytest.approx((value - BASE) * 1e6), key
        assert remedy.met == met, key
        if key[0] != "all":
            assert (remedy.before, remedy.after) == (
                pytest.approx(before * 1e3),
                pytest.approx(after * 1e3),
            ), key
    assert found["buy", "mixer"].lacking == "lime"


def test_best_first(tmp_path: Path) -> None:
    """The ways stand by what they gain, the largest first, and all of them together last."""
    found = solve(tmp_path, PARK, YEAR).remedies()
    assert [r.way for r in found] == ["raise", "raise", "start", "buy", "all"]
    gains = [r.gain for r in found[:-1]]
    assert gains == sorted(gains, reverse=True)


def test_the_run_itself_is_not_changed(tmp_path: Path) -> None:
    """Trying the ways leaves the result as it was."""
    result = solve(tmp_path, PARK, YEAR)
    before = result.to_json()
    result.remedies()
    assert result.to_json() == before


def test_target_of_one_waste_and_of_disposal(tmp_path: Path) -> None:
    """The same ways for `utilisation:mud`; utilisation and disposal counts both in its value."""
    scenario = """
    drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}
    targets:
      utilisation:mud: {min: 60 %}
      industrial-solid-waste-utilisation-and-disposal: {min: 40 %}
    """
    found = solve(tmp_path, PARK, scenario).remedies()
    values = {(r.indicator, r.way, r.node): (r.value, r.met) for r in found}
    assert values["utilisation:mud", "start", "paver"] == (pytest.approx(0.71), "true")
    both = "industrial-solid-waste-utilisation-and-disposal"
    assert values[both, "buy", "mixer"] == (pytest.approx(0.5), "true")


def test_nothing_to_mend(tmp_path: Path) -> None:
    """Targets that are met, upper bounds, and targets on other things have no remedies."""
    drives = "drive: {works: 1 Mt/a, lime-kiln: 60 kt/a}\n"
    assert solve(tmp_path, PARK, drives).remedies() == []
    for target in (
        "industrial-solid-waste-utilisation: {min: 30 %}",
        "industrial-solid-waste-utilisation: {max: 10 %}",
        "output-value: {min: 1 CNY/a}",
    ):
        assert solve(tmp_path, PARK, f"{drives}targets: {{{target}}}\n").remedies() == []


def test_residue_that_nobody_takes(tmp_path: Path) -> None:
    """Tailings of a separation, 900 kt of the mud's 1 000: sold up to 100 kt, or all."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      iron: {kind: product}
      mud: {kind: waste, waste: industrial-solid}
      tailings: {kind: waste, waste: industrial-solid, residue-of: mud}
    processes:
      works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
      separation: {per: mud, inputs: {mud: 1 t/t}, outputs: {iron: 0.1 t/t, tailings: 0.9 t/t}}
    pools:
      mud: {takers: [separation]}
      tailings: {takers: [{boundary: export, limit: 100 kt/a}, {boundary: deposit}]}
    """
    scenario = "drive: {works: 1 Mt/a}\ntargets: {industrial-solid-waste-utilisation: {min: 95 %}}\n"
    (only,) = solve(tmp_path, chain, scenario).remedies()
    assert (only.way, only.material, only.node) == ("raise", "tailings", "export")
    assert (only.before, only.after) == (pytest.approx(100e3), pytest.approx(900e3))
    assert only.value == pytest.approx(1)
    assert only.gain == pytest.approx(0.8)


def test_reached_only_by_who_lacks_an_input(tmp_path: Path) -> None:
    """A mixer that asks for lime which lacks makes the target unproven: lime is no way, its limit none.

    With a target of 20 % the run is unproven: 250 of 1 000 sold and bricks, without the mixer 25 %: proven.
    """
    chain = PARK.replace("lime: {takers: [mixer, {boundary: export}]}", "lime: {givers: []}")
    chain = chain.replace("  lime-kiln: {per: lime, inputs: {stone: 1 t/t}, outputs: {lime: 1 t/t}}\n", "")
    for bound, met in ((45, "unproven"), (20, "true")):
        scenario = f"drive: {{works: 1 Mt/a}}\ntargets: {{utilisation:mud: {{min: {bound} %}}}}\n"
        result = solve(tmp_path, chain, scenario)
        assert result.indicators.loc["utilisation:mud", "met"] == met
        found = ways(result)
        if met == "true":
            assert found == {}
        else:
            assert found["start", "paver"].met == "true"  # 250 + 400 are proven
            assert found["start", "paver"].value == pytest.approx(0.9)
