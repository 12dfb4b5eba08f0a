"""Quantities as people write them: `240 万t/a`, `245 kWh/t`, `1.9..2.4 t/t`.

A small grammar splits a text into a number and unit names; the names are the closed set of
`units.txt`. pint gives the factor and the dimension of each from the value that stands there,
and never sees a user's text. Factors are kept a unit text, exact fractions until the end.

Each module needs only those before it: `text`, `number`, `dims`, `table`, `grammar`, `words`,
`basis`, `convert`, `quantities`.
"""

from mfa.units.convert import (
    YEAR_HOURS,
    Basis,
    amount_factor,
    coefficient_factor,
    dimension,
    factor,
    rate_factor,
    ratio,
    ratio_factor,
    uses_operating,
)
from mfa.units.dimensions import CURRENCIES
from mfa.units.grammar import names
from mfa.units.number import as_written, readable, scaled, split, split_range
from mfa.units.quantity import Quantity, quantity

__all__ = [
    "CURRENCIES",
    "YEAR_HOURS",
    "Basis",
    "Quantity",
    "amount_factor",
    "as_written",
    "coefficient_factor",
    "dimension",
    "factor",
    "names",
    "quantity",
    "rate_factor",
    "ratio",
    "ratio_factor",
    "readable",
    "scaled",
    "split",
    "split_range",
    "uses_operating",
]
