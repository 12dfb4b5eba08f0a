"""What the accounts could not count: prices, shares and compositions that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from mfa.errors import Fault
from mfa.records import System
from mfa.results.accounts import Accounts
from mfa.results.carbon import greenhouse
from mfa.results.flows import Flow
from mfa.results.indicator import Indicator
from mfa.results.layers import Substance
from mfa.results.own import uncounted

MOST_NAMES = 12
NEEDS_VALUE_ADDED = ("value-added", "energy-intensity", "water-intensity", "co2-intensity", "waste-intensity")


def account_faults(
    system: System,
    accounts: Accounts,
    rows: Sequence[Indicator],
    layers: Iterable[Substance],
    flows: Sequence[Flow],
    links: Callable[[], Sequence[Flow]],
) -> list[tuple[str, str, Fault]]:
    """(code, place, message) of everything that an account had to leave out."""
    aimed = {r.name.partition("@")[0] for r in rows if r.aimed}
    found = [*_unpriced(accounts), *_price_years(accounts), *_without_share(accounts, aimed)]
    found += _weightless_gases(accounts)
    for layer in layers:
        if layer.unknown:
            fault = Fault("layer-gap", None, {"layer": layer.name, **_names(layer.unknown)})
            found.append(("layer-gap", layer.name, fault))
        if layer.negative:
            fault = Fault("layer-negative", None, {"layer": layer.name, **_names(layer.negative)})
            found.append(("layer-negative", layer.name, fault))
    for one in system.indicators:
        for count, names in uncounted(one, flows, links, system.materials).items():
            values = {**_names(sorted(names)), "indicator": one.id, "what": count}
            fault = Fault("uncounted", None, values)
            found.append(("uncounted", one.id, fault))
    return found


def _unpriced(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    """Products that are sold without a price, where others have one."""
    b = accounts.ledger
    prices = accounts.value.prices
    if not np.any(prices):
        return []
    sold = (b.boundary["export"] > 0) & (prices == 0)
    names = [b.materials[i].id for i in np.flatnonzero(sold) if b.materials[i].kind == "product"]
    return [("unpriced", "", Fault("unpriced", None, _names(names)))] if names else []


def _weightless_gases(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    """Greenhouse gases that leave in a unit that nothing relates to tonnes."""
    b = accounts.ledger
    names = [
        m.id
        for m, left in zip(b.materials, b.boundary["emission"].tolist(), strict=True)
        if left > 0 and m.ghg and greenhouse(m) is None
    ]
    values = {**_names(names), "indicator": "co2", "what": "mass"}
    return [("uncounted", "co2", Fault("uncounted", None, values))] if names else []


def _price_years(accounts: Accounts) -> list[tuple[str, str, Fault]]:
    years = accounts.value.years
    if len(years) < 2:
        return []
    return [("price-years", "", Fault("price-years", None, {"years": ", ".join(map(str, years))}))]


def _without_share(accounts: Accounts, aimed: set[str]) -> list[tuple[str, str, Fault]]:
    """Processes with an output value but no share of value added; told where any has one or is aimed at."""
    value = accounts.value
    bare = value.uncovered
    known = any(p.value_added for p in accounts.ledger.processes)
    if not bare.sum() or not (known or aimed.intersection(NEEDS_VALUE_ADDED)):
        return []
    names = [accounts.ledger.processes[i].id for i in np.argsort(-bare, kind="stable") if bare[i] > 0]
    share = f"{float(bare.sum()) / value.output.total:.1%}".replace("%", " %")
    return [("no-value-added", "", Fault("no-value-added", None, {"share": share, **_names(names)}))]


def _names(names: Sequence[str]) -> dict[str, object]:
    more = ", …" if len(names) > MOST_NAMES else ""
    return {"names": ", ".join(names[:MOST_NAMES]) + more, "count": len(names)}
