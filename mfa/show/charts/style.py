"""What all charts have in common: colours, text, numbers and how a chart is saved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa.errors import Error, Fault, message
from mfa.show.files import write_atomically
from mfa.show.fonts import families
from mfa.show.magnitudes import step
from mfa.show.paper_size import PaperSize
from mfa.show.reproducible import reproducible
from mfa.show.sankey.geometry import FONT
from mfa.show.sankey.labels import number, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Okabe and Ito's palette, distinct with the common colour blindnesses
BLUE, SKY, GREEN = "#0072b2", "#56b4e9", "#009e73"
ORANGE, VERMILION, PURPLE = "#e69f00", "#d55e00", "#cc79a7"
BROWN = "#a6611a"  # what lies in a yard
INK, SOFT, GRID = "#222222", "#555555", "#e6e6e6"

TITLE, BODY, SMALL = 11.0, 9.0, 8.0
ENDINGS = (".png", ".svg", ".pdf")
WIDTH = 504.0  # points: seven inches, the width of text on A4
DPI = 200.0
USUAL = PaperSize(WIDTH, None, BODY, DPI)
MARGIN = 16.0  # points at the edge of the page
LINE = 1.2  # of the size of type, from line to line

_SIZE: ContextVar[PaperSize] = ContextVar("size", default=USUAL)


@contextmanager
def drawn_at(size: PaperSize | None) -> Iterator[None]:
    """Charts in this block have the size asked for: text, gaps and lines in proportion to its type."""
    chosen = size or USUAL
    token = _SIZE.set(replace(chosen, width_pt=chosen.width_pt or WIDTH * chosen.font_pt / BODY))
    try:
        yield
    finally:
        _SIZE.reset(token)


def pt(usual: float) -> float:
    """The points that a gap or line of the usual chart has at the size asked for."""
    return usual * _SIZE.get().font_pt / BODY


def type_pt(usual: float) -> float:
    """The same of a size of type, which is never below the least that may stand."""
    return max(pt(usual), _SIZE.get().least_pt)


def page_width() -> float:
    """The width of a new chart, points."""
    return _SIZE.get().width_pt or WIDTH


def page_height(usual: float) -> float:
    """The height of a new chart whose height is free, points: of the usual proportions."""
    wanted = max(usual * page_width() / WIDTH, pt(0.75 * usual))
    return _SIZE.get().height_pt or wanted


def asked_height() -> float | None:
    """The height asked for, points."""
    return _SIZE.get().height_pt


def broken(text: str, room: float, usual: float = BODY) -> list[str]:
    """A text in lines of about `room` points, in type of the usual size given; none of no text."""
    return wrap(text, room * FONT / type_pt(usual)) if text else []


@dataclass(frozen=True)
class Look:
    """A fill that differs from the others in grey too; `ink` is legible on it."""

    colour: str
    hatch: str = ""
    ink: str = INK


LOOKS = {
    "utilised": Look(GREEN, ink="#ffffff"),
    "unsold": Look(PURPLE, "...."),
    "disposed": Look(SKY, "////"),
    "stored": Look(ORANGE, "\\\\\\\\"),
    "dumped": Look(VERMILION, "xxxx"),
}


def word(key: str, lang: str, **values: object) -> str:
    """A word or sentence of the charts."""
    return message(f"chart-{key}", values, lang)


def listed(parts: Iterable[str], lang: str) -> str:
    """Names one after the other."""
    return ("、" if lang == "zh" else ", ").join(parts)


def remarks(parts: Iterable[str], lang: str) -> str:
    """Remarks one after the other."""
    return ("；" if lang == "zh" else "; ").join(parts)


@dataclass(frozen=True)
class Scale:
    """A unit that suits a chart: what is drawn is a value times `factor`, in `unit`.

    >>> Scale.of([12.0, 2.7e6], "t/a").text(270_000.0)
    '0.27 Mt/a'
    >>> Scale.of([0.9], "1").text(0.89703)
    '89.7 %'
    """

    factor: float
    unit: str

    @classmethod
    def of(cls, values: Iterable[float], unit: str) -> Scale:
        """Per cent for shares; for masses and energies the prefix that suits the largest value."""
        if unit == "1":
            return cls(100.0, "%")
        name, size = step(max(map(abs, values), default=0.0), unit)
        return cls(1 / size, name)

    def bare(self, value: float) -> str:
        """The number alone, three figures, shares with one decimal."""
        scaled = value * self.factor
        return f"{scaled:.1f}" if self.unit == "%" else _minus(number(scaled))

    def text(self, value: float) -> str:
        """The number with its unit."""
        return f"{self.bare(value)} {self.unit}"

    def change(self, value: float, lang: str) -> str:
        """A difference, signed, ± where it is zero as written; of shares in percentage points."""
        size = abs(value) * self.factor
        if self.unit == "%":
            text = f"{size:.2f}"
            return word("points", lang, value=_sign(value if float(text) else 0.0) + text)
        return f"{_sign(value)}{number(size)} {self.unit}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def write(ax: Axes, x: float, y: float, text: str, **options: Any) -> Text:
    """Plain text in the font of all pictures; `$` is a sign like any other."""
    chosen: dict[str, Any] = {"fontsize": BODY, "color": INK, "va": "center", "parse_math": False} | options
    chosen["fontsize"] = type_pt(chosen["fontsize"])
    return ax.text(x, y, text, fontfamily=list(families(text)), **chosen)


def beside(ax: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], **options: Any) -> None:
    """Plain text some points of the usual chart away from a place, given in data or other `xycoords`."""
    chosen: dict[str, Any] = {"fontsize": BODY, "color": INK, "parse_math": False} | options
    chosen["fontsize"] = type_pt(chosen["fontsize"])
    offset = pt(offset[0]), pt(offset[1])
    family = list(families(text))
    ax.annotate(
        text, at, offset, textcoords="offset points", fontfamily=family, annotation_clip=False, **chosen
    )


def canvas(ax: Axes | None, width: float, height: float, margins: tuple[float, ...]) -> Axes:
    """The given axes, or those of a new figure.

    Parameters
    ----------
    width, height : of the new figure, points
    margins : left, right, bottom, top, points
    """
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), facecolor="white")
    left, right, bottom, top = margins
    tall, wide = (height - bottom - top) / height, (width - left - right) / width
    return figure.add_axes((left / width, bottom / height, wide, tall))


def dress(ax: Axes, *, x_label: str = "", y_label: str = "") -> None:
    """Thin axes in the common font, the frame gone where it says nothing."""
    from matplotlib.ticker import FuncFormatter

    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(SOFT)
    ax.spines["bottom"].set_linewidth(pt(0.8))
    ax.tick_params(colors=SOFT, labelsize=type_pt(SMALL), length=pt(3), width=pt(0.8), pad=pt(3.5))
    for axis, label in ((ax.xaxis, x_label), (ax.yaxis, y_label)):
        axis.set_major_formatter(FuncFormatter(lambda x, _: _minus(number(float(f"{x:.12g}")))))
        axis.label.set(text=label, fontfamily=list(families(label)), fontsize=type_pt(SMALL), color=SOFT)
        axis.labelpad = pt(4)
        axis.label.set_parse_math(False)
        axis.set_tick_params(labelfontfamily=list(families()))


def head_room(text: str, note: str = "") -> float:
    """The points that title and note take above the axes of a new chart."""
    return pt(26.0) + _lines_high(text, TITLE) + (pt(5.0) + _lines_high(note, SMALL) if note else 0.0)


def _lines_high(text: str, usual: float) -> float:
    return LINE * type_pt(usual) * len(broken(text, page_width() - 2 * pt(MARGIN), usual))


def title(ax: Axes, text: str, note: str = "", *, left: float = 0.0, own: bool = True) -> None:
    """The title above the axes, `left` points to their left, and a softer line below it.

    Parameters
    ----------
    own : whether the chart has the page for itself, and its lines are broken at the margins
    """
    up = 10.0
    for line, size, colour in ((note, SMALL, SOFT), (text, TITLE, INK)):
        if line:
            wide = page_width() - 2 * pt(MARGIN) if own else math.inf
            shown = "\n".join(broken(line, wide, size))
            at = -left / pt(1.0), up
            beside(ax, shown, (0, 1), at, xycoords="axes fraction", fontsize=size, color=colour)
            up += (_lines_high(line, size) + pt(5.0)) / pt(1.0)


def finish(ax: Axes, path: str | Path | None) -> Axes:
    """Save the figure of the axes where a path is given.

    Raises
    ------
    mfa.Error
        an ending that is not drawn
    """
    if path is not None:
        figure = ax.get_figure(root=True)
        assert figure is not None
        save(figure, path)
    return ax


def ending(path: str | Path) -> str:
    """The ending of a file that can be drawn: `.png`, `.svg` or `.pdf`.

    Raises
    ------
    mfa.Error
        another ending
    """
    kind = Path(path).suffix.lower()
    if kind not in ENDINGS:
        values = {"file": Path(path).name, "known": ", ".join(ENDINGS)}
        raise Error([Fault("picture-ending", None, values)])
    return kind


def save(figure: Figure, path: str | Path, dpi: float | None = None) -> None:
    """Write a figure as PNG, SVG or PDF: text stays text, the same figure gives the same file.

    Without `dpi` a PNG has that of the size asked for.

    Raises
    ------
    mfa.Error
        another ending
    Failure
        the file cannot be written
    """
    write_atomically(Path(path), file_of(figure, ending(path), dpi))


def file_of(figure: Figure, kind: str, dpi: float | None = None) -> bytes:
    """What stands in the file of a figure; `kind` is its ending."""
    undated: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(kind, {})
    # hinted text is wider than its room where a page is so large that its pixels are few
    with reproducible({"text.hinting": "none", "hatch.linewidth": pt(1.0)}):
        file = BytesIO()
        figure.savefig(file, format=kind.removeprefix("."), dpi=dpi or _SIZE.get().dpi, metadata=undated)
    return file.getvalue()
