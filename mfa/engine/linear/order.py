"""Where each unknown stands in a run through the network.

A node outside loops is one unknown. A node of a loop is two: what reaches the loop there from
outside (``y = b + G_off x``), and its solution (``x = (I - G_loop)^-1 y``). Written so, the
inverses of the loops are entries like all others and the whole system is strictly triangular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mfa.engine.linear import limits
from mfa.engine.linear.graph import Graph, Loops, levels
from mfa.engine.network import Ints


@dataclass(frozen=True)
class Order:
    """The unknowns, sorted by the stage at which they are known.

    Attributes
    ----------
    entry, exit : (n,) position of y and of x of each node
    stage : (unknown,) ascending
    deep : so many stages that the triangular matrix is solved at once
    """

    entry: Ints
    exit: Ints
    stage: Ints
    deep: bool

    @property
    def count(self) -> int:
        """Number of unknowns."""
        return len(self.stage)


def order_of(graph: Graph, loops: Loops, small: int) -> Order | None:
    """The order of a run; None if SuperLU should take it all.

    Parameters
    ----------
    graph : the entries that take part
    loops : its components
    small : size up to which a loop is inverted densely
    """
    inner = np.flatnonzero(loops.cyclic[loops.label])
    count = graph.n + len(inner)
    large = int((loops.sizes > small).sum())
    scipy = graph.n > limits.DENSE_UP_TO
    if scipy and large > 8 + graph.n // 5000:
        return None
    limit = 50 + count / 150 if scipy and loops.ordered and not large else np.inf
    level = levels(graph, loops, 1 + loops.cyclic.astype(np.int64), limit)
    deepest = int(level.max(initial=0))
    if scipy and large and deepest > 200 + count / 20:
        return None
    deep = deepest >= limit
    return _sorted(2 * loops.label if deep else level[loops.label], inner, deep)


def _sorted(stage: Ints, inner: Ints, deep: bool) -> Order:
    """Sort the unknowns.

    Parameters
    ----------
    stage : (n,) of y of each node
    inner : nodes of loops; their x is known one stage after y
    """
    n = len(stage)
    stages = np.concatenate([stage, stage[inner] + 1])
    by_stage = np.argsort(stages, kind="stable")
    position = np.empty_like(by_stage)
    position[by_stage] = np.arange(len(by_stage))
    leave = position[:n].copy()
    leave[inner] = position[n:]
    return Order(position[:n].copy(), leave, stages[by_stage], deep)
