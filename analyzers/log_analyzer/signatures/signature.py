"""Signature: one wording by which a kind of failure is known, with what to tell about it."""

from dataclasses import dataclass
from enum import StrEnum

from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner


class Scope(StrEnum):
    """Where a signature may be looked for."""

    ANY = "any"
    """In exceptions, in what a child process or a remote job wrote, and in end messages."""
    EXCEPTION = "exception"
    """In exceptions only: as text it would be too weak."""
    END = "end"
    """Only in what Airflow itself says about the end of an attempt."""
    RULE = "rule"
    """Never by its wording: the analyzer concludes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One kind of failure. It matches by exception class, by pattern, or by both."""

    id: str
    category: Category
    title: str
    """A sentence for the engineer on call; `{subject}` is what the pattern's group of this name caught."""
    advice: str
    owner: CauseOwner
    retryable: bool
    confidence: Confidence = Confidence.CONFIRMED
    scope: Scope = Scope.ANY
    exceptions: tuple[str, ...] = ()
    """Bare class names, one of which the exception must have."""
    pattern: str = ""
    """Looked for in the text; with `exceptions` both must fit."""
    literals: tuple[str, ...] = ()
    """In lower case; a text without any of them cannot match, which spares the pattern."""
    frame: str = ""
    """Looked for in the last frame, as `file:function`."""
    weight: int = 2
    """3 or 4 an error code or unmistakable phrase, 2 a telling exception, 1 an everyday one, 0 a wrapper."""
    nobody: str = "something"
    """What stands for the subject where none was caught."""
    shared: bool = False
    """Whether one subject's failures are one cause, whichever DAGs they hit."""
    positive: str
    negative: str
