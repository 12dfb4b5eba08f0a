"""What the one page of a scenario tells: the section `brief:`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mfa.errors import Fault, FaultWithoutPlace, Place, nearest
from mfa.input.merge import library
from mfa.input.records.figures import Reader
from mfa.input.schema.assessment_forms import BriefForm
from mfa.input.schema.fields import Label
from mfa.input.yaml.tree import Tree, place_of
from mfa.presentation import BriefOutline, Condition, OpenDecision
from mfa.system import Target


def outline(
    form: BriefForm, tree: Tree, targets: Sequence[Target], beside: Path, reader: Reader
) -> BriefOutline:
    """The section as a record; its faults go to the reader.

    Scenarios are named as in `extends`; that the variants exist is known when those are read.
    """
    aimed = [t.indicator for t in targets]
    if form.indicator is not None and form.indicator not in aimed:
        values = {"id": form.indicator[:80], "near": nearest(form.indicator, aimed)}
        reader.faults.append(Fault("brief-target", place_of(tree, ("indicator",)), values))
    return BriefOutline(
        form.indicator or (aimed[0] if aimed else ""),
        tuple(_files(form, tree, beside, reader)),
        tuple(
            Condition(_texts(c.label, c.variants), tuple(c.variants), place_of(tree, ("conditions", i)))
            for i, c in enumerate(form.conditions)
        ),
        tuple(
            OpenDecision(
                _texts(d.label, d.better),
                tuple(d.worse),
                tuple(d.better),
                d.advice.texts("") if d.advice else {"en": "", "zh": ""},
                place_of(tree, ("decisions", i)),
            )
            for i, d in enumerate(form.decisions)
        ),
        _file(form.curve, place_of(tree, ("curve",)), beside, reader) if form.curve else "",
        place_of(tree, ("curve",)) if form.curve else None,
    )


def _files(form: BriefForm, tree: Tree, beside: Path, reader: Reader) -> Iterator[str]:
    for i, name in enumerate(form.scenarios):
        found = _file(name, place_of(tree, ("scenarios", i)), beside, reader)
        if found:
            yield found


def _file(name: str, place: Place, beside: Path, reader: Reader) -> str:
    """The file of a scenario; empty, and a fault, where there is none."""
    try:
        return str(library.find(name, "scenarios", beside))
    except FaultWithoutPlace as unplaced:
        reader.faults.append(unplaced.at(place))
        return ""


def _texts(label: Label | None, variants: Sequence[str]) -> dict[str, str]:
    """What a row is called: its label, else its variants."""
    fallback = ", ".join(variants)
    return dict(label.texts(fallback)) if label else {"en": fallback, "zh": fallback}
