"""Finding, Metric and Failure: the three things any analyzer can say."""

import hashlib
from enum import StrEnum
from functools import cached_property

from pydantic import Field

from dagaudit.wire import Wire


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical to 3 for low."""
        return list(Severity).index(self)

    def at_least(self, floor: "Severity") -> bool:
        """Whether this is as bad as `floor` or worse."""
        return self.rank <= floor.rank


class Origin(StrEnum):
    """Who says so. What an LLM alone says is low and never gates."""

    STATIC = "static"
    LLM = "llm"
    STATIC_AND_LLM = "static+llm"


class Confidence(StrEnum):
    """How sure it is, surest first; the same words serve findings and causes of failures."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    SUSPECTED = "suspected"


class Applicability(StrEnum):
    """Whether a fix may be made without a look at it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(Wire):
    """One change of a file's text; lines and columns count from 1, in characters, the end is exclusive."""

    start_line: int = Field(ge=1)
    start_column: int = Field(ge=1)
    end_line: int = Field(ge=1)
    end_column: int = Field(ge=1)
    text: str = Field(description="What stands there afterwards; line ends are \\n, whatever the file has.")


class Fix(Wire):
    """How a finding can be mended: all edits are of the finding's own file, sorted, and do not overlap."""

    applicability: Applicability = Field(
        description="safe: the DAG's model stays as it is; unsafe: ids, edges and schedule do."
    )
    message: str = Field(description="What it does, as: add schedule=None.")
    edits: tuple[Edit, ...]


class Finding(Wire):
    """A problem at a place in the source."""

    rule: str = Field(description="The rule's id, as DGA301.")
    name: str = Field(description="The rule's name in words, as no-retries.")
    severity: Severity
    origin: Origin = Origin.STATIC
    confidence: Confidence = Confidence.CONFIRMED
    bundle: int = Field(default=0, description="Which of the given PATHs, counted from 0.")
    path: str = Field(description="Relative to the bundle, with /; a zip member is a.zip/b.py.")
    line: int = Field(ge=1, description="1-based; 1 where the whole file is meant.")
    column: int = Field(default=1, ge=1, description="1-based.")
    end_line: int | None = None
    dag_id: str | None = None
    task_id: str | None = None
    message: str
    evidence: str | None = Field(default=None, description="The line's text, secrets masked.")
    suggestion: str | None = None
    fix: Fix | None = Field(
        default=None, description="Edits that `--fix` would try; null where there are none."
    )
    fingerprint: str = Field(description="Stable over runs, free of line numbers.")

    @property
    def place(self) -> tuple[int, str, int, int, str]:
        """What findings are sorted by: bundle, path, line, column, rule."""
        return (self.bundle, self.path, self.line, self.column, self.rule)


class Metric(Wire):
    """A number with labels."""

    name: str
    value: float
    unit: str = Field(default="1", description="seconds, bytes, 1 for a count or ratio.")
    labels: dict[str, str] = Field(default_factory=dict)


class Failure(Wire):
    """Something that could not be looked at: it costs its own part only, and the reader sees it."""

    part: str = Field(description="What failed: an analyzer, a rule, a file reader.")
    path: str | None = None
    message: str = Field(description="What happened and what would mend it.")


class FingerprintParts(Wire):
    """What makes a finding the same finding tomorrow."""

    rule: str
    owner: str = Field(description="The DAG's id, or the file's path where no DAG is known.")
    function: str = Field(default="", description="The enclosing function's qualified name.")
    code: str = Field(default="", description="The flagged source text.")
    ordinal: int = Field(default=0, description="Its number among equals, in order of line.")

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits."""
        # Without the line number: an edit above the problem must not make it a new one.
        key = "\0".join([self.rule, self.owner, self.function, "".join(self.code.split()), str(self.ordinal)])
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
