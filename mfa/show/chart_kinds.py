"""The charts that there are: by name, of how many runs, and of how many things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from mfa.errors import Error, Fault, nearest

Kind = Literal[
    "gauge",
    "targets",
    "wastes",
    "merit",
    "costs",
    "distribution",
    "waterfall",
    "years",
    "stocks",
    "tornado",
]
KINDS: tuple[str, ...] = get_args(Kind)
MOST_RUNS = {"waterfall": 2, "years": 100, "tornado": 100}  # the others are of one run
MOST_NAMES = {"targets": 0, "costs": 0, "years": 7}  # the others are of one thing
OVER_YEARS = ("years", "stocks")  # which show all years of a run; the others the last

SAMPLED = ("distribution",)  # which need samples
SPREAD = (*SAMPLED, "years")  # the others are of the figures as they are written


def check_samples(kind: str, samples: int | None) -> None:
    """Refuse samples where none are drawn, and a distribution without any.

    Raises
    ------
    mfa.Error
        the kind needs samples and none are asked for, or the other way round
    """
    key = "chart-samples-needed" if samples is None else "chart-samples-unused"
    if (samples is None and kind in SAMPLED) or (samples is not None and kind not in SPREAD):
        raise Error([Fault(key, None, {"kind": kind, "known": ", ".join(SPREAD)})])


def check(kind: str, runs: int, of: Sequence[str]) -> None:
    """Refuse what no chart can be made of; no run has to be solved for it.

    Raises
    ------
    mfa.Error
        no such kind, or more or fewer runs or names than it takes
    """
    if kind not in KINDS:
        values = {"name": kind[:40], "known": ", ".join(KINDS), "near": nearest(kind, KINDS)}
        raise Error([Fault("chart-kind", None, values)])
    most = MOST_RUNS.get(kind, 1)
    if not min(2, most) <= runs <= most:
        key = "chart-runs-one" if most == 1 else "chart-runs-two" if most == 2 else "chart-runs-several"
        raise Error([Fault(key, None, {"kind": kind, "count": runs})])
    names = MOST_NAMES.get(kind, 1)
    if len(of) > names:
        raise Error([Fault("chart-names", None, {"kind": kind, "most": names, "count": len(of)})])
    if kind == "merit" and not of:
        raise Error([Fault("chart-merit-of", None, {})])
