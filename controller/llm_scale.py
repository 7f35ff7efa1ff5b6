"""Wakes the model's Deployment for runs that need it, and lets it sleep when nobody has for a while."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from controller.kube import DEPLOYMENTS, Kube, KubeError
from controller.observed import Object, Observed
from controller.options import LlmDeployment
from controller.reconcile import is_ended

log = logging.getLogger(__name__)


def needs_llm(audit: Object) -> bool:
    """Whether runs of an audit want the operator to wake the model."""
    spec = audit.get("spec", {})
    llm = spec.get("llm") or {}
    wanted = bool(llm) and llm.get("mode", "BestEffort") != "Disabled"
    return wanted and (spec.get("gpu") or {}).get("scaleFromZero", "Auto") == "Auto"


def last_need(observed: Observed, now: datetime) -> datetime | None:
    """When a run last needed the model: now where one is going on, else when the last one ended."""
    latest: datetime | None = None
    for key, audit in observed.audits.items():
        if not needs_llm(audit):
            continue
        children = observed.children(key)
        for job in (*children.jobs, *children.merges):
            ended = _ended_at(job) if is_ended(job) else now
            if ended and (latest is None or ended > latest):
                latest = ended
    return latest


def wanted_replicas(need: datetime | None, now: datetime, deployment: LlmDeployment) -> int:
    """1 while somebody needs it or did a moment ago, else 0."""
    if need is None:
        return 0
    return 1 if (now - need).total_seconds() <= deployment.idle_grace_seconds else 0


class LlmScale:
    """Keeps the Deployment's replicas at what is wanted; writes only on change."""

    def __init__(
        self, kube: Kube, observed: Observed, deployment: LlmDeployment, clock: Callable[[], datetime]
    ) -> None:
        self._kube = kube
        self._observed = observed
        self._deployment = deployment
        self._clock = clock
        self._set: int | None = None

    async def step(self) -> None:
        """Look once, and write if it is not so."""
        now = self._clock()
        wanted = wanted_replicas(last_need(self._observed, now), now, self._deployment)
        if wanted == self._set:
            return
        namespace, name = self._deployment.namespace, self._deployment.name
        body = {"metadata": {"name": name, "namespace": namespace}, "spec": {"replicas": wanted}}
        try:
            await self._kube.merge(DEPLOYMENTS, body, "scale")
        except KubeError as error:
            log.warning("%s/%s could not be scaled to %d: %s", namespace, name, wanted, error)
            return
        log.info("%s/%s: scaled to %d", namespace, name, wanted)
        self._set = wanted


def _ended_at(job: Object) -> datetime | None:
    for one in job.get("status", {}).get("conditions") or []:
        if one.get("type") in ("Complete", "Failed") and one.get("lastTransitionTime"):
            return datetime.fromisoformat(one["lastTransitionTime"]).astimezone(UTC)
    return None
