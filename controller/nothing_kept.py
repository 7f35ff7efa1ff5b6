"""kopf's memory of objects, turned off: we use its watches only, so nothing is compared, copied or stored."""

from typing import Any

import kopf
from kopf._cogs.structs.bodies import BodyEssence


class NoDiffs(kopf.DiffBaseStorage):
    """Keeps no last-handled configuration; making one would copy every object for each of its events."""

    def build(self, **_: Any) -> BodyEssence:  # noqa: ANN401
        """Nothing is of the essence."""
        return BodyEssence({})

    def fetch(self, **_: Any) -> None:  # noqa: ANN401
        """Nothing was stored."""

    def store(self, **_: Any) -> None:  # noqa: ANN401
        """Nothing is stored."""


class NoProgress(kopf.ProgressStorage):
    """Keeps no progress of handlers: ours have none."""

    def fetch(self, **_: Any) -> None:  # noqa: ANN401
        """Nothing was stored."""

    def store(self, **_: Any) -> None:  # noqa: ANN401
        """Nothing is stored."""

    def purge(self, **_: Any) -> None:  # noqa: ANN401
        """Nothing is there to be removed."""

    def touch(self, **_: Any) -> None:  # noqa: ANN401
        """No object is touched."""

    def clear(self, *, essence: BodyEssence) -> BodyEssence:
        """Nothing of ours is in it."""
        return essence
