"""What charts call the things of a run."""

from __future__ import annotations

from mfa.errors import message
from mfa.result import Result
from mfa.show import answer
from mfa.show.sankey.shapes import BOUNDARY
from mfa.show.sankey.words import word as boundary_word


def node_name(result: Result, node: str, lang: str) -> str:
    """A process or stock by its label, the boundary by its word."""
    system = result.system
    if node in BOUNDARY:
        return boundary_word(node, lang)
    member = system.processes.get(node) or system.stocks.get(node)
    return member.label[lang] if member else node


def indicator_name(result: Result, name: str, lang: str) -> str:
    """An indicator in words where there are any, else by its id."""
    for own in result.system.indicators:
        if own.id == name:
            return own.label[lang]
    try:
        return answer.indicator_name(name, result, lang)
    except KeyError:
        return name


def scenario_line(result: Result, lang: str) -> str:
    """The scenario's name, and its year where the name does not hold it."""
    system = result.system
    name = system.label[lang]
    if not system.year or str(system.year) in name:
        return name
    return message("chart-scenario-year", {"name": name, "year": system.year}, lang)
