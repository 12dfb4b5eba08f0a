"""`python -m mfa`."""

from mfa.cli import main

main()
