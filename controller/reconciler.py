"""Makes it so: plans, writes and tells, for one audit at a time."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from controller import events, metrics, reconcile, status
from controller.kube import (
    AUDITS,
    EVENTS,
    KINDS,
    RUNS,
    Kube,
    KubeConflict,
    KubeError,
    KubeInvalid,
    KubeMissing,
)
from controller.observed import Key, Object, Observed, audit_of, slim
from controller.options import OperatorOptions
from controller.reconcile import Plan
from dagaudit.audit_status import AuditStatus, RunResult

log = logging.getLogger(__name__)


class Reconciler:
    """Works on one key at a time; safe to run again at any point."""

    def __init__(
        self, kube: Kube, observed: Observed, options: OperatorOptions, clock: Callable[[], datetime]
    ) -> None:
        self._kube = kube
        self._observed = observed
        self._options = options
        self._clock = clock
        # A wait lasts over many looks and stands in no status: it is told once, not at each of them.
        self._waits: dict[Key, str] = {}

    async def reconcile(self, key: Key) -> float | None:
        """Make one audit so; seconds until it should be looked at again, or None.

        Raises:
            KubeError: the status could not be written; trying again may help.
        """
        body = self._observed.audits.get(key)
        if body is None or body["metadata"].get("deletionTimestamp"):
            metrics.forget(*key)
            self._waits.pop(key, None)
            return None
        now = self._clock().replace(microsecond=0)
        children = self._observed.children(key)
        plan = reconcile.plan(body, children, self._options, now)
        if plan.hands_off:
            return None
        problems = await self._write(key, plan)
        await self._write_runs(key, plan)
        wanted = status.audit_status(body, plan, self._observed.children(key), problems, (self._options, now))
        told = events.events_of(body, plan, children, wanted, self._waits.get(key))
        self._remember_wait(key, plan)
        overtaken = await self._write_status(body, wanted)
        await self._tell(body, told, now)
        _measure(key, plan, wanted)
        _count(key, told)
        if problems:
            raise KubeError(
                0, "Refused", "; ".join(f"{what}: {why}" for what, why in sorted(problems.items()))
            )
        if plan.create or overtaken:
            # What was made has consequences of its own, and our own writes are no news.
            return 0.0
        if plan.delete:
            # Likewise; but what somebody's finalizer holds back is not to be deleted without a pause.
            return 1.0
        return _requeue_seconds(wanted, now)

    def _remember_wait(self, key: Key, plan: Plan) -> None:
        if plan.waiting_run:
            self._waits[key] = plan.waiting_run
        else:
            self._waits.pop(key, None)

    async def _write(self, key: Key, plan: Plan) -> dict[str, str]:
        """Make the children so; what was refused, by kind."""
        problems: dict[str, str] = {}
        for kind, name in plan.delete:
            await _kept(problems, kind, self._delete(key, kind, name))
        for body in plan.apply:
            await _kept(problems, body["kind"], self._apply(body))
        for body in plan.create:
            await _kept(problems, body["kind"], self._create(key, body))
        return problems

    async def _delete(self, key: Key, kind: str, name: str) -> None:
        await self._kube.delete(KINDS[kind], key[0], name)
        self._observed.forget(kind, key, name)
        log.info("%s/%s: deleted %s %s", *key, kind, name)

    async def _apply(self, body: Object) -> None:
        made = await self._kube.apply(KINDS[body["kind"]], body)
        self._observed.see(body["kind"], slim(body["kind"], made), deleted=False)

    async def _create(self, key: Key, body: Object) -> None:
        kind, name = body["kind"], body["metadata"]["name"]
        try:
            made = await self._kube.create(KINDS[kind], body)
        except KubeConflict as error:
            # Its name follows from what it is for: somebody, perhaps we before a restart, made it already.
            made = await self._kube.get(KINDS[kind], key[0], name)
            if audit_of(kind, made) != key[1]:
                text = f"{kind} {name} exists already and is not this audit's; delete it or rename the run"
                raise KubeConflict(error.status, "NameTaken", text) from error
        self._observed.see(kind, slim(kind, made), deleted=False)

    async def _write_runs(self, key: Key, plan: Plan) -> None:
        runs = {one["metadata"]["name"]: one for one in self._observed.children(key).runs}
        for name, wanted in sorted(plan.run_status.items()):
            found = runs.get(name)
            if found is None or plain(wanted) == (found.get("status") or {}):
                continue
            body = {**_identity(RUNS.api_version, "DagAuditRun", found), "status": _with_nulls(wanted, found)}
            try:
                made = await self._kube.merge(RUNS, body, "status")
            except KubeMissing:
                continue
            self._observed.see("DagAuditRun", slim("DagAuditRun", made), deleted=False)

    async def _write_status(self, body: Object, wanted: AuditStatus) -> bool:
        """Whether the answer shows that somebody changed the audit since we looked at it."""
        if plain(wanted) == (body.get("status") or {}):
            return False
        patch = {**_identity(AUDITS.api_version, "DagAudit", body), "status": _with_nulls(wanted, body)}
        try:
            made = await self._kube.merge(AUDITS, patch, "status")
        except KubeMissing:
            return False
        self._observed.see("DagAudit", slim("DagAudit", made), deleted=False)
        return any(
            made["metadata"].get(part) != body["metadata"].get(part) for part in ("generation", "annotations")
        )

    async def _tell(self, body: Object, told: list[events.Event], now: datetime) -> None:
        for event in told:
            log.info(
                "%s/%s: %s: %s",
                body["metadata"]["namespace"],
                body["metadata"]["name"],
                event.reason,
                event.message,
            )
            try:
                await self._kube.create(EVENTS, events.manifest(body, event, now))
            except KubeConflict:
                continue
            except KubeError as error:
                # Words for people are no reason to do the work again.
                log.warning("%s: the event was not written: %s", body["metadata"]["name"], error)


def plain(model: BaseModel) -> dict[str, Any]:
    """A status as the API server stores it."""
    dumped: dict[str, Any] = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))
    return {key: value for key, value in dumped.items() if value != []}


def _with_nulls(wanted: BaseModel, found: Object) -> dict[str, Any]:
    """For a merge patch: what is no longer so must be taken away by name."""
    new = plain(wanted)
    return _patch(new, found.get("status") or {})


def _patch(new: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        made[key] = _patch(value, before) if isinstance(value, dict) and isinstance(before, dict) else value
    return made


def _identity(api_version: str, kind: str, body: Object) -> Object:
    meta = body["metadata"]
    return {
        "apiVersion": api_version,
        "kind": kind,
        # The uid guards against writing the status of a namesake that was made anew.
        "metadata": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
    }


async def _kept(problems: dict[str, str], kind: str, write: Any) -> None:  # noqa: ANN401
    try:
        await write
    except KubeInvalid as error:
        problems[kind] = str(error)
    except KubeError as error:
        problems[kind] = str(error)


def _requeue_seconds(wanted: AuditStatus, now: datetime) -> float | None:
    if wanted.active_runs:
        # A Job that makes no pod sends no events.
        return 20.0
    if wanted.next_schedule_time is None:
        return None
    # Shortly after the schedule fires, nextScheduleTime has to move on.
    return max(1.0, (wanted.next_schedule_time - now + timedelta(seconds=5)).total_seconds())


def _count(key: Key, told: list[events.Event]) -> None:
    results = {"RunSucceeded": "succeeded", "RunFailed": "failed"}
    for event in told:
        if event.reason in results:
            metrics.RUNS.labels(*key, results[event.reason]).inc()


def _measure(key: Key, plan: Plan, wanted: AuditStatus) -> None:
    namespace, name = key
    last = wanted.last_run
    if wanted.last_successful_time:
        metrics.LAST_SUCCESS.labels(namespace, name).set(
            wanted.last_successful_time.astimezone(UTC).timestamp()
        )
    if last and last.findings:
        for severity in ("critical", "high", "medium", "low"):
            metrics.FINDINGS.labels(namespace, name, severity).set(getattr(last.findings, severity))
    if last and last.completion_time and last.result is not RunResult.FAILED:
        metrics.REPORT_TIME.labels(namespace, name).set(last.completion_time.timestamp())
    if plan.audit and wanted.next_schedule_time:
        following = status.next_time(plan.audit, wanted.next_schedule_time)
        if following:
            seconds = (following - wanted.next_schedule_time).total_seconds()
            metrics.INTERVAL_SECONDS.labels(namespace, name).set(seconds)
