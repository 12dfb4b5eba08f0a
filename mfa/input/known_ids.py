"""The ids that a run has, by what they name: what an editor offers in its files."""

from __future__ import annotations

from mfa.catalogue import BY_ID, PER_WASTE
from mfa.input.load import Loaded
from mfa.input.merge import library
from mfa.input.schema.completions import Known
from mfa.system import BOUNDARY_WORDS


def known_ids(loaded: Loaded) -> Known:
    """The members of the merged files, used or not; the chains that can be loaded; the indicators."""
    merged, system = loaded.merged, loaded.system
    rates = (f"{PER_WASTE}:{m.id}" for m in system.materials.values() if m.waste)
    return {
        "material": [*merged.materials],
        "process": [*merged.processes],
        "stock": [*merged.stocks],
        "node": [*merged.processes, *merged.stocks],
        "anchor": [*merged.processes, *merged.stocks, *BOUNDARY_WORDS],
        "chain": library.ids("chains", loaded.path),
        "indicator": [*BY_ID, *(i.id for i in system.indicators), *rates],
    }
