"""What is printed, on any stream: signs that it cannot say stand as plainer ones, a reader may go."""

from __future__ import annotations

import io
import json
import math
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import click

from mfa.errors import Failure

STAND_INS: Mapping[str, str] = {
    **{"✓": "v", "✗": "x", "×": "x", "÷": "/", "·": "*", "•": "*", "–": "-", "—": "-", "−": "-", "…": "..."},
    **{"→": "->", "←": "<-", "↔": "<->", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "inf", "±": "+/-"},
    **{"«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "„": '"', "、": ",", "。": ".", "：": ":"},
    **{"µ": "u", "μ": "u", "°": "deg", "‰": "per mille", "Σ": "sum", "Δ": "d"},
}


class Output(io.TextIOBase):
    """A standard stream that takes every sign and outlives its reader.

    It calls itself UTF-8, so that nobody spares it a sign; what the stream below cannot encode
    is degraded here. A reader that has gone does not end the command: its files are still
    written, and its exit code is that of what it found.

    Parameters
    ----------
    stream : the stream below; None where the process was given none
    answer : whether it carries the answer, so that it matters if it cannot be written
    """

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, stream: TextIO | None, *, answer: bool) -> None:
        super().__init__()
        self._below = stream if stream is not None else _nowhere()
        self._answer = answer
        self.narrow: str = getattr(self._below, "encoding", None) or "utf-8"

    def write(self, text: str, /) -> int:
        """Write a text as the stream can say it.

        Raises
        ------
        mfa.Failure
            the answer cannot be written, as on a full disk
        """
        said = degraded(text, self.narrow)
        try:
            if said:  # click tries a stream with nothing, and hides what comes of it
                self._below.write(said)
        except OSError as error:
            self._lost(error)
        return len(text)

    def flush(self) -> None:
        """Pass on what was written.

        Raises
        ------
        mfa.Failure
            the answer cannot be written, as on a full disk
        """
        try:
            self._below.flush()
        except OSError as error:
            self._lost(error)

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._below.isatty()

    def fileno(self) -> int:
        """The file descriptor below."""
        return self._below.fileno()

    def writable(self) -> bool:
        """Always."""
        return True

    def _lost(self, error: OSError) -> None:
        """Write no more: nobody reads it, or it is full."""
        with suppress(OSError, ValueError):  # else what is still in its buffer fails again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._below.fileno())
        self._below = _nowhere()
        if self._answer and not isinstance(error, BrokenPipeError):
            raise Failure(f"cannot write to the output: {error.strerror}") from None


def _nowhere() -> TextIO:
    """A stream that takes everything; descriptors 0 to 2 are filled, or the next file would be one."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    return open(descriptor, "w", encoding="utf-8")  # noqa: PTH123  a descriptor is no path


def degraded(text: str, encoding: str) -> str:
    """A text of signs that an encoding has: others become plainer ones, and `?` where there is none.

    >>> degraded("✗ 95 – 97 %, 铝 ≥ 3 t → é", "gbk"), degraded("✗ 95 – 97 %, 铝 ≥ 3 t → é", "ascii")
    ('x 95 – 97 %, 铝 ≥ 3 t → é', 'x 95 - 97 %, ? >= 3 t -> e')
    """
    if _has(text, encoding):
        return text
    return "".join(c if _has(c, encoding) else _plainer(c) for c in text)


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plainer(sign: str) -> str:
    if sign in STAND_INS:
        return STAND_INS[sign]
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"


def sayable(text: str) -> str:
    """A text as standard output can say it, for what is set in columns."""
    return degraded(text, _narrow())


def say_json(value: Any, indent: int | None = None) -> None:
    """Print JSON: what is no finite number is null, and signs are escaped where the stream lacks one."""
    text = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, indent=indent)
    if not _has(text, _narrow()):
        text = json.dumps(_finite(value), allow_nan=False, indent=indent)
    click.echo(text)


@contextmanager
def progress_line(*, shown: bool) -> Iterator[Callable[[str], None]]:
    """Show how far a command is, on a terminal's stderr, in one line that is gone afterwards."""
    if not (shown and sys.stderr.isatty()):
        yield lambda text: None
        return
    clear = "\r\x1b[K"
    try:
        yield lambda text: click.echo(clear + text, nl=False, err=True)
    finally:
        click.echo(clear, nl=False, err=True)


def _narrow() -> str:
    """The encoding that standard output really has."""
    return getattr(sys.stdout, "narrow", None) or getattr(sys.stdout, "encoding", None) or "utf-8"


def _finite(value: Any) -> Any:
    """The same value without NaN and infinities, which JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
