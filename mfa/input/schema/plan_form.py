"""What a plan may decide: the section `plan:` of a scenario, still in text."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from mfa.input.schema.fields import Form, Label, Quantity, Year, is_part


def _goals(given: object) -> object:
    return {given: "1"} if isinstance(given, str) else given


WEIGHT = {"type": ["string", "number"]}
Goals = Annotated[
    dict[str, str],
    BeforeValidator(_goals),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": WEIGHT}]}),
]


class PieceForm(Form):
    """What a unit costs up to a size."""

    up_to: Quantity
    invest: Quantity


class PlanDecisionForm(Form):
    """A figure that may be chosen, or a list that may be written."""

    path: str | None = None
    order: str | None = None
    label: Label | None = None
    min: Quantity | None = None
    max: Quantity | None = None
    today: Quantity | None = None
    invest: Quantity | None = None
    fixed: Quantity | None = None
    pieces: list[PieceForm] = Field(default_factory=list)
    life: Quantity | None = None
    market: Quantity | None = None
    from_: Year | None = None
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        if isinstance(given, Mapping) and ("path" in given) == ("order" in given):
            raise PydanticCustomError("plan-decision", "", {})
        return given


class ParetoForm(Form):
    """A front: two objectives, and how many plans."""

    objectives: list[str]
    points: int = 6
    note: str = ""


class PlanForm(Form):
    """What is to be least or most, and what may be decided for it."""

    minimise: Goals | None = None
    maximise: Goals | None = None
    decide: list[PlanDecisionForm] = Field(default_factory=list)
    discount: Quantity | None = None
    priorities: Literal["free", "kept"] = "free"
    note: str = ""

    @model_validator(mode="after")
    def _one_direction(self, info: ValidationInfo) -> Self:
        if not is_part(info) and (self.minimise is None) == (self.maximise is None):
            raise PydanticCustomError("plan-direction", "", {})
        return self
