"""What is laid over a scenario and changes nothing: settings, variants and levels without effect.

Each is left out once and the rest is solved again; where every table stays as it is, the run says
so, with the reason where it is plain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mfa.errors import Error, Failure, Fault, message
from mfa.input.load import Loaded, without_lever, without_setting, without_variant
from mfa.parameters import Path, figure_at, listed, parse
from mfa.parameters.values import entry_at
from mfa.results.accounts.flows import pool_node
from mfa.results.run import Run, solve_compiled
from mfa.results.warnings import FULL, RunWarning
from mfa.system import Figure, System

NO_EFFECT = "no-effect"
CLOSE = 1e-8  # of a figure: far above the rounding of two solves, far below what a table shows
SMALLEST = 1e-9  # of a rate or an error that is nothing but rounding
SAID = {"processes": ("capacity", "use", "driver")}  # columns that repeat what was set, or follow from it
WORDS = ("label", "en", "zh", "note", "source", "cite", "url", "doi", "confidence")
NO_RESULT = (
    "scenario",
    "label",
    "note",
    "sources",
    "sankey",
    "brief",
    "claims",
    "layers",
    "year",
    "periods",
    "levers",
    "chains",
)
LET_PASS = "sold-without-limit"  # goes with any limit, reached or not

Reason = tuple[str, dict[str, object]]  # a message and its values


class Overlay(NamedTuple):
    """One thing laid over a scenario: its message and place, the path it sets, the system without it."""

    key: str
    name: str
    path: str
    without: Callable[[], System]


def without_effect(run: Run, loaded: Loaded, told: Sequence[RunWarning]) -> list[RunWarning]:
    """A warning for each setting, variant and level of a run that changes none of its results.

    Parameters
    ----------
    loaded : what was solved
    told : what the run warns of besides
    """
    later = _overridden(run.system, list(loaded.settings or {}))
    written = loaded.merged.scenario.get("layers", ())
    beside = [name for name in run.system.layers if name not in written]
    found = []
    for overlay in _overlays(loaded, run.system):
        other = _solved(run, overlay.without, beside)
        if other is None or not same_results(run, other, told):
            continue
        reason = _reason(run, other.system, overlay.path)
        if overlay.path in later:
            reason = ("no-effect-later", {"other": later[overlay.path]})
        found.append(RunWarning(NO_EFFECT, overlay.name, None, "", fault(overlay.key, overlay.name, reason)))
    return found


def unchanged(run: Run, without: Run, key: str, name: str, path: str = "") -> Fault | None:
    """That a run is the same without something that was laid over it; None where it is another.

    Parameters
    ----------
    key, name : the message, and what it calls it
    path : of the figure that it sets, where it is a single one
    """
    if not same_results(run, without, run.warning_list):
        return None
    return fault(key, name, _reason(run, without.system, path))


def fault(key: str, name: str, reason: Reason | None) -> Fault:
    """What changes nothing, and why where that is known."""
    values: dict[str, object] = {"name": name, "reason": "", "reason_zh": ""}
    if reason:
        values |= {"reason": f": {message(*reason, 'en')}", "reason_zh": f"：{message(*reason, 'zh')}"}
    return Fault(key, None, values)


def sets_a_result(path: Path | None) -> bool:
    """Whether results may follow from what stands at a path: not from words, and not from what is asked."""
    if path is None or path.section in NO_RESULT:
        return False
    return not path.field or path.field[-1] not in WORDS


def _overlays(loaded: Loaded, system: System) -> Iterator[Overlay]:
    for path in loaded.settings or {}:
        if sets_a_result(parse(path, system)):
            yield Overlay("no-effect-set", path, path, partial(without_setting, loaded, path))
    for name in dict.fromkeys(loaded.variants):
        yield Overlay("no-effect-variant", name, "", partial(without_variant, loaded, name))
    for lever, level in loaded.levers.items():
        yield Overlay("no-effect-lever", f"{lever}={level}", "", partial(without_lever, loaded, lever))


def _solved(run: Run, make: Callable[[], System], beside: Sequence[str]) -> Run | None:
    """The run of another system, with layers asked for beside it and footprints as this one has them.

    None where the system cannot be made or solved.
    """
    with suppress(Error, Failure):
        system = make()
        layers = tuple(dict.fromkeys((*system.layers, *beside)))
        system = replace(system, layers=layers, allocation=run.system.allocation)
        return solve_compiled(system, run.compiled.refilled(system))
    return None


def same_results(a: Run, b: Run, told: Sequence[RunWarning]) -> bool:
    """Whether two runs give the same tables; the flows, which are made fastest, are compared first.

    Parameters
    ----------
    told : the warnings of `a`
    """
    return (
        (a.system.year, a.system.layers, a.system.claims) == (b.system.year, b.system.layers, b.system.claims)
        and _same_table("flows", a, b)
        and a.written == b.written
        and all(_same_table(name, a, b) for name in a.written if name != "warnings")
        and _vouched(a) == _vouched(b)
        and _kinds(told) == _kinds(b.warning_list)
    )


def _same_table(name: str, a: Run, b: Run) -> bool:
    one, two = a.table(name), b.table(name)
    if len(one.rows) != len(two.rows):
        return False
    kept = [i for i, column in enumerate(one.columns) if column not in SAID.get(name, ())]
    return all(_alike(x[i], y[i]) for x, y in zip(one.rows, two.rows, strict=True) for i in kept)


def _alike(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=CLOSE, abs_tol=SMALLEST)
    return a == b


def _vouched(run: Run) -> list[tuple[str, str, str]]:
    """Who vouches for the use of each waste."""
    return [(m, u.node, u.basis) for m, waste in run.wastes.items() for u in waste.uses]


def _kinds(warnings: Sequence[RunWarning]) -> set[tuple[str, str]]:
    return {(w.code, w.place) for w in warnings if w.code not in (NO_EFFECT, LET_PASS)}


def _overridden(system: System, paths: Sequence[str]) -> dict[str, str]:
    """Settings of a figure that a later one sets too → that one."""
    found = {path: parse(path, system) for path in paths}
    return {
        path: other
        for i, path in enumerate(paths)
        for other in paths[i + 1 :]
        if found[path] is not None and found[path] == found[other]
    }


def _reason(run: Run, without: System, path: str) -> Reason | None:
    """Why something changes nothing, where that is plain.

    `path` is empty for a variant or a level; one that changes a single figure is judged by that.
    """
    before, now = listed(without), listed(run.system)
    changed = [p for p in {**before, **now} if before.get(p) != now.get(p)]
    if not changed:
        return "no-effect-same", {}
    return _of_figure(run, path or changed[0]) if path or len(changed) == 1 else None


def _of_figure(run: Run, path: str) -> Reason | None:
    """What keeps a figure from having an effect."""
    system, found = run.system, parse(path, run.system)
    if found is None:
        return None
    key, figure = found.member, figure_at(system, found)
    limits = found.field[-1:] in (("capacity",), ("limit",))
    if found.section in ("materials", "prices"):
        moved = any(f.material == key for f in run.flow_list)
        return None if moved else ("no-effect-absent", {"name": key})
    if found.section == "processes" and key in system.processes:
        levels = dict(zip(run.compiled.structure.processes, run.state.level.tolist(), strict=True))
        return _below(run, key, system.processes[key].per, levels[key], figure if limits else None)
    if found.section == "stocks" and key in system.stocks:
        stock = system.stocks[key]
        room = (
            replace(figure, value=figure.value - (stock.initial.value if stock.initial else 0.0))
            if figure and limits
            else None
        )
        return _below(run, key, stock.material, _moved(run, stock.material, key), room)
    entry = entry_at(system, found) if found.section == "pools" and len(found.field) > 1 else None
    if entry:
        return _below(run, entry.node, key, _moved(run, key, entry.node), entry.limit if limits else None)
    return None


def _moved(run: Run, material: str, node: str) -> float:
    """How much of a material goes from its pool to a node, or from the node to its pool."""
    ends = (pool_node(material), node)
    return math.fsum(
        f.amount for f in run.flow_list if f.material == material and {*ends} == {f.source, f.target}
    )


def _below(run: Run, node: str, material: str, amount: float, limit: Figure | None) -> Reason | None:
    """That a node stands still, or stays below what limits it."""
    if not amount:
        return "no-effect-still", {"name": node}
    if limit is None or limit.value <= amount * (1 + FULL):
        return None
    unit = f"{run.system.materials[material].unit}/a"
    return "no-effect-room", {
        "name": node,
        "amount": f"{amount:,.{0 if amount >= 1000 else 3}f} {unit}",
        "most": limit.text,
    }
