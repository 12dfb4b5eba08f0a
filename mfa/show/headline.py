"""What stands beside a key figure: unsold waste, who vouches for takers, what the output value rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa.catalogue import HEADLINE, SOLID
from mfa.show.text import indicator_name, material_name, mega, node_name, percent, warning_text, word

if TYPE_CHECKING:
    from mfa.show.summary import Summary

MOST_ASSUMED = 3  # takers that a sentence names


def headline_notes(summary: Summary, lang: str) -> list[str]:
    """The sentences beside the rate; none where all is sold and no taker has a basis."""
    return [text for text in (unsold_note(summary, lang), split_note(summary, lang)) if text]


def value_note(summary: Summary, lang: str) -> str:
    """How much of the output value rests on placeholders; empty where none does."""
    found = (w for w in summary.warnings if w.code == "placeholder")
    return next((warning_text(w, summary.result.system, lang) for w in found), "")


def unsold_note(summary: Summary, lang: str) -> str:
    """How much industrial solid waste goes into products that nobody takes, and the largest of it."""
    if not summary.unsold_wastes:
        return ""
    system, most = summary.result.system, summary.unsold_wastes[0]
    left, whole = most.leftover, summary.wastes(SOLID).total
    return word(
        "headline-unsold",
        lang,
        amount=mega(whole.unsold, "t/a"),
        points=f"{100 * whole.unsold / whole.to_count(('utilised',)):.2f}",
        material=material_name(system, most.material, lang),
        node=node_name(system, most.node, lang),
        part=mega(most.amount, "t/a"),
        product=material_name(system, left.product, lang),
        left=mega(left.amount, f"{system.materials[left.product].unit}/a"),
    )


def split_note(summary: Summary, lang: str) -> str:
    """The rate in points by what is measured or stated, by what is assumed, and by what nobody says."""
    split = summary.split
    if split is None:
        return ""
    shares = {"known": split.known, "assumed": split.assumed, "unsaid": split.unsaid}
    assumed = "、".join(_assumed(summary, lang)) if lang == "zh" else ", ".join(_assumed(summary, lang))
    names = word("headline-names", lang, names=assumed) if assumed else ""
    parts = [
        word(f"headline-{key}", lang, points=f"{share * 100:.2f}", names=names)
        for key, share in shares.items()
        if share
    ]
    name = indicator_name(summary.result.system, HEADLINE, lang)
    joint = "，" if lang == "zh" else ", "
    return word("headline-split", lang, name=name, value=percent(split.rate), parts=joint.join(parts))


def _assumed(summary: Summary, lang: str) -> list[str]:
    """The takers of assumed size that use most, each with how much."""
    system, most = summary.result.system, summary.assumed_takers[:MOST_ASSUMED]
    return [f"{node_name(system, node, lang)} {mega(amount, 't/a')}" for node, amount in most]
