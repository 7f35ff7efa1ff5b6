"""What should be, from what is: a pure function from an audit and its children to the writes that are due."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from controller import jobs, shards
from controller.observed import Children, Object
from controller.options import GROUP, PAUSE, RUN_NOW, SPEC_HASH, VERSION, OperatorOptions
from controller.quantity import same_amounts
from controller.run_record import reason_of, run_status
from dagaudit.audit_status import RunReason, RunResult, RunStatus
from dagaudit.errors import SpecInvalid
from dagaudit.spec import ConcurrencyPolicy, DagAudit, ExecutionMode, audit_from_resource

AMOUNTS = ("requests", "limits")
ENDED = (RunResult.SUCCEEDED, RunResult.PARTIAL, RunResult.FAILED)


@dataclass(slots=True)
class Plan:
    """The writes that are due, in the order they are to be made."""

    audit: DagAudit | None = None
    invalid: str | None = None
    """Why the spec cannot be acted on."""
    apply: list[Object] = field(default_factory=list)
    create: list[Object] = field(default_factory=list)
    delete: list[tuple[str, str]] = field(default_factory=list)
    """(kind, name)"""
    run_status: dict[str, RunStatus] = field(default_factory=dict)
    """Of every run that has a Job."""
    drifted: list[str] = field(default_factory=list)
    """Children that somebody else changed or removed."""
    waiting_run: str | None = None
    """A run asked for by hand that waits for another one to end."""
    run_now_handled: str | None = None
    hands_off: bool = False
    """Paused, or managed by somebody else: nothing is written at all."""


def plan(body: Object, children: Children, options: OperatorOptions, now: datetime) -> Plan:
    """The writes due for one audit; equal input gives equal output."""
    annotations = body["metadata"].get("annotations") or {}
    if body.get("spec", {}).get("managedBy") or annotations.get(PAUSE) == "true":
        return Plan(hands_off=True)
    made = Plan(run_now_handled=(body.get("status") or {}).get("runNowHandled"))
    _record_runs(made, body, children, now)
    try:
        audit = audit_from_resource(_readable(body), body["metadata"]["name"])
        _refuse_foreign_identity(audit, options)
        _refuse_ray(audit)
    except SpecInvalid as error:
        made.invalid = str(error)
        return made
    made.audit = audit
    _keep_cron_job(made, audit, children, options)
    _merge_shards(made, audit, children, options)
    _start_asked_runs(made, audit, children, options)
    _prune(made, audit, children)
    return made


def _readable(body: Object) -> Object:
    return {key: value for key, value in body.items() if key != "status"}


def _refuse_foreign_identity(audit: DagAudit, options: OperatorOptions) -> None:
    name = audit.spec.pod.service_account_name
    if name not in options.service_accounts:
        allowed = ", ".join(options.service_accounts)
        text = f"spec.pod.serviceAccountName {name} is not among those the operator allows: {allowed}"
        raise SpecInvalid(text)


def _refuse_ray(audit: DagAudit) -> None:
    if audit.spec.execution.mode is ExecutionMode.RAY:
        raise SpecInvalid("spec.execution.mode Ray is not available in this version; use Sharded")


def _keep_cron_job(made: Plan, audit: DagAudit, children: Children, options: OperatorOptions) -> None:
    wanted, found = jobs.cron_job(audit, options), children.cron_job
    if wanted is None:
        if found is not None:
            made.delete.append(("CronJob", found["metadata"]["name"]))
        return
    if found is not None and is_within(_comparable(wanted), found):
        return
    made.apply.append(wanted)
    if (
        found is not None
        and (found["metadata"].get("annotations") or {}).get(SPEC_HASH)
        == (wanted["metadata"]["annotations"][SPEC_HASH])
    ):
        made.drifted.append(f"CronJob {wanted['metadata']['name']}")


def _comparable(wanted: Object) -> Object:
    return {
        "metadata": {key: wanted["metadata"][key] for key in ("labels", "annotations", "ownerReferences")},
        "spec": wanted["spec"],
    }


def is_within(wanted: Any, found: Any) -> bool:  # noqa: ANN401
    """Whether everything wanted is found; what the API server or others added does not matter."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return not wanted
        return all(
            same_amounts(value, found.get(key)) if key in AMOUNTS else is_within(value, found.get(key))
            for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return not wanted
        return len(wanted) == len(found) and all(map(is_within, wanted, found))
    omitted = found is None and (wanted is None or wanted is False or wanted == "")
    return omitted or bool(wanted == found)


def _start_asked_runs(made: Plan, audit: DagAudit, children: Children, options: OperatorOptions) -> None:
    """A run-now annotation and DagAuditRuns made by hand each want a Job of a name that follows from them."""
    asked = _asked_runs(made, audit, children)
    if not asked:
        return
    active = [one for one in children.jobs if _is_active(made, one)]
    policy = audit.spec.concurrency_policy
    if active and policy is ConcurrencyPolicy.FORBID:
        made.waiting_run = asked[0]
        return
    if active and policy is ConcurrencyPolicy.REPLACE:
        made.delete += [("Job", one["metadata"]["name"]) for one in active]
    wanted = asked if policy is ConcurrencyPolicy.ALLOW else asked[:1]
    for name in wanted:
        made.create.append(jobs.job(audit, options, name, RunReason.MANUAL))
        if name == run_now_name(audit):
            made.run_now_handled = audit.metadata.annotations.get(RUN_NOW)


def _is_active(made: Plan, job: Object) -> bool:
    """Whether a run goes on; a sharded one does until it is merged."""
    status = made.run_status.get(job["metadata"]["name"])
    return status is None or status.result is RunResult.RUNNING


def _merge_shards(made: Plan, audit: DagAudit, children: Children, options: OperatorOptions) -> None:
    """A run whose shards have ended wants a Job that merges what they found."""
    for job in children.jobs:
        if shards.deciding(job, children.merges) is None and _is_active(made, job):
            made.create.append(shards.merge_job(audit, options, job))


def run_now_name(audit: DagAudit) -> str | None:
    """The Job that the run-now annotation asks for; the same value always asks for the same Job."""
    value = audit.metadata.annotations.get(RUN_NOW)
    if not value:
        return None
    return f"{audit.metadata.name}-now-{hashlib.sha256(value.encode()).hexdigest()[:8]}"


def _asked_runs(made: Plan, audit: DagAudit, children: Children) -> list[str]:
    existing = {one["metadata"]["name"] for one in children.jobs}
    recorded = {one["metadata"]["name"] for one in children.runs}
    asked = []
    name = run_now_name(audit)
    value = audit.metadata.annotations.get(RUN_NOW)
    if name and value != made.run_now_handled:
        if name in existing or name in recorded:
            made.run_now_handled = value
        else:
            asked.append(name)
    for run in children.runs:
        ended = (run.get("status") or {}).get("result") in ENDED
        named = run["spec"].get("jobName") or run["metadata"]["name"]
        if not ended and named == run["metadata"]["name"] and named not in existing and not _lost(run):
            asked.append(named)
    return asked


def _lost(run: Object) -> bool:
    """Whether a run once had a Job that is gone: it must not start again."""
    return bool((run.get("status") or {}).get("result"))


def is_ended(job: Object) -> bool:
    """Whether a Job is over, well or not."""
    conditions = job.get("status", {}).get("conditions") or []
    return any(
        one.get("type") in ("Complete", "Failed") and one.get("status") == "True" for one in conditions
    )


def _record_runs(made: Plan, body: Object, children: Children, now: datetime) -> None:
    known = {one["metadata"]["name"]: one for one in children.runs}
    for job in children.jobs:
        name = job["metadata"]["name"]
        if name not in known and not job["metadata"].get("deletionTimestamp"):
            made.create.append(_run(body, job))
        made.run_status[name] = run_status(job, children.pods, known.get(name), now, children.merges)
    jobs_there = {one["metadata"]["name"] for one in children.jobs}
    for name, run in known.items():
        before = RunStatus.model_validate(run.get("status") or {})
        if name not in jobs_there and before.result is RunResult.RUNNING:
            made.run_status[name] = _job_lost(before, now)


def _job_lost(before: RunStatus, now: datetime) -> RunStatus:
    message = "the Job was deleted before it ended"
    conditions = tuple(
        one.model_copy(
            update={
                "status": "False",
                "reason": "JobDeleted",
                "message": message,
                "last_transition_time": now,
            }
        )
        if one.type == "Succeeded"
        else one
        for one in before.conditions
    )
    return before.model_copy(
        update={"conditions": conditions, "result": RunResult.FAILED, "completion_time": now}
    )


def _run(body: Object, job: Object) -> Object:
    meta = body["metadata"]
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "DagAuditRun",
        "metadata": {
            "name": job["metadata"]["name"],
            "namespace": meta["namespace"],
            "labels": {
                key: value for key, value in (job["metadata"].get("labels") or {}).items() if "/" in key
            },
            "ownerReferences": [
                {
                    "apiVersion": f"{GROUP}/{VERSION}",
                    "kind": "DagAudit",
                    "name": meta["name"],
                    "uid": meta["uid"],
                    "controller": True,
                    "blockOwnerDeletion": False,
                }
            ],
        },
        "spec": {"auditRef": meta["name"], "reason": str(reason_of(job)), "jobName": job["metadata"]["name"]},
    }


def _prune(made: Plan, audit: DagAudit, children: Children) -> None:
    """Forget the oldest runs beyond the limits; the Job goes too, or it would be recorded again."""
    limits = audit.spec.run_history
    jobs_there = {one["metadata"]["name"] for one in children.jobs}
    for failed, limit in ((False, limits.successful), (True, limits.failed)):
        ended = [run for run in children.runs if _has_ended(run, failed=failed)]
        ended.sort(
            key=lambda run: (run["status"].get("completionTime") or "", run["metadata"]["name"]), reverse=True
        )
        for run in ended[limit:]:
            name = run["metadata"]["name"]
            if name in jobs_there:
                made.delete.append(("Job", name))
            made.delete.append(("DagAuditRun", name))
            made.run_status.pop(name, None)


def _has_ended(run: Object, *, failed: bool) -> bool:
    result = (run.get("status") or {}).get("result")
    return result == RunResult.FAILED if failed else result in (RunResult.SUCCEEDED, RunResult.PARTIAL)
