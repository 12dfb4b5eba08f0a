"""`mfa.check`: sources, and the faults of every variant."""

from __future__ import annotations

from pathlib import Path

import pytest

import mfa
from tests.parks import mill_project


def test_balance_flow_needs_no_source(tmp_path: Path) -> None:
    """A balance stands in place of a coefficient: there is nothing to cite."""
    assert mfa.check(mill_project(tmp_path, "drive: {mill: 10 t/a}\n")).strict_faults == ()


def test_check_shows_the_faults_of_all_variants(tmp_path: Path) -> None:
    """A fault in one variant does not hide that of the next."""
    variants = "variants:\n  v: {drive: {milll: 1 t/a}}\n  w: {set: {kiln.capacity: 3 MWh/a}}\n"
    with pytest.raises(mfa.Error) as caught:
        mfa.check(mill_project(tmp_path, f"drive: {{mill: 1 t/a}}\n{variants}"))
    assert [f.place and f.place.line for f in caught.value.faults] == [5, 6]
