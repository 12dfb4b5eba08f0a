"""Sums and their weights: what a sum counts of each amount of a run gives the sum again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mfa
from mfa.catalogue import ACCOUNTS
from mfa.results.accounts.ledger import BOUNDARIES, Part
from mfa.results.accounts.waste import Account
from mfa.results.accounts.waste_weights import WasteWeights

CASES = sorted((Path(__file__).parent / "cases").glob("*/scenario.yaml"))
RUNS = ("alumina-red-mud", "jiaokou-2025", *CASES)
FIELDS = {
    "generated": "generated",
    "utilised": "utilised",
    "utilised-from-storage": "utilised_old",
    "disposed": "disposed",
    "disposed-from-storage": "disposed_old",
    "stored": "stored",
    "dumped": "dumped",
}


@pytest.fixture(scope="module", params=RUNS, ids=lambda r: r if isinstance(r, str) else r.parent.name)
def result(request: pytest.FixtureRequest) -> mfa.Result:
    """A run of a shipped scenario, or of a small park solved by hand."""
    return mfa.load(request.param).solve()


def test_weights_give_every_sum_of_the_catalogue(result: mfa.Result) -> None:
    """Σ weight · amount is the total of every sum of an indicator; only what is not known has no weights."""
    accounts = result.accounts
    names = {n for d in ACCOUNTS for n in (d.numerator, d.denominator) if n}
    assert len(names) > 30
    for name in sorted(names):
        part = accounts.sum(name)
        if np.isnan(part.total):
            assert part.weights is None
            continue
        assert part.weights is not None, name
        largest = max(abs(part.total), 1.0)
        assert accounts.ledger.counted(part.weights) == pytest.approx(part.total, abs=1e-12 * largest), name


def test_weights_of_one_sewage(result: mfa.Result) -> None:
    """So do the sums of one material."""
    for material in (m.id for m in result.system.materials.values() if m.water == "sewage"):
        for name in ("sewage", "sewage_treated"):
            part = result.accounts.sum(name, material)
            assert part.weights is not None
            assert result.accounts.ledger.counted(part.weights) == pytest.approx(part.total, rel=1e-12)


def test_weights_give_every_fate_of_waste(result: mfa.Result) -> None:
    """The account of each waste, taken from where its flows go, is the sum by weights as well."""
    weights = WasteWeights(result.accounts.ledger)
    for material, waste in result.wastes.items():
        account, found = waste.account(), weights.of([material])
        for word, field in FIELDS.items():
            value: float = getattr(account, field)
            expected = pytest.approx(value, rel=1e-12, abs=1e-12 * max(waste.size, 1.0))
            assert result.accounts.ledger.counted(found[word]) == expected, (material, word)
    everything = weights.of(result.wastes)
    total = sum((w.account() for w in result.wastes.values()), Account())
    assert result.accounts.ledger.counted(everything["generated"]) == pytest.approx(total.generated)


def test_weights_of_a_crossing_are_those_of_its_flows(result: mfa.Result) -> None:
    """What crosses the boundary by weights is what the table of flows has there."""
    ledger = result.accounts.ledger
    ones = np.ones(len(ledger.materials))
    for name in BOUNDARIES:
        part = ledger.crossing(name, ones)
        assert part.weights is not None
        assert ledger.counted(part.weights) == pytest.approx(part.total, rel=1e-12)
    flows = result.flows
    for name, column in (("import", "source"), ("export", "target"), ("surplus", "target")):
        assert ledger.crossing(name, ones).total == pytest.approx(
            flows.loc[flows[column] == name, "amount"].sum()
        )


def test_weights_of_each_flow(result: mfa.Result) -> None:
    """Each row of the table of flows is what goes between its pool and its node."""
    ledger = result.accounts.ledger
    for flow in result.flow_list:
        pool = f"pool:{flow.material}"
        ends = ("", flow.target) if flow.source == pool else (flow.source, "")
        found = ledger.counted(ledger.between(flow.material, *ends))
        assert found == pytest.approx(flow.amount, rel=1e-12), flow


def test_sums_of_sums(result: mfa.Result) -> None:
    """Weights add up, and are multiplied, as the sums are; a sum without weights leaves none."""
    accounts = result.accounts
    both = (accounts.sales - accounts.purchases) * 2.0
    assert both.weights is not None
    assert accounts.ledger.counted(both.weights) == pytest.approx(both.total, rel=1e-12)
    unknown = both.split(both.by_process) + Part(1.0, both.by_process)
    assert unknown.weights is None
