"""What every analyzer is given besides its input."""

from typing import Protocol


class Progress(Protocol):
    """Told how far the work is; a progress bar, or nothing."""

    def start(self, part: str, total: int | None = None) -> None:
        """A part begins; `total` steps, where known."""
        ...

    def advance(self, part: str, steps: int = 1) -> None:
        """Steps of a part are done."""
        ...

    def finish(self, part: str) -> None:
        """A part is done."""
        ...


class NoProgress:
    """Nobody looks."""

    def start(self, part: str, total: int | None = None) -> None:
        """Nothing."""

    def advance(self, part: str, steps: int = 1) -> None:
        """Nothing."""

    def finish(self, part: str) -> None:
        """Nothing."""
