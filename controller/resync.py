"""Lists what is watched: before work starts, and now and then, as a broken watch tells no deletions."""

import logging

from controller.kube import AUDITS, CRON_JOBS, JOBS, PODS, RUNS, Kube, KubeForbidden, Resource
from controller.observed import Key, Observed
from controller.options import FIELD_MANAGER, MANAGED_BY, OperatorOptions

log = logging.getLogger(__name__)

OURS = f"{MANAGED_BY}={FIELD_MANAGER}"
# Jobs before runs, pods before Jobs: a run without its Job would look as if somebody had deleted the Job.
LISTED: tuple[tuple[Resource, str], ...] = (
    (PODS, OURS),
    (JOBS, OURS),
    (CRON_JOBS, OURS),
    (RUNS, ""),
    (AUDITS, ""),
)


async def resync(kube: Kube, observed: Observed, options: OperatorOptions) -> set[Key]:
    """Bring what was seen up to date; the audits that something changed for.

    Raises:
        KubeError: the API server did not answer; what was seen until then stays.
    """
    changed: set[Key] = set()
    for resource, labels in LISTED:
        for namespace in options.watch_namespaces or (None,):
            try:
                found, version = await kube.list(resource, namespace, labels)
            except KubeForbidden as error:
                log.error("%s cannot be listed: %s", resource.plural, error)
                continue
            changed |= observed.replace(resource.kind, namespace, found, version)
    return changed
