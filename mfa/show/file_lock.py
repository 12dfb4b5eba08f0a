"""A file that one process holds; the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from mfa.errors import Failure

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FAR = 1 << 30  # Windows keeps others from reading the byte that is locked: one behind all that is written
TRIES = 100  # another process may just have removed the file or its folder, though not so often in a row


@contextmanager
def locked(path: Path, what: Path) -> Iterator[FileIO]:
    """Make a new file that nobody else holds while the block runs; it is gone at the end, or moved.

    What a killed process left is held by nobody any more and is taken away first.

    Raises
    ------
    Failure
        another process holds it: `what` cannot be written
    OSError
        the file cannot be made
    """
    file: FileIO | None = None
    try:
        file = _new(path, what)
        yield file
    finally:
        if file is None:  # a signal may have come just after the file was made
            _sweep(path)
        else:
            _remove(file, path)


def _new(path: Path, what: Path) -> FileIO:
    tries = TRIES
    while True:
        tries -= 1
        try:
            path.parent.mkdir(exist_ok=True)
            file, fresh = _open(path)
        except FileNotFoundError:
            if tries:
                continue
            raise
        try:
            if not _lock(file):
                owner = file.read(20).decode("ascii", "replace")
                number = f" (pid {owner})" if owner.isdecimal() else ""
                raise Failure(f"cannot write {what}: another run{number} is writing there")
            if fresh and _leads_to(path, file):
                return file
            _remove(file, path)
        except BaseException:
            file.close()
            raise


def _sweep(path: Path) -> None:
    """Take the file away if nobody holds it."""
    with suppress(OSError), path.open("r+b", buffering=0) as file:
        if _lock(file):
            _remove(file, path)


def _open(path: Path) -> tuple[FileIO, bool]:
    """The file, and whether it is new."""
    if path.is_symlink():
        path.unlink()
    try:
        return path.open("x+b", buffering=0), True
    except FileExistsError:
        return path.open("r+b", buffering=0), False


def _remove(file: FileIO, path: Path) -> None:
    """Remove the file while it is held, so that never another's is removed, and let go of it."""
    if sys.platform == "win32":  # an open file cannot be removed there, so another's is safe
        file.close()
        with suppress(OSError):
            path.unlink()
        return
    with file:
        if _leads_to(path, file):
            path.unlink(missing_ok=True)


def _leads_to(path: Path, file: FileIO) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except OSError:
        return False


def _lock(file: FileIO) -> bool:
    """Lock an open file without waiting; whether that went well."""
    try:
        if sys.platform == "win32":
            file.seek(FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    finally:
        file.seek(0)
    return True
