"""The drawn figures of some samples: distributions, then what depends on them or keeps a sum."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mfa.engine.network import Bools, Floats
from mfa.errors import Error, Fault
from mfa.parameters import Path, figure_at
from mfa.properties import OTHER
from mfa.studies.sampling.closing import Closing, Recipe, energy_recipe, recipe, water_recipe
from mfa.studies.sampling.conversions import follows, moves, parts, rank, ratio
from mfa.studies.sampling.spread import Shape, quantile
from mfa.studies.sampling.streams import Method, Streams, together
from mfa.studies.sampling.uncertain import Uncertain, figures, key_of, peak, uncertain
from mfa.system import Figure, Process, System, number

ROUNDING = 1e-12  # by which a drive may be above a capacity, as when files are checked


@dataclass(frozen=True)
class Draws:
    """The figures of some samples, native units.

    Attributes
    ----------
    values : path → (sample,) of what was drawn, and of what follows from it
    invalid : path → (sample,) whether its draw cannot be: a weight below 0 that should keep a sum
    held : path → how often its draw was held at another figure, such as a drive at its capacity
    """

    size: int
    values: Mapping[Path, Floats]
    invalid: Mapping[Path, Bools]
    held: Counter[Path]


@dataclass(frozen=True)
class DrawPlan:
    """What of a system is drawn, and how."""

    system: System
    seed: int
    method: Method
    count: int

    @cached_property
    def _figures(self) -> Sequence[tuple[str, Path, Figure]]:
        return list(figures(self.system))

    @cached_property
    def uncertain(self) -> tuple[Uncertain, ...]:
        """The figures that are drawn, those that others are written by first."""
        found = [u for u in self._every if not self._is_rest(u.path) and u.path not in self._through]
        faults = [Fault("outside-range", f.place, _outside(f)) for u in found if _is_outside(f := u.figure)]
        if faults:
            raise Error(faults)
        return tuple(sorted(found, key=lambda u: rank(u.path)))

    @cached_property
    def _every(self) -> list[Uncertain]:
        """All that is uncertain, whether it has a draw of its own or not."""
        return uncertain(self.system, self._figures)

    @cached_property
    def _through(self) -> Mapping[Path, Path]:
        """What passes through a process: its output → its input, both as written and spread alike."""
        default = {u.path for u in self._every if u.by_default}
        found = {}
        for process in self.system.processes.values():
            for name in process.outputs.keys() & process.inputs.keys():
                into, out = (Path("processes", process.id, (side, name)) for side in ("inputs", "outputs"))
                alike = self.central(into) == self.central(out)
                if alike and {into, out} <= default:
                    found[out] = into
        return found

    @cached_property
    def names(self) -> Mapping[Path, str]:
        """The paths of all figures, as people write them."""
        return {path: name for name, path, _ in self._figures}

    @cached_property
    def streams(self) -> Streams:
        """Where their probabilities come from."""
        keys = tuple(u.key for u in self.uncertain)
        return Streams(keys, self.seed, self.method, self.count, together(self.system, keys))

    @cached_property
    def followers(self) -> Mapping[Path, Figure]:
        """Figures that are not drawn and move with a drawn property that they are written by."""
        properties = {u.path for u in self.uncertain if is_property(u.path)}
        drawn = {u.path for u in self.uncertain}
        if not properties:
            return {}
        others = ((p, f) for _, p, f in self._figures if p not in drawn and f.written)
        return {p: f for p, f in others if not self._is_one(p) and follows(self.system, p, f, properties)}

    def _is_one(self, path: Path) -> bool:
        """Whether it is a reference or a balance, which have a value of their own."""
        match path:
            case Path("processes", key, ("inputs" | "outputs" as side, str(material))):
                found = getattr(self.system.processes[key], side)[material]
                return bool(found.balance or found.reference)
        return False

    # ------------------------------------------------------------ what keeps a sum
    @cached_property
    def _rests(self) -> Mapping[Path, tuple[Path, ...]]:
        """The part that is the rest → the other parts, of splits and of tiers."""
        return dict((*self._splits(), *self._tiers()))

    def _splits(self) -> Iterator[tuple[Path, tuple[Path, ...]]]:
        for process in self.system.processes.values():
            if process.split and process.concentration is None:
                paths = [Path("processes", process.id, ("outputs", m)) for m in process.split]
                yield self._rest_of(paths)

    def _tiers(self) -> Iterator[tuple[Path, tuple[Path, ...]]]:
        for material, pool in self.system.pools.items():
            for side, entries in (("takers", pool.takers), ("givers", pool.givers)):
                for tier in {e.tier for e in entries}:
                    mine = [e for e in entries if e.tier == tier]
                    spread = [e for e in mine if e.share.dist]
                    if spread and len(spread) < len(mine):
                        yield self._rest_of([Path("pools", material, (side, e.node, "share")) for e in mine])

    def _rest_of(self, paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
        """The last part without a written uncertainty is the rest of the others."""
        certain = [p for p in paths if not getattr(figure_at(self.system, p), "dist", "")]
        rest = (certain or list(paths))[-1]
        return rest, tuple(p for p in paths if p != rest)

    @cached_property
    def dirichlet(self) -> tuple[tuple[Path, ...], ...]:
        """The splits that are drawn by a concentration."""
        found = (p for p in self.system.processes.values() if p.split and p.concentration)
        return tuple(tuple(Path("processes", p.id, ("outputs", m)) for m in p.split) for p in found)

    def _is_rest(self, path: Path) -> bool:
        return path in self._rests or any(path in parts_ for parts_ in self.dirichlet)

    # ------------------------------------------------------------ drawing
    def block(self, start: int, size: int) -> Draws:
        """The draws of the samples from `start`, a multiple of 4."""
        values, properties = self._drawn(self.streams.block(start, size), size)
        for path, figure in self.followers.items():
            drawn = self.shape(path, figure, properties).value
            values[path] = np.broadcast_to(np.asarray(drawn, np.float64), (size,))
        invalid = self._with_rests(values, size)
        for paths in self.dirichlet:
            self._with_dirichlet(paths, values, start, size)
        self._with_compositions(values)
        values |= {out: values[into] for out, into in self._through.items()}
        self._close(values, start, size)
        return Draws(size, values, invalid, self.hold(values))

    def _drawn(
        self, u: Mapping[str, Floats], size: int
    ) -> tuple[dict[Path, Floats], dict[Path, tuple[float, Floats]]]:
        """The figures that are drawn, in their order, and the properties among them that others go by."""
        made: dict[Path, Floats] = {}
        properties: dict[Path, tuple[float, Floats]] = {}
        for one in self._moving:
            shape = self.shape(one.path, one.figure, properties, one.gsd, one.top)
            made[one.path] = quantile(one.kind, u[one.key], shape)
            if rank(one.path) < _LAST:
                properties[one.path] = one.figure.value, made[one.path]
        for kind, some, shape in self._alike:
            drawn = quantile(kind, np.array([u[one.key] for one in some]).reshape(len(some), size), shape)
            made |= zip((one.path for one in some), drawn, strict=True)
        return {one.path: made[one.path] for one in self.uncertain}, properties

    @cached_property
    def _moving(self) -> tuple[Uncertain, ...]:
        """Properties that are drawn, and the figures whose distributions move with them."""
        properties = {u.path for u in self.uncertain if rank(u.path) < _LAST}
        return tuple(
            u
            for u in self.uncertain
            if u.path in properties
            or (properties and moves(self.system, u.path, u.figure, properties))
            or u.kind == "choice"
        )

    @cached_property
    def _alike(self) -> tuple[tuple[str, tuple[Uncertain, ...], Shape], ...]:
        """The other figures by kind of distribution, with their numbers as (figure, 1) arrays."""
        apart, found = {u.path for u in self._moving}, defaultdict[str, list[Uncertain]](list)
        for one in self.uncertain:
            if one.path not in apart:
                found[one.kind].append(one)
        return tuple((kind, tuple(some), self._shapes(some)) for kind, some in found.items())

    def _shapes(self, some: Sequence[Uncertain]) -> Shape:
        shapes = [self.shape(u.path, u.figure, {}, u.gsd, u.top) for u in some]
        value, low, high, sd, gsd, top = (
            np.array([getattr(s, name) for s in shapes]).reshape(-1, 1)
            for name in ("value", "low", "high", "sd", "gsd", "top")
        )
        return Shape(value, low, high, sd, gsd, top)

    def _close(self, values: dict[Path, Floats], start: int, size: int) -> None:
        for closing in self._closing:
            u = [self.streams.further(key, 0, start, size) for key in closing.keys]
            closing.close(values, np.array(u).reshape(len(u), size), size)

    @cached_property
    def _closing(self) -> tuple[Closing, ...]:
        """Water first, then all mass, then energies, which go by what the masses have become."""
        return tuple(Closing(self._recipes(of)) for of in (water_recipe, recipe, energy_recipe))

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes with flows that are drawn by default, which keep their mass."""
        return (*self._recipes(water_recipe), *self._recipes(recipe))

    def _recipes(self, of: RecipeOf) -> tuple[Recipe, ...]:
        found: dict[str, dict[Path, float]] = {}
        apart = set(self._through.values())  # it cancels
        for one in self.uncertain:
            if one.path not in apart and one.by_default and one.path.field[:1] in (("inputs",), ("outputs",)):
                found.setdefault(one.path.member, {})[one.path] = one.gsd
        made = (of(self.system, self.system.processes[key], free) for key, free in found.items())
        return tuple(r for r in made if r is not None)

    def shape(
        self,
        path: Path,
        figure: Figure,
        properties: Mapping[Path, tuple[float, Floats]],
        gsd: float = 1.0,
        top: float = float("inf"),
    ) -> Shape:
        """The numbers of a figure's distribution, with the properties that it is written by as drawn."""
        made = parts(figure, lambda unit: ratio(self.system, path, unit, properties))
        choice = tuple(made[f"choice{i}"] for i in range(len(figure.choice)))
        numbers = {k: made[k] for k in ("low", "high", "sd") if k in made}
        return Shape(made["value"], gsd=gsd, top=top, choice=choice, **numbers)

    def _with_rests(self, values: dict[Path, Floats], size: int) -> dict[Path, Bools]:
        """Give the rest of each split and tier what the others leave of the sum."""
        invalid = {}
        for rest, others in self._rests.items():
            if not any(p in values for p in others):
                continue
            whole = sum(self.central(p) for p in (rest, *others))
            left = whole - sum(values.get(p, self.central(p)) for p in others)
            values[rest] = np.asarray(left, np.float64)
            if rest.section == "pools":  # of a split, it depends on whether the process runs
                invalid[rest] = values[rest] < 0
        return invalid

    def _with_dirichlet(
        self, paths: tuple[Path, ...], values: dict[Path, Floats], start: int, size: int
    ) -> None:
        """Parts by a Dirichlet distribution about their figures: gamma draws over their sum."""
        from scipy.special import gammaincinv

        process = self.system.processes[paths[0].member]
        central = [self.central(p) for p in paths]
        whole, concentration = sum(central), number(process.concentration)
        drawn = [
            gammaincinv(concentration * c / whole, self.streams.further(key_of(p), 0, start, size))
            for p, c in zip(paths, central, strict=True)
        ]
        total = np.maximum(sum(drawn), np.finfo(float).tiny)
        for path, one in zip(paths, drawn, strict=True):
            values[path] = np.asarray(whole * one / total)

    def central(self, path: Path) -> float:
        """The figure at a path as it is written; 0 where there is none."""
        return number(figure_at(self.system, path))

    def _with_compositions(self, values: dict[Path, Floats]) -> None:
        """A composition of more than all is brought to all; where it names all, so is one of less."""
        touched = dict.fromkeys(
            p.member for p in values if p.section == "materials" and p.field[0] == "composition"
        )
        for key in touched:
            shares = self.system.materials[key].composition
            paths = [Path("materials", key, ("composition", s)) for s in shares if s != OTHER]
            total = sum(values.get(p, self.central(p)) for p in paths)
            scale = total if OTHER not in shares else np.maximum(total, 1.0)
            for path in paths:
                values[path] = np.asarray(values.get(path, self.central(path)) / scale)

    def hold(self, values: dict[Path, Floats]) -> Counter[Path]:
        """Hold drives at drawn capacities, and what lies in a yard at its room."""
        held: Counter[Path] = Counter()
        for path, bound in self._bounds:
            if path not in values and bound not in values:
                continue
            most = values.get(bound, self.central(bound))
            now = values.get(path, self.central(path))
            above = now > most * (1 + ROUNDING)
            if np.any(above):
                held[path] += int(np.count_nonzero(above))
                values[path] = np.minimum(now, most)
        return held

    @cached_property
    def _bounds(self) -> tuple[tuple[Path, Path], ...]:
        """(figure, the figure that it cannot be above)."""
        s = self.system
        found = [
            (Path("stocks", k, ("initial",)), Path("stocks", k, ("capacity",)))
            for k, one in s.stocks.items()
            if one.initial and one.capacity
        ]
        for k in s.drive:
            if k in s.processes and s.processes[k].capacity:
                found.append((Path("drive", k), Path("processes", k, ("capacity",))))
            elif k in s.stocks and s.stocks[k].initial:
                found.append((Path("drive", k), Path("stocks", k, ("initial",))))
        return tuple(found)


RecipeOf = Callable[[System, Process, Mapping[Path, float]], Recipe | None]
_LAST = rank(Path("drive"))  # of what no other figure is written by


def is_property(path: Path) -> bool:
    """Whether other figures may be written by the one at a path."""
    return rank(path) < _LAST


def _is_outside(figure: Figure) -> bool:
    """Whether the largest point of a schedule lies outside its range."""
    bounds = figure.low, figure.high
    if bounds[0] is None or bounds[1] is None:
        return False
    room = ROUNDING * abs(figure.value)
    return not bounds[0] - room <= figure.value <= bounds[1] + room


def _outside(figure: Figure) -> Mapping[str, object]:
    whole = peak(figure) / figure.value if figure.years else 1.0
    bounds = "..".join(f"{bound * whole:.6g}" for bound in (figure.low or 0.0, figure.high or 0.0))
    text = f"{peak(figure):.6g}" if figure.years else figure.text[:60]
    return {"text": text, "range": bounds, "other": figure.place}
