"""A baseline: findings that were there when the linter was taken up, and are not told again.

It is keyed by fingerprint, which holds no line number, so that an edit above a known finding does not make it
a new one.
"""

from collections.abc import Collection
from dataclasses import dataclass

import orjson
from pydantic import Field, ValidationError

from dagaudit.errors import SpecInvalid
from dagaudit.finding import Finding
from dagaudit.section import CodeSection
from dagaudit.wire import Wire

VERSION = 1


class Known(Wire):
    """One finding of a baseline; all but the fingerprint is for its readers."""

    fingerprint: str
    rule: str = ""
    path: str = ""
    dag_id: str | None = None
    message: str = ""


class Baseline(Wire):
    """The file, sorted so that its changes can be read in a review."""

    version: int = VERSION
    findings: tuple[Known, ...] = Field(default=())

    @property
    def fingerprints(self) -> frozenset[str]:
        """What is known."""
        return frozenset(known.fingerprint for known in self.findings)


@dataclass(frozen=True, slots=True)
class Compared:
    """A section without what was known."""

    section: CodeSection
    known: int
    """How many findings were left out."""
    gone: int
    """How many of the baseline are no more."""


def compared(section: CodeSection, fingerprints: Collection[str]) -> Compared:
    """What is new in a section; failures stay, as nothing is known of what could not be looked at."""
    new = tuple(finding for finding in section.findings if finding.fingerprint not in fingerprints)
    here = {finding.fingerprint for finding in section.findings}
    return Compared(
        section=section.model_copy(update={"findings": new}),
        known=len(section.findings) - len(new),
        gone=len(set(fingerprints) - here),
    )


def written(findings: Collection[Finding]) -> bytes:
    """A baseline's file of these findings."""
    known = {
        (finding.path, finding.rule, finding.fingerprint): Known(
            fingerprint=finding.fingerprint,
            rule=finding.rule,
            path=finding.path,
            dag_id=finding.dag_id,
            message=finding.message,
        )
        for finding in findings
    }
    baseline = Baseline(findings=tuple(known[key] for key in sorted(known)))
    return orjson.dumps(
        baseline.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def read(data: bytes, name: str) -> Baseline:
    """A baseline from its file.

    Raises:
        SpecInvalid: it is none, or of a version that this program does not know.
    """
    remedy = "make it anew with --write-baseline"
    try:
        baseline = Baseline.model_validate_json(data)
    except ValidationError as error:
        raise SpecInvalid(f"{name} is no baseline: {error.errors()[0]['msg']}; {remedy}") from error
    if baseline.version != VERSION:
        raise SpecInvalid(f"{name} has version {baseline.version}, this program knows {VERSION}; {remedy}")
    return baseline
