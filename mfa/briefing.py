"""The one page for those who decide: its scenarios solved, printed elsewhere, written here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mfa.errors import Error, Fault, check_language, nearest
from mfa.input.kept_files import files_kept
from mfa.input.load import variant_label
from mfa.presentation import BriefOutline, Condition
from mfa.results.run import Run
from mfa.scenario import Scenario, load
from mfa.studies import brief as studies
from mfa.studies.brief import Chance, Curve, indicator_of, unknown_variants

MOST_CURVES = 3  # lines with their names in a chart as high as a sheet of A4 leaves room for
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Brief(studies.Brief):
    """Years × conditions × indicator, the decisions weighed, and what must be sold."""

    def to_json(self) -> dict[str, Any]:
        """The rows, decisions and sales; shares as fractions, amounts in t a year."""
        years = [r.system.period for r in self.years]
        return {
            "scenario": self.run.system.name,
            "indicator": self.target.name,
            "conditions": [
                {
                    "variants": list(r.condition.variants),
                    "values": {y: v.value for y, v in zip(years, r.values, strict=True) if v},
                }
                for r in self.rows
            ],
            "decisions": [
                {
                    "label": dict(w.decision.label),
                    "worse": {"variants": list(w.decision.worse), "value": w.worse},
                    "better": {"variants": list(w.decision.better), "value": w.better},
                }
                for w in self.weighed
            ],
            **({"chance": _chance(self.chance)} if self.chance else {}),
            "sales": {s.material: list(s.amounts) for s in self.sales},
            **({"curves": [_curve(c, self.target.name) for c in self.curves]} if self.curves else {}),
        }

    def write(self, path: str | Path, *, lang: str = "en") -> None:
        """Write the page: one self-contained HTML file that prints on one sheet of A4, en or zh.

        Raises
        ------
        mfa.Error
            another language
        mfa.Failure
            the file cannot be written
        """
        from mfa.show.files import write_atomically
        from mfa.show.report.brief_page import brief_page

        check_language(lang)
        write_atomically(Path(path), brief_page(self, lang))


def _chance(chance: Chance) -> dict[str, Any]:
    """How often the target is met by draws of the figures, and how they were drawn."""
    found, drawn = chance.found, chance.sampled.to_json()
    counts = {"met": found.met, "unproven": found.unproven, "probability": found.value, "error": found.error}
    return {"variants": list(chance.condition.variants), **counts, **drawn}


def _curve(curve: Curve, name: str) -> dict[str, Any]:
    """The values of a condition year by year, and what lies in its stocks at the end of each."""
    rows = [(r.system.period, row) for r in curve.runs for row in r.table("stocks").rows]
    at = [curve.runs[0].table("stocks").columns.index(c) for c in ("stock", "closing")]
    stocks: dict[str, dict[int, Any]] = {}
    for year, row in rows:
        stocks.setdefault(str(row[at[0]]), {})[year] = row[at[1]]
    values = {r.system.period: indicator_of(r, name).value for r in curve.runs}
    return {"variants": list(curve.condition.variants), "values": values, "stocks": stocks}


def brief(of: Scenario | str, progress: Progress = lambda done, of: None) -> Brief:
    """Solve what the section `brief:` of a scenario names: its years, under its conditions and decisions.

    A scenario without the section is told alone, as it stands and under each of its variants.

    Parameters
    ----------
    of : a scenario, or the name of one: `"jiaokou"`
    progress : called as it goes on, with how many runs are done and how many there are

    Raises
    ------
    mfa.Error
        a scenario does not load or solve, it has no target, no year offers a variant that is named, or more
        than a fifth of the draws of its figures cannot be
    """
    scenario = load(of) if isinstance(of, str) else of
    outline = scenario.system.brief
    if not outline.indicator:
        raise Error([Fault("brief-no-target", None, {"name": scenario.system.name})])
    with files_kept():
        return _made(scenario, progress)


def _made(scenario: Scenario, progress: Progress) -> Brief:
    outline = scenario.system.brief
    years = _years(scenario, outline.scenarios)
    conditions = outline.conditions or _each_variant(scenario)
    _check((*conditions, *outline.decisions), years)
    wanted = [c.variants for c in conditions]
    wanted += [v for d in outline.decisions for v in (d.worse, d.better)]
    curves = _curves(outline, conditions)
    runs = _solved(years, list(dict.fromkeys([(), *wanted])), progress)
    base = [r for r in runs[()] if r is not None]
    made = studies.brief(base[years.index(scenario)], base, conditions, runs, curves)
    told = {f.name: getattr(made, f.name) for f in fields(made)}
    return Brief(**told | {"chance": studies.chance_of(made)})


def _curves(outline: BriefOutline, conditions: Sequence[Condition]) -> list[Curve]:
    """The first conditions that the scenario through several years offers, each solved."""
    if not outline.curve:
        return []
    through = load(outline.curve)
    named = any(t.indicator == outline.indicator for t in through.system.targets)
    if not through.system.periods or not named:
        values = {"name": through.system.name, "indicator": outline.indicator}
        raise Error([Fault("brief-curve-scenario", outline.curve_at, values)])
    offered = [c for c in conditions if set(c.variants) <= set(through.variant_names)]
    return [Curve(c, load(outline.curve, variants=c.variants).solve().each) for c in offered[:MOST_CURVES]]


def _years(scenario: Scenario, files: Sequence[str]) -> list[Scenario]:
    """The scenarios of the years in their order; of its own year the scenario itself."""
    others = [load(file) for file in files]
    found = [s for s in others if s.system.period != scenario.system.period]
    return sorted([*found, scenario], key=lambda s: s.system.period)


def _each_variant(scenario: Scenario) -> tuple[Condition, ...]:
    """The scenario as it stands, and under each of its variants."""
    names = [n for n in scenario.variant_names if n not in scenario.variants]
    return (
        Condition(scenario.system.label, ()),
        *(Condition(variant_label(scenario, n), (n,)) for n in names),
    )


def _check(rows: Sequence[Any], years: Sequence[Scenario]) -> None:
    """That some year offers each variant that is named."""
    offered = {str(s.path): s.variant_names for s in years}
    known = sorted({n for names in offered.values() for n in names})
    faults = [
        Fault("brief-variant", row.place, {"id": name[:80], "near": nearest(name, known)})
        for row, name in unknown_variants(rows, offered)
    ]
    if faults:
        raise Error(faults)


def _solved(
    years: Sequence[Scenario], wanted: Sequence[tuple[str, ...]], progress: Progress
) -> dict[tuple[str, ...], list[Run | None]]:
    """Variants → the run of each year; None where it does not offer all of them."""
    runs: dict[tuple[str, ...], list[Run | None]] = {}
    for number, variants in enumerate(wanted):
        progress(number, len(wanted))
        runs[variants] = [_run(s, variants) for s in years]
    return runs


def _run(scenario: Scenario, variants: tuple[str, ...]) -> Run | None:
    if not set(variants) <= set(scenario.variant_names):
        return None
    if not variants:
        return scenario.solve()
    laid = (*scenario.variants, *variants)
    return load(scenario.path, variants=laid, levers=scenario.levers, settings=scenario.settings).solve()
