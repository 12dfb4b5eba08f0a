"""The layout of Sankey pictures: time, and what of it crosses, beside d3-sankey-diagram where that is given.

    python -m benchmarks.sankey [--d3 NODE_MODULES]

NODE_MODULES is a folder into which `npm install d3-sankey-diagram` has put the package.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import mfa
from mfa.show.sankey.geometry import Geometry, Link
from mfa.show.sankey.layout.layout import layout, relayout
from mfa.show.sankey.layout.plan import plan

ROOT = Path(__file__).parent.parent
SCRIPT = Path(__file__).with_name("sankey_d3.cjs")
SIZES = ((25, 40), (60, 130), (120, 300))
LIMIT = 300.0
"""Seconds after which a layout in JavaScript is given up."""
Line = tuple[float, np.ndarray]


def network(nodes: int, flows: int, seed: int = 0) -> list[Link]:
    """Flows mostly onwards and mostly near, some back, values over five decades, one for a pair of nodes."""
    chance = random.Random(seed)
    found: dict[tuple[int, int], Link] = {}
    while len(found) < flows:
        a, b = chance.randrange(nodes), chance.randrange(nodes)
        if chance.random() < 0.92:
            a, b = min(a, b), max(a, b)
        if a == b or (abs(a - b) > nodes / 4 and chance.random() < 0.7):
            continue
        found[a, b] = Link(f"p{a}", f"p{b}", "m", 10 ** chance.uniform(-1, 4))
    return list(found.values())


def park(name: str) -> list[Link]:
    """The mass flows of a scenario with its boundary split, one for each pair of nodes."""
    result = mfa.load(ROOT / "scenarios" / f"{name}.yaml").solve()
    materials = result.system.materials
    links = [
        Link(f.source, f.target, f.material, f.amount)
        for f in result.link_list
        if materials[f.material].unit == "t"
    ]
    sums: dict[tuple[str, str], float] = {}
    for link in plan(links, labels={}, unit="t").flows.links:
        if link.source != link.target:
            sums[link.source, link.target] = sums.get((link.source, link.target), 0.0) + link.value
    return [Link(*pair, "m", value) for pair, value in sums.items()]


def fastest(act: Callable[[], object], repeats: int) -> float:
    """The best time of several, in seconds."""
    best = np.inf
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best


def lines(picture: Geometry) -> list[Line]:
    """The value of each band and the line halfway between its sides."""
    found = []
    for band in picture.bands:
        start, commands = band.outline()
        at, steps = np.array(start), []
        for command in commands:
            points = np.array([at, *np.reshape(command, (-1, 2))])
            t = np.linspace(0, 1, 6)[:, None]
            if len(points) == 2:
                steps.append((1 - t) * points[0] + t * points[1])
            else:
                factors = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
                steps.append(sum(f * p for f, p in zip(factors, points, strict=True)))
            at = points[-1]
        half = len(steps) // 2
        one, two = np.concatenate(steps[:half]), np.concatenate(steps[half + 1 :])
        found.append((band.link.value, (one + two[::-1]) / 2))
    return found


def crossings(drawn: Sequence[Line]) -> tuple[int, float]:
    """How often lines cross, and the sum of √(smaller flow ÷ largest flow) over these."""
    largest = max(value for value, _ in drawn)
    owner = np.concatenate([np.full(len(line) - 1, i) for i, (_, line) in enumerate(drawn)])
    starts = np.concatenate([line[:-1] for _, line in drawn])
    ends = np.concatenate([line[1:] for _, line in drawn])
    values = np.array([value for value, _ in drawn])
    count, weight = 0, 0.0
    for i in range(len(starts)):
        others = slice(i + 1, None)
        hit = _cut(starts[i], ends[i], starts[others], ends[others]) & (owner[others] != owner[i])
        count += int(hit.sum())
        weight += float(np.sqrt(np.minimum(values[owner[i]], values[owner[others][hit]]) / largest).sum())
    return count, weight


def _cut(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Whether the piece from a to b cuts each of the pieces from c to d."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return np.sign(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
            - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    return (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)


def other(links: Sequence[Link], modules: Path) -> tuple[float, list[Line]]:
    """Time and lines of d3-sankey-diagram; a line joins the points at columns and U-turns."""
    nodes = sorted({end for link in links for end in (link.source, link.target)})
    given = {
        "nodes": [{"id": node} for node in nodes],
        "links": [{"source": x.source, "target": x.target, "type": "m", "value": x.value} for x in links],
    }
    done = subprocess.run(
        ["node", str(SCRIPT), str(modules), "3" if len(links) < 100 else "1"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT,
    )
    answer = json.loads(done.stdout)
    return answer["seconds"], [(value, np.array(points)) for value, points in answer["lines"]]


def report(modules: Path | None = None) -> None:
    cases = {f"{nodes} nodes, {flows} flows": network(nodes, flows) for nodes, flows in SIZES}
    cases["the park, jiaokou-2025"] = park("jiaokou-2025")
    print("### Layout of Sankey pictures\n")
    print("| network | layout, s | relayout, s | crossings | weighed | d3, s | crossings | weighed |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, links in cases.items():
        made = plan(links, labels={}, unit="t")
        took = fastest(lambda links=links: layout(links, labels={}, unit="t"), 5)
        again = fastest(lambda made=made, links=links: relayout(made, links), 9)
        count, weight = crossings(lines(relayout(made, links)))
        ours = f"| {name} | {took:.3f} | {again:.3f} | {count} | {weight:.1f} |"
        print(ours, theirs(links, modules), flush=True)


def theirs(links: Sequence[Link], modules: Path | None) -> str:
    """The last three columns of a row."""
    if modules is None:
        return "– | – | – |"
    try:
        seconds, drawn = other(links, modules)
    except subprocess.TimeoutExpired:
        return f"over {LIMIT:.0f} | – | – |"
    count, weight = crossings(drawn)
    return f"{seconds:.3f} | {count} | {weight:.1f} |"


if __name__ == "__main__":
    report(Path(sys.argv[sys.argv.index("--d3") + 1]) if "--d3" in sys.argv else None)
