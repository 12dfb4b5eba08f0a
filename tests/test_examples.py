"""Every example runs as it is printed, from any folder, without a warning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
SAYS = {
    "01_main_scenario": ["2.707 Mt/a", "89.70%", "160.1 kt/a more"],
    # 1 Mt × 0.25 = 250 kt gangue, the kiln takes 200 × 0.8 = 160: 64 %, 15 kt short of 70 %
    "02_own_chain": ["160000.0", "0.64", "15000.0", "write t (tonne) or short_ton"],
    "03_compare_variants": ["eco-cement-kiln", "2706.77", "89.91%"],
    "04_graph": ["1.3274 t/t", "pool:bauxite → bayer-digestion", "sankey.svg"],
}


def test_all_are_known() -> None:
    """Each example has its expected words here, and is short."""
    assert [f.stem for f in EXAMPLES] == sorted(SAYS)
    assert all(len(f.read_text(encoding="utf-8").splitlines()) <= 60 for f in EXAMPLES)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_runs(file: Path, tmp_path: Path) -> None:
    """The script ends well, prints its headline figures and leaves no file."""
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", str(file)]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=env,
        timeout=60,
        encoding="utf-8",
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    for words in SAYS[file.stem]:
        assert words in ended.stdout
    assert list(tmp_path.iterdir()) == []
