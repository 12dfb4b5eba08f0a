"""Probabilities for the draws: a stream of its own for each figure, keyed by seed and path.

So the draws of a figure are the same in every scenario that has it, whatever else it has, and
sample i is the same however many are drawn (random and sobol).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Literal

import numpy as np

from mfa.engine.network import Floats
from mfa.errors import Error, Fault
from mfa.parameters import parse
from mfa.studies.sampling.uncertain import key_of
from mfa.system import Correlation, System

if TYPE_CHECKING:
    from scipy.stats.qmc import Sobol

Method = Literal["random", "lhs", "sobol"]
METHODS: tuple[Method, ...] = ("random", "lhs", "sobol")
MOST_SOBOL = 21_201  # dimensions that scipy has direction numbers for
PER_STEP = 4  # numbers that Philox gives a step, so that a stream can be entered at any of these
INSIDE = 2.0**-54  # half a step of the generator: no probability is 0
_ENGINE = Lock()
"""A Sobol engine stands at one place of its sequence: one thread at a time."""
LEAST_EIGENVALUE = 1e-10  # of a matrix of correlations that some figures can have


def key_hash(key: str) -> int:
    """The 64-bit hash of a path; from 2⁶³ on its last 11 bits are 0, as numpy makes a key of a list."""
    found = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
    return found if found < 2**63 else min(int(float(found)), 2**64 - 2**11)


@dataclass(frozen=True)
class Streams:
    """The probabilities of some figures.

    Attributes
    ----------
    keys : the long paths of the figures
    count : of samples in all, which `lhs` divides its range by
    together : figures that are correlated, and the lower triangle that makes them so
    """

    keys: tuple[str, ...]
    seed: int
    method: Method
    count: int
    together: tuple[tuple[str, ...], Floats] = field(default=((), np.zeros((0, 0))))

    def block(self, start: int, size: int) -> Mapping[str, Floats]:
        """Key → (sample,) probabilities of the samples from `start`, a multiple of 4, in (0, 1)."""
        if self.method == "sobol":
            found = self._sobol_block(start, size)
        elif self.method == "lhs":
            found = {key: self._stratified[key][start : start + size] for key in self.keys}
        else:
            found = dict(zip(self.keys, self._uniform(self._hashes, start, size), strict=True))
        return self._correlated(found)

    def further(self, key: str, number: int, start: int, size: int) -> Floats:
        """(sample,) the probabilities of a further draw of a figure, independent of all others."""
        found: Floats = self._uniform([key_hash(f"{key}#{number}")], start, size)[0]
        return found

    @cached_property
    def _hashes(self) -> Sequence[int]:
        return [key_hash(key) for key in self.keys]

    def _uniform(self, hashes: Sequence[int], start: int, size: int) -> Floats:
        """(key, sample) one generator set to each stream in turn, a third of the time of making it anew."""
        bits = np.random.Philox(0)
        generator, state = np.random.Generator(bits), bits.state
        made = np.empty((len(hashes), size))
        for row, one in zip(made, hashes, strict=True):
            state["state"]["key"][:] = self.seed, one
            state["state"]["counter"][:] = start // PER_STEP, 0, 0, 0
            bits.state = state
            generator.random(out=row)
        made += INSIDE
        return made

    @cached_property
    def _stratified(self) -> Mapping[str, Floats]:
        """Key → (count,) one probability in each of `count` equal parts, in an order of its own."""
        made = {}
        for key in self.keys:
            rng = np.random.Generator(np.random.Philox(key=[self.seed, key_hash(key)]))
            made[key] = (rng.permutation(self.count) + rng.random(self.count)) / self.count + INSIDE
        return made

    def _sobol_block(self, start: int, size: int) -> Mapping[str, Floats]:
        order = sorted(self.keys)
        if not order:
            return {}
        import warnings

        with _ENGINE, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of counts that are no power of 2; the docs tell it
            engine = self._sobol
            if engine.num_generated != start:
                engine.reset()
                if start:  # scipy cannot go forward by nothing from the start
                    engine.fast_forward(start)
            drawn = engine.random(size)
        drawn = np.clip(drawn, INSIDE, 1 - INSIDE)
        return {key: np.ascontiguousarray(drawn[:, i]) for i, key in enumerate(order)}

    @cached_property
    def _sobol(self) -> Sobol:
        from scipy.stats.qmc import Sobol

        if len(self.keys) > MOST_SOBOL:
            raise Error([Fault("sobol-dimensions", None, {"count": len(self.keys), "most": MOST_SOBOL})])
        return Sobol(len(self.keys), scramble=True, seed=self.seed)

    def _correlated(self, found: Mapping[str, Floats]) -> Mapping[str, Floats]:
        """With a Gaussian copula over the figures that go together; each keeps its distribution."""
        keys, triangle = self.together
        if not keys:
            return found
        from scipy.special import ndtr, ndtri

        normal = triangle @ ndtri(np.array([found[key] for key in keys]))
        mixed = np.clip(ndtr(normal), INSIDE, 1 - INSIDE)
        return {**found, **dict(zip(keys, mixed, strict=True))}


def together(system: System, keys: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """The correlated figures and the triangle by which independent normals become theirs.

    A rank correlation ρ of normals is a correlation 2·sin(π·ρ/6) (Pearson 1907).

    Raises
    ------
    mfa.Error
        a figure is not drawn, or no figures can have all these correlations
    """
    pairs = [(_key(system, c.one), _key(system, c.other), c) for c in system.correlations]
    faults = [
        Fault("correlate-certain", c.place, {"path": text[:120]})
        for one, other, c in pairs
        for key, text in ((one, c.one), (other, c.other))
        if key not in keys
    ]
    if faults:
        raise Error(faults)
    names = sorted({key for one, other, _ in pairs for key in (one, other)})
    matrix = np.eye(len(names))
    for one, other, c in pairs:
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * c.rho / 6)
    if names and np.linalg.eigvalsh(matrix)[0] < LEAST_EIGENVALUE:
        return tuple(names), _semidefinite(matrix, pairs[-1][2])
    return tuple(names), np.asarray(np.linalg.cholesky(matrix) if names else matrix, np.float64)


def _semidefinite(matrix: Floats, last: Correlation) -> Floats:
    """A root of correlations of which some are 1 or -1; a fault where there is none."""
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -LEAST_EIGENVALUE:
        raise Error([Fault("correlate-impossible", last.place, {})])
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _key(system: System, text: str) -> str:
    path = parse(text, system)
    return key_of(path) if path else ""
