"""What a scenario asks for: targets, indicators of its own, claims, and how its flows are drawn."""

from typing import Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mfa.input.schema.fields import (
    Form,
    IndicatorName,
    Label,
    MaterialNames,
    Names,
    NodeNames,
    ProcessId,
    Quantity,
    is_part,
)


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
