"""Solve ``(I - G) x = b`` again and again: the places of G's entries stay, their values change.

A network of material flows is a shallow acyclic graph with small recycle loops. `plan` looks at the
pattern once: it finds the loops (strongly connected components), puts everything in the order of
the flow and writes down where each value goes. `solve` then inverts the small loops in batches and
runs once through the network in that order; no general factorisation is needed. What the pattern
decides:

* loops up to `pattern.SMALL` nodes are inverted as dense blocks;
* a few hubs (an electricity or steam pool) that tie large parts of the network into one loop are
  torn out, the rest is solved as above and the hubs follow from a small dense system;
* a large loop without such hubs goes to SuperLU, in an order found once;
* a chain so deep that going through it stage by stage would be slow is one triangular solve.

Up to `pattern.DENSE_UP_TO` nodes numpy is enough and scipy is not imported.

The modules, each of which imports only from those before it:

======= ================================================================================
pattern sizes, tolerances, components in the order of the flow, order of the unknowns
superlu a set of nodes solved by SuperLU, or by LAPACK in a small network
loops   small loops inverted together
sweep   a run through the network
tearing hubs torn out
solving `plan`, `solve`, `contraction`
======= ================================================================================
"""

from mfa.engine.linear.pattern import Singular
from mfa.engine.linear.solving import Plan, contraction, plan, remembered_plan, solve

__all__ = ["Plan", "Singular", "contraction", "plan", "remembered_plan", "solve"]
