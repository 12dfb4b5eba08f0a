"""What a comparison shows a person, on the terminal and the page: names in words, figures as read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mfa.catalogue import members_of
from mfa.results.indicators.target import ROUNDING
from mfa.show.magnitudes import step, units
from mfa.show.sampled_words import probability_text
from mfa.show.text import (
    indicator_name,
    knowing,
    node_name,
    number,
    path_name,
    percent,
    step_name,
    word,
)
from mfa.studies.compare import Change, Comparison, InputChange, LinkChange
from mfa.studies.sampling.paired import Paired, PairedChange
from mfa.system import Entry, Pool, System

MONEY = 1e8  # CNY in 亿元


class InWords(NamedTuple):
    """A comparison told in one language."""

    comparison: Comparison
    lang: str

    # ------------------------------------------------------------ names
    def node(self, name: str) -> str:
        """A process or stock of either run, or a boundary."""
        return node_name(self._where(name), name, self.lang)

    def material(self, name: str) -> str:
        """A material of either run."""
        return self.comparison.material(name).label[self.lang]

    def indicator(self, name: str) -> str:
        """An indicator of either run."""
        return indicator_name(knowing(self._systems, name), name, self.lang)

    @property
    def _systems(self) -> tuple[System, System]:
        return self.comparison.b.system, self.comparison.a.system

    def _where(self, node: str) -> System:
        """The run's system that has a process or stock, the second where both do."""
        return next((s for s in self._systems if node in s.processes or node in s.stocks), self._systems[0])

    def _step(self, step: str) -> str:
        """One step of a path: a member by its label, a field by its word."""
        return step_name(self._systems, step, self.lang)

    def path(self, path: str) -> str:
        """The path of an input, its members and fields in words."""
        return path_name(self._systems, path, self.lang)

    # ------------------------------------------------------------ rows
    def inputs(self) -> list[tuple[str, ...]]:
        """Name, before, after, unit of every input that differs."""
        return [
            (self.path(c.path), self._value(c, c.before), self._value(c, c.after), c.unit)
            for c in self.comparison.inputs
        ]

    def _value(self, change: InputChange, value: float | str | None) -> str:
        """A value; the members of an order by their labels."""
        if not isinstance(value, str):
            return _cell(value)
        if "." not in change.path:
            return self._step(value)
        if change.path.rpartition(".")[2] not in ("takers", "givers"):
            return value
        tiers = (tier.split(" + ") for tier in value.split(" → "))
        return " → ".join(" + ".join(map(self.node, tier)) for tier in tiers)

    def indicators(self) -> list[tuple[str, ...]]:
        """The indicators that differ."""
        return [_row(self.indicator(c.name), c) for c in self.comparison.indicators]

    def links(self, found: Sequence[LinkChange]) -> list[tuple[str, ...]]:
        """Links that differ."""
        return [_row(self._link(c), c) for c in found]

    def _link(self, c: LinkChange) -> str:
        layer = f"{c.layer} · " * bool(c.layer)
        return f"{layer}{self.material(c.material)}: {self.node(c.source)} → {self.node(c.target)}"

    # ------------------------------------------------------------ samples
    def pairs_title(self, paired: Paired, titles: tuple[str, str]) -> str:
        """How many pairs, how many count, and how many figures are drawn alike in both."""
        (only_a, only_b), (a, b) = paired.apart, titles
        counts = {"count": f"{paired.a.count:,}".replace(",", " "), "seed": paired.a.asked.seed}
        drawn = {"shared": paired.shared, "only_a": only_a, "only_b": only_b, "a": a, "b": b}
        return word("compare-pairs", self.lang, counting=paired.counting, **counts, **drawn)

    def pairs_heads(self, titles: tuple[str, str]) -> list[str]:
        """The heads of `pairs`."""
        stats = [word(f"samples-{h}", self.lang) for h in ("written", "mean", "sd", "p05", "p95")]
        met = [word("compare-met", self.lang, name=name) for name in titles]
        return [word("compare-change", self.lang), *stats, word("compare-better", self.lang), *met]

    def pairs(self, paired: Paired) -> list[tuple[str, ...]]:
        """Of each indicator its change as written and over the samples, and who is better how often."""
        return [self._pair(c) for c in paired.changes]

    def _pair(self, c: PairedChange) -> tuple[str, ...]:
        written = None if c.before is None or c.after is None else c.after - c.before
        values = (written, c.change.mean, c.change.sd, c.change.p05, c.change.p95)
        known = [v for v in (c.before, c.after) if v is not None]
        unit, scale = _unit(c.unit, max((abs(v) for v in values if v is not None), default=0.0))
        if c.unit == "1" and min(known, default=0.0) <= 1 + ROUNDING:
            unit, scale = word("compare-points", self.lang), 0.01
        cells = ["–" if v is None else number(v / scale) for v in values]
        better = c.better or c.rises
        sign = "" if c.better else word("compare-larger", self.lang)
        chances = ["–" if p is None or not p.samples else probability_text(p) for p in (better, *c.met)]
        name = self.indicator(c.name)
        return (f"{name} [{unit}]" if unit else name, *cells, f"{sign}{chances[0]}", *chances[1:])

    # ------------------------------------------------------------ causes
    def cause(self, cause: str) -> str:
        """A cause in words; a project where all of it carries that one tag."""
        kind, _, key = cause.partition(":")
        if kind == "pools":
            return self._pool(key)
        if kind in ("processes", "drive") and key in self._systems[0].processes:
            project = self._project([key])
            if project and self._is_new(kind, key):
                return word("cause-built", self.lang, project=project, names=self.node(key))
        return word(f"cause-{kind}", self.lang, id=self._step(key) if key else "")

    def _is_new(self, kind: str, key: str) -> bool:
        second, first = self._systems
        if kind == "processes":
            return key not in first.processes
        before, after = (s.drive.get(key) for s in (first, second))
        return bool(after and after.value) and not (before and before.value)

    def _project(self, nodes: Sequence[str]) -> str:
        """The one project that all of some processes of the second run carry; empty where there is none."""
        processes = self._systems[0].processes
        tags = {tuple(members_of(processes[n], "project")) if n in processes else () for n in nodes}
        (only,) = tags if len(tags) == 1 else ((),)
        return only[0] if len(only) == 1 else ""

    def _pool(self, material: str) -> str:
        """What became of a pool: takers of one project that are new, or whose list is another."""
        now, was = (s.pools.get(material) or Pool(material, (), ()) for s in self._systems)
        had, has = _order(was.takers), _order(now.takers)
        more = [e.node for e in now.takers if e.node not in {x.node for x in was.takers}]
        project = self._project(more)
        takes, gives = had != has, _order(was.givers) != _order(now.givers)
        if project and not gives and had == [e for e in has if e[0] not in more]:
            values = {"project": project, "material": self.material(material)}
            return word("cause-built-takers", self.lang, names=self._several(more), **values)
        side = "cause-pools" if takes == gives else "cause-takers" if takes else "cause-givers"
        return word(side, self.lang, id=self.material(material))

    def _several(self, nodes: Sequence[str]) -> str:
        """Some names as a sentence has them."""
        names = [self.node(n) for n in nodes]
        if len(names) < 2:
            return "".join(names)
        comma = ("、" if self.lang == "zh" else ", ").join(names[:-1])
        return word("cause-and", self.lang, first=comma, last=names[-1])


def _order(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    """A list without its places: who, how much, to what fate."""
    return [
        (e.node, e.limit and e.limit.value, e.percent and e.percent.value, e.share.value, e.fate)
        for e in entries
    ]


def _row(name: str, c: Change) -> tuple[str, ...]:
    """Name, before, after, change, per cent as people read them."""
    known = [v for v in (c.before, c.after) if v is not None]
    if c.unit == "1" and min(known, default=0.0) <= 1 + ROUNDING:
        points = "" if c.absolute is None else f"{c.absolute * 100:+.2f}"
        return name, percent(c.before), percent(c.after), points, _relative(c)
    unit, scale = _unit(c.unit, max(map(abs, known), default=0.0))
    before, after, change = (None if v is None else v / scale for v in (c.before, c.after, c.absolute))
    moved = "" if change is None else f"{'+' if change > 0 else ''}{number(change)}"
    return f"{name} [{unit}]" if unit else name, _cell(before), _cell(after), moved, _relative(c)


def _unit(unit: str, largest: float) -> tuple[str, float]:
    """The unit of a row, and how many native ones it is: in 万 and 亿 where these are asked for."""
    if unit == "CNY/a":
        return "亿元/a", MONEY
    if unit == "1":
        return "", 1.0
    return step(largest, unit) if units() == "zh" else (unit, 1.0)


def _relative(c: Change) -> str:
    return "" if c.relative is None else f"{c.relative * 100:+.1f}"


def _cell(value: float | None) -> str:
    return "–" if value is None else number(value)
