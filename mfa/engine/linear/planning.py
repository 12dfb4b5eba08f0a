"""What is done once for a pattern."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine.linear import limits
from mfa.engine.linear.batch import size_of_small
from mfa.engine.linear.block import Block, whole_block
from mfa.engine.linear.entries import Entries
from mfa.engine.linear.graph import Graph, Loops, components_in_order
from mfa.engine.linear.hubs import Torn, hubs_of, without_hubs
from mfa.engine.linear.sweep import Sweep, sweep_through
from mfa.engine.network import Bools, Ints


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the places of the entries of G; made by `plan`.

    Attributes
    ----------
    n : number of nodes
    component : (n,) number of each node's strongly connected component, in the order of the flow:
        if ``G[i, j]`` is an entry (j feeds i) then ``component[j] <= component[i]``
    cyclic : (component,) the component has more than one node or feeds itself
    entries : where the values go
    way : how to solve
    """

    n: int
    component: Ints
    cyclic: Bools
    entries: Entries
    way: Sweep | Torn | Block

    @property
    def method(self) -> str:
        """One of "sweep", "deep", "torn" and "lu", see the package."""
        if isinstance(self.way, Sweep):
            return "deep" if self.way.order.deep else "sweep"
        return "torn" if isinstance(self.way, Torn) else "lu"


def plan(n: int, rows: Ints, cols: Ints) -> Plan:
    """Look at the pattern of G once.

    Parameters
    ----------
    n : number of nodes
    rows, cols : (given,) places of the entries; the values of one place named twice add

    Returns
    -------
    plan : for `solve` and `contraction`

    Examples
    --------
    >>> from mfa.engine.linear import solve
    >>> once = plan(3, [1, 2, 1], [0, 1, 2])  # 0 feeds 1, and 1 and 2 feed each other
    >>> once.component.tolist(), once.cyclic.tolist()
    ([0, 1, 1], [False, True])
    >>> solve(once, np.array([1.0, 0.5, 0.5]), np.array([3.0, 0.0, 0.0])).tolist()
    [3.0, 4.0, 2.0]
    """
    entries = Entries.at(
        n, np.asarray(rows, dtype=np.int64).ravel(), np.asarray(cols, dtype=np.int64).ravel()
    )
    loops = components_in_order(entries.graph)
    return Plan(n, loops.label, loops.cyclic, entries, _way(entries.graph, loops))


def _way(graph: Graph, loops: Loops) -> Sweep | Torn | Block:
    """How to solve."""
    small = size_of_small(loops, len(graph.rows) + graph.n)
    hubs = hubs_of(graph, loops, small) if graph.n > limits.DENSE_UP_TO else np.empty(0, dtype=np.int64)
    way: Sweep | Torn | None
    if len(hubs):
        way = without_hubs(graph, loops, hubs, small)
    else:
        way = sweep_through(graph, np.arange(len(graph.rows)), loops, small, loops.label)
    return whole_block(graph, loops) if way is None else way
