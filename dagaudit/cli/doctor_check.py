"""One thing that `dagaudit doctor` looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what mends it."""

    verdict: Verdict
    said: str
    remedy: str = ""

    @property
    def text(self) -> str:
        """A line, and the remedy below it."""
        line = f"{self.verdict:<4}  {self.said}"
        return f"{line}\n      -> {self.remedy}" if self.remedy else line


def ok(said: str) -> Check:
    """It is well."""
    return Check(Verdict.OK, said)


def warn(said: str, remedy: str) -> Check:
    """It may matter."""
    return Check(Verdict.WARN, said, remedy)


def fail(said: str, remedy: str) -> Check:
    """It must be mended."""
    return Check(Verdict.FAIL, said, remedy)
