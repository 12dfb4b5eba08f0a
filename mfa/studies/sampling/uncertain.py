"""Which figures of a system are drawn: those with a written uncertainty, and others by their confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mfa import units
from mfa.parameters import Path, figure_at, listed, parse
from mfa.properties import OTHER
from mfa.system import Figure, System

DRAWN = ("materials", "processes", "stocks", "pools", "drive", "demand", "supply", "prices", "factors")
SHARES = ("moisture", "carbon", "composition", "value-added", "transfer", "price-vat")
DEFINED = ("gwp", "price-vat", "parent-equivalent", "tolerance", "composition", "transfer")
"""Definitions, and parts of a whole, which are drawn only where their uncertainty is written."""


GIVEN = ("drive", "demand", "supply", "pools", "stocks", "materials")
"""What a scenario fixes, and tabled properties: given unless a file says how sure it is, like capacities."""


@dataclass(frozen=True)
class Uncertain:
    """A figure that is drawn.

    Attributes
    ----------
    name : its path in the short form, as people write it
    path : its path, the same for every way to write it
    kind : its distribution; `lognormal` with `gsd` where none is written
    by_default : whether its confidence decides, since no uncertainty is written
    top : what it cannot be above
    """

    name: str
    path: Path
    figure: Figure
    kind: str
    gsd: float
    by_default: bool
    top: float

    @property
    def key(self) -> str:
        """The long form of its path: what its stream of draws goes by."""
        return key_of(self.path)


def key_of(path: Path) -> str:
    """The long form of a path."""
    return ".".join(map(str, (path.section, path.member, *path.field)))


def figures(system: System) -> Iterator[tuple[str, Path, Figure]]:
    """Every figure of a system that can be drawn: its short path, its path, itself."""
    for name, parameter in listed(system).items():
        if isinstance(parameter.value, str):
            continue
        path = parse(name, system)
        figure = figure_at(system, path) if path and path.section in DRAWN else None
        if path and figure is not None:
            yield name, path, figure


def uncertain(system: System, of: Iterable[tuple[str, Path, Figure]]) -> list[Uncertain]:
    """Those of some figures of a system that are drawn, in their order."""
    found = (_uncertain(system, *each) for each in of)
    return [u for u in found if u is not None]


def _uncertain(system: System, name: str, path: Path, figure: Figure) -> Uncertain | None:
    if _is_fixed(system, path, figure):
        return None
    figure = about_value(figure)
    top = _top(system, path)
    if figure.years and not figure.value:
        return None
    if figure.dist:
        return Uncertain(name, path, figure, figure.dist, figure.gsd or 1.0, False, top)
    spread = system.spreads.get(figure.confidence, 0.0)
    if not spread or not figure.value or not figure.written or _is_given(path, figure):
        return None
    return Uncertain(name, path, figure, "lognormal", 1 + spread, True, top)


def peak(figure: Figure) -> float:
    """The largest point of a schedule, about which its uncertainty is written."""
    return max((value for _, value in figure.years), key=abs)


def about_value(figure: Figure) -> Figure:
    """A figure of a schedule with the uncertainty of its value: in proportion to that of its largest point.

    So one factor holds for the whole schedule: a range around what is built in the end is narrower,
    by the same shares, while it is being built.

    >>> about_value(Figure(5.0, low=8.0, high=14.0, years=((2025, 0.0), (2030, 10.0)))).high
    7.0
    """
    if not figure.years or not peak(figure):
        return figure
    part = figure.value / peak(figure)
    low, high, sd = (None if x is None else x * part for x in (figure.low, figure.high, figure.sd))
    cv = next((w for w in figure.written if w.part == "cv"), None)
    if cv is not None:
        sd = units.scaled(cv.number, units.ratio_factor(cv.unit)) * figure.value
    return replace(figure, low=low, high=high, sd=sd, choice=tuple(c * part for c in figure.choice))


def _is_fixed(system: System, path: Path, figure: Figure) -> bool:
    """Whether a figure is exact, a reference, or follows from others."""
    if figure.exact:
        return True
    match path:
        case Path("processes", key, ("inputs" | "outputs" as side, str(material))):
            process = system.processes[key]
            coefficient = getattr(process, side)[material]
            return bool(coefficient.balance or coefficient.reference)
        case Path("materials", _, ("composition", species)):
            return bool(species == OTHER)
    return False


def _is_given(path: Path, figure: Figure) -> bool:
    """Whether a figure without a written uncertainty is a definition, a premise or a tabled property."""
    if path.field[:1] and path.field[0] in DEFINED:
        return True
    given = path.section in GIVEN or path.field in (("capacity",), ("operating",))
    return given and not figure.confidence


def _top(system: System, path: Path) -> float:
    """What a figure cannot be above: a share is at most 1."""
    share = path.field[:1] and path.field[0] in SHARES
    return 1.0 if share else float("inf")
