"""The sources that files define, and those that a node names."""

from __future__ import annotations

from collections.abc import Iterable

from mfa.input.merge.assembly import Assembly
from mfa.input.schema.forms import Source
from mfa.input.yaml.tree import Node, Tree, texts


def citations(assembly: Assembly) -> dict[str, str]:
    """Id → citation; chains that define one id differently are cited one after the other."""
    return {
        k: "; ".join(Source.model_validate(v).cite for v in found) for k, found in assembly.sources.items()
    }


def kinds(assembly: Assembly) -> dict[str, str]:
    """Id → what it stands for; nothing where it is not said, or chains say it differently."""
    said = {k: {Source.model_validate(v).kind for v in found} for k, found in assembly.sources.items()}
    return {k: kind for k, found in said.items() if len(found) == 1 for kind in found if kind}


def computed(assembly: Assembly) -> frozenset[str]:
    """Those whose figures are exact."""
    return frozenset(k for k, found in assembly.sources.items() if any(map(_is_computed, found)))


def _is_computed(source: Node) -> bool:
    return isinstance(source, Tree) and source.get("kind") == "computed"


def named(nodes: Iterable[Node | None]) -> frozenset[str]:
    """The sources that nodes name, wherever in them."""
    known = (n for n in nodes if n is not None)
    return frozenset(str(t) for n in known for path, t in texts(n) if path[-1:] == ("source",))
