"""What the page's script reads: names once, then each layer as rows of short numbers.

Lengths are whole tenths of a point and paths are steps from corner to corner, which keeps the
file of a whole park small. Amounts have six significant figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mfa.errors import catalogue
from mfa.show.magnitudes import LADDERS, units_of
from mfa.show.sankey.curves import Bend, Pipe
from mfa.show.sankey.geometry import (
    ALPHA,
    BOUNDARY,
    COLOURS,
    LOOKS,
    OF_KIND,
    OTHER,
    OUTSIDE,
    REST,
    SMALL,
    Band,
    Geometry,
    Node,
    is_bundle,
)
from mfa.show.sankey.labels import CAPTION, LANGS, remarks, text_width, word

KIND = "*kind:"
MADE = {
    **{role: role for role in OUTSIDE},
    **dict.fromkeys(REST.values(), "other"),
    **dict.fromkeys(SMALL.values(), "small"),
    **{KIND + kind: kind for kind in COLOURS},
}
"""Ids that only a picture has, and the word for each."""

PREFIX = "page-"
SHARED = ("and-one", "and-others", "and-more", "circulating")
"""Words of the pictures on paper that the page says too."""

Key = tuple[str, str, str]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Layer:
    """One thing that the bands can show.

    `label` is its name by language. The unit of all amounts is that of `geometry`, and the
    rows of the table are the flows that its bands stand for. Layers with the same `key` show
    the same thing in different periods.
    """

    key: str
    label: Mapping[str, str]
    geometry: Geometry
    period: str = ""


class _Names:
    """Names in all languages, each once, known by number."""

    def __init__(self, given: Mapping[str, Mapping[str, str]]) -> None:
        self.given = given
        self.numbers: dict[str, int] = {}

    def number(self, key: str) -> int:
        """The number of an id's name."""
        return self.numbers.setdefault(key, len(self.numbers))

    def rows(self) -> list[list[str]]:
        """The names by number; one text where all languages have the same."""
        rows = [[self._name(key, lang) for lang in LANGS] for key in self.numbers]
        return [row[:1] if len(set(row)) == 1 else row for row in rows]

    def _name(self, key: str, lang: str) -> str:
        if key == OTHER:
            return word("other", lang)
        if key.startswith(OF_KIND):
            return word("other-kind", lang, kind=word(key.removeprefix(OF_KIND), lang))
        if key in MADE:
            return word(MADE[key], lang)
        return " ".join(self.given.get(key, {}).get(lang, key).split()) or key


@dataclass(frozen=True)
class _Plan:
    """All nodes, flows and node pairs of all layers, each in one sequence."""

    nodes: Mapping[str, Node]
    bands: Mapping[Key, Band]
    pairs: Mapping[Pair, Band]

    @staticmethod
    def of(layers: Sequence[Layer]) -> _Plan:
        """The union of the layers, in the sequence of the first."""
        nodes: dict[str, Node] = {}
        bands: dict[Key, Band] = {}
        for layer in layers:
            for node in layer.geometry.nodes:
                nodes.setdefault(node.id, node)
            for band in (band for band in layer.geometry.bands if band.link.value > 0):
                bands.setdefault(_key(band), band)
        pairs: dict[Pair, Band] = {}
        for band in bands.values():
            pairs.setdefault(_pair(band), band)
        return _Plan(nodes, bands, pairs)


def page_data(
    title: Mapping[str, str], layers: Sequence[Layer], names: Mapping[str, Mapping[str, str]], lang: str
) -> dict[str, Any]:
    """Everything that the page shows, ready for JSON."""
    plan, known = _Plan.of(layers), _Names(names)
    kinds = _kinds(layers)
    materials = {material: list(kinds).index(band.kind) for (_, _, material), band in plan.bands.items()}
    node, pair, number = (
        {key: i for i, key in enumerate(part)} for part in (plan.nodes, plan.pairs, materials)
    )
    return {
        "lang": lang,
        "title": dict(title),
        "words": _sentences(),
        "alpha": ALPHA,
        "kinds": [[known.number(KIND + k if k in COLOURS else k), colour] for k, colour in kinds.items()],
        "looks": {node.role: _look(node.role) for node in plan.nodes.values()},
        "nodes": [
            [known.number(node.origin), node.role, int(node.origin in BOUNDARY) + node.sells_products]
            for node in plan.nodes.values()
        ],
        "pairs": [[node[s], node[t], int(band.back)] for (s, t), band in plan.pairs.items()],
        "materials": [[known.number(material), kind] for material, kind in materials.items()],
        "links": [[pair[s, t], number[m]] for s, t, m in plan.bands],
        "layers": [_layer(layer, plan, known) for layer in layers],
        "names": known.rows(),
        "ids": {"nodes": list(plan.nodes), "materials": list(materials), "kinds": list(kinds)},
    }


def _key(band: Band) -> Key:
    return band.link.source, band.link.target, band.link.material


def _pair(band: Band) -> Pair:
    return band.link.source, band.link.target


def _kinds(layers: Sequence[Layer]) -> dict[str, str]:
    """The colours of the kinds shown, in the sequence of the legend."""
    shown = {kind for layer in layers for kind in layer.geometry.kinds}
    return {k: c for layer in layers for k, c in layer.geometry.colours.items() if k in shown}


def _look(role: str) -> list[Any]:
    look = LOOKS[role]
    return [
        look.fill,
        look.edge,
        int(look.round),
        int(look.hatched),
        look.text,
        int(role not in SMALL.values()),
    ]


def _layer(layer: Layer, plan: _Plan, known: _Names) -> dict[str, Any]:
    """One layer: where everything stands, and how much flows."""
    geometry = layer.geometry
    nodes = {node.id: node for node in geometry.nodes}
    bands = {_key(band): band for band in geometry.bands if band.link.value > 0}
    paths = {_pair(band): band.path for band in bands.values()}
    return {
        "key": layer.key,
        "label": dict(layer.label),
        "units": {lang: rungs(geometry.unit, lang) for lang in LANGS},
        "period": layer.period,
        "notes": {lang: [[n.text, _short(n.value)] for n in remarks(geometry, lang)] for lang in LANGS},
        "size": _tenths(geometry.width, geometry.height),
        "nodes": [_boxes(nodes[key]) if key in nodes else 0 for key in plan.nodes],
        "paths": [_steps(Pipe(paths[pair]).bends()) if pair in paths else 0 for pair in plan.pairs],
        "widths": _tenths(*(bands[key].width if key in bands else 0 for key in plan.bands)),
        "offsets": _tenths(*(bands[key].offset if key in bands else 0 for key in plan.bands)),
        "values": [_short(bands[key].link.value) if key in bands else 0 for key in plan.bands],
        **_extras(geometry, bands, plan, known),
    }


def _extras(geometry: Geometry, bands: Mapping[Key, Band], plan: _Plan, known: _Names) -> dict[str, Any]:
    """Names on bands, heads of return flows, and what the bundles stand for, by number of flow."""
    captions, heads = [], []
    parts, spread = {}, {}
    for i, key in enumerate(plan.bands):
        band = bands.get(key)
        if band is None:
            continue
        if band.caption:
            room = text_width(band.caption.text, CAPTION)
            captions.append([i, *_tenths(band.caption.x, band.caption.y, room)])
        if band.arrow:
            heads.append([i, *_tenths(*band.arrow[:2])])
        if band.link in geometry.spread:
            spread[str(i)] = _short(geometry.spread[band.link])
        if is_bundle(band.link.material):
            parts[str(i)] = [
                _row(part.source, part.target, part.material, part.value, known)
                for part in sorted(band.parts, key=lambda part: -part.value)
            ]
    return {"captions": captions, "heads": heads, "parts": parts, "spread": spread}


def _row(source: str, target: str, material: str, value: float, known: _Names) -> list[float]:
    return [*(known.number(key.split("@")[0]) for key in (source, target, material)), _short(value)]


def _boxes(node: Node) -> list[int]:
    """Left, top, width and height of a node's bar, and of its label's room seen from there.

    A label that ends at the right of its room has a negative width.
    """
    bar, text = node.bar, node.text
    wide = text.x0 - text.x1 if node.text_left else text.x1 - text.x0
    return [
        *_tenths(bar.x0, bar.y0, bar.x1 - bar.x0, bar.y1 - bar.y0),
        *_tenths(text.x0 - bar.x0, text.y0 - bar.y0, wide, text.y1 - text.y0),
    ]


def _steps(path: Sequence[Bend]) -> list[int]:
    """The start, then for each corner the step to it and its cut; the last, at the end, without one."""
    rounded = [_tenths(*corner) for corner in path]
    found = rounded[0][:2]
    for (x0, y0, _), (x1, y1, cut) in pairwise(rounded):
        found += [x1 - x0, y1 - y0, cut]
    return found[:-1]


def _tenths(*lengths: float) -> list[int]:
    return [round(10 * length) for length in lengths]


def _short(value: float) -> float:
    """Six significant figures, without a decimal point where it is whole."""
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded.is_integer() else rounded


def rungs(unit: str, lang: str) -> list[tuple[str, float]]:
    """Units to choose from, each with how much of `unit` one of it is, the smallest first.

    >>> rungs("t/a", "zh")
    [('t/a', 1.0), ('万t/a', 10000.0), ('亿t/a', 100000000.0)]
    >>> rungs("person/a", "en")
    [('person/a', 1.0)]
    """
    base, slash, per = unit.partition("/")
    ladder = LADDERS.get(base, {}).get(units_of(lang), ((base, 1.0),))
    return [(name + slash + per, factor) for name, factor in ladder]


def sentence(key: str, lang: str) -> str:
    """A text of the page; its `{fields}` are filled in by the script."""
    return catalogue()[PREFIX + key][lang]


def _sentences() -> Mapping[str, Mapping[str, str]]:
    """All texts of the page: language → key → text."""
    every = {key.removeprefix(PREFIX): texts for key, texts in catalogue().items() if key.startswith(PREFIX)}
    every |= {key: catalogue()[f"sankey-{key}"] for key in SHARED}
    return {lang: {key: texts[lang] for key, texts in every.items()} for lang in LANGS}
