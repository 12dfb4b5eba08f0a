"""Audit: every claim beside what the model gives, and the claims that cannot hold together.

A claim holds, or the model differs. Where it differs, programmes tell why: with every process
as in the run, figures elsewhere in their ranges may give the claimed figure (our data are too
weak to judge); with the scenario's drives and demands kept, another dispatch may; or nothing
does (it contradicts). Sets are minimal: leave out any one claim of a set and the rest can hold together.
They are found with drives and demands left open, figures anywhere in their ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from mfa.errors import Fault
from mfa.results.run import Run
from mfa.studies.lp.measures import Measures, Quantity
from mfa.studies.lp.programme import REACHED, TIME_LIMIT, Bound, Elastic, Programme, Undecided
from mfa.system import Claim

Word = Literal["holds", "dispatch", "weak", "contradicts", "undecided", "differs", "not-modelled", "no-value"]
Progress = Callable[[Literal["claims", "sets"], int], None]
ROUNDING = 1e-9  # of the figures compared: as the linear programmes keep their rows
ZERO_CLAIM_SCALE = 1e3  # what a bound of 0 is measured against, native units
MORE_SETS = 4  # further sets of claims that contradict each other, for one claim; a reader checks no more


@dataclass(frozen=True)
class Verdict:
    """A claim judged: the model's figure, the range that is possible, the word and its reason."""

    claim: Claim
    model: float | None
    low: float | None
    high: float | None
    word: Word
    reason: Fault


@dataclass(frozen=True)
class Conflict:
    """Claims that cannot all hold; `limits`: only because of capacities and limits."""

    claims: tuple[Claim, ...]
    limits: bool


@dataclass(frozen=True)
class Audit:
    """What became of all claims of a scenario; not `complete` where the search for sets took too long."""

    verdicts: tuple[Verdict, ...]
    conflicts: tuple[Conflict, ...]
    complete: bool = True

    @property
    def passes(self) -> bool:
        """Whether no claim contradicts the model, alone or together with others, and all is decided."""
        failing = ("contradicts", "differs", "undecided")
        return self.complete and not self.conflicts and all(v.word not in failing for v in self.verdicts)


def audit(result: Run, progress: Progress = lambda what, count: None) -> Audit:
    """Judge the claims of a solved scenario.

    Parameters
    ----------
    result : the run that the claims are set beside
    progress : called as it goes on, with how many claims are judged, then how many sets are found
    """
    judge = _Judge(result)
    verdicts = []
    for number, claim in enumerate(result.system.claims, 1):
        verdicts.append(judge.verdict(claim))
        progress("claims", number)
    conflicts, complete = judge.conflicts(result.system.claims, progress)
    return Audit(tuple(verdicts), tuple(conflicts), complete)


class _Judge:
    """Programmes of one run, built once for all claims."""

    def __init__(self, result: Run) -> None:
        ledger = result.accounts.ledger
        self.result = result
        self.exact = Programme(ledger, ranged=False, levels="driven")
        self.wide = Programme(ledger, ranged=True, levels="driven")
        self.fixed = Programme(ledger, ranged=True, levels="fixed")
        self.open = Programme(ledger, ranged=True)
        self.unlimited = Programme(ledger, ranged=True, limited=False)
        self.forms = Measures(self.exact)
        self.rows = {r.name: r.value for r in result.indicator_list}

    def verdict(self, claim: Claim) -> Verdict:
        """One claim judged."""
        if claim.kind == "none":
            reason = Fault(
                "audit-not-modelled",
                None,
                {"why": claim.not_modelled["en"], "why_zh": claim.not_modelled["zh"]},
            )
            return Verdict(claim, None, None, None, "not-modelled", reason)
        model = self.model(claim)
        if model is None:
            return Verdict(claim, None, None, None, "no-value", Fault("audit-no-value", None, {}))
        if _within(claim, model):
            return Verdict(claim, model, None, None, "holds", Fault("audit-holds", None, {}))
        try:
            return self._differing(claim, model)
        except Undecided:
            values = {"ratio": _ratio(claim, model), "seconds": f"{TIME_LIMIT:g}"}
            return Verdict(claim, model, None, None, "undecided", Fault("audit-undecided", None, values))

    def model(self, claim: Claim) -> float | None:
        """What the model gives; None where it has no value."""
        if claim.kind == "level":
            names = self.result.compiled.structure.processes
            return float(self.result.state.level[names.index(claim.names[0])])
        if claim.kind == "capacity":
            capacity = self.result.system.processes[claim.names[0]].capacity
            return capacity.value if capacity else None
        if claim.kind == "flow":
            material, source, target = claim.names
            return sum(
                f.amount
                for f in self.result.flow_list
                if f.material == material
                and ((source and f.source == source) or (target and f.target == target))
            )
        absent = 0.0 if claim.unit.endswith("/a") else None  # a sum that has nothing to count has no row
        found = [self.rows.get(n, absent) for n in claim.names]
        return None if any(v is None for v in found) else sum(v for v in found if v is not None)

    def _differing(self, claim: Claim, model: float) -> Verdict:
        quantity = self.forms.of(claim)
        values = {"ratio": _ratio(claim, model)}
        if quantity is None or not self.exact.possible:
            return Verdict(claim, model, None, None, "differs", Fault("audit-differs", None, values))
        wanted = _bounds(claim, quantity)
        inner = self._is_inner(quantity)
        low = high = None
        if quantity.bottom is None and inner:
            low, high = (self.fixed.extreme(quantity.top, sign) for sign in (1.0, -1.0))
        fixed = [("weak", self.fixed)] if inner else []  # what crosses the line says nothing of levels
        for word, programme in (*fixed, ("dispatch", self.exact), ("weak", self.wide)):
            if programme.violation(wanted) <= REACHED:
                return Verdict(claim, model, low, high, word, Fault(f"audit-{word}", None, values))  # type: ignore[arg-type]
        return Verdict(claim, model, low, high, "contradicts", Fault("audit-contradicts", None, values))

    def _is_inner(self, quantity: Quantity) -> bool:
        """Whether levels, flows of processes and their values alone make it up."""
        columns = quantity.top.columns + (quantity.bottom.columns if quantity.bottom else ())
        return not quantity.pooled and max(columns, default=0) < self.exact.starts["entry"]

    def conflicts(self, claims: Sequence[Claim], progress: Progress) -> tuple[list[Conflict], bool]:
        """Minimal sets that cannot hold together, and whether the search for them came to its end."""
        known = [(c, q) for c in claims if (q := self.forms.of(c)) is not None]
        if not known:
            return [], True
        groups = [_bounds(c, q) for c, q in known]
        doubts = [self._doubt(c) for c, _ in known]
        search = _Search(Elastic(self.open, groups), Elastic(self.unlimited, groups), doubts, progress)
        found = [Conflict(tuple(known[i][0] for i in core), by) for core, by in search.cores()]
        return sorted(found, key=lambda f: (len(f.claims), [c.number for c in f.claims])), search.complete

    def _doubt(self, claim: Claim) -> float:
        """How far a claim is from the model, as a factor; the furthest is doubted first."""
        model = self.model(claim) or 0.0
        stated = claim.value or claim.low or claim.high or 0.0
        small, large = sorted((abs(model), abs(stated)))
        return large / max(small, 1e-300)


class _Search:
    """Looks for minimal sets of claims, by position, that cannot hold together."""

    def __init__(
        self, limited: Elastic, unlimited: Elastic, doubt: Sequence[float], progress: Progress
    ) -> None:
        self.limited, self.unlimited, self.doubt = limited, unlimited, doubt
        self.progress = progress
        self.found = set[frozenset[int]]()
        self.complete = True

    def cores(self) -> list[tuple[list[int], bool]]:
        """The sets, each once, without those that hold a smaller one; whether only limits exclude them.

        Where a programme takes too long the search ends, with the sets found so far.
        """
        made: list[tuple[list[int], bool]] = []
        try:
            self._search()
        except Undecided:
            self.complete = False
        kept = [n for n in self.found if not any(m < n for m in self.found)]
        try:
            made += ((sorted(n), not _clash(self.unlimited, n)) for n in kept)
        except Undecided:
            self.complete = False
        return made

    def _search(self) -> None:
        """Fill `found`.

        Of each set found the most doubtful claim is put aside until the rest can hold together;
        then every one put aside is set beside that rest again, for further sets that it is in,
        and beside each other one put aside.
        """
        left, aside = list(range(len(self.doubt))), []
        for programme in (self.unlimited, self.limited):
            while _clash(programme, left):
                core = _core(programme, [], left, False)
                self._add(core)
                aside.append(max(core, key=lambda i: self.doubt[i]))
                left.remove(aside[-1])
        for doubted in aside:
            self._more(doubted, left)
        for pair in combinations(aside, 2):
            if _clash(self.limited, pair):
                self._add(pair)

    def _add(self, core: Collection[int]) -> None:
        self.found.add(frozenset(core))
        self.progress("sets", len(self.found))

    def _more(self, doubted: int, rest: Sequence[int]) -> None:
        """Further sets that a claim is in, together with claims that can hold without it."""
        left = list(rest)
        for _ in range(MORE_SETS):
            if not _clash(self.limited, [doubted, *left]):
                break
            others = _core(self.limited, [doubted], left, True)
            self._add((doubted, *others))
            if not others:
                break
            left.remove(max(others, key=lambda i: self.doubt[i]))


def _clash(programme: Elastic, chosen: Collection[int]) -> bool:
    return bool(chosen) and programme.violation(chosen) > REACHED


def _core(programme: Elastic, base: list[int], pairs: list[int], added: bool) -> list[int]:
    """QuickXplain (Junker 2004): a minimal part of `pairs` that clashes together with `base`."""
    if added and _clash(programme, base):
        return []
    if len(pairs) == 1:
        return pairs
    half = len(pairs) // 2
    first, second = pairs[:half], pairs[half:]
    late = _core(programme, base + first, second, True)
    return _core(programme, base + late, first, bool(late)) + late


def _within(claim: Claim, value: float) -> bool:
    slack = ROUNDING * max(abs(value), abs(claim.low or 0.0), abs(claim.high or 0.0))
    above = claim.low is None or value >= claim.low - slack
    return above and (claim.high is None or value <= claim.high + slack)


def _ratio(claim: Claim, model: float) -> str:
    """The model over the claim, as people say it."""
    stated = claim.value if claim.value is not None else claim.low if claim.low is not None else claim.high
    return f"{model / stated:.3g}" if stated else "∞"


def _bounds(claim: Claim, quantity: Quantity) -> list[Bound]:
    """The claim as bounds on linear forms; a ratio is multiplied by its denominator."""
    size = max(abs(claim.low or 0.0), abs(claim.high or 0.0)) or ZERO_CLAIM_SCALE
    if quantity.bottom is None:
        return [Bound(quantity.top, claim.low, claim.high, size)]
    made = []
    for low, high in ((claim.low, None), (None, claim.high)):
        end = low if low is not None else high
        if end is not None:
            form = quantity.top.minus(quantity.bottom, end / quantity.scale)
            made.append(Bound(form, None if low is None else 0.0, None if high is None else 0.0, 1e6))
    return made
