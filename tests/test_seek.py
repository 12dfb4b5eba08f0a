"""Seeking: values by hand, against a fine bisection of a model written anew, and why nothing is found."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import mfa
from mfa.seeking import Seek, seek
from tests.test_cli import Runner, chinese

RATE = "industrial-solid-waste-utilisation"


@dataclass(frozen=True)
class Works:
    """1 t of metal leaves `mud` t of mud; kilns take it in order, each sells what its market takes.

    `kilns`: (capacity, mud in 1 t of brick, market), t and t a year.
    """

    level: float
    mud: float
    kilns: tuple[tuple[float, float, float], ...]

    def rate(self) -> float:
        """What is used counts as far as the bricks made of it are sold."""
        left, used = self.level * self.mud, 0.0
        for capacity, per, market in self.kilns:
            taken = min(left, capacity * per)
            left -= taken
            used += min(taken, market * per)
        return used / (self.level * self.mud)

    def changed(self, path: str, value: float) -> Works:
        """The same with another figure at a path."""
        if path == "works.level":
            return replace(self, level=value)
        if path == "works.outputs.mud":
            return replace(self, mud=value)
        number, field = int(path[path.index("-") + 1]), ("capacity", "inputs", "limit")
        which = next(i for i, f in enumerate(field) if f in path)
        kiln = list(self.kilns[number])
        kiln[which] = value
        return replace(self, kilns=(*self.kilns[:number], tuple(kiln), *self.kilns[number + 1 :]))  # type: ignore[arg-type]

    def write(self, folder: Path) -> Path:
        """As a chain and a scenario."""
        n = range(len(self.kilns))
        bricks = "".join(f"  brick-{i}: {{kind: product}}\n" for i in n)
        kilns = "".join(
            f"  kiln-{i}: {{per: brick-{i}, inputs: {{mud: {per!r} t/t}}, "
            f"outputs: {{brick-{i}: 1 t/t}}, capacity: {capacity!r} t/a}}\n"
            for i, (capacity, per, _) in enumerate(self.kilns)
        )
        markets = "".join(
            f"  brick-{i}: {{takers: [{{boundary: export, limit: {market!r} t/a}}]}}\n"
            for i, (_, _, market) in enumerate(self.kilns)
        )
        chain = f"""chain: park
materials:
  ore: {{kind: resource}}
  metal: {{kind: product}}
  mud: {{kind: waste, waste: industrial-solid}}
{bricks}processes:
  works: {{per: metal, inputs: {{ore: 3 t/t}}, outputs: {{metal: 1 t/t, mud: {self.mud!r} t/t}}}}
{kilns}pools:
  mud: {{takers: [{", ".join(f"kiln-{i}" for i in n)}, {{boundary: deposit}}]}}
{markets}"""
        (folder / "park.yaml").write_text(chain, encoding="utf-8")
        file = folder / "base.yaml"
        text = f"scenario: base\nchains: [./park.yaml]\ndrive: {{works: {self.level!r} t/a}}\n"
        text += "targets: {industrial-solid-waste-utilisation: {min: 95 %}}\n"
        file.write_text(text, encoding="utf-8")
        return file


SMALL = Works(1e6, 1.0, ((400e3, 1.0, 1e9),))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mfa.Scenario:
    monkeypatch.chdir(tmp_path)
    SMALL.write(tmp_path)
    return mfa.load("base.yaml")


@pytest.fixture
def run(small: mfa.Scenario, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


# ---------------------------------------------------------------- by hand
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kiln-0.capacity", 950e3),  # 0.95 of 1 Mt
        ("works.level", 400e3 / 0.95),  # of which 400 kt are 95 %
        ("works.outputs.mud", 0.4 / 0.95),
        ("kiln-0.inputs.mud", 0.95 / 0.4),
    ],
)
def test_by_hand(small: mfa.Scenario, path: str, value: float) -> None:
    found = small.seek(path, f"{RATE} >= 95 %")
    assert found.value == pytest.approx(value, rel=1e-11)
    assert found.now == 0.4
    assert small.replace({path: f"{found.value!r} {found.found[0].unit}"}).solve().targets_met


def test_the_other_side_of_a_bound(small: mfa.Scenario) -> None:
    """At most 20 %: half the capacity, or twice the drive; the smaller of two changes either way."""
    assert small.seek("kiln-0.capacity", f"{RATE} <= 20 %").value == pytest.approx(200e3, rel=1e-11)
    assert small.seek("works.level", f"{RATE} <= 20 %").value == pytest.approx(2e6, rel=1e-11)


def test_what_holds_already_needs_no_change(small: mfa.Scenario) -> None:
    assert small.seek("kiln-0.capacity", f"{RATE} >= 40 %").value == 400e3


def test_the_nearer_of_two_directions(tmp_path: Path) -> None:
    """54 % hold at 40 kt and from 510 kt of the first kiln on; from 300 kt the latter is nearer.

    Of 1 Mt the first takes its capacity, of which 50 kt are sold; the second up to 500 kt of the rest.
    """
    two = Works(1e6, 1.0, ((300e3, 1.0, 50e3), (500e3, 1.0, 1e9)))
    scenario = mfa.load(two.write(tmp_path))
    assert two.rate() == pytest.approx(0.55)
    assert two.changed("kiln-0.capacity", 40e3).rate() == pytest.approx(0.54)
    assert two.changed("kiln-0.capacity", 510e3).rate() == pytest.approx(0.54)
    aim = f"{RATE} <= 54 %"
    assert scenario.seek("kiln-0.capacity", aim).value == pytest.approx(510e3, rel=1e-11)
    assert scenario.seek("kiln-0.capacity", aim, high="0.5 Mt/a").value == pytest.approx(40e3, rel=1e-11)
    assert scenario.seek("kiln-0.capacity", aim, low="0.2 Mt/a", high="0.5 Mt/a").value is None


def test_a_written_range_goes_first(tmp_path: Path) -> None:
    """A larger change within its range stands before a smaller one without."""
    file = replace(SMALL, kilns=((400e3, 1.0, 1e9),)).write(tmp_path)
    chain = tmp_path / "park.yaml"
    ranged = "capacity: {value: 400e3 t/a, range: 0.3..1.2 Mt/a}"
    chain.write_text(chain.read_text("utf-8").replace("capacity: 400000.0 t/a", ranged), encoding="utf-8")
    found = mfa.load(file).seek(each=True)
    reached = [f for f in found.found if f.value is not None]
    assert [f.path for f in reached] == [
        "kiln-0.capacity",
        "works.level",
        "works.outputs.mud",
        "kiln-0.inputs.mud",
    ]
    assert [f.within for f in reached] == [True, False, False, False]
    changes = [f.change for f in reached[1:]]
    assert changes == sorted(changes) == pytest.approx([1 - 0.4 / 0.95, 1 - 0.4 / 0.95, 0.95 / 0.4 - 1])
    assert {f.path for f in found.found} - {f.path for f in reached} == {
        "works.inputs.ore",
        "brick-0.takers.export.limit",
    }


def test_every_figure_alone_is_what_it_is_when_sought_alone(tmp_path: Path) -> None:
    """Solved together or one after the other: the same values, to the digits that samples have."""
    file = replace(SMALL, kilns=((400e3, 1.0, 500e3), (200e3, 0.5, 1e9))).write(tmp_path)
    scenario = mfa.load(file)
    ranked = scenario.seek(each=True)
    reached = [f for f in ranked.found if f.value is not None]
    assert len(reached) > 3
    for one in reached:
        alone: Seek = scenario.seek(one.path)
        assert alone.value == pytest.approx(one.value, rel=1e-9), one.path
        assert alone.found[0].reached == pytest.approx(one.reached, rel=1e-9)


def test_a_figure_without_effect_today_is_not_missed(tmp_path: Path) -> None:
    """The market takes more than the kiln makes; below that it binds, and at 200 kt the rate is 20 %."""
    file = replace(SMALL, kilns=((400e3, 1.0, 600e3),)).write(tmp_path)
    scenario = mfa.load(file)
    slopes = {r.path for r in scenario.solve().sensitivity(method="local", indicators=RATE).rows}
    assert "brick-0.takers.export.limit" not in slopes
    found = {f.path: f for f in scenario.seek(until=f"{RATE} <= 20 %", each=True).found}
    assert found["brick-0.takers.export.limit"].value == pytest.approx(200e3, rel=1e-9)


# ---------------------------------------------------------------- against a fine bisection
FINE = 4000


def bisected(reaches: Callable[[float], bool], today: float, ends: tuple[float, float]) -> float | None:
    """The nearest place to today's where something begins to hold, looked for at FINE points each way."""
    found = []
    for end in ends:
        before = min(max(today, ends[0]), ends[1])
        if reaches(before):
            return before
        for i in range(1, FINE + 1):
            x = today + (end - today) * i / FINE
            if reaches(x):
                low, high = before, x
                for _ in range(200):
                    middle = (low + high) / 2
                    low, high = (low, middle) if reaches(middle) else (middle, high)
                found.append(high)
                break
            before = x
    return min(found, key=lambda x: abs(x - today), default=None)


@pytest.mark.parametrize("seed", range(100))
def test_equals_a_fine_bisection(seed: int, tmp_path: Path) -> None:
    """Random works, kilns, markets and bounds: the same place to ten digits, or none in both."""
    rng = random.Random(seed)
    kilns = tuple(
        (rng.uniform(50e3, 500e3), rng.uniform(0.5, 1.5), rng.uniform(50e3, 600e3))
        for _ in range(rng.randint(1, 3))
    )
    works = Works(rng.uniform(0.5e6, 2e6), rng.uniform(0.5, 1.5), kilns)
    which = rng.randrange(len(kilns))
    path = rng.choice(
        [
            f"kiln-{which}.capacity",
            f"kiln-{which}.inputs.mud",
            f"brick-{which}.takers.export.limit",
            "works.level",
            "works.outputs.mud",
        ]
    )
    bound = works.rate() * rng.uniform(0.7, 1.6)
    least = bound > works.rate()
    scenario = mfa.load(works.write(tmp_path))
    found = scenario.seek(path, f"{RATE} {'>=' if least else '<='} {bound!r}").found[0]

    def reaches(x: float) -> bool:
        rate = works.changed(path, x).rate() if x else math.nan
        return rate >= bound if least else rate <= bound

    low = max(found.low, 1e-6 * found.high)  # a level of 0 has no rate
    expected = bisected(reaches, found.today, (low, found.high))
    if expected is None:
        assert found.value is None
        assert found.best is not None
        assert (found.best < bound) == least
    else:
        assert found.value == pytest.approx(expected, rel=1e-9, abs=1e-6 * found.high)


# ---------------------------------------------------------------- what cannot be reached
def test_why_it_is_not_reached(small: mfa.Scenario) -> None:
    """The ore has nothing to do with it: 600 kt of mud are left, since the kiln is full."""
    found = small.seek("works.inputs.ore")
    assert not found.reached
    assert found.found[0].best == 0.4
    (left,) = found.blocked
    assert (left.material, left.amount) == ("mud", 600e3)
    assert [(t.way, t.node) for t in left.ways] == [("raise", "kiln-0")]


def test_an_unsold_product_is_named(tmp_path: Path) -> None:
    """With 100 kt of buyers a larger kiln uses no more: the product is what must be sold."""
    file = Works(1e6, 1.0, ((400e3, 1.0, 100e3),)).write(tmp_path)
    found = mfa.load(file).seek("kiln-0.capacity")
    assert not found.reached
    assert found.found[0].best == pytest.approx(0.1)
    assert ("sell", "export") in [(t.way, t.node) for b in found.blocked for t in b.ways]


def test_at_the_best_it_is_refined(tmp_path: Path) -> None:
    """Its best is where the first kiln makes what it can sell: 250 of 1000 kt, and 500 kt beside it."""
    works = Works(1e6, 1.0, ((600e3, 1.0, 250e3), (500e3, 1.0, 1e9)))
    found = mfa.load(works.write(tmp_path)).seek("kiln-0.capacity").found[0]
    assert found.best == pytest.approx(0.75, abs=1e-7)


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"vary": "kiln-0.capacty"}, "path-unknown"),
        ({"vary": "kiln-0.capacity", "until": "use of waste"}, "seek-until"),
        ({"vary": "kiln-0.capacity", "until": "indus >= 95 %"}, "indicator-unknown"),
        ({"vary": "kiln-0.capacity", "until": f"{RATE} >= 95 t"}, "unit-ratio"),
        ({"vary": "works.capacity"}, "seek-no-figure"),
        ({"vary": "kiln-0.capacity", "low": "2 Mt"}, "unit-no-time"),
        ({"vary": "kiln-0.capacity", "low": "2 Mt/a", "high": "1 Mt/a"}, "seek-ends"),
        ({}, "seek-which"),
        ({"vary": "kiln-0.capacity", "each": True}, "seek-which"),
    ],
)
def test_faults(small: mfa.Scenario, asked: dict[str, object], key: str) -> None:
    with pytest.raises(mfa.Error) as caught:
        seek(small, **asked)  # type: ignore[arg-type]
    assert caught.value.faults[0].key == key


def test_without_a_target(small: mfa.Scenario, tmp_path: Path) -> None:
    text = (tmp_path / "base.yaml").read_text("utf-8")
    (tmp_path / "bare.yaml").write_text(text.split("targets")[0], encoding="utf-8")
    with pytest.raises(mfa.Error, match="no target to seek"):
        mfa.load("bare.yaml").seek("kiln-0.capacity")
    with pytest.raises(mfa.Error, match="chain"):
        mfa.load("park.yaml").seek("kiln-0.capacity")


# ---------------------------------------------------------------- the command
def test_command(run: Runner) -> None:
    """Exit 0 where it is reached, 1 where not; the numbers are those of Python."""
    ended = run("seek", "base.yaml", "--vary", "kiln-0.capacity", "--until", f"{RATE} >= 95 %")
    assert (ended.code, ended.err) == (0, "")
    assert "400 kt/a → 950 kt/a +137.5 %" in ended.out
    ended = run("seek", "base.yaml", "--vary", "works.inputs.ore", "--lang", "zh")
    assert ended.code == 1
    assert chinese(ended.out)
    assert "raise" not in ended.out
    ended = run("seek", "base.yaml", "--vary", "works.inputs.ore")
    assert "mud        600 kt/a  kiln-0 is full: raise it" in ended.out
    assert run("seek", "base.yaml", "--vary", "kiln.capacity").code == 2
    ranked = run("seek", "base.yaml", "--each")
    assert ranked.code == 0
    assert "4 of 6 figures reach it alone" in ranked.out


def test_json_is_what_python_has(run: Runner, small: mfa.Scenario) -> None:
    told = run.json("seek", "base.yaml", "--vary", "kiln-0.capacity")
    made: Seek = small.seek("kiln-0.capacity")
    assert told == made.to_json()
    assert told["found"][0]["value"] == made.value


def test_none_alone_reaches_it(run: Runner) -> None:
    ended = run("seek", "base.yaml", "--each", "--until", f"{RATE} >= 101 %")
    assert ended.code == 1
    assert "No figure alone reaches it" in ended.out
