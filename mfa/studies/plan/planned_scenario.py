"""A planned scenario as a file: it extends the scenario, sets decided figures, writes decided lists."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

from mfa.input.load import Loaded
from mfa.input.merge import library
from mfa.parameters import figure_at, listed, parse
from mfa.studies.seek import text_of
from mfa.system import Entry, Figure, System


def scenario_text(loaded: Loaded, planned: System, folder: Path) -> str:
    """The file, extending the scenario as seen from a folder.

    Where variants or levels are picked the changes stand in a variant `plan`, to be picked after them.
    """
    name = loaded.system.name
    figures = {**(loaded.settings or {}), **_settings(loaded.system, planned)}
    changes = ["set:", *(f"  {path}: {text}" for path, text in figures.items())] if figures else []
    lists = [d.order for d in loaded.system.plan.decide if d.is_list]
    if lists:
        changes.append("pools:")
    sides: dict[str, list[str]] = {}
    for material, side in lists:
        sides.setdefault(material, []).append(side)
    for material, which in sides.items():
        changes.append(f"  {material}:")
        for side in which:
            entries = getattr(planned.pools[material], side)
            unit = f"{planned.materials[material].unit}/a"
            lines = [f"      - {_entry(e, unit)}" for e in entries]
            changes += [f"    {side}:", *lines] if lines else [f"    {side}: []"]
    head = [f"scenario: {name}-plan", f"extends: {_parent(loaded, folder)}"]
    picked = [f"--variant {v}" for v in loaded.variants]
    picked += [f"--lever {k}={v}" for k, v in loaded.levers.items()]
    if picked:
        head.insert(0, f"# mfa run FILE {' '.join(picked)} --variant plan")
        changes = ["variants:", "  plan:", *(f"    {line}" for line in changes)]
    return "\n".join([*head, *changes]) + "\n"


def _settings(system: System, planned: System) -> dict[str, str]:
    """Path → quantity of every decided figure; what is there today may be another than the file says."""
    units = {parse(path, planned): p.unit for path, p in listed(planned).items()}
    made = {}
    for d in system.plan.decide:
        path = None if d.is_list else parse(d.path, planned)
        figure = figure_at(planned, path) if path else None
        if path is not None and figure is not None:
            made[d.path] = _quantity(figure, units.get(path, ""))
    return made


def _quantity(figure: Figure, unit: str) -> str:
    """A figure as a file writes it; one that goes by years as a schedule of its steps."""
    if not figure.years:
        return text_of(figure.value, unit)
    steps = [(next(years)[0], value) for value, years in groupby(figure.years, key=lambda point: point[1])]
    points = [f"{year}: {text_of(value, unit)}" for year, value in steps]
    return "{" + ", ".join(["interpolate: step", *points]) + "}"


def _entry(entry: Entry, unit: str) -> str:
    """An entry of a list as a file writes it."""
    key = entry.kind if entry.kind in ("process", "stock") else "boundary"
    parts = [f"{key}: {entry.node}", f"tier: {entry.tier}"]
    if entry.limit is not None:
        parts.append(f"limit: {_quantity(entry.limit, unit)}")
    for word, value in (("fate", entry.fate), ("basis", entry.basis)):
        parts += [f"{word}: {value}"] if value else []
    if entry.distance is not None:
        parts.append(f"distance: {text_of(entry.distance.value, 'km')}")
    return "{" + ", ".join(parts) + "}"


def _parent(loaded: Loaded, folder: Path) -> str:
    """The scenario as seen from a folder: a shipped one by its id, else by its file."""
    if library.is_shipped(loaded.path):
        return loaded.path.stem
    return Path(os.path.relpath(loaded.path.resolve(), folder.resolve())).as_posix()
