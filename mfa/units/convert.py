"""Dimensions in words, English and Chinese, for messages and lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from mfa.errors import FaultWithoutPlace
from mfa.units.dimensions import (
    CURRENCIES,
    ENERGY,
    MASS,
    MONEY,
    PER_TIME,
    TIME,
    WET,
    Dims,
    in_words,
    times,
    unlike,
)
from mfa.units.grammar import YEAR, Unit, parse
from mfa.units.number import MEMO, echo, rounded, split


def dimension(unit: str) -> str:
    """The dimension of a unit in words.

    Raises
    ------
    mfa.errors.Short
        A name is no unit.

    Examples
    --------
    >>> dimension("kWh/t"), dimension("t/a"), dimension("ha"), dimension("%")
    ('energy per mass', 'mass per time', 'area', 'dimensionless')
    """
    return in_words(parse(unit).dims)[0]


YEAR_HOURS = 8760.0


def factor(unit: str, to: str) -> float:
    """What one `unit` is in `to`.

    Raises
    ------
    mfa.errors.Short
        A name is no unit, or the two are of different dimensions.

    Examples
    --------
    >>> factor("万t/a", "t/a")
    10000.0
    >>> factor("kcal/kg", "tce/t") * 7000
    1.0
    """
    return _factor_float(unit, to)


@lru_cache(MEMO)
def exact_factor(unit: str, to: str) -> Fraction:
    """What one `unit` is in `to`, exactly."""
    have, want = parse(unit), parse(to)
    if have.dims != want.dims:
        raise unlike(unit, have.dims, want.dims, to)
    return have.factor / want.factor


@lru_cache(MEMO)
def _factor_float(unit: str, to: str) -> float:
    """The memo of `factor`."""
    return rounded(exact_factor(unit, to), unit)


def amount_factor(unit: str, basis: Basis) -> float:
    """What an amount of one `unit` is in the native unit of a material.

    Wet mass, volume and energy are converted by the material's moisture, density and lower
    heating value.

    Raises
    ------
    mfa.errors.Short
        A name is no unit, the dimension is not that of the material, or the property that
        would relate the two is not known.

    Examples
    --------
    >>> amount_factor("Mt_wet", Basis(moisture=0.3))
    700000.0
    >>> amount_factor("Nm3", Basis(density=0.000754, density_unit="Nm3"))
    0.000754
    """
    return _amount_float(unit, basis)


@lru_cache(MEMO)
def _amount_float(unit: str, basis: Basis) -> float:
    """The memo of `amount_factor`."""
    parsed = parse(unit)
    return rounded(amount(unit.strip(), parsed.factor, parsed.dims, basis), unit)


def coefficient_factor(unit: str, of: Basis, per: Basis) -> float:
    """What one `unit` is in native units of a material per native unit of another.

    The two sides of the `/` are converted apart, each as an amount of its own material;
    a fraction such as `%` stands for t/t between two masses.

    Raises
    ------
    mfa.errors.Short
        There is no unit or not exactly one `/`, or a side is no amount of its material.

    Examples
    --------
    >>> coefficient_factor("kWh/t", of=Basis("MWh"), per=Basis())
    0.001
    """
    return _coefficient_float(unit, of, per)


@lru_cache(MEMO)
def _coefficient_float(unit: str, of: Basis, per: Basis) -> float:
    """The memo of `coefficient_factor`."""
    parsed = parse(unit)
    if not parsed.parts:
        raise unlike("", (), (), f"{of.unit}/{per.unit}")
    if parsed.share and parse(of.unit).dims == MASS == parse(per.unit).dims:
        return rounded(parsed.factor * parse(per.unit).factor / parse(of.unit).factor, unit)
    if len(parsed.parts) != 2 or not parsed.parts[0].dims:
        raise FaultWithoutPlace("unit-coefficient", unit=echo(unit), of=echo(of.unit), per=echo(per.unit))
    above, below = (
        amount(part.text, part.factor, part.dims, b) for part, b in zip(parsed.parts, (of, per), strict=True)
    )
    return rounded(above / below, unit)


def rate_factor(unit: str, of: Basis, hours: float | None = None) -> float:
    """What a rate of one `unit` is in native units per year.

    Parameters
    ----------
    unit
        An amount per time (`Mt/a`, `t/h`) or a power (`MW`).
    of
        The material.
    hours
        Operating time, h/a; scales rates that are not written per year. None is 8760.

    Raises
    ------
    mfa.errors.Short
        The unit is no rate, or its amount is none of this material.

    Examples
    --------
    >>> rate_factor("t/h", Basis(), 8000)
    8000.0
    >>> 100 * rate_factor("MW", Basis("MWh"), 310 * 24)
    744000.0
    """
    return _rate_float(unit, of, hours)


@lru_cache(MEMO)
def _rate_float(unit: str, of: Basis, hours: float | None) -> float:
    """The memo of `rate_factor`."""
    parsed = parse(unit)
    if not parsed.parts:
        raise unlike("", (), (), f"{of.unit}/a")
    if not any(base == "time" for base, _ in parsed.dims):
        have, have_zh = in_words(parsed.dims)
        raise FaultWithoutPlace(
            "unit-no-time",
            unit=echo(unit),
            have=have,
            have_zh=have_zh,
            example=echo(f"{unit.strip()}/a" if parsed.dims else f"{of.unit}/a"),
        )
    seconds = Fraction(YEAR) if parsed.yearly else Fraction(YEAR_HOURS if hours is None else hours) * 3600
    dims = times([parsed.dims, TIME])
    return rounded(amount(unit.strip(), parsed.factor * seconds, dims, of, rate=True), unit)


def uses_operating(unit: str) -> bool:
    """Whether `rate_factor` scales this unit by operating hours: per h, per d, or a power.

    Raises
    ------
    mfa.errors.Short
        A name is no unit.

    Examples
    --------
    >>> uses_operating("t/d"), uses_operating("MW"), uses_operating("t/a")
    (True, True, False)
    """
    parsed = parse(unit)
    return ("time", -1) in parsed.dims and not parsed.yearly


def ratio(text: str) -> float:
    """A share as a fraction of 1: a bare number, or one in %, wt%, ‰, ppm or ppb.

    Raises
    ------
    mfa.errors.Short
        The text is no number, or has any other unit.

    Examples
    --------
    >>> ratio("8 %"), ratio("0.08"), ratio("70 ppm"), ratio("80 wt%")
    (0.08, 0.08, 7e-05, 0.8)
    """
    value, unit = split(text)
    if not unit:
        return value
    parsed = parse(unit)
    if not parsed.share:
        raise FaultWithoutPlace("unit-ratio", unit=echo(unit))
    return value / float(1 / parsed.factor)  # 1/factor is a whole number: rounded once


def ratio_factor(unit: str) -> float:
    """What one `unit` is as a fraction of 1; no unit is 1.

    Raises
    ------
    mfa.errors.FaultWithoutPlace
        The unit is none of a share.

    Examples
    --------
    >>> ratio_factor("%"), ratio_factor("")
    (0.01, 1.0)
    """
    return ratio(f"1 {unit}" if unit else "1")


NM3_IN_SM3 = Fraction(29315, 27315)  # the same gas at 20 °C and at 0 °C
VOLUMES: Mapping[Dims, str] = {
    (("length", 3),): "m3",
    (("norm_volume", 1),): "Nm3",
    (("standard_volume", 1),): "Sm3",
}


CARRIED = {  # native units of what may weigh something, and what says how much
    "GJ": "enthalpy: … GJ/t",
    "m2": "mass: … kg/m2",
    "piece": "mass: … kg/piece",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of a material, for converting amounts of it.

    Attributes
    ----------
    unit
        Its native unit.
    moisture
        Water in the wet mass, kg/kg.
    density
        Tonnes per `density_unit`.
    density_unit
        `m3`, `Nm3` or `Sm3`.
    lhv
        Lower heating value, GJ per native unit, or per t where the native unit is a mass.
    mass
        Tonnes per native unit, of what is counted in pieces, by area or by its energy.
    rates
        What one unit of another currency is in CNY, by its code; of money alone.
    """

    unit: str = "t"
    moisture: float | None = None
    density: float | None = None
    density_unit: str = ""
    lhv: float | None = None
    mass: float | None = None
    rates: tuple[tuple[str, float], ...] = ()


def amount(text: str, scale: Fraction, dims: Dims, basis: Basis, rate: bool = False) -> Fraction:
    """An amount of `scale` base units in native units; `rate`: it comes from one, for messages."""
    native = parse(basis.unit)
    if dims == native.dims:
        return scale / native.factor
    volume, native_volume = VOLUMES.get(dims), VOLUMES.get(native.dims)
    is_mass = native.dims == MASS
    if is_mass and dims == WET:
        return scale * _dry_share(text, basis) / native.factor
    if dims == MASS and basis.mass:
        return scale / Fraction(basis.mass)
    if dims == MASS and basis.unit in CARRIED:
        raise FaultWithoutPlace(
            "unit-no-mass", unit=echo(text), native=echo(basis.unit), add=CARRIED[basis.unit]
        )
    if native.dims == MONEY and dims in CURRENCIES:
        return scale * _rate(text, CURRENCIES[dims], basis) / native.factor
    if dims == ENERGY and (is_mass or native_volume):
        return scale / _heat(text, native, basis)
    gases = {volume, native_volume} == {"Nm3", "Sm3"}
    if gases or (volume and is_mass) or (native_volume and dims == MASS):
        return scale * _by_density(text, volume, native_volume, basis) / native.factor
    if rate:
        have, want = times([dims, PER_TIME]), times([native.dims, PER_TIME])
        raise unlike(text, have, want, f"{basis.unit}/a")
    raise unlike(text, dims, native.dims, basis.unit)


def _dry_share(text: str, basis: Basis) -> Fraction:
    """Dry mass in the wet mass."""
    if basis.moisture is None or not 0 <= basis.moisture < 1:
        raise FaultWithoutPlace("unit-no-moisture", unit=echo(text))
    return 1 - Fraction(basis.moisture)


def _rate(text: str, code: str, basis: Basis) -> Fraction:
    """Yuan for one unit of another currency."""
    rate = dict(basis.rates).get(code)
    if not rate:
        raise FaultWithoutPlace("unit-no-rate", unit=echo(text), code=code)
    return Fraction(rate)


def _heat(text: str, native: Unit, basis: Basis) -> Fraction:
    """Joules in one native unit; the heating value of a mass is one per t."""
    is_mass = native.dims == MASS
    if basis.lhv is None or not 0 < basis.lhv < math.inf:
        raise FaultWithoutPlace("unit-no-lhv", unit=echo(text), native="t" if is_mass else echo(basis.unit))
    return Fraction(basis.lhv) * 10**9 * (native.factor if is_mass else 1)


def _by_density(text: str, volume: str | None, native_volume: str | None, basis: Basis) -> Fraction:
    """What one unit of volume, or of mass where that is None, is in the native one."""
    have = _tonnes(volume, basis) if volume else Fraction(1)
    want = _tonnes(native_volume, basis) if native_volume else Fraction(1)
    if have is None or want is None:
        missing = native_volume if have is not None else volume
        raise FaultWithoutPlace("unit-no-density", unit=echo(text), native=echo(basis.unit), volume=missing)
    return have / want


def _tonnes(volume: str, basis: Basis) -> Fraction | None:
    """Tonnes in one m3, Nm3 or Sm3 of a material, None where its density does not say."""
    if basis.density is None or not 0 < basis.density < math.inf:
        return None
    density = Fraction(basis.density)
    if volume == basis.density_unit:
        return density
    return {("Nm3", "Sm3"): density * NM3_IN_SM3, ("Sm3", "Nm3"): density / NM3_IN_SM3}.get(
        (volume, basis.density_unit)
    )
