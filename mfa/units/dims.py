"""Dimensions: powers of the base dimensions of `units.txt`, and their products."""

from __future__ import annotations

from collections.abc import Iterable

Dims = tuple[tuple[str, int], ...]  # base dimension and power, sorted, none of power 0

MASS: Dims = (("mass", 1),)
WET: Dims = (("wet_mass", 1),)
ENERGY: Dims = (("energy", 1),)
TIME: Dims = (("time", 1),)
PER_TIME: Dims = (("time", -1),)
TEMPERATURE: Dims = (("temperature", 1),)


def power(dims: Dims, exponent: int) -> Dims:
    """The dimension of a power."""
    return tuple((base, own * exponent) for base, own in dims)


def times(factors: Iterable[Dims]) -> Dims:
    """The dimension of a product.

    >>> times([MASS, PER_TIME, TIME])
    (('mass', 1),)
    """
    total: dict[str, int] = {}
    for dims in factors:
        for base, exponent in dims:
            total[base] = total.get(base, 0) + exponent
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))
