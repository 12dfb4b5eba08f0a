"""The smallest change that reaches a bound: sought, printed elsewhere, told as JSON here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from mfa import catalogue, units
from mfa.errors import Error, Fault, FaultWithoutPlace, Place
from mfa.input.load import Loaded, not_scenario, with_settings
from mfa.input.records.custom_indicators import bound_factor
from mfa.parameters import figure_at, parse
from mfa.results.run import Run
from mfa.studies.seek import Blocked, Found, Seeker
from mfa.studies.sweeps import points
from mfa.studies.sweeps.points import Axis, Points
from mfa.system import Figure, System, Target

UNTIL, VARY = "--until", "--vary"
BOUND = re.compile(r"\s*(\S+?)\s*(>=|≥|<=|≤|=>|=<|>|<)\s*(.+?)\s*")
LEAST = (">=", "≥", "=>", ">")
NOT_OF_THE_PATH = ("unit-bare", "unit-not-wanted")  # of a 0 that is set to see whether there is anything
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Seek:
    """What seeking gave.

    Attributes
    ----------
    system : the scenario, for names and units
    aim : the bound on an indicator, in the indicator's unit
    now : the indicator as the scenario stands
    found : of one figure, or of all, the best first
    blocked : where the bound is not reached, what is left over at the best, with ways to use it
    run : the run at the nearest value, or at the best
    """

    system: System
    aim: Target
    unit: str
    now: float | None
    found: tuple[Found, ...]
    each: bool = False
    blocked: tuple[Blocked, ...] = ()
    run: Run | None = field(default=None, repr=False)

    @property
    def reached(self) -> bool:
        """Whether the bound is reached, by any of the figures alone."""
        return any(f.value is not None for f in self.found)

    @property
    def value(self) -> float | None:
        """The nearest value that reaches the bound, in the figure's native unit; None where none does."""
        return self.found[0].value if self.found else None

    def to_json(self) -> dict[str, Any]:
        """Everything in native units."""
        left = [
            {
                "material": b.material,
                "amount": b.amount,
                "ways": [{"way": t.way, "node": t.node, "lacking": t.lacking} for t in b.ways],
            }
            for b in self.blocked
        ]
        return {
            "scenario": self.system.name,
            "indicator": self.aim.indicator,
            "unit": self.unit,
            "min": self.aim.minimum,
            "max": self.aim.maximum,
            "today": self.now,
            "reached": self.reached,
            "found": [asdict(f) for f in self.found],
            "left": left,
        }


def seek(
    loaded: Loaded,
    vary: str | None = None,
    until: str | None = None,
    *,
    low: str | None = None,
    high: str | None = None,
    each: bool = False,
    progress: Progress = lambda done, count: None,
) -> Seek:
    """The smallest change of a figure that reaches a bound; see `Scenario.seek`.

    Parameters
    ----------
    progress : called as it goes on with `each`, with how many figures are done, and of how many

    Raises
    ------
    mfa.Error
        a path, quantity, indicator or bound that cannot be; a chain alone; a scenario that does not solve
    """
    if loaded.is_chain:
        raise Error([not_scenario(loaded.path)])
    if loaded.system.carries:
        raise Error([Fault("seek-years", None)])
    if (vary is None) != each or (each and (low or high)):
        raise Error([Fault("seek-which", None)])
    aim, unit = _aim(loaded.system, until)
    seeker = Seeker(loaded, aim)
    if vary is None:
        return Seek(loaded.system, aim, unit, seeker.now, tuple(seeker.all(progress)), each=True)
    ends = [_end(loaded, vary, text, option) for text, option in ((low, "--from"), (high, "--to"))]
    if ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
        raise Error([Fault("seek-ends", Place("--from", 1, 1), {"low": low, "high": high})])
    one = seeker.one(vary, *ends)
    if one is None:
        raise _no_figure(loaded, vary)
    run = seeker.at(one)
    blocked = seeker.blocked(run) if run is not None and one.value is None else ()
    return Seek(loaded.system, aim, unit, seeker.now, (one,), blocked=blocked, run=run)


def _aim(system: System, until: str | None) -> tuple[Target, str]:
    """The bound that is asked for; by default the first target of the scenario that is missed."""
    own = {i.id: i for i in system.indicators}
    place = Place(UNTIL, 1, 1)
    if until is None:
        if not system.targets:
            raise Error([Fault("seek-no-target", None, {"name": system.name})])
        first = system.targets[0]
        return first, catalogue.unit(first.indicator, system.materials, system.processes, own)
    found = BOUND.fullmatch(until)
    if not found:
        raise Error([Fault("seek-until", place, {"text": until[:80]})])
    name, sign, text = found.groups()
    try:
        unit = catalogue.unit(name, system.materials, system.processes, own, tuple(system.substances))
        number, written = units.split(text)
        figure = Figure(units.scaled(number, bound_factor(unit)(written)), text)
    except FaultWithoutPlace as unplaced:
        raise Error([unplaced.at(place)]) from None
    least = sign in LEAST
    return Target(name, figure if least else None, None if least else figure, place), unit


def _end(loaded: Loaded, path: str, text: str | None, option: str) -> float | None:
    """An end of the range in the figure's native unit."""
    if text is None:
        return None
    _check(loaded, path, text, option)
    system, _ = with_settings(loaded, {path: text})
    place = parse(path, system)
    figure = figure_at(system, place) if place else None
    if figure is None:
        raise _no_figure(loaded, path)
    return figure.value


def _no_figure(loaded: Loaded, path: str) -> Error:
    """The fault of a path that names nothing, or nothing that is a number today."""
    try:
        _check(loaded, path, "0", VARY)
    except Error as error:
        unknown = [f for f in error.faults if f.key not in NOT_OF_THE_PATH]
        if unknown:
            return Error(unknown)
    return Error([Fault("seek-no-figure", Place(VARY, 1, 1), {"path": path[:120]})])


def _check(loaded: Loaded, path: str, text: str, option: str) -> None:
    """Refuse a path that names nothing and a quantity that cannot be, at the option that says it."""
    points.check(Points((Axis(path, (text,), option, (1,)),), grid=True), loaded)
