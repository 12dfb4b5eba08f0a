"""mfa: material flows of an industrial park, from YAML files to balanced numbers.

>>> import mfa
>>> print(mfa.quantity("240 万t/a").to("Mt/a"))
2.4 Mt/a
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mfa.errors import Error as Error
    from mfa.errors import Failure as Failure
    from mfa.result import Result as Result
    from mfa.scenario import Scenario as Scenario
    from mfa.scenario import load as load
    from mfa.studies.compare import compare as compare
    from mfa.units import Quantity as Quantity
    from mfa.units import quantity as quantity

__version__ = "0.1.0"
__all__ = ["Error", "Failure", "Quantity", "Result", "Scenario", "compare", "load", "quantity"]

_HOME = {
    "Error": "mfa.errors",
    "Failure": "mfa.errors",
    "Quantity": "mfa.units",
    "Result": "mfa.result",
    "Scenario": "mfa.scenario",
    "compare": "mfa.studies.compare",
    "load": "mfa.scenario",
    "quantity": "mfa.units",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for, so that `import mfa` costs nothing."""
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mfa' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
