"""Scenarios and chains as users load them: labels, origins, renames, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from tests.parks import mill_project


def test_a_chain_alone_has_its_label(tmp_path: Path) -> None:
    """A chain shown or run by itself is called as it calls itself."""
    mill_project(tmp_path, "")
    system = mfa.load(tmp_path / "works.yaml").system
    assert system.name == "works"
    assert system.label == {"en": "The works", "zh": "工厂"}


def test_origin_marks_what_a_chain_lists_and_the_run_lacks(tmp_path: Path) -> None:
    """An id of a chain's list that is not part of the run is shown as skipped, and nothing else is."""
    lines = mfa.load(mill_project(tmp_path, "drive: {mill: 10 t/a}\n")).origin()
    assert {x.path.rsplit(".", 1)[0] for x in lines if x.skipped} == {"pools.mud.takers[1]"}


def test_origin_shows_the_list_under_an_insertion(tmp_path: Path) -> None:
    """What `insert` adds to is part of the merged scenario."""
    insert = "pools: {mud: {takers: {insert: [{boundary: deposit, after: kiln}]}}}\n"
    paths = {x.path for x in mfa.load(mill_project(tmp_path, insert)).origin()}
    assert "pools.mud.takers[2].process" in paths
    assert "pools.mud.takers.insert[1].boundary" in paths


def test_renamed_reference_points_at_the_rename(tmp_path: Path) -> None:
    """A material that a `rename` invents is missed once, where the rename is written."""
    own = "processes: {kiln-2: {like: kiln, rename: {brick: tile}}}\n"
    with pytest.raises(mfa.Error) as caught:
        mfa.load(mill_project(tmp_path, own))
    assert [(f.key, f.place and f.place.line) for f in caught.value.faults] == [("material-unknown", 3)]
