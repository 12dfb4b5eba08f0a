"""One indicator at many values of many figures, each changed alone: all networks solved together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from mfa.parameters import Path
from mfa.results.run import Run
from mfa.studies.sensitivity.designed import Change, ChangePlan, solved

AT_ONCE = 1024  # samples of one plan, which carries the figures of these alone


def scanned(
    run: Run,
    indicator: str,
    asked: Sequence[tuple[str, Path, Sequence[float]]],
    told: Callable[[int, int], None],
) -> dict[str, dict[float, float | None]]:
    """Path → value of the figure → the indicator there, None where there is no such park.

    A coefficient of 0 makes another network; such a value is left out, for a solve of its own.

    Parameters
    ----------
    asked : path, place and values of each figure, native units
    told : called with how many figures are done, and of how many
    """
    found: dict[str, dict[float, float | None]] = {path: {} for path, _, _ in asked}
    done = 0
    for some in _parts(asked):
        changes = [(path, Change(place, x)) for path, place, values in some for x in values if x > 0]
        changes += [
            (path, Change(place, 0.0)) for path, place, values in some if 0.0 in values and not _recipe(place)
        ]
        if changes:
            plan = ChangePlan(run.system, 0, "random", len(changes), [c for _, c in changes])
            values = solved(run, plan, (indicator,), len(changes)).values[:, 0].tolist()
            for (path, change), value in zip(changes, values, strict=True):
                found[path][change.value] = None if math.isnan(value) else value
        done += len(some)
        told(done, len(asked))
    return found


def _parts(
    asked: Sequence[tuple[str, Path, Sequence[float]]],
) -> Iterator[list[tuple[str, Path, Sequence[float]]]]:
    """Some figures at a time, with no more than AT_ONCE values together."""
    some: list[tuple[str, Path, Sequence[float]]] = []
    for one in asked:
        if some and sum(len(values) for _, _, values in (*some, one)) > AT_ONCE:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _recipe(place: Path) -> bool:
    return place.section == "processes" and place.field[0] in ("inputs", "outputs")
