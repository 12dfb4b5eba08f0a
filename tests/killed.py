"""Called as a program: writes a set of files over another, killed at every step that touches the disk.

`python killed.py FOLDER`: in FOLDER/0, FOLDER/1 … lies the set OLD beside a file of somebody's own; a
process that writes NEW over it gets SIGKILL before its first, second … step. Prints how many there are.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from mfa.show.folders import write_together
from mfa.show.run_folder import with_manifest

OLD = {"flows.csv": "old flows", "pools.csv": "old pools", "report.html": "old page"}
NEW = {"flows.csv": "new flows", "pools.csv": "new pools", "costs.csv": "new costs"}
STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree")


def put(folder: Path, files: dict[str, str]) -> None:
    """Write a set with its manifest, as a run does."""
    contents: Iterator[tuple[str, str | bytes]] = ((name, text) for name, text in files.items())
    write_together(folder, with_manifest({}, contents))


def killed_before(step: int) -> None:
    """From now on this process is killed before the step of that number."""
    left = itertools.count(step, -1)

    def hook(event: str, _: object) -> None:
        if event in STEPS and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(top: Path) -> None:
    """Kill at every step until one process comes through."""
    for step in itertools.count():
        folder = top / str(step)
        put(folder, OLD)
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
        child = os.fork()
        if child == 0:
            killed_before(step)
            put(folder, NEW)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            sys.stdout.write(str(step))
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
