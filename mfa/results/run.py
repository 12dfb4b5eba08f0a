"""One run: a solved system, and every table, account and indicator made of it when asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from mfa.checks.closure import Closure, closures
from mfa.engine.compile import Compiled
from mfa.engine.network import GainError, LostError, OrderError, State
from mfa.engine.returns import with_shares, without_shares
from mfa.errors import Error, Fault, FaultWithoutPlace, check_language, nearest
from mfa.properties import layer
from mfa.results import tables
from mfa.results.accounts import flows
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.costs import CentreCost, Costs
from mfa.results.accounts.footprint import Footprint, Footprints, check_allocation
from mfa.results.accounts.layer_contents import LayerContents
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.overfull import Overfull, overfull
from mfa.results.accounts.substances import Compositions, Substance
from mfa.results.accounts.waste import WasteFlow
from mfa.results.accounts.waste_flows import waste_flows
from mfa.results.carbon_gaps import Hole, holes
from mfa.results.indicators import evaluate
from mfa.results.indicators.custom import ChosenFlows, layers_of
from mfa.results.indicators.target import Indicator
from mfa.results.reasons import Reasons
from mfa.results.unsolved import gain_fault, lost_fault, order_fault
from mfa.results.warnings import RunWarning, account_faults, run_warnings
from mfa.system import Allocation, System

if TYPE_CHECKING:
    import pandas as pd


TABLES = ("flows", "links", "processes", "pools", "stocks", "indicators", "balances", "warnings")
MORE_TABLES = ("layers", "layer_balances", "costs", "footprints", "transport")


@dataclass(frozen=True, eq=False)
class Run:
    """A system and its solution; equal only to itself.

    The tables are pandas DataFrames: `flows`, `links`, `processes`, `pools`, `stocks`,
    `indicators` (indexed by `indicator`), `balances`, `warnings`. `table(name)` gives the
    same without pandas.
    """

    system: System
    compiled: Compiled
    state: State

    def table(self, name: str, lang: str = "en") -> tables.Table:
        """A table by its name; `lang` is the language of the warnings' words.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        check_language(lang)
        s, c, x = self.system, self.compiled, self.state
        match name:
            case "flows":
                return tables.flows(s, self.flow_list)
            case "links":
                return tables.links(s, self.link_list)
            case "processes":
                return tables.processes(s, c, x)
            case "pools":
                return tables.pools(s, c, x, self.flow_list)
            case "stocks":
                return tables.stocks(s, c, x)
            case "indicators":
                return tables.indicators(s, self.indicator_list)
            case "balances":
                return tables.balances(self.closures)
            case "warnings":
                return tables.warnings(s, self.warning_list, lang)
            case "layers":
                found = ((n, self.layer(n).flows(self.flow_list)) for n in s.layers)
                return tables.layers(s, found)
            case "layer_balances":
                return tables.layer_balances(s, (b for n in s.layers for b in self.layer(n).balances()))
            case "costs":
                return tables.costs(s, self.costs_list)
            case "transport":
                return tables.transport(s, self.accounts.haulage)
            case "footprints":
                return tables.footprints(s, self.footprints().rows)
        raise KeyError(name)

    @property
    def written(self) -> tuple[str, ...]:
        """The tables that a run writes: costs where anything has a price, others where they are asked for."""
        asked = {
            **dict.fromkeys(("layers", "layer_balances"), bool(self.system.layers)),
            "costs": bool(self.costs_list),
            "footprints": self.system.allocation is not None,
            "transport": self.accounts.haulage.asked,
        }
        return (*TABLES, *(name for name in MORE_TABLES if asked[name]))

    @cached_property
    def flow_list(self) -> list[flows.Flow]:
        """The flows as records."""
        return flows.flows(self.compiled, self.state)

    @cached_property
    def link_list(self) -> list[flows.Flow]:
        """The links as records."""
        return flows.links(self.flow_list)

    @cached_property
    def closures(self) -> list[Closure]:
        """The closure of every recipe."""
        return closures(self.system)

    @cached_property
    def wastes(self) -> dict[str, WasteFlow]:
        """Where each waste goes."""
        return waste_flows(self.accounts.ledger)

    @cached_property
    def indicator_list(self) -> list[Indicator]:
        """The indicators as records."""
        return evaluate.indicators(self)

    def indicators_named(self, names: Collection[str]) -> list[Indicator]:
        """The rows of some indicators; nothing else is worked out (`evaluate.indicators`).

        Raises
        ------
        mfa.Error
            a substance has no steady state
        """
        return evaluate.indicators(self, frozenset(names))

    @cached_property
    def chosen_flows(self) -> ChosenFlows:
        """What the scenario's own indicators count."""
        contents = cache(lambda name: LayerContents(self.layer(name)))
        return ChosenFlows(self.system.materials, self.flow_list, lambda: self.link_list, contents)

    @cached_property
    def carbon_holes(self) -> list[Hole]:
        """What the CO2 account may miss or invent."""
        return holes(self.accounts)

    @cached_property
    def accounts(self) -> Accounts:
        """Energy, carbon, water, value and resources."""
        return Accounts(Ledger(self.system, self.compiled, self.state))

    @cached_property
    def compositions(self) -> Compositions:
        """The elements in every material."""
        return Compositions(self.accounts.ledger)

    def layer(self, name: str) -> Substance:
        """The layer of an element (`Ga`), oxide or declared substance (`ash`): kg a year on every flow.

        Raises
        ------
        mfa.Error
            the name is none of these
        """
        try:
            found = layer(name, self.system.substances)
        except FaultWithoutPlace as unplaced:
            raise Error([unplaced.at(None)]) from None
        if name not in self._layers:
            self._layers[name] = Substance(found, self.compositions)
        return self._layers[name]

    @cached_property
    def _layers(self) -> dict[str, Substance]:
        """The layers asked for so far."""
        return {}

    @cached_property
    def costs(self) -> Costs:
        """Material flow cost accounting."""
        return Costs(self.accounts.ledger)

    @cached_property
    def costs_list(self) -> list[CentreCost]:
        """The costs of every quantity centre; empty where nothing has a price."""
        return self.costs.centres() if self.costs.bought > 0 else []

    def footprints(self, allocation: Allocation | None = None) -> Footprints:
        """The footprints of all products, by one rule of allocation; None is the run's own, or mass."""
        rule: Allocation = allocation or self.system.allocation or "mass"
        if rule not in self._footprints:
            self._footprints[rule] = Footprints(self.accounts, rule)
        return self._footprints[rule]

    @cached_property
    def _footprints(self) -> dict[Allocation, Footprints]:
        """The footprints asked for so far."""
        return {}

    def recovery(self, name: str) -> float | None:
        """The share of an element or oxide recovered; None where none enters."""
        return self.layer(name).recovery

    def footprint_co2(self, material: str) -> float | None:
        """CO2 equivalent, t, in one native unit; None where the run has none of it."""
        b = self.accounts.ledger
        pools = b.compiled.structure.pools
        if material not in pools or not (b.made + b.entering)[pools.index(material)] > 0:
            return None
        return self.footprints().of(material).co2

    def footprint(self, product: str, *, allocation: Allocation | None = None) -> Footprint:
        """CO2, energy and waste behind one native unit of a material, gate to gate.

        Parameters
        ----------
        allocation : `mass`, `energy`, `value` or `main`, where a process does not say its own; None is
            the run's rule, or mass

        Raises
        ------
        mfa.Error
            no such material in this run, or no such rule
        """
        check_allocation(allocation)
        if product not in self.compiled.structure.pools:
            values = {"id": product[:60], "near": nearest(product, self.compiled.structure.pools)}
            raise Error([Fault("footprint-unknown", None, values)])
        return self.footprints(allocation).of(product)

    @cached_property
    def warning_list(self) -> list[RunWarning]:
        """The warnings as records."""
        return run_warnings(
            self.system,
            self.compiled,
            self.state,
            self.wastes,
            self.indicator_list,
            self.closures,
            self._doubts,
            self.carbon_holes,
        )

    @property
    def _doubts(self) -> list[RunWarning]:
        return account_faults(
            self.system, self.accounts, self.indicator_list, self._followed, self.overfull, self.chosen_flows
        )

    @property
    def _followed(self) -> list[Substance]:
        """The layers that the scenario lists, then those that only its own indicators count."""
        names = dict.fromkeys((*self.system.layers, *layers_of(self.system.indicators)))
        return [self.layer(n) for n in names]

    @cached_property
    def overfull(self) -> list[Overfull]:
        """Outputs that cannot hold what the layers put into them."""
        return overfull(self._followed)

    @cached_property
    def reasons(self) -> Reasons:
        """Why each process runs as high as it does."""
        return Reasons(self.accounts.ledger)

    @cached_property
    def lacking(self) -> dict[str, str]:
        """Running processes one of whose inputs is in shortage → that input."""
        short = {
            m
            for m, a in zip(self.compiled.structure.pools, self.state.shortage.tolist(), strict=True)
            if a > 0
        }
        level = dict(zip(self.compiled.structure.processes, self.state.level.tolist(), strict=True))
        lacking = {}
        for process in self.system.processes.values():
            missing = [m for m in process.inputs if m in short]
            if missing and level[process.id] > 0:
                lacking[process.id] = missing[0]
        return lacking

    @property
    def targets_met(self) -> bool:
        """Whether every target has a value, is met and proven."""
        aimed = (r for r in self.indicator_list if r.aimed)
        return all(r.met == "true" for r in aimed)

    @property
    def flows(self) -> pd.DataFrame:
        """One row a (period, material, source, target), amounts > 0, native units a year."""
        return self.table("flows").frame()

    @property
    def links(self) -> pd.DataFrame:
        """Flows without pools: supplier → taker."""
        return self.table("links").frame()

    @property
    def processes(self) -> pd.DataFrame:
        """Level, capacity, use and driver of every process."""
        return self.table("processes").frame()

    @property
    def pools(self) -> pd.DataFrame:
        """Supply, demand, surplus and shortage of every pool."""
        return self.table("pools").frame()

    @property
    def stocks(self) -> pd.DataFrame:
        """Opening, inflow, outflow and closing of every stock."""
        return self.table("stocks").frame()

    @property
    def indicators(self) -> pd.DataFrame:
        """Indicators and targets, indexed by `indicator`."""
        return self.table("indicators").frame().set_index("indicator")

    @property
    def balances(self) -> pd.DataFrame:
        """Closure of every recipe, layer by layer."""
        return self.table("balances").frame()

    @property
    def warnings(self) -> pd.DataFrame:
        """What the run warns of."""
        return self.table("warnings").frame()

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """All tables as lists of rows, ready for `json.dumps`.

        Raises
        ------
        mfa.Error
            another language than `en` and `zh`
        """
        made: dict[str, Any] = {"scenario": self.system.name, "period": self.system.period}
        for name in self.written:
            table = self.table(name, lang)
            made[name] = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        made["solver"] = {
            "method": self.state.method,
            "iterations": self.state.iterations,
            "residual": self.state.residual,
        }
        return made


def solve_compiled(system: System, compiled: Compiled) -> Run:
    """Solve the network of a system and name what cannot be solved.

    Raises
    ------
    mfa.Error
        lists that contradict each other, or a recycle of gain >= 1
    """
    from mfa.engine.solver import solve_wired

    try:
        state = solve_wired(compiled.wiring, with_shares(compiled.values, compiled.returns))
    except GainError as error:
        raise Error([gain_fault(system, compiled, error)]) from None
    except LostError as error:
        raise Error([lost_fault(system, compiled, error)]) from None
    except OrderError as error:
        raise Error([order_fault(compiled, error)]) from None
    state, values = without_shares(state, compiled.values, compiled.returns)
    return Run(system, compiled.with_values(values), state)
