"""The first sheet: the targets, where the waste goes, what crosses the boundary, the warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mfa.errors import message
from mfa.input.workbook.sheets import ANSWER
from mfa.results.accounts.flows import Flow
from mfa.results.accounts.waste import Account
from mfa.results.run import Run
from mfa.show.headline import headline_notes
from mfa.show.summary import Summary
from mfa.show.text import account_columns, account_heads, indicator_name, material_name, word
from mfa.show.workbook.formats import Paper, put, width
from mfa.show.workbook.result_sheets import colour_states

TAB = "#C00000"
NAME = ANSWER
FIRST_ROW = 3
COLUMNS = 9
MOST_BARS = 15
FATES = {
    "utilised": "#548235",
    "unsold": "#7030A0",
    "disposed": "#2E75B6",
    "stored": "#BF9000",
    "dumped": "#C00000",
}
CLASSES = (("industrial-solid", "waste-table"), ("hazardous", "hazardous-table"))
STATES = ("true", "false", "unproven")


def write_answer(paper: Paper, result: Run, lang: str) -> None:
    """Write the sheet that a person opens first."""
    _Answer(paper, result, lang).write()


class _Answer:
    """The sheet, filled from above; `row` is the next free one."""

    def __init__(self, paper: Paper, result: Run, lang: str) -> None:
        self.paper, self.system, self.lang = paper, result.system, lang
        self.summary = Summary(result)
        self.page = paper.sheet(NAME, TAB)
        self.row = FIRST_ROW
        self.widest = 24
        self.charted = False

    def write(self) -> None:
        """All parts of it."""
        system = self.system
        year = f" · {system.year}" if system.year else ""
        title = f"{system.label[self.lang]} [{system.name}]{year}"
        self.page.write_string(0, 0, title, self.paper.title)
        self.page.write_string(1, 0, self._text("book-how"), self.paper.remark)
        self._targets()
        self._notes()
        for waste_class, key in CLASSES:
            self._wastes(waste_class, key)
        self._crossing("made-table", self.summary.crossing("export"))
        self._crossing("bought-table", self.summary.crossing("import"))
        self._warnings()
        self.page.set_column(0, 0, min(self.widest + 2, 60))
        self.page.set_column(1, COLUMNS - 1, 14)
        self.page.freeze_panes(2, 1)

    def _text(self, key: str) -> str:
        return message(key, {"unit": "t/a"}, self.lang)

    def _name(self, text: str, look: Any = None) -> None:
        """The first cell of a row."""
        self.widest = max(self.widest, width(text))
        self.page.write_string(self.row, 0, text, look)

    def _heads(self, words: Sequence[str]) -> None:
        for at, text in enumerate(words):
            self.page.write_string(self.row, at, text, self.paper.head)
        self.row += 1

    def _targets(self) -> None:
        """The targets, coloured by whether they are met."""
        targets = self.summary.targets
        if not targets:
            self._name(self._text("answer-no-target"))
            self.row += 2
            return
        keys = ("target", "value", "min", "max", "met", "distance", "missing")
        self._heads([self._text(f"answer-{k}") for k in keys])
        first = self.row
        for r in targets:
            self._name(indicator_name(self.system, r.name, self.lang))
            look = self.paper.share if r.unit == "1" else self.paper.amount
            self._numbers((r.value, r.minimum, r.maximum, None, r.distance), look)
            self._numbers((None,) * 5 + (r.distance_amount,), self.paper.amount)
            if r.met:
                self.page.write_string(self.row, 4, self._text(f"answer-{r.met}"))
            self.row += 1
        words = {s: self._text(f"answer-{s}") for s in STATES}
        colour_states(self.paper, self.page, first, 4, len(targets), words)
        self.row += 1

    def _notes(self) -> None:
        """What stands beside the rate: what is unsold, and who vouches for the takers."""
        notes = headline_notes(self.summary, self.lang)
        for note in notes:
            self.page.write_string(self.row, 0, note)
            self.row += 1
        self.row += bool(notes)

    def _numbers(self, cells: Sequence[float | None], look: Any) -> None:
        """Numbers from the second column on; None leaves a cell alone."""
        for at, cell in enumerate(cells, 1):
            if cell is not None:
                put(self.page, self.row, at, cell, look)

    def _wastes(self, waste_class: str, key: str) -> None:
        """Where every waste of a class goes, t a year; a chart beside the first such table."""
        wastes = self.summary.wastes(waste_class)
        if not wastes.rows:
            return
        self._name(self._text(key), self.paper.bold)
        self.row += 1
        columns = account_columns(wastes.total)
        self._heads(account_heads(columns, self.lang))
        if not self.charted:
            self._chart(self.row, len(wastes.rows), columns, self._text(key))
        for waste in wastes.rows:
            self._name(material_name(self.system, waste.material, self.lang))
            self._account(waste.account, columns, self.paper.amount)
        self._name(word("word-all", self.lang), self.paper.bold)
        self._account(wastes.total, columns, self.paper.bold_amount)
        self.row += 1

    def _account(self, account: Account, columns: Sequence[str], look: Any) -> None:
        self._numbers([getattr(account, c) for c in columns], look)
        self._numbers((None,) * len(columns) + (account.utilisation,), self.paper.share)
        self.row += 1

    def _chart(self, first: int, count: int, columns: Sequence[str], title: str) -> None:
        """A native chart of the largest wastes by fate, drawn from the table beside it."""
        self.charted = True
        chart = self.paper.book.add_chart({"type": "bar", "subtype": "stacked"})
        last = first + min(count, MOST_BARS) - 1
        for fate, colour in FATES.items():
            at = 1 + columns.index(fate)
            chart.add_series(
                {
                    "name": [NAME, first - 1, at],
                    "categories": [NAME, first, 0, last, 0],
                    "values": [NAME, first, at, last, at],
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_y_axis({"reverse": True})
        grid = {"visible": True, "line": {"color": "#D9D9D9"}}
        chart.set_x_axis({"num_format": "#,##0", "label_position": "high", "major_gridlines": grid})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 760, "height": 140 + 26 * (last - first + 1)})
        self.page.insert_chart(FIRST_ROW - 1, COLUMNS + 1, chart)

    def _crossing(self, key: str, found: Sequence[Flow]) -> None:
        """What leaves or enters, in native units, masses first and the largest of them first."""
        if not found:
            return
        self._name(self._text(key), self.paper.bold)
        self.row += 1
        self._heads([word("word-material", self.lang), word("word-amount", self.lang), ""])
        for flow in found:
            material = self.system.materials[flow.material]
            self._name(material.label[self.lang])
            self._numbers((flow.amount,), self.paper.amount)
            self.page.write_string(self.row, 2, f"{material.unit}/a", self.paper.unit)
            self.row += 1
        self.row += 1

    def _warnings(self) -> None:
        if not self.summary.warnings:
            return
        self._name(word("warnings-title", self.lang), self.paper.bold)
        for i, warning in enumerate(self.summary.warnings, self.row + 1):
            put(self.page, i, 0, warning.text(self.lang), None)
