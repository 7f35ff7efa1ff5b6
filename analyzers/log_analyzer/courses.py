"""Courses: how it went on with a task instance after a failed attempt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from analyzers.log_analyzer.task_log import ReadAttempt
from dagaudit.task_attempt import Course, Outcome


def with_courses(read: Sequence[ReadAttempt]) -> list[ReadAttempt]:
    """Each failed attempt marked as recovered by a retry, persistent, changing, or single."""
    instances: dict[tuple[str, str, str, int | None], list[ReadAttempt]] = defaultdict(list)
    for item in read:
        attempt = item.attempt
        instances[attempt.dag_id, attempt.run_id, attempt.task_id, attempt.map_index].append(item)
    courses = {}
    for tries in instances.values():
        course = _course(sorted(tries, key=lambda item: item.attempt.try_number))
        courses.update({item.attempt.path: course for item in tries})
    return [
        replace(item, attempt=item.attempt.model_copy(update={"course": courses[item.attempt.path]}))
        if item.attempt.outcome is Outcome.FAILED
        else item
        for item in read
    ]


def _course(tries: list[ReadAttempt]) -> Course:
    failed = [item for item in tries if item.attempt.outcome is Outcome.FAILED]
    if tries[-1].attempt.outcome is Outcome.SUCCESS:
        return Course.RECOVERED
    if len(failed) < 2:
        return Course.SINGLE
    same = len({item.attempt.fingerprint for item in failed}) == 1
    return Course.PERSISTENT if same else Course.CHANGING
