"""Which share of every flow comes from somewhere, or ends somewhere, where every node mixes what it gets.

What goes out of a node carries what came in, in proportion: a flow's share is that of its source,
a_e = w_e · s_u with s_u = Σ a_in / Σ w_in. One linear solve; recycles are followed to their end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mfa.results.accounts.flows import Flow

LEAST = 1e-12  # of the whole: a share below it is rounding


@dataclass(frozen=True)
class Traced:
    """What of some flows comes from a start, goes to an end, or both.

    Attributes
    ----------
    flows : the flows with the amounts that do, those above zero
    whole : what leaves the start; without one, what reaches the end
    ends : (node, material) → how much of it leaves the flows there, largest first: where it goes
        or, where only an end is asked for, where it comes from
    """

    flows: tuple[Flow, ...]
    whole: float
    ends: Mapping[tuple[str, str], float]


Chosen = Callable[[Flow], bool]
"""Whether a flow is one of those that are traced: that leave a start, or reach an end."""


def traced(flows: Sequence[Flow], start: Chosen | None, end: Chosen | None) -> Traced:
    """The part of the flows that `start` chooses and that reaches what `end` chooses.

    Parameters
    ----------
    flows : of one layer, from node to node, amounts above zero
    start, end : None is everywhere

    Raises
    ------
    ValueError
        neither a start nor an end
    """
    if start is None and end is None:
        raise ValueError("nothing to trace")
    down = _shares(flows, start) if start else np.ones(len(flows))
    up = _shares([_reversed(f) for f in flows], end) if end else np.ones(len(flows))
    amounts = np.array([f.amount for f in flows]) * down * up
    chosen = [bool(start(f)) if start else bool(end and end(f)) for f in flows]
    whole = math.fsum(f.amount for f, is_chosen in zip(flows, chosen, strict=True) if is_chosen)
    kept = tuple(
        replace(f, amount=float(a)) for f, a in zip(flows, amounts, strict=True) if a > LEAST * whole
    )
    return Traced(kept, whole, _ends(kept, flows, outgoing=start is not None))


def _reversed(flow: Flow) -> Flow:
    return replace(flow, source=flow.target, target=flow.source)


def _shares(flows: Sequence[Flow], start: Chosen) -> np.ndarray:
    """(flow,) the share of each that comes from the flows chosen; those are whole."""
    nodes = {n: i for i, n in enumerate(dict.fromkeys(e for f in flows for e in (f.source, f.target)))}
    chosen = np.array([start(f) for f in flows])
    source = np.array([nodes[f.source] for f in flows])
    target = np.array([nodes[f.target] for f in flows])
    amount = np.array([f.amount for f in flows])
    into = np.bincount(target, amount, len(nodes))
    weight = amount / np.where(into[target] > 0, into[target], 1.0)
    fixed = np.bincount(target[chosen], weight[chosen], len(nodes))
    matrix = np.zeros((len(nodes), len(nodes)))
    free = ~chosen
    np.add.at(matrix, (target[free], source[free]), weight[free])
    reached = _reached(matrix, fixed > 0)
    share = np.zeros(len(nodes))
    # what nothing of the start reaches has no share, and closed loops there have no answer
    inner = matrix[np.ix_(reached, reached)]
    share[reached] = np.linalg.solve(np.eye(len(inner)) - inner, fixed[reached])
    return np.where(chosen, 1.0, share[source])


def _reached(matrix: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The nodes that something of the start gets to, as a mask."""
    found, front = first.copy(), first
    while front.any():
        front = (matrix[:, front] > 0).any(axis=1) & ~found
        found |= front
    return found


def _ends(kept: Sequence[Flow], flows: Sequence[Flow], *, outgoing: bool) -> dict[tuple[str, str], float]:
    """Where what is traced leaves the flows: nodes that hand nothing on."""
    passing = {f.source if outgoing else f.target for f in flows}
    sums: dict[tuple[str, str], list[float]] = {}
    for f in kept:
        end = f.target if outgoing else f.source
        if end not in passing:
            sums.setdefault((end, f.material), []).append(f.amount)
    totals = {key: math.fsum(parts) for key, parts in sums.items()}
    return dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))
