"""What a scenario asks for: targets, indicators of its own, claims, and how its flows are drawn."""

from typing import Literal, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from mfa.input.schema.fields import (
    Form,
    IndicatorName,
    Label,
    MaterialNames,
    Names,
    NodeNames,
    ProcessId,
    Quantity,
    Short,
    is_part,
)
from mfa.input.yaml.tree import BARE


class TargetForm(Form):
    """A bound on an indicator."""

    min: Quantity | None = None
    max: Quantity | None = None
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _bound(self, info: ValidationInfo) -> Self:
        if not is_part(info) and (self.min is None) == (self.max is None):
            raise PydanticCustomError("target-bound", "", {})
        return self


class SelectorForm(Form):
    """Flows that an indicator adds up: by material, and by where they come from or go to."""

    material: MaterialNames | None = None
    kind: Names | None = None
    waste: Names | None = None
    source: NodeNames | None = None
    target: NodeNames | None = None
    count: str = ""
    weight: Quantity | None = None

    @model_validator(mode="after")
    def _ends(self, info: ValidationInfo) -> Self:
        if not is_part(info) and self.source is None and self.target is None:
            raise PydanticCustomError("selector-ends", "", {})
        return self


class IndicatorForm(Form):
    """A sum over flows, or the ratio of two such sums."""

    label: Label | None = None
    count: str = "amount"
    numerator: list[SelectorForm] = Field(default_factory=list)
    denominator: list[SelectorForm] = Field(default_factory=list)
    source: str = ""
    note: str = ""


class ClaimForm(Form):
    """A figure that a plan or a report states."""

    label: Label | None = None
    level: ProcessId | None = None
    capacity: ProcessId | None = None
    flow: dict[Literal["material", "source", "target"], str] | None = None
    indicator: IndicatorName | None = None
    sum: list[IndicatorName] = Field(default_factory=list)
    value: Quantity | None = None
    min: Quantity | None = None
    max: Quantity | None = None
    tolerance: Quantity | None = None
    year: int | None = None
    not_modelled: Label | None = None
    source: str = ""
    note: str = ""


class ConditionForm(Form):
    """A row of a brief: variants under which every year is run."""

    label: Label | None = None
    variants: list[str] = Field(default_factory=list)


class DecisionForm(Form):
    """A question of a brief: the variants of its two ends, and what to do."""

    label: Label | None = None
    worse: list[str] = Field(default_factory=list)
    better: list[str] = Field(default_factory=list)
    advice: Label | None = None


class BriefForm(Form):
    """What the one page of a scenario tells; see `mfa brief`."""

    indicator: IndicatorName | None = None
    scenarios: list[str] = Field(default_factory=list)
    curve: str | None = None
    conditions: list[ConditionForm] = Field(default_factory=list)
    decisions: list[DecisionForm] = Field(default_factory=list)


class SankeyForm(Form):
    """How the Sankey pictures of a scenario look when a command does not say otherwise."""

    order: list[str] = Field(default_factory=list)
    colours: dict[str, str] = Field(default_factory=dict)
    by: Literal["process", "chain", "site", "sector", "project", "enterprise"] = "process"
    min_share: Quantity | None = None
    without: list[str] = Field(default_factory=list)
    labels: dict[str, Label] = Field(default_factory=dict)


class SpreadsForm(Short):
    """How far a figure without a written uncertainty may lie off, by its confidence; or `none`."""

    none_at_all: Literal["none"] | None = Field(default=None, alias=BARE)
    high: Quantity | None = None
    medium: Quantity | None = None
    low: Quantity | None = None
    none: Quantity | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        if isinstance(given, str) and given != "none":
            raise PydanticCustomError("spreads-word", "", {"text": given[:40]})
        return {BARE: given} if isinstance(given, str) else given


class CorrelationForm(Form):
    """Two figures whose draws go together, by a rank correlation."""

    paths: tuple[str, str]
    rho: str

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, given: object) -> object:
        listed = isinstance(given, list) and len(given) == 3 and all(isinstance(g, str) for g in given)
        if not listed:
            raise PydanticCustomError("correlate-form", "", {})
        assert isinstance(given, list)
        return {"paths": tuple(given[:2]), "rho": given[2]}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A list of two paths and a number."""
        return {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": ["string", "number"]}}
