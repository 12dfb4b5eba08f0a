"""How long a 10 MB chain takes to read and load, against PyYAML's own C `compose`.

    python benchmarks/reading.py

prints one row: file, MB, compose, reading alone, `mfa.load`, ratio.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

import mfa
from mfa.input.yaml.reader import read

PROCESSES = 20_000


HEAD = """chain: large
sources: {iai: International Aluminium Institute, plan: 产业发展规划}
materials:
  ore: {kind: resource, moisture: 8 %}
  power: {kind: energy, unit: MWh}
  mud: {kind: waste}
"""
MATERIAL = "  m%d: {label: {en: Material, zh: 物料}, kind: product}\n"
PROCESS = """  p%d:
    label: {en: Process, zh: 过程}
    per: m%d
    inputs:
      ore: {value: 2.%d t/t, range: 1.9..3.4 t/t, source: iai, note: 每吨产品消耗量}
      power: {value: 2%d kWh/t, sd: 20 kWh/t, source: plan, note: 含破碎和磨矿}
    outputs:
      mud: {balance: true, range: 0..1.6 t/t, source: iai, note: 按质量平衡计算}
    capacity: {value: %d Mt/a, range: 1..8 Mt/a, source: plan, note: 规划产能}
"""


def chain(count: int) -> str:
    """A chain of `count` processes with uncertain coefficients, sources and Chinese notes."""
    materials = [MATERIAL % i for i in range(count)]
    processes = [PROCESS % (i, i, i % 90 + 10, i % 90 + 10, i % 8 + 1) for i in range(count)]
    return "".join([HEAD, *materials, "processes:\n", *processes])


def seconds(act: Callable[[], object], runs: int = 1) -> float:
    """The best time of an act, without the garbage collector."""
    times = []
    for _ in range(runs):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
        gc.enable()
    return min(times)


def main() -> None:
    text = chain(PROCESSES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.yaml"
        file.write_text(text, encoding="utf-8")
        compose = seconds(lambda: yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        reading = seconds(lambda: read(file))
        loading = seconds(lambda: mfa.load(file))
    size = len(text.encode()) / 1e6
    bound = 2 * compose + 5
    print("| chain | MB | compose, s | reading, s | mfa.load, s | reading ÷ compose | bound, s | within |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {PROCESSES} processes | {size:.1f} | {compose:.2f} | {reading:.2f} | {loading:.2f} "
        f"| {reading / compose:.2f} | {bound:.2f} | {'yes' if loading <= bound else 'no'} |"
    )


if __name__ == "__main__":
    main()
