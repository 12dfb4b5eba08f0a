"""Figures: what a file says of a quantity stays on its record, and is converted again by new properties."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import mfa
from mfa import units
from mfa.properties import basis, dry_share, energy_content, per_unit, price, reconverted, tonnes_per_unit
from mfa.system import Figure, Material, System, Written, known, number

TEXT = """scenario: main
year: 2025
sources: {book: "A handbook"}
materials:
  mud:
    kind: waste
    waste: industrial-solid
    moisture: {value: 30 %, range: 25..40 %, source: book, confidence: low, note: of the press}
    composition: {Fe2O3: {value: 40 %, sd: 2 %, source: book}, SiO2: 20 %}
  gas:
    kind: fuel
    density: {value: 0.75 kg/Nm3, cv: 4 %}
    lhv: {value: 36 MJ/Nm3, gsd: 1.05}
    carbon: {value: 72 %, sd: 1 %}
    co2-factor: {value: 0.0561 t/GJ, range: 0.05..0.06 t/GJ}
  methane: {kind: emission, ghg: process, gwp: {value: 28, range: 25..30}}
  rest: {kind: waste, residue-of: mud, parent-equivalent: {value: 1.1 t/t, sd: 0.1 t/t}}
  brick: {kind: product, price: 300 CNY/t, price-vat: {2020: 16 %, 2030: 6 %}}
processes:
  works:
    per: brick
    operating: {value: 300 d/a, sd: 10 d/a}
    tolerance: {value: 3 %, range: 1..5 %}
    capacity: {value: 1000 t/d, range: 900..1100 t/d}
    inputs:
      mud: {value: 1000 kg_wet/t, range: 800..1.2e3 kg_wet/t, source: book}
      gas: {2020: 100 Nm3/t, 2030: 50 Nm3/t}
    outputs:
      rest: 0.1 t/t
      methane: {interpolate: step, 2020: 4 kg/t, 2024: 3 kg/t, 2026: 1 kg/t}
    transfer: {Fe: {brick: {value: 90 %, sd: 3 %}}}
  other: {per: brick, inputs: {mud: 1 t/t}}
drive: {works: 0.2 Mt/a}
targets: {industrial-solid-waste-utilisation: {min: {2025: 60 %, 2030: 75 %}}}
indicators: {bricks: {numerator: [{material: brick, target: export, weight: {value: 1.1, sd: 0.1}}]}}
supply: {mud: 1.4 Mt_wet/a}
pools:
  mud: {takers: [{process: other, tier: 1, share: {value: 2, range: 1..3}}, {boundary: deposit, tier: 1}]}
"""


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A scenario that writes each kind of figure with what is known of it."""
    (tmp_path / "main.yaml").write_text(TEXT, encoding="utf-8")
    return mfa.load(tmp_path / "main.yaml").system


def test_properties_keep_what_is_written(system: System) -> None:
    """Value, uncertainty, source, confidence, note, text and place of the figures of materials."""
    mud, gas = system.materials["mud"], system.materials["gas"]
    assert mud.moisture
    assert (mud.moisture.value, mud.moisture.low, mud.moisture.high) == (0.3, 0.25, 0.4)
    assert (mud.moisture.dist, mud.moisture.source, mud.moisture.confidence) == ("triangular", "book", "low")
    assert (mud.moisture.note, mud.moisture.text, mud.moisture.unit) == ("of the press", "30 %", "%")
    assert mud.moisture.place
    assert mud.moisture.place.line == 8
    assert (mud.composition["Fe2O3"].sd, mud.composition["Fe2O3"].source) == (0.02, "book")
    assert mud.composition["other"].value == pytest.approx(0.4, rel=1e-14)
    assert mud.composition["other"].text == "balance"
    assert gas.density
    assert gas.lhv
    assert (gas.density.value, gas.density.sd) == (0.00075, pytest.approx(0.00003, rel=1e-14))
    assert (gas.lhv.value, gas.lhv.gsd) == (pytest.approx(48, rel=1e-14), 1.05)  # 36 MJ ÷ 0.75 kg
    assert gas.carbon
    assert (gas.carbon.value, gas.carbon.sd) == (0.72, 0.01)
    assert gas.co2_factor
    assert gas.co2_factor.high == pytest.approx(0.06 * 48, rel=1e-14)
    assert (system.materials["methane"].gwp.low, system.materials["methane"].gwp.high) == (25, 30)
    assert system.materials["rest"].parent_equivalent.sd == 0.1


def test_members_keep_what_is_written(system: System) -> None:
    """Operating time, tolerance, transfer coefficients and shares of a tier are figures as well."""
    works = system.processes["works"]
    assert works.operating_hours
    assert (works.operating_hours.value, works.operating_hours.sd) == (7200, 240)
    assert (works.tolerance.value, works.tolerance.high) == (0.03, 0.05)
    assert (works.transfer["Fe"]["brick"].value, works.transfer["Fe"]["brick"].sd) == (0.9, 0.03)
    share = system.pools["mud"].takers[0].share
    assert (share.value, share.low, share.high, share.dist) == (2, 1, 3, "triangular")
    assert (number(None), number(None, 3.0), number(share), known(None), known(share)) == (0, 3, 2, None, 2)


@pytest.mark.parametrize(
    ("year", "gas", "methane", "vat"),
    [
        (2010, 0.075, 0.004, 0.16),
        (2020, 0.075, 0.004, 0.16),
        (2025, 0.05625, 0.003, 0.11),
        (2026, 0.0525, 0.001, 0.10),
        (2040, 0.0375, 0.001, 0.06),
    ],
)
def test_schedules_are_kept(system: System, year: int, gas: float, methane: float, vat: float) -> None:
    """A schedule answers for any year: linear between its years, or by steps, held before and after."""
    works = system.processes["works"]
    found = works.inputs["gas"].figure
    assert found.value == pytest.approx(0.05625, rel=1e-14)  # the run is of 2025: 75 Nm3 of 0.75 kg
    assert found.at(year) == pytest.approx(gas, rel=1e-14)
    assert works.outputs["methane"].figure.at(year) == methane
    assert system.materials["brick"].price_vat.at(year) == pytest.approx(vat, rel=1e-14)
    assert works.inputs["mud"].figure.at(year) == works.inputs["mud"].figure.value


def test_targets_and_weights_keep_what_is_written(system: System) -> None:
    """A bound may rise over the years; the weight in an indicator of one's own has its uncertainty."""
    (target,), (bricks,) = system.targets, system.indicators
    assert target.least
    assert (target.minimum, target.maximum, target.least.at(2028)) == (
        0.6,
        None,
        pytest.approx(0.69, rel=1e-14),
    )
    assert (bricks.numerator[0].weight.value, bricks.numerator[0].weight.sd) == (1.1, 0.1)


def _with(material: Material, **values: float) -> Material:
    """A material whose moisture, density or heating value is another one."""
    return replace(material, **{k: replace(getattr(material, k), value=v) for k, v in values.items()})  # type: ignore[arg-type]


def test_wet_figures_follow_the_moisture(system: System) -> None:
    """1000 kg wet, 800 to 1200, are 700 (560 to 840) kg dry at 30 % and 600 (480 to 720) kg at 40 %."""
    brick, mud = system.materials["brick"], _with(system.materials["mud"], moisture=0.4)
    written = system.processes["works"].inputs["mud"].figure
    assert (written.value, written.low, written.high) == pytest.approx((0.7, 0.56, 0.84), rel=1e-14)
    assert (written.unit, written.written[2]) == ("kg_wet/t", Written("high", 1200, "kg_wet/t"))
    found = reconverted(written, partial(units.coefficient_factor, of=basis(mud), per=basis(brick)))
    assert (found.value, found.low, found.high) == pytest.approx((0.6, 0.48, 0.72), rel=1e-14)
    assert (found.text, found.source, found.written) == (written.text, written.source, written.written)
    supply = reconverted(system.supply["mud"], partial(units.rate_factor, of=basis(mud)))
    assert (system.supply["mud"].value, supply.value) == pytest.approx((980_000, 840_000), rel=1e-14)


def test_volumes_follow_the_density(system: System) -> None:
    """A schedule in Nm3 at twice the density is twice the mass, in each of its years."""
    brick, gas = system.materials["brick"], _with(system.materials["gas"], density=0.0015)
    factor = partial(units.coefficient_factor, of=basis(gas), per=basis(brick))
    found = reconverted(system.processes["works"].inputs["gas"].figure, factor, 2025)
    assert [year for year, _ in found.years] == [2020, 2030]
    assert [value for _, value in found.years] == pytest.approx([0.15, 0.075], rel=1e-14)
    assert found.value == found.at(2025) == pytest.approx(0.1125, rel=1e-14)


def test_daily_capacities_follow_the_operating_time(system: System) -> None:
    """1000 t/d, 900 to 1100, make 300 kt in 300 days and 330 kt in 330."""
    works, brick = system.processes["works"], system.materials["brick"]
    assert works.capacity
    assert (works.capacity.value, works.capacity.low) == pytest.approx((300_000, 270_000), rel=1e-14)
    found = reconverted(works.capacity, partial(units.rate_factor, of=basis(brick), hours=330 * 24))
    assert (found.value, found.low, found.high) == pytest.approx((330_000, 297_000, 363_000), rel=1e-14)


def test_deviations_are_converted_again() -> None:
    """A deviation in a unit follows the unit, a relative one the value."""
    wet = (Written("value", 10.0, "t_wet"), Written("sd", 1.0, "t_wet"))
    factor = partial(units.amount_factor, basis=units.Basis(moisture=0.5))
    assert reconverted(Figure(9.0, sd=0.9, written=wet), factor).sd == 0.5
    relative = (wet[0], Written("cv", 15.0, "%"))
    assert reconverted(Figure(9.0, sd=1.35, written=relative), factor).sd == pytest.approx(0.75, rel=1e-14)
    assert reconverted(Figure(9.0, text="balance"), factor) == Figure(9.0, text="balance")


def test_what_one_unit_holds(system: System) -> None:
    """By the definitions: 0.7 t dry in 1 t wet, 16 - 10 % of VAT off the price, 36 MJ/Nm3 ÷ 0.75 kg/Nm3."""
    mud, gas, brick = (system.materials[m] for m in ("mud", "gas", "brick"))
    assert dry_share(mud) == pytest.approx(0.7, rel=1e-14)
    assert per_unit("wet")(mud) == pytest.approx(1 / 0.7, rel=1e-14)
    assert per_unit("mass")(mud) == tonnes_per_unit(mud) == 1
    assert energy_content(gas) == per_unit("energy")(gas) == pytest.approx(48, rel=1e-14)
    assert price(brick) == per_unit("value")(brick) == pytest.approx(300 / 1.11, rel=1e-14)
    iron = 0.4 * 2 * 55.845 / (2 * 55.845 + 3 * 15.999)  # of Fe2O3, by the atomic weights
    assert per_unit("Fe")(mud) == pytest.approx(1000 * iron, rel=1e-5)
