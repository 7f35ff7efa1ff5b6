"""DGA320: a pod is started without resources, or from an image that may change.

Without requests the pod lands on a full node or is evicted first; without limits it can take the node with
it. An image without a tag, or with `latest`, is another one tomorrow.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    with DAG("report", schedule="@daily"):
        KubernetesPodOperator(task_id="train", name="train", image="registry/train:1.4")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import models as k8s

    with DAG("report", schedule="@daily"):
        KubernetesPodOperator(
            task_id="train",
            name="train",
            image="registry/train:1.4",
            container_resources=k8s.V1ResourceRequirements(
                requests={"cpu": "1", "memory": "2Gi"}, limits={"memory": "2Gi"}
            ),
        )
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, is_kind
from dagaudit.finding import Severity

_ELSEWHERE = ("pod_template_file", "pod_template_dict", "full_pod_spec")


@dag_rule("DGA320", "kpo-resources", Severity.MEDIUM, tags=("reliability", "kubernetes"))
def check(context: DagContext) -> Iterator[Problem]:
    """A pod template may say both."""
    for task in context.dag.tasks:
        if not is_kind(task, "KubernetesPodOperator") or not task.complete:
            continue
        if any(effective(task, name) is not UNSET for name in _ELSEWHERE):
            continue
        if effective(task, "container_resources") in (UNSET, None) and effective(task, "resources") is UNSET:
            yield Problem(
                at(task, context),
                f"the pod of `{task.name}` has neither requests nor limits",
                suggestion="set container_resources",
                task_id=task.task_id,
            )
        image = effective(task, "image")
        if isinstance(image, str) and "{" not in image and _floats(image):
            yield Problem(
                at(task.effective("image"), context),
                f"the image `{image}` may be another one tomorrow",
                suggestion="name a version or a digest",
                task_id=task.task_id,
            )


def _floats(image: str) -> bool:
    name = image.rpartition("/")[2]
    return "@" not in image and (":" not in name or name.endswith(":latest"))
