"""Tree → form: pydantic does the checking, the faults get places and our own words."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from mfa.errors import Fault, nearest
from mfa.input.schema.fields import PART, Form
from mfa.input.schema.forms import LATER
from mfa.input.yaml.tree import HIDDEN, Items, Node, Tree, place_of
from mfa.system import BOUNDARY_SYNONYMS

F = TypeVar("F", bound=BaseModel)
FILE, FILE_ZH = "the file", "文件"

WANTED = {
    "model_type": "want-mapping",
    "model_attributes_type": "want-mapping",
    "dict_type": "want-mapping",
    "list_type": "want-list",
    "string_type": "want-text",
    "bool_type": "want-text",
    "int_type": "want-text",
}
WANTED_FORM: dict[object, str] = {
    "Quantity": "want-quantity",
    "Label": "want-text",
    "Source": "want-text",
    "EntryForm": "want-text",
    "InsertForm": "want-mapping",
    "SideForm": "want-list",
}


def validate(
    form: type[F], tree: Node, path: Sequence[str | int] = (), *, part: bool = False
) -> tuple[F | None, list[Fault]]:
    """The form, or the faults that keep the tree from being one.

    Parameters
    ----------
    form : the pydantic model
    tree : what the file says
    path : put before the paths shown in messages
    part : whether other files may bring fields that are missing here
    """
    try:
        return form.model_validate(tree, context=PART if part else None), []
    except ValidationError as error:
        faults = [_fault(form, tree, e, path) for e in error.errors(include_url=False)]
        return None, [f for f in faults if not _misspelt(f, faults)]


class FormCache:
    """The forms of nodes that were validated before, so that no node is validated twice.

    Nodes are known by identity: once read they are not changed, only copied.
    """

    def __init__(self) -> None:
        self._found: dict[int, tuple[Node, BaseModel]] = {}

    def keep(self, node: Node, form: BaseModel) -> None:
        """Remember the form of a node, which stays alive with it."""
        self._found[id(node)] = (node, form)

    def validate(
        self, form: type[F], node: Node, path: Sequence[str | int] = ()
    ) -> tuple[F | None, list[Fault]]:
        """As the function `validate`, without its work where the node's form is known."""
        _, known = self._found.get(id(node), (None, None))
        if isinstance(known, form):
            return known, []
        found, faults = validate(form, node, path)
        if found is not None:
            self.keep(node, found)
        return found, faults

    def copy(self) -> FormCache:
        """A cache that starts with the same forms."""
        made = FormCache()
        made._found.update(self._found)
        return made

    def __reduce__(self) -> tuple[type[FormCache], tuple[()]]:
        """Empty in a pickle: identities do not outlive their process."""
        return FormCache, ()


def _misspelt(missing: Fault, faults: Sequence[Fault]) -> bool:
    """Whether a missing key stands there misspelt, which another fault already says."""
    if missing.key != "key-missing":
        return False
    near = f"'{missing.values['key']}'"
    others = (f.values for f in faults if f.key == "key-unknown")
    return any(v["parent"] == missing.values["parent"] and near in str(v["near"]) for v in others)


def _fault(form: type[BaseModel], tree: Node, error: Any, path: Sequence[str | int]) -> Fault:
    kind, loc = error["type"], tuple(s for s in error["loc"] if s != "[key]")
    is_key = "[key]" in error["loc"] or kind == "extra_forbidden"
    place = place_of(tree, loc, key=is_key)
    where = dotted((*path, *_steps(tree, loc)))
    values: dict[str, object] = {"path": where or FILE, "path_zh": where or FILE_ZH, **error.get("ctx", {})}
    if kind == "extra_forbidden":
        name = str(loc[-1])
        known = known_keys(form, loc[:-1])
        parent = dotted((*path, *_steps(tree, loc[:-1])))
        values |= {
            "key": name[:60],
            "parent": parent or FILE,
            "parent_zh": parent or FILE_ZH,
            "known": ", ".join(known),
            "near": nearest(name, known),
        }
        return Fault("key-unknown", place, values)
    if kind == "missing":
        parent = dotted((*path, *_steps(tree, loc[:-1])))
        values = {"key": str(loc[-1]), "parent": parent or FILE, "parent_zh": parent or FILE_ZH}
        return Fault("key-missing", place_of(tree, loc[:-1], key=True), values)
    if kind == "literal_error":
        given = str(error["input"])[:60]
        choices = [c.strip("' ") for c in error["ctx"]["expected"].replace(" or ", ",").split(",")]
        meant = BOUNDARY_SYNONYMS.get(given, given)
        values |= {"given": given, "choices": ", ".join(choices), "near": nearest(meant, choices)}
        return Fault("choice", place, values)
    if kind in WANTED:
        if loc[-1:] == ("range",) and isinstance(error["input"], Items):
            text = f"[{', '.join(str(n) for n in error['input'] if isinstance(n, str))}]"
            return Fault("number-range-list", place, {"text": text[:60]})
        return Fault(WANTED_FORM.get(values.get("class_name"), WANTED[kind]), place, values)
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
            if str(step).startswith(HIDDEN):
                continue
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif i < len(loc) - 1 or str(step).startswith(HIDDEN):
            continue
        elif isinstance(node, Tree):
            node = None
        else:
            continue
        steps.append(step)
    return tuple(steps)


def known_keys(form: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys allowed at a path of a form, found through its annotations."""
    current: Any = form
    for step in loc:
        current = _bare(current)
        if isinstance(current, type) and issubclass(current, Form):
            current = {f.alias or n: f.annotation for n, f in current.model_fields.items()}.get(str(step))
        elif get_args(current):
            current = get_args(current)[-1]
    current = _bare(current)
    if not (isinstance(current, type) and issubclass(current, Form)):
        return []
    names = [f.alias or n for n, f in current.model_fields.items()]
    return [n for n in names if not n.startswith(HIDDEN) and n not in LATER]


def _bare(annotation: Any) -> Any:
    """What is left of an annotation without `| None` and `Annotated`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    inner = [a for a in get_args(annotation) if a is not NoneType]
    if len(inner) < len(get_args(annotation)) and len(inner) == 1:
        return _bare(inner[0])
    return annotation
