"""Which arcs turn back, and the layer of every box: pools in the odd ones, processes in the even ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from mfa.errors import Failure
from mfa.show.flowsheet.boxes import Arc
from mfa.show.sankey.layout.layering import back_arcs
from mfa.show.sankey.layout.linear_programs import TIME_LIMIT

MAIN, ALONG, ASIDE = 8.0, 3.0, 1.0
"""What it costs to turn an arc back: a main product, an intermediate or product, anything else."""

FORWARD = {"intermediate", "product"}
LEFTWARDS = 1e-4


def weights(arcs: Sequence[Arc]) -> dict[tuple[str, str], float]:
    """How much each arc should run from left to right."""
    return {(a.source, a.target): MAIN if a.main else ALONG if a.kind in FORWARD else ASIDE for a in arcs}


def layers(arcs: Sequence[Arc], roles: Mapping[str, str]) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The layer of each box, from 0, and the arcs that turn back; there is at least one arc.

    Least is the weighed length of all arcs. With a process in layer 2r and a pool in layer
    2r + 1 both r are whole numbers that differ by at least 0 or 1 along an arc, so the
    programme is totally unimodular.
    """
    weight = weights(arcs)
    back = back_arcs(weight)
    index = {box: i for i, box in enumerate(roles)}
    cost = np.full(len(index), LEFTWARDS)
    rows, least = [], []
    for (source, target), pull in weight.items():
        turned = (source, target) in back
        row = np.zeros(len(index))
        row[index[source]], row[index[target]] = (1.0, -1.0) if not turned else (-1.0, 1.0)
        cost -= pull * row
        if not turned:
            rows.append(row)
            least.append(-float(roles[source] == "pool"))
    answer = linprog(cost, A_ub=np.array(rows), b_ub=least, options={"time_limit": TIME_LIMIT})
    if not answer.success or answer.x is None:
        raise Failure(f"no layout found: {answer.message}")
    ranks = zip(roles, answer.x.tolist(), strict=True)
    found = {box: 2 * round(rank) + (roles[box] == "pool") for box, rank in ranks}
    first = min(found.values())
    return {box: layer - first for box, layer in found.items()}, back
