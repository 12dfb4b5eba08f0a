"""The program: `mfa`, or `python -m mfa`."""

import sys


def main() -> None:
    """Run the command line; interrupted while it is still being read, it ends as it does later."""
    try:
        from mfa.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
