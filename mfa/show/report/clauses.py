"""Formula and clause of every indicator, as the report prints them."""

from __future__ import annotations

from typing import NamedTuple


class Clause(NamedTuple):
    """How an indicator is made, and the document that says so."""

    formula: str
    document: str


STATISTICS = "排放源统计调查制度; 绿色园区评价要求; HJ 274-2015"
ENERGY = "GB/T 2589-2020"
GUIDELINES = "NDRC/MEE sector guidelines; GB/T 32151"
WATER = "GB/T 7119-2018; GB/T 12452-2022; HJ 274-2015"
CLAUSES: dict[str, Clause] = {
    "industrial-solid-waste-utilisation": Clause("U ÷ (G + U₀)", STATISTICS),
    "industrial-solid-waste-utilisation-and-disposal": Clause(
        "(U + D) ÷ (G + U₀ + D₀)", "HJ 274-2015 no. 24"
    ),
    "hazardous-waste-disposal": Clause("D ÷ (G + D₀)", "HJ 274-2009"),
    "hazardous-waste-utilisation-and-disposal": Clause("(U + D) ÷ (G + U₀ + D₀)", "HJ 274-2015 no. 24"),
    "utilisation": Clause("U ÷ (G + U₀)", STATISTICS),
    "energy-use": Clause("Σ (in + own − out − stock gain) · e, 0.1229 kgce/kWh", f"{ENERGY} cl. 5, annex A"),
    "energy-use-equivalent": Clause("Σ (in + own − out − stock gain) · e, 等价", f"{ENERGY} cl. 5"),
    "energy-use-renewable": Clause("wind, sun, biomass bought or taken", ENERGY),
    "energy-intensity": Clause("E ÷ value added", "HJ 274-2015 no. 11"),
    "energy-intensity-equivalent": Clause("E (等价) ÷ value added", "HJ 274-2015 no. 11"),
    "energy-productivity": Clause("value added ÷ E", "绿色园区评价要求 EG 1"),
    "co2": Clause("scope 1 + scope 2", "GHG Protocol; GB/T 32150"),
    "co2-scope-1": Clause("combustion + process, t · GWP", GUIDELINES),
    "co2-scope-1-combustion": Clause("CO2 of fuels that leaves", GUIDELINES),
    "co2-scope-1-process": Clause("CO2, CF4 … of processes that leaves · GWP", GUIDELINES),
    "co2-biogenic": Clause("CO2 of biomass that leaves", "GHG Protocol"),
    "co2-scope-2": Clause("electricity · grid factor + heat · 0.11 t/GJ", "MEE/NBS announcement 2024"),
    "co2-combustion-by-factor": Clause("AD · LHV · CC · OF · 44/12", GUIDELINES),
    "co2-process-by-factor": Clause("carbonates, electrodes · factor", GUIDELINES),
    "co2-intensity": Clause("CO2 ÷ value added", "HJ 274-2015 no. 26"),
    "fresh-water": Clause("Vᵢ, fresh water taken by industry", WATER),
    "reused-water": Clause("Vᵣ, 不含循环冷却水", WATER),
    "circulating-water": Clause("circulating cooling water", WATER),
    "industrial-water-reuse": Clause("Vᵣ ÷ (Vᵢ + Vᵣ)", WATER),
    "industrial-water-reuse-without-circulation": Clause("Vᵣ ÷ (Vᵢ + Vᵣ), 不含循环冷却水", WATER),
    "reclaimed-water-use": Clause("reclaimed water used ÷ sewage treated", "HJ 274-2015 no. 16"),
    "sewage-treatment": Clause("treated ÷ generated", "plan, tables 6-1 and 9-1; HJ 274-2015 no. 22"),
    "water-intensity": Clause("Vᵢ ÷ value added", "HJ 274-2015 no. 14"),
    "water-productivity": Clause("value added ÷ Vᵢ", "绿色园区评价要求 RG 4"),
    "output-value": Clause(
        "Σ enterprises max(0, made − used) · price", "工业总产值, factory method, excl. VAT"
    ),
    "value-added": Clause("Σ output value · share of value added", "工业增加值"),
    "sales": Clause("Σ exports · price", "excl. VAT"),
    "purchases": Clause("Σ imports · price", "excl. VAT"),
    "waste-intensity": Clause("G ÷ value added", "HJ 274-2015 no. 28"),
    "resource-productivity": Clause("value added ÷ main resources", "发改环资〔2016〕2749号"),
    "circular-material-use": Clause("U ÷ (DMC + U)", "Eurostat cei_srm030"),
    "recovery": Clause("in products richer than the feed ÷ entering", ""),
}


def clause(name: str) -> Clause:
    """The clause of an indicator, its group and material left out."""
    base = name.partition("@")[0]
    if base.startswith("iso59020-"):
        return Clause("m(property) ÷ m", "ISO 59020:2024")
    found = CLAUSES.get(base) or CLAUSES.get(base.partition(":")[0])
    return found or Clause("", "")
