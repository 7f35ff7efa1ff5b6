"""The status of a DagAudit, from what is seen of it: pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter
from croniter.croniter import CroniterError

from controller.jobs import image_of
from controller.observed import Children, Object
from controller.options import OperatorOptions
from controller.reconcile import Plan
from controller.run_record import belongs, stuck_reason, summary_of
from controller.shards import deciding
from dagaudit.audit_status import (
    AuditStatus,
    Condition,
    ConditionType,
    HistoryEntry,
    LastRun,
    RunResult,
    RunStatus,
)
from dagaudit.run_summary import RunSummary
from dagaudit.spec import DagAudit, LlmMode, left_out

MAX_LISTED = 10
# Two conditions may hold the same words, and the whole status is to stay below 8 KiB.
MAX_MESSAGE = 1000
Verdict = tuple[str, str, str]
"""Status, reason and message of a condition."""


def audit_status(
    body: Object,
    plan: Plan,
    children: Children,
    problems: dict[str, str],
    view: tuple[OperatorOptions, datetime],
) -> AuditStatus:
    """The whole status; `problems` are the writes that the API server refused, by what they were for."""
    options, now = view
    before = AuditStatus.model_validate(body.get("status") or {})
    generation = body["metadata"].get("generation")
    runs = _runs(plan, children)
    ended = [(name, one) for name, one in runs if one.result is not RunResult.RUNNING]
    verdicts = _verdicts(plan, children, problems, before)
    if runs:
        verdicts |= _of_last_run(ended or runs, children)
    verdicts[ConditionType.READY] = _ready(verdicts, problems)
    audit = plan.audit
    good = [
        one.completion_time for _, one in ended if one.result is not RunResult.FAILED and one.completion_time
    ]
    return AuditStatus(
        observed_generation=generation,
        conditions=tuple(
            _condition(before, kind, verdict, generation, now)
            for kind, verdict in sorted(verdicts.items(), key=lambda one: list(ConditionType).index(one[0]))
        ),
        last_schedule_time=_last_schedule(children) or before.last_schedule_time,
        next_schedule_time=next_time(audit, now) if audit else None,
        last_successful_time=max(
            [*good, *([before.last_successful_time] if before.last_successful_time else [])], default=None
        ),
        last_run=_last_run(runs[0]) if runs else before.last_run,
        active_runs=tuple(name for name, one in runs if one.result is RunResult.RUNNING)[:MAX_LISTED],
        history=tuple(
            HistoryEntry(
                name=name, result=one.result or RunResult.RUNNING, completion_time=one.completion_time
            )
            for name, one in ended[:MAX_LISTED]
        ),
        consecutive_failures=_consecutive_failures(ended),
        run_now_handled=plan.run_now_handled,
        effective_image=image_of(audit, options) if audit else before.effective_image,
    )


def next_time(audit: DagAudit, now: datetime) -> datetime | None:
    """When the schedule fires next, or None where it does not."""
    if audit.spec.schedule is None or audit.spec.suspend:
        return None
    try:
        zone = ZoneInfo(audit.spec.time_zone)
        following: datetime = croniter(audit.spec.schedule, now.astimezone(zone)).get_next(datetime)
    except (CroniterError, ZoneInfoNotFoundError, ValueError):
        return None
    return following.astimezone(UTC)


def _runs(plan: Plan, children: Children) -> list[tuple[str, RunStatus]]:
    """Every known run with its newest status, the newest first."""
    found = {
        one["metadata"]["name"]: RunStatus.model_validate(one.get("status") or {})
        for one in children.runs
        if (one.get("status") or {}).get("result")
    }
    found |= plan.run_status
    for kind, name in plan.delete:
        if kind == "DagAuditRun":
            found.pop(name, None)
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found.items(), key=lambda one: (one[1].start_time or oldest, one[0]), reverse=True)


def _verdicts(
    plan: Plan, children: Children, problems: dict[str, str], before: AuditStatus
) -> dict[ConditionType, Verdict]:
    kept = (ConditionType.LAST_RUN_SUCCEEDED, ConditionType.GATE_PASSED, ConditionType.SOURCE_REACHABLE)
    verdicts: dict[ConditionType, Verdict] = {
        kind: _known(before, kind) or ("Unknown", "NeverRan", "it has not run yet") for kind in kept
    }
    if plan.invalid is not None:
        return verdicts | {ConditionType.SPEC_VALID: ("False", "Invalid", plan.invalid[:MAX_MESSAGE])}
    audit = plan.audit
    assert audit is not None
    verdicts[ConditionType.SPEC_VALID] = ("True", "Valid", _acted_on(audit))
    verdicts[ConditionType.SCHEDULED] = _scheduled(audit, problems)
    suspended = (
        ("True", "Suspended", "no runs by schedule") if audit.spec.suspend else ("False", "Active", "it runs")
    )
    verdicts[ConditionType.SUSPENDED] = suspended
    if audit.spec.airflow and audit.spec.airflow.api:
        kind = ConditionType.AIRFLOW_REACHABLE
        verdicts[kind] = _known(before, kind) or ("Unknown", "NeverRan", "it has not run yet")
    if audit.spec.llm and audit.spec.llm.mode is not LlmMode.DISABLED:
        kind = ConditionType.LLM_AVAILABLE
        verdicts[kind] = _known(before, kind) or ("Unknown", "NeverRan", "it has not run yet")
    del children
    return verdicts


def _acted_on(audit: DagAudit) -> str:
    missing = left_out(audit.spec)
    but = f", but this version leaves out {', '.join(missing)}" if missing else ""
    return f"the spec can be acted on{but}"


def _scheduled(audit: DagAudit, problems: dict[str, str]) -> Verdict:
    if "CronJob" in problems:
        return ("False", "CronJobRefused", problems["CronJob"][:MAX_MESSAGE])
    if audit.spec.schedule is None:
        return ("False", "NoSchedule", "it runs only by hand: spec.schedule is not set")
    return ("True", "CronJobApplied", f"{audit.spec.schedule} {audit.spec.time_zone}")


def _of_last_run(runs: list[tuple[str, RunStatus]], children: Children) -> dict[ConditionType, Verdict]:
    name, status = runs[0]
    conditions = {one.type: one for one in status.conditions}
    succeeded, gate = conditions.get("Succeeded"), conditions.get("GatePassed")
    made: dict[ConditionType, Verdict] = {}
    if succeeded:
        made[ConditionType.LAST_RUN_SUCCEEDED] = (
            succeeded.status,
            succeeded.reason,
            f"{name}: {succeeded.message}"[:MAX_MESSAGE],
        )
    if gate:
        made[ConditionType.GATE_PASSED] = (gate.status, gate.reason, gate.message)
    job = next((one for one in children.jobs if one["metadata"]["name"] == name), None)
    decides = deciding(job, children.merges) if job else None
    pods = tuple(pod for pod in children.pods if decides and belongs(pod, decides))
    summary = summary_of(pods)
    if summary:
        made |= _reached(summary)
    stuck = stuck_reason(pods) if status.result is RunResult.RUNNING else None
    if stuck:
        made[ConditionType.LAST_RUN_SUCCEEDED] = ("Unknown", stuck[0], f"{name}: {stuck[1]}"[:MAX_MESSAGE])
    return made


def _reached(summary: RunSummary) -> dict[ConditionType, Verdict]:
    made: dict[ConditionType, Verdict] = {}
    for kind, reached in (
        (ConditionType.SOURCE_REACHABLE, summary.source_reachable),
        (ConditionType.AIRFLOW_REACHABLE, summary.airflow_reachable),
        (ConditionType.LLM_AVAILABLE, summary.llm_available),
    ):
        if reached is not None:
            word = "Reached" if reached else "NotReached"
            made[kind] = ("True" if reached else "False", word, summary.sentence)
    return made


def _ready(verdicts: dict[ConditionType, Verdict], problems: dict[str, str]) -> Verdict:
    spec = verdicts[ConditionType.SPEC_VALID]
    if spec[0] != "True":
        return ("False", "SpecInvalid", spec[2])
    if problems:
        what, why = min(problems.items())
        return ("False", f"{what}Refused", why[:MAX_MESSAGE])
    last = verdicts[ConditionType.LAST_RUN_SUCCEEDED]
    if last[0] == "False" or last[1] not in ("NeverRan", "Running", "Succeeded", "Partial"):
        return ("False", "LastRunFailed" if last[0] == "False" else last[1], last[2])
    return ("True", "Ready", "it is set up and its last run, if any, went well")


def _condition(
    before: AuditStatus, kind: ConditionType, verdict: Verdict, generation: int | None, now: datetime
) -> Condition:
    status, reason, message = verdict
    known = next((one for one in before.conditions if one.type == kind), None)
    since = known.last_transition_time if known and known.status == status else now
    return Condition(
        type=kind,
        status=status,
        observed_generation=generation,
        last_transition_time=since,
        reason=reason,
        message=message,
    )


def _known(before: AuditStatus, kind: ConditionType) -> Verdict | None:
    found = next((one for one in before.conditions if one.type == kind), None)
    return (found.status, found.reason, found.message) if found else None


def _last_run(newest: tuple[str, RunStatus]) -> LastRun:
    name, status = newest
    return LastRun(
        name=name,
        start_time=status.start_time,
        completion_time=status.completion_time,
        result=status.result or RunResult.RUNNING,
        report_uri=status.report_uri,
        findings=status.findings,
        tokens=status.tokens,
        dags=status.dags,
        image=status.image,
    )


def _last_schedule(children: Children) -> datetime | None:
    text = ((children.cron_job or {}).get("status") or {}).get("lastScheduleTime")
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _consecutive_failures(ended: list[tuple[str, RunStatus]]) -> int:
    count = 0
    for _, status in ended:
        if status.result is not RunResult.FAILED:
            break
        count += 1
    return count
