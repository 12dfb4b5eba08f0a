"""One indicator beside its bounds: met, missed or unproven, and how far off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mfa.system import Target

ROUNDING = 1e-12  # of the larger figure: a bound that rounding alone misses holds


@dataclass(frozen=True)
class Indicator:
    """A row of the table `indicators`; `met` is true, false, unproven or empty.

    `doubtful` are the processes that make it unproven, each with the input it lacks; `holes` those whose
    recipes leave its CO2 incomplete (empty text: the park's two ways of counting it).
    """

    name: str
    value: float | None
    unit: str
    minimum: float | None = None
    maximum: float | None = None
    met: str = ""
    distance: float | None = None
    distance_amount: float | None = None
    doubtful: tuple[tuple[str, str], ...] = ()
    holes: tuple[str, ...] = ()

    @property
    def aimed(self) -> bool:
        """Whether it has a bound."""
        return self.minimum is not None or self.maximum is not None


def judged(
    name: str,
    unit: str,
    value: float | None,
    target: Target,
    missing: Callable[[float], float] | None = None,
    sure: float | None = None,
    doubtful: tuple[tuple[str, str], ...] = (),
) -> Indicator:
    """The value beside its bound.

    Parameters
    ----------
    missing : bound → tonnes a year by which the numerator is off
    sure : the value without doubtful processes; reached only with their help is unproven
    """
    if value is None:
        return Indicator(name, None, unit, target.minimum, target.maximum)
    bound = target.minimum if target.minimum is not None else target.maximum
    assert bound is not None
    reached = holds(value, target)
    proven = not doubtful or (sure is not None and holds(sure, target))
    met = "false" if not reached else "true" if proven else "unproven"
    amount = None if missing is None else 0.0 if reached else missing(bound)
    return Indicator(
        name,
        value,
        unit,
        target.minimum,
        target.maximum,
        met,
        value - bound,
        amount,
        doubtful if met == "unproven" else (),
    )


def holds(value: float, target: Target) -> bool:
    """Whether a value keeps its bound, up to rounding of the larger of the two."""
    if target.minimum is not None and value < target.minimum - ROUNDING * max(1.0, abs(target.minimum)):
        return False
    return target.maximum is None or value <= target.maximum + ROUNDING * max(1.0, abs(target.maximum))
