"""What there is to choose from: chains, scenarios, indicators, units."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mfa import units
from mfa.catalogue import (
    ACCOUNTS,
    BY_ID,
    FOOTPRINT,
    PER_EMISSION,
    PER_SEWAGE,
    PER_WASTE,
    RECOVERY,
    WASTE_RATES,
    is_account,
    is_waste_rate,
)
from mfa.errors import Error, message
from mfa.input.merge import library
from mfa.input.yaml.reader import read
from mfa.input.yaml.tree import Text, Tree


def listing(what: str | None, lang: str) -> dict[str, dict[str, str]]:
    """Section → name → words; one section, or all of them."""
    sections: dict[str, Callable[[], dict[str, str]]] = {
        "chains": lambda: _files("chains", lang),
        "scenarios": lambda: _files("scenarios", lang),
        "indicators": lambda: _indicators(lang),
        "units": lambda: {u: units.dimension(u) for u in units.names()},
    }
    return {k: make() for k, make in sections.items() if what in (None, k)}


def _files(kind: library.Folder, lang: str) -> dict[str, str]:
    """Name → label; a name found in two folders shows the one that is used."""
    found: dict[str, str] = {}
    for folder in library.folders(kind, Path("here.yaml")):
        for file in sorted(folder.glob("*.yaml")):
            try:
                tree = read(file, library.shown(file))
            except Error:
                continue
            if ("chain" if kind == "chains" else "scenario") in tree:
                found.setdefault(file.stem, f"{_label(tree, lang)} ({library.shown(file)})")
    return found


def _label(tree: Tree, lang: str) -> str:
    label = tree.get("label")
    if isinstance(label, Tree):
        return str(label.get(lang, label.get("en", "")))
    return str(label) if isinstance(label, Text) else ""


def _indicators(lang: str) -> dict[str, str]:
    named = {d.id: message(f"indicator-{d.id}", {}, lang) for d in WASTE_RATES}
    named[f"{PER_WASTE}:MATERIAL"] = message("indicator-utilisation", {"material": "MATERIAL"}, lang)
    named |= {d.id: f"{message(f'indicator-{d.id}', {}, lang)} ({d.unit})" for d in ACCOUNTS}
    named[f"{PER_SEWAGE}:MATERIAL"] = message("indicator-sewage-of", {"material": "MATERIAL"}, lang)
    named[f"{PER_EMISSION}:MATERIAL"] = (
        message("indicator-emission-of", {"material": "MATERIAL"}, lang) + " (t/a)"
    )
    named[f"{RECOVERY}:ELEMENT"] = message("indicator-recovery", {"element": "ELEMENT"}, lang)
    named[f"{FOOTPRINT}:MATERIAL"] = message("indicator-footprint", {"material": "MATERIAL"}, lang)
    amounts = [d for d in BY_ID.values() if not (is_account(d.id) or is_waste_rate(d.id))]
    named |= {d.id: f"{message(f'indicator-{d.id}', {}, lang)} ({d.unit})" for d in amounts}
    return named
