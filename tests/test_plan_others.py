"""Plans beside the best: a published synthesis, near-optimal plans, draws, fronts and their picture."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

import mfa
from mfa.decisions import Aim
from mfa.parameters import Path as FigurePath
from mfa.planning import make_plan, share_of
from mfa.show.charts.trade_off import trade_off
from mfa.studies.plan.plan_rows import Row, Rows
from mfa.studies.sampling.draws import DrawPlan
from tests.test_planning import PANELS, RATE, SHARE, Kiln, Works, planned

# ---------------------------------------------------------------- a published network
# The P-graph solver of Friedler, Tarjan, Huang & Fan (Computers & Chemical Engineering 16, 1992, S313-S320)
# on a problem of eleven units; its input and the ranking of all feasible structures that it gave stand in
# https://github.com/tsyet12/P-graph (BSD-2-Clause): Pgraph/solver/input.in and test_out.out. Six units make
# M1 of a raw material each, of which 1 t/y can be had; O12 makes of M1 what sells at 100 USD/t. The other
# four make products without a price, and stand in no structure of the ranking.
YIELDS = {  # t of M1 from 1 t of raw material
    "o2": 0.00129097128059724,
    "o4": 0.4312251962637329,
    "o5": 0.25746704735601533,
    "o9": 0.09368365205852416,
    "o10": 0.37704934185899297,
    "o11": 0.06121633907840375,
}
RANKING = (  # the first 20: USD/y, and the units beside O12
    (-122.193, "o2 o4 o5 o9 o10 o11"),
    (-122.064, "o4 o5 o9 o10 o11"),
    (-116.072, "o2 o4 o5 o9 o10"),
    (-115.943, "o4 o5 o9 o10"),
    (-112.825, "o2 o4 o5 o10 o11"),
    (-112.696, "o4 o5 o10 o11"),
    (-106.703, "o2 o4 o5 o10"),
    (-106.574, "o4 o5 o10"),
    (-96.4466, "o2 o4 o9 o10 o11"),
    (-96.3175, "o4 o9 o10 o11"),
    (-90.3249, "o2 o4 o9 o10"),
    (-90.1958, "o4 o9 o10"),
    (-87.0782, "o2 o4 o10 o11"),
    (-86.9491, "o4 o10 o11"),
    (-84.4883, "o2 o4 o5 o9 o11"),
    (-84.3592, "o4 o5 o9 o11"),
    (-80.9566, "o2 o4 o10"),
    (-80.8275, "o4 o10"),
    (-79.0707, "o2 o5 o9 o10 o11"),
    (-78.9416, "o5 o9 o10 o11"),
)
SCALE = 1000.0  # 1 kt for each t of the publication, so that a fixed cost of 0.1 CNY/a is nothing beside it


def synthesis(folder: Path) -> Path:
    """The published problem; a fixed cost of next to nothing makes each unit a yes or no."""
    chain = "chain: units\nmaterials:\n  m1: {kind: intermediate}\n  off-gas: {kind: emission}\n"
    chain += "  m13: {kind: product, price: 100 CNY/t}\n"
    chain += "".join(f"  raw-{u}: {{kind: resource}}\n" for u in YIELDS)
    chain += "processes:\n  o12: {per: m13, inputs: {m1: 1 t/t}, outputs: {m13: 1 t/t}}\n"
    for unit, y in YIELDS.items():
        chain += f"  {unit}: {{per: m1, inputs: {{raw-{unit}: {1 / y!r} t/t}}, "
        chain += "outputs: {m1: 1 t/t, off-gas: {balance: true}}}\n"
    chain += "pools:\n  m1: {takers: [o12]}\n  m13: {takers: [{boundary: export, limit: none}]}\n"
    (folder / "units.yaml").write_text(chain, encoding="utf-8")
    text = "scenario: base\nchains: [./units.yaml]\ndemand: {off-gas: 0 t/a}\n"
    text += "plan:\n  minimise: cost\n  decide:\n"
    for unit, y in YIELDS.items():
        text += f"    - {{path: {unit}.capacity, max: {y * SCALE!r} t/a, fixed: 1 CNY}}\n"
    file = folder / "base.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_published_synthesis(tmp_path: Path) -> None:
    """The 20 best networks are those of the publication, in its order, at its cost."""
    found = planned(synthesis(tmp_path), alternatives=len(RANKING) - 1)
    plans = [p for p in (found.best, *found.others) if p]
    names = list(YIELDS)
    told = [
        (p.costs.total / SCALE, " ".join(n for n, yes in zip(names, p.built, strict=True) if yes))
        for p in plans
    ]
    assert [units for _, units in told] == [units for _, units in RANKING]
    assert [cost for cost, _ in told] == pytest.approx([cost for cost, _ in RANKING], rel=1e-5)


# ---------------------------------------------------------------- near-optimal plans
def farthest(works: Works, best: np.ndarray, slack: float) -> float:
    """How far a plan within a slack can be from another, by hand: the best of all signs and cases.

    Variables: t/a of each of two bricks, and of what is built of each kiln.
    """
    kilns = works.kilns
    money = [*(works.clay * k.clay - k.price for k in kilns), *(k.invest * SHARE for k in kilns)]
    base = works.level * (3 * works.ore - works.metal)
    least = works.best()
    assert least is not None
    used = [*(k.mud for k in kilns), 0.0, 0.0]
    mud = works.level * works.per
    rows = [money, used, [-u for u in used], [1, 0, -1, 0], [0, 1, 0, -1]]
    ends = [least[0] + slack * abs(least[0]) - base, mud, -works.aim * mud, *(k.today for k in kilns)]
    found = 0.0
    for signs in itertools.product((1.0, -1.0), repeat=2):
        for runs in itertools.product((True, False), repeat=2):  # whether more is used than today
            box = [
                ((k.today, k.market) if more else (0.0, k.today)) for k, more in zip(kilns, runs, strict=True)
            ]
            box += [(0.0, k.most - k.today) for k in kilns]
            span = [k.most - k.today for k in kilns]
            goal = [-s / w if more else 0.0 for s, w, more in zip(signs, span, runs, strict=True)]
            here = linprog([*goal, 0.0, 0.0], A_ub=rows, b_ub=ends, bounds=box, method="highs")
            if here.status == 0:
                sizes = [max(b - k.today, 0.0) for b, k in zip(here.x, kilns, strict=False)]
                gaps = (abs(s - t) / w for s, t, w in zip(sizes, best, span, strict=True))
                found = max(found, sum(gaps))
    return found


@pytest.mark.parametrize("slack", [0.01, 0.05, 0.2])
def test_plans_that_differ_most(slack: float, tmp_path: Path) -> None:
    """As far from the best as any plan can be within the slack; further ones keep away from all before."""
    found = planned(PANELS.write(tmp_path), alternatives=3, slack=slack)
    assert found.best is not None
    assert found.apart is not None
    best = [c.value - k.today for c, k in zip(found.best.choices, PANELS.kilns, strict=True)]
    first, *further = [distance for distance, _ in found.apart.plans]
    assert first == pytest.approx(farthest(PANELS, np.array(best), slack), rel=1e-6)
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise([first, *further]))
    cost = found.best.costs.total
    sizes = [[c.value for c in found.best.choices]]
    for distance, plan in found.apart.plans:
        assert plan.costs.total <= cost + slack * abs(cost) * (1 + 1e-9)
        assert plan.run.targets_met
        mine = [c.value for c in plan.choices]
        spans = [k.most - k.today for k in PANELS.kilns]
        gaps = [sum(abs(a - b) / w for a, b, w in zip(mine, s, spans, strict=True)) for s in sizes]
        assert min(gaps) == pytest.approx(distance, rel=1e-5)
        sizes.append(mine)


def test_a_ratio_has_no_neighbourhood(tmp_path: Path) -> None:
    file = PANELS.write(tmp_path, goal=f"maximise: {RATE}")
    with pytest.raises(mfa.Error, match="near which no plans are looked for"):
        planned(file, alternatives=1)


# ---------------------------------------------------------------- draws
def uncertain(works: Works, folder: Path, goal: str = "minimise: capital") -> Path:
    """The works with 3 % on the mud of a tonne of metal and 5 % on that of a tonne of brick, nothing else."""
    file = works.write(folder, goal=goal, more="spreads: none\n")
    chain = folder / "park.yaml"
    text = chain.read_text("utf-8").replace(
        f"mud: {works.per!r} t/t}}}}", f"mud: {{value: {works.per!r} t/t, sd: {0.03 * works.per!r} t/t}}}}}}"
    )
    for kiln in works.kilns:
        old = f"inputs: {{mud: {kiln.mud!r} t/t,"
        new = f"inputs: {{mud: {{value: {kiln.mud!r} t/t, sd: {0.05 * kiln.mud!r} t/t}},"
        text = text.replace(old, new)
    chain.write_text(text, encoding="utf-8")
    return file


def drawn(file: Path, draws: int, seed: int, kilns: int) -> tuple[np.ndarray, np.ndarray]:
    """Mud of a tonne of metal (draw,), and of a tonne of each brick (draw, kiln), as they are drawn."""
    values = DrawPlan(mfa.load(file).system, seed, "random", draws).block(0, draws).values
    mud = values[FigurePath("processes", "works", ("outputs", "mud"))]
    used = [values[FigurePath("processes", f"kiln-{i}", ("inputs", "mud"))] for i in range(kilns)]
    return mud, np.array(used).T


@pytest.mark.parametrize(("share", "draws"), [(0.9, 40), (0.75, 40), (1.0, 40)])
def test_sizes_for_a_share_of_draws(share: float, draws: int, tmp_path: Path) -> None:
    """The least investment of a mixed-integer programme by hand; other draws are counted by hand, too."""
    kilns = (Kiln(0.8, 0.2, 1.0, 2e6, 2e6, 0.0, 300.0), Kiln(0.5, 0.5, 1.0, 2e6, 2e6, 0.0, 200.0))
    file = uncertain(Works(1e6, 1.0, kilns), tmp_path)
    found = planned(file, robust=share, samples=draws, seed=7)
    assert found.best is not None
    assert found.robust is not None
    mud, used = drawn(file, draws, 7, 2)
    cost = [*(k.invest * SHARE for k in kilns), *np.zeros(draws)]  # of the sizes, and 1 where a draw may fail
    rows = [np.concatenate([u, np.where(np.arange(draws) == i, 2e6, 0.0)]) for i, u in enumerate(used)]
    needed = [0.95e6 * m for m in mud]
    rows += [np.array([0.8, 0.5, *np.zeros(draws)])]  # the figures as written
    needed += [0.95e6]
    rows += [np.array([0.0, 0.0, *-np.ones(draws)])]
    needed += [-np.floor((1 - share) * draws + 1e-9)]
    box = Bounds([1.0, 1.0, *np.zeros(draws)], [2e6, 2e6, *np.ones(draws)])
    whole = np.concatenate([[0, 0], np.ones(draws)])
    byhand = milp(cost, constraints=LinearConstraint(np.array(rows), needed), bounds=box, integrality=whole)
    assert byhand.status == 0
    already = sum(k.invest * SHARE * k.today for k in kilns)
    assert found.best.costs.capital == pytest.approx(byhand.fun - already, rel=1e-5)
    sizes = np.array([found.values[f"kiln-{i}.capacity"] for i in range(2)])
    assert found.robust.settled
    assert found.robust.planned.value >= share - 1e-9
    fresh_mud, fresh_used = drawn(file, draws, 8, 2)
    held = int((fresh_used @ sizes >= 0.95e6 * fresh_mud).sum())
    assert (found.robust.fresh.met, found.robust.fresh.samples) == (held, draws)
    assert found.robust.replayed is not None
    assert found.robust.replayed.met == held  # one list does for all: mud goes to both kilns, then to the tip


def test_one_more_draw_costs_more(tmp_path: Path) -> None:
    """With the figures as written alone the plan is cheaper, and holds in about half of the draws."""
    kilns = (Kiln(1.0, 0.0, 1.0, 2e6, 2e6, 0.0, 300.0),)
    file = uncertain(Works(1e6, 1.0, kilns), tmp_path)
    plain, most = planned(file), planned(file, robust="90 %", samples=100)
    assert plain.best is not None
    assert most.best is not None
    assert plain.robust is None
    mud, used = drawn(file, 100, 1, 1)
    needed = np.sort(0.95e6 * mud / used[:, 0])
    assert most.values["kiln-0.capacity"] == pytest.approx(needed[89], rel=1e-5)  # the 90th of 100
    assert plain.values["kiln-0.capacity"] == pytest.approx(0.95e6, rel=1e-8)


def test_sizes_that_no_draw_lets_be(tmp_path: Path) -> None:
    """A kiln of at most 1 Mt holds 95 % of the mud as written, and in about eight draws of ten."""
    kilns = (Kiln(1.0, 0.0, 1.0, 1e6, 2e6, 0.0, 300.0),)
    file = uncertain(Works(1e6, 1.0, kilns), tmp_path)
    assert planned(file).possible
    mud, used = drawn(file, 40, 1, 1)
    too_much = int((0.95 * mud > used[:, 0]).sum())
    assert 4 < too_much < 36
    found = planned(file, robust=0.9, samples=40)
    assert not found.possible
    assert found.hopeless == too_much
    assert found.to_json()["robust"]["hopeless"] == too_much
    share = 1 - too_much / 40
    some = planned(file, robust=share, samples=40)
    assert some.robust is not None
    assert (some.robust.planned.met, some.robust.hopeless) == (40 - too_much, too_much)


def test_nothing_uncertain_and_nothing_sized(tmp_path: Path) -> None:
    """Without uncertain figures all draws are alike; with a list alone to decide there is nothing to cut."""
    file = PANELS.write(tmp_path, more="spreads: none\n")
    found = planned(file, robust=1.0, samples=4)
    assert found.robust is not None
    assert (found.robust.planned.met, found.robust.fresh.met) == (4, 4)
    text = file.read_text("utf-8")
    bare = text.split("  decide:")[0] + "  decide: [{order: mud.takers}]\nspreads: none\n"
    file.write_text(bare.replace("min: 95.0 %", "min: 10 %"), encoding="utf-8")
    found = planned(file, robust=1.0, samples=4)
    assert found.robust is not None
    assert found.robust.fresh.met == 4
    file.write_text(text.replace(f"targets: {{{RATE}: {{min: 95.0 %}}}}\n", ""), encoding="utf-8")
    with pytest.raises(mfa.Error, match="has no targets that could hold"):
        planned(file, robust=0.9)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"robust": "0 %"}, "'0 %' is no share of draws"),
        ({"robust": 1.5}, "'1.5' is no share of draws"),
        ({"robust": "90 %", "samples": 1}, "1 draws cannot be planned for"),
        ({"slack": "-1 %", "alternatives": 1}, "'-1 %' is no slack"),
        ({"pareto": ("cost", "max cost", 3)}, "a front lies between two objectives"),
        ({"pareto": ("cost", "co2", 1)}, "a front of 1 points cannot be"),
        ({"pareto": ("cost", "footprint:metal", 3)}, "no sum or ratio of sums"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, object], text: str, tmp_path: Path) -> None:
    with pytest.raises(mfa.Error, match=text):
        planned(PANELS.write(tmp_path), **asked)


# ---------------------------------------------------------------- fronts
FRONT = f"pareto: {{objectives: [max {RATE}, import:clay], points: 3}}\n"


def test_a_front_of_a_rate(tmp_path: Path) -> None:
    """By hand: all bricks and panels that sell use 99 % with 510 kt of clay; nothing at all uses no clay.

    Between, 255 kt of clay are 160 in 800 kt of brick (640 kt of mud) and 95 in panels (95 kt of mud). The
    target of 95 % does not bind, since the rate is an objective.
    """
    found = planned(PANELS.write(tmp_path, more=FRONT))
    assert found.front is not None
    assert found.front.freed == (RATE,)
    rate, clay = zip(*(p.values for p in found.front.points), strict=True)
    assert rate == pytest.approx((0.99, 0.735, 0.0), abs=1e-8)
    assert clay == pytest.approx((510e3, 255e3, 0.0), abs=1e-2)
    assert found.best is not None
    assert found.best.run.targets_met  # the plan itself keeps it


def test_aims_as_they_are_written() -> None:
    assert Aim.of("max co2") == Aim("co2", True)
    assert Aim.of("min co2") == Aim("co2") == Aim.of(" co2 ")


def test_the_picture_of_a_front(tmp_path: Path) -> None:
    """Its points are the plans, in per cent and kt; each has its number, and its changes below."""
    found = planned(PANELS.write(tmp_path, more=FRONT))
    assert found.front is not None
    ax = trade_off(found.system, found.front)
    line = next(x for x in ax.lines if x.get_gid() == "front")
    assert list(line.get_xdata()) == pytest.approx([99.0, 73.5, 0.0], abs=1e-6)
    assert list(line.get_ydata()) == pytest.approx([510.0, 255.0, 0.0], abs=1e-4)
    target = next(x for x in ax.lines if x.get_gid() == "target")
    assert list(target.get_xdata()) == [95.0, 95.0]
    texts = [t.get_text() for t in ax.texts]
    assert texts.count("2") == 2  # at the plan, and in the list
    assert any("700 kt/a → 190 kt/a" in t for t in texts)
    found.picture(tmp_path / "a.svg")
    found.picture(tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    for lang in ("en", "zh"):
        found.picture(tmp_path / f"{lang}.png", lang=lang)
    with pytest.raises(mfa.Error, match="there is no front"):
        planned(PANELS.write(tmp_path)).picture(tmp_path / "c.svg")


# ---------------------------------------------------------------- arrays
def test_rows_are_stacked() -> None:
    """Blocks one below the other, terms of one place added up."""
    one = Rows.of([Row([(0, 1.0), (2, 2.0), (0, 0.5)], 0.0, 1.0)])
    two = Rows.single(np.array([1, 2]), -np.inf, np.array([3.0, 4.0]), [None, None])
    both = Rows.joined([one, Rows.of([]), two])
    assert both.matrix(3).toarray().tolist() == [[1.5, 0.0, 2.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert both.high.tolist() == [1.0, 3.0, 4.0]
    low, high = both.freed(np.array([True, False, True]))
    assert (low.tolist(), high.tolist()) == ([0.0, -np.inf, -np.inf], [1.0, np.inf, 4.0])


def test_shares_as_they_are_asked() -> None:
    assert share_of("90 %", 50, 1).most_failing == 5
    assert share_of(1.0, 50, 1).most_failing == 0
    assert share_of(0.91, 50, 1).most_failing == 4  # 45.5 draws are 46


def test_a_chain_alone(tmp_path: Path) -> None:
    PANELS.write(tmp_path)
    with pytest.raises(mfa.Error):
        make_plan(mfa.load(tmp_path / "park.yaml"))
