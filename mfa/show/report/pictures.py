"""Charts as inline SVG: text stays text, ids of one chart never meet those of another."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING

from mfa.show.fonts import unwarned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
ID = re.compile(r'(id="|url\(#|href="#)')


class Pictures:
    """Numbers the charts of one page, so that the page is the same every time."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def svg(self, draw: Callable[[], Axes], alt: str) -> str:
        """A chart drawn by matplotlib as an inline SVG with a text alternative."""
        from matplotlib import rc_context

        figure = draw().get_figure(root=True)
        assert figure is not None
        out = StringIO()
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": "mfa"}), unwarned():
            figure.savefig(out, format="svg", metadata={"Date": None})
        return self.inline(out.getvalue(), alt)

    def inline(self, text: str, alt: str) -> str:
        """An SVG file's text as part of a page."""
        body = METADATA.sub("", PROLOGUE.sub("", text))
        number = next(self._numbers)
        body = ID.sub(lambda m: f"{m.group(1)}c{number}-", body)
        return body.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
