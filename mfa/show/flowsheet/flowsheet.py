"""A chain or scenario → a picture of its pools and processes, with all coefficients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa.errors import Error, Fault, check_language
from mfa.system import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mfa.show.flowsheet.matplotlib_page import Page

PIXELS = 12_000  # of the longer side of a .png at most


def chain_picture(
    system: System, path: str | Path | None = None, *, ax: Axes | None = None, lang: str = "en"
) -> Page:
    """Draw the recipes and lists of a system from left to right, recycles turned back.

    Parameters
    ----------
    path : where to write it: .png, .svg or .pdf; the page is as large as the system needs
    ax : matplotlib axes to draw on instead

    Raises
    ------
    mfa.Error
        another ending or language, or a system without processes
    """
    from mfa.show.flowsheet.arrangement import layout
    from mfa.show.flowsheet.boxes import parts
    from mfa.show.flowsheet.matplotlib_page import draw, page

    check_language(lang)
    if not system.processes:
        raise Error([Fault("chain-empty", None, {"name": system.name})])
    title = f"{system.label[lang]} · {system.name}"
    picture = page(layout(parts(system, lang)), title, lang)
    if ax is not None:
        draw(picture, ax)
    if path is not None:
        from matplotlib.figure import Figure

        from mfa.show.charts.style import DPI, save

        figure = Figure(figsize=(picture.width / 72, picture.height / 72), facecolor="white")
        draw(picture, figure.add_axes((0.0, 0.0, 1.0, 1.0)))
        save(figure, path, dpi=min(DPI, 72 * PIXELS / max(picture.width, picture.height)))
    return picture
