"""What passes from one year to the next, as frozen records: periods, yards, stocks in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mfa.errors import Place
from mfa.system import Fate, Figure


class Periods(NamedTuple):
    """The years that a scenario runs through: a period begins at `first` and every `step` years up to `last`.

    >>> Periods(2025, 2050, 10).starts
    (2025, 2035, 2045)
    """

    first: int
    last: int
    step: int = 1

    @property
    def starts(self) -> tuple[int, ...]:
        """The first year of each period, which is its name in every table."""
        return tuple(range(self.first, self.last + 1, self.step))


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long what enters a stock in use stays; years, a schedule of one goes by the year of entry.

    `table` is the share that leaves at age 0, 1, 2 …, in place of a distribution.
    """

    dist: Literal["fixed", "normal", "folded-normal", "lognormal", "weibull", "gamma", "table"]
    place: Place
    mean: Figure | None = None
    sd: Figure | None = None
    shape: Figure | None = None
    scale: Figure | None = None
    table: tuple[float, ...] = ()
    inflow_at: Literal["start", "middle", "end"] = "middle"


class Carried(NamedTuple):
    """What earlier periods hand over to a stock for one period, its unit a year.

    Attributes
    ----------
    leaving : what goes of the cohorts that were there at the opening
    at_once : the share of the inflow that leaves in the period of its entry
    inflow : what a stock with a demanded amount takes; None where it takes what its list hands it
    refused : what was demanded of it and cannot be: more dug out than lies there, less held than stays
    """

    leaving: float = 0.0
    at_once: float = 0.0
    inflow: float | None = None
    refused: float = 0.0


NOTHING = Carried()


@dataclass(frozen=True, slots=True)
class Stock:
    """A yard, or a stock in use, whose `cohorts` leave as another material; amounts in the material's unit.

    `initial` is what is there at the opening of the period, `cohorts` what of it entered in which
    year, at the opening of the first period. `delays` is the process of which it holds what is under way.
    """

    id: str
    label: Mapping[str, str]
    material: str
    place: Place
    initial: Figure | None = None
    capacity: Figure | None = None
    fate: Fate = "storage"
    becomes: str = ""
    lifetime: Lifetime | None = None
    cohorts: tuple[tuple[int, Figure], ...] = ()
    carried: Carried = NOTHING
    delays: str = ""
