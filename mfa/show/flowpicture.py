"""A result → a Sankey picture: the links counted in one unit, labelled in one language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa import units
from mfa.errors import Error, Fault, Short
from mfa.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.show.sankey.layout import Geometry

KINDS = (".png", ".svg", ".pdf", ".html")


def sankey(
    result: Result,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    unit: str = "t",
    min_share: float = 0.0,
    without: Collection[str] = (),
) -> Geometry:
    """Draw the links of a run.

    Parameters
    ----------
    path : where to write it: .png, .svg, .pdf or .html
    ax : matplotlib axes to draw on instead
    unit : only materials counted in this native unit are drawn: one unit a picture
    min_share : flows below this share of the largest are bundled
    without : materials, or kinds of material, left out; the legend says how much that is

    Raises
    ------
    mfa.Error
        another ending, or nothing to draw in that unit
    """
    picture = geometry(result, lang=lang, unit=unit, min_share=min_share, without=without)
    if ax is not None:
        from mfa.show.sankey.paper import draw

        draw(picture, ax, lang)
    if path is not None:
        _write(picture, Path(path), result, lang)
    return picture


def geometry(
    result: Result,
    *,
    lang: str = "en",
    unit: str = "t",
    min_share: float = 0.0,
    without: Collection[str] = (),
) -> Geometry:
    """The geometry of the picture, for those who draw it themselves."""
    from mfa.show.sankey.layout import Link, layout

    system = result.system
    counted = [f for f in result.link_list if system.materials[f.material].unit == unit]
    found = [f for f in counted if not {f.material, system.materials[f.material].kind} & set(without)]
    if not found:
        known = sorted({system.materials[f.material].unit for f in result.link_list})
        raise Error([Fault("sankey-unit", None, {"unit": unit[:40], "known": ", ".join(known) or "none"})])
    members: dict[str, Any] = {**system.materials, **system.stocks, **system.processes}
    picture = layout(
        [Link(f.source, f.target, f.material, f.amount) for f in found],
        labels={k: m.label[lang] for k, m in members.items()},
        unit=f"{unit}/a",
        kinds={k: m.kind for k, m in system.materials.items()},
        stocks=set(system.stocks),
        min_share=min_share,
        order=list(system.processes),
    )
    names = ", ".join(members[n].label[lang] if n in members else n for n in without)
    rest = sum(f.amount for f in counted) - sum(f.amount for f in found)
    return replace(picture, left_out=names, left_out_value=rest) if rest > 0 else picture


def _write(picture: Geometry, path: Path, result: Result, lang: str) -> None:
    from mfa.show.files import write_atomically

    if path.suffix not in KINDS:
        raise Error([Fault("sankey-ending", None, {"file": path.name, "known": ", ".join(KINDS)})])
    if path.suffix == ".html":
        from mfa.show.sankey.page import page

        write_atomically(path, page(picture, lang, title=result.system.label[lang]))
    else:
        from mfa.show.sankey.paper import save

        save(picture, path, lang)


def least_share(text: str) -> float:
    """`0.1 %` → 0.001.

    Raises
    ------
    mfa.Error
        the text is no share
    """
    try:
        share = units.ratio(text)
        if not 0 <= share < 1:
            raise Short("above-one" if share >= 1 else "negative", text=text[:60])
        return share
    except Short as short:
        raise Error([short.at(None)]) from None
