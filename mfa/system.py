"""The nouns of the model as frozen records: checked, free of units, nothing computed.

Takes nothing; the input room fills these, everything behind it reads them. Amounts
are in the native unit of their material, rates per year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from mfa.decisions import PlanTask
from mfa.errors import Fault, Place
from mfa.presentation import BriefOutline, Drawing

if TYPE_CHECKING:
    from mfa.storage import Periods, Stock

Kind = Literal["resource", "intermediate", "product", "waste", "energy", "fuel", "water", "emission"]
Side = Literal["takers", "givers"]
NodeKind = Literal["process", "stock", "import", "export", "emission", "deposit"]
Serves = Literal["least", "largest"]
Fate = Literal["utilisation", "disposal", "storage", "dumped"]
Basis = Literal["", "measured", "stated", "assumed"]
Allocation = Literal["mass", "energy", "value", "main"]

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
GJ_PER = {"MWh": 3.6, "GJ": 1.0}  # of the units that an energy is counted in


class Written(NamedTuple):
    """A number in the unit of a file: of `value`, `low`, `high`, `sd`, `cv` or `gsd`, or of a year."""

    part: str
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in native units as it was written, with what is known of its uncertainty.

    `low` and `high` bound a triangular, uniform or pert distribution, `sd` is a normal one's standard
    deviation (same unit), `gsd` a lognormal one's; `choice` are equally likely; `exact`: without error.
    `years` are the points of a schedule by year; `written` is what the file says, so that it can
    be converted again (`mfa.properties.reconverted`).
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
    years: tuple[tuple[int, float], ...] = ()
    interpolate: Literal["linear", "step"] = "linear"
    written: tuple[Written, ...] = ()
    choice: tuple[float, ...] = ()
    exact: bool = False

    @property
    def unit(self) -> str:
        """The unit in which the value is written; empty where it has none or was computed."""
        return next((w.unit for w in self.written), "")

    def at(self, year: int) -> float:
        """The value in a year, native units: of a schedule, between its years, held before and after them.

        >>> Figure(1.2, years=((2022, 1.2), (2026, 2.4))).at(2023)
        1.5
        """
        if not self.years:
            return self.value
        earlier = [p for p in self.years if p[0] <= year] or self.years[:1]
        later = [p for p in self.years if p[0] > year]
        start = earlier[-1]
        if self.interpolate == "step" or not later or start[0] > year:
            return start[1]
        share = (year - start[0]) / (later[0][0] - start[0])
        return start[1] + share * (later[0][1] - start[1])


ONE = Figure(1.0, "1")
ZERO = Figure(0.0, "0")
ONE_PER_CENT = Figure(0.01, "1 %")


def number(figure: Figure | None, absent: float = 0.0) -> float:
    """The value of a figure, or what stands for one that nobody wrote."""
    return absent if figure is None else figure.value


def known(figure: Figure | None) -> float | None:
    """The value of a figure, None where nobody wrote one."""
    return None if figure is None else figure.value


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

    @property
    def is_assumed(self) -> bool:
        """Whether it is the reference of a recipe that leaves it out, taken as an output."""
        return self.reference and not self.figure.written


@dataclass(frozen=True, slots=True)
class Material:
    """Something that flows; `composition` maps species (and `other`) to mass fractions.

    `density` is in t per `density_unit`, `lhv` in GJ, `co2_factor` and `upstream_co2` in t CO2
    per native unit, `mass` in t per native unit, `enthalpy` (of an energy) in GJ/t.
    """

    id: str
    label: Mapping[str, str]
    kind: Kind
    unit: str
    place: Place
    composition: Mapping[str, Figure] = field(default_factory=dict)
    moisture: Figure | None = None
    density: Figure | None = None
    density_unit: str = ""
    lhv: Figure | None = None
    mass: Figure | None = None
    enthalpy: Figure | None = None
    carbon: Figure | None = None
    waste: str = ""
    code: str = ""
    residue_of: str = ""
    bulk: bool = False
    common: bool = False
    parent_equivalent: Figure = ONE
    ghg: str = ""
    gwp: Figure = ONE
    water: str = ""
    renewable: bool = False
    carrier: bool = True
    co2_factor: Figure | None = None
    upstream_co2: Figure | None = None
    main_resource: bool | None = None
    price: Figure | None = None
    price_year: int | None = None
    price_vat: Figure = ZERO
    source: str = ""

    @property
    def is_mass(self) -> bool:
        """Whether amounts of it are tonnes."""
        return self.unit == MASS_UNIT

    @property
    def has_mass(self) -> bool:
        """Whether it takes part in the mass balance."""
        return self.is_mass or self.enthalpy is not None or self.mass is not None

    @property
    def unit_mass(self) -> float:
        """Tonnes in one native unit, by which it takes part in the mass balance; 0 where it does not."""
        if self.is_mass:
            return 1.0
        if self.enthalpy is not None:
            return GJ_PER[self.unit] / self.enthalpy.value
        return number(self.mass)


@dataclass(frozen=True, slots=True)
class Process:
    """A recipe with constant coefficients per unit of its reference material `per`.

    `split` are outputs whose sum is certain; `concentration` of a Dirichlet distribution of the parts.
    `delay` is how many years after its inputs its outputs come.
    """

    id: str
    label: Mapping[str, str]
    per: str
    inputs: Mapping[str, Coefficient]
    outputs: Mapping[str, Coefficient]
    place: Place
    chain: str = ""
    capacity: Figure | None = None
    operating_hours: Figure | None = None
    fate: Fate = "utilisation"
    allocation: Allocation | None = None
    tolerance: Figure = ONE_PER_CENT
    heat_pump: bool = False
    placeholder: bool = False
    site: str = ""
    sector: str = ""
    project: str = ""
    enterprise: str = ""
    basis: Basis = ""
    value_added: Figure | None = None
    system_cost: Figure | None = None
    transfer: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    serves: Serves = "least"
    split: tuple[str, ...] = ()
    concentration: Figure | None = None
    delay: Figure | None = None

    @property
    def is_assumed_output(self) -> bool:
        """Whether nothing but `per` says that it makes its reference."""
        return self.per in self.outputs and self.outputs[self.per].is_assumed


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a pool's list: `limit` in its unit a year, or `percent` of |net|; `distance` in km."""

    node: str
    kind: NodeKind
    tier: int
    place: Place
    share: Figure = ONE
    limit: Figure | None = None
    percent: Figure | None = None
    fate: Fate | None = None
    unlimited: bool = False
    basis: Basis = ""
    distance: Figure | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """The balance of one material: who takes a surplus, who gives what is short."""

    material: str
    takers: tuple[Entry, ...]
    givers: tuple[Entry, ...]
    written: frozenset[Side] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on an indicator, in the indicator's unit: `least` or `most` that it may be."""

    indicator: str
    least: Figure | None
    most: Figure | None
    place: Place
    source: str = ""

    @property
    def minimum(self) -> float | None:
        """The least value, None where there is none."""
        return known(self.least)

    @property
    def maximum(self) -> float | None:
        """The greatest value, None where there is none."""
        return known(self.most)


@dataclass(frozen=True, slots=True)
class Selector:
    """The flows of some materials from some nodes or to some nodes (None: whichever)."""

    materials: frozenset[str]
    sources: frozenset[str] | None
    targets: frozenset[str] | None
    count: str
    weight: Figure = ONE


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
    `written` is the unit in which it was written, `size` what one of that is in `unit`. `year` is the
    one that it is about; None where it is about whichever year is audited.
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
    written: str = ""
    size: float = 1.0
    year: int | None = None


class Correlation(NamedTuple):
    """The rank correlation of two figures."""

    one: str
    other: str
    rho: float
    place: Place


SPREADS: Mapping[str, float] = {"high": 0.05, "medium": 0.15, "low": 0.4, "": 0.25}


@dataclass(frozen=True, slots=True)
class System:
    """Everything that one run needs: the merged scenario, checked and in native units.

    `allocation` is the rule of the footprints that are asked for, None where none are; `sites` maps
    site → site → distance, km, as written; `currencies` are CNY for one unit of other money;
    `substances` are what no formula says and is followed as a layer, each with its label; `spreads`
    are gsd - 1 of figures without a written uncertainty, by confidence.
    `periods` are those still to be solved, one after the other; of one period alone there are
    none, and `span` is how many years it stands for.
    """

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
    sankey: Drawing = field(default_factory=Drawing)
    brief: BriefOutline = field(default_factory=BriefOutline)
    plan: PlanTask = field(default_factory=PlanTask)
    allocation: Allocation | None = None
    sites: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    currencies: Mapping[str, Figure] = field(default_factory=dict)
    substances: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source_kinds: Mapping[str, str] = field(default_factory=dict)
    spreads: Mapping[str, float] = field(default_factory=lambda: SPREADS)
    correlations: tuple[Correlation, ...] = ()
    periods: Periods | None = None
    span: int = 1

    @property
    def carries(self) -> bool:
        """Whether it is solved period by period: over several years, or with stocks in use."""
        return self.periods is not None or any(s.lifetime for s in self.stocks.values())

    @property
    def period(self) -> int:
        """The period's name in every table: the year, or 1 where none is given."""
        return 1 if self.year is None else self.year
