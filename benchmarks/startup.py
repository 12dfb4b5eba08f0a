"""A whole `mfa run` of the main scenario beside the bare imports that it needs."""

from __future__ import annotations

import subprocess
import sys
import time

IMPORTS = ("-c", "import numpy, scipy.sparse.linalg, pint")
RUN = ("-m", "mfa", "run", "alumina-red-mud")
HELP = ("-m", "mfa", "--help")


def seconds(arguments: tuple[str, ...]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def report(repeats: int = 9) -> None:
    """Take turns, so that a noisy machine meets all of them alike."""
    best = {IMPORTS: 1e9, RUN: 1e9, HELP: 1e9}
    for _ in range(repeats):
        best = {arguments: min(took, seconds(arguments)) for arguments, took in best.items()}
    print("### Start-up\n\n| command | s | of the imports |\n|---|--:|--:|")
    for arguments, took in best.items():
        shown = " ".join(arguments).replace("-m mfa", "mfa").replace("-c ", "")
        print(f"| `{shown}` | {took:.2f} | {took / best[IMPORTS]:.2f} |")


if __name__ == "__main__":
    report()
