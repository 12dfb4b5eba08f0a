"""Which indicators there are, and the bounds that a scenario sets on them."""

from __future__ import annotations

from collections.abc import Mapping

from mfa.errors import Fault, nearest
from mfa.input.figures import Reader
from mfa.input.schema import TargetForm
from mfa.input.tree import Tree
from mfa.records import Material, Target

WASTE_RATIOS = (
    "industrial-solid-waste-utilisation",
    "industrial-solid-waste-utilisation-and-disposal",
    "hazardous-waste-disposal",
    "hazardous-waste-utilisation-and-disposal",
)
PER_WASTE = "utilisation"
LATER = (
    "industrial-water-reuse",
    "sewage-treatment",
    "energy-use",
    "energy-intensity",
    "water-intensity",
    "co2",
    "output-value",
    "value-added",
    "recovery",
)


def target(
    key: str, form: TargetForm, section: Tree, materials: Mapping[str, Material], reader: Reader
) -> Target | None:
    """One bound; a fault where the indicator is not known or not built yet."""
    head, _, _ = key.partition(":")
    if head in LATER:
        reader.faults.append(
            Fault(
                "not-available",
                section.keys_at[key],
                {"what": f"the indicator {key[:60]}", "what_zh": f"指标 {key[:60]}"},
            )
        )
        return None
    known = [
        *WASTE_RATIOS,
        *(f"{PER_WASTE}:{m.id}" for m in materials.values() if m.waste and not m.residue_of),
    ]
    if key not in known:
        values = {"id": key[:80], "known": ", ".join(WASTE_RATIOS), "near": nearest(key, known)}
        reader.faults.append(Fault("indicator-unknown", section.keys_at[key], values))
        return None
    tree = section.child(key)
    reader.source(form.source, tree)
    minimum = reader.ratio(form.min, tree["min"]) if form.min else None
    maximum = reader.ratio(form.max, tree["max"]) if form.max else None
    return Target(
        key,
        minimum.value if minimum else None,
        maximum.value if maximum else None,
        section.keys_at[key],
        form.source,
    )
