"""The curve of a brief: its indicator year by year under some conditions, and what lies in yards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mfa.results.indicators.target import Indicator
from mfa.show.brief_rows import BriefInWords, Rows
from mfa.show.over_years import OverYears
from mfa.show.text import mega, node_name, word
from mfa.studies.brief import indicator_of


@dataclass(frozen=True)
class CurveInWords:
    """What the page says of the years, in one language; nothing of a brief without a curve."""

    words: BriefInWords

    @cached_property
    def found(self) -> dict[str, dict[int, Indicator]]:
        """Condition → year → the indicator."""
        name = self.words.brief.target.name
        return {
            c.condition.label[self.words.lang]: {r.system.period: indicator_of(r, name) for r in c.runs}
            for c in self.words.brief.curves
        }

    @property
    def heading(self) -> str:
        """What it is called."""
        return word("brief-curve", self.words.lang, unit=self.words.unit)

    @property
    def bounds(self) -> dict[int, float]:
        """Year → the target of the first curve, of the side that the brief is about."""
        least = self.words.brief.target.minimum is not None
        rows = next(iter(self.found.values()), {})
        bounds = {y: r.minimum if least else r.maximum for y, r in rows.items()}
        return {y: b for y, b in bounds.items() if b is not None}

    def table(self) -> tuple[list[str], Rows]:
        """Heads and rows: a condition, its values year by year."""
        years = next(iter(self.found.values()), {})
        heads = ["", *map(str, years)]
        rows: Rows = [
            (name, *(self.words.short(r.value) for r in values.values()))
            for name, values in self.found.items()
        ]
        return heads, rows

    def yards(self) -> str:
        """What lies in each yard at the end, and when one is full, under the first condition; or nothing."""
        if not self.words.brief.curves:
            return ""
        curve, lang = self.words.brief.curves[0], self.words.lang
        over = OverYears(curve.runs)
        held = list(self._held(over))
        if not held:
            return ""
        names = ("；" if lang == "zh" else "; ").join(held)
        condition = curve.condition.label[lang]
        return word("brief-yards", lang, year=over.years[-1], condition=condition, names=names)

    def _held(self, over: OverYears) -> Iterator[str]:
        lang, system = self.words.lang, over.runs[-1].system
        for heap in (h for h in over.heaps if not h.in_use and h.closing[-1] > 0):
            name = f"{node_name(system, heap.stock, lang)} {mega(heap.closing[-1], heap.unit)}"
            full = "" if heap.full is None else word("years-full", lang, year=heap.full)
            yield f"{name}（{full}）" if full and lang == "zh" else f"{name} ({full})" if full else name
