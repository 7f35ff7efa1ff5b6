"""What a run may spend on the model: reserved before each call, settled after it, never overshot."""

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """Limits, where None is no limit, and what is left of them."""

    calls: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    spent_calls: int = 0
    spent_tokens: int = 0
    spent_seconds: float = 0.0

    def refusal(self, tokens: int) -> str | None:
        """Why a call that may take so many tokens must not be made, or None."""
        if self.calls is not None and self.spent_calls + 1 > self.calls:
            return f"the budget of {self.calls} calls is used up"
        if self.tokens is not None and self.spent_tokens + tokens > self.tokens:
            return f"the budget of {self.tokens} tokens has no room for another call"
        if self.seconds is not None and self.seconds_left() < 1:
            return f"the budget of {self.seconds:.0f} seconds is used up"
        return None

    def seconds_left(self) -> float:
        """How long the next call may take at most."""
        return float("inf") if self.seconds is None else max(0.0, self.seconds - self.spent_seconds)

    def spend(self, tokens: int, seconds: float) -> None:
        """Note a call that was made."""
        self.spent_calls += 1
        self.spent_tokens += tokens
        self.spent_seconds += seconds
