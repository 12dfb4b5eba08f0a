"""Formula and clause of every indicator, as the report prints them.

Symbols stand as they are; `{word}` is the text `formula-word` of the catalogue.
"""

from __future__ import annotations

from typing import NamedTuple

from mfa.show.text import word


class Clause(NamedTuple):
    """How an indicator is made, and the document that says so."""

    formula: str
    document: str


class _Words(dict[str, str]):
    """The words of formulas in one language, looked up as they are asked for."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang

    def __missing__(self, key: str) -> str:
        return word(f"formula-{key}", self.lang)


STATISTICS = "{statistics}; {green-park}; HJ 274-2015"
ENERGY = "GB/T 2589-2020"
GUIDELINES = "{guidelines}; GB/T 32151"
WATER = "GB/T 7119-2018; GB/T 12452-2022; HJ 274-2015"
USED_ENERGY = "Σ ({in} + {own} − {out} − {stock-gain}) · e"
CLAUSES: dict[str, Clause] = {
    "industrial-solid-waste-utilisation": Clause("U ÷ (G + U₀)", STATISTICS),
    "industrial-solid-waste-utilisation-and-disposal": Clause("(U + D) ÷ (G + U₀ + D₀)", "HJ 274-2015 № 24"),
    "hazardous-waste-disposal": Clause("D ÷ (G + D₀)", "HJ 274-2009"),
    "hazardous-waste-utilisation-and-disposal": Clause("(U + D) ÷ (G + U₀ + D₀)", "HJ 274-2015 № 24"),
    "utilisation": Clause("U ÷ (G + U₀)", STATISTICS),
    "energy-use": Clause(USED_ENERGY + ", 0.1229 kgce/kWh", f"{ENERGY} § 5, {{annex}} A"),
    "energy-use-equivalent": Clause(USED_ENERGY + ", {equivalent}", f"{ENERGY} § 5"),
    "energy-use-renewable": Clause("{renewables}", ENERGY),
    "energy-intensity": Clause("E ÷ {value-added}", "HJ 274-2015 № 11"),
    "energy-intensity-equivalent": Clause("E ({equivalent}) ÷ {value-added}", "HJ 274-2015 № 11"),
    "energy-productivity": Clause("{value-added} ÷ E", "{green-park} EG 1"),
    "co2": Clause("{scope} 1 + {scope} 2", "GHG Protocol; GB/T 32150"),
    "co2-scope-1": Clause("{combustion} + {process}, t · GWP", GUIDELINES),
    "co2-scope-1-combustion": Clause("{fuel-co2}", GUIDELINES),
    "co2-scope-1-process": Clause("{process-gases} · GWP", GUIDELINES),
    "co2-biogenic": Clause("{biogenic}", "GHG Protocol"),
    "co2-scope-2": Clause("{electricity} · {grid-factor} + {heat} · 0.11 t/GJ", "{grid-announcement}"),
    "co2-combustion-by-factor": Clause("AD · LHV · CC · OF · 44/12", GUIDELINES),
    "co2-process-by-factor": Clause("{carbonates} · {factor}", GUIDELINES),
    "co2-intensity": Clause("CO2 ÷ {value-added}", "HJ 274-2015 № 26"),
    "fresh-water": Clause("Vᵢ, {fresh-water}", WATER),
    "reused-water": Clause("Vᵣ, {without-circulation}", WATER),
    "circulating-water": Clause("{circulating}", WATER),
    "industrial-water-reuse": Clause("Vᵣ ÷ (Vᵢ + Vᵣ)", WATER),
    "industrial-water-reuse-without-circulation": Clause("Vᵣ ÷ (Vᵢ + Vᵣ), {without-circulation}", WATER),
    "reclaimed-water-use": Clause("{reclaimed} ÷ {sewage-treated}", "HJ 274-2015 № 16"),
    "sewage-treatment": Clause("{treated} ÷ {generated}", "{plan-tables}; HJ 274-2015 № 22"),
    "water-intensity": Clause("Vᵢ ÷ {value-added}", "HJ 274-2015 № 14"),
    "water-productivity": Clause("{value-added} ÷ Vᵢ", "{green-park} RG 4"),
    "output-value": Clause("Σ {enterprises} max(0, {made} − {used}) · {price}", "{factory-method}"),
    "value-added": Clause("Σ {output-value} · {share-added}", "{industrial-value-added}"),
    "sales": Clause("Σ {exports} · {price}", "{without-vat}"),
    "purchases": Clause("Σ {imports} · {price}", "{without-vat}"),
    "waste-intensity": Clause("G ÷ {value-added}", "HJ 274-2015 № 28"),
    "resource-productivity": Clause("{value-added} ÷ {main-resources}", "发改环资〔2016〕2749号"),
    "circular-material-use": Clause("U ÷ (DMC + U)", "Eurostat cei_srm030"),
    "recovery": Clause("{recovered} ÷ {entering}", ""),
}
ISO_59020 = Clause("m({property}) ÷ m", "ISO 59020:2024")


def clause(name: str, lang: str = "en") -> Clause:
    """The clause of an indicator in words and symbols, its group and material left out."""
    base = name.partition("@")[0]
    found = CLAUSES.get(base) or CLAUSES.get(base.partition(":")[0]) or Clause("", "")
    if base.startswith("iso59020-"):
        found = ISO_59020
    words = _Words(lang)
    return Clause(found.formula.format_map(words), found.document.format_map(words))
