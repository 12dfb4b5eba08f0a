"""What must hold of processes with a delay, whose outputs come some periods after their inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mfa import units
from mfa.delayed import content, names_of
from mfa.errors import Fault
from mfa.input.records.figures import Reader
from mfa.input.schema.fields import Quantity
from mfa.input.yaml.tree import Tree, place_of
from mfa.system import Figure, Process, System


def delay(quantity: Quantity | None, tree: Tree, reader: Reader) -> Figure | None:
    """The delay of a process, a whole number of years; None where there is none, or it is faulty."""
    if quantity is None:
        return None
    place = place_of(tree, ("delay",), key=True)
    if quantity.years or any((quantity.range, quantity.sd, quantity.cv, quantity.gsd, quantity.choice)):
        reader.faults.append(Fault("delay-plain", place, {}))
        return None
    found = reader.figure(quantity, tree["delay"], lambda unit: units.factor(unit, "a"))
    if found and (found.value < 1 or found.value != round(found.value)):
        reader.faults.append(Fault("delay-whole", found.place, {"text": found.text[:60]}))
        return None
    return found


def delay_faults(system: System) -> Iterator[Fault]:
    """The faults of the delays of a system that runs through periods; in one year they have no effect."""
    if system.periods is None:
        return
    step = system.periods.step
    for process in (p for p in system.processes.values() if p.delay):
        assert process.delay is not None
        values: dict[str, object] = {"process": process.id, "delay": process.delay.text, "step": step}
        if process.delay.value % step:
            yield Fault("delay-step", process.delay.place, values)
        if not content(process, system.materials) > 0:
            yield Fault("delay-massless", process.delay.place, values)
        yield from _listed(system, process)
        yield from _residues(system, process, values)
        taken: list[Mapping[str, object]] = [system.materials, system.processes, system.stocks]
        for name in names_of(process.id):
            if any(name in section for section in taken):
                yield Fault("delay-name", process.delay.place, {**values, "name": name})


def _listed(system: System, process: Process) -> Iterator[Fault]:
    """Where a list of givers asks a process for what it could only give later."""
    for pool in system.pools.values():
        for entry in pool.givers:
            if entry.node == process.id and entry.kind == "process":
                values = {"process": process.id, "material": pool.material}
                yield Fault("delay-giver", entry.place, values)


def _residues(system: System, process: Process, values: Mapping[str, object]) -> Iterator[Fault]:
    """What is left of waste, which would count as new waste when it comes out."""
    wastes = [m for m in process.inputs if system.materials[m].waste or system.materials[m].residue_of]
    for name, output in process.outputs.items():
        material = system.materials[name]
        if wastes and (material.waste or material.residue_of) and output.residue_of != ():
            place = output.figure.place or process.place
            yield Fault("delay-residue", place, {**values, "material": name, "waste": wastes[0]})
