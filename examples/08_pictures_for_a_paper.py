"""The pictures of a paper about a park, in English and Chinese: Sankey, charts, a chain, the report."""

import sys
from pathlib import Path

import mfa
from mfa.show.charts.gauge import gauge
from mfa.show.charts.merit_order import merit
from mfa.show.charts.waste_fates import wastes

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "out"
folder.mkdir(parents=True, exist_ok=True)
result = mfa.load("jiaokou-2025").solve()
chain = mfa.load("magnesium-slag")  # a chain alone: recipes and lists, nothing runs
# Water and common pools are left out of masses; what is not drawn stands below, with its amount.
PAPER = {"for_": "paper"}  # 17 cm wide, no letter below 6.5 pt

for lang in ("en", "zh"):
    # A page takes several layers over the same nodes, a file on paper one.
    page = folder / f"sectors.{lang}.html"
    sectors = result.sankey(page, layer=["mass", "energy"], by="sector", lang=lang)
    for layer in ("mass", "energy"):
        result.sankey(folder / f"sectors-{layer}.{lang}.pdf", layer=layer, by="sector", lang=lang, **PAPER)

    # Where red mud goes, in kt; SVG opens in a drawing program.
    mud = result.sankey(folder / f"red-mud.{lang}.svg", only="red-mud", unit="kt", lang=lang, **PAPER)

    # The ending decides here too: .png, .svg, .pdf. Without a file, `ax=` draws onto axes of one's own.
    gauge(result, "industrial-solid-waste-utilisation", folder / f"gauge.{lang}.pdf", lang=lang)
    wastes(result, folder / f"wastes.{lang}.pdf", lang=lang, most=12)
    merit(result, "red-mud", folder / f"merit.{lang}.pdf", lang=lang)
    chain.picture(folder / f"magnesium-slag.{lang}.pdf", lang=lang)
    result.report(folder / f"report.{lang}.html", lang=lang)
    print(f"{sectors.title[lang]}: {sectors!r}")

# What is drawn can be asked for: here the widest bands of the red mud.
bands = [band.link for band in mud.geometry.bands if band.link.material == "red-mud"]
for link in sorted(bands, key=lambda link: -link.value)[:3]:
    print(f"  {link.source} → {link.target}: {link.value:,.1f} kt/a")

for file in sorted(folder.glob("*.en.*")):
    print(f"  {file.name:<24} {file.stat().st_size / 1024:>7,.0f} KiB")
