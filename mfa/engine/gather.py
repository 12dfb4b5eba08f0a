"""Amounts added up by position: of one run, or of many samples together."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mfa.engine.adding import adding
from mfa.engine.network import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PATTERNS = 64  # that are kept: a dozen a network


def gathered(amounts: np.ndarray, at: Ints, length: int) -> Floats:
    """(length,) or (length, sample) sums of amounts (n,) or (n, sample) by their positions (n,)."""
    if amounts.ndim == 1:
        return np.bincount(at, amounts, minlength=length).astype(np.float64, copy=False)
    return np.asarray(_adding(at.astype(np.int64, copy=False).tobytes(), length) @ amounts, np.float64)


@lru_cache(PATTERNS)
def _adding(at: bytes, length: int) -> csr_matrix:
    """The matrix that adds up by the positions in `at`, 64-bit integers."""
    return adding(np.frombuffer(at, np.int64), length)
