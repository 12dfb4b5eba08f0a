"""The rows of the tables of a run whose amounts have statistics: their keys, and what a run has there.

A column is named by its table, and by itself where the table has several amounts: `flows`, `pools.surplus`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mfa.engine.network import Floats
from mfa.results.run import Run
from mfa.results.tables import Table

SINGLE = {"flows": "amount", "links": "amount", "processes": "level", "layers": "amount"}
"""Tables with one amount a row."""
SEVERAL = {
    "pools": ("supply", "demand", "surplus", "shortage"),
    "stocks": ("opening", "inflow", "outflow", "closing"),
    "costs": ("material_cost", "energy_cost", "system_cost", "product_cost", "loss_cost"),
    "transport": ("wet_amount", "distance", "transport", "cost", "co2"),
    "footprints": ("amount", "co2", "energy", "waste"),
    "layer_balances": ("inputs", "outputs", "residue"),
}
"""Tables with several."""
NAMES = frozenset(
    (
        "period",
        "unit",
        "material",
        "source",
        "target",
        "process",
        "stock",
        "product",
        "boundary",
        "layer",
        "place",
    )
)

Key = tuple[str, ...]
"""What tells a row of a table from the others."""


def columns_of(table: str) -> tuple[str, ...]:
    """The amounts of a table that have statistics; none of those that have none."""
    return (SINGLE[table],) if table in SINGLE else SEVERAL.get(table, ())


def keys_of(table: Table) -> list[Key]:
    """(row,) what tells each row from the others."""
    at = [i for i, c in enumerate(table.columns) if c in NAMES and c not in ("period", "unit")]
    return [tuple(str(row[i]) for i in at) for row in table.rows]


def amounts(run: Run, table: str, keys: Sequence[Key]) -> Floats:
    """(column, row) the amounts of a run in some rows; 0 where it has none, NaN for what is not known."""
    found = run.table(table)
    at = [found.columns.index(c) for c in columns_of(table)]
    rows = {key: [row[i] for i in at] for key, row in zip(keys_of(found), found.rows, strict=True)}
    none = [0.0] * len(at)
    made = [[np.nan if v is None else v for v in rows.get(key, none)] for key in keys]
    return np.array(made, np.float64).reshape(len(keys), len(at)).T


Rows = Mapping[str, Sequence[Key]]
"""Table → the keys of the rows that the central run has."""
