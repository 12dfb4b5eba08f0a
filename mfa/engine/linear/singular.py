"""Equations without a unique solution."""

from __future__ import annotations

import numpy as np

from mfa.engine.linear.limits import EPS
from mfa.engine.network import Bools, Floats


class Singular(Exception):
    """A loop whose equations have no unique solution.

    Attributes
    ----------
    component : number of the strongly connected component, as in `Plan.component`
    """

    def __init__(self, component: int) -> None:
        super().__init__(component)
        self.component = component


def determined(inverse: Floats, terms: Floats) -> Bools:
    """Whether rounding leaves anything of an inverse.

    The diagonal of ``|inverse| terms`` bounds by how much the rounding of the terms is multiplied.
    Unlike a condition number it does not change with the units of the unknowns.

    Parameters
    ----------
    inverse : (..., size, size)
    terms : (..., size, size) sums of the absolute terms of each entry of the matrix

    Returns
    -------
    determined : (...,)
    """
    gain = np.einsum("...ij,...ji->...i", np.abs(inverse), terms)
    enough: Bools = np.asarray(gain.max(axis=-1) * 8 * inverse.shape[-1] * EPS < 1.0)
    return enough
