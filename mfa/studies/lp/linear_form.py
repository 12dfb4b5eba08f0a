"""Linear forms over the variables of a programme."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LinearForm:
    """A linear form: weights of variables by column."""

    columns: tuple[int, ...]
    weights: tuple[float, ...]

    def minus(self, other: LinearForm, factor: float) -> LinearForm:
        """The form less a multiple of another."""
        return LinearForm(
            self.columns + other.columns, self.weights + tuple(-factor * w for w in other.weights)
        )


def total(forms: list[LinearForm]) -> LinearForm:
    """The sum of forms."""
    return LinearForm(tuple(c for f in forms for c in f.columns), tuple(w for f in forms for w in f.weights))
