"""Tree → form: pydantic does the checking, the faults get places and our own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from mfa.errors import Fault, nearest
from mfa.input.schema import Form
from mfa.input.tree import Node, Tree, place_of

F = TypeVar("F", bound=BaseModel)

WANTED = {
    "model_type": "want-mapping",
    "model_attributes_type": "want-mapping",
    "dict_type": "want-mapping",
    "list_type": "want-list",
    "string_type": "want-text",
    "bool_type": "want-text",
    "int_type": "want-text",
}


def validate(form: type[F], tree: Node, path: Sequence[str | int] = ()) -> tuple[F | None, list[Fault]]:
    """The form, or the faults that keep the tree from being one.

    Parameters
    ----------
    form : the pydantic model
    tree : what the file says
    path : put before the paths shown in messages
    """
    try:
        return form.model_validate(tree), []
    except ValidationError as error:
        return None, [_fault(form, tree, e, path) for e in error.errors(include_url=False)]


def _fault(form: type[BaseModel], tree: Node, error: Any, path: Sequence[str | int]) -> Fault:
    kind, loc = error["type"], tuple(s for s in error["loc"] if s != "[key]")
    is_key = "[key]" in error["loc"] or kind == "extra_forbidden"
    place = place_of(tree, loc, key=is_key)
    where = dotted((*path, *_steps(tree, loc)))
    values: dict[str, object] = {"path": where or "the file", **error.get("ctx", {})}
    if kind == "extra_forbidden":
        name = str(loc[-1])
        known = _known_keys(form, loc[:-1])
        parent = dotted((*path, *_steps(tree, loc[:-1]))) or "the file"
        values |= {
            "key": name[:60],
            "parent": parent,
            "known": ", ".join(known),
            "near": nearest(name, known),
        }
        return Fault("key-unknown", place, values)
    if kind == "missing":
        parent = dotted((*path, *_steps(tree, loc[:-1]))) or "the file"
        return Fault(
            "key-missing", place_of(tree, loc[:-1], key=True), {"key": str(loc[-1]), "parent": parent}
        )
    if kind == "literal_error":
        given = str(error["input"])[:60]
        choices = [c.strip("' ") for c in error["ctx"]["expected"].replace(" or ", ",").split(",")]
        values |= {"given": given, "choices": ", ".join(choices), "near": nearest(given, choices)}
        return Fault("choice", place, values)
    if kind in WANTED:
        return Fault(WANTED[kind], place, values)
    if kind == "greater_than_equal":
        return Fault("tier-low", place, values)
    return Fault(kind, place, values)


def dotted(path: Sequence[str | int]) -> str:
    """A path as people write it: `pools.red-mud.takers[2].limit`."""
    out = ""
    for step in path:
        out += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if out else step
    return out[:120]


def _steps(tree: Node, loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """The steps of a path that the file itself has, and the last one."""
    steps: list[str | int] = []
    node: Node | None = tree
    for i, step in enumerate(loc):
        if isinstance(node, Tree) and str(step) in node:
            node = node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif i < len(loc) - 1:
            continue
        elif isinstance(node, Tree):
            node = None
        else:
            continue
        steps.append(step)
    return tuple(steps)


def _known_keys(form: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys allowed at a path of a form, found through its annotations."""
    current: Any = form
    for step in loc:
        inner = _inner(current)
        if inner is not None:
            fields = {f.alias or n: f.annotation for n, f in inner.model_fields.items()}
            current = fields.get(str(step), current)
        else:
            current = get_args(current)[-1] if get_args(current) else current
    inner = _inner(current)
    if inner is None:
        return []
    return [f.alias or n for n, f in inner.model_fields.items() if n not in ("id", "entries", "years")]


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The form in an annotation such as `Label | None`; None for a mapping or list."""
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    for part in get_args(annotation):
        if isinstance(part, type) and issubclass(part, Form) and not _is_container(annotation):
            return part
    return None


def _is_container(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (dict, list)
