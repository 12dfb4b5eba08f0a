"""Rows of many samples added up by where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine.network import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def ints(found: Iterable[int]) -> Ints:
    """Positions as an array."""
    return np.fromiter(found, np.int64)


def adding(to: Ints, length: int, weight: Floats | None = None) -> csr_matrix:
    """A matrix that adds up rows by where they belong.

    Each sum is made in the order of the rows, however many samples there are: numpy's own sums depend
    on the shape of what they add up.

    Parameters
    ----------
    to : (row,) where each belongs
    weight : (row,) what each counts; 1 without it

    Examples
    --------
    >>> (adding(np.array([0, 1, 0]), 2) @ np.array([[1.0], [2.0], [3.0]])).ravel().tolist()
    [4.0, 2.0]
    """
    from scipy.sparse import csr_matrix

    weights = np.ones(len(to)) if weight is None else weight
    return csr_matrix((weights, (to, np.arange(len(to)))), shape=(length, len(to)))
