"""What `mfa run` prints: the answer first, then what is in its way, what moves, what runs and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mfa.catalogue import BY_ID, HEADLINE
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.waste import FATE_WORDS
from mfa.results.run import Run
from mfa.results.warnings import REMARKS
from mfa.show.headline import headline_notes, value_note
from mfa.show.summary import Summary
from mfa.show.terminal.table import bold, coloured, dim, line, table
from mfa.show.text import (
    account_cells,
    account_columns,
    account_heads,
    figure,
    figure_or_dash,
    indicator_name,
    layer_name,
    material_name,
    mega,
    node_name,
    number,
    percent,
    reason_text,
    scenario_title,
    solved_line,
    target_sentence,
    target_state,
    tonnes,
    tonnes_unit,
    warning_text,
    wet_amount,
    word,
)
from mfa.studies.no_effect import NO_EFFECT
from mfa.system import System

MOST_UNUSED = 8
MOST_WASTES = 8
MOST_FULL = 3  # wastes whose full takers are named
MOST_ROWS = 15  # of goods and of processes
ALL = 10**9


def print_answer(result: Run, lang: str, folder: Path | None, *, full: bool = False) -> None:
    """Print a run for a person, in about two screens; `full` leaves nothing out."""
    answer = _Answer(result, lang, full)
    line(bold(result.system.name), f" · {scenario_title(result.system, lang)}\n")
    answer.targets()
    if not full:
        answer.worst_warning()
    line()
    if not result.targets_met:
        answer.obstacles()
    answer.wastes()
    answer.goods()
    answer.processes()
    answer.stocks()
    answer.balance()
    answer.own()
    answer.accounts()
    if full:
        answer.warnings()
    if folder:
        line(dim(word("written", lang, folder=folder)))
    line(dim(solved_line(result.system, result.state, lang)))


class _Answer:
    """The parts of the answer of one run, in one language."""

    def __init__(self, result: Run, lang: str, full: bool) -> None:
        self.system: System = result.system
        self.summary = Summary(result)
        self.lang = lang
        self.full = full

    def word(self, key: str, **values: object) -> str:
        return word(key, self.lang, **values)

    def most(self, count: int) -> int:
        return ALL if self.full else count

    def more(self, count: int) -> tuple[str, ...]:
        """The row that stands for what is left out; nothing where nothing is."""
        return (self.word("more-rows", count=count),) if count > 0 else ()

    # ------------------------------------------------------------ the answer
    def targets(self) -> None:
        """The targets in colour, without any the rate that is asked for first; what stands beside it."""
        for row in self.summary.targets:
            colour = {"true": "green", "false": "red"}.get(row.met, "yellow")
            line(coloured(target_sentence(row, self.system, self.lang), colour))
        headline = self.summary.indicators.get(HEADLINE)
        if headline and not self.summary.targets:
            name = indicator_name(self.system, HEADLINE, self.lang)
            line(self.word("no-target", name=name, value=percent(headline.value)))
        for note in headline_notes(self.summary, self.lang):
            line("  ", note)

    def worst_warning(self) -> None:
        """What was asked for and changes nothing; then the worst warning and how many there are."""
        asked = [w for w in self.summary.warnings if w.code == NO_EFFECT]
        for warning in asked:
            line(coloured("!", "yellow"), f" {warning_text(warning, self.system, self.lang)}")
        found = [w for w in self.summary.warnings if w.code != NO_EFFECT]
        worst = next((w for w in found if w.code not in REMARKS), None)
        if worst:
            more = self.word("warnings-more", count=len(found) - 1) if len(found) > 1 else ""
            line(coloured("!", "yellow"), f" {warning_text(worst, self.system, self.lang)}{more}")
        elif found:
            line(dim(self.word("remarks", count=len(found))))

    # ------------------------------------------------------------ what is in the way
    def obstacles(self) -> None:
        """Who stores, disposes of or dumps industrial solid waste, largest first; who is full."""
        unused = self.summary.unused
        if not unused:
            return
        shown = unused[: self.most(MOST_UNUSED)]
        rows: list[tuple[str, ...]] = [
            (
                material_name(self.system, u.material, self.lang),
                node_name(self.system, u.node, self.lang),
                self.word(f"word-{FATE_WORDS[u.fate]}"),
                tonnes(u.amount),
                "" if (wet := wet_amount(self.system, u.material, u.amount)) is None else tonnes(wet),
            )
            for u in shown
        ]
        rest = unused[len(shown) :]
        if rest:
            rows.append((*self.more(len(rest)), "", "", tonnes(sum(u.amount for u in rest)), ""))
        heads = [self.word(f"word-{w}") for w in ("waste", "node", "fate", "dry", "wet")]
        table(self.word("obstacles", unit=tonnes_unit()), heads, rows, left=3)
        self._full_takers(list(dict.fromkeys(u.material for u in unused)))

    def _full_takers(self, wastes: Sequence[str]) -> None:
        takers: dict[str, list[str]] = defaultdict(list)
        for t in self.summary.full_takers:
            most = mega(t.most, f"{self.system.materials[t.material].unit}/a")
            takers[t.material].append(f"{node_name(self.system, t.node, self.lang)} ({most})")
        for m in [m for m in wastes if takers[m]][: self.most(MOST_FULL)]:
            name = material_name(self.system, m, self.lang)
            line(self.word("full-takers", material=name, names=", ".join(takers[m])))
        line(dim(self.word("obstacles-mend")), "\n")

    def wastes(self) -> None:
        """A table for each class of waste, with its own sum."""
        for waste_class, title in (("industrial-solid", "waste-table"), ("hazardous", "hazardous-table")):
            wastes = self.summary.wastes(waste_class)
            if not wastes.rows:
                continue
            columns = account_columns(wastes.total)
            most = self.most(MOST_WASTES if waste_class == "industrial-solid" else 0)
            rows: list[tuple[str, ...]] = [
                (material_name(self.system, w.material, self.lang), *account_cells(w.account, columns))
                for w in wastes.rows[:most]
            ]
            more = len(wastes.rows) - most
            rows += (
                [(*self.more(more), *account_cells(wastes.rest(most), columns))]
                if most > 0 and more > 0
                else []
            )
            rows.append((self.word("word-all"), *account_cells(wastes.total, columns)))
            table(self.word(title, unit=tonnes_unit()), account_heads(columns, self.lang), rows)

    # ------------------------------------------------------------ what moves and runs
    def goods(self) -> None:
        """What is sold, bought and left without a buyer; what stands on the park is no flow."""
        for key, found in (
            ("made-table", self.summary.crossing("export")),
            ("bought-table", self.summary.crossing("import")),
            ("unsold-table", self.summary.unsold),
        ):
            if found:
                self._goods(key, found)
        for flow in self.summary.held:
            unit = self.system.materials[flow.material].unit
            name = material_name(self.system, flow.material, self.lang)
            line(self.word("held-line", name=name, amount=f"{number(flow.amount)} {unit}"))
        if self.summary.held:
            line()

    def _goods(self, key: str, found: Sequence[Flow]) -> None:
        shown = found[: self.most(MOST_ROWS)]
        rows: list[tuple[str, ...]] = [
            (
                material_name(self.system, f.material, self.lang),
                mega(f.amount, f"{self.system.materials[f.material].unit}/a"),
                "" if (wet := wet_amount(self.system, f.material, f.amount)) is None else mega(wet, "t/a"),
            )
            for f in shown
        ]
        rows += [(*self.more(len(found) - len(shown)), "", "")] if len(found) > len(shown) else []
        heads = [self.word(f"word-{w}") for w in ("material", "dry", "wet")]
        if not any(row[2] for row in rows):
            heads, rows = [heads[0], self.word("word-amount")], [row[:2] for row in rows]
        table(self.word(key), heads, rows)

    def processes(self) -> None:
        """Processes by the mass that they move: level, capacity, load, and what holds them there."""
        found = self.summary.plants
        shown = found[: self.most(MOST_ROWS)]
        rows: list[tuple[str, ...]] = [
            (
                node_name(self.system, p.process, self.lang),
                mega(p.level, p.unit),
                "" if p.capacity is None else mega(p.capacity, p.unit),
                "" if p.load is None else f"{p.load:.0%}".replace("%", " %"),
                reason_text(self.system, p.reason, self.lang),
            )
            for p in shown
        ]
        rows += [(*self.more(len(found) - len(shown)), "", "", "", "")] if len(found) > len(shown) else []
        heads = [self.word(f"word-{w}") for w in ("process", "level", "capacity", "load", "why")]
        table(self.word("process-table"), heads, rows, last_left=True)

    def stocks(self) -> None:
        """What lies in stocks at the start and the end, and the room of each."""
        rows: list[tuple[str, ...]] = [
            (
                node_name(self.system, h.stock, self.lang),
                mega(h.opening, h.unit),
                mega(h.change, f"{h.unit}/a"),
                mega(h.closing, h.unit),
                "" if h.most is None else mega(h.most, h.unit),
            )
            for h in self.summary.heaps
        ]
        if rows:
            heads = [self.word(f"word-{w}") for w in ("stock", "opening", "change", "closing", "room")]
            table(self.word("stock-table"), heads, rows)

    def balance(self) -> None:
        """Mass over the park's line, and every layer that the scenario lists."""
        mass = self.summary.mass_balance
        open_ = "" if mass.closes else self.word("balance-open", amount=mega(mass.unclosed, "t/a"))
        into, out = mega(mass.total_in, "t/a"), mega(sum(mass.leaving.values()), "t/a")
        line(self.word("balance-line", into=into, out=out), open_)
        for one in self.summary.layers:
            amounts = {"inputs": one.entering, "outputs": one.leaving, "residue": one.residue}
            line(
                self.word(
                    "layer-title",
                    name=layer_name(self.system, one.name, self.lang),
                    **{k: number(v) for k, v in amounts.items()},
                )
            )
        line()

    # ------------------------------------------------------------ accounts
    def own(self) -> None:
        """The scenario's own indicators, with the state of their targets."""
        if not self.summary.own:
            return
        heads = ["", self.word("word-amount"), self.word("word-target")]
        rows: list[tuple[str, ...]] = [
            (
                indicator_name(self.system, r.name, self.lang),
                " ".join(figure_or_dash(r)).strip(),
                target_state(r, self.lang),
            )
            for r in self.summary.own
        ]
        table(self.word("own-title"), heads, rows, last_left=True)

    def accounts(self) -> None:
        """The accounts that a planner asks for first, or every one; the factors and prices behind them."""
        shown = self.summary.accounts if self.full else self.summary.key_figures
        if not shown:
            return
        rows = [(indicator_name(self.system, r.name, self.lang), *figure(r)) for r in shown]
        table(self.word("accounts-title"), ["", self.word("word-amount"), ""], rows, last_left=True)
        names = {r.name for r in shown}
        used = {factor for name in names for factor in BY_ID[name].factors}
        factors = {n: v for n, v in self.summary.factors.items() if n in used}
        if factors:
            words = [self.word(f"factor-{n}", value=number(v)) for n, v in factors.items()]
            line(dim(self.word("accounts-factors", factors=", ".join(words))))
        if self.summary.price_years and "output-value" in names:
            line(dim(self.word("accounts-prices", years=", ".join(map(str, self.summary.price_years)))))
        if "output-value" in names and (note := value_note(self.summary, self.lang)):
            line(coloured("!", "yellow"), f" {note}")
        line()

    def warnings(self) -> None:
        """Every warning, and where the scenario has notes."""
        if not (self.summary.warnings or self.summary.noted):
            return
        line(bold(self.word("warnings-title")))
        for warning in self.summary.warnings:
            line("  ", coloured("!", "yellow"), f" {warning_text(warning, self.system, self.lang)}")
        if self.summary.noted:
            names = ", ".join(self.summary.noted)
            line("  ", self.word("notes", count=len(self.summary.noted), names=names))
        line()
