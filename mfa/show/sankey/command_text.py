"""A picture → the command that makes it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from mfa.input.load import Loaded
from mfa.input.merge import library

LEFT_OUT = ("layer", "unit", "lang", "spread", "page", "call", "title")
"""What a page says by itself, and what no command takes."""


def command_text(loaded: Loaded, asked: Mapping[str, Any]) -> str:
    """The command of a picture, without its file, layer, unit and language.

    Parameters
    ----------
    loaded : the scenario, with what lies over its file
    asked : the options of the picture, by the names that Python has for them
    """
    name = loaded.path.stem if library.is_shipped(loaded.path) else library.shown(loaded.path)
    words = ["mfa", "sankey", name]
    words += [part for each in loaded.variants for part in ("--variant", each)]
    words += [part for key, level in loaded.levers.items() for part in ("--lever", f"{key}={level}")]
    words += [part for path, text in (loaded.settings or {}).items() for part in ("--set", f"{path}={text}")]
    given = {"without": loaded.system.sankey.without} | {k: v for k, v in asked.items() if v is not None}
    words += [part for key, value in given.items() if key not in LEFT_OUT for part in _option(key, value)]
    return shlex.join(words)


def _option(key: str, value: Any) -> list[str]:
    """An option as it is written; several values are said one by one, False and nothing not at all."""
    name = "--colour" if key == "colours" else f"--{key.rstrip('_').replace('_', '-')}"
    if isinstance(value, Mapping):
        return [part for k, v in value.items() for part in (name, f"{k}={v}")]
    if key == "rest":
        return [] if value else [name, "off"]
    if key == "water":
        return [name if value else "--no-water"]
    if isinstance(value, bool):
        return [name] if value else []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [part for each in value for part in (name, str(each))]
    return [name, str(value)] if value != "" else []
