"""An API server that answers nobody for three minutes, and an operator that is started anew as a Deployment does."""

import contextlib
import signal
import subprocess
import time

import pytest

from tests.e2e.operator.conftest import (
    Operator,
    audit,
    end_job,
    eventually,
    only_job,
    own_control_plane,
    run_now,
    summary,
)

# The one test whose length is its point: watches, Leases and connections all time out within it.
PAUSE_SECONDS = 180.0


@pytest.fixture(scope="module")
def cluster():
    yield from own_control_plane("pause")


def test_three_silent_minutes_lose_nothing(cluster, namespace, own_operator: Operator):
    namespace.apply(audit())
    run_now(namespace, "1")
    job = only_job(namespace)
    eventually(lambda: namespace.list("dagauditruns"))
    # The Job's own controller waits out the pause too; how long it takes to come back is not what is tested.
    eventually(lambda: namespace.list("pods"))
    server = cluster.plane.processes.process("kube-apiserver")
    server.send_signal(signal.SIGSTOP)
    try:
        starts = silent_minutes(own_operator)
    finally:
        server.send_signal(signal.SIGCONT)

    # It gave up its lead, and whoever came next waited for the Lease without acting on what it could not see.
    assert starts >= 1
    eventually(lambda: own_operator.process.poll() is None or own_operator.start() is None)
    eventually(own_operator.leads, seconds=120)
    end_job(namespace, job, message=summary())
    eventually(
        lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True", seconds=120
    )
    namespace.apply(audit(schedule="6 6 * * *"))
    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "6 6 * * *")
    assert [len(namespace.list(kind)) for kind in ("cronjobs", "jobs", "dagauditruns")] == [1, 1, 1]


def silent_minutes(operator: Operator) -> int:
    """Start the operator anew each time it ends, as its Deployment would; how often that was."""
    starts, began = 0, time.monotonic()
    while (left := PAUSE_SECONDS - (time.monotonic() - began)) > 0:
        assert operator.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            operator.process.wait(timeout=left)
            operator.start()
            starts += 1
        assert not starts or not operator.leads()
    return starts
