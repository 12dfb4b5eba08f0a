"""What a long job has done, kept beside the file that it will write, so that it goes on after a kill.

The first line tells the inputs, each further one a part of the answer, as JSON. A line that broke
off is not counted. One process at a time holds a journal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from mfa.errors import Error, Fault
from mfa.show.file_lock import locked
from mfa.show.files import made, writing


class Journal:
    """The parts that are done, by number, and the file where they are kept."""

    def __init__(self, path: Path, shown: Path, inputs: str) -> None:
        self._path, self._shown = path, shown
        self.done: dict[int, Any] = {}
        with writing(shown):
            whole = self._read(inputs) if path.exists() else 0
            self._file: BinaryIO = path.open("r+b" if whole else "wb", buffering=0)
            self._file.truncate(whole)
            self._file.seek(whole)
            if not whole:
                self._put({"inputs": inputs})

    def _read(self, inputs: str) -> int:
        """Take what an earlier process has done; gives how many bytes of the file are whole."""
        whole = 0
        with self._path.open("rb") as file:
            for line in file:
                found = _parsed(line)
                if found is None:
                    break
                if not whole and found.get("inputs") != inputs:
                    values = {"file": str(self._shown), "journal": str(self._path)}
                    raise Error([Fault("journal-other", None, values)])
                if whole:
                    self.done.setdefault(found["part"], found["rows"])
                whole += len(line)
        return whole

    def add(self, part: int, rows: Any) -> None:
        """Keep one more part.

        Raises
        ------
        Failure
            the file cannot be written
        """
        with writing(self._shown):
            self._put({"part": part, "rows": rows})
        self.done[part] = rows

    def _put(self, value: Any) -> None:
        left = memoryview((json.dumps(value) + "\n").encode())
        while left:
            left = left[self._file.write(left) :]

    def close(self) -> None:
        """Let go of the file, which stays."""
        self._file.close()

    def remove(self) -> None:
        """Take the file away: what it was kept for is written."""
        self._file.close()
        with writing(self._shown):
            self._path.unlink(missing_ok=True)


def _parsed(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def journal(path: Path, inputs: str) -> Iterator[Journal]:
    """The journal of the file that is to be written; `inputs` is the same for the same job.

    Raises
    ------
    mfa.Error
        one of other inputs lies there
    Failure
        it cannot be written, or another process holds it
    """
    target = Path(os.path.realpath(path))
    with ExitStack() as stack:
        with writing(path):
            stack.enter_context(made(target.parent))
            lock = stack.enter_context(locked(target.with_name(f".{target.name}.lock"), path))
            lock.write(str(os.getpid()).encode())
        held = Journal(target.with_name(f".{target.name}.journal"), path, inputs)
        stack.callback(held.close)
        yield held
