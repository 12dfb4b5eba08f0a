"""The draws of every period of a run: each figure has one place in its distribution, in all periods alike.

So a figure that goes by years has one factor for its whole schedule (`uncertain.about_value`), and a
figure that does not is the same number in every period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mfa.engine.network import Floats
from mfa.parameters import Path, figure_at
from mfa.studies.sampling.draws import DrawPlan, is_property
from mfa.studies.sampling.streams import Method, Streams, together
from mfa.studies.sampling.uncertain import Uncertain, figures
from mfa.system import Figure, System


@dataclass(frozen=True)
class SharedStreams(Streams):
    """The probabilities of all periods."""

    _last: dict[tuple[int, int], Mapping[str, Floats]] = field(default_factory=dict, compare=False)
    following: dict[frozenset[Path], tuple[Path, ...]] = field(default_factory=dict, compare=False)

    def block(self, start: int, size: int) -> Mapping[str, Floats]:
        """Key → (sample,) probabilities, as in `Streams`; those of the last samples asked for are kept."""
        if (start, size) not in self._last:
            found = super().block(start, size)
            self._last.clear()
            self._last[start, size] = found
        return self._last[start, size]


@dataclass(frozen=True)
class YearPlan(DrawPlan):
    """What of one period is drawn; its probabilities are those that all periods share.

    Attributes
    ----------
    known : the short path and the path of every figure, which periods have in common
    shared : where the probabilities come from; empty of keys until those of all periods are known
    """

    known: Sequence[tuple[str, Path]]
    shared: SharedStreams

    @cached_property
    def _figures(self) -> Sequence[tuple[str, Path, Figure]]:
        found = ((name, path, figure_at(self.system, path)) for name, path in self.known)
        return [(name, path, figure) for name, path, figure in found if figure is not None]

    @cached_property
    def streams(self) -> Streams:
        """Where the probabilities of all periods come from."""
        return self.shared

    @cached_property
    def followers(self) -> Mapping[Path, Figure]:
        """As in `DrawPlan`; which they are is found once for all periods that draw the same properties."""
        drawn, known = {u.path for u in self.uncertain}, self.shared.following
        properties = frozenset(p for p in drawn if is_property(p))
        if properties not in known:
            known[properties] = tuple(super().followers)
        found = ((p, figure_at(self.system, p)) for p in known[properties] if p not in drawn)
        return {p: figure for p, figure in found if figure is not None}

    @cached_property
    def _bounds(self) -> tuple[tuple[Path, Path], ...]:
        """Without what is dug out of yards: what lies there then is known when the years before are."""
        return tuple(
            (path, bound)
            for path, bound in super()._bounds
            if path.section == "stocks" or path.member not in self.system.stocks
        )


def year_plans(systems: Sequence[System], seed: int, method: Method, count: int) -> tuple[YearPlan, ...]:
    """The plan of each period.

    Parameters
    ----------
    systems : of each period, as written (`period_systems`)

    Raises
    ------
    mfa.Error
        the largest point of a schedule lies outside its range; correlations that no figures can have
    """
    known = [(name, path) for name, path, _ in figures(systems[0])]
    none = SharedStreams((), seed, method, count)
    found = [YearPlan(s, seed, method, count, known, none) for s in systems]
    keys = tuple(u.key for u in drawn_in_all(found))
    shared = SharedStreams(keys, seed, method, count, together(systems[0], keys))
    return tuple(_with_streams(plan, shared) for plan in found)


def _with_streams(plan: YearPlan, shared: SharedStreams) -> YearPlan:
    """The plan with its streams, which keeps what it has found of its figures."""
    made = YearPlan(plan.system, plan.seed, plan.method, plan.count, plan.known, shared)
    vars(made).update({name: vars(plan)[name] for name in ("_figures", "uncertain")})
    return made


def drawn_in_all(plans: Sequence[DrawPlan]) -> tuple[Uncertain, ...]:
    """The figures that are drawn in some period, each once."""
    return tuple({u.key: u for plan in plans for u in plan.uncertain}.values())
