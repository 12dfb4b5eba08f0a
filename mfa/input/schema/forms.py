"""What files may say: pydantic forms of chains and scenarios, still in text.

Every leaf is text or a `Quantity` (value, uncertainty, source). Short forms (`2.05 t/t`,
a bare id in a list) are brought into the long form before validation, so that one fault
gives one message. The JSON Schema for editors comes from the same forms (`completions.py`).
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from mfa.input.schema.assessment_forms import (
    BriefForm,
    ClaimForm,
    CorrelationForm,
    IndicatorForm,
    SankeyForm,
    SpreadsForm,
    TargetForm,
)
from mfa.input.schema.fields import (
    IDS,
    Anchor,
    ChainName,
    Flag,
    Form,
    Id,
    IndicatorName,
    Label,
    MaterialId,
    MaterialNames,
    ProcessId,
    Quantity,
    Short,
    StockId,
    SubstanceName,
    Whole,
    Year,
    is_part,
)
from mfa.input.schema.plan_form import ParetoForm, PlanForm
from mfa.input.yaml.tree import BARE, LISTED
from mfa.system import Allocation, Fate, Kind, Serves


class OutputForm(Quantity):
    """A coefficient of an output, which may say what waste it is left of: ids, or `none` for new waste."""

    residue_of: MaterialNames | None = None


class MaterialPatch(Form):
    """Some fields of a material, laid over what a chain says."""

    label: Label | None = None
    kind: Kind | None = None
    unit: str = "t"
    composition: dict[str, Quantity] = Field(default_factory=dict)
    moisture: Quantity | None = None
    density: Quantity | None = None
    lhv: Quantity | None = None
    mass: Quantity | None = None
    enthalpy: Quantity | None = None
    carbon: Quantity | None = None
    waste: Literal["industrial-solid", "hazardous", "domestic"] | None = None
    code: str = ""
    residue_of: MaterialId | None = None
    bulk: Flag = False
    common: Flag = False
    parent_equivalent: Quantity | None = None
    ghg: Literal["combustion", "process", "biogenic"] | None = None
    gwp: Quantity | None = None
    water: Literal["fresh", "reused", "circulating", "sewage"] | None = None
    renewable: Flag = False
    carrier: Flag = True
    co2_factor: Quantity | None = None
    upstream_co2: Quantity | None = None
    main_resource: Flag | None = None
    price: Quantity | None = None
    price_year: Year | None = None
    price_vat: Quantity | None = None
    source: str = ""
    note: str = ""


class MaterialForm(MaterialPatch):
    """A material whole: only its kind is required."""

    kind: Kind


class ProcessPatch(Form):
    """Some fields of a process, laid over what a chain says."""

    label: Label | None = None
    site: str = ""
    sector: str = ""
    project: str = ""
    enterprise: str = ""
    basis: Literal["measured", "stated", "assumed"] | None = None
    per: MaterialId | None = None
    inputs: dict[MaterialId, Quantity] = Field(default_factory=dict)
    outputs: dict[MaterialId, OutputForm] = Field(default_factory=dict)
    capacity: Quantity | None = None
    operating: Quantity | None = None
    tolerance: Quantity | None = None
    heat_pump: Flag = False
    placeholder: Flag = False
    enabled: Flag = True
    fate: Literal["utilisation", "disposal", "storage"] = "utilisation"
    allocation: Allocation | None = None
    serves: Serves = "least"
    value_added: Quantity | None = None
    system_cost: Quantity | None = None
    transfer: dict[str, dict[MaterialId, Quantity]] = Field(default_factory=dict)
    split: list[MaterialId] = Field(default_factory=list)
    concentration: Quantity | None = None
    delay: Quantity | None = None
    like: ProcessId | None = None
    rename: dict[MaterialId, MaterialId] = Field(default_factory=dict)
    recipe: Literal["none"] | None = None
    source: str = ""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _recipe(cls, given: object, info: ValidationInfo) -> object:
        if isinstance(given, Mapping) and given.get("recipe") == "none":
            if is_part(info):
                return {k: v for k, v in given.items() if k not in ("inputs", "outputs")}
            raise PydanticCustomError("not-available", "", {"what": "recipe: none"})
        return given


class ProcessForm(ProcessPatch):
    """A process whole: its reference material is required."""

    per: MaterialId


class EntryForm(Short):
    """A place in a pool's list: an id, or a mapping with one node."""

    id: Id | None = Field(default=None, alias=BARE)
    process: ProcessId | None = None
    stock: StockId | None = None
    boundary: Literal["import", "export", "emission", "deposit"] | None = None
    limit: Quantity | None = None
    tier: Whole | None = Field(default=None, ge=1)
    share: Quantity | None = None
    distance: Quantity | None = None
    fate: Fate | None = None
    basis: Literal["measured", "stated", "assumed"] | None = None
    note: str = ""
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        if isinstance(given, str):
            return {BARE: given}
        if isinstance(given, Mapping):
            nodes = [k for k in (BARE, "process", "stock", "boundary") if k in given]
            if len(nodes) != 1:
                raise PydanticCustomError("entry-node", "", {})
        return given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The long form, or the id of a process or stock."""
        made = super().__get_pydantic_json_schema__(schema, handler)
        made["anyOf"][0][IDS] = "node"
        return made

    @property
    def name(self) -> str:
        """The id or boundary word it names."""
        return str(self.id or self.process or self.stock or self.boundary)


class InsertForm(EntryForm):
    """An entry put before or after another in the list of the chains."""

    before: Anchor | None = None
    after: Anchor | None = None

    @model_validator(mode="after")
    def _one_anchor(self) -> Self:
        if (self.before is None) == (self.after is None):
            raise PydanticCustomError("insert-anchor", "", {})
        return self


class SideForm(Form):
    """One side of a pool: a whole list, or entries put into the list of the chains."""

    entries: list[EntryForm] | None = Field(default=None, alias=LISTED)
    insert: list[InsertForm] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, given: object) -> object:
        if isinstance(given, Mapping) and any(k in given for k in ("process", "stock", "boundary")):
            raise PydanticCustomError("want-list", "", {})
        return {LISTED: given} if isinstance(given, list) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A list of entries, or a mapping with `insert`."""
        long = handler.resolve_ref_schema(handler(schema))
        entries = long["properties"].pop(LISTED)
        items = next(s for s in entries.get("anyOf", [entries]) if s.get("type") == "array")
        inner = dict(long)
        long.clear()
        long.update({"anyOf": [items, inner]})
        return long


class PoolForm(Form):
    """Who takes a surplus of a material and who gives what is short."""

    takers: SideForm | None = None
    givers: SideForm | None = None


class Lifetime(Form):
    """How long a product stays in use."""

    dist: Literal["fixed", "normal", "folded-normal", "lognormal", "weibull", "gamma"] | None = None
    mean: Quantity | None = None
    sd: Quantity | None = None
    shape: Quantity | None = None
    scale: Quantity | None = None
    table: list[str] | None = None
    inflow_at: Literal["start", "middle", "end"] = Field(default="middle", alias="inflow_at")

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> Self:
        if is_part(info):
            return self
        if self.table is not None and len(self.model_fields_set) > 1:
            raise PydanticCustomError("lifetime-form", "", {})
        if (self.table is None) == (self.dist is None):
            raise PydanticCustomError("lifetime-form", "", {})
        written = self.model_fields_set - {"dist", "inflow_at", "table"}
        wanted = [{"mean"}] if self.dist == "fixed" else [{"mean", "sd"}]
        wanted += [{"shape", "scale"}] if self.dist == "weibull" else []
        if self.dist and written not in wanted:
            raise PydanticCustomError("lifetime-form", "", {})
        return self


class StockPatch(Form):
    """Some fields of a stock, laid over what a chain says."""

    label: Label | None = None
    material: MaterialId | None = None
    initial: Quantity | None = None
    capacity: Quantity | None = None
    fate: Fate = "storage"
    becomes: MaterialId | None = None
    lifetime: Lifetime | None = None
    note: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _in_use(self, info: ValidationInfo) -> Self:
        if not is_part(info) and (self.becomes is None) != (self.lifetime is None):
            raise PydanticCustomError("stock-in-use", "", {})
        return self


class StockForm(StockPatch):
    """A stock whole: its material is required."""

    material: MaterialId


class Source(Short):
    """Where a figure comes from."""

    cite: str
    kind: Literal["document", "memory", "computed", "judgement"] | None = None
    url: str = ""
    doi: str = ""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        return {"cite": given} if isinstance(given, str) else given


class SubstanceForm(Form):
    """What is no chemical formula and is followed as a layer: ash, fibre, sugar, COD."""

    label: Label


class ChainForm(Form):
    """A chain file."""

    chain: Id
    label: Label | None = None
    aliases: list[str] = Field(default_factory=list)
    note: str = ""
    sources: dict[str, Source] = Field(default_factory=dict)
    substances: dict[SubstanceName, SubstanceForm] = Field(default_factory=dict)
    materials: dict[MaterialId, MaterialForm] = Field(default_factory=dict)
    processes: dict[ProcessId, ProcessForm] = Field(default_factory=dict)
    pools: dict[MaterialId, PoolForm] = Field(default_factory=dict)
    stocks: dict[StockId, StockForm] = Field(default_factory=dict)


class SiteForm(Form):
    """How far a site is from others."""

    distances: dict[str, Quantity] = Field(default_factory=dict)


class Periods(Form):
    """The years of a run."""

    from_: Year
    to: Year
    step: str | None = None


class ScenarioPatch(Form):
    """What a variant, or a level of a lever, may lay over a scenario."""

    label: Label | None = None
    note: str = ""
    year: Year | None = None
    periods: Periods | None = None
    chains: list[ChainName] = Field(default_factory=list)
    sources: dict[str, Source] = Field(default_factory=dict)
    substances: dict[SubstanceName, SubstanceForm] = Field(default_factory=dict)
    drive: dict[ProcessId, Quantity] = Field(default_factory=dict)
    demand: dict[MaterialId, Quantity] = Field(default_factory=dict)
    supply: dict[MaterialId, Quantity] = Field(default_factory=dict)
    materials: dict[MaterialId, MaterialPatch] = Field(default_factory=dict)
    processes: dict[ProcessId, ProcessPatch] = Field(default_factory=dict)
    pools: dict[MaterialId, PoolForm] = Field(default_factory=dict)
    stocks: dict[StockId, StockPatch] = Field(default_factory=dict)
    prices: dict[MaterialId, Quantity] = Field(default_factory=dict)
    factors: dict[str, Quantity] = Field(default_factory=dict)
    currencies: dict[str, Quantity] = Field(default_factory=dict)
    set: dict[str, Quantity] = Field(default_factory=dict)
    targets: dict[IndicatorName, TargetForm] = Field(default_factory=dict)
    plan: PlanForm | None = None
    pareto: ParetoForm | None = None
    layers: list[str] = Field(default_factory=list)
    indicators: dict[Id, IndicatorForm] = Field(default_factory=dict)
    claims: list[ClaimForm] = Field(default_factory=list)
    sites: dict[str, SiteForm] = Field(default_factory=dict)
    sankey: SankeyForm | None = None
    brief: BriefForm | None = None
    measurements: Any = None
    spreads: SpreadsForm | None = None
    correlate: list[CorrelationForm] = Field(default_factory=list)


LATER = ("measurements",)


class LeverForm(Form):
    """What people argue about: its levels in their order, of which a run picks one."""

    label: Label | None = None
    note: str = ""
    source: str = ""
    levels: dict[str, ScenarioPatch] = Field(  # a child may write fewer: two are counted when all is merged
        default_factory=dict, json_schema_extra={"minProperties": 1, "maxProperties": 6}
    )


class ScenarioForm(ScenarioPatch):
    """A scenario file."""

    scenario: Id
    extends: str | None = None
    variants: dict[str, ScenarioPatch] = Field(default_factory=dict)
    levers: dict[str, LeverForm] = Field(default_factory=dict)
