"""The nouns of the model as frozen records: checked, free of units, nothing computed.

Takes nothing; the input room fills these, everything behind it reads them. Amounts
are in the native unit of their material, rates per year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mfa.errors import Fault, Place

Kind = Literal["resource", "intermediate", "product", "waste", "energy", "fuel", "water", "emission"]
Side = Literal["takers", "givers"]
NodeKind = Literal["process", "stock", "import", "export", "emission", "deposit"]
Fate = Literal["utilisation", "disposal", "storage", "dumped"]
Basis = Literal["", "measured", "stated", "assumed"]

BOUNDARY_SYNONYMS = {  # what people write for a word of the boundary
    "landfill": "deposit",
    "disposal": "deposit",
    "tip": "deposit",
    "market": "export",
    "sale": "export",
    "sales": "export",
    "purchase": "import",
    "air": "emission",
    "atmosphere": "emission",
}
BOUNDARY_WORDS = ("import", "export", "emission", "deposit", "surplus", "shortage")
MASS_UNIT = "t"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in native units as it was written, with what is known of its uncertainty.

    `low` and `high` bound a triangular, uniform or pert distribution, `sd` is a normal
    one's standard deviation (same unit), `gsd` a lognormal one's geometric deviation.
    """

    value: float
    text: str = ""
    place: Place | None = field(default=None, compare=False)
    dist: str = ""
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    gsd: float | None = None
    source: str = ""
    confidence: str = ""
    note: str = ""
    basis: Basis = ""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One input or output of a recipe, native units per native unit of the reference.

    `residue_of` of an output: the wastes that it is left of, none for new waste; None where the
    recipe does not say.
    """

    figure: Figure
    balance: bool = False
    reference: bool = False
    residue_of: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Something that flows; `composition` maps species (and `other`) to mass fractions."""

    id: str
    label: Mapping[str, str]
    kind: Kind
    unit: str
    place: Place
    composition: Mapping[str, float] = field(default_factory=dict)
    moisture: float | None = None
    density: float | None = None
    density_unit: str = ""
    lhv: float | None = None
    carbon: float | None = None
    waste: str = ""
    code: str = ""
    residue_of: str = ""
    bulk: bool = False
    parent_equivalent: float = 1.0
    ghg: str = ""
    gwp: float = 1.0
    water: str = ""
    renewable: bool = False
    carrier: bool = True
    co2_factor: float | None = None
    main_resource: bool | None = None
    price: Figure | None = None
    price_year: int | None = None
    price_vat: float = 0.0
    source: str = ""

    @property
    def is_mass(self) -> bool:
        """Whether amounts of it are a mass, so that it takes part in the mass balance."""
        return self.unit == MASS_UNIT


@dataclass(frozen=True, slots=True)
class Process:
    """A recipe with constant coefficients per unit of its reference material `per`."""

    id: str
    label: Mapping[str, str]
    per: str
    inputs: Mapping[str, Coefficient]
    outputs: Mapping[str, Coefficient]
    place: Place
    chain: str = ""
    capacity: Figure | None = None
    operating_hours: float | None = None
    fate: Fate = "utilisation"
    tolerance: float = 0.01
    heat_pump: bool = False
    site: str = ""
    sector: str = ""
    project: str = ""
    enterprise: str = ""
    basis: Basis = ""
    value_added: Figure | None = None
    system_cost: Figure | None = None
    transfer: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a pool's list: `limit` in the pool's unit a year, or `percent` of |net|."""

    node: str
    kind: NodeKind
    tier: int
    place: Place
    share: float = 1.0
    limit: Figure | None = None
    percent: Figure | None = None
    fate: Fate | None = None
    unlimited: bool = False
    basis: Basis = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """The balance of one material: who takes a surplus, who gives what is short."""

    material: str
    takers: tuple[Entry, ...]
    givers: tuple[Entry, ...]
    written: frozenset[Side] = frozenset()


@dataclass(frozen=True, slots=True)
class Stock:
    """A yard: a place where a material stays; amounts in the material's unit."""

    id: str
    label: Mapping[str, str]
    material: str
    place: Place
    initial: Figure | None = None
    capacity: Figure | None = None
    fate: Fate = "storage"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on an indicator, in the indicator's unit."""

    indicator: str
    minimum: float | None
    maximum: float | None
    place: Place
    source: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """The flows of some materials from some nodes or to some nodes (None: whichever)."""

    materials: frozenset[str]
    sources: frozenset[str] | None
    targets: frozenset[str] | None
    count: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class CustomIndicator:
    """An indicator that the scenario defines: a sum over flows, or a ratio of two."""

    id: str
    label: Mapping[str, str]
    unit: str
    numerator: tuple[Selector, ...]
    denominator: tuple[Selector, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that a plan states: bounds on one quantity of the model, in its unit.

    `kind` says what `names` are: a process whose level or capacity is meant, a flow
    (material, source, target), or indicators whose sum is meant. `value` is the stated figure
    where there is one; a claim that the model has no quantity for says so in `not_modelled`.
    """

    number: int
    label: Mapping[str, str]
    kind: Literal["level", "capacity", "flow", "indicators", "none"]
    names: tuple[str, ...]
    unit: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    place: Place
    source: str = ""
    note: str = ""
    not_modelled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a scenario wants its flows drawn.

    `order` are nodes from first to last, `colours` is material or kind → `#rrggbb`, `by` the tag
    that puts processes together, `labels` node or group → names in both languages.
    """

    order: tuple[str, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    by: str = "process"
    min_share: float = 0.0
    without: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """Everything that one run needs: the merged scenario, checked and in native units."""

    name: str
    label: Mapping[str, str]
    year: int | None
    materials: Mapping[str, Material]
    processes: Mapping[str, Process]
    pools: Mapping[str, Pool]
    stocks: Mapping[str, Stock]
    drive: Mapping[str, Figure]
    demand: Mapping[str, Figure]
    supply: Mapping[str, Figure]
    factors: Mapping[str, Figure]
    targets: tuple[Target, ...]
    layers: tuple[str, ...]
    indicators: tuple[CustomIndicator, ...]
    claims: tuple[Claim, ...]
    sources: Mapping[str, str]
    notes: tuple[Fault, ...] = ()
    sankey: Drawing = Drawing()

    @property
    def period(self) -> int:
        """The period's name in every table: the year, or 1 where none is given."""
        return 1 if self.year is None else self.year
