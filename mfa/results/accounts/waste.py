"""The account of a waste: generated, utilised, unsold, disposed, stored, dumped, in tonnes a year.

Statistical terms follow the survey of emission sources (排放源统计调查制度): general
industrial solid waste generated G, utilised U (of which from earlier storage U₀), disposed
D (of which D₀), stored S, dumped X. What goes into products that nobody takes is unsold, V
(待消纳): neither used nor disposed. G = (U - U₀) + S + (D - D₀) + X + V.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from typing import Literal

from mfa.system import Entry, Fate, System

Outcome = Fate | Literal["unsold"]
FATE_WORDS: Mapping[Outcome, str] = {
    "utilisation": "utilised",
    "unsold": "unsold",
    "disposal": "disposed",
    "storage": "stored",
    "dumped": "dumped",
}
"""What has been done with a waste of each fate: a field of `Account`."""
WORTH = 1e-4  # of a waste: less is unsold only because its heat or power also serves such a product


@dataclass(frozen=True)
class Account:
    """The fate of one waste, t a year; `utilised` and `disposed` include what storage gave."""

    generated: float = 0.0
    utilised: float = 0.0
    utilised_old: float = 0.0
    disposed: float = 0.0
    disposed_old: float = 0.0
    stored: float = 0.0
    dumped: float = 0.0
    unsold: float = 0.0

    def __add__(self, other: Account) -> Account:
        return Account(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def scaled(self, factor: float) -> Account:
        """A part of the account."""
        return Account(*(getattr(self, f.name) * factor for f in fields(self)))

    def counted(self, fates: Sequence[str]) -> float:
        """What a rate of these fates (`utilised`, `disposed`) has in its numerator."""
        return math.fsum(getattr(self, fate) for fate in fates)

    def to_count(self, fates: Sequence[str]) -> float:
        """What a rate of these fates has in its denominator: generated, and what storage gave to them."""
        return math.fsum((self.generated, *(getattr(self, f"{fate}_old") for fate in fates)))

    def rate(self, fates: Sequence[str]) -> float | None:
        """The share of what there was to count that met these fates; None for 0 ÷ 0."""
        return _ratio(self.counted(fates), self.to_count(fates))

    @property
    def utilisation(self) -> float | None:
        """R = U ÷ (G + U₀), 一般工业固体废物综合利用率; None for 0 ÷ 0.

        排放源统计调查制度, explanation of terms; 绿色园区评价要求; HJ 274.

        >>> round(Account(3.6, 2.7, 0.2, 0.6, stored=0.5).utilisation, 6)
        0.710526
        """
        return self.rate(("utilised",))

    @property
    def utilisation_and_disposal(self) -> float | None:
        """R = (U + D) ÷ (G + U₀ + D₀), 综合处置利用率; HJ 274-2015 no. 24.

        >>> round(Account(3.6, 2.7, 0.2, 0.6, stored=0.5).utilisation_and_disposal, 6)
        0.868421
        """
        return self.rate(("utilised", "disposed"))

    @property
    def disposal(self) -> float | None:
        """R = D ÷ (G + D₀), 危险废物处置率 (disposal alone).

        >>> round(Account(1200, 300, 0, 850, 50, 100).disposal, 4)
        0.68
        """
        return self.rate(("disposed",))

    @property
    def gap(self) -> float:
        """G - (U - U₀) - S - (D - D₀) - X - V: zero where nothing is lost."""
        used = self.utilised - self.utilised_old + self.disposed - self.disposed_old
        return self.generated - used - self.stored - self.dumped - self.unsold


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


@dataclass(frozen=True)
class Leftover:
    """A product that nobody takes: who makes it, and how much of it is left, native units a year."""

    process: str
    product: str
    amount: float


@dataclass(frozen=True)
class Use:
    """What one taker does with one waste (or a residue of it), counted as the parent.

    `basis` says who vouches for the taker's size: `measured`, `stated`, `assumed`, or nothing.
    `leftover` of what is unsold is the product that is left over.
    """

    node: str
    amount: float
    fate: Outcome
    basis: str = ""
    leftover: Leftover | None = None


@dataclass(frozen=True)
class WasteFlow:
    """One waste with its residues over one year.

    Attributes
    ----------
    made : process → amount of the waste itself, t
    uses : by every taker, own waste only, net of the residues that a process makes
    from_yards : what yards gave, t of the parent
    tonnes : whether these amounts are tonnes; no density relates a count or another unit to them
    """

    material: str
    made: Mapping[str, float]
    uses: tuple[Use, ...]
    from_yards: float
    tonnes: bool = True

    @property
    def size(self) -> float:
        """What was made and what yards gave, t; a waste of size 0 does not arise."""
        return sum(self.made.values()) + self.from_yards

    def account(self, without: Set[str] = frozenset()) -> Account:
        """The account; uses by processes in `without` are not believed and count as dumped.

        What yards give is U₀ and D₀ (and a part of what is unsold) as the takers' fates are, never
        more than they take; the rest of it went from storage to storage and is taken off what is
        stored. Unsold is what this year's own waste leaves unsold.
        """
        sums: dict[str, float] = defaultdict(float)
        for use in self.uses:
            sums["dumped" if use.node in without else use.fate] += use.amount
        used, disposed, unsold = sums["utilisation"], sums["disposal"], sums["unsold"]
        taken = used + disposed + unsold
        old = min(self.from_yards, taken)
        share = old / taken if taken > 0 else 0.0
        return Account(
            sum(self.made.values()),
            used,
            used * share,
            disposed,
            disposed * share,
            sums["storage"] - (self.from_yards - old),
            sums["dumped"],
            unsold - unsold * share,
        )


def arising(
    system: System, wastes: Mapping[str, WasteFlow], waste_class: str | None = None
) -> list[tuple[str, Account]]:
    """The wastes that a table or chart of wastes shows, each with its account, the largest first.

    Those counted in tonnes of which anything was made or came out of a yard; of one class
    (`industrial-solid`, `hazardous`, `domestic`) or of all.
    """
    found = [
        (m, w)
        for m, w in wastes.items()
        if w.tonnes and w.size > 0 and waste_class in (None, system.materials[m].waste)
    ]
    return [(m, w.account()) for m, w in sorted(found, key=lambda pair: -pair[1].size)]


def entry_fate(system: System, entry: Entry) -> Fate:
    """What an entry does with a waste: its own word, else that of its process, stock or boundary."""
    if entry.fate:
        return entry.fate
    if entry.kind == "process":
        return system.processes[entry.node].fate
    if entry.kind == "stock":
        return system.stocks[entry.node].fate
    return "utilisation" if entry.kind == "export" else "disposal" if entry.kind == "deposit" else "dumped"
