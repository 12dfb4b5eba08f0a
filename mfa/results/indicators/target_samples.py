"""The bounds of an indicator in many samples: `target.judged` on (sample,) arrays."""

from __future__ import annotations

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.results.indicators.target import ROUNDING

Row = tuple[str, float | None, float | None]
"""An indicator and its bounds."""
Words = list[str | None]
"""(sample,) `true`, `false`, `unproven`; None where there is no bound or no value."""


def judged_samples(value: Floats, row: Row, proven: Bools) -> Words:
    """Whether the bounds of a row are kept, and for certain."""
    met = holds(value, row)
    words = np.where(met, np.where(proven, "true", "unproven"), "false").tolist()
    return [None if v != v else word for v, word in zip(value.tolist(), words, strict=True)]


def unaimed(row: Row) -> bool:
    """Whether a row has no bounds."""
    return row[1] is None and row[2] is None


def holds(value: Floats, row: Row) -> Bools:
    """(sample,) whether a value keeps the bounds of a row, up to rounding (`target.holds`)."""
    _, least, most = row
    kept = np.ones(value.shape, bool)
    if least is not None:
        kept &= value >= least - ROUNDING * max(1.0, abs(least))
    if most is not None:
        kept &= value <= most + ROUNDING * max(1.0, abs(most))
    return kept
