"""What `mfa check` prints: the closure of every process, then what is worth knowing."""

from __future__ import annotations

from collections import defaultdict

from mfa.checks.check import Check
from mfa.checks.closure import Closure
from mfa.checks.standing import standing
from mfa.properties import unresolved_parts
from mfa.show.terminal.table import bold, coloured, line, table
from mfa.show.text import standing_text, word


def print_check(report: Check, lang: str) -> None:
    """Print one checked file."""
    by_process: dict[str, list[Closure]] = defaultdict(list)
    for c in report.closures:
        by_process[c.process].append(c)
    masses = [c for c in report.closures if c.layer == "mass"]
    elements = [c for c in report.closures if c.layer != "mass" and c.error is not None]
    line(
        bold(
            word(
                "checked",
                lang,
                file=report.file,
                processes=len(report.system.processes),
                materials=len(report.system.materials),
                mass=f"{sum(c.closes for c in masses)}/{len(masses)}",
                elements=f"{sum(c.closes for c in elements)}/{len(elements)}",
            )
        )
    )
    line(standing_text(standing(report.system), lang))
    ratios = {e.process: e for e in report.energies}
    rows = []
    for process in report.system.processes:
        energy = ratios[process].ratio if process in ratios else None
        rows.append(
            (
                process,
                *_cells(by_process[process], report, lang),
                f"{energy:.3f}" if energy is not None else "",
            )
        )
    heads = [
        word("word-process", lang),
        word("word-mass", lang),
        word("word-layer", lang) + " " + word("word-error", lang),
        "",
        word("energy-line", lang, ratio=""),
    ]
    table("", heads, rows, left=4)
    for fault in report.warnings:
        line("  ", coloured("!", "yellow"), f" {fault.text(lang)}")
    for fault in report.strict_faults:
        line("  ", coloured("strict", "yellow"), f" {fault.text(lang)}")
    line()


def _cells(found: list[Closure], report: Check, lang: str) -> tuple[str, str, str]:
    """Mass error, the elements with the largest errors, and what cannot be checked."""
    mass = next((c for c in found if c.layer == "mass"), None)
    errors = sorted(
        (c for c in found if c.layer != "mass" and c.error is not None), key=lambda c: -abs(c.error or 0)
    )
    shown = "  ".join(f"{c.layer} {c.error:+.2%}" for c in errors[:4])
    hidden = [c for c in found if c.error is None]
    reason = ""
    if hidden:
        first, worst = hidden[0], report.system.materials[hidden[0].reason]
        parts = unresolved_parts(worst, first.layer)
        names = {"names": ", ".join(f"'{p}'" for p in parts), "names_zh": "、".join(parts)}
        key = "not-checkable-other" if parts else "not-checkable"
        reason = f"{', '.join(c.layer for c in hidden)} {word(key, lang, reason=worst.id, **names)}"
    return (f"{mass.error:+.2%}" if mass and mass.error is not None else "–", shown, reason)
