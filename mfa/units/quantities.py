"""`Quantity`: a number with its unit, read from a text and converted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mfa.errors import Error, Short
from mfa.units.convert import exact_factor
from mfa.units.grammar import parse
from mfa.units.number import rounded, short, split
from mfa.units.text import plain


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit.

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
        except Short as fault:
            raise Error([fault.at(None)]) from None
        except (OverflowError, ValueError):  # the magnitude is inf or nan
            raise Error([Short("number-size", text=str(self.magnitude)).at(None)]) from None
        return Quantity(value, target)

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
    except Short as fault:
        raise Error([fault.at(None)]) from None
    return Quantity(value, unit)
