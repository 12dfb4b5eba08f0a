"""What `mfa explain` prints: why a number is what it is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.results.run import Run
from mfa.show.summary import Summary
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import (
    figure_or_dash,
    indicator_name,
    material_name,
    mega,
    node_name,
    number,
    percent,
    reason_text,
    target_sentence,
    wet_amount,
    word,
)
from mfa.studies.contributions import Contribution
from mfa.studies.explain import Explanation, Place, Step

MOST_ROWS = 12


def print_explanation(run: Run, found: Explanation, lang: str) -> None:
    """Print an explanation for a person."""
    told = _Told(run, found, lang)
    {"process": told.process, "indicator": told.indicator}.get(found.kind, told.material)()


class _Told:
    """An explanation of one run, in one language."""

    def __init__(self, run: Run, found: Explanation, lang: str) -> None:
        self.run, self.found, self.lang = run, found, lang
        self.system = run.system

    def word(self, key: str, **values: object) -> str:
        return word(key, self.lang, **values)

    def name(self, node: str) -> str:
        return node_name(self.system, node, self.lang)

    def of(self, material: str) -> str:
        return material_name(self.system, material, self.lang)

    def amount(self, material: str, amount: float) -> str:
        return mega(amount, f"{self.system.materials[material].unit}/a")

    def title(self, text: str, kind: str) -> None:
        line(bold(text), dim(f" · {self.found.name} · {self.word(f'explain-{kind}')}\n"))

    # ------------------------------------------------------------ processes
    def process(self) -> None:
        """Level and load, what decides, its list, the way up, its flows, one more of it."""
        found, key = self.found, self.found.name
        plant = next(p for p in Summary(self.run).plants if p.process == key)
        self.title(self.name(key), "process")
        load = "" if plant.load is None else f"{plant.load:.0%}".replace("%", " %")
        capacity = "" if plant.capacity is None else mega(plant.capacity, plant.unit)
        key_ = "explain-level" if plant.capacity is None else "explain-level-of"
        per = self.of(self.system.processes[key].per)
        line(self.word(key_, level=mega(plant.level, plant.unit), capacity=capacity, load=load, per=per))
        if found.reason:
            line(self.word("explain-why", why=reason_text(self.system, found.reason, self.lang)), "\n")
            self.lists(found.reason.material)
        self.steps()
        for word_key, flows in (("explain-inputs", found.inputs), ("explain-outputs", found.outputs)):
            rows = [(self.of(m), self.amount(m, a), self.wet(m, a)) for m, a in flows]
            if rows:
                heads = [self.word(f"word-{w}") for w in ("material", "dry", "wet")]
                table(self.word(word_key), heads, rows)
        self.more()

    def wet(self, material: str, amount: float) -> str:
        wet = wet_amount(self.system, material, amount)
        return "" if wet is None else mega(wet, "t/a")

    # ------------------------------------------------------------ materials and stocks
    def material(self) -> None:
        """Who gives and who takes, place by place; the way up; one more of it."""
        found = self.found
        material = found.name if found.kind == "material" else self.system.stocks[found.name].material
        self.title(self.of(material) if found.kind == "material" else self.name(found.name), found.kind)
        if found.kind == "stock":
            heap = next((h for h in Summary(self.run).heaps if h.stock == found.name), None)
            key = "explain-heap" if heap else "explain-heap-empty"
            amounts = (
                {
                    "opening": mega(heap.opening, heap.unit),
                    "change": mega(heap.change, f"{heap.unit}/a"),
                    "closing": mega(heap.closing, heap.unit),
                }
                if heap
                else {}
            )
            line(self.word(key, material=self.of(material), **amounts), "\n")
        self.lists(material)
        self.steps()
        self.more()

    def lists(self, material: str) -> None:
        """The places of a pool in their order, each with what holds it."""
        for key, places in (("explain-givers", self.found.givers), ("explain-takers", self.found.takers)):
            if not places:
                continue
            whole = sum(p.amount for p in places)
            rows = [self._place(p, material, whole) for p in places]
            heads = [self.word(f"word-{w}") for w in ("node", "amount", "share", "most", "state")]
            table(self.word(key, material=self.of(material)), heads, rows, last_left=True)

    def _place(self, place: Place, material: str, whole: float) -> tuple[str, ...]:
        return (
            self.name(place.node),
            self.amount(material, place.amount),
            percent(place.amount / whole if whole else 0.0),
            "" if place.most is None else self.amount(material, place.most),
            self.word(f"held-{place.held}"),
        )

    # ------------------------------------------------------------ the way up
    def steps(self) -> None:
        """From the list that decides up to what is driven, a line a step."""
        if not self.found.steps:
            return
        line(bold(self.word("explain-steps")))
        for number_, step in enumerate(self.found.steps, 1):
            line(f"  {number_}. {self._step(step)}")
        line()

    def _step(self, step: Step) -> str:
        text = self.word(
            f"explain-step-{step.side}",
            material=self.of(step.material),
            node=self.name(step.node),
            share=percent(step.share),
        )
        why = reason_text(self.system, step.reason, self.lang) if step.reason else ""
        return f"{text}{self.word('explain-step-why', why=why) if why else ''}"

    # ------------------------------------------------------------ one more
    def more(self) -> None:
        """What one unit more changes at the park's line, in the rate and in CO2."""
        more = self.found.more
        if more is None or not (more.changes or more.rate or more.co2):
            return
        name = self.name(more.name) if more.name in self.system.processes else self.of(more.name)
        line(bold(self.word(f"explain-more-{more.what}", name=name, unit=more.unit)))
        rows = [
            (self.of(c.name), self.name(c.node), _signed(f"{number(c.per_unit)} {c.unit}"))
            for c in more.changes[:MOST_ROWS]
        ]
        heads = [self.word(f"word-{w}") for w in ("material", "node", "amount")]
        table("", heads, rows, left=2)
        if more.rate:
            line(self.word("explain-rate", points=_signed(number(more.rate * 1e5)), unit=f"k{more.unit}"))
        if more.co2:
            line(self.word("explain-co2", amount=_signed(number(more.co2)), unit=more.unit))
        line()

    # ------------------------------------------------------------ indicators
    def indicator(self) -> None:
        """The value, and who brings what to its two sums."""
        row = self.found.row
        assert row is not None  # of kind indicator
        self.title(indicator_name(self.system, row.name, self.lang), "indicator")
        aimed = target_sentence(row, self.system, self.lang) if row.aimed else ""
        line(aimed or " ".join(figure_or_dash(row)).strip(), "\n")
        self._sum("explain-numerator" if self.found.denominator else "explain-sum", self.found.numerator)
        self._sum("explain-denominator", self.found.denominator)
        if not self.found.numerator:
            line(self.word("explain-no-parts"), "\n")

    def _sum(self, key: str, parts: Sequence[Contribution]) -> None:
        if not parts:
            return
        whole = sum(c.amount for c in parts)
        rows = [
            (
                self.name(c.node) if c.node else self.word("explain-of-none"),
                self.of(c.material) if c.material else "",
                number(c.amount),
                percent(c.amount / whole if whole else 0.0),
            )
            for c in parts[:MOST_ROWS]
        ]
        rest = sum(c.amount for c in parts[MOST_ROWS:])
        if rest:
            others = self.word("explain-others", count=len(parts) - MOST_ROWS)
            rows.append((others, "", number(rest), percent(rest / whole)))
        rows.append((self.word("word-all"), "", number(whole), percent(1.0)))
        heads = [self.word(f"word-{w}") for w in ("node", "material", "amount", "share")]
        table(self.word(key), heads, rows, left=2)


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"
