"""`mfa init`: a small project of one's own that runs at once."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from mfa.errors import Error, Fault
from mfa.show.files import writing
from mfa.show.folders import write_together

FILES = ("chains/brickworks.yaml", "scenarios/first.yaml")


def make_project(folder: Path) -> list[Path]:
    """Write the files of a new project; gives them, the scenario last.

    Raises
    ------
    mfa.Error
        one of them is there already, or the folder is a file
    Failure
        the folder cannot be written
    """
    targets = [folder / name for name in FILES]
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise Error([Fault("init-not-folder", None, {"folder": str(folder)})])
        there = [p for p in targets if p.exists()]
    if there:
        raise Error([Fault("init-exists", None, {"file": str(p)}) for p in there])
    source = resources.files("mfa").joinpath("templates")
    texts = (source.joinpath(Path(name).name).read_text(encoding="utf-8") for name in FILES)
    return write_together(folder, zip(FILES, texts, strict=True))
