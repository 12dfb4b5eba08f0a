"""The merged trees of one run, filled layer by layer; every value keeps its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from mfa.errors import Fault, Place
from mfa.input.kept_files import forms
from mfa.input.schema.validate import FormCache
from mfa.input.yaml.tree import Items, Node, Text, Tree

SECTIONS = ("materials", "processes", "stocks", "substances")
SIDES = ("takers", "givers")
NOUNS = {"material": "物质", "process": "过程", "stock": "存量", "substance": "成分"}
NEEDED = {"material": "kind", "process": "per", "stock": "material", "substance": "label"}


@dataclass(frozen=True)
class Assembly:
    """The merged trees of one run, every value still at the place where it was written.

    Attributes
    ----------
    scenario : the merged scenario (drive, demand, targets …)
    materials, processes, stocks, substances : id → tree, chains and scenario merged
    sides : (material, side) → the written list, by chains
    own_sides : (material, side) → the written list or insertions, by the scenario
    pools_at : material → where its pool is written first
    fixed : (material, side, boundary word) → what `set` says of an entry of a side nobody writes
    faulty : processes that could not be put together
    sources : id → its definition; several where chains define one id differently
    chain_of : process → the chain that brought it
    chain_labels : chain → its label as written, of those that have one
    picked : lever → the level that was picked, placed where the file has it
    files : every file read, in order
    beside : the file against which further names are looked up
    forms : the forms of nodes validated so far
    unset : the same before the scenario's own `set` was laid over it, where it has one
    asked : what was found of names outside this run; copies share it, so that files are read once
    """

    scenario: Tree
    beside: Path
    materials: dict[str, Tree] = field(default_factory=dict)
    processes: dict[str, Tree] = field(default_factory=dict)
    stocks: dict[str, Tree] = field(default_factory=dict)
    substances: dict[str, Tree] = field(default_factory=dict)
    sources: dict[str, list[Node]] = field(default_factory=dict)
    sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    own_sides: dict[tuple[str, str], Items | Tree] = field(default_factory=dict)
    pools_at: dict[str, Place] = field(default_factory=dict)
    fixed: dict[tuple[str, str, str], Tree] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    chain_of: dict[str, str] = field(default_factory=dict)
    chain_labels: dict[str, Node] = field(default_factory=dict)
    picked: dict[str, Text] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    forms: FormCache = field(default_factory=forms)
    unset: Assembly | None = None
    asked: dict[tuple[str, str], bool] = field(default_factory=dict)

    def copy(self) -> Assembly:
        """Another assembly of the same nodes, to lay settings over; this one stays as it is."""
        return replace(
            self,
            scenario=self.scenario.copy(),
            materials=dict(self.materials),
            processes=dict(self.processes),
            stocks=dict(self.stocks),
            substances=dict(self.substances),
            sources=dict(self.sources),
            sides=dict(self.sides),
            own_sides=dict(self.own_sides),
            pools_at=dict(self.pools_at),
            fixed=dict(self.fixed),
            faulty=set(self.faulty),
            chain_of=dict(self.chain_of),
            chain_labels=dict(self.chain_labels),
            picked=dict(self.picked),
            files=list(self.files),
            faults=list(self.faults),
            forms=self.forms.copy(),
        )


def other_kind(assembly: Assembly, section: str, key: str) -> Place | None:
    """Processes and stocks share one name space."""
    twin = {"processes": assembly.stocks, "stocks": assembly.processes}.get(section, {})
    return twin[key].place if key in twin else None
