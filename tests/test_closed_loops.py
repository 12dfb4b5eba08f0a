"""Loops without a way out: what no layer and no cost can account for is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parks import codes, solve

COOLING = """
materials:
  ore: {kind: resource, composition: {Ga: 1 %, other: 99 %}}
  metal: {kind: product, composition: {Ga: 1 %, other: 99 %}}
  cold: {kind: intermediate}
  hot: {kind: intermediate}
processes:
  smelter: {per: metal, inputs: {ore: 1 t/t, cold: 10 t/t}, outputs: {hot: 10 t/t}}
  tower: {per: hot, inputs: {hot: 1 t/t}, outputs: {cold: 1 t/t}}
pools:
  hot: {takers: [tower]}
"""


@pytest.mark.parametrize("layer", ["Ga", "Cu"])
def test_a_cooling_loop_without_a_way_out_carries_nothing(tmp_path: Path, layer: str) -> None:
    """What comes in, 10 t × 1 %, leaves with the metal; nothing is there to gather in the loop."""
    result = solve(tmp_path, COOLING, f"drive: {{smelter: 10 t/a}}\nlayers: [{layer}]\n")
    flows = {(f.material, f.target): f.amount for f in result.layer(layer).flows(result.flow_list)}
    expected = {("ore", "pool:ore"): 100.0, ("ore", "smelter"): 100.0, ("metal", "pool:metal"): 100.0}
    expected[("metal", "export")] = 100.0
    assert flows == (pytest.approx(expected) if layer == "Ga" else {})
    assert "layer-gap" not in codes(result)


def test_what_a_closed_loop_does_not_account_for_is_a_residue(tmp_path: Path) -> None:
    """Metal of 0.5 % takes 50 of 100 kg: the rest is the smelter's residue, and the loop is named."""
    chain = COOLING.replace(
        "metal: {kind: product, composition: {Ga: 1 %", "metal: {kind: product, composition: {Ga: 0.5 %"
    )
    result = solve(tmp_path, chain, "drive: {smelter: 10 t/a}\nlayers: [Ga]\n")
    residue = {b.place: b.residue for b in result.layer("Ga").balances()}
    assert residue == pytest.approx({"smelter": 50.0, "park": 50.0})
    assert "hot" in codes(result)["layer-gap"]
