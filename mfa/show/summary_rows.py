"""The rows of the answer of a run: ids and numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mfa.results.accounts.waste import Account, Leftover, Outcome
from mfa.results.reasons import Reason

OPEN = 1e-9  # of all that enters; recipes whose ends differ by less close


@dataclass(frozen=True)
class Unused:
    """A waste that is not utilised: where it goes and how much, t a year."""

    material: str
    node: str
    fate: Outcome
    amount: float


@dataclass(frozen=True)
class LargestUnused:
    """The waste of which most is not utilised, t a year; its share of all that is not, and its places."""

    material: str
    amount: float
    share: float
    places: tuple[Unused, ...]


@dataclass(frozen=True)
class UnsoldWaste:
    """A waste that a process puts into products that nobody takes, t a year, and the one left over most."""

    material: str
    node: str
    amount: float
    leftover: Leftover


@dataclass(frozen=True)
class Split:
    """The rate of utilisation by who vouches for the takers' sizes; a figure of each adds up to it."""

    known: float
    assumed: float
    unsaid: float

    @property
    def rate(self) -> float:
        """All of it."""
        return math.fsum((self.known, self.assumed, self.unsaid))


@dataclass(frozen=True)
class Plant:
    """A process as it runs: level and capacity in `unit`, the load of it, what holds it there."""

    process: str
    level: float
    unit: str
    capacity: float | None
    reason: Reason

    @property
    def load(self) -> float | None:
        """Level ÷ capacity."""
        return self.level / self.capacity if self.capacity else None


@dataclass(frozen=True)
class Heap:
    """A stock over the year, in `unit`; `most` is what it has room for."""

    stock: str
    opening: float
    change: float
    unit: str
    most: float | None

    @property
    def closing(self) -> float:
        """What lies there at the end."""
        return self.opening + self.change


@dataclass(frozen=True)
class FullTaker:
    """A process or buyer that takes all of a material that it can, native units a year."""

    material: str
    node: str
    most: float


@dataclass(frozen=True)
class Waste:
    """A waste and what becomes of it."""

    material: str
    account: Account


@dataclass(frozen=True)
class Wastes:
    """The wastes of a class, the largest first."""

    rows: tuple[Waste, ...]

    @property
    def total(self) -> Account:
        """All of them."""
        return self.rest(0)

    def rest(self, shown: int) -> Account:
        """All but the `shown` largest."""
        return sum((w.account for w in self.rows[shown:]), Account())


@dataclass(frozen=True)
class MassBalance:
    """Boundary → mass that crosses it, t a year; `unclosed` goes into recipes and does not come out."""

    entering: Mapping[str, float]
    leaving: Mapping[str, float]
    unclosed: float

    @property
    def total_in(self) -> float:
        """All that enters."""
        return sum(self.entering.values())

    @property
    def total_out(self) -> float:
        """All that leaves, what recipes lose included."""
        return sum(self.leaving.values()) + self.unclosed

    @property
    def closes(self) -> bool:
        """Whether recipes lose nothing but rounding."""
        return abs(self.unclosed) <= OPEN * self.total_in


@dataclass(frozen=True)
class Group:
    """A site, sector … : indicator of `GROUP_COLUMNS` → amount, and its rate of utilisation, if any."""

    name: str
    amounts: Mapping[str, float]
    rate: float | None


@dataclass(frozen=True)
class Groups:
    """The groups of a kind by output value; what belongs to none (0 up to rounding); the whole park."""

    rows: tuple[Group, ...]
    apart: Mapping[str, float]
    whole: Group


@dataclass(frozen=True)
class Layer:
    """An element or oxide, t a year."""

    name: str
    entering: float
    leaving: float
    residue: float

    @property
    def share(self) -> float:
        """The part of what enters that is not accounted for."""
        return self.residue / self.entering if self.entering else 0.0


@dataclass(frozen=True)
class Source:
    """A source as it is cited (empty where none is named) and confidence → figures that stand on it."""

    cite: str
    figures: Counter[str]
