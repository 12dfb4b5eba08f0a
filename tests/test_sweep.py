"""Sweeps: values by hand, the same as single runs, whoever solves them, and whatever broke off before."""

from __future__ import annotations

import csv
import itertools
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.text import Text

import mfa
from mfa.cli import main
from mfa.engine import compile as compiling
from mfa.errors import Place
from mfa.results import run as running
from mfa.show.charts.response import response
from mfa.studies.sweeps import crews, point_solver, points
from mfa.sweeping import sweep
from tests.test_cli import Runner, chinese

RATE = "industrial-solid-waste-utilisation"
CHAIN = """chain: park
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid, moisture: 20 %}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 400 kt/a}
pools:
  mud: {takers: [kiln, {boundary: deposit}]}
  brick: {takers: [{boundary: export, limit: none}]}
"""
SCENARIO = """scenario: base
chains: [./park.yaml]
year: 2025
drive: {works: 1 Mt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""
# 1 kt/a of metal asked for, x t of part in 1 t of metal, 0.5 t of metal in 1 t of part
LOOP = """chain: loop
materials: {metal: {kind: product}, part: {kind: intermediate}}
processes:
  smelter: {per: metal, inputs: {part: 1 t/t}}
  press: {per: part, inputs: {metal: 0.5 t/t}}
pools: {metal: {givers: [smelter]}, part: {givers: [press]}}
"""
ASKED = """scenario: loop
chains: [./loop.yaml]
demand: {metal: 1 kt/a}
indicators: {made: {numerator: [{material: metal, source: smelter}]}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present folder, with a small park and a recycle in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("park", CHAIN), ("base", SCENARIO), ("loop", LOOP), ("asked", ASKED)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


def used(capacity: float, level: float) -> float:
    """Of the mud, 1 t with 1 t of metal, the kiln takes 1 t for 1 t of brick."""
    return min(1.0, capacity / level)


# ---------------------------------------------------------------- values
def test_all_combinations_by_hand(here: Path) -> None:
    """Five capacities and three drives: fifteen rows, the last path varied fastest."""
    found = mfa.load("base.yaml").sweep(
        {"kiln.capacity": "0.2..1 Mt/a:5", "works.level": ["0.5 Mt/a", "1 Mt/a", "200 万t/a"]}, processes=1
    )
    pairs = list(itertools.product((0.2e6, 0.4e6, 0.6e6, 0.8e6, 1e6), (0.5e6, 1e6, 2e6)))
    assert list(found) == ["point", "kiln.capacity [t/a]", "works.level [t/a]", RATE, f"{RATE} met", "error"]
    assert found.point.tolist() == list(range(15))
    assert list(zip(found["kiln.capacity [t/a]"], found["works.level [t/a]"], strict=True)) == pairs
    assert found[RATE].tolist() == pytest.approx([used(*p) for p in pairs], rel=1e-12)
    assert found[f"{RATE} met"].tolist() == ["true" if used(*p) >= 0.95 else "false" for p in pairs]
    assert found.error.isna().all()


def test_evenly_spaced_values_are_rounded_once() -> None:
    """0.3 and not 0.30000000000000004; both ends are among them."""
    axis = points.from_variations([("a", "0.1..0.5 Mt/a:5")]).axes[0]
    assert axis.texts == tuple(f"{x} Mt/a" for x in ("0.1", "0.2", "0.3", "0.4", "0.5"))
    assert points.from_variations([("a", "0..1 万t/a : 3")]).axes[0].texts == (
        "0.0 t/a",
        "5000.0 t/a",
        "10000.0 t/a",
    )


def test_a_table_of_points(here: Path) -> None:
    """Each row is a point; units as they come, a quoted comma, a line left empty, a byte-order mark."""
    rows = 'kiln.capacity,works.level\r\n500 kt/a,1 Mt/a\r\n\r\n"60 万t/a",0.8 Mt/a\r\n2000 t/d,1 Mt/a\r\n'
    (here / "points.csv").write_text("\ufeff" + rows, encoding="utf-8", newline="")
    found = mfa.load("base.yaml").sweep(table="points.csv", indicators="co2")
    assert found["kiln.capacity [t/a]"].tolist() == [500e3, 600e3, 730e3]
    assert found["works.level [t/a]"].tolist() == [1e6, 0.8e6, 1e6]
    assert list(found) == ["point", "kiln.capacity [t/a]", "works.level [t/a]", "co2 [t/a]", "error"]
    assert found["co2 [t/a]"].tolist() == [0.0, 0.0, 0.0]  # nothing burns: none, and not unknown


def test_words_and_shares_are_varied_too(here: Path) -> None:
    """A fate is a word and stays one; a limit of 25 % of 1 Mt a year leaves 0.25 of it to the kiln."""
    base = mfa.load("base.yaml")
    words = base.sweep({"processes.kiln.fate": "utilisation, disposal"}, processes=1)
    assert words["processes.kiln.fate"].tolist() == ["utilisation", "disposal"]
    assert words[RATE].tolist() == [0.4, 0.0]
    shares = base.sweep({"mud.takers.kiln.limit": "0..50 %:3", "kiln.capacity": "1 Mt/a"}, processes=1)
    assert shares["mud.takers.kiln.limit"].tolist() == [0.0, 0.25, 0.5]
    assert shares[RATE].tolist() == pytest.approx([0.0, 0.25, 0.5], rel=1e-12)


def test_points_without_a_solution_stay(here: Path) -> None:
    """Metal made is 1 / (1 - x/2) kt; from x = 2 on there is none, and the other points do not mind."""
    found = sweep(mfa.load("asked.yaml"), {"smelter.inputs.part": "0.5..2.5 t/t:5"}, indicators="made")
    assert [r.error for r in found.rows] == [None, None, None, "recycle-gain", "recycle-gain"]
    made = found.frame["made [t/a]"]
    assert made[:3].tolist() == pytest.approx([1000 / (1 - x / 2) for x in (0.5, 1, 1.5)], rel=1e-12)
    assert made[3:].isna().all()
    assert found.frame["smelter.inputs.part [t/t]"].tolist() == [0.5, 1, 1.5, 2, 2.5]
    assert found.errors == {"recycle-gain": 2}


def test_figures_that_do_not_go_together(here: Path) -> None:
    """A drive above its capacity is no fault of the sweep: that point has no solution, but figures."""
    vary = {"works.level": "0.5 Mt/a, 2 Mt/a", "works.capacity": "1 Mt/a, 3 Mt/a"}
    found = mfa.load("base.yaml").sweep(vary, processes=1)
    assert found.error.fillna("").tolist() == ["", "", "drive-above-capacity", ""]
    assert found["works.level [t/a]"].tolist() == [0.5e6, 0.5e6, 2e6, 2e6]
    assert found[RATE].fillna(-1).tolist() == pytest.approx([0.8, 0.8, -1, 0.2], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "vary"),
    [
        (
            "alumina-red-mud",
            {"low-carbon-binder.capacity": "0.1..3 Mt/a:4", "alumina-calcination.level": "1..3 Mt/a:3"},
        ),
        (
            "alumina-red-mud",
            {"red-mud.moisture": "20..40 %:3", "red-mud.takers.export.limit": "0 t/a, 0.1 Mt/a"},
        ),
        ("alumina-red-mud", {"red-mud-ceramsite.inputs.red-mud": "0.2..0.6 t/t:4"}),
        ("chain-coal", {"targets.industrial-solid-waste-utilisation.min": "10 %, 99 %"}),
    ],
)
def test_each_point_is_a_single_run(name: str, vary: dict[str, str]) -> None:
    """What is filled into the network, and what is compiled again, gives what a run of its own gives."""
    base = mfa.load(name)
    names = [RATE, "industrial-solid-waste-stored", "energy-use", "co2", f"{RATE}@sector:nonferrous"]
    known = {r.name for r in base.solve().indicator_list}
    found = sweep(base, vary, indicators=[n for n in names if n in known], processes=1)
    assert len(found.rows) == math.prod(len(a.texts) for a in found.points.axes)
    for number, row in enumerate(found.rows):
        rows = {r.name: r for r in base.replace(found.points.settings(number)).solve().indicator_list}
        assert row.error is None
        for n, value, met in zip(found.names, row.values, row.met, strict=True):
            assert value == pytest.approx(rows[n].value if n in rows else 0.0, rel=1e-9)
            assert (met or "") == (rows[n].met if n in rows else "")


@pytest.mark.parametrize("name", ["alumina-red-mud", "chain-aluminium", "chain-coal"])
def test_indicators_by_name_are_those_of_the_run(name: str) -> None:
    """Each row that a run has can be asked for alone, and is the same."""
    result = mfa.load(name).solve()
    for row in result.indicator_list[::7]:
        alone = running.Run(result.system, result.compiled, result.state).indicators_named([row.name])
        assert alone == [r for r in result.indicator_list if r.name == row.name]


def test_defaults_are_targets_then_rates(here: Path) -> None:
    """Without targets the rates of the wastes that there are; without these somebody has to say."""
    base = mfa.load("base.yaml")
    assert sweep(base, {"kiln.capacity": "1 Mt/a"}).names == (RATE,)
    (here / "base.yaml").write_text(SCENARIO.replace("targets:", "note: x #"), encoding="utf-8")
    rates = sweep(mfa.load("base.yaml"), {"kiln.capacity": "1 Mt/a"})
    assert rates.names == (RATE, f"{RATE}-and-disposal")
    assert rates.table.columns[-1] == "error"
    assert not any("met" in c for c in rates.table.columns)


@pytest.mark.parametrize(("capacity", "table"), [("90 kt/a", "-missed"), ("130 kt/a", "")])
def test_verdicts_of_a_case_by_hand(capacity: str, table: str) -> None:
    """Met, missed and unproven as the hand-made tables of the case say."""
    case = Path(__file__).parent / "cases" / "unproven"
    with (case / f"indicators{table}.csv").open(encoding="utf-8", newline="") as file:
        wanted = {row["indicator"]: row for row in csv.DictReader(file)}
    found = mfa.load(case / "scenario.yaml").sweep({"board-plant.capacity": capacity})
    for name, row in wanted.items():
        assert found[name].item() == pytest.approx(float(row["value"]), rel=1e-9)
        assert found[f"{name} met"].item() == row["met"]


# ---------------------------------------------------------------- only what is needed
def test_slots_are_filled_and_nothing_is_compiled_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty points of capacities and limits: the network is compiled once, and no setting laid again."""
    compiled, laid = [], []
    real_compile, real_set = compiling.compile_system, point_solver.with_settings
    monkeypatch.setattr(point_solver, "compile_system", lambda s: compiled.append(s) or real_compile(s))
    monkeypatch.setattr(point_solver, "with_settings", lambda *a: laid.append(a) or real_set(*a))
    vary = {"kiln.capacity": "0.1..1 Mt/a:10", "mud.takers.kiln.limit": "0.1..0.6 Mt/a:6"}
    found = mfa.load("base.yaml").sweep(vary, processes=1)
    pairs = zip(found["kiln.capacity [t/a]"], found["mud.takers.kiln.limit [t/a]"], strict=True)
    assert found[RATE].tolist() == pytest.approx([min(c, m) / 1e6 for c, m in pairs], rel=1e-12)
    assert (len(compiled), len(laid)) == (1, 0)


def test_only_what_is_asked_for_is_worked_out(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of energy needs no account of waste, flow or carbon."""
    for name in ("wastes", "flow_list", "carbon_holes"):
        monkeypatch.setattr(running.Run, name, property(lambda self: pytest.fail("not asked for")))
    found = mfa.load("base.yaml").sweep(
        {"kiln.capacity": "0.1..1 Mt/a:3"}, indicators=["energy-use"], processes=1
    )
    assert found["energy-use [tce/a]"].tolist() == [0.0, 0.0, 0.0]


# ---------------------------------------------------------------- faults
AMOUNTS = ("generated", "utilised", "stored", "dumped")
CLASSES = ("industrial-solid", "hazardous")
MANY = [x for f in AMOUNTS for c in CLASSES for x in ("--indicator", f"{c}-waste-{f}")]
WRONG: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "path": (["--vary", "kiln.capcity=1 Mt/a"], [("path-unknown", "--vary:1:1")]),
    "unit": (["--vary", "kiln.capacity=0.1..0.5 Mt:20"], [("unit-no-time", "--vary:1:1")]),
    "number": (["--vary", "kiln.capacity=1 Mt/a, 2, 3 Mt/a"], [("unit-bare", "--vary:1:1")]),
    "negative": (["--vary", "kiln.capacity=-1..1 Mt/a:3"], [("negative", "--vary:1:1")]),
    "two": (
        ["--vary", "works.level=1 Mt/a", "--vary", "nothing=1", "--vary", "kiln.capacity=1 Mt"],
        [("path-unknown", "--vary:2:1"), ("unit-no-time", "--vary:3:1")],
    ),
    "form": (["--vary", "kiln.capacity=1..2 Mt/a"], [("sweep-vary", "--vary:1:1")]),
    "gap": (["--vary", "kiln.capacity=1 Mt/a,, 2 Mt/a"], [("sweep-vary", "--vary:1:1")]),
    "range": (["--vary", "kiln.capacity=2..1 Mt/a:3"], [("number-range-order", "--vary:1:1")]),
    "steps": (["--vary", "kiln.capacity=1..2 Mt/a:1"], [("sweep-steps", "--vary:1:1")]),
    "steps ": (["--vary", "kiln.capacity=1..2 Mt/a:many"], [("sweep-steps", "--vary:1:1")]),
    "many": (
        ["--vary", "kiln.capacity=1..2 Mt/a:2000", "--vary", "works.level=1..2 Mt/a:2000"],
        [("sweep-many", "None")],
    ),
    "twice": (
        ["--vary", "kiln.capacity=1 Mt/a", "--vary", "processes.kiln.capacity=2 Mt/a"],
        [("sweep-twice", "--vary:2:1")],
    ),
    "kinds": (["--vary", "mud.takers.kiln.limit=10 %, 1 kt/a"], [("sweep-kinds", "--vary:1:1")]),
    "nothing": ([], [("sweep-nothing", "None")]),
    "both": (["--vary", "kiln.capacity=1 Mt/a", "--table", "t.csv"], [("sweep-both", "None")]),
    "indicator": (
        ["--vary", "kiln.capacity=1 Mt/a", "--indicator", "co2", "--indicator", "c02"],
        [("indicator-unknown", "--indicator:2:1")],
    ),
    "ending": (["--vary", "kiln.capacity=1 Mt/a", "--out", "t.xlsx"], [("sweep-ending", "None")]),
    "picture": (["--vary", "kiln.capacity=1 Mt/a", "--picture", "t.gif"], [("picture-ending", "None")]),
    "words": (
        ["--vary", "processes.kiln.fate=disposal, storage", "--picture", "t.png"],
        [("sweep-picture-words", "None")],
    ),
    "three": (
        [
            *("--vary", "kiln.capacity=1 Mt/a", "--vary", "works.level=1 Mt/a"),
            *("--vary", "mud.moisture=1 %", "--picture", "t.png"),
        ],
        [("sweep-picture-paths", "None")],
    ),
    "lines": (
        [
            *("--vary", "kiln.capacity=1 Mt/a", "--picture", "t.png"),
            *MANY,
        ],
        [("sweep-picture-lines", "None")],
    ),
    "processes": (["--vary", "kiln.capacity=1 Mt/a", "--processes", "0"], [("sweep-processes", "None")]),
}
TABLES = {
    "missing": (None, [("file-missing", "t.csv:1:1")]),
    "empty": ("", [("sweep-table-empty", "t.csv:1:1")]),
    "header": ("kiln.capacity\n", [("sweep-table-empty", "t.csv:1:1")]),
    "bare": ("kiln.capacity,works.level\n1 Mt/a,1 Mt/a\n2 Mt/a,3\n", [("unit-bare", "t.csv:3:2")]),
    "path": ("kiln.capacity,x.y\n1 Mt/a,1 Mt/a\n", [("path-unknown", "t.csv:2:2")]),
    "cell": ("kiln.capacity,works.level\n1 Mt/a,\n", [("sweep-table-cell", "t.csv:2:2")]),
    "row": ("kiln.capacity,works.level\n1 Mt/a\n", [("sweep-table-row", "t.csv:2:1")]),
    "head": ("kiln.capacity,\n1 Mt/a,2 Mt/a\n", [("sweep-table-head", "t.csv:1:2")]),
    "bytes": ("kiln.capacity\n1 万t/a\n".encode("gbk"), [("file-not-utf8", "t.csv:2:3")]),
}


def faults_of(act: Callable[[], object]) -> mfa.Error:
    with pytest.raises(mfa.Error) as caught:
        act()
    return caught.value


def never(*given: object) -> Any:
    pytest.fail("something is solved")


@pytest.mark.parametrize("case", WRONG)
def test_faults_before_anything_is_solved(run: Runner, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong word of the command is one fault at its place; exit 2, and nothing is solved or written."""
    arguments, wanted = WRONG[case]
    for name in ("alone", "together", "on_cluster"):
        monkeypatch.setattr(crews, name, never)
    before = sorted(Path().iterdir())
    ended = run("sweep", "base.yaml", *arguments, "--json")
    errors = json.loads(ended.out)["errors"]
    assert [(e["key"], str(e["place"])) for e in errors] == wanted, ended.err
    assert ended.code == 2
    for text in ended.err.strip().splitlines():
        assert text.count("; ") >= 2
    assert sorted(Path().iterdir()) == before
    assert chinese(run("sweep", "base.yaml", *arguments, "--lang", "zh").err)


@pytest.mark.parametrize("case", TABLES)
def test_faults_of_a_table(here: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong in a file of points is told at its line and cell."""
    text, wanted = TABLES[case]
    monkeypatch.setattr(crews, "alone", never)
    if text is not None:
        (here / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    error = faults_of(lambda: mfa.load("base.yaml").sweep(table="t.csv"))
    assert [(f.key, str(f.place)) for f in error.faults] == wanted
    assert all(f.text("zh").count("；") >= 2 for f in error.faults)


def test_other_faults(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain alone, no mapping, no indicator to take, points of a table that make no map, Dask not there."""
    base, vary = mfa.load("base.yaml"), {"kiln.capacity": "1 Mt/a"}
    assert [f.key for f in faults_of(lambda: mfa.load("park.yaml").sweep(vary)).faults] == [
        "chain-not-scenario"
    ]
    wrong: Any = "kiln.capacity=1 Mt/a"
    assert [f.key for f in faults_of(lambda: base.sweep(wrong)).faults] == ["argument-vary"]
    loop = mfa.load("asked.yaml")
    keys = [f.key for f in faults_of(lambda: loop.sweep({"demand.metal": "1 kt/a"})).faults]
    assert keys == ["sweep-no-indicator"]
    rows = "".join(f"{100 + i} kt/a,{1000 + i} kt/a\n" for i in range(9))
    (here / "t.csv").write_text(f"kiln.capacity,works.level\n{rows}", encoding="utf-8")
    error = faults_of(lambda: base.sweep(table="t.csv", picture="t.png"))
    assert [f.key for f in error.faults] == ["sweep-picture-grid"]
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = faults_of(lambda: base.sweep(vary, scheduler="tcp://127.0.0.1:1"))
    assert [f.key for f in error.faults] == ["extra-missing"]
    assert "circular-mfa[cluster]" in error.text()
    for fault in error.faults:
        assert fault.text("en").count("; ") == fault.text("zh").count("；") == 2


# ---------------------------------------------------------------- who solves
VARY = ["--vary", "kiln.capacity=0.01..1.2 Mt/a:23", "--vary", "works.level=0.5..2 Mt/a:9"]


def test_processes_give_the_same_bytes(run: Runner) -> None:
    """207 points, a chunk that is not full, in one process and in three: one table."""
    for count in ("1", "3"):
        ended = run("sweep", "base.yaml", *VARY, "--out", f"{count}.csv", "--processes", count, "--quiet")
        assert ended == (0, "", "")
    assert Path("1.csv").read_bytes() == Path("3.csv").read_bytes()
    with Path("1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(r["point"]) for r in rows] == list(range(207))
    for row in rows:
        wanted = used(float(row["kiln.capacity [t/a]"]), float(row["works.level [t/a]"]))
        assert float(row[RATE]) == pytest.approx(wanted, rel=1e-12)


def test_a_process_that_breaks_down_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and not that of the library."""
    monkeypatch.setattr(crews, "_begin", os._exit)
    with pytest.raises(mfa.Failure, match="ended before its work"):
        sweep(mfa.load("base.yaml"), [("kiln.capacity", "0.1..1 Mt/a:60")], processes=2)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, each a process of its own."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    told = tmp_path / "scheduler.json"
    place = f"--scheduler-file={told}"
    commands = (
        ["scheduler", place, "--host=127.0.0.1", "--port=0", "--no-dashboard"],
        *[["worker", place, "--nthreads=1", "--no-dashboard", "--no-nanny"]] * 2,
    )
    started = []
    folder = {**os.environ, "PYTHONPATH": str(Path(mfa.__file__).parent.parent)}
    try:
        for words in commands:
            command = [sys.executable, "-m", "dask", *words]
            started.append(subprocess.Popen(command, env=folder, cwd=tmp_path, stderr=subprocess.DEVNULL))
            for _ in range(300):
                if told.exists():
                    break
                time.sleep(0.1)
        address: str = json.loads(told.read_text(encoding="utf-8"))["address"]
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:  # a worker may wait for a scheduler that is gone
                process.kill()
                process.wait(timeout=30)


@pytest.mark.filterwarnings("ignore")
def test_workers_of_a_cluster_give_the_same_bytes(run: Runner, cluster: str) -> None:
    """A scheduler and two workers in other processes: the table of one process; nobody there is a fault."""
    distributed = pytest.importorskip("distributed")
    with distributed.Client(cluster, timeout="30s", set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    assert run("sweep", "base.yaml", *VARY, "--out", "1.csv", "--processes", "1", "--quiet").code == 0
    ended = run("sweep", "base.yaml", *VARY, "--out", "2.csv", "--scheduler", cluster, "--quiet")
    assert ended.code == 0, ended.err
    assert Path("1.csv").read_bytes() == Path("2.csv").read_bytes()


@pytest.mark.filterwarnings("ignore")
def test_workers_of_a_cluster_sample_alike(here: Path, cluster: str) -> None:
    """Samples on arrays and by records, and the ends of a tornado, as in one process."""
    text = CHAIN.replace("capacity: 400 kt/a", "capacity: {value: 400 kt/a, cv: 20 %, source: local}")
    Path("park.yaml").write_text(f"{text}sources: {{local: {{cite: Local}}}}\n", encoding="utf-8")
    scenario = mfa.load("base.yaml")
    for names in ((), (RATE,)):
        here_ = scenario.solve(samples=600, indicators=names, processes=1).sampled
        there = scenario.solve(samples=600, indicators=names, scheduler=cluster).sampled
        assert here_ is not None
        assert there is not None
        assert here_.values.tobytes() == there.values.tobytes()
        assert here_.drawn.tobytes() == there.drawn.tobytes()
        assert here_.tables == there.tables
    result = scenario.solve()
    one = result.sensitivity(method="tornado", indicators=RATE, processes=1)
    two = result.sensitivity(method="tornado", indicators=RATE, scheduler=cluster)
    assert one.table.rows == two.table.rows


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "?"])
def test_no_scheduler_is_a_fault(run: Runner, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody at the address, or no address."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    monkeypatch.setattr(crews, "PATIENCE", "1s")
    ended = run("sweep", "base.yaml", "--vary", "kiln.capacity=1 Mt/a", "--scheduler", address)
    assert ended.code == 2
    assert f"no scheduler answers at '{address}'" in ended.err


# ---------------------------------------------------------------- going on
LONG = ["sweep", "alumina-red-mud", "--vary", "low-carbon-binder.capacity=0.1..3 Mt/a:40"]
LONG += ["--vary", "red-mud-ceramsite.capacity=0.1..4 Mt/a:30", "--quiet", "--out", "long.csv"]


def parts(file: str) -> list[int]:
    """The parts that a journal holds."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()[1:]
    return [json.loads(line)["part"] for line in lines if line.endswith("}")]


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["1", "2"])
def test_killed_at_any_time_it_goes_on(here: Path, processes: str) -> None:
    """Three kills at random moments, each with parts more; then the table of a sweep that ran through."""
    chance = random.Random(int(processes))
    command = [sys.executable, "-m", "mfa", *LONG, "--processes", processes]
    folder = {**os.environ, "PYTHONPATH": str(Path(mfa.__file__).parent.parent)}
    known = 0
    for _ in range(3):
        child = subprocess.Popen(command, env=folder)
        deadline = time.monotonic() + 120
        while not Path(".long.csv.journal").exists() or len(parts(".long.csv.journal")) <= known:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(chance.uniform(0.0, 0.4))
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=60)
        assert not Path("long.csv").exists()
        found = parts(".long.csv.journal")
        assert len(set(found)) == len(found) > known
        known = len(found)
    assert subprocess.run(command, env=folder, check=True, timeout=300).returncode == 0
    through = [*command[:-4], "--out", "through.csv", "--processes", "1"]
    subprocess.run(through, env=folder, check=True, timeout=300)
    assert Path("long.csv").read_bytes() == Path("through.csv").read_bytes()
    assert len(pd.read_csv("long.csv")) == 1200
    assert not [f for f in Path().iterdir() if f.name.startswith(".")]


def interrupted(after: int) -> Callable[..., Iterator[tuple[int, Any]]]:
    """Solves as one process does, until somebody presses Ctrl-C after some chunks."""
    real = crews.alone

    def alone(task: point_solver.Task, wanted: Any) -> Iterator[tuple[int, Any]]:
        for number, chunk in enumerate(real(task, wanted)):
            if number == after:
                raise KeyboardInterrupt
            yield chunk

    return alone


def test_interrupted_and_gone_on(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and says so; the same command solves what is left, and what broke off."""
    command = ["sweep", "base.yaml", *VARY, "--out", "t.csv", "--processes", "1"]
    with monkeypatch.context() as patch:
        patch.setattr(crews, "alone", interrupted(after=3))
        ended = run(*command)
    assert (ended.code, ended.out) == (130, "")
    assert "stopped after 75 points" in ended.err
    kept = Path(".t.csv.journal")
    assert parts(str(kept)) == [0, 25, 50]
    kept.write_bytes(kept.read_bytes()[:-40])
    asked: list[int] = []
    real = crews.alone
    monkeypatch.setattr(crews, "alone", lambda task, wanted: asked.extend(wanted) or real(task, wanted))
    assert run(*command, "--quiet") == (0, "", "")
    assert asked == [50, 75, 100, 125, 150, 175, 200]
    assert run("sweep", "base.yaml", *VARY, "--out", "u.csv", "--processes", "1", "--quiet").code == 0
    assert Path("t.csv").read_bytes() == Path("u.csv").read_bytes()
    assert not [f for f in Path().iterdir() if f.name.startswith(".")]


OTHER: dict[str, Callable[[], list[str]]] = {
    "points": lambda: ["sweep", "base.yaml", *VARY[:-1], "works.level=0.5..2 Mt/a:8"],
    "indicators": lambda: ["sweep", "base.yaml", *VARY, "--indicator", "co2"],
    "settings": lambda: ["sweep", "base.yaml", *VARY, "--set", "mud.moisture=10 %"],
    "files": lambda: [Path("park.yaml").write_text(CHAIN + "# x\n") and "sweep", "base.yaml", *VARY],
}


@pytest.mark.parametrize("what", OTHER)
def test_another_sweep_does_not_mix(run: Runner, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other points, indicators, settings or files: a fault, and what was kept stays for its command."""
    with monkeypatch.context() as patch:
        patch.setattr(crews, "alone", interrupted(after=2))
        assert run("sweep", "base.yaml", *VARY, "--out", "t.csv", "--processes", "1").code == 130
    before = Path(".t.csv.journal").read_bytes()
    ended = run(*OTHER[what](), "--out", "t.csv", "--processes", "1")
    assert ended.code == 2
    assert "unfinished job of other inputs lies beside 't.csv'" in ended.err
    assert Path(".t.csv.journal").read_bytes() == before
    assert not Path("t.csv").exists()


def test_two_at_once(here: Path) -> None:
    """While one writes, another is told so."""
    from mfa.show.journal import journal

    with journal(Path("t.csv"), "x"), pytest.raises(mfa.Failure, match="another run"):
        mfa.load("base.yaml").sweep({"kiln.capacity": "1 Mt/a"}, out="t.csv")


# ---------------------------------------------------------------- what is shown and written
def test_what_is_printed(run: Runner) -> None:
    """Labels and units, shares per cent, the target's sign; the first twenty, and what has no solution."""
    ended = run(
        "sweep", "base.yaml", "--vary", "kiln.capacity=0.2..1 Mt/a:3", "--out", "t.csv", "--picture", "t.svg"
    )
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "base · 2025: 3 points"
    assert [line.split() for line in lines[3:6]] == [
        ["0", "200,000", "20.00", "%", "✗"],
        ["1", "600,000", "60.00", "%", "✗"],
        ["2", "1,000,000", "100.00", "%", "✓"],
    ]
    assert "kiln · capacity [t/a]" in lines[2]
    assert lines[-2:] == ["t.csv", "t.svg"]
    ended = run(
        "sweep", "base.yaml", "--vary", "works.level=0.1..3 Mt/a:30", "--set", "works.capacity=2 Mt/a"
    )
    assert "… and 10 more" in ended.out
    assert "no solution, drive-above-capacity: 10 points" in ended.out
    zh = run("sweep", "base.yaml", "--vary", "kiln.capacity=0.2..1 Mt/a:3", "--lang", "zh").out
    assert "3 个点" in zh
    assert "工业固体废物综合利用率" in zh
    assert run("sweep", "base.yaml", "--vary", "kiln.capacity=1 Mt/a", "--quiet") == (0, "", "")


def test_json(run: Runner) -> None:
    """The table as rows, ids and native units."""
    found = run.json("sweep", "base.yaml", "--vary", "kiln.capacity=0.2 Mt/a")
    row = {"point": 0, "kiln.capacity [t/a]": 2e5, RATE: 0.2, f"{RATE} met": "false", "error": None}
    assert found == {"scenario": "base", "period": 2025, "sweep": [row]}


def test_parquet(here: Path) -> None:
    """Points are whole numbers, figures floats, verdicts and words text."""
    parquet = pytest.importorskip("pyarrow.parquet")
    vary = {"processes.kiln.fate": "disposal, storage", "kiln.capacity": "0.2 Mt/a"}
    frame = mfa.load("base.yaml").sweep(vary, out="t.parquet", processes=1)
    read = parquet.read_table("t.parquet")
    assert [str(t) for t in read.schema.types] == ["int64", "string", "double", "double", "string", "string"]
    assert read.column_names == list(frame)
    assert read.column(2).to_pylist() == [2e5, 2e5]


def texts(axes: list[Any]) -> list[str]:
    """All texts of a picture."""
    figure = axes[0].get_figure(root=True)
    return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


def test_lines_over_one_figure(here: Path) -> None:
    """The line goes through the points, with a gap where there is no solution; the target is a line."""
    vary = {"works.level": "0.5..3 Mt/a:6"}
    found = sweep(mfa.load("base.yaml", settings={"works.capacity": "2 Mt/a"}), vary, processes=1)
    (ax,) = response(found)
    lines = {line.get_gid(): line.get_xydata() for line in ax.get_lines()}
    wanted = [(x, 100 * used(0.4, x)) for x in (0.5, 1.0, 1.5, 2.0)]
    assert [tuple(p) for p in lines[RATE][:4]] == [pytest.approx(p, rel=1e-12) for p in wanted]
    assert all(math.isnan(y) for _, y in lines[RATE][4:])
    assert set(lines["target"][:, 1]) == {95.0}
    said = " ".join(texts([ax]))
    assert "works · level, Mt/a" in said
    assert "2 of 6 points have no solution" in said
    assert "target ≥ 95.0 %" in said
    assert chinese(" ".join(texts(response(found, lang="zh"))))


def test_indicators_of_other_units_have_axes_of_their_own(here: Path) -> None:
    """A share and tonnes: two panels below each other, each with its unit."""
    names = [RATE, "industrial-solid-waste-utilised"]
    found = sweep(mfa.load("base.yaml"), {"kiln.capacity": "0.2..1 Mt/a:3"}, indicators=names)
    first, second = response(found)
    assert (first.get_ylabel(), second.get_ylabel()) == ("%", "Mt/a")
    assert first.get_position().y0 > second.get_position().y1
    assert second.get_lines()[0].get_ydata() == pytest.approx([0.2, 0.6, 1.0], rel=1e-12)


def test_a_map_over_two_figures(here: Path) -> None:
    """Cells stand where their figures are, first path across; the bound is a line between its sides."""
    vary = {"kiln.capacity": "0.2..1 Mt/a:5", "works.level": "0.5..2 Mt/a:4"}
    found = sweep(mfa.load("base.yaml"), vary, processes=1)
    (ax,) = response(found)
    (mesh,) = [c for c in ax.collections if c.get_gid() == RATE]
    wanted = [[100 * used(c, x) for c in (0.2, 0.4, 0.6, 0.8, 1.0)] for x in (0.5, 1.0, 1.5, 2.0)]
    assert mesh.get_array().tolist() == [pytest.approx(row, rel=1e-12) for row in wanted]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("kiln · capacity, Mt/a", "works · level, Mt/a")
    assert "≥ 95.0 %" in texts([ax])
    files = [Path(f"{n}.{end}") for n in "ab" for end in ("svg", "png", "pdf")]
    for file in files:
        found.picture(file, lang="zh")
    assert [f.read_bytes() for f in files[:3]] == [f.read_bytes() for f in files[3:]]


def test_nothing_to_draw(here: Path) -> None:
    """Where no point has a solution there is no picture, but the table is written."""
    vary = {"smelter.inputs.part": "3..4 t/t:2"}
    error = faults_of(
        lambda: mfa.load("asked.yaml").sweep(vary, indicators="made", out="t.csv", picture="t.png")
    )
    assert [f.key for f in error.faults] == ["sweep-picture-empty"]
    assert pd.read_csv("t.csv").error.tolist() == ["recycle-gain", "recycle-gain"]


def test_places_of_points() -> None:
    """All quantities of an option stand at its number; those of a table at line and cell."""
    assert points.Axis("a", ("1", "2"), "--vary", (3,)).place(1) == Place("--vary", 3, 1)
    assert points.Axis("a", ("1", "2"), "t.csv", (2, 4), 2).place(1) == Place("t.csv", 4, 2)


def test_the_command_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no longer among those still to come."""
    with pytest.raises(SystemExit) as ended:
        main(["sweep", "--help"])
    assert ended.value.code == 0
    assert "--scheduler" in capsys.readouterr().out


# ---------------------------------------------------------------- levers
LEVERED = """
levers:
  metal:
    label: {en: Metal}
    levels: {half: {drive: {works: 0.5 Mt/a}}, whole: {drive: {works: 1 Mt/a}}}
  kilns:
    label: {en: Kilns}
    levels: {small: {set: {kiln.capacity: 0.2 Mt/a}}, large: {set: {kiln.capacity: 0.4 Mt/a}}}
"""


def test_levers_by_hand(here: Path) -> None:
    """Every combination of levels, the last lever fastest; as single runs give, in one process or two."""
    file = here / "levered.yaml"
    file.write_text(SCENARIO.replace("scenario: base", "scenario: levered") + LEVERED, encoding="utf-8")
    scenario = mfa.load(file)
    found = scenario.sweep(levers=True)
    assert list(zip(found["levers.metal"], found["levers.kilns"], strict=True)) == [
        *(("half", "small"), ("half", "large")),
        *(("whole", "small"), ("whole", "large")),
    ]
    singly = [
        mfa.load(file, levers={"metal": m, "kilns": k}).solve().indicators.value[found.columns[3]]
        for m, k in zip(found["levers.metal"], found["levers.kilns"], strict=True)
    ]
    assert found[found.columns[3]].tolist() == singly
    assert len(set(singly)) > 2
    both = scenario.sweep({"kiln.capacity": "0.1 Mt/a, 0.3 Mt/a"}, levers=True, processes=2)
    assert len(both) == 8
    assert both["kiln.capacity [t/a]"].tolist() == [1e5, 3e5] * 4


def test_a_scenario_without_levers(here: Path) -> None:
    with pytest.raises(mfa.Error) as caught:
        mfa.load(here / "base.yaml").sweep(levers=True)
    assert [f.key for f in caught.value.faults] == ["sweep-no-levers"]
