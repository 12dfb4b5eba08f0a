"""The shipped chains and scenarios against figures summed by hand from their recipes.

Nothing here is read from the program: every number follows, with the arithmetic shown, from
the coefficients of the recipes as they are printed in `chains/*.yaml`, or from a publication.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mfa
from mfa.properties import element_shares

ROOT = Path(__file__).parent.parent
CHAINS = sorted((ROOT / "chains").glob("*.yaml"))
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
MAIN = "alumina-red-mud"
VARIANTS = ("no-reuse", "todays-reuse", "plan-sinks", "market-limited", "eco-cement-kiln", "own-ash")
RUNS = ("base", *VARIANTS, "three-million")

# ---------------------------------------------------------------- the arithmetic
ALUMINA = 2.4e6
LIQUOR = ALUMINA * 1.5165  # t hydrate per t alumina; hydrate takes 1 t liquor per t
# inputs of digestion less its other outputs: ore + lime + soda + flocculant + water - liquor - gallium
MUD_PER_LIQUOR = 1.4324 + 0.1146 + 0.09433 + 0.0003 + 0.208 - 1 - 6.517e-5
MUD = LIQUOR * MUD_PER_LIQUOR
GALLIUM = LIQUOR * 65.17e-6 / 1.04
# what a precipitation loses, a recovery does not: 21.4 % of the gallium in the liquor is listed for recovery
RECOVERED = GALLIUM * 0.214
STEAM = LIQUOR * (2.45 + 1.7) + 150 * RECOVERED  # GJ, before the panels' dealkalised mud
FLY, BOTTOM, GYPSUM = 0.01397, 0.0024463, 0.00423692  # t per GJ steam
BRINE = 15.981  # t per t gallium
DEALKALISED = 1 + 0.1 + 0.06275 - 0.09267  # t per t mud: mud + lime + water - soda
MUD_OF_PANEL = 0.04762 / DEALKALISED  # t mud per t panel
STEAM_OF_PANEL = 0.25 + 0.7 * MUD_OF_PANEL  # GJ per t panel
IRON = 0.0657  # t concentrate per t mud: all that magnetic separation uses of it
SCRUBBED = 0.009325  # t gypsum per t ceramsite
MARKETS = 0.28e6 + 35e3 + 3.6e3 + 0.12e6  # road base, sorbent, foam glass, kilns outside

# run: mud utilised, mud stored, then all general industrial waste: generated, utilised, disposed; t/a
TABLE = {
    "base": (2425719.358, 666356.798, 3439678.204, 2734996.031, 38325.375),
    "no-reuse": (0.0, 3092076.155, 3404960.6, 0.0, 312884.444),
    "todays-reuse": (69571.713, 3022504.442, 3404960.6, 175089.673, 207366.485),
    "plan-sinks": (2005961.13, 1086115.025, 3439678.204, 2315237.804, 38325.375),
    "market-limited": (848518.339, 2243557.816, 3411645.881, 1130167.104, 37920.961),
    "eco-cement-kiln": (2692498.818, 399577.337, 3443806.32, 3005414.647, 38814.336),
    "own-ash": (691877.504, 2400198.651, 3412549.888, 974094.224, 38257.013),
    "three-million": (2444561.13, 1420534.064, 4290918.354, 2822622.005, 47762.285),
}


def hand(run: str) -> tuple[float, float, float, float, float]:
    """The row of the table from the recipes."""
    mud, gallium, steam = MUD, RECOVERED, STEAM
    panels, ceramsite, binder, markets, separated = 0.84e6, 3.2e6, 2.0e6, MARKETS, 1e6
    if run == "three-million":  # everything of the refinery grows with the alumina
        mud, gallium, steam = (x * 3 / 2.4 for x in (mud, gallium, steam))
    if run in ("no-reuse", "todays-reuse"):
        return _without_plants(run)
    if run == "plan-sinks":
        markets = 0.0
    if run == "market-limited":
        ceramsite, panels, binder = 0.56e6, 0.252e6, 0.35e6
    if run == "own-ash":
        # ceramsite per t: 1.436714 t out (itself, gypsum, gases), 1.162671 t in without ash: ash 0.274043
        # panel per t: 1 - 0.52378 = 0.47622 t ceramsite, and every t of ceramsite goes there;
        # own ash = firm uses (road base, foam glass, panels) + ceramsite
        firm = 0.35e6 * 0.08 + 3.6e3 / 0.3593 * 0.1232
        panels = (STEAM * FLY - firm) / (0.47622 * 0.274043 + 0.119 - FLY * STEAM_OF_PANEL)
        ceramsite, binder = panels * 0.47622, 0.0
    dealkalised_mud = panels * MUD_OF_PANEL
    steam += panels * STEAM_OF_PANEL
    if run == "eco-cement-kiln":
        # cement per t: 1 - 0.38 (mud 0.08, ash 0.12, slag 0.13, gypsum 0.05) = 0.62 t clinker,
        # which takes 0.09 t dealkalised mud a t
        kiln_mud = 2.25e6 * (0.08 + 0.62 * 0.09) / DEALKALISED
        dealkalised_mud += kiln_mud
        steam += 0.7 * kiln_mud
    used = markets + ceramsite * 0.4384 + binder * 0.25 + dealkalised_mud
    separated = min(separated, mud - used)
    used += separated * IRON
    gypsum = steam * GYPSUM + ceramsite * SCRUBBED
    generated = mud + steam * (FLY + BOTTOM) + gypsum + BRINE * gallium
    utilised = used + steam * FLY + gypsum  # ash is all used, gypsum used or sold
    return used, mud - used, generated, utilised, steam * BOTTOM + BRINE * gallium


def _without_plants(run: str) -> tuple[float, float, float, float, float]:
    fly, bottom, gypsum, brine = STEAM * FLY, STEAM * BOTTOM, STEAM * GYPSUM, BRINE * RECOVERED
    generated = MUD + fly + bottom + gypsum + brine
    if run == "no-reuse":
        return 0.0, MUD, generated, 0.0, fly + bottom + gypsum + brine
    used = 0.0225 * MUD
    return (
        used,
        MUD - used,
        generated,
        used + 0.137 * fly + 0.34 * bottom + gypsum,
        0.863 * fly + 0.66 * bottom + brine,
    )


@cache
def solved(run: str) -> mfa.Result:
    """One run of the main scenario."""
    if run == "base":
        return mfa.load(MAIN).solve()
    if run == "three-million":
        return mfa.load(MAIN, settings={"alumina-calcination.level": "3 Mt/a"}).solve()
    return mfa.load(MAIN, variants=[run]).solve()


def amount(result: mfa.Result, material: str, source: str = "", target: str = "") -> float:
    """The sum of the flows of a material from a source or to a target."""
    return sum(
        f.amount
        for f in result.flow_list
        if f.material == material and source in ("", f.source) and target in ("", f.target)
    )


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-3)


# ---------------------------------------------------------------- against the hand figures
@pytest.mark.parametrize("run", RUNS)
def test_the_arithmetic_gives_the_table(run: str) -> None:
    """The figures written here and the arithmetic above are the same, so neither has a slip."""
    assert hand(run) == pytest.approx(TABLE[run], rel=1e-6, abs=2e-3)


@pytest.mark.parametrize("run", RUNS)
def test_waste_of_each_variant(run: str) -> None:
    """Mud used and stored, waste generated, utilised and disposed of are the hand figures."""
    result = solved(run)
    rows = {r.name: r.value for r in result.indicator_list}
    mud = result.wastes["red-mud"].account()
    used, stored, generated, utilised, disposed = TABLE[run]
    assert mud.utilised == near(used)
    assert mud.stored == near(stored)
    assert rows["industrial-solid-waste-generated"] == near(generated)
    assert rows["industrial-solid-waste-utilised"] == near(utilised)
    assert rows["industrial-solid-waste-disposed"] == near(disposed)
    assert rows["industrial-solid-waste-stored"] == near(stored)
    assert rows["industrial-solid-waste-dumped"] == near(0.0)
    assert rows["industrial-solid-waste-utilised-from-storage"] == 0.0
    assert rows["industrial-solid-waste-utilisation"] == near(utilised / generated)
    assert rows["industrial-solid-waste-utilisation-and-disposal"] == near((utilised + disposed) / generated)
    assert rows["utilisation:red-mud"] == near(used / (used + stored))


def test_base_misses_its_targets_by_the_hand_distance() -> None:
    """The base run misses 95 % and 100 %, by what the hand figures say, in points and in tonnes."""
    frame = solved("base").indicators
    _, stored, generated, utilised, disposed = TABLE["base"]
    first = frame.loc["industrial-solid-waste-utilisation"]
    assert (first["met"], first["min"]) == ("false", pytest.approx(0.95))
    assert first["distance"] == near(utilised / generated - 0.95)
    assert first["distance_amount"] == near(0.95 * generated - utilised)
    second = frame.loc["industrial-solid-waste-utilisation-and-disposal"]
    assert second["met"] == "false"
    assert second["distance"] == near((utilised + disposed) / generated - 1)
    assert second["distance_amount"] == near(stored)


def test_main_trunk() -> None:
    """Alumina, liquor, ore, mud, lime, soda and gallium follow from the drive and the recipes."""
    result = solved("base")
    levels = dict(result.processes.set_index("process")["level"])
    assert pytest.approx(3_639_600) == LIQUOR
    assert levels["bayer-precipitation"] == near(LIQUOR)
    assert levels["bayer-digestion"] == near(LIQUOR)
    ore = LIQUOR * 1.4324
    assert ore == pytest.approx(5_213_363.04)
    assert amount(result, "bauxite", target="bayer-digestion") == near(ore)
    assert amount(result, "bauxite", source="bauxite-mining") == near(1_460_000)
    assert amount(result, "bauxite", source="import") == near(3_753_363.04)
    assert pytest.approx(3_092_076.1553, rel=1e-9) == MUD
    assert amount(result, "red-mud", source="bayer-digestion") == near(MUD)
    assert amount(result, "quicklime", target="bayer-digestion") == near(417_098.16)
    # 65.17 g/t in the liquor, 21.4 % of it recovered at 1.04 t/t; the rest stays in the hydrate
    assert pytest.approx(237.19273, rel=1e-7) == LIQUOR * 65.17e-6
    assert levels["gallium-recovery"] == near(48.80697)
    assert amount(result, "steam", source="captive-chp") == near(STEAM + 0.84e6 * STEAM_OF_PANEL)
    assert pytest.approx(15_111_661.0449, rel=1e-9) == STEAM


BOUGHT = {
    # road base 28 000, foam glass 1 234.40, ceramsite 876 937.6, panels 99 960, binder 340 000;
    # own 214 409.15
    "chp-fly-ash": 1_131_722.84,
    "bauxite-tailings": 771_520,  # 3.2 Mt × 0.2411: no flotation here
    "coal-gangue": 456_000,  # 3.2 Mt × 0.1425
    "bf-slag": 500_000,  # 2 Mt × (1.15 of outputs and water - 0.90 of the rest = 0.25)
    "magnesium-slag": 360_000,  # 2 Mt × 0.18
    # 10 500 road base + 160 000 binder - 15 347 828 GJ × 4.23692 kg - 3.2 Mt ceramsite × 9.325 kg
    "fgd-gypsum": 75_632.48,
    "caustic-soda": 340_298.62,  # 343 323.47 digestion + 9 × 48.807 - 37 381.13 × 0.09267 won back
    "thermal-coal": 1_236_590.54,  # 15 347 828 GJ × 61.9 kg + 3.2 Mt × 89.55 kg
    "cement": 187_516.00,  # 350 kt × 0.05 + 840 kt × 0.2024
    "clinker": 140_000,  # 2 Mt × 0.07
    # MWh used: refinery with mine 547 806.4, gallium 2 684.4, road base 1 400, sorbent 1 000,
    # ceramsite 144 000, panels 16 800, binder 110 000, foam glass 2 605.1, dealkalisation 934.5,
    # separation 9 985.0; own 50 kWh per GJ of steam
    "grid-import": 837_215.386 - 767_391.392,
}
SOLD = {
    "ceramsite": 2_799_975.2,  # 3.2 Mt - 840 kt × 0.47622
    "ceramsite-panel": 840_000,
    "binder-low-carbon": 2_000_000,
    "road-base-red-mud": 350_000,  # 280 kt ÷ 0.80 t mud a t
    "alumina": 2_400_000,
}
EMITTED = {
    # steam 2 112 321.5, mine 20 823.1, calcination 407 232, ceramsite 951 360, gas heat 70 862.9,
    # foam glass 3 030.9, road base 1 331.2
    "co2-combustion": 3_566_961.56,
    "so2": 892.8 + 18.09e-6 * 15_347_828,  # 279 g/t ceramsite, boilers
}


@pytest.mark.parametrize("material", BOUGHT)
def test_bought_in(material: str) -> None:
    """What comes over the boundary is what the recipes ask beyond the park's own."""
    assert amount(solved("base"), material, source="import") == near(BOUGHT[material])


@pytest.mark.parametrize("material", SOLD)
def test_sold(material: str) -> None:
    """What leaves as product is the plants' capacity less what the park uses itself."""
    assert amount(solved("base"), material, target="export") == near(SOLD[material])


@pytest.mark.parametrize("material", EMITTED)
def test_emitted(material: str) -> None:
    """Emissions are the sum over all processes."""
    assert amount(solved("base"), material, target="emission") == near(EMITTED[material])


def test_ratios_beside_published_totals() -> None:
    """Mud per alumina is within 2 % of China's in 2023; today's share is the one Lüliang reported."""
    result = solved("base")
    ratio = amount(result, "red-mud", source="bayer-digestion") / 2.4e6
    assert ratio == pytest.approx(107 / 82.38, rel=0.02)
    today = {r.name: r.value for r in solved("todays-reuse").indicator_list}
    assert today["utilisation:red-mud"] == pytest.approx(36.1598 / 1603.9225, abs=5e-5)


# ---------------------------------------------------------------- what must hold of every file
@pytest.mark.parametrize("file", [*CHAINS, *SCENARIOS], ids=lambda f: f.stem)
def test_passes_the_strict_check(file: Path) -> None:
    """Every shipped recipe closes, has a source and sells nothing without saying so."""
    report = mfa.check(str(file))
    assert [f.text() for f in report.strict_faults] == []


def every_run() -> list[tuple[str, str]]:
    """Every shipped scenario with each of its variants."""
    found = []
    for file in SCENARIOS:
        names = mfa.load(file).variant_names
        found += [(str(file), name) for name in ("", *names)]
    return found


EVERY = every_run()


@cache
def ran(file: str, variant: str) -> mfa.Result:
    return mfa.load(file, variants=[variant] if variant else []).solve()


each_run = pytest.mark.parametrize(
    ("file", "variant"), EVERY, ids=[f"{Path(f).stem}-{v or 'base'}" for f, v in EVERY]
)


@each_run
def test_no_shortage_and_no_surplus_of_a_waste(file: str, variant: str) -> None:
    """No run lacks anything, and what is left over is no waste, emission or energy."""
    pools = ran(file, variant).pools.set_index("material")
    assert pools.loc[pools["shortage"] > 0, "shortage"].to_dict() == {}
    left = [
        m
        for m in pools.index[pools["surplus"] > 1e-6]
        if ran(file, variant).system.materials[m].kind != "product"
    ]
    assert left == []


def boundary(result: mfa.Result) -> dict[str, float]:
    """Material → what enters less what leaves or stays in stocks, t/a."""
    found: dict[str, float] = {}
    nodes = {"import", "shortage", "export", "emission", "deposit", "surplus", *result.system.stocks}
    for f in result.flow_list:
        mass = f.amount * result.system.materials[f.material].unit_mass
        if mass and f.source in nodes:
            found[f.material] = found.get(f.material, 0.0) + mass
        if mass and f.target in nodes:
            found[f.material] = found.get(f.material, 0.0) - mass
    return found


@each_run
def test_mass_is_conserved_over_the_park(file: str, variant: str) -> None:
    """What enters leaves, or lies in a stock, to a millionth."""
    net = boundary(ran(file, variant))
    entering = sum(v for v in net.values() if v > 0)
    assert abs(sum(net.values())) <= 1e-6 * entering


@each_run
def test_elements_are_conserved_over_the_park(file: str, variant: str) -> None:
    """Every element that the crossing materials resolve to 1 % leaves as it came.

    To 0.2 % in the main scenario, whose recipes all close that well; to 2 % in the others, some of whose
    metal recipes have a tolerance of a few per cent on minor elements.
    """
    result = ran(file, variant)
    # rock that is lifted and laid down again; nobody knows what is in it
    net = {m: v for m, v in boundary(result).items() if "overburden" not in m and m != "mine-waste-rock"}
    shares = {m: element_shares(result.system.materials[m]) for m in net}
    checked = []
    for element in sorted({e for s in shares.values() for e in s}):
        hidden = sum(abs(v) * unresolved(result, m) for m, v in net.items() if element not in shares[m])
        into = sum(v * shares[m].get(element, 0.0) for m, v in net.items() if v > 0)
        out = sum(-v * shares[m].get(element, 0.0) for m, v in net.items() if v < 0)
        if into > 10_000 and hidden < 0.01 * into:
            checked.append(element)
            assert out == pytest.approx(into, rel=0.002 if Path(file).stem == MAIN else 0.02), element
    if Path(file).stem == MAIN:
        assert {"Al", "Ca", "Fe", "Si", "O"} <= set(checked)


@pytest.mark.parametrize("year", [2021, 2025, 2030, 2035])
def test_what_the_park_loses_of_an_element_is_what_its_recipes_lose(year: int) -> None:
    """What enters of Al, Fe, Na, Mg, C and does not leave is the open ends of recipes, to a millionth."""
    result = ran(f"jiaokou-{year}", "")
    net = boundary(result)
    shares = {m: element_shares(result.system.materials[m]) for m in net}
    level = result.processes.set_index("process")["level"]
    for element in ("Al", "Fe", "Na", "Mg", "C"):
        into = sum(v * shares[m].get(element, 0.0) for m, v in net.items() if v > 0)
        lost = sum(v * shares[m].get(element, 0.0) for m, v in net.items())
        rows = [c for c in result.closures if c.layer == element]
        open_ends = sum(level[c.process] * (c.inputs - c.outputs) for c in rows)
        assert lost == pytest.approx(open_ends, abs=1e-6 * into)
        assert into > 0


def unresolved(result: mfa.Result, material: str) -> float:
    """The part of a material of which the composition says nothing."""
    composition = result.system.materials[material].composition
    return sum(f.value for s, f in composition.items() if s == "other") if composition else 1.0


@pytest.mark.parametrize("variant", ["", *VARIANTS])
def test_gallium_ends_where_the_recipes_put_it(variant: str) -> None:
    """All gallium of the ore is found in mud, metal and hydrate, by the compositions of each."""
    result = ran(MAIN, variant)
    ore = amount(result, "bauxite", target="bayer-digestion") * 0.0065e-2
    mud = amount(result, "red-mud", source="bayer-digestion") * 0.0032876e-2
    liquor = amount(result, "gallium-in-liquor", source="bayer-digestion")
    assert mud + liquor == pytest.approx(ore, rel=1e-3)
    metal = amount(result, "gallium", target="export")
    lost = amount(result, "gallium-in-hydrate", target="emission")
    assert metal + lost == pytest.approx(liquor, rel=1e-6)
