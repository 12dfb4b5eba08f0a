"""Morris' elementary effects and Sobol indices, by the designs and estimators of SALib."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import Error, Fault, missing_extra
from mfa.results.run import Run
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.streams import INSIDE
from mfa.studies.sensitivity.designed import Progress, laid, solved
from mfa.studies.sensitivity.factors import By, Factor, factors
from mfa.studies.sweeps.crews import EVERYBODY, Crew

LEVELS = 4  # of a Morris design, as he uses them
ENDS = (0.01, 0.99)  # probabilities between which its levels lie: a lognormal has no ends
LEAST = 4  # trajectories, or points of a Sobol sequence
SEEDS = 2**32  # that SALib takes


class Effect(NamedTuple):
    """Morris: mean, mean size and spread of the elementary effects of a group, over 98 % of its range.

    `error` is half the width of the 95 % interval of `mu_star`. `mu` and `sigma` of a group of several
    figures say little (they move up and down together or apart): `mu` is None there.
    """

    indicator: str
    name: str
    mu: float | None
    mu_star: float
    error: float
    sigma: float | None


class Sobol(NamedTuple):
    """Sobol: the share of the variance of a group alone, and with all that it does together with others.

    The errors are half the widths of 95 % intervals.
    """

    indicator: str
    name: str
    first: float
    first_error: float
    total: float
    total_error: float


class Designed(NamedTuple):
    """What a design gives: its rows, its solves, and how many trajectories or points were left out."""

    rows: list[Effect] | list[Sobol]
    solves: int
    left_out: int


def morris(
    central: Run,
    names: Sequence[str],
    by: By,
    most: int,
    seed: int,
    progress: Progress = lambda n, of: None,
    crew: Crew = EVERYBODY,
) -> Designed:
    """Elementary effects (Morris 1991; Campolongo et al. 2007), in at most so many solves.

    Raises
    ------
    mfa.Error
        SALib is not installed; figures are correlated, none is drawn, or so few solves make no design
    """
    from_salib = _salib()
    problem, plan, drawn = _problem(central, by, "--method morris", ENDS)
    groups = len(dict.fromkeys(problem["groups"]))
    count = most // (groups + 1)
    _enough(count, most, LEAST * (groups + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = from_salib.sample.morris.sample(problem, count, num_levels=LEVELS, seed=seed % SEEDS)
    values = _solved(central, plan, drawn, x, names, progress, crew)
    rows: list[Effect] = []
    left_out = 0
    for name, y in values.items():
        there = ~np.isnan(y.reshape(-1, groups + 1)).any(axis=1)
        left_out = max(left_out, int(np.count_nonzero(~there)))
        keep = np.repeat(there, groups + 1)
        found = from_salib.analyze.morris.analyze(
            problem, x[keep], y[keep], num_levels=LEVELS, seed=seed % SEEDS
        )
        for i, group in enumerate(found["names"]):
            alone = problem["groups"].count(group) == 1
            rows.append(
                Effect(
                    name,
                    str(group),
                    float(found["mu"][i]) if alone else None,
                    float(found["mu_star"][i]),
                    float(found["mu_star_conf"][i]),
                    float(found["sigma"][i]) if alone else None,
                )
            )
    rows.sort(key=lambda r: (names.index(r.indicator), -r.mu_star))
    return Designed(rows, len(x), left_out)


def sobol(
    central: Run,
    names: Sequence[str],
    by: By,
    most: int,
    seed: int,
    progress: Progress = lambda n, of: None,
    crew: Crew = EVERYBODY,
) -> Designed:
    """First and total Sobol indices (Saltelli et al. 2010), in at most so many solves.

    Raises
    ------
    mfa.Error
        SALib is not installed; figures are correlated, none is drawn, or so few solves make no design
    """
    from_salib = _salib()
    problem, plan, drawn = _problem(central, by, "--method sobol", (0.0, 1.0))
    groups = len(dict.fromkeys(problem["groups"]))
    whole = most // (groups + 2)
    _enough(whole, most, LEAST * (groups + 2))
    count = 2 ** (whole.bit_length() - 1)
    x = from_salib.sample.sobol.sample(problem, count, calc_second_order=False, seed=seed % SEEDS)
    values = _solved(central, plan, drawn, x, names, progress, crew)
    rows: list[Sobol] = []
    left_out = 0
    for name, y in values.items():
        there = ~np.isnan(y.reshape(count, groups + 2)).any(axis=1)
        left_out = max(left_out, int(np.count_nonzero(~there)))
        kept = y.reshape(count, groups + 2)[there].ravel()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = from_salib.analyze.sobol.analyze(
                problem, kept, calc_second_order=False, seed=seed % SEEDS or 1
            )
        ids = list(dict.fromkeys(problem["groups"]))
        columns = (found[k] for k in ("S1", "S1_conf", "ST", "ST_conf"))
        rows += [Sobol(name, g, *map(float, r)) for g, *r in zip(ids, *columns, strict=True)]
    rows.sort(key=lambda r: (names.index(r.indicator), -r.total))
    return Designed(rows, len(x), left_out)


def _salib() -> Any:
    """SALib, which the extra [sensitivity] brings.

    Raises
    ------
    mfa.Error
        it is not installed
    """
    try:
        import SALib
        import SALib.analyze.morris
        import SALib.analyze.sobol
        import SALib.sample.morris
        import SALib.sample.sobol
    except ImportError:
        raise missing_extra("--method morris, --method sobol", "SALib", "sensitivity") from None
    package: ModuleType = SALib
    return package


def _problem(
    central: Run, by: By, what: str, ends: tuple[float, float]
) -> tuple[dict[str, Any], DrawPlan, list[Factor]]:
    system = central.system
    if system.correlations:
        raise Error([Fault("sensitivity-correlated", system.correlations[0].place, {"what": what})])
    plan = DrawPlan(system, 0, "random", 0)
    drawn = factors(plan)
    if not drawn:
        raise Error([Fault("sensitivity-certain", None)])
    problem = {
        "num_vars": len(drawn),
        "names": [f.key for f in drawn],
        "groups": [f.group(by) or "-" for f in drawn],
        "bounds": [list(ends)] * len(drawn),
    }
    return problem, plan, drawn


def _enough(count: int, most: int, least: int) -> None:
    if count < LEAST:
        raise Error([Fault("sensitivity-solves", None, {"count": most, "least": least})])


def _solved(
    central: Run,
    plan: DrawPlan,
    drawn: Sequence[Factor],
    x: Floats,
    names: Sequence[str],
    progress: Progress,
    crew: Crew,
) -> Mapping[str, Floats]:
    """Indicator → (row of the design,) its values."""
    inside = np.clip(x, INSIDE, 1 - INSIDE)
    u = {f.key: np.ascontiguousarray(inside[:, i]) for i, f in enumerate(drawn)}
    found = solved(central, laid(plan, u), names, len(x), progress, crew)
    at = [r[0] for r in found.rows]
    return {name: found.values[:, at.index(name)] for name in dict.fromkeys(names)}
