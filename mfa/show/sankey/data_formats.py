"""The flows of a Sankey picture for other programs: JSON, floweaver, d3-sankey, plotly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, nearest
from mfa.show.sankey.geometry import ALPHA, LOOKS, SMALL, Band, Geometry, Node
from mfa.show.sankey.labels import node_name, word

if TYPE_CHECKING:
    from mfa.show.sankey.diagram import Sankey


def data(made: Sankey, format: str) -> dict[str, Any]:
    """The first layer as drawn: the same nodes, bundles and values, ready for `json.dumps`.

    Raises
    ------
    mfa.Error
        there is no such format, or more than one layer
    """
    if format not in FORMATS:
        values = {"text": format[:40], "known": ", ".join(FORMATS), "near": nearest(format, FORMATS)}
        raise Error([Fault("sankey-format", None, values)])
    if len(made.pictures) > 1:
        raise Error([Fault("sankey-layers-one", None)])
    return FORMATS[format](made)


def _json(made: Sankey) -> dict[str, Any]:
    """Everything that the picture says, its legend included."""
    picture = made.pictures[0]
    shape = picture.geometry
    return {
        "title": made.title[made.lang],
        "layer": picture.key,
        "label": picture.label[made.lang],
        "unit": shape.unit,
        "nodes": [
            {"id": n.id, "origin": n.origin, "role": n.role, "label": _title(n, made.lang), "in": n.value_in}
            | {"out": n.value_out, "column": n.layer}
            for n in shape.nodes
        ],
        "links": [_link(b, shape, made.lang) for b in shape.bands],
        "remarks": [
            {"key": r.key, "value": r.value, "names": r.names.get(made.lang, "")} for r in shape.remarks
        ],
        "bundled": {"flows": shape.bundled_count, "value": shape.bundled, "min-share": shape.min_share},
    }


def _link(band: Band, shape: Geometry, lang: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "source": band.link.source,
        "target": band.link.target,
        "material": band.link.material,
        "label": band.name or word("other", lang),
        "kind": band.kind,
        "value": band.link.value,
        "return": band.back,
    }
    if len(band.parts) > 1 or not band.name:
        made["parts"] = [
            {"source": p.source, "target": p.target, "material": p.material, "value": p.value}
            for p in band.parts
        ]
    return made | ({"sd": shape.spread[band.link]} if band.link in shape.spread else {})


def _d3(made: Sankey) -> dict[str, Any]:
    """What d3-sankey reads with `nodeId(d => d.id)`; it refuses return flows, d3-sankey-circular does not."""
    shape = made.geometry
    return {
        "nodes": [{"id": n.id, "title": _title(n, made.lang)} for n in shape.nodes],
        "links": [_typed(b, shape, made.lang) for b in shape.bands],
    }


def _typed(band: Band, shape: Geometry, lang: str) -> dict[str, Any]:
    return {
        "source": band.link.source,
        "target": band.link.target,
        "type": band.link.material,
        "title": band.name or word("other", lang),
        "value": band.link.value,
        "color": shape.colours[band.kind],
    }


def _floweaver(made: Sankey) -> dict[str, Any]:
    """The widget format of floweaver and d3-sankey-diagram, the columns of the picture as its order."""
    shape = made.geometry
    drawn = {"direction": "r", "hidden": False, "fromElsewhere": [], "toElsewhere": []}
    columns = range(max(n.layer for n in shape.nodes) + 1)
    placed = sorted(shape.nodes, key=lambda n: n.box.y0)
    return {
        "nodes": [{"id": n.id, "title": _title(n, made.lang), "type": n.role, **drawn} for n in shape.nodes],
        "links": [{**_typed(b, shape, made.lang), "opacity": ALPHA} for b in shape.bands],
        "order": [[[n.id for n in placed if n.layer == column]] for column in columns],
        "groups": [],
    }


def _plotly(made: Sankey) -> dict[str, Any]:
    """A figure of plotly as a dictionary."""
    shape = made.geometry
    at = {n.id: i for i, n in enumerate(shape.nodes)}
    node = {
        "label": [_title(n, made.lang) for n in shape.nodes],
        "color": [LOOKS[n.role].edge for n in shape.nodes],
    }
    link = {
        "source": [at[b.link.source] for b in shape.bands],
        "target": [at[b.link.target] for b in shape.bands],
        "value": [b.link.value for b in shape.bands],
        "label": [b.name or word("other", made.lang) for b in shape.bands],
        "color": [_rgba(shape.colours[b.kind]) for b in shape.bands],
    }
    trace = {"type": "sankey", "valuesuffix": f" {shape.unit}", "node": node, "link": link}
    return {"data": [trace], "layout": {"title": {"text": made.title[made.lang]}}}


def plotly_figure(made: Sankey) -> Any:
    """A plotly figure, or the dictionary that makes one where plotly is not installed."""
    found = data(made, "plotly")
    try:
        plotly = import_module("plotly.graph_objects")
    except ImportError:
        return found
    return plotly.Figure(found)


def _title(node: Node, lang: str) -> str:
    """What stands beside the node."""
    return "" if node.role in SMALL.values() else node_name(node, lang)


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{ALPHA})"


FORMATS: Mapping[str, Callable[[Sankey], dict[str, Any]]] = {
    "json": _json,
    "floweaver": _floweaver,
    "d3": _d3,
    "plotly": _plotly,
}
"""Name → what makes it."""
