"""Which indicators are asked for: all that a run has, or some by name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """Names of indicators; None is every one of which a run has something.

    >>> "co2" in Wanted(), "co2" in Wanted(["sales"]), Wanted().asks("co2")
    (True, False, False)
    """

    names: Collection[str] | None = None

    def __contains__(self, name: str) -> bool:
        return self.names is None or name in self.names

    def asks(self, name: str) -> bool:
        """Whether one is asked for by its name."""
        return self.names is not None and name in self.names

    def any_of(self, kind: Callable[[str], bool]) -> bool:
        """Whether some of a kind may be among them."""
        return self.names is None or any(map(kind, self.names))

    @property
    def groups(self) -> bool:
        """Whether some of a chain, site, sector, project or enterprise may be among them."""
        return self.any_of(lambda name: "@" in name)


EVERY = Wanted()
