"""How numbers, units, names and verdicts are written, in both languages: one place for all that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mfa.catalogue import FOOTPRINT, PER_EMISSION, PER_SEWAGE, PER_WASTE, RECOVERY, definition
from mfa.checks.standing import KINDS
from mfa.errors import Fault, catalogue, message
from mfa.properties import dry_share
from mfa.results.accounts.waste import Account
from mfa.results.indicators.target import ROUNDING, Indicator
from mfa.results.reasons import Reason
from mfa.results.warnings import RunWarning
from mfa.show.magnitudes import Units, step, units
from mfa.system import BOUNDARY_WORDS, System
from mfa.units import readable

if TYPE_CHECKING:
    from mfa.engine.network import State
    from mfa.studies.consequences import Consequences
    from mfa.studies.remedies import Remedy

TABLE_UNITS: Mapping[Units, tuple[str, float]] = {"si": ("t/a", 1.0), "zh": ("万t/a", 1e4)}
CALLED = ("material", "process", "product", "node", "names", "waste", "stock")  # values of warnings: ids
ACCOUNT_COLUMNS = ("generated", "utilised", "utilised_old", "unsold", "disposed", "stored", "dumped")
MOST_MORE = 10  # a bound is kept from 1e-12 on (`holds`), 2 + 10 decimals of a percentage


def word(key: str, lang: str, **values: object) -> str:
    """A word or sentence of the messages."""
    return message(key, values, lang)


def standing_text(counts: Mapping[str, int], lang: str) -> str:
    """How many figures there are, and how many of them stand on what."""
    parts = [word(f"standing-{kind}", lang, count=counts[kind]) for kind in KINDS if counts.get(kind)]
    between = "、" if lang == "zh" else ", "
    return word("standing", lang, count=sum(counts.values()), parts=between.join(parts))


# ---------------------------------------------------------------- numbers
def number(value: float, more: int = 0) -> str:
    """A figure of any size and sign, thousands apart, with about four digits, or `more` than that."""
    return readable(value, more)


def mega(value: float, unit: str) -> str:
    """An amount or rate in the unit that suits it.

    >>> mega(413_000.0, "t/a"), mega(2_706_769.1, "t/a"), mega(12.0, "t/a")
    ('413 kt/a', '2.707 Mt/a', '12 t/a')
    """
    name, size = step(value, unit)
    return f"{number(value / size)} {name}"


def tonnes(value: float) -> str:
    """Tonnes a year in a table, whose head says `tonnes_unit`."""
    return number(value / TABLE_UNITS[units()][1])


def tonnes_unit() -> str:
    """The unit of tables of tonnes a year: one for all rows."""
    return TABLE_UNITS[units()][0]


def percent(value: float | None, more: int = 0) -> str:
    """A fraction per cent, two decimals, or `more` than that; a dash for 0 ÷ 0.

    >>> percent(0.8970302), percent(None)
    ('89.70 %', '–')
    """
    return "–" if value is None else f"{value:.{2 + more}%}".replace("%", " %")


def account_columns(whole: Account) -> tuple[str, ...]:
    """The fields of an account that a table of wastes shows; what came from yards only where it did.

    >>> account_columns(Account(generated=3.6, utilised=2.7))
    ('generated', 'utilised', 'unsold', 'disposed', 'stored', 'dumped')
    """
    return tuple(c for c in ACCOUNT_COLUMNS if c != "utilised_old" or whole.utilised_old > 0)


def account_heads(columns: Sequence[str], lang: str) -> list[str]:
    """The heads of a table of wastes: waste, the columns, the rate of utilisation."""
    return [word(f"word-{c.replace('_', '-')}", lang) for c in ("waste", *columns, "rate")]


def account_cells(account: Account, columns: Sequence[str]) -> tuple[str, ...]:
    """The fate of a waste in some columns: t a year, and the rate of utilisation."""
    return (*(tonnes(getattr(account, c)) for c in columns), percent(account.utilisation))


def figure(row: Indicator, value: float | None = None, more: int = 0) -> tuple[str, str]:
    """An indicator's value and unit as people read it: shares per cent, money in 亿元.

    Parameters
    ----------
    value : a bound or another value of it, written alike
    more : digits beyond the usual
    """
    shown = (row.value or 0.0) if value is None else value
    if row.unit == "1" and _is_share(row):
        return percent(shown, more), ""
    if row.unit == "CNY/a":
        return number(shown / 1e8, more), "亿元/a"
    if units() == "zh":
        name, size = step(shown, row.unit)
        return number(shown / size, more), "" if row.unit == "1" else name
    return number(shown, more), "" if row.unit == "1" else row.unit


def figure_or_dash(row: Indicator) -> tuple[str, str]:
    """As `figure`; a dash where there is no value."""
    return figure(row) if row.value is not None else ("–", "" if row.unit == "1" else row.unit)


def written(row: Indicator, value: float | None = None, more: int = 0) -> str:
    """As `figure`, value and unit in one."""
    return " ".join(figure(row, value, more)).strip()


def _is_share(row: Indicator) -> bool:
    """Whether a ratio is written per cent: it or one of its bounds is at most 1, up to rounding."""
    stated = (x for x in (row.value, row.minimum, row.maximum) if x is not None)
    return min(stated, default=0.0) <= 1 + ROUNDING


def more_digits(row: Indicator, bound: float) -> int:
    """How many digits beyond the usual tell a value that misses its bound from it."""
    if row.met != "false" or row.value is None:
        return 0
    for more in range(MOST_MORE):
        value, gap = figure(row, more=more)[0], f"{abs(row.value - bound) * 100:.{2 + more}f}"
        if value != figure(row, bound, more)[0] and (row.unit != "1" or float(gap) > 0):
            return more
    return MOST_MORE


# ---------------------------------------------------------------- names
OF_A_MATERIAL = {
    FOOTPRINT: "indicator-footprint",
    PER_WASTE: "indicator-utilisation",
    PER_SEWAGE: "indicator-sewage-of",
    PER_EMISSION: "indicator-emission-of",
}


def scenario_title(system: System, lang: str) -> str:
    """The scenario's label and its year, or the first and the last of its periods."""
    if system.periods is not None:
        return f"{system.label[lang]} · {system.periods.first}–{system.periods.last}"
    return system.label[lang] + (f" · {system.year}" if system.year else "")


def scenario_line(system: System, lang: str) -> str:
    """The scenario's label, and its year where the label does not hold it."""
    name = system.label[lang]
    if not system.year or str(system.year) in name:
        return name
    return word("chart-scenario-year", lang, name=name, year=system.year)


def material_name(system: System, material: str, lang: str) -> str:
    """A material by its label."""
    return system.materials[material].label[lang]


def node_name(system: System, node: str, lang: str) -> str:
    """A process or stock by its label, a boundary by its word."""
    member = system.processes.get(node) or system.stocks.get(node)
    return member.label[lang] if member else word(f"node-{node}", lang)


def wet_amount(system: System, material: str, amount: float) -> float | None:
    """Tonnes with the moisture of the material; None where it has none."""
    of = system.materials[material]
    return amount * of.unit_mass / dry_share(of) if of.moisture else None


def reason_text(system: System, reason: Reason, lang: str) -> str:
    """What holds a process at its level, in words."""
    side = f"-{reason.side}" if reason.held in ("limit", "all", "behind", "nothing") else ""
    name = material_name(system, reason.material, lang) if reason.material else ""
    return word(f"reason-{reason.held}{side}", lang, material=name)


def layer_name(system: System, name: str, lang: str) -> str:
    """The label of a declared substance; elements and oxides are called by their formula."""
    return system.substances[name][lang] if name in system.substances else name


def warning_text(warning: RunWarning, system: System, lang: str) -> str:
    """A warning in words, materials and nodes by their labels."""
    values = {
        k: _called(str(v), system, lang) if k in CALLED else v for k, v in warning.message.values.items()
    }
    return Fault(warning.message.key, None, values).text(lang)


def _called(ids: str, system: System, lang: str) -> str:
    """Each id of a list by its label; what is no id as it is."""
    return ", ".join(_label(one, system, lang) for one in ids.split(", "))


def _label(one: str, system: System, lang: str) -> str:
    if one in system.materials:
        return material_name(system, one, lang)
    known = one in system.processes or one in system.stocks
    return node_name(system, one, lang) if known or one in BOUNDARY_WORDS else one


def indicator_name(system: System, name: str, lang: str) -> str:
    """An indicator in words, its group included."""
    base, _, group = name.partition("@")
    own = next((o for o in system.indicators if o.id == base), None)
    head, _, member = base.partition(":")
    if own is not None:
        text = own.label[lang]
    elif head == RECOVERY:
        text = word("indicator-recovery", lang, element=layer_name(system, member, lang))
    elif member:
        known = system.materials.get(member)
        text = word(OF_A_MATERIAL[head], lang, material=known.label[lang] if known else member)
    else:
        text = word(f"indicator-{base}", lang)
    return f"{text} ({group})" if group else text


def knowing(systems: Sequence[System], indicator: str) -> System:
    """The first of some systems that has what an indicator is about, else the first."""
    base = indicator.partition("@")[0]
    known = (
        s for s in systems if any(i.id == base for i in s.indicators) or base.partition(":")[2] in s.materials
    )
    return next(known, systems[0])


def step_name(systems: Sequence[System], step: str, lang: str) -> str:
    """One step of a path: a member of the first system that has it by its label, a field by its word."""
    for system in systems:
        if step in system.processes or step in system.stocks:
            return node_name(system, step, lang)
        if step in system.materials:
            return material_name(system, step, lang)
    if step in BOUNDARY_WORDS:
        return word(f"node-{step}", lang)
    return word(f"path-{step}", lang) if f"path-{step}" in catalogue() else step


def path_name(systems: Sequence[System], path: str, lang: str) -> str:
    """The path of an input, its members and fields in words."""
    head, _, rest = path.partition(".")
    if head not in ("targets", "indicators"):
        return " · ".join(step_name(systems, step, lang) for step in path.split("."))
    name, _, bound = rest.rpartition(".") if head == "targets" else (rest, "", "")
    about = indicator_name(knowing(systems, name), name, lang)
    steps = [step_name(systems, bound, lang)] * bool(bound)
    return " · ".join([word(f"path-{head}", lang), about, *steps])


class Clause(NamedTuple):
    """How an indicator is made, and the document that says so."""

    formula: str
    document: str


class _FormulaWords(dict[str, str]):
    """The words of formulas in one language, looked up as they are asked for."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang

    def __missing__(self, key: str) -> str:
        return word(f"formula-{key}", self.lang)


def clause(name: str, lang: str = "en") -> Clause:
    """The clause of an indicator in words and symbols, its group and material left out."""
    found, words = definition(name), _FormulaWords(lang)
    if found is None:
        return Clause("", "")
    return Clause(found.formula.format_map(words), found.document.format_map(words))


# ---------------------------------------------------------------- sentences
def target_sentence(row: Indicator, system: System, lang: str) -> str:
    """A target in one sentence: value, bound, how far off."""
    bound = row.minimum if row.minimum is not None else row.maximum
    name = indicator_name(system, row.name, lang)
    if row.value is None or bound is None:
        return word("target-empty", lang, name=name)
    side = "target" if row.minimum is not None else "target-max"
    state = {"true": "met", "false": "missed"}.get(row.met, "unproven")
    doubt = "target-unproven-carbon" if row.holes else "target-unproven"
    key = doubt if state == "unproven" else f"{side}-{state}"
    more = more_digits(row, bound)
    values = {"name": name, "value": written(row, more=more), "bound": written(row, bound, more)}
    if state == "missed" and row.unit != "1":
        key = f"{key}-by"
        values["distance"] = written(row, abs(row.distance or 0.0))
    elif state == "missed" and row.distance_amount is None:
        key = f"{key}-points"
    points = f"{abs(row.distance or 0) * 100:.{2 + more}f}"
    return word(key, lang, points=points, amount=mega(row.distance_amount or 0.0, "t/a"), **values)


def target_state(row: Indicator, lang: str) -> str:
    """The bound of an indicator and whether it holds, in a few words; empty without a target."""
    bound = row.minimum if row.minimum is not None else row.maximum
    if bound is None:
        return ""
    side = "min" if row.minimum is not None else "max"
    shown = written(row, bound, more_digits(row, bound))
    return word(f"state-{side}", lang, bound=shown, state=word(f"state-{row.met}", lang))


def remedy_name(system: System, remedy: Remedy, lang: str) -> str:
    """A way out of a missed target."""
    process = system.processes.get(remedy.node)
    per = system.materials[process.per].unit if process else ""
    more = remedy.after - remedy.before
    return word(
        "remedy-all-ceiling" if remedy.way == "all" and remedy.ceiling else f"remedy-{remedy.way}",
        lang,
        node=_steered_name(system, remedy.node, lang) if remedy.node else "",
        material=material_name(system, remedy.material, lang) if remedy.material else "",
        lacking=material_name(system, remedy.lacking, lang) if remedy.lacking else "",
        size=mega(remedy.size, f"{per}/a"),
        more=mega(more, remedy.unit),
        share=percent(-more / remedy.before) if remedy.before else "",
        path=remedy.path,
        variant=remedy.variant,
        label=remedy.label.get(lang, ""),
    )


def _steered_name(system: System, node: str, lang: str) -> str:
    """A node, or a demanded material, by its label."""
    return material_name(system, node, lang) if node in system.materials else node_name(system, node, lang)


def remedy_ends(remedy: Remedy) -> tuple[str, str]:
    """What a remedy changes, now and then; nothing where it is no single amount."""
    if not remedy.unit:
        return "", ""
    if remedy.unit == "1":
        return percent(remedy.before), percent(remedy.after)
    return mega(remedy.before, remedy.unit), mega(remedy.after, remedy.unit)


def remedy_brings(system: System, remedy: Remedy, lang: str) -> str:
    """What a remedy brings along: products to sell, goods to buy, energy, CO2, money, unsold waste."""
    return brings_text(system, remedy.brings, lang, {"range": "brings-range"}.get(remedy.way, "brings-none"))


def brings_text(system: System, brings: Consequences, lang: str, nothing: str = "brings-none") -> str:
    """What a measure brings along, in words."""
    parts = list[str]()
    for key, found in (("sold", brings.sold), ("bought", brings.bought)):
        names = ", ".join(f"{material_name(system, m, lang)} {mega(a, 't/a')}" for m, a in found)
        parts += [word(f"brings-{key}", lang, names=names)] if names else []
    for key, amount, unit in (
        ("energy", brings.energy, "tce/a"),
        ("co2", brings.co2, "t/a"),
        ("unsold", brings.unsold, "t/a"),
    ):
        parts += [word(f"brings-{key}", lang, amount=_signed(mega(amount, unit)))] if abs(amount) >= 1 else []
    if brings.money is not None and abs(brings.money) >= 1:
        parts.append(word("brings-money", lang, amount=_signed(f"{number(brings.money / 1e8)} 亿元/a")))
    return "; ".join(parts) or word(nothing, lang)


def _signed(amount: str) -> str:
    return amount if amount.startswith("-") else f"+{amount}"


def solved_line(system: System, state: State, lang: str) -> str:
    """How large the system is and how it was solved."""
    return word(
        "solved",
        lang,
        processes=len(system.processes),
        pools=len(system.pools),
        method=state.method,
        iterations=state.iterations,
        residual=f"{state.residual:.0e}",
    )
