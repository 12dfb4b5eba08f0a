"""A user's text, made plain for reading and harmless for a message."""

from __future__ import annotations

import re
import unicodedata

from mfa.errors import Short

TEXT_LIMIT = 200
ECHO_LIMIT = 60
MEMO = 1 << 14  # how many texts each memo of this package keeps

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SIGNS = str.maketrans({**dict.fromkeys("⋅∙•・", "·"), "−": "-", "∕": "/", "⁄": "/"})


def plain(text: str) -> str:
    """Compatibility forms (full width, ㎥, ℃) made plain, raised digits made `^` powers.

    Other characters that would turn into digits (½, ①, ₂) stay, so that nothing becomes a
    different number.

    Raises
    ------
    mfa.errors.Short
        The text is too long.

    Examples
    --------
    >>> plain("５ ㎥"), plain("t·a⁻¹"), plain("½")
    ('5 m3', 't·a^-1', '½')
    """
    if len(text) > TEXT_LIMIT:
        raise Short("number-size", text=echo(text))
    if text.isascii():
        return text
    text = _RAISED.sub(_lowered, text)
    return "".join(c if c.isascii() else _compatible(c) for c in text).translate(_SIGNS)


def _lowered(raised: re.Match[str]) -> str:
    """Raised digits as a power: `m³` → `m3`, `a⁻¹` → `a^-1`, and `5²` → `5^2`, not 52."""
    before = raised.string[: raised.start()]
    joint = "" if before[-1:].isalpha() and raised[0].isdigit() else "^"
    return joint + unicodedata.normalize("NFKC", raised[0])


def _compatible(char: str) -> str:
    """The plain form of a character, or itself where that would make it a number."""
    form = unicodedata.normalize("NFKC", char)
    if form != char and not ("０" <= char <= "９") and re.search("[0-9]", form) and not form[0].isalpha():
        return char
    return form


def echo(text: str) -> str:
    """A user's text fit for one line of a message."""
    shown = "".join(c if c.isprintable() else "�" for c in text[: ECHO_LIMIT + 1])
    return shown if len(shown) <= ECHO_LIMIT else shown[: ECHO_LIMIT - 1] + "…"
