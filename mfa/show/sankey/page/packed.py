"""Whole numbers as text: base 64 digits of variable length, the VLQ of source maps.

Each digit holds five bits and a sixth that says that more follow; the lowest bit of a
number is its sign. Small numbers, which most steps and widths are, take one or two letters.
"""

from __future__ import annotations

from collections.abc import Iterable

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MORE = 32


def packed(numbers: Iterable[int]) -> str:
    """Whole numbers as one text.

    >>> packed([0, 1, -1, 123, -16])
    'ACD2HhB'
    """
    return "".join(map(_digits, numbers))


def _digits(number: int) -> str:
    rest = (abs(number) << 1) | (number < 0)
    text = ""
    while rest >= MORE:
        text += DIGITS[MORE | rest % MORE]
        rest //= MORE
    return text + DIGITS[rest]
