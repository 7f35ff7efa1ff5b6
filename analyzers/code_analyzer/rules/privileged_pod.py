"""DGA508: a pod or container gets the rights of its node.

A privileged container, one that runs as root on the host's network, or one that mounts the host's disk can
take over the node, and with it every other team's pods. A data task needs none of it.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import models as k8s

    with DAG("train", schedule="@daily"):
        KubernetesPodOperator(
            task_id="train",
            image="train:1.4.2",
            hostnetwork=True,  # <- here
            security_context={"privileged": True},  # <- here
            volumes=[k8s.V1Volume(name="d", host_path=k8s.V1HostPathVolumeSource(path="/"))],  # <- here
        )

Good:

    from airflow.sdk import DAG
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    with DAG("train", schedule="@daily"):
        KubernetesPodOperator(
            task_id="train",
            image="train:1.4.2",
            security_context={"runAsNonRoot": True, "privileged": False},
        )
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, is_true, last_name, literal_text
from dagaudit.finding import Severity

_TRUE = {
    "privileged": "it runs privileged",
    "hostnetwork": "it uses the node's network",
    "host_network": "it uses the node's network",
    "hostnetworking": "it uses the node's network",
    "hostpid": "it sees the node's processes",
    "host_pid": "it sees the node's processes",
    "hostipc": "it shares the node's memory",
    "allowprivilegeescalation": "it may gain rights",
    "allow_privilege_escalation": "it may gain rights",
}
_USER = frozenset({"runasuser", "run_as_user"})
_SCRATCH = ("/tmp", "/mnt/", "/data", "/dev/shm", "/scratch")  # noqa: S108 - paths of the node, not ours
_SOCKET = "/var/run/docker.sock"


@file_rule("DGA508", "privileged-pod", Severity.MEDIUM, tags=("security", "kubernetes"))
def check(file: FileContext) -> Iterator[Problem]:
    """In keywords of operators and of the Kubernetes client's models, and in dictionaries."""
    for keyword in file.all(ast.keyword):
        if keyword.arg is not None:
            yield from _given(keyword.arg, keyword.value, keyword)
    for node in file.all(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _given(key.value, value, value)
                if key.value == "hostPath":
                    yield _problem(value, "it mounts the node's disk")
    for call in file.all(ast.Call):
        if last_name(call.func) == "V1HostPathVolumeSource":
            path = literal_text(argument(call, "path", 0)) or ""
            # A folder for scratch data is poor style, the root or the kubelet's own folder is the whole node.
            severity = Severity.LOW if path.startswith(_SCRATCH) else None
            yield replace(_problem(call, "it mounts the node's disk"), severity=severity)
    for text in file.all(ast.Constant):
        if isinstance(text.value, str) and text.value.startswith(_SOCKET) and _mounted(file, text):
            yield _problem(text, "it holds the node's Docker socket")


def _given(name: str, value: ast.expr, where: ast.AST) -> Iterator[Problem]:
    what = _TRUE.get(name.lower())
    if what is not None and is_true(value):
        yield _problem(where, what)
    if (
        name.lower() in _USER
        and isinstance(value, ast.Constant)
        and value.value == 0
        and value.value is not False
    ):
        yield _problem(where, "it runs as root")
    if name == "network_mode" and isinstance(value, ast.Constant) and value.value == "host":
        yield _problem(where, "it uses the node's network")


def _mounted(file: FileContext, node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.keyword) and each.arg in {"mounts", "volumes", "volume_mounts"}
        for each in file.parsed.ancestors(node)
    )


def _problem(node: ast.AST, what: str) -> Problem:
    return Problem(
        node, f"{what}, which puts the whole node into its hands", "leave it out; give only what it needs"
    )
