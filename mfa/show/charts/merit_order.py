"""The merit order of a pool: what there is against who takes it, in order (or who gives what is short)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa.engine.network import GIVER, TAKER
from mfa.errors import Error, Fault, nearest
from mfa.results.accounts.flows import pool_node
from mfa.results.accounts.waste import FATE_WORDS, entry_fate
from mfa.results.run import Run
from mfa.show.charts.frame import THICK, Row, Words, bar, frame, place
from mfa.show.charts.style import BLUE, GREEN, INK, LOOKS, SKY, SOFT, VERMILION, Look, Scale, finish, pt, word
from mfa.show.text import material_name, node_name, scenario_line
from mfa.system import Entry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 10  # rows; more would not be legible
FULL = 1e-9  # relative; looser than any rounding, closer than any figure
ROOM_SHOWN = 1.3  # of the amount: how far the room of takers that are not full is drawn
LOOK = {
    "firm": Look(BLUE),
    "listed": Look(GREEN),
    "bundle": Look(SKY),
    "surplus": Look(VERMILION, "xxxx"),
    "shortage": Look(VERMILION, "////"),
}


class Part(NamedTuple):
    """Who brings or takes how much, in the pool's unit a year.

    `role` is a key of `LOOK`, `fate` what becomes of a waste there (a key of the fates' looks);
    `cap` is the greatest amount, infinite where nothing bounds it;
    `tier` is the place in the list, 0 for what stands in none.
    """

    node: str
    amount: float
    role: str
    cap: float = math.inf
    tier: int = 0
    members: int = 1
    fate: str = ""

    @property
    def full(self) -> bool:
        """Whether it can take or give no more."""
        return self.amount >= self.cap * (1 - FULL)


class Order(NamedTuple):
    """The two sides of a pool: `given` is met by `answered` in its order; equal in sum."""

    short: bool
    given: list[Part]
    answered: list[Part]


def order(result: Run, material: str) -> Order:
    """The merit order of a pool.

    Raises
    ------
    mfa.Error
        there is no such pool
    """
    pools = result.compiled.structure.pools
    if material not in pools:
        values = {"name": material[:60], "near": nearest(material, pools)}
        raise Error([Fault("chart-pool", None, values)])
    at = pools.index(material)
    asked, over = _listed(result, at, GIVER), _listed(result, at, TAKER)
    beyond = float(result.state.surplus[at]) > 0 or any(p.amount > 0 for p in over)
    short = float(result.state.net[at]) < 0 and not beyond
    taken, given = _firm(result, material, TAKER), _firm(result, material, GIVER)
    given += [] if short else [p for p in asked if p.amount > 0]  # by-products beyond what was asked
    listed = asked if short else over
    rest = float((result.state.shortage if short else result.state.surplus)[at])
    left = (
        [Part("shortage" if short else "surplus", rest, "shortage" if short else "surplus")]
        if rest > 0
        else []
    )
    return (
        Order(True, taken, [*given, *listed, *left])
        if short
        else Order(False, given, [*taken, *listed, *left])
    )


def _firm(result: Run, material: str, side: int) -> list[Part]:
    """Who takes (or brings) the material whatever its list says, largest first."""
    pool = pool_node(material)
    handed = {
        p.node: p.amount for p in _listed(result, result.compiled.structure.pools.index(material), side)
    }
    found = []
    for flow in result.flow_list:
        node = flow.target if side == TAKER else flow.source
        own = (flow.source if side == TAKER else flow.target) == pool and flow.material == material
        rest = flow.amount - handed.get(node, 0.0)
        if own and node not in ("surplus", "shortage") and rest > FULL * flow.amount:
            found.append(Part(node, rest, "firm"))
    return sorted(found, key=lambda p: (-p.amount, p.node))


def _listed(result: Run, at: int, side: int) -> list[Part]:
    """The list of a pool with what each entry got and could get."""
    compiled = result.compiled
    return [
        Part(
            e.node,
            float(result.state.handed[i]),
            "listed",
            result.accounts.ledger.most(i),
            e.tier,
            fate=_fate(result, at, e),
        )
        for i, (line, e) in enumerate(zip(compiled.structure.entries, compiled.entries, strict=True))
        if line.pool == at and line.side == side
    ]


def _fate(result: Run, at: int, entry: Entry) -> str:
    """What becomes of a waste there; nothing for what is no waste."""
    material = result.system.materials[result.compiled.structure.pools[at]]
    if not (material.waste or material.residue_of) or entry.kind == "import":
        return ""
    return FATE_WORDS[entry_fate(result.system, entry)]


def _look(part: Part) -> Look:
    return LOOKS[part.fate] if part.fate else LOOK[part.role]


def merit(
    result: Run,
    material: str,
    path: str | Path | None = None,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    most: int = MOST,
) -> Axes:
    """Draw a pool: its supply, then who takes it in the order of the list, and what is left over.

    A pool that is short is drawn the other way round: its demand, then who gives.

    Parameters
    ----------
    most : greatest number of rows for those who stand in no list; the smallest share the last

    Raises
    ------
    mfa.Error
        there is no such pool, or nothing flows through it
    """
    found = order(result, material)
    total = math.fsum(p.amount for p in found.given)
    if total <= 0:
        raise Error([Fault("chart-empty", None, {})])
    given, answered = _bundled(found.given, most), _bundled(found.answered, most)
    heads = ("merit-demand", "merit-givers") if found.short else ("merit-supply", "merit-takers")
    rows: list[tuple[Row, Part | None]] = [(Row(word(heads[0], lang), head=True), None)]
    rows += [(Row(_name(result, p, lang)), p) for p in given]
    rows += [(Row(word(heads[1], lang), head=True), None)]
    rows += [(Row(_name(result, p, lang)), p) for p in answered]
    unit = f"{result.system.materials[material].unit}/a"
    scale = Scale.of([total], unit)
    made = frame(
        ax,
        [row for row, _ in rows],
        heading=word("merit", lang, material=material_name(result.system, material, lang)),
        note=scenario_line(result.system, lang),
        x_label=scale.unit,
    )
    _stairs(made, [part for _, part in rows], total, scale, lang)
    return finish(made, path)


def _bundled(parts: list[Part], most: int) -> list[Part]:
    """The firm parts beyond `most` as one; the list stays whole."""
    firm = [p for p in parts if p.role == "firm"]
    if len(firm) <= most:
        return parts
    rest = firm[most - 1 :]
    one = Part("", math.fsum(p.amount for p in rest), "bundle", members=len(rest))
    return [*firm[: most - 1], one, *(p for p in parts if p.role != "firm")]


def _name(result: Run, part: Part, lang: str) -> str:
    if part.role == "bundle":
        return word("others", lang, count=part.members)
    name = node_name(result.system, part.node, lang)
    return f"{part.tier}. {name}" if part.tier else name


def _stairs(ax: Axes, parts: list[Part | None], total: float, scale: Scale, lang: str) -> None:
    """Each part starts where the one above it ends; what an entry could take is an outline."""
    start, words, whole = 0.0, [], total * scale.factor
    most = ROOM_SHOWN * whole
    for i, part in enumerate(parts):
        if part is None:
            start = 0.0
            continue
        amount = part.amount * scale.factor
        bar(ax, i, start, amount, _look(part), gid=part.node)
        end = start + amount
        if part.role == "listed" and not part.full and not math.isinf(part.cap):
            end = min(start + part.cap * scale.factor, max(most, end))
            outline: dict[str, Any] = {
                "facecolor": "none",
                "edgecolor": SOFT,
                "linewidth": pt(0.8),
                "linestyle": (0, (3, 2)),
            }
            ax.barh(i, end - start, left=start, height=THICK, gid=f"room {part.node}", **outline)
        words.append(Words(end, i, _figures(part, scale, lang), colour=_ink(part)))
        start += amount
    ax.axvline(whole, color=INK, linewidth=pt(0.9), zorder=0.5)
    place(ax, words, 0.0, whole)


def _ink(part: Part) -> str:
    return VERMILION if part.role in ("surplus", "shortage") else SOFT if part.amount == 0 else INK


def _figures(part: Part, scale: Scale, lang: str) -> str:
    """How much, of how much, and whether that is all it can."""
    if part.role != "listed":
        return scale.text(part.amount)
    if math.isinf(part.cap):
        return word("merit-open", lang, amount=scale.text(part.amount))
    texts = {"amount": scale.bare(part.amount), "cap": scale.text(part.cap)}
    return word("merit-full" if part.full else "merit-part", lang, **texts)
