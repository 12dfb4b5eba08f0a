"""Sizes and tolerances that decide how a network is solved."""

import numpy as np

DENSE_UP_TO = 400
"""Up to this many nodes scipy is not used."""
SMALL = 64
"""Up to this many nodes a loop is inverted as a dense block."""
PADDED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, SMALL)
"""Sizes to which dense blocks are filled up with the identity, so that few batches suffice."""
MOST_TORN = 24
"""At most this many hubs are torn out."""
RESIDUAL = 1e-12
"""A larger residual, relative to the terms of its equation, calls for a step of refinement."""
FORGIVEN = 1e-11
"""With a larger residual after refinement hubs are not torn out but left to SuperLU."""
EPS = float(np.finfo(np.float64).eps)
