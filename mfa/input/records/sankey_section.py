"""How a scenario wants its flows drawn: the section `sankey:`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import get_args

from mfa.catalogue import GROUPS
from mfa.errors import Fault, nearest
from mfa.input.records.figures import Reader
from mfa.input.schema.assessment_forms import SankeyForm
from mfa.input.yaml.tree import Tree, place_of
from mfa.presentation import Drawing
from mfa.storage import Stock
from mfa.system import Kind, Material, Process

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z")


def drawing(
    form: SankeyForm,
    tree: Tree,
    materials: Mapping[str, Material],
    processes: Mapping[str, Process],
    stocks: Mapping[str, Stock],
    known_outside: Callable[[str], bool],
    reader: Reader,
) -> Drawing:
    """The section as a record; its faults go to the reader.

    `known_outside` says whether a name is defined outside this run: scenarios may share a section.
    """
    names = _Names(materials, processes, stocks, tree, known_outside, reader)
    for i, name in enumerate(form.order):
        names.node(name, ("order", i))
    for i, name in enumerate(form.without):
        names.material(name, ("without", i))
    for name, colour in form.colours.items():
        names.material(name, ("colours", name))
        if not COLOUR.match(colour):
            place = place_of(tree, ("colours", name))
            reader.faults.append(Fault("drawing-colour", place, {"text": colour[:40]}))
    for name in form.labels:
        names.node(name, ("labels", name))
    share = reader.ratio(form.min_share, tree["min-share"]) if form.min_share else None
    return Drawing(
        order=tuple(form.order),
        colours=form.colours,
        by=form.by,
        min_share=share.value if share else None,
        without=tuple(form.without),
        labels={k: label.texts(k) for k, label in form.labels.items()},
    )


def tags(processes: Iterable[Process]) -> list[str]:
    """Every chain, site, sector, project and enterprise that a process names, bare and as `site:NAME`."""
    named = {(kind, str(getattr(p, kind))) for p in processes for kind in GROUPS}
    return sorted({name for kind, tag in named if tag for name in (tag, f"{kind}:{tag}")})


class _Names:
    """Names of the section against those of the scenario."""

    def __init__(
        self,
        materials: Mapping[str, Material],
        processes: Mapping[str, Process],
        stocks: Mapping[str, Stock],
        tree: Tree,
        known_outside: Callable[[str], bool],
        reader: Reader,
    ) -> None:
        self.materials = [*materials, *get_args(Kind)]
        self.nodes = [*processes, *stocks, *tags(processes.values())]
        self.tree, self.known_outside, self.reader = tree, known_outside, reader

    def material(self, name: str, path: tuple[str | int, ...]) -> None:
        """A material or kind."""
        self._known(name, path, self.materials, {"what": "material or kind", "what_zh": "物料或种类"})

    def node(self, name: str, path: tuple[str | int, ...]) -> None:
        """A process, stock or tag."""
        what = {"what": "process, stock or tag", "what_zh": "过程、库存或分组标签"}
        self._known(name, path, self.nodes, what)

    def _known(
        self, name: str, path: tuple[str | int, ...], known: list[str], what: Mapping[str, str]
    ) -> None:
        if name not in known and not self.known_outside(name):
            place = place_of(self.tree, path, key=path[0] in ("colours", "labels"))
            values = {"id": name[:60], "near": nearest(name, known), **what}
            self.reader.faults.append(Fault("drawing-unknown", place, values))
