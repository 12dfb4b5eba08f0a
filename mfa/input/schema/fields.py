"""The grammar of forms: ids, flags, years, labels, and quantities with their uncertainty.

Short forms (`2.05 t/t`, a bare id in a list) are brought into the long form before
validation, so that one fault gives one message.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from mfa.input.yaml.tree import BARE, YEAR, YEARS
from mfa.properties import OTHER, WAYS, is_formula
from mfa.system import BOUNDARY_WORDS

ID = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
SUBSTANCE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}\Z")
COUNTS = (OTHER, *WAYS, "cost")  # what a composition, an indicator or a picture has of its own


PART = {"part": True}  # the context of a file that others are merged with: fields may be missing


def is_part(info: ValidationInfo) -> bool:
    """Whether the file is one of several to be merged, so that fields may be missing."""
    return info.context is PART


def _hyphened(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Form(BaseModel):
    """A mapping of a file: unknown keys are faults, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_hyphened, defer_build=True)


def _id(text: object) -> object:
    if isinstance(text, str):
        if text in BOUNDARY_WORDS:
            raise PydanticCustomError("id-boundary", "{id}", {"id": str(text)})
        if not ID.match(text):
            raise PydanticCustomError("id-form", "{id}", {"id": text[:60]})
    return text


def _substance(text: object) -> object:
    if isinstance(text, str):
        if not SUBSTANCE.match(text):
            raise PydanticCustomError("substance-form", "{id}", {"id": text[:60]})
        if text in COUNTS or is_formula(text):
            key = "substance-taken" if text in COUNTS else "substance-formula"
            raise PydanticCustomError(key, "{id}", {"id": str(text)})
    return text


def _flag(text: object) -> object:
    if isinstance(text, str) and text in ("true", "false"):
        return text == "true"
    if isinstance(text, str):
        raise PydanticCustomError("flag", "{text}", {"text": text[:60]})
    return text


def _whole(text: object) -> object:
    if isinstance(text, str):
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise PydanticCustomError("whole-number", "{text}", {"text": text[:60]})
        return int(text)
    return text


def _year(text: object) -> object:
    if isinstance(text, str) and not YEAR.match(text):
        raise PydanticCustomError("year", "{text}", {"text": text[:60]})
    return _whole(text)


IDS = "x-ids"
"""What a text is an id of, in the JSON Schema of the forms: `material`, `process` …"""
PATTERN = f"^{ID.pattern[:-2]}$"
Id = Annotated[str, BeforeValidator(_id), Field(json_schema_extra={"pattern": PATTERN})]
MaterialId = Annotated[
    str, BeforeValidator(_id), Field(json_schema_extra={"pattern": PATTERN, IDS: "material"})
]
ProcessId = Annotated[
    str, BeforeValidator(_id), Field(json_schema_extra={"pattern": PATTERN, IDS: "process"})
]
StockId = Annotated[str, BeforeValidator(_id), Field(json_schema_extra={"pattern": PATTERN, IDS: "stock"})]
ChainName = Annotated[str, Field(json_schema_extra={IDS: "chain"})]
Anchor = Annotated[str, Field(json_schema_extra={IDS: "anchor"})]
IndicatorName = Annotated[str, Field(json_schema_extra={IDS: "indicator"})]
SubstanceName = Annotated[
    str, BeforeValidator(_substance), Field(json_schema_extra={"pattern": f"^{SUBSTANCE.pattern[:-2]}$"})
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_whole)]
Year = Annotated[int, BeforeValidator(_year)]


class Short(Form):
    """A form that may also be written as one text."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The long form, or a text or number."""
        long = handler.resolve_ref_schema(handler(schema))
        inner = dict(long)
        if inner["properties"].pop(YEARS, None):
            inner["patternProperties"] = {f"^{YEAR.pattern[:-2]}$": {"type": ["string", "number"]}}
        inner["properties"].pop(BARE, None)
        long.clear()
        long.update({"anyOf": [{"type": ["string", "number"]}, inner], "title": inner.pop("title", "")})
        return long


class Label(Short):
    """A name in English and Chinese; one text serves for both."""

    en: str = ""
    zh: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        return {"en": given, "zh": given} if isinstance(given, str) else given

    def texts(self, fallback: str) -> Mapping[str, str]:
        """Both languages, each falling back to the other, then to the id; one line whatever the file says."""
        made = {"en": self.en or self.zh or fallback, "zh": self.zh or self.en or fallback}
        return {
            lang: " ".join(filter(None, map(str.strip, text.splitlines()))) for lang, text in made.items()
        }


class Quantity(Short):
    """`VALUE UNIT`, or a mapping with a value (or years), at most one uncertainty, a source."""

    value: str | None = None
    balance: Flag | None = None
    range: str | None = None
    dist: Literal["triangular", "uniform", "pert", "beta"] | None = None
    sd: str | None = None
    cv: str | None = None
    gsd: str | None = None
    choice: list[str] | None = None
    exact: Flag | None = None
    source: str = ""
    note: str = ""
    confidence: Literal["high", "medium", "low"] | None = None
    basis: Literal["measured", "stated", "assumed"] | None = None
    interpolate: Literal["linear", "step"] | None = None
    years: dict[str, str] = Field(default_factory=dict, alias=YEARS)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        if isinstance(given, str):
            return {"value": given}
        if isinstance(given, Mapping) and any(YEAR.match(k) for k in given):
            years = {k: v for k, v in given.items() if YEAR.match(k)}
            return {YEARS: years} | {k: v for k, v in given.items() if k not in years}
        return given

    @model_validator(mode="after")
    def _one_of_each(self, info: ValidationInfo) -> Self:
        written = [k for k in ("range", "sd", "cv", "gsd", "choice", "exact") if getattr(self, k)]
        if len(written) > 1:
            keys = {"keys": " and ".join(written), "keys_zh": "、".join(written)}
            raise PydanticCustomError("uncertainty-two", "", keys)
        part = is_part(info)
        if self.dist == "beta" and self.sd is None and self.cv is None and not part:
            raise PydanticCustomError("beta-without-sd", "", {})
        if self.dist not in (None, "beta") and self.range is None and not part:
            raise PydanticCustomError("dist-without-range", "", {"dist": self.dist})
        if self.interpolate and not self.years and not part:
            raise PydanticCustomError("interpolate-without-years", "", {})
        given = [k for k in ("value", "balance", "years") if getattr(self, k)]
        if len(given) != 1 and (given or not part or not self.model_fields_set or self.value == ""):
            raise PydanticCustomError("quantity-value", "", {})
        if self.balance and written not in ([], ["range"]):
            raise PydanticCustomError("balance-uncertain", "", {"key": written[0]})
        return self


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


def _one_or_more(text: JsonSchemaValue) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [text, {"items": text, "type": "array"}]})


Names = Annotated[list[str], BeforeValidator(_listed), _one_or_more({"type": "string"})]
MaterialNames = Annotated[
    list[str], BeforeValidator(_listed), _one_or_more({"type": "string", IDS: "material"})
]
NodeNames = Annotated[list[str], BeforeValidator(_listed), _one_or_more({"type": "string", IDS: "anchor"})]
