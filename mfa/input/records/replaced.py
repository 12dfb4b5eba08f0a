"""A system with other figures, made from the one before: members with a changed tree are built again.

Each is built as the whole system is, by the same `Builder`. What reaches beyond its own
member (a word, a fault, a moisture that other figures are written by) is left to building all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from mfa.checks.lists import check_lists
from mfa.errors import Error
from mfa.input.merge.assembly import Assembly
from mfa.input.merge.overrides import listed_at
from mfa.input.records.assessment import factors, targets
from mfa.input.records.builder import Builder
from mfa.parameters import figure_at, parse, with_figure
from mfa.properties import basis
from mfa.system import Coefficient, Figure, Material, Process, System


def with_settings(system: System, assembly: Assembly, paths: Iterable[str]) -> System | None:
    """The system with what stands at some paths of the trees; None where all must be built again.

    Parameters
    ----------
    system : of the trees before
    assembly : the trees, which differ from those before at the paths alone
    paths : of the figures, in short or long form
    """
    found = [parse(text, assembly) for text in paths]
    if assembly.faults or not all(p and p.section in BUILDS for p in found):
        return None
    changed = dict.fromkeys((p.section, p.member) for p in found if p)
    driven = [k for s, k in changed if s in ("processes", "stocks") and k in system.drive]
    changed |= dict.fromkeys(("drive", k) for k in driven)  # which may be above a capacity now
    build = Builder(assembly)
    made: System | None = system
    for section, key in sorted(changed, key=lambda c: ORDER.index(c[0])):
        made = BUILDS[section](build, made, section, key) if made else None
    if made is None or build.faults:
        return None
    try:
        check_lists(made)
    except Error:
        return None
    return made


def figure_alone(system: System, assembly: Assembly, text: str) -> Figure | None:
    """What the trees say at one path, in its native unit, whether or not it goes with other figures.

    None where there is no single figure, or where it changes more of the system than itself: a
    flow of 0, hours, a word.
    """
    path = parse(text, assembly)
    if path is None or path.section not in BUILDS:
        return None
    made = BUILDS[path.section](Builder(assembly), system, path.section, path.member)
    figure = figure_at(made, path) if made else None
    alone = figure is not None and with_figure(system, path, figure) == made
    return figure if alone else None


def _material(build: Builder, system: System, section: str, key: str) -> System | None:
    before, after = system.materials.get(key), build.material(key) if key in system.materials else None
    if before is None or after is None or _beyond(before) != _beyond(after):
        return None
    return replace(system, materials={**system.materials, key: after})


def _beyond(material: Material) -> tuple[object, ...]:
    """What others know of a material: how its amounts are written, and the words that lists go by."""
    return basis(material), material.kind, material.waste, material.residue_of


def _process(build: Builder, system: System, section: str, key: str) -> System | None:
    before = system.processes.get(key)
    after = build.process(key, system.materials, listed_at(build.assembly)) if before else None
    if before is None or after is None or _outwardly(before) != _outwardly(after):
        return None
    return replace(system, processes={**system.processes, key: after})


def _outwardly(process: Process) -> tuple[object, ...]:
    """What others know of a process: its flows, its hours, the groups that it belongs to."""
    flows = (_flows(process.inputs), _flows(process.outputs))
    groups = (process.site, process.sector, process.project, process.enterprise)
    return process.per, process.operating_hours, flows, groups


def _flows(recipe: Mapping[str, Coefficient]) -> list[tuple[str, bool]]:
    return [(m, c.figure.value > 0) for m, c in recipe.items()]


def _stock(build: Builder, system: System, section: str, key: str) -> System | None:
    before = system.stocks.get(key)
    after = build.stock(key, system.materials) if before else None
    if before is None or after is None or before.material != after.material:
        return None
    return replace(system, stocks={**system.stocks, key: after})


def _rate(build: Builder, system: System, section: str, key: str) -> System | None:
    rates: Mapping[str, Figure] = getattr(system, section)
    if key not in rates:
        return None
    if section == "drive":
        figure = build.driven(key, system.materials, system.processes, system.stocks)
        return replace(system, drive={**rates, key: figure}) if figure else None
    figure = build.outside(section, key, system.materials)
    made = {**rates, key: figure} if figure else rates
    return replace(system, demand=made) if section == "demand" else replace(system, supply=made)


def _pool(build: Builder, system: System, section: str, key: str) -> System | None:
    if key not in system.pools:
        return None
    members = build.members(system.processes, system.stocks)
    return replace(system, pools={**system.pools, key: build.pool(system.materials[key], members)})


def _factors(build: Builder, system: System, section: str, key: str) -> System:
    return replace(system, factors=factors(build.assembly.scenario, build.reader))


def _targets(build: Builder, system: System, section: str, key: str) -> System:
    own = {i.id: i for i in system.indicators}
    trees = build.assembly.scenario
    return replace(system, targets=targets(trees, system.materials, system.processes, own, build.reader))


BUILDS: Mapping[str, Callable[[Builder, System, str, str], System | None]] = {
    "prices": _material,
    "materials": _material,
    "processes": _process,
    "stocks": _stock,
    "drive": _rate,
    "demand": _rate,
    "supply": _rate,
    "pools": _pool,
    "factors": _factors,
    "targets": _targets,
}
ORDER = tuple(BUILDS)  # what others are made from comes first
