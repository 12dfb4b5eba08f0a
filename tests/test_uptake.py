"""Use counts as far as what is made of waste is taken: small parks worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.results.accounts.waste import Leftover
from tests.parks import codes, solve, values

RATE = "industrial-solid-waste-utilisation"
BRICKS = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  slag: {kind: waste, waste: industrial-solid}
  brick-feed: {kind: intermediate}
  brick: {kind: product}
processes:
  smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, slag: 1 t/t}}
  crusher: {per: brick-feed, inputs: {slag: 1 t/t}, outputs: {brick-feed: 1 t/t}}
  kiln: {per: brick, inputs: {brick-feed: 1 t/t}, outputs: {brick: 1 t/t}}
pools:
  slag: {takers: [crusher]}
  brick-feed: {takers: [{process: kiln, limit: 110 kt/a}]}
  brick: {takers: [{boundary: export, limit: none}]}
"""


def uses(result: mfa.Result, waste: str) -> dict[tuple[str, str], float]:
    """(taker, fate) → t a year."""
    return {(u.node, u.fate): u.amount for u in result.wastes[waste].uses if abs(u.amount) > 1e-6}


def test_feed_that_the_kiln_does_not_take(tmp_path: Path) -> None:
    """350 kt crushed, 110 kt taken: 110 ÷ 350 = 31.43 % used, 240 kt unsold, nothing dumped."""
    result = solve(tmp_path, BRICKS, "drive: {smelter: 350 kt/a}\n")
    found = values(result)
    assert found[RATE] == pytest.approx(110 / 350)
    assert found["industrial-solid-waste-unsold"] == pytest.approx(240e3)
    assert uses(result, "slag") == pytest.approx(
        {("crusher", "utilisation"): 110e3, ("crusher", "unsold"): 240e3}
    )
    (unsold,) = [u for u in result.wastes["slag"].uses if u.fate == "unsold"]
    assert unsold.leftover == Leftover("crusher", "brick-feed", pytest.approx(240e3))
    (warning,) = [w for w in result.warning_list if w.code == "unsold"]
    assert (warning.place, warning.unit) == ("crusher", "t/a")
    assert warning.amount == pytest.approx(240e3)
    assert "240,000 t/a of slag" in warning.text()
    assert "crusher makes brick-feed" in warning.text()
    assert "slag 有" in warning.text("zh")


def test_leftover_is_followed_to_the_product_that_nobody_takes(tmp_path: Path) -> None:
    """The kiln takes all 350 kt of feed and sells 110 kt of brick: it is the bricks that are left."""
    chain = BRICKS.replace("limit: 110 kt/a", "limit: none").replace(
        "export, limit: none", "export, limit: 110 kt/a"
    )
    result = solve(tmp_path, chain, "drive: {smelter: 350 kt/a}\n")
    assert values(result)[RATE] == pytest.approx(110 / 350)
    (unsold,) = [u for u in result.wastes["slag"].uses if u.fate == "unsold"]
    assert unsold.node == "crusher"
    assert unsold.leftover == Leftover("kiln", "brick", pytest.approx(240e3))


def test_all_taken_is_no_warning(tmp_path: Path) -> None:
    """100 kt are less than the kiln takes."""
    result = solve(tmp_path, BRICKS, "drive: {smelter: 100 kt/a}\n")
    assert values(result)[RATE] == 1.0
    assert "unsold" not in codes(result)


@pytest.mark.parametrize(("fate", "rate"), [("", 110 / 350), (", fate: utilisation", 1.0)])
def test_deposit_counts_where_the_entry_says_so(tmp_path: Path, fate: str, rate: float) -> None:
    """The other 240 kt of feed go down a mine: use only where the entry says so."""
    deposit = f"limit: 110 kt/a}}, {{boundary: deposit{fate}}}]"
    chain = BRICKS.replace("limit: 110 kt/a}]", deposit)
    assert values(solve(tmp_path, chain, "drive: {smelter: 350 kt/a}\n"))[RATE] == pytest.approx(rate)


def test_products_weigh_by_mass(tmp_path: Path) -> None:
    """1 t gives 0.6 t sand, half of it sold, and 0.4 t grit, all sold: u = 0.6 × 0.5 + 0.4 = 0.7."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      slag: {kind: waste, waste: industrial-solid}
      sand: {kind: product}
      grit: {kind: product}
    processes:
      smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, slag: 1 t/t}}
      crusher: {per: slag, inputs: {slag: 1 t/t}, outputs: {sand: 0.6 t/t, grit: 0.4 t/t}}
    pools:
      slag: {takers: [crusher]}
      sand: {takers: [{boundary: export, limit: 30 kt/a}]}
      grit: {takers: [{boundary: export, limit: none}]}
    """
    assert values(solve(tmp_path, chain, "drive: {smelter: 100 kt/a}\n"))[RATE] == pytest.approx(0.7)


def test_ring_that_feeds_itself_alone_uses_nothing(tmp_path: Path) -> None:
    """Paste goes to the mixer, its mix back to the mill, and nobody else takes either: u = 0."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      slag: {kind: waste, waste: industrial-solid}
      paste: {kind: intermediate}
      mix: {kind: intermediate}
      air: {kind: emission}
    processes:
      smelter: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, slag: 1 t/t}}
      mill: {per: slag, inputs: {slag: 1 t/t, mix: 0.5 t/t}, outputs: {paste: 1 t/t, air: 0.5 t/t}}
      mixer: {per: paste, inputs: {paste: 1 t/t}, outputs: {mix: 0.5 t/t, air: 0.5 t/t}}
    pools:
      slag: {takers: [mill]}
      paste: {takers: [mixer]}
    """
    result = solve(tmp_path, chain, "drive: {smelter: 100 kt/a}\n")
    assert uses(result, "slag") == pytest.approx({("mill", "unsold"): 100e3})
    assert values(result)[RATE] == 0.0
    assert "unsold" in codes(result)


DRYER = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  sludge: {kind: waste, waste: industrial-solid}
  dried-sludge: {kind: waste, waste: industrial-solid}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, sludge: 1 t/t}}
  dryer: {per: sludge, inputs: {sludge: 1 t/t}, outputs: {dried-sludge: DRIED}}
pools:
  sludge: {takers: [dryer]}
  dried-sludge: {takers: [{boundary: deposit}]}
"""


def test_drying_is_no_use(tmp_path: Path) -> None:
    """100 kt of sludge dried and laid down: 0 % used, and 100 kt generated, not 200."""
    chain = DRYER.replace("DRIED", "{value: 1 t/t, residue-of: sludge}")
    result = solve(tmp_path, chain, "drive: {works: 100 kt/a}\n")
    found = values(result)
    assert found[RATE] == pytest.approx(0.0, abs=1e-12)
    assert found["industrial-solid-waste-generated"] == pytest.approx(100e3)
    assert found["industrial-solid-waste-disposed"] == pytest.approx(100e3)
    assert "residue-unstated" not in codes(result)


def test_waste_of_waste_without_a_word(tmp_path: Path) -> None:
    """Nothing says what the dried sludge is: it counts as what is left, and the run warns."""
    result = solve(tmp_path, DRYER.replace("DRIED", "1 t/t"), "drive: {works: 100 kt/a}\n")
    assert values(result)[RATE] == pytest.approx(0.0, abs=1e-12)
    assert "residue-of: sludge" in codes(result)["residue-unstated"]


def test_new_waste_by_word(tmp_path: Path) -> None:
    """`none`: the sludge counts as used up and 100 kt of other waste as generated: 100 ÷ 200."""
    chain = DRYER.replace("DRIED", "{value: 1 t/t, residue-of: none}")
    found = values(solve(tmp_path, chain, "drive: {works: 100 kt/a}\n"))
    assert found["industrial-solid-waste-generated"] == pytest.approx(200e3)
    assert found[RATE] == pytest.approx(0.5)


def test_haulage_is_neither_generation_nor_use(tmp_path: Path) -> None:
    """400 kt of gangue: 180 kt used at home, 150 kt hauled and used there: 330 ÷ 400 = 82.5 %."""
    chain = """
    materials:
      coal: {kind: resource}
      clean-coal: {kind: product}
      gangue: {kind: waste, waste: industrial-solid}
      gangue-there: {kind: waste, waste: industrial-solid}
      brick: {kind: product}
    processes:
      washery: {per: clean-coal, inputs: {coal: 1.4 t/t}, outputs: {clean-coal: 1 t/t, gangue: 0.4 t/t}}
      haulage:
        per: gangue
        inputs: {gangue: 1 t/t}
        outputs: {gangue-there: {value: 1 t/t, residue-of: gangue}}
      kiln: {per: brick, inputs: {gangue: 1 t/t}, outputs: {brick: 1 t/t}}
      kiln-there: {per: brick, inputs: {gangue-there: 1 t/t}, outputs: {brick: 1 t/t}}
    pools:
      gangue:
        takers: [{process: kiln, limit: 180 kt/a}, {process: haulage, limit: 150 kt/a}, {boundary: deposit}]
      gangue-there: {takers: [kiln-there]}
      brick: {takers: [{boundary: export, limit: none}]}
    """
    result = solve(tmp_path, chain, "drive: {washery: 1 Mt/a}\n")
    found = values(result)
    assert found["industrial-solid-waste-generated"] == pytest.approx(400e3)
    assert found[RATE] == pytest.approx(0.825)


def test_blend_of_two_wastes(tmp_path: Path) -> None:
    """60 kt ash and 40 kt slag blended, 70 kt of the blend sold, 30 kt laid down, shared 6 : 4."""
    chain = """
    materials:
      ore: {kind: resource}
      metal: {kind: product}
      ash: {kind: waste, waste: industrial-solid}
      slag: {kind: waste, waste: industrial-solid}
      blend: {kind: waste, waste: industrial-solid}
    processes:
      works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, ash: 0.6 t/t, slag: 0.4 t/t}}
      mixer:
        per: blend
        inputs: {ash: 0.6 t/t, slag: 0.4 t/t}
        outputs: {blend: {value: 1 t/t, residue-of: [ash, slag]}}
    pools:
      ash: {takers: [mixer]}
      slag: {takers: [mixer]}
      blend: {givers: [mixer], takers: [{boundary: export, limit: 70 kt/a}, {boundary: deposit}]}
    """
    found = values(solve(tmp_path, chain, "drive: {works: 100 kt/a, mixer: 100 kt/a}\n"))
    assert found["industrial-solid-waste-generated"] == pytest.approx(100e3)
    assert found[RATE] == pytest.approx(0.7)
    assert found["utilisation:ash"] == pytest.approx(0.7)
    assert found["utilisation:slag"] == pytest.approx(0.7)
