"""Everything that can be said of a system before anybody trusts a number of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mfa.checks import lists
from mfa.checks.carbon_closure import carbon_gaps
from mfa.checks.closure import Closure, EnergyRatio, closures, energies, open_recipe
from mfa.checks.residues import unstated
from mfa.checks.standing import standing
from mfa.engine.compile import compile_system
from mfa.engine.cycles import standing_recycles
from mfa.errors import Fault, Place
from mfa.system import System


@dataclass(frozen=True)
class Check:
    """What `mfa check` found in one file.

    Attributes
    ----------
    closures, energies : per process
    warnings : worth knowing, whatever the file is for
    strict_faults : what `--strict` does not let pass
    """

    file: str
    system: System
    closures: tuple[Closure, ...]
    energies: tuple[EnergyRatio, ...]
    warnings: tuple[Fault, ...]
    strict_faults: tuple[Fault, ...]

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The same for `json.dumps`."""
        return {
            "file": self.file,
            "closures": [
                {
                    "process": c.process,
                    "layer": c.layer,
                    "error": c.error,
                    "closes": c.closes,
                    "reason": c.reason,
                }
                for c in self.closures
            ],
            "energies": [{"process": e.process, "ratio": e.ratio} for e in self.energies],
            "figures": dict(standing(self.system)),
            "warnings": [f.text(lang) for f in self.warnings],
            "strict": [f.text(lang) for f in self.strict_faults],
        }


def check_system(system: System, file: str, later: Iterable[System] = ()) -> Check:
    """Closure of every recipe, energies, and what is worth knowing of a system that was read from a file.

    Parameters
    ----------
    later : that system in the periods after the first, where some recipes may be others
    """
    found = tuple(closures(system))
    ratios = tuple(energies(system))
    strict = [*_strict(system, found, ratios), *_in_later(system, found, ratios, later)]
    return Check(file, system, found, ratios, tuple(_warnings(system)), tuple(strict))


def _in_later(
    system: System, found: Sequence[Closure], ratios: Sequence[EnergyRatio], later: Iterable[System]
) -> Iterator[Fault]:
    """What closes in the first period and not in a later one; of each the first year in which it does not."""
    told = {(c.process, c.layer) for c in found if not c.closes}
    told |= {(e.process, "") for e in ratios if not e.plausible}
    for year in later:
        part = _changed(system, year)
        wrong = [((c.process, c.layer), open_recipe(year, c)) for c in closures(part) if not c.closes]
        wrong += [((e.process, ""), _above_one(e, None)) for e in energies(part) if not e.plausible]
        for key, fault in wrong:
            if key not in told:
                told.add(key)
                values = {"year": year.period, "fault": fault.text("en"), "fault_zh": fault.text("zh")}
                yield Fault("in-year", year.processes[key[0]].place, values)


def _changed(first: System, year: System) -> System:
    """The system with those processes alone whose recipe, or a material of it, is another than at first."""
    moved = {k for k, m in year.materials.items() if m is not first.materials.get(k)}
    kept = {
        k: p
        for k, p in year.processes.items()
        if p is not first.processes.get(k) or moved.intersection((*p.inputs, *p.outputs))
    }
    return replace(year, processes=kept)


def _warnings(system: System) -> list[Fault]:
    made = [*system.notes, *lists.serving_few(system)]
    names = lists.idle(system)
    if names:
        made.append(Fault("idle", None, {"names": ", ".join(names), "count": len(names)}))
    hourly = lists.whole_year(system)
    if hourly:
        made.append(Fault("whole-year", None, {"names": ", ".join(hourly)}))
    made += lists.outside_bounds(system)
    compiled = compile_system(system)
    for cycle, gain in standing_recycles(compiled.structure, compiled.values):
        s = compiled.structure
        names_ = [s.pools[n] if i % 2 == 0 else f"[{s.processes[n]}]" for i, n in enumerate(cycle)]
        values = {"cycle": " → ".join([*names_, names_[0]]), "gain": f"{gain:.4g}"}
        made.append(Fault("gain-not-reached", None, values))
    return made


def _above_one(found: EnergyRatio, place: Place | None) -> Fault:
    return Fault("energy-above-one", place, {"process": found.process, "ratio": f"{found.ratio:.3g}"})


def _strict(system: System, found: tuple[Closure, ...], ratios: tuple[EnergyRatio, ...]) -> list[Fault]:
    made = [open_recipe(system, c, system.processes[c.process].place) for c in found if not c.closes]
    made += [_above_one(e, system.processes[e.process].place) for e in ratios if not e.plausible]
    made += lists.without_source(system)
    made += unstated(system)
    made += [gap.fault(system) for gap in carbon_gaps(system)]
    made += lists.outside_bounds(system)
    made += lists.sold_without_limit(system)
    return made
