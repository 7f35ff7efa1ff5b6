"""The second half of a sharded run: when its shards have ended, one Job merges what they found. Pure."""

import hashlib
from typing import Any

from controller import jobs
from controller.observed import Object
from controller.options import MERGE_LABEL, TRIGGER_LABEL, OperatorOptions
from controller.runner_environment import part_environment
from dagaudit.audit_status import RunReason
from dagaudit.spec import DagAudit

# The name of a Job is a label of its pods.
MAX_NAME = 63
SUFFIX = "-merge"
# The Job's own word where some shards are lost for good and the others have ended well.
SOME_LOST = "FailedIndexes"


def is_sharded(job: Object) -> bool:
    """Whether the Job is one of shards."""
    return bool(job.get("spec", {}).get("completionMode") == "Indexed")


def merge_of(job: Object) -> str | None:
    """The name of the Job of shards that a Job merges, or None where it merges none."""
    return (job["metadata"].get("labels") or {}).get(MERGE_LABEL)


def is_due(job: Object) -> bool:
    """Whether the shards have ended so that there is something to merge."""
    conditions = {
        one["type"]: one
        for one in job.get("status", {}).get("conditions") or []
        if one.get("status") == "True"
    }
    failed = conditions.get("Failed")
    return is_sharded(job) and (
        "Complete" in conditions or bool(failed and failed.get("reason") == SOME_LOST)
    )


def merge_name(job: str) -> str:
    """Of the Job that merges; the same for the same run, so that it is made once."""
    name = f"{job}{SUFFIX}"
    if len(name) <= MAX_NAME:
        return name
    mark = hashlib.sha256(job.encode()).hexdigest()[:8]
    return f"{job[: MAX_NAME - len(SUFFIX) - 9].rstrip('-.')}-{mark}{SUFFIX}"


def merge_job(audit: DagAudit, options: OperatorOptions, shards: Object) -> dict[str, Any]:
    """One pod that knows what the shards found; it goes when the Job of the shards goes."""
    meta = shards["metadata"]
    made = jobs.job(audit, options, merge_name(meta["name"]), RunReason.SCHEDULED)
    made["spec"] = jobs.single_job_spec(audit, options)
    count = int(shards["spec"]["completions"])
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [*part_environment("merge", count, meta["name"]), *container["env"]]
    # No trigger: the run is recorded by the Job of its shards.
    labels = {**made["metadata"]["labels"], MERGE_LABEL: meta["name"]}
    labels.pop(TRIGGER_LABEL)
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"]}
    made["metadata"] |= {
        "labels": labels,
        "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": False}],
    }
    return made


def deciding(job: Object, merges: tuple[Object, ...]) -> Object | None:
    """The Job whose pods say how a run went: its own, or the merge of shards that ended; None until made."""
    if not is_due(job):
        return job
    name = merge_name(job["metadata"]["name"])
    return next((one for one in merges if one["metadata"]["name"] == name), None)


def lost_words(job: Object) -> str:
    """Which shards were lost, as 1,3-5; empty where none was."""
    failed = job.get("status", {}).get("failedIndexes")
    return f"shards {failed} of {job['spec']['completions']} were lost" if is_sharded(job) and failed else ""


def progress_words(job: Object) -> str:
    """How far a run is."""
    if not is_sharded(job):
        return "the run is going on"
    return f"{job.get('status', {}).get('succeeded', 0)} of {job['spec']['completions']} shards have ended"
