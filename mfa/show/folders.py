"""Several files that belong together, put into a folder: all of them or none.

They are written into a hidden folder inside it first. Only then does the old set move out of the
way and the new one into its place, by renames alone, the manifest first out and last in: a set
without its manifest is not whole. A record says what moves, so that what breaks off between the
first rename and the last is undone: at once, or after a kill by the next writer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mfa.show.file_lock import locked
from mfa.show.files import fill, made, write_atomically, writing

STAGE = ".mfa-writing"
MANIFEST = "manifest.json"
NEW, OLD, RECORD = "new", "old", "record.json"


def write_together(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> list[Path]:
    """Put files (name, content) into a folder: all of them or none; gives their paths.

    A set that ends with a manifest takes the place of an earlier one: what the earlier manifest
    lists and this set has not is removed, unless somebody has changed it since. All other files
    are left alone. `files` may make its contents one by one; the folder is held meanwhile.

    Raises
    ------
    Failure
        a file cannot be written, or another process is writing there; the folder is as before
    """
    names: list[str] = []
    with writing(folder), ExitStack() as new_folders:
        home = Path(os.path.realpath(folder))
        new_folders.enter_context(made(home))
        with _held(home, folder) as stage:
            for name, content in files:
                new_folders.enter_context(made((home / name).parent))
                with writing(folder / name):
                    _put_aside(stage, name, content)
                names.append(name)
            _commit(stage, names, _earlier(home) if MANIFEST in names else {})
    return [folder / name for name in names]


def digest(content: str | bytes) -> str:
    """The SHA-256 of a file's content, as manifests list it."""
    return hashlib.sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()


@contextmanager
def _held(home: Path, shown: Path) -> Iterator[Path]:
    """The hidden folder inside, empty and nobody else's while the block runs, and gone at the end."""
    stage = home / STAGE
    try:
        with locked(stage / "lock", shown) as lock:
            lock.write(str(os.getpid()).encode())
            _recover(stage)
            try:
                yield stage
            finally:
                _recover(stage)
    finally:
        with suppress(OSError):  # somebody else is writing there
            stage.rmdir()


def _put_aside(stage: Path, name: str, content: str | bytes) -> None:
    for side in (NEW, OLD):
        (stage / side / name).parent.mkdir(parents=True, exist_ok=True)
    with (stage / NEW / name).open("xb", buffering=0) as file:
        fill(file, content, stage.parent / name)


def _commit(stage: Path, names: Sequence[str], earlier: Mapping[str, str]) -> None:
    """Move the old files out and the new ones in; the last of the new is the first to go and the last in."""
    home = stage.parent
    gone = [n for n, was in earlier.items() if n not in names and _unchanged(home / n, was)]
    taken = [n for n in reversed([*gone, *names]) if os.path.lexists(home / n)]
    write_atomically(stage / RECORD, json.dumps({"put": list(names), "taken": taken}))
    for name in taken:
        (home / name).replace(stage / OLD / name)
    for name in names:
        (stage / NEW / name).replace(home / name)


def _recover(stage: Path) -> None:
    """Undo a commit that broke off half way, then empty the hidden folder except for its lock."""
    record = stage / RECORD
    if record.exists():
        moves = json.loads(record.read_text(encoding="utf-8"))
        put, taken = (list(filter(_inside, moves[key])) for key in ("put", "taken"))
        if any((stage / NEW / name).exists() for name in put):
            _undo(stage, put, taken)
        record.unlink()
    for side in (NEW, OLD):
        if (stage / side).exists():
            shutil.rmtree(stage / side)
    (stage / f".{RECORD}.mfa").unlink(missing_ok=True)


def _undo(stage: Path, put: Sequence[str], taken: Sequence[str]) -> None:
    """Bring the old set back, its manifest last; may itself break off and be done again."""
    for name in put:
        if name not in taken and not (stage / NEW / name).exists():
            (stage.parent / name).unlink(missing_ok=True)
    for name in reversed(taken):
        if os.path.lexists(stage / OLD / name):
            (stage / OLD / name).replace(stage.parent / name)


def _earlier(home: Path) -> dict[str, str]:
    """The files that the manifest in a folder lists → their SHA-256; none where there is no such list."""
    try:
        listed = json.loads((home / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {f["file"]: f["sha256"] for f in listed if _inside(f["file"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _unchanged(path: Path, was: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == was


def _inside(name: str) -> bool:
    """Whether a name leads nowhere else; a folder from a stranger may say anything."""
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
