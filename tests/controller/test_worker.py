"""One audit's fault is its own."""

import asyncio
import logging

from controller.kube import KubeError
from controller.metrics import FINDINGS, LAST_SUCCESS, REGISTRY, forget
from controller.observed import Key
from controller.operator import _worker
from controller.work_queue import WorkQueue

BAD, GOOD = ("team", "bad"), ("team", "good")


class Work:
    """A reconciler that fails over one audit."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.done: list[Key] = []

    async def reconcile(self, key: Key) -> float | None:
        self.done.append(key)
        if key == BAD:
            raise self.error
        return None


def worked(error: Exception) -> tuple[Work, WorkQueue[Key]]:
    async def run() -> tuple[Work, WorkQueue[Key]]:
        work, queue = Work(error), WorkQueue[Key](lambda: 0.0)
        queue.add(BAD)
        queue.add(GOOD)
        worker = asyncio.create_task(_worker(queue, work))  # type: ignore[arg-type]
        while len(work.done) < 2 or queue.failures(BAD) == 0:
            await asyncio.sleep(0)
        worker.cancel()
        return work, queue

    return asyncio.run(run())


def test_bug_over_one_audit_does_not_stop_the_others(caplog):
    with caplog.at_level(logging.WARNING):
        work, queue = worked(KeyError("spec"))

    assert (work.done, queue.failures(BAD), queue.failures(GOOD)) == ([BAD, GOOD], 1, 0)
    assert "KeyError" in caplog.text


def test_refusal_is_tried_again_without_a_traceback(caplog):
    with caplog.at_level(logging.WARNING):
        _, queue = worked(KubeError(403, "Forbidden", "may not"))

    assert queue.failures(BAD) == 1
    assert "Traceback" not in caplog.text


def test_metrics_of_an_audit_that_is_gone_are_gone():
    LAST_SUCCESS.labels("team", "gone").set(1)
    FINDINGS.labels("team", "gone", "high").set(2)

    forget("team", "gone")
    forget("team", "gone")

    labels = {"namespace": "team", "audit": "gone"}
    assert REGISTRY.get_sample_value("dagaudit_last_success_timestamp_seconds", labels) is None
    assert REGISTRY.get_sample_value("dagaudit_findings", labels | {"severity": "high"}) is None
