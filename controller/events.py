"""Events for people: told when something changes, once, never as a log."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controller.observed import Children, Object
from controller.options import FIELD_MANAGER, GROUP, VERSION
from controller.reconcile import Plan
from dagaudit.audit_status import AuditStatus, Condition, ConditionType, RunResult, RunStatus


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    reason: str
    message: str
    warning: bool = False


def events_of(
    body: Object, plan: Plan, children: Children, status: AuditStatus, waited: str | None = None
) -> list[Event]:
    """What changed between the status that stands and the one about to be written.

    `waited` is the run whose wait was told already.
    """
    before = AuditStatus.model_validate(body.get("status") or {})
    told = [
        Event("DriftCorrected", f"{what} was changed or removed by somebody else", True)
        for what in plan.drifted
    ]
    if plan.waiting_run and plan.waiting_run != waited:
        told.append(Event("ConcurrencySkipped", f"{plan.waiting_run} waits: another run is going on"))
    told += _of_runs(plan, children)
    told += _of_conditions(before, status)
    return told


def manifest(audit: Object, event: Event, now: datetime) -> Object:
    """The Event; its name follows from what it says, so telling it twice makes one object."""
    meta = audit["metadata"]
    key = "\0".join([meta.get("uid", ""), event.reason, event.message])
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{meta['name']}.{hashlib.sha256(key.encode()).hexdigest()[:16]}",
            "namespace": meta["namespace"],
        },
        "involvedObject": {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "DagAudit",
            "name": meta["name"],
            "namespace": meta["namespace"],
            "uid": meta.get("uid"),
        },
        "reason": event.reason,
        "message": event.message[:1000],
        "type": "Warning" if event.warning else "Normal",
        "count": 1,
        "firstTimestamp": stamp,
        "lastTimestamp": stamp,
        "source": {"component": FIELD_MANAGER},
    }
    return made


def _of_runs(plan: Plan, children: Children) -> list[Event]:
    known = {
        one["metadata"]["name"]: RunStatus.model_validate(one.get("status") or {}) for one in children.runs
    }
    told = []
    for name, status in sorted(plan.run_status.items()):
        before = known.get(name, RunStatus()).result
        if before is None:
            told.append(Event("RunStarted", f"{name} started"))
        if status.result in (before, RunResult.RUNNING) or status.result is None:
            continue
        sentence = next((one.message for one in status.conditions if one.type == ConditionType.SUCCEEDED), "")
        failed = status.result is RunResult.FAILED
        told.append(Event("RunFailed" if failed else "RunSucceeded", f"{name}: {sentence}", failed))
    return told


# (condition, its new status) -> (reason, whether it is a warning); only changes are told.
_TOLD = {
    (ConditionType.SPEC_VALID, "False"): ("SpecInvalid", True),
    (ConditionType.SOURCE_REACHABLE, "False"): ("SourceUnreachable", True),
    (ConditionType.LLM_AVAILABLE, "False"): ("LLMUnavailable", True),
    (ConditionType.GATE_PASSED, "False"): ("GateFailed", True),
    (ConditionType.SCHEDULED, "True"): ("RunScheduled", False),
}


def _of_conditions(before: AuditStatus, after: AuditStatus) -> list[Event]:
    known = {one.type: one for one in before.conditions}
    told = []
    for one in after.conditions:
        old = known.get(one.type)
        if old is not None and old.status == one.status:
            continue
        told += _transition(old, one)
    return told


def _transition(old: Condition | None, new: Condition) -> list[Event]:
    kind = ConditionType(new.type)
    if kind is ConditionType.GATE_PASSED and new.status == "True" and old and old.status == "False":
        return [Event("GateRecovered", new.message)]
    if kind is ConditionType.SUSPENDED and (new.status == "True" or old):
        return [Event("Suspended" if new.status == "True" else "Resumed", new.message)]
    if kind is ConditionType.SCHEDULED and not old:
        # An audit that is scheduled from the start is what everybody expects.
        return []
    if (kind, new.status) in _TOLD:
        reason, warning = _TOLD[kind, new.status]
        return [Event(reason, new.message, warning)]
    return []
