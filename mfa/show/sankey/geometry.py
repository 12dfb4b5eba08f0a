"""What a Sankey picture is made of: flows going in, nodes and bands coming out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mfa.show.sankey.curves import Corner, Outline, Pipe

OTHER = "*other"
"""The material of a band that stands for several small flows of several kinds."""

OF_KIND = OTHER + ":"
"""Before a kind, the material of a band that stands for several small flows of it."""

LOSS = "loss"
"""Where the energy goes that a process gets and does not pass on."""

MORE, LESS = "more", "less"
"""What flows in the second of two runs and not in the first, and the other way round."""

LOST = "*lost"
"""The material of such a flow; its kind is `loss` too."""

COMMON = {"in": "common-in", "out": "common-out"}
"""Where a process draws from a common pool, and where it gives into one."""

BOUNDARY = ("import", "export", "emission", "deposit", "surplus", "shortage", "stock", *COMMON.values())
"""Ids shared by many materials; each is split so that it stands beside its process."""

REST = {"in": "rest-in", "out": "rest-out"}
"""Where the flows that are not followed come from and go to, one grey flow a node."""

SMALL = {"in": "small-in", "out": "small-out"}
"""Where bundles of small flows over the boundary come from and go to; they carry no label."""

OUTSIDE = (*BOUNDARY, LOSS)
"""All ids of what lies outside the processes and stocks."""

ENDS = (*OUTSIDE, *REST.values(), *SMALL.values())
"""All ids that are split, those that only the preparation of a picture makes among them."""

COLOURS: Mapping[str, str] = {
    "resource": "#6b4a1e",
    "intermediate": "#5b8db8",
    "product": "#1b9e77",
    "waste": "#d55e00",
    "energy": "#e8b820",
    "fuel": "#333333",
    "water": "#7fdbff",
    "emission": "#882288",
    "other": "#c0c0c0",
    LOSS: "#606080",
    MORE: "#0072b2",
    LESS: "#d55e00",
}
"""Band colour of each kind of material, distinct with the common colour blindnesses."""

FONT = 11.0
"""Size of the letters of a label, the measure of all lengths of a picture."""

WRAP = 10.5 * FONT
"""Widest line of a label where there is room: ten han, some twenty letters."""

ROUNDING = 1e-9  # points: far below what is seen, far above what sums of lengths lose

ALPHA = 0.6
"""How opaque bands are."""

HATCHES: Mapping[str, str] = {"waste": "////", LESS: "////", LOSS: "\\\\\\\\"}
"""Kinds whose bands are hatched, since grey print tells no orange from a green: waste and what is lost."""


@dataclass(frozen=True, order=True)
class Link:
    """A flow of one material from one node to another, `value` above zero."""

    source: str
    target: str
    material: str
    value: float


@dataclass(frozen=True)
class Box:
    """A rectangle; `y` grows downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles share an area; edges that rounding pushes over each other do not count."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        return wide > ROUNDING and min(self.y1, other.y1) - max(self.y0, other.y0) > ROUNDING

    def moved(self, x: float, y: float) -> Box:
        """The rectangle moved by a step."""
        return Box(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)


@dataclass(frozen=True)
class Node:
    """A process, a stock or a piece of the boundary, drawn as an upright bar.

    `names` are the process's own name, or the materials that cross the boundary here,
    largest first. `text` is the room kept for the label, whatever the language. `circulating` are
    the flows from the node to itself, which are in neither sum. `stacked` says that the label
    stands above the bar, not beside it; `changes` that its values are more (above zero) or less.
    """

    id: str
    origin: str
    role: str
    names: tuple[str, ...]
    layer: int
    box: Box
    text: Box
    text_left: bool
    value_in: float
    value_out: float
    circulating: float = 0.0
    stacked: bool = False
    changes: bool = False

    @property
    def sells_products(self) -> bool:
        """Whether it is the piece of the boundary where a process's products leave."""
        return self.id.endswith("@product")

    @property
    def bar(self) -> Box:
        """The bar as drawn: never too thin to be seen, a stock a little broader."""
        half = max(self.box.y1 - self.box.y0, 2.0) / 2
        middle = (self.box.y0 + self.box.y1) / 2
        more = 3.0 if self.role == "stock" else 0.0
        return Box(self.box.x0 - more, middle - half, self.box.x1 + more, middle + half)


@dataclass(frozen=True)
class Caption:
    """A material's name set on its band, centred on a point."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Band:
    """A flow as a band of constant width beside a path, which all flows between two nodes share.

    `offset` is how far its middle lies to the right of the path, seen in its direction; `parts`
    are the flows that a bundle stands for; `arrow` is a point and a direction (+1 right, -1 left)
    on the lane of a return flow.
    """

    link: Link
    kind: str
    name: str
    width: float
    to_scale: bool
    back: bool
    path: tuple[Corner, ...]
    offset: float
    caption: Caption | None
    arrow: tuple[float, float, int] | None
    parts: tuple[Link, ...]

    def outline(self) -> Outline:
        """The closed line round the band."""
        return Pipe(self.path).outline(self.offset, self.width)


class Heading(NamedTuple):
    """A line over a picture: its baseline's left end, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


@dataclass(frozen=True)
class Remark:
    """An amount that a picture does not show as a flow, named in its legend.

    `key` is the word `sankey-KEY` of the catalogue, with the fields `value`, `unit` and `names`;
    `names` are by language; `further` are the amounts in the other runs of a picture of several.
    """

    key: str
    value: float
    names: Mapping[str, str] = field(default_factory=dict)
    further: tuple[float, ...] = ()


@dataclass(frozen=True)
class Geometry:
    """A finished picture in points, without any drawing library.

    `wrap` is the widest line of a label. `hidden` is the sum of the flows that are not drawn since both
    their ends are among the `hidden_nodes`, processes too small for the sheet; `unnamed` are the products
    sold that have no label. `says_unit` is whether each label says it; `origin` tells what it is made from.
    `panels` are the pictures that stand below each other in this one.
    """

    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    width: float
    height: float
    unit: str
    scale: float
    min_share: float
    bundled: float
    bundled_count: int
    names: Mapping[str, str]
    remarks: tuple[Remark, ...] = ()
    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS)
    spread: Mapping[Link, float] = field(default_factory=dict)
    wrap: float = WRAP
    hidden: float = 0.0
    hidden_nodes: tuple[str, ...] = ()
    unnamed: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    says_unit: bool = True
    origin: str = ""
    panels: tuple[Geometry, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of material shown, in the order of the legend."""
        shown = {band.kind for band in self.bands if band.link.value > 0}
        return tuple(kind for kind in self.colours if kind in shown)


@dataclass(frozen=True)
class Look:
    """How the bar of a role is drawn; `text` is the colour of its label if it has its own."""

    fill: str
    edge: str
    round: bool = False
    hatched: bool = False
    text: str = ""


LOOKS: Mapping[str, Look] = {
    "process": Look("#333333", "#333333"),
    "stock": Look("#c9d3e6", "#2f4b7c", round=True),
    "import": Look("#9a9a9a", "#9a9a9a"),
    "export": Look("#9a9a9a", "#9a9a9a"),
    "emission": Look("#9a9a9a", "#9a9a9a"),
    "deposit": Look("#9a9a9a", "#9a9a9a"),
    LOSS: Look("#9a9a9a", "#9a9a9a"),
    **{role: Look("#9a9a9a", "#9a9a9a") for role in COMMON.values()},
    **{role: Look(COLOURS["other"], COLOURS["other"]) for role in (*REST.values(), *SMALL.values())},
    "surplus": Look("#cc3311", "#cc3311", text="#b02a0e"),
    "shortage": Look("#ffffff", "#cc3311", hatched=True, text="#b02a0e"),
}


def is_bundle(material: str) -> bool:
    """Whether a band of this material stands for several small flows."""
    return material.startswith(OTHER)


def arrowhead(band: Band) -> list[tuple[float, float]]:
    """The triangle that shows where a return flow goes."""
    if band.arrow is None:
        return []
    x, y, way = band.arrow
    half = min(max(0.3 * band.width, 3.0), 8.0)
    return [(x + way * half, y), (x - way * half, y - half), (x - way * half, y + half)]
