"""The shipped plans of the park: their numbers, checked by running the planned scenarios from files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

import mfa
from mfa.planning import Plan
from mfa.planning_years import YearsPlan
from mfa.studies.plan.plan_conflicts import is_possible
from mfa.studies.plan.plan_model import PlanModel

PAGE = Path(__file__).parent.parent / "docs" / "plan.md"
SCENARIOS = PAGE.parent.parent / "scenarios"
RATE = "industrial-solid-waste-utilisation"
BOTH = f"{RATE}-and-disposal"
INVEST = {  # CNY for a tonne a year, as the files write it
    "red-mud-ceramsite": 132.0,
    "ceramsite-panel-line": 132.0,
    "low-carbon-binder": 132.0,
    "red-mud-road-base": 30.0,
    "gangue-brick-making": 96.0,
    "tailings-brick-making": 96.0,
    "magnesium-slag-brick-making": 220.0,
    "slag-block-carbonation": 220.0,
    "desulfuriser-milling": 42.0,
}
# year, variant → 亿元 invested, as docs/plan.md prints it
INVESTED = {
    ("2025", ""): 7.18,
    ("2025", "ore-reading"): 7.82,
    ("2025", "washeries-outside"): 6.92,
    ("2030", ""): 7.22,
    ("2030", "ore-reading"): 7.89,
    ("2030", "washeries-outside"): 7.05,
}


@cache
def planned(year: str, variant: str) -> Plan:
    variants = ["assumed-outlets", *([variant] if variant else [])]
    return mfa.load(f"jiaokou-{year}-plan", variants=variants).plan()


@pytest.mark.parametrize(("year", "variant"), INVESTED)
def test_what_95_per_cent_takes(year: str, variant: str, tmp_path: Path) -> None:
    """The least investment, by sizes times prices; and the park would run that way, from the file."""
    found = planned(year, variant)
    assert found.best is not None
    sizes = {c.decision.path.removesuffix(".capacity"): c.value for c in found.best.choices}
    assert sum(INVEST[p] * s for p, s in sizes.items()) / 1e8 == pytest.approx(
        INVESTED[year, variant], abs=0.005
    )
    assert found.best.exact
    assert found.best.carried_out
    file = tmp_path / "planned.yaml"
    found.write(file)
    variants = ["assumed-outlets", *([variant] if variant else []), "plan"]
    scenario = mfa.load(file, variants=variants)
    result = scenario.solve()
    assert result.indicators.loc[RATE, "value"] == pytest.approx(0.95, abs=1e-6)
    assert result.targets_met
    largest = max(sizes, key=lambda p: sizes[p] * INVEST[p])
    less = scenario.replace({f"{largest}.capacity": f"{sizes[largest] * 0.99!r} t/a"}).solve()
    assert not less.targets_met  # it is no larger than it must be


def test_when_95_per_cent_is_built(tmp_path: Path) -> None:
    """What is built each year, by sizes times prices, as the page prints it; the file runs as planned."""
    found = mfa.load("jiaokou-2022-2035-plan", variants=["assumed-outlets"]).plan()
    assert isinstance(found, YearsPlan)
    assert found.best is not None
    assert found.best.exact
    assert found.best.carried_out
    sizes = {p.removesuffix(".capacity"): v for p, v in found.values.items()}
    sums = {y: sum(INVEST[p] * v[y] for p, v in sizes.items()) / 1e8 for y in found.best.periods}
    built = {y: sums[y] - sums.get(y - 1, 0.0) for y in sums}
    lines = PAGE.read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith("| invested, 亿元 | 7.4"))
    told = [float(cell) for cell in row.split("|")[2:-1]]
    assert [built[y] for y in range(2030, 2036)] == pytest.approx(told[:-1], abs=0.005)
    assert sums[2035] == pytest.approx(told[-1], abs=0.005)
    assert max(built[y] for y in range(2022, 2030)) == pytest.approx(0, abs=1e-9)
    file = tmp_path / "planned.yaml"
    found.write(file)
    result = mfa.load(file, variants=["assumed-outlets", "plan"]).solve()
    rates = [result.year(y).indicators.loc[RATE, "value"] for y in range(2030, 2036)]
    assert min(rates) == pytest.approx(0.95, abs=1e-6)
    assert result.targets_met


@pytest.mark.parametrize("year", ["2025", "2030"])
def test_buyers_within_reach_do_not_take_it(year: str) -> None:
    """No plan where no product sells more than buyers within reach take: a set, of which none is too much."""
    found = planned(year, "buyers-within-reach")
    assert found.contradiction is not None
    members, model = found.contradiction.members, PlanModel(found.run)
    named = {(o.kind, o.ids) for o in members}
    paths = [d.path for d in found.system.plan.decide]
    assert ("target", ("0",)) in named
    assert ("drive", ("coal-washing",)) in named
    assert ("most", (str(paths.index("gangue-brick-making.capacity")),)) in named
    if year == "2030":  # the set that the page tells
        kinds = sorted(o.kind for o in members)
        assert kinds == ["drive", "drive", "limit", *["most"] * 7, "percent", "target"]
        assert ("drive", ("bauxite-homogenising-calcination",)) in named
    assert not is_possible(model, model.rows, members)
    for left_out in members:
        assert is_possible(model, model.rows, [m for m in members if m != left_out]), left_out


def test_the_page_says_the_same() -> None:
    """The table of docs/plan.md holds the numbers above."""
    text = PAGE.read_text(encoding="utf-8")
    for year in ("2025", "2030"):
        row = " | ".join(f"{INVESTED[year, v]:.2f}" for v in ("", "ore-reading", "washeries-outside"))
        assert f"| {year} | {row} |" in text


ROAD = 100_000 / 17  # t of base for a kilometre, as of the 17 km of `assumed-outlets`


def test_the_sizes_and_prices_in_the_text() -> None:
    """Sizes, what they bring along and shadow prices of 2030, as the sentences of docs/plan.md print them."""
    best = planned("2030", "").best
    assert best is not None
    size = {c.decision.path.removesuffix(".capacity"): c.value / 1e6 for c in best.choices}
    brick = size["tailings-brick-making"] + size["gangue-brick-making"]
    blocks = size["slag-block-carbonation"] + size["magnesium-slag-brick-making"]
    brings = {c.decision.path.removesuffix(".capacity"): c.brings for c in best.choices if c.brings}
    point = {s.origin.ids[0]: s.price / 100 / 1e8 for s in best.shadows if s.origin.kind == "target"}
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    road, sorbent = size["red-mud-road-base"], size["desulfuriser-milling"]
    brick_co2, ceramsite_co2 = (brings[p].co2 / 1e6 for p in ("tailings-brick-making", "red-mud-ceramsite"))
    for sentence in (
        f"{road:.2f} Mt/a red-mud road base, {brick:.2f} Mt/a brick of tailings and gangue, ",
        f" {size['red-mud-ceramsite']:.2f} Mt/a ceramsite, {sorbent:.2f} Mt/a sorbent and {blocks:.2f} Mt/a",
        f"are {road * 1e6 / ROAD:.0f} km of a base",
        f"The brick adds {brick_co2:.1f} Mt/a CO2, the ceramsite {ceramsite_co2:.1f} Mt/a",
        f"of the 95 costs {point['0']:.3f} 亿元 a year, ",
        f"of the 100 % utilised or disposed {point['1']:.3f} 亿元",
    ):
        assert sentence in text


# ---------------------------------------------------------------- making less
MAGNESIUM = ("magnesium-extrusion", "die-casting-az91d", "die-casting-am60b")
GROUPS = {
    "clean coal": ("drive.coal-washing",),
    "alumina": ("drive.alumina-calcination",),
    "high-temperature material": ("drive.bauxite-homogenising-calcination",),
    "magnesium goods": (*(f"drive.{p}" for p in MAGNESIUM), "demand.magnesium-ingot"),
}
LESS = [
    (year, variant)
    for year in ("2025", "2030")
    for variant in ("", "ore-reading", "washeries-outside")
    if (year, variant) != ("2030", "washeries-outside")
]


def less_variants(variant: str) -> list[str]:
    kept = "less-made-washing-kept" if variant == "washeries-outside" else "less-made"
    return ["market-limited", kept, *([variant] if variant else [])]


@cache
def less(year: str, variant: str = "") -> Plan:
    return mfa.load(f"jiaokou-{year}-plan", variants=less_variants(variant)).plan()


@cache
def as_planned(year: str, *variants: str) -> mfa.Result:
    """The shipped scenario with few buyers, nothing cut."""
    return mfa.load(f"jiaokou-{year}", variants=["market-limited", *variants]).solve()


def made(result: mfa.Result) -> list[float]:
    """Clean coal, alumina, high-temperature material, magnesium goods of a run, t/a."""
    level = result.processes.set_index("process").level
    sold = result.flows.query("material == 'magnesium-ingot' and target == 'export'").amount.sum()
    goods = sum(level.get(p, 0.0) for p in MAGNESIUM) + sold
    return [*(level.get(p[0].removeprefix("drive."), 0.0) for p in list(GROUPS.values())[:3]), goods]


def cells_of(amounts: list[float]) -> list[str]:
    return [*(f"{a / 1e6:.2f} Mt" if a else "" for a in amounts[:3]), f"{amounts[3] / 1e3:.0f} kt"]


def column(table: str, head: str) -> list[str]:
    """The cells under a head, in the table of the page whose header begins with some words."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {table} |"))
    size = next(i for i, line in enumerate(lines[start:]) if not line)
    rows = [[c.strip() for c in line.split("|")[1:-1]] for line in lines[start : start + size]]
    return [row[rows[0].index(head)] for row in rows[2:]]


@pytest.mark.parametrize(("year", "variant"), LESS)
def test_95_per_cent_by_making_less(year: str, variant: str, tmp_path: Path) -> None:
    """The column of the page, from the file run again; one per cent more of what is cut is too much."""
    found = less(year, variant)
    assert found.best is not None
    assert found.best.exact
    assert found.best.carried_out
    file = tmp_path / "planned.yaml"
    found.write(file)
    planned_again = mfa.load(file, variants=[*less_variants(variant), "plan"])
    result, today = planned_again.solve(), as_planned(year, *([variant] if variant else []))
    assert result.targets_met
    assert result.indicators.loc[RATE, "value"] == pytest.approx(0.95, abs=1e-6)
    left, before = (r.indicators.value["value-added"] / 1e8 for r in (result, today))
    name = f"{year}, `{variant}`" if variant else year
    cells = [*cells_of(made(result)), f"{left:.1f}", f"{before - left:.1f}"]
    assert column("made, a year", name) == cells
    for (path,) in [paths for paths in GROUPS.values() if len(paths) == 1 and paths[0] in found.values]:
        more = planned_again.replace({path: f"{found.values[path] * 1.01!r} t/a"})
        assert not more.solve().targets_met, path


def test_the_programme_of_today() -> None:
    """The first column is what the shipped scenarios make."""
    for year in ("2025", "2030"):
        cells = [*cells_of(made(as_planned(year))), "", ""]
        assert column("made, a year", "today's programme") == cells


def best_rate(year: str, group: str, folder: Path) -> float:
    """The highest rate where one group makes what it makes today and all others what is best for the rate."""
    name = f"jiaokou-{year}-plan"
    shipped = yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text("utf-8"))
    decide = shipped["variants"]["less-made"]["plan"]["decide"]
    plan = {"maximise": RATE, "decide": [d for d in decide if d.get("path") not in GROUPS[group]]}
    free = {RATE: {"min": "0 %"}, BOTH: {"min": "0 %"}}
    file = folder / "kept.yaml"
    file.write_text(yaml.safe_dump({"scenario": "kept", "extends": name, "plan": plan, "targets": free}))
    best = mfa.load(file, variants=["market-limited"]).plan().best
    assert best is not None
    assert best.carried_out
    return float(best.replay.indicators.value[RATE])


@pytest.mark.parametrize("year", ["2025", "2030"])
def test_none_of_the_groups_can_be_spared(year: str, tmp_path: Path) -> None:
    """The best rates of the page, and gangue has the lowest of them."""
    rates = [best_rate(year, group, tmp_path) for group in GROUPS]
    assert min(rates) == rates[0]
    assert column("as much as today of", f"{year}, at best") == [f"{100 * r:.0f} %" for r in rates]


def test_washeries_outside_in_2030() -> None:
    """No plan: the best rate stays below 95 %, for the small wastes."""
    scenario = mfa.load("jiaokou-2030-plan", variants=less_variants("washeries-outside"))
    best = scenario.replace({"plan.maximise": RATE, f"targets.{RATE}.min": "0 %"}).plan().best
    assert best is not None
    assert best.carried_out
    rate = 100 * best.replay.indicators.value[RATE]
    assert rate < 94.99
    assert f"in 2030 the rate is then at best {rate:.1f} %" in text()


def text() -> str:
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def test_what_is_given_up_in_words() -> None:
    """The sentences on 2030: who bears it, what it does to output value, CO2, purchases, small wastes."""
    found, today = less("2030"), as_planned("2030")
    assert found.best is not None
    run = found.best.replay
    now, before = run.indicators.value, today.indicators.value

    def lost(*enterprises: str) -> float:
        names = [f"value-added@enterprise:{e}" for e in enterprises]
        return float(sum(before[n] - now[n] for n in names)) / 1e8

    bought = run.flows.query("material == 'alumina' and source == 'import'").amount.sum() / 1e6
    counted = [m for m in run.wastes if run.system.materials[m].waste == "industrial-solid"]
    every = {m: run.wastes[m].account() for m in counted}
    left = sum(a.stored + a.disposed + a.dumped for a in every.values()) / 1e6
    large = ("coal-gangue", "red-mud", "bauxite-tailings", "magnesium-slag")
    of_large = sum(every[m].stored + every[m].disposed + every[m].dumped for m in large) / 1e6
    assert of_large < 0.01 * left
    invested = sum(c.investment for c in found.best.choices) / 1e8
    wider = mfa.load("jiaokou-2030-plan", variants=["assumed-outlets", "less-made"]).plan()
    for sentence in (
        f"means {found.values['drive.alumina-calcination'] / 1e6:.2f} Mt/a of alumina in place of 2.40 Mt/a",
        f"(of the output value {(before['output-value'] - now['output-value']) / 1e8:.0f} 亿元), "
        f"and {(before['co2'] - now['co2']) / 1e6:.1f} Mt/a CO2 less",
        f"the washeries bear {lost('washeries'):.1f} 亿元, the refinery {lost('alumina'):.1f} 亿元, mine and "
        f"refractories {lost('mine', 'refractories'):.1f} 亿元, "
        f"the magnesium works {lost('magnesium-works'):.1f} 亿元.",
        f"it is {wider.values['drive.alumina-calcination'] / 1e6:.2f} Mt/a of alumina",
        f"at their largest ({invested:.1f} 亿元, ",
        f"then buys {bought:.2f} Mt/a of alumina",
        f"may stay unused, {left:.2f} Mt/a in 2030",
    ):
        assert sentence in text()
    assert 0.24 < 1 - now["value-added"] / before["value-added"] < 0.26  # a quarter
    levels = run.processes.set_index("process").level
    assert levels.get("red-mud-iron-hgms", 0.0) == pytest.approx(0, abs=1e-6)  # project 36
    placeholders = [r.indicators.value["output-value@project:31"] / 1e8 for r in (run, today)]
    assert [round(p) for p in placeholders] == [115, 115]


@pytest.mark.parametrize("year", ["2025", "2030"])
def test_the_goal_hardly_matters(year: str) -> None:
    """With output value as the goal no tonnage moves by more than the page says."""
    scenario = mfa.load(f"jiaokou-{year}-plan", variants=less_variants(""))
    other = scenario.replace({"plan.maximise": "output-value"}).plan()
    moved = [abs(other.values[p] - less(year).values[p]) for p in other.values]
    assert max(moved) < 0.085e6
    assert year == "2030" or f"by no more than {max(moved) / 1e6:.2f} Mt/a" in text()


def test_the_most_of_each_alone(tmp_path: Path) -> None:
    """With what is made of one of them as the goal, by indicators of its own: hardly more."""
    goods = ("clean-coal", "alumina", "high-alumina-grog")
    makers = [paths[0].removeprefix("drive.") for paths in GROUPS.values()][:3]
    pairs = zip(goods, makers, strict=True)
    sums = {f"made-{g}": {"numerator": [{"material": g, "source": p, "count": "mass"}]} for g, p in pairs}
    file = tmp_path / "most.yaml"
    file.write_text(yaml.safe_dump({"scenario": "most", "extends": "jiaokou-2030-plan", "indicators": sums}))
    scenario = mfa.load(file, variants=less_variants(""))
    most = []
    for name, maker in zip(sums, makers, strict=True):
        best = scenario.replace({"plan.maximise": name}).plan().best
        assert best is not None
        assert best.replay.targets_met
        most.append(best.replay.processes.set_index("process").level[maker] / 1e6)
        assert most[-1] >= less("2030").values[f"drive.{maker}"] / 1e6 - 1e-6
    coal, alumina, grog = most
    assert (
        f"{coal:.2f} Mt/a clean coal, {alumina:.2f} Mt/a alumina and {grog:.2f} Mt/a high-temperature"
        in text()
    )


# ---------------------------------------------------------------- the rate and CO2, and draws
def test_the_front_of_the_page() -> None:
    """Six plans; no plan has a better rate and less CO2 than another."""
    scenario = mfa.load("jiaokou-2025-plan", variants=["assumed-outlets"])
    found = scenario.plan(pareto=(f"max {RATE}", "co2", 6))
    assert found.front is not None
    rates, co2 = zip(*(p.values for p in found.front.points), strict=True)
    assert sorted(rates) == list(rates)[::-1]
    assert sorted(co2) == list(co2)[::-1]
    lines = PAGE.read_text(encoding="utf-8")
    assert f"| utilised | {' | '.join(f'{100 * r:.2f} %' for r in rates)} |" in lines
    assert f"| CO2, scopes 1 and 2 | {' | '.join(f'{c / 1e6:.2f} Mt' for c in co2)} |" in lines
    slope, steep = ((co2[i] - co2[k]) / 1e8 / (rates[i] - rates[k]) for i, k in ((2, 5), (1, 2)))
    assert f"a point of the rate costs {slope:.2f} Mt/a CO2" in text()
    assert f"it costs {steep:.2f} Mt/a, and beyond" in text()
    today = found.run.indicators.value["co2"] / 1e6
    assert f"2025 emits {today:.2f} Mt/a" in text()
    replays = [p.planned.run.indicators.value[BOTH] for p in found.front.points]
    assert min(replays) == pytest.approx(1.0, abs=1e-6)


def test_draws_of_the_page() -> None:
    """Sizes for half of the draws: what they cost, and that no list carries them out."""
    scenario = mfa.load("jiaokou-2025-plan", variants=["assumed-outlets"])
    found = scenario.plan(robust="50 %", samples=50)
    assert found.robust is not None
    assert found.best is not None
    invested = sum(c.investment for c in found.best.choices) / 1e8
    assert f"cost {invested:.2f} 亿元" in text()
    assert (found.robust.planned.met, found.robust.planned.samples) == (25, 50)
    assert found.robust.replayed is not None
    assert found.robust.replayed.met == 0
    assert f"of 50 draws for 2025 no sizes do in {found.robust.hopeless}." in text()
