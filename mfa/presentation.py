"""How a scenario wants to be shown: its pictures, and the one page for those who decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mfa.errors import Place


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a scenario wants its flows drawn.

    `order` are nodes from first to last, `colours` is material or kind → `#rrggbb`, `by` the tag
    that puts processes together, `labels` node or group → names in both languages.
    """

    order: tuple[str, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    by: str = "process"
    min_share: float | None = None
    without: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of a brief: the variants under which every year is run; none is the scenario as it stands."""

    label: Mapping[str, str]
    variants: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class OpenDecision:
    """A question of a brief, with the variants of its less and its more favourable end, and what to do."""

    label: Mapping[str, str]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    advice: Mapping[str, str]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class BriefOutline:
    """What the one page of a scenario tells.

    `indicator` has a target; `scenarios` are the files of the years, none is the scenario alone; `curve`
    is that of a run through several years, empty for none, named at `curve_at`.
    """

    indicator: str = ""
    scenarios: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    decisions: tuple[OpenDecision, ...] = ()
    curve: str = ""
    curve_at: Place | None = None
