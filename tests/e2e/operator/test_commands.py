"""`dagaudit run` and `dagaudit doctor` against a real API server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.operator.conftest import Namespace, audit, end_job, eventually, only_job, summary


def dagaudit(namespace: Namespace, *words: str, kubeconfig: Path | None = None) -> subprocess.Popen[str]:
    where = ["--namespace", namespace.name, "--kubeconfig", str(kubeconfig or namespace.cluster.kubeconfig)]
    command = [sys.executable, "-m", "dagaudit", *words, *where]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize(
    ("message", "code", "exit_code", "said"),
    [
        (summary(), 0, 0, "Succeeded: 14 DAGs"),
        (summary(gate="failed"), 0, 80, "gate failed: "),
        ('{"exit_code": 78, "error": "no such bucket"}', 78, 1, "no such bucket"),
    ],
    ids=["succeeded", "gate failed", "failed"],
)
def test_run_is_followed_to_its_end(namespace, message, code, exit_code, said):
    namespace.apply(audit())
    process = dagaudit(namespace, "run", "nightly", "--wait")
    end_job(namespace, only_job(namespace), message=message, code=code)

    status, out, err = ended(process)

    assert (status, err) == (exit_code, "")
    assert said in out
    assert len(namespace.list("dagauditruns")) == 1


@pytest.mark.usefixtures("operator")
def test_run_without_wait_ends_at_once(namespace):
    namespace.apply(audit())

    status, out, _ = ended(dagaudit(namespace, "run", "nightly"))

    assert status == 0
    name = re.match(r"dagauditrun/(nightly-run-[0-9a-f]{8}) created", out)[1]
    assert only_job(namespace)["metadata"]["name"] == name


@pytest.mark.usefixtures("operator")
def test_run_goes_with_its_audit(namespace):
    namespace.apply(audit())
    ended(dagaudit(namespace, "run", "nightly"))
    only_job(namespace)

    namespace.kubectl("delete", "dagaudit", "nightly")

    eventually(lambda: not namespace.list("dagauditruns") and not namespace.list("jobs"))


@pytest.mark.usefixtures("operator")
def test_run_of_an_invalid_audit_says_what_is_wrong(namespace):
    namespace.apply(audit(pod={"serviceAccountName": "admin"}))
    eventually(lambda: namespace.condition("nightly", "SpecValid").get("status") == "False")

    status, _, err = ended(dagaudit(namespace, "run", "nightly", "--wait"))

    assert status == 2
    assert "serviceAccountName admin is not among those" in err


def test_run_that_takes_too_long_goes_on_and_says_so(namespace):
    namespace.apply(audit())

    status, out, err = ended(dagaudit(namespace, "run", "nightly", "--wait", "--timeout", "1"))

    assert (status, "waits for the operator" in out) == (2, True)
    assert "goes on" in err


def test_unknown_audit_is_told_with_the_way_to_find_it(namespace):
    status, _, err = ended(dagaudit(namespace, "run", "nightly"))

    assert status == 2
    assert f"there is no DagAudit nightly in namespace {namespace.name}" in err


@pytest.mark.usefixtures("operator")
def test_doctor_finds_all_well(namespace):
    namespace.apply(audit())
    eventually(lambda: namespace.condition("nightly", "Ready").get("status") == "True")

    status, out, err = ended(dagaudit(namespace, "doctor"))

    assert (status, err) == (0, "")
    assert {line.split()[0] for line in out.splitlines()[:-1]} == {"ok"}
    assert "0 failed, 0 with a warning" in out
