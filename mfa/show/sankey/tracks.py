"""Where in a gap between columns each steep band goes up or down, so that parallel ones lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mfa.show.sankey.shapes import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEEP = 40.0
APART = 3.0
ROUND = 0.72
LEAST_HALF = 24.0
WIDEST = 320.0
PLACES = 9


class Rise(NamedTuple):
    """A band that changes height in a gap: its ends, left and right, and its width."""

    left: float
    right: float
    width: float


class Track(NamedTuple):
    """The part of a gap in which a band bends, measured from the gap's left side."""

    start: float
    stop: float


class Channel(NamedTuple):
    """The tracks of a gap (none for a band that may use all of it) and the width that they need."""

    tracks: list[Track | None]
    width: float

    def moved(self, by: float) -> Channel:
        """All tracks shifted to the right."""
        return Channel(
            [track and Track(track.start + by, track.stop + by) for track in self.tracks], self.width
        )


def channel(rises: Sequence[Rise]) -> Channel:
    """Tracks for the steep bands of a gap, and for those that run beside or across them.

    Of two that go down side by side the lower bends first, of two that go up the upper:
    so neither passes through the other. Bands that share no height share a track.
    """
    if not rises:
        return Channel([], 0.0)
    table = np.array(rises)
    left, right, width = table.T
    half = np.maximum(ROUND * width, LEAST_HALF)
    broad = _broad(table, half).tolist()
    rivals = _rivals(table)
    down = (right > left).tolist()
    placed: dict[int, float] = {}
    turns = np.flatnonzero([bool(those) for those in rivals]).tolist()
    for i in sorted(turns, key=lambda i: (down[i], -left[i] if down[i] else left[i], i)):
        first, taken = float(half[i]), []
        for j in rivals[i]:
            if j in placed:
                apart = broad[i] + broad[j] + APART
                taken.append((placed[j], apart))
                if down[i] == down[j] and (left[j] < left[i]) == (right[j] < right[i]):
                    first = max(first, placed[j] + apart)
        placed[i] = _free(first, taken)
    middle = np.full(len(rises), np.nan)
    middle[list(placed)] = list(placed.values())
    used = ~np.isnan(middle)
    if not used.any():
        return Channel([None] * len(rises), 0.0)
    middle = _within(middle, half, used)
    tracks = [
        Track(float(m - h), float(m + h)) if u else None for m, h, u in zip(middle, half, used, strict=True)
    ]
    return Channel(tracks, max(track.stop for track in tracks if track))


def _rivals(table: Floats) -> list[list[int]]:
    """For each band those that share heights with it, one of the two being steep."""
    left, right, width = table.T
    low = np.minimum(left, right) - width / 2 - 1
    high = np.maximum(left, right) + width / 2 + 1
    steep = np.abs(right - left) > STEEP
    shared = (low[:, None] < high) & (low < high[:, None]) & (steep[:, None] | steep)
    np.fill_diagonal(shared, False)
    return [np.flatnonzero(row).tolist() for row in shared]


def _broad(table: Floats, half: Floats) -> Floats:
    """How far each band reaches to either side where it climbs: more where it does so aslant."""
    left, right, width = table.T
    tall, run = np.abs(right - left), 2 * half
    flat = run - 2 * np.minimum((run * run + tall * tall) / (4 * run), 0.42 * run)
    found: Floats = np.minimum(width / 2 * np.hypot(tall, flat) / tall, half)
    return found


def _free(first: float, taken: Sequence[tuple[float, float]]) -> float:
    """The first place from `first` on that keeps its distance from all that are taken."""
    at = first
    for place, apart in sorted(taken, key=sum):
        if abs(place - at) < apart - 1e-9:
            at = place + apart
    return at


def _within(middle: Floats, half: Floats, used: NDArray[np.bool_]) -> Floats:
    """The tracks drawn together where they would need too much room."""
    need = float((middle + half)[used].max())
    if need <= WIDEST:
        return middle
    start = half[used].min()
    last = float(middle[used].max())
    squeezed: Floats = np.maximum(start + (middle - start) * (WIDEST - start) / (last - start), half)
    return squeezed


def settled(lane: Channel, rises: Sequence[Rise], run: float, labels: Sequence[Box]) -> Channel:
    """The tracks shifted within a gap of width `run` to where they cut the fewest labels."""
    slack = run - lane.width
    if slack <= 0 or not any(lane.tracks):
        return lane
    shifts = [slack * i / (PLACES - 1) for i in range(PLACES)]
    spans = [
        ((t.start + t.stop) / 2, r.width / 2, min(r.left, r.right), max(r.left, r.right))
        for t, r in zip(lane.tracks, rises, strict=True)
        if t
    ]
    middle, half, low, high = np.array(spans).T[:, :, None]
    x0, y0, x1, y1 = np.array([(b.x0, b.y0, b.x1, b.y1) for b in labels] or [(0.0, 0.0, 0.0, 0.0)]).T
    tall = (low < y1) & (y0 < high)
    cut = [int((tall & (middle + by - half < x1) & (x0 < middle + by + half)).sum()) for by in shifts]
    best = min(range(PLACES), key=lambda i: (cut[i], abs(i - PLACES // 2), i))
    return lane.moved(shifts[best])
