"""How what there is to choose from is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfa.show.choices import Listed
from mfa.show.terminal.table import bold, dim, line
from mfa.show.text import word

ID = 50  # columns
IN_ONE_LANGUAGE = ("indicators", "units")


def print_listing(found: Mapping[str, Sequence[Listed]], lang: str) -> None:
    """Print sections, each with its members; under a scenario its variants and levers."""
    for section, members in found.items():
        line(bold(word(f"list-{section}", lang)))
        for one in members:
            _print(one, lang, 1, both=section not in IN_ONE_LANGUAGE, said=section.removesuffix("s"))


def _print(one: Listed, lang: str, depth: int, *, both: bool, said: str) -> None:
    """One member, what else it is called, and its parts one step further in."""
    kind = f"{word(f'list-{one.kind}', lang)} " if one.kind not in ("", "level", said) else ""
    head = "  " * depth + kind + one.id
    file = f" ({one.file})" if one.file else ""
    line(f"{head:<{ID + 2}} {_called(one, lang, both=both)}{file}".rstrip())
    if one.aliases:
        line(" " * (ID + 3), dim(word("list-aliases", lang, names=", ".join(one.aliases))))
    for part in one.parts:
        _print(part, lang, depth + 1, both=both, said=said)


def _called(one: Listed, lang: str, *, both: bool) -> str:
    """The label in the language asked for, and in the other where that is another."""
    texts = [one.label[lang], *(text for text in one.label.values() if both)]
    return " · ".join(text for text in dict.fromkeys(texts) if text)
