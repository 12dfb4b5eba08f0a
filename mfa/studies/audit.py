"""Audit: every claim beside what the model gives, and the claims that cannot hold together.

A claim holds, or the model differs; where the model's figure is the plan's own, put in and not
computed, it is as stated, which tests nothing. Where it differs, programmes tell why: with every process
as in the run, figures elsewhere in their ranges may give the claimed figure (our data are too
weak to judge); with the scenario's drives and demands kept, another dispatch may; or nothing
does (it contradicts). Sets are minimal: leave out any one claim of a set and the rest can hold together.
They are found with drives and demands left open, figures anywhere in their ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from mfa.catalogue import members_of
from mfa.checks.closure import Closure
from mfa.errors import Fault
from mfa.results.run import Run
from mfa.studies.claimed import claims_of, value_of
from mfa.studies.lp.measures import Measures, Quantity
from mfa.studies.lp.programme import REACHED, TIME_LIMIT, Bound, Elastic, Programme, Undecided
from mfa.studies.sampling.claims_placed import ClaimsPlaced
from mfa.system import Claim, Figure, System

Word = Literal[
    "holds", "stated", "dispatch", "weak", "contradicts", "undecided", "differs", "not-modelled", "no-value"
]
Progress = Callable[[Literal["claims", "sets", "samples"], int], None]
ROUNDING = 1e-9  # of the figures compared: as the linear programmes keep their rows
STATED = 1e-6  # of a figure: what is put in and what comes out of a run agree to more than that
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
    """Claims that cannot all hold; `limits`: only because of capacities and limits.

    `twice`: they state one capacity, differently. `gap` is how far the claim that is furthest from the
    model is from it, as a factor.
    """

    claims: tuple[Claim, ...]
    limits: bool
    twice: bool = False
    gap: float = 1.0

    @property
    def because(self) -> Literal["recipes", "limits", "twice"]:
        """What excludes them."""
        return "twice" if self.twice else "limits" if self.limits else "recipes"


@dataclass(frozen=True)
class Audit:
    """What became of all claims of a scenario; not `complete` where the search for sets took too long.

    `conflicts`: the smallest first, of one size those furthest from the model. `opened` are the recipes
    whose mass is open by more than their tolerance; they are taken as open as they are written.
    `placed` is where the claims stand among samples, where some were asked for.
    """

    verdicts: tuple[Verdict, ...]
    conflicts: tuple[Conflict, ...]
    complete: bool = True
    opened: tuple[Closure, ...] = ()
    placed: ClaimsPlaced | None = None

    @property
    def passes(self) -> bool:
        """Whether no claim contradicts the model, alone or together with others, and all is decided."""
        failing = ("contradicts", "differs", "undecided")
        return self.complete and not self.conflicts and all(v.word not in failing for v in self.verdicts)


def audit(result: Run, progress: Progress = lambda what, count: None) -> Audit:
    """Judge the claims of a solved scenario: those on its year, and those that say none.

    Parameters
    ----------
    result : the run that the claims are set beside
    progress : called as it goes on, with how many claims are judged, then how many sets are found
    """
    judge = _Judge(result)
    verdicts = []
    claims = claims_of(result.system)
    for number, claim in enumerate(claims, 1):
        verdicts.append(judge.verdict(claim))
        progress("claims", number)
    conflicts, complete = judge.conflicts(claims, progress)
    opened = tuple(c for c in result.closures if c.layer == "mass" and not c.closes)
    return Audit(tuple(verdicts), tuple(conflicts), complete, opened)


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
            held: Word = "stated" if is_stated(self.result, claim, model) else "holds"
            return Verdict(claim, model, None, None, held, Fault(f"audit-{held}", None, {}))
        try:
            return self._differing(claim, model)
        except Undecided:
            values = {"ratio": _ratio(claim, model), "seconds": f"{TIME_LIMIT:g}"}
            return Verdict(claim, model, None, None, "undecided", Fault("audit-undecided", None, values))

    def model(self, claim: Claim) -> float | None:
        """What the model gives; None where it has no value."""
        return value_of(self.result, claim)

    def _differing(self, claim: Claim, model: float) -> Verdict:
        quantity = self.forms.of(claim)
        values = {"ratio": _ratio(claim, model)}
        if quantity is None or not self.exact.possible:
            return Verdict(claim, model, None, None, "differs", Fault("audit-differs", None, values))
        wanted = _bounds(claim, quantity)
        inner = self._is_inner(quantity)
        low, high = (self._extreme(quantity, inner, sign) for sign in (1.0, -1.0))
        fixed = [("weak", self.fixed)] if inner else []  # what crosses the line says nothing of levels
        for word, programme in (*fixed, ("dispatch", self.exact), ("weak", self.wide)):
            if programme.violation(wanted) <= REACHED:
                return Verdict(claim, model, low, high, word, Fault(f"audit-{word}", None, values))  # type: ignore[arg-type]
        return Verdict(claim, model, low, high, "contradicts", Fault("audit-contradicts", None, values))

    def _extreme(self, quantity: Quantity, inner: bool, sign: float) -> float | None:
        """One end of what it can be: at the levels of the run, or in any dispatch where these say nothing."""
        if quantity.bottom is None:
            return (self.fixed if inner else self.wide).extreme(quantity.top, sign)
        found = (self.fixed if inner else self.wide).extreme_ratio(quantity.top, quantity.bottom, sign)
        return None if found is None else found * quantity.scale

    def _is_inner(self, quantity: Quantity) -> bool:
        """Whether levels, flows of processes and their values alone make it up."""
        columns = quantity.top.columns + (quantity.bottom.columns if quantity.bottom else ())
        return not quantity.pooled and max(columns, default=0) < self.exact.starts["entry"]

    def conflicts(self, claims: Sequence[Claim], progress: Progress) -> tuple[list[Conflict], bool]:
        """Minimal sets that cannot hold together, and whether the search for them came to its end."""
        known = [(c, q) for c in claims if (q := self.forms.of(c)) is not None]
        twice = self._twice(claims)
        if not known:
            return sorted(twice, key=_rank), True
        groups = [_bounds(c, q) for c, q in known]
        doubts = [self._doubt(c) for c, _ in known]
        search = _Search(Elastic(self.open, groups), Elastic(self.unlimited, groups), doubts, progress)
        found = [self._conflict([known[i][0] for i in core], limits=by) for core, by in search.cores()]
        return sorted([*twice, *found], key=_rank), search.complete

    def _conflict(self, claims: Sequence[Claim], *, limits: bool = False, twice: bool = False) -> Conflict:
        return Conflict(tuple(claims), limits, twice, max(map(self._doubt, claims)))

    def _twice(self, claims: Sequence[Claim]) -> list[Conflict]:
        """Pairs that state one capacity differently; what a plant makes in a year is another quantity."""
        sizes = [c for c in claims if c.kind == "capacity"]
        pairs = [p for p in combinations(sizes, 2) if p[0].names == p[1].names and _apart(*p)]
        return [self._conflict(p, twice=True) for p in pairs]

    def _doubt(self, claim: Claim) -> float:
        """How far a claim is from the model, as a factor; the furthest is doubted first."""
        model = self.model(claim) or 0.0
        stated = claim.value or claim.low or claim.high or 0.0
        small, large = sorted((abs(model), abs(stated)))
        return large / max(small, 1e-300)


def is_stated(result: Run, claim: Claim, model: float) -> bool:
    """Whether the model's figure is an input that says the same as the claim, or has its source.

    Parameters
    ----------
    model : what the model gives, within the claim
    """
    if claim.kind == "indicators":
        return bool(claim.source) and all(_is_worth_stated(result, n, claim.source) for n in claim.names)
    ends = [e for e in (claim.value, claim.low, claim.high) if e is not None]
    return any(
        _alike(model, f.value)
        and ((f.source and f.source == claim.source) or any(_alike(f.value, e) for e in ends))
        for f in _inputs(result.system, claim)
    )


def _inputs(system: System, claim: Claim) -> Iterator[Figure]:
    """The figures put in that may be a level, capacity or flow itself: drive, demand, capacity, limit."""
    nodes = claim.names if claim.kind == "flow" else claim.names[:1]
    material = claim.names[0] if claim.kind == "flow" else ""
    for node in nodes:
        process = system.processes.get(node)
        if process and process.capacity:
            yield process.capacity
        if process and claim.kind != "capacity":
            yield from (f for f in [system.drive.get(node), system.demand.get(process.per)] if f)
            material = material or process.per
    if claim.kind != "capacity" and material:
        yield from (f for f in (system.demand.get(material), system.supply.get(material)) if f)
        pool = system.pools.get(material)
        entries = (*pool.takers, *pool.givers) if pool else ()
        yield from (e.limit for e in entries if e.limit and e.node in nodes)


def _is_worth_stated(result: Run, name: str, source: str) -> bool:
    """Whether an output value is nothing but a size and a price that both come from one source."""
    head, _, group = name.partition("@")
    kind, _, member = group.partition(":")
    if head != "output-value" or not group:
        return False
    system = result.system
    makers = [p for p in system.processes.values() if member in members_of(p, kind)]
    drives = [system.drive.get(p.id) for p in makers]
    prices = [system.materials[m].price for p in makers for m in p.outputs]
    return bool(makers) and all(f is not None and f.source == source for f in (*drives, *prices))


def _alike(one: float, two: float) -> bool:
    return abs(one - two) <= STATED * max(abs(one), abs(two))


def _apart(one: Claim, two: Claim) -> bool:
    """Whether no value is within both claims."""
    low = max((c.low for c in (one, two) if c.low is not None), default=0.0)
    high = min((c.high for c in (one, two) if c.high is not None), default=float("inf"))
    return low > high


def _rank(conflict: Conflict) -> tuple[int, float, list[int]]:
    """The smallest sets first, of these the furthest from the model."""
    return len(conflict.claims), -conflict.gap, [c.number for c in conflict.claims]


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
