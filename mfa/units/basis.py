"""Amounts of a material: wet mass, volume and energy related to its native unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mfa.errors import Short
from mfa.units.dims import ENERGY, MASS, PER_TIME, WET, Dims, times
from mfa.units.grammar import Unit, parse
from mfa.units.text import echo
from mfa.units.words import unlike

NM3_IN_SM3 = Fraction(29315, 27315)  # the same gas at 20 °C and at 0 °C
VOLUMES: Mapping[Dims, str] = {
    (("length", 3),): "m3",
    (("norm_volume", 1),): "Nm3",
    (("standard_volume", 1),): "Sm3",
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
    """

    unit: str = "t"
    moisture: float | None = None
    density: float | None = None
    density_unit: str = ""
    lhv: float | None = None


def amount(text: str, scale: Fraction, dims: Dims, basis: Basis, rate: bool = False) -> Fraction:
    """An amount of `scale` base units in native units; `rate`: it comes from one, for messages."""
    native = parse(basis.unit)
    if dims == native.dims:
        return scale / native.factor
    volume, native_volume = VOLUMES.get(dims), VOLUMES.get(native.dims)
    is_mass = native.dims == MASS
    if is_mass and dims == WET:
        return scale * _dry_share(text, basis) / native.factor
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
        raise Short("unit-no-moisture", unit=echo(text))
    return 1 - Fraction(basis.moisture)


def _heat(text: str, native: Unit, basis: Basis) -> Fraction:
    """Joules in one native unit; the heating value of a mass is one per t."""
    is_mass = native.dims == MASS
    if basis.lhv is None or not 0 < basis.lhv < math.inf:
        raise Short("unit-no-lhv", unit=echo(text), native="t" if is_mass else echo(basis.unit))
    return Fraction(basis.lhv) * 10**9 * (native.factor if is_mass else 1)


def _by_density(text: str, volume: str | None, native_volume: str | None, basis: Basis) -> Fraction:
    """What one unit of volume, or of mass where that is None, is in the native one."""
    have = _tonnes(volume, basis) if volume else Fraction(1)
    want = _tonnes(native_volume, basis) if native_volume else Fraction(1)
    if have is None or want is None:
        missing = native_volume if have is not None else volume
        raise Short("unit-no-density", unit=echo(text), native=echo(basis.unit), volume=missing)
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
