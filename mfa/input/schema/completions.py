"""The JSON Schema of chain and scenario files for editors, with the ids that a run already has.

The forms say of a text what it is an id of (`fields.IDS`). Known ids are offered there, and any other
text is as valid as without them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from mfa.input.schema.fields import IDS
from mfa.input.schema.forms import ChainForm, ScenarioForm

Known = Mapping[str, Collection[str]]
"""Noun (`material`, `process`, `stock`, `node`, `chain`, `indicator`) → the ids that there are."""


def json_schema(kind: Literal["chain", "scenario"], known: Known | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a chain or scenario file, for editors.

    Parameters
    ----------
    known : the ids that an editor offers; see `mfa.input.known_ids`
    """
    form = ChainForm if kind == "chain" else ScenarioForm
    offered = {noun: sorted(ids) for noun, ids in (known or {}).items() if ids}
    schema = _offering(form.model_json_schema(by_alias=True), offered)
    schema["$defs"] |= {f"known-{noun}": {"enum": ids} for noun, ids in offered.items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _offering(node: Any, known: Known) -> Any:
    """A part of the schema, ids of the forms' nouns offered as values and keys."""
    if isinstance(node, list):
        return [_offering(each, known) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _offering(value, known) for key, value in node.items() if key != IDS}
    keys = node.get("propertyNames", {}).get(IDS)
    if keys:
        _offer_keys(made, known.get(keys, ()))
    noun = node.get(IDS)
    return {"anyOf": [{"$ref": f"#/$defs/known-{noun}"}, made]} if noun in known else made


def _offer_keys(mapping: dict[str, Any], ids: Collection[str]) -> None:
    """Ids as keys of a mapping: editors complete what stands under `properties` alone."""
    if not mapping["propertyNames"]:
        del mapping["propertyNames"]
    patterns = mapping.get("patternProperties", {})
    value = mapping.get("additionalProperties", next(iter(patterns.values()), None))
    if ids and value is not None:
        mapping["properties"] = dict.fromkeys(ids, value)
