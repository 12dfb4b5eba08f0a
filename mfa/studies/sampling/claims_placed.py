"""Where claims stand among the samples of a run: how many lie below and above each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from mfa.engine.network import Floats
from mfa.results.run import Run
from mfa.studies.claimed import claims_of, values_of
from mfa.studies.sampling.blocks import BLOCK
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked, refuse_invalid
from mfa.studies.sampling.sampler import AMOUNT, Sampler
from mfa.studies.sampling.statistics import Probability, Statistics, statistics
from mfa.system import Claim

Where = Literal["outside", "tail", "within", "fixed"]
TAIL = 0.95  # of the samples on one side: beyond the 5–95 % band
SAME = 1e-9  # relative: a figure that is put in comes out of a run by other sums, which is no difference


@dataclass(frozen=True)
class Placed:
    """A claim among samples, its tolerance or bounds taken in.

    Attributes
    ----------
    statistics : of the model's figure over the samples in which it has one, in the unit of the quantity
    below, above : how often the model is below the least that the claim allows, above the most
    moves : whether the samples differ, by more than rounding
    """

    claim: Claim
    statistics: Statistics
    below: Probability
    above: Probability
    moves: bool

    @property
    def samples(self) -> int:
        """In how many samples the model has a figure."""
        return self.below.samples

    @property
    def where(self) -> Where | None:
        """Beyond every sample, beyond 95 % of them, or else within; None where no sample has a figure.

        `fixed` where all samples have the same: nothing that is drawn moves it, so they say nothing.
        """
        if not self.samples:
            return None
        if not self.moves:
            return "fixed"
        side = max(self.below.met, self.above.met)
        return "outside" if side == self.samples else "tail" if side > TAIL * self.samples else "within"


@dataclass(frozen=True)
class ClaimsPlaced:
    """All claims of a run that the model has a figure for, by their numbers, and how it was sampled."""

    asked: Asked
    valid: int
    by_range: int
    by_default: int
    claims: dict[int, Placed]


def claims_placed(
    central: Run, samples: int, seed: int = 1, progress: Callable[[int, int], None] = lambda done, count: None
) -> ClaimsPlaced:
    """Draw and solve the samples of a run, and place its claims among them.

    Parameters
    ----------
    progress : called as samples are solved, with how many and of how many

    Raises
    ------
    mfa.Error
        numbers that cannot be; figures that cannot be drawn; more than a fifth of the samples is invalid
    """
    asked = Asked(samples, seed).checked(central.system.targets)
    claims = [c for c in claims_of(central.system) if c.kind != "none"]
    plan = DrawPlan(central.system, asked.seed, asked.method, asked.most)

    def figures(run: Run) -> dict[tuple[str, ...], float]:
        found = values_of(run, claims)
        return {(str(n),): math.nan if v is None else v for n, v in enumerate(found)}

    sampler = Sampler(central, plan, (), tables=False, more={"claims": figures})
    invalid, parts = Counter[tuple[str, str]](), list[Floats]()
    for start in range(0, asked.most, BLOCK):
        block = sampler.block(start, min(BLOCK, asked.most - start))
        parts.append(block.tables["claims", AMOUNT])
        invalid.update(block.invalid.values())
        progress(min(start + BLOCK, asked.most), asked.most)
    refuse_invalid(invalid, asked.most)
    found = np.concatenate(parts)
    placed = {c.number: _placed(c, found[:, i]) for i, c in enumerate(claims)}
    default = sum(u.by_default for u in plan.uncertain)
    valid = asked.most - invalid.total()
    return ClaimsPlaced(asked, valid, len(plan.uncertain) - default, default, placed)


def _placed(claim: Claim, column: Floats) -> Placed:
    values = column[~np.isnan(column)]
    moves = len(values) > 0 and float(np.ptp(values)) > SAME * float(np.max(np.abs(values)))
    sides = _beyond(values, claim.low, -1), _beyond(values, claim.high, 1)
    return Placed(claim, statistics(values[:, None])[0], *sides, moves)


def _beyond(values: Floats, bound: float | None, side: int) -> Probability:
    """How often the model is beyond a bound of a claim, by more than rounding."""
    if bound is None:
        return Probability(0, 0, len(values))
    room = SAME * np.maximum(np.abs(values), abs(bound))
    return Probability(int(np.sum(side * (values - bound) > room)), 0, len(values))


def ordered(placed: Sequence[Placed]) -> list[Placed]:
    """Those beyond every sample first, then those in the tail; each kind by their numbers."""
    kinds = (*get_args(Where), None)
    return sorted(placed, key=lambda p: (kinds.index(p.where), p.claim.number))
