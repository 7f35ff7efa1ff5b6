"""How an attempt ended: success, failed or unknown, by the end states that Airflow writes.

Levels and tracebacks decide nothing here: in Airflow 3 every line on stderr is an error, caught exceptions
are logged by tasks that succeed, and a neighbour's DAG in the same file puts its errors into every log.
Only what the task runner and the supervisor themselves say counts, and of several segments (a sensor that
is rescheduled, a deferral) only the last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzers.log_analyzer.record import Record
from dagaudit.task_attempt import Outcome


class Ending(StrEnum):
    """What decided the outcome."""

    EXCEPTION = "exception"
    EXIT = "exit"
    SIGNAL = "signal"
    START_UP = "start_up"
    SERVER = "server"
    TRIGGERED_RUN = "triggered_run"
    MARKED = "marked"
    FINISHED = "finished"
    PAUSED = "paused"
    SKIPPED = "skipped"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class End:
    """The outcome, the records that say so, and where the decisive segment begins."""

    outcome: Outcome
    ending: Ending
    record: Record | None = None
    others: tuple[Record, ...] = ()
    """Further records that say why, as the import error behind a failed start."""


FAILURE = "Task failed with exception"
_POST = "::group::Post Execute"
_PRE = "::group::Pre Execute"
_SERVER = "Server indicated the task shouldn't be running anymore"
_OVERTIME_SECONDS = 15.0
# Airflow 3.3.2 writes nothing but the line number when a task skips itself without a reason. The two other
# numbers are the witnesses that the log is by that very version.
_SILENT_SKIP = {(1073, 2379): 1620}
_MARKING = re.compile(r"Marking task as (SUCCESS|FAILED|UP_FOR_RETRY|SKIPPED|UP_FOR_RESCHEDULE|DEFERRED)")
_EXTERNALLY = re.compile(r"State of this instance has been externally set to (?:TaskInstanceState\.)?(\w+)")
_RETURN = re.compile(r"Task exited with return code (-?\d+|Negsignal\.\w+)")
_FAILING_STATES = frozenset(
    {"failed", "up_for_retry", "restarting", "upstream_failed", "removed", "shutdown"}
)


def end_of(records: Sequence[Record]) -> End:
    """The end of an attempt, from its records in order of time."""
    segment = last_segment(records)
    if any(record.event.startswith(_POST) or record.event.startswith(_PRE) for record in segment):
        return _end_in_3(segment)
    return _end_in_2(segment) or _end_in_3(segment)


def last_segment(records: Sequence[Record]) -> Sequence[Record]:
    """From the last start of the task process on: reschedules and deferrals append to one file."""
    starts = [i for i, record in enumerate(records) if record.event.startswith(_PRE) and record.is_of_runner]
    return records[starts[-1] :] if starts else records


def _end_in_3(segment: Sequence[Record]) -> End:
    server = _first(segment, _SERVER)
    if server:
        return _server_end(server)
    failure = _failure_record(segment)
    if failure:
        return failure
    pausing = _pause(segment)
    if pausing:
        return pausing
    post = _first(segment, _POST)
    signal = next((r for r in segment if _is_signal(r)), None)
    if signal and not (post and _succeeded_before(segment, post, signal)):
        return End(Outcome.FAILED, Ending.SIGNAL, signal)
    if post:
        return _end_behind_post(segment, post)
    return _start_up_end(segment)


def _failure_record(segment: Sequence[Record]) -> End | None:
    for record in segment:
        if not record.is_of_runner:
            continue
        if record.event == FAILURE or (record.event.startswith(FAILURE) and record.error_detail):
            return End(Outcome.FAILED, Ending.EXCEPTION, record)
        if record.event == "Task exited" and "exit_code" in record.fields:
            return End(Outcome.FAILED, Ending.EXIT, record)
        if record.event.startswith(("DagRun finished with failed state", "Dag Run already exists, marking")):
            return End(Outcome.FAILED, Ending.TRIGGERED_RUN, record)
    return None


def _pause(segment: Sequence[Record]) -> End | None:
    for record in segment:
        if not record.is_of_runner:
            continue
        if record.event.startswith(("Pausing task as DEFERRED", "Pausing task as AWAITING_INPUT")):
            return End(Outcome.UNKNOWN, Ending.PAUSED, record)
        if "marking task as UP_FOR_RESCHEDULE" in record.event:
            return End(Outcome.UNKNOWN, Ending.PAUSED, record)
    return None


def _end_behind_post(segment: Sequence[Record], post: Record) -> End:
    behind = segment[segment.index(post) + 1 :]
    skipping = next((r for r in behind if r.is_of_runner and r.event.startswith("Skipping task.")), None)
    if skipping:
        return End(Outcome.UNKNOWN, Ending.SKIPPED, skipping)
    # "Dag Run already exists, skipping task …" comes from the trigger of another DAG run.
    skipping = next((r for r in behind if r.is_of_runner and "already exists, skipping" in r.event), None)
    if skipping or _is_silent_skip(segment, post):
        return End(Outcome.UNKNOWN, Ending.SKIPPED, skipping or post)
    abnormal = _first(behind, "Process exited abnormally")
    closed = any(r.event == "::endgroup::" for r in behind)
    if abnormal and not closed:
        return End(Outcome.FAILED, Ending.START_UP, abnormal)
    if not closed and not behind:
        # The process may still be storing its result.
        return End(Outcome.SUCCESS, Ending.FINISHED, post)
    return End(Outcome.SUCCESS, Ending.FINISHED, post)


def _is_silent_skip(segment: Sequence[Record], post: Record) -> bool:
    numbers = {record.fields.get("lineno") for record in segment}
    return any(
        set(witnesses) <= numbers and post.fields.get("lineno") == line
        for witnesses, line in _SILENT_SKIP.items()
    )


def _start_up_end(segment: Sequence[Record]) -> End:
    abnormal = _first(segment, "Process exited abnormally")
    top = _first(segment, "Top level error")
    missing = _first(segment, "Dag not found during start up") or _first(
        segment, "Task not found in Dag during"
    )
    broken = [r for r in segment if r.event.startswith("Failed to import") and r.level == "error"]
    others = (*broken[-1:], *([missing] if missing else []))
    if top:
        return End(Outcome.FAILED, Ending.START_UP, top, others)
    if abnormal:
        return End(Outcome.FAILED, Ending.START_UP, abnormal, others)
    if missing and _first(segment, "Startup reschedule limit exceeded"):
        return End(Outcome.FAILED, Ending.START_UP, missing, others)
    return End(Outcome.UNKNOWN, Ending.NOTHING)


def _server_end(record: Record) -> End:
    """Somebody or something set the state while the task ran; the server's answer names the state."""
    detail = record.fields.get("detail")
    detail = detail.get("detail", detail) if isinstance(detail, dict) else {}
    state = str(detail.get("current_state") or "").lower() if isinstance(detail, dict) else ""
    if state == "success":
        return End(Outcome.SUCCESS, Ending.MARKED, record)
    if state in {"skipped", "deferred", "up_for_reschedule"}:
        return End(Outcome.UNKNOWN, Ending.SERVER, record)
    return End(Outcome.FAILED, Ending.SERVER, record)


def _is_signal(record: Record) -> bool:
    return record.event.startswith("Process terminated by signal") or (
        "Received SIGSEGV" in record.event and record.level == "critical"
    )


def _succeeded_before(segment: Sequence[Record], post: Record, signal: Record) -> bool:
    """Whether success was reported before the signal: a listener or callback hung, and was killed."""
    behind = segment[segment.index(post) + 1 :]
    if any(record.event == "::endgroup::" for record in behind):
        return True
    waited = (signal.timestamp or 0.0) - (post.timestamp or 0.0)
    return waited >= _OVERTIME_SECONDS


def _end_in_2(segment: Sequence[Record]) -> End | None:
    """Airflow 2's words: the last marking decides, a kill from outside before it."""
    decided: End | None = None
    for record in segment:
        externally = _EXTERNALLY.search(record.event)
        if externally:
            return _external_end(externally[1].lower(), record)
        marking = _MARKING.search(record.event)
        if marking and not record.logger.startswith("task."):
            decided = _marked(marking[1], record, decided)
            continue
        if "Pausing task as DEFERRED" in record.event or "marking task as UP_FOR_RESCHEDULE" in record.event:
            decided = End(Outcome.UNKNOWN, Ending.PAUSED, record)
        returned = _RETURN.search(record.event)
        if returned:
            decided = _returned(returned[1], record, decided)
        elif record.event.startswith(FAILURE) and record.filename.startswith(
            ("taskinstance", "standard_task")
        ):
            decided = End(Outcome.FAILED, Ending.EXCEPTION, record)
    return decided


def _external_end(state: str, record: Record) -> End:
    if state == "success":
        return End(Outcome.SUCCESS, Ending.MARKED, record)
    outcome = Outcome.FAILED if state in _FAILING_STATES or state == "none" else Outcome.UNKNOWN
    return End(outcome, Ending.SERVER, record)


def _marked(state: str, record: Record, before: End | None) -> End:
    if state == "SUCCESS":
        return End(Outcome.SUCCESS, Ending.FINISHED, record)
    if state in {"FAILED", "UP_FOR_RETRY"}:
        if before and before.ending is Ending.EXCEPTION:
            return before
        return End(Outcome.FAILED, Ending.EXCEPTION, record)
    return End(Outcome.UNKNOWN, Ending.SKIPPED if state == "SKIPPED" else Ending.PAUSED, record)


def _returned(code: str, record: Record, before: End | None) -> End | None:
    if before is not None:
        return before
    if code == "0":
        return End(Outcome.SUCCESS, Ending.FINISHED, record)
    if code == "100":
        # Airflow 2's way to say that the task has deferred itself.
        return End(Outcome.UNKNOWN, Ending.PAUSED, record)
    ending = Ending.SIGNAL if code.startswith(("Neg", "-")) else Ending.EXIT
    return End(Outcome.FAILED, ending, record)


def _first(records: Sequence[Record], start: str) -> Record | None:
    return next((r for r in records if r.event.startswith(start) and r.is_of_runner), None)
