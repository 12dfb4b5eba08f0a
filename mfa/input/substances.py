"""Which layers there are: an element, or an element counted as one of its oxides."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from mfa.errors import Short
from mfa.input.materials import elements

SIDE = frozenset(("O", "H"))


class Layer(NamedTuple):
    """A layer: its name, the element behind it, and kg of the layer per kg of the element."""

    name: str
    element: str
    per_element: float


@lru_cache(512)
def layer(name: str) -> Layer:
    """The layer of a name: an element (`Ga`), or an oxide or hydroxide of one element (`Na2O`).

    Raises
    ------
    mfa.errors.Short
        the name is neither

    Examples
    --------
    >>> layer("Ga")
    Layer(name='Ga', element='Ga', per_element=1.0)
    >>> round(layer("Al2O3").per_element, 4), round(layer("Na2O").per_element, 4)
    (1.8895, 1.348)
    """
    found = dict(elements(name) or ())
    named = [e for e in found if e not in SIDE] if len(found) > 1 else list(found)
    if len(named) != 1:
        raise Short("layer-unknown", text=name[:60])
    return Layer(name, named[0], 1 / found[named[0]])
