"""Kills commands while they work and looks at what lies there: `python -m benchmarks.kills [KILLS]`.

Each command writes over what an earlier one left, whole; then it gets SIGINT, SIGTERM or SIGKILL at a random
moment of the time that it takes. Counted are: the old files whole, the new ones whole, a run without its
manifest (a kill between its first rename and its last), anything else, and hidden files left behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mfa.cli import main
from mfa.show import folders
from mfa.show.run_folder import with_manifest

SCENARIO = "alumina-red-mud"
RUN = ["run", SCENARIO, "--out", "out", "--quiet"]
EXTRAS = ["--sankey", "--report", "--remedies"]
COMMANDS = {
    "run": ([*RUN, *EXTRAS], [*RUN, "--variant", "own-ash"]),
    "run, more files": ([*RUN, "--variant", "own-ash"], [*RUN, *EXTRAS]),
    "export": (["export", SCENARIO, "--xlsx", "out/a.xlsx", "--quiet"],) * 2,
    "sankey": (["sankey", SCENARIO, "-o", "out/a.png", "--quiet"],) * 2,
    "chart": (["chart", "wastes", SCENARIO, "-o", "out/a.svg", "--quiet"],) * 2,
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def started(folder: Path, command: list[str]) -> int:
    """A command at work in a folder, as a process with all libraries loaded; its number."""
    child = os.fork()
    if child:
        return child
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os._exit(called(command))


def called(command: list[str]) -> int:
    """The exit code of a command."""
    try:
        main(command)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        return 130
    return 0


def ended(child: int) -> int:
    """The exit code of a process, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def shown(folder: Path) -> dict[str, str]:
    """What a reader sees: file → SHA-256; the time of writing that a workbook carries does not count."""
    files = [p for p in (folder / "out").iterdir() if not p.name.startswith(".")]
    whole = {p.name: p.read_bytes() for p in files}
    return {
        n: "a workbook" if n.endswith("xlsx") and b[-22:-18] == b"PK\5\6" else _sha(b)
        for n, b in whole.items()
    }


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def left(folder: Path) -> list[str]:
    """Hidden files of a writer that did not come to its end."""
    return [p.name for p in (folder / "out").iterdir() if p.name.startswith(".")]


def kills(name: str, number: int, random_: random.Random) -> dict[str, Counter[str]]:
    """What was found after `number` kills of a command, signal by signal."""
    before, after = COMMANDS[name]
    found: dict[str, Counter[str]] = {s.name: Counter() for s in SIGNALS}
    with tempfile.TemporaryDirectory() as top:
        base, work = Path(top, "base"), Path(top, "work")
        (base / "out").mkdir(parents=True)
        (base / "out" / "mine.txt").write_text("mine", encoding="utf-8")
        assert ended(started(base, before)) == 0
        shutil.copytree(base, work)
        begun = time.perf_counter()
        assert ended(started(work, after)) == 0
        takes = time.perf_counter() - begun
        old, new = shown(base), shown(work)
        for i in range(number):
            shutil.rmtree(work)
            shutil.copytree(base, work)
            process = started(work, after)
            time.sleep(random_.uniform(0.0, 1.05 * takes))
            chosen = SIGNALS[i % len(SIGNALS)]
            os.kill(process, chosen)
            ended(process)
            seen, counts = shown(work), found[chosen.name]
            marked = name.startswith("run") and "manifest.json" not in seen
            what = "old" if seen == old else "new" if seen == new else "no manifest" if marked else "MIXED"
            counts[what] += 1
            counts["left behind"] += bool(left(work))
            if left(work):  # the next writer brings it in order
                assert ended(started(work, after)) == 0
                assert (shown(work), left(work)) == (new, [])
    return found


def two_writers(rounds: int) -> Counter[str]:
    """Two runs of different variants into one folder at once: how they end, and what lies there."""
    found: Counter[str] = Counter()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as top:
            both = [started(Path(top), [*RUN, *EXTRAS, "--variant", v]) for v in ("own-ash", "plan-sinks")]
            found[f"codes {sorted(ended(p) for p in both)}"] += 1
            seen = shown(Path(top))
            manifest = json.loads(Path(top, "out", "manifest.json").read_text(encoding="utf-8"))
            files = {f["file"]: f["sha256"] for f in manifest["files"]}
            seen.pop("manifest.json")
            found["whole" if files == seen and not left(Path(top)) else "MIXED"] += 1
    return found


def window(times: int) -> float:
    """Seconds from the first rename of a run with 12 files to the last, the median."""
    taken = []
    texts: dict[str, str | bytes] = {f"{i}.csv": "x" * 20_000 for i in range(12)}
    original = folders._commit

    def timed(*arguments: object) -> None:
        begun = time.perf_counter()
        original(*arguments)  # type: ignore[arg-type]
        taken.append(time.perf_counter() - begun)

    folders._commit = timed  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as top:
        for i in range(times):
            folders.write_together(Path(top), with_manifest({"run": i}, iter(texts.items())))
    folders._commit = original
    return sorted(taken)[len(taken) // 2]


def load_all() -> None:
    """Call every command once, so that the processes to be killed begin with their work at once."""
    with tempfile.TemporaryDirectory() as top:
        here = Path.cwd()
        os.chdir(top)
        for before, after in COMMANDS.values():
            called(before)
            called(after)
        os.chdir(here)


def report() -> None:
    """Print what was found."""
    load_all()
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    random_ = random.Random(1)
    print(f"commit of 13 files over 13: {window(200) * 1e3:.2f} ms")
    for name in COMMANDS:
        for chosen, counts in kills(name, number // len(COMMANDS), random_).items():
            print(f"{name:16} {chosen:8} {dict(counts)}", flush=True)
    print(f"two writers, 8 rounds: {dict(two_writers(8))}")


if __name__ == "__main__":
    report()
