"""Plans: beside programmes written anew by hand, full enumeration, and the run under merit orders."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

import mfa
from mfa.planning import Plan
from mfa.show.text import path_name
from mfa.studies.plan.plan_conflicts import contradiction, is_possible
from mfa.studies.plan.plan_model import PlanModel
from mfa.studies.plan.plan_variables import annuity
from tests.test_cli import Runner, chinese

RATE = "industrial-solid-waste-utilisation"
SHARE = 0.08 / (1 - 1.08**-20)  # of an investment, paid each of 20 years at 8 %


@dataclass(frozen=True)
class Kiln:
    """`mud` t and `clay` t in a tonne of brick; what it costs and sells for, t/a, CNY/t."""

    mud: float
    clay: float
    today: float
    most: float
    market: float
    price: float
    invest: float
    fixed: float = 0.0


@dataclass(frozen=True)
class Works:
    """1 t of metal leaves `per` t of mud; the drive is fixed, or may be chosen from `least` on."""

    level: float
    per: float
    kilns: tuple[Kiln, ...]
    aim: float = 0.95
    least: float | None = None
    metal: float = 1000.0
    ore: float = 300.0
    clay: float = 40.0

    def write(self, folder: Path, goal: str = "minimise: cost", more: str = "", lists: bool = False) -> Path:
        """As a chain and a scenario."""
        n = list(enumerate(self.kilns))
        chain = "chain: park\nmaterials:\n"
        chain += f"  ore: {{kind: resource, price: {self.ore!r} CNY/t}}\n"
        chain += f"  clay: {{kind: resource, price: {self.clay!r} CNY/t}}\n"
        chain += f"  metal: {{kind: product, price: {self.metal!r} CNY/t}}\n"
        chain += "  mud: {kind: waste, waste: industrial-solid}\n"
        chain += "".join(f"  brick-{i}: {{kind: product, price: {k.price!r} CNY/t}}\n" for i, k in n)
        chain += "processes:\n  works: {per: metal, inputs: {ore: 3 t/t}, "
        chain += f"outputs: {{mud: {self.per!r} t/t}}}}\n"
        for i, k in n:
            inputs = f"mud: {k.mud!r} t/t, clay: {k.clay!r} t/t"
            chain += f"  kiln-{i}: {{per: brick-{i}, inputs: {{{inputs}}}, outputs: {{brick-{i}: 1 t/t}}"
            chain += f", capacity: {k.today!r} t/a}}\n"
        names = ", ".join(f"kiln-{i}" for i, _ in n)
        chain += f"pools:\n  mud: {{takers: [{names}, {{boundary: deposit}}]}}\n"
        for i, k in n:
            chain += f"  brick-{i}: {{takers: [{{boundary: export, limit: {k.market!r} t/a}}]}}\n"
        (folder / "park.yaml").write_text(chain, encoding="utf-8")
        text = f"scenario: base\nchains: [./park.yaml]\ndrive: {{works: {self.level!r} t/a}}\n"
        text += f"targets: {{{RATE}: {{min: {self.aim * 100!r} %}}}}\nplan:\n  {goal}\n  decide:\n"
        for i, k in n:
            costs = f"invest: {k.invest!r} CNY/t" + (f", fixed: {k.fixed!r} CNY" if k.fixed else "")
            text += f"    - {{path: kiln-{i}.capacity, max: {k.most!r} t/a, {costs}}}\n"
        if self.least is not None:
            text += f"    - {{path: works.level, min: {self.least!r} t/a, max: {self.level!r} t/a}}\n"
        text += "    - {order: mud.takers}\n" if lists else ""
        file = folder / "base.yaml"
        file.write_text(text + more, encoding="utf-8")
        return file

    def best(self, allowed: tuple[bool, ...] | None = None) -> tuple[float, np.ndarray] | None:
        """The least cost, by hand: t of metal, of each brick, and of what is built; None where impossible."""
        n = len(self.kilns)
        allowed = allowed or (True,) * n
        cost = [3 * self.ore - self.metal]
        cost += [self.clay * k.clay - k.price for k in self.kilns]
        cost += [k.invest * SHARE for k in self.kilns]
        used = [0.0, *(k.mud for k in self.kilns), *[0.0] * n]
        made = [self.per, *[0.0] * (2 * n)]
        rows, ends = [np.subtract(used, made)], [0.0]  # no more than there is
        rows.append(np.subtract(np.multiply(made, self.aim), used))
        ends.append(0.0)
        for i, k in enumerate(self.kilns):
            row = np.zeros(2 * n + 1)
            row[1 + i], row[1 + n + i] = 1.0, -1.0
            rows.append(row)
            ends.append(k.today)
        low = self.level if self.least is None else self.least
        box = [(low, self.level), *((0.0, k.market) for k in self.kilns)]
        box += [(0.0, k.most - k.today if yes else 0.0) for k, yes in zip(self.kilns, allowed, strict=True)]
        found = linprog(cost, A_ub=np.array(rows), b_ub=ends, bounds=box, method="highs")
        if found.status != 0:
            return None
        fixed = sum(k.fixed * SHARE for k, yes in zip(self.kilns, allowed, strict=True) if yes)
        return float(found.fun) + fixed, found.x


def drawn(rng: random.Random, *, fixed: bool = False) -> Works:
    """Random works with three or four kilns, some of which pay."""
    kilns = tuple(
        Kiln(
            rng.uniform(0.4, 1.2),
            rng.uniform(0.0, 0.5),
            rng.choice([0.0, rng.uniform(50e3, 200e3)]) or 1.0,
            rng.uniform(300e3, 900e3),
            rng.uniform(200e3, 900e3),
            rng.uniform(0.0, 90.0),
            rng.uniform(100.0, 1500.0),
            rng.uniform(5e6, 5e7) if fixed else 0.0,
        )
        for _ in range(rng.randint(3, 4))
    )
    least = rng.choice([None, 0.3e6])
    return Works(1e6, rng.uniform(0.5, 1.2), kilns, rng.choice([0.5, 0.8, 0.95]), least)


def planned(file: Path, **asked: object) -> Plan:
    return mfa.load(file).plan(**asked)  # type: ignore[arg-type]


PANELS = Works(
    1e6,
    1.0,
    (Kiln(0.8, 0.2, 400e3, 1.2e6, 800e3, 50.0, 200.0), Kiln(0.5, 0.5, 1.0, 900e3, 700e3, 300.0, 900.0)),
)


# ---------------------------------------------------------------- by hand
def test_annuity() -> None:
    """Twenty payments of it, discounted, are the investment; without interest it is a twentieth."""
    paid = annuity(0.08, 20.0)
    assert sum(paid / 1.08**year for year in range(1, 21)) == pytest.approx(1.0, rel=1e-12)
    assert paid == pytest.approx(SHARE, rel=1e-14)
    assert annuity(0.0, 20.0) == 0.05


@pytest.mark.parametrize("seed", range(30))
def test_equals_a_programme_by_hand(seed: int, tmp_path: Path) -> None:
    """Least cost of 30 random works, by a programme written anew; impossible in both or in none."""
    works = drawn(random.Random(seed))
    found, expected = planned(works.write(tmp_path)), works.best()
    assert found.possible == (expected is not None)
    if found.best is None or expected is None:
        return
    assert found.best.costs.total == pytest.approx(expected[0], rel=1e-7)
    assert dict(found.best.goals)["cost"] == pytest.approx(expected[0], rel=1e-7)
    assert found.best.exact
    rate = next(r for r in found.best.run.indicator_list if r.name == RATE)
    assert rate.met == "true"
    for i, k in enumerate(works.kilns):  # the sizes may differ where two plans cost the same
        assert found.values[f"kiln-{i}.capacity"] <= max(k.most, k.today) * (1 + 1e-9)


def test_the_random_works_are_both() -> None:
    """Of the 30 some can be planned and some cannot, and in some the target costs money."""
    works = [drawn(random.Random(seed)) for seed in range(30)]
    best = [w.best() for w in works]
    assert 0 < sum(b is None for b in best) < 25
    dearer = [replace(w, aim=0.0).best() for w in works]
    gains = [b[0] - d[0] for b, d in zip(best, dearer, strict=True) if b and d]
    assert sum(g > 1.0 for g in gains) > 3


def test_sizes_and_costs_by_hand(tmp_path: Path) -> None:
    """Brick earns 50 − 0.2·40 − 200·annuity = 21.63 CNY/t up to 800 kt, panels 188.33 up to 700 kt."""
    found = planned(PANELS.write(tmp_path))
    assert found.best is not None
    assert found.values == pytest.approx({"kiln-0.capacity": 800e3, "kiln-1.capacity": 700e3})
    kiln, press = found.best.choices
    assert kiln.investment == pytest.approx(80e6)
    assert press.yearly == pytest.approx((700e3 - 1.0) * 900 * SHARE)
    prices = {s.origin.ids: s.price for s in found.best.shadows}
    assert prices["brick-0", "takers", "export"] == pytest.approx(-(50 - 8 - 200 * SHARE))
    assert prices["brick-1", "takers", "export"] == pytest.approx(-(300 - 20 - 900 * SHARE))


def test_what_one_more_is_worth(tmp_path: Path) -> None:
    """Shadow prices are the change of the best cost, by solving again; of the target for a point of it."""
    dear = replace(PANELS, kilns=tuple(replace(k, price=0.0) for k in PANELS.kilns))
    base, more = planned(dear.write(tmp_path)), planned(replace(dear, aim=0.951).write(tmp_path))
    assert base.best is not None
    assert more.best is not None
    price = next(s.price for s in base.best.shadows if s.origin.kind == "target")
    assert price > 0
    gain = more.best.costs.total - base.best.costs.total
    assert gain == pytest.approx(price * 0.001, rel=1e-6)
    market = tuple(replace(k, market=k.market + 10.0) for k in dear.kilns[:1]) + dear.kilns[1:]
    wider = planned(replace(dear, kilns=market).write(tmp_path))
    assert wider.best is not None
    step = next(s.price for s in base.best.shadows if s.origin.kind == "limit")
    assert wider.best.costs.total - base.best.costs.total == pytest.approx(10 * step, rel=1e-5)


def test_less_of_what_makes_it(tmp_path: Path) -> None:
    """Kilns for 400 kt of mud and none to build: 95 % hold with 421.05 kt of metal, and no more."""
    works = Works(1e6, 1.0, (Kiln(1.0, 0.0, 400e3, 400e3, 1e9, 0.0, 0.0),), least=0.1e6)
    found = planned(works.write(tmp_path))
    assert found.values["works.level"] == pytest.approx(400e3 / 0.95, rel=1e-8)


# ---------------------------------------------------------------- goals
def test_the_highest_rate(tmp_path: Path) -> None:
    """A ratio as the goal, with a drive that may be chosen: all mud of 300 kt metal is used."""
    works = replace(PANELS, least=300e3, aim=0.1)
    found = planned(works.write(tmp_path, goal=f"maximise: {RATE}"))
    assert found.best is not None
    assert dict(found.best.goals)[RATE] == pytest.approx(1.0, abs=1e-9)
    fixed = replace(works, least=None, kilns=works.kilns[:1])
    found = planned(fixed.write(tmp_path, goal=f"maximise: {RATE}"))
    assert found.best is not None
    assert dict(found.best.goals)[RATE] == pytest.approx(0.64, abs=1e-9)  # 800 kt of brick at 0.8


@pytest.mark.parametrize("goal", ["minimise: import:clay", "minimise: {import:clay: 2, cost: 0}"])
def test_least_clay(goal: str, tmp_path: Path) -> None:
    """Brick takes 0.25 t of clay with a tonne of mud, panels 1 t: all the brick there is a market for."""
    found = planned(PANELS.write(tmp_path, goal=goal))
    assert found.best is not None
    # 640 kt of mud in 800 kt of brick, the other 310 kt in 620 kt of panels
    assert dict(found.best.goals)["import:clay"] == pytest.approx(0.2 * 800e3 + 0.5 * 620e3, rel=1e-7)
    assert found.values["kiln-1.capacity"] == pytest.approx(620e3, rel=1e-7)


def test_least_left_over(tmp_path: Path) -> None:
    """What is left of the mud: nothing, since it is tipped; without a tip 10 kt, what no kiln takes."""
    file = PANELS.write(
        tmp_path, goal="minimise: surplus:mud", more="pools: {mud: {takers: [kiln-0, kiln-1]}}\n"
    )
    found = planned(file)
    assert found.best is not None
    assert dict(found.best.goals)["surplus:mud"] == pytest.approx(10e3, rel=1e-6)


def test_pieces_by_size(tmp_path: Path) -> None:
    """1000 CNY/t up to 200 kt, 100 beyond: the cheap piece only after the dear one, by hand."""
    file = PANELS.write(tmp_path)
    pieces = "pieces: [{up-to: 200 kt/a, invest: 1000 CNY/t}, {up-to: 800 kt/a, invest: 100 CNY/t}]"
    text = file.read_text("utf-8").replace("invest: 200.0 CNY/t", pieces)
    file.write_text(text, encoding="utf-8")
    found = planned(file)
    assert found.best is not None
    kiln = found.best.choices[0]
    assert kiln.value == pytest.approx(
        800e3
    )  # 42 CNY/t · 400 kt − (200 kt · 1000 + 200 kt · 100) · annuity < 0,
    assert kiln.investment == pytest.approx(200e3 * 1000 + 200e3 * 100)  # but the target needs it


# ---------------------------------------------------------------- yes or no
@pytest.mark.parametrize("seed", range(8))
def test_the_best_equal_enumeration(seed: int, tmp_path: Path) -> None:
    """The N best by cuts are the N best of all combinations of yes and no, each solved by hand."""
    works = drawn(random.Random(1000 + seed), fixed=True)
    works = replace(works, aim=0.3)
    n = len(works.kilns)
    every = [
        (b[0], yes)
        for yes in itertools.product((False, True), repeat=n)
        if (b := works.best(yes)) and (b[1][1 + n :][list(yes)] > 1e-3).all()  # else it is a smaller network
    ]
    every.sort(key=lambda pair: pair[0])
    found = planned(works.write(tmp_path), alternatives=4)
    plans = [p for p in (found.best, *found.others) if p]
    assert [p.costs.total for p in plans] == pytest.approx(
        [cost for cost, _ in every[: len(plans)]], rel=1e-7
    )
    assert len(plans) == min(5, len(every))
    assert len({p.built for p in plans}) == len(plans)


# ---------------------------------------------------------------- impossible
def test_what_contradicts(tmp_path: Path) -> None:
    """800 kt of brick and 500 kt of panels hold 890 kt of mud: markets and target cannot both be."""
    file = PANELS.write(tmp_path)
    text = file.read_text("utf-8").replace("invest: 900.0 CNY/t", "invest: 900 CNY/t, market: 500 kt/a")
    file.write_text(text, encoding="utf-8")
    found = planned(file)
    assert found.contradiction is not None
    kinds = {(o.kind, o.ids) for o in found.contradiction.members}
    assert kinds == {
        ("target", ("0",)),
        ("drive", ("works",)),
        ("limit", ("brick-0", "takers", "export")),
        ("market", ("brick-1",)),
        ("taken", ("brick-0",)),
        ("taken", ("brick-1",)),
    }


@pytest.mark.parametrize("seed", range(12))
def test_sets_are_contradictory_and_minimal(seed: int, tmp_path: Path) -> None:
    """With targets that are too high: the set is impossible, and possible without any one member."""
    works = replace(drawn(random.Random(2000 + seed), fixed=seed % 2 == 0), aim=1.0, level=3e6, least=None)
    run = mfa.load(works.write(tmp_path)).solve()
    model = PlanModel(run)
    if works.best() is not None:
        pytest.fail("the case is possible")
    members = contradiction(model).members
    assert not is_possible(model, model.rows, members)
    for left_out in members:
        assert is_possible(model, model.rows, [m for m in members if m != left_out]), left_out


def test_a_least_size_once_it_is_built(tmp_path: Path) -> None:
    """A kiln of 500 kt or none, and buyers of 300 kt: it is built whole and stands half idle."""
    works = Works(1e6, 1.0, (Kiln(1.0, 0.0, 1.0, 500e3, 300e3, 0.0, 1.0, 1e6),), aim=0.2)
    file = works.write(tmp_path)
    text = file.read_text("utf-8").replace("max: 500000.0", "min: 500000.0 t/a, max: 500000.0")
    file.write_text(text, encoding="utf-8")
    assert planned(file).values == {"kiln-0.capacity": 500e3}
    assert planned(replace(works, aim=0.0).write(tmp_path)).values == {"kiln-0.capacity": 1.0}


# ---------------------------------------------------------------- the merit order
def test_plan_and_merit_order_agree(tmp_path: Path) -> None:
    """Both kilns are full: the order that is there carries the plan out."""
    found = planned(PANELS.write(tmp_path))
    assert found.best is not None
    assert found.best.carried_out
    assert found.best.replay is not None
    assert found.best.replay.targets_met


OTHER = replace(
    PANELS, aim=0.9, kilns=(replace(PANELS.kilns[0], market=2e6, today=1e6, price=-0.0), PANELS.kilns[1])
)


def test_they_differ_and_why(tmp_path: Path) -> None:
    """1 Mt of brick could take 800 kt; panels pay, brick does not. The order gives brick its fill first."""
    found = planned(OTHER.write(tmp_path))
    assert found.best is not None
    # 350 kt of mud in panels, 550 kt in brick for 90 %; the order: 800 kt in brick, 200 kt left for panels
    by_name = {d.process: d for d in found.best.differences}
    assert by_name["kiln-0"].plan == pytest.approx(550e3 / 0.8, rel=1e-6)
    assert by_name["kiln-0"].replay == pytest.approx(1e6)
    assert by_name["kiln-1"].replay == pytest.approx(200e3 / 0.5)
    assert by_name["kiln-0"].reason.held == "capacity"
    assert by_name["kiln-1"].reason.held == "all"


def test_lists_make_them_agree(tmp_path: Path) -> None:
    """With the order decided the lists carry the plan out; as a file, too."""
    file = OTHER.write(tmp_path, lists=True)
    found = planned(file)
    assert found.best is not None
    assert found.best.carried_out
    takers = found.best.system.pools["mud"].takers
    assert [e.node for e in takers] == ["kiln-0", "kiln-1", "deposit"]
    assert takers[0].limit is not None
    assert takers[0].limit.value == pytest.approx(550e3, rel=1e-6)
    found.write(tmp_path / "planned.yaml")
    again = mfa.load(tmp_path / "planned.yaml").solve()
    assert found.best.replay is not None
    for name in ("kiln-0", "kiln-1"):
        mine = again.processes.set_index("process").level[name]
        assert mine == pytest.approx(found.best.replay.processes.set_index("process").level[name], rel=1e-12)
    assert again.targets_met


def test_priorities_that_are_kept(tmp_path: Path) -> None:
    """`priorities: kept` plans what the order gives: 800 kt of brick before 200 kt of mud for panels."""
    found = planned(OTHER.write(tmp_path, more="", goal="minimise: cost\n  priorities: kept"))
    assert found.best is not None
    assert found.best.carried_out
    levels = found.best.run.processes.set_index("process").level
    assert levels["kiln-0"] == pytest.approx(1e6, rel=1e-7)
    assert levels["kiln-1"] == pytest.approx(400e3, rel=1e-7)


def test_a_variant_stays_picked_in_the_file(tmp_path: Path) -> None:
    more = "variants: {more: {demand: {metal: 1 t/a}}}\n"
    file = PANELS.write(tmp_path, more=more)
    mfa.load(file, variants=["more"]).plan().write(tmp_path / "p.yaml")
    assert "--variant more --variant plan" in (tmp_path / "p.yaml").read_text("utf-8").splitlines()[0]
    assert mfa.load(tmp_path / "p.yaml", variants=["more", "plan"]).solve().targets_met


def test_a_variant_turns_the_goal_round(tmp_path: Path) -> None:
    """`maximise` of a variant takes the place of `minimise`; one file that writes both is still a fault."""
    more = "variants: {most: {plan: {maximise: {cost: -1}}}}\n"
    file = PANELS.write(tmp_path, more=more)
    most = mfa.load(file, variants=["most"]).plan()
    assert most.system.plan.maximise
    assert most.values == pytest.approx(planned(file).values, rel=1e-7)
    with pytest.raises(mfa.Error) as caught:
        mfa.load(PANELS.write(tmp_path, goal="minimise: cost\n  maximise: cost"))
    assert [f.key for f in caught.value.faults] == ["plan-direction"]


def test_a_drive_is_named_in_both_languages(tmp_path: Path) -> None:
    system = planned(PANELS.write(tmp_path)).system
    words = [path_name([system], "drive.works", lang) for lang in ("en", "zh")]
    assert [w.split(" · ")[0] for w in words] == ["drive", "驱动"]


# ---------------------------------------------------------------- a front
def test_front(tmp_path: Path) -> None:
    """Cost against clay: both ends are the best of the one goal, between them neither is better in both."""
    found = planned(PANELS.write(tmp_path), pareto=("cost", "import:clay", 5))
    assert found.front is not None
    cost, clay = zip(*(p.values for p in found.front.points), strict=True)
    assert len(cost) == 5
    assert list(cost) == sorted(cost)
    assert list(clay) == sorted(clay, reverse=True)
    best = PANELS.best()
    assert best is not None
    assert cost[0] == pytest.approx(best[0], rel=1e-7)
    assert clay[-1] == pytest.approx(470e3, rel=1e-7)
    assert np.diff(clay) == pytest.approx([(clay[-1] - clay[0]) / 4] * 4, rel=1e-6)


# ---------------------------------------------------------------- faults and the command
@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    monkeypatch.chdir(tmp_path)
    PANELS.write(tmp_path)
    return Runner(capsys)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("minimise: cost", "minimise: footprint:metal"), "plan-goal"),
        (("minimise: cost", f"minimise: {{cost: 1, {RATE}: 5}}"), "plan-ratio"),
        (("limit: 800000.0 t/a", "limit: none"), None),
    ],
)
def test_goals_that_cannot_be(change: tuple[str, str], key: str | None, tmp_path: Path) -> None:
    file = PANELS.write(tmp_path)
    file.write_text(file.read_text("utf-8").replace(*change), encoding="utf-8")
    if key is None:
        assert planned(file).possible
        return
    with pytest.raises(mfa.Error) as caught:
        planned(file)
    (fault,) = caught.value.faults
    assert (fault.key, fault.place is not None) == (key, True)


def test_nothing_to_plan(tmp_path: Path) -> None:
    file = PANELS.write(tmp_path)
    file.write_text(file.read_text("utf-8").split("plan:")[0], encoding="utf-8")
    with pytest.raises(mfa.Error, match="leaves nothing open"):
        planned(file)
    years = PANELS.write(tmp_path, more="periods: {from: 2025, to: 2027}\n")
    with pytest.raises(mfa.Error, match="through several years"):
        mfa.load(years).seek("kiln-0.capacity")


def test_command(run: Runner, tmp_path: Path) -> None:
    ended = run("plan", "base.yaml", "--out", "planned.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert "✓ The merit orders carry the plan out" in ended.out
    assert run("run", "planned.yaml", "--require-targets", "--quiet").code == 0
    assert chinese(run("plan", "base.yaml", "--lang", "zh").out)
    told = run.json("plan", "base.yaml", "--pareto", "cost,import:clay,3")
    same = mfa.load("base.yaml").plan(pareto=("cost", "import:clay", 3)).to_json()
    assert told == json.loads(json.dumps(same))
    assert [d["value"] for d in told["decisions"]] == pytest.approx([800e3, 700e3])
    ended = run("plan", "base.yaml", "--set", "brick-0.takers.export.limit=1 t/a")
    assert ended.code == 1
    assert "No plan: these cannot all hold together" in ended.out
    assert run("plan", "base.yaml", "--out", "plan.txt").code == 2
