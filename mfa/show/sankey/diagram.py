"""A result → a Sankey picture: links counted in one unit, grouped, followed, labelled in one language."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, Unpack

from mfa.errors import Error, Fault, check_language
from mfa.results.run import Run
from mfa.show.magnitudes import written_for
from mfa.show.sankey.compose import Frame, Names, Picture, Spread, names, pictures
from mfa.show.sankey.geometry import Geometry
from mfa.show.sankey.measure import Counted, count, count_default
from mfa.show.sankey.picture_options import choose
from mfa.show.sankey.sampled_spread import given_spread
from mfa.show.sankey.sheet import FREE, Sheet, sheet_of
from mfa.show.sankey.shown import shown
from mfa.studies.sampling.sampled import Sampled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DATA = (".html", ".json")
KINDS = (".png", ".svg", ".pdf", ".html", ".json")


class Share(NamedTuple):
    """How much of what is traced ends (or begins) at a node, as a material; in the layer's unit, a year."""

    node: str
    material: str
    amount: float
    share: float


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
    sheet: Sheet = FREE
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

    def shares(self) -> list[Share]:
        """Of a traced picture, where what is traced leaves the flows, or comes from; largest first."""
        found = self.pictures[0].traced
        if found is None:
            return []
        rows = [Share(node, material, a, a / found.whole) for (node, material), a in found.ends.items()]
        return [*rows, Share("", "", found.whole, 1.0)]

    def to_plotly(self) -> Any:
        """A plotly figure where plotly is installed, else the dictionary that makes one."""
        from mfa.show.sankey.data_formats import plotly_figure

        return plotly_figure(self)

    def page(self, run: str = "") -> str:
        """The picture as one HTML page; `run`, what it belongs to, stands at its end."""
        from mfa.show.sankey.page import Layer, page

        layers = [Layer(p.key, p.label, p.geometry, p.period) for p in self.pictures]
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


class Asked(TypedDict, total=False):
    """What a picture shows, and for what sheet it is; what is None stands as the scenario's section says.

    by : nodes are processes, or put together by `chain`, `site`, `sector`, `project`, `enterprise`
    focus : a material, process, stock, group or boundary word: only what leads to it and away
        from it; two of them: the way between
    steps : how many flows in a row `focus` follows at most
    loops : flows inside a group are drawn as loops, not left out
    min_share : flows below this share of the largest are bundled
    without : materials, or kinds of material, left out; the legend says how much that is
    order : processes, stocks or groups in the order in which they should stand
    colours : material or kind → `#rrggbb`
    process : instead, every input and output of one process, stock or group
    only : instead, the flows of these materials
    rest : with `focus`, what else the nodes shown get and give, as one flow «other» each
    traced : with `focus`, of every flow the part that comes from there (True, `down`) or gets there
        (`up`); with two, that comes from the first and gets to the second
    water : water is drawn; None is where nothing else has a mass
    pools : common pools are `left-out`, or `stubs` at each process
    width, height, font, dpi, for_, text : the sheet, as of `mfa.show.paper_size.paper_size`
    """

    by: str | None
    focus: str | Sequence[str]
    steps: int | None
    loops: bool
    min_share: float | str | None
    without: Collection[str] | None
    order: Sequence[str] | None
    colours: Mapping[str, str] | None
    process: str | None
    only: str | Collection[str]
    rest: bool
    traced: str | bool
    water: bool | None
    pools: str
    width: str | None
    height: str | None
    font: str | None
    dpi: int | None
    for_: str | None
    text: str


SHEET = ("width", "height", "font", "dpi", "for_", "text")


def sankey(
    result: Run,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    layer: str | Sequence[str] = (),
    unit: str | None = None,
    spread: Spread | Literal["samples"] | None = None,
    sampled: Sampled | None = None,
    page: bool = False,
    title: bool = True,
    call: str = "",
    **asked: Unpack[Asked],
) -> Sankey:
    """Draw the links of a run.

    Parameters
    ----------
    path : where to write it: .png, .svg, .pdf, .html, .json
    ax : matplotlib axes to draw on instead
    layer : what bands stand for: `mass` (t), `wet` (t), `energy` (GJ), `value` and `cost` (CNY),
        `co2` (t), or an element or oxide (kg); several for a page; by default `mass`, or
        `energy` where nothing that flows has a mass
    unit : another unit of the layer; a native unit such as `MWh` shows what is counted in it
    spread : (source, target, material) as drawn → standard deviation, in the unit of the layer; or
        `samples`: that of `sampled`, in the layer `mass`, for each band that is one flow
    sampled : the samples of the run
    page : amounts in the layer's own unit, and room for the labels of both languages, as for files
        that end in .html or .json; else in the unit in which the largest is a short number
    title : on paper, what it is stands above it, and the unit there instead of in each label
    call : the command that makes it, which its page tells
    asked : what is shown and for what sheet, see `Asked`

    Raises
    ------
    mfa.Error
        a name, tag, layer, unit, size, ending or language that is not there, nothing to draw, or a
        picture that does not fit its sheet
    """
    check_language(lang)
    sheet, rest = sheet_and_rest(asked)
    choice = choose(result.system, **rest)
    keys = [layer] if isinstance(layer, str) else list(dict.fromkeys(layer))
    paged = page or len(keys) > 1 or Path(path or "").suffix in DATA
    counted = _counted(result, keys, unit, lang, scaled=not paged)
    chosen = shown(counted, result.system, choice)
    called = names(result.system, choice, chosen)
    frame = Frame(lang, both=paged, sheet=sheet, titled=title and not paged and ax is None)
    deviations = given_spread(spread, result, sampled, counted, choice)
    drawn = pictures(counted, chosen, result.system, choice, called, frame, deviations)
    made = Sankey(result.system.label, lang, drawn, called, sheet, call)
    if ax is not None:
        from mfa.show.sankey.print import draw

        draw(drawn[0].geometry, ax, lang)
    if path is not None:
        made.save(path)
    return made


def _counted(result: Run, keys: Sequence[str], unit: str | None, lang: str, *, scaled: bool) -> list[Counted]:
    """The layers asked for, or the one that is drawn when nobody says."""
    with written_for(lang):
        found = [count(result, key, unit, scaled=scaled) for key in keys]
        return found or [count_default(result, unit, scaled=scaled)]


def sheet_and_rest(asked: Mapping[str, Any]) -> tuple[Sheet, dict[str, Any]]:
    """The sheet that options ask for, and those that say what is shown."""
    sized = {key: asked[key] for key in SHEET if key in asked}
    return sheet_of(**sized), {key: value for key, value in asked.items() if key not in SHEET}


def _write(made: Sankey, path: Path, format: str | None) -> None:
    from mfa.show.files import write_atomically

    if made.sheet.width and path.suffix in (".html", ".json"):
        raise Error([Fault("sheet-page", None, {"file": path.name})])
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

            save(made.geometry, path, made.lang, made.sheet)
        case _:
            raise Error([Fault("picture-ending", None, {"file": path.name, "known": ", ".join(KINDS)})])
