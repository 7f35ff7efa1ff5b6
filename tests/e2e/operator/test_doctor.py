"""`dagaudit doctor` where something is wrong; no other operator runs meanwhile."""

from tests.cluster.certificates import Identity
from tests.cluster.cluster import Cluster
from tests.e2e.operator.conftest import Operator, audit, eventually
from tests.e2e.operator.test_commands import dagaudit, ended


def test_doctor_names_each_thing_that_is_wrong(namespace, own_operator: Operator):
    namespace.apply(audit(pod={"serviceAccountName": "admin"}))
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "False")

    status, out, _ = ended(dagaudit(namespace, "doctor"))

    assert status == 1
    assert "fail  ServiceAccount admin is missing" in out
    assert f"-> kubectl -n {namespace.name} create serviceaccount admin" in out
    assert "fail  DagAudit nightly: SpecInvalid" in out


def test_doctor_says_that_nobody_leads(namespace, own_operator: Operator):
    own_operator.kill()

    out = eventually(lambda: no_leader(ended(dagaudit(namespace, "doctor"))[1]))

    assert f"kubectl -n {namespace.name} logs" in out


def no_leader(out: str) -> str:
    return out if "fail  no operator leads" in out else ""


def test_doctor_says_what_the_user_may_not_do(cluster: Cluster, namespace):
    nobody = cluster.plane.authority.kubeconfig("nobody", Identity("nobody"), cluster.plane.server)

    status, out, _ = ended(dagaudit(namespace, "doctor", kubeconfig=nobody))

    assert status == 1
    assert f"fail  you may not list dagaudits in namespace {namespace.name}" in out
    assert "warn  you may not create dagauditruns" in out
    assert "warn  the operator's Lease cannot be seen" in out
