"""Formula and clause of every indicator in words, as the report prints them."""

from __future__ import annotations

from typing import NamedTuple

from mfa.catalogue import definition
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


def clause(name: str, lang: str = "en") -> Clause:
    """The clause of an indicator in words and symbols, its group and material left out."""
    found, words = definition(name), _Words(lang)
    if found is None:
        return Clause("", "")
    return Clause(found.formula.format_map(words), found.document.format_map(words))
