"""Why each process runs as high as it does: what drives it, and what holds it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from mfa.engine.network import TAKER
from mfa.results.accounts.ledger import Ledger
from mfa.system import Side

FULL = 1 - 1e-9  # of a bound: looser than any rounding, closer than any figure
Held = Literal["driven", "capacity", "limit", "all", "behind", "nothing", "unlisted", "held"]


@dataclass(frozen=True)
class Reason:
    """What a process stands at.

    Attributes
    ----------
    held : `driven` by the scenario; at its `capacity`; at the `limit` of its entry; takes or gives `all`
        that there is or is asked; idle `behind` others of the list that take or give all of it; idle
        since there is `nothing` to take or asked; in no list at all (`unlisted`); `held` by another of
        its lists
    side, material : the list that decides; empty where none does
    """

    process: str
    held: Held
    side: Side | Literal[""] = ""
    material: str = ""


class Reasons:
    """The reasons of one run, and the places of its lists."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @cached_property
    def of(self) -> Mapping[str, Reason]:
        """Process → its reason."""
        return {p.id: self._reason(i, p.id) for i, p in enumerate(self.ledger.processes)}

    @cached_property
    def entries(self) -> Mapping[int, list[int]]:
        """Process (position) → the entries that it stands in."""
        found: dict[int, list[int]] = defaultdict(list)
        for at, line in enumerate(self.ledger.compiled.structure.entries):
            if line.process >= 0:
                found[line.process].append(at)
        return found

    def _reason(self, at: int, process: str) -> Reason:
        values, level = self.ledger.compiled.values, float(self.ledger.state.level[at])
        if not np.isnan(values.driven[at]):
            return Reason(process, "driven")
        mine = self.entries.get(at, [])
        if not mine:
            return Reason(process, "unlisted")
        binding = [e for e in mine if self._level(e, at) >= level * FULL] or mine
        found = [Reason(process, self.held(e, level), *self._place(e)) for e in binding]
        if level > 0 and level >= values.capacity[at] * FULL:
            return Reason(process, "capacity", *self._place(self._most(mine)))
        order = ("limit", "all", "behind", "nothing", "held")
        return min(found, key=lambda r: order.index(r.held))

    def _level(self, entry: int, process: int) -> float:
        """The level at which the process takes or gives what the entry hands over."""
        line, b = self.ledger.compiled.structure.entries[entry], self.ledger
        flow = b.flow_at.get((line.pool, process, -line.side))
        return np.inf if flow is None else float(b.state.handed[entry] / b.compiled.values.coefficient[flow])

    def _place(self, entry: int) -> tuple[Side, str]:
        line = self.ledger.compiled.structure.entries[entry]
        return "takers" if line.side == TAKER else "givers", self.ledger.materials[line.pool].id

    def _most(self, entries: list[int]) -> int:
        return max(entries, key=lambda e: float(self.ledger.state.handed[e]))

    def held(self, entry: int, level: float = 1.0) -> Held:
        """What decides how much an entry takes or gives; `level` of its process, where it is one."""
        handed = float(self.ledger.state.handed[entry])
        if handed > 0 and handed >= self.ledger.most(entry) * FULL:
            return "limit"
        if self._rest_behind(entry) > 0:
            return "held"
        if handed > 0 and level > 0:
            return "all"
        return "behind" if self._given_before(entry) > 0 else "nothing"

    @cached_property
    def lists(self) -> Mapping[tuple[int, int], list[int]]:
        """(pool, side) → the entries of the list, in their order."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for at, line in enumerate(self.ledger.compiled.structure.entries):
            found[line.pool, line.side].append(at)
        return found

    def _list(self, entry: int) -> list[int]:
        mine = self.ledger.compiled.structure.entries[entry]
        return self.lists[mine.pool, mine.side]

    def _rest_behind(self, entry: int) -> float:
        """What later tiers of the list take or give, and what is left over or short."""
        state, s = self.ledger.state, self.ledger.compiled.structure
        mine = s.entries[entry]
        open_ = state.surplus if mine.side == TAKER else state.shortage
        later = (float(state.handed[e]) for e in self._list(entry) if s.entries[e].tier > mine.tier)
        return sum(later) + float(open_[mine.pool])

    def _given_before(self, entry: int) -> float:
        """What the others of the list take or give."""
        return sum(float(self.ledger.state.handed[e]) for e in self._list(entry) if e != entry)
