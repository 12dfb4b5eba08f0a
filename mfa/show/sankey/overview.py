"""The picture of a whole run that its report and a notebook show."""

from __future__ import annotations

from typing import Any

from mfa.results.run import Run

MIN_SHARE = "3 %"  # of the largest flow; a page of paper has room for no smaller ones
MOST_PROCESSES = 40  # more boxes than these are drawn by site


def overview(result: Run) -> dict[str, Any]:
    """The options of that picture: by site where processes are many, without water, air and emissions."""
    processes = result.system.processes.values()
    by = "site" if len(processes) > MOST_PROCESSES and any(p.site for p in processes) else None
    airs = [m.id for m in result.system.materials.values() if m.main_resource is False and not m.price]
    return {"by": by, "min_share": MIN_SHARE, "without": ("water", "emission", *airs)}
