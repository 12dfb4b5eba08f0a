"""What `mfa sankey --traced` prints: where what is traced ends, or comes from."""

from __future__ import annotations

from mfa.show.sankey.diagram import Sankey
from mfa.show.sankey.geometry import BOUNDARY
from mfa.show.sankey.labels import number
from mfa.show.sankey.labels import word as picture_word
from mfa.show.terminal.table import table
from mfa.show.text import percent, word

MOST = 20  # rows: what comes after them is less than a per cent together in the park


def print_shares(made: Sankey, lang: str) -> None:
    """A row a node and material, the smallest in one, then the whole; nothing where nothing is traced."""
    if not made.shares():
        return
    *shares, whole = made.shares()
    names = {key: texts[lang] for key, texts in made.names.items()}
    names |= {node: picture_word(node, lang) for node in BOUNDARY}
    rows = [
        (names.get(s.material, s.material), names.get(s.node, s.node), number(s.amount), percent(s.share))
        for s in shares[:MOST]
    ]
    rest = shares[MOST:]
    if rest:
        amount = sum(s.amount for s in rest)
        label = word("shares-others", lang, count=len(rest))
        rows.append((label, "", number(amount), percent(amount / whole.amount)))
    rows.append((word("shares-whole", lang), "", number(whole.amount), percent(1.0)))
    unit = f"{made.pictures[0].unit}/a"
    heads = [word("shares-material", lang), word("shares-node", lang), unit, word("shares-share", lang)]
    table("", heads, rows, left=2)
