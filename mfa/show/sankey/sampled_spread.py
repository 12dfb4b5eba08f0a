"""The standard deviations of flows over samples, for the edges of the bands of a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from mfa.errors import Error, Fault
from mfa.results.run import Run
from mfa.show.sankey.compose import Spread
from mfa.show.sankey.measure import AMOUNT, DEFAULT, Counted
from mfa.show.sankey.picture_options import Options
from mfa.studies.sampling.sampled import Sampled

SAMPLES: Literal["samples"] = "samples"
"""What is asked as `spread` where it is that of the samples of the run."""


def given_spread(
    spread: Spread | Literal["samples"] | None,
    result: Run,
    sampled: Sampled | None,
    counted: Sequence[Counted],
    choice: Options,
) -> Spread:
    """The standard deviations that are given, or those of the samples.

    Raises
    ------
    mfa.Error
        those of samples are asked for, and there are none of flows; or of what is no amount as it flows
    """
    if spread != SAMPLES:
        return spread or {}
    other = [c.key for c in counted if c.key != DEFAULT and not c.key.startswith(AMOUNT)]
    if other or choice.traced:
        values = {"layer": ", ".join(other) or "traced"}
        raise Error([Fault("sankey-samples-layer", None, values)])
    if sampled is None or ("links", "amount") not in sampled.tables:
        raise Error([Fault("sankey-samples-none", None, {})])
    return {} if len(counted) != 1 else of_samples(result, sampled, counted[0])


def of_samples(result: Run, sampled: Sampled, counted: Counted) -> Mapping[tuple[str, str, str], float]:
    """(source, target, material) → standard deviation over the samples, in the unit of the picture.

    The mass of a native unit is that of the figures as they are written.
    """
    deviations = {
        (f.source, f.target, f.material): (one.sd or 0.0, f.amount)
        for f, one in zip(result.link_list, sampled.tables["links", "amount"], strict=True)
    }
    made = {}
    for link in counted.links:
        sd, amount = deviations[link.source, link.target, link.material]
        made[link.source, link.target, link.material] = sd * link.value / amount
    return made
