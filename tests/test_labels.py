"""Labels beside ids in the tables of a run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import mfa
from mfa.show.labelled import LABELS

IDS = {"material", "source", "target", "process", "stock", "indicator", "product", "place", "layer"}


@pytest.mark.parametrize(
    ("lang", "mud", "yard"), [("en", "Red mud", "Yard for de-ironed mud"), ("zh", "赤泥", "提铁尾泥堆场")]
)
def test_every_id_has_its_label(tmp_path: Path, lang: str, mud: str, yard: str) -> None:
    """Every column of ids is followed by its labels, those of the files; all else is as without."""
    result = mfa.load("alumina-red-mud").with_layers(["Ga"]).solve()
    result.write(tmp_path / "bare")
    result.write(tmp_path / "told", labels=True, lang=lang)
    for file in sorted((tmp_path / "bare").glob("*.csv")):
        with (
            file.open(encoding="utf-8") as one,
            (tmp_path / "told" / file.name).open(encoding="utf-8") as two,
        ):
            bare, told = list(csv.DictReader(one)), list(csv.DictReader(two))
        ids = [c for c in bare[0] if c in LABELS] if bare else []
        for before, after in zip(bare, told, strict=True):
            assert {k: v for k, v in after.items() if not k.endswith("_label") and k != "text"} == {
                k: v for k, v in before.items() if k != "text"
            }
            assert all(f"{c}_label" in after for c in ids), file.name
        assert set(bare[0]) & IDS <= set(LABELS)
    with (tmp_path / "told" / "flows.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = {r["material"]: r["material_label"] for r in rows} | {
        r["target"]: r["target_label"] for r in rows
    }
    assert names["red-mud"] == names["pool:red-mud"] == mud
    assert names["red-mud-deironed-yard"] == yard
