"""What a plan may decide, and what it is to be best at: the section `plan:` of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mfa.errors import Place

MONEY = ("cost", "capital")  # goals that are no indicators: all that is paid a year, and what is built alone
LIFE = 20.0  # a, of an investment that states none
DISCOUNT = 0.08  # a year, where a plan states none: the social discount rate of Chinese project appraisal


@dataclass(frozen=True, slots=True)
class Piece:
    """Up to `size` (native units, counted from today's figure) each unit costs `invest`, CNY."""

    size: float
    invest: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A figure that a plan may choose, or a list whose order it may write.

    Attributes
    ----------
    path : of the figure; empty for a list
    order : material and side of the list (`red-mud`, `takers`); empty for a figure
    label : what it is called in both languages; empty where the file does not say
    low, high : between which values, native units
    today : what is there without the plan; None is the figure of the file
    invest : CNY for each unit beyond today's; `pieces` in its place by size
    fixed : CNY once, if anything beyond today's is built: it makes the decision a yes or no
    life : of the investment, a
    market : the most that is sold of the reference material of its process, native units a year
    first : the year from which it may be built; None is from the beginning
    assumed : whether the investment is an assumption
    """

    path: str
    order: tuple[str, str]
    label: Mapping[str, str]
    low: float
    high: float
    today: float | None
    invest: float
    fixed: float
    pieces: tuple[Piece, ...]
    life: float
    market: float | None
    place: Place
    assumed: bool = False
    first: int | None = None

    def is_open(self, year: int) -> bool:
        """Whether it may be built in a year."""
        return self.first is None or year >= self.first

    @property
    def is_list(self) -> bool:
        """Whether it is the order of a list."""
        return not self.path

    @property
    def costs(self) -> bool:
        """Whether anything is paid for what is built, so that it stands once it is."""
        return self.invest > 0 or self.fixed > 0 or any(p.invest > 0 for p in self.pieces)

    @property
    def is_binary(self) -> bool:
        """Whether it is built or not built."""
        return self.fixed > 0


@dataclass(frozen=True, slots=True)
class Aim:
    """What a front is to be best in: least, or with `maximise` most."""

    name: str
    maximise: bool = False

    @classmethod
    def of(cls, text: str) -> Aim:
        """As it is written: `co2`, `min co2` or `max industrial-solid-waste-utilisation`."""
        head, _, name = text.strip().partition(" ")
        return cls(name.strip(), head == "max") if name and head in ("min", "max") else cls(text.strip())


@dataclass(frozen=True, slots=True)
class FrontTask:
    """Two aims, and how many plans are wanted between the best of the one and of the other."""

    aims: tuple[Aim, Aim]
    points: int


MOST_POINTS = 200  # of a front; each is a plan of its own


@dataclass(frozen=True, slots=True)
class PlanTask:
    """What a plan is to be best at, and what it may decide.

    `goals`: sums and indicators, each with its weight; `maximise` says the direction. `decide`: empty
    where a scenario has no plan. `keeps_priorities`: lists that are not decided keep their order. `front`: of
    the section `pareto:`.
    """

    goals: tuple[tuple[str, float], ...] = (("cost", 1.0),)
    maximise: bool = False
    decide: tuple[Decision, ...] = ()
    discount: float = DISCOUNT
    keeps_priorities: bool = False
    front: FrontTask | None = None
    place: Place | None = field(default=None, compare=False)
