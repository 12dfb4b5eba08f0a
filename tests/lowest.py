"""The lowest versions that `pyproject.toml` states, as constraints: `python tests/lowest.py EXTRA…`."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lowest(extras: Iterable[str]) -> Iterator[str]:
    """`NAME==VERSION` of every dependency and of those of the extras.

    Raises
    ------
    ValueError
        A dependency does not state exactly one lower bound.
    """
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for need in [*project["dependencies"], *(n for e in extras for n in project["optional-dependencies"][e])]:
        stated = re.fullmatch(r"([A-Za-z0-9_-]+)>=([0-9.]+)", need)
        if stated is None:
            raise ValueError(f"{need}: NAME>=VERSION was expected")
        yield "{}=={}".format(*stated.groups())


if __name__ == "__main__":
    sys.stdout.write("\n".join(lowest(sys.argv[1:])) + "\n")
