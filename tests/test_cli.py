"""The command line: what each command prints and where, its exit code, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mfa
from mfa.cli import LATER, main
from mfa.results.run import TABLES

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
MAIN = "alumina-red-mud"
SMALL = str(CASES / "unproven" / "scenario.yaml")
CHAIN = str(CASES / "unproven" / "chain.yaml")
HEAVY = {"pandas", "matplotlib", "pint", "scipy", "networkx", "numpy", "yaml"}


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Runner:
    """Calls the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Ended:
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *self.capsys.readouterr())

    def json(self, *arguments: str) -> Any:
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    """The command line, called in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Runner(capsys)


def chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def commands(tmp_path: Path) -> dict[str, list[str]]:
    """One call of every command."""
    return {
        "run": ["run", SMALL],
        "check": ["check", SMALL, CHAIN],
        "show": ["show", CHAIN],
        "origin": ["show", SMALL, "--origin"],
        "list": ["list"],
        "convert": ["convert", "240 万t/a", "t/a"],
        "schema": ["schema", "chain"],
        "init": ["init", str(tmp_path / "new")],
        "sankey": ["sankey", SMALL, "-o", str(tmp_path / "picture.svg")],
        "audit": ["audit", SMALL],
        "compare": ["compare", SMALL, SMALL],
        "sweep": ["sweep", SMALL, "--vary", "board-plant.capacity=90..130 kt/a:3"],
        "seek": ["seek", SMALL, "--vary", "board-plant.capacity", "--until", "co2 >= 0 t/a"],
        "export": ["export", SMALL, "--xlsx", str(tmp_path / "book.xlsx")],
    }


NAMES = ["run", "check", "show", "origin", "list", "convert", "schema", "init", "sankey"]
NAMES += ["audit", "compare", "sweep", "seek", "export"]


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """A scenario with two faults."""
    file = tmp_path / "bad.yaml"
    file.write_text("scenario: bad\nchains: [alumina-nowhere]\ndrive: {x: 1 ton/a}\n", encoding="utf-8")
    return str(file)


# ---------------------------------------------------------------- what every command does
@pytest.mark.parametrize("name", NAMES)
def test_every_command_ends_well(run: Runner, tmp_path: Path, name: str) -> None:
    """Each command prints something, nothing on stderr, and exits with 0."""
    ended = run(*commands(tmp_path)[name])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip()


@pytest.mark.parametrize("name", NAMES)
def test_json(run: Runner, tmp_path: Path, name: str) -> None:
    """With --json the output is one JSON text without NaN."""
    assert run.json(*commands(tmp_path)[name])


@pytest.mark.parametrize("name", NAMES)
def test_quiet(run: Runner, tmp_path: Path, name: str) -> None:
    """With --quiet nothing is printed."""
    assert run(*commands(tmp_path)[name], "--quiet") == Ended(0, "", "")


@pytest.mark.parametrize("name", ["run", "check", "show", "list"])
def test_chinese(run: Runner, tmp_path: Path, name: str) -> None:
    """With --lang zh the words are Chinese, in English there are none in the first line."""
    call = (
        ["run", MAIN]
        if name == "run"
        else ["show", "red-mud-use"]
        if name == "show"
        else commands(tmp_path)[name]
    )
    assert chinese(run(*call, "--lang", "zh").out)
    if name != "list":
        assert not chinese(run(*call).out.splitlines()[0])


@pytest.mark.parametrize("name", NAMES)
def test_help(run: Runner, tmp_path: Path, name: str) -> None:
    """--help and -h describe the command and its common options."""
    command = commands(tmp_path)[name][0]
    ended = run(command, "--help")
    assert ended.code == 0
    assert all(option in ended.out for option in ("--lang", "--quiet", "--json", "--debug"))
    assert run(command, "-h") == ended


def test_version(run: Runner) -> None:
    """--version prints the version."""
    assert mfa.__version__ in run("--version").out


# ---------------------------------------------------------------- exit codes
def test_bad_input_is_2_with_every_fault_on_stderr(run: Runner, bad: str) -> None:
    """Faults go to stderr as FILE:LINE:COLUMN: text, stdout stays empty, the code is 2."""
    ended = run("run", bad)
    assert (ended.code, ended.out) == (2, "")
    assert re.match(r"\S*bad\.yaml:2:\d+: ", ended.err)
    assert "alumina-nowhere" in ended.err


def test_bad_input_in_chinese(run: Runner, bad: str) -> None:
    """The faults come in the language that was asked for."""
    assert chinese(run("run", bad, "--lang", "zh").err)
    assert chinese(run("run", bad, "--lang=zh").err)
    assert not chinese(run("run", bad).err)


def test_bad_input_as_json(run: Runner, bad: str) -> None:
    """With --json the faults are on stdout too, with key, place and text."""
    ended = run("run", bad, "--json")
    assert ended.code == 2
    errors = json.loads(ended.out)["errors"]
    assert {"key", "place", "text"} == set(errors[0])
    assert "bad.yaml:2" in errors[0]["place"]


@pytest.mark.parametrize(
    "call",
    [
        ["run"],
        ["run", "no-such-scenario"],
        ["run", "no/such/file.yaml"],
        ["run", SMALL, "--variant", "nothing"],
        ["run", SMALL, "--set", "boiler.level"],
        ["run", SMALL, "--set", "boiler.level="],
        ["run", SMALL, "--set", "boiler.level=1 ton/a"],
        ["run", SMALL, "--set", "nothing.level=1 t/a"],
        ["run", SMALL, "--sankey"],
        ["run", SMALL, "--lang", "fr"],
        ["run", SMALL, "--no-such-option"],
        ["no-such-command"],
        ["convert", "240 万t/a", "MWh"],
        ["convert", "abc", "t"],
        ["show", "no-such-chain"],
        ["check", "no-such-file.yaml"],
        ["chart", "pie", SMALL, "-o", "x.svg"],
        ["schema", "nothing"],
        ["sankey", SMALL],
        ["sankey", SMALL, "-o", "picture.doc"],
    ],
    ids=" ".join,
)
def test_wrong_calls_are_2(run: Runner, tmp_path: Path, call: list[str]) -> None:
    """What cannot be done as asked is 2, says why on stderr, prints and writes nothing."""
    ended = run(*call)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip()
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", LATER)
def test_commands_to_come_are_2(run: Runner, command: str) -> None:
    """A command that is not built yet says so."""
    ended = run(command, SMALL)
    assert (ended.code, ended.out) == (2, "")
    assert "not available yet" in ended.err


def test_targets_that_do_not_hold_are_1(run: Runner) -> None:
    """--require-targets is 1 where a target is missed or unproven, 0 where all are met."""
    assert run("run", MAIN, "--require-targets", "--quiet").code == 1
    assert run("run", MAIN, "--quiet").code == 0
    assert run("run", SMALL, "--require-targets", "--quiet").code == 1
    assert run("run", SMALL, "--variant", "enough-cement", "--require-targets", "--quiet").code == 0


def test_strict_check_is_1(run: Runner, tmp_path: Path) -> None:
    """Check --strict is 1 with the reasons on stderr where a source is missing, 0 for what is shipped."""
    ended = run("check", CHAIN, "--strict", "--quiet")
    assert (ended.code, ended.out) == (1, "")
    assert "no source" in ended.err
    assert run("check", CHAIN, "--quiet").code == 0
    assert run("check", "bayer-alumina", "--strict", "--quiet") == Ended(0, "", "")


def test_check_goes_on_after_a_bad_file(run: Runner, bad: str) -> None:
    """Check reports the files that are in order and the faults of the others, and is 2."""
    ended = run("check", bad, SMALL)
    assert ended.code == 2
    assert "alumina-nowhere" in ended.err
    assert "unproven" in ended.out


def test_check_of_a_recipe_that_does_not_close(run: Runner, tmp_path: Path) -> None:
    """A recipe outside its tolerance is a line of the check, 1 with --strict, and only a warning of a run."""
    (tmp_path / "c.yaml").write_text(
        "chain: c\nsources: {s: {cite: x}}\nmaterials:\n  a: {kind: resource}\n"
        "  b: {kind: product}\nprocesses:\n"
        "  p: {per: b, inputs: {a: {value: 1.5 t/t, source: s}}, outputs: {b: 1 t/t}}\n",
        encoding="utf-8",
    )
    (tmp_path / "s.yaml").write_text("scenario: s\nchains: [./c.yaml]\ndrive: {p: 1 t/a}\n", encoding="utf-8")
    assert "+33.33%" in run("check", "c.yaml").out
    ended = run("check", "c.yaml", "--strict", "--quiet")
    assert ended.code == 1
    assert re.search(r"c\.yaml:7:\d+: p does not close: mass \+33\.33%", ended.err)
    warnings = run.json("run", "s.yaml")["warnings"]
    assert [w["code"] for w in warnings] == ["recipe-open"]


def test_failure_is_3_in_one_line(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is 3 and one line on stderr; with --debug the exception itself comes through."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("first\nsecond")

    monkeypatch.setattr("mfa.scenario.Scenario.solve", broken)
    ended = run("run", SMALL)
    assert ended == Ended(3, "", "mfa failed: ZeroDivisionError: first\n")
    with pytest.raises(ZeroDivisionError):
        main(["run", SMALL, "--debug"])


def test_unwritable_folder_is_3(run: Runner, tmp_path: Path) -> None:
    """A folder that cannot be written is the program's failure, named in one line."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = run("run", SMALL, "--out", "file/below")
    assert (ended.code, ended.out) == (3, "")
    assert "file/below" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_interruption_is_130(run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ctrl-C ends with 130, quietly, and leaves nothing."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mfa.scenario.Scenario.solve", interrupted)
    ended = run("run", SMALL, "--out", "out")
    assert (ended.code, ended.out, ended.err.strip()) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_on_bad_input(run: Runner, tmp_path: Path, bad: str) -> None:
    """Faulty input leaves neither folder nor picture."""
    assert run("run", bad, "--out", "out").code == 2
    assert run("run", SMALL, "--set", "x.level=1 t/a", "--out", "out").code == 2
    assert run("sankey", bad, "-o", "p.svg").code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["bad.yaml"]


# ---------------------------------------------------------------- the commands
def test_run_prints_the_answer(run: Runner) -> None:
    """The printed answer holds the rate, the bound and the distance that the tables hold."""
    out = run("run", MAIN).out
    assert "79.51 %" in out
    assert "95.00 %" in out
    assert "532.7 kt/a more" in out  # 0.95 × 3 439 678 - 2 734 996 = 532 698
    assert "3,092,076" in out


def test_run_writes_every_table(run: Runner, tmp_path: Path) -> None:
    """--out writes each table and the manifest with the command line; nothing else."""
    assert run("run", SMALL, "--out", "deep/out").code == 0
    names = {p.name for p in (tmp_path / "deep" / "out").iterdir()}
    assert names == {*(f"{t}.csv" for t in TABLES), "manifest.json"}
    assert (
        json.loads((tmp_path / "deep/out/manifest.json").read_text(encoding="utf-8"))["command"][0] == "mfa"
    )


def test_run_without_out_writes_nothing(run: Runner, tmp_path: Path) -> None:
    """Without --out a run only prints."""
    run("run", SMALL)
    assert list(tmp_path.iterdir()) == []


def test_run_with_sankey(run: Runner, tmp_path: Path) -> None:
    """--sankey adds sankey.html beside the tables."""
    assert run("run", SMALL, "--out", "out", "--sankey", "--quiet").code == 0
    assert 'id="data"' in (tmp_path / "out" / "sankey.html").read_text(encoding="utf-8")


def test_run_json_is_the_tables(run: Runner) -> None:
    """The JSON of a run holds each table as rows with its columns."""
    made = run.json("run", SMALL)
    result = mfa.load(SMALL).solve()
    for name in TABLES:
        table = result.table(name)
        assert made[name] == [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_set_and_variant(run: Runner) -> None:
    """--set and --variant lie over the file, later ones win."""
    made = run.json("run", SMALL, "--set", "boiler.level=1 t/a", "--set", "boiler.level = 2 Mt/a")
    level = {r["process"]: r["level"] for r in made["processes"]}
    assert level["boiler"] == 2e6
    capacity = {
        r["process"]: r["capacity"] for r in run.json("run", SMALL, "--variant", "missed")["processes"]
    }
    assert capacity["board-plant"] == 90_000


def test_convert(run: Runner) -> None:
    """Convert prints the number alone; the JSON has value and unit."""
    assert run("convert", "240 万t/a", "t/a").out == "2400000\n"
    assert run("convert", "1 tce", "GJ").out == "29.3076\n"
    assert run.json("convert", "2.4 Mt/a", "万t/a") == {"value": pytest.approx(240), "unit": "万t/a"}


def test_list(run: Runner) -> None:
    """List names chains, scenarios, indicators and units, or one of these."""
    made = run.json("list")
    assert list(made) == ["chains", "scenarios", "indicators", "units"]
    assert {"bayer-alumina", "red-mud-use", "power-steam"} <= set(made["chains"])
    assert MAIN in made["scenarios"]
    assert "industrial-solid-waste-utilisation" in made["indicators"]
    assert {"t", "MWh", "tce"} <= set(made["units"])
    assert list(run.json("list", "chains")) == ["chains"]
    assert made["indicators"]["co2"]["label"]["zh"] != made["indicators"]["co2"]["label"]["en"]


def test_show_chain(run: Runner) -> None:
    """Show prints every recipe with amounts, units and sources, and the lists."""
    out = run("show", "bayer-alumina").out
    assert re.search(r"Bauxite +bauxite +1\.4324 t/t +stoichiometry", out)
    made = run.json("show", "bayer-alumina")
    assert made["processes"]["bayer-digestion"]["inputs"]["bauxite"] == pytest.approx(1.4324)
    assert made["processes"]["alumina-calcination"]["capacity"] == 3e6


def test_origin_gives_the_place_of_every_value(run: Runner, tmp_path: Path) -> None:
    """Every merged value has its FILE:LINE:COLUMN, whether parent, child, variant or --set wrote it."""
    (tmp_path / "base.yaml").write_text(
        f"scenario: base\nyear: 2024\nchains: [{'./c.yaml'}]\ndrive: {{p: 1 t/a}}\n", "utf-8"
    )
    (tmp_path / "c.yaml").write_text(
        "chain: c\nmaterials:\n  a: {kind: resource}\n  b: {kind: product}\nprocesses:\n"
        "  p: {per: b, inputs: {a: 1 t/t}, outputs: {b: 1 t/t}, capacity: 9 t/a}\n",
        "utf-8",
    )
    (tmp_path / "s.yaml").write_text(
        "scenario: s\nextends: base.yaml\nyear: 2025\nvariants:\n  v:\n    drive: {p: 3 t/a}\n", "utf-8"
    )
    rows = run.json("show", "s.yaml", "--origin", "--variant", "v", "--set", "p.capacity=5 t/a")
    found = {r["path"]: (r["value"], r["place"]) for r in rows}
    assert found["year"] == ("2025", "s.yaml:3:7")
    assert found["drive.p"] == ("3 t/a", "s.yaml:6:16")
    assert found["processes.p.per"] == ("b", "c.yaml:6:12")
    capacity = {k: v for k, v in found.items() if k.startswith("processes.p.capacity")}
    assert [v[0] for v in capacity.values()] == ["5 t/a"]
    assert all("--set" in v[1] for v in capacity.values())
    plain = run("show", "s.yaml", "--origin").out.splitlines()
    assert "drive.p: 1 t/a  # base.yaml:4:12" in plain


def test_origin_points_at_the_text(run: Runner) -> None:
    """In the shipped scenario every place of a file holds the first characters of the value."""
    lines: dict[str, list[str]] = {}
    checked = 0
    for row in run.json("show", MAIN, "--origin"):
        file, line, column = row["place"].rsplit(":", 2)
        if row["value"] in ("[]", "{}") or not Path(file).is_file():
            continue
        text = lines.setdefault(file, Path(file).read_text(encoding="utf-8").splitlines())
        at = text[int(line) - 1][int(column) - 1 :].lstrip("\"'")
        if row["path"].rsplit(".")[-1] in ("balance", "unit") or at.startswith(("{", "[")):
            continue
        assert at.startswith(row["value"][:3]), row
        checked += 1
    assert checked > 1000


def test_init_makes_a_project_that_runs(run: Runner, tmp_path: Path) -> None:
    """The new project passes its check and runs, target and variant included, and is not overwritten."""
    ended = run("init", "park")
    scenario = tmp_path / "park" / "scenarios" / "first.yaml"
    assert ended.code == 0
    assert "mfa run park/scenarios/first.yaml" in ended.out
    assert run("check", str(scenario), "--strict", "--quiet").code == 0
    # 1 Mt × 0.25 = 250 kt gangue; the kiln makes 120 kt of brick, of 1.1 t each; all with the second
    first = run.json("run", str(scenario))
    rates = {r["indicator"]: r["value"] for r in first["indicators"]}
    assert rates["industrial-solid-waste-utilisation"] == pytest.approx(132 / 250)
    assert run("run", str(scenario), "--variant", "second-kiln", "--require-targets", "--quiet").code == 0
    before = {p: p.read_bytes() for p in (tmp_path / "park").rglob("*.yaml")}
    again = run("init", "park")
    assert again.code == 2
    assert {p: p.read_bytes() for p in (tmp_path / "park").rglob("*.yaml")} == before


def test_schema(run: Runner) -> None:
    """Schema prints a JSON Schema of chains and of scenarios."""
    for kind in ("chain", "scenario"):
        made = json.loads(run("schema", kind).out)
        assert kind in made["properties"]


# ---------------------------------------------------------------- as a process of its own
def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60, **options
    )


def imported(*arguments: str) -> set[str]:
    """The top-level modules that a command imports."""
    ended = process("-X", "importtime", "-m", "mfa", *arguments)
    assert ended.returncode == 0, ended.stderr[-500:]
    lines = [x for x in ended.stderr.splitlines() if x.startswith("import time:")]
    return {x.rsplit("|", 1)[-1].strip().split(".")[0] for x in lines}


def test_help_imports_nothing_heavy() -> None:
    """`mfa --help` starts without any of the libraries that calculate or read."""
    assert imported("--help") & (HEAVY | {"pydantic"}) == set()


def test_check_imports_neither_pandas_nor_matplotlib() -> None:
    """`mfa check` needs no tables and no pictures."""
    assert imported("check", SMALL, "--quiet") & {"pandas", "matplotlib", "networkx"} == set()


def test_run_imports_neither_pandas_nor_matplotlib(tmp_path: Path) -> None:
    """`mfa run`, with its CSV files, needs neither pandas nor matplotlib nor networkx."""
    found = imported("run", SMALL, "--out", str(tmp_path / "out"))
    assert found & {"pandas", "matplotlib", "networkx"} == set()


def test_module_runs_like_the_command(tmp_path: Path) -> None:
    """`python -m mfa` exits with the code of the command and prints UTF-8 into a pipe."""
    ended = process("-m", "mfa", "run", MAIN, "--lang", "zh", env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert ended.returncode == 0
    assert chinese(ended.stdout)
    assert "\x1b[" not in ended.stdout
    assert process("-m", "mfa", "run", "no-such-scenario").returncode == 2


def test_broken_pipe_is_quiet() -> None:
    """Who stops reading early gets no complaint."""
    command = [sys.executable, "-m", "mfa", "show", MAIN, "--origin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait(60) == 0
    assert said == b""
