"""Declared substances (ash, sugar): followed like elements, by hand in a washery and a sugar mill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

import mfa
from mfa.checks.closure import Closure, closures
from mfa.cli import cli
from mfa.input.schema.completions import json_schema
from mfa.properties import carbon_content, elements
from tests.parks import codes, faults, load, solve, values

# Yield y of clean coal: 25 = 10·y + 60·(1 - y), y = 0.7. Of 250 kt ash 70 go into it, 180 into gangue.
WASHERY = """
substances: {ash: {label: {en: Ash, zh: 灰分}}}
materials:
  raw-coal: {kind: resource, composition: {ash: 25 %, C: 75 %}}
  clean-coal: {kind: product, composition: {ash: 10 %, C: 90 %}}
  gangue: {kind: waste, waste: industrial-solid, composition: {ash: 60 %, C: 40 %}}
processes:
  washing: {per: raw-coal, inputs: {raw-coal: 1 t/t}, outputs: {clean-coal: 0.7 t/t, gangue: 0.3 t/t}}
pools:
  clean-coal: {takers: [{boundary: export}]}
  gangue: {takers: [{boundary: deposit}]}
"""
YEAR = """
drive: {washing: 1 Mt/a}
layers: [ash]
indicators:
  ash-of-coal:
    numerator: [{material: clean-coal, target: export, count: ash}]
    denominator: [{material: clean-coal, target: export}]
targets: {ash-of-coal: {max: 9.5 %}}
"""
BY_TRANSFER = WASHERY.replace(", composition: {ash: 10 %, C: 90 %}", "").replace(
    ", composition: {ash: 60 %, C: 40 %}", ""
)
TRANSFER = "gangue: 0.3 t/t}, transfer: {ash: {clean-coal: 28 %, gangue: 72 %}}}"  # 70 and 180 of 250


def exported(result: mfa.Result, name: str) -> dict[tuple[str, str], float]:
    """(material, boundary) → t a year of a layer that leaves."""
    found = result.layer(name).flows(result.flow_list)
    return {(f.material, f.target): f.amount / 1000 for f in found if f.target in ("export", "deposit")}


def closure(system: Any, layer: str) -> Closure:
    """The closure of the only process in one layer."""
    return next(c for c in closures(system) if c.layer == layer)


@pytest.mark.parametrize("chain", [WASHERY, BY_TRANSFER.replace("gangue: 0.3 t/t}}", TRANSFER)])
def test_ash_of_a_washery(chain: str, tmp_path: Path) -> None:
    """By compositions and by transfer coefficients: all ash is found again, 100 kg in 1 t of clean coal."""
    result = solve(tmp_path, chain, YEAR)
    assert exported(result, "ash") == pytest.approx(
        {("clean-coal", "export"): 70_000, ("gangue", "deposit"): 180_000}
    )
    row = result.indicators.loc["ash-of-coal"]
    assert (row["value"], row["unit"], row["max"]) == (pytest.approx(100), "kg ash/t", pytest.approx(95))
    assert row["met"] == "false"
    park = result.layer("ash").park
    assert park.inputs == pytest.approx(250e6)
    assert park.residue == pytest.approx(0, abs=1e-3)


SUGAR = """
substances: {sugar: {label: {en: Sugar, zh: 糖分}}, fibre: {label: {en: Fibre, zh: 纤维}}}
materials:
  cane: {kind: resource, composition: {sugar: 14 %, fibre: 13 %, H2O: 70 %, other: 3 %}}
  juice: {kind: intermediate}
  bagasse: {kind: waste, waste: industrial-solid}
  molasses: {kind: intermediate}
  raw-sugar: {kind: product}
processes:
  mill: {per: cane, inputs: {cane: 1 t/t}, outputs: {juice: 0.7 t/t, bagasse: 0.3 t/t},
    transfer: {sugar: {juice: 95 %, bagasse: 5 %}, fibre: {bagasse: 100 %}}}
  pan: {per: juice, inputs: {juice: 1 t/t, molasses: 0.5 t/t}, outputs: {raw-sugar: 0.2 t/t, molasses: 1 t/t},
    transfer: {sugar: {raw-sugar: 60 %, molasses: 40 %}}}
pools:
  juice: {takers: [pan]}
  bagasse: {takers: [{boundary: deposit}]}
  molasses: {takers: [{boundary: export}]}
"""
HARVEST = "drive: {mill: 1000 t/a}\nlayers: [sugar, fibre]\ntargets: {recovery:sugar: {min: 71 %}}\n"


def test_sugar_with_returned_molasses(tmp_path: Path) -> None:
    """Half of the molasses goes back: the pan sees J ÷ (1 - 0.4·0.5) = 1.25 J of the 133 t J in juice.

    Crystals take 0.6·1.25 = 0.75 of J, molasses sold 0.4·1.25·0.5 = 0.25; recovered are 0.95·0.75 of all.
    """
    result = solve(tmp_path, SUGAR, HARVEST)
    assert exported(result, "sugar") == pytest.approx(
        {("bagasse", "deposit"): 7, ("molasses", "export"): 33.25, ("raw-sugar", "export"): 99.75}
    )
    assert exported(result, "fibre") == pytest.approx({("bagasse", "deposit"): 130})
    assert values(result)["recovery:sugar"] == pytest.approx(0.7125)
    assert result.indicators.loc["recovery:sugar", "met"] == "true"


def test_closure_of_a_substance(tmp_path: Path) -> None:
    """Ash closes as an element does; with 10 points less of it in gangue 0.25 goes in and 0.22 comes out."""
    ash = closure(load(tmp_path, WASHERY).system, "ash")
    assert (ash.inputs, ash.outputs, ash.error) == pytest.approx((0.25, 0.25, 0), abs=1e-12)
    assert ash.closes
    opened = WASHERY.replace("{ash: 60 %, C: 40 %}", "{ash: 50 %, SiO2: 10 %, C: 40 %}")
    ash = closure(load(tmp_path, opened).system, "ash")
    assert ash.error == pytest.approx((0.25 - 0.22) / 0.25)
    assert not ash.closes


def test_ash_may_hold_any_element(tmp_path: Path) -> None:
    """Silicon that gangue names may be in the ash of coal: not checkable, down to half a per cent of ash."""
    opened = WASHERY.replace("{ash: 60 %, C: 40 %}", "{ash: 50 %, SiO2: 10 %, C: 40 %}")
    silicon = closure(load(tmp_path, opened).system, "Si")
    assert (silicon.error, silicon.reason) == (None, "raw-coal")
    clean = """
substances: {ash: {label: Ash}}
materials:
  coal: {kind: resource, composition: {ash: SHARE, C: 90 %, H2O: REST}}
  char: {kind: product, composition: {C: 90 %, Si: 5 %, H2O: 5 %}}
processes: {oven: {per: char, inputs: {coal: 1 t/t}}}
"""
    few = load(tmp_path, clean.replace("SHARE", "0.5 %").replace("REST", "9.5 %"))
    assert closure(few.system, "Si").error == pytest.approx(-1)  # none in, 5 % out
    many = load(tmp_path, clean.replace("SHARE", "0.6 %").replace("REST", "9.4 %"))
    assert closure(many.system, "Si").error is None


def test_carbon_in_a_substance_is_unknown(tmp_path: Path) -> None:
    """A composition that names no carbon may have it in its fibre, as in what is left over."""
    chain = """
substances: {fibre: {label: Fibre}}
materials:
  pulp: {kind: resource, composition: {fibre: 30 %, H2O: 60 %, other: 10 %}}
  paper: {kind: product}
processes: {machine: {per: paper, inputs: {pulp: 1 t/t}}}
"""
    found = carbon_content(load(tmp_path, chain).system.materials["pulp"])
    assert found.known == 0
    assert found.unresolved == pytest.approx(0.4)


def test_room_for_a_substance(tmp_path: Path) -> None:
    """All 250 t of ash in 200 t of coal cannot be; sugar of 100 % and the carbon in it can."""
    chain = BY_TRANSFER.replace(
        "clean-coal: 0.7 t/t, gangue: 0.3 t/t}",
        "clean-coal: 0.2 t/t, gangue: 0.8 t/t}, transfer: {ash: {clean-coal: 1}}",
    )
    found = codes(solve(tmp_path, chain, "drive: {washing: 1 kt/a}\nlayers: [ash]\n"))
    assert (
        "washing puts 250 t/a of ash into clean-coal, which has room for 200 t/a" in found["layer-impossible"]
    )
    pure = """
substances: {sugar: {label: Sugar}}
materials:
  syrup: {kind: resource, composition: {sugar: 50 %, C: 21 %, H2O: 29 %}}
  crystal: {kind: product, composition: {sugar: 100 %}}
processes:
  pan: {per: crystal, inputs: {syrup: 2 t/t}, transfer: {C: {crystal: 1}}}
"""
    result = solve(tmp_path, pure, "drive: {pan: 100 t/a}\nlayers: [C, sugar]\n")
    assert exported(result, "C") == pytest.approx({("crystal", "export"): 42})
    assert "layer-impossible" not in codes(result)


@pytest.mark.parametrize("name", ["COD", "BOD5", "TOC", "ash", "TN"])
def test_sum_parameters_are_no_formulas(name: str) -> None:
    """D and T in the names of sum parameters are no isotopes of hydrogen."""
    assert elements(name) is None


def test_labels_of_two_chains(tmp_path: Path) -> None:
    """Two chains may declare a substance alike; another label is a fault; a scenario may give its own."""
    (tmp_path / "more.yaml").write_text("chain: more\nsubstances: {ash: {label: {en: Ash, zh: 灰分}}}\n")
    both = "chains: [./park.yaml, ./more.yaml]\ndrive: {washing: 1 t/a}\n"
    load(tmp_path, WASHERY)

    def label(scenario: str) -> str:
        (tmp_path / "both.yaml").write_text(f"scenario: both\n{scenario}")
        return mfa.load(tmp_path / "both.yaml").system.substances["ash"]["en"]

    assert label(both) == "Ash"
    assert label(f"{both}substances: {{ash: {{label: Dry ash}}}}\n") == "Dry ash"
    (tmp_path / "more.yaml").write_text("chain: more\nsubstances: {ash: {label: Cinder}}\n")
    with pytest.raises(mfa.Error, match="the substance 'ash' is defined twice, with different 'label'"):
        label(both)


def test_what_origin_prints_can_be_set(tmp_path: Path) -> None:
    """The label of a substance and its share in a composition have paths like any other value."""
    scenario = load(tmp_path, WASHERY, YEAR)
    printed = {line.path for line in scenario.origin()}
    settings = {"substances.ash.label.en": "Dry ash", "materials.clean-coal.composition.ash": "9 %"}
    assert set(settings) <= printed
    again = scenario.replace(settings)
    assert again.system.substances["ash"] == {"en": "Dry ash", "zh": "灰分"}
    assert again.solve().indicators.loc["ash-of-coal", "value"] == pytest.approx(90)


def test_undeclared_layers(tmp_path: Path) -> None:
    """What nobody declares is neither a layer of a run nor of a target."""
    scenario = load(tmp_path, WASHERY, YEAR)
    for act in (scenario.solve().layer, scenario.with_layers):
        with pytest.raises(mfa.Error, match="'fibre' is not a layer"):
            act("fibre")
    with pytest.raises(mfa.Error, match="did you mean 'ash'"):
        scenario.with_layers("ashes")
    assert faults(tmp_path, WASHERY, "targets: {recovery:fibre: {min: 5 %}}\n") == ["layer-unknown"]


def test_commands(tmp_path: Path) -> None:
    """`run --layer ash`, a picture of it and a workbook: by label, and with the same numbers again."""
    load(tmp_path, WASHERY, "drive: {washing: 1 Mt/a}\n")
    file, out = str(tmp_path / "test.yaml"), str(tmp_path / "out")
    run = CliRunner().invoke(cli, ["run", file, "--layer", "ash", "--out", out, "--lang", "zh"])
    assert "成分层 灰分，t/a：进入 250,000，离开 250,000" in run.output
    assert (
        CliRunner().invoke(cli, ["sankey", file, "--layer", "ash", "-o", f"{tmp_path}/ash.html"]).exit_code
        == 0
    )
    assert "Ash content" in (tmp_path / "ash.html").read_text(encoding="utf-8")
    book = tmp_path / "book.xlsx"
    assert CliRunner().invoke(cli, ["export", file, "--xlsx", str(book)]).exit_code == 0
    again = mfa.load(book).with_layers("ash")
    assert again.system.substances == {"ash": {"en": "Ash", "zh": "灰分"}}
    assert exported(again.solve(), "ash")["clean-coal", "export"] == pytest.approx(70_000)


def test_schema_for_editors() -> None:
    """The JSON Schema takes declared substances and refuses one without a label."""
    chain = yaml.safe_load("chain: park\n" + WASHERY)
    jsonschema.validate(chain, json_schema("chain"))
    chain["substances"] = {"ash": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(chain, json_schema("chain"))
