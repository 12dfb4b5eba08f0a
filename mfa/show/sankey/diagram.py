"""A result → a Sankey picture: links counted in one unit, grouped, followed, labelled in one language."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, check_language
from mfa.results.run import Run
from mfa.show.sankey.compose import Names, Picture, Spread, names, pictures
from mfa.show.sankey.geometry import Geometry
from mfa.show.sankey.measure import count, count_default
from mfa.show.sankey.picture_options import choose

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = (".png", ".svg", ".pdf", ".html", ".json")


@dataclass(frozen=True)
class Sankey:
    """The Sankey picture of a run: one layer, or several over the same nodes.

    A notebook shows the first. `names` are those of nodes and materials in both languages; `call` is the
    command that makes it, without file, layer and language.
    """

    title: Mapping[str, str]
    lang: str
    pictures: tuple[Picture, ...]
    names: Names
    call: str = ""

    @property
    def geometry(self) -> Geometry:
        """Nodes and bands of the first layer, in points."""
        return self.pictures[0].geometry

    def data(self, format: str = "json") -> dict[str, Any]:
        """The flows as drawn, for other programs: `json`, `floweaver`, `d3` or `plotly`.

        Raises
        ------
        mfa.Error
            another format
        """
        from mfa.show.sankey.data_formats import data

        return data(self, format)

    def to_plotly(self) -> Any:
        """A plotly figure where plotly is installed, else the dictionary that makes one."""
        from mfa.show.sankey.data_formats import plotly_figure

        return plotly_figure(self)

    def page(self, run: str = "") -> str:
        """The picture as one HTML page; `run`, what it belongs to, stands at its end."""
        from mfa.show.sankey.page import Layer, page

        layers = [Layer(p.key, p.label, p.geometry) for p in self.pictures]
        return page(self.title, layers, self.names, self.lang, run=run, call=self.call)

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Write it to a file: .png, .svg, .pdf, .html, or as data in one of the formats: .json.

        Raises
        ------
        mfa.Error
            another ending or format, or several layers for a file that is no page
        """
        _write(self, Path(path), format)

    def __repr__(self) -> str:
        layers = ", ".join(p.key for p in self.pictures)
        size = f"{len(self.geometry.nodes)} nodes, {len(self.geometry.bands)} bands"
        return f"<Sankey {self.title[self.lang]!r}: {layers}; {size}>"

    def _repr_html_(self) -> str:
        from mfa.show.sankey.cell import sankey_html

        return sankey_html(self)

    def _repr_svg_(self) -> str:
        from mfa.show.sankey.cell import sankey_svg

        return sankey_svg(self)


def sankey(
    result: Run,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    layer: str | Sequence[str] = (),
    unit: str | None = None,
    by: str | None = None,
    focus: str | Sequence[str] = (),
    steps: int | None = None,
    loops: bool = False,
    min_share: float | str | None = None,
    without: Collection[str] | None = None,
    order: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
    spread: Spread | None = None,
    page: bool = False,
    call: str = "",
) -> Sankey:
    """Draw the links of a run. What is None stands as the scenario's section `sankey:` says.

    Parameters
    ----------
    path : where to write it: .png, .svg, .pdf, .html, .json
    ax : matplotlib axes to draw on instead
    layer : what bands stand for: `mass` (t), `wet` (t), `energy` (GJ), `value` and `cost` (CNY),
        `co2` (t), or an element or oxide (kg); several for a page; by default `mass`, or
        `energy` where nothing that flows has a mass
    unit : another unit of the layer; a native unit such as `MWh` shows what is counted in it
    by : nodes are processes, or put together by `chain`, `site`, `sector`, `project`, `enterprise`
    focus : a material, process, stock, group or boundary word: only what leads to it and away
        from it; two of them: the way between
    steps : how many flows in a row `focus` follows at most
    loops : flows inside a group are drawn as loops, not left out
    min_share : flows below this share of the largest are bundled
    without : materials, or kinds of material, left out; the legend says how much that is
    order : processes, stocks or groups in the order in which they should stand
    colours : material or kind → `#rrggbb`
    spread : (source, target, material) as drawn → standard deviation, in the unit of the layer
    page : leave room for the labels of both languages, as for a file that ends in .html
    call : the command that makes it, which its page tells

    Raises
    ------
    mfa.Error
        a name, tag, layer, unit, ending or language that is not there, or nothing to draw
    """
    check_language(lang)
    choice = choose(
        result.system,
        by=by,
        focus=focus,
        steps=steps,
        loops=loops,
        min_share=min_share,
        without=without,
        order=order,
        colours=colours,
    )
    keys = [layer] if isinstance(layer, str) else list(dict.fromkeys(layer))
    counted = [count(result, key, unit) for key in keys] or [count_default(result, unit)]
    called = names(result.system, choice)
    paged = page or len(counted) > 1 or Path(path or "").suffix == ".html"
    drawn = pictures(counted, result.system, choice, called, lang, spread or {}, both=paged)
    made = Sankey(result.system.label, lang, drawn, called, call)
    if ax is not None:
        from mfa.show.sankey.print import draw

        draw(made.geometry, ax, lang)
    if path is not None:
        made.save(path)
    return made


def _write(made: Sankey, path: Path, format: str | None) -> None:
    from mfa.show.files import write_atomically

    match path.suffix:
        case ".html":
            write_atomically(path, made.page())
        case ".json":
            write_atomically(
                path, json.dumps(made.data(format or "json"), ensure_ascii=False, indent=1) + "\n"
            )
        case ".png" | ".svg" | ".pdf":
            if len(made.pictures) > 1:
                raise Error([Fault("sankey-layers-one", None)])
            from mfa.show.sankey.print import save

            save(made.geometry, path, made.lang)
        case _:
            raise Error([Fault("picture-ending", None, {"file": path.name, "known": ", ".join(KINDS)})])
