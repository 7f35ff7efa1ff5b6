"""Killed before or after any of its writes, the operator that comes next doubles nothing and loses nothing."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from controller.kube import Kube, connect
from controller.observed import Key, Observed
from controller.options import OperatorOptions
from controller.reconciler import Reconciler
from controller.resync import resync
from tests.e2e.operator.conftest import Namespace, audit, end_job, summary

OPTIONS = OperatorOptions(runner_image="dagaudit/runner:1", identity="test", namespace="default")
SETTLED = 12


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class MortalKube(Kube):
    """Dies at one of its calls, before it is made or after it took effect."""

    def __init__(self, client: Any, dies_at: int, *, after: bool) -> None:
        super().__init__(client)
        self._left = dies_at
        self._after = after

    async def _call(self, *words: Any, **named: Any) -> Any:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Killed
        answer = await super()._call(*words, **named)
        if self._left < 0:
            raise Killed
        return answer


def settle(namespace: Namespace, key: Key, mortal: tuple[int, bool] | None = None) -> bool:
    """Reconcile until nothing is due any more; whether it was killed on the way. It starts knowing nothing."""
    options = replace(OPTIONS, watch_namespaces=(namespace.name,))

    async def work() -> bool:
        client = await connect(str(namespace.cluster.kubeconfig))
        try:
            observed = Observed()
            await resync(Kube(client), observed, options)
            kube = MortalKube(client, mortal[0], after=mortal[1]) if mortal else Kube(client)
            reconciler = Reconciler(kube, observed, options, lambda: datetime.now(UTC))
            for _ in range(SETTLED):
                if await reconciler.reconcile(key) != 0.0:
                    return False
            raise AssertionError("it never settles")
        except Killed:
            return True
        finally:
            await client.close()

    return asyncio.run(work())


def counts(namespace: Namespace, name: str) -> list[int]:
    return [
        len([one for one in namespace.list(kind) if one["metadata"]["name"].startswith(name)])
        for kind in ("cronjobs", "jobs", "dagauditruns")
    ]


def every_death(prepare: Callable[[str], None], namespace: Namespace) -> Iterator[tuple[str, bool]]:
    """An audit for each call at which the operator can die, with whether it died; before and after each."""
    for after in (False, True):
        for number in itertools.count():
            name = f"killed-{'after' if after else 'before'}-{number}"
            prepare(name)
            died = settle(namespace, (namespace.name, name), (number, after))
            settle(namespace, (namespace.name, name))
            yield name, died
            if not died:
                break


def apply_with_run(namespace: Namespace, name: str) -> None:
    document = audit(name)
    document["metadata"]["annotations"] = {"dagaudit.io/run-now": "1"}
    namespace.apply(document)


def test_new_audit_with_a_run_asked_for(namespace):
    deaths = 0

    for name, died in every_death(lambda name: apply_with_run(namespace, name), namespace):
        deaths += died
        assert counts(namespace, name) == [1, 1, 1]
        status = namespace.get("dagaudit", name)["status"]
        assert (status["runNowHandled"], status["activeRuns"]) == ("1", [f"{name}-now-6b86b273"])
        assert namespace.condition(name, "Scheduled")["status"] == "True"

    # CronJob, Job and the audit's status; then the run, its status, the audit's status again and the event.
    assert deaths >= 2 * 7


def test_run_that_ended(namespace):
    def prepare(name: str) -> None:
        apply_with_run(namespace, name)
        settle(namespace, (namespace.name, name))
        job = namespace.get("job", f"{name}-now-6b86b273")
        end_job(namespace, job, message=summary())
        namespace.kubectl("wait", f"job/{name}-now-6b86b273", "--for=condition=Complete", "--timeout=30s")

    deaths = 0

    for name, died in every_death(prepare, namespace):
        deaths += died
        assert counts(namespace, name) == [1, 1, 1]
        assert namespace.get("dagauditrun", f"{name}-now-6b86b273")["status"]["result"] == "Succeeded"
        assert namespace.condition(name, "LastRunSucceeded")["status"] == "True"
        status = namespace.get("dagaudit", name)["status"]
        assert [one["name"] for one in status["history"]] == [f"{name}-now-6b86b273"]
        assert "activeRuns" not in status

    # The run's status, the audit's status, the event.
    assert deaths >= 2 * 3
