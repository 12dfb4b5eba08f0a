"""Samples by threads, by processes and in blocks of any size: the same numbers, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import mfa
from mfa.cli import cli, main
from mfa.results.indicators.waste_of_samples import are_waste
from mfa.scenario import Scenario
from mfa.studies.sampling import blocks
from mfa.studies.sampling.draws import DrawPlan
from mfa.studies.sampling.sampled import Asked, Sampled, sampled
from mfa.studies.sampling.sampler import Sampler
from mfa.studies.sampling.streams import Method
from mfa.studies.sweeps import crews
from mfa.studies.sweeps.crews import Crew

CHAIN = """
chain: mill
sources: {trials: {cite: "Trials"}}
materials:
  logs: {kind: resource}
  board: {kind: product}
  dust: {kind: waste, waste: industrial-solid}
  ash: {kind: waste, residue-of: dust}
  gas: {kind: emission}
processes:
  mill:
    per: logs
    inputs: {logs: 1 t/t}
    outputs: {board: {value: 0.8 t/t, range: 0.7..0.9 t/t, source: trials}, dust: {balance: true}}
  burner:
    per: dust
    inputs: {dust: 1 t/t}
    outputs: {ash: {value: 0.1 t/t, confidence: low}, gas: {balance: true}}
    capacity: {value: 18 t/a, range: 10..30 t/a, source: trials}
pools:
  dust: {takers: [burner, {boundary: deposit}]}
  board: {takers: [{boundary: export, limit: none}]}
"""
CASE = """
scenario: case
chains: [mill]
drive: {mill: 100 t/a}
targets:
  industrial-solid-waste-utilisation: {min: 90 %}
"""


@pytest.fixture
def mill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A mill whose dust is burnt as far as the burner goes, as a scenario in the working directory."""
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "mill.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return mfa.load("case.yaml")


def waste_sampler(name: str, count: int, method: Method = "random") -> Sampler:
    """Samples of all waste indicators of a scenario."""
    scenario = mfa.load(name)
    central = scenario.solve()
    names = [r.name for r in central.indicator_list if are_waste([r.name], central.wastes)]
    sampler = Sampler(central, DrawPlan(scenario.system, 3, method, count), names, tables=False)
    assert sampler.fast
    return sampler


@pytest.mark.parametrize("method", ["random", "lhs", "sobol"])
def test_the_size_of_blocks_changes_no_bit(method: Method) -> None:
    """300 samples of the park in one block, and in blocks of 128, 128 and 44."""
    sampler = waste_sampler("jiaokou-2030", 300, method)
    whole = sampler.block(0, 300)
    some = [sampler.block(start, min(128, 300 - start)) for start in (0, 128, 256)]
    np.testing.assert_array_equal(whole.drawn, np.concatenate([b.drawn for b in some]))
    np.testing.assert_array_equal(whole.values, np.concatenate([b.values for b in some]))
    assert whole.met == [m for b in some for m in b.met]
    assert whole.invalid == {i: why for b in some for i, why in b.invalid.items()}


@pytest.mark.parametrize("method", ["random", "lhs", "sobol"])
def test_threads_change_no_bit(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three threads with blocks of 64 against one block in this thread."""
    sampler = waste_sampler("jiaokou-2025", 256, method)
    whole = sampler.block(0, 256)
    monkeypatch.setattr(blocks, "BLOCK", 64)
    found = list(blocks.blocks(waste_sampler("jiaokou-2025", 256, method), 256, Crew(3), even=True))
    assert [len(b.values) for b in found] == [64] * 4
    np.testing.assert_array_equal(whole.drawn, np.concatenate([b.drawn for b in found]))
    np.testing.assert_array_equal(whole.values, np.concatenate([b.values for b in found]))


def same(a: Sampled, b: Sampled) -> None:
    """The same samples, bit for bit, and the same of what is told of them."""
    assert (a.count, a.rows, list(a.paths)) == (b.count, b.rows, list(b.paths))
    np.testing.assert_array_equal(a.drawn, b.drawn)
    np.testing.assert_array_equal(a.values, b.values)
    assert (list(a.met), a.tables, a.invalid_at, a.held) == (list(b.met), b.tables, b.invalid_at, b.held)
    assert a.written_alone == b.written_alone
    assert a.to_json() == b.to_json()


def test_processes_change_no_bit(mill: Scenario) -> None:
    """All tables of 200 samples, which need records, in this process and in two others."""
    run = mill.solve()
    one, two = (sampled(run, Asked(200, crew=Crew(n))) for n in (1, 2))
    assert one.tables
    same(one, two)


@pytest.mark.parametrize("indicators", [(), ("industrial-solid-waste-utilisation",)])
def test_until_an_error_ends_at_the_same_sample(mill: Scenario, indicators: Sequence[str]) -> None:
    """However many solve ahead: what is solved beyond the end does not count."""
    run = mill.solve()
    asked = Asked(None, 5, until="1.5 %", indicators=tuple(indicators))
    found = [sampled(run, asked._replace(crew=Crew(n))) for n in (1, 3)]
    assert found[0].count % blocks.BLOCK == 0
    (chance,) = found[0].probabilities.values()
    assert (
        chance.error <= 0.015 < np.sqrt(chance.value * (1 - chance.value) / (found[0].count - blocks.BLOCK))
    )
    same(*found)


def test_kept_figures_are_those_of_any_crew(mill: Scenario, tmp_path: Path) -> None:
    """samples.csv byte by byte."""
    name = "industrial-solid-waste-utilisation"
    for crew in ("1", "2"):
        command = ["run", "case.yaml", "--samples", "700", "--indicator", name, "--keep", "--out", crew]
        done = CliRunner().invoke(cli, [*command, "--processes", crew, "--quiet"])
        assert done.exit_code == 0, done.output
    assert Path("1/samples.csv").read_bytes() == Path("2/samples.csv").read_bytes()


def test_ctrl_c_ends_with_130_and_writes_nothing(mill: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody presses it after the first block."""
    real = crews.threads

    def interrupted(*given: Any) -> Iterator[Any]:
        found = real(*given)
        yield next(found)
        found.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(crews, "threads", interrupted)
    command = ["run", "case.yaml", "--samples", "1024", "--indicator", "industrial-solid-waste-utilisation"]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--out", "made", "--processes", "2"])
    assert ended.value.code == 130
    assert not Path("made").exists()


def test_no_process_is_a_fault(mill: Scenario) -> None:
    """Before anything is drawn."""
    for command in (["run", "case.yaml", "--samples", "8"], ["sensitivity", "case.yaml"]):
        done = CliRunner().invoke(cli, [*command, "--processes", "0", "--lang", "en"])
        assert done.exit_code == 2
        assert "0 processes solve nothing; one or more was expected" in done.output


def test_sensitivity_by_any_crew(mill: Scenario) -> None:
    """The tornado and the shares of variance, one process and three."""
    result = mill.solve()
    for method in ("tornado", "samples", "gaussian"):
        one, three = (result.sensitivity(method=method, samples=600, processes=n) for n in (1, 3))  # type: ignore[arg-type]
        assert one.table.rows == three.table.rows
        assert one.table.rows


def test_a_block_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network a thousand times the park's is solved a few samples at a time."""
    sampler = waste_sampler("alumina-red-mud", 4096)
    rows = len(sampler.central.compiled.values.coefficient) + len(sampler.paths)
    assert blocks._size(sampler, 4096, Crew(1)) == blocks.MOST
    assert blocks._size(sampler, 600, Crew(2)) == 304
    monkeypatch.setattr(blocks, "HELD", 8 * blocks.ARRAYS * rows * 30)
    assert blocks._size(sampler, 4096, Crew(1)) == 28
    assert replace(sampler.plan, seed=4).seed == 4
