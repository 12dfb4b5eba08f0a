"""What a check, a run, an audit and a comparison say as workflow commands of GitHub.

A line `::error file=…,line=…,col=…::message` of a job's output stands as an annotation beside that
line of a pull request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from mfa.errors import Fault, Place
from mfa.show.text import target_sentence, word

if TYPE_CHECKING:
    from mfa.checks.check import Check
    from mfa.results.run import Run
    from mfa.results.warnings import RunWarning
    from mfa.studies.audit import Audit
    from mfa.studies.compare import Comparison
    from mfa.system import System

Level = Literal["error", "warning", "notice"]
TARGET = "target"
LEVELS: tuple[Level, ...] = ("error", "warning", "notice")  # the gravest first: GitHub shows ten of a kind
IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
IN_PROPERTY = {**IN_DATA, ":": "%3A", ",": "%2C"}
FAILING = ("contradicts", "differs", "undecided")  # verdicts that `audit --strict` does not let pass
OPEN = ("dispatch", "weak", "no-value")
MOST_CHANGES = 10  # GitHub shows no more of a kind


class Annotation(NamedTuple):
    """A message, how grave it is, and what it is about."""

    level: Level
    text: str
    place: Place | None = None

    def command(self) -> str:
        """The workflow command; a place that is no file, such as `--set`, stands in the message."""
        place, text, about = self.place, self.text, ""
        if place is not None and Path(place.file).is_file():
            found = {"file": place.file, "line": place.line, "col": place.column}
            about = " " + ",".join(f"{k}={_escaped(str(v), IN_PROPERTY)}" for k, v in found.items())
        elif place is not None:
            text = f"{place}: {text}"
        return f"::{self.level}{about}::{_escaped(text, IN_DATA)}"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(c, c) for c in text)


def annotate(found: Iterable[Annotation], *, quiet: bool = False) -> None:
    """Print them; `quiet` leaves errors alone."""
    for each in found:
        if not quiet or each.level == "error":
            click.echo(each.command())


def of_faults(faults: Iterable[Fault], lang: str, level: Level = "error") -> Iterator[Annotation]:
    """Faults, each at its place."""
    return (Annotation(level, f.words(lang), f.place) for f in faults)


def of_check(report: Check, lang: str, *, strict: bool) -> Iterator[Annotation]:
    """What `--strict` does not let pass, an error where it is asked for; then what is worth knowing."""
    top = Place(report.file, 1, 1)  # of what is about the whole file
    found: tuple[tuple[Level, Iterable[Fault]], ...] = (
        ("error" if strict else "warning", report.strict_faults),
        ("warning", report.warnings),
    )
    for level, faults in found:
        yield from of_faults((f if f.place else replace(f, place=top) for f in faults), lang, level)


def of_run(result: Run, lang: str, *, strict: bool) -> Iterator[Annotation]:
    """The targets, a missed one an error where they are required; then the warnings."""
    return (one for _, one in _of_run(result, lang, strict=strict))


def of_runs(runs: Sequence[Run], lang: str, *, strict: bool) -> Iterator[Annotation]:
    """The same of each year: a target is one annotation with a line a year, as is a warning with its last."""
    if len(runs) == 1:
        yield from of_run(runs[0], lang, strict=strict)
        return
    found: dict[tuple[str, ...], list[tuple[int, Annotation]]] = {}
    for run in runs:
        for key, one in _of_run(run, lang, strict=strict):
            found.setdefault((one.level, *key), []).append((run.system.period, one))
    together = (_together(key, each, runs[0].system.span, lang) for key, each in found.items())
    yield from sorted(together, key=lambda one: LEVELS.index(one.level))


def _together(
    key: tuple[str, ...], each: Sequence[tuple[int, Annotation]], step: int, lang: str
) -> Annotation:
    """One annotation of several years."""
    from mfa.show.over_years import spans

    colon = "：" if lang == "zh" else ": "
    (last, one), texts = each[-1], {a.text for _, a in each}
    years = spans(list(dict.fromkeys(year for year, _ in each)), step)
    if len(texts) == 1:
        return one._replace(text=f"{years}{colon}{one.text}")
    if TARGET in key:
        return one._replace(text="\n".join(f"{year}{colon}{a.text}" for year, a in each))
    return one._replace(text=f"{years}; {last}{colon}{one.text}")


def _of_run(result: Run, lang: str, *, strict: bool) -> Iterator[tuple[tuple[str, ...], Annotation]]:
    """What is told of a run, and what it is about."""
    from mfa.show.summary import Summary

    system, summary = result.system, Summary(result)
    bounds = {t.indicator: t.place for t in system.targets}
    missed: Level = "error" if strict else "warning"
    for row in sorted(summary.targets, key=lambda r: r.met == "true"):
        level: Level = "notice" if row.met == "true" else missed
        side = "min" if row.minimum is not None else "max"
        yield (
            (TARGET, row.name, side),
            Annotation(level, target_sentence(row, system, lang), bounds.get(row.name)),
        )
    for warning in summary.warnings:
        place = warning.message.place or _place(system, warning)
        yield (warning.code, warning.place), Annotation("warning", warning.message.words(lang), place)


def _place(system: System, warning: RunWarning) -> Place | None:
    """Where the process, stock or material is written that a warning is about."""
    name = warning.place.removeprefix("pool:")
    pools = system.materials if name != warning.place else {}
    for members in (system.processes, system.stocks, pools):
        if name in members:
            return members[name].place
    return None


def of_audit(audit: Audit, system: System, lang: str, *, strict: bool) -> Iterator[Annotation]:
    """Claims that do not hold and sets that clash, errors with `--strict`; then what stays open."""
    from mfa.studies.lp.programme import TIME_LIMIT

    failing: Level = "error" if strict else "warning"
    for level, words in ((failing, FAILING), ("notice", OPEN)):
        for v in audit.verdicts:
            if v.word in words:
                name = f"{v.claim.number} {v.claim.label[lang]}: {v.claim.text}"
                text = f"{name}: {word(f'audit-word-{v.word}', lang)}: {v.reason.words(lang)}"
                yield Annotation(level, text, v.claim.place)
    for conflict in audit.conflicts:
        claims = (f"{c.number} {c.label[lang]}: {c.text}" for c in conflict.claims)
        because = word(f"audit-because-{conflict.because}", lang)
        text = "\n".join((word("audit-clash", lang, because=because), *claims))
        yield Annotation(failing, text, conflict.claims[0].place)
    if not audit.complete:
        yield Annotation(failing, word("audit-incomplete", lang, seconds=f"{TIME_LIMIT:g}"))
    if not audit.verdicts:
        yield Annotation("notice", word("audit-empty", lang, name=system.name))


def of_comparison(comparison: Comparison, titles: tuple[str, str], lang: str) -> Iterator[Annotation]:
    """How the indicators that are asked for first change."""
    from mfa.show.comparison_rows import InWords

    words = InWords(comparison, lang)
    names = [c.name for c in comparison.indicators]
    shown = dict(zip(names, words.indicators(), strict=True))
    head = word("compare-title", lang, a=titles[0], b=titles[1])
    changed = [shown[n] for n in comparison.main_indicators if n in shown] or list(shown.values())
    for name, before, after, change, _ in changed[:MOST_CHANGES]:
        yield Annotation("notice", f"{head}: {name}: {before} → {after} ({change})")
    if not (changed or comparison.flows or comparison.layers):
        yield Annotation("notice", f"{head}: {word('compare-same', lang)}")
