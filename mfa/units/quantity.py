"""`Quantity`: a number with its unit, read from a text and converted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from mfa.errors import Error, FaultWithoutPlace
from mfa.units.convert import exact_factor
from mfa.units.grammar import parse
from mfa.units.number import plain, rounded, short, split

DIGITS = Context(prec=12)  # more are noise of conversion, fewer would hide what somebody wrote


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A number and its unit.

    Two are equal where they have one dimension and, in base units, the same first twelve digits;
    equal ones have one hash.

    >>> quantity("1 t") == quantity("1000 kg"), quantity("0.1 t") == quantity("100.001 kg")
    (True, False)

    Attributes
    ----------
    magnitude
        The number, in `unit`.
    unit
        A unit text, `t/a`; empty for a bare number.
    """

    magnitude: float
    unit: str

    def to(self, unit: str) -> Quantity:
        """The same quantity in another unit.

        Raises
        ------
        mfa.errors.Error
            A name is no unit, the dimensions differ, or the result is out of range.

        Examples
        --------
        >>> print(quantity("240 万t/a").to("Mt/a"))
        2.4 Mt/a
        """
        try:
            target = plain(unit).strip()
            value = rounded(Fraction(self.magnitude) * exact_factor(self.unit, target), str(self))
        except FaultWithoutPlace as fault:
            raise Error([fault.at(None)]) from None
        except (OverflowError, ValueError):  # the magnitude is inf or nan
            raise Error([FaultWithoutPlace("number-size", text=str(self.magnitude)).at(None)]) from None
        return Quantity(value, target)

    def __eq__(self, other: object) -> bool:
        return self._known_by() == other._known_by() if isinstance(other, Quantity) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._known_by())

    def _known_by(self) -> tuple[object, Decimal | float]:
        """Dimension and rounded value; as written where the number or the unit is none."""
        try:
            unit = parse(self.unit)
            exact = Fraction(repr(float(self.magnitude))) * unit.factor
        except (FaultWithoutPlace, ValueError):
            return self.unit, self.magnitude
        return unit.dims, DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))

    def __str__(self) -> str:
        return f"{short(self.magnitude)} {self.unit}".rstrip()


def quantity(text: str) -> Quantity:
    """Read one quantity; a `万` or `亿` before the unit goes into the number.

    Parameters
    ----------
    text
        A number and its unit, such as `240 万t/a`.

    Raises
    ------
    mfa.errors.Error
        The text is no quantity; the one fault has no place.

    Examples
    --------
    >>> quantity("240 万t/a")
    Quantity(magnitude=2400000.0, unit='t/a')
    >>> print(quantity("240 万t/a"))
    2.4e6 t/a
    """
    try:
        value, unit = split(text)
        parse(unit)
    except FaultWithoutPlace as fault:
        raise Error([fault.at(None)]) from None
    return Quantity(value, unit)
