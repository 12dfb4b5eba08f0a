"""Whose uncertainty an indicator's is, by figure and by document, and what to find out next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.errors import Error, Fault
from mfa.results.run import Run
from mfa.studies.sampling.blocks import BLOCK
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import SEEDS, Asked
from mfa.studies.sampling.statistics import Probability, probability
from mfa.studies.sensitivity.designed import Outputs, Progress, laid, solved
from mfa.studies.sensitivity.factors import KINDS, By, Factor, factors
from mfa.studies.sensitivity.given_data import GROUPS, Index, index_of, indices
from mfa.studies.sweeps.crews import Crew
from mfa.system import SPREADS

MOST_DOCUMENTS = 5  # that are solved again as if they were known, a sampled run each
MOST_CELLS = 60_000_000  # probabilities that are held at once, 500 MB
CHANCE = 0.05  # that anything at all is named which is nothing
FEWEST = 64  # samples that count: fewer say nothing of the share of a figure


class Share(NamedTuple):
    """Whose share of an indicator's variance, and what falls away if it becomes known to `high`.

    Attributes
    ----------
    by : `figure`, `document`, `process` or `chain`
    name : a path, an id; empty for figures without such a one
    document : that the figure is from
    share, error : of the variance (first order), and its standard error
    sd_falls, doubt_falls : by what share the standard deviation and the doubt P(1 - P) about the target
        fall on average; None where that was not asked for or there is no doubt
    """

    indicator: str
    by: By
    name: str
    document: str
    share: float
    error: float
    sd_falls: float | None = None
    sd_falls_error: float | None = None
    doubt_falls: float | None = None
    doubt_falls_error: float | None = None


@dataclass(frozen=True)
class Explained:
    """An indicator over its samples, and whose its variance is.

    Attributes
    ----------
    probability : of its first target; None without one
    whole : the share of the variance that all figures, each alone, explain
    shares : figures, documents, processes and chains, each kind by its share, the largest first
    """

    indicator: str
    samples: int
    mean: float
    sd: float
    probability: Probability | None
    whole: Index
    shares: Sequence[Share]

    def largest(self, by: By, most: int) -> list[Share]:
        """Those of a kind that are clearly there: more than twice their error, the largest first."""
        found = (s for s in self.shares if s.by == by and s.share > 2 * s.error)
        return list(found)[:most]

    def clear(self, by: By, most: int) -> list[Share]:
        """Those of a kind that none of so many would be by chance, the largest first.

        Of a thousand figures that do nothing, twenty are above two errors; here the chance that any
        of them is named is `CHANCE` (Bonferroni), by Student's t of the groups that errors are from.
        """
        return _beyond_chance([s for s in self.shares if s.by == by], lambda s: (s.share, s.error), most)

    def clear_next(self, most: int) -> list[Share]:
        """The figures to find out next, of those whose gain none of so many would have by chance.

        By the doubt about the target where it is clear of any, else by the spread.
        """
        mine = [s for s in self.shares if s.by == "figure" and s.sd_falls is not None]
        for gain in _gains(mine, aimed=self.probability is not None):
            found = _beyond_chance(mine, gain, len(mine))
            if found:
                return sorted(found, key=lambda s: -gain(s)[0])[:most]
        return []

    @property
    def doubted(self) -> bool:
        """Whether it is told by how much the doubt about the target falls."""
        return any(s.doubt_falls is not None for s in self.shares)


def explained(
    central: Run,
    asked: Asked,
    values: Outputs | None = None,
    *,
    learn: bool = False,
    again: bool = True,
    progress: Progress = lambda n, of: None,
) -> list[Explained]:
    """Whose uncertainty that of some indicators is.

    Parameters
    ----------
    asked : number of samples, seed, method and indicators
    values : the samples, where they are solved already
    learn : also what falls away if each figure, and the documents that matter most, become known to `high`
    again : whether what is learnt of documents is found by solving again, or left out

    Raises
    ------
    mfa.Error
        nothing is drawn; too few samples count; `learn` with figures that are correlated
    """
    asked = asked.checked(central.system.targets)
    plan = DrawPlan(central.system, asked.seed, asked.method, asked.most)
    if learn and central.system.correlations:
        raise Error(
            [Fault("sensitivity-correlated", central.system.correlations[0].place, {"what": "--next"})]
        )
    drawn = factors(plan)
    if not drawn:
        raise Error([Fault("sensitivity-certain", None)])
    count = min(asked.most, max(BLOCK, MOST_CELLS // len(drawn) // BLOCK * BLOCK))
    found = values or solved(central, plan, asked.indicators, count, progress, asked.crew)
    count = min(count, len(found.values))
    found = Outputs(found.rows, found.values[:count], found.met[:count])
    u = probabilities(plan, drawn, count)
    study = _Study(central, plan, drawn, u, found, learn, again, asked.crew)
    return [study.of(name, progress) for name in asked.indicators]


def probabilities(plan: DrawPlan, drawn: Sequence[Factor], count: int) -> dict[str, Floats]:
    """Key → (sample,) what the figures of some samples are drawn by."""
    made: dict[str, list[Floats]] = {f.key: [] for f in drawn}
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        block = plan.streams.block(start, size)
        for key, pieces in made.items():
            stream, _, number = key.partition("#")
            more = number and plan.streams.further(stream, int(number), start, size)
            pieces.append(block[key] if not number else np.asarray(more))
    return {key: np.concatenate(pieces) for key, pieces in made.items()}


@dataclass(frozen=True)
class _Study:
    central: Run
    plan: DrawPlan
    drawn: Sequence[Factor]
    u: Mapping[str, Floats]
    found: Outputs
    learn: bool
    again: bool
    crew: Crew

    def of(self, name: str, progress: Progress) -> Explained:
        """All of one indicator."""
        row = self._row(name)
        y = self.found.values[:, row]
        counts: Bools = ~np.isnan(y)
        if counts.sum() < FEWEST:
            values = {"name": name, "count": int(counts.sum()), "least": FEWEST}
            raise Error([Fault("sensitivity-few", None, values)])
        aimed = self.found.rows[row][1:] != (None, None)
        words = [m[row] for m, there in zip(self.found.met, counts, strict=False) if there]
        chance = probability(words) if aimed else None
        met = np.array([w == "true" for w in words], float) if aimed else None
        whole, shares = self._shares(name, y, counts, met)
        if self.learn and self.again:
            shares = self._with_documents(name, shares, y, counts, met, progress)
        sd = float(np.std(y[counts], ddof=1))
        return Explained(name, int(counts.sum()), float(np.mean(y[counts])), sd, chance, whole, shares)

    def _row(self, name: str) -> int:
        """The row of an indicator: that of its first target, where it has one."""
        rows = [i for i, r in enumerate(self.found.rows) if r[0] == name]
        return next((i for i in rows if self.found.rows[i][1:] != (None, None)), rows[0])

    def _shares(self, name: str, y: Floats, counts: Bools, met: Floats | None) -> tuple[Index, list[Share]]:
        u = [self.u[f.key][counts] for f in self.drawn]
        alone = not self.central.system.correlations
        first = indices(u, y[counts], independent=alone)
        high = [self._certainty(f) for f in self.drawn] if self.learn else None
        sd = indices(u, y[counts], high, independent=alone) if high else None
        doubt = indices(u, met, high, independent=alone) if high and met is not None and np.ptp(met) else None
        made: list[Share] = []
        for by in KINDS:
            groups: dict[str, list[int]] = {}
            for i, factor in enumerate(self.drawn):
                groups.setdefault(factor.group(by), []).append(i)
            found = []
            for group, members in groups.items():
                document = self.drawn[members[0]].document if by == "figure" else ""
                share = index_of(np.sum([first[i] for i in members], axis=0))
                falls: tuple[float | None, ...] = ()
                if sd and by == "figure":
                    i = members[0]
                    falls = _falls(index_of(sd[i]), index_of(doubt[i]) if doubt else None)
                found.append(Share(name, by, group, document, *share, *falls))
            made += sorted(found, key=lambda s: -s.share)
        return index_of(np.sum(first, axis=0)), made

    def _certainty(self, factor: Factor) -> float:
        """The correlation of two draws that agree with what is known once it is known to `high`."""
        spreads = self.central.system.spreads or SPREADS
        high = math.log(1 + spreads.get("high", SPREADS["high"]))
        return max(0.0, 1 - (high / factor.relative) ** 2) if factor.relative else 0.0

    # ------------------------------------------------------------ documents
    def _with_documents(
        self,
        name: str,
        shares: Sequence[Share],
        y: Floats,
        counts: Bools,
        met: Floats | None,
        progress: Progress,
    ) -> list[Share]:
        """The documents that matter most with what falls away if all of their figures become known.

        By pick and freeze (Saltelli et al. 2010, Computer Physics Communications 181:259-270): B is a
        second run of samples, AB the first with the figures of the document drawn anew so that they
        agree with what B's tell at `high`; Cov(Y(B), Y(AB)) is Var(E[Y|T]), and Y(A), which is
        independent of B, is taken off since that leaves the less noise the less the document matters.
        """
        wanted = [s.name for s in shares if s.by == "document" and s.share > 2 * s.error][:MOST_DOCUMENTS]
        if not wanted:
            return list(shares)
        count = len(y)
        other = DrawPlan(self.central.system, (self.plan.seed + 1) % SEEDS, "random", count)
        second = probabilities(other, self.drawn, count)
        b = solved(self.central, laid(self.plan, second), (name,), count, progress, self.crew)
        falls = {}
        for document in wanted:
            mixed = {f.key: self._mixed(f, second[f.key], document) for f in self.drawn}
            ab = solved(self.central, laid(self.plan, mixed), (name,), count, progress, self.crew)
            falls[document] = _falls(*self._covariances(name, y, b, ab, doubt=met is not None))
        return [
            Share(*s[:6], *falls[s.name]) if s.by == "document" and s.name in falls else s for s in shares
        ]

    def _mixed(self, factor: Factor, other: Floats, document: str) -> Floats:
        from scipy.special import ndtr, ndtri

        mine = self.u[factor.key]
        if factor.document != document:
            return mine
        rho = self._certainty(factor)
        made = ndtr(rho * ndtri(other) + math.sqrt(1 - rho * rho) * ndtri(mine))
        return np.asarray(np.clip(made, 1e-16, 1 - 1e-16), np.float64)

    def _covariances(
        self, name: str, y: Floats, b: Outputs, ab: Outputs, *, doubt: bool
    ) -> tuple[Index, Index | None]:
        row = self._row(name)
        at = next(i for i, r in enumerate(b.rows) if r == self.found.rows[row])
        there = ~(np.isnan(y) | np.isnan(b.values[:, at]) | np.isnan(ab.values[:, at]))
        value = _covariance(y[there], b.values[there, at], ab.values[there, at])
        if not doubt:
            return value, None
        words = ([m[row] for m in self.found.met], [m[at] for m in b.met], [m[at] for m in ab.met])
        met = [np.array([w == "true" for w in one[: len(y)]], float)[there] for one in words]
        return value, _covariance(*met) if np.ptp(met[0]) else None


def _covariance(a: Floats, b: Floats, ab: Floats) -> Index:
    """Cov(b, ab) over the variance, and its standard error; `a` is independent of `b`, and near `ab`."""
    variance = float(np.var(np.concatenate([a, b]), ddof=1))
    if not variance > 0:
        return Index(0.0, 0.0)
    products = (b - b.mean()) * (ab - a)
    error = float(np.std(products, ddof=1)) / math.sqrt(len(a))
    return Index(float(np.mean(products)) / variance, error / variance)


def _falls(sd: Index, doubt: Index | None) -> tuple[float | None, float | None, float | None, float | None]:
    """By what share sd and doubt fall, each with its error, from the shares of the variances that do."""
    left = math.sqrt(max(1 - sd.value, 0.0))
    error = sd.error / (2 * left) if left else sd.error
    return (1 - left, error, *(doubt or (None, None)))


def to_learn(found: Explained, by: By, most: int) -> list[Share]:
    """What to find out next: what clearly makes the doubt about the target fall most, or else the spread."""
    mine = [s for s in found.shares if s.by == by and s.sd_falls is not None]
    for gain in _gains(mine, aimed=found.probability is not None):
        seen = [s for s in mine if gain(s)[0] > 2 * gain(s)[1]]
        if seen:
            return sorted(seen, key=lambda s: -gain(s)[0])[:most]
    return []


Gain = Callable[[Share], tuple[float, float]]


def _gains(shares: Sequence[Share], *, aimed: bool) -> Iterator[Gain]:
    """What is to be gained by a share, and its error: of the doubt about the target if any, of the spread.

    A target that is all but sure to be met or missed leaves a doubt too small to tell by whom it falls.
    """
    if aimed and any(s.doubt_falls is not None for s in shares):
        yield lambda s: (s.doubt_falls or 0.0, s.doubt_falls_error or 0.0)
    yield lambda s: (s.sd_falls or 0.0, s.sd_falls_error or 0.0)


def _beyond_chance(
    shares: Sequence[Share], of: Callable[[Share], tuple[float, float]], most: int
) -> list[Share]:
    """The first of those whose value is above 0 by more than all of them would be by chance."""
    from scipy.special import stdtrit

    least = float(stdtrit(GROUPS - 1, 1 - CHANCE / max(len(shares), 1)))
    found = (s for s in shares if of(s)[0] > 0 and of(s)[0] > least * of(s)[1])
    return list(found)[:most]
