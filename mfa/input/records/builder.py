"""Assembly → system: every tree becomes a record, every unit goes, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel

from mfa.errors import Error, Fault, Place, nearest
from mfa.input.kept_files import once
from mfa.input.merge.assembly import Assembly
from mfa.input.merge.chains import borrowed
from mfa.input.merge.other_chains import OtherChains
from mfa.input.merge.overrides import listed_at
from mfa.input.records import cited
from mfa.input.records.assessment import assessment, currencies
from mfa.input.records.claims import year_faults
from mfa.input.records.delays import delay_faults
from mfa.input.records.figures import Reader
from mfa.input.records.materials import lineage, material, price
from mfa.input.records.pools import Members, pool
from mfa.input.records.processes import process, rate
from mfa.input.records.stocks import amount_of, stock
from mfa.input.records.time_span import time_span
from mfa.input.records.uncertainty import correlation_faults, correlations, spreads
from mfa.input.schema.fields import Label, Quantity
from mfa.input.schema.forms import MaterialForm, ProcessForm, StockForm, SubstanceForm
from mfa.input.yaml.tree import Node, Tree, place_of
from mfa.presentation import Drawing
from mfa.storage import Stock
from mfa.system import Figure, Material, Pool, Process, System

F = TypeVar("F", bound=BaseModel)
R = TypeVar("R", Material, Process)


def system(assembly: Assembly) -> System:
    """The checked system of a run.

    Raises
    ------
    Error
        every fault that the merged files show
    """
    return Builder(assembly).system()


class Builder:
    """Makes the records of an assembly, one member after the other; faults are gathered."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.faults: list[Fault] = list(assembly.faults)
        self.year, self.periods = time_span(assembly.scenario, self.faults)
        self.faulty: set[str] = set(assembly.faulty)
        self.notes: list[Fault] = []
        self.other_chains = OtherChains(assembly)
        self.reader = Reader(
            self.year,
            frozenset(assembly.sources),
            self.faults,
            substances=frozenset(assembly.substances),
            computed=cited.computed(assembly),
        )
        self.currencies = currencies(assembly.scenario, self.reader)
        self.reader.rates = tuple((code, figure.value) for code, figure in self.currencies.items())

    def system(self) -> System:
        """All records; raises the faults of all sections together."""
        substances = self._substances()
        materials = self._materials()
        processes = self._processes(materials)
        stocks = self._stocks(materials)
        drive = self._drive(materials, processes, stocks)
        demand = self._rates("demand", materials)
        supply = self._rates("supply", materials)
        pools = self._pools(materials, processes, stocks)
        self._residues(materials)
        found = assessment(
            materials,
            processes,
            stocks,
            pools,
            drive,
            self.assembly,
            self.other_chains.has_name,
            self.reader,
        )
        self.faults += year_faults(found.claims, self.periods, self.year)
        spread = spreads(self.assembly.scenario, self.reader)
        together = correlations(self.assembly.scenario, self.reader)
        self._stop()
        tree = self.assembly.scenario
        name = str(tree.get("scenario") or tree.get("chain") or self.assembly.beside.stem)
        made = System(
            name=name,
            label=self._label(name),
            year=self.year,
            materials=self._reached(materials, processes, pools, demand, supply, stocks),
            processes=processes,
            pools=pools,
            stocks=stocks,
            drive=drive,
            demand=demand,
            supply=supply,
            factors=found.factors,
            targets=found.targets,
            layers=found.layers,
            indicators=found.indicators,
            claims=found.claims,
            sources=cited.citations(self.assembly),
            source_kinds=cited.kinds(self.assembly),
            notes=(*self.notes, *borrowed(self.assembly)),
            sankey=self._with_chain_labels(found.sankey),
            brief=found.brief,
            plan=found.plan,
            sites=found.sites,
            currencies=self.currencies,
            substances=substances,
            spreads=spread,
            correlations=together,
            periods=self.periods,
        )
        self.faults += correlation_faults(made)
        self.faults += delay_faults(made)
        self._stop()
        return made

    def _label(self, name: str) -> Mapping[str, str]:
        """What the run is called: the scenario, and the levels picked of its levers."""
        tree = self.assembly.scenario
        made = dict(_texts(tree, name))
        for lever, level in self.assembly.picked.items():
            written = tree.child("levers").child(lever)
            of_lever, of_level = _texts(written, lever), _texts(written.child("levels").child(level), level)
            for lang, colon in (("en", ": "), ("zh", "：")):
                made[lang] += f" · {of_lever[lang]}{colon}{of_level[lang]}"
        return made

    def _stop(self) -> None:
        if self.faults:
            raise Error(self.faults)

    def _form(self, form: type[F], tree: Node, path: tuple[str, ...]) -> F | None:
        found, faults = self.assembly.forms.validate(form, tree, path)
        self.faults += faults
        return found

    def _substances(self) -> dict[str, Mapping[str, str]]:
        trees = self.assembly.substances
        found = {key: self._form(SubstanceForm, trees[key], ("substances", key)) for key in trees}
        return {key: form.label.texts(key) for key, form in found.items() if form}

    def _materials(self) -> dict[str, Material]:
        found = {key: self.material(key) for key in self.assembly.materials}
        made = {k: m for k, m in found.items() if m}
        prices = self.assembly.scenario.child("prices")
        for key in prices:
            if key not in made:
                self._unknown_material(key, prices.keys_at[key], made)
        return made

    def material(self, key: str) -> Material | None:
        """One material with its price, the scenario's over its own; None where it is faulty."""
        tree, own = self.assembly.materials[key], self.assembly.scenario.child("prices").get(key)
        made_from = (key, id(tree), id(own), *self._named((tree, own)))
        return self._known(made_from, (tree, own), lambda: self._material(key, tree))

    def _known(self, made_from: tuple[object, ...], holds: object, make: Callable[[], R | None]) -> R | None:
        """A record that is made from certain nodes, with the settings of this reader; faults end that."""
        if self.faults:
            return make()
        return once((*made_from, *self._settings), holds, make, lambda: not self.faults)

    @cached_property
    def _settings(self) -> tuple[object, ...]:
        """What a record is made from beside its nodes."""
        return self.reader.year, self.reader.rates, self.reader.substances

    def _named(self, nodes: Iterable[Node | None]) -> tuple[object, ...]:
        """The sources that nodes name which the run has, and those of them whose figures are exact."""
        found = cited.named(nodes)
        return found & self.reader.sources, found & self.reader.computed

    def _material(self, key: str, tree: Tree) -> Material | None:
        prices = self.assembly.scenario.child("prices")
        form = self._form(MaterialForm, tree, ("materials", key))
        if form is None:
            self.faulty.add(key)
            return None
        before = len(self.faults)
        found = material(key, form, tree, self.reader)
        if len(self.faults) > before:
            self.reader.faulty.add(key)
        if key in prices:
            own = self._form(Quantity, prices[key], ("prices", key))
            cost = price(own, prices, key, found, self.reader) if own else None
        else:
            cost = price(form.price, tree, "price", found, self.reader) if form.price else None
        return replace(found, price=cost)

    def _processes(self, materials: Mapping[str, Material]) -> dict[str, Process]:
        lists = listed_at(self.assembly)

        def made(key: str) -> Process | None:
            tree = self.assembly.processes[key]
            per, flows = str(tree.get("per")), (*tree.child("inputs"), *tree.child("outputs"))
            used = [materials[m] for name in (*flows, per) for m in lineage(name, materials)]
            listed = (key, per, "givers") in lists, lists.get((key, per, "takers"))
            made_from = (key, id(tree), self.assembly.chain_of.get(key, ""), listed, *map(id, used))
            made_from += self._named((tree,))
            return self._known(made_from, (tree, used), lambda: self.process(key, materials, lists))

        found = {key: made(key) for key in self.assembly.processes if key not in self.faulty}
        return {k: p for k, p in found.items() if p}

    def process(
        self, key: str, materials: Mapping[str, Material], lists: Mapping[tuple[str, str, str], Place]
    ) -> Process | None:
        """One process; None where it is faulty or not enabled."""
        tree = self.assembly.processes[key]
        form = self._form(ProcessForm, tree, ("processes", key))
        chain = self.assembly.chain_of.get(key, "")
        before = len(self.faults)
        found = process(key, form, tree, materials, self.reader, chain, lists, self.faulty) if form else None
        if len(self.faults) > before or found is None:
            self.faulty.add(key)
        if form and form.source:
            self.reader.source(form.source, tree)
        return found if form and form.enabled else None

    def _stocks(self, materials: Mapping[str, Material]) -> dict[str, Stock]:
        found = {key: self.stock(key, materials) for key in self.assembly.stocks}
        return {k: s for k, s in found.items() if s}

    def stock(self, key: str, materials: Mapping[str, Material]) -> Stock | None:
        """One stock; None where it is faulty."""
        tree = self.assembly.stocks[key]
        form = self._form(StockForm, tree, ("stocks", key))
        if form is None or form.material not in materials:
            self.faulty.add(key)
        if form is None:
            return None
        self.reader.source(form.source, tree)
        if form.material not in materials:
            self._unknown_material(form.material, place_of(tree, ("material",)), materials)
            return None
        before = len(self.faults)
        found = stock(key, form, tree, materials, self.reader)
        if len(self.faults) > before and found.becomes:
            self.faulty.add(key)
            return None
        return found

    def _drive(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
    ) -> dict[str, Figure]:
        keys = self.assembly.scenario.child("drive")
        found = {key: self.driven(key, materials, processes, stocks) for key in keys}
        return {k: f for k, f in found.items() if f}

    def driven(
        self,
        key: str,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
    ) -> Figure | None:
        """What drives one process or stock; None where it is faulty."""
        section = self.assembly.scenario.child("drive")
        quantity = self._form(Quantity, section[key], ("drive", key))
        if quantity is None or (key in self.faulty and key not in processes):
            return None
        if key in processes:
            driven = processes[key]
            of, hours, most = materials[driven.per], driven.operating_hours, driven.capacity
        elif key in stocks and stocks[key].lifetime:
            return self.reader.figure(quantity, section[key], amount_of(materials[stocks[key].material]))
        elif key in stocks:
            of, hours = materials[stocks[key].material], None
            most = stocks[key].initial or Figure(0.0, "0", stocks[key].place)
        else:
            self._unknown_node(key, section.keys_at[key], processes, stocks)
            return None
        figure = rate(quantity, section, key, of, self.reader, hours)
        if figure and key not in self.faulty:
            self._within(key, figure, most, key in stocks)
        return figure

    def _within(self, key: str, figure: Figure, most: Figure | None, is_stock: bool) -> None:
        if most and figure.value > most.value * (1 + 1e-12):
            name = "stock-exhausted" if is_stock else "drive-above-capacity"
            values = {"id": key, "drive": figure.text, "most": most.text, "other": most.place}
            self.faults.append(Fault(name, figure.place, values))

    def _unknown_node(
        self, key: str, place: Place, processes: Mapping[str, Process], stocks: Mapping[str, Stock]
    ) -> None:
        name = "entry-not-in-run" if self.other_chains.has_node(key) else "entry-unknown"
        self.faults.append(Fault(name, place, {"id": key, "near": nearest(key, [*processes, *stocks])}))

    def _unknown_material(self, key: str, place: Place, materials: Mapping[str, Material]) -> None:
        if key in self.faulty:
            return
        self.reader.unknown_material(key, place, materials)

    def _rates(self, name: str, materials: Mapping[str, Material]) -> dict[str, Figure]:
        found = {key: self.outside(name, key, materials) for key in self.assembly.scenario.child(name)}
        return {k: f for k, f in found.items() if f}

    def outside(self, name: str, key: str, materials: Mapping[str, Material]) -> Figure | None:
        """One demand or supply; None where it is faulty."""
        section = self.assembly.scenario.child(name)
        if key not in materials:
            self._unknown_material(key, section.keys_at[key], materials)
            return None
        quantity = self._form(Quantity, section[key], (name, key))
        if quantity is None:
            return None
        with self.reader.about(key):
            return rate(quantity, section, key, materials[key], self.reader, None)

    def _pools(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
    ) -> dict[str, Pool]:
        members = self.members(processes, stocks)
        for key, place in self.assembly.pools_at.items():
            if key not in materials:
                self._unknown_material(key, place, materials)
        return {k: self.pool(m, members) for k, m in materials.items()}

    def members(self, processes: Mapping[str, Process], stocks: Mapping[str, Stock]) -> Members:
        """Who takes part in this run."""
        section = self.assembly.scenario.child("drive")
        driven = {k: section.keys_at[k] for k in section}
        made = frozenset(m for p in processes.values() for m in p.outputs)
        return Members(processes, stocks, driven, made, self.other_chains.has_node, frozenset(self.faulty))

    def pool(self, of: Material, members: Members) -> Pool:
        """Both lists of one pool."""
        return pool(of, self.assembly, members, self.reader, self.notes)

    def _residues(self, materials: Mapping[str, Material]) -> None:
        for key, tree in self.assembly.materials.items():
            parent = materials[key].residue_of if key in materials else ""
            if parent and key in lineage(parent, materials):
                self.faults.append(Fault("residue-of-itself", place_of(tree, ("residue-of",)), {"id": key}))
                continue
            if parent and parent not in materials:
                self._unknown_material(parent, place_of(tree, ("residue-of",)), materials)
            elif parent and not materials[parent].waste:
                values = {"id": key, "parent": parent}
                self.faults.append(Fault("residue-of-no-waste", place_of(tree, ("residue-of",)), values))

    def _with_chain_labels(self, found: Drawing) -> Drawing:
        """What the scenario does not name itself, `chain:NAME`, has the label of the chain's file."""
        labels = dict(found.labels)
        for name, node in self.assembly.chain_labels.items():
            labels.setdefault(f"chain:{name}", Label.model_validate(node).texts(name))
        return replace(found, labels=labels)

    def _reached(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        pools: dict[str, Pool],
        demand: Mapping[str, Figure],
        supply: Mapping[str, Figure],
        stocks: Mapping[str, Stock],
    ) -> dict[str, Material]:
        """Materials that something of the run touches, and what they are residues of; all other pools go."""
        touched = {m for p in processes.values() for m in (*p.inputs, *p.outputs)}
        touched |= {*demand, *supply, *(m for s in stocks.values() for m in (s.material, s.becomes) if m)}
        for key in list(pools):
            if key not in touched:
                del pools[key]
        kept = touched | {parent for key in touched for parent in lineage(key, materials)}
        return {k: m for k, m in materials.items() if k in kept}


def _texts(tree: Tree, name: str) -> Mapping[str, str]:
    """The label of what a tree says, in both languages; its name where it says none."""
    return Label.model_validate(tree["label"]).texts(name) if "label" in tree else {"en": name, "zh": name}
