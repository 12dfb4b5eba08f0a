"""What a notebook shows of a scenario, a result and a picture: HTML, every text escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mfa.catalogue import unit
from mfa.errors import Error, message
from mfa.results.accounts.flows import Flow
from mfa.results.indicators.target import Indicator
from mfa.show.headline import headline_notes
from mfa.show.sankey.cell import framed
from mfa.show.sankey.labels import word as side
from mfa.show.summary import Summary
from mfa.show.text import (
    account_cells,
    account_columns,
    account_heads,
    indicator_name,
    material_name,
    mega,
    more_digits,
    node_name,
    scenario_title,
    written,
)
from mfa.system import System

if TYPE_CHECKING:
    from mfa.input.load import Loaded
    from mfa.results.run import Run

LANG = "en"
MARKS = {"true": "✓", "false": "✗", "unproven": "?"}
MOST_ROWS = 12  # of a table in a cell; the tables hold all

Call = Callable[[Mapping[str, Any]], str]


def scenario_html(scenario: Loaded) -> str:
    """What a scenario is: its parts, what drives it, what it aims at."""
    system = scenario.system
    chains = ", ".join(sorted({p.chain for p in system.processes.values() if p.chain})) or "–"
    counts = {"processes": len(system.processes), "pools": len(system.pools), "stocks": len(system.stocks)}
    parts = [_head(scenario_title(system, LANG)), _line(_word("scenario", chains=chains, **counts))]
    if scenario.variant_names:
        parts.append(_line(_word("variants", names=", ".join(scenario.variant_names))))
    if scenario.lever_levels:
        levers = (f"{k} ({', '.join(levels)})" for k, levels in scenario.lever_levels.items())
        parts.append(_line(_word("levers", names=", ".join(levers))))
    driven = [(node_name(system, k, LANG), drive.text) for k, drive in system.drive.items()]
    parts.append(_table([_word("driven"), ""], driven))
    own = {o.id: o for o in system.indicators}
    rows = [
        Indicator(
            t.indicator,
            None,
            unit(t.indicator, system.materials, system.processes, own),
            t.minimum,
            t.maximum,
        )
        for t in system.targets
    ]
    parts.append(_table([_word("target"), _word("bound")], [(row.name, _bounds(row)) for row in rows]))
    return _block(parts)


def result_html(result: Run, call: Call = lambda options: "") -> str:
    """The answer of a run first: targets, wastes, what is over or short, then the flows and where tables are.

    Parameters
    ----------
    call : options of a picture → the command that draws it, which its page tells
    """
    system, summary = result.system, Summary(result)
    heads = [_word("target"), _word("value"), _word("bound"), _word("holds")]
    parts = [_head(scenario_title(system, LANG))]
    targets = [_target(r, system) for r in summary.targets]
    parts.append(_table(heads, targets) or _line(_word("no-targets")))
    parts += [_line(note) for note in headline_notes(summary, LANG)]
    found = summary.wastes()
    columns = account_columns(found.total)
    wastes = [
        (material_name(system, w.material, LANG), *account_cells(w.account, columns))
        for w in found.rows[:MOST_ROWS]
    ]
    parts.append(_table(account_heads(columns, LANG), wastes))
    gaps = [_gap(f, system) for f in summary.gaps[:MOST_ROWS]]
    parts.append(_table([_word("gaps"), ""], gaps))
    parts.append(_flows(result, call))
    names = ", ".join(
        f"result.{n}" if n in _properties(result) else f"result.table('{n}')" for n in result.written
    )
    parts.append(_line(_word("tables", names=names, count=len(result.warning_list))))
    return _block(parts)


def _flows(result: Run, call: Call) -> str:
    """The flows of a run as the page of the report's picture; nothing of a run without flows."""
    from mfa.show.sankey.diagram import sankey
    from mfa.show.sankey.overview import overview

    options = overview(result)
    try:
        made = sankey(result, page=True, call=call(options), **options)
    except Error:  # nothing that flows has a mass or an energy
        return ""
    return framed(made.page(), _word("flows"))


def scenario_text(scenario: Loaded) -> str:
    """One line: name and size."""
    system = scenario.system
    return f"<Scenario {system.name!r}: {len(system.processes)} processes, {len(system.pools)} pools>"


def result_text(result: Run) -> str:
    """One line: name and how many targets hold."""
    targets = Summary(result).targets
    met = sum(r.met == "true" for r in targets)
    return f"<Result of {result.system.name!r}: {met} of {len(targets)} targets met>"


def _word(key: str, **values: object) -> str:
    return message(f"notebook-{key}", values, LANG)


def _target(row: Indicator, system: System) -> tuple[str, ...]:
    more = max((more_digits(row, b) for b in (row.minimum, row.maximum) if b is not None), default=0)
    value = "–" if row.value is None else written(row, more=more)
    return indicator_name(system, row.name, LANG), value, _bounds(row, more), MARKS.get(row.met, "–")


def _bounds(row: Indicator, more: int = 0) -> str:
    bounds = [
        f"{sign} {written(row, bound, more)}"
        for sign, bound in (("≥", row.minimum), ("≤", row.maximum))
        if bound is not None
    ]
    return ", ".join(bounds)


def _gap(flow: Flow, system: System) -> tuple[str, str]:
    """What a pool has over or lacks."""
    sign = "surplus" if flow.target == "surplus" else "shortage"
    name = f"{material_name(system, flow.material, LANG)}: {side(sign, LANG)}"
    return name, mega(flow.amount, f"{system.materials[flow.material].unit}/a")


def _properties(result: Run) -> set[str]:
    return {n for n in result.written if isinstance(getattr(type(result), n, None), property)}


def _head(text: str) -> str:
    return f"<strong>{escape(text)}</strong>"


def _line(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column is text, the others numbers; nothing where there are no rows."""
    cells = [list(row) for row in rows]
    if not cells:
        return ""
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{"right" if i else "left"}">{escape(cell)}</td>'
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in cells
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _block(parts: Iterable[str]) -> str:
    return f'<div class="mfa">{"".join(part for part in parts if part)}</div>'
