"""Files are whole, a results folder belongs to one run, and the user's own files stay."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mfa
from mfa.cli import main
from mfa.results.tables import Table
from mfa.show import file_lock
from mfa.show.files import csv_text, write_atomically
from mfa.show.folders import write_together
from tests.killed import NEW, OLD, put

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
MAIN = "alumina-red-mud"
SMALL = str(CASES / "tiers" / "scenario.yaml")
FULL = OSError(28, "No space left on device")


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def listed(folder: Path) -> dict[str, str]:
    """What the manifest says belongs to the run."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {f["file"]: f["sha256"] for f in manifest["files"]}


def whole(folder: Path) -> bool:
    """Whether everything that the manifest lists is there as it says."""
    return all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == d for name, d in listed(folder).items()
    )


def call(*arguments: str) -> int:
    """The exit code of the command line, called in this process."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    return code if isinstance(code, int) else 0


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """The command line as a process of its own."""
    command = [sys.executable, "-m", "mfa", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)


# ---------------------------------------------------------------- one file
PICTURES: dict[str, Callable[[Path], object]] = {
    "sankey": lambda p: mfa.load(MAIN).solve().sankey(p),
    "picture": lambda p: mfa.load(MAIN).picture(p),
    "report": lambda p: mfa.load(SMALL).solve().report(p),
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("sankey", "a.svg"),
        ("sankey", "a.png"),
        ("sankey", "a.pdf"),
        ("picture", "a.svg"),
        ("report", "a.html"),
    ],
)
def test_picture_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    """A full disk is one sentence with the file and the reason; the old picture is as it was."""

    def full(*_: object) -> Any:
        raise FULL

    (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", full)
    said = f"^cannot write {re.escape(str(tmp_path / name))}: No space left on device$"
    with pytest.raises(mfa.Failure, match=said):
        PICTURES[kind](tmp_path / name)
    assert contents(tmp_path) == {name: b"old"}


@pytest.mark.parametrize(
    "command",
    [
        ["sankey", MAIN, "-o", "new/deep/x.svg"],
        ["chart", "gauge", MAIN, "-o", "new/deep/x.png"],
        ["show", MAIN, "--picture", "new/deep/x.pdf"],
    ],
    ids=lambda c: c[0],
)
def test_missing_folders_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """A picture makes the folders that it lacks."""
    monkeypatch.chdir(tmp_path)
    assert call(*command, "--quiet") == 0
    assert (tmp_path / command[-1]).stat().st_size > 1000


def test_folder_of_a_picture_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason in words, no name of an exception, and no folder made half way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert call("sankey", SMALL, "-o", "file/x.svg") == 3
    assert capsys.readouterr().err == "mfa failed: cannot write file/x.svg: Not a directory\n"
    name = "x" * 300 + ".svg"
    assert call("sankey", SMALL, "-o", f"new/{name}") == 3
    assert capsys.readouterr().err == f"mfa failed: cannot write new/{name}: File name too long\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_umask_and_old_modes_are_kept(tmp_path: Path) -> None:
    """A new file has the mode that the umask leaves, one that is replaced keeps its own."""
    before = os.umask(0o077)
    try:
        mfa.load(SMALL).solve().write(tmp_path / "out", sankey=True)
        write_atomically(tmp_path / "a.csv", "new")
        mfa.load(SMALL).solve().sankey(tmp_path / "a.svg")
    finally:
        os.umask(before)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}
    (tmp_path / "a.csv").chmod(0o640)
    (tmp_path / "out" / "flows.csv").chmod(0o660)
    write_atomically(tmp_path / "a.csv", "newer")
    mfa.load(SMALL).solve().write(tmp_path / "out")
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "out" / "flows.csv").stat().st_mode & 0o777 == 0o660


def test_links_are_followed_and_devices_refused(tmp_path: Path) -> None:
    """A link to a file stays a link; what is no file is not replaced by one."""
    (tmp_path / "real.csv").write_text("old", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_atomically(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == "new"
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(mfa.Failure, match="not a regular file"):
        write_atomically(tmp_path / "pipe.csv", "new")
    assert (tmp_path / "pipe.csv").is_fifo()


def test_two_writers_of_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes while a file is being written is told; what a killed writer left does not count."""
    (tmp_path / ".a.csv.mfa").write_text("half", encoding="utf-8")
    original = Path.replace

    def meanwhile(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", original)
        with pytest.raises(mfa.Failure, match=r"cannot write .*a\.csv: another run is writing there"):
            write_atomically(tmp_path / "a.csv", "second")
        return original(self, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    write_atomically(tmp_path / "a.csv", "first")
    assert contents(tmp_path) == {"a.csv": b"first"}


# ---------------------------------------------------------------- a folder, one run
def test_later_run_with_fewer_files_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    """Pages and tables of the earlier run are gone, what others put there is kept."""
    scenario = mfa.load(MAIN).with_layers(["Ga"])
    scenario.solve().write(tmp_path, sankey=True, report=True, remedies=True)
    assert {"sankey.html", "report.html", "remedies.csv", "layers.csv", "costs.csv"} <= set(listed(tmp_path))
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "layers.csv").write_text("edited by hand", encoding="utf-8")
    mfa.load(SMALL).solve().write(tmp_path)
    assert whole(tmp_path)
    assert set(contents(tmp_path)) == {*listed(tmp_path), "manifest.json", "mine.txt", "layers.csv"}
    assert (tmp_path / "layers.csv").read_text(encoding="utf-8") == "edited by hand"


def test_run_is_named_on_its_pages(tmp_path: Path) -> None:
    """Both pages say which run they are of; the same run has the same name, another one another."""
    names = {}
    for folder, variants in (("a", []), ("b", []), ("c", ["own-ash"])):
        mfa.load(MAIN, variants=variants).solve().write(tmp_path / folder, sankey=True, report=True)
        name = json.loads((tmp_path / folder / "manifest.json").read_text(encoding="utf-8"))["run"]
        assert re.fullmatch("[0-9a-f]{12}", name)
        for page in ("sankey.html", "report.html"):
            assert f"run {name}" in (tmp_path / folder / page).read_text(encoding="utf-8")
        names[folder] = name
    assert names["a"] == names["b"] != names["c"]
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_comparison_takes_the_place_of_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of an earlier comparison does not stand beside the tables of a later one."""
    monkeypatch.chdir(tmp_path)
    assert call("compare", MAIN, f"{MAIN}+own-ash", "--out", "out", "--html", "--quiet") == 0
    assert "compare.html" in listed(tmp_path / "out")
    assert call("compare", MAIN, f"{MAIN}+plan-sinks", "--out", "out", "--quiet") == 0
    assert set(contents(tmp_path / "out")) == {*listed(tmp_path / "out"), "manifest.json"}
    assert "compare.html" not in listed(tmp_path / "out")
    assert whole(tmp_path / "out")


def test_manifest_of_a_stranger_leads_nowhere_else(tmp_path: Path) -> None:
    """A folder that was made to harm gets no file outside it removed."""
    (tmp_path / "precious.txt").write_text("x", encoding="utf-8")
    digest = hashlib.sha256(b"x").hexdigest()
    names = ["../precious.txt", str(tmp_path / "precious.txt")]
    (tmp_path / "out" / ".mfa-writing" / "old").mkdir(parents=True)
    (tmp_path / "out" / ".mfa-writing" / "new").mkdir()
    (tmp_path / "out" / ".mfa-writing" / "new" / "a").write_text("", encoding="utf-8")
    record = json.dumps({"put": [*names, "a"], "taken": []})
    (tmp_path / "out" / ".mfa-writing" / "record.json").write_text(record, encoding="utf-8")
    manifest = json.dumps({"files": [{"file": n, "sha256": digest} for n in names]})
    (tmp_path / "out" / "manifest.json").write_text(manifest, encoding="utf-8")
    put(tmp_path / "out", OLD)
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "x"
    assert set(contents(tmp_path / "out")) == {*OLD, "manifest.json"}


def test_second_writer_is_told(tmp_path: Path) -> None:
    """Who comes while a folder is being written is told by whom, and changes nothing."""

    def files() -> Iterator[tuple[str, str]]:
        yield "flows.csv", "first"
        with pytest.raises(mfa.Failure) as error:
            write_together(tmp_path, [("flows.csv", "second")])
        assert str(error.value) == (
            f"cannot write {tmp_path}: another run (pid {os.getpid()}) is writing there"
        )
        yield "pools.csv", "first"

    write_together(tmp_path, files())
    assert contents(tmp_path) == {"flows.csv": b"first", "pools.csv": b"first"}


def test_name_that_is_a_folder_is_found_before_anything_moves(tmp_path: Path) -> None:
    """Where a table cannot be put the earlier run stays whole."""
    put(tmp_path, OLD)
    (tmp_path / "costs.csv").mkdir()
    before = contents(tmp_path)
    with pytest.raises(mfa.Failure, match=r"cannot write .*costs\.csv: Is a directory"):
        put(tmp_path, NEW)
    assert contents(tmp_path) == before


def test_new_folder_goes_again_where_the_run_fails(tmp_path: Path) -> None:
    """A run that fails while it writes leaves neither the folder nor those above it that it made."""

    def files() -> Iterator[tuple[str, str]]:
        yield "chains/a.yaml", ""
        raise FULL

    with pytest.raises(mfa.Failure, match="No space left on device"):
        write_together(tmp_path / "new" / "deep", files())
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- kills
def test_kill_at_every_step(tmp_path: Path) -> None:
    """SIGKILL before any step on the disk: the old set or the new one whole, or without its manifest.

    What is left is brought in order by the next writer, also by one that fails.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "tests.killed", str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    sets = []
    for files in (OLD, NEW):
        put(tmp_path / "set", files)
        sets.append({**contents(tmp_path / "set"), "mine.txt": b"mine"})
    marked = 0
    for step in range(int(ended.stdout) + 1):
        folder = tmp_path / str(step)
        found = {name: text for name, text in contents(folder).items() if not name.startswith(".mfa-writing")}
        if "manifest.json" in found:
            assert found in sets, step
        marked += "manifest.json" not in found
        with pytest.raises(mfa.Failure, match="No space left"):
            write_together(folder, broken())
        assert contents(folder) in sets, step
        put(folder, NEW)
        assert contents(folder) == sets[1], step
    assert 5 <= marked <= 2 * len(OLD | NEW) + 1  # from the first rename to the last


def broken() -> Iterator[tuple[str, str]]:
    """Files of which the first cannot be made."""
    raise FULL
    yield "", ""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
def test_signals_clean_up(tmp_path: Path, number: signal.Signals) -> None:
    """A run that is told to end while it writes leaves the earlier run or, too late, its own; no more."""
    put(tmp_path / "out", OLD)
    before = contents(tmp_path / "out")
    codes = []
    for wait in (0.0, 0.02, 0.1, 0.3):
        process = started("run", SMALL, "--out", str(tmp_path / "out"), "--sankey", "--report", "--quiet")
        while process.poll() is None and not (tmp_path / "out" / ".mfa-writing").exists():
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(number)
        error = process.communicate(timeout=60)[1]
        # Python itself ends by SIGINT where it met code made from a text; a shell calls both 130
        codes.append(130 if process.returncode == -signal.SIGINT else process.returncode)
        found = contents(tmp_path / "out")
        assert error.strip() == b""
        assert {p.name for p in tmp_path.iterdir()} == {"out"}
        assert {p.name for p in (tmp_path / "out").iterdir()} == set(found)
        assert whole(tmp_path / "out")
        assert found == before or "sankey.html" in found
        put(tmp_path / "out", OLD)
    assert codes[0] == 128 + number


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
)  # a file nobody could close
@pytest.mark.parametrize("step", ["_open", "_lock", "_leads_to"])
def test_a_signal_while_the_lock_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whichever step it comes after, nothing is left, and the next writer finds the folder free."""
    done = getattr(file_lock, step)

    def interrupted(*given: Path) -> None:
        monkeypatch.undo()
        done(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(file_lock, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together(tmp_path, [("a.csv", "1\n")])
    assert list(tmp_path.iterdir()) == []
    write_together(tmp_path, [("a.csv", "2\n")])
    assert (tmp_path / "a.csv").read_text() == "2\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_that_a_library_turns_into_an_error_of_its_own(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As compiled code does while it is imported: the program ends as told to, and says nothing."""

    def load(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(number)
        except BaseException as error:
            raise SystemError("initialization failed") from error

    monkeypatch.setattr(mfa, "load", load)
    assert call("run", SMALL) == 128 + number
    told = capsys.readouterr()
    assert (told.out, told.err.strip()) == ("", "")


def test_importing_the_library_takes_no_signal() -> None:
    """Only the command line handles signals, and it gives them back."""
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    assert call("list", "--quiet") == 0
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before


# ---------------------------------------------------------------- names and cells
@pytest.mark.parametrize(
    "command",
    [
        ["run", SMALL, "--out", ""],
        ["audit", SMALL, "--out", ""],
        ["compare", SMALL, SMALL, "--out", ""],
        ["sankey", SMALL, "-o", ""],
        ["chart", "gauge", MAIN, "-o", " "],
        ["export", SMALL, "--xlsx", ""],
        ["show", SMALL, "--picture", ""],
        ["init", ""],
    ],
    ids=lambda c: c[0],
)
def test_empty_path_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """An unset variable of the shell writes nothing into the current folder."""
    monkeypatch.chdir(tmp_path)
    assert call(*command) == 2
    assert "the path is empty; name a file or folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


FORMULAS = ["=cmd|' /C calc'!A0", "+1+cmd", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-5 t/a", "'=1"]


def test_text_in_csv_is_no_formula() -> None:
    """No text begins as a formula does; numbers, signs and ids stay; one apostrophe less gives the text."""
    plain = ["-", "-5", "+1.5e-3", "red-mud", "'quoted'", "5 - 3", "−5 t/a", ""]
    table = Table("t", ("text", "number"), [(text, -1.5) for text in [*FORMULAS, *plain]])
    rows = list(csv.reader(io.StringIO(csv_text(table), newline="")))[1:]
    assert {number for _, number in rows} == {"-1.5"}
    texts = [text for text, _ in rows]
    assert texts[len(FORMULAS) :] == plain
    assert [text[0] for text in texts[: len(FORMULAS)]] == ["'"] * len(FORMULAS)
    assert [text[1:] for text in texts[: len(FORMULAS)]] == FORMULAS


def test_claims_hold_no_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Label and source of a claim reach the table as text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(
        "scenario: s\nmaterials: {ore: {kind: resource}, metal: {kind: product}}\n"
        "sources: {book: {cite: '@SUM(A1)'}}\n"
        "processes: {mill: {per: metal, inputs: {ore: 1 t/t}}}\ndrive: {mill: 10 t/a}\n"
        "claims:\n  - {level: mill, value: 10 t/a, label: \"=cmd|' /C calc'!A0\", source: book}\n",
        encoding="utf-8",
    )
    assert call("audit", "s.yaml", "--out", "out", "--quiet") == 0
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["label"] == "'=cmd|' /C calc'!A0"
    assert row["stated"] == "10 t/a"
    assert not any(text[:1] in ("=", "+", "@") for text in row.values())
