"""Wastes in volumes, the sums of waste tables, targets on wastes."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from mfa.show.terminal.print_run import print_answer
from tests.parks import MILL_MATERIALS, mill_project


def test_unproven_names_the_process_and_its_missing_input(tmp_path: Path) -> None:
    """The warning of an unproven target says who lacks what."""
    file = tmp_path / "s.yaml"
    file.write_text(
        f"""
scenario: s
drive: {{mill: 10 t/a}}
processes:
  mill: {{per: metal, inputs: {{ore: 2 t/t}}, outputs: {{mud: 1 t/t}}}}
  kiln: {{per: brick, inputs: {{mud: 0.9 t/t, glue: 0.1 t/t}}}}
pools: {{mud: {{takers: [kiln]}}}}
targets: {{industrial-solid-waste-utilisation: {{min: 95 %}}}}
{MILL_MATERIALS}
""",
        encoding="utf-8",
    )
    warnings = mfa.load(file).solve().warnings
    text = warnings.loc[warnings["code"] == "unproven", "text"].item()
    assert "kiln" in text
    assert "glue" in text


def test_a_waste_counted_in_cubic_metres_is_summed_in_tonnes(tmp_path: Path) -> None:
    """20 m3/a of 1.5 t/m3 are 30 t/a; half is sold. Pieces enter no sum, and a warning says so."""
    file = tmp_path / "s.yaml"
    file.write_text(
        """
scenario: s
drive: {mill: 10 t/a}
processes: {mill: {per: metal, outputs: {sludge: 2 m3/t, drum: 3 piece/t, ash: 1 t/t}}}
materials:
  metal: {kind: product}
  sludge: {kind: waste, waste: industrial-solid, unit: m3, density: 1.5 t/m3}
  drum: {kind: waste, waste: industrial-solid, unit: piece}
  ash: {kind: waste, waste: industrial-solid}
pools:
  sludge: {takers: [{boundary: export, limit: 50 %}]}
  drum: {takers: [{boundary: export}]}
targets:
  industrial-solid-waste-utilisation: {min: 60 %}
  "utilisation:drum": {max: 10 %}
""",
        encoding="utf-8",
    )
    result = mfa.load(file).solve()
    values = result.indicators["value"]
    assert values["industrial-solid-waste-generated"] == pytest.approx(20 * 1.5 + 10)
    assert values["industrial-solid-waste-utilised"] == pytest.approx(15)
    assert values["industrial-solid-waste-utilisation"] == pytest.approx(15 / 40)
    assert values["utilisation:sludge"] == pytest.approx(0.5)
    assert values["utilisation:drum"] == pytest.approx(1)
    amounts = result.indicators["distance_amount"]
    assert amounts["industrial-solid-waste-utilisation"] == pytest.approx(0.6 * 40 - 15)
    assert amounts.isna()["utilisation:drum"]
    warnings = result.warnings
    assert warnings.loc[warnings["code"] == "waste-uncounted", "place"].tolist() == ["pool:drum"]


def test_a_residue_in_cubic_metres_counts_as_its_tonnes(tmp_path: Path) -> None:
    """1 t mud → 0.5 m3 tailings of 1.8 t/m3 = 0.9 t: a tenth is utilised."""
    file = tmp_path / "s.yaml"
    file.write_text(
        """
scenario: s
supply: {}
drive: {mill: 10 t/a}
processes:
  mill: {per: mud, outputs: {mud: 1 t/t}}
  magnet: {per: mud, inputs: {mud: 1 t/t}, outputs: {metal: 0.1 t/t, tailings: 0.5 m3/t}}
materials:
  mud: {kind: waste, waste: industrial-solid}
  metal: {kind: product}
  tailings: {kind: waste, waste: industrial-solid, unit: m3, density: 1.8 t/m3, residue-of: mud}
stocks: {yard: {material: tailings}}
pools: {mud: {takers: [magnet]}, tailings: {takers: [yard]}}
""",
        encoding="utf-8",
    )
    values = mfa.load(file).solve().indicators["value"]
    assert values["industrial-solid-waste-utilisation"] == pytest.approx(0.1)
    assert values["industrial-solid-waste-stored"] == pytest.approx(9)


def test_the_sum_of_a_waste_table_is_that_of_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hazardous waste stands in a table of its own: «all» is the sum of what stands above it."""
    file = tmp_path / "s.yaml"
    file.write_text(
        """
scenario: s
drive: {mill: 10 t/a}
processes: {mill: {per: metal, outputs: {ash: 3 t/t, oil: 0.7 t/t}}}
materials:
  metal: {kind: product}
  ash: {kind: waste, waste: industrial-solid}
  oil: {kind: waste, waste: hazardous}
""",
        encoding="utf-8",
    )
    print_answer(mfa.load(file).solve(), "en", None)
    sums = [row.split()[1] for row in capsys.readouterr().out.splitlines() if row.startswith("all ")]
    assert sums == ["30", "7"]


def test_a_target_on_a_waste_that_nothing_touches_is_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is 0 ÷ 0, empty and not met; without it `--require-targets` would pass."""
    result = mfa.load(mill_project(tmp_path, "targets: {'utilisation:slag': {min: 30 %}}\n" + SLAG)).solve()
    row = result.indicators.loc["utilisation:slag"]
    assert row["min"] == pytest.approx(0.3)
    assert not row["value"] >= 0
    assert not result.targets_met
    print_answer(result, "en", None)
    assert "slag utilised: no value" in capsys.readouterr().out


SLAG = "materials: {slag: {kind: waste, waste: industrial-solid}}\n"
