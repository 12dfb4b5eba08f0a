"""Which indicators there are, their units, and the bounds that a scenario sets on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from mfa import units
from mfa.errors import FaultWithoutPlace, nearest
from mfa.input.records.figures import Reader
from mfa.input.schema.fields import Quantity
from mfa.input.schema.forms import TargetForm
from mfa.input.yaml.tree import Tree
from mfa.properties import layer
from mfa.system import CustomIndicator, Figure, Material, Process, Target

WASTE_RATIOS = (
    "industrial-solid-waste-utilisation",
    "industrial-solid-waste-utilisation-and-disposal",
    "hazardous-waste-disposal",
    "hazardous-waste-utilisation-and-disposal",
)
WASTE_CLASSES = {"industrial-solid": "industrial-solid-waste", "hazardous": "hazardous-waste"}
WASTE_AMOUNTS = (
    "generated",
    "utilised",
    "utilised-from-storage",
    "disposed",
    "disposed-from-storage",
    "stored",
    "dumped",
)
ACCOUNTS: Mapping[str, str] = {
    "energy-use": "tce/a",
    "energy-use-equivalent": "tce/a",
    "energy-use-renewable": "tce/a",
    "energy-intensity": "tce/万元",
    "energy-intensity-equivalent": "tce/万元",
    "energy-productivity": "CNY/tce",
    "co2": "t/a",
    "co2-scope-1": "t/a",
    "co2-scope-1-combustion": "t/a",
    "co2-scope-1-process": "t/a",
    "co2-biogenic": "t/a",
    "co2-scope-2": "t/a",
    "co2-combustion-by-factor": "t/a",
    "co2-process-by-factor": "t/a",
    "co2-intensity": "t/万元",
    "fresh-water": "m3/a",
    "reused-water": "m3/a",
    "circulating-water": "m3/a",
    "industrial-water-reuse": "1",
    "industrial-water-reuse-without-circulation": "1",
    "reclaimed-water-use": "1",
    "sewage-treatment": "1",
    "water-intensity": "m3/万元",
    "water-productivity": "CNY/m3",
    "output-value": "CNY/a",
    "value-added": "CNY/a",
    "sales": "CNY/a",
    "purchases": "CNY/a",
    "waste-intensity": "t/万元",
    "resource-productivity": "CNY/t",
    "circular-material-use": "1",
    "iso59020-recycled-inflow": "1",
    "iso59020-renewable-inflow": "1",
    "iso59020-recycled-outflow": "1",
    "iso59020-renewable-energy": "1",
    "iso59020-water-recirculation": "1",
    "iso59020-material-productivity": "CNY/t",
}
ABOVE_ONE = ("iso59020-water-recirculation", "reclaimed-water-use")  # ratios that are no shares of a whole
GROUPS = ("chain", "site", "sector", "project", "enterprise")
PER_WASTE, PER_SEWAGE, RECOVERY = "utilisation", "sewage-treatment", "recovery"


def unit(
    name: str,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    own: Mapping[str, CustomIndicator],
) -> str:
    """The unit of an indicator, its group included: `output-value@project:3`.

    Raises
    ------
    Short
        there is no such indicator, or no such group
    """
    head, sign, group = name.partition("@")
    if sign:
        _group(name, group, processes)
    found = _unit(head, materials, own)
    if found is None or (sign and (head.startswith(f"{RECOVERY}:") or head in own)):
        known = [*WASTE_RATIOS, *amounts(), *ACCOUNTS, *own, *per_material(materials)]
        raise FaultWithoutPlace("indicator-unknown", id=name[:80], near=nearest(head, known))
    return found


def amounts() -> list[str]:
    """The amounts of waste by class and fate."""
    return [f"{name}-{word}" for name in WASTE_CLASSES.values() for word in WASTE_AMOUNTS]


def per_material(materials: Mapping[str, Material]) -> list[str]:
    """The ratios that there are for single materials."""
    wastes = [f"{PER_WASTE}:{m.id}" for m in materials.values() if m.waste and not m.residue_of]
    return wastes + [f"{PER_SEWAGE}:{m.id}" for m in materials.values() if m.water == "sewage"]


def _unit(name: str, materials: Mapping[str, Material], own: Mapping[str, CustomIndicator]) -> str | None:
    if name in own:
        return own[name].unit
    if name in WASTE_RATIOS or name in per_material(materials):
        return "1"
    if name in amounts():
        return "t/a"
    if name.startswith(f"{RECOVERY}:"):
        layer(name.partition(":")[2])
        return "1"
    return ACCOUNTS.get(name)


def _group(name: str, group: str, processes: Mapping[str, Process]) -> None:
    kind, sign, member = group.partition(":")
    if not sign or kind not in GROUPS:
        raise FaultWithoutPlace("indicator-group", id=name[:80], known=", ".join(f"@{g}:…" for g in GROUPS))
    members = {m for p in processes.values() for m in members_of(p, kind)}
    if member not in members:
        raise FaultWithoutPlace("indicator-member", id=name[:80], kind=kind, near=nearest(member, members))


def members_of(process: Process, kind: str) -> list[str]:
    """The groups of one kind that a process belongs to; a project may be several, parted by commas."""
    tag: str = getattr(process, kind)
    return (
        [t for t in (part.strip() for part in tag.split(",")) if t]
        if kind == "project"
        else [tag] * bool(tag)
    )


def bound(
    quantity: Quantity, node: Tree, key: str, of: str, reader: Reader, most: float = float("inf")
) -> Figure | None:
    """A figure in the unit of an indicator; a share is at most `most`."""
    if of == "1":
        return reader.ratio(quantity, node[key], most=most)
    return reader.figure(quantity, node[key], partial(units.factor, to=of))


def target(
    key: str,
    form: TargetForm,
    section: Tree,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    own: Mapping[str, CustomIndicator],
    reader: Reader,
) -> Target | None:
    """One bound; a fault where the indicator is not known."""
    tree = section.child(key)
    reader.source(form.source, tree)
    try:
        of = unit(key, materials, processes, own)
    except FaultWithoutPlace as unplaced:
        reader.faults.append(unplaced.at(section.keys_at[key]))
        return None
    if not of:  # an indicator of the scenario's own that is faulty itself
        return None
    most = 1.0 if of == "1" and key not in own and key.partition("@")[0] not in ABOVE_ONE else float("inf")
    minimum = bound(form.min, tree, "min", of, reader, most) if form.min else None
    maximum = bound(form.max, tree, "max", of, reader, most) if form.max else None
    low, high = (f.value if f else None for f in (minimum, maximum))
    return Target(key, low, high, section.keys_at[key], form.source)
