"""`mfa run --watch`: a process of its own, whose output is read while its files are changed."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

import mfa
from mfa.input.seen_files import seeing, state
from tests.test_cli import Runner

ROOT = Path(__file__).parent.parent
CHAIN = """chain: park
materials:
  ore: {kind: resource}
  metal: {kind: product}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 400 kt/a}
pools:
  mud: {takers: [kiln, {boundary: deposit}]}
"""
BASE = """scenario: base
chains: [park]
drive: {works: 1 Mt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
"""
CHILD = "scenario: child\nextends: base\n"
PATIENCE = 20  # seconds until a test gives up; a run takes some hundredths


class Watched:
    """A command that watches, its lines as they come."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "mfa", *arguments, "--watch"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
            # a shell that starts tests in the background has them ignore Ctrl-C
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        self.lines: queue.Queue[str] = queue.Queue()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            threading.Thread(target=self._follow, args=(stream,), daemon=True).start()

    def _follow(self, stream: IO[str]) -> None:
        for line in stream:
            self.lines.put(line.rstrip("\n"))

    def until(self, words: str) -> str:
        """The first line from now on that holds some words."""
        end, passed = time.monotonic() + PATIENCE, list[str]()
        while time.monotonic() < end:
            try:
                passed.append(self.lines.get(timeout=0.1))
            except queue.Empty:
                assert self.process.poll() is None, passed
                continue
            if words in passed[-1]:
                return passed[-1]
        raise AssertionError(f"no line with {words!r} but {passed}")

    def interrupted(self) -> int:
        """Ctrl-C, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain, a scenario and one that extends it, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("chains/park", CHAIN), ("scenarios/base", BASE), ("scenarios/child", CHILD)):
        Path(f"{name}.yaml").parent.mkdir(exist_ok=True)
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def watched() -> Iterator[list[Watched]]:
    """What a test started, ended with it."""
    started: list[Watched] = []
    yield started
    for each in started:
        each.process.kill()
        each.process.wait()
        for stream in (each.process.stdout, each.process.stderr):
            if stream:
                stream.close()


def start(started: list[Watched], *arguments: str) -> Watched:
    started.append(Watched(*arguments))
    return started[-1]


def change(file: str, old: str, new: str) -> None:
    """Save a file as many editors do: a new one takes its place."""
    text = Path(file).read_text(encoding="utf-8")
    assert old in text
    Path(f"{file}.new").write_text(text.replace(old, new), encoding="utf-8")
    Path(f"{file}.new").replace(file)


pytestmark = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal of POSIX here")


def test_runs_again_when_a_chain_or_a_parent_is_saved(project: Path, watched: list[Watched]) -> None:
    """Chain and parent count: a kiln of 400, then 700, then 700 of 1 400 kt/a: 40, 70, 50 %."""
    running = start(watched, "run", "scenarios/child.yaml")
    assert "40.00 %" in running.until("✗")
    running.until("watching 3 files")
    before = time.monotonic()
    change("chains/park.yaml", "400 kt/a", "700 kt/a")
    assert "saved: chains/park.yaml" in running.until("saved")
    assert "70.00 %" in running.until("✗")
    assert time.monotonic() - before < 3  # from save to print: half a second where nothing else runs
    running.until("watching 3 files")
    with Path("scenarios/base.yaml").open("r+", encoding="utf-8") as file:  # in place, as others do
        text = file.read().replace("1 Mt/a", "1.4 Mt/a")
        file.seek(0)
        file.write(text)
    assert "50.00 %" in running.until("✗")
    assert running.interrupted() == 130


def test_goes_on_after_a_fault(project: Path, watched: list[Watched]) -> None:
    """A fault is told; the file that it names is waited for, though it is not there yet."""
    running = start(watched, "run", "scenarios/child.yaml", "--lang", "zh")
    running.until("正在监视 3")
    change("scenarios/base.yaml", "[park]", "[park, kilns]")
    assert "kilns" in running.until("scenarios/base.yaml:2:16")
    running.until("正在监视")
    more = CHAIN.replace("chain: park", "chain: kilns").split("processes:")[0]
    Path("chains/kilns.yaml").write_text(more, encoding="utf-8")
    assert "40.00 %" in running.until("✗")
    running.until("正在监视 4")
    Path("chains/kilns.yaml").unlink()
    running.until("scenarios/base.yaml:2:16")
    assert running.interrupted() == 130


def test_waits_for_a_scenario_that_is_not_there(project: Path, watched: list[Watched]) -> None:
    """The scenario itself may come later."""
    running = start(watched, "run", "scenarios/late.yaml")
    running.until("late.yaml")
    running.until("watching")
    Path("scenarios/late.yaml").write_text(BASE, encoding="utf-8")
    assert "40.00 %" in running.until("✗")


def test_writes_each_time(project: Path, watched: list[Watched]) -> None:
    """With --out the tables are those of the last save; as JSON each run is a line."""
    running = start(watched, "run", "scenarios/base.yaml", "--out", "out", "--json", "--quiet")
    rate = "industrial-solid-waste-utilisation"
    for capacity, expected in ((400, 0.4), (700, 0.7)):
        if capacity > 400:
            change("chains/park.yaml", "400 kt/a", f"{capacity} kt/a")
        rows = {r["indicator"]: r for r in json.loads(running.until("{"))["indicators"]}
        assert rows[rate]["value"] == pytest.approx(expected)
        written = Path("out/indicators.csv").read_text(encoding="utf-8-sig").splitlines()
        assert any(rate in line and f",{expected}" in line for line in written)
    assert running.interrupted() == 130
    while not running.lines.empty():
        assert running.lines.get() == ""  # quiet: nothing but the answers


def test_what_a_run_asked_for(project: Path) -> None:
    """The files that were read, and where the chain would be found before; each as it was."""
    with seeing() as seen:
        mfa.load("scenarios/child.yaml")
    there = {p.relative_to(project).as_posix() for p, was in seen.items() if was is not None}
    assert there == {"scenarios/child.yaml", "scenarios/base.yaml", "chains/park.yaml"}
    assert seen[project / "scenarios" / "park.yaml"] is None
    assert all(state(p) == was for p, was in seen.items())


def test_a_watch_has_no_exit_code(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--require-targets with --watch is refused, before anything is run."""
    ended = Runner(capsys)("run", "scenarios/base.yaml", "--watch", "--require-targets")
    assert (ended.code, ended.out) == (2, "")
    assert "'--watch'" in ended.err
