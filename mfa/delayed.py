"""A process with a delay as three things: it takes, a stock holds what is under way, its outputs come later.

The solver and every account see a process that makes what is under way of its inputs, a stock in use
of a fixed life as long as the delay, and a process that makes the outputs of what is due. So mass is
kept in each of them, and what is under way stands in the table of stocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from mfa.errors import message
from mfa.properties import OTHER, carbon_content
from mfa.storage import Lifetime, Stock
from mfa.system import Coefficient, Entry, Figure, Material, Pool, Process, System

WORDS = ("stock", "entered", "due", "out")
LANGUAGES = ("en", "zh")


class Names(NamedTuple):
    """The ids of what stands for a process with a delay, beside its own."""

    stock: str
    entered: str
    due: str
    out: str


def names_of(process: str) -> Names:
    """The ids of the stock, its two materials and the process that makes the outputs."""
    return Names(*(f"{process}-{word}" for word in ("under-way", "taken-in", "due", "output")))


def content(process: Process, materials: Mapping[str, Material]) -> float:
    """Tonnes that a process takes per unit of its level."""
    return sum(c.figure.value * materials[m].unit_mass for m, c in process.inputs.items())


def with_delays(system: System, past: Sequence[System]) -> System:
    """The system of a period with what is under way in its processes with a delay.

    Parameters
    ----------
    system : of the period, as written
    past : of the periods before it, whose recipes what comes out now was taken by
    """
    made = system
    for process in system.processes.values():
        if process.delay is not None:
            back = round(process.delay.value) // system.span
            source = past[-back] if back <= len(past) else system
            made = _with_delay(made, process, source)
    return made


def _with_delay(system: System, process: Process, source: System) -> System:
    names, labels = names_of(process.id), _labels(process)
    taking = replace(process, delay=None, outputs={}, transfer={}, split=(), concentration=None)
    amount = content(process, system.materials)
    taking = replace(taking, outputs={names.entered: Coefficient(Figure(amount))}, value_added=None)
    older = source.processes[process.id]
    entered = _material(names.entered, labels["entered"], process, system)
    due = _material(names.due, labels["due"], older, source)
    entry = Entry(names.stock, "stock", 0, process.place)
    out = Entry(names.out, "process", 0, process.place)
    return replace(
        system,
        materials={**system.materials, entered.id: entered, due.id: due},
        processes={**system.processes, process.id: taking, names.out: _output(older, names, labels, source)},
        stocks={**system.stocks, names.stock: _stock(process, names, labels)},
        pools={
            **system.pools,
            entered.id: Pool(entered.id, (entry,), (), frozenset({"takers"})),
            due.id: Pool(due.id, (out,), (), frozenset({"takers"})),
        },
    )


def _labels(process: Process) -> dict[str, dict[str, str]]:
    """What each of the four is called, in both languages."""
    return {
        what: {lang: message(f"delayed-{what}", {"label": process.label[lang]}, lang) for lang in LANGUAGES}
        for what in WORDS
    }


def _output(
    process: Process, names: Names, labels: Mapping[str, Mapping[str, str]], source: System
) -> Process:
    """The process that makes the outputs, per tonne of what is due."""
    amount = content(process, source.materials)
    outputs = {
        m: replace(c, figure=Figure(c.figure.value / amount, c.figure.text, c.figure.place), reference=False)
        for m, c in process.outputs.items()
    }
    return replace(
        process,
        id=names.out,
        label=labels["out"],
        per=names.due,
        inputs={names.due: Coefficient(Figure(1.0), reference=True)},
        outputs=outputs,
        capacity=None,
        delay=None,
        system_cost=None,
    )


def _stock(process: Process, names: Names, labels: Mapping[str, Mapping[str, str]]) -> Stock:
    """What is under way: what enters in a period leaves that many years later."""
    lifetime = Lifetime("fixed", process.place, mean=process.delay, inflow_at="end")
    stock = Stock(names.stock, labels["stock"], names.entered, process.place, becomes=names.due)
    return replace(stock, lifetime=lifetime, delays=process.id)


def _material(key: str, label: Mapping[str, str], process: Process, system: System) -> Material:
    """What is under way, a tonne of what the process takes, with its carbon and its composition."""
    parts = [(system.materials[m], c.figure.value) for m, c in process.inputs.items()]
    whole = content(process, system.materials)
    carbon = sum(amount * carbon_content(m).known for m, amount in parts) / whole
    made = Material(key, label, "product", "t", process.place, carbon=Figure(min(carbon, 1.0)))
    weighed = [(m, amount * m.unit_mass / whole) for m, amount in parts if m.unit_mass]
    if not all(m.composition for m, _ in weighed):
        return made
    shares: dict[str, float] = {}
    for material, share in weighed:
        for species, figure in material.composition.items():
            shares[species] = shares.get(species, 0.0) + share * figure.value
    shares[OTHER] = shares.pop(OTHER, 0.0)  # last, as in what files say
    return replace(made, composition={s: Figure(v) for s, v in shares.items() if v > 0})
