"""Measures taken from a finished Sankey picture alone: outlines, overlaps, widths, crossings."""

from __future__ import annotations

import random

import numpy as np
from matplotlib.path import Path

from mfa.show.sankey.geometry import BOUNDARY, Band, Box, Geometry, Link
from mfa.show.sankey.labels import CAPTION, text_width

FINE = 12


def park(seed: int, nodes: int, flows: int) -> list[Link]:
    """A network with recycle flows, self-loops, parallel flows, a shared boundary, five decades of values."""
    chance = random.Random(seed)
    links = []
    for i in range(flows):
        a = chance.randrange(nodes)
        b = min(max(a + round(chance.gauss(1.5, 0.12 * nodes + 1)), 0), nodes - 1)
        if chance.random() < 0.85:
            a, b = min(a, b), max(a, b)
        links.append(Link(f"p{a}", f"p{b}", f"m{i % 7}", 10 ** chance.uniform(-1, 4)))
    for process in sorted({end for link in links for end in (link.source, link.target)}):
        side = chance.choice(BOUNDARY)
        value = 10 ** chance.uniform(-1, 4)
        if side in ("import", "shortage"):
            links.append(Link(side, process, "m0", value))
        elif chance.random() < 0.6:
            links.append(Link(process, side, chance.choice(["m1", "m2"]), value))
    return links


def sides(band: Band, fine: int = FINE) -> tuple[np.ndarray, np.ndarray]:
    """The two long sides of a band's outline, sampled, each in its own direction."""
    start, commands = band.outline()
    at = np.array(start)
    steps = []
    for command in commands:
        points = np.array([at, *np.reshape(command, (-1, 2))])
        t = np.linspace(0, 1, fine)[:, None]
        if len(points) == 2:
            steps.append((1 - t) * points[0] + t * points[1])
        else:
            factors = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            steps.append(sum(f * p for f, p in zip(factors, points, strict=True)))
        at = points[-1]
    half = len(steps) // 2
    return np.concatenate(steps[:half]), np.concatenate(steps[half + 1 :])


def middle(band: Band) -> np.ndarray:
    """The line halfway between the two sides."""
    one, two = sides(band)
    line: np.ndarray = (one + two[::-1]) / 2
    return line


def distance(points: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The distance of points from a polyline."""
    a, d = line[:-1], np.diff(line, axis=0)
    length = np.maximum((d**2).sum(axis=1), 1e-12)
    t = np.clip(((points[:, None] - a) * d).sum(axis=2) / length, 0, 1)
    return np.asarray(np.linalg.norm(points[:, None] - (a + t[..., None] * d), axis=2).min(axis=1))


def narrowest(band: Band) -> float:
    """The least distance of its two sides, as a share of the band's width."""
    one, two = sides(band, 7)
    return float(min(distance(one, two).min(), distance(two, one).min()) / band.width)


def crosses(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two polylines cross, seen at every pair of their segments."""

    def turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        return np.sign(
            (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
            - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
        )

    a, b = one[:-1, None], one[1:, None]
    c, d = two[None, :-1], two[None, 1:]
    return bool(((turn(a, b, c) * turn(a, b, d) < 0) & (turn(c, d, a) * turn(c, d, b) < 0)).any())


def meets(band: Band, box: Box) -> bool:
    """Whether a band covers any inner part of a rectangle; both are filled areas."""
    one, two = sides(band, 7)
    outline = Path(np.concatenate([one, two, one[:1]]))
    inner = Path([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x0, box.y0)])
    return bool(outline.intersects_path(inner, filled=True))


def shrunk(box: Box, by: float = 0.1) -> Box:
    return Box(box.x0 + by, box.y0 + by, box.x1 - by, box.y1 - by)


def trodden(picture: Geometry) -> list[tuple[Link, str]]:
    """Bands that run under a node they do not belong to."""
    found = []
    for band in picture.bands:
        points = np.concatenate(sides(band, 3))
        x0, y0 = points.min(axis=0)
        x1, y1 = points.max(axis=0)
        extent = Box(float(x0), float(y0), float(x1), float(y1))
        for node in picture.nodes:
            if node.id in (band.link.source, band.link.target) or node.box.y1 - node.box.y0 < 0.3:
                continue
            if extent.meets(node.box) and meets(band, shrunk(node.box)):
                found.append((band.link, node.id))
    return found


def captions(picture: Geometry) -> list[Box]:
    """The room of the names written on bands."""
    found = []
    for caption in (band.caption for band in picture.bands if band.caption):
        half = text_width(caption.text, CAPTION) / 2
        found.append(Box(caption.x - half, caption.y - 5, caption.x + half, caption.y + 5))
    return found
