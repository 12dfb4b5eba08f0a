"""The command line of the studies: audit, compare, remedies, layers and accounts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mfa.catalogue import BY_ID
from tests.test_cli import Runner, chinese

CHAIN = """chain: park
materials:
  ore: {kind: resource, composition: {Fe: 30 %}, price: 100 CNY/t}
  metal: {kind: product, composition: {Fe: 60 %}, price: 1000 CNY/t, price-year: 2024}
  mud: {kind: waste, waste: industrial-solid, composition: {Fe: 0 %}}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}, value-added: 30 %}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 400 kt/a}
pools:
  mud: {takers: [kiln, {boundary: deposit}]}
"""
SCENARIO = """scenario: base
chains: [./park.yaml]
drive: {works: 1 Mt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
claims:
  - {level: works, value: 1 Mt/a, label: {en: Metal, zh: 金属}, note: "p. 9, table 2-1"}
  - {level: kiln, min: 600 kt/a}
  - {not-modelled: jobs, value: 300 persons}
variants:
  large: {processes: {kiln: {capacity: 700 kt/a}}}
"""
RATE = "industrial-solid-waste-utilisation"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    """The command line, called in a folder with a small park."""
    monkeypatch.chdir(tmp_path)
    Path("park.yaml").write_text(CHAIN, encoding="utf-8")
    Path("base.yaml").write_text(SCENARIO, encoding="utf-8")
    other = "scenario: other\nextends: ./base.yaml\ndrive: {works: 2 Mt/a}\n"
    Path("other.yaml").write_text(other, encoding="utf-8")
    return Runner(capsys)


def rows(file: str) -> list[dict[str, str]]:
    with Path(file).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


# ---------------------------------------------------------------- audit
def test_audit(run: Runner) -> None:
    """Every claim stands there with its word, and the one that cannot hold as a set of its own."""
    ended = run("audit", "base.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert "3 claims" in ended.out
    assert "contradicts" in ended.out
    assert "because of the capacities and limits" in ended.out
    assert "jobs" in ended.out
    assert not chinese(ended.out.splitlines()[0])
    assert chinese(run("audit", "base.yaml", "--lang", "zh").out.splitlines()[0])


def test_audit_strict(run: Runner) -> None:
    """With --strict a contradiction exits with 1; with a kiln of 700 kt there is none."""
    assert run("audit", "base.yaml", "--strict", "--quiet") == (1, "", "")
    assert run("audit", "base.yaml", "--strict", "--quiet", "--variant", "large").code == 0
    assert run("audit", "base.yaml", "--strict", "--quiet", "--set", "kiln.capacity=600 kt/a").code == 0


def test_audit_json_and_files(run: Runner) -> None:
    """JSON and CSV hold the same claims and sets."""
    found = run.json("audit", "base.yaml", "--out", "out")
    assert [(c["claim"], c["model"], c["verdict"]) for c in found["claims"]] == [
        (1, 1, "stated"),  # Mt/a, as the claim is written
        (2, pytest.approx(400), "contradicts"),  # kt/a
        (3, None, "not-modelled"),
    ]
    assert found["conflicts"] == [{"conflict": 1, "claim": 2, "because": "limits"}]
    written = rows("out/claims.csv")
    assert [r["verdict"] for r in written] == ["stated", "contradicts", "not-modelled"]
    assert written[2]["stated"] == "300 persons"
    notes = ["p. 9, table 2-1", "", ""]  # where in the plan the claim stands
    assert [r["note"] for r in written] == [c["note"] or "" for c in found["claims"]] == notes
    assert rows("out/conflicts.csv")[0]["because"] == "limits"


def test_audit_without_claims(run: Runner) -> None:
    """A scenario that claims nothing says so, and passes."""
    Path("base.yaml").write_text(SCENARIO.split("claims:", maxsplit=1)[0], encoding="utf-8")
    ended = run("audit", "base.yaml", "--strict")
    assert (ended.code, ended.err) == (0, "")
    assert "makes no claims" in ended.out
    assert run.json("audit", "base.yaml") == {
        "claims": [],
        "conflicts": [],
        "complete": True,
        "open_recipes": [],
    }


# ---------------------------------------------------------------- compare
@pytest.mark.parametrize(
    "call",
    [
        ["base.yaml", "base.yaml+large"],
        ["base.yaml", "--variant", "large"],
        ["base.yaml", "base.yaml+large", "--indicator", RATE],
    ],
)
def test_compare_with_a_variant(run: Runner, call: list[str]) -> None:
    """A scenario against its variant, however it is written: 40 → 70 %, 30 points by the kiln."""
    ended = run("compare", *call)
    assert (ended.code, ended.err) == (0, "")
    for words in ("kiln · capacity", "40.00 %", "70.00 %", "+30.00"):
        assert words in ended.out
    assert chinese(run("compare", *call, "--lang", "zh").out)


def test_compare_two_files(run: Runner) -> None:
    """Two files: as JSON the inputs, indicators, flows and causes; --out writes them."""
    found = run.json("compare", "base.yaml", "other.yaml", "--out", "out")
    (only,) = found if isinstance(found, list) else [found]
    assert only["inputs"] == [{"path": "works.level", "before": 1e6, "after": 2e6, "unit": "t/a"}]
    change = {r["name"]: r for r in only["indicators"]}[RATE]
    assert (change["before"], change["after"]) == (pytest.approx(0.4), pytest.approx(0.2))
    (cause,) = only["causes"]
    assert (cause["indicator"], cause["cause"]) == (RATE, "drive:works")
    assert cause["change"] == pytest.approx(-0.2)
    files = {p.name: p for p in Path("out").rglob("*.csv")}
    assert {"inputs.csv", "indicators.csv", "flows.csv", "causes.csv"} <= set(files)
    assert rows(str(files["inputs.csv"]))[0]["path"] == "works.level"


def test_compare_the_same(run: Runner) -> None:
    """A scenario with itself: no input and no result differs."""
    ended = run("compare", "base.yaml", "base.yaml")
    assert ended.code == 0
    assert "No input differs." in ended.out
    assert "No result differs." in ended.out


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["base.yaml", "other.yaml", "--indicator", f"{RATE}s"], f"did you mean '{RATE}'"),
        (["base.yaml"], "nothing to compare with"),
        (["base.yaml", "other.yaml", "--variant", "large"], "one scenario"),
        (["base.yaml", "base.yaml+larger"], "did you mean 'large'"),
        (["base.yaml", "nowhere.yaml"], "nowhere.yaml"),
        ([], "Missing argument"),
    ],
)
def test_compare_badly_asked(run: Runner, call: list[str], words: str) -> None:
    """What cannot be compared is said in one line, exit code 2."""
    ended = run("compare", *call)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_compare_several(run: Runner) -> None:
    """A with B and C: each stands beside A."""
    ended = run("compare", "base.yaml", "other.yaml", "base.yaml+large")
    assert ended.code == 0
    assert "works · level" in ended.out
    assert "kiln · capacity" in ended.out


# ---------------------------------------------------------------- run
def test_run_writes_layers_costs_and_remedies(run: Runner) -> None:
    """With --layer and --remedies the folder holds their tables beside the others."""
    call = ["run", "base.yaml", "--out", "out", "--layer", "Fe", "--layer", "Fe2O3", "--remedies"]
    ended = run(*call)
    assert (ended.code, ended.err) == (0, "")
    assert "no limit" in ended.out
    written = {p.name for p in Path("out").iterdir()}
    assert {"remedies.csv", "layers.csv", "layer_balances.csv", "costs.csv", "manifest.json"} <= written
    variant, _, raised, *_ = rows("out/remedies.csv")
    assert (variant["way"], variant["variant"], variant["within"]) == ("variant", "large", "true")
    assert (raised["way"], raised["node"], raised["met"]) == ("raise", "kiln", "true")
    assert (raised["within"], raised["ceiling"]) == ("false", "false")  # 400 to 1 000 kt
    assert raised["sold"] == "brick 600000"
    assert float(raised["gain"]) == pytest.approx(0.6)
    iron = {
        (r["material"], r["source"]): float(r["amount"]) for r in rows("out/layers.csv") if r["layer"] == "Fe"
    }
    assert iron["ore", "import"] == pytest.approx(600e6)
    balances = {(r["layer"], r["place"]): float(r["residue"]) for r in rows("out/layer_balances.csv")}
    assert balances["Fe", "park"] == pytest.approx(0, abs=1e-3)
    costs = {r["process"]: float(r["product_cost"]) for r in rows("out/costs.csv")}
    assert costs["works"] == pytest.approx(100e6)  # half of 200, by mass
    assert chinese(run(*call, "--lang", "zh").out)


def test_run_with_an_unknown_layer(run: Runner) -> None:
    """A name that is no layer is bad input, also as JSON."""
    ended = run("run", "base.yaml", "--layer", "iron")
    assert (ended.code, ended.out) == (2, "")
    assert "'iron' is not a layer" in ended.err
    assert chinese(run("run", "base.yaml", "--layer", "iron", "--lang", "zh").err)


def test_remedies_where_nothing_is_missed(run: Runner) -> None:
    """With every target met the table of remedies is written empty, and the words say so."""
    call = ["run", "base.yaml", "--remedies", "--out", "out", "--set", "kiln.capacity=2 Mt/a"]
    ended = run(*call)
    assert "No missed target" in ended.out
    assert rows("out/remedies.csv") == []
    assert run(*call, "--quiet") == (0, "", "")


def test_accounts_on_the_screen(run: Runner) -> None:
    """The run prints its accounts with the price year, in both languages."""
    out = run("run", "base.yaml").out
    assert "Output value" in out
    assert "2024" in out
    assert "工业总产值" in run("run", "base.yaml", "--lang", "zh").out


# ---------------------------------------------------------------- list
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_list_of_indicators(run: Runner, lang: str) -> None:
    """The list names every indicator there is, each with words of its own."""
    listed = run.json("list", "indicators")["indicators"]
    found = {name: one["label"][lang] for name, one in listed.items()}
    assert found["co2"] in run("list", "indicators", "--lang", lang).out
    assert set(BY_ID) <= set(found)
    assert {"utilisation:MATERIAL", "sewage-treatment:MATERIAL", "recovery:ELEMENT"} <= set(found)
    assert len(set(found.values())) == len(found)
    assert all(chinese(text) for text in found.values()) == (lang == "zh")
