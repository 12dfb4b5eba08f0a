"""Tables with a column of labels beside every column of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mfa.results.tables import Cell, Table
from mfa.show.text import indicator_name, layer_name, material_name, node_name
from mfa.system import System

POOL = "pool:"


def labelled(table: Table, system: System, lang: str) -> Table:
    """The table with `COLUMN_label` after each column of ids; an id without a label stands for itself."""
    named = [LABELS.get(column) for column in table.columns]
    columns: list[str] = []
    for column, label in zip(table.columns, named, strict=True):
        columns += [column, f"{column}_label"] if label else [column]
    rows = []
    for row in table.rows:
        made: list[Cell] = []
        for cell, label in zip(row, named, strict=True):
            made.append(cell)
            if label:
                made.append(None if cell is None else label(system, str(cell), lang))
        rows.append(tuple(made))
    return Table(table.name, tuple(columns), rows, table.numbers)


def _node(system: System, node: str, lang: str) -> str:
    """A pool by its material, a material, process, stock or boundary; what is none of these as it is."""
    material = node.removeprefix(POOL)
    if material in system.materials:
        return material_name(system, material, lang)
    known = node in system.processes or node in system.stocks or node in BOUNDARY
    return node_name(system, node, lang) if known else node


def _place(system: System, place: str, lang: str) -> str:
    """What a warning is about: a node, or an indicator."""
    found = _node(system, place, lang)
    head = place.partition(":")[0]
    is_indicator = found == place and place and head not in ("pool",)
    return _indicator(system, place, lang) if is_indicator else found


def _indicator(system: System, name: str, lang: str) -> str:
    try:
        return indicator_name(system, name, lang)
    except KeyError:  # it is none
        return name


BOUNDARY = ("import", "export", "emission", "deposit", "surplus", "shortage", "from-stock", "park")
LABELS: Mapping[str, Callable[[System, str, str], str]] = {
    **dict.fromkeys(("material", "source", "target", "process", "stock", "product", "boundary"), _node),
    "indicator": _indicator,
    "place": _place,
    "layer": layer_name,
}
