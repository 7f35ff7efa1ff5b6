"""From a Job and its pods to the record of the run: pure."""

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from controller.jobs import CONTAINER
from controller.options import TRIGGER_LABEL
from controller.shards import deciding, lost_words, progress_words
from dagaudit.audit_status import Condition, ConditionType, FindingCounts, RunReason, RunResult, RunStatus
from dagaudit.report import GateResult, ReportStatus
from dagaudit.run_summary import RunSummary

Object = dict[str, Any]

STUCK_REASONS = {
    "ErrImagePull": "the image cannot be pulled",
    "ImagePullBackOff": "the image cannot be pulled",
    "ErrImageNeverPull": "the image is not on the node and imagePullPolicy is Never",
    "InvalidImageName": "the image's name is invalid",
    "CreateContainerConfigError": "the container cannot be made: a Secret or ConfigMap it names is missing",
    "CreateContainerError": "the container cannot be made",
    "RunContainerError": "the container cannot be started",
}
OOM_HINT = "the runner used more memory than its limit; raise spec.pod.resources.limits.memory or use shards"
NO_POD_SECONDS = 15.0
NO_POD_HINT = (
    "the Job has made no pod: does the ServiceAccount {account} exist in the namespace, and does a quota "
    "or an admission policy refuse it? kubectl describe job {name} tells"
)
MERGING = (RunResult.RUNNING, "Merging", "the shards have ended; what they found is merged next")
EXIT_MEANINGS = {
    1: "the run failed and retries did not help",
    42: "the shard ends the same way each time",
    78: "the spec or the configuration is wrong",
    79: "the LLM budget is used up and onExceeded is Fail",
}


def reason_of(job: Object) -> RunReason:
    """What started a Job."""
    label = (job["metadata"].get("labels") or {}).get(TRIGGER_LABEL, "")
    return RunReason(label) if label in set(RunReason) else RunReason.MANUAL


def summary_of(pods: tuple[Object, ...]) -> RunSummary | None:
    """The newest summary that a pod of the run left in its termination message."""
    for pod in sorted(pods, key=_started, reverse=True):
        terminated = _terminated(pod)
        text = (terminated or {}).get("message") or ""
        try:
            return RunSummary.model_validate_json(text)
        except ValidationError:
            continue
    return None


def run_status(
    job: Object,
    pods: tuple[Object, ...],
    known: Object | None,
    now: datetime,
    merges: tuple[Object, ...] = (),
) -> RunStatus:
    """The status of a run; what is known of it stays where its pods are gone."""
    decides = deciding(job, merges)
    own = tuple(pod for pod in pods if decides and belongs(pod, decides))
    summary = summary_of(own)
    before = RunStatus.model_validate((known or {}).get("status") or {})
    result, reason, message = _result(decides, own, summary, now) if decides else MERGING
    if lost := lost_words(job):
        message = f"{message}; {lost}{_memory_words(job, pods)}"
    finished = result is not RunResult.RUNNING
    # A pod that ended without a report tells why, but counts nothing.
    summary = summary if summary and summary.report else None
    conditions = (
        _condition(before, ConditionType.SUCCEEDED, _succeeded(result), reason, message, now),
        _gate_condition(before, summary, now),
    )
    status = RunStatus(
        conditions=conditions,
        result=result,
        start_time=_time(job.get("status", {}).get("startTime")) or before.start_time,
        completion_time=_completion(decides, own) if finished and decides else None,
        attempts=max(len(own), before.attempts),
        exit_code=_exit_code(own) if own else before.exit_code,
        report_uri=summary.report if summary else before.report_uri,
        findings=_findings(summary) if summary else before.findings,
        dags=summary.dags if summary else before.dags,
        tokens=summary.tokens if summary else before.tokens,
        gate=str(summary.gate) if summary else before.gate,
        image=_image(job),
    )
    return _kept(status, before) if not own and before.result not in (None, RunResult.RUNNING) else status


def stuck_reason(pods: tuple[Object, ...]) -> tuple[str, str] | None:
    """Why a pod that should run does not: (word, sentence), or None."""
    for pod in pods:
        for container in pod.get("status", {}).get("containerStatuses") or []:
            waiting = container.get("state", {}).get("waiting") or {}
            word = waiting.get("reason", "")
            if word in STUCK_REASONS:
                return word, f"{STUCK_REASONS[word]}: {container.get('image')}: {waiting.get('message', '')}"[
                    :900
                ]
        for condition in pod.get("status", {}).get("conditions") or []:
            if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
                return "Unschedulable", f"no node takes the pod: {condition.get('message', '')}"[:900]
    return None


def _kept(status: RunStatus, before: RunStatus) -> RunStatus:
    # The pods are gone, and with them exit code and summary: what was recorded then is the truth.
    return status.model_copy(
        update={
            "conditions": before.conditions,
            "result": before.result,
            "completion_time": before.completion_time,
        }
    )


def _result(
    job: Object, pods: tuple[Object, ...], summary: RunSummary | None, now: datetime
) -> tuple[RunResult, str, str]:
    conditions = {one["type"]: one for one in job.get("status", {}).get("conditions") or []}
    failed, complete = conditions.get("Failed"), conditions.get("Complete")
    if complete and complete.get("status") == "True":
        partial = summary is not None and summary.status is not ReportStatus.OK
        result = RunResult.PARTIAL if partial else RunResult.SUCCEEDED
        word = "Partial" if partial else "Succeeded"
        return result, word, (summary.sentence if summary else "") or "the run ended well"
    if failed and failed.get("status") == "True":
        word, sentence = _failure(failed, pods, summary)
        return RunResult.FAILED, word, sentence
    stuck = stuck_reason(pods)
    if stuck:
        return RunResult.RUNNING, stuck[0], stuck[1]
    if not pods and _age_seconds(job, now) > NO_POD_SECONDS:
        account = job.get("spec", {}).get("template", {}).get("spec", {}).get("serviceAccountName")
        return RunResult.RUNNING, "NoPod", NO_POD_HINT.format(account=account, name=job["metadata"]["name"])
    return RunResult.RUNNING, "Running", progress_words(job)


def _memory_words(job: Object, pods: tuple[Object, ...]) -> str:
    """Whether a pod of the Job had too little memory."""
    ended = (_terminated(pod) or {} for pod in pods if belongs(pod, job))
    return f": {OOM_HINT}" if any(one.get("reason") == "OOMKilled" for one in ended) else ""


def _age_seconds(job: Object, now: datetime) -> float:
    started = _time(job.get("status", {}).get("startTime"))
    return (now - started).total_seconds() if started else 0.0


def _failure(condition: Object, pods: tuple[Object, ...], summary: RunSummary | None) -> tuple[str, str]:
    for pod in sorted(pods, key=_started, reverse=True):
        terminated = _terminated(pod)
        if terminated and terminated.get("reason") == "OOMKilled":
            return "OOMKilled", OOM_HINT
        if pod.get("status", {}).get("reason") == "Evicted":
            return "Evicted", f"the node evicted the pod: {pod['status'].get('message', '')}"[:900]
    if condition.get("reason") == "DeadlineExceeded":
        return "DeadlineExceeded", "the run took longer than spec.execution.activeDeadlineSeconds"
    code = _exit_code(pods)
    meaning = EXIT_MEANINGS.get(code or 0, "")
    said = summary.sentence if summary else _last_words(pods)
    sentence = "; ".join(part for part in (meaning, said) if part) or condition.get(
        "message", "the run failed"
    )
    return f"ExitCode{code}" if code else _word(condition), sentence[:900]


def _word(condition: Object) -> str:
    """The Job's own reason; one that is no word must not keep the run from being recorded."""
    reason = str(condition.get("reason") or "")
    return reason if reason.isascii() and reason.isalnum() and reason[0].isalpha() else "Failed"


def _last_words(pods: tuple[Object, ...]) -> str:
    for pod in sorted(pods, key=_started, reverse=True):
        text = (_terminated(pod) or {}).get("message") or ""
        if text:
            return str(text).strip()[-500:]
    return ""


def _succeeded(result: RunResult) -> str:
    return {RunResult.RUNNING: "Unknown", RunResult.FAILED: "False"}.get(result, "True")


def _gate_condition(before: RunStatus, summary: RunSummary | None, now: datetime) -> Condition:
    kind = ConditionType.GATE_PASSED
    if summary is None:
        known = next((one for one in before.conditions if one.type == kind), None)
        return known or _condition(before, kind, "Unknown", "NotJudged", "no report yet", now)
    if summary.gate is GateResult.FAILED:
        return _condition(before, kind, "False", "ThresholdExceeded", summary.sentence, now)
    word = "NoThresholds" if summary.gate is GateResult.NOT_SET else "WithinThresholds"
    return _condition(before, kind, "True", word, "no threshold is exceeded", now)


def _condition(  # noqa: PLR0913
    before: RunStatus, kind: ConditionType, status: str, reason: str, message: str, now: datetime
) -> Condition:
    known = next((one for one in before.conditions if one.type == kind), None)
    since = known.last_transition_time if known and known.status == status else now
    return Condition(
        type=kind, status=status, last_transition_time=since, reason=reason, message=message[:4096]
    )


def _findings(summary: RunSummary) -> FindingCounts:
    severities = ("critical", "high", "medium", "low")
    counts = {name: summary.findings.get(name, 0) for name in severities}
    return FindingCounts(**counts, new=summary.new_findings, fixed=summary.fixed_findings)


def _completion(job: Object, pods: tuple[Object, ...]) -> datetime | None:
    status = job.get("status", {})
    stamps = [status.get("completionTime")]
    stamps += [one.get("lastTransitionTime") for one in status.get("conditions") or []]
    stamps += [(_terminated(pod) or {}).get("finishedAt") for pod in pods]
    return next((found for text in stamps if (found := _time(text))), None)


def _exit_code(pods: tuple[Object, ...]) -> int | None:
    for pod in sorted(pods, key=_started, reverse=True):
        terminated = _terminated(pod)
        if terminated is not None:
            return int(terminated.get("exitCode", 0))
    return None


def _terminated(pod: Object) -> Object | None:
    for container in pod.get("status", {}).get("containerStatuses") or []:
        if container.get("name") == CONTAINER:
            state = container.get("state", {}).get("terminated") or container.get("lastState", {}).get(
                "terminated"
            )
            return dict(state) if state else None
    return None


def belongs(pod: Object, job: Object) -> bool:
    """Whether it is a pod of the Job."""
    return any(
        one.get("uid") == job["metadata"].get("uid") for one in pod["metadata"].get("ownerReferences") or []
    )


def _started(pod: Object) -> str:
    return str(pod.get("status", {}).get("startTime") or pod["metadata"].get("creationTimestamp") or "")


def _image(job: Object) -> str | None:
    containers = job.get("spec", {}).get("template", {}).get("spec", {}).get("containers") or [{}]
    image = containers[0].get("image")
    return str(image) if image else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
