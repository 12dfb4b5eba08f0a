"""Parameters: one grammar of paths to the single figures of a system, with list, get and set.

`set`, `--set`, `Scenario.replace`, the inputs that are compared and every study go by it.
"""

from mfa.parameters.listing import Parameter, listed
from mfa.parameters.path import Path, parse
from mfa.parameters.values import figure_at, get, with_figure, with_value

__all__ = ["Parameter", "Path", "figure_at", "get", "listed", "parse", "with_figure", "with_value"]
