"""The program: `mfa`, or `python -m mfa`."""

import gc
import sys

RARELY = 200_000  # allocations; at Python's 700 a third of the reading of a large file goes into collecting


def main() -> None:
    """Run the command line; interrupted while it is still being read, it ends as it does later."""
    gc.set_threshold(RARELY)
    try:
        from mfa.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
