"""What `mfa sweep` prints: the first points, and which have no solution."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.indicators.target import Indicator
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import figure, indicator_name, number, path_name, scenario_title, word
from mfa.studies.sweeps.point_solver import Row
from mfa.studies.sweeps.swept import Swept

MOST_POINTS = 20


def print_sweep(found: Swept, lang: str) -> None:
    """Print it for a person: figures in native units, shares per cent."""
    count = f"{len(found.rows):,}"
    line(bold(word("sweep-title", lang, scenario=scenario_title(found.system, lang), count=count)), "\n")
    if len(found.periods) > 1:
        line(dim(word("sweep-last-year", lang, year=found.periods[-1])))
    axes = zip(found.points.axes, found.path_units, strict=True)
    paths = [_headed(path_name([found.system], a.path, lang), unit or "") for a, unit in axes]
    names = [indicator_name(found.system, name, lang) for name in found.names]
    points = found.last
    units = [_shown(found, points, i)[1] for i in range(len(found.names))]
    heads = ["", *paths, *map(_headed, names, units), word("sweep-error", lang)]
    rows = [_cells(found, number, row) for number, row in enumerate(points[:MOST_POINTS])]
    lost = bool(found.errors)
    table("", heads if lost else heads[:-1], [r if lost else r[:-1] for r in rows], last_left=lost)
    if len(found.rows) > MOST_POINTS:
        line(dim(word("sweep-more", lang, count=f"{len(found.rows) - MOST_POINTS:,}")), "\n")
    for code, many in found.errors.most_common():
        line(word("sweep-unsolved", lang, code=code, count=f"{many:,}"))


def _cells(found: Swept, at: int, row: Row) -> tuple[str, ...]:
    inputs = (x if isinstance(x, str) else "–" if x is None else number(x) for x in row.inputs)
    values = (_shown(found, [row], i)[0] for i in range(len(found.names)))
    marks = ({"true": " ✓", "false": " ✗", "unproven": " ?"}.get(m or "", "") for m in row.met)
    return (str(at), *inputs, *(v + m for v, m in zip(values, marks, strict=True)), row.error or "")


def _shown(found: Swept, rows: Sequence[Row], which: int) -> tuple[str, str]:
    """An indicator as it is printed, and its unit: of the first of some rows that has a value."""
    value = next((r.values[which] for r in rows if r.values[which] is not None), None)
    text, unit = figure(Indicator(found.names[which], value, found.units[which]))
    return text if value is not None else "–", unit


def _headed(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit not in ("", "1") else name
