"""The change from one run to another over samples, with the same draws of the figures that both have.

Common random numbers: each figure has its stream by its path, so that a figure of both runs is drawn
alike in both, and the change has only the spread of what differs between them (Glasserman and Yao 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.results.run import Run
from mfa.studies.sampling.sampled import Asked, Progress, Sampled, sampled
from mfa.studies.sampling.statistics import Probability, Statistics, probability, statistics
from mfa.studies.sweeps.swept import chosen
from mfa.system import Target

SAME = 1e-12  # relative: pairs this close are equal but for the order of sums


@dataclass(frozen=True)
class PairedChange:
    """How an indicator changes from the first run to the second.

    Attributes
    ----------
    name, unit : of the indicator
    before, after : its values of the figures as written
    pairs : samples that count in both runs and have a value in both
    change : statistics of second - first over them
    rises : how often the second is larger
    better : how often the second is nearer to what its targets ask for; None where none says which way
    met : in each run, how often all its targets on the indicator are met; None where it has none
    """

    name: str
    unit: str
    before: float | None
    after: float | None
    pairs: int
    change: Statistics
    rises: Probability
    better: Probability | None
    met: tuple[Probability | None, Probability | None]


@dataclass(frozen=True)
class Paired:
    """The samples of two runs, pair by pair; `counting` of them count in both."""

    a: Sampled
    b: Sampled
    counting: int
    changes: Sequence[PairedChange]

    @property
    def shared(self) -> int:
        """How many figures are drawn in both runs."""
        return len(self._keys(self.a) & self._keys(self.b))

    @property
    def apart(self) -> tuple[int, int]:
        """How many figures are drawn in the first run alone, and in the second alone."""
        return len(self._keys(self.a) - self._keys(self.b)), len(self._keys(self.b) - self._keys(self.a))

    @staticmethod
    def _keys(of: Sampled) -> set[str]:
        return {u.key for u in of.plan.uncertain}


def paired(
    a: Run,
    others: Sequence[Run],
    samples: int,
    seed: int = 1,
    names: Sequence[str] = (),
    progress: Progress = lambda done, count: None,
    draw: Callable[[Run, Asked, Progress], Sampled] = sampled,
) -> Iterator[Paired]:
    """Draw and solve runs with the same streams, and set each of the others beside the first, pair by pair.

    The first is sampled once, the others as they are asked for.

    Parameters
    ----------
    names : indicators beside those that have a target in either run
    progress : called as samples are done, with how many and of how many in all runs
    draw : what draws and solves the samples of a run

    Raises
    ------
    mfa.Error
        numbers that cannot be; figures that cannot be drawn; more than a fifth of the samples is invalid
    """
    wanted = [_wanted(a, b, names) for b in others]
    count = (1 + len(others)) * samples
    every = tuple(dict.fromkeys(name for some in wanted for name in some))
    asked = Asked(samples, seed, "random", indicators=every, without=False)
    one = draw(a, asked, lambda done, _: progress(done, count))
    for number, (b, mine) in enumerate(zip(others, wanted, strict=True), 1):
        before = number * samples

        def tell(done: int, _: int, before: int = before) -> None:
            progress(before + done, count)

        two = draw(b, asked._replace(indicators=mine), tell)
        both = _counting(one, two)
        yield Paired(one, two, int(both.sum()), [_change(a, b, one, two, both, name) for name in mine])


def _wanted(a: Run, b: Run, names: Sequence[str]) -> tuple[str, ...]:
    """The indicators of a pair: those with a target in either run, and what is asked for."""
    aimed = [t.indicator for run in (a, b) for t in run.system.targets]
    return tuple(dict.fromkeys((*aimed, *names))) or chosen(a.system, ())


def _counting(a: Sampled, b: Sampled) -> Bools:
    """(sample,) whether it counts in both."""
    both: Bools = np.ones(a.count, np.bool_)
    both[list({*a.invalid_at, *b.invalid_at})] = False
    return both


def _change(a: Run, b: Run, one: Sampled, two: Sampled, both: Bools, name: str) -> PairedChange:
    first, second = (_values(s, name) for s in (one, two))
    usable = both & ~np.isnan(first) & ~np.isnan(second)
    first, second = first[usable], second[usable]
    change = second - first
    change[np.abs(change) <= SAME * np.maximum(np.abs(first), np.abs(second))] = 0.0
    before, after = ({r.name: r for r in run.indicators_named({name})}.get(name) for run in (a, b))
    targets = [*_of(b, name)] or [*_of(a, name)]
    nearer = _nearer(targets, first, second)
    pairs = len(change)
    return PairedChange(
        name,
        next((r.unit for r in (after, before) if r), ""),
        before.value if before else None,
        after.value if after else None,
        pairs,
        statistics(change[:, None])[0],
        Probability(int(np.sum(change > 0)), 0, pairs),
        None if nearer is None else Probability(int(np.sum(nearer & (change != 0))), 0, pairs),
        (_met(one, name), _met(two, name)),
    )


def _values(of: Sampled, name: str) -> Floats:
    """(sample,) the values of an indicator; NaN where the run has none."""
    if name in of.statistics:
        return of.samples_of(name)
    return np.full(of.count, np.nan)


def _of(run: Run, name: str) -> Sequence[Target]:
    return [t for t in run.system.targets if t.indicator == name]


def _nearer(targets: Sequence[Target], first: Floats, second: Floats) -> Bools | None:
    """(pair,) whether the second is on the better side; None where targets point both ways, or none does."""
    ways = {t.least is not None for t in targets if (t.least is None) != (t.most is None)}
    if len(ways) != 1:
        return None
    return np.asarray(second > first if ways.pop() else second < first)


def _met(of: Sampled, name: str) -> Probability | None:
    at = [i for i, (n, low, high) in enumerate(of.rows) if n == name and (low, high) != (None, None)]
    if not at:
        return None
    counted = [words for i, words in enumerate(of.met) if i not in of.invalid_at]
    return probability([_all(words[i] for i in at) for words in counted])


def _all(words: Iterable[str | None]) -> str | None:
    """The word for several targets at once: `true` where each is met, else the worst of them."""
    found = set(words)
    return next((w for w in (None, "false", "unproven") if w in found), "true")
