"""What is printed reaches every stream: old encodings, readers that go, outputs that are closed or full."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mfa.cli import main
from mfa.cli.failing import MOST_FAULTS
from mfa.show.stream import Output, say_json
from mfa.show.terminal.table import table
from mfa.show.text import number

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
SMALL = str(CASES / "unproven" / "scenario.yaml")
CHAIN = str(CASES / "unproven" / "chain.yaml")
ENCODINGS = ["gbk", "cp1252", "latin-1", "ascii"]

PARK = """scenario: park
label: {en: Park – 2 × 500 kt, zh: 园区}
chains: [./chain.yaml]
drive: {cells: 500 kt/a}
targets: {"utilisation:mud": {min: 95 %}}
claims:
  - {label: {en: Metal ≥ plan, zh: 金属}, level: cells, value: 50 万t/a}
  - {label: {en: Half of it, zh: 一半}, level: cells, value: 25 万t/a}
"""
PARK_CHAIN = """chain: chain
materials:
  ore: {kind: resource, label: {en: Ore, zh: 矿石}}
  metal: {kind: product, label: {en: Metal, zh: 金属}}
  mud: {kind: waste, waste: industrial-solid, label: {en: Mud, zh: 赤泥}}
processes:
  cells: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
pools: {metal: {takers: [{boundary: export, limit: none}]}, mud: {takers: [{stock: yard}]}}
stocks: {yard: {material: mud}}
"""

CALLS = {
    "run": (0, ["run", "park.yaml"]),
    "run-zh": (0, ["run", "park.yaml", "--lang", "zh"]),
    "targets": (1, ["run", "park.yaml", "--require-targets"]),
    "remedies": (0, ["run", SMALL, "--remedies"]),
    "check": (0, ["check", "chain.yaml", SMALL]),
    "show": (0, ["show", "chain.yaml"]),
    "origin": (0, ["show", "park.yaml", "--origin"]),
    "list": (0, ["list"]),
    "convert": (0, ["convert", "240 万t/a", "t/a"]),
    "compare": (0, ["compare", "park.yaml", SMALL]),
    "audit": (0, ["audit", "park.yaml"]),
    "strict": (1, ["audit", "park.yaml", "--strict", "--lang", "zh"]),
    "schema": (0, ["schema", "chain"]),
    "help": (0, ["--help"]),
    "help-compare": (0, ["compare", "--help"]),
    "help-convert": (0, ["convert", "--help"]),
    "fault": (2, ["run", "park.yaml", "--set", "cells.level=1 ton/a"]),
    "fault-zh": (2, ["run", "no-such", "--lang", "zh"]),
    "usage": (2, ["run", "park.yaml", "--such→"]),
}


@pytest.fixture
def park(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small park whose target is missed and one of whose claims contradicts."""
    (tmp_path / "park.yaml").write_text(PARK, encoding="utf-8")
    (tmp_path / "chain.yaml").write_text(PARK_CHAIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(monkeypatch: pytest.MonkeyPatch, encoding: str, *call: str) -> tuple[int, str, str]:
    """A command whose output goes to streams of an encoding; what they hold, decoded."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding, newline="\n") for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as ended:
            main(call)
    code = ended.value.code
    assert isinstance(code, int)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode(encoding))  # type: ignore[attr-defined]
    return code, texts[0], texts[1]


# ---------------------------------------------------------------- encodings
@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-8"])
@pytest.mark.parametrize("name", CALLS)
def test_every_command_on_every_stream(
    name: str, encoding: str, park: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the encoding, a command ends as it does anywhere and prints what the stream can say."""
    code, call = CALLS[name]
    ended, out, err = called(monkeypatch, encoding, *call)
    assert ended == code, err
    assert (out or err).strip()
    assert "failed" not in err
    assert "\ufffd" not in out + err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_signs_become_plainer_ones(encoding: str, park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cross of a missed target is an x, the dash a hyphen and ≥ two signs where the stream has none."""
    _, out, _ = called(monkeypatch, encoding, "run", "park.yaml")
    assert "\nx " in out
    first = out.splitlines()[0]
    dash = "–" if encoding in ("gbk", "cp1252") else "-"
    times = "x" if encoding == "ascii" else "×"
    dot = "*" if encoding == "ascii" else "·"
    assert first == f"park {dot} Park {dash} 2 {times} 500 kt"
    claims = called(monkeypatch, encoding, "audit", "park.yaml")[1]
    assert f"Metal {'≥' if encoding == 'gbk' else '>='} plan" in claims


def test_chinese_stays_chinese_under_gbk(park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chinese answer under GBK is that under UTF-8, but for the cross."""
    _, wide, _ = called(monkeypatch, "utf-8", "run", "park.yaml", "--lang", "zh")
    _, gbk, _ = called(monkeypatch, "gbk", "run", "park.yaml", "--lang", "zh")
    assert "✗" in wide
    assert gbk == wide.replace("✗", "x")


def test_columns_stay_in_line(park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in of two signs is counted as two: the column after it begins at one place."""
    _, out, _ = called(monkeypatch, "ascii", "audit", "park.yaml")
    rows = [r for r in out.splitlines() if "Metal >=" in r or "Half of it" in r][:2]
    assert len({r.index(t) for r, t in zip(rows, ("25 ?t/a", "50 ?t/a"), strict=True)}) == 1


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["run", "check", "show", "origin", "list", "convert", "compare", "audit"])
def test_json_is_the_same_on_every_stream(
    name: str, encoding: str, park: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON loses no sign: what the stream cannot say is escaped."""
    call = [*CALLS[name][1], "--json"]
    wide = json.loads(called(monkeypatch, "utf-8", *call)[1])
    assert json.loads(called(monkeypatch, encoding, *call)[1]) == wide


def test_json_of_faults_is_the_same_on_every_stream(park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The faults in Chinese too."""
    call = ["run", "no-such", "--lang", "zh", "--json"]
    code, out, _ = called(monkeypatch, "ascii", *call)
    assert code == 2
    assert "没有" in json.loads(out)["errors"][0]["text"]


def test_json_has_no_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no finite number is null."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    say_json({"a": [float("inf"), -float("inf"), 1.5], "b": (float("nan"),)})
    assert stream.getvalue() == '{"a": [null, null, 1.5], "b": [null]}\n'


# ---------------------------------------------------------------- readers that go
def process(*call: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "check": False, **options}
    env = {**os.environ, "PYTHONPATH": str(ROOT)} | given.pop("env", {})
    return subprocess.run([sys.executable, "-m", "mfa", *call], text=True, cwd=cwd, env=env, **given)  # noqa: PLW1510  in `given`


def unread() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("name", ["targets", "strict", "help"])
def test_exit_code_survives_a_closed_pipe(name: str, buffered: str, park: Path) -> None:
    """A reader that has gone changes no exit code, and nothing is said of it."""
    code, call = CALLS[name]
    ended = process(*call, cwd=park, stdout=unread(), env={"PYTHONUNBUFFERED": buffered})
    assert (ended.returncode, ended.stderr) == (code, "")


def test_fault_with_nobody_to_read_it_is_2(park: Path) -> None:
    """Neither on stderr nor on stdout."""
    assert process("run", "no-such", cwd=park, stdout=unread(), stderr=unread()).returncode == 2


def test_files_are_written_after_the_reader_has_gone(park: Path) -> None:
    """`mfa run … --out DIR --remedies | head -1` writes every file, and is 1."""
    call = ("run", "park.yaml", "--out", "out", "--remedies", "--require-targets")
    assert process(*call, cwd=park, stdout=unread()).returncode == 1
    assert (park / "out" / "remedies.csv").is_file()


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("name", ["run", "strict", "fault", "usage"])
def test_closed_streams(name: str, closed: str, park: Path) -> None:
    """A process without stdout or stderr ends with the code of what it found."""
    code, call = CALLS[name]
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "mfa", *call]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(shell, capture_output=True, text=True, cwd=park, env=env, check=False)
    assert ended.returncode == code
    assert "Error" not in ended.stderr.replace("Error: No such option", "")
    assert "failed" not in ended.stderr


def test_tables_are_whole_with_closed_streams(park: Path) -> None:
    """With descriptors 1 and 2 free, nothing printed lands in a file that is being written."""
    shell = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-m", "mfa"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name, call in {
        "a": [*shell, "run", "park.yaml"],
        "b": [sys.executable, "-m", "mfa", "run", "park.yaml"],
    }.items():
        subprocess.run([*call, "--out", name], capture_output=True, cwd=park, env=env, check=True)
    for file in (park / "a").glob("*.csv"):
        assert file.read_bytes() == (park / "b" / file.name).read_bytes()


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("call", [["run", "park.yaml"], ["--help"], ["list", "--json"]], ids=str)
def test_full_output_is_3(call: list[str], buffered: str, park: Path) -> None:
    """An answer that cannot be written is a failure, told in one line."""
    with Path("/dev/full").open("w") as full:
        ended = process(*call, cwd=park, stdout=full, env={"PYTHONUNBUFFERED": buffered})
    assert ended.returncode == 3
    assert ended.stderr == "mfa failed: cannot write to the output: No space left on device\n"


def test_full_stderr_is_still_2(park: Path) -> None:
    """Where the fault itself cannot be told, the code tells it."""
    with Path("/dev/full").open("w") as full:
        assert process("run", "no-such", cwd=park, stderr=full).returncode == 2


INTERRUPTED = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
sys.argv = ["mfa", "audit", "park.yaml"]
from mfa.__main__ import main
main()
"""


@pytest.mark.parametrize("name", ["click", "mfa.cli.running", "mfa.scenario", "highspy"])
def test_interruption_of_an_import_is_130(name: str, park: Path) -> None:
    """Ctrl-C while the program is still being read is 130 without a traceback."""
    code = INTERRUPTED.format(name=name)
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=park,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (ended.returncode, ended.stderr.strip()) == (130, "")


# ---------------------------------------------------------------- width, faults, arguments
def test_tables_fit_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are cut until a row fits, numbers never; redirected, without COLUMNS, nothing is cut."""
    rows = [("赤泥" * 20, "b" * 30, "1,234,567"), ("c", "d", "1")]
    monkeypatch.setenv("COLUMNS", "50")
    table("", ["one", "two", "three"], rows, left=2)
    lines = capsys.readouterr().out.splitlines()
    # 50 = 18 and 19 for the texts, 9 for the number and twice two blanks
    assert lines[1] == "赤泥赤泥赤泥赤泥…   bbbbbbbbbbbbbbbbbb…  1,234,567"
    monkeypatch.delenv("COLUMNS")
    table("", ["one", "two", "three"], rows, left=2)
    assert "b" * 30 in capsys.readouterr().out


def test_huge_amounts_are_short() -> None:
    """From 1e15 on digits mean nothing: 1e300 is not written out."""
    assert number(1e300) == "1e+300"
    assert number(999_999_999_999_999) == "999,999,999,999,999"


def test_many_faults_are_capped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 3 000 faults the first 200 are told, and how many more there are; JSON has all."""
    rows = [f"  p{i}: {{per: nothing{i}}}" for i in range(3000)]
    (tmp_path / "many.yaml").write_text("\n".join(["chain: many", "processes:", *rows]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for call in (["check", "many.yaml"], ["show", "many.yaml", "--json"]):
        with pytest.raises(SystemExit) as ended:
            main(call)
        assert ended.value.code == 2
        out, err = capsys.readouterr()
        assert len(err.splitlines()) == MOST_FAULTS + 1 == 201
        assert err.splitlines()[-1] == "and 2,800 more"
    assert len(json.loads(out)["errors"]) == 3000


@pytest.mark.parametrize(("text", "unit", "value"), [("-5 t", "kg", "-5000"), ("-.5 h", "s", "-1800")])
def test_negative_quantities(text: str, unit: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A quantity below nothing is no option, not even one with an h in it."""
    with pytest.raises(SystemExit) as ended:
        main(["convert", text, unit])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{value}\n")


def test_steps_without_a_focus(
    park: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Steps that would count nothing are refused, and nothing is drawn."""
    with pytest.raises(SystemExit) as ended:
        main(["sankey", "park.yaml", "--steps", "2", "-o", "p.svg"])
    assert ended.value.code == 2
    assert "a name to follow was expected" in capsys.readouterr().err
    assert not (park / "p.svg").exists()


# ---------------------------------------------------------------- progress
@pytest.mark.parametrize(("more", "shown"), [([], True), (["--quiet"], False), (["--json"], False)])
def test_progress_of_an_audit(
    more: list[str],
    shown: bool,
    park: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a terminal stderr tells how many claims are judged; never with --quiet or --json."""
    monkeypatch.setattr(Output, "isatty", lambda self: True)
    with pytest.raises(SystemExit):
        main(["audit", "park.yaml", *more])
    err = capsys.readouterr().err
    assert ("1/2 claims" in err, "2/2 claims" in err) == (shown, shown)
    assert err == "" or err.endswith("\r\x1b[K")


def test_no_progress_without_a_terminal(park: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A redirected stderr stays empty."""
    with pytest.raises(SystemExit):
        main(["audit", "park.yaml"])
    assert capsys.readouterr().err == ""
