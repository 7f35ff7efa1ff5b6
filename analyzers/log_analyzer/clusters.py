"""Causes: failed attempts that share one, with a title, an owner, advice and evidence for people."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from analyzers.log_analyzer.signatures import Match
from analyzers.log_analyzer.task_log import ReadAttempt
from analyzers.masking import mask
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Cause, EvidenceLine

_NEVER = datetime.min.replace(tzinfo=UTC)
MAX_TITLE = 200


def causes_of(read: Iterable[ReadAttempt]) -> tuple[Cause, ...]:
    """The causes of the failed attempts, those of most impact first."""
    groups: dict[str, list[ReadAttempt]] = defaultdict(list)
    for item in read:
        if item.identity:
            groups[item.identity.cause_id].append(item)
    causes = [_cause(cause_id, members) for cause_id, members in groups.items()]
    return tuple(sorted(causes, key=lambda c: (-len(c.dags), -c.attempts, c.title, c.cause_id)))


def _cause(cause_id: str, members: list[ReadAttempt]) -> Cause:
    newest = max(members, key=lambda item: (item.attempt.ended_at or _NEVER, item.attempt.path))
    diagnosis, identity = newest.diagnosis, newest.identity
    assert diagnosis
    assert identity
    signature = diagnosis.match.signature
    times = sorted(item.attempt.ended_at for item in members if item.attempt.ended_at)
    confidences = [item.attempt.confidence for item in members if item.attempt.confidence]
    return Cause(
        cause_id=cause_id,
        category=signature.category,
        confidence=min(confidences, key=list(Confidence).index),
        title=_title(Match(signature, identity.subject), identity.place),
        owner=signature.owner,
        retryable=signature.retryable,
        advice=signature.advice,
        attempts=len(members),
        dags=tuple(sorted({item.attempt.dag_id for item in members})),
        tasks=tuple(sorted({f"{item.attempt.dag_id}.{item.attempt.task_id}" for item in members})),
        first_seen=times[0] if times else None,
        last_seen=times[-1] if times else None,
        root_exception=newest.attempt.root_exception,
        evidence=tuple(_with_path(line, newest.attempt.path) for line in newest.attempt.evidence),
    )


def _with_path(line: EvidenceLine, path: str) -> EvidenceLine:
    return line if line.path else line.model_copy(update={"path": path})


def _title(match: Match, place: str) -> str:
    """The signature's sentence; where it names nobody, with the function that it happened in."""
    filename, _, function = place.rpartition(":")
    unnamed = place and not (match.signature.shared and match.subject)
    named = f" (in {function}, {filename})" if unnamed else ""
    text = mask(" ".join(match.title.split())) + named
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1] + "…"
