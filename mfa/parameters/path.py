"""The grammar of paths, in short and long form.

Both forms lead to the same `Path`: `kiln.capacity`, `red-mud.takers.yard.limit`, `price.brick`,
and what `mfa show --origin` prints: `processes.kiln.capacity`, `prices.brick`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

RATES = {"demand": "demand", "supply": "supply", "price": "prices"}
SIDES = ("takers", "givers")
QUANTITIES = (  # mappings of figures by id
    *("drive", "demand", "supply", "prices", "factors", "currencies", "targets"),
)
MEMBERS = ("materials", "processes", "stocks", "substances")
SECTIONS = (
    *(*MEMBERS, "pools", *QUANTITIES, "year", "periods", "layers", "indicators", "claims"),
    *("scenario", "label", "note", "chains", "levers", "sources", "sankey", "brief", "sites"),
    *("spreads", "correlate", "plan", "pareto"),
)
OF_MATERIAL = (
    *("moisture", "carbon", "lhv", "density", "mass", "enthalpy", "co2-factor", "upstream-co2", "gwp"),
    *("parent-equivalent", "price", "price-vat"),
)
OF_PROCESS = ("capacity", "operating", "tolerance", "value-added", "system-cost")
WRITTEN = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[0-9]{1,6}\])*\Z")
STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")

Step = str | int


class Path(NamedTuple):
    """Where a figure stands: `Path("processes", "kiln", ("inputs", "clay"))`.

    `section` is a section of a scenario, `member` an id in it where it has members that are one
    figure or hold figures; `field` leads on, a number being a place in a list, counted from 1.
    """

    section: str
    member: str = ""
    field: tuple[Step, ...] = ()


class Members(Protocol):
    """Whatever has members by id: a system, or the merged trees that it is made from."""

    @property
    def materials(self) -> Mapping[str, object]:
        """By id."""

    @property
    def processes(self) -> Mapping[str, object]:
        """By id."""

    @property
    def stocks(self) -> Mapping[str, object]:
        """By id."""

    @property
    def substances(self) -> Mapping[str, object]:
        """By name."""


def parse(text: str, members: Members) -> Path | None:
    """The place that a path names, in its short or its long form; None where it is neither.

    `members` tell what a short form begins with. Whether there is a figure at that place is
    not looked at.
    """
    if not WRITTEN.match(text):
        return None
    head, *rest = (name or int(number) for name, number in STEP.findall(text))
    head = str(head)
    if head in RATES and len(rest) == 1:
        return Path(RATES[head], str(rest[0]))
    if rest == ["level"]:
        return Path("drive", head)
    if rest and rest[0] in SIDES:
        return Path("pools", head, _figure_of(rest))
    section = _section(head, rest, members)
    if section:
        return Path(section, head, _figure_of(rest))
    if head in (*MEMBERS, "pools", *QUANTITIES):
        return Path(head, str(rest[0]), _figure_of(rest[1:])) if rest else None
    return Path(head, "", tuple(rest)) if head in SECTIONS else None


def _section(head: str, rest: list[Step], members: Members) -> str:
    """What a short form begins with; nothing where the path is a long one."""
    if not rest or (len(rest) > 1 and rest[0] in getattr(members, head, ()) and head in MEMBERS):
        return ""
    of_material = head in members.materials and rest[0] in (*OF_MATERIAL, "composition")
    order = ("materials",) if of_material else ("processes", "stocks", "materials")
    return next((s for s in order if head in getattr(members, s)), "")


def _figure_of(steps: list[Step]) -> tuple[Step, ...]:
    """The steps to a quantity, without the `value` of its long form."""
    named = len(steps) == {"inputs": 2, "outputs": 2, "transfer": 3}.get(str(steps[0]) if steps else "", 0)
    return tuple(steps[:-1] if steps[-1:] == ["value"] and not named else steps)
