"""`mfa init`: a small project of one's own that runs at once, and that editors know how to complete."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Literal

from mfa.errors import Error, Fault
from mfa.input.known_ids import known_ids
from mfa.input.load import read_scenario
from mfa.input.schema.completions import json_schema
from mfa.show.files import writing
from mfa.show.folders import write_together

SCENARIO = "scenarios/first.yaml"
FILES = ("chains/brickworks.yaml", SCENARIO)
KINDS: tuple[Literal["chain"], Literal["scenario"]] = ("chain", "scenario")
SCHEMA = ".mfa/{kind}.schema.json"
MODELINE = "# yaml-language-server: $schema=../{schema}\n"
"""What editors look for in the first line; the path is seen from the file."""


def make_project(folder: Path) -> list[Path]:
    """Write the files of a new project and their schemas; gives them, the scenario last.

    Raises
    ------
    mfa.Error
        one of them is there already, or the folder is a file
    Failure
        the folder cannot be written
    """
    targets = [folder / name for name in (*map(_schema_file, KINDS), *FILES)]
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise Error([Fault("init-not-folder", None, {"folder": str(folder)})])
        there = [p for p in targets if p.exists()]
    if there:
        raise Error([Fault("init-exists", None, {"file": str(p)}) for p in there])
    return write_together(folder, _files())


def _schema_file(kind: str) -> str:
    return SCHEMA.format(kind=kind)


def _files() -> Iterator[tuple[str, str]]:
    """The schemas with the ids of the project, then its files, each with the line that names its schema."""
    source = resources.files("mfa").joinpath("templates")
    with resources.as_file(source) as templates:
        known = known_ids(read_scenario(templates / Path(SCENARIO).name))
    for kind in KINDS:
        yield _schema_file(kind), json.dumps(json_schema(kind, known), indent=2, ensure_ascii=False) + "\n"
    for of, name in zip(KINDS, FILES, strict=True):
        text = source.joinpath(Path(name).name).read_text(encoding="utf-8")
        yield name, MODELINE.format(schema=_schema_file(of)) + text
