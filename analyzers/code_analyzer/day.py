"""The day of an audit, and what was asked of it: a finding holds until the answer is another one."""

from datetime import date

_LATER = ">"
_NOT_LATER = "<="
_EXACTLY = "="


class Day:
    """The day that rules go by; None where nobody tells one."""

    def __init__(self, today: date | None = None) -> None:
        self.today = today
        self._asked: set[str] = set()

    def is_after(self, other: date) -> bool | None:
        """Whether it is later than another; None where nobody tells the day."""
        if self.today is None:
            return None
        later = self.today > other
        self._asked.add(f"{_LATER if later else _NOT_LATER}{other.isoformat()}")
        return later

    def read(self) -> date | None:
        """The day itself: what is found with it holds for this day only."""
        if self.today is not None:
            self._asked.add(f"{_EXACTLY}{self.today.isoformat()}")
        return self.today

    def begin(self) -> None:
        """Something else is looked at."""
        self._asked.clear()

    @property
    def asked(self) -> tuple[str, ...]:
        """What was asked since, with the answers."""
        return tuple(sorted(self._asked))


def still_holds(asked: str, today: date | None) -> bool:
    """Whether an answer would be the same on another day."""
    sign, day = asked.rstrip("0123456789-"), asked.lstrip("<=>")
    if today is None:
        return False
    other = date.fromisoformat(day)
    return {_LATER: today > other, _NOT_LATER: today <= other, _EXACTLY: today == other}.get(sign, False)
