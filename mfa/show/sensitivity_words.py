"""Shares of a variance in words, for the terminal and the report."""

from __future__ import annotations

from mfa.show.text import node_name, path_name, word
from mfa.studies.sensitivity.shares import Share
from mfa.system import System


def share_name(system: System, share: Share, lang: str, most: int) -> tuple[str, ...]:
    """Whose a share is; of a figure also its document. A citation has at most so many characters."""
    if share.by == "figure":
        return path_name([system], share.name, lang), share.document or "–"
    if share.by == "process" and share.name:
        return (node_name(system, share.name, lang),)
    if share.by == "document" and share.name in system.sources:
        return (_cut(f"{share.name}: {system.sources[share.name]}", most),)
    return (share.name or word(f"sensitivity-without-{share.by}", lang),)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def per_cent(value: float) -> str:
    """A share to a tenth of a per cent."""
    return f"{100 * value:.1f} %"
