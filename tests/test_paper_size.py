"""Sizes of pictures: lengths in points, the usual sizes, and what is refused."""

from __future__ import annotations

import math

import pytest

import mfa
from mfa.show.paper_size import LEAST_IN_PRINT, NAMED, paper_size, points


@pytest.mark.parametrize(
    ("text", "inches"),
    [
        ("17cm", 17 / 2.54),
        ("170 mm", 17 / 2.54),
        ("6.7in", 6.7),
        (" 480pt ", 480 / 72),
        (".5 m", 50 / 2.54),
        ("17 CM", 17 / 2.54),
        ("17厘米", 17 / 2.54),
    ],
)
def test_lengths(text: str, inches: float) -> None:
    """An inch is 2.54 cm and 72 pt."""
    assert points(text) / 72 == pytest.approx(inches, rel=1e-12)


@pytest.mark.parametrize("text", ["", "17", "cm", "17 px", "1,7cm", "-3cm", "17cm wide", "nan cm", "1e400m"])
def test_what_is_no_length(text: str) -> None:
    """Told with the option and the units that there are."""
    with pytest.raises(mfa.Error, match=r"^width: .* is no length; .*pt, mm, cm, in, m.*'17cm'$"):
        paper_size(width=text)


def test_nothing_asked_is_no_size() -> None:
    """A picture then keeps its own."""
    assert paper_size() is None


def test_named_sizes_and_what_changes_them() -> None:
    """A purpose gives all, the other options change what it says; both journal sizes keep type legible."""
    column = paper_size("column", font="8pt")
    assert column is not None
    assert column.width_pt is not None
    assert column.width_pt / 72 * 2.54 == pytest.approx(8.5)
    assert (column.font_pt, column.dpi, column.least_pt) == (8.0, 300.0, 6.5)
    for name in ("paper", "column"):
        assert NAMED[name].font_pt >= NAMED[name].least_pt == LEAST_IN_PRINT
    wide = paper_size(width="17cm", dpi=600)
    assert wide is not None
    assert (wide.height_pt, wide.font_pt, wide.dpi, wide.least_pt) == (None, 9.0, 600, 0.0)


def test_each_fault_is_told() -> None:
    """All at once, in both languages."""
    with pytest.raises(mfa.Error) as found:
        paper_size("papre", width="17", height="1 m2", font="900pt", dpi=1)
    for lang in ("en", "zh"):
        assert len(found.value.text(lang).splitlines()) == 5
    assert "did you mean 'paper'?" in str(found.value)
    assert "dpi: 1 is out of range; 36 to 2400" in str(found.value)
    for call in ({"width": math.nan}, {"width": "1 mm"}, {"height": "9000 cm"}):
        with pytest.raises(mfa.Error, match="72 to 14400 pt were expected"):
            paper_size(**call)
    with pytest.raises(mfa.Error, match=r"5 pt is too small to read in print; at least 6\.5 pt"):
        paper_size("paper", font="5pt")
    assert paper_size(font="5pt") is not None
