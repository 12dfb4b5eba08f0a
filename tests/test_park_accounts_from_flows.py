"""The park's accounts summed anew from the flows: energy, carbon, water, value, resources.

Only the table `flows` and the figures of the materials and processes as they are written in
`chains/*.yaml` are read; every sum is made here. The lines are in `cases/park-accounts/NOTE.md`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

import mfa
from mfa.system import Material, Process, System

Amounts = dict[str, float]
Flow = tuple[str, str, str, float]

GRID_CO2, HEAT_CO2 = 0.7096, 0.11  # t/MWh, t/GJ
SCENARIOS = ("jiaokou-2025", "jiaokou-2035", "alumina-red-mud")
VARIANTS = {"jiaokou-2025": ["assumed-outlets"], "jiaokou-2035": ["assumed-outlets"]}
"""With them the most processes run."""

# totals of the sums below, noted when the chains were settled
NOTED = {
    "energy-use": (4168842.602216398, 5032858.839113489, 1358402.0927609229),
    "energy-use-equivalent": (5806848.144846908, 6806902.439223317, 1370802.8343168583),
    "energy-use-renewable": (294212.27702063625, 294212.27702063625, None),
    "co2-scope-1-combustion": (5681070.73679846, 7915857.552977922, 3566961.563412596),
    "co2-scope-1-process": (1729936.728950544, 2472485.7571543655, 41544.018975064384),
    "co2-biogenic": (69375.94677135292, 136381.0088628562, None),
    "co2-scope-2": (4980685.367176859, 5524224.813051432, 49547.10702754429),
    "co2-combustion-by-factor": (7108200.355317616, 8825332.738529224, 3216521.950613452),
    "co2-process-by-factor": (1604375.6765804419, 2306092.513916062, 24552.939835134108),
    "fresh-water": (15086382.376724724, 19164951.045434028, 8131182.2567979125),
    "reused-water": (28314374.615633123, 33955292.45229443, 19199981.88),
    "circulating-water": (262099051.51555377, 320098738.02772737, 111000034.56),
    "output-value": (81180348370.91301, 93484002977.92177, 8689485626.90681),
    "value-added": (17617586452.372482, 20582608968.17712, 2339082310.3391724),
    "sales": (66892310743.389946, 75353704621.20871, 7955033156.276123),
    "purchases": (35947387668.54887, 38960754075.86638, 4839458160.01754),
}


class Park:
    """The flows of one scenario, sorted by what they do to a material and to a process."""

    def __init__(self, system: System, flows: list[Flow]) -> None:
        self.system, self.materials = system, system.materials
        self.inputs: dict[str, Amounts] = {p: defaultdict(float) for p in system.processes}
        self.outputs: dict[str, Amounts] = {p: defaultdict(float) for p in system.processes}
        self.ends: dict[str, Amounts] = defaultdict(lambda: defaultdict(float))
        for material, source, target, amount in flows:
            if source in system.processes:
                self.outputs[source][material] += amount
            elif target in system.processes:
                self.inputs[target][material] += amount
            elif source in system.stocks:
                self.ends["stock"][material] -= amount
            elif target in system.stocks:
                self.ends["stock"][material] += amount
            else:  # one end is the pool, the other a word of the boundary
                self.ends[source if target.startswith("pool:") else target][material] += amount

    def net(self, extraction: Amounts, material: str) -> float:
        """Import + own extraction − export − stock gain."""
        end = self.ends
        enters = end["import"][material] + extraction.get(material, 0.0)
        return enters - end["export"][material] - end["stock"][material]


@cache
def result(name: str) -> mfa.Result:
    return mfa.load(name, variants=VARIANTS.get(name, [])).solve()


@cache
def park(name: str) -> Park:
    table = result(name).flows
    rows = zip(table.material, table.source, table.target, table.amount, strict=True)
    return Park(result(name).system, list(rows))


def reported(name: str) -> dict[str, float]:
    return dict(result(name).indicators["value"])


# ---------------------------------------------------------------- energy
def is_carrier(m: Material) -> bool:
    return m.carrier and m.kind != "emission" and (m.kind in ("energy", "fuel") or m.lhv is not None)


def calorific(m: Material) -> float:
    """Coefficient, tce per native unit: electricity, heat, or the lower heating value."""
    if m.kind == "energy":
        return {"MWh": 0.1229, "GJ": 0.03412}[m.unit]
    return (m.lhv.value if m.lhv else 0.0) / 29.3076


def equivalent(m: Material) -> float:
    return 0.3005 if m.kind == "energy" and m.unit == "MWh" else calorific(m)


def extraction_of(p: Park, process: Process) -> Amounts:
    """Carriers that a process wins from outside: all it makes, where that is more than it takes."""
    made = {m: x for m, x in p.outputs[process.id].items() if is_carrier(p.materials[m])}
    out = sum(x * calorific(p.materials[m]) for m, x in made.items())
    taken = p.inputs[process.id].items()
    used = sum(x * calorific(p.materials[m]) for m, x in taken if is_carrier(p.materials[m]))
    if out <= used * (1 + 1e-12):
        return {}
    share = (out - used) / out if process.heat_pump else 1.0
    return {m: x * share for m, x in made.items()}


def extraction(p: Park) -> Amounts:
    found: Amounts = defaultdict(float)
    for process in p.system.processes.values():
        for m, x in extraction_of(p, process).items():
            found[m] += x
    return found


def energy(p: Park) -> dict[str, float]:
    won, sums = extraction(p), dict.fromkeys(("", "-equivalent", "-renewable"), 0.0)
    for m in filter(is_carrier, p.materials.values()):
        net = p.net(won, m.id)
        sums[""] += net * calorific(m)
        sums["-equivalent"] += net * equivalent(m)
        if m.renewable:
            sums["-renewable"] += net * calorific(m)
    return {f"energy-use{key}": x for key, x in sums.items()}


# ---------------------------------------------------------------- carbon
def carbon(p: Park) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    won = extraction(p)
    names = {"biogenic": "co2-biogenic"}
    for m in p.materials.values():
        if m.ghg:
            found[names.get(m.ghg, f"co2-scope-1-{m.ghg}")] += p.ends["emission"][m.id] * m.gwp.value
        if m.kind == "energy" and not m.renewable:
            found["co2-scope-2"] += p.ends["import"][m.id] * (GRID_CO2 if m.unit == "MWh" else HEAT_CO2)
        if m.co2_factor is not None:
            kind = "combustion" if is_carrier(m) else "process"
            found[f"co2-{kind}-by-factor"] += p.net(won, m.id) * m.co2_factor.value
    found["co2-scope-1"] = found["co2-scope-1-combustion"] + found["co2-scope-1-process"]
    found["co2"] = found["co2-scope-1"] + found["co2-scope-2"]
    return found


# ---------------------------------------------------------------- water
def water(p: Park) -> dict[str, float]:
    def of(side: Amounts, use: str) -> float:
        return sum(x for m, x in side.items() if p.materials[m].water == use)

    found: dict[str, float] = defaultdict(float)
    natural = 1 - fresh_again(p)
    for process in p.system.processes.values():
        taken, made = p.inputs[process.id], p.outputs[process.id]
        found["sewage taken"] += of(taken, "sewage")
        found["sewage made"] += of(made, "sewage")
        if p.materials[process.per].unit == "person":
            continue
        found["fresh-water"] += max(0.0, of(taken, "fresh") - of(made, "fresh")) * natural
        found["reused-water"] += of(taken, "reused")
        found["circulating-water"] += of(taken, "circulating")
    reused, fresh = found["reused-water"], found["fresh-water"]
    turned = reused + found["circulating-water"]
    found["industrial-water-reuse-without-circulation"] = reused / (fresh + reused)
    found["industrial-water-reuse"] = turned / (fresh + turned)
    found["sewage-treatment"] = found.pop("sewage taken") / found.pop("sewage made")
    return found


def fresh_again(p: Park) -> float:
    """The share of the fresh-water main that was used before: from makers that take reused water."""
    fresh = [m.id for m in p.materials.values() if m.water == "fresh"]
    made = {q: sum(side.get(m, 0.0) for m in fresh) for q, side in p.outputs.items()}
    again = sum(
        x
        for q, x in made.items()
        if any(p.materials[m].water == "reused" for m in p.system.processes[q].inputs)
    )
    return again / (sum(made.values()) + sum(p.ends["import"][m] for m in fresh))


# ---------------------------------------------------------------- value
def price(m: Material) -> float:
    """CNY per native unit without VAT."""
    return 0.0 if m.price is None else m.price.value / (1 + m.price_vat.value)


def value(p: Park) -> dict[str, float]:
    """What each enterprise makes beyond its own use, at prices without VAT, and the trade of the park."""
    enterprises: dict[str, list[Process]] = defaultdict(list)
    for process in p.system.processes.values():
        enterprises[process.enterprise or process.site or process.id].append(process)
    output = added = 0.0
    for members in enterprises.values():
        for m in {m for q in members for m in p.outputs[q.id]}:
            if p.materials[m].kind in ("waste", "emission"):
                continue
            made = sum(p.outputs[q.id].get(m, 0.0) for q in members)
            used = sum(p.inputs[q.id].get(m, 0.0) for q in members)
            each = max(0.0, made - used) * price(p.materials[m]) / made
            for q in members:
                share = q.value_added.value if q.value_added else None
                part = 0.0 if share == 0 else each * p.outputs[q.id].get(m, 0.0)
                output += part
                added += part * (share or 0.0)
    trade = {w: sum(x * price(p.materials[m]) for m, x in p.ends[w].items()) for w in ("import", "export")}
    sums = {"output-value": output, "value-added": added}
    return {**sums, "sales": trade["export"], "purchases": trade["import"]}


def main_resources(p: Park) -> float:
    """t/a of resources and fuels bought or won (an orchard's harvest) less those sold."""
    mass = [m for m in p.materials.values() if m.unit == "t"]
    main = {
        m.id
        for m in mass
        if m.main_resource is not False and (m.main_resource or m.kind in ("resource", "fuel"))
    }
    stuff = {
        m.id
        for m in mass
        if m.kind not in ("water", "emission", "energy") and (m.main_resource is not False or m.price)
    }
    won = 0.0
    for q, made in p.outputs.items():
        taken = sum(x for m, x in p.inputs[q].items() if m in stuff)
        won += max(0.0, sum(x for m, x in made.items() if m in main) - taken)
    return won + sum(p.ends["import"][m] - p.ends["export"][m] for m in main)


# ---------------------------------------------------------------- the sums against the run
@cache
def sums(name: str) -> dict[str, float]:
    p = park(name)
    return {**energy(p), **carbon(p), **water(p), **value(p)}


@pytest.mark.parametrize("name", SCENARIOS)
def test_indicators_are_the_sums_of_the_flows(name: str) -> None:
    found, told = sums(name), reported(name)
    for key, expected in found.items():
        if key in told or expected:  # what is nowhere in a park has no row
            assert told[key] == pytest.approx(expected, rel=1e-9), key


@pytest.mark.parametrize("name", SCENARIOS)
def test_intensities_follow_from_the_sums(name: str) -> None:
    """Per 10⁴ CNY of value added, and the inverse."""
    found, told = sums(name), reported(name)
    added = found["value-added"]
    expected = {
        "energy-intensity": found["energy-use"] / added * 1e4,
        "energy-intensity-equivalent": found["energy-use-equivalent"] / added * 1e4,
        "energy-productivity": added / found["energy-use"],
        "co2-intensity": found["co2"] / added * 1e4,
        "water-intensity": found["fresh-water"] / added * 1e4,
        "water-productivity": added / found["fresh-water"],
        "waste-intensity": told["industrial-solid-waste-generated"] / added * 1e4,
        "resource-productivity": added / main_resources(park(name)),
    }
    for key, each in expected.items():
        assert told[key] == pytest.approx(each, rel=1e-9), key


@pytest.mark.parametrize("key", NOTED)
@pytest.mark.parametrize("name", SCENARIOS)
def test_totals_are_those_noted(name: str, key: str) -> None:
    noted = NOTED[key][SCENARIOS.index(name)]
    assert reported(name).get(key) == (None if noted is None else pytest.approx(noted, rel=1e-6))


def test_lines_of_energy_in_2025() -> None:
    """The largest lines of the note, tce/a: each from the tonnes or MWh beside it."""
    p = park("jiaokou-2025")
    won = extraction(p)
    lines = {
        "long-flame-coal": 1768080 * 26.62 / 29.3076,
        "clean-char": -1.2e6 * 29.85 / 29.3076,
        "wind-resource": 520 * 8760 * 0.25 * 0.1229,
        "acer-husk": 39089.09862 * 17.5 / 29.3076,
    }
    for m, line in lines.items():
        assert p.net(won, m) * calorific(p.materials[m]) == pytest.approx(line, rel=1e-9), m


# ---------------------------------------------------------------- parts of the park
NOBODY = ("deposit", "emission", "surplus")


def parts(p: Park) -> dict[str, dict[str, float]]:
    """What each process adds to each account: its own use, its share of what a material brings."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    made, used, won = totals(p.outputs), totals(p.inputs), extraction(p)
    grid = p.ends["import"]["grid-import"] * GRID_CO2
    for process in p.system.processes.values():
        q, out, taken = process.id, p.outputs[process.id], p.inputs[process.id]
        change = {m: taken.get(m, 0.0) - out.get(m, 0.0) for m in {*out, *taken}}
        for m, x in extraction_of(p, process).items():
            change[m] += x
        for m, x in out.items():  # what nobody takes, its makers have used
            change[m] += sum(p.ends[word][m] for word in NOBODY) * x / made[m] if x else 0.0
        carriers = {m: x for m, x in change.items() if is_carrier(p.materials[m])}
        found["energy-use"][q] = sum(x * calorific(p.materials[m]) for m, x in carriers.items())
        found["co2-scope-2"][q] = grid * taken.get("electricity", 0.0) / used["electricity"]
        for m, x in out.items():
            end, each = p.ends, p.materials[m]
            found["sales"][q] += end["export"][m] * x / made[m] * price(each)
            if each.ghg in ("combustion", "process"):
                found["co2-scope-1"][q] += end["emission"][m] * x / made[m] * each.gwp.value
        for m, x in taken.items():
            each, bought_here = p.materials[m], p.ends["import"][m] * x / used[m]
            found["purchases"][q] += bought_here * price(each)
            if is_carrier(each) and each.renewable:
                own = won.get(m, 0.0) * x / used[m]
                found["energy-use-renewable"][q] += (bought_here + own) * calorific(each)
    return found


def totals(sides: dict[str, Amounts]) -> Amounts:
    found: Amounts = defaultdict(float)
    for side in sides.values():
        for m, x in side.items():
            found[m] += x
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_parts_of_the_park_are_sums_of_their_processes(name: str) -> None:
    """Every `INDICATOR@TAG:VALUE` of six accounts; bought power and renewables belong to who uses them."""
    p, told = park(name), reported(name)
    shares, seen = parts(p), 0
    for row, amount in told.items():
        key, _, scope = row.partition("@")
        if not scope or key not in shares:
            continue
        tag, _, word = scope.partition(":")
        members = [q.id for q in p.system.processes.values() if word in getattr(q, tag).split(", ")]
        assert amount == pytest.approx(sum(shares[key][q] for q in members), rel=1e-9), row
        seen += 1
    assert seen > 40
