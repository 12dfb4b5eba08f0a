"""Where chains and scenarios are: an id or a relative path → a file.

A name is a file's, or else the id that a file gives itself. Looked for beside the file that
names it, then in a `chains/` (`scenarios/`) folder beside
or above it, then among those shipped with the package. Where a chain is looked for, a scenario of
that name is passed over, and the other way round, unless there is nothing else.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from mfa.errors import FaultWithoutPlace, nearest
from mfa.input.seen_files import see

Folder = Literal["chains", "scenarios"]
SHARED = "materials"
SAYS = re.compile(r"""^\{?["']?(chain|scenario)["']?\s*:\s""", re.MULTILINE)
HEAD = 65_536  # letters in which a file says whether it is a chain; the comments above may be long


@cache
def shipped(kind: Folder) -> Path:
    """The folder of the shipped files: inside the package, or beside it in a checkout."""
    inside = Path(str(resources.files("mfa"))) / kind
    return inside if inside.is_dir() else Path(str(resources.files("mfa"))).parent / kind


def project(file: Path) -> Path:
    """The folder that a file's relative paths may not leave.

    The nearest folder above it that has a `chains` or `scenarios` folder, else its own.
    """
    start = real(file).parent
    for folder in (start, *start.parents):
        if folder.name in ("chains", "scenarios") and folder == start:
            return folder.parent
        if (folder / "chains").is_dir() or (folder / "scenarios").is_dir():
            return folder
    return start


def real(path: Path) -> Path:
    """The path without links and `..`; also of names that no file can have."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return Path.cwd() / path


def folders(kind: Folder, beside: Path) -> list[Path]:
    """Where names are looked for, in order, without repetition."""
    root = project(beside)
    start = real(beside).parent
    above = [f for f in (start, *start.parents) if f.is_relative_to(root)]
    found = [start, *(f / kind for f in above), shipped(kind)]
    return [f for f in dict.fromkeys(found) if f.is_dir()]


def find(name: str, kind: Folder, beside: Path) -> Path:
    """The file that an id or relative path names.

    Raises
    ------
    Short
        absolute or climbing paths, URLs, devices, and names that are nowhere
    """
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", name):
        raise FaultWithoutPlace("file-url", name=name[:80])
    if Path(name).is_absolute() or re.match(r"[A-Za-z]:[\\/]|\\\\|~", name) or "\0" in name:
        raise FaultWithoutPlace("file-absolute", name=name[:80])
    passed_over = None
    for folder in folders(kind, beside):
        for candidate in _candidates(folder, name):
            see(candidate)
            kind_of = _kind(candidate)
            if kind_of == "file" and _is_other(candidate, kind):
                passed_over = passed_over or (candidate if real(candidate) != real(beside) else None)
                continue
            if kind_of == "file":
                return _inside(candidate, name, beside)
            if kind_of == "closed":
                raise FaultWithoutPlace(
                    "file-unreadable", file=shown(folder), reason=os.strerror(errno.EACCES)
                )
            if kind_of == "other":
                raise FaultWithoutPlace("file-not-regular", file=name[:80])
    if not _stays(real(beside).parent / name, beside):
        raise FaultWithoutPlace("file-outside", name=name[:80])
    for folder in folders(kind, beside):
        see(folder)
        for file in sorted(folder.glob("*.yaml")):
            see(file)
            if _says(file, kind, name) and real(file) != real(beside):
                return _inside(file, name, beside)
    if passed_over:
        return _inside(passed_over, name, beside)
    near = nearest(name, ids(kind, beside))
    if "\\" in name:
        slashed = name.replace("\\", "/")
        near = nearest(slashed, [slashed])
    raise FaultWithoutPlace(f"{kind[:-1]}-missing", name=name[:80], near=near)


def _candidates(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    if not name.endswith((".yaml", ".yml")):
        yield folder / f"{name}.yaml"
        yield folder / f"{name}.yml"


def _says(file: Path, kind: Folder, name: str) -> bool:
    """Whether a file gives itself this id near its beginning, whatever it is called."""
    return re.search(rf"^{kind[:-1]}: *{re.escape(name)} *(#.*)?$", _head(file), re.MULTILINE) is not None


def _is_other(file: Path, kind: Folder) -> bool:
    """Whether a file says that it is of the other kind."""
    said = set(SAYS.findall(_head(file)))
    return bool(said) and kind[:-1] not in said


def _head(file: Path) -> str:
    """The beginning of a file; nothing of one that cannot be read."""
    if _kind(file) != "file":
        return ""
    try:
        with file.open("rb") as opened:
            return opened.read(HEAD).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _kind(path: Path) -> Literal["file", "folder", "other", "none", "closed"]:
    """What stands at a path; `closed` where its folder may not be looked into."""
    try:
        mode = path.stat().st_mode
    except PermissionError:
        return "closed"
    except (OSError, ValueError):
        return "none"
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def _inside(found: Path, name: str, beside: Path) -> Path:
    if not _stays(found, beside):
        raise FaultWithoutPlace("file-outside", name=name[:80])
    return found


def _stays(found: Path, beside: Path) -> bool:
    """Whether a file lies in the project's folder or in the library."""
    roots = (project(beside), real(shipped("chains")), real(shipped("scenarios")))
    return any(real(found).is_relative_to(root) for root in roots)


def is_shipped(file: Path) -> bool:
    """Whether a file is one of the library."""
    return any(real(file).is_relative_to(real(shipped(kind))) for kind in ("chains", "scenarios"))


def ids(kind: Folder, beside: Path) -> list[str]:
    """The names of all files that could be meant."""
    found = [f.stem for folder in folders(kind, beside) for f in sorted(folder.glob("*.yaml"))]
    return [n for n in dict.fromkeys(found) if n != SHARED]


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working folder where that is shorter."""
    try:
        return str(real(path).relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(path)
