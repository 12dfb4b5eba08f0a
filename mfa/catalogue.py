"""Every indicator that there is, once: what it counts, its unit, its formula and the document that says so.

Takes nothing but the nouns of the model. Whoever computes, prints, bounds, compares or
audits an indicator asks here; to add one is one entry here, and an account where the sum
that it counts is not there yet. Names in words stand in the messages, `indicator-ID`.

In a formula symbols stand as they are; `{word}` is the text `formula-word` of the messages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from mfa.errors import FaultWithoutPlace, nearest
from mfa.properties import layer, tonnes_per_unit
from mfa.system import CustomIndicator, Material, Process

Topic = Literal["waste", "energy", "carbon", "emissions", "water", "value", "resources"]
TOPICS: tuple[Topic, ...] = ("waste", "energy", "carbon", "emissions", "water", "value", "resources")
HEADLINE = "industrial-solid-waste-utilisation"
GROUPS = ("chain", "site", "sector", "project", "enterprise")
PER_WASTE, PER_SEWAGE, PER_EMISSION = "utilisation", "sewage-treatment", "emission"
RECOVERY, FOOTPRINT = "recovery", "footprint"
TEN_THOUSAND = 1e4  # intensities are per 万元


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator: a sum over a run, or one sum over another, times `scale`.

    Attributes
    ----------
    id, topic, unit, formula, document : what it is called, measured in and founded on
    numerator, denominator : sums of `results.accounts.Accounts`, by name
    weight : what the numerator counts of each material, by name: a process that takes some of it
        and lacks an input makes a reached bound unproven
    waste_class, fates : of a rate of waste: whose waste, and which fates count in the numerator
    bulk : of that class, only materials with `bulk: true`
    tonnes : the numerator is a tonnage that can be missing
    grouped : it also means something for a part of the park
    above_one : a ratio that is no share of a whole
    factors : the `factors:` of a scenario that it stands on
    key_figure : a planner asks for it first
    column : its place among the columns of a table of groups, 0 where it has none
    printed : `mfa run` prints it; the tables hold all
    """

    id: str
    topic: Topic
    unit: str
    formula: str = ""
    document: str = ""
    numerator: str = ""
    denominator: str = ""
    scale: float = 1.0
    weight: str = ""
    waste_class: str = ""
    fates: tuple[str, ...] = ()
    bulk: bool = False
    tonnes: bool = False
    grouped: bool = True
    above_one: bool = False
    factors: tuple[str, ...] = ()
    key_figure: bool = False
    column: int = 0
    printed: bool = True

    def covers(self, material: Material) -> bool:
        """Whether a waste is one that this rate or amount counts."""
        return material.waste == self.waste_class and (material.bulk or not self.bulk)

    @property
    def needs_value_added(self) -> bool:
        """Whether it is empty or wrong where processes state no share of value added."""
        return "value_added" in (self.numerator, self.denominator)


STATISTICS = "{statistics}; {green-park}; HJ 274-2015"
ENERGY = "GB/T 2589-2020"
GUIDELINES = "{guidelines}; GB/T 32151"
WATER = "GB/T 7119-2018; GB/T 12452-2022; HJ 274-2015"
ISO_59020 = "ISO 59020:2024"
USED_ENERGY = "Σ ({in} + {own} − {out} − {stock-gain}) · e"
SHARE_OF_MASS = "m({property}) ÷ m"
CALORIFIC = ("electricity-calorific", "heat-calorific")
BOUGHT = ("grid-co2", "heat-co2")
SOLID, HAZARDOUS = "industrial-solid", "hazardous"

# fmt: off
WASTE_RATES = (
    Definition(HEADLINE, "waste", "1", "U ÷ (G + U₀)", STATISTICS, waste_class=SOLID, fates=("utilised",),
        tonnes=True),
    Definition("industrial-solid-waste-utilisation-and-disposal", "waste", "1", "(U + D) ÷ (G + U₀ + D₀)",
        "HJ 274-2015 № 24", waste_class=SOLID, fates=("utilised", "disposed"), tonnes=True),
    Definition("bulk-solid-waste-utilisation", "waste", "1", "U ÷ (G + U₀), {bulk}", "发改环资〔2021〕381号",
        waste_class=SOLID, bulk=True, fates=("utilised",), tonnes=True),
    Definition("hazardous-waste-disposal", "waste", "1", "D ÷ (G + D₀)", "HJ 274-2009",
        waste_class=HAZARDOUS, fates=("disposed",), tonnes=True),
    Definition("hazardous-waste-utilisation-and-disposal", "waste", "1", "(U + D) ÷ (G + U₀ + D₀)",
        "HJ 274-2015 № 24", waste_class=HAZARDOUS, fates=("utilised", "disposed"), tonnes=True),
)
# fmt: on
WASTE_CLASSES = {SOLID: "industrial-solid-waste", HAZARDOUS: "hazardous-waste"}
WASTE_AMOUNTS = (
    "generated",
    "utilised",
    "utilised-from-storage",
    "disposed",
    "disposed-from-storage",
    "stored",
    "dumped",
    "unsold",
)
# fmt: off
ACCOUNTS = (
    Definition("energy-use", "energy", "tce/a", USED_ENERGY + ", 0.1229 kgce/kWh",
        f"{ENERGY} § 5, {{annex}} A", "energy_use", weight="calorific", factors=CALORIFIC, key_figure=True,
        column=3),
    Definition("energy-use-equivalent", "energy", "tce/a", USED_ENERGY + ", {equivalent}", f"{ENERGY} § 5",
        "energy_equivalent", weight="equivalent", factors=("electricity-equivalent",), key_figure=True),
    Definition("energy-use-renewable", "energy", "tce/a", "{renewables}", ENERGY, "energy_renewable"),
    Definition("energy-intensity", "energy", "tce/万元", "E ÷ {value-added}", "HJ 274-2015 № 11",
        "energy_use", "value_added", TEN_THOUSAND, weight="calorific", factors=CALORIFIC),
    Definition("energy-intensity-equivalent", "energy", "tce/万元", "E ({equivalent}) ÷ {value-added}",
        "HJ 274-2015 № 11", "energy_equivalent", "value_added", TEN_THOUSAND, weight="equivalent",
        factors=("electricity-equivalent",)),
    Definition("energy-productivity", "energy", "CNY/tce", "{value-added} ÷ E", "{green-park} EG 1",
        "value_added", "energy_use", printed=False),
    Definition("co2", "carbon", "t/a", "{scope} 1 + {scope} 2", "GHG Protocol; GB/T 32150", "co2",
        weight="calorific", tonnes=True, factors=BOUGHT, key_figure=True, column=4),
    Definition("co2-scope-1", "carbon", "t/a", "{combustion} + {process}, t · GWP", GUIDELINES, "scope_1",
        tonnes=True, key_figure=True),
    Definition("co2-scope-1-combustion", "carbon", "t/a", "{fuel-co2}", GUIDELINES, "scope_1_combustion",
        tonnes=True),
    Definition("co2-scope-1-process", "carbon", "t/a", "{process-gases} · GWP", GUIDELINES,
        "scope_1_process", tonnes=True),
    Definition("co2-biogenic", "carbon", "t/a", "{biogenic}", "GHG Protocol", "biogenic", tonnes=True),
    Definition("co2-scope-2", "carbon", "t/a", "{electricity} · {grid-factor} + {heat} · 0.11 t/GJ",
        "{grid-announcement}", "scope_2", weight="calorific", tonnes=True, factors=BOUGHT, key_figure=True),
    Definition("co2-combustion-by-factor", "carbon", "t/a", "AD · LHV · CC · OF · 44/12", GUIDELINES,
        "combustion_by_factor", tonnes=True),
    Definition("co2-process-by-factor", "carbon", "t/a", "{carbonates} · {factor}", GUIDELINES,
        "process_by_factor", tonnes=True),
    Definition("co2-by-carbon-balance", "carbon", "t/a",
        "Σ ({carbon-in} − {carbon-in-goods}) · 44.01/12.011", "{carbon-balance}", "co2_by_balance",
        tonnes=True),
    Definition("co2-intensity", "carbon", "t/万元", "CO2 ÷ {value-added}", "HJ 274-2015 № 26", "co2",
        "value_added", TEN_THOUSAND, weight="calorific", factors=BOUGHT),
    Definition("freight-co2", "carbon", "t/a", "{transport-work} · {factor}, {outside-scopes}", "ISO 14083",
        "freight_co2", tonnes=True, grouped=False, factors=("freight-co2",)),
    Definition("fresh-water", "water", "m3/a", "Vᵢ, {fresh-water}", WATER, "fresh_water", column=5),
    Definition("reused-water", "water", "m3/a", "Vᵣ, {without-circulation}", WATER, "reused_water"),
    Definition("circulating-water", "water", "m3/a", "{circulating}", WATER, "circulating_water"),
    Definition("industrial-water-reuse", "water", "1", "Vᵣ ÷ (Vᵢ + Vᵣ)", WATER, "water_used_again",
        "water_used", weight="used_again", tonnes=True, key_figure=True),
    Definition("industrial-water-reuse-without-circulation", "water", "1",
        "Vᵣ ÷ (Vᵢ + Vᵣ), {without-circulation}", WATER, "reused_water", "fresh_and_reused_water",
        weight="reused", tonnes=True, key_figure=True),
    Definition("reclaimed-water-use", "water", "1", "{reclaimed} ÷ {sewage-treated}", "HJ 274-2015 № 16",
        "reclaimed_water", "sewage_treated_bought_too", tonnes=True, grouped=False, above_one=True),
    Definition("sewage-treatment", "water", "1", "{treated} ÷ {generated}",
        "{plan-tables}; HJ 274-2015 № 22", "sewage_treated", "sewage", weight="sewage", tonnes=True),
    Definition("water-intensity", "water", "m3/万元", "Vᵢ ÷ {value-added}", "HJ 274-2015 № 14", "fresh_water",
        "value_added", TEN_THOUSAND),
    Definition("water-productivity", "water", "CNY/m3", "{value-added} ÷ Vᵢ", "{green-park} RG 4",
        "value_added", "fresh_water", printed=False),
    Definition("output-value", "value", "CNY/a", "Σ {enterprises} max(0, {made} − {used}) · {price}",
        "{factory-method}", "output_value", key_figure=True, column=1),
    Definition("value-added", "value", "CNY/a", "Σ {output-value} · {share-added}",
        "{industrial-value-added}", "value_added", key_figure=True, column=2),
    Definition("sales", "value", "CNY/a", "Σ {exports} · {price}", "{without-vat}", "sales"),
    Definition("purchases", "value", "CNY/a", "Σ {imports} · {price}", "{without-vat}", "purchases",
        printed=False),
    Definition("transport", "value", "t·km/a", "Σ {wet-tonnes} · {distance}", "", "transport",
        grouped=False),
    Definition("freight-cost", "value", "CNY/a", "{transport-work} · {price}", "", "freight_cost",
        grouped=False, factors=("freight",)),
    Definition("waste-intensity", "waste", "t/万元", "G ÷ {value-added}", "HJ 274-2015 № 28", "waste",
        "value_added", TEN_THOUSAND),
    Definition("resource-productivity", "resources", "CNY/t", "{value-added} ÷ {main-resources}",
        "发改环资〔2016〕2749号", "value_added", "main_resources"),
    Definition("circular-material-use", "resources", "1", "U ÷ (DMC + U)", "Eurostat cei_srm030",
        "circular_use", "circular_and_domestic_use"),
    Definition("iso59020-recycled-inflow", "resources", "1", SHARE_OF_MASS, ISO_59020, "recycled_inflow",
        "inflow", printed=False),
    Definition("iso59020-renewable-inflow", "resources", "1", SHARE_OF_MASS, ISO_59020, "renewable_inflow",
        "inflow", printed=False),
    Definition("iso59020-recycled-outflow", "resources", "1", SHARE_OF_MASS, ISO_59020, "recycled_outflow",
        "outflow", printed=False),
    Definition("iso59020-renewable-energy", "resources", "1", SHARE_OF_MASS, ISO_59020, "energy_renewable",
        "energy_use", grouped=False, printed=False),
    Definition("iso59020-water-recirculation", "resources", "1", SHARE_OF_MASS, ISO_59020,
        "water_used_again", "fresh_water", above_one=True, printed=False),
    Definition("iso59020-material-productivity", "resources", "CNY/t", SHARE_OF_MASS, ISO_59020, "sales",
        "linear_inflow", printed=False),
)
# fmt: on
# fmt: off
FAMILIES = (
    Definition(PER_WASTE, "waste", "1", "U ÷ (G + U₀)", STATISTICS, fates=("utilised",), tonnes=True),
    Definition(PER_SEWAGE, "water", "1", "{treated} ÷ {generated}", "{plan-tables}; HJ 274-2015 № 22",
        "sewage_treated", "sewage", weight="sewage", tonnes=True),
    Definition(PER_EMISSION, "emissions", "t/a", "Σ {emitted}", "HJ 274-2015", "emitted", tonnes=True),
    Definition(RECOVERY, "resources", "1", "{recovered} ÷ {entering}", ""),
    Definition(FOOTPRINT, "carbon", "t/t", "{carried} ÷ {sold-amount}", "ISO 14067; GB/T 24067",
        grouped=False),
)
# fmt: on
"""Of one each: `utilisation:red-mud`, `emission:so2`, `recovery:Ga`, `footprint:alumina`."""

_AMOUNTS = tuple(
    Definition(f"{name}-{word}", "waste", "t/a", waste_class=waste_class, fates=(word,), tonnes=True)
    for waste_class, name in WASTE_CLASSES.items()
    for word in WASTE_AMOUNTS
)
BY_ID: Mapping[str, Definition] = {d.id: d for d in (*WASTE_RATES, *_AMOUNTS, *ACCOUNTS)}
_FAMILY: Mapping[str, Definition] = {d.id: d for d in FAMILIES}


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of `factors:`: its default, its unit and who says so."""

    default: float
    unit: str
    document: str


OF_TRANSPORT = ("freight", "freight-co2")
FACTORS: Mapping[str, Factor] = {
    "electricity-calorific": Factor(0.1229, "tce/MWh", "GB/T 2589-2020 annex A"),
    "electricity-equivalent": Factor(0.3005, "tce/MWh", "national coal rate of supply, 2020-2024"),
    "heat-calorific": Factor(0.03412, "tce/GJ", "GB/T 2589-2020 annex A"),
    "grid-co2": Factor(0.7096, "t/MWh", "Shanxi grid 2022, MEE and NBS announcement of 20 December 2024"),
    "heat-co2": Factor(0.11, "t/GJ", "default of the NDRC sector guidelines"),
    "freight": Factor(0.45, "CNY/t/km", "assumed: bulk goods on heavy lorries"),
    "freight-co2": Factor(60e-6, "t/t/km", "assumed: heavy diesel lorries"),
}


def definition(name: str) -> Definition | None:
    """The definition behind an indicator's name, its group and material left out; None for others.

    >>> definition("output-value@site:north").unit, definition("recovery:Ga").topic
    ('CNY/a', 'resources')
    """
    head = name.partition("@")[0]
    return BY_ID.get(head) or (_FAMILY.get(head.partition(":")[0]) if ":" in head else None)


def is_waste_rate(name: str) -> bool:
    """Whether a name is a rate of a class of waste, of the whole park."""
    found = BY_ID.get(name)
    return found is not None and bool(found.waste_class) and found.unit == "1"


def is_account(name: str) -> bool:
    """Whether a name is an indicator made of the sums of the accounts, of the whole park."""
    found = BY_ID.get(name)
    return found is not None and bool(found.numerator)


def is_share(name: str) -> bool:
    """Whether the values of a built-in ratio lie between 0 and 1."""
    found = definition(name)
    return found is not None and found.unit == "1" and not found.above_one


def known(materials: Mapping[str, Material]) -> list[str]:
    """The names of all built-in indicators, those of single materials included."""
    return [*BY_ID, *per_material(materials)]


def per_material(materials: Mapping[str, Material]) -> list[str]:
    """The indicators that there are for single materials."""
    wastes = [f"{PER_WASTE}:{m.id}" for m in materials.values() if m.waste and not m.residue_of]
    sewages = [f"{PER_SEWAGE}:{m.id}" for m in materials.values() if m.water == "sewage"]
    return [*wastes, *sewages, *emissions(materials)]


def emissions(materials: Mapping[str, Material]) -> list[str]:
    """`emission:MATERIAL` of every emission that has tonnes."""
    return [
        f"{PER_EMISSION}:{m.id}"
        for m in materials.values()
        if m.kind == "emission" and tonnes_per_unit(m) is not None
    ]


def unit(
    name: str,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    custom: Mapping[str, CustomIndicator],
    substances: Collection[str] = (),
) -> str:
    """The unit of an indicator, its group included: `output-value@project:3`.

    Raises
    ------
    FaultWithoutPlace
        there is no such indicator, or no such group
    """
    head, sign, group = name.partition("@")
    if sign:
        _group(name, group, processes)
    found = _unit(head, materials, custom, substances)
    if found is None or (sign and (head.startswith((f"{RECOVERY}:", f"{FOOTPRINT}:")) or head in custom)):
        names = [*known(materials), *(f"{FOOTPRINT}:{m}" for m in materials), *custom]
        raise FaultWithoutPlace("indicator-unknown", id=name[:80], near=nearest(head, names))
    return found


def footprint_unit(material: Material) -> str:
    """The unit of the CO2 footprint of a material."""
    return f"t/{material.unit}"


def _unit(
    name: str,
    materials: Mapping[str, Material],
    custom: Mapping[str, CustomIndicator],
    substances: Collection[str],
) -> str | None:
    if name in custom:
        return custom[name].unit
    if name.startswith(f"{RECOVERY}:"):
        layer(name.partition(":")[2], substances)
        return _FAMILY[RECOVERY].unit
    family, _, member = name.partition(":")
    if family == FOOTPRINT and member in materials:
        return footprint_unit(materials[member])
    if name in BY_ID:
        return BY_ID[name].unit
    return _FAMILY[name.partition(":")[0]].unit if name in per_material(materials) else None


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
