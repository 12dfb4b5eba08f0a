"""Use as far as products are taken, on random parks: the linear system against substitution by hand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import mfa
from mfa.results.accounts.uptake import uptake
from tests.parks import solve, values

SEEDS = range(120)
GOODS = ("product", "intermediate")
KINDS = {"w": "waste, waste: industrial-solid", "i": "intermediate", "p": "product"}


def park(seed: int, *, sold: bool) -> tuple[str, str]:
    """A smelter whose wastes go through a dozen treatments, which feed each other, partly in rings.

    A treatment takes 1 t, of a waste or a feed, and gives back at most 0.9 t, so that rings have
    a gain below 1. Where `sold`, every feed and product has a buyer for whatever is left.
    """
    rng = random.Random(seed)
    wastes, feeds, products = ([f"{k}{n}" for n in range(c)] for k, c in {"w": 3, "i": 5, "p": 3}.items())
    materials = [f"  {m}: {{kind: {KINDS[m[0]]}}}" for m in (*wastes, *feeds, *products)]
    takers: dict[str, list[str]] = {m: [] for m in (*wastes, *feeds, *products)}
    treatments = []
    for n in range(12):
        taken = wastes[n] if n < len(wastes) else rng.choice([*wastes, *feeds])
        made = rng.sample([m for m in (*feeds, *products) if m != taken], rng.randint(1, 3))
        amounts = {m: round(0.9 / len(made) * rng.uniform(0.3, 1), 3) for m in made}
        outputs = [f"{m}: {a} t/t" for m, a in amounts.items()]
        if taken in wastes and rng.random() < 0.4:
            word = rng.choice(["none", taken])
            outputs.append(f"slime: {{value: {0.1 * rng.random():.3f} t/t, residue-of: {word}}}")
        treatments.append(
            f"  t{n}: {{per: {taken}, inputs: {{{taken}: 1 t/t}}, outputs: {{{', '.join(outputs)}}}}}"
        )
        limit = f", limit: {rng.randint(5, 120)} kt/a" if rng.random() < 0.5 else ""
        takers[taken].append(f"{{process: t{n}{limit}}}")
    for m, found in takers.items():
        if m[0] == "p" or (rng.random() < 0.3 and m[0] == "i"):
            found.append(f"{{boundary: export, limit: {rng.randint(5, 60)} kt/a}}")
        if sold and m[0] != "w":
            found.append("{boundary: deposit, fate: utilisation}")
        elif rng.random() < 0.3:
            found.append(f"{{boundary: {rng.choice(['deposit', 'emission'])}}}")
    takers["slime"] = ["{boundary: deposit}"]
    lists = [f"  {m}: {{takers: [{', '.join(dict.fromkeys(found))}]}}" for m, found in takers.items()]
    shares = ", ".join(f"{w}: {rng.uniform(0.2, 2):.3f} t/t" for w in wastes)
    chain = "\n".join(
        [
            "materials:\n  ore: {kind: resource}\n  metal: {kind: product}",
            "  slime: {kind: waste, waste: industrial-solid}",
            *materials,
            "processes:",
            f"  smelter: {{per: metal, inputs: {{ore: 5 t/t}}, outputs: {{{shares}}}}}",
            *treatments,
            "pools:",
            *lists,
            "",
        ]
    )
    return chain, "drive: {smelter: 100 kt/a}\n"


def traced(result: mfa.Result) -> dict[str, float]:
    """Process → u, by repeated substitution from nothing on, from the table of flows alone."""
    system = result.system
    leaving: dict[str, list[tuple[str, float]]] = {}
    for flow in result.flow_list:
        if flow.source == f"pool:{flow.material}":
            leaving.setdefault(flow.material, []).append((flow.target, flow.amount))
    paid = {
        (m, "deposit")
        for m, pool in system.pools.items()
        for e in pool.takers
        if e.kind == "deposit" and e.fate == "utilisation"
    }
    u = dict.fromkeys(system.processes, 0.0)
    while True:
        sigma = {}
        for m, found in leaving.items():
            taken = sum(a * (u[t] if t in u else float(t == "export" or (m, t) in paid)) for t, a in found)
            sigma[m] = taken / sum(a for _, a in found)
        new = {}
        for key, process in system.processes.items():
            goods = {
                m: c.figure.value for m, c in process.outputs.items() if system.materials[m].kind in GOODS
            }
            whole = sum(goods.values())
            new[key] = sum(c * sigma.get(m, 1.0) for m, c in goods.items()) / whole if whole else 1.0
        if max(abs(new[k] - u[k]) for k in u) < 1e-16:
            return new
        u = new


@pytest.mark.parametrize("seed", SEEDS)
def test_uptake_equals_tracing(seed: int, tmp_path: Path) -> None:
    """U of every process that runs, to 1e-12; and what is generated has one fate or another, to 1e-9."""
    result = solve(tmp_path, *park(seed, sold=False))
    ledger = result.accounts.ledger
    found = dict(zip((p.id for p in ledger.processes), uptake(ledger).process.tolist(), strict=True))
    runs = {p.id: level for p, level in zip(ledger.processes, ledger.state.level.tolist(), strict=True)}
    expected = traced(result)
    differing = {k: (found[k], u) for k, u in expected.items() if runs[k] > 0 and abs(found[k] - u) > 1e-12}
    assert not differing
    amounts = values(result)
    fates = ("utilised", "stored", "disposed", "dumped", "unsold")
    generated = amounts["industrial-solid-waste-generated"]
    left = generated - sum(amounts[f"industrial-solid-waste-{fate}"] for fate in fates)
    assert abs(left) <= 1e-9 * generated


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_where_all_is_taken_each_fate_is_that_of_the_taker(seed: int, tmp_path: Path) -> None:
    """Nothing unsold: what treatments take of a waste, less what is left of it there, is used."""
    result = solve(tmp_path, *park(seed, sold=True))
    amounts = values(result)
    assert amounts["industrial-solid-waste-unsold"] == pytest.approx(0, abs=1e-6)
    used = sum(
        f.amount
        for f in result.flow_list
        if f.source == f"pool:{f.material}"
        and f.material[0] == "w"
        and (f.target.startswith("t") or f.target == "export")
    )
    parents = {
        t: p.outputs["slime"].residue_of for t, p in result.system.processes.items() if "slime" in p.outputs
    }
    used -= sum(f.amount for f in result.flow_list if f.material == "slime" and parents.get(f.source))
    assert amounts["industrial-solid-waste-utilised"] == pytest.approx(used, rel=1e-12)
