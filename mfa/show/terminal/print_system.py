"""The merged scenario with the place of every value, and a system as a table of recipes."""

from __future__ import annotations

from typing import NamedTuple

from mfa.input.load import Loaded
from mfa.input.merge.assembly import SECTIONS
from mfa.input.yaml.tree import BARE, LISTED, Items, Node, Text, Tree, texts
from mfa.show.stream import say_json
from mfa.show.terminal.table import bold, line, table
from mfa.show.text import word
from mfa.system import Coefficient, Pool, System


class OriginLine(NamedTuple):
    """A value of the merged scenario and where it was written; of a skipped entry, that it is."""

    path: str
    value: str
    place: str
    skipped: bool = False


def origin_lines(loaded: Loaded) -> list[OriginLine]:
    """Every value of the merged scenario, in the order of the sections; of levers what is picked."""
    assembly, system = loaded.assembly, loaded.system
    lines = []
    for key, node in assembly.scenario.items():
        if key not in (*SECTIONS, "pools", "variants", "levers", "extends", "set"):
            lines += _lines(key, node)
    lines += [OriginLine(f"levers.{k}", str(v), str(v.place)) for k, v in assembly.picked.items()]
    for section in SECTIONS:
        for key, tree in getattr(assembly, section).items():
            lines += _lines(f"{section}.{key}", tree)
    for (material, side), chain in assembly.sides.items():
        own = assembly.own_sides.get((material, side))
        if own is None or (isinstance(own, Tree) and LISTED not in own):
            lines += _listed(f"pools.{material}.{side}", chain, system)
    for (material, side), node in assembly.own_sides.items():
        lines += _lines(f"pools.{material}.{side}", node)
    return lines


def _listed(head: str, node: Node, system: System) -> list[OriginLine]:
    """A chain's list, its entries that this run does not have marked."""
    if not isinstance(node, Items) or not node:
        return _lines(head, node)
    made = []
    for i, entry in enumerate(node, 1):
        name = entry
        if isinstance(entry, Tree):
            name = next((entry[k] for k in ("process", "stock", BARE) if k in entry), entry)
        skipped = isinstance(name, Text) and name not in system.processes and name not in system.stocks
        made += [x._replace(skipped=skipped) for x in _lines(f"{head}[{i}]", entry)]
    return made


def _lines(head: str, node: Node) -> list[OriginLine]:
    if isinstance(node, Items | Tree) and not node:
        return [OriginLine(head, "[]" if isinstance(node, Items) else "{}", str(node.place))]
    made = []
    for path, text in texts(node):
        steps = "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in path)
        made.append(OriginLine(head + steps, str(text), str(text.place)))
    return made


def print_system(system: System, lang: str, *, as_json: bool, quiet: bool) -> None:
    """Print the recipes and lists of a chain or scenario."""
    if as_json:
        say_json(_as_json(system))
        return
    if quiet:
        return
    line(bold(system.name), f" · {system.label[lang]}\n")
    for process in system.processes.values():
        unit = system.materials[process.per].unit
        per = word("reads-per", lang, unit=unit, per=system.materials[process.per].label[lang])
        rows = [
            _row(system, side, m, c, unit, lang)
            for side, recipe in (("input", process.inputs), ("output", process.outputs))
            for m, c in recipe.items()
        ]
        heads = ["", word("word-material", lang), "id", word("word-amount", lang), "", ""]
        table(f"{process.label[lang]} [{process.id}], {per}", heads, rows, left=3)
    _print_lists(system, lang)


def _row(system: System, side: str, material: str, c: Coefficient, per: str, lang: str) -> tuple[str, ...]:
    unit = f"{system.materials[material].unit}/{per}"
    source = "balance" if c.balance else c.figure.source
    return (
        word(side, lang),
        system.materials[material].label[lang],
        material,
        f"{c.figure.value:.6g} {unit}",
        source,
        c.figure.confidence,
    )


def _print_lists(system: System, lang: str) -> None:
    rows = []
    for m, pool in system.pools.items():
        for side in ("takers", "givers"):
            names = _entries(pool, side)
            if names:
                rows.append((m, side, names))
    table("pools", [word("word-material", lang), "", ""], rows, left=3)


def _entries(pool: Pool, side: str) -> str:
    entries = pool.takers if side == "takers" else pool.givers
    shown = []
    for e in entries:
        limit = e.limit.text if e.limit else e.percent.text if e.percent else ""
        shown.append(f"{e.tier} {e.node}" + (f" ≤ {limit}" if limit else ""))
    return ", ".join(shown)


def _as_json(system: System) -> dict[str, object]:
    return {
        "name": system.name,
        "label": dict(system.label),
        "processes": {
            p.id: {
                "label": dict(p.label),
                "per": p.per,
                "inputs": {m: c.figure.value for m, c in p.inputs.items()},
                "outputs": {m: c.figure.value for m, c in p.outputs.items()},
                "capacity": p.capacity.value if p.capacity else None,
            }
            for p in system.processes.values()
        },
        "pools": {
            m: {s: _entries(pool, s) for s in ("takers", "givers")} for m, pool in system.pools.items()
        },
        "units": {m: system.materials[m].unit for m in system.pools},
    }
