"""Derivatives of accounts by the amounts of a run, against the accounts at amounts a little aside."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import mfa
from mfa.result import Result
from mfa.results.accounts.accounts import Accounts
from mfa.results.accounts.ledger import Ledger
from mfa.results.accounts.waste import Account
from mfa.results.accounts.waste_flows import WasteAccounts
from mfa.results.accounts.waste_slopes import WasteSlopes

FIELDS = tuple(Account.__dataclass_fields__)
STEP = 1e-5


@cache
def run(name: str) -> Result:
    """A shipped scenario, solved once."""
    return mfa.load(name).solve()


def aside(ledger: Ledger, moves: dict[str, np.ndarray], step: float) -> Ledger:
    """All amounts moved, each by its own share."""
    s, v = ledger.state, ledger.compiled.values
    parts = ("level", "handed", "surplus", "shortage")
    state = replace(s, **{n: getattr(s, n) * (1 + step * moves[n]) for n in parts})
    arrays = {n: getattr(v, n) * (1 + step * moves[n]) for n in ("coefficient", "outside")}
    return Ledger(ledger.system, replace(ledger.compiled, values=replace(v, **arrays)), state)


def drawn(ledger: Ledger, seed: int) -> dict[str, np.ndarray]:
    """By which share each amount moves."""
    dice, s, v = np.random.default_rng(seed), ledger.state, ledger.compiled.values
    arrays = {n: getattr(s, n) for n in ("level", "handed", "surplus", "shortage")}
    arrays |= {"coefficient": v.coefficient, "outside": v.outside}
    return {n: dice.normal(size=len(a)) for n, a in arrays.items()}


@pytest.mark.parametrize("name", ["jiaokou-2030", "jiaokou-2021", "alumina-red-mud", "chain-coal"])
def test_accounts_of_wastes(name: str) -> None:
    """Random worths of all fields, of all wastes and of some alone: residues, yards, uptake among them."""
    ledger = run(name).accounts.ledger
    books = WasteAccounts(ledger)
    wastes = [m.id for m in ledger.materials if m.waste and not m.residue_of and books.arises(m.id)]
    slopes, dice = WasteSlopes(ledger), np.random.default_rng(5)
    for some in (wastes, *([w] for w in wastes[:6])):
        worth = {f: float(dice.normal()) for f in FIELDS}
        found, moves = slopes.of(some, worth), drawn(ledger, len(some))
        moves["coefficient"] = np.where(found.kinks > 0, 0.0, moves["coefficient"])

        def counted(step: float, some: list[str] = some, moves: dict[str, np.ndarray] = moves) -> Account:
            there = WasteAccounts(aside(ledger, moves, step))
            return sum((there.flow(w).account() for w in some), Account())

        above, below = counted(STEP), counted(-STEP)
        change = sum(w * (getattr(above, f) - getattr(below, f)) for f, w in worth.items()) / (2 * STEP)
        size = sum(abs(w * getattr(above, f)) for f, w in worth.items())
        w, s, v = found.weights, ledger.state, ledger.compiled.values
        amounts = ledger.amount * (moves["level"][ledger.process] + moves["coefficient"])
        expected = float(
            w.flow @ amounts
            + w.entry @ (s.handed * moves["handed"])
            + w.outside @ (v.outside * moves["outside"])
            + w.surplus @ (s.surplus * moves["surplus"])
            + w.shortage @ (s.shortage * moves["shortage"])
            + found.coefficient @ (v.coefficient * moves["coefficient"])
        )
        assert abs(change - expected) <= 1e-7 * max(size, 1.0), some


@pytest.mark.parametrize("added", [False, True])
def test_output_value_and_value_added(added: bool) -> None:
    """What enterprises hand out: levels moved, but for those that use just what they make."""
    ledger = run("jiaokou-2030").accounts.ledger
    slopes, just = Accounts(ledger).value.slopes(added=added)
    still = np.bincount(ledger.process, just != 0, minlength=len(ledger.processes)) > 0
    moves = {n: 0.0 * m for n, m in drawn(ledger, 1).items()}
    moves["level"] = np.where(still, 0.0, drawn(ledger, 2)["level"])

    def counted(step: float) -> float:
        value = Accounts(aside(ledger, moves, step)).value
        return (value.added if added else value.output).total

    change = (counted(STEP) - counted(-STEP)) / (2 * STEP)
    assert change == pytest.approx(slopes @ (ledger.amount * moves["level"][ledger.process]), rel=1e-7)
    assert abs(change) > 1e-3 * counted(0.0)


def test_fresh_water() -> None:
    """Fresh water made again of used water counts less: all amounts moved, each by its own share."""
    ledger = run("jiaokou-2030").accounts.ledger
    water, moves = Accounts(ledger).water, drawn(ledger, 3)
    assert water.fresh.weights is not None
    weights, s, v = water.fresh.weights + water.remaking, ledger.state, ledger.compiled.values
    change = Accounts(aside(ledger, moves, STEP)).water.fresh.total
    change = (change - Accounts(aside(ledger, moves, -STEP)).water.fresh.total) / (2 * STEP)
    expected = (
        weights.flow @ (ledger.amount * (moves["level"][ledger.process] + moves["coefficient"]))
        + weights.entry @ (s.handed * moves["handed"])
        + weights.outside @ (v.outside * moves["outside"])
    )
    assert change == pytest.approx(expected, rel=1e-7)
    assert np.abs(water.remaking.flow).max() > 0
