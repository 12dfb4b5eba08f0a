"""Which files a run asked for: those it read, and those it looked for where there are none yet."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

State = tuple[object, ...] | None
"""What tells a file from the one that it was; None where there is none."""

_seen: ContextVar[dict[Path, State] | None] = ContextVar("seen", default=None)


@contextmanager
def seeing() -> Iterator[Mapping[Path, State]]:
    """Gather the files and folders asked for meanwhile, each as it was before it was read."""
    found: dict[Path, State] = {}
    token = _seen.set(found)
    try:
        yield found
    finally:
        _seen.reset(token)


def see(path: Path) -> None:
    """Note that what is read next depends on a path."""
    found = _seen.get()
    if found is not None:
        here = Path.cwd() / path
        found.setdefault(here, state(here))


def state(path: Path) -> State:
    """A file's state as its folder tells it; of a folder, the names of the files that may be chains."""
    try:
        now = path.stat()
        if stat.S_ISDIR(now.st_mode):
            return tuple(sorted(p.name for p in path.iterdir() if p.suffix in (".yaml", ".yml")))
    except (OSError, ValueError):
        return None
    return now.st_mtime_ns, now.st_size, now.st_ino
