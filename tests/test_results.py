"""The tables of a run: their columns, order and sums, and how they are written to files."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfa
from mfa.engine.solver import solve
from mfa.errors import Place
from mfa.results.indicators.target import judged
from mfa.results.run import TABLES, Run
from mfa.show.files import write_atomically
from mfa.show.text import more_digits, target_sentence, written
from mfa.system import Figure, Target
from tests.parks import load

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
MAIN = "alumina-red-mud"
COLUMNS = {
    "flows": "period material source target amount unit wet_amount",
    "links": "period material source target amount unit",
    "processes": "period process level unit capacity use driver",
    "pools": "period material supply demand surplus shortage unit",
    "stocks": "period stock opening inflow outflow closing unit",
    "indicators": "period indicator value unit min max met distance distance_amount",
    "balances": "process layer inputs outputs error",
    "warnings": "period code place amount unit text",
}
TEXTS = [
    "material",
    "source",
    "target",
    "unit",
    "process",
    "driver",
    "stock",
    "indicator",
    "met",
    "layer",
    "code",
    "place",
    "text",
]
RUNS = [(MAIN, ""), (MAIN, "own-ash"), (MAIN, "eco-cement-kiln")] + [
    (str(CASES / name / "scenario.yaml"), "")
    for name in (
        "residue",
        "yard-dug-out",
        "gas-cascade",
        "return-scrap",
        "recycle-loop",
        "unproven",
        "fates",
    )
]


@cache
def solved(name: str, variant: str = "") -> mfa.Result:
    return mfa.load(name, variants=[variant] if variant else []).solve()


def case(name: str) -> mfa.Result:
    return solved(str(CASES / name / "scenario.yaml"))


def records(result: mfa.Result, name: str) -> list[dict[str, Any]]:
    table = result.table(name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


each_run = pytest.mark.parametrize(
    ("name", "variant"), RUNS, ids=[f"{Path(n).parent.name or n}-{v}" for n, v in RUNS]
)


# ---------------------------------------------------------------- names, order, types
@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_the_documented_ones(table: str) -> None:
    """Every table has its columns in the documented order, as records and as DataFrame."""
    expected = COLUMNS[table].split()
    assert set(TABLES) == set(COLUMNS)
    assert list(solved(MAIN).table(table).columns) == expected
    frame = getattr(solved(MAIN), table)
    if table == "indicators":
        assert (frame.index.name, list(frame.columns)) == (
            "indicator",
            [c for c in expected if c != "indicator"],
        )
    else:
        assert list(frame.columns) == expected
        assert list(frame.index) == list(range(len(frame)))


@each_run
def test_columns_of_numbers_are_floats(name: str, variant: str) -> None:
    """In pandas a number is a float and a period an integer, also where every cell is empty."""
    for table in TABLES:
        frame = getattr(solved(name, variant), table)
        for column in frame.columns:
            if column == "period":
                assert frame.empty or frame[column].dtype == "int64"
            elif column not in TEXTS:
                assert frame[column].dtype == "float64", (table, column)


@each_run
def test_order_of_the_rows(name: str, variant: str) -> None:
    """Flows and links are sorted by material, source and target, without a repetition."""
    for table in ("flows", "links"):
        keys = [(r["material"], r["source"], r["target"]) for r in records(solved(name, variant), table)]
        assert keys == sorted(keys)
        assert len(keys) == len(set(keys))


@each_run
def test_units_and_periods(name: str, variant: str) -> None:
    """Units read native unit, slash, `a`; the period is the year or 1."""
    result = solved(name, variant)
    units = {m.id: m.unit for m in result.system.materials.values()}
    for table in ("flows", "links", "pools"):
        assert all(r["unit"] == f"{units[r['material']]}/a" for r in records(result, table))
    for row in records(result, "stocks"):
        assert row["unit"] == units[result.system.stocks[row["stock"]].material]
    for table in set(TABLES) - {"balances"}:
        assert {r["period"] for r in records(result, table)} <= {result.system.year or 1}


@each_run
def test_every_member_has_a_row(name: str, variant: str) -> None:
    """Processes, pools and stocks are all there, those that do nothing too."""
    result = solved(name, variant)
    assert [r["process"] for r in records(result, "processes")] == sorted(result.system.processes)
    assert [r["material"] for r in records(result, "pools")] == sorted(result.system.pools)
    assert [r["stock"] for r in records(result, "stocks")] == sorted(result.system.stocks)


@each_run
def test_ends_of_a_flow(name: str, variant: str) -> None:
    """A flow joins the pool of its material to a process, a stock or a word of the boundary."""
    result = solved(name, variant)
    nodes = {*result.system.processes, *result.system.stocks}
    for row in records(result, "flows"):
        pool = f"pool:{row['material']}"
        assert pool in (row["source"], row["target"])
        other = row["target"] if row["source"] == pool else row["source"]
        words = (
            ("export", "emission", "deposit", "surplus") if row["source"] == pool else ("import", "shortage")
        )
        assert other in words or other in nodes


@each_run
def test_amounts_are_positive_and_wet_ones_follow(name: str, variant: str) -> None:
    """No amount is zero; wet = dry ÷ (1 - moisture) for a mass, empty for anything else."""
    result = solved(name, variant)
    for row in records(result, "flows"):
        material = result.system.materials[row["material"]]
        assert row["amount"] > 0
        if material.unit != "t":
            assert row["wet_amount"] is None
        else:
            assert row["wet_amount"] == pytest.approx(
                row["amount"] / (1 - (material.moisture.value if material.moisture else 0)), rel=1e-12
            )


# ---------------------------------------------------------------- sums
def sides(rows: list[dict[str, Any]], pools: bool) -> tuple[dict[Any, float], dict[Any, float]]:
    """(material, node) → what the node gives, and what it takes; pools left out."""
    given_, taken = defaultdict(float), defaultdict(float)
    for row in rows:
        for end, found in (("source", given_), ("target", taken)):
            if not (pools and str(row[end]).startswith("pool:")):
                found[row["material"], row[end]] += row["amount"]
    return given_, taken


def assert_links_are_the_flows(result: mfa.Result) -> None:
    """Both sides of every node to 1e-9; less than a gram a year is rounding."""
    flows, links = records(result, "flows"), records(result, "links")
    for by_flow, by_link in zip(sides(flows, True), sides(links, False), strict=True):
        for key in by_flow.keys() | by_link.keys():
            assert by_link[key] == pytest.approx(by_flow[key], rel=1e-9, abs=1e-6), key


@each_run
def test_links_add_up_to_the_flows(name: str, variant: str) -> None:
    """What each node gives and takes of each material is the same in links and flows."""
    assert_links_are_the_flows(solved(name, variant))


@each_run
def test_pools_balance(name: str, variant: str) -> None:
    """Supply + shortage = demand + surplus, and both are the sums of the flows."""
    result = solved(name, variant)
    flows = records(result, "flows")
    for row in records(result, "pools"):
        whole = row["supply"] + row["shortage"]
        assert whole == pytest.approx(row["demand"] + row["surplus"], rel=1e-9, abs=1e-6)
        pool = f"pool:{row['material']}"
        into = sum(f["amount"] for f in flows if f["target"] == pool)
        out = sum(f["amount"] for f in flows if f["source"] == pool)
        assert into == pytest.approx(whole, rel=1e-9, abs=1e-6)
        assert out == pytest.approx(row["demand"] + row["surplus"], rel=1e-9, abs=1e-6)
        assert min(row["surplus"], row["shortage"]) == 0


@each_run
def test_recipes_hold_in_the_flows(name: str, variant: str) -> None:
    """Every flow of a process is its level times its coefficient."""
    result = solved(name, variant)
    level = {r["process"]: r["level"] for r in records(result, "processes")}
    for row in records(result, "flows"):
        for end, other, side in (("source", "target", "outputs"), ("target", "source", "inputs")):
            process = result.system.processes.get(row[end])
            if process and str(row[other]).startswith("pool:"):
                coefficient = getattr(process, side)[row["material"]].figure.value
                assert row["amount"] == pytest.approx(level[process.id] * coefficient, rel=1e-9)


@each_run
def test_stocks_close(name: str, variant: str) -> None:
    """Closing = opening + inflow - outflow, and in- and outflow are those of the flows."""
    result = solved(name, variant)
    flows = records(result, "flows")
    for row in records(result, "stocks"):
        assert row["closing"] == pytest.approx(row["opening"] + row["inflow"] - row["outflow"], abs=1e-6)
        assert row["inflow"] == pytest.approx(sum(f["amount"] for f in flows if f["target"] == row["stock"]))
        assert row["outflow"] == pytest.approx(sum(f["amount"] for f in flows if f["source"] == row["stock"]))


@each_run
def test_capacity_and_use(name: str, variant: str) -> None:
    """`use` is level ÷ capacity, empty where there is none; nobody runs above it."""
    for row in records(solved(name, variant), "processes"):
        if row["capacity"] is None:
            assert row["use"] is None
        else:
            assert row["use"] == pytest.approx(row["level"] / row["capacity"])
            assert row["use"] <= 1 + 1e-9
        assert row["driver"]


levels = st.one_of(st.just(0.0), st.floats(1e-3, 3e6)).map(lambda x: f"{x!r} t/a")


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    level=levels,
    road=levels,
    ceramsite=levels,
    mud=levels,
    variant=st.sampled_from(["", "own-ash", "plan-sinks"]),
)
def test_links_and_pools_of_random_runs(
    level: str, road: str, ceramsite: str, mud: str, variant: str
) -> None:
    """Links add up to flows and pools balance whatever the drive and the limits are."""
    over = {
        "alumina-calcination.level": level,
        "red-mud-ceramsite.capacity": ceramsite,
        "supply.bf-slag": mud,
    }
    if not variant:
        over["red-mud.takers.red-mud-road-base.limit"] = road
    result = mfa.load(MAIN, variants=[variant] if variant else [], settings=over).solve()
    assert_links_are_the_flows(result)
    for row in records(result, "pools"):
        size = row["supply"] + row["demand"]
        assert row["supply"] + row["shortage"] == pytest.approx(
            row["demand"] + row["surplus"], abs=1e-9 * size + 1e-9
        )


# ---------------------------------------------------------------- warnings, indicators
def test_warnings_name_what_they_are_of() -> None:
    """A shortage and a surplus of anything but a product are a row with place, amount, unit and words."""
    rows = {(r["code"], r["place"]): r for r in records(case("unproven"), "warnings")}
    short = rows["shortage", "pool:cement"]
    assert (short["amount"], short["unit"]) == (pytest.approx(5000), "t/a")
    assert "import" in short["text"]
    assert "block-plant" in rows["unproven", "industrial-solid-waste-utilisation"]["text"]
    loop = {r["code"]: r for r in records(case("recycle-loop"), "warnings")}
    assert (loop["surplus"]["place"], loop["surplus"]["amount"]) == ("pool:dross", pytest.approx(6000))


def test_words_of_the_warnings_are_in_both_languages() -> None:
    """The same warnings can be had in Chinese, with the same codes and amounts."""
    english, chinese = (case("unproven").table("warnings", lang).rows for lang in ("en", "zh"))
    assert [r[:5] for r in english] == [r[:5] for r in chinese]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in str(r[5])) for r in chinese)


def test_nothing_over_nothing_is_empty_with_a_warning() -> None:
    """An indicator of a waste that does not arise has no value, and one warning names it."""
    result = solved(MAIN)
    frame = result.indicators
    assert pd.isna(frame.loc["utilisation:magnesium-slag", "value"])
    texts = [r["text"] for r in records(result, "warnings") if r["code"] == "zero-ratio"]
    assert len(texts) == 1
    assert "utilisation:magnesium-slag" in texts[0]


def test_indicator_is_found_by_its_name() -> None:
    """`indicators.loc[NAME, "value"]` is a fraction of unit 1."""
    frame = case("tiers").indicators
    assert frame.index.name == "indicator"
    assert frame.loc["industrial-solid-waste-utilisation", "value"] == pytest.approx(1.0)
    assert frame.loc["industrial-solid-waste-utilisation", "unit"] == "1"


def test_unknown_table() -> None:
    """A table that does not exist is a KeyError."""
    with pytest.raises(KeyError):
        case("tiers").table("nothing")


# ---------------------------------------------------------------- files
def write(folder: Path, name: str = "unproven") -> mfa.Result:
    result = mfa.load(CASES / name / "scenario.yaml").solve()
    result.write(folder, command=["mfa", "run"])
    return result


def test_csv_is_exact(tmp_path: Path) -> None:
    """What is read back from the CSV files is what the tables hold, to the last bit."""
    result = mfa.load(MAIN).solve()
    result.write(tmp_path)
    for name in TABLES:
        table = result.table(name)
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == list(table.columns)
        assert len(rows) == len(table.rows)
        for text, row in zip(rows, table.rows, strict=True):
            for told, cell in zip(text, row, strict=True):
                assert (cell is None and told == "") or type(cell)(told) == cell


def test_csv_is_plain(tmp_path: Path) -> None:
    """UTF-8 without byte-order mark, one line end, no index column; pandas reads the frame back."""
    result = write(tmp_path)
    raw = (tmp_path / "flows.csv").read_bytes()
    assert raw.startswith(b"period,material,source,target,amount,unit,wet_amount\n1,")
    assert b"\r" not in raw
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "flows.csv"), result.flows)


def test_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest names versions, inputs with hashes, seed, command and what lay over the file."""
    monkeypatch.chdir(ROOT)
    scenario = mfa.load(MAIN, variants=["own-ash"], settings={"alumina-calcination.level": "1 Mt/a"})
    scenario.solve().write(tmp_path, command=["mfa", "run", MAIN])
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["mfa", "run", MAIN]
    assert manifest["variants"] == ["own-ash"]
    assert manifest["set"] == {"alumina-calcination.level": "1 Mt/a"}
    assert "seed" in manifest
    assert manifest["versions"]["mfa"] == mfa.__version__
    assert {"python", "numpy", "scipy"} <= set(manifest["versions"])
    # named from the working folder, or as it lies in the package
    files = {i["file"].removeprefix("mfa/"): i["sha256"] for i in manifest["inputs"]}
    assert "scenarios/alumina-red-mud.yaml" in files
    assert {f"chains/{n}.yaml" for n in ("materials", "bayer-alumina", "red-mud-use")} <= set(files)
    for name, digest in files.items():
        assert digest == hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def test_only_its_own_names_are_touched(tmp_path: Path) -> None:
    """A run writes its tables and the manifest, leaves every other file as it was, and no temporary one."""
    (tmp_path / "mine.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "flows.csv.bak").write_text("old", encoding="utf-8")
    (tmp_path / "flows.csv").write_text("stale", encoding="utf-8")
    write(tmp_path)
    own = {f"{name}.csv" for name in TABLES} | {"manifest.json"}
    assert {p.name for p in tmp_path.iterdir()} == own | {"mine.csv", "flows.csv.bak"}
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "flows.csv.bak").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "flows.csv").read_text(encoding="utf-8").startswith("period,")


def test_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """The same scenario written twice gives the same files, bit for bit."""
    write(tmp_path / "a")
    write(tmp_path / "b")
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_nothing_is_written_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without folder leaves no file."""
    monkeypatch.chdir(tmp_path)
    mfa.load(CASES / "tiers" / "scenario.yaml").solve()
    assert list(tmp_path.iterdir()) == []


def breaking_once(count: int, error: BaseException) -> Callable[..., Any]:
    """A `Path.replace` that fails once, after some times."""
    left = [count]
    original = Path.replace

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:
            raise error
        return original(self, target)

    return replace


@pytest.mark.parametrize("count", [0, 1, 5, 10, 18])
@pytest.mark.parametrize(
    ("error", "raised"),
    [(OSError(28, "No space left on device"), mfa.Failure), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_interrupted_run_leaves_the_old_one_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    error: BaseException,
    raised: type[BaseException],
) -> None:
    """A run that breaks off at any of its 19 moves (1 record, 9 files out, 9 in) leaves the old run."""
    write(tmp_path, "tiers")
    old = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    monkeypatch.setattr(Path, "replace", breaking_once(count, error))
    with pytest.raises(raised, match="No space left" if raised is mfa.Failure else None):
        write(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == old


def test_interruption_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle of a file leaves the old one and takes the half-written one away."""
    file = tmp_path / "flows.csv"
    file.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", breaking_once(0, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["flows.csv"]
    assert file.read_text(encoding="utf-8") == "old"


def test_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    """Where no folder can be made the run fails and says which it could not write, and why."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(mfa.Failure, match=r"cannot write .*file/below: Not a directory"):
        write(tmp_path / "file" / "below")


def test_sankey_says_what_it_leaves_out(tmp_path: Path) -> None:
    """Without water of any kind the picture keeps every other link; its legend tells the tonnes left out."""
    result = mfa.load(MAIN).solve()
    links = result.links[result.links["unit"] == "t/a"]
    of = result.system.materials
    waters = {m for m in of if of[m].kind == "water" or set(of[m].composition) == {"H2O"}}
    wet = links["material"].isin(waters)
    picture = result.sankey(tmp_path / "dry.svg", without=["water"], unit="t")
    assert picture.geometry.remarks[0].value == pytest.approx(links.loc[wet, "amount"].sum(), rel=1e-9)
    assert "left out: water" in (tmp_path / "dry.svg").read_text(encoding="utf-8").lower()


# ---------------------------------------------------------------- values refilled
REFILLED = """
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  crumb: {kind: waste, waste: industrial-solid, residue-of: mud}
  brick: {kind: product}
  road: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  sieve: {per: mud, inputs: {mud: 1 t/t}, outputs: {brick: 0.6 t/t, crumb: 0.4 t/t}, capacity: 100 kt/a}
  kiln: {per: brick, inputs: {mud: 1.1 t/t}, capacity: 200 kt/a}
  paver: {per: road, inputs: {crumb: 1 t/t}, capacity: 10 kt/a}
pools:
  mud: {takers: [{process: kiln, limit: 50 %}, sieve, {stock: heap}, {boundary: deposit}]}
  crumb: {takers: [paver, {boundary: deposit, limit: 20 kt/a}]}
"""
REFILLED_YEAR = """
drive: {works: 400 kt/a, yard: 30 kt/a}
stocks: {heap: {material: mud, initial: 0 t, capacity: 90 kt}, yard: {material: mud, initial: 1 Mt}}
supply: {mud: 5 kt/a}
demand: {mud: 7 kt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("works.outputs.mud", "1.5 t/t"),
        ("kiln.inputs.mud", "0.7 t/t"),
        ("sieve.outputs.crumb", "0.3 t/t"),
        ("kiln.capacity", "90 kt/a"),
        ("mud.takers.kiln.limit", "20 %"),
        ("crumb.takers.deposit.limit", "3 kt/a"),
        ("works.level", "150 kt/a"),
        ("yard.level", "80 kt/a"),
        ("heap.capacity", "10 kt"),
        ("supply.mud", "60 kt/a"),
        ("demand.mud", "90 kt/a"),
    ],
)
def test_refilled_values_give_the_tables_of_another_scenario(tmp_path: Path, path: str, value: str) -> None:
    """The network of one scenario solved with the numbers of another: every table is that of the other."""
    base = load(tmp_path, REFILLED, REFILLED_YEAR)
    other = base.replace({path: value}).solve()
    values = other.compiled.values
    compiled = replace(base.solve().compiled, values=values)
    found = Run(base.system, compiled, solve(compiled.structure, values))
    written_down = ("balances", "warnings")  # of recipes as they stand in the file
    for name in (n for n in other.written if n not in written_down):
        assert found.table(name) == other.table(name), name
    entries = range(len(compiled.entries))
    most = [r.accounts.ledger.most(i) for r in (found, other) for i in entries]
    assert most[: len(entries)] == most[len(entries) :]


# ---------------------------------------------------------------- targets in words
@pytest.mark.parametrize(
    ("value", "bound", "sentence"),
    [
        (1 + 2e-16, {"minimum": 1.0}, "✓ X: 100.00 % (at least 100.00 %)"),
        (1.2, {"maximum": 1.0}, "✗ X: 120.00 % (at most 100.00 %): 20.00 percentage points over"),
        (0.9, {"minimum": 1.2}, "✗ X: 90.00 % (at least 120.00 %): 30.00 percentage points short"),
        (3.5, {"minimum": 2.0}, "✓ X: 3.5 (at least 2)"),
        (0.94, {"minimum": 0.95}, "✗ X: 94.00 % (at least 95.00 %): 1.00 percentage points short"),
        (0.949999, {"minimum": 0.95}, "✗ X: 94.9999 % (at least 95.0000 %): 0.0001 percentage points short"),
        (0.950001, {"minimum": 0.95}, "✓ X: 95.00 % (at least 95.00 %)"),
    ],
)
def test_target_in_words(value: float, bound: dict[str, float], sentence: str) -> None:
    """Value and bound are written alike, and one that is missed by a hair with the digits that show it."""
    target = Target(
        "rate", *(Figure(bound[k]) if k in bound else None for k in ("minimum", "maximum")), Place("-", 1, 1)
    )
    own = SimpleNamespace(id="rate", label={"en": "X"})
    system: Any = SimpleNamespace(indicators=(own,), materials={})
    row = judged("rate", "1", value, target)
    assert target_sentence(row, system, "en") == sentence


def test_missed_by_a_hair_in_other_units() -> None:
    """12 345.1 t of at least 12 345.4: one digit more."""
    row = judged("x", "t/a", 12345.1, Target("x", Figure(12345.4), None, Place("-", 1, 1)))
    assert more_digits(row, 12345.4) == 1
    assert (written(row, more=1), written(row, 12345.4, 1)) == ("12,345.1 t/a", "12,345.4 t/a")
