"""mfa: material flows of an industrial park, from YAML files to balanced numbers.

>>> import mfa
>>> print(mfa.quantity("240 万t/a").to("Mt/a"))
2.4 Mt/a
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mfa.auditing import audit as audit
    from mfa.auditing import hindcast as hindcast
    from mfa.briefing import brief as brief
    from mfa.charting import chart as chart
    from mfa.checking import check as check
    from mfa.comparing import compare as compare
    from mfa.comparing import sankey as sankey
    from mfa.errors import Error as Error
    from mfa.errors import Failure as Failure
    from mfa.input.schema.completions import json_schema as json_schema
    from mfa.result import Result as Result
    from mfa.scenario import Scenario as Scenario
    from mfa.scenario import load as load
    from mfa.show.choices import listing as listing
    from mfa.show.project import make_project as make_project
    from mfa.units import Quantity as Quantity
    from mfa.units import quantity as quantity

__version__ = "0.1.0"
__all__ = [
    "Error",
    "Failure",
    "Quantity",
    "Result",
    "Scenario",
    "audit",
    "brief",
    "chart",
    "check",
    "compare",
    "hindcast",
    "json_schema",
    "listing",
    "load",
    "make_project",
    "quantity",
    "sankey",
]

_HOME = {
    "Error": "mfa.errors",
    "Failure": "mfa.errors",
    "Quantity": "mfa.units",
    "Result": "mfa.result",
    "Scenario": "mfa.scenario",
    "audit": "mfa.auditing",
    "brief": "mfa.briefing",
    "chart": "mfa.charting",
    "check": "mfa.checking",
    "compare": "mfa.comparing",
    "hindcast": "mfa.auditing",
    "json_schema": "mfa.input.schema.completions",
    "listing": "mfa.show.choices",
    "load": "mfa.scenario",
    "make_project": "mfa.show.project",
    "quantity": "mfa.units",
    "sankey": "mfa.comparing",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for, so that `import mfa` costs nothing."""
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mfa' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
