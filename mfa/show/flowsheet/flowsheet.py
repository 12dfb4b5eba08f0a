"""A chain or scenario → a picture of its pools and processes, with all coefficients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault, check_language, nearest
from mfa.show.paper_size import NATURAL, POINTS, PaperSize
from mfa.system import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.results.run import Run
    from mfa.show.flowsheet.matplotlib_page import Page

PIXELS = 12_000  # of the longer side of a .png at most, where nobody asks for dots


def chain_picture(
    system: System,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    process: str | None = None,
    run: Run | None = None,
    unsolved: bool = False,
    size: PaperSize | None = None,
) -> Page:
    """Draw the recipes and lists of a system from left to right, recycles turned back.

    Parameters
    ----------
    path : where to write it: .png, .svg or .pdf; without `size` as large as the system needs
    ax : matplotlib axes to draw on instead
    process : only this process, its pools, and who else makes or takes what is there
    run : the run of the system: what does not run in it is grey
    unsolved : the legend says that the system has no run
    size : the room of the file, which all of it is drawn to

    Raises
    ------
    mfa.Error
        another ending or language, a system without processes or without this one, or a size at which
        the smallest text is below what it asks for
    """
    from mfa.show.flowsheet.arrangement import layout
    from mfa.show.flowsheet.boxes import around, parts, word
    from mfa.show.flowsheet.matplotlib_page import draw, page

    check_language(lang)
    if not system.processes:
        raise Error([Fault("chain-empty", None, {"name": system.name})])
    if process is not None and process not in system.processes:
        values = {"name": process[:60], "near": nearest(process, system.processes)}
        raise Error([Fault("chain-no-process", None, values)])
    whole = parts(system, lang)
    shown = whole if process is None else around(whole, process, lang)
    head = system.label[lang] if process is None else system.processes[process].label[lang]
    named = {s.node for box in shown.boxes for s in box.streams if s.node}
    idle = set() if run is None else (named | {box.id for box in shown.boxes}) - _flowing(run)
    remark = word("unsolved", lang) if unsolved else ""
    picture = page(layout(shown), f"{head} · {system.name}", lang, idle, remark)
    if ax is not None:
        draw(picture, ax)
    if path is not None:
        _save(picture, path, size)
    return picture


def _flowing(run: Run) -> set[str]:
    """The processes, pools and stocks through which anything flows."""
    return {end for flow in run.flow_list if flow.amount > 0 for end in (flow.source, flow.target)}


def _save(picture: Page, path: str | Path, size: PaperSize | None) -> None:
    """Write the picture, all of it larger or smaller by one factor."""
    from matplotlib.figure import Figure

    from mfa.show.charts.style import DPI, save
    from mfa.show.flowsheet.matplotlib_page import draw

    scale = _scale(picture, size) if size else 1.0
    wide, tall = scale * picture.width, scale * picture.height
    figure = Figure(figsize=(wide / 72, tall / 72), facecolor="white")
    draw(picture, figure.add_axes((0.0, 0.0, 1.0, 1.0)))
    save(figure, path, dpi=size.dpi if size else min(DPI, 72 * PIXELS / max(wide, tall)))


def _scale(picture: Page, size: PaperSize) -> float:
    """How much larger the picture is drawn than it is by itself.

    Raises
    ------
    mfa.Error
        its smallest text would be below the least, or below the size of type asked for
    """
    from mfa.show.flowsheet.boxes import SMALL

    rooms = [
        room / own
        for room, own in ((size.width_pt, picture.width), (size.height_pt, picture.height))
        if room is not None
    ]
    scale = min(rooms) if rooms else size.font_pt / SMALL if size.font_pt != NATURAL.font_pt else 1.0
    if SMALL * scale < size.least_pt:
        needed = picture.width * size.least_pt / SMALL / POINTS["cm"]
        texts = {"got": f"{SMALL * scale:.1f}", "least": f"{size.least_pt:g}", "needed": f"{needed:.1f}"}
        raise Error([Fault("chain-small", None, texts)])
    return scale
