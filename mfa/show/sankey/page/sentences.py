"""The words of the page, English and Chinese, from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from mfa.errors import catalogue
from mfa.show.sankey.labels import LANGS

PREFIX = "page-"
SHARED = ("and-one", "and-others", "and-more")
"""Words of the pictures on paper that the page says too."""


def sentence(key: str, lang: str) -> str:
    """A text of the page; its `{fields}` are filled in by the script."""
    return catalogue()[PREFIX + key][lang]


def vocabularies() -> Mapping[str, Mapping[str, str]]:
    """All texts of the page: language → key → text."""
    own = {key.removeprefix(PREFIX): texts for key, texts in catalogue().items() if key.startswith(PREFIX)}
    own |= {key: catalogue()[f"sankey-{key}"] for key in SHARED}
    return {lang: {key: texts[lang] for key, texts in own.items()} for lang in LANGS}
