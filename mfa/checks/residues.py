"""What of a process's waste is left of waste that it took: what the recipe says, or what is taken for it.

A recipe says it at an output (`residue-of: sludge`, `residue-of: none`), or the material does.
Where neither says anything and a process turns waste into waste of the same class, what it makes
is taken for what is left of what it took, up to that mass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfa.errors import Fault
from mfa.system import Process, System


@dataclass(frozen=True)
class Parents:
    """Of one output: the wastes among the inputs that it is left of.

    `stated`: a file says so; else `together` are the outputs that are left of them together.
    """

    taken: tuple[str, ...]
    stated: bool
    together: tuple[str, ...] = ()


def root(system: System, material: str) -> str:
    """The waste that a material is a residue of, however many steps back; the material itself if of none."""
    while system.materials[material].residue_of:
        material = system.materials[material].residue_of
    return material


def parents_of(system: System, process: Process, material: str) -> Parents | None:
    """What an output is left of; None for what is new waste."""
    said = process.outputs[material].residue_of
    if said is not None:
        taken = tuple(m for m in process.inputs if m in said or root(system, m) in said)
        return Parents(taken, True) if taken else None
    if system.materials[material].residue_of:
        family = root(system, material)
        taken = tuple(m for m in process.inputs if root(system, m) == family)
        return Parents(taken, True) if taken else None
    together = _unstated(system, process, system.materials[material].waste)
    if material not in together:
        return None
    return Parents(_inputs(system, process, system.materials[material].waste), False, together)


def unstated(system: System) -> Iterator[Fault]:
    """Outputs of which no file says whether they are new waste or what is left of waste."""
    for process in system.processes.values():
        for material in process.outputs:
            found = parents_of(system, process, material)
            if found is not None and not found.stated:
                values = {"process": process.id, "material": material, "taken": ", ".join(found.taken)}
                yield Fault("residue-unstated", process.outputs[material].figure.place, values)


def _inputs(system: System, process: Process, waste_class: str) -> tuple[str, ...]:
    return tuple(
        m
        for m, c in process.inputs.items()
        if c.figure.value > 0 and system.materials[root(system, m)].waste == waste_class
    )


def _unstated(system: System, process: Process, waste_class: str) -> tuple[str, ...]:
    """Outputs of a class of waste without a word, of a process that takes waste of that class."""
    if not waste_class or not _inputs(system, process, waste_class):
        return ()
    return tuple(
        m
        for m, c in process.outputs.items()
        if c.residue_of is None
        and not system.materials[m].residue_of
        and system.materials[m].waste == waste_class
        and c.figure.value > 0
    )
