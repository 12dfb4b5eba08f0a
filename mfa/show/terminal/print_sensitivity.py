"""What `mfa sensitivity` prints: what matters most, and what to find out next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mfa.results.indicators.target import Indicator
from mfa.results.run import Run
from mfa.show.sensitivity_words import per_cent, share_name
from mfa.show.terminal.print_propagation import of_indicator
from mfa.show.terminal.table import bold, dim, line, table
from mfa.show.text import (
    figure,
    indicator_name,
    material_name,
    node_name,
    number,
    path_name,
    scenario_title,
    word,
    written,
)
from mfa.studies.sensitivity.elasticities import Slope
from mfa.studies.sensitivity.factors import By
from mfa.studies.sensitivity.found import Found
from mfa.studies.sensitivity.one_by_one import Bar
from mfa.studies.sensitivity.propagation import Propagated
from mfa.studies.sensitivity.salib_designs import Effect, Sobol
from mfa.studies.sensitivity.shares import Explained, Share, to_learn

MOST = {"figure": 10, "document": 5, "process": 5, "chain": 5}
MOST_ROWS = 20
MOST_CITED = 70  # characters of a citation


def print_sensitivity(found: Found, lang: str) -> None:
    """Print it for a person; the table has every row."""
    title = scenario_title(found.run.system, lang)
    line(bold(word(f"sensitivity-title-{found.method}", lang, scenario=title)), "\n")
    if found.solves:
        words = {"count": f"{found.solves:,}", "left": f"{found.left_out:,}"}
        line(dim(word("sensitivity-solves-taken", lang, **words)), "\n")
    for name in found.names:
        rows = [r for r in found.rows if r.indicator == name]
        _PRINTED[found.method](_Page(found, _row(found.run, name), lang), rows)


class _Page(NamedTuple):
    """What an indicator is printed with."""

    found: Found
    row: Indicator
    lang: str

    @property
    def run(self) -> Run:
        return self.found.run

    @property
    def name(self) -> str:
        return indicator_name(self.run.system, self.row.name, self.lang)

    def heads(self, *keys: str) -> list[str]:
        return [word(f"sensitivity-{k}", self.lang) if k else "" for k in keys]

    def path(self, path: str) -> str:
        return path_name([self.run.system], path, self.lang)

    def value(self, value: float | None) -> str:
        return "–" if value is None else written(self.row, value)

    def more(self, rows: Sequence[object]) -> None:
        if len(rows) > MOST_ROWS:
            line(dim(word("sensitivity-more", self.lang, count=f"{len(rows) - MOST_ROWS:,}")), "\n")


def _row(run: Run, name: str) -> Indicator:
    found = [r for r in run.indicators_named({name}) if r.name == name]
    return next((r for r in found if r.aimed), found[0])


# ---------------------------------------------------------------- shares of variance
def _samples(page: _Page, rows: Sequence[Share]) -> None:
    one = next(e for e in page.found.explained if e.indicator == page.row.name)
    line(bold(page.name))
    line("  ", word("sensitivity-spread", page.lang, **_spread(page, one)))
    if one.probability:
        bound = page.row.minimum if page.row.minimum is not None else page.row.maximum
        digits = max(2, -math.floor(math.log10(one.probability.error)))
        p, error = f"{one.probability.value:.{digits}f}", f"{one.probability.error:.{digits}f}"
        side = "min" if page.row.minimum is not None else "max"
        words = {"bound": written(page.row, bound), "p": p, "error": error}
        line("  ", word(f"sensitivity-chance-{side}", page.lang, **words))
    whole = {"share": per_cent(one.whole.value), "error": per_cent(one.whole.error)}
    key = "whole" if one.whole.value < 1 else "all"
    line("  ", dim(word(f"sensitivity-{key}", page.lang, **whole)), "\n")
    kinds: tuple[By, ...] = ("figure", "document", "process", "chain")
    for by in kinds:
        _largest(page, one, by)
    if any(s.sd_falls is not None for s in rows):
        _next(page, one)


def _spread(page: _Page, one: Explained) -> dict[str, str]:
    count = f"{one.samples:,}".replace(",", " ")
    return {"count": count, "mean": page.value(one.mean), "sd": page.value(one.sd)}


def _largest(page: _Page, one: Explained, by: By) -> None:
    found = one.largest(by, MOST[by])
    if not found:
        line(dim(word(f"sensitivity-none-{by}", page.lang)), "\n")
        return
    text = by == "figure"
    heads = page.heads(*(("", "document") if text else ("",)), "share", "error")
    cells = [
        (*share_name(page.run.system, s, page.lang, MOST_CITED), per_cent(s.share), f"± {per_cent(s.error)}")
        for s in found
    ]
    table(word(f"sensitivity-most-{by}", page.lang), heads, cells, 2 if text else 1)


def _next(page: _Page, one: Explained) -> None:
    kinds: tuple[By, ...] = ("figure", "document")
    doubted = any(s.doubt_falls is not None for s in one.shares)
    for by in kinds:
        found = to_learn(one, by, MOST[by])
        if not found:
            line(dim(word(f"sensitivity-next-none-{by}", page.lang)), "\n")
            continue
        text = by == "figure"
        doubt = ("doubt-falls", "error") if doubted else ()
        heads = page.heads(*(("", "document") if text else ("",)), "sd-falls", "error", *doubt)
        cells = [
            (*share_name(page.run.system, s, page.lang, MOST_CITED), *_falls(s, doubted=doubted))
            for s in found
        ]
        table(word(f"sensitivity-next-{by}", page.lang), heads, cells, 2 if text else 1)


def _falls(share: Share, *, doubted: bool) -> Iterator[str]:
    pairs = [(share.sd_falls, share.sd_falls_error)]
    pairs += [(share.doubt_falls, share.doubt_falls_error)] if doubted else []
    for value, error in pairs:
        yield "–" if value is None else per_cent(value)
        yield "" if error is None else f"± {per_cent(error)}"


# ---------------------------------------------------------------- others
def _local(page: _Page, found: Sequence[Slope]) -> None:
    paths = {s.path for s in found}
    rows = [s for s in found if _other_side(s.path) not in paths]
    heads = page.heads("", "value", "unit", "elasticity", "derivative", "remark")
    cells = [
        (
            page.path(s.path),
            number(s.value),
            s.unit,
            "–" if s.elasticity is None else f"{s.elasticity:+.3f}",
            f"{s.derivative:+.3g}",
            "; ".join(_remarks(page, s)),
        )
        for s in rows[:MOST_ROWS]
    ]
    table(page.name, heads, cells, last_left=True)
    page.more(rows)
    if len(rows) < len(found):
        line(dim(word("sensitivity-round", page.lang, count=len(found) - len(rows))), "\n")
    exact = sum(s.how == "exact" for s in found)
    counts = {"exact": f"{exact:,}", "differences": f"{len(found) - exact:,}"}
    line(dim(word("sensitivity-how", page.lang, **counts)), "\n")


def _other_side(path: str) -> str:
    """The coefficient of the same material on the other side of a recipe."""
    if ".inputs." in path:
        return path.replace(".inputs.", ".outputs.")
    return path.replace(".outputs.", ".inputs.") if ".outputs." in path else ""


def _remarks(page: _Page, slope: Slope) -> Iterator[str]:
    if slope.kink or slope.below is None or slope.above is None:
        sides = ("–" if x is None else f"{x:+.3g}" for x in (slope.below, slope.above))
        material = slope.kink in page.run.system.materials and slope.kink not in page.run.system.processes
        name = material_name if material else node_name
        by = name(page.run.system, slope.kink, page.lang) if slope.kink else "–"
        yield word("sensitivity-kink", page.lang, below=next(sides), above=next(sides), by=by)
    if slope.closes and slope.closes != slope.path:
        yield word("sensitivity-closes", page.lang, flow=page.path(slope.closes))


def _tornado(page: _Page, rows: Sequence[Bar]) -> None:
    assert page.found.central is not None
    central = page.value(page.found.central[page.row.name])
    heads = page.heads("", "low", "high", "at-low", "at-high")
    cells = [
        (page.path(b.path), number(b.low), number(b.high), page.value(b.at_low), page.value(b.at_high))
        for b in rows[:MOST_ROWS]
    ]
    table(word("sensitivity-central", page.lang, name=page.name, value=central), heads, cells)
    page.more(rows)


def _gaussian(page: _Page, rows: Sequence[Propagated]) -> None:
    of_indicator(page.run, rows[0], page.lang)


def _morris(page: _Page, rows: Sequence[Effect]) -> None:
    heads = page.heads("", "mu-star", "error", "mu", "sigma")
    cells = [
        (e.name, *(_plain(page, x) for x in (e.mu_star, e.error, e.mu, e.sigma))) for e in rows[:MOST_ROWS]
    ]
    table(page.name, heads, cells)
    page.more(rows)


def _plain(page: _Page, value: float | None) -> str:
    return "–" if value is None else figure(page.row, value)[0]


def _sobol(page: _Page, rows: Sequence[Sobol]) -> None:
    heads = page.heads("", "first", "error", "total", "error")
    cells = [
        (s.name, *(per_cent(x) for x in (s.first, s.first_error, s.total, s.total_error)))
        for s in rows[:MOST_ROWS]
    ]
    table(page.name, heads, cells)
    page.more(rows)


_PRINTED: Mapping[str, Callable[[_Page, Sequence], None]] = {  # type: ignore[type-arg]
    "samples": _samples,
    "local": _local,
    "tornado": _tornado,
    "gaussian": _gaussian,
    "morris": _morris,
    "sobol": _sobol,
}
