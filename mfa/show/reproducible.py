"""matplotlib's settings under which the same picture is the same file, in threads too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from mfa.show.fonts import unwarned

EXACT: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mfa",
    "pdf.fonttype": 42,
    "font.sans-serif": ["DejaVu Sans"],
}
_ONE_AT_A_TIME = RLock()  # the settings are the process's: the end of one picture would end another's


@contextmanager
def reproducible(more: dict[str, Any] | None = None) -> Iterator[None]:
    """Text stays text, ids are no random ones; one thread at a time. `more` are further settings."""
    from matplotlib import rc_context

    settings: Any = {**EXACT, **(more or {})}  # its stubs list every name
    with _ONE_AT_A_TIME, rc_context(settings), unwarned():
        yield
