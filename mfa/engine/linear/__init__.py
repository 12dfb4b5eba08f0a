"""Solve ``(I - G) x = b`` again and again: the places of G's entries stay, their values change.

A network of material flows is a shallow acyclic graph with small recycle loops. `plan` looks at the
pattern once: it finds the loops (strongly connected components), puts everything in the order of
the flow and writes down where each value goes. `solve` then inverts the small loops in batches and
runs once through the network in that order; no general factorisation is needed. What the pattern
decides:

* loops up to `limits.SMALL` nodes are inverted as dense blocks;
* a few hubs (an electricity or steam pool) that tie large parts of the network into one loop are
  torn out, the rest is solved as above and the hubs follow from a small dense system;
* a large loop without such hubs goes to SuperLU, in an order found once;
* a chain so deep that going through it stage by stage would be slow is one triangular solve.

Up to `limits.BARE` nodes numpy is enough and scipy is not imported.

The modules, each of which imports only from those before it:

=========== =================================================================
limits      sizes and tolerances
singular    the exception, and when an inverse says nothing
sparse      compressed rows
graph       strongly connected components in the order of the flow
block       a set of nodes solved by SuperLU, or by LAPACK
batch       small loops inverted together
order       where each unknown stands in a run through the network
sweep       such a run, written down
factor      the values put in its places
hubs        hubs torn out
entries     from the values as given to G
planning    `plan`
solving     `solve`
certificate `contraction`
=========== =================================================================
"""

from mfa.engine.linear.certificate import contraction
from mfa.engine.linear.planning import Plan, plan
from mfa.engine.linear.singular import Singular
from mfa.engine.linear.solving import solve

__all__ = ["Plan", "Singular", "contraction", "plan", "solve"]
