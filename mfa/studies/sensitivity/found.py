"""What a question about sensitivity gives: rows for each figure or group, and the table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mfa.results.run import Run
from mfa.results.tables import Cell, Table
from mfa.studies.sensitivity.elasticities import Slope
from mfa.studies.sensitivity.one_by_one import Bar
from mfa.studies.sensitivity.propagation import Propagated
from mfa.studies.sensitivity.salib_designs import Effect, Sobol
from mfa.studies.sensitivity.shares import Explained, Share

Method = Literal["samples", "local", "tornado", "gaussian", "morris", "sobol"]
METHODS: tuple[Method, ...] = get_args(Method)
WORDS = ("indicator", "by", "name", "document", "path", "unit", "kink", "closes", "how", "nonlinear")
COLUMNS: Mapping[Method, tuple[str, ...]] = {
    "samples": Share._fields,
    "local": Slope._fields,
    "tornado": Bar._fields,
    "gaussian": Propagated._fields,
    "morris": Effect._fields,
    "sobol": Sobol._fields,
}


@dataclass(frozen=True)
class Found:
    """How indicators depend on the figures of a run.

    Attributes
    ----------
    rows : what the method gives, each indicator's largest first
    explained : of `samples`, each indicator's spread beside its shares
    central : of `tornado`, indicator → its value as the figures are written
    solves, left_out : of `morris` and `sobol`, networks solved, and trajectories or points left out
    """

    run: Run
    method: Method
    names: tuple[str, ...]
    rows: Sequence[Share] | Sequence[Slope] | Sequence[Bar] | Sequence[Propagated] | Sequence[Effect | Sobol]
    explained: Sequence[Explained] = ()
    central: Mapping[str, float] | None = None
    solves: int = 0
    left_out: int = 0

    @property
    def table(self) -> Table:
        """A row for each figure, or group of figures, of each indicator."""
        columns = COLUMNS[self.method]
        rows: list[tuple[Cell, ...]] = [tuple(row) for row in self.rows]
        return Table(self.method, columns, rows, {c for c in columns if c not in WORDS})
