"""States as words with a tone: no colour stands without its word."""

from dataclasses import dataclass
from enum import StrEnum

from dagaudit.finding import Severity
from dagaudit.report import Health, ReportStatus
from dagaudit.section import SectionStatus
from dagaudit.task_attempt import CauseOwner, CauseState, Outcome


class Tone(StrEnum):
    """What a state feels like; a widget gives it a colour."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone."""

    word: str
    tone: Tone = Tone.NEUTRAL


HEALTH = {
    Health.FAILING: Badge("failing", Tone.BAD),
    Health.AT_RISK: Badge("at risk", Tone.WARNING),
    Health.HEALTHY: Badge("healthy", Tone.GOOD),
    Health.UNKNOWN: Badge("unknown", Tone.NEUTRAL),
}
SEVERITY = {
    Severity.CRITICAL: Badge("critical", Tone.BAD),
    Severity.HIGH: Badge("high", Tone.BAD),
    Severity.MEDIUM: Badge("medium", Tone.WARNING),
    Severity.LOW: Badge("low", Tone.NEUTRAL),
}
SECTION = {
    SectionStatus.OK: Badge("ok", Tone.GOOD),
    SectionStatus.PARTIAL: Badge("partial", Tone.WARNING),
    SectionStatus.FAILED: Badge("failed", Tone.BAD),
    SectionStatus.SKIPPED: Badge("skipped", Tone.NEUTRAL),
}
REPORT = {
    ReportStatus.OK: Badge("complete", Tone.GOOD),
    ReportStatus.PARTIAL: Badge("partial", Tone.WARNING),
    ReportStatus.FAILED: Badge("failed", Tone.BAD),
}
STATE = {
    CauseState.NEW: Badge("new", Tone.BAD),
    CauseState.REGRESSED: Badge("back again", Tone.BAD),
    CauseState.ONGOING: Badge("ongoing", Tone.WARNING),
}
OUTCOME = {
    Outcome.FAILED: Badge("failed", Tone.BAD),
    Outcome.SUCCESS: Badge("success", Tone.GOOD),
    Outcome.UNKNOWN: Badge("unknown", Tone.NEUTRAL),
}
OWNER = {
    CauseOwner.DAG_AUTHOR: "the DAG's author",
    CauseOwner.PLATFORM: "the platform team",
    CauseOwner.UPSTREAM: "an upstream team",
}


def words(value: str) -> str:
    """An identifier of ours as words: import_dependency is import dependency."""
    return value.replace("_", " ")
