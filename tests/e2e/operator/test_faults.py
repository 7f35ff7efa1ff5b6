"""What happens to audits when the operator, or what it stands on, breaks."""

import json
import signal

import pytest

from tests.cluster import programs
from tests.cluster.control_plane import start_etcd
from tests.cluster.processes import free_ports
from tests.e2e.operator.conftest import (
    Namespace,
    Operator,
    audit,
    end_job,
    eventually,
    only_job,
    own_control_plane,
    run_now,
    summary,
)
from tests.e2e.operator.deaf_proxy import DeafProxy

LEASE = "dagaudit-operator"


@pytest.fixture(scope="module")
def cluster():
    """Always one of our own: its programs are stopped and killed."""
    yield from own_control_plane("faults")


def test_deleting_an_audit_deletes_what_it_owns_with_the_operator_down(namespace, own_operator: Operator):
    namespace.apply(audit())
    run_now(namespace, "1")
    only_job(namespace)
    eventually(lambda: namespace.list("dagauditruns"))
    own_operator.kill()

    namespace.kubectl("delete", "dagaudit", "nightly")

    eventually(lambda: not namespace.list("cronjobs") and not namespace.list("dagauditruns"))
    eventually(lambda: not namespace.list("jobs"))


@pytest.mark.parametrize("wait", ["cronjobs", "jobs", "dagauditruns"])
def test_operator_killed_in_the_middle_doubles_nothing_and_loses_nothing(
    namespace, own_operator: Operator, wait
):
    document = audit()
    document["metadata"]["annotations"] = {"dagaudit.io/run-now": "1"}
    namespace.apply(document)
    eventually(lambda: namespace.list(wait))
    own_operator.kill()

    own_operator.start()

    eventually(lambda: _active_runs(namespace) == ["nightly-now-6b86b273"], seconds=60)
    assert [len(namespace.list(kind)) for kind in ("cronjobs", "jobs", "dagauditruns")] == [1, 1, 1]


def _active_runs(namespace: Namespace) -> list[str]:
    return (namespace.get("dagaudit", "nightly").get("status") or {}).get("activeRuns") or []


def test_run_that_ended_while_the_operator_was_down_is_recorded(namespace, own_operator: Operator):
    namespace.apply(audit())
    run_now(namespace, "1")
    job = only_job(namespace)
    own_operator.kill()
    end_job(namespace, job, message=summary())

    own_operator.start()

    eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True", seconds=60)


def test_second_operator_waits_and_takes_over(cluster, namespace, own_operator: Operator, tmp_path):
    second = Operator(cluster.kubeconfig, own_operator.arguments, tmp_path / "second.log")
    second.start()
    try:
        namespace.apply(audit())
        eventually(lambda: namespace.list("cronjobs"))
        assert not second.leads()

        own_operator.kill()

        eventually(second.leads, seconds=60)
        namespace.apply(audit(schedule="5 5 * * *"))
        eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "5 5 * * *")
    finally:
        second.stop()


def test_two_operators_that_both_lead_double_nothing(cluster, namespace, own_operator: Operator, tmp_path):
    scope = ("--namespace", namespace.name, "--own-namespace", "default")
    second = Operator(cluster.kubeconfig, scope, tmp_path / "second.log")
    second.start()
    try:
        eventually(second.leads, seconds=90)
        namespace.apply(audit())
        run_now(namespace, "1")
        end_job(namespace, only_job(namespace), message=summary())
        eventually(lambda: namespace.condition("nightly", "LastRunSucceeded").get("status") == "True")

        # Neither undoes what the other did: both come to rest.
        eventually(lambda: _rest(namespace, own_operator, second))
        assert [len(namespace.list(kind)) for kind in ("cronjobs", "jobs", "dagauditruns")] == [1, 1, 1]
        reasons = [one["reason"] for one in namespace.list("events")]
        assert (reasons.count("RunSucceeded"), reasons.count("DriftCorrected")) == (1, 0)
    finally:
        second.stop()


def _rest(namespace: Namespace, *operators: Operator) -> bool:
    before = [one.writes() for one in operators]
    _renewals(namespace, 3)
    return [one.writes() for one in operators] == before


def _renewals(namespace: Namespace, count: int) -> None:
    """Wait until the operator has renewed its Lease so often."""
    renewed = namespace.get("lease", LEASE)["spec"]["renewTime"]
    for _ in range(count):
        renewed = eventually(
            lambda known=renewed: (
                namespace.get("lease", LEASE)["spec"]["renewTime"] != known
                and namespace.get("lease", LEASE)["spec"]["renewTime"]
            )
        )


def test_stolen_lease_ends_the_operator(namespace, own_operator: Operator):
    stolen = json.dumps({"spec": {"holderIdentity": "thief", "leaseDurationSeconds": 3600}})
    eventually(lambda: _stolen(namespace, stolen))

    assert own_operator.process is not None
    eventually(lambda: own_operator.process.poll() is not None, seconds=60)


def _stolen(namespace: Namespace, patch: str) -> bool:
    namespace.kubectl("patch", "lease", LEASE, "--type=merge", "-p", patch)
    return bool(namespace.get("lease", LEASE)["spec"]["holderIdentity"] == "thief")


def test_paused_api_server_loses_nothing(cluster, namespace, own_operator: Operator):
    namespace.apply(audit())
    eventually(lambda: namespace.list("cronjobs"))
    server = cluster.plane.processes.process("kube-apiserver")
    server.send_signal(signal.SIGSTOP)
    try:
        # Longer than the Lease is held: the operator has to give up, not to act on what it once knew.
        eventually(lambda: own_operator.process.poll() is not None, seconds=90)
    finally:
        server.send_signal(signal.SIGCONT)

    own_operator.start()
    namespace.apply(audit(schedule="6 6 * * *"))
    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "6 6 * * *", seconds=90)


def test_watch_that_went_silent_is_opened_again(cluster, namespace, tmp_path):
    with DeafProxy(cluster.plane.api_port) as proxy:
        kubeconfig = tmp_path / "kubeconfig"
        through = cluster.kubeconfig.read_text().replace(f":{cluster.plane.api_port}", f":{proxy.port}")
        kubeconfig.write_text(through)
        # A Lease that outlives the silence: else the operator would end, and be started anew, before it heals.
        scope = ("--namespace", namespace.name, "--own-namespace", namespace.name, "--lease-seconds", "120")
        operator = Operator(kubeconfig, scope, tmp_path / "operator.log")
        operator.start()
        try:
            eventually(operator.leads, seconds=90)
            namespace.apply(audit("before"))
            eventually(lambda: namespace.list("cronjobs"))

            assert proxy.deafen() > 0
            namespace.apply(audit("after"))

            eventually(lambda: len(namespace.list("cronjobs")) == 2, seconds=180)
            assert operator.process.poll() is None
        finally:
            operator.stop()


def test_renamed_audit_leaves_nothing_of_its_old_name(namespace, own_operator: Operator):
    namespace.apply(audit("old"))
    eventually(lambda: namespace.list("cronjobs"))

    namespace.kubectl("delete", "dagaudit", "old")
    namespace.apply(audit("new"))

    eventually(lambda: [one["metadata"]["name"] for one in namespace.list("cronjobs")] == ["new"])


def test_restarted_etcd_is_survived(cluster, namespace, own_operator: Operator):
    namespace.apply(audit())
    eventually(lambda: namespace.list("cronjobs"))
    cluster.plane.processes.stop("etcd")
    start_etcd(cluster.plane, programs.build(programs.CONTROL_PLANE), free_ports(1)[0])

    if own_operator.process.poll() is not None:
        own_operator.start()
    eventually(lambda: _applies(namespace, audit(schedule="7 7 * * *")), seconds=60)
    eventually(lambda: own_operator.process.poll() is None or own_operator.start() is None, seconds=5)
    eventually(lambda: namespace.get("cronjob", "nightly")["spec"]["schedule"] == "7 7 * * *", seconds=90)


def _applies(namespace: Namespace, document: dict) -> bool:
    try:
        namespace.apply(document)
    except RuntimeError:
        return False
    return True


def test_idle_operator_writes_nothing(namespace, own_operator: Operator):
    for number in range(5):
        namespace.apply(audit(f"audit-{number}"))
    eventually(lambda: len(namespace.list("cronjobs")) == 5)
    eventually(lambda: namespace.condition("audit-4", "Ready").get("status") == "True")
    before = own_operator.writes()

    # Seven renewals of the Lease: each is seen by the watch, and none is a reason to write.
    _renewals(namespace, 7)

    assert own_operator.writes() == before


def test_object_that_an_older_crd_let_in_is_told_not_crashed_on(cluster, namespace, own_operator: Operator):
    namespace.apply(audit("good"))
    definition = json.loads(cluster.kubectl("get", "crd", "dagaudits.dagaudit.io", "-o", "json"))
    loose = json.loads(json.dumps(definition))
    schema = loose["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    schema.clear()
    schema.update({"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    try:
        _replace(cluster, loose)
        eventually(lambda: _applies(namespace, {**audit("odd"), "spec": {"schedule": 5, "unknown": True}}))
        eventually(lambda: namespace.condition("odd", "SpecValid").get("status") == "False")
        assert namespace.condition("good", "SpecValid")["status"] == "True"
    finally:
        namespace.kubectl("delete", "dagaudit", "odd")
        _replace(cluster, definition)


def _replace(cluster, definition: dict) -> None:
    definition["metadata"].pop("resourceVersion", None)
    cluster.kubectl(
        "apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(_bare(definition))
    )


def _bare(definition: dict) -> dict:
    return {
        "apiVersion": definition["apiVersion"],
        "kind": definition["kind"],
        "metadata": {"name": definition["metadata"]["name"]},
        "spec": definition["spec"],
    }


def test_stop_signal_ends_it_in_time(own_operator: Operator):
    assert own_operator.stop() == 0
