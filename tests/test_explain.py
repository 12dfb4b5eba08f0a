"""Why a number is what it is: a park small enough to say by hand, and parts that add up to indicators."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.show.terminal.print_explanation import print_explanation
from mfa.studies.contributions import contributions
from tests.parks import solve

CHAIN = """
materials:
  ore: {kind: resource}
  coal: {kind: fuel, lhv: 20 GJ/t, carbon: 50 %}
  co2: {kind: emission, ghg: combustion, composition: {CO2: 100 %}}
  metal: {kind: intermediate, label: {en: Metal, zh: 金属}}
  bar: {kind: product}
  slag: {kind: waste, waste: industrial-solid, moisture: 20 %, label: {en: Slag, zh: 渣}}
  brick: {kind: product}
  sand: {kind: product}
  tile: {kind: product}
processes:
  smelter:
    per: metal
    inputs: {ore: 2 t/t, coal: 0.1 t/t}
    outputs: {slag: 0.5 t/t, co2: 0.18 t/t}
    capacity: 500 kt/a
  rolling: {per: bar, inputs: {metal: 1.25 t/t}, outputs: {bar: 1 t/t}}
  kiln: {per: brick, inputs: {slag: 0.8 t/t}, outputs: {brick: 1 t/t}}
  press: {per: sand, inputs: {slag: 1 t/t}, outputs: {sand: 1 t/t}, capacity: 30 kt/a}
  tiler: {per: tile, inputs: {slag: 1 t/t}, outputs: {tile: 1 t/t}}
  grinder: {per: tile, inputs: {slag: 1 t/t}, outputs: {tile: 1 t/t}}
stocks:
  heap: {material: slag}
pools:
  metal: {givers: [smelter]}
  slag: {takers: [{process: kiln, limit: 40 kt/a}, press, {stock: heap}, tiler]}
  brick: {takers: [{boundary: export, limit: none}]}
  sand: {takers: [{boundary: export, limit: none}]}
  tile: {takers: [{boundary: export, limit: none}]}
  bar: {takers: [{boundary: export}]}
"""
SCENARIO = """
drive: {rolling: 200 kt/a}
stocks: {heap: {initial: 10 kt}}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> mfa.Result:
    """200 kt of bar need 250 of metal: 125 of slag, of which kiln 40 (50 kt of brick), press 30, heap 55."""
    return solve(tmp_path_factory.mktemp("park"), CHAIN, SCENARIO)


@pytest.mark.parametrize(
    ("process", "held", "side", "material"),
    [
        ("rolling", "driven", "", ""),
        ("smelter", "all", "givers", "metal"),
        ("kiln", "limit", "takers", "slag"),
        ("press", "capacity", "takers", "slag"),
        ("tiler", "behind", "takers", "slag"),
        ("grinder", "unlisted", "", ""),
    ],
)
def test_what_holds_a_process(park: mfa.Result, process: str, held: str, side: str, material: str) -> None:
    reason = park.explain(process).reason
    assert reason is not None
    assert (reason.held, reason.side, reason.material) == (held, side, material)


def test_places_of_a_material(park: mfa.Result) -> None:
    """Amounts, the most that each place could take, and what holds it, in the order of the list."""
    found = park.explain("slag")
    assert [(p.node, p.held) for p in found.givers] == [("smelter", "firm")]
    assert [(p.node, pytest.approx(p.amount), p.most, p.held) for p in found.takers] == [
        ("kiln", 40e3, 40e3, "limit"),
        ("press", 30e3, 30e3, "limit"),
        ("heap", 55e3, None, "all"),
        ("tiler", 0.0, None, "behind"),
    ]


def test_up_to_the_drive(park: mfa.Result) -> None:
    """Slag comes from the smelter, whose metal is asked for by the rolling mill, which is driven."""
    steps = park.explain("kiln").steps
    assert [(s.side, s.material, s.node, s.share) for s in steps] == [
        ("takers", "slag", "smelter", 1.0),
        ("givers", "metal", "rolling", 1.0),
    ]
    assert steps[-1].reason is not None
    assert steps[-1].reason.held == "driven"


@pytest.mark.parametrize(
    ("name", "what", "changes", "rate", "co2"),
    [
        # one t more of bar: 1.25 of metal, 0.625 of slag to the heap; rate 70 ÷ (125 + 0.625 h)
        (
            "rolling",
            "level",
            {
                ("bar", "export"): 1,
                ("ore", "import"): 2.5,
                ("coal", "import"): 0.125,
                ("slag", "heap"): 0.625,
            },
            -70 / 125**2 * 0.625 * 1e-3,
            1.25 * 0.18,
        ),
        # a t more of slag for the kiln: one less on the heap, 1.25 t of brick
        ("kiln", "limit", {("brick", "export"): 1.25, ("slag", "heap"): -1}, 1e-3 / 125, 0),
        ("press", "capacity", {("sand", "export"): 1, ("slag", "heap"): -1}, 1e-3 / 125, 0),
        (
            "smelter",
            "demand",
            {("ore", "import"): 2, ("coal", "import"): 0.1, ("slag", "heap"): 0.5},
            None,
            0.18,
        ),
        # bought slag takes its part of the full places: 70 of 125 + h are used, all else alike
        ("heap", "supply", {("slag", "heap"): 1}, -70 / 125**2 * 1e-3, 0),
    ],
)
def test_one_more(
    park: mfa.Result,
    name: str,
    what: str,
    changes: dict[tuple[str, str], float],
    rate: float | None,
    co2: float,
) -> None:
    """The slope of each amount at the park's line, by hand; the rate a t."""
    more = park.explain(name).more
    assert more is not None
    assert more.what == what
    found = {(c.name, c.node): c.per_unit for c in more.changes}
    for key, per_unit in changes.items():
        assert found[key] == pytest.approx(per_unit, rel=1e-6), key
    if rate is not None:
        assert more.rate == pytest.approx(rate, rel=1e-5, abs=1e-12)
    assert more.co2 == pytest.approx(co2, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("scenario", ["alumina-red-mud", "chain-magnesium", "chain-coal"])
def test_contributions_give_the_indicator(scenario: str) -> None:
    """Numerator over denominator is the value, for every indicator of the whole park that has parts."""
    result = mfa.load(scenario).solve()
    whole = 0
    for row in result.indicator_list:
        top, bottom = contributions(result, row.name)
        if not top or row.value is None:
            continue
        value = sum(c.amount for c in top) / (sum(c.amount for c in bottom) if bottom else 1.0)
        assert value == pytest.approx(row.value, rel=1e-9), row.name
        whole += 1
    assert whole > 30


def test_names(park: mfa.Result) -> None:
    """A label in either language leads to the same; a wrong name is one fault with the nearest."""
    assert park.explain("Slag") == park.explain("slag") == park.explain("渣")
    with pytest.raises(mfa.Error, match="did you mean 'smelter'"):
        park.explain("smeltr")


@pytest.mark.parametrize(
    ("name", "lang", "texts"),
    [
        (
            "kiln",
            "en",
            ["runs at 50 kt/a of brick", "why: takes Slag up to its limit", "2. Metal is asked for"],
        ),
        ("tiler", "en", ["idle: those before it take all Slag"]),
        ("slag", "zh", ["渣的去向", "已满", "1. 渣来自smelter（100.00 %）"]),
        ("heap", "en", ["holds Slag: 10 kt at the start, 55 kt/a, 65 kt at the end"]),
        ("industrial-solid-waste-utilisation", "en", ["✗", "Numerator", "40,000", "57.14 %", "125,000"]),
    ],
)
def test_printed(
    park: mfa.Result, name: str, lang: str, texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    print_explanation(park, park.explain(name), lang)
    printed = capsys.readouterr().out
    for text in texts:
        assert text in printed


def test_picture(park: mfa.Result, tmp_path: Path) -> None:
    """The command draws a process with its neighbours."""
    park.sankey(tmp_path / "kiln.svg", focus=["kiln"], steps=1)
    text = (tmp_path / "kiln.svg").read_text(encoding="utf-8")
    assert "kiln" in text
    assert "rolling" not in text
