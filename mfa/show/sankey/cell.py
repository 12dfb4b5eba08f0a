"""A Sankey picture in the cell of a notebook: its page in a frame, and an SVG for where no script runs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa.show.sankey.diagram import Sankey

FRAME_HEIGHT = 720  # pixels: the picture with its controls and legend


def sankey_html(made: Sankey) -> str:
    """The picture as its page in a frame."""
    return framed(made.page(), f"{made.title[made.lang]} · {made.pictures[0].label[made.lang]}")


def sankey_svg(made: Sankey) -> str:
    """The picture as an SVG, for notebooks that are printed or shown without scripts."""
    from mfa.show.sankey.print import svg

    return svg(made.geometry, made.lang)


def framed(page: str, title: str) -> str:
    """A page in a frame of its own, which runs that page's script and reaches nothing else."""
    held = page.replace("&", "&amp;").replace("'", "&#39;")  # all that a quoted attribute must not hold
    may = 'sandbox="allow-scripts allow-downloads" allow="clipboard-write"'
    style = f"width:100%;height:{FRAME_HEIGHT}px;border:0"
    return f'<iframe title="{escape(title)}" {may} style="{style}" srcdoc=\'{held}\'></iframe>'
