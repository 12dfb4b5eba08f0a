"""Charts of one run or of several, drawn to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mfa.comparing import solved
from mfa.errors import check_language
from mfa.input.load import variant_label
from mfa.result import Result
from mfa.show.chart_kinds import OVER_YEARS, Kind, check, check_samples
from mfa.show.text import scenario_line

if TYPE_CHECKING:
    from mfa.show.charts.several_runs import Named


def chart(
    kind: Kind,
    runs: Result | str | Sequence[Result | str],
    path: str | Path,
    *,
    of: str | Sequence[str] = (),
    samples: int | None = None,
    seed: int = 1,
    lang: str = "en",
    for_: str | None = None,
    width: str | float | None = None,
    height: str | float | None = None,
    font: str | float | None = None,
    dpi: float | None = None,
) -> None:
    """Draw a chart to a file.

    Parameters
    ----------
    kind : of one run `gauge`, `targets`, `wastes`, `merit`, `costs`, `distribution`; of two
        `waterfall`; of several `years` and `tornado`, which holds the others against the first. A run
        through several years is enough for `years`, and several of them are a line each; `stocks` is of
        one through several years; the others take the last year
    runs : results, or names of scenarios as `mfa.compare` takes them, solved first
    path : ends in .png, .svg or .pdf
    samples, seed : of `distribution`, and of `years` for the band of a run through several: how many
        draws, as `Scenario.solve` takes them; a result that has samples of the indicator needs none
    of : an indicator (`gauge`, `distribution`, `waterfall`, `tornado`; up to seven for `years`), a class
        of waste (`wastes`, `years`), a material (`merit`) or a stock (`stocks`); nothing is the first
        target, all wastes, the first stock in use
    for_, width, height, font, dpi : the size, as `mfa.show.paper_size.paper_size` takes it; 7 in
        wide with type of 9 pt where nothing is said

    Raises
    ------
    mfa.Error
        a scenario does not load or solve; no such kind, indicator, class or material; more or fewer
        runs than the kind takes; an ending that is not drawn; a size that cannot be or is too small
    mfa.Failure
        the file cannot be written

    Examples
    --------
    >>> import mfa
    >>> mfa.chart("wastes", "alumina-red-mud", "wastes.pdf", for_="column")  # doctest: +SKIP
    """
    from mfa.show.charts.draw import draw
    from mfa.show.charts.style import ending
    from mfa.show.paper_size import paper_size

    check_language(lang)
    ending(path)
    size = paper_size(for_, width=width, height=height, font=font, dpi=dpi)
    given = [runs] if isinstance(runs, Result | str) else list(runs)
    names = [of] if isinstance(of, str) else list(of)
    if kind != "years":  # a run through several years is enough for it
        check(kind, len(given), names)
    if samples is not None or not any(isinstance(x, Result) and x.sampled for x in given):
        check_samples(kind, samples)
    draw(kind, _named(_shown(kind, given, names, samples, seed), lang), names, Path(path), lang, size)


def _shown(
    kind: Kind, given: Sequence[Result | str], names: Sequence[str], samples: int | None, seed: int
) -> list[Result]:
    """The runs, solved where names are given, with the samples that are asked for.

    Of one through several years it is the last, but for those that show all of them.
    """
    found = [solved(x) if isinstance(x, str) else x for x in given]
    shown = found if kind in OVER_YEARS else [run.last for run in found]
    return shown if samples is None else [_sampled(run, names, samples, seed) for run in shown]


def _named(runs: Sequence[Result], lang: str) -> list[Named]:
    """Each run, and each year of one through several, with what it is called."""
    from mfa.show.charts.several_runs import Named

    called = zip(runs, titles(runs, lang), strict=True)
    return [Named(one, name, one.sampled) for run, name in called for one in run.each]


def _sampled(run: Result, names: Sequence[str], samples: int, seed: int) -> Result:
    """The run with samples of what is named, else of its targets, else of its rates of waste."""
    from mfa.sampling import with_samples
    from mfa.show.charts.spread_of_run import row_of
    from mfa.studies.sampling.sampled import Asked
    from mfa.studies.sweeps.swept import chosen

    wanted = tuple(row_of(run, name).name for name in names) or chosen(run.system, ())
    return with_samples(run, Asked(samples, seed, indicators=wanted, without=False))


def titles(runs: Sequence[Result], lang: str) -> list[str]:
    """What runs are called beside each other: their labels, and where two share one, what lies over the file.

    Runs that are still called alike are numbered.
    """
    made = [run.system.label[lang] if run.runs else scenario_line(run.system, lang) for run in runs]
    made = [
        " + ".join([name, *_laid(run, lang)]) if made.count(name) > 1 else name
        for run, name in zip(runs, made, strict=True)
    ]
    numbered = []
    for i, name in enumerate(made):
        numbered.append(f"{name} ({made[:i].count(name) + 1})" if made.count(name) > 1 else name)
    return numbered


def _laid(run: Result, lang: str) -> list[str]:
    """What lies over the file of a run."""
    return [
        *(variant_label(run.loaded, name)[lang] for name in run.loaded.variants),
        *(f"{lever}={level}" for lever, level in run.loaded.levers.items()),
        *(f"{path} = {value}" for path, value in (run.loaded.settings or {}).items()),
    ]
