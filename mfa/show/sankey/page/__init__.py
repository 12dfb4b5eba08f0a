"""The picture as one HTML file that needs no network: drawn, followed, filtered and listed by one script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template

import mfa
from mfa.errors import message
from mfa.show.fonts import woff
from mfa.show.sankey.page.data import Layer, page_data, sentence

__all__ = ["Layer", "page"]

LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}
PARTS = ("page.html", "page.css", "draw.js", "picture.js", "panels.js", "keep.js", "input.js")
UNSAFE = re.compile("[<>&\u2028\u2029]")


def page(
    title: Mapping[str, str],
    layers: Sequence[Layer],
    names: Mapping[str, Mapping[str, str]],
    lang: str = "en",
    *,
    embed_font: bool = False,
    run: str = "",
    call: str = "",
) -> str:
    """One HTML page with all layers of a picture.

    Parameters
    ----------
    title
        The heading: language → text, English and Chinese.
    layers
        What the bands can show, at least one; the first is shown first. Layers that share
        nodes and their sequence of columns change into each other without a jump. Where
        `period` differs, a slider chooses it.
    names
        Id of a process, stock, group or material → language → text; an id without names
        shows itself.
    lang
        The language shown first; the reader can change it.
    embed_font
        The page carries the characters that occur, for readers without a Chinese font.
    run
        The run that the page belongs to, written at its end.
    call
        The command that makes the picture, without its file, layer and language; the page
        adds what the reader has chosen.
    """
    files = resources.files("mfa.show.sankey.page")
    html, css, *scripts = (files.joinpath(part).read_text(encoding="utf-8") for part in PARTS)
    js = "".join(scripts)
    block = _block({**page_data(title, layers, names, lang), "call": call})
    if embed_font:
        css = _font_face(block + html) + css
    return Template(html).substitute(
        lang=LANGUAGE_TAGS.get(lang, "en"),
        title=escape(title[lang]),
        noscript=escape(sentence("noscript", lang)),
        policy=_policy(css, js),
        css=css,
        js=js,
        data=block,
        run=_footer(run, lang) if run else "",
    )


def _footer(run: str, lang: str) -> str:
    text = message("report-run", {"run": run}, lang)
    return f'\n<footer class="small">mfa {mfa.__version__} · {escape(text)}</footer>'


def _block(data: object) -> str:
    r"""JSON that no text inside can end or turn into markup.

    >>> _block(["</script><!--"])
    '["\\u003c/script\\u003e\\u003c!--"]'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _policy(css: str, js: str) -> str:
    """What the page may do: its own style and script, known by their hashes, and nothing else."""
    style, script = (b64encode(sha256(text.encode()).digest()).decode("ascii") for text in (css, js))
    allowed = {
        "default-src": "'none'",
        "style-src": f"'sha256-{style}'",
        "script-src": f"'sha256-{script}'",
        "font-src": "data:",
        "img-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{what} {source}" for what, source in allowed.items())


def _font_face(text: str) -> str:
    """A style rule that carries the font with the characters of `text`."""
    source = f"data:font/woff;base64,{b64encode(woff(text)).decode('ascii')}"
    return f'@font-face {{ font-family: "Noto Sans SC"; src: url({source}) format("woff"); }}\n'
