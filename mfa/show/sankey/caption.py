"""A draft of the caption of a picture, and the table of what it draws, as files beside it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from mfa.show.files import write_atomically
from mfa.show.sankey.diagram import Sankey
from mfa.show.sankey.labels import node_name, notes, word

COLUMNS = ("panel", "source", "target", "material", "kind", "amount", "unit")


def write_caption(made: Sankey, path: Path, manifests: Sequence[Mapping[str, Any]]) -> list[Path]:
    """Write `NAME.caption.txt` and `NAME.csv` beside a picture `NAME.svg`; gives their paths.

    Parameters
    ----------
    manifests : of each run that is drawn: command, inputs with hashes, versions

    Raises
    ------
    mfa.Failure
        a file cannot be written
    """
    files = [path.with_suffix(".caption.txt"), path.with_suffix(".csv")]
    write_atomically(files[0], caption(made, manifests))
    write_atomically(files[1], table(made))
    return files


def caption(made: Sankey, manifests: Sequence[Mapping[str, Any]]) -> str:
    """What a figure's caption says: what is drawn, in which unit, what is not, and where it comes from."""
    picture, lang = made.pictures[0], made.lang
    told = [made.title[lang], f"{picture.label[lang]}, {picture.geometry.unit}", word("caption-bands", lang)]
    told += notes(picture.geometry, lang, every=True)
    end = "。" if lang == "zh" else ". "
    lines = [end.join(text.rstrip(".。") for text in told) + end.rstrip(), ""]
    for about in manifests:
        lines.append(word("caption-run", lang, name=about["scenario"], run=about["run"]))
        lines += [f"  {i['file']}  sha256 {i['sha256']}" for i in about["inputs"]]
    command: Sequence[str] = next((about["command"] for about in manifests if about["command"]), [])
    versions = ", ".join(f"{name} {number}" for name, number in manifests[0]["versions"].items())
    lines += ["", " ".join(command), versions]
    return "\n".join(lines).strip() + "\n"


def table(made: Sankey) -> str:
    """The flows as drawn as CSV, in the unit of the picture; `panel` counts the runs below each other."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    shape = made.geometry
    called = {n.id: node_name(n, made.lang) for n in shape.nodes}
    for band in shape.bands:
        x = band.link
        if x.value:
            panel = x.source.partition("|")[0] if "|" in x.source else ""
            name = band.name or word("other", made.lang)
            ends = called[x.source], called[x.target]
            rows.writerow([panel, *ends, name, band.kind, repr(x.value), shape.unit])
    return out.getvalue()
