"""The whole answer of many samples on arrays: every indicator, and the rows of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from mfa.engine.batch import BatchState
from mfa.engine.network import Bools, Floats, Values
from mfa.results.accounts.costs import Costs
from mfa.results.accounts.energy import factor
from mfa.results.accounts.flows import pool_node
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.sample_books import SampleBooks
from mfa.results.accounts.transport import Haul
from mfa.results.accounts.waste_plan import WastePlan
from mfa.results.accounts.waste_samples import WasteSamples
from mfa.results.indicators.indicators_of_samples import IndicatorSamples
from mfa.results.indicators.target_samples import Row, Words
from mfa.results.indicators.waste_of_samples import WasteIndicators
from mfa.results.run import Run
from mfa.studies.sampling.table_rows import Key
from mfa.system import System, number


class Answers:
    """What comes out of many samples of one network.

    Parameters
    ----------
    central : the run whose records and orders the samples share
    plan : the positions of its wastes
    system : its records with drawn figures as (sample,) arrays (`DrawnSystems.together`)
    values, state : (…, sample) figures and solutions
    """

    def __init__(
        self, central: Run, plan: WastePlan, system: System, values: Values, state: BatchState
    ) -> None:
        self.central, self.state = central, state
        self.wastes = WasteSamples(plan, values, state)
        self.ledger = Ledger(system, replace(central.compiled, values=values), state)
        books, waste = SampleBooks(self.wastes), WasteIndicators(self.wastes, central.wastes)
        self.indicators = IndicatorSamples(self.ledger, books, waste, central.wastes)

    @property
    def open(self) -> Bools:
        """(sample,) samples whose sums do not settle, so that they are left to the plain solver."""
        return self.wastes.open

    def row(self, row: Row) -> tuple[Floats, Words]:
        """(sample,) values of an indicator, NaN where there is none, and whether its bounds are kept."""
        return self.indicators.row(row)

    def table(self, name: str, keys: Sequence[Key]) -> Floats:
        """(column, row, sample) the amounts of some rows of a table."""
        flows = self.indicators.flows
        match name:
            case "flows":
                return flows.of(keys)[None]  # type: ignore[arg-type]
            case "links":
                return flows.links(keys)[None]  # type: ignore[arg-type]
            case "processes":
                return self.state.level[[self._processes[key[0]] for key in keys]][None]
            case "pools":
                at = [self._pools[key[0]] for key in keys]
                return np.array([a[at] for a in (*flows.supplied, self.state.surplus, self.state.shortage)])
            case "stocks":
                return self._stocks(keys)
            case "costs":
                at = [self._processes[key[0]] for key in keys]
                return np.array([column[at] for column in Costs(self.ledger).by_centre])
            case "transport":
                return self._transport(keys)
            case "footprints":
                return self.indicators.traced.footprints(keys)
            case "layers":
                return self.indicators.traced.layers(keys)
            case "layer_balances":
                return self.indicators.traced.balances(keys)
        raise KeyError(name)

    def _stocks(self, keys: Sequence[Key]) -> Floats:
        """(column, row, sample) opening, inflow, outflow and closing of stocks."""
        system, flows = self.ledger.system, self.indicators.flows
        stocks = [system.stocks[key[0]] for key in keys]
        opening = np.array([np.broadcast_to(number(s.initial), (self.wastes.size,)) for s in stocks])
        ends = [(s.id, s.material, pool_node(s.material)) for s in stocks]
        into, out = (
            np.array([flows.amount[flows.at[k]] if k in flows.at else self.wastes.size * [0.0] for k in of])
            for of in ([(m, pool, s) for s, m, pool in ends], [(m, s, pool) for s, m, pool in ends])
        )
        return np.array([opening, into, out, opening + (into - out) * system.span])

    def _transport(self, keys: Sequence[Key]) -> Floats:
        """(column, row, sample) wet tonnes, distance, work, freight and CO2 of hauls; NaN where not known."""
        system, haulage = self.ledger.system, self.indicators.accounts.haulage
        price, co2 = factor(system, "freight"), factor(system, "freight-co2")
        hauls: dict[Key, Haul] = {(h.material, h.source, h.target): h for h in haulage.hauls}
        made = np.zeros((5, len(keys), self.wastes.size))
        for row, haul in enumerate(hauls.get(key) for key in keys):
            if haul is not None:
                work = np.nan if haul.work is None else haul.work
                distance = np.nan if haul.distance is None else haul.distance
                for column, value in enumerate((haul.tonnes, distance, work, work * price, work * co2)):
                    made[column, row] = value
        return made

    @cached_property
    def _processes(self) -> dict[str, int]:
        return {p: i for i, p in enumerate(self.ledger.compiled.structure.processes)}

    @cached_property
    def _pools(self) -> dict[str, int]:
        return {m: i for i, m in enumerate(self.ledger.compiled.structure.pools)}
