"""`mfa.check`: sources, and the faults of every variant."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa

MATERIALS = """
materials:
  ore: {kind: resource}
  glue: {kind: intermediate}
  mud: {kind: waste, waste: industrial-solid}
  metal: {kind: product}
  brick: {kind: product}
"""


CHAIN = f"""
chain: works
label: {{en: The works, zh: 工厂}}
sources: {{book: {{cite: a book}}}}
processes:
  mill: {{per: metal, inputs: {{ore: {{value: 2 t/t, source: book}}}}, outputs: {{mud: {{balance: true}}}}}}
  kiln: {{per: brick, inputs: {{mud: {{value: 1 t/t, source: book}}}}}}
pools:
  mud: {{takers: [{{process: press, tier: 1, share: 2}}, {{process: kiln, tier: 1}}]}}
  brick: {{takers: [{{boundary: export, limit: none}}]}}
{MATERIALS}
"""


OTHER = "chain: other\nprocesses: {press: {per: brick, inputs: {mud: 1 t/t}}}\n"


def project(folder: Path, scenario: str) -> str:
    """A scenario beside two chains; its path."""
    (folder / "works.yaml").write_text(CHAIN, encoding="utf-8")
    (folder / "other.yaml").write_text(OTHER, encoding="utf-8")
    file = folder / "s.yaml"
    file.write_text(f"scenario: s\nchains: [./works]\n{scenario}", encoding="utf-8")
    return str(file)


def test_balance_flow_needs_no_source(tmp_path: Path) -> None:
    """A balance stands in place of a coefficient: there is nothing to cite."""
    assert mfa.check(project(tmp_path, "drive: {mill: 10 t/a}\n")).strict_faults == ()


def test_check_shows_the_faults_of_all_variants(tmp_path: Path) -> None:
    """A fault in one variant does not hide that of the next."""
    variants = "variants:\n  v: {drive: {milll: 1 t/a}}\n  w: {set: {kiln.capacity: 3 MWh/a}}\n"
    with pytest.raises(mfa.Error) as caught:
        mfa.check(project(tmp_path, f"drive: {{mill: 1 t/a}}\n{variants}"))
    assert [f.place and f.place.line for f in caught.value.faults] == [5, 6]
